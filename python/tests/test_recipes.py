"""The recipes of docs/extending.md, followed in a copy of the checkout, and seen by the audit."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lejepa.files import repository

ROOT = repository(Path(__file__).parent)
RECIPES = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the recipes touch of the checkout, and what the audit reads."""
    root = tmp_path_factory.mktemp("copy")
    for part in ("Lejepa", "checks", "docs", "evidence", "python/src", "python/configs", "python/mutation"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("Lejepa.lean", "README.md", "python/certify.md"):
        shutil.copy(ROOT / part, root / part)
    return root


def lejepa(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from lejepa.cli import main; main()", *words],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "python" / "src"), "OMP_NUM_THREADS": "1"},
        timeout=240,
    )


def touches(path: str) -> str:
    """A path, once the recipes name its like."""
    assert path.replace("toy", "<name>") in RECIPES or path in RECIPES, path
    return path


def insert(file: Path, before: str, text: str) -> None:
    old = file.read_text(encoding="utf-8")
    assert old.count(before) == 1
    file.write_text(old.replace(before, text + before), encoding="utf-8")


def test_a_theorem_and_its_check(copy: Path) -> None:
    (copy / "Lejepa" / "Toy.lean").write_text(
        "module\n\n/-! # One and one -/\n\npublic section\n\nnamespace Lejepa\n\n"
        "/-- Twice one. -/\ntheorem toy_two (n : Nat) : n + n = 2 * n := by omega\n\n"
        "/-- Twice three. -/\ntheorem toy_two_three : 3 + 3 = 2 * 3 := toy_two 3\n\nend Lejepa\n"
    )
    root_module = copy / touches("Lejepa.lean")
    root_module.write_text(root_module.read_text().replace("\n\n", "\n\npublic import Lejepa.Toy\n", 1))
    (copy / touches("checks/toy.py")).write_text(
        '"""Twice a number."""\n\n'
        "from random import Random\nfrom typing import Any\n\n"
        "from lejepa.checking.check import Case, Check, Evidence\n\n\n"
        "class Twice(Check):\n"
        '    """The sum against the product."""\n\n'
        '    statement = "toy_two"\n\n'
        "    def cases(self, rng: Random) -> list[Case]:\n"
        '        return [{"n": n} for n in (0, 1, 7, rng.randrange(100))]\n\n'
        "    def evidence(self, n: int) -> Evidence:\n"
        '        return Evidence(n + n, {"n": n})\n\n'
        "    @staticmethod\n"
        "    def claim(n: Any) -> Any:\n"
        "        return 2 * n\n"
    )
    with (copy / touches("checks/statements.toml")).open("a", encoding="utf-8") as registry:
        registry.write(
            '\n[[statement]]\nlean = "toy_two"\ntitle = "Twice"\npaper = "folklore"\nsays = "Twice a number."\n'
            "formula = 'n + n = 2 n'\nchecks = [\"toy.Twice\"]\nexperiments = []\n"
        )
    made = json.loads(lejepa(copy, "audit", "--json").stdout)
    assert "toy_two: it names no instance, a theorem that applies it where its hypotheses hold" in made["faults"]
    with (copy / "checks" / "statements.toml").open("a", encoding="utf-8") as registry:
        registry.write('instances = ["toy_two_three"]\n')
    unagreed = lejepa(copy, "sources")
    assert unagreed.returncode == 1
    assert "toy_two" in unagreed.stderr
    agreed = lejepa(copy, "sources", "--agree")
    assert agreed.returncode == 0, agreed.stderr
    assert touches("checks/agreed.json")
    assert lejepa(copy, "check", "--only", "toy.Twice").returncode == 0
    assert lejepa(copy, "mutants", "--only", "toy.Twice").returncode == 0
    made = json.loads(lejepa(copy, "audit", "--json").stdout)
    row = next(s for s in made["statements"] if s["lean"] == "toy_two")
    assert (row["state"], row["proved"]) == ("stated", False)
    assert [c["result"]["verdict"] for c in row["checks"]] == ["holds"]
    assert not [fault for fault in made["faults"] if "toy" in fault]


def test_a_mixing_and_an_experiment(copy: Path) -> None:
    training = copy / "python" / "src" / "lejepa" / "training"
    insert(
        copy / touches("python/src/lejepa/training/config.py"),
        "\n\nclass MLP(Section):",
        '\n\nclass Swap(Section):\n    """`x = (z₂, z₁, ...)`."""\n\n    kind: Literal["swap"]\n',
    )
    config = training / "config.py"
    config.write_text(
        config.read_text().replace("Mixing = Annotated[Identity |", "Mixing = Annotated[Swap | Identity |")
    )
    assert touches("python/src/lejepa/training/mixing.py")
    insert(
        training / "mixing.py",
        "        case config.Identity():\n",
        "        case config.Swap():\n            return lambda z: z.flip(-1)\n",
    )
    (copy / touches("python/configs/toy.yaml")).write_text(
        "name: toy\nstatements: [linear_identifiability]\nworld: {dim: 2, rho: 0.9}\nmixing: {kind: swap}\n"
        "encoder: {kind: mlp, hidden: 16, layers: 1}\nobjective: {kind: sigreg, weight: 0.02, slices: 8}\n"
        "training: {steps: 20, batch: 32, evaluation: 500}\n"
    )
    done = lejepa(copy, "train", "python/configs/toy.yaml", "--device", "cpu", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["configuration"]["mixing"] == {"kind": "swap"}
    unlinked = json.loads(lejepa(copy, "audit", "--json").stdout)["faults"]
    assert any("the experiment toy" in fault and "linear_identifiability" in fault for fault in unlinked)
    registry = copy / "checks" / "statements.toml"
    entry, rest = registry.read_text().split('lean = "linear_identifiability"')[1].split("experiments = [", 1)
    text = registry.read_text().replace(entry + "experiments = [", entry + 'experiments = ["toy", ')
    registry.write_text(text)
    assert rest
    linked = json.loads(lejepa(copy, "audit", "--json").stdout)["faults"]
    assert not [fault for fault in linked if "experiment toy" in fault]

"""`--json`: every command has it, and prints one JSON value and nothing else; exit codes are the same as without."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_trace
from audited import Project
from lejepa import cli
from lejepa.certification.known import latents
from lejepa.files import repository
from reacher_tiny import TINY, why_not_drawing
from test_exits import commands

ROOT = repository(Path(__file__).parent)
drawing = pytest.mark.skipif(bool(why_not_drawing()), reason=why_not_drawing())

EXCEPTIONS: dict[str, str] = {}  # commands without --json, and why
SUM = '''"""Squares."""

from flint import arb
from lejepa.checking.check import Check, Evidence


class Sum(Check):
    statement = "one_add_one"

    def cases(self, rng):
        return [{"x": 1}, {"x": 3}, {"x": 4}]

    def evidence(self, x):
        return Evidence(arb(x) ** 2, {"x": x})

    @staticmethod
    def claim(x):
        return x * x
'''


@dataclass
class Stage:
    """What commands are run on: a folder of their own, a checkout that is well, and how to write a configuration."""

    folder: Path
    project: Project
    tiny: Callable[..., Path]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: object) -> tuple[int, str, str]:
        """The exit code of a command, what it printed, and what it complained of."""
        self.capsys.readouterr()
        self.monkeypatch.setattr(sys, "argv", ["lejepa", *map(str, words)])
        return (int(cli.run()), *self.capsys.readouterr())

    def json(self, *words: object, code: int = 0) -> Any:
        """The JSON that a command printed with `--json`, and nothing but that."""
        found, out, err = self.run(*words, "--json")
        assert found == code, err
        return json.loads(out, parse_constant=pytest.fail)

    def trained(self) -> Path:
        """A folder of results."""
        out = self.folder / "out"
        self.json("train", self.tiny(training={"steps": 2, "evaluate_every": 1}), "--out", out, "--device", "cpu")
        return out


@pytest.fixture
def stage(
    tmp_path: Path,
    project: Project,
    tiny: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stage:
    monkeypatch.chdir(project.root)
    return Stage(tmp_path, project, tiny, monkeypatch, capsys)


def files(folder: Path) -> dict[str, float]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def written(before: dict[str, float], after: dict[str, float]) -> set[str]:
    return {path for path, time in after.items() if before.get(path) != time}


def train(s: Stage) -> None:
    found = s.json("train", s.tiny(training={"steps": 2, "evaluate_every": 1}), "--out", s.folder, "--device", "cpu")
    assert (found["name"], len(found["metrics"])) == ("tiny", 2)


def sweep(s: Stage) -> None:
    path = s.tiny(training={"steps": 2, "evaluate_every": 1})
    path.write_text(path.read_text() + "\ngrid: {world.rho: [0.5, 0.9]}\n")
    found = s.json("sweep", path, "--out", s.folder, "--device", "cpu", "--jobs", "1")
    assert len(found["points"]) == 2


def compare(s: Stage) -> None:
    out = s.trained()
    (row,) = s.json("compare", out, out)
    assert row["A"] == row["B"]


def figures(s: Stage) -> None:
    out = s.trained()
    shutil.rmtree(out / "figures")
    found = s.json("figures", "--out", out)
    assert set(found["written"]) == set(files(out / "figures"))
    assert len(found["written"]) == len(set(found["written"])) >= 2


def report(s: Stage) -> None:
    before = files(s.project.root)
    found = s.json("report")
    assert {str(s.project.root / path) for path in found["written"]} <= written(before, files(s.project.root))
    page = s.project.root / "docs" / "experiments.md"
    assert str(page) in {str(s.project.root / path) for path in found["written"]}
    before = files(s.project.root)
    assert s.json("report", "--check") == {"faults": []}
    page.write_text("nothing\n")
    (fault,) = s.json("report", "--check", code=1)["faults"]
    assert fault.startswith("docs/experiments.md is not what evidence says")
    assert s.run("report", "--check")[2].strip() == fault
    assert written(before, files(s.project.root)) == {str(page)}


def certify(s: Stage) -> None:
    h0, h1 = latents(2, 0.9, 1_000, 0)
    np.savez(s.folder / "pairs.npz", h0=h0.numpy(), h1=h1.numpy())
    found = s.json("certify", s.folder / "pairs.npz", "--rho", "0.9", "--device", "cpu")
    assert (found["count"], found["dim"], found["refuted"]) == (1_000, 2, False)


def collect(s: Stage) -> None:
    pytest.importorskip("gymnasium", reason="gymnasium, of the extra gym, is not installed")
    found = s.json("collect", "Pendulum-v1", "--steps", 20, "--out", s.folder / "pendulum.npz")
    assert (found["rows"], found["dim"], found["actions"], found["episodes"]) == (20, 3, 1, 1)


def check(s: Stage) -> None:
    s.project.check.write_text(SUM)
    (found,) = s.json("check", "--jobs", "1")
    assert (found["check"], found["verdict"], found["cases"]) == ("sums.Sum", "holds", 3)
    s.project.check.write_text(SUM.replace("x * x", "x + 2"))
    (found,) = s.json("check", "--jobs", "1", code=1)
    assert found["verdict"] == "violated"


def mutants(s: Stage) -> None:
    s.project.check.write_text(SUM)
    (found,) = s.json("mutants", "--jobs", "1")
    assert found["check"] == "sums.Sum"
    assert found["caught"] == found["mutants"] > 0


def search(s: Stage) -> None:
    source = (ROOT / "checks" / "approximate.py").read_text()
    for name, value in (("LIMITS", '("1/2",)'), ("WORLDS", '(("0.5", 1, 2),)')):
        source = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", source)
    (s.project.root / "checks" / "any.py").write_text(source)
    found = s.json("search", "--restarts", "2", "--digits", "30")
    assert len(found) == 2


def audit(s: Stage) -> None:
    found = s.json("audit")
    assert [row["lean"] for row in found["statements"]] == ["one_add_one"]


def sources(s: Stage) -> None:
    found = s.json("sources")
    assert {k: v for k, v in found.items() if k != "proof"} == {
        "statements": 1,
        "stated": 1,
        "agreed": None,
        "faults": [],
    }
    assert found["proof"].startswith("No theorem counts as proved")
    assert s.json("sources", "--agree")["agreed"] == 1
    s.project.edit(s.project.lean, "rw [twice_eq]", "admit")
    found = s.json("sources", code=1)
    assert any("admit" in fault for fault in found["faults"])
    assert s.run("sources")[2].splitlines() == found["faults"]


def ledger(s: Stage) -> None:
    printed = s.project.printed()
    declared = len(json.loads(printed.read_text())["declarations"])
    found = s.json("ledger", printed)
    assert found == {
        "ledger": "results/ledger.json",
        "declarations": declared,
        "lean": "Lean 4.0.0-sample",
        "record": "records/lean.json",
        "written": True,
        "faults": [],
    }
    assert (s.project.root / found["record"]).read_bytes() == (s.project.root / found["ledger"]).read_bytes()
    assert s.json("ledger", printed)["written"] is False
    (s.project.root / found["record"]).unlink()
    found = s.json("ledger", s.project.printed(axioms=["sorryAx"]), code=1)
    assert found["written"] is False
    assert any("sorryAx" in fault for fault in found["faults"])
    assert not (s.project.root / found["record"]).exists()


def evidence(s: Stage) -> None:
    assert s.json("evidence") == {"files": 1, "replayed": True, "faults": []}
    assert s.json("evidence", "--no-replay") == {"files": 1, "replayed": False, "faults": []}
    assert s.json("evidence", "--only", "experiments/") == {"files": 1, "replayed": True, "faults": []}
    code, out, err = s.run("evidence", "--only", "none", "--json")
    assert (code, out) == (2, "")
    assert "--only none: expected the beginning of a path" in err
    made = s.folder / "adopted"
    s.json("train", s.project.config, "--out", made, "--device", "cpu")
    before = files(s.project.root)
    adopted = {str(s.project.root / path) for path in s.json("evidence", "--adopt", made)["adopted"]}
    assert str(s.project.result) in adopted
    assert written(before, files(s.project.root)) <= adopted
    configuration = json.loads(s.project.result.read_text())["configuration"]
    configuration["world"]["rho"] = 0.5
    s.project.edit_result(configuration=configuration)
    (fault,) = s.json("evidence", code=1)["faults"]
    assert "world.rho is 0.9 now, and was 0.5" in fault
    assert s.run("evidence")[2].strip() == fault


def prose(s: Stage) -> None:
    assert s.json("prose") == {"pages": ["README.md"], "faults": []}
    s.project.edit(s.project.readme, "50", "51")
    found = s.json("prose", code=1)
    assert len(found["faults"]) == 1
    assert s.run("prose")[2].splitlines() == found["faults"]


def trace(s: Stage) -> None:
    test_trace.present(s.monkeypatch, s.project.root)
    assert s.json("trace") == {"file": "results/premises.json", "theorems": 1}
    kept = json.loads((s.project.root / "results" / "premises.json").read_text())
    assert len(kept["premises"]) == 1


def doctor(s: Stage) -> None:
    assert "PyTorch" in {part["name"] for part in s.json("doctor")}


RUNS: dict[str, Callable[[Stage], None]] = {
    "train": train,
    "sweep": sweep,
    "compare": compare,
    "figures": figures,
    "report": report,
    "certify": certify,
    "collect": collect,
    "check": check,
    "mutants": mutants,
    "search": search,
    "audit": audit,
    "sources": sources,
    "ledger": ledger,
    "evidence": evidence,
    "prose": prose,
    "trace": trace,
    "doctor": doctor,
}


def test_every_command_has_json_and_is_run_here() -> None:
    named = {" ".join(name): command for name, command in commands()}
    without = {n for n, c in named.items() if "--json" not in {option for p in c.params for option in p.opts}}
    assert without == set(EXCEPTIONS)
    assert set(RUNS) == set(named) - without


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in RUNS.items()])
def test_it_is_one_json_value_and_nothing_else(stage: Stage, run: Callable[[Stage], None]) -> None:
    run(stage)


@drawing
def test_the_arm_is_trained_and_drawn_in_json(stage: Stage) -> None:
    out = stage.folder / "arm"
    path = stage.folder / "arm.yaml"
    path.write_text(json.dumps(TINY))
    words = ("train", path, "--out", out, "--device", "cpu", "--jobs", "1")
    found = stage.json(*words, code=1)
    assert found["words"] == {"linear_identifiability": "not confirmed"}
    assert found["configuration"]["mixing"]["kind"] == "arm"
    assert stage.json(*words, code=1) == found
    written = stage.json("figures", "--out", out)["written"]
    assert written == [str(out / "figures" / name) for name in ("tiny.png", "experiments.md")]


def test_wrong_input_prints_no_json(stage: Stage) -> None:
    """One sentence on standard error, exit code 2, and nothing on standard output."""
    none = stage.folder / "none"
    for words in (
        ("figures", "--out", none),
        ("ledger", none / "printed.json"),
        ("evidence", "--adopt", none),
        ("sources", "--contract", none / "a.lean"),
        ("train", none / "a.yaml"),
    ):
        code, out, err = stage.run(*words, "--json")
        assert (code, out, err.count("\n")) == (2, "", 1), words
        assert err.startswith("lejepa: ")

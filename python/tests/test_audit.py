"""The audit on a small project of its own: each fault that is planted is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from lejepa.auditing import audit, ledger
from lejepa.auditing.contract import differences
from lejepa.errors import UserError
from lejepa.files import digest
from lejepa.training import config
from lejepa.training.train import train

LEAN = """module
/-! A docstring may say sorry and axiom. -/
namespace Lejepa
theorem one_add_one : 1 + 1 = 2 := by
  norm_num
end Lejepa
"""
REGISTRY = """[[statement]]
lean = "one_add_one"
title = "A sum"
paper = "nowhere"
says = "One and one are two."
formula = "1 + 1 = 2"
checks = ["sums.Sum"]
experiments = ["tiny"]
"""
CHECK = {
    "check": "sums.Sum",
    "statement": "one_add_one",
    "cases": 3,
    "outside": 0,
    "digits": 50,
    "seed": 0,
    "verdict": "holds",
    "seconds": 0.1,
    "witness": None,
}


class Project:
    """A checkout with one theorem, one check, one experiment, all well."""

    def __init__(self, root: Path, configuration: dict[str, Any]) -> None:
        self.root, self.out = root, root / "results"
        self.lean = root / "Lejepa" / "Sum.lean"
        self.registry = root / "checks" / "statements.toml"
        self.check = root / "checks" / "sums.py"
        self.config = root / "python" / "configs" / "tiny.yaml"
        for path, text in (
            (self.lean, LEAN),
            (self.registry, REGISTRY),
            (self.check, "# a check\n"),
            (self.config, yaml.safe_dump(configuration)),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.write_check()
        train(config.load(self.config), self.out, torch.device("cpu"))

    def write_check(self, **changes: Any) -> None:
        entry = CHECK | {"source": digest(self.check.read_bytes())} | changes
        self.out.mkdir(exist_ok=True)
        (self.out / "checks.json").write_text(json.dumps({"checks": [entry]}))

    def write_ledger(self, axioms: list[str], name: str = "Lejepa.one_add_one") -> None:
        path = self.root / "axioms.json"
        path.write_text(json.dumps({name: {"kind": "theorem", "module": "Lejepa.Sum", "axioms": axioms}}))
        ledger.write(self.root, self.out, path, "everything")

    def faults(self) -> str:
        return "\n".join(audit.write(self.root, self.out).all_faults)


@pytest.fixture
def project(tmp_path: Path, tiny: Callable[..., Path]) -> Project:
    path = tiny(
        statements=["one_add_one"],
        criterion={"r2": -10.0, "within_bound": False},
        training={"steps": 2, "evaluate_every": 1},
    )
    return Project(tmp_path / "checkout", yaml.safe_load(path.read_text()))


def test_a_project_that_is_well_has_no_faults(project: Project) -> None:
    assert project.faults() == ""
    page = (project.out / "audit.html").read_text()
    assert "No faults." in page
    assert "one_add_one" in page
    made = json.loads((project.out / "audit.json").read_text())
    assert made["statements"][0]["state"] == "proved"
    assert made["statements"][0]["axioms"] is None
    project.write_ledger(["propext", "Classical.choice"])
    assert project.faults() == ""
    assert json.loads((project.out / "audit.json").read_text())["statements"][0]["axioms"] == []


def test_faults_of_the_sources_are_named(project: Project) -> None:
    project.lean.write_text(LEAN.replace("norm_num", "sorry"))
    assert "Lejepa/Sum.lean:5: sorry" in project.faults()
    project.lean.write_text(LEAN.replace("end Lejepa", "axiom easy : False\nend Lejepa"))
    assert "Lejepa/Sum.lean:6: axiom" in project.faults()
    project.lean.write_text(LEAN.replace("norm_num", "native_decide"))
    assert "native_decide" in project.faults()


def test_a_planned_statement_is_no_fault(project: Project) -> None:
    project.lean.write_text("module\n")
    made = audit.audit(project.root, project.out)
    assert [r.state for r in made.rows] == ["planned"]
    assert made.all_faults == []


def test_faults_of_checks_are_named(project: Project) -> None:
    project.write_check(verdict="violated")
    assert "sums.Sum is violated" in project.faults()
    project.write_check(statement="other")
    assert "says that it tests other" in project.faults()
    project.write_check(check="sums.Product")
    found = project.faults()
    assert "sums.Sum has no result" in found
    assert "sums.Product has a result, and no statement names it" in found
    project.write_check()
    project.check.write_text("# another check\n")
    assert "sums.Sum is stale" in project.faults()
    project.check.unlink()
    assert "has no file checks/sums.py" in project.faults()


def test_faults_of_experiments_are_named(project: Project) -> None:
    data = yaml.safe_load(project.config.read_text())
    project.config.write_text(yaml.safe_dump(data | {"criterion": {"r2": 0.5}}))
    assert "tiny is stale" in project.faults()
    project.config.write_text(yaml.safe_dump(data | {"statements": ["one_add_two"]}))
    found = project.faults()
    assert "names one_add_two, which is not in the registry" in found
    assert "tiny does not name it" in found
    project.config.write_text(yaml.safe_dump(data))
    result = project.out / "experiments" / "tiny.json"
    value = json.loads(result.read_text())
    result.write_text(json.dumps(value | {"confirmed": [True, False]}))
    assert "does not meet its criterion" in project.faults()
    result.unlink()
    assert "tiny has no result" in project.faults()
    project.config.unlink()
    assert "has no configuration" in project.faults()


def test_an_experiment_that_no_statement_names_is_a_fault(project: Project) -> None:
    project.registry.write_text(REGISTRY.replace('["tiny"]', "[]"))
    assert "the experiment tiny names one_add_one, which does not name it" in project.faults()


def test_faults_of_the_ledger_are_named(project: Project) -> None:
    project.write_ledger(["propext", "sorryAx"])
    assert "its proof rests on sorryAx" in project.faults()
    project.write_ledger([], name="Lejepa.other")
    assert "not in the compiled ledger" in project.faults()
    project.write_ledger([])
    project.lean.write_text(LEAN + "\n-- changed since\n")
    assert "ledger.json is stale" in project.faults()


def test_a_proved_statement_without_a_check_is_a_fault(project: Project) -> None:
    project.registry.write_text(REGISTRY.replace('["sums.Sum"]', "[]"))
    assert "no check tests it" in project.faults()


def test_broken_files_are_sentences(project: Project) -> None:
    (project.out / "checks.json").write_text("{")
    with pytest.raises(UserError, match=r"checks\.json: expected a JSON file"):
        audit.audit(project.root, project.out)
    project.write_check()
    (project.out / "experiments" / "tiny.json").write_text("{}")
    with pytest.raises(UserError, match="expected the result of an experiment"):
        audit.audit(project.root, project.out)


def test_a_changed_statement_differs_from_the_contract(project: Project) -> None:
    contract = project.root / "Contract.lean"
    contract.write_text("theorem one_add_one :\n    1 + 1 = 2 := by sorry\ntheorem later : 2 = 2 := by sorry\n")
    assert differences(project.root, contract) == []
    project.lean.write_text(LEAN.replace("1 + 1 = 2", "1 + 1 = (2 : Nat)"))
    (fault,) = differences(project.root, contract)
    assert "one_add_one" in fault


def test_defaults_inside_brackets_do_not_end_a_statement(project: Project) -> None:
    contract = project.root / "Contract.lean"
    contract.write_text("theorem one_add_one (a := 1) : a = a := by sorry\n")
    project.lean.write_text("namespace Lejepa\ntheorem one_add_one (a := 1) : a = 1 := rfl\n")
    assert len(differences(project.root, contract)) == 1

"""A checkout with one theorem, one check and one experiment, all well, for the tests of the audit to spoil."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import yaml
from lejepa.auditing import agreed, checks, ledger, registry, sources
from lejepa.auditing.site import write
from lejepa.checking import mutate
from lejepa.checking.running import source_of
from lejepa.checking.scores import Score
from lejepa.training import config, figures
from lejepa.training.train import train

LEAN = """module
/-! A docstring may say sorry and axiom. -/
namespace Lejepa
/-- Twice a number. -/
def twice (n : Nat) : Nat := n + n
/-- What *twice* is. -/
theorem twice_eq (n : Nat) : twice n = 2 * n := by
  unfold twice; omega
/-- **A sum.** -/
theorem one_add_one : twice 1 = 2 := by
  rw [twice_eq]
end Lejepa
"""
REGISTRY = """[project]
figures = "figures.toml"

[[statement]]
lean = "one_add_one"
title = "A sum"
paper = "nowhere"
says = "One and one are two."
formula = '1 + 1 = 2'
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
MUTANTS = asdict(Score("sums.Sum", "one_add_one", mutants=4, caught=4, whole=4))
README = "Digits: 50.\n"
FIGURES = """[[page]]
file = "README.md"
figures = [{text = "Digits: {}.", source = "checks.json", value = "checks[0].digits"}]
"""
CHECK_FILE = 'class Sum:\n    statement = "one_add_one"\n'
COMPILED = {
    "Lejepa.twice": {"kind": "def", "uses": [], "axioms": []},
    "Lejepa.twice_eq": {"kind": "theorem", "uses": ["Lejepa.twice"], "axioms": ["propext"]},
    "Lejepa.one_add_one": {
        "kind": "theorem",
        "uses": ["Lejepa.twice", "Lejepa.twice_eq"],
        "axioms": ["propext"],
        "statement": "Lejepa.one_add_one : twice 1 = 2",
        "type": {"digest": "11", "names": ["Lejepa.twice"]},
    },
}
CONSTANTS = {"Lejepa.twice": {"digest": "7", "names": ["Lejepa.more"]}, "Lejepa.more": {"digest": "5", "names": []}}
TRUST = "nothing is compiled in these tests, and so all of it is taken on trust"


class Project:
    """The checkout: its files by name, and what the audit says of it."""

    def __init__(self, root: Path, configuration: dict[str, Any]) -> None:
        self.root, self.out = root, root / "results"
        self.lean = root / "Lejepa" / "Sum.lean"
        self.registry = root / "checks" / "statements.toml"
        self.check = root / "checks" / "sums.py"
        self.config = root / "python" / "configs" / "tiny.yaml"
        self.result = root / "evidence" / "experiments" / "tiny.json"
        self.readme = root / "README.md"
        for path, text in (
            (self.lean, LEAN),
            (self.registry, REGISTRY),
            (self.check, CHECK_FILE),
            (self.config, yaml.safe_dump(configuration)),
            (self.readme, README),
            (root / "figures.toml", FIGURES),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.write_check()
        self.write_mutants()
        self.agree()
        result = train(config.load(self.config), root / "evidence", torch.device("cpu"))
        figures.draw([result], self.out / "figures")

    def write_check(self, **changes: Any) -> None:
        (task,) = checks.tasks(self.root)
        known = {"entry": task.entry, "agreed": task.agreed, "agreed_kind": task.agreed_kind}
        entry = CHECK | known | {"source": source_of(self.root, task.check)} | changes
        self.out.mkdir(exist_ok=True)
        (self.out / "checks.json").write_text(json.dumps({"checks": [entry]}))

    def write_mutants(self, **changes: Any) -> None:
        entry = MUTANTS | {"source": mutate.source_of(self.root, "sums.Sum")} | changes
        (self.out / "mutants.json").write_text(json.dumps({"checks": [entry]}))

    def agree(self) -> None:
        """Agree to what stands there, and to what a ledger or a record says of it."""
        book = ledger.witness(self.root, self.out).book
        agreed.write(self.root, registry.load(self.root).statement, sources.load(self.root), book)

    def printed(self, lost: str = "", header: dict[str, Any] | None = None, **changes: Any) -> Path:
        """What Lean would print of the package as it stands; `changes` are those of the headline theorem's entry."""
        more = {n: {"kind": d.kind, "uses": [], "axioms": []} for n, d in sources.declarations(self.root).items()}
        declarations = {n: e | {"module": "Lejepa.Sum"} for n, e in (more | COMPILED).items() if n != lost}
        if changes:
            declarations["Lejepa.one_add_one"] |= changes
        made = {
            "lean": "Lean 4.0.0-sample",
            "trust": TRUST,
            "scope": "everything",
            "files": ledger.digests(self.root),
            "declarations": declarations,
            "constants": CONSTANTS,
        }
        path = self.root / "printed.json"
        path.write_text(json.dumps(made | (header or {})))
        return path

    def write_ledger(self, lost: str = "", header: dict[str, Any] | None = None, **changes: Any) -> None:
        """Keep that as the ledger of this machine."""
        ledger.write(self.root, self.out, self.printed(lost, header, **changes))

    def write_record(self, lost: str = "", header: dict[str, Any] | None = None, **changes: Any) -> None:
        """Keep that as the record of the repository alone."""
        ledger.record(self.root, ledger.write(self.root, self.out, self.printed(lost, header, **changes)))
        (self.out / ledger.FILE).unlink()

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def edit_result(self, **changes: Any) -> None:
        self.result.write_text(json.dumps(json.loads(self.result.read_text()) | changes))

    def faults(self) -> list[str]:
        """Make the audit and its site; the faults that it names."""
        return write(self.root, self.out).all_faults

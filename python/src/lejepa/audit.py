"""The audit: each statement of the registry with its Lean source, axioms, checks and experiments, on one page.

It joins four things by Lean name, and fails on whatever one of them lacks or contradicts:

- the registry `checks/statements.toml`,
- the Lean sources (what is declared where, `sorry`, axioms),
- the ledger `results/ledger.json`, where a Lean toolchain has made one: the axioms behind each theorem as compiled,
- the results of checks (`results/checks.json`) and of experiments (`results/experiments/*.json`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from lejepa import config, results
from lejepa.errors import UserError
from lejepa.files import digest, read_json, void, write_atomically, write_json
from lejepa.registry import Statement
from lejepa.registry import load as load_registry
from lejepa.results import Result
from lejepa.sources import Declaration, Sources, scan

TRUSTED = frozenset({"propext", "Classical.choice", "Quot.sound"})
NAMESPACE = "Lejepa."

State = Literal["proved", "planned", "faulty"]


@dataclass(frozen=True)
class Row:
    """A statement and what the four sides say of it. `faults` is empty where all is well."""

    statement: Statement
    state: State
    where: str
    axioms: str
    checks: list[dict[str, Any]]
    experiments: list[Result]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Audit:
    """The joined table, and the faults that belong to no single statement."""

    rows: list[Row]
    faults: list[str]
    compiled: str

    @property
    def all_faults(self) -> list[str]:
        return [*self.faults, *(f"{r.statement.lean}: {f}" for r in self.rows for f in r.faults)]

    def as_json(self) -> dict[str, Any]:
        return {
            "compiled": self.compiled,
            "faults": self.all_faults,
            "statements": [
                {
                    "lean": r.statement.lean,
                    "state": r.state,
                    "where": r.where,
                    "axioms": r.axioms,
                    "checks": r.checks,
                    "experiments": [e.configuration.name for e in r.experiments],
                    "faults": r.faults,
                }
                for r in self.rows
            ],
        }

"""The audit: each statement of the registry with its Lean source, axioms, checks and experiments, on one page.

It joins four things by Lean name, and a fault is whatever one of them lacks or contradicts:

- the registry, `checks/statements.toml`;
- the Lean sources: what is declared where, `sorry`, axioms;
- the ledger, `results/ledger.json`, where Lean has compiled the package: the axioms behind each theorem;
- the results of checks, `results/checks.json`, and of experiments, `results/experiments/*.json`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from lejepa.auditing import ledger, registry, sources
from lejepa.auditing.ledger import Ledger
from lejepa.auditing.registry import Statement
from lejepa.files import digest, read_json, void, write_atomically, write_json
from lejepa.training import config, results
from lejepa.training.results import Result

TRUSTED = frozenset({"propext", "Classical.choice", "Quot.sound"})
AXIOMS = "Lejepa/Axioms.lean"

State = Literal["proved", "planned"]


@dataclass(frozen=True)
class Row:
    """A statement and what the four sides say of it.

    axioms: those beyond Lean's own three that the compiled proof rests on; None where nothing was compiled.
    """

    statement: Statement
    state: State
    where: str
    axioms: list[str] | None
    checks: list[dict[str, Any]]
    experiments: list[Result]
    faults: list[str] = field(default_factory=list)

    @property
    def axioms_text(self) -> str:
        if self.state == "planned":
            return ""
        if self.axioms is None:
            return "not compiled"
        return ", ".join(self.axioms) or "none of its own"


@dataclass(frozen=True)
class Audit:
    """The joined table; `faults` are those that belong to no single statement."""

    rows: list[Row]
    faults: list[str]
    scope: str

    @property
    def all_faults(self) -> list[str]:
        return [*self.faults, *(f"{r.statement.lean}: {f}" for r in self.rows for f in r.faults)]

    def count(self, state: State) -> int:
        return sum(r.state == state for r in self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
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


def scope_text(book: Ledger | None) -> str:
    """How far the compiled proofs were followed, in a sentence."""
    if book is None:
        return "No ledger: the Lean package was not compiled here, so axioms are known from the sources' text alone."
    if book.scope == "project":
        return "Compiled: the package's own proofs were followed; those of its dependencies were taken at their word."
    return "Compiled: every proof was followed, down to Lean's axioms."


def checks_by_name(out: Path) -> dict[str, dict[str, Any]]:
    path = out / "checks.json"
    if not path.exists():
        return {}
    return {c["check"]: c for c in read_json(path)["checks"]}


def check_faults(root: Path, name: str, entry: dict[str, Any] | None, statement: str) -> list[str]:
    """What is wrong with a check's result, if anything."""
    file = root / "checks" / f"{name.split('.')[0]}.py"
    if not file.is_file():
        return [f"its check {name} has no file {file.relative_to(root)}"]
    if entry is None:
        return [f"its check {name} has no result; `make check-axioms` makes it"]
    faults = []
    if entry["statement"] != statement:
        faults.append(f"its check {name} says that it tests {entry['statement']}")
    if entry["verdict"] != "holds":
        faults.append(f"its check {name} is {entry['verdict']}")
    if entry["source"] != digest(file.read_bytes()):
        faults.append(f"the result of its check {name} is stale; `make check-axioms` renews it")
    return faults


def experiment_faults(root: Path, name: str, result: Result | None, statement: str) -> list[str]:
    """What is wrong with an experiment's result, if anything."""
    path = root / "python" / "configs" / f"{name}.yaml"
    if not path.is_file():
        return [f"its experiment {name} has no configuration {path.relative_to(root)}"]
    faults = []
    experiment = config.load(path)
    if statement not in experiment.statements:
        faults.append(f"its experiment {name} does not name it")
    if result is None:
        faults.append(f"its experiment {name} has no result; `lejepa train {path.relative_to(root)}` makes it")
        return faults
    if result.configuration != experiment:
        faults.append(f"the result of its experiment {name} is stale: its configuration has changed")
    if not all(result.confirmed):
        faults.append(f"its experiment {name} does not meet its criterion")
    return faults


def unclaimed(root: Path, statements: list[Statement], found: dict[str, dict[str, Any]]) -> list[str]:
    """Checks and experiments that the registry does not link to the statements that they name."""
    faults = []
    known = {s.lean: s for s in statements}
    claimed = {c for s in statements for c in s.checks}
    for name in sorted(set(found) - claimed):
        faults.append(f"the check {name} has a result, and no statement names it")
    for path in sorted((root / "python" / "configs").glob("*.yaml")):
        experiment = config.load(path)
        for lean in experiment.statements:
            if lean not in known:
                faults.append(f"the experiment {experiment.name} names {lean}, which is not in the registry")
            elif experiment.name not in known[lean].experiments:
                faults.append(f"the experiment {experiment.name} names {lean}, which does not name it")
    return faults


def source_faults(root: Path) -> list[str]:
    """Each `sorry`, `native_decide`, and axiom outside its file."""
    return [
        f"{f.file}:{f.line}: {f.word}" for f in sources.forbidden(root) if not (f.word == "axiom" and f.file == AXIOMS)
    ]


def audit(root: Path, out: Path) -> Audit:
    """Join registry, sources, ledger and results of the checkout `root`."""
    statements = registry.load(root).statement
    declared = sources.declarations(root)
    allowed = {n for n, d in declared.items() if d.kind == "axiom" and d.file == AXIOMS}
    book = ledger.read(out)
    faults = source_faults(root)
    if book is not None and book.sources != ledger.fingerprint(root):
        faults.append("results/ledger.json is stale: the Lean sources have changed since; `make lean` renews it")
        book = None
    found = checks_by_name(out)
    done = {r.configuration.name: r for r in results.read_all(out)}
    rows = []
    for s in statements:
        state = registry.state(s, declared)
        declaration = declared.get(s.full_name)
        wrong: list[str] = []
        axioms = None
        if book is not None and state == "proved":
            if s.full_name in book.theorems:
                axioms = sorted(set(book.theorems[s.full_name].axioms) - TRUSTED)
                if strange := sorted(set(axioms) - allowed):
                    wrong.append(f"its proof rests on {', '.join(strange)}")
            else:
                wrong.append("it stands in the sources, and not in the compiled ledger")
        for name in s.checks:
            wrong += check_faults(root, name, found.get(name), s.lean)
        for name in s.experiments:
            wrong += experiment_faults(root, name, done.get(name), s.lean)
        if state == "proved" and not s.checks:
            wrong.append("it is proved, and no check tests it")
        rows.append(
            Row(
                statement=s,
                state=state,
                where=f"{declaration.file}:{declaration.line}" if declaration else "",
                axioms=axioms,
                checks=[found[n] for n in s.checks if n in found],
                experiments=[done[n] for n in s.experiments if n in done],
                faults=wrong,
            )
        )
    return Audit(rows, [*faults, *unclaimed(root, statements, found)], scope_text(book))


def write(root: Path, out: Path) -> Audit:
    """Make the audit and write `audit.json` and `audit.html` under `out`."""
    made = audit(root, out)
    write_json(out / "audit.json", made.as_json())
    templates = Environment(
        loader=PackageLoader("lejepa"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("audit.html").render(audit=made)
    write_atomically(out / "audit.html", lambda p: void(p.write_text(page, encoding="utf-8")))
    return made

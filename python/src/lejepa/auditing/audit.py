"""The audit: each statement of the registry with its Lean source, axioms, checks and experiments.

It joins four things by Lean name, and a fault is whatever one of them lacks or contradicts:

- the registry, `checks/statements.toml`;
- the Lean sources: what is declared where, `sorry`, axioms;
- the ledger, `results/ledger.json`, where Lean has compiled the package: the axioms behind each theorem;
- the results of checks and mutants, and of experiments.

It holds the figures in the project's prose against results, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lejepa.auditing import agreed, checks, experiments, graph, ledger, prose, registry, sources, trace
from lejepa.auditing.checks import Checked
from lejepa.auditing.experiments import Trained
from lejepa.auditing.graph import Graph, Node
from lejepa.auditing.ledger import Ledger
from lejepa.auditing.registry import Project, Registry, Statement
from lejepa.auditing.sources import Declaration

TRUSTED = frozenset({"propext", "Classical.choice", "Quot.sound"})

State = Literal["proved", "planned"]


@dataclass(frozen=True)
class Row:
    """A statement and what the four sides say of it.

    node: its declaration. axioms: those beyond Lean's own three that the compiled proof rests on; None where nothing
    was compiled. premises: what its proof names, of other packages too; None where it was not traced.
    """

    statement: Statement
    state: State
    node: Node | None
    axioms: list[str] | None
    checks: list[Checked]
    experiments: list[Trained]
    premises: list[str] | None
    faults: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"{self.node.file}:{self.node.line}" if self.node else ""

    @property
    def axioms_text(self) -> str:
        if self.state == "planned":
            return ""
        if self.axioms is None:
            return "not compiled"
        return ", ".join(self.axioms) or "none of its own"

    def as_json(self) -> dict[str, Any]:
        return {
            "lean": self.statement.lean,
            "title": self.statement.title,
            "refuted": self.statement.refuted,
            "state": self.state,
            "where": self.where,
            "statement": (self.node.elaborated or self.node.statement) if self.node else None,
            "axioms": self.axioms,
            "uses": list(self.node.uses) if self.node else [],
            "checks": [c.as_json() for c in self.checks],
            "experiments": [e.as_json() for e in self.experiments],
            "premises": self.premises,
            "faults": self.faults,
        }


@dataclass(frozen=True)
class Audit:
    """The joined table; `faults` are those that belong to no single statement."""

    project: Project
    rows: list[Row]
    faults: list[str]
    scope: str
    graph: Graph

    @property
    def all_faults(self) -> list[str]:
        return [*self.faults, *(f"{r.statement.lean}: {f}" for r in self.rows for f in r.faults)]

    def count(self, state: State) -> int:
        return sum(r.state == state for r in self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.project.title,
            "scope": self.scope,
            "graph": self.graph.origin,
            "faults": self.all_faults,
            "statements": [r.as_json() for r in self.rows],
        }


def scope_text(book: Ledger | None) -> str:
    """How far the compiled proofs were followed, in a sentence."""
    if book is None:
        return "No ledger: the Lean package was not compiled here, so axioms are known from the sources' text alone."
    if book.scope == "project":
        return "Compiled: the package's own proofs were followed; those of its dependencies were taken at their word."
    return "Compiled: every proof was followed, down to Lean's axioms."


def source_faults(root: Path, project: Project) -> list[str]:
    """Each `sorry`, `native_decide`, and axiom outside its file."""
    return [
        f"{f.file}:{f.line}: {f.word}"
        for f in sources.forbidden(root, project.package)
        if not (f.word == "axiom" and f.file == project.axioms)
    ]


def static_faults(root: Path, entries: Registry, declared: Mapping[str, Declaration]) -> list[str]:
    """What is wrong whatever was run: in the sources, with what was agreed, and in the links of the registry."""
    statements, trained = entries.statement, experiments.load(root, None)
    missing = [
        f"{s.lean}: its check {name} does not stand in checks/{name.split('.')[0]}.py"
        for s in statements
        for name in s.checks
        if name not in checks.defined(root)
    ]
    unlinked = [f"{s.lean}: {fault}" for s in statements for fault in experiments_of(s, trained)[1]]
    return [
        *source_faults(root, entries.project),
        *agreed.faults(root, statements, declared),
        *missing,
        *unlinked,
        *unclaimed(root, statements, {}, trained),
    ]


def ledger_faults(root: Path, entries: Registry, book: Ledger) -> list[str]:
    """Each statement whose compiled proof rests on an axiom that is not allowed, or that was not compiled."""
    declared = sources.declarations(root, entries.project.package)
    allowed = axioms_allowed(entries.project, declared)
    return [
        f"{s.lean}: {fault}"
        for s in entries.statement
        if registry.state(s, declared) == "proved"
        for fault in compiled_faults(s.full_name, book, allowed)[1]
    ]


def axioms_allowed(project: Project, declared: Mapping[str, Declaration]) -> set[str]:
    return {n for n, d in declared.items() if d.kind == "axiom" and d.file == project.axioms}


def unclaimed(root: Path, statements: list[Statement], found: dict[str, Any], trained: dict[str, Trained]) -> list[str]:
    """Checks and experiments that the registry does not link to the statements that they name."""
    faults = []
    known = {s.lean: s for s in statements}
    claimed = {c for s in statements for c in s.checks}
    defined = set(checks.defined(root))
    for name in sorted(defined - claimed):
        faults.append(f"the check {name} stands in checks/{name.split('.')[0]}.py, and no statement names it")
    for name in sorted(set(found) - claimed - defined):
        faults.append(f"the check {name} has a result, and no statement names it")
    for e in trained.values():
        for lean in e.statements:
            if lean not in known:
                faults.append(f"the experiment {e.name} names {lean}, which is not in the registry")
            elif e.name not in known[lean].experiments:
                faults.append(f"the experiment {e.name} names {lean}, which does not name it")
    return faults


def experiments_of(statement: Statement, trained: dict[str, Trained]) -> tuple[list[Trained], list[str]]:
    """The experiments that a statement names, and what is wrong with them."""
    faults = []
    for name in statement.experiments:
        if name not in trained:
            faults.append(f"its experiment {name} has no configuration in {experiments.CONFIGURATIONS}")
        else:
            if statement.lean not in trained[name].statements:
                faults.append(f"its experiment {name} does not name it")
            faults += trained[name].faults
    return [trained[n] for n in statement.experiments if n in trained], faults


def compiled_faults(name: str, book: Ledger, allowed: set[str]) -> tuple[list[str] | None, list[str]]:
    """The axioms behind a theorem beyond Lean's own three, and what is wrong with them."""
    if name not in book.declarations:
        return None, ["it stands in the sources, and not in the compiled ledger"]
    axioms = sorted(set(book.declarations[name].axioms) - TRUSTED)
    strange = sorted(set(axioms) - allowed)
    return axioms, [f"its proof rests on {', '.join(strange)}"] if strange else []


def audit(root: Path, out: Path) -> Audit:
    """Join registry, sources, ledger and results of the checkout `root`."""
    entries = registry.load(root)
    project, statements = entries.project, entries.statement
    declared = sources.declarations(root, project.package)
    allowed = axioms_allowed(project, declared)
    book = ledger.read(out)
    faults = source_faults(root, project)
    if book is not None and book.sources != ledger.fingerprint(root, project.package):
        faults.append("results/ledger.json is stale: the Lean sources have changed since; `make lean` renews it")
        book = None
    found, joined = checks.entries(out / "checks.json"), checks.join(root, out)
    trained = experiments.load(root, out)
    traced = trace.read(out)
    if traced is not None and traced.sources != ledger.fingerprint(root, project.package):
        faults.append("results/premises.json is stale: the Lean sources have changed since; `lejepa trace` renews it")
        traced = None
    nodes = graph.build(declared, book)
    rows = []
    for s in statements:
        state = registry.state(s, declared)
        wrong: list[str] = []
        axioms = None
        if book is not None and state == "proved":
            axioms, wrong = compiled_faults(s.full_name, book, allowed)
        tested = [joined[name] for name in s.checks]
        confirmed, amiss = experiments_of(s, trained)
        wrong += [f for c in tested for f in c.faults] + amiss
        if state == "proved" and not s.checks:
            wrong.append("it is proved, and no check tests it")
        node = nodes.nodes.get(s.full_name)
        premises = traced.premises.get(s.full_name) if traced else None
        rows.append(Row(s, state, node, axioms, tested, confirmed, premises, wrong))
    faults += agreed.faults(root, statements, declared)
    faults += unclaimed(root, statements, found, trained) + prose.faults(root, out, project.figures)
    return Audit(project, rows, faults, scope_text(book), nodes)

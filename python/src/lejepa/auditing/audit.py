"""The audit: each statement of the registry with its Lean source, axioms, checks and experiments.

It joins four things by Lean name, and a fault is whatever one of them lacks or contradicts:

- the registry, `checks/statements.toml`;
- the Lean sources: what is stated where, and whether it leans on `sorry` or its kin;
- what Lean said of these very sources, here (`results/ledger.json`) or elsewhere (`records/lean.json`): what is proved,
  and on which axioms;
- the results of checks and mutants, and of experiments.

It holds the figures in the project's prose against results, too.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lejepa.auditing import agreed, checks, experiments, graph, instances, ledger, prose, registry, sources, ties, trace
from lejepa.auditing.checks import Checked
from lejepa.auditing.experiments import Trained
from lejepa.auditing.graph import Graph, Node
from lejepa.auditing.ledger import Witness
from lejepa.auditing.proofs import STATES, Proof, State, compiled, judge
from lejepa.auditing.registry import Project, Registry, Statement
from lejepa.auditing.sources import Package


@dataclass(frozen=True)
class Row:
    """A statement and what the four sides say of it.

    node: its declaration. agreed: how it is held to what was agreed, as elaborated or as text; None where it was not.
    premises: what its proof names, of other packages too; None where it was not traced.
    instances, outside: the declarations of its instances, and of the cases outside its hypotheses.
    """

    statement: Statement
    proof: Proof
    node: Node | None
    agreed: agreed.How | None
    checks: list[Checked]
    experiments: list[Trained]
    premises: list[str] | None
    instances: list[Node]
    outside: list[Node]
    faults: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.proof.state

    @property
    def axioms(self) -> list[str] | None:
        return self.proof.axioms

    @property
    def where(self) -> str:
        return f"{self.node.file}:{self.node.line}" if self.node else ""

    @property
    def axioms_text(self) -> str:
        if self.axioms is None:
            return "not known: no Lean said so"
        return ", ".join(self.axioms) or "none"

    def as_json(self) -> dict[str, Any]:
        return {
            "lean": self.statement.lean,
            "title": self.statement.title,
            "refuted": self.statement.refuted,
            "state": self.state,
            "proved": self.proof.proved,
            "why": self.proof.why,
            "where": self.where,
            "statement": (self.node.elaborated or self.node.statement) if self.node else None,
            "agreed": self.agreed,
            "axioms": self.axioms,
            "uses": list(self.node.uses) if self.node else [],
            "checks": [c.as_json() for c in self.checks],
            "experiments": [e.as_json() for e in self.experiments],
            "premises": self.premises,
            "instances": [n.name for n in self.instances],
            "outside": [n.name for n in self.outside],
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

    @property
    def counts(self) -> dict[str, int]:
        """How many theorems are in each state."""
        return {state: self.count(state) for state in STATES}

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.project.title,
            "theorems": self.counts,
            "scope": self.scope,
            "graph": self.graph.origin,
            "faults": self.all_faults,
            "statements": [r.as_json() for r in self.rows],
        }


def scope_text(root: Path, witness: Witness) -> str:
    """What the word of each theorem rests on, in a sentence or two."""
    if witness.book is None:
        because = (
            f"No Lean has compiled the package here, and there is no record, {ledger.RECORD}, that one did elsewhere."
        )
        if witness.faults:
            because = "What a Lean compiled is not what stands here."
        return f"No theorem counts as proved. {because} {ledger.remedy(root)}."
    words = witness.words
    return f"{words[0].upper()}{words[1:]}"


def source_faults(root: Path, project: Project) -> list[str]:
    """What makes proofs worthless, an axiom outside its file, files compiled and not read here, and the reverse."""
    found = [
        str(f) for f in sources.forbidden(root, project.package) if not (f.word == "axiom" and f.file == project.axioms)
    ]
    return found + sources.strays(root, project.package)


def static_faults(root: Path, entries: Registry, package: Package) -> list[str]:
    """What is wrong whatever was run: in the sources, the record, with what was agreed, in the registry's links."""
    statements, trained = entries.statement, experiments.load(root, None)
    witness = ledger.witness(root, None, package.name)
    missing = [
        f"{s.lean}: its check {name} does not stand in checks/{name.split('.')[0]}.py"
        for s in statements
        for name in s.checks
        if name not in checks.defined(root)
    ]
    unlinked = [f"{s.lean}: {fault}" for s in statements for fault in experiments_of(s, trained)[1]]
    return [
        *source_faults(root, entries.project),
        *witness.faults,
        *(ledger_faults(entries, package, witness) if witness.book else []),
        *agreed.faults(root, statements, package, witness.book),
        *missing,
        *unlinked,
        *unclaimed(root, statements, {}, trained),
    ]


def ledger_faults(entries: Registry, package: Package, witness: Witness) -> list[str]:
    """Each statement whose compiled proof rests on an axiom that is not allowed, or that was not compiled."""
    allowed = axioms_allowed(entries.project, package)
    return lacking(package, witness) + [
        f"{s.lean}: {fault}"
        for s in entries.statement
        if registry.is_stated(s, package.declared)
        for fault in compiled(s.full_name, witness, allowed)[1]
    ]


def lacking(package: Package, witness: Witness) -> list[str]:
    """Whether what Lean said is of a part of the package only."""
    if witness.book is None:
        return []
    absent = [name for name in package.declared if name not in witness.book.declarations]
    if not absent:
        return []
    return [f"{witness.name} is of a part of the package: it lacks {len(absent)} declarations, {absent[0]} among them"]


def axioms_allowed(project: Project, package: Package) -> set[str]:
    return {n for n, d in package.declared.items() if d.kind == "axiom" and d.file == project.axioms}


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
    return [trained[n].bearing_on(statement.lean) for n in statement.experiments if n in trained], faults


def audit(root: Path, out: Path) -> Audit:
    """Join registry, sources, ledger and results of the checkout `root`."""
    entries = registry.load(root)
    project, statements = entries.project, entries.statement
    package = sources.load(root, project.package)
    declared, allowed = package.declared, axioms_allowed(project, package)
    witness = ledger.witness(root, out, project.package)
    faults = source_faults(root, project) + witness.faults + lacking(package, witness)
    found, joined = checks.entries(out / "checks.json"), checks.join(root, out)
    trained = experiments.load(root, out)
    traced = trace.read(out)
    if traced is not None and traced.sources != ledger.fingerprint(root, project.package):
        faults.append("results/premises.json is stale: the Lean sources have changed since; `lejepa trace` renews it")
        traced = None
    nodes = graph.build(declared, witness)
    held = agreed.ways(root, statements, package, witness.book)
    rows = []
    for s in statements:
        proof = judge(s.full_name, declared, nodes, witness, allowed)
        wrong = proof.faults + instances.faults(s, declared, nodes, project.instances)
        tested = [joined[name] for name in s.checks]
        confirmed, amiss = experiments_of(s, trained)
        wrong += [f for c in tested for f in c.faults] + amiss
        if proof.state != "planned" and not s.checks:
            wrong.append(f"it is {proof.state}, and no check tests it")
        node = nodes.nodes.get(s.full_name)
        premises = traced.premises.get(s.full_name) if traced else None
        within, beyond = (
            [nodes.nodes[full] for name in names if (full := f"{s.package}.{name}") in nodes.nodes]
            for names in (s.instances, s.outside)
        )
        rows.append(Row(s, proof, node, held.get(s.lean), tested, confirmed, premises, within, beyond, wrong))
    faults += agreed.faults(root, statements, package, witness.book)
    faults += unclaimed(root, statements, found, trained) + prose.faults(root, out, ties.load(root, project.figures))
    return Audit(project, rows, faults, scope_text(root, witness), nodes)

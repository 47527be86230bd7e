"""Which declaration of the package rests on which.

From what Lean said where it is known, compiled here or recorded, and else from the text of the sources: there a
declaration uses another where its code names it, from its own namespace outwards, or by its last part after a dot. That
misses what tactics find for themselves, and it is said where it is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import networkx

from lejepa.auditing.lean import Declaration
from lejepa.auditing.ledger import Ledger, Witness

WORD = re.compile(r"[^\W\d][\w'!?₀-₉]*(?:\.[^\W\d][\w'!?₀-₉]*)*")


@dataclass(frozen=True)
class Node:
    """A declaration: what the sources and the ledger say of it.

    elaborated: its statement as Lean prints it. axioms: those behind it. Both None where nothing was compiled.
    """

    name: str
    kind: str
    file: str
    line: int
    doc: str
    statement: str
    proof: str
    uses: tuple[str, ...]
    elaborated: str | None = None
    axioms: tuple[str, ...] | None = None


class Graph:
    """The package's declarations by full name, and what each uses."""

    def __init__(self, nodes: Mapping[str, Node], origin: Literal["compiled", "recorded", "text"]) -> None:
        self.nodes, self.origin = nodes, origin
        self.edges: networkx.DiGraph[str] = networkx.DiGraph()
        self.edges.add_nodes_from(nodes)
        self.edges.add_edges_from((n.name, used) for n in nodes.values() for used in n.uses if used in nodes)

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """For each declaration, those that use it."""
        return {n: sorted(self.edges.predecessors(n)) for n in self.nodes}

    def behind(self, name: str) -> set[str]:
        """All declarations that one rests on, directly or not."""
        return set(networkx.descendants(self.edges, name)) if name in self.nodes else set()

    def drawn(self, names: set[str]) -> list[tuple[str, str]]:
        """The edges among some declarations, without those that a longer path implies."""
        part = self.edges.subgraph(names)
        if not networkx.is_directed_acyclic_graph(part):  # names in text may be mistaken, and go round
            part = networkx.DiGraph(part)
            while cycle := next(iter(networkx.simple_cycles(part)), None):
                part.remove_edge(cycle[-1], cycle[0])
        return sorted(networkx.transitive_reduction(part).edges)

    def among(self, names: set[str]) -> list[tuple[str, str]]:
        """Which of some declarations rests on which, whatever lies between them left out, and reduced as `drawn`."""
        closed: networkx.DiGraph[str] = networkx.DiGraph()
        closed.add_nodes_from(names)
        closed.add_edges_from((a, b) for a in names for b in self.behind(a) & names if a not in self.behind(b))
        return sorted(networkx.transitive_reduction(closed).edges)


def names_in(code: str, at: Declaration, declared: Mapping[str, Declaration]) -> set[str]:
    """The declarations that a piece of code names, as it stands where the declaration `at` does."""
    spaces = at.namespace.split(".") if at.namespace else []
    prefixes = [*(".".join(spaces[:depth]) for depth in range(len(spaces), -1, -1)), *at.opened]

    def resolve(word: str) -> str | None:
        names = (f"{prefix}.{word}" if prefix else word for prefix in prefixes)
        return next((name for name in names if name in declared), None)

    found = set()
    for word in {m[0] for m in WORD.finditer(code)}:
        parts = word.split(".")
        candidates = (resolve(".".join(parts[:end])) for end in range(len(parts), 0, -1))  # `f.trans` names f
        found.add(next((name for name in candidates if name), None))
    return {name for name in found if name is not None}


def uses_in_text(declared: Mapping[str, Declaration]) -> dict[str, list[str]]:
    """For each declaration, those that its code names, or whose last part it has after a dot, as in `h.bound`."""
    last: dict[str, list[str]] = {}
    for name in declared:
        last.setdefault(name.rpartition(".")[2], []).append(name)
    found = {}
    for d in declared.values():
        after_dot = {part for m in WORD.finditer(d.code) for part in m[0].split(".")[1:]}
        unique = {last[part][0] for part in after_dot if len(last.get(part, ())) == 1}
        found[d.name] = sorted((names_in(f"{d.code} {d.notation}", d, declared) | unique) - {d.name})
    return found


def build(declared: Mapping[str, Declaration], witness: Witness) -> Graph:
    """The graph of the declarations that the sources show."""
    ledger = witness.book
    if ledger is None or witness.how is None:
        uses = uses_in_text(declared)
        return Graph({n: node(d, uses[n]) for n, d in declared.items()}, "text")
    nodes = {}
    for name, d in declared.items():
        entry = ledger.declarations.get(name)
        if entry is None:
            nodes[name] = node(d, [])
        else:
            compiled = {"elaborated": entry.statement, "axioms": tuple(sorted(entry.axioms))}
            nodes[name] = Node(**(vars(node(d, named(name, declared, ledger))) | compiled))
    return Graph(nodes, witness.how)


def named(name: str, declared: Mapping[str, Declaration], ledger: Ledger) -> list[str]:
    """The declarations of the sources that one uses, itself or by way of those without a name, as instances are."""
    seen, found, waiting = {name}, set[str](), [name]
    while waiting:
        entry = ledger.declarations.get(waiting.pop())
        for used in entry.uses if entry else ():
            if used in declared:
                found.add(used)
            elif used not in seen:
                seen.add(used)
                waiting.append(used)
    return sorted(found - {name})


def node(d: Declaration, uses: list[str]) -> Node:
    return Node(d.name, d.kind, d.file, d.line, d.doc, d.statement, d.proof, tuple(uses))

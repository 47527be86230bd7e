"""What a reader must read before the statements: the definitions of the package that their meaning rests on.

Where Lean told which constants the type of a statement names, and what those are made of, the definitions are those:
what only a proof uses is not among them. Lean knows no notations after reading a text, so those come from the text: a
notation counts when its token stands in a statement or in a definition that counts, and what it stands for counts.
Where Lean told nothing, all of it comes from the text, as `lejepa.auditing.meaning` reads it: rather a definition too
many than one too few.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import networkx

from lejepa.auditing.lean import PROOFS, Declaration, Reading, blank, path_of, plain
from lejepa.auditing.ledger import Ledger
from lejepa.auditing.meaning import SHORT, Meanings
from lejepa.auditing.sources import Package

PRIVATE = re.compile(r"_private\.(?P<module>.+?)\.\d+\.(?P<name>.+)")

Origin = Literal["elaborated", "text"]


@dataclass(frozen=True)
class Definition:
    """A definition, instance, notation or axiom that a reader must read.

    key: its full name where it has a public one. place: its file and line. text: its Lean text, docstring apart.
    opened: the `open` commands in force there. context: the others, such as `variable`. uses: the keys of those that it
    speaks of itself.
    """

    key: str
    kind: str
    name: str
    file: str
    line: int
    doc: str
    text: str
    opened: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """A name for it without spaces, by which a page can link to it."""
        return f"{self.file}:{self.line}" if " " in self.key else self.key

    @property
    def code(self) -> str:
        """Its text below the commands, such as `variable`, that are in force for it."""
        return "\n".join((*self.context, self.text))

    @property
    def lines(self) -> int:
        """How many lines of its code say something: comments and empty lines do not."""
        return sum(bool(line.strip()) for line in blank(self.code).splitlines())


@dataclass(frozen=True)
class Definitions:
    """What the meaning of some theorems rests on.

    all: by key, each after those that it speaks of. behind: for each theorem, the keys of those that it rests on, in
    the same order. origins: for each theorem, whether Lean told or the text was read. made: constants behind a theorem
    that have no text of their own, since Lean made them, as by `deriving`. context, opened: the commands in force where
    a theorem stands.
    """

    all: dict[str, Definition] = field(default_factory=dict)
    behind: dict[str, list[str]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    context: dict[str, tuple[str, ...]] = field(default_factory=dict)
    opened: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def listed(self) -> list[Definition]:
        """All but the axioms."""
        return [d for d in self.all.values() if d.kind != "axiom"]

    @property
    def axioms(self) -> list[Definition]:
        return [d for d in self.all.values() if d.kind == "axiom"]

    @property
    def lines(self) -> int:
        """How many lines a reader must read, those of axioms apart."""
        return self.count(d.key for d in self.listed)

    def count(self, keys: Iterable[str]) -> int:
        """How many lines some of them have."""
        return sum(self.all[key].lines for key in keys)

    @property
    def from_text(self) -> list[str]:
        """The theorems for which Lean told nothing."""
        return [name for name, origin in self.origins.items() if origin == "text"]


class Finder:
    """Finds the definitions of a package. book: what Lean said of it, where that is known."""

    def __init__(self, package: Package, book: Ledger | None) -> None:
        self.package, self.book = package, book
        self.meanings = Meanings(package)
        self.known = self.meanings.definitions | self.meanings.instances
        self.at = {(d.file, d.line): key for key, d in self.known.items()}
        self.rank = {name: i for i, name in enumerate(import_order(package))}
        self.made: set[str] = set()
        self.keys = {name: self.key_of(name) for name in book.constants} if book else {}

    def key_of(self, constant: str) -> str | None:
        """The definition whose text says what a constant of Lean is: for a field, or an auxiliary one, what made it."""
        assert self.book is not None
        if constant in self.known:
            return constant
        entry = self.book.declarations.get(constant)
        if entry and (key := self.at.get((entry.file or "", entry.line or 0))):
            return key
        if constant.rpartition(".")[2].startswith("inst"):  # named by Lean, and not made from what its namespace names
            return None
        if private := PRIVATE.fullmatch(constant):
            file, name = f"{private['module'].replace('.', '/')}.lean", private["name"]
            found = (self.meanings.local.get((file, part)) for part in prefixes(name))
            return next((key for key in found if key), None)
        return next((part for part in prefixes(constant) if part in self.meanings.definitions), None)

    def told(self, theorem: str) -> set[str] | None:
        """The definitions behind a theorem as Lean told them; None where it told nothing."""
        reached = self.book.reaches(theorem) if self.book else None
        if reached is None:
            return None
        self.made |= {name for name in reached[1] if self.keys[name] is None}
        return {key for name in reached[1] if (key := self.keys[name]) is not None}

    def behind(self, theorem: Declaration) -> tuple[set[str], list[Reading], Origin]:
        """The definitions and notations behind a theorem, or an axiom, and how they were found."""
        keys = self.told(theorem.name)
        if keys is None:
            keys, notations = self.meanings.reached(theorem)
            return keys, [*self.meanings.always, *notations], "text"
        read: list[Reading] = []
        for d in (theorem, *(self.known[key] for key in keys)):
            code = d.statement_code if d.kind in PROOFS else d.code
            for r in self.meanings.spoken(code, d)[1].values():
                stands_for = self.meanings.named(r.text.split("=>", 1)[-1], d)
                if not stands_for or stands_for & keys:  # else it is another notation with that token
                    read.append(r)
        return keys, read, "elaborated"

    def speaks_of(self, key: str, keys: set[str]) -> set[str]:
        """Which of some definitions one speaks of itself."""
        constants = [name for name, made_by in self.keys.items() if made_by == key]
        if self.book and constants:
            named = {self.keys[n] for c in constants for n in self.book.constants[c].names}
            return {n for n in named if n is not None} & keys - {key}
        return self.meanings.spoken_of(key)[0] & keys - {key}


def prefixes(name: str) -> list[str]:
    """`a.b.c` as `a.b.c`, `a.b`, `a`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def import_order(package: Package) -> list[str]:
    """The files of a package, each after those that it imports."""
    files = {f.name: f for f in package.files}
    imports: networkx.DiGraph[str] = networkx.DiGraph()
    imports.add_nodes_from(sorted(files))
    for f in package.files:
        paths = (path_of(module) for module, _ in f.imports)
        imports.add_edges_from((path, f.name) for path in paths if path in files)
    try:
        return list(networkx.lexicographical_topological_sort(imports))
    except networkx.NetworkXUnfeasible:  # no Lean compiles files that import each other in a circle
        return sorted(files)


def commands(d: Declaration) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The commands in force where a declaration stands: those that open namespaces, and the others."""
    own = plain(d.text)
    others = [c for c in d.context if f"{c} in " not in own]
    opened = tuple(c for c in others if c.split()[0] == "open")
    return opened, tuple(c for c in others if c not in opened)


def of(package: Package, book: Ledger | None, theorems: Iterable[str], axioms: Iterable[str] = ()) -> Definitions:
    """What the meaning of some theorems rests on, and the axioms that their proofs rest on, with what these speak of.

    theorems: full names, in the order of the page; those that the sources lack are passed over.
    """
    finder = Finder(package, book)
    found: dict[str, set[str]] = {}
    origins: dict[str, Origin] = {}
    keys: set[str] = set()
    readings: dict[str, Reading] = {}
    axioms = [name for name in axioms if name in package.declared]
    roots = [package.declared[name] for name in theorems if name in package.declared]
    for d in (*roots, *(package.declared[name] for name in axioms)):
        behind, read, origin = finder.behind(d)
        local = {place_of(r): r for r in read}
        keys |= behind
        readings |= local
        found[d.name] = behind | local.keys()
        origins[d.name] = origin
    made = {key: (d, finder.speaks_of(key, keys)) for key, d in finder.known.items() if key in keys}
    items = {key: as_definition(key, d, uses, readings) for key, (d, uses) in made.items()}
    for place, r in readings.items():
        users = [d for d, _ in made.values()] + roots
        stands_for = {n for d in users if any(t in d.code for t in r.tokens) for n in finder.meanings.named(r.text, d)}
        items[place] = Definition(
            place,
            r.word,
            " ".join(r.tokens) or r.text[:SHORT],
            r.file,
            r.line,
            r.doc,
            r.written,
            uses=tuple(sorted(stands_for & keys)),
        )
    for name in axioms:
        items[name] = as_definition(name, package.declared[name], found[name] & keys, {})
    placed = in_order(items, [*(sorted(found[d.name]) for d in roots), *([name] for name in axioms)], finder)
    order = {key: i for i, key in enumerate(placed)}
    return Definitions(
        {key: items[key] for key in placed},
        {name: sorted(part, key=order.__getitem__) for name, part in found.items()},
        origins,
        sorted(finder.made),
        {d.name: commands(d)[1] for d in roots},
        {d.name: commands(d)[0] for d in roots},
    )


def place_of(r: Reading) -> str:
    return f"{r.file}:{r.line}"


def as_definition(key: str, d: Declaration, uses: set[str], readings: Mapping[str, Reading]) -> Definition:
    spoken = {place for place, r in readings.items() if any(t in d.code for t in r.tokens)}
    unnamed = d.name.find("«instance ")
    name = d.name if unnamed < 0 else d.name[unnamed:].strip("«»")
    opened, context = commands(d)
    return Definition(key, d.kind, name, d.file, d.line, d.doc, d.text, opened, context, tuple(sorted(uses | spoken)))


def in_order(items: Mapping[str, Definition], roots: list[list[str]], finder: Finder) -> list[str]:
    """The keys of definitions, each after those that it uses: first what the first root needs, and so on.

    Only what comes before a definition where Lean reads the package can be used by it: a name read from the text that
    leads further on is a mistake.
    """
    placed: dict[str, None] = {}

    def position(key: str) -> tuple[int, int]:
        return finder.rank[items[key].file], items[key].line

    def place(key: str) -> None:
        if key in placed:
            return
        for used in sorted((u for u in items[key].uses if position(u) < position(key)), key=position):
            place(used)
        placed[key] = None

    for root in roots:
        for key in sorted(root, key=position):
            place(key)
    return list(placed)

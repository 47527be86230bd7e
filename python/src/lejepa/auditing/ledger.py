"""The ledger: what a Lean that compiled the package says of it, here or elsewhere.

`lake exe ledger` prints, for each declaration of the package by its full name: its statement as elaborated, file and
line, the axioms behind it, the package's declarations that it uses, and for a theorem what fixes its meaning: a digest
of its type, and the constants of the package that the type names. It prints, too, which Lean it was, what that Lean
took on trust, in words, and the SHA-256 of every file that was compiled, with those that say how. The program that runs
Lean makes these digests, when it runs; whoever reads them only compares.

`results/ledger.json` is that, kept on the machine where Lean ran: its theorems are *compiled*. `records/lean.json` is
the same, committed: its theorems are *recorded*. Either is refused as soon as one file differs from what was compiled,
was not compiled, or is gone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lejepa.auditing.sources import PACKAGE, build_files, lean_files
from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

FILE = "ledger.json"
RECORD = Path("records") / "lean.json"

How = Literal["compiled", "recorded"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Constant(Strict):
    """What a constant is made of, or a theorem's type: a digest, and the package's other constants that it names."""

    digest: str = Field(min_length=1)
    names: list[str]


class Entry(Strict):
    """A compiled declaration. What the Lean at hand could not tell is None: it is then read from the sources."""

    kind: str
    module: str
    axioms: list[str]
    uses: list[str]
    file: str | None = None
    line: int | None = None
    doc: str | None = None
    statement: str | None = None
    type: Constant | None = None


class Printed(Strict):
    """What the ledger program prints.

    lean: which Lean compiled the package. trust: what it took on trust, a sentence. date: when, in UTC. scope: whether
    every proof was followed down to Lean's axioms, or only those of the package. files: SHA-256 of each file, by its
    path below the root. constants: what the types of theorems reach.
    """

    lean: str = Field(min_length=3)
    trust: str = Field(min_length=10)
    scope: Literal["everything", "project"]
    files: dict[str, str] = Field(min_length=1)
    declarations: dict[str, Entry]
    constants: dict[str, Constant] = {}
    date: str | None = None

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Every digest is one, and every constant that is named is there."""
        for name, value in self.files.items():
            if len(value) != 64 or set(value) - set("0123456789abcdef"):
                raise ValueError(f"expected the SHA-256 of {name} in hexadecimal, found {value!r}")
        types = [e.type for e in self.declarations.values() if e.type]
        for constant in (*types, *self.constants.values()):
            for name in constant.names:
                if name not in self.constants:
                    raise ValueError(f"expected the constant {name}, which another names, among the constants")
        return self

    def reaches(self, theorem: str) -> tuple[str, dict[str, str]] | None:
        """The digest of a theorem's type, and that of each of the package's constants that it reaches."""
        entry = self.declarations.get(theorem)
        if entry is None or entry.type is None:
            return None
        found: dict[str, str] = {}
        waiting = list(entry.type.names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.constants[name].digest
                waiting += self.constants[name].names
        return entry.type.digest, dict(sorted(found.items()))


class Ledger(Printed):
    """The same as kept, with its date."""

    date: str


@dataclass(frozen=True)
class Witness:
    """What Lean says of the sources as they stand, and how it is known: compiled here, or recorded. None of both where
    nothing is known. faults: why a ledger or a record that is there was refused.
    """

    book: Ledger | None = None
    how: How | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The file that it stands in."""
        return name_of("compiled" if self.how is None else self.how)

    @property
    def words(self) -> str:
        """Which Lean it was, and what it took on trust."""
        if self.book is None:
            return ""
        where = "compiled here" if self.how == "compiled" else f"recorded in {RECORD}"
        return f"{where} on {self.book.date[:10]} by {self.book.lean}: {self.book.trust}"


def digests(root: Path, package: str = PACKAGE) -> dict[str, str]:
    """SHA-256 of each Lean file of a package, and of each file that says how it is built, by path below the root."""
    files = [*lean_files(root, package), *build_files(root)]
    return {str(f.relative_to(root)): hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(files)}


def difference(compiled: Mapping[str, str], root: Path, package: str = PACKAGE) -> str | None:
    """The first file that is not as it was compiled, in a phrase; None where all are."""
    here = digests(root, package)
    for name in sorted(compiled.keys() | here.keys()):
        if name not in here:
            return f"{name} was compiled and is gone"
        if name not in compiled:
            return f"{name} was not compiled"
        if here[name] != compiled[name]:
            return f"{name} differs from what was compiled"
    return None


def fingerprint(root: Path, package: str = PACKAGE) -> str:
    """A digest of a package's Lean files."""
    return digest(*(part for f in lean_files(root, package) for part in (str(f.relative_to(root)), f.read_bytes())))


def write(root: Path, out: Path, printed: Path, package: str = PACKAGE) -> Ledger:
    """Keep what Lean printed as the ledger of this machine; refused where a file is not as it was compiled."""
    try:
        compiled = Printed.model_validate(read_json(printed))
    except ValidationError as e:
        raise UserError(f"{printed}: expected what `lake exe ledger` prints, but {first(e)}") from None
    if found := difference(compiled.files, root, package):
        raise UserError(f"{printed}: {found}; compile the package again, and let Lean print its ledger after that")
    date = compiled.date or datetime.fromtimestamp(printed.stat().st_mtime, UTC).isoformat(timespec="seconds")
    ledger = Ledger.model_validate(compiled.model_dump() | {"date": date})
    write_json(out / FILE, shown(ledger))
    return ledger


def record(root: Path, ledger: Ledger) -> bool:
    """Keep a ledger as the record of the repository; whether that changed it. One that differs in its date alone stays
    as it is.
    """
    old = kept(root / RECORD)
    if old is not None and shown(old) | {"date": ""} == shown(ledger) | {"date": ""}:
        return False
    write_json(root / RECORD, shown(ledger))
    return True


def shown(ledger: Ledger) -> dict[str, object]:
    """A ledger as JSON, in an order of its own; docstrings are left out, since the sources have them."""
    entry = {n: e.model_dump(exclude_none=True, exclude={"doc"}) for n, e in sorted(ledger.declarations.items())}
    for e in entry.values():
        e |= {"axioms": sorted(e["axioms"]), "uses": sorted(e["uses"])}
    return {
        "lean": ledger.lean,
        "trust": ledger.trust,
        "date": ledger.date,
        "scope": ledger.scope,
        "files": dict(sorted(ledger.files.items())),
        "declarations": entry,
        "constants": {n: c.model_dump() for n, c in sorted(ledger.constants.items())},
    }


def first(e: ValidationError) -> str:
    """The first thing that is wrong with a value."""
    fault = e.errors()[0]
    where = ".".join(str(part) for part in fault["loc"]) or "it"
    return f"{where}: {fault['msg']}"


def kept(path: Path) -> Ledger | None:
    """A ledger from its file; None where there is none."""
    if not path.exists():
        return None
    try:
        return Ledger.model_validate(read_json(path))
    except ValidationError as e:
        raise UserError(f"{path}: expected a ledger as `lejepa ledger` writes it, but {first(e)}; remove it") from None


def witness(root: Path, out: Path | None, package: str = PACKAGE) -> Witness:
    """What Lean says of the sources as they stand: by the ledger of this machine in the folder `out`, where it is of
    them, and else by the record.
    """
    faults = []
    found = Witness()
    places: list[tuple[Path | None, How]] = [(out / FILE if out else None, "compiled"), (root / RECORD, "recorded")]
    for path, how in places:
        book = kept(path) if path else None
        if path is None or book is None:
            continue
        if differs := difference(book.files, root, package):
            faults.append(f"{name_of(how)} is refused: {differs}. {remedy(root)} anew; else remove it")
        elif found.book is None:
            found = Witness(book, how)
    return Witness(found.book, found.how, faults)


def name_of(how: How) -> str:
    return f"results/{FILE}" if how == "compiled" else RECORD.as_posix()


def remedy(root: Path) -> str:
    """How to get a ledger, in a sentence."""
    makefile = root / "Makefile"
    if makefile.is_file() and "\nlean:" in makefile.read_text(encoding="utf-8"):
        return "`make lean`, where lake is, makes one"
    return "Where lake is, `lake build`, then scripts/Ledger.lean and `lejepa ledger` make one"

"""What has been agreed of the statements: `checks/agreed.json`, so that none is lost, changed or weakened unseen.

Where Lean's word is at hand, from a ledger or a record, a statement is agreed as elaborated: a digest of its type, and
of each constant of the package that the type reaches. Its text is agreed too: that of the theorem, the commands in
force there, and a digest of each definition behind it as far as text tells. Two statements are compared as elaborated
where the same Lean elaborated both, and else as text. Agreed is also what the registry says of each statement, in words
and in LaTeX. `lejepa sources --agree` writes the file, in a commit that a reviewer sees; the audit only reads it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.auditing import ledger, registry, sources
from lejepa.auditing.lean import plain
from lejepa.auditing.ledger import Ledger
from lejepa.auditing.meaning import Meanings
from lejepa.auditing.registry import Statement
from lejepa.auditing.sources import Package
from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

FILE = Path("checks") / "agreed.json"

How = Literal["elaborated", "text"]


class Elaborated(BaseModel):
    """A statement as Lean elaborated it: which Lean, a digest of its type, and one of each constant that it reaches."""

    model_config = ConfigDict(extra="forbid")

    lean: str
    type: str
    constants: dict[str, str]


class Agreed(BaseModel):
    """A statement as agreed.

    statement: its text, white space apart. context: the commands in force there. definitions: a digest of each
    definition behind it, by name. says, formula: what the registry says of it. elaborated: what Lean made of it; None
    where it was agreed as text alone.
    """

    model_config = ConfigDict(extra="forbid")

    statement: str
    context: list[str]
    definitions: dict[str, str]
    says: str = ""
    formula: str = ""
    elaborated: Elaborated | None = None

    @property
    def digest(self) -> str:
        """A digest of what the statement means: of what Lean made of it, or else of text."""
        if e := self.elaborated:
            return digest(e.lean, e.type, *(f"{n} {d}" for n, d in sorted(e.constants.items())))
        return digest(self.statement, *self.context, *(f"{n} {d}" for n, d in sorted(self.definitions.items())))

    @property
    def how(self) -> How:
        return "elaborated" if self.elaborated else "text"


@dataclass(frozen=True)
class Comparison:
    """How a statement compares with what was agreed: as elaborated or as text, and the faults."""

    how: How
    faults: list[str]


def elaborated(name: str, book: Ledger | None) -> Elaborated | None:
    """What Lean made of a statement, where it said so."""
    if book is None or (reached := book.reaches(name)) is None:
        return None
    type_, constants = reached
    return Elaborated(lean=book.lean, type=type_, constants=constants)


def now(statements: list[Statement], package: Package, book: Ledger | None) -> dict[str, Agreed]:
    """Each statement that the sources state, as they and a ledger that is of them have it."""
    meanings = Meanings(package)
    made = {}
    for s in statements:
        if not registry.is_stated(s, package.declared):
            continue
        d = package.declared[s.full_name]
        made[s.lean] = Agreed(
            statement=plain(d.statement_code),
            context=list(d.context),
            definitions=meanings.behind(d),
            says=plain(s.says),
            formula=plain(s.formula),
            elaborated=elaborated(s.full_name, book),
        )
    return made


def statement_digests(root: Path, out: Path | None = None) -> dict[str, tuple[str, How]]:
    """For each statement of the registry that the sources state, by its name below the package's namespace: a digest of
    all that fixes its meaning, and whether it was taken of the elaborated statement or of the text.

    out: the folder of results, by default `results` of the checkout.
    """
    entries = registry.load(root)
    package = sources.load(root, entries.project.package)
    book = ledger.witness(root, root / "results" if out is None else out, package.name).book
    return {name: (entry.digest, entry.how) for name, entry in now(entries.statement, package, book).items()}


def statement_digest(root: Path, name: str, out: Path | None = None) -> tuple[str, How] | None:
    """The same of one statement; None where the sources do not state it."""
    return statement_digests(root, out).get(name)


def read(root: Path) -> dict[str, Agreed]:
    """What was agreed; nothing where there is no such file."""
    path = root / FILE
    if not path.exists():
        return {}
    try:
        return {name: Agreed.model_validate(entry) for name, entry in read_json(path).items()}
    except (AttributeError, ValidationError):
        raise UserError(f"{path}: expected what `lejepa sources --agree` writes, found another JSON value") from None


def write(root: Path, statements: list[Statement], package: Package, book: Ledger | None = None) -> int:
    """Agree to the statements as they stand; how many."""
    made = now(statements, package, book)
    write_json(root / FILE, {name: entry.model_dump(exclude_none=True) for name, entry in made.items()})
    return len(made)


def compare(name: str, old: Agreed, new: Agreed) -> Comparison:
    """Hold a statement against what was agreed of it."""
    if old.elaborated and new.elaborated and old.elaborated.lean == new.elaborated.lean:
        before, after = old.elaborated, new.elaborated
        faults = changes(name, before.constants, after.constants, "as elaborated")
        if before.type != after.type:
            faults.insert(0, f"{name} has changed, as elaborated: agreed «{old.statement}», found «{new.statement}»")
        return Comparison("elaborated", faults)
    faults = changes(name, old.definitions, new.definitions, "as text")
    if old.context != new.context:
        apart = [f"«{c}»" for c in (*old.context, *new.context) if (c in old.context) != (c in new.context)]
        detail = ", ".join(apart) or "their order"
        faults.insert(0, f"{name} may mean another thing: the commands in force there have changed: {detail}")
    if old.statement != new.statement:
        faults.insert(0, f"{name} has changed: agreed «{old.statement}», found «{new.statement}»")
    return Comparison("text", faults)


def told_otherwise(name: str, old: Agreed, new: Agreed) -> list[str]:
    """What the registry no longer says of a statement as it was agreed, a sentence each."""
    return [
        f"the registry says another thing of {name} than was agreed: agreed «{before}», found «{after}»"
        for before, after in ((old.says, new.says), (old.formula, new.formula))
        if before != after
    ]


def changes(name: str, old: dict[str, str], new: dict[str, str], how: str) -> list[str]:
    """A sentence for each definition that has changed, come or gone."""
    found = []
    for d in sorted(old.keys() | new.keys()):
        if old.get(d) != new.get(d):
            what = "is new behind it" if d not in old else "is no longer behind it" if d not in new else "has changed"
            found.append(f"{name} may mean another thing, {how}: the definition {d} {what} since it was agreed")
    return found


def faults(root: Path, statements: list[Statement], package: Package, book: Ledger | None = None) -> list[str]:
    """What was agreed and is lost or changed, and what is stated and not agreed: a sentence each."""
    if not (root / FILE).exists():
        return [f"{FILE} is missing: no statement is held to a text; `lejepa sources --agree` writes it"]
    old, new = read(root), now(statements, package, book)
    known = {s.lean for s in statements}
    found = []
    for name, entry in old.items():
        if name not in known:
            found.append(f"{name} was agreed, and the registry has lost it")
        elif name not in new:
            found.append(f"{name} was agreed, and the sources no longer state it as a theorem with a proof of its own")
        else:
            found += [*compare(name, entry, new[name]).faults, *told_otherwise(name, entry, new[name])]
    return found + [
        f"{name} is stated and not agreed; `lejepa sources --agree` does that" for name in new if name not in old
    ]


def ways(root: Path, statements: list[Statement], package: Package, book: Ledger | None) -> dict[str, How]:
    """How each statement that was agreed is held to that: as elaborated, or as text."""
    new = now(statements, package, book)
    return {name: compare(name, entry, new[name]).how for name, entry in read(root).items() if name in new}

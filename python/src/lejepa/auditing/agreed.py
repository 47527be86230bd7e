"""What has been agreed of the statements: `checks/agreed.json`, so that none is lost, changed or weakened unseen.

For each proved statement of the registry it holds the text of the theorem, and a digest of each definition of the
package that the text speaks of, itself or by way of others. `lejepa sources --agree` writes it, in a commit that a
reviewer sees; the audit only reads it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.auditing import registry, sources
from lejepa.auditing.graph import names_in
from lejepa.auditing.registry import Statement
from lejepa.auditing.sources import Declaration
from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

FILE = Path("checks") / "agreed.json"
PROOFS = ("theorem", "lemma")

How = Literal["elaborated", "text"]


class Agreed(BaseModel):
    """A statement as agreed: its text with that of `variable` commands before it, white space apart, and the digest of
    each definition behind it, by full name.
    """

    model_config = ConfigDict(extra="forbid")

    statement: str
    definitions: dict[str, str]


def plain(text: str) -> str:
    return " ".join(text.split())


def definitions_behind(d: Declaration, declared: Mapping[str, Declaration]) -> dict[str, str]:
    """A digest of each definition that a statement speaks of, itself or by way of others."""
    found: dict[str, str] = {}
    waiting = names_in(f"{d.statement_code} {d.notation}", d, declared)
    while waiting:
        name = waiting.pop()
        if name not in found and declared[name].kind not in PROOFS:
            found[name] = digest(plain(declared[name].code))
            waiting |= names_in(f"{declared[name].code} {declared[name].notation}", declared[name], declared)
    return dict(sorted(found.items()))


def now(statements: list[Statement], declared: Mapping[str, Declaration]) -> dict[str, Agreed]:
    """Each proved statement as the sources have it."""
    return {
        s.lean: Agreed(
            statement=plain(f"{declared[s.full_name].variables} {declared[s.full_name].statement_code}"),
            definitions=definitions_behind(declared[s.full_name], declared),
        )
        for s in statements
        if registry.state(s, declared) == "proved"
    }


def statement_digests(root: Path, out: Path | None = None) -> dict[str, tuple[str, How]]:
    """For each statement of the registry that the sources state, by its name below the package's namespace: a digest of
    all that fixes its meaning, and whether it was taken of the elaborated statement or of the text.

    out: the folder of results, by default `results` of the checkout.
    """
    entries = registry.load(root)
    declared = sources.declarations(root, entries.project.package)
    return {
        name: (digest(entry.statement, *(f"{n} {d}" for n, d in entry.definitions.items())), "text")
        for name, entry in now(entries.statement, declared).items()
    }


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


def write(root: Path, statements: list[Statement], declared: Mapping[str, Declaration]) -> int:
    """Agree to the statements as they stand; how many."""
    made = now(statements, declared)
    write_json(root / FILE, {name: entry.model_dump() for name, entry in made.items()})
    return len(made)


def faults(root: Path, statements: list[Statement], declared: Mapping[str, Declaration]) -> list[str]:
    """What was agreed and is lost or changed, and what is proved and not agreed: a sentence each."""
    if not (root / FILE).exists():
        return [f"{FILE} is missing: no statement is held to a text; `lejepa sources --agree` writes it"]
    old, new = read(root), now(statements, declared)
    known = {s.lean for s in statements}
    found = []
    for name, entry in old.items():
        if name not in known:
            found.append(f"{name} was agreed, and the registry has lost it")
        elif name not in new:
            found.append(f"{name} was agreed as proved, and the sources no longer prove it")
        elif entry.statement != new[name].statement:
            found.append(f"{name} has changed: agreed «{entry.statement}», found «{new[name].statement}»")
        else:
            for d in sorted(entry.definitions.keys() | new[name].definitions.keys()):
                if entry.definitions.get(d) != new[name].definitions.get(d):
                    found.append(f"{name} may mean another thing: the definition {d} has changed since it was agreed")
    return found + [
        f"{name} is proved and not agreed; `lejepa sources --agree` does that" for name in new if name not in old
    ]

"""The ledger: the axioms behind each theorem of the package, read from the compiled environment.

`results/ledger.json` holds `sources` (a digest of the Lean files that were compiled: another one means that it is
stale), `scope` (`everything`, or `project` where only the package's own declarations could be followed) and, for each
theorem by its full name, `axioms`.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.auditing.sources import lean_files
from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

FILE = "ledger.json"


class Entry(BaseModel):
    """A theorem's module and the axioms behind it."""

    model_config = ConfigDict(extra="ignore")

    module: str
    axioms: list[str]


class Ledger(BaseModel):
    """What was compiled, how far its proofs were followed, and what they rest on."""

    model_config = ConfigDict(extra="forbid")

    sources: str
    scope: Literal["everything", "project"]
    theorems: dict[str, Entry]


def fingerprint(root: Path) -> str:
    """A digest of the package's Lean files."""
    return digest(*(part for f in lean_files(root) for part in (str(f.relative_to(root)), f.read_bytes())))


def write(root: Path, out: Path, axioms: Path, scope: Literal["everything", "project"]) -> int:
    """Make the ledger from a JSON file `{theorem: {"module": ..., "axioms": [...]}}`; the number of theorems."""
    try:
        ledger = Ledger.model_validate({"sources": fingerprint(root), "scope": scope, "theorems": read_json(axioms)})
    except ValidationError:
        raise UserError(f"{axioms}: expected an object of theorems, each with its module and axioms") from None
    write_json(out / FILE, ledger.model_dump())
    return len(ledger.theorems)


def read(out: Path) -> Ledger | None:
    """The ledger in a folder of results; None where there is none."""
    path = out / FILE
    if not path.exists():
        return None
    try:
        return Ledger.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path}: expected a ledger, found another JSON value; remove it") from None

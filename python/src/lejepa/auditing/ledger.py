"""The ledger: what Lean says of the compiled package.

`lake exe ledger` writes, for each declaration of the package by its full name: its statement as elaborated, docstring,
file and line, the axioms behind it, the package's declarations that it uses; and the scope, `everything`, or `project`
where only the package's own proofs could be followed. `results/ledger.json` is that, with a digest of the Lean files
that were compiled: where they have changed since, it is stale.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.auditing.sources import PACKAGE, lean_files
from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

FILE = "ledger.json"


class Entry(BaseModel):
    """A compiled declaration. What the checker at hand could not tell is None: it is then read from the sources."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    module: str
    axioms: list[str]
    uses: list[str]
    file: str | None = None
    line: int | None = None
    doc: str | None = None
    statement: str | None = None


class Compiled(BaseModel):
    """What the ledger program prints."""

    model_config = ConfigDict(extra="forbid")

    scope: Literal["everything", "project"]
    declarations: dict[str, Entry]


class Ledger(Compiled):
    """The same, with the digest of the sources that were compiled."""

    sources: str


def fingerprint(root: Path, package: str = PACKAGE) -> str:
    """A digest of a package's Lean files."""
    return digest(*(part for f in lean_files(root, package) for part in (str(f.relative_to(root)), f.read_bytes())))


def write(root: Path, out: Path, printed: Path, package: str = PACKAGE) -> Ledger:
    """Make the ledger from what Lean printed, and the sources as they are now."""
    try:
        compiled = Compiled.model_validate(read_json(printed))
    except ValidationError as e:
        fault = e.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "it"
        raise UserError(f"{printed}: expected what `lake exe ledger` prints, but {where}: {fault['msg']}") from None
    ledger = Ledger(
        sources=fingerprint(root, package),
        scope=compiled.scope,
        declarations=dict(sorted(compiled.declarations.items())),
    )
    write_json(out / FILE, ledger.model_dump(exclude_none=True))
    return ledger


def read(out: Path) -> Ledger | None:
    """The ledger in a folder of results; None where there is none."""
    path = out / FILE
    if not path.exists():
        return None
    try:
        return Ledger.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path}: expected a ledger, found another JSON value; `make lean` makes it anew") from None

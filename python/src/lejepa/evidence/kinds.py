"""What the folders of `evidence/` hold.

A kind is a module that has

- `Record`: the class of its files, a subclass of `lejepa.evidence.record.Evidence`;
- `changed(root, name, record)`: what of its configuration is not today's, a phrase each; none where it is the same. A
  kind of cheap evidence names its entry files to `lejepa.evidence.sources.changed` here;
- `replay(root, name, record)`: what today's code does not reproduce of the record's trace, a phrase each;
- `adopt(root, out)`, where long work writes to a folder of results first: copies what is of today's configurations;
- `tables(root)`, where it makes tables of docs: the lines of each by name.

`name` is a file's path below its folder, without `.json`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from lejepa.errors import UserError
from lejepa.evidence.record import FOLDER, Evidence, read

MODULES = {
    "experiments": "lejepa.training.evidence",
    "certificates": "lejepa.certification.evidence",
    "mutation": "lejepa.mutation.evidence",
}


class Kind(Protocol):
    """What a module of `MODULES` has."""

    Record: type[Evidence]

    def changed(self, root: Path, name: str, record: Any, /) -> list[str]: ...

    def replay(self, root: Path, name: str, record: Any, /) -> list[str]: ...


@dataclass(frozen=True)
class Held:
    """A file of evidence: its folder, its name there, what it holds."""

    folder: str
    name: str
    path: Path
    record: Evidence


def kind(folder: str) -> Kind:
    """The module of a folder of evidence."""
    try:
        return cast(Kind, import_module(MODULES[folder]))
    except KeyError:
        raise UserError(f"{FOLDER / folder}: expected one of the folders {', '.join(MODULES)}") from None


def tables(root: Path, folder: str) -> Mapping[str, list[str]]:
    """The tables of docs that a kind makes from the evidence of the checkout, by name."""
    make = getattr(kind(folder), "tables", None)
    return make(root) if make else {}


def adopt(root: Path, out: Path) -> list[Path]:
    """Take over from a folder of results what is of today's configurations; the files written to `evidence/`."""
    if not out.is_dir():
        raise UserError(f"{out}: expected a folder of results")
    written: list[Path] = import_module(MODULES["experiments"]).adopt(root, out)
    return written


def held(root: Path, only: str = "") -> Iterator[Held]:
    """Every file of evidence of the checkout, or those whose path below `evidence/` begins with `only`."""
    for path in sorted((root / FOLDER).rglob("[!.]*.json")):
        place = path.relative_to(root / FOLDER)
        if str(place).startswith(only):
            folder = place.parts[0]
            name = "/".join(place.parts[1:]).removesuffix(".json")
            yield Held(folder, name, path, read(path, kind(folder).Record))

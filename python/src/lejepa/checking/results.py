"""What checks found, as it is kept in `results/checks.json`, written in one step:

    {"version": 2, "digits": 50, "seed": 0, "jobs": 2, "seconds": 21.3, "checks": [one of these a check:
      {"check": "hermite.Orthogonality",   file and class in checks/
       "statement": "integral_hermiteProd_mul",
       "cases": 61, "outside": 0,          cases tried within the hypothesis, and outside it
       "digits": 50, "seed": 0,
       "verdict": "holds",                 or "violated", "undecided"
       "seconds": 1.9,
       "source": "0123456789abcdef",       digest of the check's file and of all that it and its judging import
       "entry": "0123456789abcdef",        digest of the statement's entry in the registry
       "agreed": "0123456789abcdef",       digest of the Lean statement as agreed, or null where none was
       "agreed_kind": "text",              what that digest is of, or null
       "tried": "encoders of degree 3",    which instances were tried, on what span, or ""
       "finding": "closest: 0.9999",       what its numbers say beyond the verdict, in a sentence, or ""
       "table": {"columns": [...],         and the numbers, as text, or null
                 "rows": [[...]]},
       "witness": null                     or {"case": {...}, "left": "ball", "right": "ball", "note": "sentence",
                                               "command": "lejepa check ...", "digits": null or those that would decide}
      }]}

With `--only`, the entries of the other checks stay as they are. Every field is always there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lejepa.checking.check import Case, Finding
from lejepa.checking.judging import Verdict
from lejepa.errors import UserError, brief
from lejepa.files import read_json, write_json

FILE = Path("results") / "checks.json"
VERSION = 2
Entry = dict[str, Any]


@dataclass(frozen=True)
class Witness:
    """A case that does not hold, and how to see it again."""

    case: Case
    left: str
    right: str
    note: str
    command: str
    digits: int | None = None


@dataclass(frozen=True)
class Task:
    """A check to be run for a statement, and the digests of what it speaks of: see this module's docstring."""

    check: str
    statement: str
    digits: int = 50
    entry: str = ""
    agreed: str | None = None
    agreed_kind: str | None = None


@dataclass(frozen=True)
class Result:
    """What a check found: one entry of the result file."""

    check: str
    statement: str
    cases: int
    outside: int
    digits: int
    seed: int
    verdict: Verdict
    seconds: float
    witness: Witness | None
    tried: str = ""
    finding: str = ""
    table: dict[str, Any] | None = None
    source: str = ""
    entry: str = ""
    agreed: str | None = None
    agreed_kind: str | None = None


def as_table(found: Finding) -> dict[str, Any] | None:
    return {"columns": list(found.columns), "rows": [list(r) for r in found.rows]} if found.rows else None


def entries(path: Path, kind: type | None = None) -> dict[str, Entry]:
    """The entries of a file of results, by check; none where there is no file.

    kind: `Result` or `lejepa.checking.scores.Score`, which the entries must fit: UserError where one does not.
    """
    if not path.exists():
        return {}
    try:
        found = {str(entry["check"]): entry for entry in read_json(path)["checks"]}
    except (TypeError, KeyError):
        raise UserError(f"{path}: expected the results of checks, found another JSON value; remove it") from None
    if kind is not None:
        fits: TypeAdapter[Any] = TypeAdapter(kind)
        for name, entry in found.items():
            try:
                fits.validate_python(entry)
            except ValidationError as e:
                fault = e.errors()[0]
                key = ".".join(map(str, fault["loc"])) or "the whole"
                raise UserError(f"{path}: {brief(name)}: {key}: {fault['msg']}; remove the file") from None
    return found


def read(path: Path) -> list[Result]:
    """The results in a file, those of an older format left out."""
    fields, made = set(Result.__dataclass_fields__), TypeAdapter(Result)
    return [made.validate_python(e) for e in entries(path, Result).values() if e.keys() == fields]


def record(path: Path, header: Mapping[str, Any], found: Sequence[Entry], known: Sequence[str]) -> None:
    """Keep entries in a file beside those of other checks that it has, in the order of `known`, the registry's checks;
    what the registry no longer names is dropped."""
    kept = entries(path) | {e["check"]: e for e in found}
    write_json(path, {**header, "checks": [kept[name] for name in known if name in kept]})

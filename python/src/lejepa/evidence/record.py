"""What every file of evidence holds, whatever it is about."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from lejepa.errors import UserError
from lejepa.files import read_json, void, write_atomically

FOLDER = Path("evidence")  # of a checkout

E = TypeVar("E", bound="Evidence")


class Misfit(UserError):
    """A file that is JSON, and no evidence of its kind: another version's, say."""


class Part(BaseModel):
    """A part of the work that one machine did with one set of versions. what: which part, such as its first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    machine: str
    versions: dict[str, str]

    def __str__(self) -> str:
        return f"{self.what} on {self.machine}, with {', '.join(f'{k} {v}' for k, v in self.versions.items())}"


class Evidence(BaseModel):
    """A result, and what is needed to tell whether it still stands. Kinds of evidence add their own fields.

    cost: `cheap` evidence carries `sources`, the digest of every file that it rests on, and is stale when one changes.
        `dear` evidence took minutes to hours. It is stale when its configuration changes, or when a replay of its first
        steps by today's code differs from the trace that it carries.
    made: when the work was finished. seconds: how long it took. device, versions: where it was finished, and with what.
    parts: where the work went on on another machine, or with other versions, who did which part of it; else empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cost: Literal["cheap", "dear"]
    made: AwareDatetime
    seconds: float = Field(ge=0)
    device: str = Field(min_length=1)
    versions: dict[str, str] = Field(min_length=1)
    sources: dict[str, str] = {}
    parts: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def founded(self) -> "Evidence":
        if (self.cost == "cheap") != bool(self.sources):
            raise ValueError("expected sources where cost is cheap, and none where it is dear")
        return self


class Table(Evidence):
    """Evidence that is a table: size, power, coverage, mutants.

    configuration: all that decides the rows. seeds: those of the repetitions. rows: a value for each column.
    trace: what a replay reproduces, as its kind defines it.
    """

    configuration: dict[str, Any]
    seeds: tuple[int, ...] = ()
    rows: tuple[dict[str, str | int | float | bool | None], ...]
    trace: Any = None


def now() -> datetime:
    """The present, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def write(path: Path, evidence: Evidence) -> None:
    """Write a file of evidence atomically, short enough lines for a reviewer to see what changed."""
    text = layout(evidence.model_dump(mode="json")) + "\n"
    write_atomically(path, lambda p: void(p.write_text(text, encoding="utf-8")))


def layout(value: Any, indent: int = 0) -> str:
    """JSON with a line for each value that fits one, and values that do not fit broken into their parts."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = value and (isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], list | dict)))
    if not inner or (indent and len(plain) <= 120 - indent):
        return plain
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(k, ensure_ascii=False)}: {layout(v, indent + 1)}" for k, v in value.items()]
    else:
        parts = [layout(v, indent + 1) for v in value]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n{pad}" + f",\n{pad}".join(parts) + f"\n{' ' * indent}{right}"


def read(path: Path, kind: type[E]) -> E:
    """A file of evidence; one sentence for the user where it does not fit its kind."""
    data = read_json(path)
    try:
        return kind.model_validate(data, strict=False)
    except ValidationError as e:
        fault = e.errors()[0]
        key = ".".join(str(k) for k in fault["loc"]) or "the whole"
        raise Misfit(f"{path}: expected evidence of kind {kind.__name__}, but {key}: {fault['msg']}") from None

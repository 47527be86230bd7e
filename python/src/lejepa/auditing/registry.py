"""The registry of statements, `checks/statements.toml`.

One `[[statement]]` for each theorem of the contract and each assumption of the paper that is refuted. Whether a
statement is proved is never written there: `state` reads it from the Lean sources.
"""

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lejepa.auditing.sources import Declaration
from lejepa.errors import UserError

NAMESPACE = "Lejepa"
FILE = Path("checks") / "statements.toml"


class Statement(BaseModel):
    """A statement: its Lean name below `Lejepa`, what it says, and what bears on it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    lean: str = Field(pattern=r"^[^\s.]+(\.[^\s.]+)*$")
    title: str = Field(min_length=3)
    paper: str = Field(min_length=3)
    says: str = Field(min_length=10)
    formula: str = Field(min_length=3)
    checks: list[str]
    experiments: list[str]
    refuted: bool = False

    @field_validator("checks")
    @classmethod
    def well_named(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"[a-z_]\w*\.[A-Z]\w*", name):
                raise ValueError(f"expected file.Class for a check, got {name!r}")
        return names

    @property
    def full_name(self) -> str:
        return f"{NAMESPACE}.{self.lean}"


class Registry(BaseModel):
    """Every statement, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    statement: list[Statement] = Field(min_length=1)

    @field_validator("statement")
    @classmethod
    def named_once(cls, statements: list[Statement]) -> list[Statement]:
        for names, what in (
            ([s.lean for s in statements], "statement"),
            ([c for s in statements for c in s.checks], "check"),
        ):
            if twice := sorted({n for n in names if names.count(n) > 1}):
                raise ValueError(f"expected each {what} once, got {twice[0]!r} again")
        return statements

    def by_name(self) -> dict[str, Statement]:
        return {s.lean: s for s in self.statement}


def load(root: Path) -> Registry:
    """The registry of the checkout `root`; one sentence for the user where the file is absent or wrong."""
    file = root / FILE
    try:
        return Registry.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{file}: there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise UserError(f"{file}: expected a TOML file, but it can't be read: {e}") from None
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{file}: {where}: {first['msg']}") from None


def state(statement: Statement, declared: dict[str, Declaration]) -> Literal["proved", "planned"]:
    """Whether the Lean sources prove the statement."""
    found = declared.get(statement.full_name)
    return "proved" if found is not None and found.proves else "planned"

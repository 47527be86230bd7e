"""The registry of statements, `checks/statements.toml`.

`[project]` names the Lean package, then there is one `[[statement]]` for each theorem that is to be audited and each
assumption that is refuted. Whether a statement is proved is never written there: `lejepa.auditing.proofs` finds out.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lejepa.auditing.lean import Declaration
from lejepa.auditing.sources import PACKAGE
from lejepa.errors import UserError

FILE = Path("checks") / "statements.toml"


class Project(BaseModel):
    """The project that is audited.

    package: its Lean package: the root module, the folder of its files and the namespace of its statements.
    axioms: the one Lean file that may state axioms, if any may.
    figures: the file that ties figures and tables of prose to evidence (`lejepa.auditing.ties`).
    statements: the page of all statements, which `lejepa report` writes.
    digits: the least that checks must hold to, where a statement does not say otherwise.
    instances: whether each statement must name an instance.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    package: str = Field(PACKAGE, pattern=r"^\w+$")
    title: str = Field(PACKAGE, min_length=1)
    axioms: str | None = None
    figures: str | None = None
    statements: str | None = None
    digits: int = Field(50, ge=1, le=2000)
    instances: bool = False


class Statement(BaseModel):
    """A statement: its Lean name below the package's namespace, what it says, and what bears on it.

    formula: what it says, in LaTeX. paper: where it stands in the paper. refuted: whether it refutes an assumption.
    digits: the least that its checks must hold to, if not the project's.
    instances: theorems that apply it to worlds in which its hypotheses hold. outside: theorems in which one fails, and
    the conclusion with it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    lean: str = Field(pattern=r"^[^\s.]+(\.[^\s.]+)*$")
    title: str = Field(min_length=3)
    paper: str = Field(min_length=3)
    says: str = Field(min_length=10)
    formula: str = Field(min_length=3)
    checks: list[str]
    experiments: list[str]
    instances: list[str] = []
    outside: list[str] = []
    refuted: bool = False
    digits: int | None = Field(None, ge=1, le=2000)
    package: str = PACKAGE

    @field_validator("checks")
    @classmethod
    def well_named(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"[a-z_]\w*\.[A-Z]\w*", name):
                raise ValueError(f"expected file.Class for a check, got {name!r}")
        return names

    @property
    def full_name(self) -> str:
        return f"{self.package}.{self.lean}"


class Registry(BaseModel):
    """The project, and every statement in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    project: Project = Project()
    statement: list[Statement] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def packaged(cls, data: Any) -> Any:
        """Tell each statement the package that it belongs to."""
        project = data.get("project")
        package = project.get("package") if isinstance(project, dict) else None
        if isinstance(package, str) and isinstance(data.get("statement"), list):
            data = data | {
                "statement": [s | {"package": package} if isinstance(s, dict) else s for s in data["statement"]]
            }
        return data

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


def is_stated(statement: Statement, declared: Mapping[str, Declaration]) -> bool:
    """Whether the sources state it as a theorem whose text leans on nothing that proves nothing."""
    found = declared.get(statement.full_name)
    return found is not None and found.proves

"""What ties prose to evidence: a file beside the pages, which stay free of marks.

    [[page]]
    file = "README.md"
    tables = {"What was measured" = "experiments/paper"}
    figures = [
      {text = "trains for {} seconds", source = "experiments/spiral-quick.json", value = "seconds"},
      {text = "an R² of {}", source = "experiments/spiral-quick.json", value = "metrics[].r2_hz", how = "spread"},
    ]
    given = ["20,000 steps, and an R² of 0.65"]

- `tables`: the table below a heading, and which table of which kind of evidence it must be (`lejepa.auditing.tables`).
- `figures`: words of the page with `{}` where the figure stands, and what the figure must be (`lejepa.auditing.prose`).
- `given`: words of the page whose figures nobody measured here, such as the paper's.

Words stand in the page exactly once; where they wrap to another line does not matter. `[project] figures` of the
registry names the file.
"""

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lejepa.errors import UserError

NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
FIGURE = rf"(?:{NUMBER})(?:\s*(?:±|–|to)\s*(?:{NUMBER}))?(?:\s?%)?"
HOLE = "{}"
Words = Annotated[str, StringConstraints(min_length=3)]


def pattern(words: str) -> re.Pattern[str]:
    """Words of a page, however they are wrapped; the figure in the place of `{}` is a group."""
    parts = [r"\s+".join(map(re.escape, part.split(" "))) for part in words.split(HOLE)]
    return re.compile(f"({FIGURE})".join(parts), re.I)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Figure(Part):
    """A figure of a page. source: its file below `evidence/` or `results/`, or several. value: a JMESPath expression.

    how: the value itself, rounded; a bound that it keeps, in each file; the sum over the files (`total`); or of a list
    of values the mean ± the sample's standard deviation (`spread`), or the least and the greatest (`range`).
    """

    text: Annotated[str, StringConstraints(min_length=3, pattern=r"^[^{}]*\{\}[^{}]*$")]
    source: str | Annotated[list[str], Field(min_length=1)]
    value: str
    how: Literal["equal", "at least", "at most", "total", "spread", "range"] = "equal"

    @property
    def sources(self) -> list[str]:
        return [self.source] if isinstance(self.source, str) else self.source


class Page(Part):
    """A page, and what of it is tied to evidence."""

    file: str
    tables: dict[str, Annotated[str, StringConstraints(pattern=r"^[\w-]+/[\w.-]+$")]] = {}
    figures: list[Figure] = []
    given: list[Words] = []


class Ties(Part):
    """Every page whose figures evidence must bear out. file: the file that says so, below the checkout."""

    file: str
    page: list[Page] = Field(min_length=1)

    @cached_property
    def files(self) -> list[str]:
        return [p.file for p in self.page]


def load(root: Path, file: str | None) -> Ties:
    """What the registry's file ties; no page where it names none."""
    if file is None:
        return Ties.model_construct(file="", page=[])
    path = root / file
    try:
        return Ties.model_validate({"file": file} | tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file, and checks/statements.toml names it") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise UserError(f"{path}: expected a TOML file, but it can't be read: {e}") from None
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}") from None


def read(root: Path, file: str) -> str:
    """The text of a page."""
    try:
        return (root / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{root / file}: expected a page whose figures are held to evidence: {e}") from None

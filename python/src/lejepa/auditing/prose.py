"""Figures in prose: a number in README.md that is marked up must be what a result says.

    <!-- figure: experiments/spiral-quick.json min(metrics[].r2_hz) -->0.9981<!-- /figure -->

The file is below `results/`, the expression JMESPath. The number must be the value, rounded to the digits that it is
written with; `; within 30%`, `; at least` or `; at most` after the expression ask for less. A percent sign after the
number is read as such. Results of long runs are not in the repository: `lejepa prose --record` keeps the values that
are quoted in `docs/figures.json`, with a digest of what they were made from; where there is no result they count.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jmespath
from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

RECORD = Path("docs") / "figures.json"
MARK = re.compile(
    r"<!--\s*figure:\s*(?P<file>\S+)\s+(?P<expression>.+?)"
    r"(?:\s*;\s*(?P<how>at least|at most|within\s+(?P<share>[\d.]+)\s*%))?\s*-->(?P<text>.*?)<!--\s*/figure\s*-->",
    re.S,
)
BEGIN = re.compile(r"<!--\s*figure\b")
NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.I)


class Value(BaseModel):
    """A quoted value, and the digest of what its result was made from."""

    model_config = ConfigDict(extra="forbid")

    value: float
    inputs: str


@dataclass(frozen=True)
class Figure:
    """A marked figure: where it stands, the result and expression that it quotes, how, and the text it stands in."""

    where: str
    file: str
    expression: str
    how: str
    share: float
    text: str

    @property
    def key(self) -> str:
        return f"{self.file} {self.expression}"


def figures(root: Path, file: str) -> list[Figure]:
    """The marked figures of a file of prose."""
    path = root / file
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{path}: expected a text whose figures are to be checked, but it can't be read: {e}") from None
    found = []
    for m in MARK.finditer(text):
        where = f"{file}:{text.count(chr(10), 0, m.start()) + 1}"
        how = (m["how"] or "equal").split()[-1] if m["share"] is None else "within"
        found.append(Figure(where, m["file"], m["expression"], how, float(m["share"] or 0) / 100, m["text"]))
    if len(found) != len(BEGIN.findall(text)):
        line = next(text.count("\n", 0, b.start()) + 1 for b in BEGIN.finditer(text) if not MARK.match(text, b.start()))
        raise UserError(f"{path}:{line}: expected <!-- figure: FILE EXPRESSION -->number<!-- /figure -->")
    return found


def inputs(root: Path, file: str) -> str:
    """A digest of what a result is made from: its configuration, its benchmark, or the checks."""
    folder, _, name = file.rpartition("/")
    stem = name.removesuffix(".json")
    if folder.startswith("experiments"):
        stem = file.removeprefix("experiments/").removesuffix(".json").split("/")[0]
        sources = [root / "python" / "configs" / f"{stem}.yaml"]
    elif folder == "benchmarks":
        sources = [root / "python" / "benchmarks" / f"{stem}.py"]
    else:
        sources = sorted((root / "checks").glob("*.py"))
    return digest(*(s.read_bytes() for s in sources if s.is_file()))


def evaluate(out: Path, figure: Figure) -> float | None:
    """What the result says now; None where there is no such result."""
    path = out / figure.file
    if not path.exists():
        return None
    try:
        value: Any = jmespath.search(figure.expression, read_json(path))
    except jmespath.exceptions.JMESPathError as e:
        raise UserError(f"{figure.where}: expected a JMESPath expression, found {figure.expression!r}: {e}") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{figure.where}: expected {figure.key} to be a number, found {value!r}")
    return float(value)


def recorded(root: Path) -> dict[str, Value]:
    """The values kept for machines without the results, by file and expression."""
    path = root / RECORD
    if not path.exists():
        return {}
    try:
        return {k: Value.model_validate(v) for k, v in read_json(path).items()}
    except (AttributeError, ValidationError):
        raise UserError(f"{path}: expected what `lejepa prose --record` writes, found another JSON value") from None


def agrees(figure: Figure, value: float) -> bool:
    """Whether the number in the text is what the value allows."""
    (number,) = NUMBER.findall(figure.text)
    plain = number.replace(",", "").replace("−", "-").lower()
    mantissa, _, power = plain.partition("e")
    shown = float(plain)
    step = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    if "%" in figure.text:
        shown, step = shown / 100, step / 100
    match figure.how:
        case "least":
            return value >= shown
        case "most":
            return value <= shown
        case "within":
            return abs(shown - value) <= figure.share * abs(value)
        case _:
            return abs(shown - value) <= step / 2 * (1 + 1e-9) + 1e-15 * abs(value)


def faults(root: Path, out: Path, files: list[str]) -> list[str]:
    """The figures that results do not bear out: a sentence each."""
    kept = recorded(root)
    found = []
    for figure in (f for file in files for f in figures(root, file)):
        value, source = evaluate(out, figure), f"results/{figure.file}"
        if value is None and (old := kept.get(figure.key)):
            value, source = old.value, str(RECORD)
            if old.inputs != inputs(root, figure.file):
                found.append(f"{figure.where}: the figure «{figure.text}» is stale: what it is made from has changed")
                continue
        if value is None:
            found.append(f"{figure.where}: the figure «{figure.text}» has no result: {source} is missing")
        elif len(NUMBER.findall(figure.text)) != 1:
            found.append(f"{figure.where}: expected one number between the marks, found «{figure.text}»")
        elif not agrees(figure, value):
            how = "" if figure.how == "equal" else f"{figure.how} "
            found.append(
                f"{figure.where}: the figure «{figure.text}» is not {how}what {source} says: "
                f"{figure.expression} is {value:.6g}"
            )
    return found


def record(root: Path, out: Path, files: list[str]) -> int:
    """Keep the values that are quoted; those without a result here stay as they are. How many are kept."""
    kept, made = recorded(root), {}
    for figure in (f for file in files for f in figures(root, file)):
        value = evaluate(out, figure)
        if value is not None and math.isfinite(value):
            made[figure.key] = Value(value=value, inputs=inputs(root, figure.file))
        elif figure.key in kept:
            made[figure.key] = kept[figure.key]
    write_json(root / RECORD, {k: made[k].model_dump() for k in sorted(made)})
    return len(made)

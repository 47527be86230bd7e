"""Figures in prose: a number in README.md that is marked up must be what evidence says, to every digit shown.

    <!-- figure: experiments/spiral-quick.json metrics[0].r2_hz -->0.9981<!-- /figure -->

The file is below `evidence/` where its folder is one of evidence's, else below `results/`; the expression is JMESPath.
The number must be the value, rounded half to even in decimal arithmetic to the digits that it is written with: there is
no tolerance. A percent sign after the number is read as such. After the expression may stand

- `; spread`: the expression is a list, the text its mean ± the sample's standard deviation, both rounded;
- `; range`: the expression is a list, the text its least and its greatest number, both rounded;
- `; at least`, `; at most`: the value is so, exactly.

Figures without marks are not allowed in tables, nor where R² or ± stands in the line: a number that nobody measured
here, such as one of the paper, stands between `<!-- given -->` and `<!-- /given -->`. Tables that evidence makes are
compared too (`lejepa.auditing.tables`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import jmespath

from lejepa.auditing import tables
from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.evidence.kinds import MODULES
from lejepa.files import read_json

MARK = re.compile(
    r"<!--\s*figure:\s*(?P<file>\S+)\s+(?P<expression>.+?)"
    r"(?:\s*;\s*(?P<how>at least|at most|spread|range))?\s*-->(?P<text>.*?)<!--\s*/figure\s*-->",
    re.S,
)
BEGIN = re.compile(r"<!--\s*figure\b")
NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
GIVEN = re.compile(r"<!--\s*given\s*-->.*?<!--\s*/given\s*-->", re.S)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)")

Check = tuple[str, str]  # what stands in the text, and what evidence says


@dataclass(frozen=True)
class Figure:
    """A marked figure: where it stands, the file and expression that it quotes, how, and the text it stands in."""

    where: str
    file: str
    expression: str
    how: str
    text: str

    @property
    def source(self) -> Path:
        """Its file below the checkout."""
        kept = self.file.partition("/")[0] in MODULES
        return (record.FOLDER if kept else Path("results")) / self.file


def figures(root: Path, file: str) -> list[Figure]:
    """The marked figures of a file of prose."""
    text = tables.read(root, file)
    found = []
    for m in MARK.finditer(text):
        where = f"{file}:{text.count(chr(10), 0, m.start()) + 1}"
        if ";" in m["expression"]:
            how = m["expression"].rpartition(";")[2].strip()
            raise UserError(f"{where}: expected at least, at most, spread or range after the semicolon, found {how!r}")
        found.append(Figure(where, m["file"], m["expression"], m["how"] or "equal", m["text"]))
    if len(found) != len(BEGIN.findall(text)):
        line = next(text.count("\n", 0, b.start()) + 1 for b in BEGIN.finditer(text) if not MARK.match(text, b.start()))
        raise UserError(f"{root / file}:{line}: expected <!-- figure: FILE EXPRESSION -->number<!-- /figure -->")
    return found


def evaluate(root: Path, out: Path, figure: Figure) -> list[float] | None:
    """What evidence says now, a single number as a list of one; None where there is none."""
    source = figure.source
    path = root / source if source.parts[0] == record.FOLDER.name else out / figure.file
    if not path.exists():
        return None
    try:
        value: Any = jmespath.search(figure.expression, read_json(path))
    except jmespath.exceptions.JMESPathError as e:
        raise UserError(f"{figure.where}: expected a JMESPath expression, found {figure.expression!r}: {e}") from None
    many = figure.how in ("spread", "range")
    values = value if many and isinstance(value, list) else [value]
    wrong = not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if wrong or (many and len(values) < 2):
        wanted = "a list of two numbers or more" if many else "a number"
        raise UserError(f"{figure.where}: expected {figure.file} {figure.expression} to be {wanted}, found {value!r}")
    return [float(v) for v in values]


def parse(number: str, percent: bool) -> tuple[Decimal, Decimal]:
    """A number of the text, and the unit of its last digit; a percentage is a hundredth of what it shows."""
    shown = Decimal(number.replace(",", "").replace("−", "-"))
    exponent = shown.as_tuple().exponent
    assert isinstance(exponent, int), "NUMBER matches finite numbers alone"
    scale = Decimal("0.01") if percent else Decimal(1)
    return shown * scale, Decimal(1).scaleb(exponent) * scale


def rounded(value: float, unit: Decimal) -> Decimal:
    """The shortest decimal of a float, rounded half to even to a multiple of a power of ten."""
    return Decimal(repr(value)).quantize(unit, rounding=ROUND_HALF_EVEN)


def disagreement(figure: Figure, values: list[float]) -> str | None:
    """What evidence says, where the text is not that; None where it is."""
    numbers, percent = NUMBER.findall(figure.text), "%" in figure.text
    expected = 2 if figure.how in ("spread", "range") else 1
    if len(numbers) != expected:
        return f"expected {'two numbers' if expected == 2 else 'one number'} between the marks"
    shown = [parse(n, percent) for n in numbers]
    if figure.how in ("at least", "at most"):
        value, bound = Decimal(repr(values[0])), shown[0][0]
        holds = value >= bound if figure.how == "at least" else value <= bound
        return None if holds else f"{figure.expression} is {values[0]:.6g}"
    match figure.how:
        case "spread":
            right = [fmean(values), stdev(values)]
            if "±" not in figure.text or shown[0][1] != shown[1][1]:
                return "expected mean ± standard deviation, both with as many digits"
        case "range":
            right = [min(values), max(values)]
        case _:
            right = values
    true = [rounded(v, unit) for v, (_, unit) in zip(right, shown, strict=True)]
    if all(t == s for t, (s, _) in zip(true, shown, strict=True)):
        return None
    says, short = ", ".join(f"{v:.6g}" for v in right), ", ".join(map(str, true))
    return f"{figure.expression} is {says}" + (f", so {short}" if short != says else "")


def unmarked(root: Path, file: str) -> Iterator[str]:
    """Decimal figures in tables, and in lines with R² or ±, that stand between no marks."""
    text = tables.read(root, file)
    for pattern in (CODE, MARK, GIVEN, tables.MARK):
        text = pattern.sub(lambda m: "\n" * m[0].count("\n"), text)
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("|") or "R²" in line or "±" in line:
            for figure in DECIMAL.findall(line):
                where = f"{file}:{number}: the figure «{figure}»"
                yield f"{where} stands without evidence; mark what it quotes, or as given"


def faults(root: Path, out: Path, files: list[str]) -> list[str]:
    """The figures that evidence does not bear out, those without evidence, and tables that are not what it makes."""
    found = []
    for figure in (f for file in files for f in figures(root, file)):
        values = evaluate(root, out, figure)
        if values is None:
            found.append(f"{figure.where}: the figure «{figure.text}» has no evidence: {figure.source} is missing")
        elif what := disagreement(figure, values):
            found.append(f"{figure.where}: the figure «{figure.text}» is not what {figure.source} says: {what}")
    for file in files:
        found += unmarked(root, file)
    return found + tables.faults(root, files)

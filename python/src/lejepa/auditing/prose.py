"""Figures in prose: what a page shows must be what evidence says, to every digit shown.

A file beside the pages says which figure comes from which result (`lejepa.auditing.ties`). The source is below
`evidence/` if its folder is one of evidence's, else below `results/`; the value is a JMESPath expression. The figure
must be the value, rounded half to even in decimal arithmetic to the digits that it is written with: there is no
tolerance. A percent sign after the number is read as such.

Decimals and percentages that are not tied are not allowed in tables, nor where R² or ± stands in the line: a number
that nobody measured here, such as one of the paper, is named among the `given`. Other numbers that are not tied, such
as counts in a sentence, are not compared with anything. Tables that evidence makes are compared too
(`lejepa.auditing.tables`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import jmespath

from lejepa.auditing import tables, ties
from lejepa.auditing.ties import Page, Ties
from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.evidence.kinds import MODULES
from lejepa.files import read_json

NUMBERS = re.compile(ties.NUMBER, re.I)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)
SHOWN = re.compile(r"(?<![\w.,])(?:\d*\.\d+|0,\d+|\d+(?=\s?%))(?![\w.,]*\w)")  # a decimal, or a percentage


@dataclass(frozen=True)
class Quoted:
    """A figure that stands in a page: where, its text, and what it must be."""

    where: str
    text: str
    sources: list[str]
    value: str
    how: str

    @property
    def says(self) -> str:
        """Its files below the checkout, in words."""
        return " and ".join(str(below(source)) for source in self.sources)


def below(source: str) -> Path:
    """A source's file below the checkout."""
    kept = source.partition("/")[0] in MODULES
    return (record.FOLDER if kept else Path("results")) / source


def line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def figures(root: Path, page: Page) -> Iterator[Quoted | str]:
    """The tied figures of a page; a sentence for each whose words do not stand there exactly once."""
    text = ties.read(root, page.file)
    for figure in page.figures:
        found = list(ties.pattern(figure.text).finditer(text))
        if len(found) == 1:
            where = f"{page.file}:{line(text, found[0].start(1))}"
            yield Quoted(where, found[0][1], figure.sources, figure.value, figure.how)
        else:
            yield f"{page.file}: expected the words «{figure.text}» once, with a figure, found {len(found)}"


def evaluate(root: Path, out: Path, figure: Quoted) -> list[float] | None:
    """What evidence says now, a single number as a list of one, of several files all numbers; None where a file is
    missing."""
    many = figure.how in ("spread", "range")
    found = list[float]()
    for source in figure.sources:
        path = root / below(source) if below(source).parts[0] == record.FOLDER.name else out / source
        if not path.exists():
            return None
        found += read_from(figure, path, source, many)
    if len(found) > 1 and figure.how == "equal":
        raise UserError(f"{figure.where}: expected one file where the figure is to equal what it says")
    return [sum(found)] if figure.how == "total" else found


def read_from(figure: Quoted, path: Path, source: str, many: bool) -> list[float]:
    """What one of a figure's files says: a number, or if `many` a list of them."""
    try:
        value: Any = jmespath.search(figure.value, read_json(path))
    except jmespath.exceptions.JMESPathError as e:
        raise UserError(f"{figure.where}: expected a JMESPath expression, found {figure.value!r}: {e}") from None
    values = value if many and isinstance(value, list) else [value]
    wrong = not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if wrong or (many and len(values) < 2):
        wanted = "a list of two numbers or more" if many else "a number"
        raise UserError(f"{figure.where}: expected {source} {figure.value} to be {wanted}, found {value!r}")
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


def disagreement(figure: Quoted, values: list[float]) -> str | None:
    """What evidence says, where the text is not that; None where it is."""
    numbers, percent = NUMBERS.findall(figure.text), "%" in figure.text
    expected = 2 if figure.how in ("spread", "range") else 1
    if len(numbers) != expected:
        return f"expected {'two numbers' if expected == 2 else 'one number'} where the braces stand"
    shown = [parse(n, percent) for n in numbers]
    if figure.how in ("at least", "at most"):
        worst, bound = min(values) if figure.how == "at least" else max(values), shown[0][0]
        holds = Decimal(repr(worst)) >= bound if figure.how == "at least" else Decimal(repr(worst)) <= bound
        return None if holds else f"{figure.value} is {worst:.6g}"
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
    return f"{figure.value} is {says}" + (f", so {short}" if short != says else "")


def untied(root: Path, page: Page) -> Iterator[str]:
    """Decimals and percentages in tables, and in lines with R² or ±, that nothing ties; words that are given and not
    there."""
    text = ties.read(root, page.file)
    spans = [m.span() for m in CODE.finditer(text)]
    spans += [m.span(1) for f in page.figures for m in ties.pattern(f.text).finditer(text)]
    spans += [(t.start, t.end) for t in tables.placed(root, page)]
    for words in page.given:
        found = [m.span() for m in ties.pattern(words).finditer(text)]
        spans += found
        if len(found) != 1:
            yield f"{page.file}: expected the words «{words}», which are given, once, found {len(found)}"
    shown = list(text)
    for start, end in spans:
        shown[start:end] = ("\n" if c == "\n" else " " for c in text[start:end])
    originals = text.splitlines()
    for number, rest in enumerate("".join(shown).splitlines(), 1):
        whole = originals[number - 1]
        if "|" in rest or "R²" in whole or "±" in whole:
            for figure in SHOWN.findall(rest):
                where = f"{page.file}:{number}: the figure «{figure}»"
                yield f"{where} stands without evidence; tie it to what it quotes, or name it as given"


def faults(root: Path, out: Path, tied: Ties) -> list[str]:
    """The figures that evidence does not bear out, those without evidence, and tables that are not what it makes."""
    found = []
    for figure in (f for page in tied.page for f in figures(root, page)):
        if isinstance(figure, str):
            found.append(figure)
            continue
        values = evaluate(root, out, figure)
        if values is None:
            found.append(f"{figure.where}: the figure «{figure.text}» has no evidence: {figure.says} is missing")
        elif what := disagreement(figure, values):
            found.append(f"{figure.where}: the figure «{figure.text}» is not what {figure.says} says: {what}")
    for page in tied.page:
        found += untied(root, page)
    return found + tables.faults(root, tied)

"""Tables lose no digit: those that are too wide come in parts."""

import io
import re

import pytest
from lejepa.tabular import aligned, show
from rich.console import Console
from rich.table import Table
from rich.text import Text

HEADINGS = [f"measure {k}" for k in range(12)]


def table(**options: object) -> Table:
    made = Table(title="Much", **options)  # type: ignore[arg-type]
    made.add_column("point")
    for heading in HEADINGS:
        made.add_column(heading, justify="right")
    for row in range(3):
        made.add_row(f"point-{row}", *(f"{row}.{k:02}{'0123456789' * 2}" for k in range(12)))
    return made


def printed(made: Table, width: int, encoding: str = "utf-8") -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show(made, Console(file=out, width=width, markup=False))
    out.seek(0)
    return out.read()


@pytest.mark.parametrize("width", [40, 80, 100, 1000])
@pytest.mark.parametrize("box", [{}, {"box": None}])
def test_every_digit_is_there_at_every_width(width: int, box: dict[str, None]) -> None:
    text = printed(table(**box), width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    for k, heading in enumerate(HEADINGS):
        assert heading in text
        for row in range(3):
            number = f"{row}.{k:02}{'0123456789' * 2}"
            (line,) = [line for line in lines if number in line]
            assert f"point-{row}" in line  # the first column stands beside it
    assert "…" not in text
    assert text.count("Much") == 1


def test_a_table_that_fits_is_one() -> None:
    assert printed(table(), 1000).count("point-0") == 1


def test_long_text_is_broken_and_numbers_beside_it_are_not() -> None:
    made = Table("what", "for")
    made.add_column("number", justify="right")
    made.add_row("a", "word " * 40, "0.12345678901234567890")
    text = printed(made, 60)
    assert text.count("word") == 40
    assert "0.12345678901234567890" in text
    assert max(map(len, text.splitlines())) <= 60


def test_brackets_are_text_and_styles_stay() -> None:
    made = Table("[bold]part[/]", "x")
    made.add_row("pip install 'lejepa[ray]'", Text("holds", "green"))
    text = printed(made, 80)
    assert "lejepa[ray]" in text
    assert "[bold]part[/]" in text
    assert "holds" in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_plain_characters_are_laid_out_as_they_look(encoding: str) -> None:
    made = Table("ρ", "R²(h→z)")
    made.add_row("0.9 ± 0.1", "≤ 3")
    text = printed(made, 80, encoding)
    assert text.isascii()
    assert "R^2(h->z)" in text
    assert "0.9 +- 0.1" in text
    assert len({len(line) for line in text.splitlines()}) == 1  # no column is out of line


def edges(lines: list[str]) -> set[tuple[int, ...]]:
    """Where cells begin, two spaces or more apart, in each line."""
    return {tuple(m.start() for m in re.finditer(r"\S+(?: \S+)*", line)) for line in lines}


@pytest.mark.parametrize("ascii", [False, True])
def test_columns_of_lines_begin_at_the_same_places(ascii: bool) -> None:
    rows = [("ρ", "≤ 1", "x"), ("a long name", "√2 ± 0.1 → ∞", "𝔼 ‖h‖²"), ("δ", "-", "y")]
    for widths in [(1, 1), (20, 12)]:
        lines = aligned(rows, widths, ascii)
        second = 2 + max(widths[0], len("a long name ")) + 1
        third = second + max(widths[1], len("sqrt2 +- 0.1 -> inf " if ascii else "√2 ± 0.1 → ∞ ")) + 1
        assert edges(lines) == {(2, second, third)}
        assert "".join(lines).isascii() == ascii
    assert aligned([], (3, 4)) == []

"""Tables on a terminal or in a pipe, of which nothing is lost."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from lejepa.plain import in_ascii, in_plain


def show(table: Table, to: Console) -> None:
    """Print a table whole: one that is too wide comes in parts, a few columns each, beside the first column again.

    Right-aligned columns, which hold numbers, are never broken; text is, between words where it can be.
    """
    for part in parts(table, to):
        to.print(part)


def parts(table: Table, to: Console) -> Iterator[Table]:
    table, columns = copy(table), [whole(c, to) for c in table.columns]
    if not has_all(to):
        table.title = in_plain(table.title)
    first, waiting = columns[:1], columns[1:]
    while True:
        part = first
        while waiting and (len(part) < 2 or needed(table, [*part, waiting[0]], to) <= to.width):
            part = [*part, waiting.pop(0)]
        yield of_columns(table, part)
        if not waiting:
            return
        table = copy(table)
        table.title = None


def whole(column: Column, to: Console) -> Column:
    """A column that loses nothing, in characters that the output has."""
    cells, header = list(column.cells), column.header
    if not has_all(to):
        cells, header = [in_plain(c) for c in cells], in_plain(header)
    made = replace(column, header=header, overflow="fold", _cells=cells)
    if column.justify == "right":
        width = max(map(width_of, [header, *cells]))
        made = replace(made, no_wrap=True, min_width=width)
    return made


def aligned(rows: Sequence[Sequence[str]], widths: Sequence[int], ascii: bool = False) -> list[str]:
    """Lines of cells whose columns begin at the same places, two characters apart at the least.

    widths: the least of each column but the last; where a cell is longer, all are as wide as that. ascii: in ASCII
    alone, as wide as cells are then.
    """
    cells = [[in_ascii(c) if ascii else c for c in row] for row in rows]
    wide = [max(least, *(cell_len(row[k]) + 1 for row in cells)) for k, least in enumerate(widths)] if cells else []
    return ["  " + " ".join([*map(set_cell_size, row, wide), *row[len(wide) :]]) for row in cells]


def has_all(to: Console) -> bool:
    """Whether the output has all characters."""
    return to.encoding.lower().startswith("utf")


def width_of(cell: Any) -> int:
    return cell_len(cell.plain if isinstance(cell, Text) else str(cell))


def of_columns(table: Table, columns: list[Column]) -> Table:
    """A table of some columns of another."""
    made = copy(table)
    made.columns = [replace(c, _index=i) for i, c in enumerate(columns)]
    return made


def needed(table: Table, columns: list[Column], to: Console) -> int:
    """The width below which columns would be broken."""
    return to.measure(of_columns(table, columns), options=to.options.update(max_width=10_000)).minimum

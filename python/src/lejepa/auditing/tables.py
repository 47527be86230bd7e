"""Tables of pages that are made from evidence, written there and compared with what evidence says now.

A file beside the pages names the heading above each table (`lejepa.auditing.ties`): the table is the first one below
it. Its name is `FOLDER/NAME`: a folder of `evidence/`, and a table that its kind makes (`lejepa.evidence.kinds`).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from lejepa.auditing.ties import Page, Ties, read
from lejepa.errors import UserError
from lejepa.evidence import kinds
from lejepa.files import void, write_atomically

FENCE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)
HEADING = re.compile(r"^#+ +(.*?) *$", re.M)
TABLE = re.compile(r"(?:^\|.*(?:\n|\Z))+", re.M)


@dataclass(frozen=True)
class Made:
    """A table of a page: where it stands, its name, its text, and what evidence says that it should be."""

    where: str
    name: str
    start: int
    end: int
    text: str
    today: str


def blank(text: str) -> str:
    """The text with blocks of code made blank, every character in its place."""
    return FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def section(page: Page, text: str, heading: str) -> tuple[int, int]:
    """Where the section of a heading begins and ends, subsections left out."""
    headings = list(HEADING.finditer(blank(text)))
    found = [i for i, h in enumerate(headings) if h[1] == heading]
    if len(found) != 1:
        raise UserError(
            f"{page.file}: expected one heading «{heading}», whose table evidence makes, found {len(found)}"
        )
    after = headings[found[0] + 1 :]
    return headings[found[0]].end(), after[0].start() if after else len(text)


def placed(root: Path, page: Page) -> list[Made]:
    """The tables of a page that evidence makes, in the order of the page."""
    text, found = read(root, page.file), []
    for heading, name in page.tables.items():
        start, end = section(page, text, heading)
        table = TABLE.search(blank(text), start, end)
        where = f"{page.file}:{text.count(chr(10), 0, table.start() if table else start) + 1}"
        if table is None:
            raise UserError(f"{where}: expected a table below the heading «{heading}», found none")
        folder, _, key = name.partition("/")
        have = kinds.tables(root, folder)
        if key not in have:
            known = ", ".join(have) or "none"
            raise UserError(f"{where}: expected a table that evidence/{folder} makes ({known}), found {key}")
        today = "".join(f"{line}\n" for line in have[key])
        found.append(Made(where, name, table.start(), table.end(), table[0], today))
    return sorted(found, key=lambda t: t.start)


def faults(root: Path, tied: Ties) -> list[str]:
    """The tables that are not what evidence says, a sentence each."""
    return [
        f"{t.where}: the table {t.name} is not what evidence says; `lejepa report` writes it"
        for page in tied.page
        for t in placed(root, page)
        if t.text != t.today
    ]


def write(root: Path, tied: Ties) -> list[Path]:
    """Write every table as evidence says; the files that have changed."""
    written = []
    for page in tied.page:
        old = text = read(root, page.file)
        for t in reversed(placed(root, page)):
            text = text[: t.start] + t.today + text[t.end :]
        if text != old:
            path = root / page.file
            write_atomically(path, lambda p, new=text: void(p.write_text(new, encoding="utf-8")))  # type: ignore[misc]
            written.append(path)
    return written

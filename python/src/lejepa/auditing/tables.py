"""Tables of docs that are made from evidence: between marks, and compared with what evidence says now.

    <!-- table: certificates/size -->
    ...
    <!-- /table -->

The first part is a folder of `evidence/`, the second a table that its kind makes (`lejepa.evidence.kinds`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lejepa.errors import UserError
from lejepa.evidence import kinds
from lejepa.files import void, write_atomically

MARK = re.compile(r"<!-- table: (?P<folder>[\w-]+)/(?P<name>[\w-]+) -->\n(?P<lines>.*?)<!-- /table -->", re.S)
BEGIN = re.compile(r"<!--\s*/?table\b")


@dataclass(frozen=True)
class Made:
    """A table between marks: where it stands, its text, and what evidence says that it should be."""

    where: str
    name: str
    start: int
    end: int
    text: str
    today: str


def read(root: Path, file: str) -> str:
    try:
        return (root / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{root / file}: expected a text whose tables are made, but it can't be read: {e}") from None


def marked(root: Path, file: str) -> Iterator[Made]:
    """The tables of a file that stand between marks."""
    text = read(root, file)
    found = list(MARK.finditer(text))
    if 2 * len(found) != len(BEGIN.findall(text)):
        raise UserError(f"{root / file}: expected <!-- table: FOLDER/NAME -->, lines, <!-- /table -->")
    for m in found:
        where = f"{file}:{text.count(chr(10), 0, m.start()) + 1}"
        have = kinds.tables(root, m["folder"])
        if m["name"] not in have:
            known = ", ".join(have) or "none"
            raise UserError(f"{where}: expected a table that evidence/{m['folder']} makes ({known}), found {m['name']}")
        today = "".join(f"{line}\n" for line in have[m["name"]])
        yield Made(where, f"{m['folder']}/{m['name']}", m.start("lines"), m.end("lines"), m["lines"], today)


def faults(root: Path, files: Iterable[str]) -> list[str]:
    """The tables that are not what evidence says, a sentence each."""
    return [
        f"{t.where}: the table {t.name} is not what evidence says; `lejepa report` writes it"
        for file in files
        for t in marked(root, file)
        if t.text != t.today
    ]


def write(root: Path, files: Iterable[str]) -> list[Path]:
    """Write every table as evidence says; the files that have changed."""
    written = []
    for file in files:
        old = text = read(root, file)
        for t in reversed(list(marked(root, file))):
            text = text[: t.start] + t.today + text[t.end :]
        if text != old:
            path = root / file
            write_atomically(path, lambda p, new=text: void(p.write_text(new, encoding="utf-8")))  # type: ignore[misc]
            written.append(path)
    return written

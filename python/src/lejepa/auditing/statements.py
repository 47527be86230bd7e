"""The page of all statements, from the registry and the Lean sources: what each says and where it is proved."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from lejepa.auditing import registry, sources
from lejepa.auditing.registry import Registry, Statement
from lejepa.errors import UserError
from lejepa.files import void, write_atomically
from lejepa.markdown import row

HEAD = """# Statements

`lejepa report` writes this page from [`{registry}`]({link}) and the Lean sources.
It lists every statement that the audit follows: what it says, its name in Lean, and the file of its proof. The names
are in `namespace {package}`. `lejepa check --only NAME` tries instances of a statement in numbers, and `lejepa audit`
reports what is known of each.
"""
GLOSSARY = "glossary.md"  # beside the page
BEYOND = re.compile(r"beyond the paper \((.*)\)")


def topic(statement: Statement) -> str:
    """The part of the paper that a statement belongs to."""
    beyond = BEYOND.fullmatch(statement.paper)
    return (beyond[1] if beyond else statement.paper).partition(",")[0]


def lines(root: Path, entries: Registry, page: str) -> Iterator[str]:
    """The page, line by line."""
    above = Path(page).parent
    link = os.path.relpath(registry.FILE, above)
    yield HEAD.format(registry=registry.FILE, link=link, package=entries.project.package)
    if (root / above / GLOSSARY).is_file():
        yield f"[{GLOSSARY}]({GLOSSARY}) explains the terms.\n"
    declared = sources.declarations(root, entries.project.package)
    topics: dict[str, list[Statement]] = {}
    for s in entries.statement:
        topics.setdefault(topic(s), []).append(s)
    for name, found in topics.items():
        yield f"## {name[0].upper()}{name[1:]}\n"
        yield "| statement | says | Lean |"
        yield "| --- | --- | --- |"
        for s in found:
            at = declared.get(s.full_name)
            lean = f"[`{s.lean}`]({os.path.relpath(at.file, above)})" if at else f"`{s.lean}`, not stated yet"
            beyond = " (beyond the paper)" if BEYOND.fullmatch(s.paper) else ""
            yield row(f"{s.title}{beyond}", s.says, lean)
        yield ""


def page(root: Path, entries: Registry) -> str:
    """The page as the registry and the sources have it."""
    if entries.project.statements is None:
        raise UserError(f"{root / registry.FILE}: project.statements: expected the page of statements, found none")
    return "\n".join(lines(root, entries, entries.project.statements))


def write(root: Path, entries: Registry) -> Path:
    """Write the page."""
    text = page(root, entries)
    path = root / str(entries.project.statements)
    write_atomically(path, lambda p: void(p.write_text(text, encoding="utf-8")))
    return path

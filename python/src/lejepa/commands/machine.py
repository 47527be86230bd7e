"""The command that looks at this machine."""

import typer
from rich.table import Table

from lejepa.commands.console import Json, console, print_json


def doctor(as_json: bool = Json) -> None:
    """What this machine has, and how to get the rest.

    Exit code 1 where a part is missing without which nothing works.
    """
    from lejepa.doctor import examine

    parts = examine()
    if as_json:
        print_json([p.as_json() for p in parts])
    else:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in ("part", "found", "for", "how to get it"):
            table.add_column(heading, overflow="fold")
        for p in parts:
            found = p.found or ("MISSING" if p.needed else "no")
            table.add_row(p.name, found, p.purpose, "" if p.found else p.get)
        console.print(table)
    if any(p.needed and p.found is None for p in parts):
        raise typer.Exit(1)

"""The command that looks at this machine."""

import typer
from rich.table import Table

from lejepa.commands.console import Json, console, print_json, show
from lejepa.errors import Exit


def doctor(as_json: bool = Json) -> None:
    """List what this machine has, and how to get the rest.

    Exit code 3 if a part is missing without which nothing works.
    """
    from lejepa.doctor import examine

    parts = examine()
    if as_json:
        print_json([p.as_json() for p in parts])
    else:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in ("part", "found", "for"):
            table.add_column(heading, overflow="fold")
        for p in parts:
            table.add_row(p.name, p.found or ("MISSING" if p.needed else "no"), p.purpose)
        show(table)
        absent = [p for p in parts if not p.found]
        console.print("\nWhat is absent, and how to get it:" if absent else "\nNothing is absent.")
        for p in absent:  # whole lines, which can be copied
            console.print(f"  {p.name}: {p.get}", soft_wrap=True, highlight=False)
    if any(p.needed and p.found is None for p in parts):
        raise typer.Exit(Exit.CANNOT_RUN)

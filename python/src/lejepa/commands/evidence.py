"""The command that tells whether committed evidence still stands."""

from pathlib import Path

import typer

from lejepa.commands.console import complaints, console
from lejepa.files import repository


def evidence(
    only: str = typer.Option("", help="Files whose path below evidence/ begins with this."),
    adopt: Path | None = typer.Option(None, help="Take over results of today's configurations from this folder."),
    replay: bool = typer.Option(True, help="Replay the first steps of what took long."),
) -> None:
    """Whether the committed results still stand.

    Exit code 1 where one is stale: its configuration or a source has changed, or today's code does not reproduce the
    first steps of a long computation.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from lejepa.evidence import fresh, kinds

    root = repository()
    if adopt is not None:
        for path in kinds.adopt(root, adopt):
            console.print(str(path.relative_to(root)))
        return
    count = sum(1 for _ in kinds.held(root, only))
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=complaints, transient=True) as progress:
        task = progress.add_task("evidence")
        faults = fresh.faults(root, replay, only, lambda name: progress.update(task, description=name))
    for fault in faults:
        complaints.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    console.print(f"{count} files of evidence stand{', replayed where they took long' if replay else ''}.")

"""The command that tells whether committed evidence is still valid."""

from pathlib import Path

import typer

from lejepa.commands.console import Jobs, Json, complaints, console, print_json
from lejepa.errors import Exit, UserError
from lejepa.files import repository
from lejepa.progress import progress


def evidence(
    only: str = typer.Option("", help="Files whose path below evidence/ begins with this."),
    adopt: Path | None = typer.Option(None, help="Copy results of today's configurations from this folder."),
    replay: bool = typer.Option(True, help="Replay the first steps of long computations."),
    jobs: int | None = Jobs,
    as_json: bool = Json,
) -> None:
    """Tell whether the committed results are still valid.

    Exit code 1 if one is stale: its configuration or a source has changed, or today's code does not reproduce the first
    steps of a long computation. What was measured at the end of one is not computed again.
    """
    from lejepa.checking.parallel import processes
    from lejepa.evidence import fresh, kinds

    root = repository()
    if adopt is not None:
        adopted = [str(path.relative_to(root)) for path in kinds.adopt(root, adopt)]
        if as_json:
            print_json({"adopted": adopted})
        else:
            for path in adopted:
                console.print(path, soft_wrap=True)
        return
    count, done = sum(1 for _ in kinds.held(root, only)), 0
    if only and not count:
        raise UserError(f"--only {only}: expected the beginning of a path below evidence/, such as experiments/")
    with progress("files", console=complaints) as told:

        def report(name: str) -> None:
            nonlocal done
            done += 1
            told("evidence", done, count, name)

        faults = fresh.faults(root, replay, only, report, processes(jobs))
    if as_json:
        print_json({"files": count, "replayed": replay, "faults": faults})
    for fault in faults:
        complaints.print(fault)
    if faults:
        raise typer.Exit(Exit.FELL_SHORT)
    if not as_json:
        replayed = ", and where they took long, today's code reproduces their first steps" if replay else ""
        console.print(f"{count} files of evidence stand: they are of today's configurations or sources{replayed}.")

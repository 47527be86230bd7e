"""Commands that try the statements in numbers."""

from dataclasses import asdict

import typer

from lejepa.commands.console import Jobs, Json, console, print_json
from lejepa.files import repository


def check(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    case: str | None = typer.Option(None, help="JSON parameters: try this one case, record nothing."),
    digits: int = typer.Option(50, help="Digits that an equality must hold to."),
    seed: int = typer.Option(0, help="Seed of the random cases."),
    jobs: int | None = Jobs,
    as_json: bool = Json,
) -> None:
    """Check the statements numerically, by rigorous enclosures.

    Exit code 1 where one is violated or undecided.
    """
    from lejepa.checking import check as checking

    results = checking.run_all(repository(), only, digits, seed, jobs, checking.parse_case(case), quiet=as_json)
    if as_json:
        print(checking.as_json(results))
    else:
        checking.report(results, console)
    if any(r.verdict != "holds" for r in results):
        raise typer.Exit(1)


def search(
    restarts: int = typer.Option(20, help="Random starts for each bound, dimension and ρ."),
    seed: int = typer.Option(0, help="Seed of the starts."),
    digits: int = typer.Option(50, help="Decimal digits of the enclosures."),
) -> None:
    """Search for the encoders that come closest to the bounds.

    Exit code 1 where one exceeds its bound.
    """
    from lejepa.checking import search as searching

    if not searching.run(repository(), restarts, seed, digits, console):
        raise typer.Exit(1)


def mutants(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    sample: int | None = typer.Option(None, help="Mutants to try of each check; by default all."),
    seed: int = typer.Option(0, help="Seed of the random cases and of the sample."),
    jobs: int | None = Jobs,
    as_json: bool = Json,
) -> None:
    """Plant faults in the formulas that the checks must catch.

    Exit code 1 where a check does not see one that matters.
    """
    from lejepa.checking import mutate

    scores = mutate.run_all(repository(), only, sample, seed, jobs=jobs, quiet=as_json)
    if as_json:
        print_json([asdict(s) for s in scores])
    else:
        mutate.report(scores, console)
    if any(s.missed for s in scores):
        raise typer.Exit(1)

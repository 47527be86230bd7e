"""Commands that try instances of the statements in numbers."""

import json
from dataclasses import asdict
from typing import Any

import typer

from lejepa.commands.console import Jobs, Json, console, print_json
from lejepa.errors import Exit, UserError
from lejepa.files import repository

Fresh = typer.Option(False, "--fresh", help="Do not resume an interrupted run; start anew.")


def check(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    case: str | None = typer.Option(None, help="JSON parameters: try this one case, record nothing."),
    digits: int | None = typer.Option(None, help="Digits that an equality must hold to; by default the registry's."),
    seed: int = typer.Option(0, help="Seed of the random cases."),
    jobs: int | None = Jobs,
    fresh: bool = Fresh,
    full: bool = typer.Option(False, "--full", help="Print every verdict, finding and number."),
    as_json: bool = Json,
) -> None:
    """Try instances of the statements with rigorous enclosures.

    It proves each claim at the instances tried; axioms are the subject of the audit. It prints the counts and what does
    not hold, and writes everything to results/checks.txt. Exit code 1 if a claim is violated or undecided. After an
    interruption, the same command resumes, where sources and options are the same.
    """
    from lejepa.auditing.checks import tasks
    from lejepa.checking import printing, results, running

    root = repository()
    one = parse_case(case)
    found = running.run_all(root, tasks(root), only, digits, seed, jobs, one, quiet=as_json, fresh=fresh)
    if one is None:
        printing.write_full(root / printing.FULL, results.read(root / results.FILE))
    if as_json:
        print_json([asdict(r) for r in found])
    elif full:
        printing.in_full(found, console)
        console.print(printing.summary(found), highlight=False, soft_wrap=True)
    else:
        printing.report(found, console, printing.FULL if one is None else None)
    if any(r.verdict != "holds" for r in found):
        raise typer.Exit(Exit.FELL_SHORT)


def parse_case(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        case = json.loads(text)
    except json.JSONDecodeError as e:
        raise UserError(f"--case: expected JSON, got {text!r}: {e}") from None
    if not isinstance(case, dict):
        raise UserError(f"--case: expected a JSON object of parameters, got {text!r}")
    return case


def search(
    restarts: int = typer.Option(20, help="Random starts for each bound, dimension and ρ."),
    seed: int = typer.Option(0, help="Seed of the starts."),
    digits: int = typer.Option(50, help="Decimal digits of the enclosures."),
    as_json: bool = Json,
) -> None:
    """Search for the encoders that come closest to the bounds.

    Exit code 1 if one exceeds its bound.
    """
    from lejepa.checking import search as searching

    everything = searching.run(repository(), restarts, seed, digits)
    if as_json:
        print_json([found.as_json() for found in everything])
    else:
        for found in everything:
            searching.report(found, console)
    if not all(found.held for found in everything):
        raise typer.Exit(Exit.FELL_SHORT)


def mutants(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    sample: int | None = typer.Option(None, help="Mutants to try of each check; by default all."),
    seed: int = typer.Option(0, help="Seed of the random cases and of the sample."),
    jobs: int | None = Jobs,
    fresh: bool = Fresh,
    full: bool = typer.Option(False, "--full", help="Print each statement, and the faults that change nothing."),
    as_json: bool = Json,
) -> None:
    """Plant faults in the formulas of the checks, which must catch them.

    Exit code 1 if a check misses a fault that matters, or does not hold without one. After an interruption, the same
    command resumes, where sources and options are the same.
    """
    from lejepa.auditing.checks import tasks
    from lejepa.checking import mutate, printing

    root = repository()
    scores = mutate.run_all(root, tasks(root), only, sample, seed, jobs=jobs, quiet=as_json, fresh=fresh)
    if as_json:
        print_json([asdict(s) for s in scores])
    else:
        printing.report_scores(scores, console, full)
    if not all(s.is_good for s in scores):
        raise typer.Exit(Exit.FELL_SHORT)

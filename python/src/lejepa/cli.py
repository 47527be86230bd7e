"""The command `lejepa`: its table of contents, and what becomes of errors."""

import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from lejepa import __version__
from lejepa.commands import audits, certificates, evidence, experiments, machine, statements
from lejepa.commands.console import complaints, console
from lejepa.commands.streams import settle
from lejepa.errors import UserError
from lejepa.reacher import cli as reacher

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The theorems on LeJEPA as a world model: train, certify, check, audit.",
    epilog="Begin with `lejepa doctor`. Exit codes: 0 done, 1 a claim failed, 2 bad input, 130 interrupted.",
)

COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Train and certify": {
        "train": experiments.train,
        "sweep": experiments.sweep,
        "compare": experiments.compare,
        "figures": experiments.figures,
        "report": experiments.write_report,
        "certify": certificates.certify,
    },
    "Check and audit": {
        "check": statements.check,
        "mutants": statements.mutants,
        "search": statements.search,
        "audit": audits.audit,
        "sources": audits.sources,
        "ledger": audits.ledger,
        "evidence": evidence.evidence,
        "prose": audits.prose,
        "trace": audits.trace,
    },
    "This machine": {"doctor": machine.doctor},
}

for panel, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)
app.add_typer(reacher.app, name="reacher", rich_help_panel="Train and certify")


def show_version(wanted: bool) -> None:
    if wanted:
        console.print(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    pass


def main() -> NoReturn:
    """Run the command line. Exit codes: 0 done, 1 a claim failed, 2 bad input, 130 interrupted."""
    settle()
    try:
        app()
    except UserError as e:
        complaints.print(f"lejepa: {e}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        complaints.print("lejepa: interrupted")
        sys.exit(130)
    sys.exit(0)

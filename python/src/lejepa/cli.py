"""The command `lejepa`."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from lejepa import __version__
from lejepa.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check the statements of Lejepa, train encoders that confirm them, audit both.",
)
console = Console()
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


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
    """Run the command line. Exit codes: 0 done, 1 a check or an audit failed, 2 bad input, 130 interrupted."""
    try:
        app()
    except UserError as e:
        complaints.print(f"lejepa: {e}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        complaints.print("lejepa: interrupted")
        sys.exit(130)
    sys.exit(0)

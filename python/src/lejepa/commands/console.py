"""What every command prints with, and the options that many share."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from lejepa import tabular

console = Console(markup=False, emoji=False)
complaints = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)

Out = typer.Option(Path("results"), "--out", help="Folder of results.")
Device = typer.Option("auto", help="auto, cpu, cuda or cuda:N.")
Jobs = typer.Option(None, help="Processes; by default one per core.")
Json = typer.Option(False, "--json", help="Print JSON, and nothing else.")


def print_json(value: Any) -> None:
    """Print JSON; characters that the output lacks as JSON escapes them, so that none is lost."""
    print(json.dumps(value, indent=1, ensure_ascii=not tabular.has_all(console), allow_nan=False))


def show(table: Table) -> None:
    """Print a table whole."""
    tabular.show(table, console)

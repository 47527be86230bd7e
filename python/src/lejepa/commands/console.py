"""What every command prints with, and the options that many share."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

console = Console()
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

Out = typer.Option(Path("results"), "--out", help="Folder of results.")
Device = typer.Option("auto", help="auto, cpu, cuda or cuda:N.")
Jobs = typer.Option(None, help="Processes; by default one a core.")
Json = typer.Option(False, "--json", help="Print JSON, not a table.")


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))

"""The optional parts of the package, and the command that installs one."""

import os
import shlex
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

from lejepa.errors import CannotRun


def command(*requirements: str) -> str:
    """The command that installs packages beside the Python that runs."""
    here = Path(sys.executable)
    python = str(here.relative_to(Path.cwd())) if here.is_relative_to(Path.cwd()) else str(here)
    return shlex.join([python, "-m", "pip", "install", *requirements])


def get(extra: str) -> str:
    """The command that installs what an extra of the package consists of.

    It names the packages themselves: it needs neither a checkout nor the package in an index.
    """
    try:
        listed = [Requirement(text) for text in requires("lejepa") or []]
    except PackageNotFoundError:  # run from its sources alone
        return command(f"lejepa[{extra}]")
    wanted = [r for r in listed if r.marker and r.marker.evaluate({"extra": extra}) and not r.marker.evaluate()]
    return command(*(f"{r.name}{r.specifier}" for r in wanted if r.name != "lejepa"))


def missing(what: str, package: str | None, extra: str) -> CannotRun:
    """The error where the packages of an extra are not installed."""
    return CannotRun(f"{what}: expected the Python package {package}; `{get(extra)}` brings it")


def find_in_this_folder() -> None:
    """Let modules of the working folder be imported, where they are not found elsewhere."""
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())

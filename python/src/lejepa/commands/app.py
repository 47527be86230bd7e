"""A command line whose help wraps to the terminal."""

import re
from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import typer

F = TypeVar("F", bound=Callable[..., Any])


def paragraphs(text: str) -> str:
    """A docstring with each paragraph on one line: typer keeps line ends, also where the terminal is narrower."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(text))


class App(typer.Typer):
    """Commands that take their help from their docstrings."""

    def command(self, name: str | None = None, **given: Any) -> Callable[[F], F]:
        def register(function: F) -> F:
            help_text = paragraphs(function.__doc__ or "")
            return super(App, self).command(name, help=help_text, **given)(function)

        return register

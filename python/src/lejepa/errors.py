"""What commands exit with, and the errors that a user is meant to read.

`EXITS` is the one list of exit codes: `lejepa --help` and `docs/exit-codes.md` show it.
"""

import reprlib
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """The exit code of every command."""

    HELD = 0
    FELL_SHORT = 1
    WRONG_INPUT = 2
    CANNOT_RUN = 3
    INTERRUPTED = 130


EXITS = {
    Exit.HELD: "all held",
    Exit.FELL_SHORT: "something measured fell short",
    Exit.WRONG_INPUT: "wrong usage or input",
    Exit.CANNOT_RUN: "cannot run here: a dependency, device, tool or disk space is missing",
    Exit.INTERRUPTED: "interrupted; the same command resumes",
}


def brief(value: Any) -> str:
    """A value as it stands in a sentence, on one line: a long one loses its middle."""
    return " ".join(SHORT.repr(value).split())


def said(e: BaseException) -> str:
    """What an exception says, as it stands in a sentence: on one line, the first 200 characters."""
    return " ".join(str(e).split())[:200]


SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 80
SHORT.maxlist = SHORT.maxtuple = SHORT.maxdict = 6


class UserError(Exception):
    """Bad input: one sentence that names the input and what was expected. The command line prints it and exits with
    `code`. It is on one line, whatever the keys and names are that it quotes."""

    code = Exit.WRONG_INPUT

    def __str__(self) -> str:
        return " ".join(super().__str__().splitlines())


class CannotRun(UserError):
    """Nothing is wrong with the input, but this machine lacks what the work needs: one sentence that names it."""

    code = Exit.CANNOT_RUN

"""Standard output as it may be: of an encoding without ρ and ≤, or a pipe whose reader has left."""

import codecs
import os
import sys
from typing import Any, TextIO

from lejepa.plain import plain


def transliterate(error: UnicodeError) -> tuple[str, int]:
    """The handler of what an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end


class Patient:
    """A stream that drops what is written after its reader has left."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        try:
            return self.stream.write(text)
        except BrokenPipeError:
            leave(self.stream)
            return len(text)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except BrokenPipeError:
            leave(self.stream)


def leave(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def settle() -> None:
    """Make standard output and errors take any character, and a reader that leaves."""
    codecs.register_error("lejepa-plain", transliterate)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="lejepa-plain")
            setattr(sys, name, Patient(stream))

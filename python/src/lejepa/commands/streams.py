"""Standard output as it may be: of an encoding without ρ and ≤, or a pipe whose reader has left."""

import codecs
import os
import sys
import unicodedata
from typing import Any, TextIO

PLAIN = {"→": "->", "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "…": "...",
         "√": "sqrt", "∞": "inf", "‖": "||", "∼": "~", "≈": "~", "±": "+-", "«": '"', "»": '"', "“": '"', "”": '"',
         "’": "'", "‘": "'", "∈": " in ", "𝔼": "E", "∑": "sum", "∏": "prod", "•": "*"}  # fmt: skip


def plain(character: str) -> str:
    """A character in ASCII: `rho` for ρ, `^2` for ², the letter without its accent, or `?`."""
    if character in PLAIN:
        return PLAIN[character]
    name = unicodedata.name(character, "")
    if name.startswith("GREEK ") and " LETTER " in name:
        return name.split(" LETTER ")[1].split()[0].lower()
    parts = unicodedata.normalize("NFKD", character)
    letters = "".join(c if c.isascii() else PLAIN.get(c, "") for c in parts)
    if not letters:
        return "?"
    return ("^" if "SUPERSCRIPT" in name or "MODIFIER" in name else "_" if "SUBSCRIPT" in name else "") + letters


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
            self.leave()
            return len(text)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except BrokenPipeError:
            self.leave()

    def leave(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.stream.fileno())
        os.close(nowhere)


def settle() -> None:
    """Make standard output and errors take any character, and a reader that leaves."""
    codecs.register_error("lejepa-plain", transliterate)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="lejepa-plain")
            setattr(sys, name, Patient(stream))

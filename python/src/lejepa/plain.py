"""Texts in ASCII, for outputs that have no other characters."""

import unicodedata
from typing import Any

from rich.text import Text

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


def in_ascii(text: str) -> str:
    """A text in ASCII."""
    return "".join(c if c.isascii() else plain(c) for c in text)


def in_plain(cell: Any) -> Any:
    """A text in ASCII, its style kept, so that a table is laid out as it will look."""
    if isinstance(cell, str):
        return in_ascii(cell)
    return Text(in_ascii(cell.plain), cell.style) if isinstance(cell, Text) else cell

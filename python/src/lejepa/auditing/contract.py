"""Hold the sources against a contract: a Lean file whose theorems fix names and statements, proved by `sorry`.

Texts are compared, white space apart. A theorem of the contract that the sources lack is planned, not a fault; one that
the sources state otherwise is. Where Lean is at hand, `Lejepa/Contract.lean` compares meanings instead.
"""

import re
from pathlib import Path

from lejepa.auditing.sources import PACKAGE, lean_files, read

THEOREM = re.compile(r"\b(?:theorem|lemma)\s+(?P<name>\S+)(?P<rest>.*?)(?=:=)", re.S)
OPEN, CLOSE = "([{⦃", ")]}⦄"


def signature(text: str, start: int) -> str:
    """The binders and statement that follow a theorem's name at `start`: all up to its `:=` outside of brackets."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] in OPEN) - (text[i] in CLOSE)
        if depth == 0 and text.startswith(":=", i):
            return " ".join(text[start:i].split())
    return " ".join(text[start:].split())


def statements(file: Path) -> dict[str, str]:
    """Name, without its namespace, to signature, of each theorem in a Lean file."""
    text = read(file)
    return {m["name"].split(".")[-1]: signature(text, m.end("name")) for m in THEOREM.finditer(text)}


def differences(root: Path, contract: Path, package: str = PACKAGE) -> list[str]:
    """A sentence for each theorem that the sources state otherwise than the contract does."""
    wanted = statements(contract)
    found = []
    for file in lean_files(root, package):
        if file.stem == "Contract":
            continue
        for name, text in statements(file).items():
            if name in wanted and text != wanted[name]:
                where = file.relative_to(root)
                found.append(f"{where}: {name}: expected the contract's statement «{wanted[name]}», found «{text}»")
    return found

"""Hold the sources against a contract: a Lean file whose theorems fix names and statements, proved by `sorry`.

Texts are compared, white space apart: with the theorem of the same full name, or else with the only one of that last
name. A theorem of the contract that the sources lack is planned, not a fault; one that the sources state otherwise is.
Equal texts may mean different things where definitions differ: what definitions are held to is `checks/agreed.json`.
"""

from pathlib import Path

from lejepa.auditing import lean, sources
from lejepa.auditing.lean import Declaration, plain
from lejepa.auditing.sources import PACKAGE


def differences(root: Path, contract: Path, package: str = PACKAGE) -> list[str]:
    """A sentence for each theorem that the sources state otherwise than the contract does."""
    wanted = {d.name: d for d in lean.parse(sources.text_of(contract), str(contract)).declarations if d.is_theorem}
    declared = {name: d for name, d in sources.declarations(root, package).items() if d.is_theorem}
    last: dict[str, list[Declaration]] = {}
    for name, d in declared.items():
        last.setdefault(name.rpartition(".")[2], []).append(d)
    found = []
    for name, theirs in wanted.items():
        alike = last.get(name.rpartition(".")[2], [])
        ours = declared.get(name) or (alike[0] if len(alike) == 1 else None)
        if ours is not None and plain(ours.statement_code) != plain(theirs.statement_code):
            found.append(
                f"{ours.file}: {ours.name}: expected the contract's statement «{plain(theirs.statement_code)}», "
                f"found «{plain(ours.statement_code)}»"
            )
    return found

"""What is known of a theorem's proof, in one word.

- `compiled`: Lean compiled it here, and the axioms behind it are known and allowed;
- `recorded`: a Lean compiled it elsewhere, and the record in the repository is of the very sources that stand here;
- `stated`: its text is here, and no compilation of it is known;
- `planned`: its text is absent, or leans on what proves nothing: `sorry` and its kin, an axiom that is not allowed.

Only the first two count as proved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from lejepa.auditing.graph import Graph
from lejepa.auditing.lean import PROOFS, Declaration
from lejepa.auditing.ledger import Witness

State = Literal["compiled", "recorded", "stated", "planned"]
STATES: tuple[State, ...] = get_args(State)
PROVED: tuple[State, ...] = ("compiled", "recorded")
TRUSTED = frozenset({"propext", "Classical.choice", "Quot.sound"})


@dataclass(frozen=True)
class Proof:
    """What is known of a theorem's proof.

    axioms: those beyond Lean's own three that it rests on; None where no Lean said so. why: what keeps it from being
    proved, or who proved it and on what trust. faults: what Lean says against it.
    """

    state: State
    axioms: list[str] | None = None
    why: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        return self.state in PROVED


def judge(name: str, declared: Mapping[str, Declaration], graph: Graph, witness: Witness, allowed: set[str]) -> Proof:
    """What is known of the proof of the theorem `name`."""
    d = declared.get(name)
    if d is None:
        return Proof("planned", why=f"the sources have no theorem {name}")
    if not d.is_theorem:
        return Proof("planned", why=f"{name} is no theorem in the sources, but a declaration of kind {d.kind}")
    leaning = next((n for n in (name, *sorted(graph.behind(name))) if n not in allowed and declared[n].leans), None)
    axioms, faults = compiled(name, witness, allowed) if witness.book else (None, [])
    if leaning is not None:
        whose = "its text" if leaning == name else f"{leaning}, behind it,"
        return Proof("planned", axioms, f"{whose} leans on {', '.join(declared[leaning].leans)}", faults)
    if witness.book is None or witness.how is None:
        return Proof("stated", why="no compilation of it is known")
    if axioms is None:
        return Proof("stated", None, faults[0], faults)
    if faults:
        return Proof("planned", axioms, faults[0], faults)
    return Proof(witness.how, axioms, witness.words)


def compiled(name: str, witness: Witness, allowed: set[str]) -> tuple[list[str] | None, list[str]]:
    """The axioms behind a theorem beyond Lean's own three, as Lean told them, and what Lean says against it."""
    assert witness.book is not None
    where = witness.name
    entry = witness.book.declarations.get(name)
    if entry is None:
        return None, [f"it stands in the sources, and not in {where}"]
    if entry.kind not in PROOFS:
        return None, [f"it is a theorem in the sources, and of kind {entry.kind} in {where}"]
    axioms = sorted(set(entry.axioms) - TRUSTED)
    strange = [a for a in axioms if a not in allowed]
    return axioms, [f"its proof rests on {', '.join(strange)}"] if strange else []

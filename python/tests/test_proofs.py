"""What is known of a proof in one word, what an instance must be, and what a contract fixes."""

from pathlib import Path
from typing import Any

import pytest
from lejepa.auditing import contract, graph, instances, lean, proofs
from lejepa.auditing.lean import Declaration
from lejepa.auditing.ledger import Ledger, Witness
from lejepa.auditing.proofs import Proof
from lejepa.auditing.registry import Statement
from lejepa.errors import UserError

TEXT = """namespace Lejepa
axiom given : True
theorem good : True := trivial
theorem broken : True := by sorry
theorem resting : True := broken
theorem on_axiom : True := given
theorem uses_good : True := good
theorem uses_uses : True := uses_good
def number : Nat := 1
theorem assuming (n : Nat) : n = n := rfl
end Lejepa
"""


def declared(text: str = TEXT) -> dict[str, Declaration]:
    return {d.name: d for d in lean.parse(text, "F.lean").declarations if not d.hidden}


def witness(how: Any = "recorded", **entries: dict[str, Any]) -> Witness:
    """What Lean says: that all of it is proved on nothing, but for `entries`."""
    plain = {"kind": "theorem", "module": "F", "axioms": [], "uses": []}
    made = {n: plain | entries.get(n.rpartition(".")[2], {}) for n in declared()}
    book = Ledger.model_validate(
        {
            "lean": "Lean 4", "trust": "all of it, in this test", "date": "2026-01-02T03:04", "scope": "everything",
            "files": {"F.lean": "0" * 64}, "declarations": {n: e for n, e in made.items() if e.get("kind")},
        }
    )  # fmt: skip
    return Witness(book, how)


def judged(name: str, by: Witness, *allowed: str) -> Proof:
    return proofs.judge(f"Lejepa.{name}", declared(), graph.build(declared(), by), by, {f"Lejepa.{a}" for a in allowed})


@pytest.mark.parametrize(
    ("name", "allowed", "proof"),
    [
        ("good", (), Proof("stated", why="no compilation of it is known")),
        ("absent", (), Proof("planned", why="the sources have no theorem Lejepa.absent")),
        (
            "number",
            (),
            Proof("planned", why="Lejepa.number is no theorem in the sources, but a declaration of kind def"),
        ),
        ("broken", (), Proof("planned", why="its text leans on sorry")),
        ("resting", (), Proof("planned", why="Lejepa.broken, behind it, leans on sorry")),
        ("on_axiom", (), Proof("planned", why="Lejepa.given, behind it, leans on axiom")),
        ("on_axiom", ("given",), Proof("stated", why="no compilation of it is known")),
        ("uses_uses", (), Proof("stated", why="no compilation of it is known")),
    ],
)
def test_what_the_text_alone_tells(name: str, allowed: tuple[str, ...], proof: Proof) -> None:
    assert judged(name, Witness(), *allowed) == proof
    assert not proof.proved


@pytest.mark.parametrize(
    ("entry", "allowed", "state", "axioms", "faults"),
    [
        ({}, (), "recorded", [], []),
        ({"axioms": ["propext", "Classical.choice", "Quot.sound"]}, (), "recorded", [], []),
        ({"axioms": ["Quot.sound", "Lejepa.given"]}, ("given",), "recorded", ["Lejepa.given"], []),
        ({"axioms": ["b", "propext", "a"]}, (), "planned", ["a", "b"], ["its proof rests on a, b"]),
        (
            {"axioms": ["b", "Lejepa.given"]}, ("given",), "planned", ["Lejepa.given", "b"], ["its proof rests on b"],
        ),
        ({"kind": ""}, (), "stated", None, ["it stands in the sources, and not in records/lean.json"]),
        (
            {"kind": "def"}, (), "stated", None,
            ["it is a theorem in the sources, and of kind def in records/lean.json"],
        ),
        ({"kind": "lemma"}, (), "recorded", [], []),
    ],
)  # fmt: skip
def test_what_lean_tells(
    entry: dict[str, Any], allowed: tuple[str, ...], state: str, axioms: list[str] | None, faults: list[str]
) -> None:
    by = witness(good=entry)
    found = judged("good", by, *allowed)
    assert (found.state, found.axioms, found.faults) == (state, axioms, faults)
    assert found.why == (faults[0] if faults else by.words)
    assert found.proved == (state == "recorded")
    assert by.words == "recorded in records/lean.json on 2026-01-02 by Lean 4: all of it, in this test"


def test_compiled_here_is_proved_too_and_says_so() -> None:
    found = judged("good", witness("compiled"))
    assert (found.state, found.proved) == ("compiled", True)
    assert found.why.startswith("compiled here on 2026-01-02")
    assert judged("good", witness(None)).state == "stated"
    assert proofs.STATES == ("compiled", "recorded", "stated", "planned")


def test_a_text_that_leans_on_sorry_is_planned_whatever_lean_says() -> None:
    found = judged("broken", witness(broken={"axioms": ["sorryAx"]}))
    assert (found.state, found.axioms, found.why) == ("planned", ["sorryAx"], "its text leans on sorry")
    assert found.faults == ["its proof rests on sorryAx"]
    assert judged("good", witness(good={"uses": ["Lejepa.broken"]})).why == "Lejepa.broken, behind it, leans on sorry"


# Instances


def wrong(lean_name: str, required: bool = False, text: str = TEXT, **links: Any) -> list[str]:
    statement = Statement(
        lean=lean_name, title="A title", paper="nowhere", says="Something is so.", formula="x = x", checks=[],
        experiments=[], **links,
    )  # fmt: skip
    here = declared(text)
    return instances.faults(statement, here, graph.build(here, Witness()), required)


def test_an_instance_is_a_theorem_that_rests_on_the_statement() -> None:
    assert wrong("good", instances=["uses_good", "uses_uses"], outside=["assuming", "good"]) == []
    assert wrong("good", instances=["absent", "broken", "assuming", "number"], outside=["absent", "broken"]) == [
        "its instance absent is no theorem that the sources prove",
        "its instance broken is no theorem that the sources prove",
        "its instance assuming does not rest on it",
        "its instance number is no theorem that the sources prove",
        "its case outside absent is no theorem that the sources prove",
        "its case outside broken is no theorem that the sources prove",
    ]


NONE = ["it names no instance, a theorem that applies it where its hypotheses hold"]


def test_where_instances_are_required_only_what_assumes_nothing_goes_without() -> None:
    assert wrong("assuming", required=True) == NONE
    assert wrong("absent", required=True) == NONE
    assert wrong("assuming") == []
    assert wrong("assuming", required=True, refuted=True) == []
    applied = TEXT.replace("end Lejepa", "theorem applied : 1 = 1 := assuming 1\nend Lejepa")
    assert wrong("assuming", required=True, text=applied, instances=["applied"]) == []
    assert wrong("assuming", required=True, outside=["good"]) == NONE
    assert wrong("good", required=True) == []
    variable = TEXT.replace("theorem good", "variable (n : Nat)\ntheorem good")
    assert wrong("good", required=True, text=variable) == NONE
    opened = TEXT.replace("theorem good", "open Nat\ntheorem good")
    assert wrong("good", required=True, text=opened) == []
    assert wrong("good", required=True, text=TEXT.replace("good :", "good\n    :")) == []


# A contract


def differences(root: Path, wanted: str, ours: str) -> list[str]:
    (root / "Lejepa").mkdir(exist_ok=True)
    (root / "Lejepa" / "A.lean").write_text(ours)
    (root / "Contract.lean").write_text(wanted)
    return contract.differences(root, root / "Contract.lean")


@pytest.mark.parametrize(
    ("wanted", "ours", "named"),
    [
        ("theorem a : P := by sorry", "theorem a : P := q", None),
        ("theorem a :\n    P := by sorry", "theorem a : P := q", None),
        ("theorem a : P := by sorry", "theorem a : Q := q", "a"),
        ("theorem a : P := by sorry", "namespace N\ntheorem a : Q := q\nend N", "N.a"),  # the only one of that name
        ("namespace M\ntheorem a : P := by sorry\nend M", "namespace N\ntheorem a : Q := q\nend N", "N.a"),
        (
            "theorem a : P := by sorry",
            "namespace N\ntheorem a : Q := q\nend N\nnamespace M\ntheorem a : Q := q\nend M",
            None,  # of two, neither is known to be meant
        ),
        (
            "theorem N.a : P := by sorry",
            "namespace N\ntheorem a : Q := q\nend N\nnamespace M\ntheorem a : P := q\nend M",
            "N.a",
        ),
        ("theorem a : P := by sorry", "theorem b : Q := q", None),  # planned
        ("theorem a : P := by sorry", "def a : Q := q", None),
        ("def a : P := by sorry", "theorem a : Q := q", None),
        ("lemma a : P := by sorry", "theorem a : Q := q", "a"),
    ],
)
def test_a_contract_fixes_names_and_statements(tmp_path: Path, wanted: str, ours: str, named: str | None) -> None:
    assert differences(tmp_path, wanted, ours) == (
        [f"Lejepa/A.lean: {named}: expected the contract's statement «: P», found «: Q»"] if named else []
    )


def test_a_contract_is_held_against_the_package_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "Other").mkdir()
    (tmp_path / "Other" / "A.lean").write_text("theorem a : Q := q")
    assert differences(tmp_path, "theorem a : P := by sorry", "theorem a : P := q") == []
    (fault,) = contract.differences(tmp_path, tmp_path / "Contract.lean", "Other")
    assert fault.startswith("Other/A.lean: a: ")
    with pytest.raises(UserError, match=r"None\.lean: expected a Lean file in UTF-8, but it can't be read"):
        contract.differences(tmp_path, tmp_path / "None.lean")

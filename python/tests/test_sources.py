"""Reading Lean: what is declared, and what is forbidden."""

from pathlib import Path

import pytest
from lejepa.auditing import sources
from lejepa.errors import UserError

TEXT = """module
/-! theorem not_this : sorry -/
@[expose] public section
namespace A.B
/-- A docstring: theorem nor_this. /- nested -/ sorry -/
@[simp] theorem one {x : Nat} : x = x := rfl -- sorry
section S
private lemma hidden : True := trivial
noncomputable def two.three (n : Nat) : String := "sorry \\" theorem four"
end S
protected theorem five
    : True := by
  sorry
end B
theorem _root_.C.six : True := trivial
open Nat in
theorem seven' : True := trivial
omit [Foo] in theorem eight₀ : True := trivial
end A
instance : Inhabited Nat := ⟨0⟩
axiom nine : False
"""


def found(text: str) -> dict[str, sources.Declaration]:
    return {d.name: d for d in sources.declarations_of(sources.blank(text), "F.lean")}


def test_names_are_resolved() -> None:
    assert list(found(TEXT)) == [
        "A.B.one",
        "A.B.two.three",
        "A.B.five",
        "C.six",
        "A.seven'",
        "A.eight₀",
        "nine",
    ]


def test_only_code_counts() -> None:
    declared = found(TEXT)
    assert [name for name, d in declared.items() if d.has_sorry] == ["A.B.five"]
    assert declared["A.B.one"].proves
    assert not declared["A.B.five"].proves
    assert not declared["nine"].proves
    assert declared["A.B.five"].line == 11


def test_statement_proof_and_docstring_are_told_apart() -> None:
    text = TEXT + "/-- What `f` does. -/\ndef f (n : Nat := 1) : Nat :=\n  n -- as is\n\nvariable (x : Nat)\n"
    d = {d.name: d for d in sources.declarations_of(sources.blank(text), "F.lean", text)}["f"]
    assert (d.doc, d.statement, d.proof) == ("What `f` does.", "def f (n : Nat := 1) : Nat", ":=\n  n")
    assert found(TEXT)["A.B.one"].namespace == "A.B"


def test_variables_before_a_declaration_are_its_own() -> None:
    text = "variable {n : Nat}\n  (h : 0 < n)\n\ntheorem t : n ≠ 0 := by omega\nvariable (m : Nat)\n"
    assert found(text)["t"].variables == "variable {n : Nat}\n  (h : 0 < n)"


def test_notations_are_followed(tmp_path: Path) -> None:
    (tmp_path / "Lejepa").mkdir()
    text = 'def law : Nat := 1\nscoped notation "γ" => law\ntheorem t : γ = 1 := rfl\ntheorem u : True := trivial\n'
    (tmp_path / "Lejepa" / "F.lean").write_text(text)
    declared = sources.declarations(tmp_path)
    assert declared["t"].notation == "law"
    assert declared["u"].notation == ""


def test_blank_keeps_places() -> None:
    blanked = sources.blank(TEXT)
    assert len(blanked) == len(TEXT)
    assert blanked.count("\n") == TEXT.count("\n")


def test_forbidden_words(tmp_path: Path) -> None:
    (tmp_path / "Lejepa" / "Scratch").mkdir(parents=True)
    (tmp_path / "Lejepa" / "F.lean").write_text(TEXT + "theorem t : 1 = 1 := by native_decide\n")
    (tmp_path / "Lejepa" / "Scratch" / "G.lean").write_text("sorry")
    assert [(f.word, f.line) for f in sources.forbidden(tmp_path)] == [
        ("sorry", 13),
        ("axiom", 21),
        ("native_decide", 22),
    ]


def test_a_stray_end_is_one_sentence() -> None:
    with pytest.raises(UserError, match=r"F\.lean:1: expected a scope"):
        found("end A\n")

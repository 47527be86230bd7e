"""Reading the text of a Lean file: names, scopes, statements, and what Lean would not read."""

import pytest
from lejepa.auditing import lean
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


def found(text: str) -> dict[str, lean.Declaration]:
    return {d.name: d for d in lean.parse(text, "F.lean").declarations}


def public(text: str) -> dict[str, lean.Declaration]:
    return {n: d for n, d in found(text).items() if not d.hidden}


def test_names_are_resolved() -> None:
    assert list(public(TEXT)) == ["A.B.one", "A.B.two.three", "A.B.five", "C.six", "A.seven'", "A.eight₀", "nine"]
    assert [n for n, d in found(TEXT).items() if d.hidden] == ["A.B.hidden", "«instance : Inhabited Nat»"]


def test_only_code_counts() -> None:
    declared = public(TEXT)
    assert [name for name, d in declared.items() if d.leans] == ["A.B.five", "nine"]
    assert declared["A.B.one"].proves
    assert not declared["A.B.five"].proves
    assert not declared["nine"].proves
    assert declared["A.B.five"].line == 11


def test_statement_proof_and_docstring_are_told_apart() -> None:
    text = TEXT + "/-- What `f` does. -/\ndef f (n : Nat := 1) : Nat :=\n  n -- as is\n\nvariable (x : Nat)\n"
    d = public(text)["f"]
    assert (d.doc, d.statement, d.proof) == ("What `f` does.", "def f (n : Nat := 1) : Nat", ":=\n  n")
    assert public(TEXT)["A.B.one"].namespace == "A.B"


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("theorem t : let x := 1; x = 1 := rfl", ": let x := 1; x = 1"),
        (
            "theorem t :\n    let x := 1\n    have y : Nat := x\n    y = 1 := rfl",
            ": let x := 1 have y : Nat := x y = 1",
        ),
        ("theorem t (h : let x := 1; x = 1) : True := trivial", "(h : let x := 1; x = 1) : True"),
        ("theorem t (a := 1) : a = a := by\n  let b := a\n  rfl", "(a := 1) : a = a"),
        ("theorem t : (fun x ↦ let y := x; y) 1 = 1 := rfl", ": (fun x ↦ let y := x; y) 1 = 1"),
        ("theorem t (x : ℝ) :\n    |x| =\n    |x| := rfl", "(x : ℝ) : |x| = |x|"),
        ("theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | _ + 1 => rfl", ": ∀ n : Nat, n = n"),
        ("theorem t (c : Char) : c = '(' ∨ c ≠ '(' := em _", "(c : Char) : c = '(' ∨ c ≠ '('"),
        ("theorem t : f '' s = s := by simp", ": f '' s = s"),
        ("theorem t : f = do let s ← get; set s; return s := rfl", ": f = do let s ← get; set s; return s"),
        ("theorem t {f : α} :\n    #v[].scanl f = #v[f] := by simp", "{f : α} : #v[].scanl f = #v[f]"),
        ("theorem t (hlet : P) : hlet = letter := rfl", "(hlet : P) : hlet = letter"),
    ],
)
def test_where_a_statement_ends(text: str, statement: str) -> None:
    assert lean.plain(found(text)["t"].statement_code) == statement


def test_commands_in_force_are_those_of_the_scopes_that_are_open() -> None:
    text = (
        "open Nat\nvariable {n : Nat}\n  (h : 0 < n)\nsection\nvariable (gone : False)\nend\n"
        "namespace A\ninclude h\nset_option maxHeartbeats 1 in\nomit [Foo] in\nopen Int in\n"
        "/-- Doc. -/\ntheorem t : n ≠ 0 := by omega\nend A\nvariable (later : False)\n"
    )
    d = found(text)["A.t"]
    expected = ("open Nat", "variable {n : Nat} (h : 0 < n)", "include h", "omit [Foo]", "open Int")
    assert d.context == expected
    assert d.opened == ("Nat", "Int")
    assert d.doc == "Doc."
    assert found(text + "theorem u : True := trivial")["u"].context == (
        "open Nat",
        "variable {n : Nat} (h : 0 < n)",
        "variable (later : False)",
    )


def test_a_command_on_the_line_of_another_counts() -> None:
    text = "namespace A\nopen Int in theorem t : True := trivial\nend A\n"
    assert found(text)["A.t"].context == ("open Int",)


def test_open_in_a_proof_is_no_command() -> None:
    text = "theorem t : True ∧ True := by\n  open Nat in\n  constructor\n  · trivial\n  · trivial\n"
    text += "theorem u : True := .intro\n"
    declared = found(text)
    assert declared["t"].proof.count("trivial") == 2
    assert declared["u"].context == ()


def test_what_changes_how_text_is_read_is_kept() -> None:
    text = (
        'local notation "γ" => law\ninfixl:65 " ⊕ " => plus\nattribute [local instance] Classical.dec\n'
        "attribute [simp] one\nmacro_rules | `(x) => `(y)\nopen Nat\nexport A (b)\n"
    )
    assert [(r.word, r.tokens) for r in lean.parse(text, "F.lean").readings] == [
        ("notation", ("γ",)),
        ("infixl", ("⊕",)),
        ("attribute", ()),
        ("macro_rules", ()),
        ("export", ()),
    ]


def test_blank_keeps_places() -> None:
    for strings in (True, False):
        blanked = lean.blank(TEXT, strings)
        assert len(blanked) == len(TEXT)
        assert blanked.count("\n") == TEXT.count("\n")
    assert "four" not in lean.blank(TEXT)
    assert "four" in lean.blank(TEXT, strings=False)
    assert lean.blank('x "a\\"b" \'"\' y') == "x \"    \" ' ' y"
    assert lean.blank('r"\\" x "y"') == 'r" " x " "'
    assert lean.blank("/- never closed\nsorry") == "               \n     "


def test_a_stray_end_is_one_sentence() -> None:
    with pytest.raises(UserError, match=r"F\.lean:1: expected a scope"):
        found("end A\n")

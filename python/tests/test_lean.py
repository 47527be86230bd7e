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
        ("theorem t : let x := 1; let y := 2; x = y := rfl", ": let x := 1; let y := 2; x = y"),
        ("theorem t : haveI h := i; letI k := h; P := q", ": haveI h := i; letI k := h; P"),
        ("theorem t : let_fun x := 1; x = 1 := rfl", ": let_fun x := 1; x = 1"),
        ("theorem t : f = (do s ← get; g) := rfl", ": f = (do s ← get; g)"),
        ("theorem t : f = do s ← get := rfl", ": f = do s ← get"),
        ("def t : Group Nat where\n  one := 1", ": Group Nat"),
        ("def t : Nat → Nat\n  | 0 => let x := 1; x\n  | n => n\n  | m => m", ": Nat → Nat"),
        ("theorem t : f (match n with\n  | 0 => 1\n  | _ => 2) = 1 := rfl", ": f (match n with | 0 => 1 | _ => 2) = 1"),
        ("theorem t : ⟨1, ‹n = 1›⟩ = ⟪a := 1⟫ := rfl", ": ⟨1, ‹n = 1›⟩ = ⟪a := 1⟫"),
        ("theorem t {x := 1} ⦃y := 2⦄ [z := 3] : x = y := rfl", "{x := 1} ⦃y := 2⦄ [z := 3] : x = y"),
        ("structure t where\n  a : Nat := 1", "where a : Nat := 1"),
        ("class inductive t : Type\n  | a : t\n  | b : t", ": Type | a : t | b : t"),
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
    assert lean.blank('r#"\\"# sorry r##"a"#"## x -- "') == 'r#" "# sorry r##"   "## x     '
    assert lean.blank('bar"\\"sorry" x') == 'bar"       " x'
    assert lean.blank('s!"a{by sorry}" "a{by sorry}"') == 's!"a{by sorry}" "           "'
    assert lean.blank('«--» sorry «"» sorry «/-» x') == '«--» sorry «"» sorry «/-» x'
    assert lean.blank("/- never closed\nsorry") == "               \n     "


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        ("'x'y", "' 'y"),
        ("('x')", "(' ')"),
        ("'\\n' '\\'' '\\x41' '\\u{3b1}' '\\u03b1'", "'  ' '  ' '    ' '       ' '      '"),
        ("a'x' _'x' b!'x' c?'x' d''x'", "a'x' _'x' b!'x' c?'x' d''x'"),  # the end of a name
        ('r"\\" x', 'r" " x'),  # in a raw string a backslash is one
        ('(r"\\" x', '(r" " x'),
        ('r"\\\\" x "y"', 'r"  " x " "'),
        ('ar"\\"x" y', 'ar"   " y'),  # a name before a string that is not raw
        ('_r"\\"x" y', '_r"   " y'),
        ('!r"\\"x" y', '!r"   " y'),
        ('"\\\\" x', '"  " x'),
        ('"a\nb" x', '" \n " x'),
        ("a --b\nc --d", "a    \nc    "),
        ("--\nx", "  \nx"),
        ("a /- b /- c -/\nd -/ e", "a             \n     e"),
        ("a /-- b -/ c - d / e", "a          c - d / e"),
        ('-- "\nx', "    \nx"),
        ('"--" x', '"  " x'),
    ],
)
def test_what_is_blanked(text: str, blanked: str) -> None:
    assert lean.blank(text) == blanked
    assert lean.blank(f"{text}\n1") == f"{blanked}\n1"


def test_strings_and_characters_may_be_kept() -> None:
    text = '\'x\' "a\\"b" r"\\" -- \'c\'\n'
    assert lean.blank(text, strings=False) == '\'x\' "a\\"b" r"\\"       \n'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("end A\n", "F.lean:1"),
        ("\nnamespace A\nend A\nend A\n", "F.lean:4"),
        ("namespace A\nend A.B\n", "F.lean:2"),
        ("section\nend\nend", "F.lean:3"),
    ],
)
def test_a_stray_end_is_one_sentence(text: str, name: str) -> None:
    with pytest.raises(UserError) as caught:
        found(text)
    assert str(caught.value) == f"{name}: expected a scope for this `end` to close"


def test_scopes_close_as_they_were_opened() -> None:
    text = (
        "namespace A.B\ndef one := 1\nend B\ndef two := 2\nsection S.T\nnamespace C\ndef three := 3\nend C\nend S.T\n"
        "mutual\ndef four := 4\nend\nend A\nnamespace D.E\nend D.E\ndef five := 5\n"
    )
    assert {n: d.namespace for n, d in found(text).items()} == {
        "A.B.one": "A.B", "A.two": "A", "A.C.three": "A.C", "A.four": "A", "five": "",
    }  # fmt: skip


def test_commands_end_with_the_section_that_they_stand_in() -> None:
    text = (
        "universe u\nsection\nopen Nat\nend\ntheorem a : P := q\nopen Int in\ntheorem b : P := q\ntheorem c : P := q\n"
        "open Rat in\nattribute [simp] a\ntheorem d : P := q\nopen Real in\nsection\ntheorem e : P := q\nend\n"
        "set_option maxRecDepth 5\nset_option linter.all false\nset_option a.b true\ntheorem f : P := q\n"
    )
    assert {n: d.context for n, d in found(text).items()} == {
        "a": ("universe u",),
        "b": ("universe u", "open Int"),
        "c": ("universe u",),
        "d": ("universe u",),
        "e": ("universe u",),
        "f": ("universe u", "set_option a.b true"),
    }


def test_what_is_opened_is_named_once() -> None:
    text = "open Nat Int.Lemmas\nopen scoped Rat Nat\nopen Real in\ntheorem t : True := trivial\n"
    assert found(text)["t"].opened == ("Nat", "Int.Lemmas", "Rat", "Real")


@pytest.mark.parametrize(
    ("text", "kind", "name", "hidden"),
    [
        ("class inductive c : Type\n  | a : c", "class", "c", False),
        ("class abbrev c := d", "class", "c", False),
        ("@[simp, instance] def i : C := j", "instance", "i", False),
        ("@[instances] def i : C := j", "def", "i", False),
        ("@[instance] theorem i : C := j", "theorem", "i", False),
        ("instance i : C := j", "instance", "i", False),
        ("instance : C := j", "instance", "«instance : C»", True),
        ("instance {α}\n    (x : α) : C := j", "instance", "«instance {α} (x : α) : C»", True),
        ("@[simp]\nprivate lemma «a b».c : P := q", "lemma", "«a b».c", True),
        ("private noncomputable def d := 1", "def", "d", True),
        ("protected def d := 1", "def", "d", False),
        ("theorem\n  long_name : P := q", "theorem", "long_name", False),
    ],
)
def test_kinds_and_names(text: str, kind: str, name: str, hidden: bool) -> None:
    (d,) = lean.parse(text, "F.lean").declarations
    assert (d.kind, d.name, d.hidden) == (kind, name, hidden)


@pytest.mark.parametrize(
    "text", ["@[simp]\ntheorem t : P := q", "theorem\n  t : P\n  := q", "\nopen Nat in\ndef t := 1", "def t := 1\n"]
)
def test_its_line_is_that_of_its_name(text: str) -> None:
    (d,) = lean.parse(text, "F.lean").declarations
    assert (d.file, d.line) == ("F.lean", text[: text.index(" t ") + 1].count("\n") + 1)


def test_an_example_and_what_has_no_name_declare_nothing() -> None:
    assert found("example : 1 = 1 := rfl\nexample (n : Nat) : n = n := rfl\ndef : Nat := 1\n") == {}


def test_a_namespace_is_that_of_an_instance_without_a_name_too() -> None:
    text = "namespace A\ninstance : C := j\ndef _root_.B.c := 1\nend A\n"
    assert {n: d.namespace for n, d in found(text).items()} == {"A.«instance : C»": "A", "B.c": "A"}


def test_all_that_a_declaration_is_read_into() -> None:
    text = (
        "/-- Not this. -/\ndef other := 0\n\nopen Nat in\n/-- Doc\nof two lines. -/\n@[simp]\n"
        "protected theorem t -- so\n"
        '    (s := "a") : P := by\n  exact q -- end\n\n-- after\ndef next := 0\n'
    )
    d = found(text)["t"]
    assert (d.doc, d.line, d.leans) == ("Doc\nof two lines.", 8, ())
    assert d.statement.startswith("open Nat in\n/-- Doc")
    assert d.statement.endswith('@[simp]\nprotected theorem t -- so\n    (s := "a") : P')
    assert d.proof == ":= by\n  exact q"
    assert d.text == ('open Nat in\n\n@[simp]\nprotected theorem t -- so\n    (s := "a") : P := by\n  exact q')
    assert lean.plain(d.code) == '(s := "a") : P := by exact q'
    assert lean.plain(d.statement_code) == '(s := "a") : P'
    assert found(text)["other"].doc == "Not this."
    assert found(text)["next"].doc == ""


def test_the_docstring_is_the_last_before_it() -> None:
    assert found("/-- One. -/\n/-- Two. -/\ndef d := 1")["d"].doc == "Two."
    assert found("/-- One. -/\nopen Nat in\ndef d := 1")["d"].doc == "One."
    assert found("/-- One. -/\nopen Nat\ndef d := 1")["d"].doc == ""


def test_an_option_in_force_is_what_a_theorem_leans_on() -> None:
    text = "set_option debug.skipKernelTC true\nset_option debug.byAsSorry true in\ntheorem a : P := q\n"
    assert found(text)["a"].leans == ("debug.*",)
    assert found("open debug.x\ntheorem a : P := q")["a"].leans == ()
    assert found("theorem a : P := q\nset_option debug.byAsSorry true")["a"].leans == ()


def test_nothing_is_read_after_exit() -> None:
    assert list(found("def a := 1\n  #exit\ndef b := 2")) == ["a"]
    assert list(found("def a := 1 open Nat #exit\ndef b := 2")) == ["a"]
    assert list(found('def a := "#exit"\ndef b := 2 -- #exit\ndef c := «#exit»\ndef d := 3')) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("  open Nat in\n  exact p", ["t", "v"]),
        ("  open Nat in exact p", ["t", "v"]),
        ("  set_option a.b true in\n  omega", ["t", "v"]),
        ("  open Nat in theorem u : P := q", ["t", "u", "v"]),
        ("  open Nat in\n  theorem u : P := q", ["t", "u", "v"]),
        ("  open Nat in\n\n  open Int in\n  theorem u : P := q", ["t", "u", "v"]),
        ("  #eval 1", ["t", "v"]),
        ("#eval 1", ["t", "v"]),
    ],
)
def test_commands_and_tactics_are_told_apart(command: str, names: list[str]) -> None:
    assert list(found(f"theorem t : P := by\n{command}\ntheorem v : P := q\n")) == names


@pytest.mark.parametrize(
    ("command", "proof"),
    [
        ("  open Nat in\n  exact p", ":= by\n  open Nat in\n  exact p"),
        ("  open Nat in exact p", ":= by\n  open Nat in exact p"),
        ("  open Nat in\n  -- so\n  exact theorem_of p", ":= by\n  open Nat in\n  -- so\n  exact theorem_of p"),
        ("  exact f\n    #v[1]", ":= by\n  exact f\n    #v[1]"),
        ("  exact f\n    #x", ":= by\n  exact f\n    #x"),
        ("  exact f\n  open Nat", ":= by\n  exact f"),
        ("  exact f\n  variable (x : P) in", ":= by\n  exact f"),
        ("  exact f\n#check t", ":= by\n  exact f"),
        ("  exact f\nopen Nat in", ":= by\n  exact f"),
    ],
)
def test_a_proof_ends_at_the_next_command(command: str, proof: str) -> None:
    assert found(f"theorem t : P := by\n{command}")["t"].proof == proof
    if not command.endswith(" in"):
        assert found(f"theorem t : P := by\n{command}\ndef d := 1\n")["t"].proof == proof


def test_imports_are_read_wherever_they_stand() -> None:
    text = "module import A import all B.«C».D public\n meta import\n«E.F».G -- import H\n"
    assert lean.parse(text, "F.lean").imports == [("A", 1), ("B.«C».D", 1), ("«E.F».G", 3)]
    assert [lean.path_of(m) for m in ("A", "B.«C».D", "«E.F».G")] == ["A.lean", "B/C/D.lean", "E.F/G.lean"]


def test_imports_have_their_lines() -> None:
    text = "module\n\npublic import A.B -- so\nimport C\nimport all D.E\n/- import F -/\n"
    assert lean.parse(text, "F.lean").imports == [("A.B", 3), ("C", 4), ("D.E", 5)]


def test_all_that_a_reading_is_read_into() -> None:
    text = (
        "/-- No. -/\ndef a := 1\n\n/-- A law. -/\n@[inherit_doc]\n"
        'scoped notation  "γ " x -- so\n    " δ" "" => law x\n\n'
        '-- after\nopen Nat in\nlocal infixl:65 "⊕" => plus\n'
    )
    made = lean.parse(text, "F.lean")
    assert made.name == "F.lean"
    first, second = made.readings
    assert (first.word, first.file, first.tokens, first.line) == ("notation", "F.lean", ("γ", "δ"), 6)
    assert first.text == 'scoped notation "γ " x " δ" "" => law x'
    assert first.written == '@[inherit_doc]\nscoped notation  "γ " x -- so\n    " δ" "" => law x'
    assert first.doc == "A law."
    assert (second.word, second.tokens, second.doc) == ("infixl", ("⊕",), "")
    assert second.written == 'local infixl:65 "⊕" => plus'

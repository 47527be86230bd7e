"""Which definitions a reader must read before the statements, in which order, and how many lines they have."""

from pathlib import Path
from typing import Any

import pytest
from lejepa.auditing import definitions, sources
from lejepa.auditing.definitions import Definitions
from lejepa.auditing.ledger import Ledger

BASE = """module
namespace Lejepa
/-- What everything rests on. -/
def unit : Nat := 1

section
variable (k : Nat)
/-- Twice a number.
It has two lines of documentation. -/
def twice (n : Nat) : Nat :=
  -- a line with only a comment

  n + n * unit * k /- and one
  that goes on -/
end

/-- A size. -/
class Size (α : Type) where
  /-- The size itself. -/
  size : α → Nat

instance : Size Nat := ⟨twice 1⟩

@[inherit_doc] scoped notation "double" => twice 1

private def secret : Nat := 3
def onlyInProof : Nat := 5
def unrelated : Nat := 7
instance : Size Bool := ⟨fun _ ↦ 0⟩
scoped notation "single" => unrelated
notation "five" => 5
"""
TOP = """module
import Lejepa.Base
namespace Lejepa
open Nat in
def early (n : Nat) : Nat := double n
theorem onlyUsed : onlyInProof = 5 := rfl
open Nat
variable (m : Nat)
/-- The headline. -/
theorem headline : Size.size (1 : Nat) + m = double 1 + m := by
  have : onlyInProof = five := onlyUsed
  rfl
theorem second : early 2 = 4 := rfl
theorem bare : 1 + 1 = 2 := rfl
end Lejepa
"""
# What Lean would say, written by hand: the constants that each names.
NAMES = {
    "Lejepa.unit": [],
    "Lejepa.twice": ["Lejepa.unit", "Lejepa.twice.match_1"],
    "Lejepa.twice.match_1": [],
    "Lejepa.Size": [],
    "Lejepa.Size.size": ["Lejepa.Size"],
    "Lejepa.instSizeNat": ["Lejepa.Size", "Lejepa.twice"],
    "Lejepa.early": ["Lejepa.twice"],
    "_private.Lejepa.Base.0.Lejepa.secret": [],
}
TYPES = {
    "Lejepa.headline": ["Lejepa.Size.size", "Lejepa.instSizeNat", "Lejepa.twice"],
    "Lejepa.second": ["Lejepa.early"],
    "Lejepa.bare": [],
    "Lejepa.onlyUsed": ["Lejepa.onlyInProof"],
}
HEADLINES = ("Lejepa.headline", "Lejepa.second", "Lejepa.bare")
INSTANCE = "Lejepa.«instance : Size Nat» (Lejepa/Base.lean)"
OTHER_INSTANCE = "Lejepa.«instance : Size Bool» (Lejepa/Base.lean)"
DOUBLE = "Lejepa/Base.lean:24"
LINES = {  # counted by hand; `twice` has the line of its `variable`, its own first line and its body
    "Lejepa.unit": 1,
    "Lejepa.twice": 3,
    "Lejepa.Size": 2,
    INSTANCE: 1,
    DOUBLE: 1,
    "Lejepa.early": 2,
}


def package(root: Path, **texts: str) -> sources.Package:
    for name, text in ({"Base": BASE, "Top": TOP} | texts).items():
        path = root / "Lejepa" / f"{name}.lean"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return sources.load(root)


def book(types: dict[str, list[str]] = TYPES, names: dict[str, list[str]] = NAMES, line: int | None = 22) -> Ledger:
    made = names | {"Lejepa.onlyInProof": []}
    theorems = {
        n: {"kind": "theorem", "module": "Lejepa.Top", "axioms": [], "uses": [], "type": {"digest": "1", "names": t}}
        for n, t in types.items()
    }
    instance: dict[str, Any] = {"kind": "def", "module": "Lejepa.Base", "axioms": [], "uses": []}
    if line is not None:
        instance |= {"file": "Lejepa/Base.lean", "line": line}
    return Ledger.model_validate(
        {
            "lean": "Lean 4.0.0-sample",
            "trust": "nothing was compiled for this test",
            "scope": "everything",
            "date": "2026-01-01T00:00:00+00:00",
            "files": {"Lejepa/Base.lean": "0" * 64},
            "declarations": theorems | {"Lejepa.instSizeNat": instance},
            "constants": {n: {"digest": "1", "names": list(used)} for n, used in made.items()},
        }
    )


@pytest.fixture
def told(tmp_path: Path) -> Definitions:
    return definitions.of(package(tmp_path), book(), HEADLINES)


@pytest.fixture
def read(tmp_path: Path) -> Definitions:
    return definitions.of(package(tmp_path), None, HEADLINES)


def test_what_lean_told_is_listed_and_nothing_else(told: Definitions) -> None:
    assert set(told.all) == set(LINES)
    assert told.made == []
    assert told.from_text == []


def test_a_lemma_and_a_definition_that_only_a_proof_uses_are_not_listed(told: Definitions, read: Definitions) -> None:
    for found in (told, read):
        assert not {"Lejepa.onlyUsed", "Lejepa.onlyInProof", "Lejepa.unrelated"} & set(found.all)
        assert not [d for d in found.listed if d.name in ("single", "five")]


def test_without_lean_the_text_tells_and_rather_too_much(told: Definitions, read: Definitions) -> None:
    assert set(read.all) == set(told.all) | {OTHER_INSTANCE}
    assert read.from_text == list(HEADLINES)


def test_a_theorem_of_which_lean_told_nothing_is_read(tmp_path: Path) -> None:
    partial = {n: t for n, t in TYPES.items() if n != "Lejepa.second"}
    found = definitions.of(package(tmp_path), book(partial), HEADLINES)
    assert found.from_text == ["Lejepa.second"]
    assert "Lejepa.early" in found.behind["Lejepa.second"]
    assert found.behind["Lejepa.bare"] == []


def test_each_stands_after_those_that_it_uses_and_those_of_the_first_statement_come_first(
    told: Definitions, read: Definitions
) -> None:
    for found in (told, read):
        order = list(found.all)
        for key, d in found.all.items():
            assert all(order.index(used) < order.index(key) for used in d.uses), key
        assert order[-1] == "Lejepa.early"
    assert list(told.all) == ["Lejepa.unit", "Lejepa.twice", "Lejepa.Size", INSTANCE, DOUBLE, "Lejepa.early"]
    assert told.all[INSTANCE].uses == ("Lejepa.Size", "Lejepa.twice")
    assert told.all[DOUBLE].uses == ("Lejepa.twice",)
    assert told.all["Lejepa.early"].uses == ("Lejepa.twice", DOUBLE)


def test_a_name_in_the_text_that_leads_further_on_does_not_turn_the_order(tmp_path: Path) -> None:
    """In a text, `first` may seem to speak of `Later.first`, which stands in a file that it does not import."""
    base = "module\nnamespace Lejepa\ndef first (n : Nat) : Nat := n.later\n"
    top = (
        "module\nimport Lejepa.Base\nnamespace Lejepa\ndef Other.later : Nat := first 1\n"
        "theorem headline : first 1 = Other.later := rfl\n"
    )
    found = definitions.of(package(tmp_path, Base=base, Top=top), None, HEADLINES)
    assert found.all["Lejepa.first"].uses == ("Lejepa.Other.later",)
    assert list(found.all) == ["Lejepa.first", "Lejepa.Other.later"]


def test_each_statement_has_its_own_part(told: Definitions) -> None:
    assert told.behind == {
        "Lejepa.headline": ["Lejepa.unit", "Lejepa.twice", "Lejepa.Size", INSTANCE, DOUBLE],
        "Lejepa.second": ["Lejepa.unit", "Lejepa.twice", DOUBLE, "Lejepa.early"],
        "Lejepa.bare": [],
    }
    assert told.count(told.behind["Lejepa.second"]) == 7
    assert told.context["Lejepa.headline"] == ("variable (m : Nat)",)
    assert told.opened["Lejepa.headline"] == ("open Nat",)


def test_the_lines_are_counted(told: Definitions) -> None:
    assert {key: d.lines for key, d in told.all.items()} == LINES
    assert told.lines == 10


def test_the_text_is_that_of_the_sources(told: Definitions) -> None:
    assert told.all["Lejepa.twice"].code.startswith(
        "variable (k : Nat)\ndef twice (n : Nat) : Nat :=\n  -- a line with"
    )
    assert told.all["Lejepa.twice"].doc == "Twice a number.\nIt has two lines of documentation."
    assert told.all["Lejepa.Size"].text.endswith("/-- The size itself. -/\n  size : α → Nat")
    assert told.all[DOUBLE].text == '@[inherit_doc] scoped notation "double" => twice 1'
    assert told.all[DOUBLE].name == "double"
    assert told.all[INSTANCE].text == "instance : Size Nat := ⟨twice 1⟩"
    early = told.all["Lejepa.early"]
    assert early.code == "open Nat in\ndef early (n : Nat) : Nat := double n"
    assert early.opened == ()


def test_a_docstring_after_a_command_that_ends_in_in_stays_apart_from_the_text(tmp_path: Path) -> None:
    top = TOP.replace("open Nat in\ndef early", "open Nat in\n/-- Early. -/\ndef early")
    early = definitions.of(package(tmp_path, Top=top), book(), HEADLINES).all["Lejepa.early"]
    assert early.doc == "Early."
    assert "Early" not in early.text
    assert early.lines == 2


def test_a_private_definition_is_found_in_its_file(tmp_path: Path) -> None:
    types = TYPES | {"Lejepa.bare": ["_private.Lejepa.Base.0.Lejepa.secret"]}
    found = definitions.of(package(tmp_path), book(types), HEADLINES)
    assert found.behind["Lejepa.bare"] == ["Lejepa.secret (Lejepa/Base.lean)"]
    assert found.all["Lejepa.secret (Lejepa/Base.lean)"].anchor == "Lejepa/Base.lean:26"


def test_what_has_no_text_is_named_and_not_passed_over(tmp_path: Path) -> None:
    """An instance whose place Lean could not tell, even where its namespace is that of a definition."""
    found = definitions.of(package(tmp_path), book(line=None), HEADLINES)
    assert found.made == ["Lejepa.instSizeNat"]
    names = NAMES | {"Lejepa.Size.instSize": [], "Lejepa.derived": []}
    types = TYPES | {"Lejepa.bare": ["Lejepa.Size.instSize", "Lejepa.derived"]}
    found = definitions.of(package(tmp_path), book(types, names), HEADLINES)
    assert found.made == ["Lejepa.Size.instSize", "Lejepa.derived"]
    assert found.behind["Lejepa.bare"] == []


def test_a_notation_whose_token_means_something_else_is_not_listed(tmp_path: Path) -> None:
    """`double` stands in the text, but Lean told that the statement does not rest on what it stands for."""
    types = TYPES | {"Lejepa.headline": ["Lejepa.Size"], "Lejepa.second": []}
    found = definitions.of(package(tmp_path), book(types), HEADLINES)
    assert set(found.all) == {"Lejepa.Size"}


def test_a_notation_is_spoken_of_where_one_of_its_tokens_stands(tmp_path: Path) -> None:
    """`over` may be left out, and is: what the macro stands for is still told."""
    base = BASE + 'macro "total" n:term ("over" term)? : term => `(twice $n)\n'
    top = TOP.replace("bare : 1 + 1 = 2", "bare : total 1 = 2")
    types = TYPES | {"Lejepa.bare": ["Lejepa.twice"]}
    for told in (book(types), None):
        found = definitions.of(package(tmp_path, Base=base, Top=top), told, ("Lejepa.bare",))
        assert found.all["Lejepa/Base.lean:32"].uses == ("Lejepa.twice",)
        assert found.all["Lejepa/Base.lean:32"].name == "total over"


def test_an_axiom_is_listed_with_what_it_speaks_of(tmp_path: Path) -> None:
    base = BASE + "axiom trusted : unrelated = 7\n"
    found = definitions.of(package(tmp_path, Base=base), book(), HEADLINES, ["Lejepa.trusted"])
    assert [d.key for d in found.axioms] == ["Lejepa.trusted"]
    assert "Lejepa.unrelated" in [d.key for d in found.listed]
    assert found.all["Lejepa.trusted"].uses == ("Lejepa.unrelated",)
    assert found.lines == 10 + 1  # the axiom's own line is not that of a definition


def test_a_statement_that_the_sources_lack_is_passed_over(tmp_path: Path) -> None:
    found = definitions.of(package(tmp_path), None, ("Lejepa.absent", "Lejepa.bare"))
    assert found.behind == {"Lejepa.bare": []}
    assert found.all == {}


def test_files_that_import_each_other_are_still_read(tmp_path: Path) -> None:
    found = definitions.of(
        package(tmp_path, Base=BASE.replace("module\n", "module\nimport Lejepa.Top\n")), None, HEADLINES
    )
    assert "Lejepa.early" in found.all


def test_a_notation_speaks_of_those_definitions_alone_that_count(tmp_path: Path) -> None:
    """Lean told of one of the two that its text names."""
    base = BASE + 'notation "pair" => twice 1 + unrelated\n'
    top = TOP.replace("bare : 1 + 1 = 2", "bare : pair = 2")
    types = TYPES | {"Lejepa.bare": ["Lejepa.twice"]}
    found = definitions.of(package(tmp_path, Base=base, Top=top), book(types), ("Lejepa.bare",))
    assert found.all["Lejepa/Base.lean:32"].uses == ("Lejepa.twice",)
    assert list(found.all) == ["Lejepa.unit", "Lejepa.twice", "Lejepa/Base.lean:32"]


def test_a_part_of_a_private_or_a_nested_name_leads_to_what_made_it(tmp_path: Path) -> None:
    """A field, a constructor or a matcher is told by the definition that its name begins with."""
    names = NAMES | {
        "_private.Lejepa.Base.0.Lejepa.secret.match_1": [],
        "_private.Lejepa.Other.0.Lejepa.secret": [],
        "Lejepa.twice._proof_1.more": [],
        "Nat.other": [],
    }
    types = TYPES | {"Lejepa.bare": [n for n in names if n not in NAMES]}
    found = definitions.of(package(tmp_path), book(types, names), ("Lejepa.bare",))
    secret = "Lejepa.secret (Lejepa/Base.lean)"
    assert set(found.behind["Lejepa.bare"]) == {"Lejepa.twice", secret}
    assert found.made == ["Nat.other", "_private.Lejepa.Other.0.Lejepa.secret"]
    assert definitions.prefixes("a.b.c") == ["a.b.c", "a.b", "a"]


def test_a_definition_says_what_it_is_and_where(told: Definitions) -> None:
    size, instance, double = (told.all[k] for k in ("Lejepa.Size", INSTANCE, DOUBLE))
    assert (size.key, size.kind, size.name, size.file, size.line) == (
        "Lejepa.Size", "class", "Lejepa.Size", "Lejepa/Base.lean", 18,
    )  # fmt: skip
    assert (size.anchor, size.doc, size.context, size.opened) == ("Lejepa.Size", "A size.", (), ())
    assert (instance.name, instance.anchor, instance.kind) == ("instance : Size Nat", "Lejepa/Base.lean:22", "instance")
    assert (double.kind, double.anchor, double.line, double.doc) == ("notation", DOUBLE, 24, "")
    assert told.origins == dict.fromkeys(HEADLINES, "elaborated")
    assert (told.context["Lejepa.bare"], told.opened["Lejepa.bare"]) == (("variable (m : Nat)",), ("open Nat",))


def test_files_come_after_those_that_they_import(tmp_path: Path) -> None:
    texts = {
        "A": "import Lejepa.C\n",
        "B": "",
        "C": "import Lejepa.D\nimport Mathlib\n",
        "D": "",
        "E": "import Lejepa.A\n",
    }
    for name, text in texts.items():
        (tmp_path / "Lejepa").mkdir(exist_ok=True)
        (tmp_path / "Lejepa" / f"{name}.lean").write_text(text)
    assert definitions.import_order(sources.load(tmp_path)) == [f"Lejepa/{n}.lean" for n in "BDCAE"]
    (tmp_path / "Lejepa" / "D.lean").write_text("import Lejepa.E\n")
    assert definitions.import_order(sources.load(tmp_path)) == [f"Lejepa/{n}.lean" for n in "ABCDE"]

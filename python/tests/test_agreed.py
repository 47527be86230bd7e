"""What was agreed: a change of meaning is found, as elaborated and as text, and what changes nothing is not."""

import shutil
from pathlib import Path

import pytest
from audited import CONSTANTS, Project
from lejepa.auditing import agreed, ledger, registry, sources
from lejepa.auditing.lean import parse
from lejepa.auditing.meaning import Meanings
from lejepa.auditing.sources import Package
from lejepa.files import repository

LEAF = {"digest": "3", "names": []}
PLANNING = """module
namespace Lejepa
open Nat
/-- A problem. -/
structure Problem where
  stage : Nat → Nat
  final : Nat → Nat
/-- What only `costSeen` speaks of. -/
private def start : Nat := 0
def hidden (n : Nat) : Nat := n + start
def Problem.costSeen (P : Problem) (n : Nat) : Nat := hidden (P.stage n)
def unrelated : Nat := 5
namespace Problem
structure IsLipschitz (P : Problem) : Prop where
  stage : ∀ n, P.stage n ≤ n
  final : ∀ n, P.final n ≤ n
end Problem
class Cost (α : Type) where
  cost : α → Nat
instance : Cost Problem := ⟨fun P ↦ P.final 0⟩
instance : Cost Nat := ⟨id⟩
notation "κ" => Problem.costSeen
section
variable (gone : unrelated = 5)
end
variable {P : Problem} (hP : P.IsLipschitz)
include hP
open Int in
theorem one_add_one (n : Nat) : let m := n; P.costSeen m ≤ m := by
  exact hP.stage n
theorem by_cost (Q : Problem) : Cost.cost Q = Q.final 0 := rfl
theorem by_notation (Q : Problem) : κ Q 0 = κ Q 0 := rfl
end Lejepa
"""

ROOT = repository(Path(__file__).parent)

# what is planted: old text, new text, and a part of the sentence that names it
CHANGED = {
    "a definition reached by a dot": ("hidden (P.stage n)", "0", "the definition Lejepa.Problem.costSeen has changed"),
    "a structure reached through a variable": (
        "final : ∀ n, P.final n ≤ n",
        "final : False",
        "the definition Lejepa.Problem.IsLipschitz has changed",
    ),
    "a definition behind a definition": ("n + start", "n + start + 1", "the definition Lejepa.hidden has changed"),
    "a private definition behind that": (
        "start : Nat := 0",
        "start : Nat := 1",
        "the definition Lejepa.start (Lejepa/Sum.lean) has changed",
    ),
    "what follows a let in the statement": (
        "P.costSeen m ≤ m",
        "P.costSeen m ≤ m + 1",
        "one_add_one has changed: agreed «(n : Nat) : let m := n; P.costSeen m ≤ m», "
        "found «(n : Nat) : let m := n; P.costSeen m ≤ m + 1»",
    ),
    "a variable before it": (
        "(hP : P.IsLipschitz)",
        "(hP : P.IsLipschitz) (h : False)",
        "the commands in force there have changed: «variable {P : Problem} (hP : P.IsLipschitz)», "
        "«variable {P : Problem} (hP : P.IsLipschitz) (h : False)»",
    ),
    "what is included": ("include hP\n", "", "the commands in force there have changed: «include hP»"),
    "what is omitted": ("open Int in", "omit [Foo] in\nopen Int in", "have changed: «omit [Foo]»"),
    "what is opened": ("open Int in\n", "", "have changed: «open Int»"),
    "the variables of a definition": (
        "def hidden",
        "variable (h : 0 < 1)\ndef hidden",
        "the definition Lejepa.hidden has changed",
    ),
}
SAME = {
    "a proof": ("exact hP.stage n", "exact (hP.stage n)"),
    "a comment": ("open Nat", "open Nat -- or so"),
    "white space": ("P.costSeen m ≤ m", "P.costSeen m\n      ≤ m"),
    "a definition that it does not speak of": ("unrelated : Nat := 5", "unrelated : Nat := 6"),
    "a variable of a section that is closed": ("(gone : unrelated = 5)", "(gone : unrelated = 6)"),
    "an option of the kind that means nothing": ("open Int in", "set_option maxHeartbeats 100 in\nopen Int in"),
    "its place": ("namespace Lejepa", "\n\nnamespace Lejepa"),
}


@pytest.fixture
def planning(project: Project) -> Project:
    project.lean.write_text(PLANNING)
    project.agree()
    return project


def faults(p: Project) -> list[str]:
    package = sources.load(p.root)
    book = ledger.witness(p.root, p.out).book
    return agreed.faults(p.root, registry.load(p.root).statement, package, book)


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_meaning_is_named(planning: Project, name: str) -> None:
    old, new, sentence = CHANGED[name]
    before = agreed.statement_digest(planning.root, "one_add_one")
    planning.edit(planning.lean, old, new)
    found = faults(planning)
    assert any(sentence in fault for fault in found), found
    assert agreed.statement_digest(planning.root, "one_add_one") != before


@pytest.mark.parametrize("name", SAME)
def test_what_changes_no_meaning_is_no_fault(planning: Project, name: str) -> None:
    before = agreed.statement_digest(planning.root, "one_add_one")
    planning.edit(planning.lean, *SAME[name])
    assert faults(planning) == []
    assert agreed.statement_digest(planning.root, "one_add_one") == before


def behind(text: str, name: str) -> set[str]:
    file = parse(text, "Lejepa/Sum.lean")
    public = {d.name: d for d in file.declarations if not d.hidden}
    package = Package("Lejepa", [file], public, [d for d in file.declarations if d.hidden], file.readings)
    return set(Meanings(package).behind(public[name]))


def test_an_instance_without_a_name_is_behind_what_it_may_serve() -> None:
    found = behind(PLANNING, "Lejepa.by_cost")
    assert "Lejepa.«instance : Cost Problem» (Lejepa/Sum.lean)" in found
    assert "Lejepa.Cost" in found
    assert not [name for name in behind(PLANNING, "Lejepa.one_add_one") if "instance" in name]


def test_what_an_instance_takes_need_not_be_named() -> None:
    text = PLANNING.replace("section\n", "instance (P : Problem) : Cost String := ⟨String.length⟩\nsection\n", 1)
    text += "theorem Lejepa.by_class (α : Type) [Lejepa.Cost α] : True := trivial\n"
    assert "Lejepa.«instance (P : Problem) : Cost String» (Lejepa/Sum.lean)" in behind(text, "Lejepa.by_class")


def test_names_are_those_of_the_namespace_whatever_the_theorem_is_called() -> None:
    text = PLANNING.replace("end Lejepa\n", "theorem _root_.Other.t : unrelated = 5 := rfl\nend Lejepa\n")
    assert "Lejepa.unrelated" in behind(text, "Other.t")


def test_a_notation_is_behind_what_it_stands_in() -> None:
    found = behind(PLANNING, "Lejepa.by_notation")
    assert 'notation "κ" => Problem.costSeen (Lejepa/Sum.lean)' in found
    assert {"Lejepa.Problem.costSeen", "Lejepa.hidden", "Lejepa.start (Lejepa/Sum.lean)"} <= found


def test_what_changes_how_every_text_is_read_is_behind_all() -> None:
    text = PLANNING.replace("section\n", "macro_rules | `(0) => `(1)\nsection\n", 1)
    for name in ("Lejepa.one_add_one", "Lejepa.by_cost"):
        assert "macro_rules | `(0) => `(1) (Lejepa/Sum.lean)" in behind(text, name)


# As elaborated


def test_a_statement_is_agreed_as_elaborated_where_lean_said_so(project: Project) -> None:
    project.write_record()
    project.agree()
    (entry,) = agreed.read(project.root).values()
    assert entry.elaborated is not None
    assert (entry.elaborated.lean, entry.elaborated.type) == ("Lean 4.0.0-sample", "11")
    assert entry.elaborated.constants == {"Lejepa.more": "5", "Lejepa.twice": "7"}  # and what twice itself names
    assert faults(project) == []
    found = agreed.statement_digest(project.root, "one_add_one")
    assert found is not None
    assert found[1] == "elaborated"


@pytest.mark.parametrize(
    ("header", "changes", "sentence"),
    [
        ({}, {"type": {"digest": "12", "names": ["Lejepa.twice"]}}, "one_add_one has changed, as elaborated"),
        (
            {
                "constants": {
                    "Lejepa.twice": {"digest": "7", "names": ["Lejepa.more"]},
                    "Lejepa.more": {"digest": "6", "names": []},
                }
            },
            {},
            "as elaborated: the definition Lejepa.more has changed",
        ),
        (
            {"constants": {"Lejepa.twice": {"digest": "7", "names": []}, "Lejepa.more": {"digest": "5", "names": []}}},
            {},
            "as elaborated: the definition Lejepa.more is no longer behind it",
        ),
        (
            {"constants": {**CONSTANTS, "Lejepa.more": {"digest": "5", "names": ["Lejepa.new"]}, "Lejepa.new": LEAF}},
            {},
            "as elaborated: the definition Lejepa.new is new behind it",
        ),
    ],
)
def test_a_change_that_only_lean_sees_is_named(
    project: Project, header: dict[str, object], changes: dict[str, object], sentence: str
) -> None:
    project.write_record()
    project.agree()
    before = agreed.statement_digest(project.root, "one_add_one")
    project.write_record(header=header, **changes)
    found = faults(project)
    assert any(sentence in fault for fault in found), found
    assert agreed.statement_digest(project.root, "one_add_one") != before


def test_what_lean_elaborates_alike_is_no_fault_whatever_its_text(project: Project) -> None:
    project.write_record()
    project.agree()
    project.edit(project.lean, "twice 1 = 2", "(twice 1) = 2")
    assert any("has changed: agreed" in fault for fault in faults(project))  # the record is refused, text is compared
    project.write_record()
    assert faults(project) == []


def test_what_another_lean_elaborated_is_compared_as_text(project: Project) -> None:
    project.write_record()
    project.agree()
    project.write_record(header={"lean": "Lean 5"}, type={"digest": "12", "names": []})
    assert faults(project) == []
    package, statements = sources.load(project.root), registry.load(project.root).statement
    book = ledger.witness(project.root, None).book
    assert agreed.ways(project.root, statements, package, book) == {"one_add_one": "text"}


def test_a_file_of_another_form_is_one_sentence(project: Project) -> None:
    (project.root / agreed.FILE).write_text('{"one_add_one": {"statement": ": 1 = 1"}}')
    with pytest.raises(agreed.UserError, match=r"agreed\.json: expected what `lejepa sources --agree` writes"):
        faults(project)


def test_this_project_is_as_agreed() -> None:
    root = ROOT
    entries = registry.load(root)
    package = sources.load(root, entries.project.package)
    assert agreed.faults(root, entries.statement, package, ledger.witness(root, None).book) == []


# planted in this project's own sources: file, old text, new text, and the statement and definition that are named
PLANTED = {
    "reached by a dot": (
        "Planning/Approximate.lean",
        "∑ t : Fin T, ∫⁻ z, P.stageCost t (h z)",
        "0 * ∑ t : Fin T, ∫⁻ z, P.stageCost t (h z)",
        "cost_le_of_costSeen_le",
        "Lejepa.ControlProblem.costSeen",
    ),
    "reached through a variable": (
        "Planning/Approximate.lean",
        "final : ∀ z z', P.finalCost z ≤ P.finalCost z' + L * eucl z z'",
        "final : False",
        "costSeen_le_of_invariant",
        "Lejepa.ControlProblem.IsLipschitz",
    ),
    "behind what IsWhite extends": (
        "Objective.lean",
        "mean_eq_zero : ∀ i, ∫ z, h z i ∂μ = 0",
        "mean_eq_zero : ∀ i, ∫ z, h z i ∂μ = 1",
        "le_alignment_of_isWhite",
        "Lejepa.IsCentred",
    ),
    "behind a definition and a notation": (
        "World.lean",
        "gaussianReal 0 1",
        "gaussianReal 0 2",
        "hasSum_alignment",
        "Lejepa.stdGaussian",
    ),
    "with its variables": (
        "Planning/Through.lean",
        "[MeasurableSpace A] {T : ℕ}",
        "[MeasurableSpace A] {T : ℕ} (h : False)",
        "cost_of_invariant",
        "Lejepa.ControlProblem.through",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_definition_of_this_project_does_not_change_unseen(tmp_path: Path, name: str) -> None:
    for part in ("Lejepa", "checks"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "Lejepa.lean", tmp_path)
    file, old, new, statement, definition = PLANTED[name]
    path = tmp_path / "Lejepa" / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    found = agreed.faults(tmp_path, registry.load(tmp_path).statement, sources.load(tmp_path))
    assert (
        f"{statement} may mean another thing, as text: the definition {definition} has changed since it was agreed"
        in found
    )

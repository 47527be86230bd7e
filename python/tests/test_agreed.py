"""What was agreed: a change of meaning is found, as elaborated and as text, and what changes nothing is not."""

import json
import shutil
from pathlib import Path

import pytest
from audited import CONSTANTS, Project
from lejepa.auditing import agreed, ledger, registry, sources
from lejepa.auditing.lean import parse
from lejepa.auditing.meaning import Meanings, conclusion
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


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("(n : Nat) [h : Cost α] : Cost (List α)", " Cost (List α)"),
        (" {α : Type} ⦃b : α⦄ : (x : α) → P x", " (x : α) → P x"),
        ("foo ⟨a : b⟩ : C", " C"),
        ("Cost Nat := ⟨id⟩", "Cost Nat := ⟨id⟩"),
        ("(n : Nat) := (n : Int)", "(n : Nat) := (n : Int)"),
        (": Cost Nat", " Cost Nat"),
        ("", ""),
    ],
)
def test_the_conclusion_follows_the_first_colon_outside_of_brackets(code: str, expected: str) -> None:
    assert conclusion(code) == expected


def text_of(*commands: str) -> str:
    return "\n".join(("module", "namespace Lejepa", *commands, "end Lejepa", ""))


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (("def a : Nat := 0", "theorem t : b = 0 := rfl"), set()),
        (("def a : Nat := 0", "theorem t : a = 0 := rfl"), {"Lejepa.a"}),
        # of several namespaces every one that is open counts: that of the theorem, those around, those opened
        (
            ("def a : Nat := 0", "namespace N", "def a : Nat := 1", "end N", "theorem N.t : a = 0 := rfl"),
            {"Lejepa.a", "Lejepa.N.a"},
        ),
        (
            ("namespace N", "def a : Nat := 1", "end N", "open N in", "theorem t : a = 0 := rfl"),
            {"Lejepa.N.a"},
        ),
        (("namespace N", "def a : Nat := 1", "end N", "theorem t : a = 0 := rfl"), set()),
        (
            ("namespace N", "def a : Nat := 1", "end N", "export N (a)", "theorem t : a = 0 := rfl"),
            {"Lejepa.N.a"},
        ),
        # names at the root, and those beside a theorem that is named from there
        (("def _root_.a : Nat := 0", "theorem t : a = 0 := rfl"), {"a"}),
        (("def _root_.O.a : Nat := 0", "theorem O.t : a = 0 := rfl"), set()),
        # the longest beginning of a dotted name that is one, and anything whose last name follows a dot
        (
            ("def a : Nat := 0", "def a.b : Nat := 0", "def c : Nat := 0", "theorem t : a.b.c = 0 := rfl"),
            {"Lejepa.a.b", "Lejepa.c"},
        ),
        (("def P.c : Nat := 0", "def c' : Nat := 0", "theorem t : (f x).c = 0 := rfl"), {"Lejepa.P.c"}),
        (("def P.c : Nat := 0", "theorem t : .c = 0 := rfl"), {"Lejepa.P.c"}),
        (("def P.c : Nat := 0", "theorem t : c = 0 := rfl"), set()),
        # what a theorem proves is behind nothing, nor is the theorem itself
        (("theorem a : 1 = 1 := rfl", "theorem t : a = a := rfl"), set()),
    ],
)
def test_what_a_name_may_be(commands: tuple[str, ...], expected: set[str]) -> None:
    name = next(c.split()[1] for c in reversed(commands) if c.startswith("theorem"))
    assert behind(text_of(*commands), f"Lejepa.{name}") == expected


def test_a_theorem_named_from_the_root_has_its_own_namespace() -> None:
    text = text_of("def _root_.O.a : Nat := 0", "theorem _root_.O.t : a = 0 := rfl")
    assert behind(text, "O.t") == {"O.a"}


def test_a_private_definition_is_of_its_file() -> None:
    """Two files have one of the same name: each theorem means its own."""
    files = [parse(text_of("private def a : Nat := 0", f"theorem t{i} : a = 0 := rfl"), f"Lejepa/{i}.lean")
             for i in (1, 2)]  # fmt: skip
    declared = {d.name: d for f in files for d in f.declarations if not d.hidden}
    hidden = [d for f in files for d in f.declarations if d.hidden]
    meanings = Meanings(Package("Lejepa", files, declared, hidden, [r for f in files for r in f.readings]))
    for i in (1, 2):
        assert list(meanings.behind(declared[f"Lejepa.t{i}"])) == [f"Lejepa.a (Lejepa/{i}.lean)"]


def test_a_notation_may_use_another_and_its_own_token_is_none() -> None:
    commands = (
        "def a : Nat := 0",
        "def b : Nat := 0",
        'notation "κ" => a + λ₁',
        'notation "λ₁" => b',
        'notation "μ₁" => κ',
        "theorem t : κ = 0 := rfl",
        "theorem u : λ₁ = 0 := rfl",
    )
    one, two = (behind(text_of(*commands), f"Lejepa.{name}") for name in "tu")
    second = 'notation "λ₁" => b (Lejepa/Sum.lean)'
    assert one == {"Lejepa.a", "Lejepa.b", 'notation "κ" => a + λ₁ (Lejepa/Sum.lean)', second}
    assert two == {"Lejepa.b", second}


def test_what_changes_every_text_brings_what_it_names() -> None:
    commands = ("def a : Nat := 0", "macro_rules | `(0) => `(a)", "theorem t : 1 = 1 := rfl")
    assert behind(text_of(*commands), "Lejepa.t") == {"Lejepa.a", "macro_rules | `(0) => `(a) (Lejepa/Sum.lean)"}


def test_one_token_of_a_notation_is_enough() -> None:
    notation = 'notation "⟪" x ", " y "⟫₂" => a x y'
    text = text_of("def a (x y : Nat) : Nat := x", notation, "theorem t : ⟪1 = 1 := rfl")
    assert behind(text, "Lejepa.t") == {"Lejepa.a", f"{notation} (Lejepa/Sum.lean)"}


def test_an_instance_does_not_need_itself() -> None:
    """Its own last name follows a dot in its conclusion; the theorem names the class alone."""
    commands = (
        "structure A where",
        "class C.size (α : Type) where",
        "namespace N",
        "instance size : C.size A := ⟨⟩",
        "end N",
        "open C in",
        "theorem t (x : A) [size A] : x = x := rfl",
    )
    assert behind(text_of(*commands), "Lejepa.t") == {"Lejepa.A", "Lejepa.C.size", "Lejepa.N.size"}


def test_a_reading_is_named_by_its_first_sixty_characters() -> None:
    rule = "macro_rules | `(0) => `(1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)"
    assert f"{rule[:60]} (Lejepa/Sum.lean)" in behind(text_of(rule, "theorem t : 1 = 1 := rfl"), "Lejepa.t")


def test_an_instance_by_a_notation_is_behind_what_has_all_that_it_names() -> None:
    commands = (
        "class C (α : Type) where",
        "  c : α",
        "structure A where",
        "structure B where",
        'notation "κ" => B',
        "instance : C A := ⟨⟨⟩⟩",
        "instance : C κ := ⟨⟨⟩⟩",
        "theorem t (x : A) : C.c = x := rfl",
        "theorem u (x : B) : C.c = x := rfl",
        "theorem v (x : A) : x = x := rfl",
    )
    text = text_of(*commands)
    first, second = (f"Lejepa.«instance : C {x}» (Lejepa/Sum.lean)" for x in "Aκ")
    of_t, of_u, of_v = (behind(text, f"Lejepa.{name}") for name in "tuv")
    assert {n for n in of_t if "instance" in n} == {first}
    assert {n for n in of_u if "instance" in n} == {second}
    assert of_v == {"Lejepa.A"}


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


def test_a_statement_of_another_package_has_its_digest(project: Project) -> None:
    """The package is named by the registry: its sources and its record are read, by any name, as it says."""
    project.write_record()
    before = agreed.statement_digests(project.root)
    assert before["one_add_one"][1] == "elaborated"
    for part in ("Lejepa", "Lejepa.lean"):
        if (project.root / part).exists():
            (project.root / part).rename(project.root / part.replace("Lejepa", "Other"))
    for path in (project.root / "Other" / "Sum.lean", project.registry):
        path.write_text(
            path.read_text().replace("Lejepa", "Other").replace("[project]", '[project]\npackage = "Other"')
        )
    after = agreed.statement_digests(project.root)
    assert list(after) == ["one_add_one"]
    assert after["one_add_one"] == (agreed.statement_digest(project.root, "one_add_one") or ())
    assert after["one_add_one"][1] == "text"  # the record is of the package of the old name
    record = json.loads((project.root / ledger.RECORD).read_text().replace("Lejepa", "Other"))
    record["files"] = ledger.digests(project.root, "Other")
    (project.root / ledger.RECORD).write_text(json.dumps(record))
    assert agreed.statement_digests(project.root)["one_add_one"][1] == "elaborated"


def test_the_statement_itself_is_named_before_what_is_behind_it(planning: Project) -> None:
    planning.edit(planning.lean, "n + start", "n + start + 1")
    planning.edit(planning.lean, "P.costSeen m ≤ m", "P.costSeen m ≤ m + 1")
    planning.edit(planning.lean, "include hP\n", "")
    found = [fault for fault in faults(planning) if fault.startswith("one_add_one")]
    assert [fault.partition(":")[0] for fault in found] == [
        "one_add_one has changed",
        "one_add_one may mean another thing",
    ] + ["one_add_one may mean another thing, as text"] * (len(found) - 2)
    assert len(found) > 2
    assert "the commands in force there have changed" in found[1]


def test_the_elaborated_statement_is_named_before_what_is_behind_it(project: Project) -> None:
    project.write_record()
    project.agree()
    constants = {**CONSTANTS, "Lejepa.more": {"digest": "6", "names": []}}
    project.write_record(header={"constants": constants}, type={"digest": "12", "names": ["Lejepa.twice"]})
    first, second = faults(project)
    assert first.startswith("one_add_one has changed, as elaborated: agreed «")
    assert second.startswith("one_add_one may mean another thing, as elaborated: the definition Lejepa.more")


def test_what_is_lost_or_new_is_named(planning: Project) -> None:
    package, statements = sources.load(planning.root), registry.load(planning.root).statement
    assert agreed.write(planning.root, statements, package) == 1
    assert agreed.faults(planning.root, [], package) == ["one_add_one was agreed, and the registry has lost it"]
    planning.edit(planning.lean, "theorem one_add_one", "theorem one_add_two")
    assert faults(planning) == [
        "one_add_one was agreed, and the sources no longer state it as a theorem with a proof of its own"
    ]
    more = [*statements, statements[0].model_copy(update={"lean": "by_cost"})]
    assert agreed.faults(planning.root, more, package) == [
        "by_cost is stated and not agreed; `lejepa sources --agree` does that"
    ]
    assert agreed.ways(planning.root, more, package, None) == {"one_add_one": "text"}
    (planning.root / agreed.FILE).unlink()
    assert agreed.read(planning.root) == {}
    assert faults(planning) == [
        "checks/agreed.json is missing: no statement is held to a text; `lejepa sources --agree` writes it"
    ]


def test_commands_in_another_order_are_named(planning: Project) -> None:
    planning.edit(planning.lean, "open Nat\n", "open Nat\nopen Function\n")
    planning.agree()
    planning.edit(planning.lean, "open Nat\nopen Function\n", "open Function\nopen Nat\n")
    assert "one_add_one may mean another thing: the commands in force there have changed: their order" in faults(
        planning
    )


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


@pytest.mark.parametrize(
    ("old", "new"), [("One and one are two.", "Three and one make two."), ("1 + 1 = 2'", "3 + 1 = 2'")]
)
def test_words_that_the_registry_changes_are_named(project: Project, old: str, new: str) -> None:
    def faults() -> list[str]:
        return agreed.faults(project.root, registry.load(project.root).statement, sources.load(project.root))

    assert faults() == []
    project.edit(project.registry, old, new)
    before, after = (words.strip("'") for words in (old, new))
    said = f"the registry says another thing of one_add_one than was agreed: agreed «{before}», found «{after}»"
    assert faults() == [said]

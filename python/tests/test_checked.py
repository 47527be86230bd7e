"""What the audit makes of a check's result: fresh only while all that made it, and what it speaks of, is the same."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audited import Project
from lejepa import provenance
from lejepa.auditing import agreed, checks, registry
from lejepa.auditing.checks import Checked
from lejepa.checking import mutate, running
from lejepa.checking.results import Task
from lejepa.files import digest, read_json, write_json


def checked(project: Project) -> Checked:
    (found,) = checks.join(project.root, project.out).values()
    return found


def test_a_fresh_result_has_no_fault(project: Project) -> None:
    assert checked(project).faults == []


def edit_check(project: Project) -> None:
    project.edit(project.check, "class Sum:", "X = 1\nclass Sum:")


def edit_import(project: Project) -> None:
    """The check imports a file beside it, which then changes; only the check's own digest is made anew between."""
    beside = project.check.parent / "beside.py"
    beside.write_text("X = 1\n")
    project.check.write_text("import beside\n" + project.check.read_text())
    project.write_check()
    project.write_mutants()
    assert checked(project).faults == []
    beside.write_text("X = 2\n")


def edit_statement(project: Project) -> None:
    project.edit(project.lean, "twice 1 = 2", "twice 1 = 1 + 1")


def edit_definition(project: Project) -> None:
    project.edit(project.lean, "n + n", "n + n + 0")


def edit_says(project: Project) -> None:
    project.edit(project.registry, "One and one are two.", "One and one are two, they say.")


def edit_formula(project: Project) -> None:
    project.edit(project.registry, "1 + 1 = 2", "1 + 1 = 3")


STALE: list[tuple[Callable[[Project], None], str]] = [
    (edit_check, "its file or what it imports has changed"),
    (edit_import, "its file or what it imports has changed"),
    (edit_statement, "the Lean statement has changed"),
    (edit_definition, "the Lean statement has changed"),
    (edit_says, "what the registry says of the statement has changed"),
    (edit_formula, "what the registry says of the statement has changed"),
]


@pytest.mark.parametrize(("edit", "says"), STALE, ids=[e.__name__ for e, _ in STALE])
def test_what_makes_a_result_stale(project: Project, edit: Callable[[Project], None], says: str) -> None:
    edit(project)
    assert any("is stale" in f and says in f for f in checked(project).faults), checked(project).faults


def test_an_experiment_of_the_statement_does_not(project: Project) -> None:
    project.edit(project.registry, 'title = "A sum"', 'title = "The sum"')
    assert checked(project).faults == []


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"digits": 1}, "run at 1 digits, and 50 are asked for"),
        ({"digits": 49}, "run at 49 digits"),
        ({"verdict": "undecided"}, "is undecided"),
        ({"statement": "another"}, "says that it tests another"),
        ({"agreed_kind": "elaborated"}, "known as elaborated then, and is known by its text now"),
        ({"agreed": None, "agreed_kind": None}, "not stated then"),
    ],
)
def test_a_result_that_is_not_enough(project: Project, entry: dict[str, Any], says: str) -> None:
    project.write_check(**entry)
    assert any(says in f for f in checked(project).faults)


def test_more_digits_are_enough(project: Project) -> None:
    project.write_check(digits=80)
    assert checked(project).faults == []


def test_a_result_of_an_older_format_is_stale(project: Project) -> None:
    path = project.out / "checks.json"
    old = read_json(path)
    for name in ("entry", "agreed", "agreed_kind"):
        del old["checks"][0][name]
    write_json(path, old)
    assert any("is stale" in f for f in checked(project).faults)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"missed": [{"part": "claim", "fault": "sign", "text": "-x"}]}, "misses 1 of the faults"),
        ({"trivial": [{"part": "claim", "fault": "sign", "text": "-x", "fate": "missed"}]}, "misses 1 of the faults"),
        ({"broken": "the case {} is violated"}, "say nothing: the case {} is violated"),
        ({"source": "0" * 16}, "score of its check sums.Sum is stale"),
    ],
)
def test_a_score_that_is_not_enough(project: Project, entry: dict[str, Any], says: str) -> None:
    project.write_mutants(**entry)
    assert any(says in f for f in checked(project).faults)


def test_scores_are_shown_as_what_they_are(project: Project) -> None:
    assert checked(project).score == "4 of 4"
    project.write_mutants(sample=4, whole=20)
    assert checked(project).score == "4 of 4, a sample of 4 from 20"
    project.write_mutants(mutants=4, caught=2, crashed=1)
    assert checked(project).score == "2 of 3"
    project.write_mutants(broken="it is wrong")
    assert checked(project).score == "broken"
    (project.out / "mutants.json").unlink()
    assert checked(project).score == "not run here"


@pytest.mark.parametrize(
    ("file", "result", "score"),
    [
        ("checking/judging.py", True, True),
        ("checking/check.py", True, True),
        ("exact/integration.py", True, True),
        ("checking/faults.py", False, True),
        ("checking/equivalence.py", False, True),
        ("checking/printing.py", False, False),
        ("training/train.py", False, False),
    ],
)
def test_what_the_digests_of_results_and_scores_cover(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, result: bool, score: bool
) -> None:
    home = tmp_path / "installed"
    shutil.copytree(provenance.HOME / "lejepa", home / "lejepa", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "HOME", home)

    def digests() -> tuple[str, str]:
        return running.source_of(project.root, "sums.Sum"), mutate.source_of(project.root, "sums.Sum")

    before = digests()
    path = home / "lejepa" / file
    path.write_text(path.read_text() + "\nADDED = 1\n")
    after = digests()
    assert (before[0] != after[0], before[1] != after[1]) == (result, score)


def test_instances_tried_are_in_the_json(project: Project) -> None:
    project.write_check(tried="two numbers")
    assert checked(project).as_json()["result"]["tried"] == "two numbers"
    json.dumps(checked(project).as_json())
    project.faults()
    (page,) = (project.out / "audit" / "statements").glob("one_add_one.html")
    assert "Tried: two numbers" in page.read_text()


@pytest.mark.parametrize(
    ("change", "tells"),
    [
        ({"lean": "two_add_one"}, True),
        ({"says": "One and one are three."}, True),
        ({"formula": "1 + 1 = 3"}, True),
        ({"refuted": True}, True),
        ({"checks": ["sums.Sum", "sums.Other"]}, True),
        ({"checks": ["sums.Other"]}, True),
        ({"title": "The sum"}, False),
        ({"paper": "somewhere"}, False),
        ({"experiments": []}, False),
    ],
)
def test_what_of_an_entry_its_digest_covers(project: Project, change: dict[str, Any], tells: bool) -> None:
    (statement,) = registry.load(project.root).statement
    changed = statement.model_copy(update=change)
    assert (checks.entry_digest(changed) != checks.entry_digest(statement)) == tells


def test_a_task_is_all_that_a_result_is_held_to(project: Project) -> None:
    (statement,) = registry.load(project.root).statement
    (task,) = checks.tasks(project.root)
    assert (task.check, task.statement, task.digits) == ("sums.Sum", "one_add_one", 50)
    assert task.entry == digest("one_add_one", "One and one are two.", "1 + 1 = 2", "False", "sums.Sum")
    assert (task.agreed, task.agreed_kind) == agreed.statement_digest(project.root, "one_add_one")
    project.edit(project.registry, "[project]", "[project]\ndigits = 33")
    assert [t.digits for t in checks.tasks(project.root)] == [33]
    project.edit(project.lean, "theorem one_add_one", "theorem another")
    assert [(t.agreed, t.agreed_kind) for t in checks.tasks(project.root)] == [(None, None)]
    assert statement.checks == ["sums.Sum"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({}, ""),
        ({"source": "1"}, "its file or what it imports has changed since"),
        ({"entry": "1"}, "what the registry says of the statement has changed since"),
        ({"agreed": "1"}, "the Lean statement has changed since"),
        (
            {"agreed_kind": "elaborated"},
            "the Lean statement was known as elaborated then, and is known by its text now",
        ),
        ({"agreed_kind": None}, "the Lean statement was not stated then, and is known by its text now"),
        ({"source": "1", "entry": "1", "agreed": "1"}, "its file or what it imports has changed since"),
    ],
)
def test_what_has_changed_since_is_a_clause(entry: dict[str, Any], says: str) -> None:
    task = Task("a.A", "s", 50, "e", "g", "text")
    fresh = {"source": "0", "entry": "e", "agreed": "g", "agreed_kind": "text"}
    assert checks.aged(fresh | entry, task, "0") == says
    unstated = Task("a.A", "s", 50, "e")
    assert checks.aged(fresh | {"agreed": "1", "agreed_kind": None}, unstated, "0") == ""
    elaborated = Task("a.A", "s", 50, "e", "g", "elaborated")
    assert checks.aged(fresh, elaborated, "0").endswith("was known by its text then, and is known as elaborated now")


def test_all_that_is_known_of_a_check(project: Project) -> None:
    found = checked(project)
    assert (found.name, found.file, found.verdict) == ("sums.Sum", "checks/sums.py", "holds")
    assert found.as_json() == {
        "check": "sums.Sum", "file": "checks/sums.py", "result": found.result, "mutants": found.mutants,
    }  # fmt: skip
    assert found.result is not None
    assert found.mutants is not None
    assert (found.result["cases"], found.mutants["caught"]) == (3, 4)
    (project.out / "checks.json").unlink()
    found = checked(project)
    assert (found.verdict, found.result) == ("not run", None)
    assert found.faults == ["its check sums.Sum has no result; `lejepa check` makes it"]
    project.check.unlink()
    found = checked(project)
    assert (found.verdict, found.faults) == ("not run", ["its check sums.Sum has no file checks/sums.py"])
    assert found.mutants is not None


def test_every_fault_of_a_result_is_named_and_one_of_a_score(project: Project) -> None:
    project.write_check(statement="other", verdict="violated", digits=49, source="0")
    missed = [{"part": "claim", "fault": "sign", "text": "-x"}] * 2
    trivial = [missed[0] | {"fate": "caught"}, missed[0] | {"fate": "missed"}]
    project.write_mutants(missed=missed, trivial=trivial)
    assert checked(project).faults == [
        "its check sums.Sum says that it tests other",
        "its check sums.Sum is violated",
        "its check sums.Sum was run at 49 digits, and 50 are asked for",
        "the result of its check sums.Sum is stale: its file or what it imports has changed since; "
        "`lejepa check` renews it",
        "its check sums.Sum misses 3 of the faults planted in its formula",
    ]
    project.write_mutants(missed=missed, broken="so", source="0")
    assert checked(project).faults[4:] == [
        "the mutation score of its check sums.Sum is stale; `lejepa mutants` renews it"
    ]

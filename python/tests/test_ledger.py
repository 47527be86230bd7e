"""Ledgers and records: who compiled what, and which file is no longer that."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audited import TRUST, Project
from lejepa.auditing import audit, ledger, registry, sources
from lejepa.auditing.site import write
from lejepa.cli import main
from lejepa.errors import UserError
from lejepa.files import digest, repository
from pydantic import ValidationError

ROOT = repository(Path(__file__).parent)
FAKE = Path(__file__).parent / "data" / "checker.py"


def audited(p: Project) -> audit.Audit:
    p.write_check()
    return write(p.root, p.out)


def page(p: Project, name: str = "statements/one_add_one.html") -> str:
    return (p.out / "audit" / name).read_text()


def said(p: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((p.out / "audit" / "audit.json").read_text())
    return found


def test_without_a_record_everything_is_stated_and_nothing_is_proved(project: Project) -> None:
    made = audited(project)
    assert made.all_faults == []
    assert made.counts == {"compiled": 0, "recorded": 0, "stated": 1, "planned": 0}
    assert made.scope == (
        "No theorem counts as proved. Lean has not compiled the package on this machine, and no record of a "
        "compilation elsewhere, records/lean.json, is committed. Where lake is, `lake build`, then scripts/Ledger.lean "
        "and `lejepa ledger` make one."
    )
    (project.root / "Makefile").write_text("all:\n\nlean:\n\tlake build\n")
    assert audited(project).scope.endswith("`make lean`, where lake is, makes one.")
    for text in (page(project), page(project, "index.html"), json.dumps(said(project)["statements"])):
        assert ">proved<" not in text
        assert '"proved": true' not in text
    assert "stated" in page(project)


def test_what_is_compiled_here_says_by_whom(project: Project) -> None:
    project.write_ledger()
    made = audited(project)
    assert made.all_faults == []
    assert made.counts["compiled"] == 1
    assert made.scope.startswith("Compiled here on ")
    assert made.scope.endswith(f"by Lean 4.0.0-sample: {TRUST}")
    (row,) = made.rows
    assert (row.proof.proved, row.axioms, row.agreed) == (True, [], "text")
    assert said(project)["theorems"] == {"compiled": 1, "recorded": 0, "stated": 0, "planned": 0}
    assert said(project)["graph"] == "compiled"


def test_what_is_recorded_shows_who_compiled_it_and_what_was_trusted(project: Project) -> None:
    project.write_record(header={"date": "2026-11-26T20:00:00+00:00"})
    made = audited(project)
    assert made.all_faults == []
    assert made.counts == {"compiled": 0, "recorded": 1, "stated": 0, "planned": 0}
    words = f"recorded in records/lean.json on 2026-11-26 by Lean 4.0.0-sample: {TRUST}"
    assert made.rows[0].proof.why == words
    for name in ("statements/one_add_one.html", "index.html"):
        assert words in page(project, name)
    (statement,) = said(project)["statements"]
    assert (statement["state"], statement["proved"], statement["why"]) == ("recorded", True, words)
    project.write_ledger()
    assert audited(project).counts["compiled"] == 1  # what was compiled here is the nearer witness


REFUSED: dict[str, tuple[Callable[[Project], object], str]] = {
    "a proof replaced by a name that does not exist": (
        lambda p: p.edit(p.lean, "rw [twice_eq]", "rw [no_such_name]"),
        "Lejepa/Sum.lean differs from what was compiled",
    ),
    "a file added": (
        lambda p: (p.root / "Lejepa" / "More.lean").write_text("theorem more : True := trivial\n"),
        "Lejepa/More.lean was not compiled",
    ),
    "a file removed": (
        lambda p: (p.root / "Lejepa" / "Other.lean").unlink(),
        "Lejepa/Other.lean was compiled and is gone",
    ),
    "another toolchain": (
        lambda p: (p.root / "lean-toolchain").write_text("leanprover/lean4:v4.27.0\n"),
        "lean-toolchain differs from what was compiled",
    ),
    "another manifest": (
        lambda p: (p.root / "lake-manifest.json").write_text("[]\n"),
        "lake-manifest.json differs from what was compiled",
    ),
    "another lakefile": (
        lambda p: (p.root / "lakefile.toml").write_text("name = 'x'\n"),
        "lakefile.toml was not compiled",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("how", ["ledger", "record"])
def test_a_record_of_other_files_is_refused_and_says_which(project: Project, name: str, how: str) -> None:
    (project.root / "Lejepa" / "Other.lean").write_text("theorem other : True := trivial\n")
    (project.root / "lean-toolchain").write_text("leanprover/lean4:v4.27.0-rc1\n")
    (project.root / "lake-manifest.json").write_text("{}\n")
    project.write_ledger() if how == "ledger" else project.write_record()
    assert audited(project).all_faults == []
    plant, phrase = REFUSED[name]
    plant(project)
    made = audited(project)
    file = "results/ledger.json" if how == "ledger" else "records/lean.json"
    assert any(fault.startswith(f"{file} is refused: {phrase}.") for fault in made.all_faults), made.all_faults
    assert made.counts == {"compiled": 0, "recorded": 0, "stated": 1, "planned": 0}
    assert made.scope.startswith("No theorem counts as proved. Lean compiled other sources than these.")
    assert made.graph.origin == "text"


def test_a_broken_proof_that_nobody_compiled_is_stated(project: Project) -> None:
    project.edit(project.lean, "rw [twice_eq]", "rw [no_such_name]")
    made = audited(project)
    assert [(r.state, r.proof.proved) for r in made.rows] == [("stated", False)]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("rw [twice_eq]", "admit", "its text leans on admit"),
        ("unfold twice; omega", "stop", "Lejepa.twice_eq, behind it, leans on stop"),
        ("theorem one_add_one", "#exit\ntheorem one_add_one", "the sources have no theorem Lejepa.one_add_one"),
        ("theorem one_add_one", "def one_add_one", "Lejepa.one_add_one is no theorem in the sources"),
    ],
)
def test_what_leans_on_nothing_is_planned(project: Project, old: str, new: str, why: str) -> None:
    project.edit(project.lean, old, new)
    project.write_record()  # whatever a record says
    made = audited(project)
    (row,) = made.rows
    assert row.state == "planned"
    assert row.proof.why.startswith(why)
    assert made.all_faults


@pytest.mark.parametrize("axiom", ["sorryAx", "Lejepa.easy", "Lean.ofReduceBool", "Lean.trustCompiler"])
def test_a_compiled_proof_on_an_axiom_that_is_not_allowed_is_not_proved(project: Project, axiom: str) -> None:
    project.write_record(axioms=["propext", axiom])
    made = audited(project)
    assert [(r.state, r.axioms) for r in made.rows] == [("planned", [axiom])]
    assert f"one_add_one: its proof rests on {axiom}" in made.all_faults


def test_a_ledger_of_a_part_of_the_package_is_named(project: Project) -> None:
    project.write_record(lost="Lejepa.twice_eq")
    made = audited(project)
    fault = "records/lean.json is of a part of the package: it lacks 1 declarations, Lejepa.twice_eq among them"
    assert made.all_faults == [fault]


def test_digests_are_those_of_the_step_that_compiled(project: Project) -> None:
    """What Lean printed before an edit is not taken for what stands there after it."""
    printed = project.printed()
    project.edit(project.lean, "rw [twice_eq]", "rw [no_such_name]")
    with pytest.raises(UserError, match=r"printed\.json: Lejepa/Sum\.lean differs from what was compiled; compile"):
        ledger.write(project.root, project.out, printed)
    assert not (project.out / ledger.FILE).exists()


def test_digests_are_sha256_of_every_file(project: Project) -> None:
    (project.root / "lean-toolchain").write_text("abc")
    assert ledger.digests(project.root) == {
        "Lejepa/Sum.lean": hashlib.sha256(project.lean.read_bytes()).hexdigest(),
        "lean-toolchain": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # FIPS 180-4's example
    }


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"scope": "some"}, "scope"),
        ({"trust": ""}, "trust"),
        ({"more": 1}, "more"),
        ({"files": {}}, "files"),
        ({"files": {"A.lean": "12"}}, "SHA-256 of A.lean"),
        ({"constants": {}}, "constant Lejepa.twice, which another names"),
    ],
)
def test_what_lean_did_not_print_is_no_ledger(project: Project, header: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=f"printed.json: expected what `lake exe ledger` prints, but .*{says}"):
        project.write_ledger(header=header)


def test_a_record_of_an_older_form_is_one_sentence(project: Project) -> None:
    (project.root / "records").mkdir()
    (project.root / ledger.RECORD).write_text('{"sources": "0", "scope": "project", "declarations": {}}')
    with pytest.raises(UserError, match=r"records/lean\.json: expected a ledger .*; remove it"):
        audit.audit(project.root, project.out)


def test_a_record_that_differs_in_its_date_alone_stays(project: Project) -> None:
    project.write_record(header={"date": "2026-01-01"})
    before = (project.root / ledger.RECORD).read_bytes()
    project.write_record(header={"date": "2027-01-01"})
    assert (project.root / ledger.RECORD).read_bytes() == before
    project.write_record(header={"date": "2027-01-01", "lean": "Lean 5"})
    assert (project.root / ledger.RECORD).read_bytes() != before


def run(p: Project, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.chdir(p.root)
    monkeypatch.setattr(sys, "argv", ["lejepa", *words])
    try:
        main()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_the_command_keeps_a_ledger_and_a_record(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.printed()
    assert run(project, monkeypatch, "ledger", "printed.json") == 0
    assert "records/lean.json: written; commit it" in capsys.readouterr().out
    assert (project.root / ledger.RECORD).read_bytes() == (project.out / ledger.FILE).read_bytes()
    project.printed(axioms=["sorryAx"])
    (project.root / ledger.RECORD).unlink()
    assert run(project, monkeypatch, "ledger", "printed.json") == 1
    assert "its proof rests on sorryAx" in capsys.readouterr().err
    assert not (project.root / ledger.RECORD).exists()


def test_sources_names_what_is_known_of_the_proofs(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project, monkeypatch, "sources") == 0
    assert "No theorem counts as proved" in capsys.readouterr().out
    project.write_record()
    assert run(project, monkeypatch, "sources") == 0
    assert "Recorded in records/lean.json" in capsys.readouterr().out
    project.edit(project.lean, "rw [twice_eq]", "rw [no_such_name]")
    assert run(project, monkeypatch, "sources") == 1
    assert "records/lean.json is refused: Lejepa/Sum.lean differs" in capsys.readouterr().err
    project.edit(project.lean, "rw [no_such_name]", "admit")
    assert run(project, monkeypatch, "sources") == 1
    assert "Lejepa/Sum.lean:11: admit (proves anything)" in capsys.readouterr().err


def test_the_audit_prints_one_screen(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = project.registry.read_text().split("[[statement]]")[1]
    for i in range(40):
        more = entry.replace("one_add_one", f"missing_{i}").replace("sums.Sum", f"sums.Gone{i}")
        project.registry.write_text(project.registry.read_text() + "\n[[statement]]" + more)
    monkeypatch.setenv("COLUMNS", "100")
    assert run(project, monkeypatch, "audit") == 1
    out, err = capsys.readouterr()
    assert len((out + err).splitlines()) <= 25
    assert "fault: missing_0: its check sums.Gone0 has no result; `lejepa check` makes it (and 39 like it)" in err
    assert " 1  theorems stated, not known to be compiled" in out
    assert "40  theorems planned" in out
    assert "; site: results/audit/index.html" in out
    assert "proved" not in out.replace("No theorem counts as proved", "")


# What the checker at hand says, where no Lean is: .ci/ledger over a checker that does what the real one does with files


@pytest.fixture
def checked(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that the checker has checked; the checker."""
    home = tmp_path / "home"
    monkeypatch.setenv("CHECKER_HOME", str(home))
    for name in (".ci/ledger", "scripts/Ledger.lean"):
        (project.root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, project.root / name)
    (project.root / "Lejepa.lean").write_text("module\npublic import Lejepa.Sum\n")
    (project.root / "lean-toolchain").write_text("leanprover/lean4:v4.27.0-rc1\n")
    checker = tmp_path / "checker"
    shutil.copy(FAKE, checker)
    checker.chmod(0o755)
    subprocess.run([checker, "check", "--lint", "--project", project.root], check=True)
    return checker


def by_checker(p: Project, checker: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, p.root / ".ci" / "ledger", checker],
        cwd=p.root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    (p.root / "printed.json").write_text(done.stdout)
    return done


def test_what_another_checker_says_becomes_a_record(project: Project, checked: Path) -> None:
    done = by_checker(project, checked)
    assert done.returncode == 0, done.stderr
    book = ledger.write(project.root, project.out, project.root / "printed.json")
    ledger.record(project.root, book)
    (project.out / ledger.FILE).unlink()
    made = audited(project)
    assert made.all_faults == []
    assert made.counts["recorded"] == 1
    assert made.rows[0].proof.why == (
        f"recorded in records/lean.json on {book.date[:10]} by Lean 4.28.0-fake: every module of the package was "
        "elaborated and checked by the kernel whole; definitions of Mathlib and of what it rests on were elaborated "
        "from sources adapted to this Lean, and their proofs taken on trust; axioms were followed through this package"
    )
    assert book.reaches("Lejepa.one_add_one") == ("11", {"Lejepa.twice": "7"})
    assert book.files == ledger.digests(project.root)
    assert "lean-toolchain" in book.files


def test_digests_of_the_checker_are_of_what_it_checked(project: Project, checked: Path) -> None:
    project.edit(project.lean, "rw [twice_eq]", "rw [no_such_name]")
    done = by_checker(project, checked)
    assert done.returncode != 0
    assert "Lejepa/Sum.lean: expected a file that was checked without error as it stands" in done.stderr
    assert done.stdout == ""


def test_a_file_that_the_checker_has_not_seen_is_named(project: Project, checked: Path) -> None:
    (project.root / "Lejepa" / "More.lean").write_text("module\n")
    done = by_checker(project, checked)
    assert "Lejepa/More.lean: expected a file that was checked without error as it stands" in done.stderr


def test_a_check_without_linters_will_not_do(project: Project, checked: Path) -> None:
    subprocess.run([checked, "check", "--project", project.root], check=True)
    done = by_checker(project, checked)
    assert "expected a file that was checked without error as it stands" in done.stderr


def test_axioms_that_the_two_readings_disagree_on_are_refused(
    project: Project, checked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKER_AXIOM", "sorryAx")
    done = by_checker(project, checked)
    assert done.returncode != 0
    assert "scripts/Ledger.lean finds the axioms" in done.stderr


# .ci/lean, which checks a copy at one path


@pytest.fixture
def checkout(project: Project, checked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs .ci/lean in a checkout, this project's unless told, and gives what it said."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    shutil.copy(ROOT / ".ci" / "lean", project.root / ".ci" / "lean")
    for name in ("lakefile.lean", "lake-manifest.json"):
        (project.root / name).write_text("{}\n")

    def lean(root: Path = project.root, code: int = 0) -> str:
        done = subprocess.run([root / ".ci" / "lean", checked], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout

    return lean


def test_what_did_not_change_is_not_checked_again_in_any_checkout(
    project: Project, checkout: Callable[..., str], tmp_path: Path
) -> None:
    first = checkout()
    assert "elaborated Lejepa.Sum\nelaborated Lejepa\n" in first
    assert f"axioms of {tmp_path / 'cache' / 'lejepa-lean'}" in first
    book = ledger.write(project.root, project.out, project.root / "results" / "compiled.json")
    assert book.files == ledger.digests(project.root)
    assert "elaborated" not in checkout()
    other = tmp_path / "other"
    shutil.copytree(project.root, other)
    shutil.rmtree(other / "results")
    assert "elaborated" not in checkout(other)
    assert (other / "results" / "compiled.json").read_bytes() == (
        project.root / "results" / "compiled.json"
    ).read_bytes()
    (other / "Lejepa.lean").write_text("module\npublic import Lejepa.Sum\n\n")
    said = checkout(other)
    assert "elaborated Lejepa\n" in said
    assert "elaborated Lejepa.Sum" not in said
    assert ledger.digests(other) == json.loads((other / "results" / "compiled.json").read_text())["files"]


def test_what_the_ledger_printed_is_kept_for_the_same_files_and_the_same_ledger(
    project: Project, checkout: Callable[..., str], tmp_path: Path
) -> None:
    checkout()
    compiled, kept = project.root / "results" / "compiled.json", tmp_path / "cache" / "lejepa-lean.json"
    made = compiled.read_bytes()
    kept.write_text("as it was kept")
    checkout()
    assert compiled.read_text() == "as it was kept"
    program = project.root / ".ci" / "ledger"
    program.write_text(program.read_text() + "# another\n")
    checkout()
    assert compiled.read_bytes() == made == kept.read_bytes()
    kept.write_text("as it was kept")
    project.edit(project.lean, "rw [twice_eq]", "rw [twice_eq] ")
    checkout()
    assert json.loads(compiled.read_text())["files"] == ledger.digests(project.root)
    program.write_text("#!/bin/sh\nexit 1\n")  # what fails is not kept
    checkout(code=1)
    checkout(code=1)


def test_a_module_that_is_removed_is_not_checked(project: Project, checkout: Callable[..., str]) -> None:
    more = project.root / "Lejepa" / "More.lean"
    more.write_text("module\n")
    assert "elaborated Lejepa.More\n" in checkout()
    compiled = project.root / "results" / "compiled.json"
    assert "Lejepa/More.lean" in json.loads(compiled.read_text())["files"]
    more.unlink()
    checkout()
    assert "Lejepa/More.lean" not in json.loads(compiled.read_text())["files"]


def test_an_error_in_a_file_stops_the_run(project: Project, checkout: Callable[..., str]) -> None:
    project.edit(project.lean, "rw [twice_eq]", "rw [no_such_name]")
    assert "axioms" not in checkout(code=1)
    assert not (project.root / "results" / "compiled.json").exists()


def test_a_checker_without_dependencies_says_so(
    project: Project, checkout: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKER_WITHOUT_DEPENDENCIES", "1")
    assert checkout(code=3) == ""
    assert not (project.root / "results" / "compiled.json").exists()


def test_a_run_waits_for_another(project: Project, checked: Path, checkout: Callable[..., str], tmp_path: Path) -> None:
    checkout()
    with (tmp_path / "cache" / "lejepa-lean.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen([project.root / ".ci" / "lean", checked], stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "Lean: waiting for another run\n"
            assert waiting.poll() is None
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert "axioms of" in waiting.stdout.read()
    assert waiting.returncode == 0


def test_statements_of_the_registry_are_joined_to_the_ledger_by_full_name(project: Project) -> None:
    project.write_record()
    entries = registry.load(project.root)
    package = sources.load(project.root)
    assert audit.ledger_faults(entries, package, ledger.witness(project.root, None)) == []


def test_the_fingerprint_of_a_package_is_of_names_and_contents(tmp_path: Path) -> None:
    """Two files that change places, or one that moves, are another package; another package's files are not in it."""
    (tmp_path / "P").mkdir()
    (tmp_path / "P" / "A.lean").write_text("a")
    (tmp_path / "P" / "B.lean").write_text("b")
    (tmp_path / "Q.lean").write_text("q")
    one = ledger.fingerprint(tmp_path, "P")
    assert one == digest("P/A.lean", b"a", "P/B.lean", b"b")
    (tmp_path / "Q.lean").write_text("other")
    assert ledger.fingerprint(tmp_path, "P") == one
    (tmp_path / "P" / "A.lean").write_text("b")
    (tmp_path / "P" / "B.lean").write_text("a")
    two = ledger.fingerprint(tmp_path, "P")
    (tmp_path / "P" / "B.lean").rename(tmp_path / "P" / "C.lean")
    assert len({one, two, ledger.fingerprint(tmp_path, "P")}) == 3


def test_a_record_is_in_order_and_without_docstrings(project: Project) -> None:
    uses, axioms = ["Lejepa.twice_eq", "Lejepa.twice"], ["propext", "Quot.sound"]
    project.write_record(doc="Said elsewhere.", uses=uses, axioms=axioms)
    kept = json.loads((project.root / ledger.RECORD).read_text())
    assert list(kept["declarations"]) == sorted(kept["declarations"])
    entry = kept["declarations"]["Lejepa.one_add_one"]
    assert (entry["uses"], entry["axioms"]) == (uses[::-1], axioms[::-1])
    assert "doc" not in entry
    assert None not in entry.values()


def test_the_date_is_the_one_printed_and_else_the_file_s(project: Project) -> None:
    printed = project.printed()
    os.utime(printed, (1_000_000_000, 1_000_000_000))
    assert ledger.write(project.root, project.out, printed).date == "2001-09-09T01:46:40+00:00"
    printed = project.printed(header={"date": "2026-01-01"})
    assert ledger.write(project.root, project.out, printed).date == "2026-01-01"


def test_without_a_folder_of_results_the_record_alone_speaks(project: Project) -> None:
    project.write_ledger()
    assert ledger.witness(project.root, project.out).how == "compiled"
    assert ledger.witness(project.root, None).book is None
    project.write_record()
    assert ledger.witness(project.root, None).how == "recorded"


# The rules of a ledger, one by one


def book(**changes: object) -> ledger.Ledger:
    plain = {
        "lean": "Lean 4", "trust": "all of it, here", "date": "2026-01-02", "scope": "project",
        "files": {"A.lean": "0" * 64}, "declarations": {},
    }  # fmt: skip
    return ledger.Ledger.model_validate(plain | changes)


def theorem(*names: str, **changes: object) -> dict[str, object]:
    type_ = {"digest": "9", "names": list(names)}
    return {"kind": "theorem", "module": "A", "axioms": [], "uses": [], "type": type_} | changes


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lean": "L4"}, "at least 3"),
        ({"trust": "all of it"}, "at least 10"),
        ({"files": {}}, "at least 1"),
        ({"files": {"A.lean": "0" * 63}}, "the SHA-256 of A.lean"),
        ({"files": {"A.lean": "0" * 64, "B.lean": "0" * 65}}, "the SHA-256 of B.lean"),
        ({"files": {"A.lean": "g" + "0" * 63}}, "the SHA-256 of A.lean"),
        ({"files": {"A.lean": "A" * 64}}, "the SHA-256 of A.lean"),
        ({"scope": "all"}, "scope"),
        ({"date": None}, "date"),
        ({"declarations": {"t": theorem("c")}}, "the constant c, which another names"),
        ({"constants": {"c": {"digest": "1", "names": ["d"]}}}, "the constant d, which another names"),
        ({"constants": {"c": {"digest": "", "names": []}}}, "at least 1"),
        ({"declarations": {"t": {"kind": "theorem"}}}, "module"),
        ({"declarations": {"t": theorem(more=1)}}, "more"),
    ],
)
def test_what_a_ledger_must_be(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        book(**changes)


def test_the_least_that_a_ledger_may_be() -> None:
    assert book(lean="Lea", trust="0123456789", files={"A.lean": "0123456789abcdef" * 4}).constants == {}


def test_a_type_reaches_what_its_constants_name() -> None:
    constants = {
        "d": {"digest": "4", "names": ["b", "d"]}, "b": {"digest": "2", "names": ["a"]},
        "a": {"digest": "1", "names": ["d"]}, "c": {"digest": "3", "names": []},
    }  # fmt: skip
    made = book(declarations={"t": theorem("d"), "u": theorem(), "v": theorem(type=None)}, constants=constants)
    found = made.reaches("t")
    assert found == ("9", {"a": "1", "b": "2", "d": "4"})
    assert found is not None
    assert list(found[1]) == ["a", "b", "d"]
    assert made.reaches("u") == ("9", {})
    assert made.reaches("v") is made.reaches("absent") is None


def test_the_first_file_that_differs_is_named(tmp_path: Path) -> None:
    (tmp_path / "Lejepa").mkdir()
    for name in "BCD":
        (tmp_path / "Lejepa" / f"{name}.lean").write_text(name)
    compiled = ledger.digests(tmp_path)
    assert list(compiled) == [f"Lejepa/{n}.lean" for n in "BCD"]
    assert ledger.difference(compiled, tmp_path) is None
    (tmp_path / "Lejepa" / "D.lean").unlink()
    assert ledger.difference(compiled, tmp_path) == "Lejepa/D.lean was compiled and is gone"
    (tmp_path / "Lejepa" / "C.lean").write_text("c")
    assert ledger.difference(compiled, tmp_path) == "Lejepa/C.lean differs from what was compiled"
    (tmp_path / "Lejepa" / "A.lean").write_text("A")
    assert ledger.difference(compiled, tmp_path) == "Lejepa/A.lean was not compiled"


def test_a_ledger_that_is_refused_leaves_the_word_to_the_record(project: Project) -> None:
    for how in ("ledger", "record", "both"):
        project.write_record()
        project.write_ledger()
        old = {"files": ledger.digests(project.root) | {"Lejepa/Sum.lean": "0" * 64}}
        for file, spoilt in (
            (project.out / ledger.FILE, how != "record"),
            (project.root / ledger.RECORD, how != "ledger"),
        ):
            if spoilt:
                file.write_text(json.dumps(json.loads(file.read_text()) | old))
        found = ledger.witness(project.root, project.out)
        left = {"ledger": "recorded", "record": "compiled", "both": None}[how]
        assert (found.how, found.book is None) == (left, left is None)
        names = {"ledger": ["results/ledger.json"], "record": ["records/lean.json"]}
        assert [f.split()[0] for f in found.faults] == names.get(how, ["results/ledger.json", "records/lean.json"])
        assert found.name == ("records/lean.json" if how == "ledger" else "results/ledger.json")
        assert bool(found.words) == (left is not None)


def test_whether_a_record_is_written(project: Project) -> None:
    project.write_ledger()
    made = ledger.kept(project.out / ledger.FILE)
    assert made is not None
    assert ledger.record(project.root, made)
    assert not ledger.record(project.root, made.model_copy(update={"date": "2001"}))
    assert ledger.record(project.root, made.model_copy(update={"trust": "another sentence"}))
    assert ledger.kept(project.root / ledger.RECORD) == made.model_copy(update={"trust": "another sentence"})
    assert ledger.kept(project.root / "absent.json") is None


def test_a_field_of_the_whole_is_named_as_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(UserError, match=r"a\.json: expected a ledger .*, but it: Input should be .*; remove it"):
        ledger.kept(tmp_path / "a.json")
    (tmp_path / "a.json").write_text(json.dumps({"declarations": {"t": {"kind": 1}}}))
    with pytest.raises(UserError, match="but lean: Field required"):
        ledger.kept(tmp_path / "a.json")

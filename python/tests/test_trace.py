"""Tracing: a sentence where LeanDojo or lake is absent; with both, premises reach the statement's page."""

import json
import sys
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from audited import Project
from lejepa.auditing import ledger, registry, site, trace
from lejepa.cli import main
from lejepa.errors import UserError

PREMISES = ["Nat.add_comm", "Lejepa.twice_eq", "Nat.add_comm"]


class Blob:
    def __init__(self, path: Path) -> None:
        self.data_stream = BytesIO(path.read_bytes())


class Tree:
    """A commit of the files as they are now, unless a test says that one is not in it."""

    def __init__(self, root: Path, changed: bool) -> None:
        self.root, self.changed = root, changed

    def __truediv__(self, name: str) -> Any:
        if self.changed:
            raise KeyError(name)
        return Blob(self.root / name)


def present(monkeypatch: pytest.MonkeyPatch, root: Path, changed: bool = False) -> None:
    """Put a LeanDojo that traces one theorem, and a lake, in place."""
    folder = root / "bin"
    folder.mkdir()
    (folder / "lake").write_text("#!/bin/sh\n")
    (folder / "lake").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    dojo = ModuleType("lean_dojo")
    dojo.__spec__ = SimpleNamespace(name="lean_dojo")  # type: ignore[assignment]
    commit = SimpleNamespace(tree=Tree(root, changed))
    repository = SimpleNamespace(commit="0", repo=SimpleNamespace(commit=lambda name: commit))

    def traced(name: str) -> Any:
        return SimpleNamespace(theorem=SimpleNamespace(full_name=name), get_premise_full_names=lambda: PREMISES)

    dojo.LeanGitRepo = SimpleNamespace(from_path=lambda path: repository)  # type: ignore[attr-defined]
    found = SimpleNamespace(get_traced_theorems=lambda: [traced("Lejepa.one_add_one"), traced("Lejepa.twice_eq")])
    dojo.trace = lambda repo, build_deps: found  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lean_dojo", dojo)


def test_premises_reach_the_page(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    present(monkeypatch, project.root)
    made = trace.run(project.root, project.out)
    assert made.premises == {"Lejepa.one_add_one": ["Nat.add_comm", "Lejepa.twice_eq"]}
    assert site.write(project.root, project.out).all_faults == []
    page = (project.out / "audit" / "statements" / "one_add_one.html").read_text()
    assert "Premises traced" in page
    assert "<code>Nat.add_comm</code>" in page


def test_uncommitted_sources_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    present(monkeypatch, project.root, changed=True)
    with pytest.raises(UserError, match="expected the Lean files to be committed"):
        trace.run(project.root, project.out)
    assert not (project.out / "premises.json").exists()


def test_what_is_absent_is_one_sentence_and_exit_code_2(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    monkeypatch.setattr(sys, "argv", ["lejepa", "trace"])
    monkeypatch.setitem(sys.modules, "lean_dojo", None)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 3
    said = capsys.readouterr().err
    assert said.startswith("lejepa: trace: expected the Python package lean-dojo; `")
    assert said.endswith("` brings it\n")
    present(monkeypatch, project.root)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 3
    assert "expected lake on the PATH" in capsys.readouterr().err


def test_only_theorems_of_the_registry_are_kept_and_the_sources_as_they_were_before(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    present(monkeypatch, project.root)
    before = ledger.fingerprint(project.root)
    made = trace.run(project.root, project.out)
    assert made.sources == before
    assert trace.read(project.out) == made
    assert json.loads((project.out / trace.FILE).read_text()) == {
        "sources": before,
        "premises": {"Lejepa.one_add_one": ["Nat.add_comm", "Lejepa.twice_eq"]},
    }


def test_a_file_that_differs_from_the_commit_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    present(monkeypatch, project.root)
    entries = registry.load(project.root)
    repository = sys.modules["lean_dojo"].LeanGitRepo.from_path("")
    assert trace.committed(repository, project.root, entries) == {project.lean: project.lean.read_text()}
    repository.repo.commit("0").tree.changed = True
    assert trace.committed(repository, project.root, entries) == {project.lean: ""}
    monkeypatch.setattr(trace, "committed", lambda *_: {project.lean: project.lean.read_text() + "-- once\n"})
    with pytest.raises(UserError, match="expected the Lean files to be committed"):
        trace.run(project.root, project.out)


def test_what_was_not_traced_is_nothing_and_another_form_a_sentence(tmp_path: Path) -> None:
    assert trace.read(tmp_path) is None
    for text in (
        "[]",
        '{"sources": "0"}',
        '{"sources": "0", "premises": {}, "more": 1}',
        '{"sources": 0, "premises": {}}',
    ):
        (tmp_path / trace.FILE).write_text(text)
        with pytest.raises(UserError, match=r"premises\.json: expected what `lejepa trace` writes"):
            trace.read(tmp_path)

"""Tracing: a sentence where LeanDojo or lake is absent; with both, premises reach the statement's page."""

import sys
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from audited import Project
from lejepa.auditing import site, trace
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

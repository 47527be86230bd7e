"""A run of checks that was interrupted goes on, and never from what another run would not have done."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lejepa.checking import kept as keeping
from lejepa.checking.kept import Kept
from lejepa.checking.parallel import run_parallel
from lejepa.checking.results import Result, Witness
from lejepa.checking.scores import Score

WITNESS = Witness({"x": 1, "rho": "9/10"}, "[1 +/- 0]", "2", "it differs", "lejepa check", 70)
FOUND = {
    "a.A": Result("a.A", "s", 2, 1, 50, 0, "violated", 0.5, WITNESS, "two", source="a0"),
    "a.B": Result("a.B", "s", 2, 0, 50, 0, "holds", 0.5, None, table={"columns": ["a"], "rows": [["1"]]}, source="b0"),
}
DECIDES: dict[str, tuple[object, ...]] = {"a.A": ("a0", 50, 0), "a.B": ("b0", 50, 0)}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where an interrupted run has kept both outcomes."""
    kept = Kept(tmp_path / "checks.json", Result, DECIDES)
    for outcome in FOUND.values():
        kept.keep(outcome)
    return tmp_path / "checks.json"


def found(target: Path, decides: dict[str, tuple[object, ...]] = DECIDES, **options: bool) -> dict[str, Result]:
    return Kept(target, Result, decides, **options).found()


def test_what_was_done_comes_back_as_it_was(target: Path, tmp_path: Path) -> None:
    assert found(target) == FOUND
    score = Score("a.A", "s", 3, 2, missed=[{"part": "claim", "fault": "sign", "text": "return x"}], source="a0")
    scores = Kept(tmp_path / "mutants.json", Score, {"a.A": ("a0", 50, 0, None)})
    scores.keep(score)
    assert scores.found() == {"a.A": score}


@pytest.mark.parametrize("decides", [("a1", 50, 0), ("a0", 60, 0), ("a0", 50, 1), ("a0", 50, "0"), ("a0", 50)])
def test_an_outcome_is_as_good_as_absent_where_anything_differs(target: Path, decides: tuple[object, ...]) -> None:
    assert list(found(target, DECIDES | {"a.A": decides})) == ["a.B"]


def test_another_version_of_a_library_decides_too(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "version", lambda name: "0")
    assert found(target) == {}


@pytest.mark.parametrize("content", ["", "{", "null", "[]", '{"check": "a.A"}', "\x00"])
def test_a_file_that_is_no_outcome_is_as_good_as_absent(target: Path, content: str) -> None:
    Kept(target, Result, DECIDES).path("a.A").write_text(content)
    assert list(found(target)) == ["a.B"]


def test_an_outcome_of_another_check_or_source_is_not_taken(target: Path) -> None:
    """Whatever its file is named."""
    kept = Kept(target, Result, DECIDES)
    kept.path("a.A").write_bytes(kept.path("a.B").read_bytes())
    assert list(kept.found()) == ["a.B"]
    kept.path("a.A").write_text(json.dumps(json.loads(kept.path("a.B").read_text()) | {"check": "a.A"}))
    assert list(kept.found()) == ["a.B"]


def test_what_ran_while_its_source_changed_is_not_taken(target: Path) -> None:
    kept = Kept(target, Result, DECIDES, fresh=True)
    kept.keep(replace(FOUND["a.A"], source="a1"))
    assert found(target) == {}


def test_fresh_forgets_and_so_does_the_end(target: Path) -> None:
    assert found(target, fresh=True) == {}
    kept = Kept(target, Result, DECIDES)
    for outcome in FOUND.values():
        kept.keep(outcome)
    one = Kept(target, Result, {"a.A": ("a1", 50, 0)})  # a run of one check, whose source is another now
    one.keep(replace(FOUND["a.A"], source="a1"))
    one.forget()
    assert list(found(target)) == ["a.B"]
    kept.forget()
    assert not kept.folder.exists()
    kept.forget()


class Pool:
    """In place of processes: runs tasks at once, and is interrupted at one."""

    def __init__(self, *given: Any, **options: Any) -> None:
        pass

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *given: Any) -> None:
        pass

    def submit(self, task: Callable[[], Any], *given: Any) -> "Lazy":
        return Lazy(task)

    def shutdown(self, **options: Any) -> None:
        pass


class Lazy:
    def __init__(self, task: Callable[[], Any]) -> None:
        self.task = task

    def result(self) -> Any:
        return self.task()


def in_order(futures: dict[Lazy, str]) -> Iterator[Lazy]:
    return iter(futures)


def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lejepa.checking.parallel.ProcessPoolExecutor", Pool)
    monkeypatch.setattr("lejepa.checking.parallel.as_completed", lambda futures: in_order(dict.fromkeys(futures, "")))
    ran: list[str] = []
    interrupted = {"a.B"}

    def task(name: str) -> Callable[[], Result]:
        def run() -> Result:
            ran.append(name)
            if name in interrupted:
                raise KeyboardInterrupt
            return FOUND[name]

        return run

    tasks = {name: (task(name), ()) for name in FOUND}
    kept = Kept(tmp_path / "checks.json", Result, DECIDES)
    with pytest.raises(KeyboardInterrupt):
        run_parallel(1, tasks, "checking", False, kept)
    assert capsys.readouterr().err.count("resumes") == 0
    interrupted.clear()
    assert run_parallel(1, tasks, "checking", False, kept) == FOUND
    assert ran == ["a.A", "a.B", "a.B"]
    told = capsys.readouterr().err
    assert "lejepa: checking resumes: 1 of 2 were done before; --fresh starts anew\n" in told
    assert list(run_parallel(1, tasks, "checking", True, kept)) == list(FOUND)  # nothing is left to do
    assert ran == ["a.A", "a.B", "a.B"]

"""Sweeps as they run: kept, stopped, killed at random points; always the same bits in the end."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from conftest import timeless
from lejepa import interrupt
from lejepa.errors import CannotRun, UserError
from lejepa.training import grid, plots, points, results, sweep
from lejepa.training.points import Stopped

GRID = {"world.rho": [0.5, 0.9]}
RUN = "from lejepa.cli import main; main()"


@pytest.fixture(autouse=True)
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a job does to the signals of its process ends with each test."""
    monkeypatch.setattr(interrupt, "ASKING", [*interrupt.ASKING])
    old = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, old)


@pytest.fixture
def small(tiny: Callable[..., Path]) -> Callable[..., Path]:
    """A sweep of two small experiments; `small(training={...})` changes them."""

    def write(**changes: Any) -> Path:
        path = tiny(**changes)
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"grid": GRID}))
        return path

    return write


def values(found: dict[str, results.Result]) -> list[dict[str, Any]]:
    """All of the results but what depends on the clock."""
    return [timeless(r) for r in found.values()]


def files(out: Path) -> set[str]:
    return {str(p.relative_to(out)) for p in (out / "experiments").rglob("*") if p.is_file()}


WHOLE = {"experiments/tiny/sweep.json"} | {
    f"experiments/tiny/{rho}.{kind}" for rho in ("0.5", "0.9") for kind in ("json", "safetensors")
}


def test_a_sweep_runs_every_point_and_keeps_what_is_done(small: Callable[..., Path], tmp_path: Path) -> None:
    made = grid.load(small())
    steps: list[tuple[str, int]] = []
    found = sweep.run(made, tmp_path, "cpu", jobs=2, report=lambda name, step, note: steps.append((name, step)))
    assert list(found) == ["tiny/0.5", "tiny/0.9"]
    assert {10, 20, 30} < {step for _, step in steps} <= set(range(1, 31))
    assert files(tmp_path) == WHOLE
    assert results.read_sweeps(tmp_path) == [(made, found)]
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "experiments").rglob("0.*")}
    assert sweep.run(made, tmp_path, "cpu") == found
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_a_point_tells_a_step_now_and_then_and_each_evaluation(
    tiny: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that goes on by .4 s whenever it is read, once a step."""
    reads = iter(range(1000))
    monkeypatch.setattr(points, "time", SimpleNamespace(monotonic=lambda: 0.4 * next(reads)))
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)
    made = grid.load(tiny(training={"steps": 8, "evaluate_every": 5}))
    told: list[tuple[int, str]] = []
    points.train_point(made.points[0].model_dump_json(), str(tmp_path), "cpu", lambda *said: told.append(said))
    assert [step for step, _ in told] == [1, 4, 5, 7, 8]
    assert [note.split(" ")[0] for _, note in told] == ["", "", "loss", "loss", "loss"]
    curve = results.read(results.path_of(made.points[0].name, tmp_path)).curve
    first, last = (f"loss {np.mean(np.array(p.loss, float)):.4f}, R² {min(np.array(p.r2, float)):.4f}" for p in curve)
    assert [note for _, note in told[2:]] == [first, first, last]


def test_another_configuration_s_result_is_kept(small: Callable[..., Path], tmp_path: Path) -> None:
    short = {"steps": 2, "evaluate_every": 1}
    sweep.run(grid.load(small(training=short)), tmp_path, "cpu", jobs=1)
    other = grid.load(small(training=short | {"steps": 1}))
    with pytest.raises(UserError, match="found an older one's"):
        sweep.run(other, tmp_path, "cpu")
    (tmp_path / "experiments" / "tiny" / "0.5.json").write_text('{"format": "of another version"}')
    with pytest.raises(UserError, match="found an older one's"):
        sweep.run(other, tmp_path, "cpu")
    found = sweep.run(other, tmp_path, "cpu", jobs=1, overwrite=True)
    assert [len(r.curve) for r in found.values()] == [1, 1]


def test_a_single_experiment_s_result_and_figure_are_those_of_train(tiny: Callable[..., Path], tmp_path: Path) -> None:
    made = grid.load(tiny(training={"steps": 2, "evaluate_every": 1}))
    found = sweep.run(made, tmp_path, "cpu", jobs=1)
    assert files(tmp_path) == {"experiments/tiny.json", "experiments/tiny.safetensors"}
    assert plots.draw_sweep(made, found, tmp_path) == [tmp_path / "tiny.png"]


def with_a_fault(path: Path) -> Path:
    """The sweep with one more point, whose training diverges."""
    data = yaml.safe_load(path.read_text())
    cases = {"well": {}, "ill": {"training": {"learning_rate": 1e30}, "world": {"rho": 0.5}}}
    path.write_text(yaml.safe_dump(data | {"cases": cases, "grid": {"objective.slices": [8]}}))
    return path


def test_a_fault_of_a_point_is_named_and_the_others_finish(small: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^tiny/ill-8: the loss of every seed is not finite"):
        sweep.run(grid.load(with_a_fault(small())), tmp_path, "cpu", jobs=1)
    assert (tmp_path / "experiments" / "tiny" / "well-8.json").exists()


def launch(path: Path, out: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", RUN, "sweep", str(path), "--out", str(out), "--device", "cpu", "--jobs", "2"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def test_killed_at_random_points_it_ends_with_the_same_bits(small: Callable[..., Path], tmp_path: Path) -> None:
    """SIGKILL to the whole, SIGKILL to the parent alone, SIGTERM: at times of a seeded generator."""
    path = small(training={"steps": 400, "evaluate_every": 100, "checkpoint_every": 3})
    whole = sweep.run(grid.load(path), tmp_path / "whole", "cpu", jobs=2)
    out = tmp_path / "cut"
    chance = random.Random(0)
    seen = 0
    for kill in ("group", "parent", "term"):
        process = launch(path, out)
        wait_for_checkpoint(out, process)
        time.sleep(chance.uniform(0, 0.3))
        seen += process.poll() is None
        match kill:
            case "group":
                os.killpg(process.pid, signal.SIGKILL)
            case "parent":
                process.kill()
            case _:
                process.terminate()
        process.communicate(timeout=60)
        wait_for_orphans(out)
        for file in (out / "experiments" / "tiny").glob("[!.]*.json"):
            json.loads(file.read_text())
    assert seen, "every run ended before it was killed"
    assert values(sweep.run(grid.load(path), out, "cpu", jobs=2)) == values(whole)
    assert {f for f in files(out) if "/." not in f} == WHOLE


def wait_for_checkpoint(out: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until training is under way, or the process has ended."""
    folder = out / "experiments" / "tiny"
    before = {p: p.stat().st_mtime_ns for p in folder.glob("[!.]*.checkpoint")}
    while process.poll() is None:
        now = {p: p.stat().st_mtime_ns for p in folder.glob("[!.]*.checkpoint") if p.exists()}
        if now != before:
            return
        time.sleep(0.02)


def wait_for_orphans(out: Path) -> None:
    """Wait until no process of the killed sweep writes any more."""
    last = None
    while (now := sorted(p.stat().st_mtime_ns for p in out.rglob("*.*") if p.exists())) != last:
        last = now
        time.sleep(0.5)


# The parts, without processes


@pytest.mark.parametrize(
    ("jobs", "said"), [(0, "--jobs 0: expected at least 1"), (-3, "--jobs -3: expected at least 1")]
)
def test_fewer_than_one_job_are_refused_before_anything_is_made(
    small: Callable[..., Path], tmp_path: Path, jobs: int, said: str
) -> None:
    with pytest.raises(UserError) as caught:
        sweep.run(grid.load(small()), tmp_path / "out", "cpu", jobs=jobs)
    assert str(caught.value) == said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("device", "cores", "jobs", "expected"),
    [("cpu", 7, None, 7), ("cpu", None, None, 1), ("cpu", 7, 3, 3), ("cuda", 7, None, 1), ("cuda", 7, 3, 3)],
)
def test_as_many_train_at_a_time_as_there_are_cores_or_one_on_cuda(
    small: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    device: str,
    cores: int | None,
    jobs: int | None,
    expected: int,
) -> None:
    asked: list[tuple[list[str], str, int]] = []

    def locally(waiting: list[Any], out: Path, device: str, jobs: int, report: Any) -> None:
        asked.append(([p.name for p in waiting], device, jobs))
        raise Stopped

    monkeypatch.setattr(sweep, "choose_device", torch.device)
    monkeypatch.setattr(sweep, "locally", locally)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    made = grid.load(small())
    with pytest.raises(Stopped):
        sweep.run(made, tmp_path, device, jobs)
    assert asked == [(["tiny/0.5", "tiny/0.9"], device, expected)]
    assert files(tmp_path) >= {"experiments/tiny/sweep.json"}, "a sweep that is stopped says what it is"


def test_what_is_missing_is_without_a_result_as_configured_now(
    small: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = grid.load(small()).points
    path = results.path_of(points[1].name, tmp_path)
    path.parent.mkdir(parents=True)
    made = grid.load(small())
    assert sweep.missing(made, tmp_path, overwrite=False) == list(points)
    path.write_text("{}")
    assert not sweep.current(path, points[1]), "no result of this version"
    assert sweep.missing(made, tmp_path, overwrite=True) == list(points)
    with pytest.raises(UserError) as caught:
        sweep.missing(made, tmp_path, overwrite=False)
    assert str(caught.value) == (
        f"{path}: expected the result of tiny/0.9 as configured now, found an older one's; --overwrite replaces it"
    )
    monkeypatch.setattr(sweep, "current", lambda p, point: (p, point) == (path, points[1]))
    assert sweep.missing(made, tmp_path, overwrite=False) == [points[0]]
    assert sweep.missing(made, tmp_path, overwrite=True) == [points[0]], "what is current is not made again"


class Process:
    """A process that has ended, or will when it is waited for."""

    exitcode = -9

    def __init__(self) -> None:
        self.calls: list[str] = []

    def join(self) -> None:
        self.calls.append("join")

    def terminate(self) -> None:
        self.calls.append("terminate")


def job(experiment: Any, *messages: tuple[str, Any], closed: bool = False) -> tuple[sweep.Job, Process]:
    """A job that has sent these messages."""
    here, there = Pipe(duplex=False)
    for message in messages:
        there.send(message)
    if closed:
        there.close()
    else:
        PIPES.append(there)  # an end that nobody holds is closed
    process = Process()
    return sweep.Job(experiment, process, here), process  # type: ignore[arg-type]


PIPES: list[Any] = []


def test_messages_of_a_job_are_passed_on_until_it_is_over(small: Callable[..., Path]) -> None:
    point = grid.load(small()).points[0]
    told: list[tuple[str, int, float | None]] = []

    def report(name: str, step: int, loss: float | None) -> None:
        told.append((name, step, loss))

    def over(*messages: tuple[str, Any], closed: bool = False) -> tuple[bool, list[str], list[str]]:
        faults: list[str] = []
        made, process = job(point, *messages, closed=closed)
        return sweep.ended(made, report, faults), faults, process.calls

    assert over() == (False, [], [])
    assert over(("step", (10, 0.5)), ("step", (20, None))) == (False, [], [])
    assert told == [("tiny/0.5", 10, 0.5), ("tiny/0.5", 20, None)]
    assert over(("step", (30, 0.25)), ("done", "")) == (True, [], ["join"])
    assert told[2:] == [("tiny/0.5", 30, 0.25)]
    assert over(("fault", "it diverged")) == (True, ["it diverged"], ["join"])
    gone = "tiny/0.5: its process ended with code -9; the same command resumes"
    assert over(("step", (40, 0.5)), closed=True) == (True, [gone], ["join"])
    assert len(told) == 4
    with pytest.raises(Stopped):
        over(("stopped", "it is"))
    with pytest.raises(CannotRun, match=r"^the disk is full$"):
        over(("unable", "the disk is full"))


def test_jobs_are_all_told_to_end_before_one_is_waited_for(small: Callable[..., Path]) -> None:
    point, order = grid.load(small()).points[0], list[str]()
    jobs = [job(point, ("step", (1, 0.5)), ("stopped", ""), closed=True) for _ in range(2)]
    for i, (_, process) in enumerate(jobs):
        process.terminate = lambda i=i: order.append(f"terminate {i}")  # type: ignore[method-assign,misc]
        process.join = lambda i=i: order.append(f"join {i}")  # type: ignore[method-assign,misc]
    sweep.finish([j for j, _ in jobs])
    assert order == ["terminate 0", "terminate 1", "join 0", "join 1"]
    assert all(drained(j) for j, _ in jobs)


def drained(made: sweep.Job) -> bool:
    with pytest.raises(EOFError):
        made.messages.recv()
    return True


@pytest.mark.parametrize(
    ("error", "last"),
    [
        (None, ("done", "")),
        (Stopped("it is stopped"), ("stopped", "it is stopped")),
        (CannotRun("the disk is full"), ("unable", "the disk is full")),
        (UserError("it diverged"), ("fault", "it diverged")),
    ],
)
def test_a_job_sends_its_steps_and_how_it_ended(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None, last: tuple[str, str]
) -> None:
    asked = []

    def train_point(text: str, out: str, device: str, told: Callable[[int, float | None], None]) -> None:
        asked.append((text, out, device))
        told(10, 0.5)
        told(20, None)
        if error is not None:
            raise error

    monkeypatch.setattr(sweep, "train_point", train_point)
    here, there = Pipe(duplex=False)
    sweep.work(there, "text", "out", "cpu")
    there.close()
    assert asked == [("text", "out", "cpu")]
    assert [here.recv() for _ in range(3)] == [("step", (10, 0.5)), ("step", (20, None)), last]
    with pytest.raises(EOFError):
        here.recv()


def test_ctrl_c_in_a_terminal_is_for_the_sweep_and_not_for_its_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both get it; a job that took it would end at the SIGTERM that follows, before its state is saved."""
    seen: list[Any] = []

    class Channel:
        def send(self, message: tuple[str, object]) -> None:
            seen.append(message)

    def train_point(*given: Any) -> None:
        seen.append((signal.getsignal(signal.SIGINT), *interrupt.ASKING))

    monkeypatch.setattr(sweep, "train_point", train_point)
    sweep.work(Channel(), "{}", "out", "cpu")  # type: ignore[arg-type]
    assert seen == [(signal.SIG_IGN, signal.SIGTERM), ("done", "")]

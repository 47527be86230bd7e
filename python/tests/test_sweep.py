"""Sweeps as they run: kept, stopped, killed at random points; always the same bits in the end."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from lejepa.errors import UserError
from lejepa.training import grid, plots, results, sweep

GRID = {"world.rho": [0.5, 0.9]}
RUN = "from lejepa.cli import main; main()"


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
    return [r.model_dump(exclude={"seconds", "made"}) for r in found.values()]


def files(out: Path) -> set[str]:
    return {str(p.relative_to(out)) for p in (out / "experiments").rglob("*") if p.is_file()}


WHOLE = {"experiments/tiny/sweep.json"} | {
    f"experiments/tiny/{rho}.{kind}" for rho in ("0.5", "0.9") for kind in ("json", "safetensors")
}


def test_a_sweep_runs_every_point_and_keeps_what_is_done(small: Callable[..., Path], tmp_path: Path) -> None:
    made = grid.load(small())
    steps: list[tuple[str, int]] = []
    found = sweep.run(made, tmp_path, "cpu", jobs=2, report=lambda name, step, loss: steps.append((name, step)))
    assert list(found) == ["tiny/0.5", "tiny/0.9"]
    assert {step for _, step in steps} == {10, 20, 30}
    assert files(tmp_path) == WHOLE
    assert results.read_sweeps(tmp_path) == [(made, found)]
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "experiments").rglob("0.*")}
    assert sweep.run(made, tmp_path, "cpu") == found
    assert {p: p.stat().st_mtime_ns for p in before} == before


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

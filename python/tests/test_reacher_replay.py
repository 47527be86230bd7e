"""The trace of a Reacher experiment: its miniature, its steps, its replay; without a simulator.

Where MuJoCo can draw, `test_reacher_render.py` runs the whole way.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from arm import Arm
from lejepa.reacher import experiment, render, replay
from lejepa.reacher import measure as measuring
from lejepa.reacher.config import Computation, Experiment
from lejepa.reacher.results import Mean, Result, Step, Trace
from lejepa.reacher.train import Run
from lejepa.training.frames import embed
from reacher_tiny import recovered, tiny
from torch import Tensor, nn

OBJECTIVES = [{"kind": "sigreg", "weight": 0.01, "slices": 4}, {"kind": "vicreg", "weight": 0.5}]


class Drawn(Arm):
    """The arm, each joint angle drawn as the brightness of one half of a frame of 32 pixels."""

    def draw(self, angles: np.ndarray) -> np.ndarray:
        shade = (127.5 * (1 + np.sin(angles))).astype(np.uint8)
        return np.repeat(shade, 16, 1)[:, None, :, None] * np.ones((1, 32, 1, 3), np.uint8)


class Shown:
    """A data set in memory, as `lejepa.reacher.store.Store` is used."""

    def __init__(self, name: str, c: Experiment) -> None:
        arm = Drawn()
        self.states = render.states_of(name, c, arm.scene)
        flat = self.states.angles.reshape(-1, 2)
        self.frames = arm.draw(flat).reshape(*self.states.angles.shape[:2], 32, 32, 3)

    def angles(self) -> np.ndarray:
        return self.states.angles

    def torques(self) -> np.ndarray:
        assert self.states.torques is not None
        return self.states.torques

    def read(self) -> np.ndarray:
        return self.frames


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Data sets come from the arm without a simulator; the folders that they were asked for in."""
    seen: list[Path] = []

    def drawn(c: Experiment, out: Path, jobs: int) -> dict[str, Shown]:
        assert (jobs, out.is_dir()) == (1, True)
        seen.append(out)
        return {name: Shown(name, c) for name in render.SETS}

    monkeypatch.setattr(render, "render", drawn)
    monkeypatch.setattr(experiment, "Scene", lambda size, samples: Drawn())
    return seen


@pytest.mark.parametrize(
    ("length", "episodes"),
    [(2, 100), (10, 12), (11, 10), (12, 10), (101, 1), (200, 1)],  # the fewest with episodes · (length - 1) ≥ 100
)
def test_a_miniature_has_as_few_episodes_as_hold_a_hundred_pairs(length: int, episodes: int) -> None:
    made = replay.miniature(tiny(trajectories={"length": length, "test_episodes": 500}))
    assert (made.trajectories.episodes, made.trajectories.test_episodes) == (episodes, episodes)


def test_a_miniature_is_the_same_experiment_with_less_of_everything() -> None:
    big = tiny(
        ou={"pairs": 5000, "test_pairs": 3000, "spread": 0.6},
        trajectories={"episodes": 900, "test_episodes": 700, "noise": 0.2},
        training={"steps": 4000, "batch": 17, "warmup": 40, "seeds": [5, 3], "learning_rate": 0.004},
        paths={"count": 90},
        control={"tasks": 80, "steps": 15, "play": 400, "samples": 99, "elites": 15, "rounds": 7, "effort": 0.03},
        objectives=OBJECTIVES,
    )
    c = Computation.model_validate({k: getattr(big, k) for k in Computation.model_fields})
    small = replay.miniature(c)
    expected = c.model_dump()
    expected["ou"] |= {"pairs": 100, "test_pairs": 100}
    expected["trajectories"] |= {"episodes": 12, "test_episodes": 12}
    expected["training"] |= {"steps": 6, "warmup": 2, "seeds": (5,), "checkpoint_every": 200}
    expected["paths"] |= {"count": 4}
    expected["control"] |= {"tasks": 2, "steps": 2, "play": 10, "samples": 16, "elites": 4, "rounds": 2}
    assert small.model_dump(include=set(Computation.model_fields)) == expected


def test_what_is_traced_of_a_step() -> None:
    """The norm is of all gradients together, and what has none counts for none."""
    first, second, idle = (nn.Parameter(torch.zeros(2)) for _ in range(3))
    optimizer = torch.optim.SGD([{"params": [first, idle], "lr": 0.25}, {"params": [second], "lr": 0.5}])
    first.grad, second.grad = torch.tensor([2.0, 3.0]), torch.tensor([-6.0, 0.0])
    assert replay.step(1.5, optimizer) == Step(loss=1.5, gradient=7.0, rate=0.25)
    second.grad = torch.tensor([3e-30, 4e-30])  # whose squares float32 does not hold
    first.grad = torch.zeros(2)
    assert replay.step(0.0, optimizer).gradient == pytest.approx(5e-30, rel=1e-6)


def test_a_trace_holds_every_stage_of_the_miniature(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Against runs of the stages one by one: the steps of a first run, and what the stages after it were given."""
    c = replay.miniature(tiny(objectives=OBJECTIVES, training={"steps": 6, "warmup": 2}))
    measured: list[tuple[Any, ...]] = []
    whole = measuring.measure

    def measure(c: Computation, data: str, objective: str, seed: int, encoder: nn.Module, own: Any, ou: Any) -> Any:
        measured.append((data, objective, seed, encoder, own, ou))
        return whole(c, data, objective, seed, encoder, own, ou)  # type: ignore[arg-type]

    monkeypatch.setattr(measuring, "measure", measure)
    trace = replay.traced(c, tmp_path)
    assert folders == [tmp_path]
    names = [(data, kind) for data in ("ou", "trajectories") for kind in ("sigreg", "vicreg")]
    assert list(trace.steps) == [f"{d} {k}" for d, k in names]
    assert [(r.data, r.objective, r.seed) for r in trace.recovered] == [(d, k, 0) for d, k in names]
    assert list(trace.lines) == list(trace.costs) == ["joints ", *trace.steps]
    stores = {name: Shown(name, c) for name in render.SETS}
    for (data, kind), (seen, objective, seed, encoder, own, gaussian) in zip(names, measured, strict=True):
        run = Run(c, c.objectives[kind == "vicreg"], 0, torch.from_numpy(stores[data].read()), torch.device("cpu"))
        losses = [run.advance()[0].item() for _ in range(6)]
        assert [s.loss for s in trace.steps[f"{data} {kind}"]] == losses
        # a warm-up of two steps, half of the rest of six at the full rate, then a cosine to zero
        cosine = [0.5 * (1 + math.cos(math.pi * k / 3)) for k in range(3)]
        rates = [c.training.learning_rate * x for x in (1 / 3, 2 / 3, 1, *cosine)]
        assert [s.rate for s in trace.steps[f"{data} {kind}"]] == pytest.approx(rates, rel=1e-12)
        gradients = [s.gradient for s in trace.steps[f"{data} {kind}"]]
        assert all(0 < g <= 1 + 1e-5 for g in gradients)  # as clipped
        assert (seen, objective, seed, encoder.training) == (data, kind, 0, False)
        for found, name in ((own, f"{data}-test"), (gaussian, "ou-test")):
            assert np.array_equal(found[0], stores[name].angles())
            assert np.array_equal(found[1].numpy(), stores[name].read())
        here: Tensor = embed(run.encoder, gaussian[1])
        assert torch.equal(embed(encoder, gaussian[1]), here)
    assert trace.lines["joints "] != trace.lines["ou sigreg"] != trace.lines["ou vicreg"]
    assert all(len(costs) == 2 and all(x > 0 for x in costs) for costs in trace.costs.values())
    assert replay.traced(c, tmp_path) == trace


def test_a_record_is_made_of_the_miniature_on_one_thread_in_a_folder_that_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[Experiment, Path, int]] = []

    def traced(c: Experiment, out: Path) -> Trace:
        assert out.is_dir()
        seen.append((c, out, torch.get_num_threads()))
        raise RuntimeError("no trace")

    monkeypatch.setattr(replay, "traced", traced)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(RuntimeError, match="no trace"):
            replay.record(tiny())
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    ((c, out, threads),) = seen
    assert (c, threads, out.exists()) == (replay.miniature(tiny()), 1, False)


def test_a_replay_names_what_differs_by_more_than_the_tolerance(monkeypatch: pytest.MonkeyPatch) -> None:
    """One part in a hundred of what was, and 0.0001."""
    c = tiny()
    then = Trace(
        steps={"ou sigreg": [Step(loss=2.0, gradient=0.0, rate=0.1)]},
        recovered=(recovered(),),
        lines={"joints ": Mean(mean=0.02, error=0.001)},
        costs={"joints ": [3.0, 4.0]},
    )
    result = Result(
        name="tiny", configuration=Computation.model_validate({k: getattr(c, k) for k in Computation.model_fields}),
        recovered=(recovered(),), untrained=(0.1,), lines=(), controlled=(), trace=then, stages={}, seconds=3.0,
        versions={"lejepa": "0"}, device="cpu", made="2026-01-01T00:00:00Z",
    )  # fmt: skip
    for loss, gradient, cost, expected in (
        (2.0, 0.0, 4.0, []),
        (2.02005, 9e-5, 3.9600, []),
        (2.0202, 0.0, 4.0, ["steps.ou sigreg[0].loss is 2.0202, and was 2"]),
        (2.0, 1.1e-4, 4.0, ["steps.ou sigreg[0].gradient is 0.00011, and was 0"]),
        (2.0, 0.0, 3.9598, ["costs.joints [1] is 3.9598, and was 4"]),
    ):
        now = then.model_copy(
            update={
                "steps": {"ou sigreg": [Step(loss=loss, gradient=gradient, rate=0.1)]},
                "costs": {"joints ": [3.0, cost]},
            }
        )

        def record(asked: Computation, now: Trace = now) -> Trace:
            assert asked == result.configuration
            return now

        monkeypatch.setattr(replay, "record", record)
        assert replay.replay(result) == expected

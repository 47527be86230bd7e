"""The trace of a Reacher experiment, and its replay by today's code.

The whole takes minutes, so the trace is of a miniature: the same configuration with few pairs, six steps and two tasks.
All that the experiment computes is in it: states, drawing, training with its schedule, measures, paths, control.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from lejepa.evidence.fresh import differences
from lejepa.reacher.config import Computation, Experiment
from lejepa.reacher.results import Result, Step, Trace

STEPS, TASKS = 6, 2
# Two drivers of OpenGL may draw the edge of a limb one shade of 256 apart, and cost is decided by a handful of samples.
RELATIVE, ABSOLUTE = 1e-2, 1e-4


def miniature(c: Computation) -> Experiment:
    """The same experiment, as small as it can be."""
    episodes = -(-100 // (c.trajectories.length - 1))  # that hold 100 pairs
    small: Mapping[str, dict[str, Any]] = {
        "ou": {"pairs": 100, "test_pairs": 100},
        "trajectories": {"episodes": episodes, "test_episodes": episodes},
        "training": {"steps": STEPS, "warmup": 2, "seeds": c.training.seeds[:1]},
        "paths": {"count": 4},
        "control": {"tasks": TASKS, "steps": 2, "play": 10, "samples": 16, "elites": 4, "rounds": 2},
    }
    data = {k: v | small.get(k, {}) if isinstance(v, dict) else v for k, v in c.bits().items()}
    held = {c.objectives[0].kind: 0.5}
    criterion = {"r2": held, "regret": 2.0, "spare": 0.0, "allowed": 0.0}
    return Experiment.model_validate(
        data | {"name": "miniature", "statements": ["none"], "criterion": criterion}, strict=False
    )


def record(c: Computation) -> Trace:
    """The trace of an experiment as today's code has it, on one thread of the CPU."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with TemporaryDirectory() as folder:
            return traced(miniature(c), Path(folder))
    finally:
        torch.set_num_threads(threads)


def traced(c: Experiment, out: Path) -> Trace:
    from lejepa.reacher import experiment
    from lejepa.reacher.measure import measure
    from lejepa.reacher.render import render
    from lejepa.reacher.train import Run

    stores = render(c, out, jobs=1)
    test = {data: experiment.held(stores[f"{data}-test"]) for data in experiment.DATA}
    steps, recovered = {}, []
    encoders: experiment.Encoders = {}
    seed = c.training.seeds[0]
    for data in experiment.DATA:
        frames = torch.from_numpy(stores[data].read())
        for objective in c.objectives:
            run = Run(c, objective, seed, frames, torch.device("cpu"))
            losses = (run.advance()[0].item() for _ in range(STEPS))
            steps[f"{data} {objective.kind}"] = [step(loss, run.optimizer) for loss in losses]
            encoders[data, objective.kind] = encoder = run.encoder
            recovered.append(measure(c, data, objective.kind, seed, encoder, test[data], test["ou"]))
    lines = experiment.straight_lines(c, encoders, test["ou"])
    play, torques = experiment.held(stores["play"]), torch.from_numpy(stores["play"].torques())
    controlled = experiment.control_all(c, encoders, play, torques, lambda what, done, total, note: None)
    return Trace(
        steps=steps,
        recovered=tuple(recovered),
        lines={f"{x.space} {x.objective}": x.deviation for x in lines},
        costs={f"{x.space} {x.objective}": x.costs for x in controlled},
    )


def step(loss: float, optimizer: torch.optim.Optimizer) -> Step:
    """What is traced of a step that was made."""
    squares = [
        p.grad.double().square().sum() for g in optimizer.param_groups for p in g["params"] if p.grad is not None
    ]
    return Step(loss=loss, gradient=float(torch.stack(squares).sum().sqrt()), rate=optimizer.param_groups[0]["lr"])


def replay(result: Result) -> list[str]:
    """What today's code does not reproduce of a result's trace, a phrase each."""
    now = record(result.configuration)
    return differences(result.trace.model_dump(mode="json"), now.model_dump(mode="json"), RELATIVE, ABSOLUTE)

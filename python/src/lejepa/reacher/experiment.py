"""The whole of a Reacher experiment: render, train, measure, plan; one result file."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lejepa.alone import alone
from lejepa.errors import UserError
from lejepa.evidence.record import Part, now
from lejepa.files import check_folder
from lejepa.reacher import control, dynamics, paths, replay, results
from lejepa.reacher.config import Computation, Experiment
from lejepa.reacher.measure import Held, measure, on_gaussian
from lejepa.reacher.paths import JOINTS, Space
from lejepa.reacher.render import Report, folder, render
from lejepa.reacher.results import Controlled, Line, Recovered, Result
from lejepa.reacher.scene import Floats, Scene
from lejepa.reacher.states import starts
from lejepa.reacher.store import Store
from lejepa.reacher.train import Run, train
from lejepa.training.frames import FrameEncoder, embed
from lejepa.training.train import Parts, begun, versions

DATA = ("ou", "trajectories")
PLANNING_STREAM = 0xA1A
Encoders = dict[Space, FrameEncoder]


class Clock:
    """Seconds spent, by what on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def count(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[what] = round(self.seconds.get(what, 0) + time.monotonic() - started, 2)


def held(store: Store) -> Held:
    return store.angles(), torch.from_numpy(store.read())


def run(
    c: Experiment,
    out: Path,
    device: torch.device,
    jobs: int | None = None,
    overwrite: bool = False,
    report: Report = lambda what, done, total, note: None,
) -> Result:
    """Run an experiment, or go on with a stopped one, and write its result under `out`.

    Raises UserError where a result exists already (unless `overwrite`), and
    `lejepa.interrupt.Interrupted` where it was stopped: what was rendered and trained is kept.
    """
    target = results.result_path(c.name, out)
    if target.exists() and not overwrite:
        raise UserError(f"{target}: this result exists already and is kept; --overwrite replaces it")
    check_folder(target.parent)
    with alone(target):
        return whole(c, out, device, jobs, overwrite, report)


def whole(c: Experiment, out: Path, device: torch.device, jobs: int | None, overwrite: bool, report: Report) -> Result:
    """The same, where no other process is at work on the result."""
    target = results.result_path(c.name, out)
    torch.use_deterministic_algorithms(True)
    traced = replay.record(c)
    clock = Clock()
    with clock.count("render"):
        stores = render(c, out, jobs, overwrite, report)
    with clock.count("train"):
        encoders, parts = train_all(c, stores, out, device, overwrite, report)
    test = {data: held(stores[f"{data}-test"]) for data in DATA}
    recovered: list[Recovered] = []
    with clock.count("measure"):
        for (data, objective, seed), encoder in encoders.items():
            recovered.append(measure(c, data, objective, seed, encoder, test[data], test["ou"]))
            report("measure", len(recovered), len(encoders), "")
    first: Encoders = {
        (data, objective): encoder
        for (data, objective, seed), encoder in encoders.items()
        if seed == c.training.seeds[0]
    }
    with clock.count("paths"):
        lines = straight_lines(c, first, test["ou"])
    with clock.count("control"):
        controlled = control_all(c, first, held(stores["play"]), torch.from_numpy(stores["play"].torques()), report)
    result = Result(
        name=c.name,
        configuration=Computation.model_validate(c.model_dump(include=set(Computation.model_fields)), strict=False),
        recovered=tuple(recovered),
        untrained=tuple(untrained(c, stores, test["ou"])),
        lines=tuple(lines),
        controlled=tuple(controlled),
        trace=traced,
        stages=clock.seconds,
        seconds=round(sum(clock.seconds.values()), 2),
        versions={**versions(), **{p: version(p) for p in ("mujoco", "dm-control", "zarr")}},
        parts=several((*parts, begun(0, device).model_copy(update={"what": "measuring and planning"}))),
        device=str(device),
        made=now(),
    )
    results.write(target, result)
    return result


def finished(c: Experiment, out: Path) -> Result | None:
    """The result that a folder has of an experiment as configured now; None where there is none, or another's."""
    target = results.result_path(c.name, out)
    try:
        found = results.read(target) if target.exists() else None
    except UserError:  # another version's
        return None
    return found if found is not None and found.of(c) else None


def several(parts: Parts) -> Parts:
    """The parts, where not one machine with one set of versions did all of them; else none."""
    return parts if len({(p.machine, tuple(sorted(p.versions.items()))) for p in parts}) > 1 else ()


def train_all(
    c: Experiment, stores: dict[str, Store], out: Path, device: torch.device, overwrite: bool, report: Report
) -> tuple[dict[tuple[str, str, int], FrameEncoder], Parts]:
    """An encoder for each data set, objective and seed; and who did which part of the training."""
    encoders: dict[tuple[str, str, int], FrameEncoder] = {}
    made: list[Part] = []
    for data in DATA:
        frames = torch.from_numpy(stores[data].read())
        for objective, seed in product(c.objectives, c.training.seeds):
            name = f"{data}-{objective.kind}-{seed}"
            path = folder(c.name, out) / "encoders" / f"{name}.pt"

            def progress(step: int, note: str, what: str = f"train {name}") -> None:
                report(what, step, c.training.steps, note)

            origin = stores[data].origin
            encoder, parts = train(c, objective, seed, frames, origin, path, device, overwrite, progress)
            encoders[data, objective.kind, seed] = encoder
            made += [p.model_copy(update={"what": f"{name}, {p.what}"}) for p in parts]
    return encoders, tuple(made)


def untrained(c: Computation, stores: dict[str, Store], gaussian: Held) -> Iterator[float]:
    """The lower R² on Gaussian states of each encoder before its first step, in the order in which they are trained."""
    for data in DATA:
        frames = torch.from_numpy(stores[data].read())
        for objective, seed in product(c.objectives, c.training.seeds):
            run = Run(c, objective, seed, frames, torch.device("cpu"))
            yield on_gaussian(c, run.encoder, gaussian).r2


def straight_lines(c: Computation, encoders: Encoders, test: Held) -> list[Line]:
    """Straight lines in joints and in each embedding, all decoded to the same rendered states."""
    angles = test[0].reshape(-1, 2)
    rng = np.random.default_rng(PLANNING_STREAM)
    start, goal = paths.draw_pairs(c.paths.count, len(angles), rng)
    spaces: dict[Space, Floats] = {JOINTS: angles} | {
        name: embed(e, test[1]).reshape(-1, 2).numpy() for name, e in encoders.items()
    }
    return [
        paths.interpolate(name, paths.Gallery(angles, points), start, goal, c.paths.points)
        for name, points in spaces.items()
    ]


def control_all(c: Computation, encoders: Encoders, play: Held, torques: Tensor, report: Report) -> list[Controlled]:
    """The same tasks on the true joints and on each embedding, dynamics fitted to the same exploration."""
    scene = Scene(c.rendering.size, c.rendering.samples)
    rng = np.random.default_rng(PLANNING_STREAM + 1)
    start, goal = starts(c.ou, c.control.tasks, rng), starts(c.ou, c.control.tasks, rng)
    seed = c.training.seeds[0]
    spaces: dict[Space, tuple[control.Sense, Tensor]] = {
        JOINTS: (lambda angles: torch.from_numpy(angles / c.ou.spread), torch.from_numpy(play[0] / c.ou.spread))
    }
    for name, encoder in encoders.items():
        spaces[name] = (seeing(encoder, scene), embed(encoder, play[1]))
    found: list[Controlled] = []
    base: Floats | None = None
    for i, (name, (sense, points)) in enumerate(spaces.items()):
        model, fit = dynamics.fit(points, torques, seed)
        done = i * c.control.steps

        def progress(step: int, done: int = done, total: int = len(spaces) * c.control.steps) -> None:
            report("control", done + step, total, "")

        angles, held_torques = control.reach(c, sense, model, start, goal, scene, seed, progress)
        cost = control.costs(c, angles, held_torques, goal)
        base = cost if base is None else base
        found.append(control.summary(name, fit, angles, goal, cost, base))
    return found


def seeing(encoder: FrameEncoder, scene: Scene) -> Callable[[Floats], Tensor]:
    """The embedding of the frame at joint angles."""
    return lambda angles: embed(encoder, torch.from_numpy(scene.draw(angles)))

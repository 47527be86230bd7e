"""Render the data sets of an experiment: in parallel, resumable, with progress."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np

from lejepa.errors import CannotRun, UserError
from lejepa.interrupt import Interrupted, Stop, deferred
from lejepa.reacher import states
from lejepa.reacher.config import Experiment
from lejepa.reacher.scene import Frames, Scene
from lejepa.reacher.states import States
from lejepa.reacher.store import Store, create, origin_text

SETS = ("ou", "ou-test", "trajectories", "trajectories-test", "play")
Report = Callable[[str, int, int, str], None]  # what is being done, how much is done, of how much; a note


def states_of(name: str, c: Experiment, scene: Scene) -> States:
    """The states of a data set, from a random stream of its own."""
    rng = np.random.default_rng((SETS.index(name), 0x5EED))
    match name:
        case "ou":
            return states.ornstein_uhlenbeck(c.ou, c.ou.pairs, rng)
        case "ou-test":
            return states.ornstein_uhlenbeck(c.ou, c.ou.test_pairs, rng)
        case "trajectories":
            return states.trajectories(c.trajectories, c.trajectories.episodes, rng, scene)
        case "trajectories-test":
            return states.trajectories(c.trajectories, c.trajectories.test_episodes, rng, scene)
        case _:
            return states.play(c, rng, scene)


def origin(name: str, c: Experiment) -> str:
    """The part of the configuration that a data set depends on."""
    parts = {"set": name, "rendering": c.rendering.model_dump()}
    if name.startswith("ou"):
        parts["ou"] = c.ou.model_dump()
    else:
        parts["trajectories"] = c.trajectories.model_dump()
    if name == "play":
        parts["ou"] = c.ou.model_dump()
        parts["control"] = c.control.model_dump(include={"play", "length"})
    return origin_text(parts)


def folder(experiment: str, out: Path) -> Path:
    """Where an experiment keeps its data sets and encoders."""
    return out / "reacher" / experiment


def data_path(name: str, experiment: str, out: Path) -> Path:
    return folder(experiment, out) / "data" / f"{name}.zarr"


def opened(name: str, c: Experiment, out: Path, overwrite: bool, scene: Scene) -> Store:
    """The data set, made where it is not there yet; another configuration's is kept unless `overwrite`."""
    path = data_path(name, c.name, out)
    if path.exists():
        store = Store(path)
        if store.origin == origin(name, c):
            return store
        if not overwrite:
            raise UserError(f"{path}: this data set is of another configuration and is kept; --overwrite replaces it")
    return create(path, states_of(name, c, scene), c.rendering.size, origin(name, c))


def render(
    c: Experiment,
    out: Path,
    jobs: int | None = None,
    overwrite: bool = False,
    report: Report = lambda what, done, total, note: None,
) -> dict[str, Store]:
    """Draw whatever frames are missing; the data sets by name.

    Raises Interrupted where Ctrl-C or SIGTERM stopped it; chunks already drawn are kept.
    """
    scene = Scene(c.rendering.size, c.rendering.samples)
    scene.try_out()  # says what is missing before anything is made
    stores = {name: opened(name, c, out, overwrite, scene) for name in SETS}
    todo = [(name, a, b) for name, store in stores.items() for a, b in store.missing()]
    total = sum(len(s.blocks()) for s in stores.values())
    if todo:
        try:
            with deferred() as stop:
                draw_all(todo, total, c, out, jobs or os.cpu_count() or 1, stop, report)
        except BrokenProcessPool:
            raise CannotRun(
                "a process that draws was ended from outside, perhaps for want of memory; expected room for --jobs of "
                "them; the same command goes on"
            ) from None
    report("render", total, total, "")
    return stores


def draw_all(
    todo: list[tuple[str, int, int]], total: int, c: Experiment, out: Path, jobs: int, stop: Stop, report: Report
) -> None:
    """Draw blocks in a pool of processes, a few ahead of each, so that a stop waits for few."""
    context = multiprocessing.get_context("spawn")
    jobs = min(jobs, len(todo))
    done, queue = total - len(todo), iter(todo)
    with ProcessPoolExecutor(jobs, context, begin, (c.rendering.size, c.rendering.samples)) as pool:
        running: set[Future[None]] = set()
        while True:
            report("render", done, total, "")
            while not stop.asked and len(running) < 2 * jobs and (block := next(queue, None)):
                name, first, last = block
                running.add(pool.submit(draw_block, data_path(name, c.name, out), first, last))
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            done += len(finished)
    if done < total:
        raise Interrupted(f"{c.name}: stopped; the same command goes on")


def begin(size: int, samples: int) -> None:
    """In a process of the pool: its own scene; Ctrl-C is left to the parent."""
    global drawing
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    drawing = Scene(size, samples)


drawing: Scene


def draw_block(path: Path, first: int, last: int) -> None:
    """In a process of the pool: draw and write the episodes of a block."""
    store = Store(path)
    angles = store.angles()[first:last]
    store.write(first, shaped(drawing.draw(angles.reshape(-1, 2)), angles.shape[:2]))


def shaped(frames: Frames, shape: tuple[int, ...]) -> Frames:
    """Frames `(episodes · length, ...)` by episode."""
    return frames.reshape(*shape, *frames.shape[1:])

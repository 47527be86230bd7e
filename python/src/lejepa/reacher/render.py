"""Draw frames of the arm: in parallel, resumable, and each set of states once where a folder keeps it."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lejepa.alone import alone
from lejepa.errors import CannotRun
from lejepa.files import digest
from lejepa.interrupt import Interrupted, Stop, deferred, follow_parent
from lejepa.reacher.scene import Floats, Frames, Scene
from lejepa.reacher.store import Store, create

FEW = 512  # frames that one process draws sooner than several have started
PACKAGES = ("mujoco", "dm-control")  # whose versions decide what a frame looks like
Report = Callable[[str, int, int, str], None]  # what is being done, how much is done, of how much; a note


def quiet(what: str, done: int, total: int, note: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Drawing:
    """How frames are drawn.

    folder: keeps them, a data set for each set of states, for whoever asks for the same again; without it they are in
    memory alone. jobs: processes; by default one a core. report: told how many parts are drawn.
    """

    folder: Path | None = None
    jobs: int | None = None
    report: Report = quiet

    def frames(self, angles: Floats, size: int, samples: int) -> Frames:
        """Frames `(..., size, size, 3)` of joint angles `(..., 2)` in radians.

        Raises:
            CannotRun: If MuJoCo or a library to draw with is missing.
            UserError: If the folder can't be written, or frames in it do not fit their checksum.
            lejepa.interrupt.Interrupted: If Ctrl-C or SIGTERM stopped it; frames in the folder are kept.
        """
        flat = np.ascontiguousarray(angles.reshape(-1, 2))
        if len(flat) <= FEW:
            made = few(Scene, flat.tobytes(), size, samples).copy()
        elif self.folder is None:
            with TemporaryDirectory() as folder:
                made = self.kept(Path(folder), flat, size, samples)
        else:
            made = self.kept(self.folder, flat, size, samples)
        return made.reshape(*angles.shape[:-1], *made.shape[1:])

    def kept(self, folder: Path, angles: Floats, size: int, samples: int) -> Frames:
        """The same of `(count, 2)`, from a data set in a folder, which is made where it is not there or not whole."""
        scene = Scene(size, samples)
        scene.try_out()  # says what is missing before anything is made
        name = digest(*map(version, PACKAGES), f"{size} {samples}", angles.tobytes())
        path = folder / f"{name}.zarr"
        with alone(path, wait=True):  # another process may be drawing the same
            store = Store(path) if path.exists() else create(path, angles, size)
            if store.missing():
                self.draw(store, size, samples)
            return store.read()

    def draw(self, store: Store, size: int, samples: int) -> None:
        """Draw whatever frames of a data set are missing."""
        todo, total = store.missing(), len(store.blocks())
        try:
            with deferred() as stop:
                draw_all(store, todo, total, size, samples, min(self.jobs or cores(), len(todo)), stop, self.report)
        except BrokenProcessPool:
            raise CannotRun(
                "a process that draws was ended from outside, perhaps for want of memory; expected room for one a "
                "core; the same command resumes"
            ) from None
        self.report("frames", total, total, "")


@lru_cache(maxsize=32)
def few(scene: type[Scene], angles: bytes, size: int, samples: int) -> Frames:
    """A few frames, drawn here and once: those of one trace are those of the next."""
    return scene(size, samples).draw(np.frombuffer(angles).reshape(-1, 2))


def cores() -> int:
    return os.cpu_count() or 1


def draw_all(
    store: Store,
    todo: list[tuple[int, int]],
    total: int,
    size: int,
    samples: int,
    jobs: int,
    stop: Stop,
    report: Report,
) -> None:
    """Draw blocks in a pool of processes, a few ahead of each, so that a stop waits for few."""
    done, queue = total - len(todo), iter(todo)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), begin, (size, samples)) as pool:
        running: set[Future[None]] = set()
        while True:
            report("frames", done, total, "")
            while not stop.asked and len(running) < 2 * jobs and (block := next(queue, None)):
                running.add(pool.submit(draw_block, store.path, *block))
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            done += len(finished)
    if done < total:
        raise Interrupted("stopped while frames were drawn; the same command resumes")


def begin(size: int, samples: int) -> None:
    """In a process of the pool: its own scene."""
    global drawing
    follow_parent()
    drawing = Scene(size, samples)


drawing: Scene


def draw_block(path: Path, first: int, last: int) -> None:
    """In a process of the pool: draw and write the states of a block."""
    store = Store(path)
    store.write(first, drawing.draw(store.angles()[first:last]))

"""Run the experiments of a sweep: as processes of this machine, or as tasks of a Ray cluster.

Each experiment trains on one thread, so that its bits do not depend on how many run beside it. All of them write to one
folder, which the nodes of a cluster must share. Whatever is killed, the same command goes on: finished results are
kept, and experiments under way go on from their checkpoints.
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from lejepa import extras
from lejepa.alone import alone
from lejepa.errors import CannotRun, UserError
from lejepa.files import check_folder, write_json
from lejepa.interrupt import Interrupted, Stop, deferred
from lejepa.training import results
from lejepa.training.config import Experiment
from lejepa.training.grid import Sweep
from lejepa.training.results import Point, Result
from lejepa.training.train import choose_device, train

Report = Callable[[str, int, float | None], None]
"""Called with an experiment's name, the step that it has reached, and its loss there where one is known."""
Told = Callable[[int, float | None], None]


class Stopped(Interrupted):
    """The sweep was stopped; what is finished is kept, what was under way has saved its state."""

    def __init__(self) -> None:
        super().__init__("the sweep is stopped; the same command goes on")


def run(
    sweep: Sweep,
    out: Path,
    device: str = "auto",
    jobs: int | None = None,
    ray: str | None = None,
    overwrite: bool = False,
    report: Report = lambda name, step, loss: None,
) -> dict[str, Result]:
    """Run what is missing of a sweep; the result of each point, by name.

    jobs: experiments at a time on this machine, by default one a core, or one where they train on CUDA. ray: address of
    a Ray cluster, which is used instead. Raises UserError where a point has another configuration's result (unless
    `overwrite`) or another process is at work on the sweep, CannotRun where the disk is full, and Stopped.
    """
    cuda = choose_device(device).type == "cuda"
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: expected at least 1")
    check_folder(out / "experiments")
    with alone(out / "experiments" / sweep.name):
        waiting = missing(sweep, out, overwrite)
        cluster = connected(ray) if waiting and ray is not None else None
        if sweep.many:
            write_json(results.sweep_path(sweep.name, out), sweep.model_dump(mode="json"))
        if cluster is not None:
            on_ray(cluster, waiting, out, device, report)
        elif waiting:
            locally(waiting, out, device, jobs or (1 if cuda else os.cpu_count() or 1), report)
    return {p.name: results.read(results.path_of(p.name, out)) for p in sweep.points}


def missing(sweep: Sweep, out: Path, overwrite: bool) -> list[Experiment]:
    """The points without a result of their configuration."""
    waiting = []
    for point in sweep.points:
        path = results.path_of(point.name, out)
        if path.exists() and current(path, point):
            continue
        if path.exists() and not overwrite:
            raise UserError(
                f"{path}: expected the result of {point.name} as configured now, found an older one's; "
                "--overwrite replaces it"
            )
        waiting.append(point)
    return waiting


def current(path: Path, point: Experiment) -> bool:
    """Whether a file is the result of a point as configured now; another version's file is not."""
    try:
        return results.read(path).of(point)
    except UserError:
        return False


def mean_loss(point: Point) -> float | None:
    """The mean over the models that have not diverged."""
    known = [v for v in point.loss if v is not None]
    return fmean(known) if known else None


def train_point(text: str, out: str, device: str, told: Told = lambda step, loss: None) -> None:
    """Train one experiment, given as JSON, on one thread."""
    torch.set_num_threads(1)
    experiment = Experiment.model_validate_json(text, strict=False)
    train(experiment, Path(out), choose_device(device), overwrite=True, report=lambda p: told(p.step, mean_loss(p)))


@dataclass
class Job:
    """An experiment under way in a process of its own."""

    experiment: Experiment
    process: BaseProcess
    messages: Connection


def work(channel: Connection, text: str, out: str, device: str) -> None:
    """The process of a job: sends steps, then how it ended."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        train_point(text, out, device, lambda step, loss: channel.send(("step", (step, loss))))
        channel.send(("done", ""))
    except Interrupted as e:
        channel.send(("stopped", str(e)))
    except CannotRun as e:
        channel.send(("unable", str(e)))
    except UserError as e:
        channel.send(("fault", str(e)))


def end_with_parent() -> None:
    """End this process when its parent is killed, and can't say so: all files are whole at any moment."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def locally(waiting: Iterable[Experiment], out: Path, device: str, jobs: int, report: Report) -> None:
    """Run experiments as processes, `jobs` at a time."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    queue, running, faults = deque(waiting), list[Job](), list[str]()
    with deferred() as stop:
        try:
            while queue or running:
                while queue and len(running) < jobs and not stop.asked:
                    running.append(start(context, queue.popleft(), out, device))
                if stop.asked:
                    finish(running)
                    raise Stopped
                connection.wait([j.messages for j in running], timeout=0.5)
                running = [job for job in running if not ended(job, report, faults)]
        except BaseException:
            finish(running)
            raise
    raise_faults(faults)


def start(context: ForkServerContext, experiment: Experiment, out: Path, device: str) -> Job:
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(there, experiment.model_dump_json(), str(out), device))
    process.start()
    there.close()
    return Job(experiment, process, here)


def ended(job: Job, report: Report, faults: list[str]) -> bool:
    """Read a job's messages; whether it is over, a fault of it noted."""
    name = job.experiment.name
    while job.messages.poll():
        try:
            kind, what = job.messages.recv()
        except EOFError:
            job.process.join()
            faults.append(f"{name}: its process ended with code {job.process.exitcode}; the same command goes on")
            return True
        if kind == "step":
            report(name, *what)
            continue
        job.process.join()
        if kind == "stopped":
            raise Stopped
        if kind == "unable":  # what one lacks, all lack: a full disk, say
            raise CannotRun(what)
        if kind == "fault":
            faults.append(what)
        return True
    return False


def raise_faults(faults: list[str]) -> None:
    """One error for the faults of all points, after the others have finished."""
    if faults:
        raise UserError("; ".join(faults))


def finish(running: Iterable[Job]) -> None:
    """Let jobs save their state and end."""
    for job in running:
        job.process.terminate()
    for job in running:
        with contextlib.suppress(EOFError, OSError):
            while job.messages.poll(None):
                job.messages.recv()
        job.process.join()


def connected(address: str) -> Any:
    """Ray, connected to a cluster."""
    try:
        import ray
    except ImportError:
        raise extras.missing("--ray", "ray", "ray") from None
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as e:
        raise UserError(f"--ray {address}: expected the address of a Ray cluster: {' '.join(str(e).split())}") from None
    return ray


def on_ray(ray: Any, waiting: Iterable[Experiment], out: Path, device: str, report: Report) -> None:
    """Run experiments as tasks of a Ray cluster; a task whose node dies goes on elsewhere from its checkpoint."""
    gpus = 1 if choose_device(device).type == "cuda" else 0
    task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=3)(train_point)
    try:
        pending = {task.remote(e.model_dump_json(), str(out.resolve()), device): e for e in waiting}
        with deferred() as stop:
            gather(ray, pending, stop, report)
    finally:
        ray.shutdown()


def gather(ray: Any, pending: dict[Any, Experiment], stop: Stop, report: Report) -> None:
    """Wait for all tasks, then raise their faults."""
    faults = []
    while pending:
        if stop.asked:
            for reference in pending:
                ray.cancel(reference, force=False)
            ray.wait(list(pending), num_returns=len(pending), timeout=60)
            raise Stopped
        done, _ = ray.wait(list(pending), timeout=0.5)
        for reference in done:
            experiment = pending.pop(reference)
            try:
                ray.get(reference)
            except ray.exceptions.RayTaskError as e:
                if isinstance(e.cause, CannotRun):
                    raise e.cause from None
                plain = isinstance(e.cause, UserError)
                faults.append(str(e.cause) if plain else f"{experiment.name}: {' '.join(str(e).split())[-500:]}")
            else:
                report(experiment.name, experiment.training.steps, None)
    raise_faults(faults)

"""Run the experiments of a sweep: as processes of this machine, or as tasks of a Ray cluster.

Each experiment trains on one thread, so that its bits do not depend on how many run beside it. Whatever is killed, the
same command resumes: finished results are kept, and experiments under way resume from their checkpoints.
"""

import contextlib
import os
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from lejepa.alone import alone
from lejepa.errors import CannotRun, UserError
from lejepa.files import check_folder, write_json
from lejepa.interrupt import Interrupted, deferred, follow_parent
from lejepa.training import cluster, results
from lejepa.training.config import Experiment
from lejepa.training.grid import Sweep
from lejepa.training.points import Report, Stopped, raise_faults, train_point
from lejepa.training.results import Result
from lejepa.training.train import choose_device


def run(
    sweep: Sweep,
    out: Path,
    device: str = "auto",
    jobs: int | None = None,
    ray: str | None = None,
    overwrite: bool = False,
    report: Report = lambda name, step, note: None,
) -> dict[str, Result]:
    """Run what is missing of a sweep; the result of each point, by name.

    jobs: experiments at a time on this machine, by default one a core, or one where they train on CUDA. ray: address of
    a Ray cluster, which is used instead, and whose workers choose the device. Raises UserError where a point has
    another configuration's result (unless `overwrite`) or another process is at work on the sweep, CannotRun where the
    disk is full, and Stopped.
    """
    cuda = ray is None and choose_device(device).type == "cuda"
    if ray is not None:
        cluster.check_device(device)
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: expected at least 1")
    check_folder(out / "experiments")
    with alone(out / "experiments" / sweep.name):
        waiting = missing(sweep, out, overwrite)
        there = cluster.connected(ray) if waiting and ray is not None else None
        if sweep.many:
            write_json(results.sweep_path(sweep.name, out), sweep.model_dump(mode="json"))
        if there is not None:
            cluster.train_all(there, waiting, out, device, report)
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
            raise UserError(f"{results.told_instead(path, point)}; --overwrite replaces it")
        waiting.append(point)
    return waiting


def current(path: Path, point: Experiment) -> bool:
    """Whether a file is the result of a point as configured now; another version's file is not."""
    return not results.told_instead(path, point)


@dataclass
class Job:
    """An experiment under way in a process of its own."""

    experiment: Experiment
    process: BaseProcess
    messages: Connection


def work(channel: Connection, text: str, out: str, device: str) -> None:
    """The process of a job: sends steps, then how it ended."""
    follow_parent()
    try:
        train_point(text, out, device, lambda step, note: channel.send(("step", (step, note))))
        channel.send(("done", ""))
    except Interrupted as e:
        channel.send(("stopped", str(e)))
    except CannotRun as e:
        channel.send(("unable", str(e)))
    except UserError as e:
        channel.send(("fault", str(e)))


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
            faults.append(f"{name}: its process ended with code {job.process.exitcode}; the same command resumes")
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


def finish(running: Collection[Job]) -> None:
    """Let jobs save their state and end."""
    for job in running:
        job.process.terminate()
    for job in running:
        with contextlib.suppress(EOFError, OSError):
            while job.messages.poll(None):
                job.messages.recv()
        job.process.join()

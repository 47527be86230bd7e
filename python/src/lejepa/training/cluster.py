"""The points of a sweep as tasks of a Ray cluster.

A point whose worker crashes, whose node dies or that finds no memory is given to the cluster again. It resumes from its
checkpoint where the nodes share the folder of results, else anew. Its files come back with the task too, and are
written here where the folder is not shared.
"""

import os
import socket
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch

from lejepa import extras
from lejepa.alone import AtWork
from lejepa.errors import CannotRun, UserError
from lejepa.files import void, write_atomically
from lejepa.interrupt import Interrupted, Stop, deferred
from lejepa.training import results, weights
from lejepa.training.config import Experiment
from lejepa.training.points import Report, Stopped, raise_faults, train_point
from lejepa.training.train import device_named, finished

TRIES = 4  # of a point whose worker is lost
ANSWER = 10.0  # seconds: for a cluster to take a connection
PATIENCE = 60.0  # seconds: for a node that can run a point, for a process that still holds one, for points to stop

Files = dict[str, bytes]  # by name; the result's last, since it says that all are there


def check_device(name: str) -> None:
    """UserError where a name is no device that a cluster chooses: which GPU a task gets is Ray's matter."""
    if device_named(name).index is not None:
        raise UserError(f"--device {name}: expected auto, cpu or cuda with --ray: Ray chooses which GPU a point gets")


def connected(address: str) -> Any:
    """Ray, connected to a cluster."""
    try:
        import ray
    except ImportError:
        raise extras.missing("--ray", "ray", "ray") from None
    try:
        probe(ray, address)
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as e:
        raise UserError(f"--ray {address}: expected the address of a Ray cluster: {' '.join(str(e).split())}") from None
    return ray


def probe(ray: Any, address: str) -> None:
    """ConnectionError where nothing answers at a host and port: `ray.init` itself would try for minutes.

    Other addresses, such as `auto` and `local`, are Ray's matter.
    """
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS", "")
    place = urlsplit(address if "://" in address else f"//{address}")
    if place.hostname is None or place.port is None:
        return
    # Ray looks for a cluster of this machine where other machines would, and takes ray:// as it is
    here = not place.scheme and place.hostname in ("localhost", "127.0.0.1", "::1")
    host = ray.util.get_node_ip_address() if here else place.hostname
    try:
        socket.create_connection((host, place.port), timeout=ANSWER).close()
    except (OSError, UnicodeError) as e:
        raise ConnectionError(f"nothing answers at {host}, port {place.port} ({e})") from None


def needs(ray: Any, device: str) -> dict[str, int]:
    """What a point needs of a node. With the device `auto` it is a GPU as soon as one node has one."""
    gpu = device != "cpu" and (device != "auto" or ray.cluster_resources().get("GPU", 0) >= 1)
    return {"CPU": 1, "GPU": int(gpu)}


class Board:
    """An actor that keeps the last that each point tells until the driver takes it."""

    def __init__(self) -> None:
        self.news: dict[str, tuple[int, str]] = {}

    def put(self, name: str, step: int, note: str) -> None:
        self.news[name] = step, note

    def take(self) -> dict[str, tuple[int, str]]:
        news, self.news = self.news, {}
        return news


def trained(text: str, out: str, device: str, board: Any) -> Files:
    """The task: train a point, given as JSON, on the worker's own device, unless its result is there; its files."""
    experiment, folder = Experiment.model_validate_json(text, strict=False), Path(out)
    until = time.monotonic() + PATIENCE
    while finished(experiment, folder) is None:
        try:
            train_point(text, out, device, lambda step, note: void(board.put.remote(experiment.name, step, note)))
        except AtWork:  # a worker whose node has died may outlive it by a moment
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    result = results.path_of(experiment.name, folder)
    return {p.name: p.read_bytes() for p in (weights.path_of(result), result) if p.exists()}


def train_all(ray: Any, waiting: Iterable[Experiment], out: Path, device: str, report: Report) -> None:
    """Train points on a cluster that Ray is connected to, then raise their faults.

    Raises UserError that names each point that failed, CannotRun where the disk is full, no node can run a point or the
    cluster is gone, and Stopped.
    """
    try:
        with deferred() as stop:
            Cluster(ray, out.resolve(), device, report).run(waiting, stop)
    except ray.exceptions.RayError as e:
        raise CannotRun(f"the Ray cluster does not answer ({short(e)}); the same command resumes") from None
    finally:
        ray.shutdown()


class Cluster:
    """The tasks under way, and how often each point has been lost."""

    def __init__(self, ray: Any, out: Path, device: str, report: Report) -> None:
        self.ray, self.out, self.device, self.report = ray, out, device, report
        self.needs = needs(ray, device)
        self.task = ray.remote(num_cpus=self.needs["CPU"], num_gpus=self.needs["GPU"], max_retries=0)(trained)
        self.board = self.new_board()
        self.asked = self.board.take.remote()
        self.pending: dict[Any, Experiment] = {}
        self.lost = Counter[str]()
        self.faults: list[str] = []
        self.able = time.monotonic()

    def run(self, waiting: Iterable[Experiment], stop: Stop) -> None:
        try:
            for experiment in waiting:
                self.submit(experiment)
            while self.pending:
                if stop.asked:
                    raise Stopped
                done, _ = self.ray.wait(list(self.pending), timeout=0.5)
                self.tell()
                for reference in done:
                    self.ended(self.pending.pop(reference), self.outcome(reference))
                self.check_nodes()
        except BaseException:
            self.finish()
            raise
        raise_faults(self.faults)

    def new_board(self) -> Any:
        """A board beside the driver: it outlives the nodes that train."""
        here = self.ray.get_runtime_context().get_node_id()
        near = self.ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(here, soft=True)
        made = self.ray.remote(Board).options(num_cpus=0, max_restarts=-1, scheduling_strategy=near)
        return made.remote()

    def tell(self) -> None:
        """Report what the points under way have told; nothing while the board is lost."""
        if not self.ray.wait([self.asked], timeout=0)[0]:
            return
        with suppress(self.ray.exceptions.RayError):
            under_way = {e.name for e in self.pending.values()}
            for name, news in self.ray.get(self.asked).items():
                if name in under_way:
                    self.report(name, *news)
        self.asked = self.board.take.remote()

    def submit(self, experiment: Experiment) -> None:
        reference = self.task.remote(experiment.model_dump_json(), str(self.out), self.device, self.board)
        self.pending[reference] = experiment

    def outcome(self, reference: Any) -> Files | Exception:
        """The files of a task that has ended, or what it raised, or what became of its worker."""
        try:
            files: Files = self.ray.get(reference)
        except self.ray.exceptions.RayTaskError as e:
            cause: Exception = e.cause if isinstance(e.cause, Exception) else e
            return cause
        except self.ray.exceptions.RayError as e:
            loss: Exception = e
            return loss
        return files

    def ended(self, experiment: Experiment, outcome: Files | Exception) -> None:
        """Keep a point's files, or try it again, or note its fault."""
        name = experiment.name
        if isinstance(outcome, dict):
            self.keep(experiment, outcome)
            self.report(name, experiment.training.steps, "")
        elif isinstance(outcome, CannotRun):  # what one lacks, all lack: a full disk, say
            raise outcome from None
        elif isinstance(outcome, UserError):
            self.faults.append(str(outcome))
        elif not self.is_loss(outcome):
            self.faults.append(f"{name}: {type(outcome).__name__}: {short(outcome)}")
        elif self.lost[name] + 1 < TRIES:
            self.lost[name] += 1
            self.submit(experiment)
        else:
            self.faults.append(
                f"{name}: its worker was lost or found no memory {TRIES} times, the last time with "
                f"{type(outcome).__name__} ({short(outcome)}); the same command resumes"
            )

    def is_loss(self, e: Exception) -> bool:
        """Whether a task failed for the sake of its worker: crashed, stopped, dead with its node, or out of memory."""
        lost = isinstance(e, self.ray.exceptions.RayError) and not isinstance(e, self.ray.exceptions.RayTaskError)
        memory = isinstance(e, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(e)
        return lost or memory or isinstance(e, Interrupted)

    def keep(self, experiment: Experiment, files: Files) -> None:
        """Write a point's files where this machine does not see them."""
        if finished(experiment, self.out) is None:
            folder = results.path_of(experiment.name, self.out).parent
            for name, content in files.items():
                write_bytes(folder / name, content)

    def check_nodes(self) -> None:
        """CannotRun where no node has had what a point needs for a while."""
        there = self.ray.cluster_resources()
        if all(there.get(kind, 0) >= count for kind, count in self.needs.items()):
            self.able = time.monotonic()
        elif self.pending and time.monotonic() - self.able > PATIENCE:
            wanted = " and ".join(f"a {kind}" for kind, count in self.needs.items() if count)
            raise CannotRun(
                f"--ray with --device {self.device}: expected a node of the Ray cluster with {wanted}, there has been "
                f"none for {PATIENCE:g} s; the same command resumes"
            )

    def finish(self) -> None:
        """Let the points under way save their state and end, and keep those that end with a result."""
        with suppress(self.ray.exceptions.RayError, ConnectionError):
            for reference in self.pending:
                self.ray.cancel(reference, force=False)
            every = list(self.pending)
            done = self.ray.wait(every, num_returns=len(every), timeout=PATIENCE)[0] if every else []
            for reference in done:
                outcome = self.outcome(reference)
                if isinstance(outcome, dict):
                    self.keep(self.pending[reference], outcome)


def write_bytes(path: Path, content: bytes) -> None:
    write_atomically(path, lambda p: void(p.write_bytes(content)))


def short(e: Exception) -> str:
    """What an exception says, on one line and not too long."""
    return " ".join(str(e).split())[:300]

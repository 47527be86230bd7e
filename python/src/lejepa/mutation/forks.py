"""Runs tests in forks of a process that has imported what is slow to import, each in a copy of the checkout."""

import contextlib
import gc
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lejepa.mutation.library import PACKAGE

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
SLOW = (
    "torch", "numpy", "scipy.stats", "scipy.linalg", "scipy.optimize", "scipy.spatial", "scipy.integrate",
    "scipy.special", "sympy", "mpmath", "flint", "pydantic", "typer", "typer.testing", "rich.console", "rich.progress",
    "rich.table", "jinja2", "networkx", "matplotlib.pyplot", "ruamel.yaml", "hypothesis", "pytest", "pygments",
    "coverage", "markdown_it", "jmespath", "zarr", "fast_sugiyama", "latex2mathml.converter", "PIL.Image",
    "safetensors.torch", "pyarrow.parquet",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """Tests to run, with a module's text in place of its own.

    seconds: of the processor, at most; counted in the process, so that a busy machine fails nothing.
    """

    module: str
    text: str
    tests: tuple[str, ...]
    seconds: float
    reached: bool = False  # whether to note which lines each test reaches


Outcome = dict[str, Any]


def preload() -> None:
    """Import what every fork would import otherwise; nothing of the library itself."""
    for name in THREADS:
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "agg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in SLOW:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            importlib.import_module("pytest").main(["--version"])  # its plugins
    gc.collect()
    gc.freeze()


def copied(root: Path, to: Path) -> None:
    """Copy what git would of a checkout, changes included, compiled so that a changed source is never taken for old."""
    named = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, named.split("\0")):
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, to / name)
    subprocess.run(
        (sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", str(to / PACKAGE)),
        check=False,
    )


def scratch(copy: Path) -> Path:
    """The folder for temporary files of a copy's tests: beside it, as they would find a checkout above."""
    return copy.parent / "tmp"


def run_pytest(task: Task, copy: Path) -> Outcome:
    """In a fork: run the tests of a task on the copy."""
    import pytest
    from hypothesis import settings

    from lejepa.mutation.watch import Lines, Verdict

    for name in [n for n in sys.modules if n == "lejepa" or n.startswith("lejepa.")]:
        del sys.modules[name]
    source = copy / "python" / "src"
    sys.path[:] = [str(source), *(p for p in sys.path if not p.endswith("/python/src"))]
    os.environ["PYTHONPATH"] = str(source)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch(copy))
    os.chdir(copy / "python")
    settings.register_profile("mutation", deadline=None, derandomize=True, database=None)
    settings.load_profile("mutation")
    verdict = Verdict()
    watched = Lines(copy / PACKAGE / task.module) if task.reached else None
    if watched:
        watched.coverage.start()
    options = ["-c", "pyproject.toml", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "-q"]
    options += ["--basetemp", str(scratch(copy) / "pytest"), "--tb=short"]
    options += [] if watched else ["-x"]
    code = pytest.main([*options, *task.tests], plugins=[p for p in (verdict, watched) if p])
    outcome: Outcome = {"code": int(code), "test": verdict.test, "how": verdict.how, "why": verdict.why}
    if watched:
        watched.coverage.stop()
        outcome |= {"seconds": watched.seconds, "failed": watched.failed, "lines": watched.lines()}
    return outcome


def fork(task: Task, copy: Path) -> int:
    """Begin a task in a process of its own; its number."""
    target = copy / PACKAGE / task.module
    target.write_text(task.text, encoding="utf-8")
    scratch(copy).mkdir(exist_ok=True)
    outcome, log = copy.parent / "outcome.json", copy.parent / "log.txt"
    outcome.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        os.setsid()
        limit = int(task.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        made = run_pytest(task, copy)
        outcome.write_text(json.dumps(made), encoding="utf-8")
        code = 0
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def outcome_of(task: Task, copy: Path, status: int, late: bool) -> Outcome:
    """What a finished task came to."""
    path = copy.parent / "outcome.json"
    if path.is_file() and not late:
        made: Outcome = json.loads(path.read_text(encoding="utf-8"))
        return made
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    how = "timeout" if killed or late else "crash"
    return {"code": -1, "test": "", "how": how, "why": f"the process of the tests ended with status {status}"}


def run_all(
    root: Path, tasks: Sequence[Task], jobs: int, done: Callable[[int, Task, Outcome], None], stop: Callable[[], bool]
) -> None:
    """Run tasks, `jobs` at a time, each in one of as many copies of the checkout; `done` is told of each by its place.

    No new one begins once `stop` says so; those that run are ended.
    """
    originals = {t.module: (root / PACKAGE / t.module).read_text(encoding="utf-8") for t in tasks}
    # What a test began in a session of its own can still write while the folder is taken down.
    with tempfile.TemporaryDirectory(prefix="lejepa-mutation-", ignore_cleanup_errors=True) as folder:
        copies = [Path(folder) / str(i) / "checkout" for i in range(min(jobs, len(tasks)))]
        for copy in copies:
            copied(root, copy)
        queue: Iterator[tuple[int, Task]] = iter(enumerate(tasks))
        running: dict[int, tuple[int, Task, Path, float]] = {}
        free = list(copies)
        try:
            while True:
                while free and not stop() and (following := next(queue, None)):
                    place, task = following
                    copy = free.pop()
                    running[fork(task, copy)] = (place, task, copy, time.monotonic())
                if not running or stop():
                    return
                for number, (place, task, copy, began) in list(running.items()):
                    late = time.monotonic() - began > 30 * task.seconds + 300  # it waits for something
                    if late:
                        end(number)
                    finished, status = os.waitpid(number, 0 if late else os.WNOHANG)
                    if finished:
                        del running[number]
                        end(number)
                        outcome = outcome_of(task, copy, status, late)
                        (copy / PACKAGE / task.module).write_text(originals[task.module], encoding="utf-8")
                        shutil.rmtree(scratch(copy), ignore_errors=True)
                        free.append(copy)
                        done(place, task, outcome)
                time.sleep(0.02)
        finally:
            for number in running:
                end(number)
                os.waitpid(number, 0)


def end(number: int) -> None:
    """End a task's process with all that it began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)

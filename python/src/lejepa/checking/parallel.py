"""Functions run in processes, with progress."""

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

from lejepa.checking.kept import Kept
from lejepa.errors import UserError
from lejepa.progress import progress


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(jobs: int | None) -> int:
    """As many as were asked for, by default one a core."""
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: expected a positive number of processes")
    return jobs or cores()


def run_parallel(
    jobs: int, tasks: Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]], title: str, quiet: bool, kept: Kept[Any]
) -> dict[str, Any]:
    """Results by name of functions run in `jobs` processes, with progress on stderr unless `quiet`.

    kept: those that an interrupted run has kept are taken from it, and the others are kept there meanwhile.
    """
    done = kept.found()
    waiting = {name: task for name, task in tasks.items() if name not in done}
    if done and not quiet:
        said = f"lejepa: {title} resumes: {len(done)} of {len(tasks)} were done before; --fresh starts anew"
        print(said, file=sys.stderr)
    if not waiting:
        return {name: done[name] for name in tasks}
    with (
        progress(quiet=quiet) as told,
        ProcessPoolExecutor(min(jobs, len(waiting)), mp_context=get_context("spawn")) as pool,
    ):
        told(title, len(done), len(tasks))
        futures = {pool.submit(f, *args): name for name, (f, args) in waiting.items()}
        try:
            for future in as_completed(futures):
                name = futures[future]
                done[name] = future.result()
                kept.keep(done[name])
                told(title, len(done), len(tasks), name)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name: done[name] for name in tasks}

"""Functions run in processes, with progress."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

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
    jobs: int, tasks: Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]], title: str, quiet: bool
) -> dict[str, Any]:
    """Results by name of functions run in `jobs` processes, with progress on stderr unless `quiet`."""
    done: dict[str, Any] = {}
    with (
        progress(quiet=quiet) as told,
        ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool,
    ):
        told(title, 0, len(tasks))
        futures = {pool.submit(f, *args): name for name, (f, args) in tasks.items()}
        try:
            for future in as_completed(futures):
                done[futures[future]] = future.result()
                told(title, len(done), len(tasks), futures[future])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name: done[name] for name in tasks}

"""Whether the evidence of a checkout still stands."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from lejepa.errors import CannotRun, UserError
from lejepa.evidence.kinds import Held, held, kind
from lejepa.interrupt import follow_parent

Report = Callable[[str], None]


def faults(root: Path, replays: bool, only: str = "", report: Report = lambda name: None, jobs: int = 1) -> list[str]:
    """What is stale of the evidence of a checkout, a sentence each.

    replays: whether dear evidence is replayed, which takes a second or so a file, half a minute where models plan, and
    minutes in a thousand dimensions; cheap evidence never is. report: told the name of each file that was looked at.
    jobs: processes that replay. CannotRun where some can't be replayed on this machine, and nothing is known to be
    stale.
    """
    found, unable = list[str](), list[str]()
    every = list(held(root, only))
    for one, said in zip(every, outcomes(root, every, replays, jobs), strict=True):
        report(f"{one.folder}/{one.name}")
        if isinstance(said, CannotRun):
            unable.append(f"{one.path.relative_to(root)} can't be replayed here: {said}")
        else:
            found += said
    if unable and not found:
        raise CannotRun("; ".join(unable))
    return found + unable


def outcomes(root: Path, every: Sequence[Held], replays: bool, jobs: int) -> Iterator[list[str] | CannotRun]:
    """The outcome of each file, in order, as soon as it is known."""
    jobs = min(jobs, sum(one.record.cost == "dear" for one in every) if replays else 1)
    if jobs <= 1:
        yield from (outcome(root, replays, one) for one in every)
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), follow_parent)
    try:
        yield from pool.map(partial(outcome, root, replays), every)
    except BrokenProcessPool:
        raise CannotRun(
            "a process that replays was ended from outside, perhaps for want of memory; --jobs 1 takes the least"
        ) from None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in active_children():
            process.terminate()
        raise
    pool.shutdown()


def outcome(root: Path, replays: bool, one: Held) -> list[str] | CannotRun:
    """What is stale of a file of evidence, or why it can't be replayed on this machine."""
    try:
        return stale(root, one, replays)
    except CannotRun as e:
        return e


def stale(root: Path, one: Held, replays: bool) -> list[str]:
    """What is stale of a file of evidence."""
    where = one.path.relative_to(root)
    module = kind(one.folder)
    if changes := module.changed(root, one.name, one.record):
        return [f"{where} is stale: {', '.join(changes)}"]
    if replays and one.record.cost == "dear":
        try:
            differs = module.replay(root, one.name, one.record)
        except CannotRun:
            raise
        except UserError as e:
            return [f"{where} can't be replayed here: {e}"]
        return [f"{where} is stale: its replay differs: {what}" for what in differs]
    return []


def numbers(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """The finite numbers of a JSON value, each with where it is, as `differences` has it."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield from numbers(v, f"{where}.{k}".lstrip("."))
    elif isinstance(value, list | tuple):
        for i, v in enumerate(value):
            yield from numbers(v, f"{where}[{i}]")
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        yield where, value


def differences(
    then: Any,
    now: Any,
    relative: float,
    absolute: float,
    where: str = "",
    allowed: Mapping[str, float] | None = None,
) -> list[str]:
    """Where two JSON values differ: numbers by more than a tolerance, everything else at all. A phrase each.

    The tolerance is `absolute + relative · |then|`, and more where `allowed` says so, by where the number is. Numbers
    that are not finite differ from all that are.
    """
    allowed = allowed or {}
    if isinstance(then, dict) and isinstance(now, dict):
        if then.keys() != now.keys():
            return [f"{where or 'the whole'} has {', '.join(sorted(map(str, now)))}, and had {', '.join(sorted(then))}"]
        named = ((k, f"{where}.{k}".lstrip(".")) for k in then)
        return [d for k, place in named for d in differences(then[k], now[k], relative, absolute, place, allowed)]
    if isinstance(then, list | tuple) and isinstance(now, list | tuple):
        if len(then) != len(now):
            return [f"{where} has {len(now)} entries, and had {len(then)}"]
        pairs = enumerate(zip(then, now, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, relative, absolute, f"{where}[{i}]", allowed)]
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (then, now))
    if numeric and math.isfinite(then) and math.isfinite(now):
        return (
            []
            if abs(now - then) <= absolute + relative * abs(then) + allowed.get(where, 0)
            else [f"{where} is {now:.6g}, and was {then:.6g}"]
        )
    same = then == now and isinstance(then, bool) == isinstance(now, bool)
    return [] if same else [f"{where} is {now!r}, and was {then!r}"]

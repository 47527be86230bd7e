"""Stopping at a safe place."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from types import FrameType

ASKING = [signal.SIGINT, signal.SIGTERM]  # the signals that ask this process to stop


class Interrupted(Exception):
    """The work was stopped at a safe place, and the same command resumes: one sentence for the user."""


class Stop:
    """Whether somebody has asked the work to stop."""

    asked = False


def follow_parent() -> None:
    """In a process that another has started: stop when that one says so, and end when it is killed.

    Ctrl-C in a terminal reaches both; the child leaves it to its parent, which tells it by SIGTERM.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ASKING[:] = [signal.SIGTERM]
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """End this process when its parent is killed, and can't say so: all files are whole at any moment."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def deferred() -> Iterator[Stop]:
    """Within, Ctrl-C and SIGTERM only set `asked`: whoever works looks at it between two steps.

    A second one stops at once, as usual.
    """
    stop = Stop()
    old = {s: signal.getsignal(s) for s in ASKING}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.asked = True
        for s, handler in old.items():
            signal.signal(s, handler)

    try:
        for s in old:
            signal.signal(s, ask)
    except ValueError:  # not in the main thread, which alone gets signals
        yield stop
        return
    try:
        yield stop
    finally:
        for s, handler in old.items():
            signal.signal(s, handler)

"""Stopping between two steps: the first signal asks, the second one stops at once."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from lejepa import interrupt
from lejepa.interrupt import Stop, deferred, follow_parent

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Ended(Exception):
    """What the handler of the caller raises."""


def raising(number: int, frame: object) -> None:
    raise Ended(signal.Signals(number).name)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """A handler of the test's own for both signals, put back afterwards."""
    old = {s: signal.signal(s, raising) for s in SIGNALS}
    yield
    for s, handler in old.items():
        signal.signal(s, handler)


@pytest.mark.parametrize("first", SIGNALS)
def test_the_first_signal_only_asks(first: signal.Signals) -> None:
    with deferred() as stop:
        assert not stop.asked
        signal.raise_signal(first)
        assert stop.asked
    assert not Stop.asked  # one run's stop is not another's
    with deferred() as other:
        assert not other.asked


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_the_second_signal_stops_at_once(first: signal.Signals, second: signal.Signals) -> None:
    with deferred() as stop:
        signal.raise_signal(first)
        assert stop.asked
        with pytest.raises(Ended, match=second.name):
            signal.raise_signal(second)


def test_the_callers_handlers_are_back_afterwards() -> None:
    with deferred():
        assert all(signal.getsignal(s) is not raising for s in SIGNALS)
    assert all(signal.getsignal(s) is raising for s in SIGNALS)
    with pytest.raises(ZeroDivisionError), deferred():
        raise ZeroDivisionError
    assert all(signal.getsignal(s) is raising for s in SIGNALS)
    with deferred():
        signal.raise_signal(signal.SIGINT)
    assert all(signal.getsignal(s) is raising for s in SIGNALS)


def test_in_another_thread_nothing_is_deferred_and_the_work_goes_on() -> None:
    seen: list[tuple[bool, bool]] = []

    def work() -> None:
        with deferred() as stop:
            seen.append((stop.asked, all(signal.getsignal(s) is raising for s in SIGNALS)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, True)]


def test_a_second_ctrl_c_ends_a_program_that_does_not_look() -> None:
    program = (
        "import time\nfrom lejepa.interrupt import deferred\n"
        "with deferred() as stop:\n    print('ready', flush=True)\n    while not stop.asked: time.sleep(0.01)\n"
        "    print('asked', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as p:
        assert p.stdout is not None
        assert p.stdout.readline() == "ready\n"
        p.send_signal(signal.SIGTERM)
        assert p.stdout.readline() == "asked\n"
        p.send_signal(signal.SIGTERM)
        assert p.wait(20) == -signal.SIGTERM


def test_a_child_leaves_ctrl_c_to_its_parent_and_is_told_by_the_other_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupt, "ASKING", [*SIGNALS])
    old = [signal.getsignal(s) for s in SIGNALS]
    try:
        follow_parent()
        with deferred() as stop:
            signal.raise_signal(signal.SIGINT)
            assert not stop.asked
            signal.raise_signal(signal.SIGTERM)
            assert stop.asked
        assert [signal.getsignal(s) for s in SIGNALS] == [signal.SIG_IGN, old[1]]
    finally:
        signal.signal(signal.SIGINT, old[0])


def test_a_process_in_the_background_that_was_told_to_ignore_ctrl_c_takes_it_all_the_same() -> None:
    """As a shell without job control tells those that end in `&`: `kill -INT` stops them at a safe place."""
    old = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with deferred() as stop:
            signal.raise_signal(signal.SIGINT)
            assert stop.asked
    finally:
        signal.signal(signal.SIGINT, old)

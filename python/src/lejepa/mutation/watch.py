"""What pytest is asked to watch: how long each test takes, which lines of a module it reaches, and why one fails."""

import sys
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import coverage
import pytest


class Lines:
    """Duration of each test, and the lines of one module that each reaches.

    What a fixture of a wider scope reaches is counted for every test that asks for the fixture. Lines that run when the
    module is imported belong to no test. Caches of functions are emptied before each test, so that a
    test counts even where an earlier one had filled them.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.coverage = coverage.Coverage(data_file=None, include=[self.path], config_file=False)
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.asked: dict[str, list[str]] = {}

    def lines(self) -> dict[str, list[int]]:
        """The lines of the module that each test reaches."""
        data = self.coverage.get_data()
        reached: dict[str, set[int]] = defaultdict(set)
        for line, contexts in data.contexts_by_lineno(self.path).items():
            for context in contexts:
                reached[context].add(line)
        return {
            test: sorted(reached[test].union(*(reached[f"fixture {name}"] for name in fixtures)))
            for test, fixtures in self.asked.items()
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        forget()
        self.asked[item.nodeid] = list(getattr(item, "fixturenames", ()))
        self.coverage.switch_context(item.nodeid)
        started = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - started
        self.coverage.switch_context("")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(f"fixture {fixturedef.argname}")
        try:
            return (yield)
        finally:
            self.coverage.switch_context(request._pyfuncitem.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def forget() -> None:
    """Empty the caches of the library's functions."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "lejepa":
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


class Verdict:
    """The first test that fails, and how: by an assertion, or by anything else that was raised."""

    def __init__(self) -> None:
        self.test, self.how, self.why = "", "", ""

    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        if self.test or not report.failed:
            return
        kind = call.excinfo.type
        asserted = issubclass(kind, AssertionError | pytest.fail.Exception)
        self.test, self.how = node.nodeid, "assertion" if asserted else "crash"
        self.why = f"{kind.__name__}: {call.excinfo.value}".splitlines()[0][:200]

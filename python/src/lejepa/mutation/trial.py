"""Tries faults: the tests that reach each, the quick ones first, until one fails; goes on where it was stopped."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lejepa.files import digest, read_json, write_json
from lejepa.mutation.faults import Fault, Source
from lejepa.mutation.forks import Outcome, Task, run_all
from lejepa.mutation.library import Library

RESULTS = Path("results") / "mutation"
UNCHANGED = "\n# The same module with other bytes.\n"
BASELINE_SECONDS = 900.0
Say = Callable[[str], None]
Stop = Callable[[], bool]


class Trial:
    """Faults of a checkout, and what became of them; kept in `results/mutation` while module and tests are the same."""

    def __init__(self, library: Library, jobs: int, say: Say, stop: Stop) -> None:
        self.library, self.jobs, self.say, self.stop = library, jobs, say, stop
        self.sources: dict[str, Source] = {}
        self.path = library.root / RESULTS / "outcomes.json"
        kept = read_json(self.path) if self.path.is_file() else {}
        self.baselines: dict[str, Outcome] = kept.get("baselines", {})
        self.outcomes: dict[str, Outcome] = kept.get("outcomes", {})

    def source(self, module: str) -> Source:
        if module not in self.sources:
            self.sources[module] = Source(module, self.library.modules[module])
        return self.sources[module]

    def key(self, module: str) -> str:
        """A digest of a module and of the tests that should see its faults."""
        python = self.library.root / "python"
        tests = self.library.tests(module)
        return digest(module, self.library.modules[module], *(t + (python / t).read_text("utf-8") for t in tests))

    def save(self) -> None:
        write_json(self.path, {"baselines": self.baselines, "outcomes": self.outcomes})

    def measure(self, modules: Sequence[str]) -> None:
        """Run each module's tests on the module with other bytes and the same meaning: which pass, how long they take,
        and what they reach. A test that fails of a comment would fail of every fault, so it sees none."""
        todo = [m for m in modules if self.key(m) not in self.baselines]
        tasks = [
            Task(m, self.library.modules[m] + UNCHANGED, tuple(self.library.tests(m)), BASELINE_SECONDS, reached=True)
            for m in todo
        ]
        self.say(f"tests of {len(todo)} modules, without a fault")

        def done(place: int, task: Task, outcome: Outcome) -> None:
            self.baselines[self.key(task.module)] = outcome
            self.save()
            seconds = sum(outcome.get("seconds", {}).values())
            self.say(f"{task.module}: {len(outcome.get('seconds', {}))} tests, {seconds:.1f} s")
            for name in outcome.get("failed", ()):
                self.say(f"  not counted, fails without a fault: {name}")
            if "seconds" not in outcome:
                self.say(f"  no tests could be run: {outcome['why']}")

        run_all(self.library.root, tasks, self.jobs, done, self.stop)

    def tests(self, fault: Fault) -> tuple[list[str], float]:
        """The tests that reach a fault's statement, the quick ones first, and how long they take together.

        All of the module's, where none does in its own process, or where it runs when the module is imported.
        """
        base = self.baselines[self.key(fault.module)]
        seconds, failed = base.get("seconds", {}), set(base.get("failed", ()))
        statement = set(range(fault.first, fault.last + 1))
        reach = [t for t, lines in base.get("lines", {}).items() if statement & set(lines) and t not in failed]
        chosen = reach or [t for t in seconds if t not in failed]
        chosen.sort(key=lambda t: seconds[t])
        return chosen, sum(seconds[t] for t in chosen)

    def name(self, fault: Fault) -> str:
        return digest(self.key(fault.module), fault.name)

    def run(self, faults: Sequence[Fault], again: bool = False) -> None:
        """Try the faults that are not tried yet; `again`, those too that survived."""
        todo: list[Fault] = []
        tasks: list[Task] = []
        for f in faults:
            known = self.outcomes.get(self.name(f))
            if known is not None and not (again and known["how"] == "survived"):
                continue
            text = self.source(f.module).planted(f.name)
            tests, seconds = self.tests(f)
            if text is None or not tests:
                how = "invalid" if text is None else "survived"
                self.outcomes[self.name(f)] = {"how": how, "test": "", "why": "", "tests": len(tests)}
                continue
            todo.append(f)
            tasks.append(Task(f.module, text, tuple(tests), 10 * seconds + 30))
        self.save()
        count, began = 0, time.monotonic()
        self.say(f"{len(todo)} faults to try, {len(faults) - len(todo)} known")

        def done(place: int, task: Task, outcome: Outcome) -> None:
            nonlocal count
            count += 1
            fault = todo[place]
            how = "survived" if outcome["code"] == 0 else outcome["how"] or "crash"
            made: dict[str, Any] = {"how": how, "test": outcome["test"], "why": outcome["why"]}
            self.outcomes[self.name(fault)] = made | {"tests": len(task.tests)}
            self.save()
            if how == "survived":
                self.say(f"survived {fault.name} {fault.module}:{fault.first} {fault.function}: {fault.kind}: "
                         f"{fault.before[:160]}  →  {fault.after[:160]}")  # fmt: skip
            if count % 20 == 0 or count == len(todo):
                self.say(f"{count} of {len(todo)} tried, {time.monotonic() - began:.0f} s")

        run_all(self.library.root, tasks, self.jobs, done, self.stop)

    def outcome(self, fault: Fault) -> Outcome | None:
        return self.outcomes.get(self.name(fault))

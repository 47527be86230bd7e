"""Progress of long work on standard error: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

FIRST, LONGEST = 2.0, 60.0  # seconds before the first line, and between lines at most: each wait is twice the last


class Progress:
    """Shows how far some works are. Call it with what is being done, how much is done, of how much; a note, such as
    the loss; and how much of it earlier runs had done, which tells nothing about the time left."""

    def __init__(self, unit: str = "") -> None:
        self.unit = unit

    def __call__(self, what: str, done: int, total: int, note: str = "", before: int = 0) -> None:
        """Show nothing."""


class Drawn(Progress):
    """On a terminal: a bar for each work."""

    def __init__(self, bars: Bars, unit: str) -> None:
        super().__init__(unit)
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int, note: str = "", before: int = 0) -> None:
        if what not in self.tasks:
            self.tasks[what] = self.bars.add_task(what, total=total, unit=self.unit, note=note)
        self.bars.update(self.tasks[what], completed=done, total=total, note=note)


class Told(Progress):
    """Elsewhere, as in a file or under a scheduler: a line now and then."""

    def __init__(self, say: Callable[[str], None], unit: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(unit)
        self.say, self.clock = say, clock
        self.wait, self.last = FIRST, clock()
        self.began: dict[str, tuple[float, int]] = {}

    def __call__(self, what: str, done: int, total: int, note: str = "", before: int = 0) -> None:
        now = self.clock()
        start, first = self.began.setdefault(what, (now, done - before))
        if now - self.last < self.wait:
            return
        self.last, self.wait = now, min(2 * self.wait, LONGEST)
        words = [f"{done} of {total}{self.unit and ' ' + self.unit}", note]
        if (made := done - before - first) > 0:
            words.append(f"{duration((now - start) * (total - done) / made)} left")
        self.say(f"{what}: {', '.join(filter(None, words))}")


def duration(seconds: float) -> str:
    """Some time, in the unit that suits it."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


@contextmanager
def progress(unit: str = "", quiet: bool = False, console: Console | None = None) -> Iterator[Progress]:
    """How far some works are, shown while the block runs, unless `quiet`; unit: what is counted, such as steps."""
    if quiet:
        yield Progress(unit)
        return
    console = console or Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield Told(console.print, unit)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} {task.fields[unit]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield Drawn(bars, unit)

"""Something that is found out every so many steps of a training loop, logged, and kept."""

from collections.abc import Callable
from typing import Generic, TypeVar

from lejepa.arguments import whole

Found = TypeVar("Found")
Log = Callable[[dict[str, float], int], None]


def print_line(values: dict[str, float], step: int) -> None:
    print(f"step {step}: " + ", ".join(f"{k.rpartition('/')[2]} {v:.4g}" for k, v in values.items()))


class Watch(Generic[Found]):
    """Looks at something when it is called with a step that is a multiple of `every`.

    Args:
        every: Number of steps between two looks.
        log: Called with numbers by name and with the step, as `wandb.log` can be.

    Attributes:
        history: The steps and what was found so far.

    Raises:
        UserError: If `every` is not a whole number of at least 1; and when called with a step that is no whole number
            of at least 0.
    """

    def __init__(self, every: int, log: Log) -> None:
        self.every, self.log = whole("every", every), log
        self.history: list[tuple[int, Found]] = []

    def look(self) -> Found:
        """What there is to find now."""
        raise NotImplementedError

    def numbers(self, found: Found) -> dict[str, float]:
        """Those that are worth a curve."""
        raise NotImplementedError

    def __call__(self, step: int) -> Found | None:
        step = whole("step", step, 0)
        if step % self.every:
            return None
        found = self.look()
        self.history.append((step, found))
        self.log(self.numbers(found), step)
        return found

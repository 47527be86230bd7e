"""Something that is found out every so many steps of a training loop, logged, and kept."""

import json
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from lejepa.arguments import whole
from lejepa.errors import UserError, brief

Found = TypeVar("Found", bound=BaseModel)
Log = Callable[[dict[str, float], int], None]


def print_line(values: dict[str, float], step: int) -> None:
    print(f"step {step}: " + ", ".join(f"{k.rpartition('/')[2]} {v:.4g}" for k, v in values.items()))


class Kept(Generic[Found]):
    """What was found so far, which a checkpoint keeps: of the `k`th look it counts that it is the `k`th.

    Attributes:
        kind: What is found.
        history: The steps and what was found so far.
    """

    kind: ClassVar[type[BaseModel]]
    history: list[tuple[int, Found]]

    def state_dict(self) -> dict[str, Any]:
        """The history, as plain numbers and texts."""
        return {"history": [[step, json.loads(json.dumps(found.model_dump()))] for step, found in self.history]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` has given.

        Args:
            state_dict: The state, which replaces the history.

        Raises:
            UserError: If it is something else.
        """
        try:
            found = [(whole("step", step, 0), self.kind.model_validate(made)) for step, made in state_dict["history"]]
        except (TypeError, ValueError, LookupError, UserError) as e:
            name = type(self).__name__
            raise UserError(f"state: expected one that {name}.state_dict has given, found {brief(state_dict)}") from e
        self.history = found  # type: ignore[assignment]


class Watch(Kept[Found]):
    """Looks at something when it is called with a step that is a multiple of `every`.

    To resume a loop, keep `state_dict()` and give it to `load_state_dict`.

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

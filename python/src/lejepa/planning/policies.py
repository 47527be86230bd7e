"""Policies that plan nothing, to compare with."""

from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments


class NoOpPolicy:
    """The action 0 in every state.

    Args:
        action_dim: Number of coordinates of an action.
    """

    def __init__(self, action_dim: int) -> None:
        self.action_dim = arguments.whole("action_dim", action_dim)

    def __call__(self, state: Tensor, step: int) -> Tensor:
        """Zeros `(tasks, action_dim)` for states `(tasks, ...)`."""
        arguments.floating("state", state)
        return state.new_zeros(len(state), self.action_dim)


class RandomPolicy:
    """Actions drawn uniformly between the bounds, independent of the state and of each other.

    The draws start anew at step 0.

    Args:
        action_dim: Number of coordinates of an action.
        low: The least of an action: a finite number, or one for each coordinate.
        high: The greatest.
        seed: Of the draws.

    Raises:
        UserError: If bounds are not finite, not in order, or do not fit `action_dim`.
    """

    def __init__(self, action_dim: int, *, low: Any = -1.0, high: Any = 1.0, seed: int = 0) -> None:
        self.action_dim = arguments.whole("action_dim", action_dim)
        self.low, self.high = arguments.bounds(low, high, action_dim)
        if not (self.low.isfinite() & self.high.isfinite()).all():
            raise UserError(f"low, high: expected finite numbers, found {low!r} and {high!r}")
        self.seed = arguments.seed(seed)
        self.generator: torch.Generator | None = None

    def __call__(self, state: Tensor, step: int) -> Tensor:
        """Actions `(tasks, action_dim)` for states `(tasks, ...)`."""
        arguments.floating("state", state)
        if step == 0 or self.generator is None:
            self.generator = torch.Generator(state.device).manual_seed(self.seed)
        shape = (len(state), self.action_dim)
        share = torch.rand(shape, generator=self.generator, dtype=state.dtype, device=state.device)
        low, high = self.low.to(state), self.high.to(state)
        return torch.lerp(low.expand(shape), high.expand(shape), share)

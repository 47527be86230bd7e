"""What a plan does in a model, and what it costs there."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments

Model = Callable[[Tensor, Tensor], Tensor]  # states (rows, ...) and actions (rows, action_dim) to next states
Cost = Callable[[Tensor, Tensor], Tensor]  # states and actions to (rows,)
FinalCost = Callable[[Tensor], Tensor]  # states to (rows,)
Evaluate = Callable[[Tensor], Tensor]  # plans (tasks, population, horizon, action_dim) to (tasks, population)


@dataclass(frozen=True)
class Plan:
    """A plan for each task, and what the model predicts of it.

    Attributes:
        actions: `(tasks, horizon, action_dim)`.
        states: `(tasks, horizon + 1, ...)`: the start, and the state after each action.
        cost: `(tasks,)`: the sum of the costs of the stages, and the final cost.
    """

    actions: Tensor
    states: Tensor
    cost: Tensor

    @property
    def finite(self) -> Tensor:
        """Whether all that is predicted of each task's plan is finite: `(tasks,)`."""
        return finite_rows(self.states) & self.cost.isfinite()


def called(name: str, function: Callable[..., object], shape: tuple[int, ...], *given: Tensor) -> Tensor:
    """What somebody's function makes of states and actions, in the type of the states."""
    try:
        found = function(*given)
    except (RuntimeError, ValueError, IndexError) as error:
        shapes = " and ".join(f"{what} {tuple(x.shape)}" for what, x in zip(("states", "actions"), given, strict=False))
        raise UserError(f"{name}: expected it to take {shapes}, but it raised {error}") from error
    return arguments.of_shape(name, found, shape).to(given[0])


def following(name: str, model: Model, state: Tensor, action: Tensor) -> Tensor:
    """The next states; `name` says whose they are."""
    return called(name, model, tuple(state.shape), state, action)


def stage(cost: Cost, state: Tensor, action: Tensor) -> Tensor:
    return called("cost", cost, (len(state),), state, action)


def final(cost: FinalCost | None, state: Tensor) -> Tensor:
    return state.new_zeros(len(state)) if cost is None else called("final_cost", cost, (len(state),), state)


def total(cost: Cost, final_cost: FinalCost | None, states: Tensor, actions: Tensor) -> Tensor:
    """The cost of states `(tasks, steps + 1, ...)` and actions `(tasks, steps, action_dim)`: `(tasks,)`."""
    stages = [stage(cost, states[:, k], actions[:, k]) for k in range(actions.shape[1])]
    return torch.stack([*stages, final(final_cost, states[:, -1])]).sum(0)


@torch.no_grad()
def rollout(model: Model, start: Tensor, actions: Tensor) -> Tensor:
    """The states that plans lead through.

    Args:
        model: Maps states `(tasks, ...)` and actions `(tasks, action_dim)` to the next states.
        start: States `(tasks, ...)`.
        actions: Plans `(tasks, horizon, action_dim)`.

    Returns:
        `(tasks, horizon + 1, ...)`: the start, and the state after each action.

    Raises:
        UserError: If shapes do not fit.
    """
    state = arguments.states("start", start)
    arguments.plans("actions", actions, f"({len(start)}, horizon, action_dim)")
    if actions.dim() != 3 or len(actions) != len(start):
        raise UserError(f"actions: expected shape ({len(start)}, horizon, action_dim), found {tuple(actions.shape)}")
    states = [state]
    for action in actions.unbind(1):
        state = following("model", model, state, action)
        states.append(state)
    return torch.stack(states, 1)


def plan_costs(model: Model, cost: Cost, final_cost: FinalCost | None, start: Tensor, plans: Tensor) -> Tensor:
    """The predicted costs `(tasks, population)` of plans `(tasks, population, horizon, action_dim)`.

    The model and the cost see one row for each plan, so that they need no more than one batch axis. A plan through a
    state that is not finite costs infinity, whatever the cost makes of that state.
    """
    tasks, population = plans.shape[:2]
    state = start.repeat_interleave(population, 0)
    found = start.new_zeros(tasks * population)
    finite = finite_rows(state)
    for action in plans.flatten(0, 1).unbind(1):
        found = found + stage(cost, state, action)
        state = following("model", model, state, action)
        finite = finite & finite_rows(state)
    return (found + final(final_cost, state)).where(finite, float("inf")).view(tasks, population)


def finite_rows(x: Tensor) -> Tensor:
    """Whether all numbers of each row are finite: `(rows,)`."""
    return x.isfinite().flatten(1).all(1)


def usable(costs: Tensor, least: int) -> Tensor:
    """The costs `(tasks, population)`, infinite where the model or the cost gave no finite number."""
    finite = costs.isfinite()
    fewest = int(finite.sum(1).min())
    if fewest < least:
        raise UserError(
            f"cost: expected a finite cost of at least {least} of {costs.shape[1]} sampled plans, found {fewest}"
        )
    return costs.where(finite, float("inf"))


def shifted(actions: Tensor) -> Tensor:
    """What is left of a plan after its first action, to start the next search from: a warm start.

    Args:
        actions: `(tasks, horizon, action_dim)`.

    Returns:
        The same shape: every action one step earlier, and the last one twice.

    Raises:
        UserError: If it is no tensor of this shape.
    """
    shape = "(tasks, horizon, action_dim)"
    if arguments.plans("actions", actions, shape).dim() != 3:
        raise UserError(f"actions: expected a torch.Tensor of shape {shape}, found shape {tuple(actions.shape)}")
    return torch.cat((actions[:, 1:], actions[:, -1:]), 1)

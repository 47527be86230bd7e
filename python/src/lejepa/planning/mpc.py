"""A policy in the true world, and the policy that plans anew after each step."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.planner import Planner
from lejepa.planning.rollout import Cost, FinalCost, Model, Plan, following, shifted, total

Policy = Callable[[Tensor, int], Tensor]  # states (tasks, ...) and the step from 0 to actions (tasks, action_dim)
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Episode:
    """What happened in the world.

    Attributes:
        states: `(tasks, steps + 1, ...)`: the start, and the state after each action.
        actions: `(tasks, steps, action_dim)`.
        cost: `(tasks,)`: the sum of the costs of the stages, and the final cost; 0 if no cost was given.
    """

    states: Tensor
    actions: Tensor
    cost: Tensor


@torch.no_grad()
def simulate(
    policy: Policy,
    world: Model,
    start: Tensor,
    steps: int,
    *,
    cost: Cost | None = None,
    final_cost: FinalCost | None = None,
    progress: Progress = lambda step: None,
) -> Episode:
    """Follow a policy in a world.

    Args:
        policy: Maps states `(tasks, ...)` and the number of the step, from 0, to actions `(tasks, action_dim)`.
        world: Maps states and actions to the next states; it may draw noise.
        start: States `(tasks, ...)`.
        steps: Number of actions.
        cost: Maps states and the actions taken there to `(tasks,)`.
        final_cost: Maps the last states to `(tasks,)`.
        progress: Called with the number of steps made, after each.

    Returns:
        States, actions and the cost.

    Raises:
        UserError: If shapes do not fit.
    """
    state = arguments.states("start", start)
    arguments.whole("steps", steps)
    states, actions = [state], []
    for step in range(steps):
        action = policy(state, step)
        if not isinstance(action, Tensor) or action.dim() != 2 or len(action) != len(state):
            found = tuple(action.shape) if isinstance(action, Tensor) else type(action).__name__
            raise UserError(f"policy: expected it to return shape ({len(state)}, action_dim), found {found}")
        state = following("world", world, state, action)
        states.append(state)
        actions.append(action)
        progress(step + 1)
    seen, done = torch.stack(states, 1), torch.stack(actions, 1)
    costs = total(cost or (lambda z, a: z.new_zeros(len(z))), final_cost, seen, done)
    return Episode(seen, done, costs)


class MPC:
    """Model-predictive control as a policy: plan, take the first action, plan anew from where it led.

    Each search starts from what is left of the last plan. At step 0 it starts from nothing, and the noise from the
    seed, so that the policy can be used again.

    Args:
        planner: Searches for plans.
        model: Predicts, as `lejepa.planning.planner.Planner.plan` takes it.
        seed: Of the planner's noise.

    Attributes:
        last: The last plan, with its predicted cost; None before the first step.
    """

    def __init__(self, planner: Planner, model: Model, *, seed: int = 0) -> None:
        self.planner, self.model, self.seed = planner, model, arguments.seed(seed)
        self.last: Plan | None = None
        self.generator: torch.Generator | None = None

    def __call__(self, state: Tensor, step: int) -> Tensor:
        """The actions `(tasks, action_dim)` to take in states `(tasks, ...)`."""
        arguments.floating("state", state)
        if step == 0 or self.last is None:
            self.last = None
            self.generator = torch.Generator(state.device).manual_seed(self.seed)
        initial = None if self.last is None else shifted(self.last.actions)
        self.last = self.planner.plan(self.model, state, initial=initial, generator=self.generator)
        return self.last.actions[:, 0]


def mpc(
    planner: Planner,
    model: Model,
    world: Model,
    start: Tensor,
    steps: int,
    *,
    seed: int = 0,
    progress: Progress = lambda step: None,
) -> Episode:
    """Model-predictive control of a true world: the receding-horizon loop, by `lejepa.planning.mpc.MPC`.

    Args:
        planner: Searches for plans. Its costs are also those of the episode.
        model: What the planner predicts with: maps states `(rows, ...)` and actions `(rows, action_dim)` to the next
            states.
        world: What really happens; it has the same arguments, and may draw noise.
        start: States `(tasks, ...)`.
        steps: Number of actions to take.
        seed: Of the planner's noise.
        progress: Called with the number of steps made, after each.

    Returns:
        States, actions and the true cost of the episode.

    Raises:
        UserError: If shapes do not fit, or too few sampled plans have a finite cost.
    """
    policy = MPC(planner, model, seed=seed)
    return simulate(policy, world, start, steps, cost=planner.cost, final_cost=planner.final_cost, progress=progress)

"""What planners that sample plans have in common."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.rollout import Cost, Evaluate, FinalCost, Model, Plan, plan_costs, rollout, total, usable


class Planner(ABC):
    """A search for the plan of least predicted cost `Σ_{k < horizon} cost(z_k, a_k) + final_cost(z_horizon)`.

    A planner keeps nothing between searches: the starting plan and the generator are given to each. A plan whose
    predicted states or costs are not all finite costs infinity. Where the plan that a search returns is such a plan, as
    a mean of good ones may be, the cheapest of those that it tried last takes its place.

    Args:
        cost: Maps states `(rows, ...)` and the actions taken there `(rows, action_dim)` to `(rows,)`.
        horizon: Number of actions of a plan.
        action_dim: Number of coordinates of an action.
        final_cost: Maps the last states `(rows, ...)` to `(rows,)`; without it they cost nothing.
        population: Number of plans that are sampled in each iteration, for each task.
        iterations: Number of times that plans are sampled.
        spread: Standard deviation of what is added to an action, at first: a number, or one for each coordinate.
        low: The least that an action may be: a number, or one for each coordinate.
        high: The greatest that it may be.

    Raises:
        UserError: If an argument is out of range or shapes do not fit.
    """

    def __init__(
        self,
        cost: Cost,
        *,
        horizon: int,
        action_dim: int,
        final_cost: FinalCost | None = None,
        population: int = 512,
        iterations: int = 8,
        spread: Any = 1.0,
        low: Any = float("-inf"),
        high: Any = float("inf"),
    ) -> None:
        self.cost, self.final_cost = cost, final_cost
        self.horizon = arguments.whole("horizon", horizon)
        self.action_dim = arguments.whole("action_dim", action_dim)
        self.population = arguments.whole("population", population)
        self.iterations = arguments.whole("iterations", iterations)
        self.spread = arguments.per_coordinate("spread", spread, action_dim)
        if not ((self.spread > 0) & self.spread.isfinite()).all():
            raise UserError(f"spread: expected finite numbers above 0, found {spread!r}")
        self.low, self.high = arguments.bounds(low, high, action_dim)

    @abstractmethod
    def search(self, evaluate: Evaluate, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        """A better plan for each task, `(tasks, horizon, action_dim)`, found from one of this shape."""

    @torch.no_grad()
    def plan(
        self, model: Model, start: Tensor, *, initial: Tensor | None = None, generator: torch.Generator | None = None
    ) -> Plan:
        """Search for the best plan from each state.

        Args:
            model: Maps states `(rows, ...)` and actions `(rows, action_dim)` to next states `(rows, ...)`.
            start: States `(tasks, ...)`. Plans have their type and device.
            initial: The plan to start from, `(tasks, horizon, action_dim)`, brought within the bounds; by default all
                actions are 0. `lejepa.planning.shifted` of the last plan is a warm start.
            generator: What noise is drawn from, on the device of the states; by default PyTorch's own.

        Returns:
            The plan and its predicted cost.

        Raises:
            UserError: If shapes do not fit, the start is not finite, or too few sampled plans have a finite cost.
        """
        tried: list[Tensor] = []  # the last plans and their costs

        def evaluate(plans: Tensor) -> Tensor:
            tried[:] = plans, plan_costs(model, self.cost, self.final_cost, start, plans)
            return tried[1]

        def predicted(actions: Tensor) -> Plan:
            states = rollout(model, start, actions)
            return Plan(actions, states, total(self.cost, self.final_cost, states, actions))

        start = arguments.states("start", start)
        shape = (len(start), self.horizon, self.action_dim)
        if initial is None:
            initial = start.new_zeros(shape)
        elif arguments.plans("initial", initial, str(shape)).shape != shape:
            raise UserError(f"initial: expected shape {shape}, found {tuple(initial.shape)}")
        elif not initial.isfinite().all():
            raise UserError("initial: expected finite numbers, found NaN or infinity")
        initial = initial.to(start).clamp(self.low.to(start), self.high.to(start))
        plan = predicted(self.search(evaluate, initial, generator))
        if tried and not plan.finite.all():
            plans, costs = tried
            cheapest = plans[torch.arange(len(plans)), usable(costs, 1).argmin(1)]
            plan = predicted(plan.actions.where(plan.finite[:, None, None], cheapest))
        if not plan.finite.all():
            raise UserError("model: expected finite states and costs of the plan found, found NaN or infinity")
        return plan

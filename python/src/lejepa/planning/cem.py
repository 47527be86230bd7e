"""The cross-entropy method."""

from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.planner import Planner
from lejepa.planning.rollout import Cost, Evaluate, usable


def cross_entropy(
    evaluate: Evaluate,
    mean: Tensor,
    spread: Tensor,
    *,
    population: int,
    elites: int,
    iterations: int,
    low: Tensor,
    high: Tensor,
    generator: torch.Generator | None,
) -> Tensor:
    """The search itself, for any cost of plans.

    Args:
        evaluate: Maps plans `(tasks, population, horizon, action_dim)` to costs `(tasks, population)`.
        mean: The plan to start from, `(tasks, horizon, action_dim)`.
        spread: The first standard deviations, which broadcast to that shape.
        population: Number of plans in each iteration.
        elites: Number of cheapest plans that the next mean and standard deviation are taken of.
        iterations: Number of iterations.
        low: The least of each coordinate of an action.
        high: The greatest.
        generator: What noise is drawn from.

    Returns:
        The last mean.
    """
    spread = spread.expand_as(mean)
    for _ in range(iterations):
        shape = (len(mean), population, *mean.shape[1:])
        noise = torch.randn(*shape, generator=generator, dtype=mean.dtype, device=mean.device)
        plans = (mean[:, None] + spread[:, None] * noise).clamp(low, high)
        best = usable(evaluate(plans), elites).topk(elites, largest=False).indices
        elite = plans.gather(1, best[..., None, None].expand(-1, -1, *mean.shape[1:]))
        mean, spread = elite.mean(1), elite.std(1)
    return mean


class CEM(Planner):
    """The cross-entropy method: sample plans from a Gaussian law, then fit its mean and spread to the cheapest.

    Each coordinate of each action has a mean and a standard deviation of its own. Actions are clipped to the bounds
    before they are tried. The plan is the last mean. Source: Rubinstein, "The cross-entropy method for combinatorial
    and continuous optimization", Methodology and Computing in Applied Probability 1 (1999).

    Args:
        cost: Maps states `(rows, ...)` and the actions taken there `(rows, action_dim)` to `(rows,)`.
        elites: Number of cheapest plans that the next mean and standard deviation are taken of, at least 2.
        options: `horizon`, `action_dim`, `final_cost`, `population`, `iterations`, `spread`, `low` and `high` of
            `lejepa.planning.planner.Planner`.

    Raises:
        UserError: If an argument is out of range or shapes do not fit.
    """

    def __init__(self, cost: Cost, *, elites: int = 64, **options: Any) -> None:
        super().__init__(cost, **options)
        self.elites = arguments.whole("elites", elites, least=2)
        if elites > self.population:
            raise UserError(f"elites: expected at most the population, {self.population}, found {elites}")

    def search(self, evaluate: Evaluate, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        return cross_entropy(
            evaluate,
            actions,
            self.spread.to(actions),
            population=self.population,
            elites=self.elites,
            iterations=self.iterations,
            low=self.low.to(actions),
            high=self.high.to(actions),
            generator=generator,
        )

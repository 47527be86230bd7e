"""Model-predictive path integral control."""

from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.planner import Planner
from lejepa.planning.rollout import Cost, Evaluate, usable


class MPPI(Planner):
    """Model-predictive path integral control: the mean of sampled plans, weighted by `exp(-cost / temperature)`.

    Plans are sampled around the last one, `v = u + ε` with `ε ~ N(0, spread²)`, clipped to the bounds, and the next
    plan is their weighted mean. For a quadratic cost with Hessian `H`, and without bounds, one iteration with an
    infinite population is the damped Newton step `u - (H + temperature / spread²)⁻¹ ∇cost(u)`. A lower temperature
    gives longer steps, and fewer plans that count.

    Source: Williams, Wagener, Goldfain, Drews, Rehg, Boots and Theodorou, "Information theoretic MPC for model-based
    reinforcement learning", ICRA 2017, and for `alpha` the same authors' "Information-theoretic model predictive
    control: theory and applications to autonomous driving", IEEE Transactions on Robotics 34 (2018).

    Args:
        cost: Maps states `(rows, ...)` and the actions taken there `(rows, action_dim)` to `(rows,)`.
        temperature: `λ`, in the unit of the cost.
        alpha: In [0, 1]. With 1, the default, actions cost what `cost` says. Below it they are drawn towards 0 as well,
            by `λ (1 - alpha) Σ_k u_k · ε_k / spread²`; 0 is the algorithm of 2017, whose `cost` knows only states.
        options: `horizon`, `action_dim`, `final_cost`, `population`, `iterations`, `spread`, `low` and `high` of
            `lejepa.planning.planner.Planner`.

    Raises:
        UserError: If an argument is out of range or shapes do not fit.
    """

    def __init__(self, cost: Cost, *, temperature: float = 1.0, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(cost, **options)
        self.temperature = arguments.positive("temperature", temperature)
        found = arguments.real(alpha)
        if found is None or not 0 <= found <= 1:
            raise UserError(f"alpha: expected a number from 0 to 1, found {alpha!r}")
        self.alpha = found

    def search(self, evaluate: Evaluate, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        spread, low, high = (x.to(actions) for x in (self.spread, self.low, self.high))
        for _ in range(self.iterations):
            shape = (len(actions), self.population, *actions.shape[1:])
            noise = torch.randn(*shape, generator=generator, dtype=actions.dtype, device=actions.device)
            plans = (actions[:, None] + spread * noise).clamp(low, high)
            pull = ((actions / spread.square())[:, None] * (plans - actions[:, None])).sum((-2, -1))
            exponent = usable(evaluate(plans), 1) / self.temperature + (1 - self.alpha) * pull
            actions = (exponent.neg().softmax(1)[..., None, None] * plans).sum(1)
        return actions

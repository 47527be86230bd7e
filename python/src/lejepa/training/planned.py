"""Planning in a linear world with a learnt model: what it costs there, beside planning on the true state.

A task is a start and a goal, both latents, and what a planner has of them are observations: it encodes both, and looks
for actions of least cost `Σ ‖h_k - h(goal)‖² + effort ‖a_k‖²` in the model. An orthogonal map carries state and goal
together, so that the same actions are best on the latents (Lean: `Lejepa.ControlProblem.cost_through`). All costs that
are reported are those of the true latents. All policies have the same starts, goals and noise, and a planner tries the
same numbers on the model as on the state.

On the true state, the linear-quadratic regulator has the least mean cost of all policies. On the model, it has the
Jacobian of the predictor in place of the matrices of the world (Lean: `Lejepa.isMinOn_lqPlan_conj`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures.estimate import Estimate, fields, mean, ratio, standard_error
from lejepa.planning import CEM, MPC, MPPI, LinearQuadratic, NoOpPolicy, RandomPolicy, linearize, simulate
from lejepa.planning.mpc import Policy
from lejepa.planning.rollout import Cost, FinalCost, Model
from lejepa.training.columns import PLANNERS
from lejepa.training.config import Planning
from lejepa.training.linear import LinearWorld

UNIT = sqrt(3)  # uniform actions up to it have variance 1, as the actions of the training have

Encode = Callable[[Tensor], Tensor]  # latents (rows, n) to embeddings (rows, n)
Costs = dict[str, Tensor]  # of each policy, by name: those of the pairs, (tasks,)


@dataclass(frozen=True, eq=False)
class Control:
    """The tasks of a seed in its world, and what they cost under a policy.

    start, goal: latents `(tasks, n)`, float64. noise, search, actions: where the noise of the world begins, what
    planners draw, and random actions.
    """

    world: LinearWorld
    c: Planning
    start: Tensor
    goal: Tensor
    noise: int
    search: int
    actions: int

    @cached_property
    def problem(self) -> LinearQuadratic:
        """The true world, with 0 as goal."""
        root = self.world.noise_root  # whose square has no eigenvalue below 0 by rounding
        return self.quadratic(self.world.memory, self.world.action, noise=root @ root.T)

    @cached_property
    def goals(self) -> Tensor:
        """The goal of each episode, `(episodes, n)`: those of a pair one after the other."""
        return self.goal.repeat_interleave(self.c.noises, 0)

    @property
    def action_dim(self) -> int:
        return len(self.world.action.T)

    def quadratic(self, a: Any, b: Any, **options: Any) -> LinearQuadratic:
        """A linear world with the costs of the episodes."""
        return LinearQuadratic(a, b, torch.eye(len(a)), self.c.effort * torch.eye(self.action_dim), **options)

    def costs(self, policy: Policy) -> Tensor:
        """What a policy of the true state costs in the true world, the mean over the episodes of each pair."""
        cost, final_cost = stages(self.goals, self.c.effort)
        start = self.start.repeat_interleave(self.c.noises, 0)
        world = self.problem.world(seed=self.noise)
        episode = simulate(policy, world, start, self.c.steps, cost=cost, final_cost=final_cost)
        return episode.cost.view(self.c.tasks, self.c.noises).mean(1)

    def policies(self, model: Model, linear: LinearQuadratic, goals: Tensor) -> dict[str, Policy]:
        """The planners on a model and the regulator of a linear one, in whatever space the goals are."""
        c = self.c
        cost, final_cost = stages(goals, c.effort)
        options: dict[str, Any] = {
            "final_cost": final_cost,
            "horizon": c.horizon,
            "action_dim": self.action_dim,
            "population": c.population,
            "iterations": c.iterations,
            "spread": c.spread,
        }
        cem, mppi = CEM(cost, elites=c.elites, **options), MPPI(cost, temperature=c.temperature, **options)
        found: tuple[Policy, ...] = (
            MPC(cem, model, seed=self.search),
            MPC(mppi, model, seed=self.search),
            regulator(linear, goals, c.steps),
        )
        return dict(zip(PLANNERS, found, strict=True))

    @cached_property
    def on_state(self) -> Costs:
        """What the planners cost on the true state and its mean dynamics, and what policies cost that plan nothing."""
        policies: dict[str, Policy] = {
            **self.policies(self.problem.model, self.problem, self.goals),
            "random": RandomPolicy(self.action_dim, low=-UNIT, high=UNIT, seed=self.actions),
            "noop": NoOpPolicy(self.action_dim),
        }
        return {name: self.costs(policy) for name, policy in policies.items()}

    def on_model(self, encode: Encode, model: Model, linear: LinearQuadratic) -> Costs:
        """What the planners cost on a model, which see the true state, and the goal, through an encoder."""
        policies = self.policies(model, linear, encode(self.goals))
        return {name: self.costs(seen(policy, encode)) for name, policy in policies.items()}


def stages(goals: Tensor, effort: float) -> tuple[Cost, FinalCost]:
    """`‖x - goal‖² + effort ‖a‖²` and `‖x - goal‖²`, for as many rows of each goal as there are."""

    def away(x: Tensor) -> Tensor:
        return (x.view(len(goals), -1, x.shape[-1]) - goals[:, None]).square().sum(-1).flatten()

    return lambda x, a: away(x) + effort * a.square().sum(-1), away


def seen(policy: Policy, encode: Encode) -> Policy:
    """The policy of an observer who sees `h(z)` in place of `z`."""
    return lambda z, step: policy(encode(z), step)


def regulator(linear: LinearQuadratic, goals: Tensor, steps: int) -> Policy:
    """The regulator of so many steps, with a goal for each row."""
    p = linear
    best = [LinearQuadratic(p.a, p.b, p.q, p.r, drift=p.drift, goal=goal).finite(steps) for goal in goals]
    return lambda x, step: torch.cat([one(row[None], step) for one, row in zip(best, x, strict=True)])


def gain_distance(true: LinearQuadratic, learnt: LinearQuadratic, z: Tensor, h: Tensor) -> Estimate | None:
    """`‖K_h A - K‖ / ‖K‖` for the stationary gains `K` of the world and `K_h` of the model, with `h ≈ A z + c`.

    `A` is the regression of embeddings on latents, `(count, n)` each, which is what the standard error is of. A model
    that no gain makes stable has the gain 0. None in a world whose gain is 0.
    """
    gain, found = stationary_gain(true), stationary_gain(learnt)
    if not (size := gain.norm()) > 0:
        return None
    x, y = z - z.mean(0), h - h.mean(0)
    weights = torch.linalg.solve(x.T @ x / len(x), x.T).T  # Σ⁻¹ z of each row
    encoder = y.T @ weights / len(x)
    off = found @ encoder - gain
    slope = off / (off.norm().clamp(min=1e-300) * size)
    moved = ((y - x @ encoder.T) @ found.T * (weights @ slope.T)).sum(1)
    return Estimate((off.norm() / size).item(), standard_error(moved))


def stationary_gain(problem: LinearQuadratic) -> Tensor:
    try:
        return problem.stationary().gain
    except UserError:
        return torch.zeros_like(problem.b.T)


def measure(control: Control, encode: Encode, predict: Model, z: Tensor, h: Tensor) -> dict[str, float]:
    """Costs, their ratios to those on the true state, and the error of the gain, each with its standard error.

    encode, predict: the model, of float64. z, h: latents and their embeddings, `(count, n)`, around whose mean the
    predictor is taken to be linear, with no action. Errors of costs are over the pairs of a start and a goal.

    Raises:
        UserError: If the model gives numbers that are not finite.
    """
    z, h = z.double(), h.double()
    a, b, drift = linearize(predict, h.mean(0), torch.zeros(control.action_dim))
    linear = control.quadratic(a, b, drift=drift)
    state, model = control.on_state, control.on_model(encode, predict, linear)
    found = {f"{name}_cost": mean(costs) for name, costs in (state | model).items()}
    found |= {f"{name}_cost_state": mean(state[name]) for name in model}
    found |= {f"{name}_ratio": ratio(costs, state[name]) for name, costs in model.items()}
    if (error := gain_distance(control.problem, linear, z, h)) is not None:
        found["gain_distance"] = error
    return fields(found)

"""Goal reaching by model-predictive control, in the space of true joints or of an embedding of frames."""

from collections.abc import Callable

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from lejepa.measures import estimate
from lejepa.planning.cem import cross_entropy
from lejepa.planning.rollout import shifted
from lejepa.reacher.config import Computation, Control
from lejepa.reacher.dynamics import Dynamics
from lejepa.reacher.paths import Space, average
from lejepa.reacher.results import Controlled, Mean
from lejepa.reacher.scene import FINGER_RADIUS, TARGET_RADII, Floats, Scene, finger

Sense = Callable[[Floats], Tensor]  # joint angles (count, 2) to points of the space (count, 2)
Progress = Callable[[int], None]


class Planner:
    """The cross-entropy method on `Σ_k ‖x_k - goal‖² + effort ‖u_k‖²` over the horizon, for many tasks at once.

    The goal is a point of the same space as the state, so an orthogonal map of the space carries both and changes no
    cost: the case of `ControlProblem.cost_through`. With a fixed goal other than 0 the cost is not invariant by itself.
    """

    def __init__(self, c: Control, dynamics: Dynamics, tasks: int, seed: int) -> None:
        self.c, self.dynamics = c, dynamics
        self.mean = torch.zeros(tasks, c.horizon, 2)
        self.generator = torch.Generator().manual_seed(seed)

    def cost(self, before: Tensor, now: Tensor, torque_before: Tensor, plans: Tensor, goal: Tensor) -> Tensor:
        """The cost of plans `(tasks, samples, horizon, 2)` from points `(tasks, 2)`: `(tasks, samples)`."""
        shape = plans.shape[:2]
        last, x, u_last = (p[:, None].expand(*shape, 2) for p in (before, now, torque_before))
        total = self.c.effort * plans.square().sum((-2, -1))
        for u in plans.unbind(2):
            last, x, u_last = x, self.dynamics(last, x, u_last, u), u
            total = total + (x - goal[:, None]).square().sum(-1)
        return total

    def act(self, before: Tensor, now: Tensor, torque_before: Tensor, goal: Tensor) -> Tensor:
        """The torques `(tasks, 2)` to hold now; the rest of the plan starts the next search."""
        c = self.c
        plan = cross_entropy(
            lambda plans: self.cost(before, now, torque_before, plans, goal),
            self.mean,
            torch.tensor(0.7),
            population=c.samples,
            elites=c.elites,
            iterations=c.rounds,
            low=torch.tensor(-1.0),
            high=torch.tensor(1.0),
            generator=self.generator,
        )
        self.mean = shifted(plan)
        return plan[:, 0]


def reach(
    c: Computation,
    sense: Sense,
    dynamics: Dynamics,
    start: Floats,
    goal: Floats,
    scene: Scene,
    seed: int,
    progress: Progress = lambda step: None,
) -> tuple[Floats, Floats]:
    """Control every task: joint angles `(tasks, steps + 1, 2)`, torques `(tasks, steps, 2)`.

    The controller sees what `sense` makes of joint angles now and at the goal, never the joints' velocities.
    """
    tasks, n = len(start), c.control
    planner = Planner(n, dynamics, tasks, seed)
    target = sense(goal).float()
    angles, torques = np.empty((tasks, n.steps + 1, 2)), np.empty((tasks, n.steps, 2))
    angles[:, 0] = start
    full = [scene.saved(a) for a in start]
    now = sense(start).float()
    before, held = now, torch.zeros(tasks, 2)
    for t in range(n.steps):
        u = planner.act(before, now, held, target)
        torques[:, t] = u.numpy()
        for task in range(tasks):
            full[task], angles[task, t + 1] = scene.advance(full[task], torques[task, t], c.trajectories.interval)
        before, held = now, u
        now = sense(angles[:, t + 1]).float()
        progress(t + 1)
    return angles, torques


def costs(c: Computation, angles: Floats, torques: Floats, goal: Floats) -> Floats:
    """The cost of each task in true latents, angles over the spread, with the same weights as the planner's."""
    z, z_goal = angles[:, 1:] / c.ou.spread, goal[:, None] / c.ou.spread
    total: Floats = np.square(z - z_goal).sum((1, 2)) + c.control.effort * np.square(torques).sum((1, 2))
    return total


def wilson(successes: int, count: int) -> tuple[float, float, float]:
    """The share of successes and its 95 % interval by Wilson's score."""
    found = stats.binomtest(successes, count).proportion_ci(0.95, "wilson")
    return successes / count, float(found.low), float(found.high)


def ratio(costs: Floats, base: Floats) -> Mean:
    """The ratio of two means over the same tasks, with its standard error."""
    found = estimate.ratio(torch.from_numpy(costs), torch.from_numpy(base))
    return Mean(mean=found.value, error=found.error)


def summary(space: Space, fit: float, angles: Floats, goal: Floats, cost: Floats, base: Floats) -> Controlled:
    """What control in a space reached."""
    away = np.linalg.norm(finger(angles[:, -1]) - finger(goal), axis=-1)
    return Controlled(
        space=space[0],
        objective=space[1],
        success={
            task: wilson(int((away <= radius + FINGER_RADIUS).sum()), len(away))
            for task, radius in TARGET_RADII.items()
        },
        cost=average(cost),
        regret=ratio(cost, base),
        costs=np.round(cost, 6).tolist(),
        distances=np.round(away, 6).tolist(),
        fit=fit,
        example=np.round(angles[0], 6).tolist(),
        goal=np.round(goal[0], 6).tolist(),
    )

"""Goal reaching by model-predictive control, in the space of true joints or of an embedding of frames."""

from collections.abc import Callable

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from lejepa.measures import estimate
from lejepa.planning import CEM, MPC
from lejepa.reacher.config import Computation, Control
from lejepa.reacher.dynamics import Dynamics
from lejepa.reacher.paths import Space, average
from lejepa.reacher.results import Controlled, Mean
from lejepa.reacher.scene import FINGER_RADIUS, TARGET_RADII, Floats, Scene, finger
from lejepa.training.planned import stages

SPREAD = 0.7  # standard deviation of the first plans' torques
Sense = Callable[[Floats], Tensor]  # joint angles (count, 2) to points of the space (count, 2)
Progress = Callable[[int], None]


def seen(before: Tensor, now: Tensor, held: Tensor) -> Tensor:
    """What a plan begins from, `(rows, 6)`: two successive points and the torque between them, `(rows, 2)` each."""
    return torch.cat((before, now, held), -1)


def controller(c: Control, dynamics: Dynamics, goal: Tensor, seed: int) -> MPC:
    """Model-predictive control by the cross-entropy method on `Σ_k ‖x_k - goal‖² + effort ‖u_k‖²`, for many tasks.

    Points now and over the horizon count; the one now costs all plans the same. The goal is a point of the same space
    as the state, so an orthogonal map of the space carries both and changes no cost: the case of
    `ControlProblem.cost_through`. With a fixed goal other than 0 the cost is not invariant by itself.

    Args:
        c: How far and how hard it plans.
        dynamics: Expects the next point.
        goal: A point for each task, `(tasks, 2)`.
        seed: Of the plans' noise.

    Returns:
        A policy: states as `seen` makes them to the torques `(tasks, 2)` to hold, each of -1 to 1.
    """

    def model(state: Tensor, torque: Tensor) -> Tensor:
        before, now, held = state.chunk(3, -1)
        return seen(now, dynamics(before, now, held, torque), torque)

    cost, final_cost = stages(goal, c.effort)
    planner = CEM(
        lambda state, torque: cost(state[:, 2:4], torque),
        final_cost=lambda state: final_cost(state[:, 2:4]),
        horizon=c.horizon,
        action_dim=2,
        population=c.samples,
        elites=c.elites,
        iterations=c.rounds,
        spread=SPREAD,
        low=-1.0,
        high=1.0,
    )
    return MPC(planner, model, seed=seed)


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
    policy = controller(n, dynamics, sense(goal).float(), seed)
    angles, torques = np.empty((tasks, n.steps + 1, 2)), np.empty((tasks, n.steps, 2))
    angles[:, 0] = start
    full = [scene.saved(a) for a in start]
    now = sense(start).float()
    before, held = now, torch.zeros(tasks, 2)
    for t in range(n.steps):
        u = policy(seen(before, now, held), t)
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

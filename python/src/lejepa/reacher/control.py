"""Goal reaching by model-predictive control, in the space of true joints or of an embedding of frames."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from lejepa.planning import CEM, MPC
from lejepa.planning.mpc import Policy
from lejepa.reacher.dynamics import Dynamics
from lejepa.reacher.scene import FINGER_RADIUS, TARGET_RADIUS, Floats, Scene, finger
from lejepa.training.config import ArmPlanning
from lejepa.training.planned import stages

SPREAD = 0.7  # standard deviation of the first plans' torques
Sense = Callable[[Floats], Tensor]  # joint angles (count, 2) to points of the space (count, 2)


def seen(before: Tensor, now: Tensor, held: Tensor) -> Tensor:
    """What a plan begins from, `(rows, 6)`: two successive points and the torque between them, `(rows, 2)` each."""
    return torch.cat((before, now, held), -1)


def controller(c: ArmPlanning, dynamics: Dynamics, goal: Tensor, seed: int) -> MPC:
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
        population=c.population,
        elites=c.elites,
        iterations=c.iterations,
        spread=SPREAD,
        low=-1.0,
        high=1.0,
    )
    return MPC(planner, model, seed=seed)


def reach(c: ArmPlanning, sense: Sense, policy: Policy, start: Floats, scene: Scene) -> tuple[Floats, Floats]:
    """Control every task: joint angles `(tasks, steps + 1, 2)`, torques `(tasks, steps, 2)`.

    The policy sees what `sense` makes of joint angles, as `seen` puts it together, and never the joints' velocities.
    """
    tasks = len(start)
    angles, torques = np.empty((tasks, c.steps + 1, 2)), np.empty((tasks, c.steps, 2))
    angles[:, 0] = start
    full = [scene.saved(a) for a in start]
    now = sense(start).float()
    before, held = now, torch.zeros(tasks, 2)
    for t in range(c.steps):
        u = policy(seen(before, now, held), t)
        torques[:, t] = u.numpy()
        for task in range(tasks):
            full[task], angles[task, t + 1] = scene.advance(full[task], torques[task, t], c.interval)
        before, held = now, u
        now = sense(angles[:, t + 1]).float()
    return angles, torques


def costs(c: ArmPlanning, angles: Floats, torques: Floats, goal: Floats) -> Floats:
    """The cost of each task in true latents, angles over `joints`, with the same weights as the planner's."""
    z, z_goal = angles[:, 1:] / c.joints, goal[:, None] / c.joints
    total: Floats = np.square(z - z_goal).sum((1, 2)) + c.effort * np.square(torques).sum((1, 2))
    return total


def reached(angles: Floats, goal: Floats) -> Floats:
    """1 for each task whose finger ends within the radii of target and finger, and 0 for the others: `(tasks,)`."""
    away = np.linalg.norm(finger(angles[:, -1]) - finger(goal), axis=-1)
    within: Floats = (away <= TARGET_RADIUS + FINGER_RADIUS).astype(np.float64)
    return within

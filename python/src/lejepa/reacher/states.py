"""The states of the arm that are drawn: a controller's trajectories, exploration, starts and goals of planning."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from lejepa.reacher.scene import WRIST_LIMIT, Floats, Scene, joints_of, wrapped
from lejepa.training.config import ArmPlanning, Trajectories

REACH = (0.05, 0.20)  # metres from the shoulder: where the task puts its targets
STIFFNESS, DAMPING = 2.0, 0.3  # of the controller: torque a radian, and a radian a second


@dataclass(frozen=True)
class States:
    """Joint angles and the torques held until the next, each `(episodes, length, 2)`."""

    angles: Floats
    torques: Floats


def pairs(c: Trajectories, count: int, rng: np.random.Generator, scene: Scene | None = None) -> Floats:
    """Joint angles of a controller at successive frames, as they look, so in `[-π, π)`: `(count, 2, 2)`.

    They are the pairs of one episode after another, so that those of an episode depend on each other.
    """
    episodes = -(-count // (c.length - 1))
    angles = wrapped(trajectories(c, episodes, rng, scene or Scene()))
    both = np.stack((angles[:, :-1], angles[:, 1:]), axis=2)
    found: Floats = both.reshape(-1, 2, 2)[:count]
    return found


def trajectories(c: Trajectories, episodes: int, rng: np.random.Generator, scene: Scene) -> Floats:
    """A proportional-derivative controller in the simulator, from the task's own starts to its own targets: joint
    angles `(episodes, length, 2)`.

    The joints start uniformly, as in the task; the way to a target is the shorter one of the shoulder, with the elbow
    on the side where it is.
    """
    angles = np.empty((episodes, c.length, 2))
    for episode in range(episodes):
        scene.place(np.array((rng.uniform(-np.pi, np.pi), rng.uniform(-WRIST_LIMIT, WRIST_LIMIT))))
        goal = scene.angles
        for t in range(c.length):
            now = scene.angles
            if t % c.hold == 0:
                turn, radius = rng.uniform(0, 2 * np.pi), rng.uniform(*REACH)
                point = radius * np.array((np.cos(turn), np.sin(turn)))
                goal = joints_of(point, 1.0 if now[1] >= 0 else -1.0)
                goal[0] = now[0] + wrapped(goal[0] - now[0])
            angles[episode, t] = now
            noise = c.noise * rng.standard_normal(2)
            for _ in range(c.interval):
                push = STIFFNESS * (goal - scene.angles) - DAMPING * scene.velocities + noise
                scene.step(np.clip(push, -1, 1), 1)
    return angles


def explore(c: ArmPlanning, rng: np.random.Generator, scene: Scene) -> States:
    """Random torques from rest, started where the tasks are: what dynamics are fitted to."""
    angles, torques = np.empty((2, c.explored, c.length, 2))
    for episode in range(c.explored):
        scene.place(starts(c, 1, rng)[0])
        for t in range(c.length):
            angles[episode, t] = scene.angles
            torques[episode, t] = rng.uniform(-1, 1, 2)
            scene.step(torques[episode, t], c.interval)
    return States(angles, torques)


def starts(c: ArmPlanning, count: int, rng: np.random.Generator) -> Floats:
    """Joint angles `(count, 2)` of the Gaussian law within two standard deviations: starts and goals of planning."""
    z: Floats = stats.truncnorm.rvs(-2, 2, size=(count, 2), random_state=rng)
    return c.joints * z

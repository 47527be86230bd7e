"""Planning in a space, without a renderer: straight lines, fitted dynamics, model-predictive control."""

import numpy as np
import pytest
import torch
from lejepa.reacher import control, dynamics, paths
from lejepa.reacher.paths import Gallery
from lejepa.reacher.scene import finger, joints_of, wrapped
from lejepa.training.config import ArmPlanning
from reacher_tiny import PLANNING
from torch import Tensor


def settings(**changes: float) -> ArmPlanning:
    return ArmPlanning.model_validate(PLANNING | changes)


ROTATION = np.array(((0.6, -0.8), (0.8, 0.6)))


@pytest.fixture
def angles() -> np.ndarray:
    return 0.75 * np.random.default_rng(0).standard_normal((2000, 2))


def interpolated(angles: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    start, goal = paths.draw_pairs(50, len(angles), np.random.default_rng(1))
    return paths.interpolate(Gallery(angles, points), start, goal, 9)


def test_a_rotation_of_the_joints_has_the_same_straight_lines(angles: np.ndarray) -> None:
    true, rotated = interpolated(angles, angles), interpolated(angles, angles @ ROTATION.T)
    assert rotated[1] == pytest.approx(true[1], abs=1e-12)
    assert (rotated[0] == true[0]).all()
    assert true[1].mean() < 0.1


def test_a_curved_embedding_has_other_straight_lines(angles: np.ndarray) -> None:
    turn = 2 * np.linalg.norm(angles, axis=1)
    c, s = np.cos(turn), np.sin(turn)
    spiral = np.stack((c * angles[:, 0] - s * angles[:, 1], s * angles[:, 0] + c * angles[:, 1]), 1)
    assert interpolated(angles, spiral)[1].mean() > 3 * interpolated(angles, angles)[1].mean()


def test_starts_and_goals_differ() -> None:
    start, goal = paths.draw_pairs(500, 2, np.random.default_rng(0))
    assert (start != goal).all()


def test_inverse_kinematics_put_the_finger_there() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        turn, radius, elbow = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.2), rng.choice((-1.0, 1.0))
        point = radius * np.array((np.cos(turn), np.sin(turn)))
        found = joints_of(point, elbow)
        assert finger(found) == pytest.approx(point, abs=1e-12)
        assert found[1] * elbow >= 0


def test_wrapped_angles() -> None:
    assert wrapped(np.array((0.0, np.pi + 0.1, -np.pi - 0.1, 7.0))) == pytest.approx(
        (0, 0.1 - np.pi, np.pi - 0.1, 7 - 2 * np.pi)
    )


def test_dynamics_explain_a_linear_system() -> None:
    generator = torch.Generator().manual_seed(0)
    torques = torch.rand(200, 8, 2, generator=generator) * 2 - 1
    x = torch.zeros(200, 8, 2)
    x[:, 0] = torch.randn(200, 2, generator=generator)
    x[:, 1] = x[:, 0]
    for t in range(1, 7):
        x[:, t + 1] = x[:, t] + 0.6 * (x[:, t] - x[:, t - 1]) + 0.2 * torques[:, t]
    model, fit = dynamics.fit(x, torques, seed=0)
    assert fit.value > 0.98
    again, _ = dynamics.fit(x, torques, seed=0)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


class Drift(dynamics.Dynamics):
    """A known system, seen through a rotation."""

    def __init__(self, rotation: Tensor) -> None:
        super().__init__(torch.randn(2, 3, 2), 0)
        self.rotation = rotation

    def forward(self, before: Tensor, now: Tensor, torque_before: Tensor, torque: Tensor) -> Tensor:
        return now + 0.5 * (now - before) + 0.3 * torque @ self.rotation.T


def test_plans_on_rotated_latents_are_the_same() -> None:
    """`isOptimal_of_invariant`: the cost is invariant, so a rotation of the space changes no torque."""
    c = settings(horizon=4, population=64, elites=8, iterations=3)
    rotation = torch.from_numpy(ROTATION).float()
    generator = torch.Generator().manual_seed(0)
    before, now, goal = torch.randn(3, 5, 2, generator=generator)
    held = torch.zeros(5, 2)
    plain = control.controller(c, Drift(torch.eye(2)), goal, seed=0)
    turned = control.controller(c, Drift(rotation), goal @ rotation.T, seed=0)
    for t in range(3):
        u = plain(control.seen(before, now, held), t)
        v = turned(control.seen(before @ rotation.T, now @ rotation.T, held), t)
        assert torch.allclose(u, v, atol=1e-4)


def test_the_planner_approaches_the_goal() -> None:
    c = settings(horizon=4, population=128, elites=16, iterations=4)
    model = Drift(torch.eye(2))
    before = now = torch.zeros(3, 2)
    goal = torch.tensor(((1.0, 0.0), (0.0, -1.0), (0.5, 0.5)))
    held = torch.zeros(3, 2)
    policy = control.controller(c, model, goal, seed=0)
    for t in range(12):
        u = policy(control.seen(before, now, held), t)
        before, now, held = now, model(before, now, held, u), u
    assert (now - goal).norm(dim=1).max() < 0.15


def test_costs_are_zero_only_at_the_goal_without_effort() -> None:
    c = settings()
    goal = np.array(((0.3, -0.2), (1.0, 1.0)))
    still = np.repeat(goal[:, None], 3, axis=1)
    assert control.costs(c, still, np.zeros((2, 2, 2)), goal) == pytest.approx(0)
    away = still + np.array((c.joints, 0))
    torques = np.ones((2, 2, 2))
    assert control.costs(c, away, torques, goal) == pytest.approx(2 + c.effort * 4)

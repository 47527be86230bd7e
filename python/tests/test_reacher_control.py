"""The planner and the controller, against least squares, loops and published numbers; without a simulator."""

import itertools
import math

import numpy as np
import pytest
import torch
from arm import Arm
from lejepa.planning.rollout import plan_costs
from lejepa.reacher import control, dynamics
from lejepa.reacher.scene import finger
from lejepa.training.config import ArmPlanning
from reacher_tiny import PLANNING
from torch import Tensor

A, B, C = 0.4, 0.25, 0.15  # x' = x + A (x - x_before) + B u_before + C u


class Linear(dynamics.Dynamics):
    """A known linear system; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(torch.randn(2, 3, 2), 0)
        self.asked: list[tuple[Tensor, ...]] = []

    def forward(self, before: Tensor, now: Tensor, torque_before: Tensor, torque: Tensor) -> Tensor:
        self.asked.append((before, now, torque_before, torque))
        return now + A * (now - before) + B * torque_before + C * torque


def settings(**changes: float) -> ArmPlanning:
    few = {"horizon": 3, "population": 16, "elites": 4, "iterations": 2, "effort": 0.3}
    return ArmPlanning.model_validate(PLANNING | few | changes)


def rolled(before: np.ndarray, now: np.ndarray, held: np.ndarray, plan: np.ndarray) -> list[np.ndarray]:
    """The points that a plan `(horizon, 2)` reaches, one step after the other."""
    out = []
    for u in plan:
        before, now, held = now, now + A * (now - before) + B * held + C * u, u
        out.append(now)
    return out


def situation(tasks: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    before, now, held, goal = torch.randn(4, tasks, 2, generator=torch.Generator().manual_seed(seed))
    return before, now, held.clamp(-1, 1), goal


def test_the_cost_is_the_sum_over_the_horizon_of_distances_and_effort() -> None:
    c = settings()
    before, now, held, goal = situation(2)
    plans = torch.randn(2, 5, 3, 2, generator=torch.Generator().manual_seed(1))
    policy = control.controller(c, Linear(), goal, 0)
    costs = policy.planner.cost, policy.planner.final_cost
    found = plan_costs(policy.model, *costs, control.seen(before, now, held), plans)
    assert found.shape == (2, 5)
    for task, sample in itertools.product(range(2), range(5)):
        b, x, h, g, plan = (
            v.double().numpy() for v in (before[task], now[task], held[task], goal[task], plans[task, sample])
        )
        expected = sum(((p - g) ** 2).sum() for p in [x, *rolled(b, x, h, plan)]) + 0.3 * (plan**2).sum()
        assert float(found[task, sample]) == pytest.approx(expected, rel=1e-5)


def best_plan(before: np.ndarray, now: np.ndarray, held: np.ndarray, goal: np.ndarray, c: ArmPlanning) -> np.ndarray:
    """The plan of least cost where no bound is met: a linear least squares problem, by its normal equations."""
    rest = np.concatenate(rolled(before, now, held, np.zeros((c.horizon, 2))))
    size = 2 * c.horizon
    reach = np.empty((size, size))
    for i in range(size):
        unit = np.zeros(size)
        unit[i] = 1
        reach[:, i] = np.concatenate(rolled(before, now, held, unit.reshape(-1, 2))) - rest
    gap = np.tile(goal, c.horizon) - rest
    found: np.ndarray = np.linalg.solve(reach.T @ reach + c.effort * np.eye(size), reach.T @ gap).reshape(-1, 2)
    return found


@pytest.mark.parametrize("effort", [0.02, 0.3, 3.0])
def test_plans_are_those_of_least_squares(effort: float) -> None:
    """With enough samples the search ends at the optimum of a quadratic cost, which is known."""
    c = settings(effort=effort, population=512, elites=32, iterations=15)
    before, now, held = torch.zeros(3, 4, 2)
    goal = 0.1 * situation(4)[3]
    policy = control.controller(c, Linear(), goal, seed=3)
    u = policy(control.seen(before, now, held), 0)
    assert policy.last is not None
    for task in range(4):
        start, moved, action, end = (v[task].double().numpy() for v in (before, now, held, goal))
        best = best_plan(start, moved, action, end, c)
        assert np.abs(best).max() < 1
        assert u[task].numpy() == pytest.approx(best[0], abs=0.02)
        assert policy.last.actions[task, 1].numpy() == pytest.approx(best[1], abs=0.02)


def test_torques_stay_within_their_range() -> None:
    c = settings(effort=0.0, population=256, elites=16, iterations=12)
    nothing = torch.zeros(1, 2)
    policy = control.controller(c, Linear(), torch.tensor(((50.0, -50.0),)), 0)
    u = policy(control.seen(nothing, nothing, nothing), 0)
    assert u.numpy() == pytest.approx(np.array(((1.0, -1.0),)), abs=0.02)
    assert u.abs().max() <= 1


class Draws:
    """Normal noise that a test knows beforehand."""

    def __init__(self, values: list[np.ndarray]) -> None:
        self.values = iter(values)
        self.generators: list[torch.Generator] = []

    def __call__(self, *shape: int, generator: torch.Generator, dtype: torch.dtype, device: torch.device) -> Tensor:
        self.generators.append(generator)
        values = torch.from_numpy(next(self.values)).to(device, dtype)
        assert values.shape == shape
        return values


def test_without_noise_the_plan_is_carried_out_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the planner meant to do next is where its next search begins; the last torque stays."""
    *seen, goal = situation(2)
    policy = control.controller(settings(iterations=1), Linear(), goal, 0)
    meant = torch.tensor([[[0.1, -0.1], [0.2, -0.2], [0.3, -0.3]], [[0.4, 0], [0.5, 0], [1.0, 0]]])
    noise = np.repeat(meant.numpy()[:, None] / control.SPREAD, 16, 1)
    monkeypatch.setattr(torch, "randn", Draws([noise, *[np.zeros((2, 16, 3, 2))] * 3]))
    taken = torch.stack([policy(control.seen(*seen), t) for t in range(4)], 1)
    assert taken[0, :, 0].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.3])
    assert taken[0, :, 1].tolist() == pytest.approx([-0.1, -0.2, -0.3, -0.3])
    assert taken[1, :, 0].tolist() == pytest.approx([0.4, 0.5, 1.0, 1.0])


def test_the_search_is_the_cross_entropy_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same search in loops: spread .7 at first, then mean and deviation (of n - 1) of the cheapest."""
    c = settings(iterations=3)
    before, now, held, goal = situation(2, seed=5)
    noise = [np.random.default_rng(i).standard_normal((2, 16, 3, 2)) for i in range(3)]
    expected = []
    for task in range(2):
        b, x, h, g = (v[task].double().numpy() for v in (before, now, held, goal))
        mean, spread = np.zeros((3, 2)), np.full((3, 2), 0.7)
        for round_ in noise:
            plans = np.clip(mean + spread * round_[task], -1, 1)
            cost = [sum(((p - g) ** 2).sum() for p in rolled(b, x, h, q)) + 0.3 * (q**2).sum() for q in plans]
            elite = plans[np.argsort(cost)[:4]]
            mean = elite.mean(0)
            spread = np.sqrt(((elite - mean) ** 2).sum(0) / 3)
        expected.append(mean)
    policy = control.controller(c, Linear(), goal, 0)
    draws = Draws(noise)
    monkeypatch.setattr(torch, "randn", draws)
    u = policy(control.seen(before, now, held), 0)
    assert u.numpy() == pytest.approx(np.stack(expected)[:, 0], abs=1e-5)
    assert policy.last is not None
    assert policy.last.actions.numpy() == pytest.approx(np.stack(expected), abs=1e-5)
    assert all(g is policy.generator for g in draws.generators)


def test_a_planner_s_noise_depends_on_its_seed() -> None:
    def first(seed: int) -> list[list[float]]:
        *seen, goal = situation(2)
        found: list[list[float]] = control.controller(settings(), Linear(), goal, seed)(control.seen(*seen), 0).tolist()
        return found

    torch.manual_seed(0)
    one = first(1)
    torch.manual_seed(1)
    assert first(1) == one
    assert first(2) != one


def sense(angles: np.ndarray) -> Tensor:
    return torch.from_numpy(2 * angles)


def test_control_holds_what_was_planned_and_sees_positions_alone() -> None:
    c = settings(steps=4, iterations=1, interval=7, horizon=2, population=8, elites=2)
    start, goal = np.random.default_rng(0).standard_normal((2, 3, 2))
    arm, model = Arm(), Linear()

    def driven(model: Linear, arm: Arm, seed: int) -> tuple[np.ndarray, np.ndarray]:
        policy = control.controller(c, model, sense(goal).float(), seed)
        return control.reach(c, sense, policy, start, arm.scene)

    angles, torques = driven(model, arm, 5)
    assert angles.shape == (3, 5, 2)
    assert torques.shape == (3, 4, 2)
    assert (angles[:, 0] == start).all()
    assert np.abs(torques).max() <= 1
    for task in range(3):  # each task's arm by itself, from rest
        alone = Arm()
        alone.place(start[task])
        for t in range(4):
            assert angles[task, t + 1] == pytest.approx(alone.step(torques[task, t], 7), abs=1e-12)
    # the first step of a plan begins at the points seen before and now, under the torque held until now; the plan that
    # was found is followed once more
    asked = model.asked[:: 2 * c.horizon]
    assert len(asked) == 4
    for t, (before, now, held, _) in enumerate(asked):
        for seen, expected in (
            (before, 2 * angles[:, max(t - 1, 0)]),
            (now, 2 * angles[:, t]),
            (held, torques[:, t - 1] if t else np.zeros((3, 2))),
        ):
            assert seen.shape == (24, 2)
            assert seen.numpy() == pytest.approx(np.repeat(expected, 8, 0), abs=1e-6)
    again, _ = driven(Linear(), Arm(), 5)
    assert (again == angles).all()
    other, _ = driven(Linear(), Arm(), 6)
    assert (other != angles).any()


class Exact(dynamics.Dynamics):
    """The arm as its own model: velocities from two points and the torque between, at interval 1."""

    def __init__(self) -> None:
        super().__init__(torch.randn(2, 3, 2), 0)

    def forward(self, before: Tensor, now: Tensor, torque_before: Tensor, torque: Tensor) -> Tensor:
        from arm import DRAG, GAIN, STEP

        velocity = (now - before) / STEP
        return now + STEP * (velocity + STEP * (GAIN * torque - DRAG * velocity))


def test_control_with_the_true_dynamics_reaches_its_goal() -> None:
    c = settings(steps=40, horizon=10, population=200, elites=20, iterations=5, effort=0.0, interval=1)
    start, goal = np.zeros((2, 2)), np.array(((0.08, -0.05), (-0.04, 0.1)))
    policy = control.controller(c, Exact(), torch.from_numpy(goal).float(), 0)
    angles, _ = control.reach(c, torch.from_numpy, policy, start, Arm().scene)
    assert np.abs(angles[:, -1] - goal).max() < 0.01


def test_the_cost_of_a_task_is_the_planners_in_true_latents() -> None:
    c = settings(effort=0.37, joints=0.6)
    rng = np.random.default_rng(0)
    angles, torques, goal = rng.standard_normal((3, 5, 2)), rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 2))
    found = control.costs(c, angles, torques, goal)
    for task in range(3):
        expected = 0.0
        for t in range(4):
            for i in range(2):
                expected += ((angles[task, t + 1, i] - goal[task, i]) / 0.6) ** 2 + 0.37 * torques[task, t, i] ** 2
        assert found[task] == pytest.approx(expected)


def test_a_goal_is_reached_where_the_finger_ends_within_the_radii_of_target_and_finger() -> None:
    """A straight arm has its finger on a circle of .24 m: turned by an angle, it is .48 sin(angle / 2) away."""
    away = np.array((0.0, 0.024, 0.026, 0.059, 0.2))  # metres; the radii together are .025
    turns = 2 * np.arcsin(away / 0.48)
    goal = np.stack((np.linspace(-1, 1, 5), np.zeros(5)), 1)
    angles = np.random.default_rng(0).standard_normal((5, 3, 2))
    angles[:, -1] = goal + np.stack((turns, np.zeros(5)), 1)
    assert control.reached(angles, goal).tolist() == [1, 1, 0, 0, 0]


def test_the_finger_of_a_straight_arm_is_at_the_end_of_both_links() -> None:
    assert finger(np.array(((0.0, 0.0), (math.pi / 2, 0.0), (0.0, math.pi / 2)))) == pytest.approx(
        np.array(((0.24, 0.0), (0.0, 0.24), (0.12, 0.12))), abs=1e-12
    )

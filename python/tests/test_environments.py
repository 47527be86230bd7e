"""Environments: what is recorded of them follows their own equations, and planning drives them to a goal."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import extras, load_model
from lejepa.environments import collect, control, goal_policy
from lejepa.errors import CannotRun, UserError
from lejepa.planning import CEM, MPPI, NoOpPolicy, RandomPolicy
from lejepa.training import recorded
from lejepa.training.recording import Fit
from lejepa.training.trained import Model
from lejepa.transitions import Transitions
from numpy.typing import NDArray
from torch import Tensor, nn

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium, of the extra gym, is not installed")
spaces = gymnasium.spaces
PENDULUM, CAR = "Pendulum-v1", "MountainCarContinuous-v0"
ARRAYS = ("x0", "x1", "actions", "trajectory")


def swung(x: NDArray[Any], torque: NDArray[Any]) -> NDArray[Any]:
    """The observations that follow, by the equations of a pendulum of mass 1 and length 1 that its page gives."""
    cos, sin, speed = x.astype(np.float64).T
    speed = np.clip(speed + 0.05 * (1.5 * 10 * sin + 3 * torque), -8, 8)
    angle = np.arctan2(sin, cos) + 0.05 * speed
    return np.stack((np.cos(angle), np.sin(angle), speed), 1)


def driven(x: NDArray[Any], force: NDArray[Any]) -> NDArray[Any]:
    """The observations of the car that follow, away from the wall on the left."""
    place, speed = x.astype(np.float64).T
    speed = np.clip(speed + 0.0015 * force - 0.0025 * np.cos(3 * place), -0.07, 0.07)
    return np.stack((np.clip(place + speed, -1.2, 0.6), speed), 1)


class Given(gymnasium.Env):  # type: ignore[name-defined]
    """What is observed is the action that was taken, as the environment was given it; an episode has three steps."""

    def __init__(self, low: list[float], high: list[float], **changes: Any) -> None:
        self.action_space = spaces.Box(np.array(low, np.float32), np.array(high, np.float32))
        self.observation_space = spaces.Box(-np.inf, np.inf, (len(low),))
        for name, value in changes.items():
            setattr(self, name, value)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.made = 0
        return np.zeros(len(self.action_space.low), np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.made += 1
        return np.array(action), 1.0, self.made == 3, False, {}


def test_a_pendulum_s_actions_line_up_with_its_transitions() -> None:
    found = collect(PENDULUM, 450, seed=3)
    assert (found.x0.shape, found.actions.shape) == ((450, 3), (450, 1))
    torque = 2 * found.actions[:, 0].astype(np.float64)
    np.testing.assert_allclose(found.x1, swung(found.x0, torque), atol=2e-6)
    shifted = np.abs(found.x1[1:] - swung(found.x0[1:], torque[:-1])).max(1)
    assert np.median(shifted) > 0.05  # what another row's action would do is far from what happened
    assert np.abs(found.actions).max() <= 1
    assert found.actions.std() == pytest.approx(1 / np.sqrt(3), abs=0.05)  # uniform


def test_no_transition_leads_from_an_episode_to_the_next() -> None:
    env = gymnasium.make(CAR, max_episode_steps=7)
    found = collect(env, 50, seed=1)
    np.testing.assert_array_equal(found.trajectory, np.arange(50) // 7)
    np.testing.assert_allclose(found.x1, driven(found.x0, found.actions[:, 0]), atol=1e-6)
    follows = (found.x0[1:] == found.x1[:-1]).all(1)
    np.testing.assert_array_equal(follows, found.trajectory[1:] == found.trajectory[:-1])
    first = found.x0[::7]
    assert ((first[:, 0] >= -0.6) & (first[:, 0] <= -0.4) & (first[:, 1] == 0)).all()
    assert len(np.unique(first[:, 0])) == len(first)
    env.reset()  # it is left open


def test_an_episode_that_terminates_is_followed_by_another() -> None:
    """The car goes to and fro until it is at the goal, 0.45."""
    found = collect(CAR, 400, policy=lambda x: [1.0 if x[1] >= 0 else -1.0])
    ends = np.flatnonzero(np.diff(found.trajectory))
    assert len(ends) >= 2
    assert (found.x1[ends, 0] >= 0.45).all()
    assert (found.x0[ends + 1, 0] <= -0.4).all()
    np.testing.assert_array_equal(found.actions[:, 0], np.where(found.x0[:, 1] >= 0, 1, -1))
    assert "actions of a policy" in found.source


def test_the_seed_decides_everything() -> None:
    first, again, other = (collect(PENDULUM, 30, seed=s) for s in (5, 5, 6))
    for name in ARRAYS[:3]:
        assert np.array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name))
    assert first.digest == again.digest != other.digest
    drawn = np.random.default_rng(5).uniform(-1, 1, 30)
    assert abs(np.corrcoef(drawn, first.actions[:, 0])[0, 1]) < 0.6  # the environment's own stream is another


def test_actions_are_scaled_to_the_bounds() -> None:
    low, high = np.array([-1.0, 2.0, 5.0]), np.array([3.0, 10.0, 5.0])
    found = collect(Given(low.tolist(), high.tolist()), 7, seed=0)
    np.testing.assert_allclose(found.x1[:, :2], (low + (high - low) * (found.actions + 1) / 2)[:, :2], rtol=1e-6)
    assert (found.x1[:, 2] == 5).all()
    np.testing.assert_array_equal(found.trajectory, [0, 0, 0, 1, 1, 1, 2])
    wild = collect(Given([-1.0, 2.0], [3.0, 10.0]), 2, policy=lambda x: np.array([99.0, 4.0]))
    np.testing.assert_allclose(wild.x1, [[3, 4], [3, 4]])
    np.testing.assert_allclose(wild.actions, [[1, -0.5], [1, -0.5]])


BOX = spaces.Box(-1.0, 1.0, (2,))


def given(**changes: Any) -> Given:
    return Given([-1.0], [1.0], **changes)


@pytest.mark.parametrize(
    ("environment", "steps", "says"),
    [
        ("Pendulum-v77", 5, "environment Pendulum-v77: expected an id from which gymnasium makes an environment"),
        ("NoSuch-v0", 5, "environment NoSuch-v0: expected an id"),
        ("no_such_module:Arm-v0", 5, "ModuleNotFoundError"),
        (7, 5, "environment: expected an id, or a gymnasium.Env, found 7"),
        ("CartPole-v1", 5, "CartPole-v1: expected continuous actions, in a Box of real numbers, found Discrete"),
        ("FrozenLake-v1", 5, "FrozenLake-v1: expected observations in a Box, found Discrete"),
        (PENDULUM, 0, "steps: expected a whole number of at least 1, found 0"),
        (PENDULUM, 2.5, "steps: expected a whole number"),
        (given(observation_space=spaces.Dict({"a": BOX})), 5, "found Dict; gymnasium.wrappers.FlattenObservation"),
        (given(observation_space=spaces.Box(0, 255, (8, 8, 3), np.uint8)), 5, r"\(8, 8, 3\); images are not supported"),
        (given(action_space=spaces.Box(-np.inf, np.inf, (1,))), 5, "expected actions with finite bounds"),
        (given(action_space=spaces.Box(0, 3, (1,), np.int64)), 5, "found a Box of int64"),
        (given(action_space=spaces.Box(-1.0, 1.0, (2, 2))), 5, r"actions of shape \(action_dim,\), found \(2, 2\)"),
        (given(step=lambda a: 1 / 0), 5, "expected it to run, but it raised ZeroDivisionError: division by zero"),
        (given(reset=lambda seed: (np.zeros(2), {})), 5, "expected observations of 1 finite numbers, found array"),
        (given(reset=lambda seed: (np.full(1, np.nan), {})), 5, "expected observations of 1 finite numbers"),
    ],
)
def test_what_does_not_fit_is_one_sentence(environment: Any, steps: Any, says: str) -> None:
    with pytest.raises(UserError, match=says) as error:
        collect(environment, steps)
    assert "\n" not in str(error.value)
    assert error.value.code == 2


@pytest.mark.parametrize("policy", [lambda x: [1.0, 2.0], lambda x: [np.nan], lambda x: "left"])
def test_a_policy_that_does_not_fit_is_one_sentence(policy: Any) -> None:
    with pytest.raises(UserError, match="policy: expected it to return 1 finite numbers"):
        collect(PENDULUM, 3, policy=policy)
    with pytest.raises(UserError, match="policy: expected"):
        control(PENDULUM, lambda state, step: torch.full((1, 1), torch.nan), 3)
    with pytest.raises(UserError, match=r"policy: expected it to return shape \(1, 1\), found \(1, 2\)"):
        control(PENDULUM, NoOpPolicy(2), 3)


def test_without_the_package_the_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(CannotRun) as error:
        collect(PENDULUM, 3)
    assert str(error.value) == f"environments: expected the Python package gymnasium; `{extras.get('gym')}` brings it"
    assert error.value.code == 3


def test_an_environment_that_lacks_a_package_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(id: str) -> None:
        raise gymnasium.error.DependencyNotInstalled("MuJoCo is not installed")

    monkeypatch.setattr(gymnasium, "make", lacking)
    with pytest.raises(CannotRun, match=r"Ant-v5: .*MuJoCo is not installed"):
        collect("Ant-v5", 3)


def test_control_does_what_the_policy_says() -> None:
    """In the pendulum, by its own equations; the encoder's doing is seen by the policy alone."""
    seen: list[Tensor] = []

    def policy(state: Tensor, step: int) -> Tensor:
        seen.append(state)
        return torch.full((1, 1), [0.5, -1.0, 7.0][step % 3])

    found = control(PENDULUM, policy, 250, encoder=lambda x: 2 * x, seed=4)
    assert (found.truncated, found.terminated, len(found.actions)) == (True, False, 200)  # its limit of time
    np.testing.assert_array_equal(found.actions[:3, 0], [1, -2, 2])  # from -1 to 1, clipped, times the bound 2
    np.testing.assert_allclose(found.observations[1:], swung(found.observations[:-1], found.actions[:, 0]), atol=2e-6)
    np.testing.assert_array_equal(torch.cat(seen), 2 * found.observations[:-1])
    cos, sin, speed = found.observations[:-1].astype(np.float64).T
    np.testing.assert_allclose(
        found.rewards, -(np.arctan2(sin, cos) ** 2 + 0.1 * speed**2 + 0.001 * found.actions[:, 0] ** 2), atol=1e-5
    )
    assert len(control(PENDULUM, NoOpPolicy(1), 3).actions) == 3
    done = control(Given([-1.0], [1.0]), RandomPolicy(1), 9)
    assert (done.terminated, len(done.rewards)) == (True, 3)


class Seen(nn.Module):
    """What an encoder is here: the points of the plane, doubled."""

    shape: tuple[int, ...] = (2,)

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x


class Foreseen(nn.Module):
    """Actions move what is seen: `h' = h + a`."""

    def __init__(self, actions: int) -> None:
        super().__init__()
        self.actions = actions

    def forward(self, h: Tensor, a: Tensor) -> Tensor:
        return h + a


def moved(actions: int = 2) -> Model:
    """A point in the plane, as a learnt model that has learnt all of it."""
    return Model(Seen(), Foreseen(actions), None, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("planner", [None, CEM, MPPI])
def test_the_policy_goes_to_the_goal(planner: Any) -> None:
    """From 0 to (0.2, -0.1), which is (0.4, -0.2) as it is seen, in one step: what follows costs nothing."""
    policy = goal_policy(moved(), [0.2, -0.1], horizon=1, planner=planner, population=400)
    assert policy(torch.zeros(1, 2), 0)[0].tolist() == pytest.approx([0.4, -0.2], abs=0.05)
    far = goal_policy(moved(), [5.0, 5.0], horizon=1, planner=planner, population=400)(torch.zeros(1, 2), 0)
    assert far.max() <= 1
    assert far.min() > 0.8


def test_effort_is_weighed_against_the_way() -> None:
    """`(a - g)² + e a²` is least at `g / (1 + e)`; the embedding of the goal is 0.8."""
    policy = goal_policy(moved(), [0.4, 0.4], horizon=1, effort=3.0, population=800)
    assert policy(torch.zeros(1, 2), 0)[0].tolist() == pytest.approx([0.2, 0.2], abs=0.03)


def test_goals_and_models_that_do_not_fit_are_one_sentence() -> None:
    for goal in ([1.0], [[1.0, 2.0]], 3.0):
        with pytest.raises(UserError, match=r"goal: expected shape \(2,\)"):
            goal_policy(moved(), goal, horizon=3)
    with pytest.raises(UserError, match="goal: expected finite numbers"):
        goal_policy(moved(), [np.nan, 0.0], horizon=3)
    with pytest.raises(UserError, match="goal: expected an array of numbers"):
        goal_policy(moved(), "up", horizon=3)
    with pytest.raises(UserError, match="model: expected one with a predictor that takes actions"):
        goal_policy(moved(actions=0), [0.0, 0.0], horizon=3)
    with pytest.raises(UserError, match="effort: expected a number above 0, found -1"):
        goal_policy(moved(), [0.0, 0.0], horizon=3, effort=-1)
    with pytest.raises(UserError, match="horizon"):
        goal_policy(moved(), [0.0, 0.0], horizon=0)


def test_from_the_environment_to_a_plan_in_it(tmp_path: Path) -> None:
    """Recorded, written, read, trained on, loaded, and planned with."""
    collect(PENDULUM, 600, seed=0).save(tmp_path / "pendulum.npz")
    mlp = {"kind": "mlp", "hidden": 16, "layers": 1}
    objective = {"kind": "vicreg", "weight": 0.9}
    fit = Fit.model_validate(
        {"encoder": mlp, "predictor": mlp, "objective": objective, "training": {"steps": 60, "learning_rate": 0.01}}
    )
    weights = tmp_path / "pendulum.safetensors"
    recorded.train(fit, Transitions.load(tmp_path / "pendulum.npz"), weights, torch.device("cpu"))
    model = load_model(weights)
    policy = goal_policy(model, [1.0, 0.0, 0.0], horizon=3, population=20, elites=5, iterations=2)
    found = control(PENDULUM, policy, 4, encoder=model.encoder, seed=2)
    assert policy.last is not None
    np.testing.assert_allclose(found.actions[-1] / 2, policy.last.actions[0, 0], rtol=1e-6)
    np.testing.assert_allclose(policy.last.states[0, 0], model(torch.from_numpy(found.observations[3])).detach())
    np.testing.assert_allclose(found.observations[1:], swung(found.observations[:-1], found.actions[:, 0]), atol=2e-6)
    again = control(PENDULUM, policy, 4, encoder=model.encoder, seed=2)
    np.testing.assert_array_equal(again.actions, found.actions)
    with pytest.raises(UserError, match=r"observations: expected shape \(\.\.\., 3\), found \(1, 2\)"):
        control(CAR, policy, 4, encoder=model.encoder)


def test_a_model_of_frames_has_no_goal_in_one_row() -> None:
    class Frames(Seen):
        shape = (32, 32, 3)

    model = Model(Frames(), Foreseen(2), None, 0)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"model: expected one of observations in one row, found frames of shape \(32"):
        goal_policy(model, [1.0, 1.0], horizon=2)

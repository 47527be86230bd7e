"""Environments of gymnasium with continuous observations and actions: recorded, and controlled by a learnt model.

    from lejepa.environments import collect, control, goal_policy
    collect("Pendulum-v1", steps=20_000).save("pendulum.npz")
    policy = goal_policy(model, goal=[1.0, 0.0, 0.0], horizon=20)
    control("Pendulum-v1", policy, steps=200, encoder=model.encoder).rewards.sum()

Actions are in the unit of the bounds here: -1 is the least that the environment's `Box` allows, in each coordinate, and
1 is the greatest. What an environment itself is given, and `Controlled.actions`, is in its own unit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lejepa import arguments
from lejepa.errors import CannotRun, UserError, brief, said
from lejepa.extras import find_in_this_folder, missing
from lejepa.transitions import Transitions

if TYPE_CHECKING:
    from torch import Tensor

    from lejepa.planning.mpc import MPC, Policy
    from lejepa.training.trained import Model

Array = NDArray[np.float32]
Behaviour = Callable[[Array], Any]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Controlled:
    """One episode in an environment.

    Attributes:
        observations: `(steps + 1, dim)`: the first, and that after each action.
        actions: `(steps, action_dim)`, as the environment was given them, in its own unit.
        rewards: `(steps,)`.
        terminated: Whether the environment ended the episode, as where a task is done.
        truncated: Whether it cut the episode short, as at a limit of time.
    """

    observations: Array
    actions: Array
    rewards: NDArray[np.float64]
    terminated: bool
    truncated: bool


class Box:
    """An environment that is known to have continuous observations and actions, of one axis each.

    low, high: the bounds of an action, `(action_dim,)`, in float64. dim: the number of coordinates of an observation.
    """

    def __init__(self, env: Any, name: str) -> None:
        spaces = library().spaces
        self.env, self.name = env, name
        seen, acted = env.observation_space, env.action_space
        if not isinstance(seen, spaces.Box):
            raise self.wrong(
                f"observations in a Box, found {type(seen).__name__}; gymnasium.wrappers.FlattenObservation makes one"
            )
        if len(seen.shape) != 1 or not seen.shape[0]:
            raise self.wrong(
                f"observations of shape (dim,), found {seen.shape}; images are not supported, and "
                "gymnasium.wrappers.FlattenObservation flattens what is none"
            )
        if not isinstance(acted, spaces.Box) or not np.issubdtype(acted.dtype, np.floating):
            kind = f"a Box of {acted.dtype}" if isinstance(acted, spaces.Box) else type(acted).__name__
            raise self.wrong(f"continuous actions, in a Box of real numbers, found {kind}")
        if len(acted.shape) != 1 or not acted.shape[0]:
            raise self.wrong(f"actions of shape (action_dim,), found {acted.shape}")
        if not acted.is_bounded():
            raise self.wrong(
                "actions with finite bounds, found a Box without; gymnasium.wrappers.RescaleAction, or an action_space "
                "of your own, sets them"
            )
        self.low, self.high = acted.low.astype(np.float64), acted.high.astype(np.float64)
        self.dim, self.action_dim = int(seen.shape[0]), int(acted.shape[0])

    def wrong(self, what: str) -> UserError:
        return UserError(f"environment {self.name}: expected {what}")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn whatever an environment raises into a sentence for the user."""
        try:
            yield
        except Exception as e:
            raise self.wrong(f"it to run, but it raised {type(e).__name__}: {said(e)}") from e

    def reset(self, number: int | None = None) -> Array:
        """The first observation of an episode; `number` seeds the environment."""
        with self.told():
            found = self.env.reset(seed=number)[0]
        return self.observed(found)

    def step(self, action: NDArray[np.float64]) -> tuple[Array, float, bool, bool]:
        """What follows an action in the environment's unit: observation, reward, terminated, truncated."""
        with self.told():
            found, reward, terminated, truncated, _ = self.env.step(action.astype(self.env.action_space.dtype))
            rewarded = float(reward)
        return self.observed(found), rewarded, bool(terminated), bool(truncated)

    def observed(self, found: Any) -> Array:
        x = np.asarray(found)
        if x.shape != (self.dim,) or x.dtype.kind not in "fiu" or not np.isfinite(x).all():
            raise self.wrong(f"observations of {self.dim} finite numbers, found {brief(found)}")
        return x.astype(np.float32)

    def scaled(self, action: NDArray[np.float64]) -> NDArray[np.float64]:
        """An action from -1 to 1, in the environment's unit."""
        found: NDArray[np.float64] = (self.low + (self.high - self.low) * (action + 1) / 2).clip(self.low, self.high)
        return found

    def unscaled(self, action: NDArray[np.float64]) -> NDArray[np.float64]:
        """An action in the environment's unit, from -1 to 1; 0 where the bounds are one."""
        width = self.high - self.low
        share: NDArray[np.float64] = np.divide(action - self.low, width, out=np.full_like(width, 0.5), where=width > 0)
        return 2 * share - 1


def library() -> Any:
    """The package gymnasium; a sentence for the user where it is not installed."""
    try:
        import gymnasium
    except ModuleNotFoundError:
        raise missing("environments", "gymnasium", "gym") from None
    return gymnasium


@contextmanager
def opened(environment: Any) -> Iterator[Box]:
    """An environment by its id, closed in the end, or one that is there already, which is left open."""
    gymnasium = library()
    if isinstance(environment, gymnasium.Env):
        yield Box(environment, environment.spec.id if environment.spec else str(environment))
        return
    if not isinstance(environment, str):
        raise UserError(f"environment: expected an id, or a gymnasium.Env, found {brief(environment)}")
    find_in_this_folder()  # an id such as mine:Arm-v0 names a module to import
    try:
        env = gymnasium.make(environment)
    except Exception as e:  # gymnasium's own, and whatever the environment raises
        kind = CannotRun if isinstance(e, gymnasium.error.DependencyNotInstalled) else UserError
        what = f"environment {brief(environment)[1:-1]}: expected an id from which gymnasium makes an environment"
        raise kind(f"{what}, but it raised {type(e).__name__}: {said(e)}") from None
    try:
        yield Box(env, environment)
    finally:
        env.close()


def collect(
    environment: Any,
    steps: int,
    *,
    policy: Behaviour | None = None,
    seed: int = 0,
    progress: Progress = lambda step: None,
) -> Transitions:
    """Record transitions of an environment.

    An episode that terminates or is truncated is followed by another; no transition leads from one to the next. The
    same seed gives the same transitions, if the environment and the policy draw from their seeds alone.

    Args:
        environment: The id of a registered environment, or a `gymnasium.Env`, which is left open.
        steps: Number of transitions, at least 1.
        policy: Maps an observation `(dim,)` to an action `(action_dim,)` in the environment's unit, which is clipped to
            the bounds and recorded as taken; by default actions are drawn uniformly between the bounds.
        seed: Of the first reset, and of the actions that are drawn.
        progress: Called with the number of steps made, after each.

    Returns:
        The transitions, with actions from -1 to 1: -1 is the least that the environment allows, 1 the greatest.

    Raises:
        UserError: If there is no such environment, its observations or actions are not continuous or have several axes,
            its actions have no bounds, the environment or the policy fails, or `steps` is less than 1.
    """
    steps, seed = arguments.whole("steps", steps), arguments.seed(seed)
    with opened(environment) as box:
        draws = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])  # other than the environment's own
        x0, x1 = np.empty((2, steps, box.dim), np.float32)
        actions = np.empty((steps, box.action_dim), np.float32)
        trajectory = np.empty(steps, np.int64)
        x, episode = box.reset(seed), 0
        for k in range(steps):
            chosen = box.scaled(draws.uniform(-1, 1, box.action_dim)) if policy is None else behaved(box, policy, x)
            given = chosen.astype(box.env.action_space.dtype).astype(np.float64)
            x0[k], actions[k], trajectory[k] = x, box.unscaled(given), episode
            x, _, terminated, truncated = box.step(given)
            x1[k] = x
            if (terminated or truncated) and k + 1 < steps:
                x, episode = box.reset(), episode + 1
            progress(k + 1)
        how = "uniform actions" if policy is None else "actions of a policy"
        source = f"{box.name}, {steps} steps of {how}, seed {seed}, gymnasium {library().__version__}"
        return Transitions(x0, x1, actions, trajectory, source)


def behaved(box: Box, policy: Behaviour, x: Array) -> NDArray[np.float64]:
    """What a policy makes of an observation, within the bounds."""
    found = np.asarray(policy(x.copy()))
    if found.shape != (box.action_dim,) or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
        raise UserError(f"policy: expected it to return {box.action_dim} finite numbers, found {brief(found)}")
    return found.astype(np.float64).clip(box.low, box.high)


def goal_policy(
    model: "Model",
    goal: Any,
    *,
    horizon: int,
    effort: float = 0.0,
    planner: Any = None,
    seed: int = 0,
    **options: Any,
) -> "MPC":
    """Model-predictive control towards a goal, by a learnt model.

    The cost of a plan is the sum of the squared distances of the embeddings that the predictor expects from that of the
    goal, and `effort` times the squares of the actions, which are from -1 to 1.

    Args:
        model: An encoder with a predictor that takes actions, as `lejepa.load_model` gives it.
        goal: The observation to reach, `(dim,)`.
        horizon: Number of actions of a plan.
        effort: Weight of the squares of actions, at least 0.
        planner: `lejepa.planning.CEM`, the default, or `lejepa.planning.MPPI`.
        seed: Of the planner's noise.
        options: Further arguments of the planner, such as `population`.

    Returns:
        A policy of embeddings `(tasks, width)`, for `control`, `lejepa.planning.simulate` and the like.

    Raises:
        UserError: If the model has no predictor or takes no actions, the goal is not of its observations' shape, or an
            argument is out of range.
    """
    import torch

    from lejepa.planning import CEM, MPC
    from lejepa.planning.arguments import array

    if model.predictor is None or not model.predictor.actions:
        raise UserError("model: expected one with a predictor that takes actions")
    if len(model.encoder.shape) > 1:
        raise UserError(f"model: expected one of observations in one row, found frames of shape {model.encoder.shape}")
    weight = 0.0 if arguments.real(effort) == 0 else arguments.positive("effort", effort)
    with torch.no_grad():
        target = model(array("goal", goal, model.encoder.shape[0]).float())

    def final_cost(h: "Tensor") -> "Tensor":
        apart: Tensor = (h - target.to(h)).square().sum(-1)
        return apart

    def cost(h: "Tensor", actions: "Tensor") -> "Tensor":
        return final_cost(h) + weight * actions.square().sum(-1)

    bounds = {"low": -1.0, "high": 1.0, "action_dim": model.predictor.actions}
    made = (planner or CEM)(cost, final_cost=final_cost, horizon=horizon, **bounds | options)
    return MPC(made, model.predictor, seed=seed)


def control(
    environment: Any,
    policy: "Policy",
    steps: int,
    *,
    encoder: "Callable[[Tensor], Tensor] | None" = None,
    seed: int = 0,
    progress: Progress = lambda step: None,
) -> Controlled:
    """Follow a policy in an environment, for one episode.

    Args:
        environment: The id of a registered environment, or a `gymnasium.Env`, which is left open.
        policy: Maps states `(1, ...)` and the number of the step, from 0, to actions `(1, action_dim)` from -1 to 1,
            which are clipped to that: `lejepa.planning.MPC`, `RandomPolicy`, `NoOpPolicy`, or what `goal_policy` makes.
        steps: The most steps to make; the episode may end before.
        encoder: Maps observations `(1, dim)` to the states that the policy takes; by default it takes observations.
        seed: Of the environment's reset.
        progress: Called with the number of steps made, after each.

    Returns:
        Observations, actions and rewards.

    Raises:
        UserError: As `collect` does; or if the encoder or the policy does not fit the environment.
    """
    import torch

    from lejepa.planning.arguments import of_shape

    steps, seed = arguments.whole("steps", steps), arguments.seed(seed)
    with opened(environment) as box, torch.no_grad():
        observations, actions, rewards = [box.reset(seed)], list[Any](), list[float]()
        terminated = truncated = False
        while len(actions) < steps and not (terminated or truncated):
            x = torch.from_numpy(observations[-1])[None]
            state = x if encoder is None else encoder(x)
            action = of_shape("policy", policy(state, len(actions)), (1, box.action_dim))
            if not action.isfinite().all():
                raise UserError("policy: expected finite actions, found NaN or infinity")
            given = box.scaled(action[0].double().cpu().numpy())
            x_next, reward, terminated, truncated = box.step(given)
            observations.append(x_next)
            actions.append(given)
            rewards.append(reward)
            progress(len(actions))
    return Controlled(
        np.stack(observations), np.stack(actions).astype(np.float32), np.array(rewards), terminated, truncated
    )

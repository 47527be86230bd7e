"""The receding horizon: what each search starts from, what the world sees, what an episode costs."""

from typing import Any

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.planning import CEM, MPC, MPPI, NoOpPolicy, Planner, RandomPolicy, mpc, simulate
from linear_plans import double_integrator, residuals
from torch import Tensor

START = torch.tensor([[1.0, 0.0], [-0.5, 0.8], [0.0, -1.0]], dtype=torch.float64)


class Counting(Planner):
    """Always plans numbers that say when they were planned and for when; keeps what it started from."""

    def __init__(self, **options: Any) -> None:
        super().__init__(lambda z, a: z[:, 0], **options)
        self.initial: list[Tensor] = []
        self.generators: list[torch.Generator | None] = []

    def search(self, evaluate: Any, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        self.initial.append(actions.clone())
        self.generators.append(generator)
        planned = 10.0 * len(self.initial) + torch.arange(actions.shape[1])
        return planned[None, :, None].expand_as(actions).to(actions)


def test_each_search_starts_from_what_is_left_of_the_last_plan() -> None:
    planner = Counting(horizon=3, action_dim=1)
    episode = mpc(planner, lambda z, a: z, lambda z, a: z + a, START, 4)
    assert [i[0, :, 0].tolist() for i in planner.initial] == [
        [0, 0, 0],
        [11, 12, 12],
        [21, 22, 22],
        [31, 32, 32],
    ]
    assert episode.actions[1, :, 0].tolist() == [10, 20, 30, 40]
    assert episode.states[:, :, 0].tolist() == [[z, z + 10, z + 30, z + 60, z + 100] for z in START[:, 0].tolist()]
    # the cost of a stage is that of the state before the action
    assert episode.cost.tolist() == pytest.approx([4 * z + 10 + 30 + 60 for z in START[:, 0].tolist()])
    assert all(g is planner.generators[0] and g is not None for g in planner.generators)


def test_without_noise_and_search_the_first_plan_is_carried_out() -> None:
    """The spread is too small to change anything: what is shifted is what is done."""
    planner = CEM(lambda z, a: z[:, 0], horizon=3, action_dim=1, population=4, elites=2, iterations=1, spread=1e-12)
    policy = MPC(planner, lambda z, a: z)
    policy(START, 0)
    assert policy.last is not None
    policy.last = type(policy.last)(
        torch.tensor([[[0.1], [0.2], [0.3]]] * 3, dtype=torch.float64), policy.last.states, policy.last.cost
    )
    taken = [policy(START, step)[0].item() for step in range(1, 5)]
    assert taken == pytest.approx([0.2, 0.3, 0.3, 0.3], abs=1e-9)


def test_a_policy_can_be_used_again() -> None:
    problem = double_integrator()
    policy = MPC(MPPI(problem.cost, horizon=3, action_dim=1), problem.model, seed=4)
    one, other = (simulate(policy, problem.model, START, 3).actions for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(mpc(policy.planner, problem.model, problem.model, START, 3, seed=4).actions, one)
    assert (mpc(policy.planner, problem.model, problem.model, START, 3, seed=5).actions != one).all()


@pytest.mark.parametrize(
    "options",
    [
        {"kind": CEM, "population": 300, "elites": 30, "iterations": 10},
        {"kind": MPPI, "population": 1000, "temperature": 0.05, "iterations": 10, "spread": 0.3},
    ],
    ids=["cem", "mppi"],
)
def test_with_the_value_as_final_cost_it_is_the_stationary_regulator(options: dict[str, Any]) -> None:
    """Then a horizon of 5 is as good as for ever. Costs are compared under the same noise, and with doing nothing."""
    value = double_integrator().stationary().value_matrix
    problem = double_integrator(final=value, noise=np.diag((0.0, 0.01)))
    planner = options.pop("kind")(problem.cost, final_cost=problem.final_cost, horizon=5, action_dim=1, **options)
    costs = {"final_cost": problem.final_cost, "cost": problem.cost}
    best = simulate(problem.stationary(), problem.world(seed=1), START, 25, **costs)
    episode = mpc(planner, problem.model, problem.world(seed=1), START, 25)
    idle = simulate(NoOpPolicy(1), problem.world(seed=1), START, 25, **costs)
    wild = simulate(RandomPolicy(1), problem.world(seed=1), START, 25, **costs)
    assert episode.cost.numpy() == pytest.approx(best.cost.numpy(), rel=0.02)
    assert episode.cost.sum() < 0.5 * min(idle.cost.sum(), wild.cost.sum())


def test_an_episode_costs_what_its_stages_and_its_end_cost() -> None:
    problem = double_integrator(goal=[0.2, 0.1])
    done: list[int] = []
    episode = simulate(
        RandomPolicy(1, seed=3),
        problem.model,
        START,
        6,
        cost=problem.cost,
        final_cost=problem.final_cost,
        progress=done.append,
    )
    assert done == [1, 2, 3, 4, 5, 6]
    for task in range(3):
        squares = residuals(problem, START[task].numpy(), episode.actions[task].numpy())
        assert episode.cost[task].item() == pytest.approx(float(np.square(squares).sum()), rel=1e-10)
    assert simulate(NoOpPolicy(1), problem.model, START, 2).cost.tolist() == [0, 0, 0]


def test_no_operation_does_nothing() -> None:
    assert torch.equal(NoOpPolicy(2)(START.float(), 5), torch.zeros(3, 2))


def test_random_actions_fill_their_bounds_and_come_from_the_seed() -> None:
    policy = RandomPolicy(2, low=[-2.0, 0.5], high=[1.0, 0.75], seed=7)
    state = torch.zeros(20_000, 3, dtype=torch.float64)
    drawn, later = policy(state, 0), policy(state, 1)
    assert drawn.shape == (20_000, 2)
    assert drawn.mean(0).tolist() == pytest.approx([-0.5, 0.625], abs=0.03)
    assert drawn.var(0).tolist() == pytest.approx([9 / 12, 0.25**2 / 12], rel=0.03)
    assert (drawn.amin(0) >= torch.tensor([-2.0, 0.5])).all()
    assert (drawn.amax(0) <= torch.tensor([1.0, 0.75])).all()
    assert (later != drawn).any()
    assert torch.equal(policy(state, 0), drawn)
    assert (RandomPolicy(2, low=[-2.0, 0.5], high=[1.0, 0.75], seed=8)(state, 0) != drawn).any()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"steps": 0}, "steps: expected a whole number of at least 1, found 0"),
        ({"start": START[0]}, r"start: expected shape \(tasks, ...\)"),
        ({"policy": lambda z, k: z[:, 0]}, r"policy: expected it to return shape \(3, action_dim\), found \(3,\)"),
        ({"policy": lambda z, k: z[:1]}, r"policy: expected it to return shape \(3, action_dim\), found \(1, 2\)"),
        ({"policy": lambda z, k: None}, r"policy: expected it to return shape \(3, action_dim\), found NoneType"),
        ({"world": lambda z, a: z[:, :1]}, r"world: expected it to return shape \(3, 2\), found \(3, 1\)"),
        ({"cost": lambda z, a: z}, r"cost: expected it to return shape \(3,\), found \(3, 2\)"),
    ],
)
def test_what_does_not_fit_is_one_sentence(given: dict[str, Any], says: str) -> None:
    problem = double_integrator()
    arguments = {"policy": NoOpPolicy(1), "world": problem.model, "start": START, "steps": 2} | given
    with pytest.raises(UserError, match=f"^{says}"):
        simulate(**arguments)


@pytest.mark.parametrize("state", [np.zeros((3, 2)), [[0.0, 0.0]], torch.zeros(3, 2, dtype=torch.int64)])
def test_states_that_are_no_tensors_are_one_sentence(state: Any) -> None:
    problem = double_integrator()
    planner = CEM(problem.cost, horizon=2, action_dim=1)
    for policy in (NoOpPolicy(1), RandomPolicy(1), MPC(planner, problem.model)):
        with pytest.raises(UserError, match=r"^state: expected a floating-point torch\.Tensor"):
            policy(state, 0)


def test_policies_out_of_range_are_one_sentence() -> None:
    with pytest.raises(UserError, match=r"^action_dim: expected a whole number of at least 1, found 0"):
        NoOpPolicy(0)
    with pytest.raises(UserError, match=r"^low, high: expected finite numbers, found -1.0 and inf"):
        RandomPolicy(1, high=float("inf"))
    with pytest.raises(UserError, match=r"^low, high: expected low to be at most high"):
        RandomPolicy(1, low=2.0)
    with pytest.raises(UserError, match=r"^high: expected a number or shape \(1,\), found \(2,\)"):
        RandomPolicy(1, high=[1.0, 2.0])

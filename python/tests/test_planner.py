"""What every planner that samples does: its cost, bounds, noise, types, and what it says of bad input."""

from typing import Any

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.planning import CEM, MPPI, Planner, rollout, shifted
from linear_plans import best, double_integrator, random_problem, residuals
from torch import Tensor

PLANNERS = [CEM, MPPI]
Z = torch.zeros(2, 2, dtype=torch.float64)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def size(state: Tensor, action: Tensor) -> Tensor:
    return state.square().sum(-1) + action.square().sum(-1)


def drifting(state: Tensor, action: Tensor) -> Tensor:
    return state + action


class Fixed(Planner):
    """Tries two plans for each task, and keeps what they are said to cost."""

    def search(self, evaluate: Any, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        self.tried = torch.randn(len(actions), 5, *actions.shape[1:], dtype=actions.dtype, generator=generator)
        self.costs = evaluate(self.tried)
        return self.tried[:, 1]


def test_predicted_costs_are_the_sums_over_stages_and_the_last_state() -> None:
    problem = random_problem(3, 2, 0)
    start = torch.randn(4, 3, dtype=torch.float64, generator=seeded(0))
    planner = Fixed(problem.cost, final_cost=problem.final_cost, horizon=6, action_dim=2)
    plan = planner.plan(problem.model, start, generator=seeded(1))
    assert planner.costs.shape == (4, 5)
    for task in range(4):
        for sample in range(5):
            squares = residuals(problem, start[task].numpy(), planner.tried[task, sample].numpy())
            assert planner.costs[task, sample].item() == pytest.approx(float(np.square(squares).sum()), rel=1e-10)
    assert torch.equal(plan.actions, planner.tried[:, 1])
    assert plan.cost.numpy() == pytest.approx(planner.costs[:, 1].numpy(), rel=1e-12)
    state = start
    for k in range(6):
        assert torch.equal(plan.states[:, k], state)
        state = problem.model(state, plan.actions[:, k])
    assert torch.equal(plan.states[:, 6], state)


def test_without_a_final_cost_the_last_state_costs_nothing() -> None:
    planner = Fixed(lambda z, a: z[:, 0], horizon=2, action_dim=2)
    plan = planner.plan(drifting, Z + 3, generator=seeded(0))
    assert plan.cost.numpy() == pytest.approx((6 + plan.actions[:, 0, 0]).numpy())


def test_states_may_have_more_axes() -> None:
    """Here a state is a row of three patches, and the model sees one batch axis."""
    seen: list[tuple[int, ...]] = []

    def model(state: Tensor, action: Tensor) -> Tensor:
        seen.append(tuple(state.shape))
        return state + action[:, None]

    start = torch.randn(4, 3, 2, dtype=torch.float64, generator=seeded(0))
    planner = CEM(lambda z, a: z.square().sum((1, 2)), horizon=2, action_dim=2, population=6, elites=2, iterations=1)
    plan = planner.plan(model, start)
    assert plan.states.shape == (4, 3, 3, 2)
    assert seen == [(24, 3, 2), (24, 3, 2), (4, 3, 2), (4, 3, 2)]


@pytest.mark.parametrize("planner", PLANNERS)
def test_actions_stay_within_their_bounds(planner: type[Planner]) -> None:
    low, high = [-0.5, 0.1], torch.tensor([0.25, 3.0])
    seen: list[Tensor] = []

    def model(state: Tensor, action: Tensor) -> Tensor:
        seen.append(action)
        return state + action

    goal = torch.tensor([50.0, -50.0])
    made = planner(
        lambda z, a: z.new_zeros(len(z)),
        final_cost=lambda z: (z - goal).square().sum(-1),
        horizon=3,
        action_dim=2,
        low=low,
        high=high,
        iterations=12,
    )
    plan = made.plan(model, torch.zeros(2, 2), initial=torch.full((2, 3, 2), 9.0), generator=seeded(0))
    every = torch.cat([*seen, plan.actions.flatten(0, 1)])
    for i in range(2):
        assert every[:, i].min() == pytest.approx(low[i])
        assert every[:, i].max() == pytest.approx(high[i].item())
    assert plan.actions.numpy() == pytest.approx(np.broadcast_to((0.25, 0.1), (2, 3, 2)), abs=0.02)


@pytest.mark.parametrize("planner", PLANNERS)
def test_noise_comes_from_the_generator(planner: type[Planner]) -> None:
    made = planner(size, horizon=3, action_dim=2, population=80)

    def plan(seed: int) -> Tensor:
        return made.plan(drifting, Z + 1, generator=seeded(seed)).actions

    torch.manual_seed(0)
    first = plan(1)
    torch.manual_seed(1)
    assert torch.equal(plan(1), first)
    assert (plan(2) != first).all()
    assert torch.equal(made.plan(drifting, Z + 1, generator=seeded(1)).actions, first)  # it keeps nothing


@pytest.mark.parametrize("planner", PLANNERS)
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_plans_have_the_type_of_the_states_and_no_gradient(planner: type[Planner], kind: torch.dtype) -> None:
    weight = torch.nn.Parameter(torch.eye(2, dtype=kind))
    plan = planner(size, horizon=3, action_dim=2).plan(lambda z, a: z @ weight + a, Z.to(kind))
    for found in (plan.actions, plan.states, plan.cost):
        assert found.dtype == kind
        assert not found.requires_grad


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_search_starts_where_it_is_told(planner: type[Planner]) -> None:
    made = planner(size, horizon=3, action_dim=2, spread=1e-9, iterations=1)
    initial = torch.randn(2, 3, 2, dtype=torch.float64, generator=seeded(0))
    assert made.plan(drifting, Z, initial=initial).actions.numpy() == pytest.approx(initial.numpy(), abs=1e-7)
    assert made.plan(drifting, Z).actions.numpy() == pytest.approx(np.zeros((2, 3, 2)), abs=1e-7)


@pytest.mark.parametrize("planner", PLANNERS)
def test_plans_that_break_the_model_are_not_taken(planner: type[Planner]) -> None:
    """Beyond 0.5 the model gives NaN or infinities, and the cost would like to go there."""

    def model(state: Tensor, action: Tensor) -> Tensor:
        state = torch.where(action > 0.5, float("nan"), state + action)
        return torch.where(action < -0.5, float("-inf"), state)

    made = planner(lambda z, a: z.new_zeros(len(z)), final_cost=lambda z: -20 * z[:, 0], horizon=1, action_dim=1)
    plan = made.plan(model, Z[:, :1], generator=seeded(0))
    assert plan.cost.isfinite().all()
    assert (plan.actions > 0.2).all()
    assert (plan.actions <= 0.5).all()
    with pytest.raises(UserError, match=r"^cost: expected a finite cost of at least \d+ of 512 sampled plans, found 0"):
        made.plan(lambda z, a: z * float("nan"), Z[:, :1])


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_plan_into_a_state_that_costs_nothing_must_be_finite_there(planner: type[Planner]) -> None:
    """Without a final cost nothing is said of the last state; above 0 it is NaN, and the best action is 1."""
    options: dict[str, Any] = {"elites": 20} if planner is CEM else {"temperature": 0.01}
    made = planner(lambda z, a: (a - 1).square().sum(-1), horizon=1, action_dim=1, population=200, **options)
    plan = made.plan(lambda z, a: torch.where(a > 0, torch.nan, z + a), Z[:, :1], generator=seeded(0))
    assert plan.states.isfinite().all()
    assert (plan.actions <= 0).all()
    assert (plan.actions > -0.3).all()


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_plan_through_nan_is_not_taken_though_its_cost_is_finite(planner: type[Planner]) -> None:
    """The cost sees NaN as 0, the least that it can be, and the state after is finite again."""

    def model(state: Tensor, action: Tensor) -> Tensor:
        return torch.where(action.abs() < 0.5, torch.nan, state.nan_to_num() + action)

    made = planner(lambda z, a: z.nan_to_num().square().sum(-1), horizon=2, action_dim=1)
    plan = made.plan(model, Z[:, :1], generator=seeded(0))
    assert plan.states.isfinite().all()
    assert (plan.actions.abs() >= 0.5).all()


class Mean(Planner):
    """Tries three plans of one action, and returns their mean."""

    def search(self, evaluate: Any, actions: Tensor, generator: torch.Generator | None) -> Tensor:
        evaluate(torch.zeros(2, 3, 1, 1, dtype=torch.float64))  # an earlier round, which does not count
        tried = torch.tensor([[[-4.0], [1.0], [3.0]], [[5.0], [6.0], [7.0]]], dtype=torch.float64)[..., None]
        evaluate(tried)
        return tried.mean(1)


def test_where_the_model_breaks_at_a_mean_the_cheapest_plan_is_taken() -> None:
    """At 0, the mean of -4, 1 and 3, there is NaN; 1 costs least of them. The other task keeps its mean, 6."""
    made = Mean(lambda z, a: (a[:, 0] - 1.25).abs(), horizon=1, action_dim=1)
    plan = made.plan(lambda z, a: torch.where(a == 0, torch.nan, z + a), Z[:, :1] + 10)
    assert plan.actions.flatten().tolist() == [1, 6]
    assert plan.states.flatten(1).tolist() == [[10, 11], [10, 16]]
    assert plan.cost.tolist() == [0.25, 4.75]


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_mean_that_breaks_the_model_is_not_taken(planner: type[Planner]) -> None:
    """Both ways out of the middle are as good, and the mean of them is in the middle, where the model breaks."""
    made = planner(lambda z, a: -z[:, 0].abs(), horizon=2, action_dim=1, iterations=1)
    plan = made.plan(lambda z, a: torch.where(a.abs() < 0.5, torch.nan, z + a), Z[:, :1], generator=seeded(0))
    assert plan.states.isfinite().all()
    assert plan.cost.isfinite().all()
    assert (plan.actions.abs() >= 0.5).all()


def test_where_no_plan_is_finite_one_sentence_says_so() -> None:
    class Blind(Planner):
        def search(self, evaluate: Any, actions: Tensor, generator: torch.Generator | None) -> Tensor:
            return actions

    made = Blind(size, horizon=1, action_dim=2)
    with pytest.raises(UserError, match=r"^model: expected finite states and costs of the plan found, found NaN"):
        made.plan(lambda z, a: z * torch.nan, Z)
    with pytest.raises(UserError, match=r"^cost: expected a finite cost of at least 1 of 3 sampled plans, found 0"):
        Mean(size, horizon=1, action_dim=1).plan(lambda z, a: z * torch.nan, Z[:, :1])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("planner", ["cem", "mppi"])
def test_both_planners_reach_the_cost_of_the_best_plan(planner: str, seed: int) -> None:
    """Within 1 % of least squares, on four tasks each."""
    problem = double_integrator(goal=[0.5, 0.0])
    options: dict[str, Any] = {"final_cost": problem.final_cost, "horizon": 10, "action_dim": 1}
    made = {
        "cem": CEM(problem.cost, population=500, elites=50, iterations=20, spread=3.0, **options),
        "mppi": MPPI(problem.cost, population=1000, temperature=0.05, iterations=30, spread=0.4, **options),
    }[planner]
    start = torch.randn(4, 2, dtype=torch.float64, generator=seeded(seed))
    plan = made.plan(problem.model, start, generator=seeded(seed))
    for task in range(4):
        least = best(problem, start[task].numpy(), 10)[1]
        assert least * (1 - 1e-9) <= plan.cost[task].item() <= 1.01 * least
    idle = MPPI(problem.cost, spread=1e-9, **options).plan(problem.model, start)
    assert (idle.cost > 1.2 * plan.cost).all()


def test_a_plan_is_shifted_by_one() -> None:
    actions = torch.arange(12.0).view(2, 3, 2)
    expected = [[[2, 3], [4, 5], [4, 5]], [[8, 9], [10, 11], [10, 11]]]
    assert shifted(actions).tolist() == expected
    assert shifted(actions[:, :1]).tolist() == actions[:, :1].tolist()


GOOD: dict[str, Any] = {"horizon": 3, "action_dim": 2}
COUNT = "expected a whole number of at least"


@pytest.mark.parametrize("planner", PLANNERS)
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"horizon": 0}, f"horizon: {COUNT} 1, found 0"),
        ({"horizon": 2.5}, f"horizon: {COUNT} 1, found 2.5"),
        ({"action_dim": 0}, f"action_dim: {COUNT} 1, found 0"),
        ({"population": 0}, f"population: {COUNT} 1, found 0"),
        ({"iterations": -1}, f"iterations: {COUNT} 1, found -1"),
        ({"spread": 0}, "spread: expected finite numbers above 0, found 0"),
        ({"spread": [1.0, float("inf")]}, "spread: expected finite numbers above 0"),
        ({"spread": [1.0] * 3}, r"spread: expected a number or shape \(2,\), found \(3,\)"),
        ({"low": [-1.0]}, r"low: expected a number or shape \(2,\), found \(1,\)"),
        ({"high": float("nan")}, "high: expected numbers, found NaN"),
        ({"low": 1.0, "high": -1.0}, "low, high: expected low to be at most high, found 1.0 and -1.0"),
    ],
)
def test_options_out_of_range_are_one_sentence(planner: type[Planner], options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}"):
        planner(size, **(GOOD | options))


@pytest.mark.parametrize("planner", PLANNERS)
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"start": np.zeros((2, 2))},
            r"start: expected a floating-point torch.Tensor of shape \(tasks, ...\), found nd",
        ),
        ({"start": Z.long()}, "start: expected a floating-point .* found one of torch.int64"),
        ({"start": Z[0]}, r"start: expected shape \(tasks, ...\) with at least one task, found \(2,\)"),
        ({"start": Z[:0]}, r"start: expected shape .* found \(0, 2\)"),
        ({"start": Z.to_sparse()}, "start: expected a dense tensor, found a sparse_coo one"),
        ({"model": lambda z, a: z.to_sparse()}, "model: expected a dense tensor, found a sparse_coo one"),
        ({"start": Z / 0}, "start: expected finite numbers"),
        ({"initial": Z}, r"initial: expected shape \(2, 3, 2\), found \(2, 2\)"),
        ({"initial": torch.full((2, 3, 2), torch.nan)}, "initial: expected finite numbers"),
        ({"model": lambda z, a: z[:1]}, r"model: expected it to return shape \(\d+, 2\), found \(1, 2\)"),
        ({"model": lambda z, a: None}, r"model: expected it to return a torch.Tensor of shape .*, found NoneType"),
        (
            {"model": lambda z, a: z + a @ z.new_ones(3, 2)},
            r"model: expected it to take states \(\d+, 2\) and actions ",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence(planner: type[Planner], given: dict[str, Any], says: str) -> None:
    made = planner(size, population=80, **GOOD)
    arguments = {"model": drifting, "start": Z} | given
    with pytest.raises(UserError, match=f"^{says}"):
        made.plan(arguments.pop("model"), arguments.pop("start"), **arguments)


def test_costs_that_do_not_fit_are_one_sentence() -> None:
    with pytest.raises(UserError, match=r"^cost: expected it to return shape \(512,\), found \(512, 2\)"):
        CEM(lambda z, a: z, **GOOD).plan(drifting, Z[:1])
    with pytest.raises(UserError, match=r"^final_cost: expected it to return shape \(512,\), found \(\)"):
        CEM(size, final_cost=lambda z: z.sum(), **GOOD).plan(drifting, Z[:1])
    problem = double_integrator()
    with pytest.raises(UserError, match=r"^action: expected 1 coordinates, found shape \(512, 2\)"):
        CEM(problem.cost, **GOOD).plan(problem.model, Z[:1])
    with pytest.raises(UserError, match=r"^action: expected 1 coordinates, found shape \(512, 2\)"):
        CEM(size, **GOOD).plan(problem.model, Z[:1])


@pytest.mark.parametrize("plan", [np.zeros((2, 3, 2)), [[[0.0]]], 0])
def test_plans_that_are_no_tensors_are_one_sentence(plan: Any) -> None:
    kind = type(plan).__name__
    with pytest.raises(UserError, match=rf"^initial: expected a torch\.Tensor of shape \(2, 3, 2\), found {kind}$"):
        CEM(size, horizon=3, action_dim=2).plan(drifting, Z, initial=plan)
    with pytest.raises(UserError, match=rf"^actions: expected a torch\.Tensor of shape \(2, horizon, .*found {kind}$"):
        rollout(drifting, Z, plan)
    with pytest.raises(UserError, match=rf"^actions: expected a torch\.Tensor of shape \(tasks, .*found {kind}$"):
        shifted(plan)


def test_a_plan_without_axes_is_not_shifted() -> None:
    with pytest.raises(UserError, match=r"^actions: expected a torch\.Tensor of shape .*, found shape \(3, 2\)$"):
        shifted(torch.zeros(3, 2))


@pytest.mark.parametrize("shape", [(3, 4, 2), (2, 4), (2,)])
def test_a_rollout_needs_a_plan_for_each_task(shape: tuple[int, ...]) -> None:
    with pytest.raises(UserError, match=r"^actions: expected shape \(2, horizon, action_dim\), found"):
        rollout(drifting, Z, torch.zeros(shape))

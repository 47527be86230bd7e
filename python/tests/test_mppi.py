"""Path integral control, against the same search in loops and against Gaussian integrals."""

import math

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.planning import MPPI
from linear_plans import random_problem, residuals
from torch import Tensor


def test_the_search_is_that_of_williams_and_others() -> None:
    problem, alpha, temperature = random_problem(3, 2, 0), 0.25, 20.0
    planner = MPPI(
        problem.cost,
        temperature=temperature,
        alpha=alpha,
        final_cost=problem.final_cost,
        horizon=4,
        action_dim=2,
        population=16,
        iterations=3,
        spread=[0.7, 1.4],
        low=[-1.0, -0.5],
        high=[1.0, 2.0],
    )
    start, initial = torch.randn(2, 3, dtype=torch.float64), torch.full((2, 4, 2), 0.2, dtype=torch.float64)
    generator = torch.Generator().manual_seed(3)
    noise = [torch.randn(2, 16, 4, 2, generator=generator, dtype=torch.float64).numpy() for _ in range(3)]
    plan = planner.plan(problem.model, start, initial=initial, generator=torch.Generator().manual_seed(3))
    for task in range(2):
        u, variance = initial[task].numpy(), np.diag((0.7**2, 1.4**2))
        for round_ in noise:
            plans = np.clip(u + np.array((0.7, 1.4)) * round_[task], (-1, -0.5), (1, 2))
            costs = []
            for v in plans:
                cost = np.square(residuals(problem, start[task].numpy(), v)).sum()
                for k in range(4):
                    cost += temperature * (1 - alpha) * u[k] @ np.linalg.inv(variance) @ (v[k] - u[k])
                costs.append(cost)
            weights = np.array([math.exp(-(c - min(costs)) / temperature) for c in costs])
            u = np.einsum("s,sij->ij", weights / weights.sum(), plans)
        assert plan.actions[task].numpy() == pytest.approx(u, abs=1e-10)


HESSIAN, SLOPE = np.array([[2.0, 0.6], [0.6, 1.0]]), np.array([1.0, -2.0])


def bowl(state: Tensor, action: Tensor) -> Tensor:
    """`a·H a / 2 + g·a`."""
    return ((action @ torch.from_numpy(HESSIAN)) * action).sum(-1) / 2 + action @ torch.from_numpy(SLOPE)


def found(alpha: float, iterations: int, initial: list[float], spread: float, temperature: float) -> np.ndarray:
    planner = MPPI(
        bowl,
        temperature=temperature,
        alpha=alpha,
        horizon=1,
        action_dim=2,
        population=200_000,
        iterations=iterations,
        spread=spread,
    )
    nothing, first = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[initial]], dtype=torch.float64)
    plan = planner.plan(lambda z, a: z, nothing, initial=first, generator=torch.Generator().manual_seed(0))
    actions: np.ndarray = plan.actions[0, 0].numpy()
    return actions


@pytest.mark.parametrize(("spread", "temperature"), [(1.0, 1.0), (0.5, 0.7)])
def test_one_iteration_is_a_damped_newton_step(spread: float, temperature: float) -> None:
    """`exp(-cost / λ)` times the density of `N(u, σ²)` is Gaussian, and its mean is found by completing the square."""
    u = np.array([0.7, -0.4])
    step = np.linalg.solve(HESSIAN + temperature / spread**2 * np.eye(2), HESSIAN @ u + SLOPE)
    assert found(1.0, 1, [0.7, -0.4], spread, temperature) == pytest.approx(u - step, abs=0.01)


def test_iterations_end_at_the_least_cost() -> None:
    assert found(1.0, 12, [0.0, 0.0], 1.0, 1.0) == pytest.approx(-np.linalg.solve(HESSIAN, SLOPE), abs=0.01)


@pytest.mark.parametrize("initial", [[0.0, 0.0], [-0.4, 0.6]])
def test_with_alpha_0_it_is_the_mean_of_the_best_law_near_no_action(initial: list[float]) -> None:
    """The mean of `exp(-cost / λ) N(0, σ²)`, from wherever it is sampled: the free energy of 2017."""
    expected = -np.linalg.solve(HESSIAN + 0.7 / 0.8**2 * np.eye(2), SLOPE)
    assert found(0.0, 1, initial, 0.8, 0.7) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"temperature": 0}, "temperature: expected a number above 0, found 0"),
        ({"temperature": math.nan}, "temperature: expected a number above 0, found nan"),
        ({"temperature": "1"}, "temperature: expected a number above 0, found '1'"),
        ({"alpha": -0.1}, "alpha: expected a number from 0 to 1, found -0.1"),
        ({"alpha": 1.5}, "alpha: expected a number from 0 to 1, found 1.5"),
    ],
)
def test_options_out_of_range_are_one_sentence(options: dict[str, float], says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}"):
        MPPI(bowl, horizon=1, action_dim=2, **options)


def test_a_weight_falls_by_e_for_each_unit_of_cost_and_actions_cost_only_what_is_said() -> None:
    """The defaults, `λ = 1` and `alpha = 1`, from the same noise by hand, around a plan other than 0."""
    planner = MPPI(bowl, horizon=1, action_dim=2, population=32, iterations=1)
    assert (planner.temperature, planner.alpha) == (1.0, 1.0)
    start, first = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[[0.5, -1.5]]], dtype=torch.float64)
    noise = torch.randn(1, 32, 1, 2, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    plan = planner.plan(lambda z, a: z, start, initial=first, generator=torch.Generator().manual_seed(4))
    tried = np.array([0.5, -1.5]) + noise[0, :, 0].numpy()
    weights = [math.exp(-(v @ HESSIAN @ v / 2 + SLOPE @ v)) for v in tried]
    assert plan.actions[0, 0].numpy() == pytest.approx(np.average(tried, axis=0, weights=weights), abs=1e-12)


@pytest.mark.parametrize(("alpha", "kept"), [(0, 0.0), (1, 1.0), (0.5, 0.5)])
def test_alpha_may_be_either_end(alpha: float, kept: float) -> None:
    planner = MPPI(bowl, horizon=1, action_dim=2, alpha=alpha, temperature=3)
    assert (planner.alpha, planner.temperature) == (kept, 3.0)
    assert isinstance(planner.alpha, float)


def test_plans_that_cost_no_number_have_no_weight() -> None:
    """Half of the actions are refused; the mean is of the others, by hand."""
    planner = MPPI(lambda z, a: torch.where(a[:, 0] > 0, torch.inf, a[:, 0]), horizon=1, action_dim=1, population=64,
                   iterations=1)  # fmt: skip
    noise = torch.randn(1, 64, 1, 1, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    plan = planner.plan(
        lambda z, a: z, torch.zeros(1, 1, dtype=torch.float64), generator=torch.Generator().manual_seed(5)
    )
    taken = noise.flatten().numpy()
    taken = taken[taken <= 0]
    assert 0 < len(taken) < 64
    assert plan.actions.item() == pytest.approx(float(np.average(taken, weights=np.exp(-taken))), abs=1e-12)

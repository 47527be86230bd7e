"""The cross-entropy method, against the same search in loops."""

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.planning import CEM
from linear_plans import random_problem, residuals


def test_the_search_is_the_cross_entropy_method() -> None:
    """Means and deviations (of n - 1) of the cheapest, from the spread and the plan that were given."""
    problem = random_problem(3, 2, 0)
    planner = CEM(
        problem.cost,
        final_cost=problem.final_cost,
        horizon=4,
        action_dim=2,
        population=16,
        elites=4,
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
        mean, spread = initial[task].numpy(), np.array(((0.7, 1.4),) * 4)
        for round_ in noise:
            plans = np.clip(mean + spread * round_[task], (-1, -0.5), (1, 2))
            cost = [np.square(residuals(problem, start[task].numpy(), p)).sum() for p in plans]
            elite = plans[np.argsort(cost)[:4]]
            mean = elite.mean(0)
            spread = np.sqrt(np.square(elite - mean).sum(0) / 3)
        assert plan.actions[task].numpy() == pytest.approx(mean, abs=1e-10)


def test_the_population_may_be_all_elites() -> None:
    planner = CEM(lambda z, a: z[:, 0], horizon=1, action_dim=1, population=8, elites=8, iterations=1, spread=2.0)
    noise = torch.randn(1, 8, 1, 1, generator=torch.Generator().manual_seed(0))
    plan = planner.plan(lambda z, a: z, torch.zeros(1, 1), generator=torch.Generator().manual_seed(0))
    assert plan.actions.item() == pytest.approx(2 * noise.mean().item(), abs=1e-6)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"elites": 1}, "elites: expected a whole number of at least 2, found 1"),
        ({"elites": 9}, "elites: expected at most the population, 8, found 9"),
    ],
)
def test_elites_out_of_range_are_one_sentence(options: dict[str, int], says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}"):
        CEM(lambda z, a: z[:, 0], horizon=1, action_dim=1, population=8, **options)

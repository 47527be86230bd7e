"""The variance at which SIGReg's objective is least: its parts against samples, its place against 30 digits."""

import math
import re
from pathlib import Path

import mpmath
import pytest
import torch
from lejepa import SIGReg
from lejepa.errors import UserError
from lejepa.objectives.shrinkage import mean_sigreg, sigreg_variance
from lejepa.training import config, grid

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("unbiased", [False, True])
@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize(("variance", "rho", "batch"), [(0.6, 0.95, 16), (1.0, 0.5, 8), (1.7, 0.2, 40)])
def test_the_mean_of_sigreg_is_that_of_samples(
    variance: float, rho: float, batch: int, pooled: bool, unbiased: bool
) -> None:
    draws, module = torch.Generator().manual_seed(1), SIGReg(4, unbiased=unbiased)
    z, noise = math.sqrt(variance) * torch.randn(2, 20_000, batch, 2, generator=draws, dtype=torch.float64)
    views = z, rho * z + math.sqrt(1 - rho**2) * noise
    found = module(torch.cat(views, dim=1) if pooled else torch.stack(views), generator=draws)
    each = found if pooled else found.mean(0)
    error = float(each.std()) / math.sqrt(len(each))
    expected = mean_sigreg(variance, rho, batch, pooled=pooled, unbiased=unbiased)
    assert float(each.mean()) == pytest.approx(expected, abs=4.5 * error)


def stationary(weight: float, rho: float, batch: int, knots: int, t_max: float, start: float) -> float:
    """Where the derivative of the loss of one view, unbiased, is 0: SIGReg is `N ∫ (φ - φ₁)² φ₁` in the mean."""
    with mpmath.workdps(30):
        ends, step = mpmath.mpf(t_max), mpmath.mpf(t_max) / (knots - 1)
        grid = [k * step for k in range(-knots + 1, knots)]

        def loss(v: mpmath.mpf) -> mpmath.mpf:
            parts = [
                (mpmath.exp(-v * t**2 / 2) - mpmath.exp(-(t**2) / 2)) ** 2
                * mpmath.exp(-(t**2) / 2)
                * (step / 2 if abs(t) == ends else step)
                for t in grid
            ]
            return weight * batch * mpmath.fsum(parts) + (1 - weight) * (1 - rho) * v / 2

        return float(mpmath.findroot(lambda v: mpmath.diff(loss, v), start))


@pytest.mark.parametrize(
    ("weight", "rho", "batch", "knots", "t_max"), [(1e-3, 0.95, 256, 17, 3.0), (0.02, 0.9, 128, 9, 5.0)]
)
def test_the_variance_is_where_the_derivative_is_zero(
    weight: float, rho: float, batch: int, knots: int, t_max: float
) -> None:
    found = sigreg_variance(weight, rho, batch, unbiased=True, knots=knots, t_max=t_max)
    assert 0.5 < found < 1
    assert found == pytest.approx(stationary(weight, rho, batch, knots, t_max, found + 0.01), abs=1e-6)


def test_what_the_experiment_predicts_is_what_the_formula_says() -> None:
    sweep = grid.load(ROOT / "python" / "configs" / "shrinkage-quick.yaml")
    points = {p.name: p for p in sweep.points}
    for quote in sweep.quotes:
        p = points[f"{sweep.name}/{quote.point}"]
        o, told = p.objective, float(re.findall(r"where (0\.\d{3}) is", quote.says)[0])
        assert isinstance(o, config.SIGReg)
        v = sigreg_variance(
            o.weight, p.world.correlation, p.training.batch, pooled=o.pooled, unbiased=o.unbiased, knots=o.knots
        )
        assert told == pytest.approx(math.sqrt(p.world.dim) * (1 - v), abs=5e-4)


def test_larger_batches_shrink_less_and_too_small_a_weight_collapses() -> None:
    found = [sigreg_variance(1e-3, 0.95, batch, pooled=True) for batch in (64, 256, 1024, 10**6)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(1, abs=1e-4)
    assert sigreg_variance(1e-6, 0.95, 256) == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weight": 1.0}, "weight: expected a number between 0 and 1, found 1.0"),
        ({"rho": -0.1}, "rho: expected a number between 0 and 1"),
        ({"batch": 1}, "batch: expected a whole number of at least 2, found 1"),
        ({"knots": 1}, "knots: expected a whole number of at least 2"),
        ({"t_max": 0.0}, "t_max: expected a number above 0"),
    ],
)
def test_bad_arguments_are_one_sentence(changes: dict[str, float], says: str) -> None:
    arguments = {"weight": 0.1, "rho": 0.9, "batch": 64} | changes
    with pytest.raises(UserError, match=says):
        sigreg_variance(**arguments)  # type: ignore[arg-type]

"""SIGReg's optimum among radial maps: its parts against samples, its place by trial, its figures in the experiment."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from lejepa import SIGReg
from lejepa.errors import UserError
from lejepa.objectives.shrinkage import Radial, sigreg_optimum
from lejepa.training import config, grid
from scipy.special import binom, factorial

ROOT = Path(__file__).parents[2]
MAP = np.array([0.8, 0.15, -0.06, 0.03, 0.0])


def radial_map(a: np.ndarray, z: torch.Tensor) -> torch.Tensor:
    """`Σ a_k ℓ_k(|z|²/2) z` by the series of the Laguerre polynomials, with `𝔼 |z L_k|² = n binom(k + n/2, k)`."""
    n = z.shape[-1]
    s = z.square().sum(-1, keepdim=True) / 2
    found = torch.zeros_like(z)
    for k, coefficient in enumerate(a):
        terms = [(-s) ** j * binom(k + n / 2, k - j) / factorial(j) for j in range(k + 1)]
        found += coefficient / math.sqrt(binom(k + n / 2, k)) * torch.stack(terms).sum(0) * z
    return found


@pytest.mark.parametrize("unbiased", [False, True])
@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize(
    ("dim", "rho", "batch", "knots", "t_max"), [(1, 0.95, 16, 17, 3.0), (2, 0.5, 8, 3, 1.0), (3, 0.8, 40, 9, 5.0)]
)
def test_the_means_of_sigreg_and_of_alignment_are_those_of_samples(
    dim: int, rho: float, batch: int, knots: int, t_max: float, pooled: bool, unbiased: bool
) -> None:
    draws, module = torch.Generator().manual_seed(1), SIGReg(4, unbiased=unbiased, knots=knots, t_max=t_max)
    z, noise = torch.randn(2, 20_000, batch, dim, generator=draws, dtype=torch.float64)
    h, h_next = (radial_map(MAP, x) for x in (z, rho * z + math.sqrt(1 - rho**2) * noise))
    found = module(torch.cat((h, h_next), dim=1) if pooled else torch.stack((h, h_next)), generator=draws)
    each = found if pooled else found.mean(0)
    radial = Radial(dim, rho, batch, pooled=pooled, unbiased=unbiased, knots=knots, t_max=t_max)
    error = float(each.std()) / math.sqrt(len(each))
    assert float(each.mean()) == pytest.approx(radial.sigreg(MAP), abs=4.5 * error)
    steps = (h_next - h).square().sum(-1).mean(-1) / (4 * dim)
    error = float(steps.std()) / math.sqrt(len(steps))
    assert float(steps.mean()) == pytest.approx(radial.loss(MAP, 0.0), abs=4.5 * error)
    assert float(h.square().mean()) == pytest.approx(float((MAP**2).sum()), rel=0.02)


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_no_step_from_the_optimum_lessens_the_loss(dim: int, pooled: bool) -> None:
    found = np.array(sigreg_optimum(2e-3, 0.9, 128, dim, pooled=pooled).coefficients)
    radial = Radial(dim, 0.9, 128, pooled=pooled, unbiased=False, knots=17, t_max=3.0)
    least = radial.loss(found, 2e-3)
    assert found[0] > 0.5
    for k in range(len(found)):
        for step in (-0.01, 0.01):
            moved = found.copy()
            moved[k] += step
            assert radial.loss(moved, 2e-3) > least


def test_defaults_are_those_of_sigreg() -> None:
    module = SIGReg()
    found = sigreg_optimum(2e-3, 0.9, 64, 2)
    assert not module.unbiased
    assert found == sigreg_optimum(2e-3, 0.9, 64, 2, knots=module.knots, t_max=module.t_max, unbiased=False)


def test_larger_batches_shrink_less_and_too_small_a_weight_collapses() -> None:
    found = [sigreg_optimum(1e-3, 0.95, batch, 2, unbiased=True).variance for batch in (128, 512, 2048)]
    assert found == sorted(found)
    assert found[0] < 0.7
    collapsed = sigreg_optimum(1e-6, 0.95, 256, 2)
    assert (collapsed.variance, collapsed.r2, collapsed.epsilon) == (0, 0, math.sqrt(2))


def test_the_page_s_figure_of_a_smaller_batch() -> None:
    page = (ROOT / "docs" / "your-own.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"With a batch of 64 the variance would be (0\.\d{3})", page)
    assert float(told) == pytest.approx(sigreg_optimum(0.02, 0.9, 64, 8).variance, abs=5e-4)


def test_what_the_experiment_predicts_is_what_the_formula_says() -> None:
    path = ROOT / "python" / "configs" / "shrinkage-quick.yaml"
    sweep = grid.load(path)
    told = {q.point: float(re.findall(r"where (0\.\d{3}) is", q.says)[0]) for q in sweep.quotes}
    comment = path.read_text(encoding="utf-8").replace("\n# ", " ")
    for point in sweep.points:
        name, o = point.name.partition("/")[2], point.objective
        assert isinstance(o, config.SIGReg)
        if name == "eight-slices":
            continue
        found = sigreg_optimum(
            o.weight,
            point.world.correlation,
            point.training.batch,
            point.world.dim,
            pooled=o.pooled,
            unbiased=o.unbiased,
            knots=o.knots,
            t_max=o.t_max,
        )
        (epsilon, r2) = re.findall(rf"{name} (\.\d+), (\.\d+)[;.]", comment)[0]
        assert float(epsilon) == pytest.approx(found.epsilon, abs=6e-4)
        assert float(r2) == pytest.approx(found.r2, abs=6e-4)
        assert told.get(name, float(epsilon)) == float(epsilon)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weight": 1.0}, "weight: expected a number between 0 and 1, found 1.0"),
        ({"rho": -0.1}, "rho: expected a number between 0 and 1"),
        ({"batch": 1}, "batch: expected a whole number of at least 2, found 1"),
        ({"dim": 0}, "dim: expected a whole number of at least 1, found 0"),
        ({"dim": 65}, "dim: expected at most 64, found 65"),
        ({"knots": 1}, "knots: expected a whole number of at least 2"),
        ({"t_max": 0.0}, "t_max: expected a number above 0"),
    ],
)
def test_bad_arguments_are_one_sentence(changes: dict[str, float], says: str) -> None:
    arguments = {"weight": 0.1, "rho": 0.9, "batch": 64, "dim": 2} | changes
    with pytest.raises(UserError, match=says):
        sigreg_optimum(**arguments)  # type: ignore[arg-type]

"""Tests of assumptions: true worlds pass at the level, false ones are named."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
import torch
from lejepa.certification.assumptions import KNOTS, Assumption, examine, null_draws
from lejepa.certification.known import latents, orthogonal, quadratic
from lejepa.certification.sample import PairSample
from lejepa.training.objective import SIGReg
from torch import Tensor

RHO = 0.8


def examined(
    h0: Tensor, h1: Tensor, rho: float = RHO, distance: float = 0.01, excess_tail: float = 1.0
) -> dict[str, Assumption]:
    sample = PairSample(h0.shape[1], torch.device("cpu"))
    sample.add(h0, h1)
    return {a.name: a for a in examine(sample, rho, distance, excess_tail, 0.01)}


def violated(found: dict[str, Assumption]) -> set[str]:
    return {name for name, a in found.items() if a.verdict == "violated"}


@pytest.mark.parametrize("estimated", [True, False])
def test_the_null_law_is_that_of_gaussian_samples(estimated: bool) -> None:
    x = torch.randn(400, 4000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    if estimated:
        x = (x - x.mean(0)) / x.std(0)
    values = SIGReg(KNOTS, 1).double().statistic(x).numpy()
    for probability in (0.5, 0.9, 0.99):
        critical = np.quantile(null_draws(estimated), probability)
        error = sqrt(probability * (1 - probability) / 4000)
        assert np.mean(values <= critical) == pytest.approx(probability, abs=4 * error + 0.003)


@pytest.mark.parametrize("dim", [1, 2, 20])
@pytest.mark.parametrize("count", [200, 2000])
def test_the_true_world_passes(dim: int, count: int) -> None:
    """Each test alone calls it violated once in 500; of 60 times 5 all together expect 0.6."""
    false_alarms = 0
    for seed in range(60):
        h0, h1 = orthogonal(dim, RHO).pairs(count, seed)
        false_alarms += len(violated(examined(h0, h1)))
    assert false_alarms <= 4


def test_a_nonlinear_encoder_of_the_true_world_is_explained() -> None:
    encoder = quadratic(2, RHO)
    found = examined(*encoder.pairs(20_000, 0), distance=encoder.distance)
    assert not violated(found)
    assert found["Gaussianity"].verdict == "explained"
    assert found["linear conditional mean"].verdict == "explained"


def chain(step: Callable[[Tensor, Tensor], Tensor], dim: int, count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Independent pairs of a world that starts as a standard Gaussian."""
    z, noise = torch.randn(2, count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return z, step(z, noise)


def test_a_drifting_world_is_not_stationary() -> None:
    found = examined(*chain(lambda z, e: RHO * z + sqrt(1 - RHO**2) * e + 0.1, 3, 10_000))
    assert "stationarity" in violated(found)


def test_a_growing_world_is_not_stationary() -> None:
    found = examined(*chain(lambda z, e: RHO * z + 0.75 * e, 3, 10_000))
    assert "stationarity" in violated(found)


def test_a_turning_world_is_not_reversible() -> None:
    turn = torch.tensor([[0.99, -0.14], [0.14, 0.99]], dtype=torch.float64)
    found = examined(*chain(lambda z, e: RHO * z @ turn.T + sqrt(1 - RHO**2) * e, 2, 10_000))
    assert "reversibility" in violated(found)
    assert "stationarity" not in violated(found)


def test_too_small_a_correlation_is_seen() -> None:
    found = examined(*orthogonal(2, RHO).pairs(10_000, 0), rho=0.75)
    assert violated(found) == {"correlation"}
    assert "more correlated" in found["correlation"].finding


def test_a_negative_excess_is_seen() -> None:
    assert "correlation" in violated(examined(*orthogonal(2, RHO).pairs(1000, 0), excess_tail=1e-9))


def test_a_negative_correlation_is_seen() -> None:
    found = examined(*chain(lambda z, e: -0.5 * z + sqrt(0.75) * e, 2, 10_000))
    assert "negatively" in found["correlation"].finding


def test_latents_that_are_not_gaussian_are_seen() -> None:
    """Uniform coordinates, told apart from an encoder's nonlinearity by the small distance that moments allow."""
    z, z_next = latents(2, RHO, 20_000, 0)
    h0, h1 = ((torch.special.ndtr(x) - 0.5) * sqrt(12) for x in (z, z_next))
    found = examined(h0, h1, distance=0.001)
    assert "Gaussianity" in violated(found)


def test_a_curved_drift_is_seen() -> None:
    """Gaussian at both ends, but successors depend on the state by its size too."""

    def step(z: Tensor, e: Tensor) -> Tensor:
        rho = torch.where(z.abs() > 1, 0.95, 0.3)
        return rho * z + (1 - rho**2).sqrt() * e

    found = examined(*chain(step, 1, 30_000), distance=0.0001)
    assert "linear conditional mean" in violated(found)


def test_the_sample_is_uniform_and_bounded() -> None:
    sample = PairSample(2, torch.device("cpu"), size=500)
    for start in range(0, 20_000, 700):
        rows = torch.arange(start, min(start + 700, 20_000), dtype=torch.float64)[:, None].expand(-1, 2)
        sample.add(rows, rows)
    assert sample.first.shape == (500, 32)
    kept = sample.first[:, 0]
    assert float(kept.mean()) == pytest.approx(10_000, abs=4 * 20_000 / sqrt(12 * 500))
    assert torch.equal(sample.first, sample.second)
    assert len(kept.unique()) == 500


@pytest.mark.parametrize(("dim", "slices"), [(1, 1), (3, 32), (100, 32)])
def test_projections_are_unit_vectors(dim: int, slices: int) -> None:
    vectors = PairSample(dim, torch.device("cpu")).vectors
    assert vectors.shape == (dim, slices)
    torch.testing.assert_close(vectors.norm(dim=0), torch.ones(slices, dtype=torch.float64))

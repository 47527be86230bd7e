"""Estimates of a world's correlation."""

from math import tanh

import numpy as np
import pytest
import torch
from lejepa.certification.correlation import CorrelationEstimate, estimate, ratio, within
from lejepa.certification.intervals import MeanEstimate
from lejepa.certification.known import Known, orthogonal, quadratic
from lejepa.certification.moments import PairMoments
from lejepa.errors import UserError
from scipy import linalg


def estimated(encoder: Known, count: int, seed: int) -> CorrelationEstimate:
    h0, h1 = encoder.pairs(count, seed)
    moments = PairMoments(encoder.dim, torch.device("cpu"), count, cross=True)
    moments.add(h0, h1)
    return estimate(*moments.second_moments(), moments.blocks().weights)


@pytest.mark.parametrize(
    "encoder", [orthogonal(1, 0.9), orthogonal(4, 0.6), quadratic(3, 0.9)], ids=lambda e: f"{e.name}-{e.dim}"
)
def test_limits_cover(encoder: Known) -> None:
    """A linear projection exists in all of these but the last, whose greatest correlation is below ρ."""
    found = [estimated(encoder, 400, seed) for seed in range(300)]
    assert np.mean([f.lower(0.05) <= encoder.rho for f in found]) >= 0.91
    if encoder.name == "orthogonal":
        assert np.mean([f.upper(0.05) >= encoder.rho for f in found]) >= 0.91
        assert np.mean([f.value for f in found]) == pytest.approx(encoder.rho, abs=0.01)


def test_a_quadratic_encoder_hides_the_correlation() -> None:
    """What the estimate assumes is needed: without a linear projection it falls short of ρ."""

    def encode(z: torch.Tensor) -> torch.Tensor:
        return (z**2 - 1) / 2**0.5

    f = estimated(Known("square", 2, 0.9, encode, 0, 0, 0), 20_000, 0)
    assert f.upper(0.01) < 0.86
    assert f.value == pytest.approx(0.81, abs=0.02)


def test_coordinates_that_determine_each_other_are_told() -> None:
    def encode(z: torch.Tensor) -> torch.Tensor:
        return torch.stack((z[:, 0], z[:, 0]), 1)

    with pytest.raises(UserError, match="full rank"):
        estimated(Known("twice", 2, 0.9, encode, 0, 0, 0), 500, 0)


def test_a_correlation_is_kept_within_its_range() -> None:
    assert [within(x) for x in (-0.5, 0.0, 1e-7, 0.5, 1.0, 1 - 1e-10)] == [1e-6, 1e-6, 1e-6, 0.5, 1 - 1e-9, 1 - 1e-9]


@pytest.mark.parametrize(("inside", "outside"), [(1.5, 1.4), (1.2, 1.4), (-0.3, -0.5), (12.0, 13.0)])
def test_limits_on_fisher_s_scale(inside: float, outside: float) -> None:
    """From above the maximum over the sample, and no less than what was measured on other rows."""
    one, two = MeanEstimate(inside, 0.05, 9), MeanEstimate(outside, 0.02, 7)
    found = CorrelationEstimate(one, two)
    for alpha in (0.01, 0.3):
        high = max(tanh(one.upper(alpha)), tanh(outside))
        assert found.upper(alpha) == pytest.approx(min(max(high, 1e-6), 1 - 1e-9), rel=1e-12)
        assert found.lower(alpha) == pytest.approx(min(max(tanh(two.lower(alpha)), 1e-6), 1 - 1e-9), rel=1e-12)
    assert found.value == pytest.approx(min(max(tanh(outside), 1e-6), 1 - 1e-9), rel=1e-12)


def by_rows(c: np.ndarray, k: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """`atanh` of the ratio of two means, its error by moving the ratio's first order."""
    ratio = (weights @ k) / (weights @ c)
    values = (k - ratio * c) / (weights @ c)
    shares = weights / (1 - weights)
    error = np.sqrt(np.mean((values - weights @ values) ** 2 * shares))
    return float(np.arctanh(ratio)), float(error / (1 - ratio**2))


def test_the_ratio_of_two_means_on_fisher_s_scale() -> None:
    rng = np.random.default_rng(0)
    weights = np.array([0.1, 0.2, 0.3, 0.15, 0.25])
    c, k = 1 + 0.1 * rng.random(5), 0.6 + 0.1 * rng.random(5)
    found = ratio(c, k, weights)
    assert (found.value, found.error) == pytest.approx(by_rows(c, k, weights))
    assert found.degrees == 4
    for sign in (1, -1):  # held just within 1
        assert ratio(c, sign * 2 * c, weights).value == pytest.approx(sign * np.arctanh(1 - 1e-9))


@pytest.mark.parametrize("blocks", [4, 5, 6, 12])
def test_the_most_correlated_projection_by_scipy(blocks: int) -> None:
    """Of all blocks for the one estimate; of the first third of them, measured on the others, for the other."""
    rng = np.random.default_rng(blocks)
    root = rng.standard_normal((blocks, 3, 9))
    covariances = root @ root.swapaxes(1, 2) / 9
    half = rng.standard_normal((blocks, 3, 3)) / 40
    lagged = 0.5 * covariances + half + half.swapaxes(1, 2)
    weights = rng.random(blocks) + 0.5
    weights /= weights.sum()

    def along(chosen: slice, looked: slice) -> tuple[float, float]:
        c, k = (np.einsum("b,bij->ij", weights[chosen], m[chosen]) for m in (covariances, lagged))
        u = linalg.eigh(k, c)[1][:, -1]
        below, above = (np.einsum("i,bij,j->b", u, m[looked], u) for m in (covariances, lagged))
        return by_rows(below, above, weights[looked] / weights[looked].sum())

    found = estimate(torch.from_numpy(covariances), torch.from_numpy(lagged), weights)
    everything, first = slice(0, blocks), max(1, blocks // 3)
    assert (found.inside.value, found.inside.error) == pytest.approx(along(everything, everything))
    outside = along(slice(0, first), slice(first, blocks))
    assert (found.outside.value, found.outside.error) == pytest.approx(outside)
    assert (found.inside.degrees, found.outside.degrees) == (blocks - 1, blocks - first - 1)

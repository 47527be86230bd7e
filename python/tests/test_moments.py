"""Streaming moments against the same moments of all rows at once."""

import numpy as np
import pytest
import torch
from lejepa.certification.known import quadratic
from lejepa.certification.moments import FEWEST, Blocks, PairMoments, blocks_within
from lejepa.errors import UserError

CPU = torch.device("cpu")


def streamed(h0: torch.Tensor, h1: torch.Tensor, rows: int, count: int | None, cross: bool = False) -> PairMoments:
    moments = PairMoments(h0.shape[1], CPU, count, cross)
    for start in range(0, len(h0), rows):
        moments.add(h0[start : start + rows], h1[start : start + rows])
    return moments


@pytest.mark.parametrize("count", [1037, None])
@pytest.mark.parametrize("rows", [1, 50, 5000])
def test_totals_are_those_of_all_rows(rows: int, count: int | None) -> None:
    h0, h1 = quadratic(3, 0.8).pairs(1037, 0)
    h0, h1 = h0 + 100, h1 + 100
    found = streamed(h0, h1, rows, count).blocks()
    both = torch.cat((h0, h1))
    np.testing.assert_allclose(found.mean, both.mean(0), rtol=1e-10)
    step = (h1 - h0).square().sum(1).mean()
    assert found.weights @ found.step == pytest.approx(float(step), rel=1e-10)
    plain = torch.cov(both.T, correction=0)
    r = 1 - step / (2 * plain.trace())
    np.testing.assert_allclose(found.covariance, plain / (1 - (1 + r) / (2 * 1037)), rtol=1e-9, atol=1e-12)
    assert found.weights @ found.trace == pytest.approx(float(found.covariance.trace()))
    assert found.weights.sum() == pytest.approx(1)


def test_deviations_are_inner_products_of_block_covariances() -> None:
    h0, h1 = quadratic(2, 0.8).pairs(640, 1)
    found = streamed(h0, h1, 77, 640).blocks()
    assert len(found.weights) == 64
    mean = torch.cat((h0, h1)).mean(0)
    blocks = []
    for a, b in zip(h0.split(10), h1.split(10), strict=True):
        x = torch.cat((a, b)) - mean
        blocks.append((x.T @ x / 20).flatten())
    scale = float(found.covariance.trace()) / float(torch.cov(torch.cat((h0, h1)).T, correction=0).trace())
    e = scale * torch.stack(blocks) - torch.eye(2, dtype=torch.float64).flatten()
    np.testing.assert_allclose(found.deviations, e @ e.T, atol=1e-12)


def test_the_estimate_of_the_covariance_is_unbiased() -> None:
    """With 32 pairs, dividing by their number would be off by 3 %."""
    traces = []
    for seed in range(1500):
        h0, h1 = quadratic(2, 0.9).pairs(32, seed)
        found: Blocks = streamed(h0, h1, 32, 32).blocks()
        traces.append(found.weights @ found.trace)
    assert np.mean(traces) == pytest.approx(2, abs=4 * np.std(traces) / len(traces) ** 0.5)
    assert 4 * np.std(traces) / len(traces) ** 0.5 < 0.05


@pytest.mark.parametrize("count", [100, 10_000])
def test_memory_does_not_grow_with_the_stream(count: int) -> None:
    h0, h1 = quadratic(2, 0.8).pairs(count, 2)
    moments = streamed(h0, h1, 100, None)
    assert moments.squares.shape == (64, 2, 2)
    assert 32 <= len(moments.counts) <= 64
    assert sum(moments.counts) == count


@pytest.mark.parametrize(("dim", "fit"), [(2, 64), (1024, 32), (4096, FEWEST)])
def test_blocks_fit_the_budget(dim: int, fit: int) -> None:
    assert blocks_within(2**28, dim, 1) == fit


def test_an_accumulator_can_go_on() -> None:
    h0, h1 = quadratic(2, 0.8).pairs(500, 3)
    moments = PairMoments(2, CPU)
    moments.add(h0[:200], h1[:200])
    moments.blocks()
    moments.add(h0[200:], h1[200:])
    np.testing.assert_allclose(moments.blocks().covariance, streamed(h0, h1, 500, None).blocks().covariance, rtol=1e-9)


def test_lagged_moments() -> None:
    h0, h1 = quadratic(2, 0.8).pairs(640, 4)
    covariances, lagged = streamed(h0, h1, 100, 640, cross=True).second_moments()
    mean = torch.cat((h0, h1)).mean(0)
    a, b = h0[:10] - mean, h1[:10] - mean
    np.testing.assert_allclose(lagged[0], (a.T @ b + b.T @ a) / 20, atol=1e-12)
    np.testing.assert_allclose(covariances[0], (a.T @ a + b.T @ b) / 20, atol=1e-12)


def test_too_few_pairs_and_constant_coordinates_are_told() -> None:
    h0, h1 = quadratic(40, 0.8).pairs(40, 5)
    with pytest.raises(UserError, match="at least 41 pairs"):
        streamed(h0, h1, 40, 40).blocks()
    h0, h1 = quadratic(2, 0.8).pairs(100, 6)
    h0[:, 1] = h1[:, 1] = 0.1
    with pytest.raises(UserError, match="coordinate 1 constant"):
        streamed(h0, h1, 100, 100).blocks()

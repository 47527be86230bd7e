"""Streaming moments against the same moments of all rows at once."""

import numpy as np
import pytest
import torch
from lejepa.certification.known import quadratic
from lejepa.certification.moments import (
    FEWEST,
    Blocks,
    PairMoments,
    blocks_within,
    mixing,
    refuse_constant,
    splits,
)
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


def test_a_stream_of_unknown_length_starts_with_single_rows_and_doubles() -> None:
    """64 blocks of one row, then 32 of two, and so on: sums are those of runs of equal length."""
    h0, h1 = quadratic(2, 0.8).pairs(200, 7)
    moments = streamed(h0, h1, 30, None, cross=True)
    assert (moments.size, moments.limit, moments.counts) == (4, 64, [4] * 50)
    assert moments.count == 200
    assert moments.centre is not None
    a, b = ((h - moments.centre).reshape(50, 4, 2) for h in (h0, h1))
    np.testing.assert_allclose(moments.centre, torch.cat((h0[:30], h1[:30])).mean(0))
    np.testing.assert_allclose(moments.sums[:50], (a + b).sum(1), atol=1e-12)
    np.testing.assert_allclose(moments.steps[:50], (b - a).square().sum((1, 2)))
    np.testing.assert_allclose(moments.squares[:50], a.mT @ a + b.mT @ b, atol=1e-12)
    assert moments.lagged is not None
    np.testing.assert_allclose(moments.lagged[:50], a.mT @ b, atol=1e-12)
    for part in (moments.sums, moments.steps, moments.squares, moments.lagged):
        assert part.dtype == torch.float64
        assert not part[50:].any()


@pytest.mark.parametrize(
    ("count", "size"), [(None, 1), (0, 1), (1, 1), (64, 1), (65, 2), (128, 2), (129, 3), (6_400, 100)]
)
def test_blocks_of_a_stream_of_known_length_are_equal(count: int | None, size: int) -> None:
    assert PairMoments(2, CPU, count).size == size
    assert PairMoments(2, CPU, count).lagged is None


@pytest.mark.parametrize(
    ("budget", "dim", "matrices", "fit"),
    [
        (8 * 9 * 40, 3, 1, 40),
        (8 * 9 * 41, 3, 1, 40),
        (8 * 9 * 41, 3, 2, 20),
        (8 * 9 * 15, 3, 1, 16),
        (8 * 9 * 100, 3, 1, 64),
        (0, 3, 1, 16),
    ],
)
def test_an_even_number_of_blocks_fits_in_memory(budget: int, dim: int, matrices: int, fit: int) -> None:
    """From 16 to 64."""
    assert blocks_within(budget, dim, matrices) == fit
    assert PairMoments(dim, CPU, None, matrices == 2, budget).limit == fit


def test_256_mebibytes_hold_the_block_matrices() -> None:
    """Of 1024 dimensions 32 matrices of 8 MiB; half as many where lagged moments are kept too."""
    made = PairMoments(1024, torch.device("meta"))
    assert made.squares.shape == (32, 1024, 1024)
    assert made.squares.device.type == made.sums.device.type == "meta"
    assert PairMoments(1024, torch.device("meta"), cross=True).squares.shape == (16, 1024, 1024)


@pytest.mark.parametrize("dim", [3, 70])
def test_second_moments_by_blocks_of_unequal_length(dim: int) -> None:
    """Also of more dimensions than are centred at a time."""
    h0, h1 = quadratic(dim, 0.8).pairs(330, 8)
    moments = streamed(h0 + 7, h1 + 7, 44, 330, cross=True)
    found = moments.blocks()
    assert moments.counts == [6] * 55
    covariances, lagged = moments.second_moments()
    mean = torch.cat((h0, h1)).mean(0)
    a, b = ((h - mean).reshape(55, 6, dim) for h in (h0, h1))
    np.testing.assert_allclose(covariances, (a.mT @ a + b.mT @ b) / 12, atol=1e-11)
    np.testing.assert_allclose(lagged, (a.mT @ b + b.mT @ a) / 12, atol=1e-11)
    both = covariances.mean(0)
    step = float((h1 - h0).square().sum(1).mean())
    r = 1 - step / (2 * float(both.trace()))
    scale = 1 / (1 - (1 + r) / 660)
    np.testing.assert_allclose(found.covariance, scale * both, atol=1e-11)
    np.testing.assert_allclose(found.trace, scale * covariances.diagonal(dim1=1, dim2=2).sum(1), atol=1e-9)
    e = (scale * covariances - torch.eye(dim, dtype=torch.float64)).flatten(1)
    np.testing.assert_allclose(found.deviations, e @ e.T, atol=1e-8)
    np.testing.assert_allclose(found.mean, mean + 7)
    np.testing.assert_allclose(found.step, (b - a).square().sum((1, 2)) / 6)
    assert (found.dim, found.count) == (dim, 330)


@pytest.mark.parametrize("groups", [2, 3, 7, 8])
def test_neighbouring_blocks_are_put_together(groups: int) -> None:
    """Runs as equal as can be, each block for its share."""
    rng = np.random.default_rng(0)
    weights = rng.random(7) + 0.5
    weights /= weights.sum()
    e = rng.standard_normal((7, 4))
    nothing = torch.zeros(2, dtype=torch.float64)
    made = Blocks(100, weights, nothing, rng.random(7), rng.random(7), e @ e.T, nothing)
    found = made.merged(groups)
    if groups >= 7:
        assert found is made
        return
    starts = [k * 7 // groups for k in range(groups)]
    runs = [range(a, b) for a, b in zip(starts, [*starts[1:], 7], strict=True)]
    assert splits(7, groups).tolist() == starts
    mix = mixing(weights, groups)
    for k, run in enumerate(runs):
        share = sum(weights[i] for i in run)
        assert found.weights[k] == pytest.approx(share)
        assert found.trace[k] == pytest.approx(sum(weights[i] * made.trace[i] for i in run) / share)
        assert found.step[k] == pytest.approx(sum(weights[i] * made.step[i] for i in run) / share)
        assert mix[k].tolist() == pytest.approx([weights[i] / share if i in run else 0 for i in range(7)])
    means = np.stack([sum(weights[i] * e[i] for i in run) / sum(weights[i] for i in run) for run in runs])
    np.testing.assert_allclose(found.deviations, means @ means.T)
    assert (found.count, found.covariance is nothing) == (100, True)


@pytest.mark.parametrize(
    ("variance", "mean", "says"),
    [
        ([1.0, 1e-23], [1.0, 1.0], None),
        (
            [1.0, 0.9e-24],
            [1.0, 1.0],
            "constant up to 1e-12 of its mean; if it does vary, subtract its mean first$",
        ),
        ([0.9e-22, 1.0], [10.0, 1.0], "coordinate 0 constant up to 1e-12 of its mean; if it does vary"),
        ([1.1e-22, 1.0], [10.0, 1.0], None),
        ([0.0, 0.0], [0.0, 0.0], r"coordinate 0 constant up to 1e-12 of its mean \(and 1 more\); if it does vary"),
        ([1.0, 0.9e-300], [1.0, 0.0], "coordinate 1 constant up to 1e-12 of its mean; if it does vary"),
        ([1.0, 1.1e-300], [1.0, 0.0], None),
    ],
)
def test_a_constant_is_one_up_to_rounding(variance: list[float], mean: list[float], says: str | None) -> None:
    given = (torch.tensor(x, dtype=torch.float64) for x in (variance, mean))
    if says is None:
        refuse_constant(*given)
        return
    with pytest.raises(UserError, match=says):
        refuse_constant(*given)


def test_the_fewest_pairs_are_32_or_one_more_than_the_dimensions() -> None:
    for dim, least in ((2, 32), (31, 32), (32, 33)):
        h0, h1 = quadratic(dim, 0.8).pairs(least, 9)
        streamed(h0, h1, 10, None).blocks()
        with pytest.raises(UserError, match=f"at least {least} pairs of {dim} dimensions, found {least - 1}"):
            streamed(h0[1:], h1[1:], 10, None).blocks()

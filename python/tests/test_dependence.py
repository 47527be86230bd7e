"""Rows that depend on each other, and what they are worth."""

from math import sqrt

import numpy as np
import pytest
from lejepa.certification import worlds
from lejepa.certification.dependence import (
    BLOCK,
    Dependence,
    dependence,
    integrated,
    neighbours_tell,
    refuse_neighbours,
)
from lejepa.certification.sample import Drawn
from lejepa.certification.view import View
from lejepa.errors import UserError

RHO = 0.9


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("rho", "count"), [(0.5, 20_000), (0.9, 50_000), (0.99, 400_000)])
def test_the_autocorrelation_time_of_a_trajectory(rho: float, count: int) -> None:
    """`(1 + ρ) / (1 - ρ)`; the window's error is `√(20 τ / N)` of it, in two coordinates less."""
    found = dependence(*worlds.chain(count, 2, rho, rng()))
    exact = (1 + rho) / (1 - rho)
    assert found.seen
    assert found.lag == 1
    assert exact * 0.9 < found.time < exact * (1.1 + 4 * sqrt(10 * exact / count))


@pytest.mark.parametrize(("rho", "dim"), [(0.0, 1), (0.5, 1), (0.5, 4)])
def test_the_error_of_the_autocorrelation_time_is_how_much_it_varies(rho: float, dim: int) -> None:
    """Of 300 stationary series: within a quarter, for Sokal's formula is of the leading order."""
    found = np.array([integrated(worlds.walk(2_000, dim, rho, rng(seed))) for seed in range(300)])
    assert found[:, 0].mean() == pytest.approx((1 + rho) / (1 - rho), rel=0.05)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.25)


def test_a_series_that_stands_still_has_no_autocorrelation() -> None:
    assert integrated(np.ones((100, 2))) == (1.0, 1.0)


def test_a_slow_part_under_noise_counts() -> None:
    """`.3` of the variance in a chain of `ρ = .99`: `τ = 1 + 2 · .3 · .99 / .01 = 60.4`; the first lag shows 1.8."""
    slow = worlds.walk(400_001, 4, 0.99, rng())
    x = np.sqrt(0.3) * slow + np.sqrt(0.7) * rng(1).standard_normal(slow.shape)
    found = dependence(x[:-1], x[1:])
    assert found.time == pytest.approx(60.4, rel=0.25)


def test_independent_rows_are_worth_themselves() -> None:
    for seed in range(20):
        found = dependence(*worlds.ornstein_uhlenbeck(3_000, 2, RHO, rng(seed)))
        assert found == Dependence(1.0, False)


def test_trajectories_that_take_turns() -> None:
    """Of 16, the rows next to each other are independent; the time is sixteen times that of one."""
    steps = np.stack([worlds.walk(1_001, 2, RHO, rng(k)) for k in range(16)], 1)
    found = dependence(steps[:-1].reshape(-1, 2), steps[1:].reshape(-1, 2))
    assert (found.lag, found.seen) == (16, True)
    assert found.time == pytest.approx(16 * 19, rel=0.25)


def test_too_few_rows_are_refused() -> None:
    assert Dependence(10, True).blocks(64 * 10) == 8
    with pytest.raises(UserError, match=r"worth at least 64 independent ones, found 630 rows.* worth 63") as told:
        Dependence(10, True).blocks(630)
    assert "\n" not in str(told.value)
    assert Dependence(1, False).blocks(100) == 25


def test_errors_of_block_means_are_those_of_means() -> None:
    """The variance of the mean of `N` rows of a chain is `(1 + ρ) / (1 - ρ) / N`, less `O(N⁻²)`."""
    count, errors, means = 8_000, [], []
    for seed in range(200):
        h0, h1 = worlds.chain(count, 1, RHO, rng(seed))
        blocks = dependence(h0, h1).blocks(count)
        view = View.of(Drawn(np.arange(count), h0, h1, (h0, h1), True), blocks)
        errors.append(view.mean(h0[:, 0]).error ** 2)
        means.append(h0.mean())
    exact = 19 / count
    assert np.var(means) == pytest.approx(exact, rel=5 * sqrt(2 / 200))
    assert 1 - 1 / BLOCK - 0.1 < np.mean(errors) / exact < 1.05


@pytest.mark.parametrize("dim", [1, 2, 8, 20])
def test_neighbours_of_independent_rows_toss_a_fair_coin(dim: int) -> None:
    shares = [neighbours_tell(*worlds.ornstein_uhlenbeck(4_000, dim, RHO, rng(seed)), seed)[0] for seed in range(20)]
    assert np.mean(shares) == pytest.approx(0.5, abs=5 * 0.5 / sqrt(20 * 1000))
    assert np.std(shares) == pytest.approx(0.5 / sqrt(1000), rel=0.8)


def test_copies_with_noise_are_refused() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(3_000, 3, RHO, rng())
    noise = 1e-3 * rng(1).standard_normal((2, 6_000, 3))
    with pytest.raises(UserError, match="copies"):
        refuse_neighbours(np.tile(h0, (2, 1)) + noise[0], np.tile(h1, (2, 1)) + noise[1])


def test_trajectories_with_noise_in_another_order_are_refused() -> None:
    h0, h1 = worlds.chain(6_000, 3, RHO, rng())
    order = rng(1).permutation(6_000)
    noise = 1e-3 * rng(2).standard_normal((2, 6_000, 3))
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        refuse_neighbours((h0 + noise[0])[order], (h1 + noise[1])[order])

"""Confidence limits of means and norms: known cases, and coverage by simulation."""

from itertools import permutations

import numpy as np
import pytest
from lejepa.certification.intervals import distinct_form, mean_of_blocks, norm_of_blocks
from scipy import stats


def test_equal_blocks_give_student_s_interval() -> None:
    values = np.random.default_rng(0).standard_normal(20)
    found = mean_of_blocks(values, np.full(20, 1 / 20))
    low, high = stats.t.interval(0.9, 19, values.mean(), stats.sem(values))
    assert (found.lower(0.05), found.upper(0.05)) == (pytest.approx(low), pytest.approx(high))


def test_unequal_blocks_have_an_unbiased_variance() -> None:
    rng = np.random.default_rng(1)
    sizes = np.array([8, 8, 8, 8, 8, 8, 2])
    w = sizes / sizes.sum()
    estimates = [mean_of_blocks(rng.standard_normal(7) / np.sqrt(sizes), w) for _ in range(4000)]
    assert np.mean([e.error**2 for e in estimates]) == pytest.approx(1 / sizes.sum(), rel=0.05)


def blocks(rng: np.random.Generator, dim: int, norm: float, weights: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Inner products of block means of variance `scales² / weight`, of a mean of the given norm."""
    mean = np.zeros(dim)
    mean[0] = norm
    x = mean + rng.standard_normal((len(weights), dim)) * scales / np.sqrt(weights)[:, None]
    gram: np.ndarray = x @ x.T
    return gram


@pytest.mark.parametrize("last", [1.0, 0.2])
def test_the_square_and_its_variance_are_unbiased(last: float) -> None:
    rng = np.random.default_rng(2)
    weights = np.array([1.0] * 19 + [last])
    weights /= weights.sum()
    scales = np.linspace(0.2, 1, 30)
    found = [norm_of_blocks(blocks(rng, 30, 2, weights, scales), weights, 30) for _ in range(2000)]
    squares = [f.square for f in found]
    assert np.mean(squares) == pytest.approx(4, abs=4 * np.std(squares) / 2000**0.5)
    assert np.mean([f.flat for f in found]) == pytest.approx((scales**4).sum(), rel=0.05)


@pytest.mark.parametrize("dim", [1, 3, 30, 1000])
@pytest.mark.parametrize("norm", [0.0, 0.5, 1.3, 4.0, 40.0])
def test_limits_of_a_norm_cover(dim: int, norm: float) -> None:
    """Also where the norm is 0 or as small as its noise, and the delta method fails."""
    rng = np.random.default_rng(3)
    weights, scales = np.full(24, 1 / 24), np.ones(dim)
    found = [norm_of_blocks(blocks(rng, dim, norm, weights, scales), weights, dim) for _ in range(600)]
    slack = 3 * (0.05 * 0.95 / 600) ** 0.5
    assert np.mean([f.upper(0.05) >= norm for f in found]) >= 0.95 - slack
    assert np.mean([f.lower(0.05) <= norm for f in found]) >= 0.95 - slack


def test_limits_of_a_norm_are_not_idle() -> None:
    """Far from 0 the upper limit is the delta method's."""
    rng = np.random.default_rng(4)
    weights = np.full(40, 1 / 40)
    found = norm_of_blocks(blocks(rng, 3, 100, weights, np.ones(3)), weights, 3)
    assert 100 < found.upper(0.001) < 106
    assert 94 < found.lower(0.001) < 100


def test_distinct_form_sums_over_distinct_blocks() -> None:
    blocks = np.random.default_rng(0).standard_normal((6, 3)) + 0.5
    gram = blocks @ blocks.T
    terms = [
        (gram[a, c] - gram[b, c]) * (gram[a, d] - gram[b, d]) / 2 for a, b, c, d in permutations(range(len(gram)), 4)
    ]
    assert distinct_form(gram) == pytest.approx(np.mean(terms) / len(gram))

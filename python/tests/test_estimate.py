"""Estimates and the theorem's bounds, against sums over pairs of rows and exact fractions."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
import torch
from lejepa.measures import bounds
from lejepa.measures.estimate import NormEstimate, dots, standard_error, unbiased_norm


@pytest.mark.parametrize("shift", [0.0, 0.4, 3.0])
@pytest.mark.parametrize("count", [7, 300, 641])
def test_the_norm_of_a_mean_matrix_is_the_u_statistic(count: int, shift: float) -> None:
    """Sums over pairs of different rows, in NumPy; of more than 300 rows, over 300 that are evenly spread."""
    rng = np.random.default_rng(count)
    e = rng.normal(size=(count, 2, 2)) * [[1.0, 0.5], [2.0, 0.25]] + shift * np.array([[1.0, 0.0], [-0.5, 0.25]])
    flat, mean = e.reshape(count, 4), e.mean(0)
    gram = flat @ flat.T
    expected = (gram.sum() - np.trace(gram)) / (count * (count - 1))
    noise = ((flat - flat.mean(0)) ** 2).sum() / (count - 1) / count
    away = flat - flat.mean(0)

    def inner(rows: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(away[rows.numpy()] @ away[rows.numpy()].T)

    along = away @ mean.reshape(4)
    found = unbiased_norm(torch.from_numpy(mean), torch.tensor(noise), torch.from_numpy(along), inner)
    assert found.square == pytest.approx(expected, abs=1e-12)
    few = min(count, 300)
    places = [round(k * (count - 1) / (few - 1)) for k in range(few)]
    products = [(away[i] @ away[j]) ** 2 for a, i in enumerate(places) for b, j in enumerate(places) if a != b]
    assert found.flat == pytest.approx(2 * np.mean(products) / count**2, rel=1e-9)
    influence = 2 * along * sqrt(max(expected, 0) / (mean**2).sum())
    assert found.influence.numpy() == pytest.approx(influence, abs=1e-12)
    variance = (influence**2).sum() / (count * (count - 1)) + found.flat
    assert found.error == pytest.approx(sqrt(variance), rel=1e-12)


def test_where_the_square_is_below_0_only_the_flat_part_is_left() -> None:
    along = torch.tensor([1.0, -1.0, 0.5, -0.5], dtype=torch.float64)
    mean = torch.full((2, 2), 0.125, dtype=torch.float64)  # whose square is 1/16
    found = unbiased_norm(mean, torch.tensor(0.25), along, lambda rows: torch.full((len(rows), len(rows)), 3.0))
    assert found.square == pytest.approx(1 / 16 - 1 / 4)
    assert found.influence.abs().max() == 0
    assert found.flat == pytest.approx(2 * 9 / 16)
    assert found.error == pytest.approx(sqrt(2 * 9 / 16))
    zero = torch.zeros(2, 2, dtype=torch.float64)
    nothing = unbiased_norm(zero, zero[0, 0], 0 * along, lambda rows: torch.zeros(len(rows), len(rows)))
    assert (nothing.square, nothing.flat, nothing.error) == (0, 0, 0)


@pytest.mark.parametrize(
    ("square", "error", "value", "more"), [(4.0, 5.0, 2.0, 1.0), (-1.0, 0.25, 0.0, 0.5), (0.0, 0.0, 0.0, 0.0)]
)
def test_a_norm_is_the_root_and_its_error_what_the_square_s_error_adds(
    square: float, error: float, value: float, more: float
) -> None:
    found = NormEstimate(square, torch.zeros(1), 0.0, error).norm
    assert (found.value, found.error) == (value, more)


def test_inner_products_of_rows_and_the_error_of_a_mean() -> None:
    x, y = torch.tensor([[1.0, 2.0], [3.0, -1.0]]), torch.tensor([[0.5, 1.0], [2.0, 4.0]])
    assert dots(x, y).tolist() == [2.5, 2.0]
    # deviations of 1, 2, 3, 6 from 3: 4 + 1 + 0 + 9 = 14, over 3, over 4
    assert standard_error(torch.tensor([1.0, 2.0, 3.0, 6.0])) == pytest.approx(sqrt(14 / 3 / 4))


EXACT = [Fraction(0), Fraction(1, 8), Fraction(1, 2), Fraction(3, 4), Fraction(2)]


@pytest.mark.parametrize("epsilon", EXACT)
@pytest.mark.parametrize("excess", [Fraction(-1, 2), *EXACT])
def test_bounds_are_those_of_the_theorem(excess: Fraction, epsilon: Fraction) -> None:
    """By exact fractions; the sharp one, `D + (1 - √(1 - δ))²` for `δ ≤ 1`, by rationalizing its quotient."""
    d = max(excess, Fraction(0))
    assert bounds.bound(float(excess), float(epsilon)) == float(d + (epsilon + d) ** 2)
    total = epsilon + d
    sharp = float(d) + ((1 - sqrt(1 - total)) ** 2 if total <= 1 else float(total) ** 2)
    assert bounds.sharp_bound(float(excess), float(epsilon)) == pytest.approx(sharp, abs=1e-14)


def test_the_gap_of_the_excess() -> None:
    assert [bounds.excess_gap(rho) for rho in (0.25, 0.5, 0.75)] == [0.375, 0.5, 0.375]

"""R² and the regression matrix: against numpy, closed forms and the sampling that standard errors speak of."""

import math

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.measures.regression import (
    explained,
    explained_in_sample,
    least_rows,
    lengths,
    orthogonality,
    solve,
    span,
    unit,
    varying,
)
from numpy.typing import NDArray
from torch import Tensor


def gaussian(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_folds(x: NDArray[np.float64], y: NDArray[np.float64], folds: int = 10) -> float:
    """R² as the docstring has it, by numpy's least squares with a column of ones, fold by fold."""
    left = spread = 0.0
    for rows in np.array_split(np.arange(len(x)), folds):
        others = np.setdiff1d(np.arange(len(x)), rows)
        design = np.column_stack((np.ones(len(x)), x))
        fit = np.linalg.lstsq(design[others], y[others], rcond=None)[0]
        left += ((y[rows] - design[rows] @ fit) ** 2).sum()
        spread += ((y[rows] - y[others].mean(0)) ** 2).sum()
    return float(1 - left / spread)


def problem(count: int = 203, n: int = 4, m: int = 3) -> tuple[Tensor, Tensor]:
    """Regressors that depend on one another, of different scale and mean, and targets half explained."""
    x = gaussian(count, n) @ gaussian(n, n, seed=1) + torch.arange(n) * 10
    return x, x @ gaussian(n, m, seed=2) + 2 * gaussian(count, m, seed=3) * torch.arange(1, m + 1) + 7


def test_r2_is_that_of_numpy_fold_by_fold() -> None:
    x, y = problem()
    expected = by_folds(x.numpy(), y.numpy())
    assert 0.2 < expected < 0.9
    assert explained(x, y).value == pytest.approx(expected, abs=1e-12)


def test_r2_in_sample_is_that_of_one_fit_by_numpy() -> None:
    x, y = (a.numpy() for a in problem())
    design = np.column_stack((np.ones(len(x)), x))
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    expected = 1 - (left**2).sum() / ((y - y.mean(0)) ** 2).sum()
    assert explained_in_sample(*problem()) == pytest.approx(expected, abs=1e-12)
    assert expected > explained(*problem()).value + 0.01


def test_noise_explains_dim_over_rows_in_sample() -> None:
    shares = [explained_in_sample(gaussian(200, 20, seed=2 * s), gaussian(200, 5, seed=2 * s + 1)) for s in range(40)]
    assert np.mean(shares) == pytest.approx(20 / 199, abs=0.005)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: torch.cat((x, torch.zeros(len(x), 2)), 1),
        lambda x: torch.cat((torch.full((len(x), 1), 1e6 / 3), x), 1),
        lambda x: torch.cat((x, x[:, :2]), 1),
        lambda x: torch.cat((x, x[:, :1] - 3 * x[:, 1:2] + 5), 1),
        lambda x: torch.cat((x, x[:, :1] * 1e12, x[:, 1:2] * 1e-12), 1),
        lambda x: x * torch.tensor([1e-12, 1.0, 1e12, -1e-200], dtype=torch.float64),
        lambda x: x @ gaussian(4, 4, seed=5) - 3,
        lambda x: torch.cat((x, x @ gaussian(4, 30, seed=6)), 1),
    ],
    ids=["zero", "constant", "repeated", "dependent", "copies of other units", "units", "affine map", "thirty copies"],
)
def test_columns_that_add_nothing_change_nothing(change: object) -> None:
    assert callable(change)
    x, y = problem()
    expected = by_folds(x.numpy(), y.numpy())
    assert explained(change(x), y).value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_unit_of_targets_does_not_matter(scale: float) -> None:
    x, y = problem()
    assert explained(x, scale * y).value == pytest.approx(explained(x, y).value, abs=1e-12)
    assert explained(x, scale * y).error == pytest.approx(explained(x, y).error, rel=1e-9)


def test_a_column_that_one_fold_alone_has_is_not_fitted() -> None:
    """The other folds say nothing of it: R² is that without it, up to the shift of that one row."""
    x, y = problem()
    spike = torch.zeros(len(x), 1)
    spike[17] = 1
    kept = torch.arange(len(x)) != 17
    found = explained(torch.cat((x, spike), 1), y).value
    assert found == pytest.approx(by_folds(x[kept].numpy(), y[kept].numpy()), abs=0.02)


def test_noise_scores_what_theory_says_and_not_dim_over_rows() -> None:
    """On `m` normal rows of `p` regressors a fit of noise has the mean square error `(m + 1)(m - 2) / (m (m - p - 2))`
    on a new row, and the mean alone `(m + 1) / m` (Stein 1960)."""
    p, count, repeats = 10, 100, 300
    m = 0.9 * count
    scores = torch.tensor([explained(gaussian(count, p, seed=s), gaussian(count, 2, seed=s + 10**6)).value
                           for s in range(repeats)])  # fmt: skip
    theory = 1 - (m - 2) / (m - p - 2)
    assert scores.mean().item() == pytest.approx(theory, abs=3 * scores.std().item() / repeats**0.5)
    assert abs(theory) < 0.13


@pytest.mark.parametrize("noise", [0.1, 1.0])
def test_the_standard_error_is_the_spread_over_samples(noise: float) -> None:
    found = []
    for s in range(400):
        x = gaussian(400, 2, seed=s)
        found.append(explained(x, x + noise * x.square() + noise * gaussian(400, 2, seed=s + 10**6)))
    spread = torch.tensor([e.value for e in found]).std().item()
    assert np.mean([e.error for e in found]) == pytest.approx(spread, rel=0.15)


def test_a_constant_explains_exactly_nothing() -> None:
    _, y = problem()
    assert explained(torch.full((len(y), 3), 0.1), y).value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (torch.zeros(2, 3), torch.zeros(2, 3), "R² on 3 coordinates: expected at least 20 samples, found 2"),
        (torch.zeros(40, 64), torch.zeros(40, 2), "R² on 64 coordinates: expected at least 130 samples, found 40"),
        (gaussian(30, 1), torch.full((30, 2), 0.1), "targets that vary, found 30 samples"),
        (gaussian(30, 1), gaussian(31, 1), "as many regressors as targets, found 30 and 31"),
        (gaussian(30), gaussian(30, 1), r"regressors: expected an array of two axes .* found shape \(30,\)"),
        (gaussian(30, 1) / 0, gaussian(30, 1), "regressors: expected finite numbers, found 30 that are not"),
    ],
)
def test_what_cannot_be_scored_gets_a_sentence(x: Tensor, y: Tensor, sentence: str) -> None:
    for share in (explained, explained_in_sample):
        with pytest.raises(UserError, match=sentence):
            share(x, y)


def test_a_span_is_orthonormal_and_of_the_rank_of_the_columns() -> None:
    x = gaussian(100, 3) @ gaussian(3, 7, seed=1) * 10.0 ** torch.arange(-9, 12, 3)
    s = span(x)
    assert s.basis.shape == (100, 3)
    torch.testing.assert_close(s.basis.T @ s.basis, torch.eye(3, dtype=torch.float64))
    torch.testing.assert_close((x - x.mean(0)) @ s.back, s.basis, rtol=0, atol=1e-9)
    assert least_rows(64) == 130


@pytest.mark.parametrize("near", [0.5, 1e-2, 1e-3, 1e-6])
def test_a_span_is_as_exact_for_columns_that_are_nearly_dependent(near: float) -> None:
    """Both ways of decomposing: the basis is orthonormal, `back` makes it, and it holds the columns."""
    x = gaussian(200, 3)
    x[:, 2] = x[:, 0] + near * x[:, 2]
    found, centred = span(x), x - x.mean(0)
    one = torch.eye(3, dtype=x.dtype)
    torch.testing.assert_close(found.basis.T @ found.basis, one, rtol=0, atol=1e-11)
    torch.testing.assert_close(centred @ found.back, found.basis, rtol=0, atol=1e-9)
    torch.testing.assert_close(found.basis @ (found.basis.T @ centred), centred, rtol=0, atol=1e-11)


def test_orthogonality_is_that_of_the_regression_matrix() -> None:
    """Without noise exactly; with noise the mean of its square is the truth's, which the plain one's is not."""
    a = gaussian(3, 3, seed=1)
    truth = float(torch.linalg.matrix_norm(a.T @ a - torch.eye(3)))
    z = gaussian(200, 3)
    assert orthogonality(span(z), z @ a.T + 5).norm.value == pytest.approx(truth, rel=1e-12)
    repeats = 600
    q = torch.linalg.qr(a).Q * 1.1
    truth = 3 * (1.1**2 - 1) ** 2
    squares, errors, plain = [], [], []
    for s in range(repeats):
        z = gaussian(100, 3, seed=s)
        y = z @ q.T + gaussian(100, 3, seed=s + 10**6)
        found = orthogonality(span(z), y)
        squares.append(found.square)
        errors.append(found.error)
        fit = np.linalg.lstsq(np.column_stack((np.ones(100), z.numpy())), y.numpy(), rcond=None)[0][1:]
        plain.append(((fit @ fit.T - np.eye(3)) ** 2).sum())
    error = np.std(squares) / math.sqrt(repeats)
    assert np.mean(squares) == pytest.approx(truth, abs=3 * error)
    assert np.mean(plain) > truth + 20 * error
    assert np.mean(errors) == pytest.approx(np.std(squares), rel=0.2)


def test_orthogonality_of_few_rows_takes_off_what_fitting_costs() -> None:
    """Of 30 rows in 4 dimensions residuals are too small by five degrees of freedom, a sixth of the correction."""
    repeats = 2_000
    squares = []
    for s in range(repeats):
        z = gaussian(30, 4, seed=s)
        squares.append(orthogonality(span(z), z + 0.7 * gaussian(30, 4, seed=s + 10**6)).square)
    plain = 2 * 4 * 5 / 2 * 0.49 / 30  # what the noise of A adds to the square, to first order
    assert np.mean(squares) == pytest.approx(0, abs=0.1 * 2 * plain)


@pytest.mark.parametrize("count", [100, 203])
def test_the_standard_error_is_that_of_a_ratio_of_means(count: int) -> None:
    """Fold by fold: of the squared errors and of the squared distances from the mean of the other folds."""
    x, y = (t.numpy() for t in problem(count))
    left, spread = np.empty(count), np.empty(count)
    for rows in np.array_split(np.arange(count), 10):
        others = np.setdiff1d(np.arange(count), rows)
        design = np.column_stack((np.ones(count), x))
        fit = np.linalg.lstsq(design[others], y[others], rcond=None)[0]
        left[rows] = ((y[rows] - design[rows] @ fit) ** 2).sum(1)
        spread[rows] = ((y[rows] - y[others].mean(0)) ** 2).sum(1)
    share = left.sum() / spread.sum()
    found = explained(torch.from_numpy(x), torch.from_numpy(y))
    assert found.value == pytest.approx(1 - share)
    assert found.error == pytest.approx(np.std(left - share * spread, ddof=1) / spread.mean() / math.sqrt(count))


def test_what_varies_and_what_is_rounding() -> None:
    """A column of deviation below 1e-12 of its greatest entry is constant."""
    wave = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(50)[:, None]
    shares = torch.tensor([0.0, 0.9e-12, 1.1e-12, 1.0], dtype=torch.float64)
    for far in (1.0, 1e9):
        assert varying(far * (1 + shares * wave)).tolist() == [False, False, True, True]
    scaled, peak = unit(torch.tensor([[1.0, 0.0, -8.0], [3.0, 0.0, 4.0]], dtype=torch.float64))
    assert peak.tolist() == [3.0, 1.0, 8.0]
    torch.testing.assert_close(scaled, torch.tensor([[-1 / 3, 0, -0.75], [1 / 3, 0, 0.75]], dtype=torch.float64))
    assert lengths(torch.tensor([[3.0, 1.0], [4.0, 2.0]])).tolist() == [5.0, pytest.approx(math.sqrt(5))]


@pytest.mark.parametrize(("apart", "rank"), [(3e-11, 1), (3e-10, 2)])
def test_columns_nearer_than_1e_10_are_dependent(apart: float, rank: int) -> None:
    """Of two columns of unit length at an angle `a` the singular values are `√(1 ± cos a)`, a ratio of `a / 2`."""
    x = torch.linalg.qr(gaussian(100, 3) - gaussian(100, 3).mean(0)).Q
    s = span(torch.stack((x[:, 0], x[:, 0] + apart * x[:, 1]), 1))
    assert s.basis.shape == (100, rank)
    assert s.back.shape == (2, rank)


@pytest.mark.parametrize(("small", "turned"), [(0.9e-8, 0), (1.1e-8, 0), (1e-10, 1), (0.3, 1), (-1e-12, 1)])
def test_directions_of_little_leverage_are_not_fitted(small: float, turned: int) -> None:
    turn = torch.linalg.matrix_power(torch.linalg.qr(gaussian(2, 2)).Q, turned)
    gram = turn @ torch.diag(torch.tensor([0.5, small], dtype=torch.float64)) @ turn.T
    inverse = torch.diag(torch.tensor([2, 1 / small if small > 1e-8 else 0], dtype=torch.float64))
    right = gaussian(2, 3, seed=1)
    expected = turn @ inverse @ turn.T @ right
    torch.testing.assert_close(solve((gram + gram.T) / 2, right), expected, rtol=1e-6, atol=1e-6)


def test_the_fewest_rows_are_two_a_fold_or_twice_the_columns_and_two() -> None:
    assert [least_rows(n) for n in (1, 8, 9, 10, 64)] == [20, 20, 20, 22, 130]


def test_orthogonality_row_by_row() -> None:
    """The U-statistic over the matrices `count (aᵢ wᵢᵀ + wᵢ aᵢᵀ)` by which rows move `AᵀA`."""
    count, n = 60, 3
    z = gaussian(count, n).numpy() @ np.diag([1.0, 2.0, 0.5]) + 4
    y = z @ gaussian(n, n, seed=1).numpy() + 0.3 * gaussian(count, n, seed=2).numpy()
    found = orthogonality(span(torch.from_numpy(z)), torch.from_numpy(y))
    x, centred = z - z.mean(0), y - y.mean(0)
    a = np.linalg.lstsq(x, centred, rcond=None)[0]  # its transpose is A
    e = (centred - x @ a) * math.sqrt(count / (count - n - 1))
    w = x @ np.linalg.inv(x.T @ x)
    moves = [count * (np.outer(m, v) + np.outer(v, m)) for m, v in zip(e @ a.T, w, strict=True)]
    defect = a @ a.T - sum(float(r @ r) * np.outer(v, v) for r, v in zip(e, w, strict=True)) - np.eye(n)
    square = (defect**2).sum() - sum((m**2).sum() for m in moves) / count**2
    assert found.square == pytest.approx(square)
    products = [((a * b).sum()) ** 2 for i, a in enumerate(moves) for j, b in enumerate(moves) if i != j]
    assert found.flat == pytest.approx(2 * np.mean(products) / count**2)
    along = np.array([(defect * m).sum() for m in moves])
    influence = 2 * along * math.sqrt(max(square, 0) / (defect**2).sum())
    assert found.influence.numpy() == pytest.approx(influence)
    assert found.error == pytest.approx(math.sqrt((influence**2).sum() / (count * (count - 1)) + found.flat))

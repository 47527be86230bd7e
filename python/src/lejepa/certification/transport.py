"""Lower limits of transport distances, from samples of one variable.

`W₂²(F, G)` is the least `𝔼 (X - Y)²` of couplings with laws `F` and `G`. By Kantorovich's duality (Villani 2003,
theorem 1.3), every convex function `c` with conjugate `c*(y) = sup_x (x y - c(x))` gives a lower bound,

    W₂²(F, G) ≥ 𝔼_F [X² - 2 c(X)] + 𝔼_G [Y² - 2 c*(Y)],

which follows from `x y ≤ c(x) + c*(y)` alone, and the best `c` is an integral of the monotone map of `F` to `G`. So
`c` is chosen on one part of a sample, by its quantiles, and the bound is evaluated on another part, where it is a
plain mean: unbiased for a lower bound of the distance, whatever `c`, and with the standard error of a mean, of
dependent rows too. (An empirical distance itself is biased upwards.) If `F = G`, the best `c` is `x² / 2`, the
variable is 0, and its fluctuations are of second order.

Here `c` is piecewise linear on a grid of `STEP`, so that `c*` and its mean under `G` are exact. The grid costs about
`STEP² / 12` of the distance where `F` has a density, and up to `STEP` times the mean deviation of `Y` where `F` is a
point. Values beyond the grid are put on its ends, a map that is 1-Lipschitz, as the bounds where this is used ask for.
"""

from dataclasses import dataclass
from math import ceil, exp, lgamma, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Places = NDArray[np.int64]
STEP, EDGE = 1 / 32, 8.0  # a standard Gaussian lies beyond 8 with probability 1e-15


class Law(Protocol):
    """A law of one variable with a density.

    low, high: ends of the grid. square: `𝔼 Y²`.
    """

    low: float
    high: float
    square: float

    def quantile(self, p: Array) -> Array: ...

    def below(self, y: Array) -> Array:
        """`P(Y ≤ y)`."""
        ...

    def mean_below(self, y: Array) -> Array:
        """`𝔼 [Y; Y ≤ y]`."""
        ...


class Normal:
    """The standard Gaussian."""

    low, high, square = -EDGE, EDGE, 1.0

    def quantile(self, p: Array) -> Array:
        return np.asarray(special.ndtri(p))

    def below(self, y: Array) -> Array:
        return np.asarray(special.ndtr(y))

    def mean_below(self, y: Array) -> Array:
        return np.asarray(-np.exp(-(y**2) / 2) / sqrt(2 * np.pi))


class Chi:
    """The norm of a standard Gaussian vector of `dim` dimensions."""

    low = 0.0

    def __init__(self, dim: int) -> None:
        self.dim, self.square = dim, float(dim)
        self.high = sqrt(dim) + EDGE
        self.mean = sqrt(2) * exp(lgamma((dim + 1) / 2) - lgamma(dim / 2))

    def quantile(self, p: Array) -> Array:
        return np.asarray(np.sqrt(2 * special.gammaincinv(self.dim / 2, p)))

    def below(self, y: Array) -> Array:
        return np.asarray(special.gammainc(self.dim / 2, np.maximum(y, 0) ** 2 / 2))

    def mean_below(self, y: Array) -> Array:
        return np.asarray(self.mean * special.gammainc((self.dim + 1) / 2, np.maximum(y, 0) ** 2 / 2))


@dataclass(frozen=True)
class Potential:
    """`x ↦ x² - 2 c(x) + 𝔼 [Y² - 2 c*(Y)]` for each of `f` variables, `c` on the grid of a law.

    knots: values of `c`, `(f, cells + 1)`. constant: `𝔼 [Y² - 2 c*(Y)]`, `(f,)`.
    """

    law: Law
    knots: Array
    constant: Array

    def __call__(self, x: Array, which: Places | int) -> Array:
        """Of values `(rows,)`, with the potential `which`, one for all or one a row."""
        x = np.clip(x, self.law.low, self.law.high)
        t = (x - self.law.low) / STEP
        cell = np.minimum(t.astype(np.int64), self.knots.shape[1] - 2)
        flat, at = self.knots.ravel(), which * self.knots.shape[1] + cell
        left = flat[at]
        c = left + (t - cell) * (flat[at + 1] - left)
        constant = self.constant[which]
        values: Array = x * x - 2 * c + constant
        return values


def cells(law: Law) -> int:
    return ceil((law.high - law.low) / STEP)


def place(x: Array, law: Law) -> Places:
    """The cell of the grid that each value lies in, or the nearest one."""
    return np.clip((x - law.low) / STEP, 0, cells(law) - 1).astype(np.int64)


def fit(counts: Array, law: Law) -> Potential:
    """The potentials of samples that fall on the cells of the grid by `counts`, `(f, cells)`, some in each row.

    The slope of `c` on a cell is the law's quantile at the middle of the cell's share of the sample; beyond the sample
    it is that of half a row, and goes on with slope 1.
    """
    size = counts.shape[1]
    total = counts.sum(1, keepdims=True)
    half = 0.5 / np.maximum(total, 1)
    p = np.clip((np.cumsum(counts, axis=1) - counts / 2) / np.maximum(total, 1), half, 1 - half)
    filled = counts > 0
    first, last = filled.argmax(1)[:, None], size - 1 - filled[:, ::-1].argmax(1)[:, None]
    index = np.arange(size)[None, :]
    inside = np.clip(index, first, last)
    slope = law.quantile(p) + (index - inside) * STEP
    slope = np.where(total > 0, slope, law.low + STEP * (index + 0.5))  # of no sample, the law itself
    knots = np.zeros((len(counts), size + 1))
    np.cumsum(slope * STEP, axis=1, out=knots[:, 1:])
    # c*(y) is y x - c(x) at the knot x between whose slopes y lies
    x = law.low + STEP * np.arange(size + 1)
    middle = np.zeros((len(counts), 1))
    share = np.diff(law.below(slope), axis=1, prepend=middle, append=middle + 1)
    mean = np.diff(law.mean_below(slope), axis=1, prepend=middle, append=middle + mean_of(law))
    conjugate = (x * mean).sum(1) - (knots * share).sum(1)
    # the domain of c ends at the grid, so all of this is for x in it
    return Potential(law, knots, law.square - 2 * conjugate)


def mean_of(law: Law) -> float:
    return float(law.mean_below(np.array([np.inf]))[0])


def tally(x: Array, law: Law) -> Array:
    """How many of the values `(rows, f)` fall on each cell: `(f, cells)`."""
    size = cells(law)
    return np.stack([np.bincount(column, minlength=size) for column in place(x, law).T]).astype(np.float64)

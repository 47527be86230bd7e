"""How much rows depend on each other, and how many independent ones they are worth.

Errors come from means of contiguous blocks (batch means). They are right where blocks are long against the memory of
the rows, which is their autocorrelation time

    τ = 1 + 2 Σ_k r_k,

`r_k` the autocorrelation of rows at lag `k`: the variance of a mean of `N` rows is `τ` times that of independent ones,
so they are worth `N / τ`. It is estimated on a stretch of the stream without gaps, for the coordinates, their squares
and their products with the successor's, with Sokal's window (the sum ends at the first lag above `WINDOW · τ`; Sokal
1997), and from the most correlated lag alone, as for trajectories of the assumed world of which `k` take turns, `k (1
+ r_k) / (1 - r_k)`. The greatest counts. Blocks are `BLOCK` autocorrelation times long, or longer, so that the error
of a mean is too small by about `1 / (2 BLOCK)` of itself at the most.

Rows in an order that hides their dependence are another matter. Where the same numbers occur in several rows,
`lejepa.certification.rows` finds out. Rows that are near others, but not equal, show in their neighbours: if rows are
independent and pairs reversible, then a row's `h` and `h'` are exchangeable, so that which of the two lies nearer to
the other rows' `h` is a toss of a fair coin, given those rows. Copies with noise bring `h` nearer, rows out of
trajectories `h'`.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import spatial, special

from lejepa.errors import UserError

Array = NDArray[np.float64]
WINDOW = 5
GROUPS = 4096
LAG_ROWS = 8192
CLEAR = 5.5  # standard errors, of the greatest of some thousands
BLOCK = 8
MOST_BLOCKS, FEWEST_BLOCKS = 64, 8
TOSSES, CERTAIN = 1024, 1e-5
TREE_DIMS, BRUTE_ROWS = 10, 8192


@dataclass(frozen=True)
class Dependence:
    """time: `τ`, in rows, at least 1. seen: whether rows differ from independent ones at all. lag: at which they are
    most correlated."""

    time: float
    seen: bool
    lag: int = 1

    def blocks(self, count: int) -> int:
        """How many blocks `count` rows may be cut into; UserError where there are too few."""
        if not self.seen:
            return min(MOST_BLOCKS, count // 4)
        found = int(count / (BLOCK * self.time))
        if found < FEWEST_BLOCKS:
            raise UserError(
                f"expected rows worth at least {FEWEST_BLOCKS * BLOCK} independent ones, found {count} rows that "
                f"depend on each other over {self.time:.0f} rows and are worth {count / self.time:.0f}: "
                "intervals of them would mean nothing"
            )
        return min(MOST_BLOCKS, found)


def dependence(first: Array, second: Array) -> Dependence:
    """Of a stretch of pairs in order, `(rows, k)` twice."""
    x = first - first.mean(0)
    if float((x * x).sum()) <= 0 or len(x) < 32:
        return Dependence(1.0, False)
    lag, r, noise = most_correlated(x)
    kinds = (x, x * x - (x * x).mean(0), x * (second - first.mean(0)))
    times = [integrated(kind) for kind in kinds]
    if abs(r) < CLEAR * noise and all(time < 1 + CLEAR * error for time, error in times):
        return Dependence(1.0, False)
    geometric = lag * (1 + r) / max(1 - r, 1e-9) if abs(r) >= CLEAR * noise else 1.0
    return Dependence(max(1.0, geometric, *(time for time, _ in times)), True, lag)


def most_correlated(x: Array) -> tuple[int, float, float]:
    """The lag at which centred rows `(rows, k)` are most correlated, that correlation, and its error where there is
    none."""
    x = x[:LAG_ROWS]
    length = 1 << (2 * len(x) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(x, length, axis=0)) ** 2
    covariance = np.fft.irfft(spectrum.sum(1), length)[: len(x) // 4]
    lag = 1 + int(np.argmax(covariance[1:]))
    return lag, float(covariance[lag] / covariance[0]), sqrt(trace_ratio(x) / x.size)


def trace_ratio(x: Array) -> float:
    """How many coordinates' worth of noise one coordinate has: `n tr C² / (tr C)²`, 1 where `C` is a multiple of 1."""
    c = x.T @ x
    return float(len(c) * (c * c).sum() / np.trace(c) ** 2)


def integrated(x: Array) -> tuple[float, float]:
    """The autocorrelation time in rows of series `(rows, m)` pooled, and its standard error.

    Long series are averaged in groups first: then `τ` is the groups', times how much the variance of a group's mean is
    above that of independent rows.
    """
    size = -(-len(x) // GROUPS)
    groups = len(x) // size
    x = x[: groups * size] - x[: groups * size].mean(0)
    means = x.reshape(groups, size, -1).mean(1)
    variance = float((x * x).sum()) / len(x)
    if variance <= 0:
        return 1.0, 1.0
    ratio = size * float((means * means).sum()) / groups / variance
    length = 1 << (2 * groups - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(means, length, axis=0)) ** 2
    covariance = np.fft.irfft(spectrum.sum(1), length)[:groups]
    if covariance[0] <= 0:
        return 1.0, 1.0
    sums = 2 * np.cumsum(covariance / covariance[0]) - 1
    lags = np.arange(groups)
    window = int(np.argmax(lags >= WINDOW * sums))  # the last sum is 0, so there is one
    time = max(ratio * float(sums[window]), 0.0)
    return time, time * sqrt((4 * window + 2) / groups / max(1.0, x.shape[1] / trace_ratio(means)))


def neighbours_tell(first: Array, second: Array, seed: int = 0) -> tuple[float, float]:
    """Whether rows are nearer to other rows than independent ones are: `(rows, k)` twice.

    Returns the share of tossed rows whose `h'` is nearer to other rows' `h` than their own `h` is, and the two-sided
    p-value of a fair coin.
    """
    count = len(first)
    tosses = min(TOSSES, count // 4)
    order = np.random.default_rng(seed).permutation(count)
    asked = order[:tosses]
    if first.shape[1] <= TREE_DIMS:
        tree = spatial.cKDTree(first[order[tosses:]])
        near, next_near = (tree.query(x[asked])[0] for x in (first, second))
    else:
        others = first[order[tosses : tosses + BRUTE_ROWS]]
        near, next_near = (spatial.distance.cdist(x[asked], others).min(1) for x in (first, second))
    told = near != next_near
    wins, all_told = int((next_near < near)[told].sum()), int(told.sum())
    if not all_told:
        return 0.5, 1.0
    tail = float(special.bdtr(min(wins, all_told - wins), all_told, 0.5))
    return wins / all_told, min(1.0, 2 * tail)


def refuse_neighbours(first: Array, second: Array, seed: int = 0) -> None:
    """UserError where neighbours show that rows in an order of no meaning depend on each other."""
    share, p = neighbours_tell(first, second, seed)
    if p >= CERTAIN:
        return
    what = (
        "rows look like parts of trajectories in another order: give the trajectory of each row, in the order of time"
        if share > 0.5
        else "rows look like copies of each other: leave copies out, or give the trajectory that each row belongs to"
    )
    raise UserError(
        f"expected independent rows or rows in the order of time, but h' is nearer than h to other rows' h in "
        f"{share:.0%} of the rows that were looked at (p = {p:.1g}), where half is expected: {what}"
    )

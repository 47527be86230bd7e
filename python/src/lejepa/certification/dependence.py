"""How much rows depend on each other, and how many independent ones they are worth.

Errors come from means of contiguous blocks (batch means). They are right where blocks are long against the memory of
the rows, which is their autocorrelation time

    τ = 1 + 2 Σ_k r_k,

`r_k` the autocorrelation of rows at lag `k`: the variance of a mean of `N` rows is `τ` times that of independent ones,
so they are worth `N / τ`. It is estimated on a stretch of the stream without gaps, for the coordinates, their squares
and their products with the successor's, with Sokal's window (the sum ends at the first lag above `WINDOW · τ`; Sokal
1997), and from the most correlated lag alone, as for trajectories of the assumed world of which `k` take turns, `k (1
+ r_k) / (1 - r_k)`. The greatest counts. Rows that come again, nearly the same, have an autocorrelation near 1 at a lag
that may be far beyond the window: they are taken for so many trajectories. Blocks are `BLOCK` autocorrelation times
long, or longer, so that the error of a mean is too small by about `1 / (2 BLOCK)` of itself at the most.

Where rows were put together again from links, they come in pieces, and the order of these says nothing: pieces of one
trajectory depend on each other, but not on their neighbours in the stream. What blocks then miss of the variance of a
mean is small in two cases. Pieces of `l` rows may be long against the memory `τ`: what is between pieces is at most `τ
/ (2 l)` of the variance, so `BLOCK / 2` times the memory is long enough, and the error is too small by `1 / (2 BLOCK)`
of itself at the most. Or nearly all pieces may have one length, of two rows or more, as whole episodes have. Random
rows of a trajectory have pieces of many lengths. And where a share `q` of a trajectory is cut out in pieces of one
length, about `2 q` of the rows are in longer ones, of two pieces on end; blocks then miss `q τ` beside the time that is
found. All else is refused.

Rows in an order that hides their dependence are another matter. Where the same numbers occur in several rows,
`lejepa.certification.rows` finds out. Rows that are near others, but not equal, show in their neighbours: if rows are
independent and pairs reversible, then a row's `h` and `h'` are exchangeable, so that which of the two lies nearer to
the other rows' `h` is a toss of a fair coin, given those rows. Copies with noise bring `h` nearer, rows out of
trajectories `h'`. A world that is refuted need not be reversible, and then more is asked than an unfair coin. Where
rows in the order of time depend on each other, only others that are far from a row in time are asked about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import spatial, special

from lejepa.certification.rows import Arrangement, coarse, hashed, shared
from lejepa.errors import UserError

Array = NDArray[np.float64]
Places = NDArray[np.int64]
WINDOW = 5
GROUPS = 4096
LAG_ROWS = 8192
CLEAR = 5.5  # standard errors, of the greatest of some thousands
BLOCK = 8
MOST_BLOCKS, FEWEST_BLOCKS = 64, 8
TOSSES, CERTAIN = 1024, 1e-5
APART = 3  # autocorrelation times: so far from each other, rows hardly know of each other
TREE_DIMS, BRUTE_ROWS = 10, 8192
GAP, HUDDLE = 10, 32  # how much farther the next one is, of how many near ones
THINNED = 1, 16, 256


@dataclass(frozen=True)
class Dependence:
    """time: `τ`, in rows, at least 1. seen: whether rows differ from independent ones at all. lag: at which they are
    most correlated."""

    time: float
    seen: bool
    lag: int = 1

    @property
    def apart(self) -> int:
        """By how many rows those differ that hardly depend on each other."""
        return ceil(APART * max(self.time, self.lag))

    def blocks(self, count: int) -> int:
        """How many blocks `count` rows may be cut into; UserError where there are too few."""
        if not self.seen:
            return min(MOST_BLOCKS, count // 4)
        found = int(count / (BLOCK * self.time))
        if found < FEWEST_BLOCKS:
            alike = f" (rows {self.lag} apart are the most alike)" if self.lag > 1 else ""
            raise UserError(
                f"expected rows worth at least {FEWEST_BLOCKS * BLOCK} independent ones, found {count} rows that "
                f"depend on each other over {min(self.time, count):.0f} rows and are worth "
                f"{max(1, count / self.time):.0f}{alike}: intervals of them would mean nothing"
            )
        return min(MOST_BLOCKS, found)


def of_pieces(found: Dependence, arranged: Arrangement, rho: float, count: int) -> Dependence:
    """The dependence of rows that were put together again to pieces, whose order may say nothing: UserError where it
    may hide more than is found.

    arranged: in pieces, or with stray links. rho: of the world, whose memory is `(1 + ρ) / (1 - ρ)`. Rows of
    trajectories that are told may depend on each other as long as the trajectory is, wherever they are in it.
    """
    memory = max(found.time, (1 + rho) / max(1 - rho, 1e-9))
    pieces = arranged.pieces
    if pieces is None:
        missed = arranged.stray / count * (memory - 1)
        what = f"parts of trajectories in another order ({arranged.stray} of {count} rows are followed elsewhere)"
    else:
        missed = min(len(pieces) * memory / (2 * count), uneven(pieces) * memory / (2 * found.time))
        what = f"parts of trajectories in another order ({len(pieces)} of them, of {count} rows)"
    if missed <= 1 / BLOCK:
        return found
    whole = replace(found, time=max(found.time, arranged.told), seen=True)
    if arranged.told and count >= FEWEST_BLOCKS * BLOCK * whole.time:
        return whole
    depend = f"rows of one trajectory depend on each other over {memory:.0f} steps, so intervals would be too narrow"
    if arranged.told:
        raise UserError(
            f"expected the rows of each trajectory in the order of time, or at least {FEWEST_BLOCKS * BLOCK} "
            f"trajectories, found {what}: {depend}"
        )
    raise UserError(
        f"expected independent rows or rows in the order of time, found {what}: {depend}; give the trajectory of each "
        "row (trajectory=), in the order of time"
    )


def uneven(pieces: Places) -> float:
    """The share of rows that are not in pieces of the length, above 1, that most rows are in."""
    lengths, counts = np.unique(pieces, return_counts=True)
    rows = lengths * counts
    return 1 - float(rows[lengths > 1].max(initial=0) / rows.sum())


def greatest(stretches: Iterable[tuple[Array, Array]]) -> Dependence:
    """The dependence of the stretch whose rows depend on each other most."""
    return max((dependence(*stretch) for stretch in stretches), key=lambda found: (found.seen, found.time))


def dependence(first: Array, second: Array) -> Dependence:
    """Of a stretch of pairs in order, `(rows, k)` twice."""
    x = first - first.mean(0)
    if float((x * x).sum()) <= 0 or len(x) < 32:
        return Dependence(1.0, False)
    lag, r, noise = most_correlated(x)
    again, likeness = recurrence(x)
    if likeness > (1 + max(r, 0.0)) / 2:
        lag, r = again, likeness
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
    covariance = autocovariance(x)[: len(x) // 4]
    lag = 1 + int(np.argmax(covariance[1:]))
    return lag, float(covariance[lag] / covariance[0]), sqrt(trace_ratio(x) / x.size)


def recurrence(x: Array) -> tuple[int, float]:
    """The lag, up to half of the centred rows `(rows, k)`, at which they are most correlated, and that correlation: the
    mean over the rows that a lag has, 0 where it may be noise."""
    count = len(x)
    lags = np.arange(1, count // 2 + 1)
    covariance = autocovariance(x)
    found = covariance[lags] / covariance[0] * count / (count - lags)
    found[found < CLEAR * np.sqrt(trace_ratio(x) / x.shape[1] / (count - lags))] = 0
    best = int(np.argmax(found))
    return int(lags[best]), float(found[best])


def autocovariance(x: Array) -> Array:
    """Of centred rows `(rows, k)`, summed over rows and coordinates, at the lags `0, ..., rows - 1`."""
    length = 1 << (2 * len(x) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(x, length, axis=0)) ** 2
    found: Array = np.fft.irfft(spectrum.sum(1), length)[: len(x)]
    return found


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
    covariance = autocovariance(means)
    if covariance[0] <= 0:
        return 1.0, 1.0
    sums = 2 * np.cumsum(covariance / covariance[0]) - 1
    lags = np.arange(groups)
    window = int(np.argmax(lags >= WINDOW * sums))  # the last sum is 0, so there is one
    time = max(ratio * float(sums[window]), 0.0)
    return time, time * sqrt((4 * window + 2) / groups / max(1.0, x.shape[1] / trace_ratio(means)))


def tossed(position: Places, apart: int, seed: int) -> tuple[Places, Places]:
    """Which rows are tossed, and which others they are compared with, in random order.

    position: of each row in the stream, in order. apart: as in `nearest`; tossed rows differ by twice as many. Where it
    is 0, and rows seem independent, none of the others is tossed itself.
    """
    count, generator = len(position), np.random.default_rng(seed)
    order = generator.permutation(count)
    if not apart:
        tosses = min(TOSSES, count // 4)
        return order[:tosses], order[tosses:]
    span = int(position[-1]) + 1
    step = max(2 * apart + 1, -(-span // TOSSES))
    aims = np.arange(int(generator.integers(step)), span, step)
    return np.unique(np.searchsorted(position, aims).clip(max=count - 1)), order


def distances(points: Array, own: Places, rows: Array, position: Places, apart: int, many: int) -> Array:
    """Of each point to rows, the nearest `many` of those whose position is more than `apart` from its own among them;
    infinite to others."""
    if points.shape[1] <= TREE_DIMS:
        distance, which = spatial.cKDTree(rows).query(points, k=range(1, min(len(rows), 2 * apart + 1 + many) + 1))
        there = position[which]
    else:
        distance = spatial.distance.cdist(points, rows[:BRUTE_ROWS])
        there = position[None, :BRUTE_ROWS]
    found: Array = np.where(np.abs(there - own[:, None]) > apart, distance, np.inf)
    return found


def nearest(points: Array, own: Places, rows: Array, position: Places, apart: int) -> Array:
    """The distance of each point to the nearest of the rows whose position is more than `apart` from its own."""
    found: Array = distances(points, own, rows, position, apart, 1).min(1)
    return found


def huddled(points: Array, own: Places, rows: Array, position: Places, apart: int) -> float:
    """The share of points that are equal to rows, or have some so near that the next one is `GAP` times as far.

    Of independent rows whose law has a density on a curve that is about one in nine, on surfaces and beyond less. So
    that a point that is near to many is seen too, it is asked of fewer rows as well, and the greatest share counts.
    """
    shares = []
    for part in THINNED:
        found = distances(points, own, rows[::part], position[::part], apart, HUDDLE + 1)
        found = np.sort(found, axis=1)[:, : HUDDLE + 1]
        with np.errstate(invalid="ignore"):
            jumps = (found[:, 1:] >= GAP * found[:, :-1]) & np.isfinite(found[:, 1:])
        shares.append(float(((found[:, 0] == 0) | jumps.any(1)).mean()))
    return max(shares)


def equal_by_chance(first: Array, second: Array) -> bool:
    """Whether rows have so few digits that `h` repeats by chance: then `h'` does too, about as often."""
    often, later = (int(shared(hashed(torch.from_numpy(x))).sum()) for x in (first, second))
    return 0 < often <= 2 * later and coarse(first)


def neighbours_tell(
    first: Array, second: Array, seed: int = 0, position: Places | None = None, apart: int = 0
) -> tuple[float, float]:
    """Whether rows are nearer to other rows than independent ones are: `(rows, k)` twice.

    position: of each row in the stream, in order; all rows of it by default. apart: by how many rows those differ that
    hardly depend on each other, 0 where all rows seem independent. Returns the share of tossed rows whose `h'` is
    nearer to other rows' `h` than their own `h` is, and the two-sided p-value of a fair coin.
    """
    position = np.arange(len(first)) if position is None else position
    asked, rest = tossed(position, apart, seed)
    near, next_near = (nearest(x[asked], position[asked], first[rest], position[rest], apart) for x in (first, second))
    told = near != next_near
    wins, all_told = int((next_near < near)[told].sum()), int(told.sum())
    if not all_told:
        return 0.5, 1.0
    tail = float(special.bdtr(min(wins, all_told - wins), all_told, 0.5))
    return wins / all_told, min(1.0, 2 * tail)


def refuse_neighbours(
    first: Array, second: Array, seed: int = 0, position: Places | None = None, apart: int = 0
) -> None:
    """UserError where neighbours show that rows depend on others, of which their order does not tell."""
    share, p = neighbours_tell(first, second, seed, position, apart)
    if p < CERTAIN:
        raise UserError(dependent(share, p))


def refuse_huddled(first: Array, second: Array, seed: int = 0, position: Places | None = None, apart: int = 0) -> None:
    """The same of rows whose world is refuted, and may not be reversible, so that the coin may not be fair: UserError
    only where most rows are also far nearer to others than to the next, as no smooth density makes them."""
    share, p = neighbours_tell(first, second, seed, position, apart)
    if p >= CERTAIN or equal_by_chance(first, second):
        return
    position = np.arange(len(first)) if position is None else position
    asked, rest = tossed(position, apart, seed)
    points = (second if share > 0.5 else first)[asked]
    if huddled(points, position[asked], first[rest], position[rest], apart) > 0.5:
        raise UserError(dependent(share, p))


def dependent(share: float, p: float) -> str:
    """What neighbours tell of rows, in a sentence."""
    what = (
        "rows look like parts of trajectories in another order: give the trajectory of each row, in the order of time"
        if share > 0.5
        else "rows look like copies of each other: leave copies out, or give the trajectory that each row belongs to"
    )
    return (
        f"expected independent rows or rows in the order of time, but h' is nearer than h to other rows' h in "
        f"{share:.0%} of the rows that were looked at (p = {p:.1g}), where half is expected: {what}"
    )

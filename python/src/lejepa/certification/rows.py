"""Which rows are copies, and which follow each other, told by equal numbers.

Each row's numbers are hashed to 64 bits, its `h` and its `h'`. Two rows of equal `h` and equal `h'` are one
observation: it is counted once. A row whose `h'` is another row's `h` is followed by it: rows linked so are steps of a
trajectory. In the order of time the link is to the next row (or, where pairs skip steps, always the same number of
rows further on); in another order the trajectories are put together again. They may come out in pieces, where rows are
missing; of the order of pieces links tell nothing (`lejepa.certification.dependence` asks whether it matters).

Numbers of few digits, as in half precision, are also equal by chance, which tells nothing. Then about as many rows
share their `h` with rows of another `h'` as are linked, for by chance `h'` is as likely as `h` to be another row's `h`;
and fewer are copies. What a state led to in several runs shares its `h` too. That rows are equal by chance shows in
others that agree in every coordinate but one (`coarse`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

Array = NDArray[np.float64]
Words = NDArray[np.int64]
Places = NDArray[np.int64]
CACHED = 1 << 16  # numbers that are hashed at a time: as many as a processor's cache holds
FEW_LINKS = 0.01  # share of the rows: fewer links leave their order open
SAME_LAG = 0.9  # share of the links that lead equally far, in rows that are in the order of time


def hashed(x: Tensor) -> Words:
    """A 64-bit hash of each row `(rows, dim)` of float64, the same for equal numbers."""
    generator = torch.Generator().manual_seed(0x1EAF)
    odd = (torch.randint(-(2**62), 2**62, (x.shape[1],), generator=generator) * 2 + 1).to(x.device)
    parts = torch.split(x, max(1, CACHED // x.shape[1]))
    mixed = torch.cat([(folded((part + 0.0).contiguous().view(torch.int64), 29) * odd).sum(1) for part in parts])
    return (folded(mixed, 31) * -7046029254386353131).cpu().numpy()  # -0 + 0 is 0


def folded(words: Tensor, by: int) -> Tensor:
    """`x ^ (x >> by)` of words, zeros moving in: where their sign did, `x` and `~x` would become one."""
    found: Tensor = (words >> by).bitwise_and_(2 ** (64 - by) - 1).bitwise_xor_(words)
    return found


@dataclass(frozen=True)
class Arrangement:
    """How rows are to be taken.

    order: the rows to take, in this order; None where all are, as they come. repeated: how many are copies of another.
    linked: how many are followed by another row. lag: how many rows further on that one is, where it is always the
    same; 1 for trajectories in the order of time, and 0 where no row is linked or rows are put together again.
    together: all rows, trajectory by trajectory, where `lag` is neither 0 nor 1: the order to take where rows are
    steps of several trajectories at a time, and not one whose pairs skip steps. pieces: how many rows follow each other
    without a gap, piece by piece, where rows are put together again. stray: how many rows are followed by one that is
    not the next, where they are too few to tell an order. told: rows of a trajectory, in the mean over rows, where
    trajectories are told.
    """

    order: Places | None
    repeated: int = 0
    linked: int = 0
    lag: int = 0
    together: Places | None = None
    pieces: Places | None = None
    stray: int = 0
    told: float = 0.0


def arrange(
    first: Words, second: Words, trajectory: Places | None = None, coarse: Callable[[], bool] = lambda: False
) -> Arrangement:
    """The arrangement of rows by hashes of `h` and `h'`, `(rows,)` each, and the trajectory of each row where told.

    coarse: asked where it matters, whether rows may be equal by chance.
    """
    rows = np.arange(len(first)) if trajectory is None else np.argsort(trajectory, kind="stable")
    pair = first[rows] * 3 + second[rows]
    _, kept, copies = np.unique(pair, return_index=True, return_counts=True)
    stays = first[rows] == second[rows]  # a world that stands still repeats itself, and is no copy
    keep = np.zeros(len(rows), dtype=bool)
    keep[kept] = True
    keep |= stays
    repeated = int((~keep).sum())
    words = first[rows[kept]]

    def by_chance(equal: float) -> bool:
        """Whether rows that share their `h` with rows of another `h'` are as many."""
        return equal <= int(copies[shared(words)].sum()) and coarse()

    if repeated and by_chance(repeated):
        keep[:], repeated = True, 0
    rows = rows[keep]
    follower = followers(first[rows], second[rows])
    if trajectory is not None:  # what is told counts: trajectories may lead on to others
        names = trajectory[rows]
        follower[names[follower] != names] = -1
    linked = follower >= 0
    steps = follower[linked] - np.flatnonzero(linked)
    links, lag, together, pieces, stray = int(linked.sum()), 0, None, None, 0
    if links and by_chance(links / 2):  # up to twice as many, to be sure
        links = 0
    if links < FEW_LINKS * len(rows):
        links, stray = 0, int((steps != 1).sum()) if links else 0
        if stray and by_chance(stray / 10 - 1):  # few may be many more than are expected
            stray = 0
    if links:
        values, counts = np.unique(steps, return_counts=True)
        common = int(values[counts.argmax()])
        in_time = turns(len(rows), common)
        if counts.max() >= SAME_LAG * links and not led_on(follower, in_time, by_chance):
            lag, together = common, None if common == 1 else rows[in_time]
        else:
            rows = rows[chained(follower, first[rows])]
            if trajectory is not None:  # equal states of several may have mixed them
                rows = rows[np.argsort(trajectory[rows], kind="stable")]
            ends = second[rows[:-1]] != first[rows[1:]]
            if trajectory is not None:
                ends |= trajectory[rows[:-1]] != trajectory[rows[1:]]
            pieces = np.diff(np.concatenate(([0], 1 + np.flatnonzero(ends), [len(rows)])))
    as_they_come = len(rows) == len(first) and bool((rows[1:] > rows[:-1]).all())
    told = 0.0 if trajectory is None else mean_over_rows(trajectory[rows])
    return Arrangement(None if as_they_come else rows, repeated, links, lag, together, pieces, stray, told)


def mean_over_rows(trajectory: Places) -> float:
    """The number of rows of a trajectory, in the mean over rows."""
    sizes = np.unique(trajectory, return_counts=True)[1].astype(np.float64)
    return float((sizes**2).sum() / sizes.sum())


def turns(count: int, lag: int) -> Places:
    """Rows that follow each other `lag` rows further on, one after the other."""
    rows = np.arange(count)
    if lag == 1:
        return rows
    return np.lexsort((rows if lag > 0 else -rows, rows % abs(lag)))


def led_on(follower: Places, order: Places, by_chance: Callable[[float], bool]) -> bool:
    """Whether pieces without a gap are not in the order of time: ends lead on to where another piece begins."""
    goes_on = follower[order[:-1]] == order[1:]
    begins = np.concatenate(([True], ~goes_on))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    piece = np.cumsum(begins)
    ends = np.flatnonzero(np.concatenate((~goes_on, [True])) & (follower[order] >= 0))
    to = place[follower[order[ends]]]
    found = int((begins[to] & (piece[to] != piece[ends])).sum())
    return found > FEW_LINKS * int(begins.sum()) and not by_chance(found)


def shared(words: Words) -> NDArray[np.bool_]:
    """Which are equal to another one."""
    _, inverse, counts = np.unique(words, return_inverse=True, return_counts=True)
    found: NDArray[np.bool_] = counts[inverse] > 1
    return found


def coarse(x: Array) -> bool:
    """Whether rows `(rows, dim)` have so few digits that some may be equal by chance.

    By chance, more of them agree in every coordinate but the last than agree in that as well. Of one coordinate nothing
    can be told, and chance is assumed.
    """
    if x.shape[1] == 1:
        return True
    rows = torch.from_numpy(x)
    _, place, counts = np.unique(hashed(rows), return_index=True, return_counts=True)
    near = shared(hashed(rows[torch.from_numpy(place), :-1]))
    return bool(near.any()) and int(near.sum()) >= int((counts > 1).sum())


def followers(first: Words, second: Words) -> Places:
    """For each row, a row whose `h` is this one's `h'`, the next one if it can be; -1 if there is none."""
    order = np.argsort(first, kind="stable")
    ordered = first[order]
    found, turn = np.empty(len(second), dtype=np.int64), np.argsort(second)
    found[turn] = np.searchsorted(ordered, second[turn])  # in order, they are looked up in a tenth of the time
    after = np.minimum(found, len(first) - 1)
    hit = ordered[after] == second
    follower = np.where(hit, order[after], -1)
    itself = hit & (follower == np.arange(len(first)))
    follower[itself] = -1
    next_one = np.flatnonzero(second[:-1] == first[1:])
    follower[next_one] = next_one + 1
    return follower


def chained(follower: Places, first: Words) -> Places:
    """The rows, trajectory by trajectory, each in the order of time as far as links tell it."""
    count = len(follower)
    here = np.flatnonzero(follower >= 0)
    # rows of equal h belong together as well
    order = np.argsort(first, kind="stable")
    equal = np.flatnonzero(first[order][1:] == first[order][:-1])
    left, right = np.concatenate((here, order[equal])), np.concatenate((follower[here], order[equal + 1]))
    graph = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(count, count))
    _, part = sparse.csgraph.connected_components(graph, directed=False)
    # how many rows follow each, by doubling
    ahead, jump = (follower >= 0).astype(np.int64), follower.copy()
    for _ in range(count.bit_length()):
        on = jump >= 0
        ahead[on] += ahead[jump[on]]
        jump[on] = jump[jump[on]]
    return np.lexsort((-ahead, part))

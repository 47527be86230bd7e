"""Which rows are copies, and which follow each other, told by equal numbers.

Each row's numbers are hashed to 64 bits, its `h` and its `h'`. Two rows of equal `h` and equal `h'` are one
observation: it is counted once. A row whose `h'` is another row's `h` is followed by it: rows linked so are steps of a
trajectory. In the order of time the link is to the next row (or, where pairs skip steps, always the same number of
rows further on); in another order the trajectories are put together again.

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
    steps of several trajectories at a time, and not one whose pairs skip steps.
    """

    order: Places | None
    repeated: int = 0
    linked: int = 0
    lag: int = 0
    together: Places | None = None


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
    linked = follower >= 0
    links, lag, together = int(linked.sum()), 0, None
    if links < FEW_LINKS * len(rows) or by_chance(links / 2):  # up to twice as many, to be sure
        links = 0
    if links:
        steps = follower[linked] - np.flatnonzero(linked)
        values, counts = np.unique(steps, return_counts=True)
        if counts.max() >= SAME_LAG * links:
            lag = int(values[counts.argmax()])
            together = None if lag == 1 else rows[chained(follower, first[rows])]
        else:
            rows = rows[chained(follower, first[rows])]
    as_they_come = len(rows) == len(first) and bool((rows[1:] > rows[:-1]).all())
    return Arrangement(None if as_they_come else rows, repeated, links, lag, together)


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

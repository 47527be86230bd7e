"""Second moments of a stream of pairs, by contiguous blocks, in one pass and bounded memory.

Blocks give every estimate its error without a second pass, also where neighbouring pairs depend on each other, as long
as a block is much longer than the dependence. Their number stays within a budget of memory: when all are full,
neighbours merge (Chan, Golub, LeVeque 1983) and a block holds twice as many pairs.
"""

from dataclasses import dataclass, replace
from math import ceil, isfinite

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lejepa.errors import UserError

Array = NDArray[np.float64]
BUDGET = 256 * 2**20  # bytes of block matrices, unless the fewest blocks need more
FEWEST, MOST = 16, 64
SCALES = 1e-20, 1e20  # standard deviations whose eighth powers are numbers
STRIP = 64  # rows of the block matrices that are centred at a time


@dataclass(frozen=True)
class Blocks:
    """What the stream said, block by block; `B` blocks, `n` dimensions.

    count: pairs in all.
    weights: each block's share of the pairs, `(B,)`.
    mean: of the embeddings, both ends of the pairs pooled, `(n,)`.
    trace: `tr Cov(h)` of each block about the pooled mean, `(B,)`.
    step: `𝔼 ‖h' - h‖²` of each block, `(B,)`.
    deviations: inner products `⟨C_b - 1, C_c - 1⟩` of the blocks' covariances, `(B, B)`.
    covariance: pooled, `(n, n)`.
    """

    count: int
    weights: Array
    mean: Tensor
    trace: Array
    step: Array
    deviations: Array
    covariance: Tensor

    @property
    def dim(self) -> int:
        return self.mean.shape[0]

    def merged(self, blocks: int) -> "Blocks":
        """The same moments by so many blocks at the most: neighbours are put together."""
        if blocks >= len(self.weights):
            return self
        mix = mixing(self.weights, blocks)
        return replace(
            self,
            weights=np.add.reduceat(self.weights, splits(len(self.weights), blocks)),
            trace=mix @ self.trace,
            step=mix @ self.step,
            deviations=mix @ self.deviations @ mix.T,
        )


def require_pairs(count: int, dim: int, source: str = "") -> None:
    """UserError where there are fewer pairs than `dim + 1` or than `2 · FEWEST`; `source` says where."""
    need = max(dim + 1, 2 * FEWEST)
    if count < need:
        where = f"{source}: " if source else ""
        raise UserError(f"{where}expected at least {need} pairs of {dim} dimensions, found {count}")


def splits(count: int, groups: int) -> NDArray[np.int64]:
    """Where each of `groups` runs of `count` things begins, of lengths as equal as can be."""
    return np.arange(groups) * count // groups


def mixing(weights: Array, groups: int) -> Array:
    """The matrix `(groups, B)` that takes values of blocks to means over runs of them."""
    starts = splits(len(weights), groups)
    group = np.searchsorted(starts, np.arange(len(weights)), side="right") - 1
    total = np.add.reduceat(weights, starts)
    mix = np.zeros((groups, len(weights)))
    mix[group, np.arange(len(weights))] = weights / total[group]
    return mix


class PairMoments:
    """Accumulates pairs of embeddings `(rows, dim)`, rows in the order of the stream.

    count: how many pairs will come, where known; else the number of blocks ends between half its limit and its limit.
    cross: keep the blocks' lagged moments too, from which ρ is estimated; twice the memory.
    """

    def __init__(
        self, dim: int, device: torch.device, count: int | None = None, cross: bool = False, budget: int = BUDGET
    ) -> None:
        self.dim, self.device = dim, device
        self.limit = blocks_within(budget, dim, 2 if cross else 1)
        self.told, self.size = count, 1 if count is None else max(1, ceil(count / self.limit))
        self.counts: list[int] = []
        self.centre: Tensor | None = None
        self.sums = self.zeros(self.limit, dim)
        self.steps = self.zeros(self.limit)
        self.squares = self.zeros(self.limit, dim, dim)
        self.lagged = self.zeros(self.limit, dim, dim) if cross else None

    def zeros(self, *shape: int) -> Tensor:
        return torch.zeros(*shape, dtype=torch.float64, device=self.device)

    @property
    def count(self) -> int:
        return sum(self.counts)

    def add(self, h0: Tensor, h1: Tensor) -> None:
        """Take the next pairs: `(rows, dim)` twice, float64 on the accumulator's device."""
        if self.centre is None and len(h0):
            self.centre = (h0.mean(0) + h1.mean(0)) / 2
        start = 0
        while start < len(h0):
            block = self.open_block()
            rows = min(self.size - self.counts[block], len(h0) - start)
            self.put(block, h0[start : start + rows], h1[start : start + rows])
            start += rows

    def open_block(self) -> int:
        """The index of a block that is not full."""
        if not self.counts or self.counts[-1] >= self.size:
            if len(self.counts) == self.limit:
                self.merge_neighbours()
            self.counts.append(0)
        return len(self.counts) - 1

    def merge_neighbours(self) -> None:
        half = self.limit // 2
        for part in (self.sums, self.steps, self.squares, self.lagged):
            if part is None:
                continue
            for k in range(half):
                part[k].copy_(part[2 * k] + part[2 * k + 1])
            part[half:].zero_()
        self.counts = [a + b for a, b in zip(self.counts[::2], self.counts[1::2], strict=True)]
        self.size *= 2

    def put(self, block: int, h0: Tensor, h1: Tensor) -> None:
        assert self.centre is not None
        a, b = h0 - self.centre, h1 - self.centre
        self.counts[block] += len(a)
        self.sums[block] += a.sum(0) + b.sum(0)
        self.steps[block] += (b - a).square().sum()
        self.squares[block].addmm_(a.T, a).addmm_(b.T, b)
        if self.lagged is not None:
            self.lagged[block].addmm_(a.T, b)

    def blocks(self) -> Blocks:
        """The moments so far; the accumulator can go on.

        Raises UserError for fewer pairs than `dim + 1` or than `2 · FEWEST`, or far fewer than were told, and for a
        coordinate that is constant or of a standard deviation beyond `SCALES`.
        """
        count, used = self.count, len(self.counts)
        require_pairs(count, self.dim)
        if self.told is not None and used < FEWEST // 2:
            raise UserError(
                f"count: expected as many pairs as were told, {self.told}, found {count}, too few for blocks"
            )
        assert self.centre is not None
        sizes = torch.tensor(self.counts, dtype=torch.float64, device=self.device)
        weights = sizes / count
        means = self.sums[:used] / (2 * sizes[:, None])
        mean = weights @ means
        diagonal = self.squares[:used].diagonal(dim1=1, dim2=2) / (2 * sizes[:, None])
        trace = diagonal.sum(1) - 2 * means @ mean + mean @ mean
        refuse_scale(weights @ diagonal - mean.square(), self.centre + mean)
        step = self.steps[:used] / sizes
        # the pooled mean is estimated from 2·count embeddings, pairs correlated by r: undo the loss of variance
        r = 1 - (weights @ step) / (2 * (weights @ trace))
        scale = 1 / (1 - (1 + float(r)) / (2 * count))

        covariance, gram = self.zeros(self.dim, self.dim), self.zeros(used, used)
        for start in range(0, self.dim, STRIP):
            rows = slice(start, min(start + STRIP, self.dim))
            strip = scale * self.strip(self.squares, sizes, means, mean, rows)
            covariance[rows] = torch.einsum("b,bij->ij", weights, strip)
            k = torch.arange(strip.shape[1], device=self.device)
            strip[:, k, k + start] -= 1
            flat = strip.flatten(1)
            gram += flat @ flat.T
        return Blocks(
            count=count,
            weights=weights.cpu().numpy(),
            mean=self.centre + mean,
            trace=(scale * trace).cpu().numpy(),
            step=step.cpu().numpy(),
            deviations=gram.cpu().numpy(),
            covariance=covariance,
        )

    def strip(self, squares: Tensor, sizes: Tensor, means: Tensor, mean: Tensor, rows: slice) -> Tensor:
        """Some rows of the blocks' covariances about the pooled mean: `(B, rows, dim)`."""
        strip = squares[: len(sizes), rows] / (2 * sizes[:, None, None])
        strip -= means[:, rows, None] * mean + mean[rows, None] * means[:, None, :]
        strip += mean[rows, None] * mean
        return strip

    def second_moments(self) -> tuple[Tensor, Tensor]:
        """The blocks' covariances and symmetrized lagged covariances, about the pooled mean: `(B, n, n)` twice."""
        assert self.lagged is not None
        sizes = torch.tensor(self.counts, dtype=torch.float64, device=self.device)
        means = self.sums[: len(sizes)] / (2 * sizes[:, None])
        mean = (sizes / self.count) @ means
        everything = slice(0, self.dim)
        lagged = self.lagged[: len(sizes)]
        symmetric = lagged + lagged.mT
        return (
            self.strip(self.squares, sizes, means, mean, everything),
            self.strip(symmetric, sizes, means, mean, everything),
        )


def blocks_within(budget: int, dim: int, matrices: int) -> int:
    """An even number of blocks whose `dim × dim` matrices fit in `budget` bytes, from `FEWEST` to `MOST`."""
    fit = budget // (8 * dim * dim * matrices)
    return int(min(MOST, max(FEWEST, fit - fit % 2)))


def refuse_scale(variance: Tensor, mean: Tensor) -> None:
    """A UserError where a coordinate does not vary, or where powers of it have no place among the numbers."""
    deviation = variance.clamp(min=0).sqrt()  # a rounded variance may be below 0
    great = ~(deviation <= SCALES[1])  # also where the variance is none, after an overflow
    if not great.any():
        refuse_constant(variance, mean)
    wrong = (great | (deviation < SCALES[0])).nonzero().flatten().tolist()
    if wrong:
        found = float(deviation[wrong[0]])
        raise UserError(
            f"expected embeddings whose standard deviations are from {SCALES[0]:g} to {SCALES[1]:g}, found "
            f"{f'{found:.3g}' if isfinite(found) else 'a greater one'} of coordinate {wrong[0]}"
        )


def refuse_constant(variance: Tensor, mean: Tensor) -> None:
    """A UserError where a coordinate does not vary, or so little beside its mean that it may be rounding."""
    constant = (variance <= 1e-24 * mean.square() + 1e-300).nonzero().flatten().tolist()
    if constant:
        raise UserError(
            f"expected embeddings that vary in every coordinate, found coordinate {constant[0]} constant up to 1e-12 "
            "of its mean"
            + (f" (and {len(constant) - 1} more)" if len(constant) > 1 else "")
            + "; if it does vary, subtract its mean first"
        )

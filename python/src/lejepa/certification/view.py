"""The pairs as tests see them: centred, in blocks, and in two parts, one to choose what to look at, one to look.

A statistic that was chosen for what the same rows show is biased. So every test chooses functions, directions and
potentials on the first third of the rows, and takes means on the others, with errors of block means. Parts are
contiguous, so that rows that depend on each other are in one, but for the few where the parts meet. (To choose on each
part for the other, and to take the mean of both, would count some statistics twice: `⟨m, m'⟩` of the two parts' means
is the same in both ways, and its error would seem smaller than it is.)
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from lejepa.certification.intervals import MeanEstimate, mean_of_blocks
from lejepa.certification.sample import Drawn

Array = NDArray[np.float64]
CHOSEN = 3  # one part in so many is chosen on
FUNCTION_DIMS = 16  # coordinates whose functions are looked at


@dataclass(frozen=True)
class View:
    """Pairs `(M, k)` each, less their common mean, and where the `B` blocks of them begin.

    whole: whether `k` is all dimensions of the embedding.
    """

    h0: Array
    h1: Array
    starts: NDArray[np.int64]
    whole: bool

    @classmethod
    def of(cls, drawn: Drawn, blocks: int) -> "View":
        """The sample in so many contiguous blocks of equal length."""
        centre = (drawn.first.mean(0) + drawn.second.mean(0)) / 2
        count = len(drawn.first)
        starts = np.arange(blocks) * count // blocks
        return cls(drawn.first - centre, drawn.second - centre, starts, drawn.whole)

    @property
    def count(self) -> int:
        return len(self.h0)

    @property
    def dim(self) -> int:
        return int(self.h0.shape[1])

    @cached_property
    def sizes(self) -> Array:
        return np.diff(self.starts, append=self.count).astype(np.float64)

    @cached_property
    def parts(self) -> tuple[slice, slice]:
        """Rows to choose on, and rows to look at."""
        middle = int(self.starts[self.first])
        return slice(0, middle), slice(middle, self.count)

    @property
    def first(self) -> int:
        """The first block that is looked at."""
        blocks: int = len(self.starts)
        return blocks // CHOSEN

    def block_means(self, values: Array) -> Array:
        """Of all rows, `(M, ...)` to `(B, ...)`."""
        sums: Array = np.add.reduceat(values, self.starts, axis=0)
        return sums / self.sizes.reshape(-1, *[1] * (values.ndim - 1))

    def mean(self, values: Array) -> MeanEstimate:
        """The mean of values of all rows, `(M,)`, with the error of block means."""
        return mean_of_blocks(self.block_means(values), self.sizes / self.count)

    def looked(self, values: Array) -> MeanEstimate:
        """The mean of values of the rows that are looked at."""
        starts, sizes = self.starts[self.first :] - self.starts[self.first], self.sizes[self.first :]
        return mean_of_blocks(np.add.reduceat(values, starts) / sizes, sizes / sizes.sum())

    @cached_property
    def functions(self) -> tuple[Array, Array]:
        """Functions of `h` and of `h'`, centred and of covariance 1: `(M, p)` each.

        Coordinates, sine and cosine of them and of their doubles, in units of their deviation; and the same of the
        distance from the centre. Of more than `FUNCTION_DIMS` coordinates the first.
        """
        f0, f1 = (waves(h[:, :FUNCTION_DIMS], self.scale) for h in (self.h0, self.h1))
        mean = (f0.mean(0) + f1.mean(0)) / 2
        f0 -= mean
        f1 -= mean
        covariance = (f0.T @ f0 + f1.T @ f1) / (2 * self.count)
        values, vectors = np.linalg.eigh(covariance)
        kept = values > 1e-6 * values[-1]
        white = vectors[:, kept] / np.sqrt(values[kept])
        return f0 @ white, f1 @ white

    @cached_property
    def scale(self) -> Array:
        both = (np.square(self.h0).mean(0) + np.square(self.h1).mean(0)) / 2
        deviation: Array = np.sqrt(both)[:FUNCTION_DIMS]
        return np.where(deviation > 0, deviation, 1.0)


def waves(h: Array, scale: Array) -> Array:
    """`(M, k)` to `(M, p)`."""
    x = h / scale
    if x.shape[1] > 1:
        radius = np.sqrt(np.square(x).sum(1, keepdims=True))
        x = np.concatenate((x, np.sqrt(2) * (radius - np.sqrt(x.shape[1]))), axis=1)
    sine, cosine = np.sin(x), np.cos(x)
    return np.concatenate((x, sine, cosine, 2 * sine * cosine, 2 * cosine * cosine), axis=1)


def one_sided(estimate: MeanEstimate) -> float:
    """The p-value of a mean of 0 or less."""
    if estimate.error <= 0:
        return 1.0 if estimate.value <= 0 else 0.0
    return float(special.stdtr(estimate.degrees, -estimate.value / estimate.error))

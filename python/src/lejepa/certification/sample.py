"""A bounded sample of the pairs of a stream, in its order: what tests look at."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]
MOST_DIMS = 64
MOST_ROWS, NUMBERS = 1 << 17, 1 << 21  # rows, and numbers of each end of the pairs
STRETCH = 1 << 16  # rows at either end that are kept without a gap, to see how they depend on each other
STRETCH_DIMS = 8


@dataclass(frozen=True)
class Drawn:
    """Pairs of a stream, in its order.

    position: of each pair in the stream, `(M,)`. first, second: `h` and `h'`, `(M, k)`. stretches: the same two of
    the stream's first pairs without a gap, a few coordinates of them; and of its last ones, where there are more.
    whole: whether `k` dimensions are all there are.
    """

    position: NDArray[np.int64]
    first: Array
    second: Array
    stretches: tuple[tuple[Array, Array], ...]
    whole: bool


class PairSample:
    """Keeps some pairs of a stream, each as likely as any other; all of them up to `size`.

    Of more than `MOST_DIMS` dimensions it keeps so many orthonormal projections, chosen at random. Each pair draws a
    random number, and the least are kept.
    """

    def __init__(self, dim: int, device: torch.device, seed: int = 0, size: int | None = None) -> None:
        self.device = device
        self.kept = min(dim, MOST_DIMS)
        self.size = size or min(MOST_ROWS, NUMBERS // self.kept)
        self.generator = torch.Generator().manual_seed(seed)
        self.vectors: Tensor | None = None
        if dim > MOST_DIMS:
            free = torch.randn(dim, MOST_DIMS, generator=self.generator, dtype=torch.float64)
            self.vectors = torch.linalg.qr(free).Q.to(device)
        self.count = 0
        self.parts: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []  # keys, positions, ends of pairs
        self.held, self.worst = 0, 1.0  # the greatest key that is still kept
        self.stretch: list[tuple[Tensor, Tensor]] = []
        self.latest: list[tuple[Tensor, Tensor]] = []

    def add(self, h0: Tensor, h1: Tensor) -> None:
        """Offer the next pairs, `(rows, dim)` twice, float64 on the sample's device."""
        keys = torch.rand(len(h0), generator=self.generator, dtype=torch.float64)
        position = torch.arange(self.count, self.count + len(h0))
        if self.vectors is not None:
            h0, h1 = h0 @ self.vectors, h1 @ self.vectors
        if self.count < STRETCH:
            rows = slice(0, STRETCH - self.count)
            self.stretch.append((h0[rows, :STRETCH_DIMS].clone(), h1[rows, :STRETCH_DIMS].clone()))
        self.keep_latest(h0[max(0, STRETCH - self.count) :], h1[max(0, STRETCH - self.count) :])
        self.count += len(h0)
        kept = (keys < self.worst).nonzero().flatten()
        there = kept.to(self.device)
        self.parts.append((keys[kept], position[kept], h0[there], h1[there]))
        self.held += len(kept)
        if self.held > 2 * self.size:
            self.prune()

    def keep_latest(self, h0: Tensor, h1: Tensor) -> None:
        """Keep pairs that come after the first stretch, and no older ones than it takes."""
        if len(h0):
            self.latest.append((h0[-STRETCH:, :STRETCH_DIMS].clone(), h1[-STRETCH:, :STRETCH_DIMS].clone()))
        while sum(len(part) for part, _ in self.latest[1:]) >= STRETCH:
            del self.latest[0]

    def prune(self) -> None:
        keys, position, h0, h1 = (torch.cat(part) for part in zip(*self.parts, strict=True))
        if len(keys) > self.size:
            least = keys.topk(self.size, largest=False, sorted=False).indices.sort().values
            there = least.to(self.device)
            keys, position, h0, h1 = keys[least], position[least], h0[there], h1[there]
            self.worst = float(keys.max())
        self.parts, self.held = [(keys, position, h0, h1)], len(keys)

    def drawn(self, dim: int) -> Drawn:
        """What is kept so far."""
        self.prune()
        _, position, h0, h1 = self.parts[0]
        stretches = tuple(joined(parts) for parts in (self.stretch, self.latest) if parts)
        return Drawn(position.numpy(), h0.cpu().numpy(), h1.cpu().numpy(), stretches, self.kept == dim)


def joined(parts: list[tuple[Tensor, Tensor]]) -> tuple[Array, Array]:
    """Pieces of pairs, the last `STRETCH` rows of them."""
    first, second = (torch.cat(part)[-STRETCH:].cpu().numpy() for part in zip(*parts, strict=True))
    return first, second

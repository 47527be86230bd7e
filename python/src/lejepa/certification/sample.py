"""A bounded uniform sample of pairs from a stream, seen through fixed projections."""

import torch
from torch import Tensor

SIZE, SLICES = 1 << 15, 32


class PairSample:
    """Keeps `size` pairs of a stream, each as likely as any other, projected on `slices` unit vectors.

    Half of the vectors are axes, chosen at random where there are too many; the others are uniform on the sphere. Each
    pair draws a random number, and the least are kept.
    """

    def __init__(self, dim: int, device: torch.device, seed: int = 0, size: int = SIZE, slices: int = SLICES) -> None:
        self.size, self.device = size, device
        self.generator = torch.Generator().manual_seed(seed)
        axes = torch.randperm(dim, generator=self.generator)[: slices // 2].sort().values
        free = torch.randn(slices - len(axes) if dim > 1 else 0, dim, generator=self.generator, dtype=torch.float64)
        vectors = torch.cat((torch.eye(dim, dtype=torch.float64)[axes], free / free.norm(dim=1, keepdim=True)))
        self.vectors = vectors.T.to(device)
        self.keys = torch.empty(0, dtype=torch.float64)
        width = vectors.shape[0]
        self.first = torch.empty(0, width, dtype=torch.float64, device=device)
        self.second = torch.empty(0, width, dtype=torch.float64, device=device)

    def add(self, h0: Tensor, h1: Tensor) -> None:
        """Offer the next pairs, `(rows, dim)` twice, float64 on the sample's device."""
        drawn = torch.rand(len(h0), generator=self.generator, dtype=torch.float64)
        if len(self.keys) == self.size:
            chosen = (drawn < self.keys.max()).nonzero().flatten()
            if not len(chosen):
                return
            drawn, h0, h1 = drawn[chosen], h0[chosen.to(self.device)], h1[chosen.to(self.device)]
        keys = torch.cat((self.keys, drawn))
        first = torch.cat((self.first, h0 @ self.vectors))
        second = torch.cat((self.second, h1 @ self.vectors))
        if len(keys) > self.size:
            least = keys.topk(self.size, largest=False, sorted=False).indices.sort().values
            keys, first, second = keys[least], first[least.to(self.device)], second[least.to(self.device)]
        self.keys, self.first, self.second = keys, first, second

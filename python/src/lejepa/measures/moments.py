"""Second moments of pairs of embeddings: the theorem's `ε` and `δ`, without the bias of sampling.

Pairs `(h, h')` of shape `(count, dim)` each are independent of one another and both ends have one law, so both count.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lejepa.measures.estimate import NormEstimate, dots, unbiased_norm


@dataclass(frozen=True)
class PairMoments:
    """covariance: `Cov(h)`, unbiased: `(dim, dim)`.

    defect: `ε = ‖Cov(h) - 1‖_F`.
    steps: `‖h' - h‖²` of each pair: `(count,)`.
    traces: of each pair, with mean `tr Cov(h)`: `(count,)`.
    """

    covariance: Tensor
    defect: NormEstimate
    steps: Tensor
    traces: Tensor

    def deltas(self, rho: float) -> Tensor:
        """`‖h' - h‖² - 2 (1 - ρ) tr` of each pair, whose mean is `δ`: `(count,)`."""
        return self.steps - 2 * (1 - rho) * self.traces


def pair_moments(h: Tensor, h_next: Tensor) -> PairMoments:
    """The moments of at least two pairs, float64."""
    count, dim = h.shape
    mean = (h.mean(0) + h_next.mean(0)) / 2
    a, b = h - mean, h_next - mean
    middle, half = (a + b) / 2, (a - b) / 2
    # About the sample's mean a covariance is too small by that of the mean, which is Cov(middle) / count.
    of_middle = middle.T @ middle
    second = (of_middle + half.T @ half) / count  # (aᵀa + bᵀb) / (2 count)
    covariance = second + of_middle / (count * (count - 1))
    off = covariance - torch.eye(dim, dtype=h.dtype, device=h.device)

    here, there, across = dots(a, a), dots(b, b), dots(a, b)
    own = (here.square() + there.square() + 2 * across.square()) / 4  # ‖(a aᵀ + b bᵀ) / 2‖²
    noise = (own.sum() - count * second.square().sum()) / (count * (count - 1))
    along = (dots(a @ off, a) + dots(b @ off, b)) / 2
    along = along - along.mean()

    def inner(i: Tensor) -> Tensor:
        p, q = a[i], b[i]
        cross = (p @ q.T).square()
        on_mean = (dots(p @ second, p) + dots(q @ second, q)) / 2
        products = ((p @ p.T).square() + cross + cross.T + (q @ q.T).square()) / 4
        return products - on_mean[:, None] - on_mean + second.square().sum()

    return PairMoments(
        covariance=covariance,
        defect=unbiased_norm(off, noise, along, inner),
        steps=dots(b - a, b - a),
        traces=(here + there) / 2 + middle.square().sum() / (count * (count - 1)),
    )

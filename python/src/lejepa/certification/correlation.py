"""The correlation `ρ` of a world, as far as embeddings tell it.

Every function of the latents of an Ornstein–Uhlenbeck world is correlated with its successor by at most `ρ`, and a
linear one by exactly `ρ` (Lean: `hasSum_integral_mul_ouLaw`). So the greatest correlation of a projection `u · h` is a
lower bound of `ρ`, and equals it if and only if some projection of the embedding is linear in the latents. That
condition can't be seen in pairs: squares of the latents of a world `ρ` look, to second order, like latents of a world
`ρ²`.

The excess grows with `ρ`, so the safe side is above: a certificate takes the upper limit.
"""

from dataclasses import dataclass
from math import atanh, tanh

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lejepa.certification.intervals import MeanEstimate, mean_of_blocks
from lejepa.errors import UserError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CorrelationEstimate:
    """The greatest correlation of a projection, by two estimates on the scale of Fisher's `atanh`.

    inside: the maximum over the sample, biased upwards; from above it bounds `ρ`, if a projection is linear.
    outside: of a direction that is chosen on the first third of the blocks and measured on the others; from below it
    bounds `ρ` in any case. (Choosing on each part for the other would count twice what both have in common.)
    """

    inside: MeanEstimate
    outside: MeanEstimate

    @property
    def value(self) -> float:
        return within(tanh(self.outside.value))

    def upper(self, alpha: float) -> float:
        return within(tanh(max(self.inside.upper(alpha), self.outside.value)))

    def lower(self, alpha: float) -> float:
        return within(tanh(self.outside.lower(alpha)))


def within(rho: float) -> float:
    return min(max(rho, 1e-6), 1 - 1e-9)


def estimate(covariances: Tensor, lagged: Tensor, weights: Array) -> CorrelationEstimate:
    """From blocks' covariances and symmetrized lagged covariances, `(B, n, n)` each, `B ≥ 4`."""
    w = torch.as_tensor(weights, dtype=torch.float64, device=covariances.device)

    def direction(chosen: Tensor) -> Tensor:
        c = torch.einsum("b,bij->ij", w * chosen, covariances)
        k = torch.einsum("b,bij->ij", w * chosen, lagged)
        factor, failed = torch.linalg.cholesky_ex(c)
        if failed:
            raise UserError(
                "expected embeddings of full rank to estimate ρ from, found coordinates that determine each other; "
                "give ρ, or leave coordinates out"
            )
        half = torch.linalg.solve_triangular(factor, k, upper=False)
        whitened = torch.linalg.solve_triangular(factor, half.mT, upper=False)
        vector = torch.linalg.eigh((whitened + whitened.mT) / 2).eigenvectors[:, -1:]
        u: Tensor = torch.linalg.solve_triangular(factor.mT, vector, upper=True)[:, 0]
        return u

    def forms(u: Tensor) -> tuple[Array, Array]:
        c = torch.einsum("i,bij,j->b", u, covariances, u)
        k = torch.einsum("i,bij,j->b", u, lagged, u)
        return c.cpu().numpy(), k.cpu().numpy()

    inside = ratio(*forms(direction(torch.ones_like(w))), weights)
    first = max(1, len(weights) // 3)
    chosen = (torch.arange(len(weights), device=w.device) < first).to(w.dtype)
    c, k = (values[first:] for values in forms(direction(chosen)))
    left = weights[first:] / weights[first:].sum()
    return CorrelationEstimate(inside, ratio(c, k, left))


def ratio(c: Array, k: Array, weights: Array) -> MeanEstimate:
    """`atanh (𝔼 k / 𝔼 c)` by the delta method over blocks."""
    centre = float(weights @ c)
    value = min(max(float(weights @ k) / centre, -1 + 1e-9), 1 - 1e-9)
    spread = mean_of_blocks((k - value * c) / centre, weights)
    return MeanEstimate(atanh(value), spread.error / (1 - value**2), spread.degrees)

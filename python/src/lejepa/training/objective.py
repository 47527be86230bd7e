"""The objectives (paper, sections 2 and 5; Lean: `Lejepa.alignment`, `Lejepa.eppsPulley`, `Lejepa.IsWhite`).

Embeddings are of shape `(models, batch, dim)`; a loss is a number for each model.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lejepa.training import config


def alignment(h: Tensor, h_next: Tensor) -> Tensor:
    """`𝔼 ‖h(z') - h(z)‖²` over the batch: `(..., batch, dim)` twice, to `(...)`."""
    return (h_next - h).square().sum(-1).mean(-1)


class SIGReg(nn.Module):
    """Sliced Epps–Pulley statistic: how far random projections of embeddings are from `N(0, 1)`.

    On each of `slices` random unit vectors, with `φ̂` the empirical characteristic function of the `count` projections,
    `count · ∫ |φ̂(t) - exp(-t²/2)|² exp(-t²/2) dt` over `[-t_max, t_max]`, by the trapezoid rule on `knots` points of
    `[0, t_max]` (the integrand is even); then the mean over slices (Balestriero and LeCun 2025).

    The knots are equally spaced, so `exp(i t_k x)` is the `k`-th power of one complex exponential: a complex product
    a knot, not a cosine and a sine.
    """

    weights: Tensor
    target: Tensor

    def __init__(self, knots: int = 17, slices: int = 256, t_max: float = 3.0) -> None:
        super().__init__()
        self.slices, self.step = slices, t_max / (knots - 1)
        t = torch.linspace(0, t_max, knots)
        trapezoid = torch.full((knots,), 2 * self.step)
        trapezoid[[0, -1]] = self.step
        self.register_buffer("target", torch.exp(-(t**2) / 2))
        self.register_buffer("weights", trapezoid * torch.exp(-(t**2) / 2))

    def directions(self, h: Tensor, generator: torch.Generator) -> Tensor:
        """Random unit vectors for embeddings `(..., count, dim)`: shape `(..., dim, slices)`."""
        shape = (*h.shape[:-2], h.shape[-1], self.slices)
        return functional.normalize(torch.randn(shape, generator=generator, device=h.device, dtype=h.dtype), dim=-2)

    def forward(self, h: Tensor, directions: Tensor) -> Tensor:
        """The statistic of each model: `(..., count, dim)` and `(..., dim, slices)` to `(...)`."""
        return self.statistic(h @ directions).mean(-1)

    def statistic(self, x: Tensor) -> Tensor:
        """The Epps–Pulley statistic of projections `(..., count, slices)`: shape `(..., slices)`."""
        value: Tensor = EppsPulley.apply(x, self.step, self.weights, self.target)  # type: ignore[no-untyped-call]
        return value


class EppsPulley(torch.autograd.Function):
    """`count · Σ_k w_k |φ̂(t_k) - target_k|²` on equally spaced knots, and its derivative by Horner's scheme.

    Neither pass keeps the powers of `exp(i t x)`: the memory is that of one, whatever the number of knots.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, step: float, weights: Tensor, target: Tensor) -> Tensor:
        turn = torch.polar(torch.ones_like(x), step * x)
        power, gaps = turn, []
        for k in range(1, len(weights)):
            if k > 1:
                power = power * turn
            gaps.append(power.mean(-2) - target[k])
        gap = torch.stack(gaps)  # (knots - 1, ..., slices)
        ctx.save_for_backward(turn, gap, weights)
        ctx.step = step
        w = weights[1:].reshape(-1, *[1] * (gap.dim() - 1))
        return (w * (gap.real.square() + gap.imag.square())).sum(0) * x.shape[-2]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        turn, gap, weights = ctx.saved_tensors
        # d/dx |gap|² = 2 Re(conj(gap) · i t e^{itx}) / count; summed over knots it is a polynomial in e^{ix·step}
        total = torch.zeros_like(turn)
        for k in range(len(weights) - 1, 0, -1):
            total = (total + (weights[k] * k) * gap[k - 1].conj().resolve_conj().unsqueeze(-2)) * turn
        return -2 * ctx.step * grads[0].unsqueeze(-2) * total.imag, None, None, None


def whitening(h: Tensor) -> Tensor:
    """The mean square of the entries of `Cov(h) - 1`, the covariance unbiased: `(models, count, dim)` to `(models)`."""
    centred = h - h.mean(-2, keepdim=True)
    covariance = centred.mT @ centred / (h.shape[-2] - 1)
    return (covariance - torch.eye(h.shape[-1], device=h.device, dtype=h.dtype)).square().mean((-2, -1))


def infonce(h: Tensor, h_next: Tensor, sigma: float) -> Tensor:
    """Symmetric InfoNCE with similarity `-‖h - h'‖² / (2 σ²)`: `(models, batch, dim)` twice, to `(models)`."""
    similarity = -torch.cdist(h, h_next).square() / (2 * sigma**2)
    own = similarity.diagonal(dim1=-2, dim2=-1)
    return 0.5 * (similarity.logsumexp(-1) + similarity.logsumexp(-2)).mean(-1) - own.mean(-1)


class Loss(nn.Module):
    """What is minimized: `weight · regularizer + (1 - weight) · A`, or InfoNCE alone.

    `A = 𝔼 ‖h(z') - h(z)‖² / (4 dim)` is the mean square of the distance of each view to the mean of the two: the
    paper's normalization, so that its weights carry over.
    """

    def __init__(self, objective: config.Objective) -> None:
        super().__init__()
        self.objective = objective
        self.sigreg = None
        if isinstance(objective, config.SIGReg):
            self.sigreg = SIGReg(objective.knots, objective.slices, objective.t_max)

    def forward(self, h: Tensor, h_next: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, alignment and regularizer of each model; `generator` draws the slices."""
        align = alignment(h, h_next)
        if isinstance(self.objective, config.InfoNCE):
            loss = infonce(h, h_next, self.objective.sigma)
            return loss, align, loss
        both = torch.cat((h, h_next), dim=-2)
        penalty = whitening(both) if self.sigreg is None else self.sigreg(both, self.sigreg.directions(both, generator))
        weight = self.objective.weight
        return weight * penalty + (1 - weight) * align / (4 * h.shape[-1]), align, penalty

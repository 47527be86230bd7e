"""The objectives (paper, sections 2 and 5; Lean: `Lejepa.alignment`, `Lejepa.eppsPulley`, `Lejepa.IsWhite`).

Embeddings are of shape `(models, batch, dim)`; a loss is a number for each model.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lejepa.training import config

CACHED = 1 << 16  # projections of one model that fill a processor's cache: models then take turns


def alignment(h: Tensor, h_next: Tensor) -> Tensor:
    """`𝔼 ‖h(z') - h(z)‖²` over the batch: `(..., batch, dim)` twice, to `(...)`."""
    return (h_next - h).square().sum(-1).mean(-1)


class SIGReg(nn.Module):
    """Sliced Epps–Pulley statistic: how far random projections of embeddings are from `N(0, 1)`.

    On each of `slices` random unit vectors, with `φ̂` the empirical characteristic function of the `count` projections,
    `count · ∫ |φ̂(t) - exp(-t²/2)|² exp(-t²/2) dt` over `[-t_max, t_max]`, by the trapezoid rule on `knots` points of
    `[0, t_max]` (the integrand is even); then the mean over slices (Balestriero and LeCun 2025). Of the integral over
    `[-3, 3]` 17 knots miss less than a thousandth; the rest of the line holds less than .055 a row.

    The knots are equally spaced, so `exp(i t_k x)` is the `k`-th power of one complex exponential: a complex product
    a knot, not a cosine and a sine.

    `unbiased` puts `(count |φ̂|² - 1) / (count - 1)`, whose mean is `|φ|²`, for `|φ̂|²`; the statistic may then be
    below zero.
    """

    weights: Tensor
    target: Tensor

    def __init__(self, knots: int = 17, slices: int = 256, t_max: float = 3.0, unbiased: bool = False) -> None:
        super().__init__()
        self.slices, self.step, self.unbiased = slices, t_max / (knots - 1), unbiased
        t = torch.linspace(0, t_max, knots, dtype=torch.float64)
        trapezoid = torch.full((knots,), 2 * self.step, dtype=torch.float64)
        trapezoid[[0, -1]] = self.step
        self.register_buffer("target", torch.exp(-(t**2) / 2))  # float64, cast to embeddings' type where used
        self.register_buffer("weights", trapezoid * torch.exp(-(t**2) / 2))

    def directions(self, h: Tensor, generator: torch.Generator | Sequence[torch.Generator]) -> Tensor:
        """Random unit vectors for embeddings `(..., count, dim)`: shape `(..., dim, slices)`.

        Of a sequence, each model along the first axis has a generator of its own.
        """
        if not isinstance(generator, torch.Generator):
            return torch.stack([self.directions(model, g) for model, g in zip(h, generator, strict=True)])
        shape = (*h.shape[:-2], h.shape[-1], self.slices)
        return functional.normalize(torch.randn(shape, generator=generator, device=h.device, dtype=h.dtype), dim=-2)

    def forward(self, h: Tensor, directions: Tensor) -> Tensor:
        """The statistic of each model: `(..., count, dim)` and `(..., dim, slices)` to `(...)`."""
        return self.statistic(h @ directions).mean(-1)

    def statistic(self, x: Tensor) -> Tensor:
        """The Epps–Pulley statistic of projections `(..., count, slices)`, to `(..., slices)`, in float32 at least."""
        x = x.to(torch.promote_types(x.dtype, torch.float32))
        if x.dim() > 2 and x.device.type == "cpu" and x.shape[-2:].numel() >= CACHED:
            return torch.stack([self.statistic(model) for model in x])
        value: Tensor = EppsPulley.apply(  # type: ignore[no-untyped-call]
            x, self.step, self.weights.to(x.dtype), self.target.to(x.dtype), self.unbiased
        )
        return value


class EppsPulley(torch.autograd.Function):
    """`count · Σ_k w_k |φ̂(t_k) - target_k|²` on equally spaced knots, and its derivative by Horner's scheme.

    Neither pass keeps the powers of `exp(i t x)`: the memory is that of one, whatever the number of knots.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, step: float, weights: Tensor, target: Tensor, unbiased: bool) -> Tensor:
        count = x.shape[-2]
        angle = step * x
        turn = torch.complex(angle.cos(), angle.sin())
        power, means = turn.clone(), [turn.mean(-2)]
        for _ in range(2, len(weights)):
            power.mul_(turn)
            means.append(power.mean(-2))
        phi = torch.stack(means)  # (knots - 1, ..., slices)
        shape = (-1, *[1] * (phi.dim() - 1))
        w, goal = weights[1:].reshape(shape), target[1:].reshape(shape)
        gap = phi - goal
        square = gap.real.square() + gap.imag.square()
        if unbiased:
            square = square + (phi.real.square() + phi.imag.square() - 1) / (count - 1)
            gap = gap + phi / (count - 1)
        ctx.save_for_backward(turn, gap, weights)
        ctx.step = step
        return (w * square).sum(0) * count

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None, None]:
        if torch.is_grad_enabled():  # the result would be taken for a constant
            raise RuntimeError("SIGReg: expected one derivative, found create_graph=True, and has no second one")
        turn, gap, weights = ctx.saved_tensors
        # d/dx |gap|² = 2 Re(conj(gap) · i t e^{itx}) / count; summed over knots it is a polynomial in e^{ix·step}
        total = torch.zeros_like(turn)
        for k in range(len(weights) - 1, 0, -1):
            total.add_((weights[k] * k) * gap[k - 1].conj().resolve_conj().unsqueeze(-2)).mul_(turn)
        return -2 * ctx.step * grads[0].unsqueeze(-2) * total.imag, None, None, None, None


def square_distances(a: Tensor, b: Tensor) -> Tensor:
    """`‖aᵢ - bⱼ‖²`, float64: `(..., n, dim)` and `(..., m, dim)` to `(..., n, m)`.

    In double precision and moved together to around the origin, so that neither a far origin nor a wide spread drowns
    the distance of close points.
    """
    a, b = a.double(), b.double()
    centre = a.detach().mean(-2, keepdim=True)
    a, b = a - centre, b - centre
    squares = a.square().sum(-1).unsqueeze(-1) + b.square().sum(-1).unsqueeze(-2)
    return (squares - 2 * a @ b.mT).clamp(min=0)


def mmd(h: Tensor, sigma: float) -> Tensor:
    """Unbiased squared discrepancy of embeddings to `N(0, 1)`: `(..., count, dim)` to `(...)`.

    With `k(x, y) = exp(-‖x - y‖² / (2 σ²))`: the mean of `k` over pairs of different embeddings, less twice the mean of
    `𝔼 k(h, z) = (σ² / (σ² + 1))^{n/2} exp(-‖h‖² / (2 (σ² + 1)))`, plus `𝔼 k(z, z') = (σ² / (σ² + 2))^{n/2}`; times
    `count`, as SIGReg's statistic. Its mean is `count` times the law's where embeddings are independent.
    """
    count, dim = h.shape[-2:]
    inner = torch.exp(-square_distances(h, h) / (2 * sigma**2))
    own = inner.diagonal(dim1=-2, dim2=-1).sum(-1)
    pairs = (inner.sum((-2, -1)) - own) / (count * (count - 1))
    square = h.double().square().sum(-1)
    cross = (sigma**2 / (sigma**2 + 1)) ** (dim / 2) * torch.exp(-square / (2 * (sigma**2 + 1))).mean(-1)
    value: Tensor = count * (pairs - 2 * cross + (sigma**2 / (sigma**2 + 2)) ** (dim / 2))
    return value.to(h.dtype)


def whitening(h: Tensor) -> Tensor:
    """The mean square of the entries of `Cov(h) - 1`, the covariance unbiased: `(..., count, dim)` to `(...)`."""
    centred = h - h.mean(-2, keepdim=True)
    centred = centred - centred.mean(-2, keepdim=True)  # what rounding left of a far mean
    covariance = centred.mT @ centred / (h.shape[-2] - 1)
    return (covariance - torch.eye(h.shape[-1], device=h.device, dtype=h.dtype)).square().mean((-2, -1))


def infonce(h: Tensor, h_next: Tensor, sigma: float) -> Tensor:
    """Symmetric InfoNCE with similarity `-‖h - h'‖² / (2 σ²)`: `(models, batch, dim)` twice, to `(models)`."""
    similarity = -square_distances(h, h_next) / (2 * sigma**2)
    own = similarity.diagonal(dim1=-2, dim2=-1)
    value = 0.5 * (similarity.logsumexp(-1) + similarity.logsumexp(-2)).mean(-1) - own.mean(-1)
    return value.to(h.dtype)


class Loss(nn.Module):
    """What is minimized: `weight · regularizer + (1 - weight) · A`, or InfoNCE alone.

    `A = 𝔼 ‖h(z') - h(z)‖² / (4 dim)` is the mean square of the distance of each view to the mean of the two: the
    paper's normalization, so that its weights carry over.

    The regularizer is the mean of that of `h` and that of `h'`: rows of one view are independent of one another, as
    its statistics take them to be. `pooled` puts both views into one: then what two views of a pair have in common
    counts as a departure from `N(0, 1)`, which pushes them apart, and `unbiased` isn't. Statistics of SIGReg and MMD
    grow with the rows, so the weight `w` of pooled views is the weight `2 w / (1 + w)` of single ones.
    """

    def __init__(self, objective: config.Objective) -> None:
        super().__init__()
        self.objective = objective
        self.sigreg = None
        if isinstance(objective, config.SIGReg):
            self.sigreg = SIGReg(objective.knots, objective.slices, objective.t_max, objective.unbiased)

    def forward(self, h: Tensor, h_next: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, alignment and regularizer of each model; `generator` draws the slices, the same for both views."""
        align = alignment(h, h_next)
        if isinstance(self.objective, config.InfoNCE):
            loss = infonce(h, h_next, self.objective.sigma)
            return loss, align, loss
        views = torch.cat((h, h_next), dim=-2)[None] if self.objective.pooled else torch.stack((h, h_next))
        if self.sigreg is not None:
            penalty = self.sigreg(views, self.sigreg.directions(h, generator))
        elif isinstance(self.objective, config.MMD):
            penalty = mmd(views, self.objective.sigma)
        else:
            penalty = whitening(views)
        penalty = penalty.mean(0)
        weight = self.objective.weight
        return weight * penalty + (1 - weight) * align / (4 * h.shape[-1]), align, penalty

"""InfoNCE: each embedding is to be told from the others by its partner."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision, positive, wide
from lejepa.objectives.distances import nearness, together

NEGLIGIBLE = 200.0  # what lies further below the greatest is taken as so far below: its exponential is below rounding


class InfoNCE(Objective):
    """Symmetric InfoNCE with a Gaussian kernel, the other rows of the batch as negatives.

    With `s_ij = -‖h_i - h'_j‖² / (2 σ²)` over the `N` rows, the value is

        (1/N) Σ_i ( (log Σ_j exp s_ij + log Σ_j exp s_ji) / 2 - s_ii ),

    the mean of two cross entropies whose classes are the rows. It is at least 0, and `log N` if all embeddings are one
    point. Distances are taken in float64. Time and memory are quadratic in the rows.

    Weights: it is the `infonce_loss` of arXiv 2605.26379 with the same `σ`, and is minimized alone, without a weight.
    The LeJEPA reference (arXiv 2511.08544) has none.

    Args:
        sigma: Width `σ` of the kernel. `σ² = 1/2` is a temperature of 1 for squared distances.
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.

    Raises:
        ValueError: If `sigma` is not above 0; and when called, as `Objective` says.
    """

    def __init__(self, sigma: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.sigma = positive("sigma", sigma)

    def forward(self, h: Tensor, h_next: Tensor) -> Tensor:
        """The value.

        Args:
            h: Embeddings of states, of shape `(..., rows, dim)`.
            h_next: Embeddings of their successors, of the same shape.

        Returns:
            A value for each index of the leading axes: shape `(...)`.
        """
        (h, h_next), rows = self.prepared(h=h, h_next=h_next)
        with full_precision(h):
            a, b = wide(h) / self.sigma, wide(h_next) / self.sigma
            if len(rows.counts) == 1:
                ahead, back = log_sums(a, b)
            else:
                (ahead,) = log_sums(a, rows.gather(b), rows.first, (-1,))
                (back,) = log_sums(b, rows.gather(a), rows.first, (-1,))
            each = (ahead + back + (a - b).square().sum(-1)) / 2
            value = rows.sum(each.sum(-1)) / rows.total
            return self.finite(value.to(h.dtype), rows, "h, h_next")

    def extra_repr(self) -> str:
        return f"sigma={self.sigma}"


def log_sums(a: Tensor, b: Tensor, first: int = 0, axes: tuple[int, ...] = (-1, -2)) -> tuple[Tensor, ...]:
    """For each axis the logarithm of the sum along it of `exp sᵢⱼ`, `sᵢⱼ = -‖aᵢ - bⱼ‖² / 2`. Any number of derivatives.

    `(..., n, dim)` and `(..., m, dim)`; along axis -1 a value for each row of `a`, along -2 for each of `b`. Row
    `first + i` of `b` is the partner of row `i` of `a`.
    """
    a, b = together(a, b)
    if torch.compiler.is_compiling():
        near = nearness(a, b, first)
        floors = (near.detach().amax(axis, keepdim=True) - NEGLIGIBLE for axis in axes)
        return tuple(torch.where(near < low, low, near).logsumexp(axis) for axis, low in zip(axes, floors, strict=True))
    return LogSums.apply(a, b, first, *axes)[: len(axes)]  # type: ignore[no-any-return, no-untyped-call]


class LogSums(torch.autograd.Function):
    """The sums, from one product of matrices, and their derivatives, from the share of each exponential in its sum.

    Where the derivative itself is to be differentiated, as for a gradient penalty and within `torch.func`, it is taken
    by the plain formula, from the points.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(a: Tensor, b: Tensor, first: int, *axes: int) -> tuple[Tensor, ...]:
        near, sums, shares = nearness(a, b, first), [], []
        for axis in axes:
            greatest = near.amax(axis, keepdim=True)
            # no subnormal numbers, over which a processor takes many times as long
            share = torch.threshold_(near - greatest, -NEGLIGIBLE, -NEGLIGIBLE).exp_()
            total = share.sum(axis, keepdim=True)
            sums.append((total.log() + greatest).squeeze(axis))
            shares.append(share.div_(total))
        return *sums, *shares

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        a, b, ctx.first, *ctx.axes = inputs
        shares = output[len(ctx.axes) :]
        ctx.mark_non_differentiable(*shares)
        ctx.save_for_backward(a, b, *shares)
        ctx.save_for_forward(a, b, *shares)  # vmap wants both to be the same

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        a, b, *shares = ctx.saved_tensors
        if torch.is_grad_enabled():
            near = nearness(a, b, ctx.first)
            shares = [near.softmax(axis) for axis in ctx.axes]
        slopes = [grad.unsqueeze(axis) for axis, grad in zip(ctx.axes, grads, strict=False)]
        w = shares[0] * slopes[0]
        for share, slope in zip(shares[1:], slopes[1:], strict=True):
            w = torch.addcmul(w, share, slope)
        by_a, by_b = w @ b - w.sum(-1).unsqueeze(-1) * a, w.mT @ a - w.sum(-2).unsqueeze(-1) * b
        return by_a, by_b, None, *(None for _ in ctx.axes)

    @staticmethod
    def jvp(ctx: Any, da: Tensor, db: Tensor, *others: None) -> tuple[Tensor | None, ...]:
        a, b, *_ = ctx.saved_tensors
        moved = da @ b.mT + a @ db.mT - (a * da).sum(-1).unsqueeze(-1) - (b * db).sum(-1).unsqueeze(-2)
        near = nearness(a, b, ctx.first)
        return *((near.softmax(axis) * moved).sum(axis) for axis in ctx.axes), *(None for _ in ctx.axes)

"""The Epps–Pulley statistic: how far the law of numbers is from `N(0, 1)`, by characteristic functions."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Product, wide
from lejepa.objectives.processes import Rows

CACHED = 1 << 16  # numbers that a processor's cache holds with their powers: models, and blocks of slices, take turns
BLOCK = 32  # a block has a multiple of so many slices, whole registers of every processor


def epps_pulley(
    x: Tensor, centre: Tensor, rows: Rows, *, knots: int = 17, t_max: float = 3.0, unbiased: bool = False
) -> Tensor:
    """The statistic of the columns of `x + centre`: `(..., own, slices)` and `(..., 1, slices)` to `(..., slices)`.

    With `φ̂` the empirical characteristic function of the `total` rows, `total · ∫ |φ̂(t) - exp(-t²/2)|² exp(-t²/2) dt`
    over `[-t_max, t_max]`, by the trapezoid rule on `knots` points of `[0, t_max]`, since the integrand is even.
    `unbiased` puts `(total |φ̂|² - 1) / (total - 1)`, whose mean is `|φ|²`, for `|φ̂|²`.

    The centre, a constant in float64, turns `φ̂` by `exp(i t centre)`: far from 0, `x + centre` would be too coarse.
    """
    step = t_max / (knots - 1)
    t = step * torch.arange(1, knots, dtype=centre.dtype, device=x.device).reshape(-1, *[1] * (x.dim() - 1))
    target = torch.exp(-t.square() / 2)  # at t = 0 both characteristic functions are 1
    weight = 2 * step * target * torch.where(t < t[-1], 1.0, 0.5)
    target, weight = target.to(x.dtype), weight.to(x.dtype)
    turn = t * centre.squeeze(-2)
    cos, sin = turn.cos().to(x.dtype), turn.sin().to(x.dtype)
    real, imaginary = characteristic_sums(step * x, knots - 1)
    sums = torch.stack((cos * real - sin * imaginary, sin * real + cos * imaginary))
    real, imaginary = rows.sum(sums) / rows.total
    square = (real - target).square() + imaginary.square()
    if unbiased:
        square = square + (real.square() + imaginary.square() - 1) / (rows.total - 1)
    value: Tensor = (weight * square).sum(0) * rows.total
    return value


def projected(h: Tensor, directions: Tensor, rows: Rows, product: Product = torch.matmul) -> tuple[Tensor, Tensor]:
    """Projections in two parts: `(h - c) @ directions`, and `c @ directions` in float64, where `c` is the mean row.

    Far from 0 the second part is what would suffer from directions that are rounded.
    """
    c = h.detach().sum(-2, keepdim=True) / max(rows.own, 1)
    return product(h - c, directions.to(h.dtype)), wide(c) @ directions


def characteristic_sums(angle: Tensor, count: int) -> Tensor:
    """The sums over rows of `cos(k angle)` and of `sin(k angle)`, `k = 1..count`.

    `(..., rows, slices)` to `(2, count, ..., slices)`. Any number of derivatives.
    """
    if torch.compiler.is_compiling():  # which fuses the plain formula, and takes minutes over a recurrence
        k = torch.arange(1, count + 1, dtype=angle.dtype, device=angle.device).reshape(-1, *[1] * angle.dim())
        return torch.stack(((k * angle).cos().sum(-2), (k * angle).sin().sum(-2)))
    rows, slices = angle.shape[-2:]
    if angle.device.type == "cpu" and rows * slices >= CACHED:
        if angle.dim() > 2:
            return torch.stack([characteristic_sums(model, count) for model in angle], dim=2)
        block = max(BLOCK, CACHED // rows // BLOCK * BLOCK)
        if block < slices:
            return torch.cat([characteristic_sums(part, count) for part in torch.split(angle, block, dim=-1)], dim=-1)
    sums: Tensor = CharacteristicSums.apply(angle, count)  # type: ignore[no-untyped-call]
    return sums


def harmonics(angle: Tensor, count: int) -> list[tuple[Tensor, Tensor]]:
    """`cos(k angle)` and `sin(k angle)` for `k = 1..count`, by the addition theorems."""
    cos, sin = angle.cos(), angle.sin()
    found = [(cos, sin)]
    for _ in range(1, count):
        c, s = found[-1]
        found.append((c * cos - s * sin, s * cos + c * sin))
    return found


class CharacteristicSums(torch.autograd.Function):
    """The sums as powers of one complex exponential, and their derivative by Horner's scheme.

    A complex product takes the place of a cosine and a sine; and neither pass keeps the powers, so that the memory is
    that of one, whatever the number of knots. Where the derivative itself is to be differentiated, as for a gradient
    penalty and within `torch.func`, it is taken by the plain formula, from the angles.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(angle: Tensor, count: int) -> Tensor:
        turn = torch.complex(angle.cos(), angle.sin())
        power, sums = turn.clone(), [turn.sum(-2)]
        for _ in range(1, count):
            power.mul_(turn)
            sums.append(power.sum(-2))
        together = torch.stack(sums)
        return torch.stack((together.real, together.imag))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        angle, ctx.count = inputs
        ctx.save_for_backward(angle)
        ctx.save_for_forward(angle)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (angle,) = ctx.saved_tensors
        by_cos, by_sin = (g.unsqueeze(-2) for g in grads[0])
        if torch.is_grad_enabled():
            parts = [
                k * (by_sin[k - 1] * c - by_cos[k - 1] * s) for k, (c, s) in enumerate(harmonics(angle, ctx.count), 1)
            ]
            return torch.stack(parts).sum(0), None
        # Σ_k k (by_sin_k cos kθ - by_cos_k sin kθ) is minus the imaginary part of a polynomial in exp(iθ)
        turn, coefficients = torch.complex(angle.cos(), angle.sin()), torch.complex(by_cos, -by_sin)
        polynomial = ctx.count * coefficients[-1] * turn
        for k in range(ctx.count - 1, 0, -1):
            polynomial.add_(k * coefficients[k - 1]).mul_(turn)
        return -polynomial.imag, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor) -> Tensor:
        (angle,), moved = ctx.saved_tensors, tangents[0]
        parts = [
            (-k * (s * moved).sum(-2), k * (c * moved).sum(-2))
            for k, (c, s) in enumerate(harmonics(angle, ctx.count), 1)
        ]
        return torch.stack([torch.stack(part) for part in zip(*parts, strict=True)])

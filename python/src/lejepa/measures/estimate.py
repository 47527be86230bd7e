"""Estimates with standard errors, and the norm of a mean matrix without the bias of its sampling noise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

PROBES = 300  # rows, evenly over the sample, whose products with one another tell how far noise spreads


@dataclass(frozen=True)
class Estimate:
    """A number and its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class NormEstimate:
    """The norm `‖E‖` of the mean `E` of `count` independent random matrices.

    The squared norm of the sample mean exceeds `‖E‖²` by `tr Σ / count` on average, `Σ` the covariance of one matrix;
    that is taken off (the U-statistic over different rows). With `V` the result,

        𝔼 V = ‖E‖²,    Var V = 4 ⟨E, Σ E⟩ / count + 2 tr Σ² / count².

    The first part is taken as `4 V ⟨u, Σ u⟩ / count`, `u` the sample mean's direction, and 0 where `V < 0`: in the
    plain one the sample mean's own noise counts twice more.

    square: `V`, below 0 as often as not where `E = 0`.
    influence: what each row adds to `V` by the first part, less the mean: `(count,)`.
    flat: `2 tr Σ² / count²`, the variance of `V` that is left at `E = 0`.
    error: standard error of `V`.
    """

    square: float
    influence: Tensor
    flat: float
    error: float

    @property
    def norm(self) -> Estimate:
        """`√max(V, 0)`, and how much greater it is where `V` is greater by its standard error: finite at 0 too."""
        value = sqrt(max(self.square, 0))
        return Estimate(value, sqrt(max(self.square, 0) + self.error) - value)


def unbiased_norm(mean: Tensor, noise: Tensor, along: Tensor, inner: Callable[[Tensor], Tensor]) -> NormEstimate:
    """`NormEstimate` from what is known row by row.

    mean: `Ē`, `(n, n)`. noise: estimate of `tr Σ / count`. along: `⟨Ē, E_i - Ē⟩` of each row, `(count,)`.
    inner: from the numbers of `m` rows to the inner products `⟨E_i - Ē, E_j - Ē⟩`, `(m, m)`; the mean square of those
    of different rows is `tr Σ²`.
    """
    count = len(along)
    flat = 2 * off_diagonal(inner(probes(count, along.device)).square()) / count**2
    plain = mean.square().sum()
    square = plain - noise
    influence = 2 * along * (square.clamp(min=0) / plain.clamp(min=1e-300)).sqrt()
    variance = influence.square().sum() / (count * (count - 1)) + flat
    return NormEstimate(square.item(), influence, flat.item(), variance.sqrt().item())


def probes(count: int, device: torch.device) -> Tensor:
    """Some rows of so many, evenly over them."""
    return torch.linspace(0, count - 1, min(PROBES, count), device=device).round().long()


def off_diagonal(products: Tensor) -> Tensor:
    """The mean of a square matrix, `(m, m)`, off its diagonal."""
    return (products.sum() - products.diagonal().sum()) / (len(products) * (len(products) - 1))


def dots(x: Tensor, y: Tensor) -> Tensor:
    """The inner products of rows: `(count, n)` twice, to `(count,)`."""
    return torch.einsum("ij,ij->i", x, y)


def fields(found: Mapping[str, Estimate]) -> dict[str, float]:
    """Each number by its name, and its standard error by `name_error`."""
    return {k: v for name, x in found.items() for k, v in ((name, x.value), (f"{name}_error", x.error))}


def mean(values: Tensor) -> Estimate:
    """The mean of independent values `(count,)`."""
    return Estimate(values.mean().item(), standard_error(values))


def ratio(values: Tensor, base: Tensor) -> Estimate:
    """The ratio of two means over the same independent cases, `(count,)` each, its error by the delta method."""
    value = values.mean() / base.mean()
    return Estimate(value.item(), standard_error(values - value * base) / abs(base.mean().item()))


def standard_error(values: Tensor) -> float:
    """Of the mean of independent values `(count,)`."""
    return float(values.std()) / sqrt(len(values))

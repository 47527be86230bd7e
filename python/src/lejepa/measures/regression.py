"""Linear regression at any rank and scale, and the share of the variance that it explains on rows it was not fitted on.

Rows are samples, taken to be independent; everything has an intercept.
"""

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures.estimate import Estimate, NormEstimate, dots, unbiased_norm

CONSTANT = 1e-12  # a column whose deviation is below so much of its greatest entry is rounding
TOLERANCE = 1e-10  # singular values of the scaled columns, relative to the greatest, below which they are dependent
FOLDS = 10
WELL = 1e-4  # least eigenvalue of a Gram matrix, relative to the greatest, at which its roots are right to 12 digits
LEVERAGE = 1e-8  # a direction of which the other folds hold less than this share is not fitted


@dataclass(frozen=True)
class Span:
    """An orthonormal basis of the centred columns of `x`, `(count, n)`, of numerical rank `r`.

    Columns are scaled to unit length before they are decomposed, so that neither units nor zero, repeated or dependent
    columns matter: those leave the span as it is.

    basis: `(count, r)`. back: `(n, r)`, with `(x - mean) @ back = basis`.
    """

    basis: Tensor
    back: Tensor

    @property
    def rank(self) -> int:
        """0 where no column varies, as `varying` has it."""
        return self.basis.shape[1]


def varying(x: Tensor) -> Tensor:
    """Which columns of `(count, n)` are not constant up to rounding: `(n,)`."""
    return lengths(unit(x)[0]) > CONSTANT * sqrt(len(x))


def lengths(x: Tensor) -> Tensor:
    """Of the columns of `(count, n)`: `(n,)`."""
    return torch.einsum("ij,ij->j", x, x).sqrt()


def unit(x: Tensor) -> tuple[Tensor, Tensor]:
    """Columns divided by their greatest entries, then centred; and the divisors, 1 for a column of zeros."""
    peak = x.abs().amax(0)
    peak = torch.where(peak > 0, peak, 1)
    scaled = x / peak
    scaled = scaled - scaled.mean(0)
    return scaled - scaled.mean(0), peak


def span(x: Tensor) -> Span:
    """The span of `x`, float64 of shape `(count, n)`."""
    centred, peak = unit(x)
    length = lengths(centred)
    scale = torch.where(length > CONSTANT * sqrt(len(x)), 1 / length, 0)
    scaled = centred * scale
    values, vectors = torch.linalg.eigh(scaled.T @ scaled)  # a fifth of the time of what follows
    if bool(values[0] > WELL * values[-1]):
        turn = vectors / values.sqrt()
        return Span(scaled @ turn, (scale / peak)[:, None] * turn)
    q, r = torch.linalg.qr(scaled)
    u, s, vt = torch.linalg.svd(r, full_matrices=False)
    kept = s > TOLERANCE * s[0]
    back = (scale / peak)[:, None] * vt[kept].T / s[kept]
    return Span(q @ u[:, kept], back)


def checked(name: str, x: Tensor) -> Tensor:
    """Float64 of shape `(count, n)`; one sentence for the user where it is not that, or not finite."""
    if x.dim() != 2 or x.shape[1] == 0:
        raise UserError(f"{name}: expected an array of two axes (samples, coordinates), found shape {tuple(x.shape)}")
    x = x.double()
    if not torch.isfinite(x).all():
        raise UserError(f"{name}: expected finite numbers, found {int((~torch.isfinite(x)).sum())} that are not")
    return x


def least_rows(columns: int) -> int:
    """The fewest rows on which so many columns are regressed: twice as many and two, and two for each fold."""
    return max(2 * columns + 2, 2 * FOLDS)


def explained(x: Tensor, y: Tensor) -> Estimate:
    """Return R²: the share of the variance of `y`, over all coordinates, that an affine map of `x` explains.

    Rows are cut into ten contiguous folds, and each fold is predicted by the least-squares fit to the others:

        R² = 1 - Σ ‖y - prediction‖² / Σ ‖y - mean of the other folds‖²

    So a constant explains exactly 0, and noise explains about `-n / count`: a little below 0, where a fit scored on its
    own rows would have `n / count`. `1 - R²` is too great by a share of about `n / count`. The standard error is that
    of the ratio of two means over independent rows, by the delta method.

    Args:
        x: Regressors of shape `(count, n)`.
        y: Targets of shape `(count, m)`.

    Returns:
        R² and its standard error.

    Raises:
        UserError: If `x` and `y` differ in rows, there are fewer rows than `least_rows(n)`, a number is not finite, or
            `y` does not vary.
    """
    x, y = regressed(x, y)
    return explained_by(span(x), y)


def regressed(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Regressors and targets in float64, where there are rows enough and targets that vary."""
    x, y = checked("regressors", x), checked("targets", y)
    if len(y) != len(x):
        raise UserError(f"expected as many regressors as targets, found {len(x)} and {len(y)}")
    if len(x) < least_rows(x.shape[1]):
        raise UserError(
            f"R² on {x.shape[1]} coordinates: expected at least {least_rows(x.shape[1])} samples, found {len(x)}"
        )
    if not varying(y).any():
        raise UserError(f"R²: expected targets that vary, found {len(y)} samples that are all the same")
    return x, y


def explained_in_sample(x: Tensor, y: Tensor) -> float:
    """The same share on the very rows that the regression was fitted to, as the paper's code has it.

    It is too great: of noise by noise about `n / count`, and `1 - R²` too small by that share. Shapes and errors are
    those of `explained`.
    """
    x, y = regressed(x, y)
    y = y - y.mean(0)
    return float((span(x).basis.T @ y).square().sum() / y.square().sum())


def explained_by(of: Span, y: Tensor, *, white: bool = False) -> Estimate:
    """`explained`, of regressors whose span is known, and of targets that vary.

    white: the targets were made so by their own covariance `C`, and the error counts that of `C`. With `R` the
    covariance of what is not explained, `1 - R²` is `tr(C⁻¹ R) / m`, which row `i` moves by `‖eᵢ‖² - yᵢ·R yᵢ`.
    """
    count = len(y)
    intercept = torch.full((count, 1), count**-0.5, dtype=y.dtype, device=y.device)
    basis, y = torch.cat((intercept, of.basis), dim=1), y - y.mean(0)
    folds = list(zip(basis.tensor_split(FOLDS), y.tensor_split(FOLDS), strict=True))
    products = [u.T @ v for u, v in folds]
    total = torch.stack(products).sum(0)
    one = torch.eye(basis.shape[1], dtype=y.dtype, device=y.device)
    left: list[Tensor] = []
    spread: list[Tensor] = []
    for (u, v), product in zip(folds, products, strict=True):
        error = v - u @ solve(one - u.T @ u, total - product)
        apart = v + v.sum(0) / (count - len(v))  # from the mean of the other folds, since all together have mean 0
        left.append(dots(error, error))
        spread.append(dots(apart, apart))
    residual, variance = torch.cat(left), torch.cat(spread)
    share = residual.sum() / variance.sum()
    explains = share * variance
    if white:
        fitted = of.basis.T @ y
        explains = dots(y, y - y @ (fitted.T @ fitted) / count)
    deviation = (residual - explains).std() / (variance.mean() * count**0.5)
    return Estimate(1 - share.item(), deviation.item())


def solve(gram: Tensor, right: Tensor) -> Tensor:
    """`gram⁻¹ right` for a positive semidefinite `gram ≤ 1`, without the directions in which it is below LEVERAGE."""
    factor, failed = torch.linalg.cholesky_ex(gram)
    solution: Tensor
    if not failed and bool(factor.diagonal().min() > LEVERAGE**0.5):
        solution = torch.cholesky_solve(right, factor)
    else:
        values, vectors = torch.linalg.eigh(gram)
        vectors = vectors[:, values > LEVERAGE]
        solution = vectors @ ((vectors.T @ right) / values[values > LEVERAGE, None])
    return solution


def orthogonality(of: Span, y: Tensor, *, white: bool = False) -> NormEstimate:
    """`‖AᵀA - 1‖_F` of the regression matrix `A` of `y` on `x`, without the bias that its sampling noise adds.

    To first order row `i` moves `A` by `eᵢ wᵢᵀ`, with `eᵢ` its residual and `wᵢ = (xᵀx)⁻¹ xᵢ`, and so `AᵀA` by
    `aᵢ wᵢᵀ + wᵢ aᵢᵀ` with `aᵢ = Aᵀ eᵢ`; to second order `AᵀA` is too great by `Σ ‖eᵢ‖² wᵢ wᵢᵀ`.

    white: `x` was made so by its own covariance, whose error counts too. It turns `A` into `A (1 + Δ)^{1/2}`, where row
    `i` moves `Δ` by `(xᵢ xᵢᵀ - 1) / count`, and so `B = AᵀA` by `(Δ B + B Δ) / 2`: with `aᵢ + B xᵢ / 2` in place of
    `aᵢ`, by what is above less `B / count`.
    """
    count, rank = of.basis.shape
    y = y - y.mean(0)
    a = of.back @ (of.basis.T @ y)  # its transpose is A
    e = (y - (of.basis @ (of.basis.T @ y))) * sqrt(count / (count - rank - 1))
    w, moved = of.basis @ of.back.T, e @ a.T
    square = a @ a.T - w.T @ (w * dots(e, e)[:, None])
    defect = square - torch.eye(len(square), dtype=y.dtype, device=y.device)
    if white:
        moved = moved + count / 2 * w @ square
    noise = 2 * (dots(moved, moved) @ dots(w, w) + dots(moved, w).square().sum())
    along = 2 * count * dots(w @ defect, moved)

    def inner(i: Tensor) -> Tensor:
        m, v = moved[i], w[i]
        return 2.0 * count * count * ((m @ m.T) * (v @ v.T) + (m @ v.T) * (v @ m.T))

    if not white:
        return unbiased_norm(defect, noise, along, inner)
    mean = square.square().sum()
    on_mean = 2 * count * dots(w @ square, moved)
    return unbiased_norm(
        defect,
        noise - mean / count,
        along - (defect * square).sum(),
        lambda i: inner(i) - on_mean[i, None] - on_mean[i] + mean,
    )

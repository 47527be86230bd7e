"""Whitening: alignment as it would be were the embedding white."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision, wide
from lejepa.objectives.covariance import centred, covariance
from lejepa.objectives.processes import Rows

FLOOR = 1e-13  # of eigenvalues, relative to the greatest
LEAST_SPREAD = 1e-12  # deviation along a direction, relative to the numbers, that float64 tells from 0


class Whitening(Objective):
    """The alignment of the whitened embedding, `tr(C⁻¹ M)`: a Rayleigh quotient, with no weight to choose.

        C = (Cov(h) + Cov(h')) / 2,    M = (1/N) Σ_j (h'_j - h_j)(h'_j - h_j)ᵀ,

    with the unbiased covariances of the two views over the `N` rows. `C^{-1/2} (h - 𝔼 h)` is white, and its alignment
    is `tr(C⁻¹ M)`. So the value does not change when one invertible affine map is applied to both views. Over a
    population of the paper's world it is at least `2 (1 - ρ) dim`, by the theorem on white encoders. With as many
    dimensions as latents this is the minimum, reached exactly if the embedding is an invertible affine map of the
    latents (Lean: `le_alignment_of_isWhite`, `alignment_eq_iff_of_isWhite`). With more dimensions the minimum is
    greater (Lean: `exists_readout_of_isWhite`). It is the objective of slow feature analysis. Whiten the embedding
    afterwards to have the orthogonal map of the theorem, or add VICReg, which is 0 there.

    The value is taken in float64, for any condition of `C` that the numbers of `h` can express: a constant map first
    brings rows near to white, which changes neither the value nor a derivative. The fewer rows, the more of a minimum
    is sampling; and if `2 (N - 1) < dim`, `C` is singular.

    Weights: the alignment is `4 * dim` times the prediction term of the papers (`Alignment`). Neither has this
    objective, and there is no weight to convert.

    Args:
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.

    Raises:
        ValueError: When called with a singular `C`, that is, if in some direction embeddings vary by no more than the
            rounding of their numbers; and as `Objective` says. If `check_finite` is off, or values cannot be looked at,
            the value is NaN then, or one of rounding.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def forward(self, h: Tensor, h_next: Tensor) -> Tensor:
        """The value.

        Args:
            h: Embeddings of states, of shape `(..., rows, dim)`.
            h_next: Embeddings of their successors, of the same shape.

        Returns:
            A value for each index of the leading axes: shape `(...)`.
        """
        kinds = [x.dtype for x in (h, h_next) if isinstance(x, Tensor) and x.is_floating_point()]
        (h, h_next), rows = self.prepared(h=h, h_next=h_next)
        with full_precision(h):
            x, y = wide(h), wide(h_next)
            a, b = centred(x, rows), centred(y, rows)
            near, spread = whitener(a.detach(), b.detach(), magnitude(x.detach(), y.detach(), rows), rows)
            if self.check_finite and not torch.compiler.is_compiling():
                check_full(spread, max(torch.finfo(kind).eps for kind in kinds), rows.total)
            factor, info = torch.linalg.cholesky_ex(pooled(a @ near, b @ near, rows))
            step = torch.linalg.solve_triangular(factor.mT, (y - x) @ near, upper=True, left=False)
            value = rows.sum(step.square().sum((-2, -1))) / rows.total
            value = torch.where(info == 0, value, torch.nan).to(h.dtype)
            return self.finite(value, rows, "h, h_next")


def pooled(a: Tensor, b: Tensor, rows: Rows) -> Tensor:
    """The mean of the covariances of two centred views."""
    return (covariance(a, rows) + covariance(b, rows)) / 2


def magnitude(x: Tensor, y: Tensor, rows: Rows) -> Tensor:
    """The root mean square of each coordinate, 1 where it is 0: `(..., dim)`."""
    square = rows.sum(x.square().sum(-2) + y.square().sum(-2)) / (2 * rows.total)
    return torch.where(square > 0, square, 1).sqrt()


def whitener(a: Tensor, b: Tensor, scale: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
    """A map that makes centred rows nearly white, `(..., dim, dim)`, and how much they vary along each of its columns.

    Coordinates are taken in units of `scale`, and the deviation along a column is of a unit vector there. Eigenvalues
    below the floor are those of rounding; what embeddings really vary along their vectors is taken afterwards.
    """
    near = torch.diag_embed(1 / scale)
    found = torch.nan_to_num(pooled(a @ near, b @ near, rows), posinf=0, neginf=0)
    values, vectors = torch.linalg.eigh(found)
    near = near @ vectors / values.clamp(min=FLOOR * values[..., -1:].clamp(min=FLOOR)).sqrt().unsqueeze(-2)
    deviation = pooled(a @ near, b @ near, rows).diagonal(dim1=-2, dim2=-1).clamp(min=0).sqrt()
    return near, deviation / (near * scale.unsqueeze(-1)).norm(dim=-2)


def check_full(spread: Tensor, rounding: float, count: int) -> None:
    """Raise where embeddings do not vary along a direction."""
    try:
        flat = int((spread <= max(rounding, LEAST_SPREAD)).sum(-1).max())
    except RuntimeError:  # within torch.func.vmap
        return
    if flat:
        dim = spread.shape[-1]
        raise ValueError(
            f"h, h_next: expected embeddings that vary in all {dim} directions, so that their covariance is not "
            f"singular, found {flat} in which {count} rows do not"
        )

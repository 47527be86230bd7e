"""VICReg: the covariance of embeddings is to be the identity."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision
from lejepa.objectives.covariance import centred, covariance


class VICReg(Objective):
    """The variance and covariance terms of VICReg, as squares: `‖Cov(h) - 1‖²_F / dim²`.

    With `Cov(h) = Σ_j (h_j - h̄)(h_j - h̄)ᵀ / (N - 1)` over the `N` rows, it is the mean square of the `dim²` entries of
    `Cov(h) - 1`: 0 exactly if the sample is white but for its mean (Lean: `Lejepa.IsWhite`).

    Weights: it is the `whitening_loss` of arXiv 2605.26379, which takes both views as one batch,
    `VICReg()(torch.cat((h, h_next)))`. The objective is `λ * VICReg + (1 - λ) * Alignment / (4 * dim)` with the same
    `λ`. The LeJEPA reference (arXiv 2511.08544) has none. VICReg as first published (arXiv 2105.04906) asks only that
    standard deviations are at least 1, by a hinge, and weights the two terms separately.

    Args:
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def forward(self, h: Tensor) -> Tensor:
        """The value.

        Args:
            h: Embeddings of shape `(..., rows, dim)`.

        Returns:
            A value for each index of the leading axes: shape `(...)`.
        """
        (h,), rows = self.prepared(h=h)
        dim = h.shape[-1]
        with full_precision(h) as product:
            h = centred(h, rows)
            if rows.own == rows.total < dim:  # the smaller of two products, whose eigenvalues other than 0 are the same
                small = product(h, h.mT) / (rows.total - 1)
                value = (from_identity(small) + dim - rows.total) / dim**2
            else:
                value = from_identity(covariance(h, rows, product)) / dim**2
            return self.finite(value, rows, "h")


def from_identity(matrices: Tensor) -> Tensor:
    """`‖M - 1‖²_F` of square matrices: `(..., size, size)` to `(...)`."""
    size = matrices.shape[-1]
    return (matrices - torch.eye(size, device=matrices.device, dtype=matrices.dtype)).square().sum((-2, -1))

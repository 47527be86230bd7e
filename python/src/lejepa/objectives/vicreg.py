"""VICReg: the covariance of embeddings is to be the identity."""

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision
from lejepa.objectives.covariance import centred, covariance


class VICReg(Objective):
    """The variance and covariance terms of VICReg, as squares: `‖Cov(h) - 1‖²_F / dim²`.

    `Cov(h) = Σ_j (h_j - h̄)(h_j - h̄)ᵀ / (N - 1)` over the `N` rows: the mean square of the `dim²` entries of
    `Cov(h) - 1`. It is 0 exactly where the sample is white but for its mean (Lean: `Lejepa.IsWhite`).

    h: embeddings `(..., rows, dim)`; the value is of shape `(...)`.

    Symbols and weights: the `whitening_loss` of arXiv 2605.26379, which takes both views as one batch,
    `VICReg()(torch.cat((h, h_next)))`; the objective is `λ VICReg + (1 - λ) Alignment / (4 dim)` with the same `λ`.
    The LeJEPA reference (arXiv 2511.08544) has none. VICReg as first published (arXiv 2105.04906) asks only that
    deviations are at least 1, by a hinge, and weighs the two terms apart.
    """

    def forward(self, h: Tensor) -> Tensor:
        (h,), rows = self.prepared(h=h)
        with full_precision(h):
            found = covariance(centred(h, rows), rows)
            return (found - torch.eye(h.shape[-1], device=h.device, dtype=h.dtype)).square().mean((-2, -1))

"""MMD: embeddings are to be standard Gaussian, by a kernel."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision, positive, wide
from lejepa.objectives.distances import nearness, together


class MMD(Objective):
    """Squared maximum mean discrepancy of embeddings to `N(0, 1)`, unbiased, times the number of rows.

    With `k(x, y) = exp(-‖x - y‖² / (2 σ²))`, `N` rows in `n` dimensions, and `z, z'` independent and standard Gaussian,
    the value is

        N · (mean over i ≠ j of k(h_i, h_j)  -  2 · mean over i of 𝔼 k(h_i, z)  +  𝔼 k(z, z')),

        𝔼 k(h, z) = (σ² / (σ² + 1))^{n/2} exp(-‖h‖² / (2 (σ² + 1))),    𝔼 k(z, z') = (σ² / (σ² + 2))^{n/2}.

    Nothing is drawn at random. The mean over independent rows is `N` times the discrepancy of their law, and 0 for the
    standard Gaussian, so that a value may be below 0. Distances are taken in float64. Time and memory are quadratic in
    the rows.

    Weights: neither paper has it. It is the kernel regularizer of KerJEPA (Zimmermann et al. 2025). The factor `N`
    makes its weight count like that of SIGReg: `w * MMD + (1 - w) * Alignment / (4 * dim)`. As there, a weight `w` of
    both views as one batch becomes `2 w / (1 + w)` for the mean over views.

    Args:
        sigma: Width `σ` of the kernel.
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.

    Raises:
        ValueError: If `sigma` is not above 0; and when called, as `Objective` says.
    """

    def __init__(self, sigma: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.sigma = positive("sigma", sigma)

    def forward(self, h: Tensor) -> Tensor:
        """The value.

        Args:
            h: Embeddings of shape `(..., rows, dim)`.

        Returns:
            A value for each index of the leading axes: shape `(...)`.
        """
        (h,), rows = self.prepared(h=h)
        square, n, dim = self.sigma**2, rows.total, h.shape[-1]
        with full_precision(h):
            a, b = together(h, rows.gather(h))
            inner = torch.exp(nearness(a / self.sigma, b / self.sigma, rows.first))
            own = inner.diagonal(offset=rows.first, dim1=-2, dim2=-1)
            near = torch.exp(-wide(h).square().sum(-1) / (2 * (square + 1)))
            pairs, cross = rows.sum(torch.stack((inner.sum((-2, -1)) - own.sum(-1), near.sum(-1))))
            pairs = pairs / (n * (n - 1))
            cross = (square / (square + 1)) ** (dim / 2) * cross / n
            value: Tensor = n * (pairs - 2 * cross + (square / (square + 2)) ** (dim / 2))
            return self.finite(value.to(h.dtype), rows, "h")

    def extra_repr(self) -> str:
        return f"sigma={self.sigma}"

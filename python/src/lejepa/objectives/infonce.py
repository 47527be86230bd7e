"""InfoNCE: each embedding is to be told from the others by its partner."""

from typing import Any

import torch
from torch import Tensor

from lejepa.objectives.base import Objective, full_precision, positive
from lejepa.objectives.distances import square_distances

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
            ahead = -square_distances(h, rows.gather(h_next)) / (2 * self.sigma**2)
            if len(rows.counts) == 1:
                back = ahead.mT
            else:
                back = -square_distances(h_next, rows.gather(h)) / (2 * self.sigma**2)
            own = ahead.diagonal(offset=rows.first, dim1=-2, dim2=-1)
            each = 0.5 * (log_sum_exp(ahead) + log_sum_exp(back)) - own
            value = rows.sum(each.sum(-1)) / rows.total
            return value.to(h.dtype)

    def extra_repr(self) -> str:
        return f"sigma={self.sigma}"


def log_sum_exp(x: Tensor) -> Tensor:
    """`log Σⱼ exp xⱼ` over the last axis of float64, without subnormal numbers in the value or its derivatives.

    A processor takes many times as long over those.
    """
    floor = x.detach().amax(-1, keepdim=True) - NEGLIGIBLE
    return torch.where(x < floor, floor, x).logsumexp(-1)

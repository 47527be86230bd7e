"""Alignment: how far the embeddings of successive observations are apart."""

from typing import Any

from torch import Tensor

from lejepa.objectives.base import Objective, full_precision


def alignment(h: Tensor, h_next: Tensor) -> Tensor:
    """`𝔼 ‖h(z') - h(z)‖²` over the batch: `(..., batch, dim)` twice, to `(...)`."""
    return (h_next - h).square().sum(-1).mean(-1)


class Alignment(Objective):
    """Alignment of a pair: the mean of `‖h' - h‖²` over rows (paper, section 2; Lean: `Lejepa.alignment`).

    Weights: the code of arXiv 2605.26379 and the LeJEPA reference (arXiv 2511.08544) take the mean square, over views
    and coordinates, of the distance of each view to the mean of the views. For two views that is
    `Alignment / (4 * dim)`.

    Args:
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.
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
        (h, h_next), rows = self.prepared(h=h, h_next=h_next)
        with full_precision(h):
            value = rows.sum((h_next - h).square().sum((-2, -1))) / rows.total
            return self.finite(value, rows, "h, h_next")

"""Alignment: how far the embeddings of successive observations are apart."""

from torch import Tensor

from lejepa.objectives.base import Objective, full_precision


def alignment(h: Tensor, h_next: Tensor) -> Tensor:
    """`𝔼 ‖h(z') - h(z)‖²` over the batch: `(..., batch, dim)` twice, to `(...)`."""
    return (h_next - h).square().sum(-1).mean(-1)


class Alignment(Objective):
    """Alignment of a pair: the mean of `‖h' - h‖²` over rows (paper, section 2; Lean: `Lejepa.alignment`).

    `h`, `h_next`: embeddings of a state and of its successor, `(..., rows, dim)` each; the value is of shape `(...)`.

    The paper's code (arXiv 2605.26379) and the LeJEPA reference (arXiv 2511.08544) take the mean square, over views and
    coordinates, of the distance of each view to the mean of the views. Of two views that is `Alignment / (4 dim)`.
    """

    def forward(self, h: Tensor, h_next: Tensor) -> Tensor:
        (h, h_next), rows = self.prepared(h=h, h_next=h_next)
        with full_precision(h):
            return rows.sum((h_next - h).square().sum((-2, -1))) / rows.total

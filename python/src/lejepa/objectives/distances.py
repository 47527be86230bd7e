"""Squared distances of rows, right far from the origin and for close points."""

from torch import Tensor

from lejepa.objectives.base import wide


def square_distances(a: Tensor, b: Tensor) -> Tensor:
    """`‖aᵢ - bⱼ‖²`, float64: `(..., n, dim)` and `(..., m, dim)` to `(..., n, m)`.

    In double precision and moved together to around the origin, so that neither a far origin nor a wide spread drowns
    the distance of close points. What rounding puts below 0 counts as 0, and has the derivatives of the others.
    """
    a, b = wide(a), wide(b)
    centre = b.detach().mean(-2, keepdim=True)
    a, b = a - centre, b - centre
    squares = a.square().sum(-1).unsqueeze(-1) + b.square().sum(-1).unsqueeze(-2) - 2 * a @ b.mT
    return squares - squares.detach().clamp(max=0)

"""Squared distances of rows, right far from the origin and for close points."""

import torch
from torch import Tensor

from lejepa.objectives.base import wide


def together(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Both in double precision and moved to around the origin, so that a far origin does not drown their distances."""
    a, b = wide(a), wide(b)
    centre = b.detach().mean(-2, keepdim=True)
    return a - centre, b - centre


def nearness(a: Tensor, b: Tensor, first: int) -> Tensor:
    """`-‖aᵢ - bⱼ‖² / 2` of rows around the origin: `(..., n, dim)` and `(..., m, dim)` to `(..., n, m)`.

    One product of matrices; but row `first + i` of `b`, the partner of row `i` of `a`, has its exact distance.
    """
    one_a, one_b = torch.ones_like(a[..., :1]), torch.ones_like(b[..., :1])
    half_a, half_b = (-x.square().sum(-1).unsqueeze(-1) / 2 for x in (a, b))
    near = torch.cat((a, half_a, one_a), -1) @ torch.cat((b, one_b, half_b), -1).mT
    own = -(a - b[..., first : first + a.shape[-2], :]).square().sum(-1) / 2
    near.diagonal(first, -2, -1).copy_(own)
    return near

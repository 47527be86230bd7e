"""Covariances of the rows of all processes."""

import torch
from torch import Tensor

from lejepa.objectives.base import Product
from lejepa.objectives.processes import Rows


def centred(h: Tensor, rows: Rows) -> Tensor:
    """Rows less their mean, `(..., own, dim)`: twice, for what rounding leaves of a far mean."""
    for _ in range(2):
        h = h - rows.sum(h.sum(-2, keepdim=True)) / rows.total
    return h


def covariance(h: Tensor, rows: Rows, product: Product = torch.matmul) -> Tensor:
    """The unbiased covariance of centred rows: `(..., own, dim)` to `(..., dim, dim)`."""
    return rows.sum(product(h.mT, h)) / (rows.total - 1)

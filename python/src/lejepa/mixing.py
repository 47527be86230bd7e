"""The mixings: injective maps from latents to observations (paper, section 5)."""

import torch
from torch import Tensor

from lejepa.config import Identity, Spiral


def mix(mixing: Spiral | Identity, z: Tensor) -> Tensor:
    """The observations of latents `z`, of shape `(..., dim)`; the same shape comes back."""
    match mixing:
        case Identity():
            return z
        case Spiral(turns=turns):
            return spiral(z, turns)


def spiral(z: Tensor, turns: float = 1.0) -> Tensor:
    """`x = R(turns · π ‖z‖) z` for `z` of shape `(..., 2)`: it keeps the Gaussian, and no linear map undoes it."""
    angle = turns * torch.pi * torch.linalg.vector_norm(z, dim=-1)
    c, s = angle.cos(), angle.sin()
    a, b = z.unbind(-1)
    return torch.stack((c * a - s * b, s * a + c * b), dim=-1)

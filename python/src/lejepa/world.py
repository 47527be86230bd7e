"""The worlds: latents and their successors (paper, section 2; Lean: `Lejepa.ouLaw`)."""

from math import sqrt

import torch
from torch import Tensor

from lejepa.config import World


def pairs(world: World, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Independent pairs `(z, z')` of the stationary Ornstein–Uhlenbeck world.

    Each of the two has shape `(*shape, world.dim)`, unit variance, on the generator's device.
    """
    draw = torch.randn((2, *shape, world.dim), generator=generator, device=generator.device)
    z, noise = draw
    return z, world.rho * z + sqrt(1 - world.rho**2) * noise

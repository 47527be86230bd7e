"""The mixings: injective maps from latents to observations (paper, section 5).

Each maps `(..., dim)` to the same shape, but for that of the arm, whose observations are frames.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from lejepa.reacher.render import Drawing
from lejepa.training import config


def build(
    mixing: config.Mixing, dim: int, device: torch.device, drawing: Drawing | None = None
) -> Callable[[Tensor], Tensor]:
    """The mixing of a configuration, its matrices on `device`; `drawing` is of the arm's frames."""
    match mixing:
        case config.Identity():
            return lambda z: z
        case config.Spiral(turns=turns):
            return lambda z: spiral(z, turns)
        case config.Banana():
            return banana
        case config.Sinusoid():
            return sinusoid
        case config.Cubic():
            return cubic
        case config.Coupling():
            return Coupling(mixing, dim, device)
        case config.Arm():
            return Camera(mixing, drawing or Drawing())


def spiral(z: Tensor, turns: float = 1.0) -> Tensor:
    """`x = R(turns · π ‖z‖) z`: it keeps the Gaussian, and no linear map undoes it."""
    angle = turns * torch.pi * torch.linalg.vector_norm(z, dim=-1)
    c, s = angle.cos(), angle.sin()
    a, b = z.unbind(-1)
    return torch.stack((c * a - s * b, s * a + c * b), dim=-1)


def banana(z: Tensor) -> Tensor:
    """`x = (z₁, z₂ + z₁²)`."""
    a, b = z.unbind(-1)
    return torch.stack((a, b + a.square()), dim=-1)


def sinusoid(z: Tensor) -> Tensor:
    """`x = (z₁ + sin(1.5 z₂), z₂)`."""
    a, b = z.unbind(-1)
    return torch.stack((a + torch.sin(1.5 * b), b), dim=-1)


def cubic(z: Tensor) -> Tensor:
    """`x = z + z³`."""
    return z + z**3


class Camera:
    """Frames of an arm, bytes `(..., size, size, 3)` on the CPU, of latents `(..., 2)`."""

    def __init__(self, c: config.Arm, drawing: Drawing) -> None:
        self.c, self.drawing = c, drawing

    def __call__(self, z: Tensor) -> Tensor:
        if self.c.spread is None:
            raise ValueError("expected the spread of the joint angles")
        angles = self.c.spread * z.double().cpu().numpy()
        return torch.from_numpy(self.drawing.frames(angles, self.c.size, self.c.samples))


class Coupling:
    """Additive coupling layers of NICE: even layers move the second half, odd ones the first."""

    def __init__(self, c: config.Coupling, dim: int, device: torch.device) -> None:
        if c.seed is None:
            raise ValueError("expected a seed of the matrices")
        generator = torch.Generator().manual_seed(c.seed)
        half = dim // 2
        self.matrices = [
            (c.scale * torch.linalg.qr(torch.randn(half, half, generator=generator)).Q).to(device)
            for _ in range(c.layers)
        ]

    def __call__(self, z: Tensor) -> Tensor:
        first, second = z.chunk(2, dim=-1)
        for layer, w in enumerate(self.matrices):
            if layer % 2 == 0:
                second = second + torch.tanh(first @ w)
            else:
                first = first + torch.tanh(second @ w)
        return torch.cat((first, second), dim=-1)

    def inverse(self, x: Tensor) -> Tensor:
        """The latents of observations: the layers undone, last first."""
        first, second = x.chunk(2, dim=-1)
        for layer, w in reversed(list(enumerate(self.matrices))):
            if layer % 2 == 0:
                second = second - torch.tanh(first @ w)
            else:
                first = first - torch.tanh(second @ w)
        return torch.cat((first, second), dim=-1)

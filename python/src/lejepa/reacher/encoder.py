"""The convolutional encoder of frames."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from lejepa.reacher.config import CNN

DIM = 2  # of embeddings: as many as there are joints


class Encoder(nn.Module):
    """Frames `(batch, size, size, 3)` of bytes to embeddings `(batch, 2)`.

    The mean frame is taken off and the rest divided by its standard deviation, `mean (size, size, 3)` and `scale ()`.
    Four convolutions of stride 2 with group normalization and GELU, two linear layers. First parameters depend on
    `seed` alone.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, c: CNN, size: int, seed: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size, size, 3))
        self.register_buffer("scale", torch.ones(()))
        widths = (3, c.channels, 2 * c.channels, 4 * c.channels, 4 * c.channels)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layers: list[nn.Module] = []
            for inputs, outputs in pairwise(widths):
                layers += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.GroupNorm(1, outputs), nn.GELU()]
            flat = widths[-1] * (size // 16) ** 2
            layers += [nn.Flatten(), nn.Linear(flat, c.hidden), nn.GELU(), nn.Linear(c.hidden, DIM)]
        self.layers = nn.Sequential(*layers)

    def standardize_by(self, frames: Tensor) -> None:
        """Take the mean and the scale of frames `(count, size, size, 3)` of bytes."""
        sample = frames[:: max(1, len(frames) // 4096)].float()
        self.mean.copy_(sample.mean(0))
        self.scale.copy_((sample - self.mean).square().mean().sqrt())

    def forward(self, frames: Tensor) -> Tensor:
        x = (frames.float() - self.mean).div_(self.scale).permute(0, 3, 1, 2)  # in memory: channels last
        h: Tensor = self.layers(x)
        return h


@torch.no_grad()
def embed(encoder: Encoder, frames: Tensor, batch: int = 512) -> Tensor:
    """Embeddings `(..., 2)` in float64 of frames `(..., size, size, 3)`, in batches."""
    flat = frames.flatten(0, -4)
    device = encoder.mean.device
    parts = [encoder(part.to(device)).double().cpu() for part in torch.split(flat, batch)]
    return torch.cat(parts).reshape(*frames.shape[:-3], DIM)

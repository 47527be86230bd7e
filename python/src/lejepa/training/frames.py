"""The encoders of frames, plain modules. `lejepa.training.stacked.InTurn` holds several side by side."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from lejepa.training.config import CNN, Frames, ViT

SAMPLE = 4096  # frames, at least, that mean and scale are of, where there are so many


def convolutional(c: CNN, size: int, width: int) -> nn.Sequential:
    """Four convolutions of stride 2 with group normalization and GELU, two linear layers: `(batch, 3, size, size)` to
    `(batch, width)`."""
    channels = (3, c.channels, 2 * c.channels, 4 * c.channels, 4 * c.channels)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(channels):
        layers += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.GroupNorm(1, outputs), nn.GELU()]
    flat = channels[-1] * (size // 16) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, c.hidden), nn.GELU(), nn.Linear(c.hidden, width))


class Transformer(nn.Module):
    """A vision transformer: `(batch, 3, size, size)` to `(batch, width)`.

    Normalization comes before each layer, and the mean over patches has the place of a class token. No dropout.
    """

    def __init__(self, c: ViT, size: int, width: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, c.hidden, c.patch, c.patch)
        self.places = nn.Parameter(0.02 * torch.randn((size // c.patch) ** 2, c.hidden))
        options: dict[str, Any] = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
        self.blocks = nn.Sequential(
            *(nn.TransformerEncoderLayer(c.hidden, c.heads, 2 * c.hidden, **options) for _ in range(c.layers))
        )
        self.norm, self.head = nn.LayerNorm(c.hidden), nn.Linear(c.hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2) + self.places
        h: Tensor = self.head(self.norm(self.blocks(tokens)).mean(1))
        return h


def sampled(*parts: Tensor) -> Tensor:
    """Some rows at equal spaces, of tensors one after the other, where they have many; nothing else is copied."""
    step, start, kept = max(1, sum(map(len, parts)) // SAMPLE), 0, []
    for part in parts:
        kept.append(part[start::step])
        start = (start - len(part)) % step
    return torch.cat(kept)


class FrameEncoder(nn.Module):
    """Frames `(batch, size, size, 3)` of bytes to embeddings `(batch, width)`.

    The mean frame is taken off and the rest divided by its standard deviation, `mean (size, size, 3)` and `scale ()`,
    which are 0 and 1 at first and no parameters. The layers that follow are those of the configuration.

    Args:
        c: The layers.
        size: Pixels of a side: 16 at least, and for a transformer a multiple of the side of a patch.
        width: Dimensions of the embedding.
        seed: What the first parameters depend on, and nothing else.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, c: Frames, size: int, width: int, seed: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size, size, 3))
        self.register_buffer("scale", torch.ones(()))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = convolutional(c, size, width) if isinstance(c, CNN) else Transformer(c, size, width)

    def standardize_by(self, *frames: Tensor) -> None:
        """Take the mean and the scale of frames `(count, size, size, 3)` of bytes; of many, of some at equal spaces.

        Of several encoders, stacked, all take the same.
        """
        sample = sampled(*frames).float()
        mean = sample.mean(0)
        self.mean.copy_(mean)
        self.scale.copy_((sample - mean).square().mean().sqrt())

    def forward(self, frames: Tensor) -> Tensor:
        x = (frames.float() - self.mean).div_(self.scale).permute(0, 3, 1, 2)  # in memory: channels last
        h: Tensor = self.layers(x)
        return h


@torch.no_grad()
def embed(encoder: nn.Module, frames: Tensor, batch: int = 512) -> Tensor:
    """The embeddings `(..., width)` of frames `(..., size, size, 3)`: float64, `batch` frames at a time."""
    parts = [encoder(part).double() for part in torch.split(frames.flatten(0, -4), batch)]
    return torch.cat(parts).reshape(*frames.shape[:-3], -1)

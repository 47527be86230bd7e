"""The encoders and predictors. Each holds several models side by side, so that seeds train together as one program.

Those here have a leading dimension of models in every parameter. `lejepa.training.stacked` gives it to plain modules.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional

from lejepa.training import config, own
from lejepa.training.frames import FrameEncoder
from lejepa.training.stacked import InTurn


class ParallelMLP(nn.Module):
    """Multilayer perceptrons with GELU, one for each stream, of equal sizes.

    Maps `(models, batch, sizes[0])` to `(models, batch, sizes[-1])`. A model's first parameters depend on its own
    stream alone, and are those of `torch.nn.Linear`: uniform in `±1/√(inputs)`.
    """

    def __init__(self, sizes: Sequence[int], streams: Sequence[torch.Generator]) -> None:
        super().__init__()
        weights: list[list[Tensor]] = [[] for _ in pairwise(sizes)]
        biases: list[list[Tensor]] = [[] for _ in pairwise(sizes)]
        for generator in streams:
            for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
                bound = 1 / sqrt(inputs)
                weights[layer].append((torch.rand(inputs, outputs, generator=generator) * 2 - 1) * bound)
                biases[layer].append((torch.rand(1, outputs, generator=generator) * 2 - 1) * bound)
        self.weights = nn.ParameterList(nn.Parameter(torch.stack(w)) for w in weights)
        self.biases = nn.ParameterList(nn.Parameter(torch.stack(b)) for b in biases)

    def forward(self, x: Tensor) -> Tensor:
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            if layer < last:
                x = functional.gelu(x)
        return x


class ParallelMatched(nn.Module):
    """The inverses of coupling mixings of `dim` coordinates, one for each stream, their matrices to be learned.

    Maps `(models, batch, dim)` to the same shape. A model's first matrices depend on its own stream alone: independent
    entries of variance `2 gain² / dim`; the paper's code has a gain of 1. With 0 each is the identity at first.
    """

    def __init__(self, dim: int, layers: int, streams: Sequence[torch.Generator], gain: float = 1.0) -> None:
        super().__init__()
        half = dim // 2
        self.weights = nn.ParameterList(
            nn.Parameter(torch.stack([torch.randn(half, half, generator=g) for g in streams]) / sqrt(half) * gain)
            for _ in range(layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        for layer, w in reversed(list(enumerate(self.weights))):
            if layer % 2 == 0:
                second = second - torch.tanh(torch.bmm(first, w))
            else:
                first = first - torch.tanh(torch.bmm(second, w))
        return torch.cat((first, second), dim=-1)


class Standardized(nn.Module):
    """Encoders of observations whose coordinates are brought to mean 0 and standard deviation 1 first.

    Maps `(models, batch, dim)` to what `net` makes of it. Mean and deviation, `(models, 1, dim)`, are 0 and 1 at first,
    and are no parameters.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, net: nn.Module, models: int, dim: int) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.zeros(models, 1, dim))
        self.register_buffer("deviation", torch.ones(models, 1, dim))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.net((x - self.mean) / self.deviation)
        return y


def build(encoder: config.Encoder, dim: int, width: int, streams: Sequence[torch.Generator]) -> nn.Module:
    """The encoders of an experiment, one for each stream of first parameters, on the CPU.

    They map observations `(models, batch, dim)`, or frames of `dim` pixels a side, `(models, batch, dim, dim, 3)`, to
    embeddings `(models, batch, width)`; of MLPs and encoders of frames alone the width may be other than that of the
    latents.
    """
    match encoder:
        case config.MLP(hidden=hidden, layers=layers):
            return ParallelMLP((dim, *[hidden] * layers, width), streams)
        case config.Matched(layers=layers, gain=gain):
            return ParallelMatched(dim, layers, streams, gain)
        case config.Module():
            return own.build(encoder, dim, streams)
        case config.CNN() | config.ViT():
            seeds = [int(torch.randint(2**62, (), generator=g)) for g in streams]
            return InTurn([FrameEncoder(encoder, dim, width, seed) for seed in seeds])


def build_predictor(
    predictor: config.Predictor, dim: int, actions: int, streams: Sequence[torch.Generator]
) -> ParallelMLP:
    """The predictors of an experiment, one for each stream, on the CPU.

    They map `(models, batch, dim + actions)` to `(models, batch, dim)`.
    """
    hidden = [predictor.hidden] * predictor.layers if isinstance(predictor, config.MLP) else []
    return ParallelMLP((dim + actions, *hidden, dim), streams)


def build_inverse(inverse: config.Inverse, dim: int, actions: int, streams: Sequence[torch.Generator]) -> ParallelMLP:
    """What guesses actions in an experiment, one for each stream, on the CPU.

    They map two embeddings, `(models, batch, 2 dim)`, to `(models, batch, actions)`.
    """
    return ParallelMLP((2 * dim, *[inverse.hidden] * inverse.layers, actions), streams)

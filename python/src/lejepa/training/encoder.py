"""The encoders and predictors. Each holds several models side by side, so that seeds train together as one program.

Those here have a leading dimension of models in every parameter. `lejepa.training.stacked` gives it to plain modules.
"""

from abc import ABC, abstractmethod
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


class ParallelCouplings(nn.Module, ABC):
    """Additive coupling layers (NICE, Dinh et al. 2015), undone last first as the inverse of a mixing undoes them.

    Maps `(models, batch, dim)` to the same shape. Even layers move the second half, odd ones the first.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.layers = layers

    @abstractmethod
    def shift(self, layer: int, x: Tensor) -> Tensor:
        """By how much a layer moves the one half, as a function of the other, `(models, batch, dim // 2)`."""

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        for layer in reversed(range(self.layers)):
            if layer % 2 == 0:
                second = second - self.shift(layer, first)
            else:
                first = first - self.shift(layer, second)
        return torch.cat((first, second), dim=-1)


class ParallelMatched(ParallelCouplings):
    """The inverses of coupling mixings of `dim` coordinates, one for each stream, their matrices to be learned.

    A model's first matrices depend on its own stream alone: independent entries of variance `2 gain² / dim`; the
    paper's code has a gain of 1. With 0 each is the identity at first.
    """

    def __init__(self, dim: int, layers: int, streams: Sequence[torch.Generator], gain: float = 1.0) -> None:
        super().__init__(layers)
        half = dim // 2
        self.weights = nn.ParameterList(
            nn.Parameter(torch.stack([torch.randn(half, half, generator=g) for g in streams]) / sqrt(half) * gain)
            for _ in range(layers)
        )

    def shift(self, layer: int, x: Tensor) -> Tensor:
        return torch.tanh(torch.bmm(x, self.weights[layer]))


class ParallelNICE(ParallelCouplings):
    """Coupling layers whose shift is a perceptron with one hidden layer of tanh, one model for each stream.

    The hidden layer has `expansion` units for each of the `dim // 2` coordinates that are moved. Its matrix begins with
    independent entries of variance `2 / dim`, drawn from the model's own stream; its bias and the matrix after it begin
    at zero, as in Glow (Kingma and Dhariwal 2018), so that each model is the identity at first.
    """

    def __init__(self, dim: int, layers: int, expansion: int, streams: Sequence[torch.Generator]) -> None:
        super().__init__(layers)
        half, models = dim // 2, len(streams)
        hidden = expansion * half
        self.inputs = nn.ParameterList(
            nn.Parameter(torch.stack([torch.randn(half, hidden, generator=g) for g in streams]) / sqrt(half))
            for _ in range(layers)
        )
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(models, 1, hidden)) for _ in range(layers))
        self.outputs = nn.ParameterList(nn.Parameter(torch.zeros(models, hidden, half)) for _ in range(layers))

    def shift(self, layer: int, x: Tensor) -> Tensor:
        return torch.bmm(torch.tanh(torch.baddbmm(self.biases[layer], x, self.inputs[layer])), self.outputs[layer])


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
        case config.NICE(layers=layers, expansion=expansion):
            return ParallelNICE(dim, layers, expansion, streams)
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

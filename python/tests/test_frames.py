"""The encoder of frames: its layers, its standardization, several side by side."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from lejepa.training.config import CNN
from lejepa.training.frames import FrameEncoder, embed
from lejepa.training.stacked import InTurn, alone
from torch import Tensor, nn

SMALL = CNN(channels=2, hidden=8)


def dots() -> Tensor:
    """A bright dot at random places, `(40, 2, 32, 32, 3)`."""
    made = torch.zeros(40, 2, 32, 32, 3, dtype=torch.uint8)
    place = torch.randint(2, 30, (40, 2, 2), generator=torch.Generator().manual_seed(0))
    for i in range(40):
        for t in range(2):
            row, column = place[i, t].tolist()
            made[i, t, row - 2 : row + 2, column - 2 : column + 2] = 255
    return made


def test_the_encoder_is_four_convolutions_and_two_layers() -> None:
    """Its parameters, counted by hand for 3 channels and 5 hidden units at 32 pixels."""
    made = FrameEncoder(CNN(channels=3, hidden=5), 32, 2, 0)
    widths = [3, 3, 6, 12, 12]
    convolutions = sum(16 * a * b + 2 * b for a, b in pairwise(widths))
    assert sum(p.numel() for p in made.parameters()) == convolutions + (12 * 4 * 5 + 5) + (5 * 2 + 2)
    assert made(torch.zeros(2, 32, 32, 3, dtype=torch.uint8)).shape == (2, 2)
    bare = sum(1 for m in made.layers if isinstance(m, nn.GELU))
    assert bare == 5


def test_frames_are_standardized_before_the_layers_and_left_as_they_are() -> None:
    made = FrameEncoder(CNN(channels=2, hidden=4), 16, 2, 0)
    frames = torch.randint(0, 255, (5, 16, 16, 3), generator=torch.Generator().manual_seed(0)).byte()
    made.standardize_by(frames)
    x = frames.double().numpy()
    mean = x.mean(0)
    scale = math.sqrt(((x - mean) ** 2).mean())
    assert made.mean.numpy() == pytest.approx(mean, abs=1e-3)
    assert float(made.scale) == pytest.approx(scale, rel=1e-5)
    seen: list[Tensor] = []
    made.layers[0].register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    floats = frames.float()
    made(floats)
    assert seen[0].numpy() == pytest.approx(np.moveaxis((x - mean) / scale, 3, 1), abs=1e-4)
    assert torch.equal(floats, frames.float())


def test_many_frames_are_standardized_by_some_of_them() -> None:
    made = FrameEncoder(CNN(channels=1, hidden=1), 16, 2, 0)
    frames = torch.zeros(3 * 4096, 16, 16, 3, dtype=torch.uint8)
    frames[::3] = torch.arange(4096).fmod(2).mul(100).byte()[:, None, None, None]
    made.standardize_by(frames)
    assert made.mean.mean() == pytest.approx(50)
    assert float(made.scale) == pytest.approx(50)


def test_embeddings_are_double_and_need_no_gradient() -> None:
    made = FrameEncoder(CNN(channels=2, hidden=4), 16, 2, 0)
    frames = torch.randint(0, 255, (3, 4, 16, 16, 3), generator=torch.Generator().manual_seed(0)).byte()
    h = embed(made, frames, batch=5)
    assert h.shape == (3, 4, 2)
    assert h.dtype == torch.float64
    assert not h.requires_grad
    assert torch.allclose(h[1, 2], made(frames[1, 2][None])[0].double(), atol=1e-6)


def test_encoders_standardize_frames() -> None:
    encoder, flat = FrameEncoder(SMALL, 32, 2, seed=0), dots().flatten(0, 1)
    encoder.standardize_by(flat)
    x = (flat.float() - encoder.mean) / encoder.scale
    assert x.mean(0).abs().max() < 1e-5
    assert x.square().mean() == pytest.approx(1, abs=1e-5)


def test_embeddings_do_not_depend_on_the_batch() -> None:
    encoder, frames = FrameEncoder(SMALL, 32, 2, seed=0), dots()
    once, parts = embed(encoder, frames), embed(encoder, frames, batch=7)
    assert once.shape == (40, 2, 2)
    assert torch.allclose(once, parts, atol=1e-6)


def test_encoders_side_by_side_are_each_to_the_bits_what_it_is_alone() -> None:
    """Embeddings, and gradients: a model's are those of its own rows."""
    single = [FrameEncoder(SMALL, 32, 3, seed) for seed in (5, 6)]
    frames = dots()[:10].reshape(2, 10, 32, 32, 3)
    for encoder, own in zip(single, frames, strict=True):
        encoder.standardize_by(own)
    both = InTurn(single)
    h = both(frames)
    h.square().sum().backward()
    assert h.shape == (2, 10, 3)
    state = dict(both.stack.named_parameters())
    for model, (encoder, own) in enumerate(zip(single, frames, strict=True)):
        expected = encoder(own)
        expected.square().sum().backward()
        assert torch.equal(h[model], expected)
        assert torch.equal(alone(both, model)(own), expected)
        for name, parameter in encoder.named_parameters():
            assert torch.equal(state[name].grad[model], parameter.grad), name  # type: ignore[index,arg-type]
    assert not torch.equal(h[0], both(frames.flip(0))[1])

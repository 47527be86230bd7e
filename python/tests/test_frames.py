"""The encoder of frames: its layers, its standardization, several side by side."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from lejepa.training.config import CNN, Frames, ViT
from lejepa.training.frames import FrameEncoder, embed
from lejepa.training.stacked import InTurn, alone
from pydantic import ValidationError
from reacher_tiny import dots
from torch import Tensor, nn

SMALL = CNN(kind="cnn", channels=2, hidden=8)
PATCHED = ViT(kind="vit", patch=8, hidden=6, layers=2, heads=3)


def test_the_encoder_is_four_convolutions_and_two_layers() -> None:
    """Its parameters, counted by hand for 3 channels and 5 hidden units at 32 pixels."""
    made = FrameEncoder(CNN(kind="cnn", channels=3, hidden=5), 32, 2, 0)
    widths = [3, 3, 6, 12, 12]
    convolutions = sum(16 * a * b + 2 * b for a, b in pairwise(widths))
    assert sum(p.numel() for p in made.parameters()) == convolutions + (12 * 4 * 5 + 5) + (5 * 2 + 2)
    assert made(torch.zeros(2, 32, 32, 3, dtype=torch.uint8)).shape == (2, 2)
    bare = sum(1 for m in made.layers if isinstance(m, nn.GELU))
    assert bare == 5


def test_frames_are_standardized_before_the_layers_and_left_as_they_are() -> None:
    made = FrameEncoder(CNN(kind="cnn", channels=2, hidden=4), 16, 2, 0)
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
    made = FrameEncoder(CNN(kind="cnn", channels=1, hidden=1), 16, 2, 0)
    frames = torch.zeros(3 * 4096, 16, 16, 3, dtype=torch.uint8)
    frames[::3] = torch.arange(4096).fmod(2).mul(100).byte()[:, None, None, None]
    made.standardize_by(frames)
    assert made.mean.mean() == pytest.approx(50)
    assert float(made.scale) == pytest.approx(50)


def test_embeddings_are_double_and_need_no_gradient() -> None:
    made = FrameEncoder(CNN(kind="cnn", channels=2, hidden=4), 16, 2, 0)
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


@pytest.mark.parametrize("c", [SMALL, PATCHED], ids=["cnn", "vit"])
def test_encoders_side_by_side_are_each_to_the_bits_what_it_is_alone(c: Frames) -> None:
    """Embeddings, and gradients: a model's are those of its own rows."""
    single = [FrameEncoder(c, 32, 3, seed) for seed in (5, 6)]
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


def normal(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + norm.eps).sqrt() * norm.weight + norm.bias


def test_the_transformer_is_attention_by_its_formula() -> None:
    """Patch by patch and head by head, in double precision, on frames that are not standardized."""
    made = FrameEncoder(PATCHED, 24, 2, seed=1).double()
    net = made.layers
    frames = torch.randint(0, 255, (4, 24, 24, 3), generator=torch.Generator().manual_seed(0)).byte()
    made.standardize_by(frames)
    pixels = (frames.double() - made.mean) / made.scale
    tokens = []
    for row in range(3):
        for column in range(3):
            patch = pixels[:, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8]  # (4, 8, 8, 3)
            tokens.append(torch.einsum("bijc,ocij->bo", patch, net.patches.weight) + net.patches.bias)
    x = torch.stack(tokens, 1) + net.places  # (4, 9, 6)
    for block in net.blocks:
        attention = block.self_attn
        query, key, value = (normal(x, block.norm1) @ attention.in_proj_weight.T + attention.in_proj_bias).chunk(3, -1)
        heads = []
        for h in range(3):
            q, k, v = (part[..., 2 * h : 2 * h + 2] for part in (query, key, value))
            heads.append(torch.softmax(q @ k.transpose(1, 2) / math.sqrt(2), -1) @ v)
        x = x + torch.cat(heads, -1) @ attention.out_proj.weight.T + attention.out_proj.bias
        first = normal(x, block.norm2) @ block.linear1.weight.T + block.linear1.bias
        gelu = first * (1 + torch.erf(first / math.sqrt(2))) / 2
        x = x + gelu @ block.linear2.weight.T + block.linear2.bias
    expected = normal(x, net.norm).mean(1) @ net.head.weight.T + net.head.bias
    given = frames.double()
    for training in (True, False):
        torch.testing.assert_close(made.train(training)(given), expected, rtol=1e-9, atol=1e-9)


def test_the_transformer_has_as_many_parameters_as_its_layers_and_no_two_layers_begin_alike() -> None:
    d, patch, size, width, layers = 6, 8, 32, 2, 2
    made = FrameEncoder(PATCHED, size, width, 0)
    attention = 3 * d * d + 3 * d + d * d + d
    block = attention + (d * 2 * d + 2 * d) + (2 * d * d + d) + 2 * 2 * d
    whole = (3 * patch**2 * d + d) + (size // patch) ** 2 * d + layers * block + 2 * d + (d * width + width)
    assert sum(p.numel() for p in made.parameters()) == whole
    one, two = (block.linear1.weight for block in made.layers.blocks)
    assert not torch.equal(one, two)
    other, again = FrameEncoder(PATCHED, size, width, 1), FrameEncoder(PATCHED, size, width, 0)
    assert torch.equal(one, again.layers.blocks[0].linear1.weight)
    assert not torch.equal(one, other.layers.blocks[0].linear1.weight)


def test_heads_divide_what_stands_for_a_patch() -> None:
    with pytest.raises(ValidationError, match="expected heads that divide hidden, found 4 for 6"):
        ViT(kind="vit", hidden=6, heads=4)

"""A bounded sample of a stream: each pair is as likely as any other, and what is kept is not the caller's memory."""

import numpy as np
import pytest
import torch
from lejepa.certification.sample import PairSample
from torch import Tensor

CPU = torch.device("cpu")


def stream(count: int, dim: int) -> tuple[Tensor, Tensor]:
    h0, h1 = torch.randn(2, count, dim, dtype=torch.float64, generator=torch.Generator().manual_seed(7))
    return h0, h1


@pytest.mark.parametrize(
    ("dim", "rows"), [(1, 131_072), (16, 131_072), (17, 123_361), (32, 65_536), (64, 32_768), (1_000, 32_768)]
)
def test_rows_and_numbers_are_bounded(dim: int, rows: int) -> None:
    """By 131,072 rows and 2,097,152 numbers, of 64 dimensions at most."""
    assert PairSample(dim, CPU).size == rows


@pytest.mark.parametrize("seed", [None, 0, 3])
@pytest.mark.parametrize("pieces", [1, 7, 100])
def test_those_of_the_least_random_numbers_are_kept(seed: int | None, pieces: int) -> None:
    h0, h1 = stream(1_000, 3)
    sample = PairSample(3, CPU, size=100) if seed is None else PairSample(3, CPU, seed, size=100)
    for a, b in zip(h0.chunk(pieces), h1.chunk(pieces), strict=True):
        sample.add(a, b)
        assert sample.held <= 200
    generator = torch.Generator().manual_seed(seed or 0)
    keys = torch.cat([torch.rand(len(a), generator=generator, dtype=torch.float64) for a in h0.chunk(pieces)])
    least = np.sort(np.argsort(keys.numpy())[:100])
    drawn = sample.drawn(3)
    assert drawn.position.tolist() == least.tolist()
    np.testing.assert_array_equal(drawn.first, h0.numpy()[least])
    np.testing.assert_array_equal(drawn.second, h1.numpy()[least])
    assert drawn.whole


def test_all_are_kept_up_to_the_size() -> None:
    h0, h1 = stream(100, 2)
    sample = PairSample(2, CPU, size=100)
    for a, b in zip(h0.split(30), h1.split(30), strict=True):
        sample.add(a, b)
    drawn = sample.drawn(2)
    assert drawn.position.tolist() == list(range(100))
    np.testing.assert_array_equal(drawn.first, h0.numpy())
    np.testing.assert_array_equal(drawn.second, h1.numpy())


def test_what_is_kept_is_not_the_caller_s_memory() -> None:
    h0, h1 = stream(50, 10)
    then0, then1 = h0.numpy().copy(), h1.numpy().copy()
    sample = PairSample(10, CPU)
    sample.add(h0, h1)
    h0.zero_()
    h1.zero_()
    drawn = sample.drawn(10)
    for found, kept in ((drawn.first, then0), (drawn.second, then1)):
        np.testing.assert_array_equal(found, kept)
    [stretch] = drawn.stretches
    for found, kept in zip(stretch, (then0, then1), strict=True):
        np.testing.assert_array_equal(found, kept[:, :8])


@pytest.mark.parametrize("piece", [1_000, 30_000, 65_536, 150_000])
@pytest.mark.parametrize("count", [65_536, 65_537, 70_000, 131_072, 150_000])
def test_65536_rows_at_either_end_are_kept_without_a_gap_in_8_dimensions(count: int, piece: int) -> None:
    h0, h1 = stream(count, 9)
    sample = PairSample(9, CPU, size=10)
    for a, b in zip(h0.split(piece), h1.split(piece), strict=True):
        sample.add(a, b)
    expected = [slice(0, 65_536), slice(max(65_536, count - 65_536), count)][: 1 + (count > 65_536)]
    for stretch, rows in zip(sample.drawn(9).stretches, expected, strict=True):
        for found, whole in zip(stretch, (h0, h1), strict=True):
            np.testing.assert_array_equal(found, whole.numpy()[rows, :8])
    assert sum(len(part) for part, _ in sample.latest) < 65_536 + piece


def test_of_more_than_64_dimensions_orthonormal_projections_are_kept() -> None:
    """The rows of a unit matrix show the projections themselves."""
    unit = torch.eye(100, dtype=torch.float64)
    sample = PairSample(100, CPU)
    sample.add(unit, -unit)
    drawn = sample.drawn(100)
    assert not drawn.whole
    assert drawn.first.shape == (100, 64)
    np.testing.assert_allclose(drawn.first.T @ drawn.first, np.eye(64), atol=1e-12)
    np.testing.assert_array_equal(drawn.second, -drawn.first)

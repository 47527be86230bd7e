"""The world and the mixings."""

import math

import pytest
import torch
from lejepa.config import World
from lejepa.mixing import spiral
from lejepa.world import pairs


@pytest.mark.parametrize("rho", [0.05, 0.5, 0.99])
def test_pairs_have_the_law_of_the_world(rho: float) -> None:
    """Both marginals standard, correlation ρ between successive coordinates and none across."""
    count = 100_000
    z, z_next = pairs(World(dim=2, rho=rho), (count,), torch.Generator().manual_seed(0))
    joint = torch.cat((z, z_next), dim=1).double()
    expected = torch.eye(4, dtype=torch.float64)
    expected[[0, 1, 2, 3], [2, 3, 0, 1]] = rho
    error = 5 * math.sqrt(2 / count)
    assert (joint.T @ joint / count - expected).abs().max() < error
    assert joint.mean(0).abs().max() < error


def test_the_spiral_keeps_norms_and_is_undone_by_turning_back() -> None:
    z = torch.randn(1000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x = spiral(z)
    torch.testing.assert_close(x.norm(dim=1), z.norm(dim=1))
    torch.testing.assert_close(spiral(x, -1.0), z)
    assert (x - z).abs().max() > 1


def test_the_spiral_turns_a_unit_vector_by_half_a_turn() -> None:
    torch.testing.assert_close(spiral(torch.tensor([[1.0, 0.0]])), torch.tensor([[-1.0, 0.0]]), atol=1e-6, rtol=0)

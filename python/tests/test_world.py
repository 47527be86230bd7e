"""The world and the mixings."""

import math

import pytest
import torch
from lejepa.training import config, mixing
from lejepa.training.config import World
from lejepa.training.mixing import spiral
from lejepa.training.world import gennorm, pairs
from pydantic import TypeAdapter

CPU = torch.device("cpu")


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


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0, 32.0])
def test_gennorm_has_unit_variance_and_the_law_s_fourth_moment(alpha: float) -> None:
    """`𝔼 z⁴ = Γ(5/α) Γ(1/α) / Γ(3/α)²`: 6 for Laplace, 3 for the Gaussian."""
    z = gennorm(alpha, (400_000,), torch.Generator().manual_seed(0)).double()
    fourth = math.exp(math.lgamma(5 / alpha) + math.lgamma(1 / alpha) - 2 * math.lgamma(3 / alpha))
    eighth = z.pow(8).mean().item()
    assert z.mean().abs() < 5 / math.sqrt(len(z))
    assert z.square().mean().item() == pytest.approx(1, abs=5 * math.sqrt(fourth / len(z)))
    assert z.pow(4).mean().item() == pytest.approx(fourth, abs=5 * math.sqrt(eighth / len(z)))


@pytest.mark.parametrize("kind", ["banana", "sinusoid", "coupling", "spiral"])
def test_mixings_keep_volume(kind: str) -> None:
    """Shears, couplings and the spiral have Jacobians of determinant one; none is linear."""
    seed = {"seed": 1} if kind == "coupling" else {}
    section: config.Mixing = TypeAdapter(config.Mixing).validate_python({"kind": kind} | seed)
    g = mixing.build(section, 2, CPU)
    z = torch.randn(20, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    for point in z:
        jacobian = torch.autograd.functional.jacobian(g, point)
        assert torch.det(jacobian).abs().item() == pytest.approx(1, abs=1e-3)
    assert (g(2 * z) - 2 * g(z)).abs().max() > 0.1


def test_a_coupling_s_inverse_undoes_it() -> None:
    g = mixing.Coupling(config.Coupling(kind="coupling", layers=5, seed=1), 8, CPU)
    z = torch.randn(100, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(g.inverse(g(z)), z, atol=1e-4, rtol=0)


def test_coordinates_of_different_rho_have_each_its_own() -> None:
    world = config.World(dim=3, rho=0.9, rhos=(0.9, 0.5, 0.1))
    z, z_next = pairs(world, (200_000,), torch.Generator().manual_seed(0))
    error = 5 / math.sqrt(len(z))
    assert (z * z_next).mean(0).tolist() == pytest.approx([0.9, 0.5, 0.1], abs=error)
    assert z_next.square().mean(0).tolist() == pytest.approx([1, 1, 1], abs=2 * error)

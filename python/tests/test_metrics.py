"""The metrics on encoders whose recovery is known exactly."""

import math

import pytest
import torch
from lejepa.training.config import World
from lejepa.training.metrics import least_squares, nearest_orthogonal, r2, recovery, through_gram
from lejepa.training.world import pairs

RHO = 0.9


@pytest.fixture(scope="module")
def latents() -> tuple[torch.Tensor, torch.Tensor]:
    z, z_next = pairs(World(dim=2, rho=RHO), (100_000,), torch.Generator().manual_seed(0))
    return z.double(), z_next.double()


def rotation(angle: float) -> torch.Tensor:
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, -s], [s, c]], dtype=torch.float64)


def test_a_rotation_is_recovered(latents: tuple[torch.Tensor, torch.Tensor]) -> None:
    z, z_next = latents
    q = rotation(0.7)
    m = recovery(z, z @ q.T + 3, z_next @ q.T + 3, RHO)
    assert m.r2 == pytest.approx(1, abs=1e-9)
    assert m.orthogonality == pytest.approx(0, abs=1e-9)
    assert m.distance == pytest.approx(0, abs=1e-3)
    assert m.epsilon < 0.02
    assert m.alignment == pytest.approx(2 * (1 - RHO) * 2, rel=0.02)


def test_a_shrunk_rotation_has_the_known_distance(
    latents: tuple[torch.Tensor, torch.Tensor],
) -> None:
    """`h = s Q z`: distance `n (1 - s)²`, ε = √n (1 - s²), D = 0."""
    z, z_next = latents
    s, q = 0.8, rotation(-1.1)
    m = recovery(z, s * z @ q.T, s * z_next @ q.T, RHO)
    assert m.distance == pytest.approx(2 * (1 - s) ** 2, rel=0.02)
    assert m.epsilon == pytest.approx(math.sqrt(2) * (1 - s**2), rel=0.03)
    assert m.excess < 0.02
    assert m.distance <= m.bound


def test_a_quadratic_part_shows_in_the_excess(latents: tuple[torch.Tensor, torch.Tensor]) -> None:
    """`h₁ = (z₁ + a He₂(z₂)/√2)/√(1 + a²)` is white; its energy of degree 2 is a²/(1 + a²) = D."""
    z, z_next = latents
    a = 0.4

    def encode(x: torch.Tensor) -> torch.Tensor:
        first = (x[:, 0] + a * (x[:, 1] ** 2 - 1) / math.sqrt(2)) / math.sqrt(1 + a**2)
        return torch.stack((first, x[:, 1]), dim=1)

    m = recovery(z, encode(z), encode(z_next), RHO)
    assert m.excess == pytest.approx(a**2 / (1 + a**2), abs=5 * m.bound_error)
    assert m.distance <= m.bound
    assert m.r2 < 0.95


def test_the_bound_s_error_is_its_sampling_error() -> None:
    """Over many samples, `bound - distance` spreads by the error that each reports."""
    world = World(dim=2, rho=RHO)
    gaps, errors = [], []
    for seed in range(60):
        z, z_next = pairs(world, (2_000,), torch.Generator().manual_seed(seed))
        m = recovery(z, 0.8 * z + 0.2 * z**2, 0.8 * z_next + 0.2 * z_next**2, RHO)
        gaps.append(m.bound - m.distance)
        errors.append(m.bound_error)
    spread = torch.tensor(gaps).std().item()
    assert 0.6 < spread / (sum(errors) / len(errors)) < 1.6


def test_r2_of_a_linear_map_and_of_noise() -> None:
    torch.manual_seed(0)
    x = torch.randn(5000, 3)
    assert r2(x, x @ torch.randn(3, 2) + 1) == pytest.approx(1, abs=1e-9)
    assert r2(x, torch.randn(5000, 2)) < 0.01


def test_nearest_orthogonal_of_a_singular_matrix_is_orthogonal() -> None:
    q = nearest_orthogonal(torch.tensor([[2.0, 0.0], [0.0, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(q @ q.T, torch.eye(2, dtype=torch.float64))
    assert q[0, 0] == 1


@pytest.mark.parametrize("rank", [0, 2, 4])
def test_the_two_ways_of_least_squares_agree_at_any_rank(rank: int) -> None:
    """The one for CUDA against the one for CPUs."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(500, 4, generator=generator, dtype=torch.float64)
    x = x @ torch.diag(torch.tensor([1.0 if i < rank else 0.0 for i in range(4)], dtype=torch.float64))
    y = x + torch.randn(500, 4, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(x @ through_gram(x, y), x @ least_squares(x, y))

"""The world with non-linear drift: stationary, of the correlation asked for, its eigenfunction bent."""

import numpy as np
import pytest
import torch
from lejepa.training.config import World
from lejepa.training.doublewell import double_well
from lejepa.training.world import pairs

COUNT = 200_000


@pytest.mark.parametrize("depth", [0.5, 2.0, 4.0])
def test_pairs_are_stationary_and_correlated_as_asked(depth: float) -> None:
    world = World(latent="doublewell", depth=depth, dim=1, rho=0.9)
    z, z_next = pairs(world, (COUNT,), torch.Generator().manual_seed(0))
    error = 4 / COUNT**0.5
    for x in (z, z_next):
        assert abs(x.mean().item()) < error
        assert x.square().mean().item() == pytest.approx(1, abs=2 * error)
    assert (z * z_next).mean().item() == pytest.approx(0.9, abs=2 * error)
    fourth = [x.pow(4).mean().item() for x in (z, z_next)]
    assert fourth[1] == pytest.approx(fourth[0], rel=0.02)


def test_the_eigenfunction_aligns_better_than_any_linear_map() -> None:
    well = double_well(2.0, 0.9)
    g = torch.Generator().manual_seed(1)
    z = well.sample((COUNT,), g)
    psi, after = well.coordinates(z), well.coordinates(well.advance(z, g))
    assert psi.square().mean().item() == pytest.approx(1, abs=0.02)
    assert (psi * after).mean().item() == pytest.approx(well.eigenvalue, abs=0.02)
    assert well.eigenvalue > 0.92
    assert torch.corrcoef(torch.stack((z.double(), psi)))[0, 1].item() ** 2 == pytest.approx(well.linearity, abs=0.01)
    assert well.linearity < 0.97


def test_a_quadratic_limit_is_the_gaussian_s() -> None:
    """Near the bottom of one well the process is nearly an Ornstein–Uhlenbeck one; over both, `ψ` tells the wells."""
    well = double_well(8.0, 0.95)
    inside = np.abs(np.abs(well.grid) - 1) < 0.2
    assert np.ptp(np.abs(well.eigenfunction[inside])) < 0.2
    assert np.all(np.diff(well.eigenfunction[well.density > 1e-12]) > 0)

"""Shares of the variance by Hermite degree, of latents in any affine scale."""

from math import sqrt

import pytest
import torch
from lejepa import certify
from lejepa.certification.latents import energy_by_degree
from lejepa.measures.white import whitened
from torch import Tensor

COUNT = 20_000


@pytest.fixture(scope="module")
def latents() -> Tensor:
    return torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def embedded(z: Tensor) -> Tensor:
    """Of variance 1 and 2; by degrees 1, 2 and 3 their shares are 0.6 + 2, 0.3 and 0.1 of 3."""
    x, y = z.T
    first = sqrt(0.6) * x + sqrt(0.3) * (x * x - 1) / sqrt(2) + sqrt(0.1) * (y**3 - 3 * y) / sqrt(6)
    return torch.stack((first, sqrt(2) * y), dim=1)


SHEAR = torch.tensor([[2.0, 0.3], [-7.0, 0.5]], dtype=torch.float64)
SCALES = {
    "5 z + 3": lambda z: 5 * z + 3,
    "z / 1000 - 10": lambda z: z / 1000 - 10,
    "a unit a coordinate": lambda z: z * torch.tensor([1e-6, 1e6], dtype=torch.float64),
    "a linear map": lambda z: z @ SHEAR + torch.tensor([100.0, -1.0], dtype=torch.float64),
}


def test_shares_are_those_in_closed_form(latents: Tensor) -> None:
    shares = energy_by_degree(whitened("z", latents), embedded(latents))
    for share, expected in zip(shares, (2.6 / 3, 0.3 / 3, 0.1 / 3, 0, 0, 0), strict=True):
        assert share.share == pytest.approx(expected, abs=max(5 * share.error, 2e-3))


@pytest.mark.parametrize("scale", SCALES)
def test_shares_do_not_depend_on_the_scale_that_latents_come_in(latents: Tensor, scale: str) -> None:
    h = embedded(latents)
    plain, scaled = (energy_by_degree(whitened("z", z), h) for z in (latents, SCALES[scale](latents)))
    for a, b in zip(plain, scaled, strict=True):
        assert b.degree == a.degree
        assert b.share == pytest.approx(a.share, abs=1e-6)


def test_a_certificate_has_the_same_recovery_and_shares(latents: Tensor) -> None:
    noise = torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    h0, h1 = latents, 0.9 * latents + sqrt(0.19) * noise
    plain, scaled = (certify(h0, h1, rho=0.9, latents=z) for z in (latents, 5 * latents + 3))
    assert plain.energy is not None
    assert scaled.energy is not None
    assert scaled.energy[0].share == pytest.approx(plain.energy[0].share, abs=1e-9)
    assert plain.energy[0].share == pytest.approx(1, abs=1e-3)
    assert scaled.recovery == pytest.approx(plain.recovery, abs=1e-9)

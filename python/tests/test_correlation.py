"""Estimates of a world's correlation."""

import numpy as np
import pytest
import torch
from lejepa.certification.correlation import CorrelationEstimate, estimate
from lejepa.certification.known import Known, orthogonal, quadratic
from lejepa.certification.moments import PairMoments
from lejepa.errors import UserError


def estimated(encoder: Known, count: int, seed: int) -> CorrelationEstimate:
    h0, h1 = encoder.pairs(count, seed)
    moments = PairMoments(encoder.dim, torch.device("cpu"), count, cross=True)
    moments.add(h0, h1)
    return estimate(*moments.second_moments(), moments.blocks().weights)


@pytest.mark.parametrize(
    "encoder", [orthogonal(1, 0.9), orthogonal(4, 0.6), quadratic(3, 0.9)], ids=lambda e: f"{e.name}-{e.dim}"
)
def test_limits_cover(encoder: Known) -> None:
    """A linear projection exists in all of these but the last, whose greatest correlation is below ρ."""
    found = [estimated(encoder, 400, seed) for seed in range(300)]
    assert np.mean([f.lower(0.05) <= encoder.rho for f in found]) >= 0.91
    if encoder.name == "orthogonal":
        assert np.mean([f.upper(0.05) >= encoder.rho for f in found]) >= 0.91
        assert np.mean([f.value for f in found]) == pytest.approx(encoder.rho, abs=0.01)


def test_a_quadratic_encoder_hides_the_correlation() -> None:
    """What the estimate assumes is needed: without a linear projection it falls short of ρ."""

    def encode(z: torch.Tensor) -> torch.Tensor:
        return (z**2 - 1) / 2**0.5

    f = estimated(Known("square", 2, 0.9, encode, 0, 0, 0), 20_000, 0)
    assert f.upper(0.01) < 0.86
    assert f.value == pytest.approx(0.81, abs=0.02)


def test_coordinates_that_determine_each_other_are_told() -> None:
    def encode(z: torch.Tensor) -> torch.Tensor:
        return torch.stack((z[:, 0], z[:, 0]), 1)

    with pytest.raises(UserError, match="full rank"):
        estimated(Known("twice", 2, 0.9, encode, 0, 0, 0), 500, 0)

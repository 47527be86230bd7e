"""Energy by degree: against the exact expansion, against known encoders, in many dimensions."""

import numpy as np
import pytest
import torch
from lejepa.measures.spectrum import expand_function, expand_samples
from lejepa.training.energy import HermiteEnergy, highest_degree


def gaussian(count: int, dim: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def bent(z: torch.Tensor) -> torch.Tensor:
    a, b = z.unbind(-1)
    return torch.stack((a + 0.3 * torch.tanh(2 * b), b + 0.2 * torch.sin(a * b)), dim=-1)


def test_it_is_the_energy_of_the_exact_expansion() -> None:
    """Within the errors that plain sample means have; these are smaller, since the affine part is fitted."""
    z = gaussian(20_000, 2)
    exact, _ = expand_function(lambda x: bent(torch.from_numpy(x)).numpy(), 2, 6, nodes=60).energy()
    _, errors = expand_samples(z, bent(z), 6).energy()
    measured = HermiteEnergy(z, 6)(bent(z)[None])[0].numpy()
    assert np.all(np.abs(measured[:-1] - exact) < 3 * errors)
    assert np.abs(measured[3] - exact[3]) < 0.1 * exact[3]


def test_models_are_measured_one_by_one() -> None:
    z = gaussian(2_000, 2)
    measure = HermiteEnergy(z)
    both = measure(torch.stack((bent(z), z**2)))
    torch.testing.assert_close(both[1:], measure((z**2)[None]))
    assert both.shape == (2, highest_degree(2) + 2)


@pytest.mark.parametrize("dim", [1, 2, 3, 16, 40])
def test_an_affine_encoder_has_degrees_zero_and_one_alone(dim: int) -> None:
    z = gaussian(1_500, dim)
    a = gaussian(dim, dim, seed=1)
    energy = HermiteEnergy(z)((z @ a.T + 0.5)[None])[0]
    expected = torch.zeros(len(energy), dtype=torch.float64)
    expected[0], expected[1] = 0.25 * dim, a.square().sum()
    torch.testing.assert_close(energy, expected, atol=1e-9, rtol=1e-9)


def test_in_many_dimensions_the_rest_is_in_the_remainder() -> None:
    z = gaussian(10_000, 60)
    energy = HermiteEnergy(z)((z + 0.1 * (z**2 - 1))[None])[0]
    assert len(energy) == 3
    assert energy[1].item() == pytest.approx(60, rel=0.01)
    assert energy[2].item() == pytest.approx(60 * 0.01 * 2, rel=0.1)


@pytest.mark.parametrize(("dim", "degree"), [(1, 6), (2, 6), (4, 6), (8, 3), (16, 2), (32, 1), (1024, 1)])
def test_the_highest_degree_falls_with_the_dimension(dim: int, degree: int) -> None:
    assert highest_degree(dim) == degree


@pytest.mark.parametrize("dim", [1, 2])
def test_outputs_that_know_nothing_of_the_latents_have_no_energy_below_the_remainder(dim: int) -> None:
    """The square of a sample mean of noise is its variance over the count on average, which must be taken off."""
    count, models = 200, 600
    z = gaussian(count, dim)
    noise = torch.randn(models, count, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    energy = HermiteEnergy(z, 3)(noise)[:, :-1]
    assert (energy.mean(0).abs() < 4 * energy.std(0) / models**0.5).all()

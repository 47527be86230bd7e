"""Energy by degree: against the exact expansion, against known encoders, in many dimensions."""

from math import factorial

import numpy as np
import pytest
import torch
from lejepa.measures.spectrum import expand_function, expand_samples
from lejepa.training.energy import HermiteEnergy, design, highest_degree, linear_indices


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


def test_noise_has_no_energy_in_any_degree() -> None:
    """Of noise that latents say nothing of, the plain squares of coefficients are `indices / count` a degree; unbiased
    they average to 0, and the remainder has all its variance."""
    repeats, count, dim = 300, 150, 2
    found, plain = [], []
    for seed in range(repeats):
        z, noise = gaussian(count, dim, seed), gaussian(count, 1, seed + 10**6)
        measure = HermiteEnergy(z, 3)
        found.append(measure(noise[None])[0])
        squares = (measure.basis.T @ (noise - noise.mean())).square()[:, 0] / count**2
        plain.append(torch.stack([squares[measure.degrees == k].sum() for k in range(4)]))
    energy, error = torch.stack(found).mean(0), torch.stack(found).std(0) / repeats**0.5
    for k in range(4):
        assert abs(energy[k]) < 3.3 * error[k], k
    assert energy[4].item() == pytest.approx(1, abs=3.3 * error[4].item() + 5 / count)  # three are fitted
    for k in (2, 3):
        assert torch.stack(plain).mean(0)[k].item() == pytest.approx((k + 1) / count, rel=0.2)
        assert torch.stack(plain).mean(0)[k] > 6 * error[k]


def test_the_energy_of_known_polynomials_is_their_coefficients_squares() -> None:
    """`h₁ = .5 + z₁ - .7 z₂ + .3 He₂(z₁)/√2 + .2 z₁ z₂`, `h₂ = .4 He₃(z₂)/√6`, and noise in the remainder."""
    repeats, count = 200, 500
    found = []
    for seed in range(repeats):
        z = gaussian(count, 2, seed)
        a, b = z.unbind(-1)
        first = 0.5 + a - 0.7 * b + 0.3 * (a**2 - 1) / 2**0.5 + 0.2 * a * b
        second = 0.4 * (b**3 - 3 * b) / 6**0.5
        h = torch.stack((first, second), -1) + 0.1 * gaussian(count, 2, seed + 10**6)
        found.append(HermiteEnergy(z, 4)(h[None])[0])
    energy, error = torch.stack(found).mean(0), torch.stack(found).std(0) / repeats**0.5
    truth = torch.tensor([0.25, 1.49, 0.13, 0.16, 0, 0.02], dtype=torch.float64)
    # the affine part is fitted: what it leaves is smaller by three of 500 degrees of freedom
    assert ((energy - truth).abs() < 3.5 * error + 0.01 * truth).all(), (energy - truth) / error
    assert error.max() < 0.02


def test_the_design_is_of_normalized_hermite_products() -> None:
    z = gaussian(6, 3)
    indices = [(0, 0, 0), (1, 0, 0), (2, 0, 1), (0, 3, 0), (1, 1, 4)]

    def column(alpha: tuple[int, ...]) -> np.ndarray:
        one = [np.polynomial.hermite_e.hermeval(z[:, i].numpy(), np.eye(5)[k]) for i, k in enumerate(alpha)]
        return np.prod(one, 0) / np.prod([factorial(k) for k in alpha]) ** 0.5

    expected = np.stack([column(alpha) for alpha in indices], 1)
    np.testing.assert_allclose(design(z, indices).numpy(), expected, rtol=1e-12)
    assert linear_indices(3) == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]

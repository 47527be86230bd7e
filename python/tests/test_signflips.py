"""Gaussian worlds with sign flips: against a Galerkin method in Hermite polynomials and adaptive quadrature."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from lejepa.training.config import World
from lejepa.training.signflips import SignFlips, inner_variance, sign_flips
from lejepa.training.world import eigenfunction, latents, pairs, signs
from numpy.polynomial import hermite_e
from numpy.typing import NDArray
from scipy import integrate, stats

COUNT = 400_000
INSIDE = (0.0, 0.5), 0.96914  # the world of the Lean proof
OUTSIDE = (1.6,), 0.9
WORLDS = [INSIDE, OUTSIDE, ((1.6,), 0.5), ((0.0, 1.0), 0.6), ((0.5, 1.0), 0.8), ((0.3, 0.6, 3.0), 0.4), ((6.0,), 0.99)]
Array = NDArray[np.float64]


def sign_of(flips: tuple[float, ...], z: float) -> int:
    """1 below the first of the numbers, then changing."""
    return (-1) ** sum(abs(z) > f for f in flips)


def mean(f, flips: tuple[float, ...]) -> float:  # type: ignore[no-untyped-def]
    """Of a function of `z ∼ N(0, 1)`, piece by piece."""
    edges = sorted({0.0, *flips, 12.0})
    ends = list(pairwise(edges))
    ends += [(-b, -a) for a, b in ends]
    return sum(integrate.quad(lambda z: f(z) * stats.norm.pdf(z), a, b, epsabs=1e-13)[0] for a, b in ends)


class Galerkin:
    """The symmetrized step on the span of odd Hermite polynomials `h` and of `s h`, or on even ones.

    A step without flips is `ρᵏ` on each Hermite polynomial `hₖ`, and so known by a function's Hermite coefficients.
    """

    def __init__(self, flips: tuple[float, ...], rho: float, odd: bool, size: int = 12, degree: int = 150) -> None:
        x, w = np.polynomial.legendre.leggauss(200)
        ends = list(pairwise(sorted({0.0, *flips, 14.0})))
        z = np.concatenate([(a + b) / 2 + (b - a) / 2 * x for a, b in ends])
        w = np.concatenate([(b - a) / 2 * w for a, b in ends])
        self.z, self.law = np.concatenate((-z, z)), np.concatenate((w, w)) * stats.norm.pdf(np.concatenate((z, z)))
        norms = np.array([math.sqrt(math.factorial(k)) for k in range(degree + 1)])
        hermite = hermite_e.hermevander(self.z, degree) / norms
        sign = np.array([sign_of(flips, v) for v in self.z])[:, None]
        some = hermite[:, 2 - odd : 2 * size : 2]
        basis = np.hstack((some, sign * some)) if odd else some
        q, _ = np.linalg.qr(basis * np.sqrt(self.law)[:, None])
        self.functions = q / np.sqrt(self.law)[:, None]
        flipped = sign * self.functions if odd else self.functions  # even functions of `s z` are those of `z`
        before, after = ((hermite * self.law[:, None]).T @ f for f in (flipped, self.functions))
        step = (before.T * rho ** np.arange(degree + 1)) @ after
        self.values, self.vectors = np.linalg.eigh((step + step.T) / 2)

    def best(self) -> tuple[float, Array]:
        """The greatest eigenvalue and its eigenfunction at the nodes."""
        return float(self.values[-1]), self.functions @ self.vectors[:, -1]


@pytest.mark.parametrize(("flips", "rho"), WORLDS)
def test_its_correlation_is_that_of_quadrature(flips: tuple[float, ...], rho: float) -> None:
    found = SignFlips(flips, rho).correlation
    assert found == pytest.approx(rho * mean(lambda z: sign_of(flips, z) * z * z, flips), abs=1e-10)


def test_the_variance_within_a_radius() -> None:
    for c in (0.0, 0.5, 1.6, 9.0):
        within = integrate.quad(lambda z: z * z * stats.norm.pdf(z), -c, c)[0]
        assert inner_variance(c) == pytest.approx(within, abs=1e-12)
    assert 1 - inner_variance(0.5) == pytest.approx(INSIDE[1], abs=1e-5)  # the factor of the Lean proof


@pytest.mark.parametrize(("flips", "rho"), [w for w in WORLDS if w[1] <= 0.9])
def test_the_best_encoder_is_that_of_another_method(flips: tuple[float, ...], rho: float) -> None:
    world = SignFlips(flips, rho)
    odd, even = (Galerkin(flips, rho, odd) for odd in (True, False))
    assert even.best()[0] == pytest.approx(rho**2)
    assert world.odd[0] == pytest.approx(odd.best()[0], abs=1e-4)
    value, found = max(odd.best(), even.best(), key=lambda pair: pair[0])
    assert world.eigenvalue == pytest.approx(value, abs=1e-4)
    psi = world.eigenfunction(odd.z)
    flipped = np.array([sign_of(flips, z) < 0 for z in odd.z])
    assert world.linearity == 0 or abs(psi[flipped]).max() == 0  # whereas the other method does not know it
    assert (odd.law @ psi, odd.law @ psi**2) == pytest.approx((0, 1), abs=1e-6)
    assert abs(odd.law @ (psi * found)) == pytest.approx(1, abs=1e-3)
    assert (odd.law @ (psi * odd.z)) ** 2 == pytest.approx(world.linearity, abs=1e-6)


@pytest.mark.parametrize(
    ("world", "identity", "value", "linearity"),
    [(INSIDE, 0.90933, 0.95986, 0.92877), (OUTSIDE, 0.06382, 0.81, 0.0)],
)
def test_the_predictions_of_the_experiment(
    world: tuple[tuple[float, ...], float], identity: float, value: float, linearity: float
) -> None:
    """Those of the configuration. The symmetrized step is applied to `ψ` by adaptive quadrature, which gives `λ ψ`."""
    made = SignFlips(*world)
    assert made.correlation == pytest.approx(identity, abs=1e-5)
    assert made.eigenvalue == pytest.approx(value, abs=1e-5)
    assert made.linearity == pytest.approx(linearity, abs=1e-5)
    flips, rho = world
    noise = math.sqrt(1 - rho**2)

    def psi(z: float) -> float:
        return float(made.eigenfunction(np.array([z]))[0])

    def after(f, z: float) -> float:  # type: ignore[no-untyped-def]
        """`𝔼 f(ρ z + noise)`."""
        edges = sorted({-9.0, 9.0, *flips, *(-f for f in flips), rho * z})
        return sum(
            integrate.quad(lambda y: f(y) * stats.norm.pdf(y, rho * z, noise), a, b)[0] for a, b in pairwise(edges)
        )

    for z in (0.2, 0.7, -1.3, 2.5):
        forward = after(psi, sign_of(flips, z) * z)
        # backwards: z' is drawn first, and z is Gaussian about `ρ z'` but for its sign, which is that of `s(z)`
        backward = after(lambda y: psi(sign_of(flips, y) * y), z)
        assert (forward + backward) / 2 == pytest.approx(made.eigenvalue * psi(z), abs=1e-6)


@pytest.mark.parametrize(("flips", "rho"), [INSIDE, OUTSIDE, ((0.5, 1.0), 0.8)])
def test_sampled_pairs_have_the_law(flips: tuple[float, ...], rho: float) -> None:
    """Both ends and the noise are standard Gaussian, and moments of the pair are those of quadrature."""
    world = World(latent="signflips", dim=2, rho=rho, flips=flips)
    z, z_next = (x.double() for x in pairs(world, (COUNT // 2,), torch.Generator().manual_seed(0)))
    drift = torch.tensor([[sign_of(flips, v) * v for v in row] for row in z[:2000].tolist()], dtype=torch.float64)
    rest = (z_next[:2000] - rho * drift) / math.sqrt(1 - rho**2)
    for x in (z, z_next, rest):
        sample = x.reshape(-1).numpy()
        assert stats.kstest(sample, stats.norm.cdf).statistic * math.sqrt(len(sample)) < 1.95
    assert torch.corrcoef(torch.cat((z, z_next), 1).T)[0, [1, 3]].abs().max() < 5 / math.sqrt(len(z))

    def product(i: int, j: int) -> float:
        """`𝔼 zⁱ z'ʲ`, by the moments of `z'` given `z`."""

        def given(z: float) -> float:
            centre = rho * sign_of(flips, z) * z
            return z**i * float(stats.norm.moment(j, centre, math.sqrt(1 - rho**2)))

        return mean(given, flips)

    for i, j in ((1, 1), (2, 2), (1, 3), (3, 1)):
        found = (z**i * z_next**j).reshape(-1)
        assert found.mean().item() == pytest.approx(product(i, j), abs=5 * found.std().item() / math.sqrt(len(found)))
    assert world.correlation == pytest.approx(product(1, 1), abs=1e-9)


def test_the_sampled_encoder_keeps_what_the_spectrum_says() -> None:
    """`𝔼 ψ(z) ψ(z')` is the eigenvalue, and greater than the identity's and the second Hermite polynomial's."""
    for flips, rho in (INSIDE, OUTSIDE):
        world = World(latent="signflips", dim=1, rho=rho, flips=flips)
        count = COUNT // 8
        z, z_next = pairs(world, (count,), torch.Generator().manual_seed(1))
        psi, after = eigenfunction(world, z), eigenfunction(world, z_next)
        assert psi is not None
        assert after is not None
        products = psi * after
        assert psi.shape == z.shape
        expected = sign_flips(flips, rho).eigenvalue
        assert products.mean().item() == pytest.approx(expected, abs=5 * products.std().item() / math.sqrt(count))
        assert expected >= rho**2 > world.correlation


def test_the_sign_changes_where_it_says() -> None:
    z = torch.tensor([-2.0, -0.75, -0.25, 0.25, 0.75, 2.0])
    assert signs((0.0, 0.5), z).tolist() == [1, 1, -1, -1, 1, 1]
    assert signs((0.5, 1.0), z).tolist() == [1, -1, 1, 1, -1, 1]
    made = SignFlips((0.5, 1.0), 0.5)
    np.testing.assert_array_equal(made.signs(z.numpy().astype(np.float64)), signs((0.5, 1.0), z).numpy())


def test_latents_are_gaussian_and_the_bound_is_not_of_this_world() -> None:
    world = World(latent="signflips", dim=1, rho=0.9, flips=(1.6,))
    assert (world.of_theorem, world.bent, world.spectral, world.actions) == (False, True, True, 0)
    z = latents(world, (50_000,), torch.Generator().manual_seed(3))
    assert stats.kstest(z[:, 0].numpy(), stats.norm.cdf).statistic * math.sqrt(len(z)) < 1.95
    assert torch.equal(z, latents(World(dim=1, rho=0.9), (50_000,), torch.Generator().manual_seed(3)))

"""Worlds by exact moments and the best white encoder of a span, against quadrature, known laws and known spectra."""

from fractions import Fraction
from math import comb, factorial, sqrt

import numpy as np
import pytest
from flint import arb, fmpq, fmpq_mat
from lejepa.exact.hermite import precision, rational
from lejepa.exact.laws import law
from lejepa.exact.worlds import (
    Span,
    World,
    gaussian,
    halved_signs,
    image,
    independent,
    nodes,
    ornstein_uhlenbeck,
    scattered,
    signed,
    uniform,
)
from scipy.linalg import eigh

HALF = fmpq(1, 2)


def number(x: fmpq) -> float:
    return float(x.p) / float(x.q)


def test_gauss_hermite_laws_have_the_moments_of_their_nodes() -> None:
    for points in (2, 3, 5):
        at, weights = np.polynomial.hermite_e.hermegauss(points)
        for k in range(2 * points + 6):
            assert number(nodes(points)(k)) == pytest.approx(
                float(weights @ at**k / weights.sum()), abs=1e-9, rel=1e-12
            )


def test_a_fair_sign_halved_and_halved_again_makes_the_uniform_law() -> None:
    world = World.driven(independent(nodes(2)), [HALF])
    assert [world.latent((k,)) for k in range(13)] == [uniform(k) for k in range(13)]


def test_the_noise_of_the_laplace_law_makes_the_laplace_law() -> None:
    rho = fmpq(2, 3)
    for n in (1, 2):
        world = World.stationary(scattered(lambda m: factorial(m) * (1 - rho**2 if m else 1)), [rho] * n)
        laplace = scattered(lambda m: factorial(m))
        assert all(world.latent(a) == laplace(a) for a in np.ndindex(*[7] * n))
    assert [world.latent((k, 0)) for k in range(11)] == law("laplace", 1, 10).moments()


@pytest.mark.parametrize(("name", "fourth", "sixth"), [("logistic", (6, 5), (48, 7)), ("sech", (2, 1), (16, 1))])
def test_cumulants_of_symmetric_laws(name: str, fourth: tuple[int, int], sixth: tuple[int, int]) -> None:
    """Excess kurtosis and sixth cumulant as tables have them (Johnson, Kotz and Balakrishnan, chapter 23)."""
    assert law(name).cumulants[3:6:2] == (fmpq(*fourth), fmpq(*sixth))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_spectrum_of_the_gaussian_world_is_that_of_hermite_polynomials(n: int) -> None:
    rho = fmpq(2, 7)
    with precision(40):
        values = ornstein_uhlenbeck(n, rho).polynomials(3).values
    assert [times for _, times in values] == [comb(n + k - 1, k) for k in (1, 2, 3)]
    assert all(abs(value - (2 - 2 * rho**k)) < 1e-14 for k, (value, _) in enumerate(values, 1))
    assert all(value.rad() < 1e-30 for value, _ in values)


def test_the_best_polynomial_agrees_with_quadrature() -> None:
    """Latents uniform, noise a fair sign: matrices by Gauss–Legendre points, whose sums are exact for polynomials."""
    points, weights = np.polynomial.legendre.leggauss(20)
    z, p = sqrt(3) * points, weights / 2
    powers = np.arange(1, 6)
    phi = z[:, None] ** powers
    after = [(z / 2 + s * sqrt(3) / 2)[:, None] ** powers for s in (-1, 1)]
    moving = sum((f - phi).T @ (p[:, None] * (f - phi)) / 2 for f in after)
    still = phi.T @ (p[:, None] * phi) - np.outer(p @ phi, p @ phi)
    expected = eigh(moving, still, eigvals_only=True)
    with precision(30):
        found = World.driven(independent(nodes(2)), [HALF]).polynomials(5).values
    assert [float(v) for v, _ in found] == pytest.approx(expected, rel=1e-8)


def test_turned_coordinates_have_the_moments_of_a_sample() -> None:
    rows = [[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]]
    turned = image(independent(nodes(2), uniform), rows, [fmpq(1), fmpq(0)])
    x, w = np.polynomial.legendre.leggauss(8)
    for a in ((1, 0), (2, 0), (1, 1), (3, 1), (2, 2)):
        mean = sum(
            v / 4 * (0.6 * s - 0.8 * sqrt(3) * u + 1) ** a[0] * (0.8 * s + 0.6 * sqrt(3) * u) ** a[1]
            for s in (-1, 1)
            for u, v in zip(x, w, strict=True)
        )
        assert number(turned(a)) == pytest.approx(mean, abs=1e-12)


def test_gaussian_coordinates_that_are_not_jointly_gaussian() -> None:
    world = World.driven(signed, [HALF] * 2)
    assert all(world.latent((k, 0)) == gaussian(k) == world.latent((0, k)) for k in range(9))
    assert world.is_white
    assert world.is_stationary(6)
    assert not world.is_gaussian(4)


def test_signs_that_are_halved_hold_the_identity_best() -> None:
    """Of functions of -1, 0, 1 that are odd signs on ±1, `f(0) = c` adds `(1 - c)²/4 + (1 + c)²/4`: best is 1/2."""
    world = halved_signs(1)
    assert not world.is_stationary(2)
    with precision(30):
        assert world.polynomials(2).least(1).contains(HALF)
        assert world.step == HALF


def test_alignment_of_given_rows_is_that_of_their_white_version() -> None:
    world = World.named([("laplace", 1)], [HALF], 6)
    span = world.polynomials(3)
    assert span.alignment(fmpq_mat([[2, 0, 0]])) == world.step == 1
    cubic = span.alignment(fmpq_mat([[1, 0, fmpq(1, 10)]]))
    with precision(30):
        assert span.least(1) < arb(cubic)
        assert abs(float(arb(span.alignment(span.nearest(1))) - span.least(1))) < 1e-12


def test_eigenfunctions_of_a_rational_value() -> None:
    span = ornstein_uhlenbeck(2, HALF).polynomials(2)
    rows = span.eigenfunctions(2 - 2 * HALF)
    assert rows.nrows() == 2
    assert all(c == 0 for row in rows.tolist() for c in row[2:])
    assert span.eigenfunctions(fmpq(1, 3)).nrows() == 0


def test_a_span_without_enough_functions_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 3 outputs of a span of dimension 2"):
        Span(fmpq_mat([[1, 0], [0, 1]]), fmpq_mat([[1, 0], [0, 1]])).least(3)


def test_the_step_is_the_mean_squared_difference() -> None:
    """Of latents of mean 3/5 and deviation 4/5, whose noise has mean (1 - ρ) 3/5."""
    rho = rational(Fraction(1, 3))
    noise = image(independent(uniform), [[fmpq(1, 5)]], [(1 - rho) * fmpq(3, 5)])
    world = World(1, image(independent(gaussian), [[fmpq(4, 5)]], [fmpq(3, 5)]), noise, (rho,))
    terms = world.terms
    assert world.step == terms["before"] + terms["after"] - 2 * terms["covariance"]
    assert world.step == (1 - rho) ** 2 * fmpq(16, 25) + fmpq(1, 25)

"""Worlds by exact moments and the best white encoder of a span, against quadrature, known laws and known spectra."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from math import comb, factorial, prod, sqrt
from typing import Any

import numpy as np
import pytest
import sympy
from flint import arb, fmpq, fmpq_mat
from lejepa.exact.hermite import precision, rational
from lejepa.exact.laws import law
from lejepa.exact.worlds import (
    Moments,
    Span,
    World,
    gaussian,
    halved_signs,
    image,
    independent,
    kernel,
    nodes,
    ornstein_uhlenbeck,
    pivots,
    scaled,
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


def test_moments_are_exact_rationals() -> None:
    """Those that are 0 too, as of the law at a single point, which one node makes."""
    assert [nodes(1)(k) for k in range(5)] == [1, 0, 0, 0, 0]
    one = [gaussian, uniform, nodes(1), nodes(2)]
    two = [signed, independent(uniform, nodes(2)), scattered(lambda m: fmpq(1)), scaled(signed, [HALF] * 2)]
    world = World.driven(independent(uniform, nodes(2)), [HALF] * 2)
    assert {type(line(k)) for line in one for k in range(6)} == {fmpq}
    assert {type(law(a)) for law in [*two, world.latent, world.after] for a in np.ndindex(4, 4)} == {fmpq}
    assert {type(x) for x in [*world.terms.values(), world.step]} == {fmpq}


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


# Against sums over laws of finitely many points, in exact fractions: nothing of these is computed as the module does


Points = list[tuple[Fraction, tuple[Fraction, ...]]]  # probabilities, and where

LATENT: Points = [
    (Fraction(1, 2), (Fraction(-1), Fraction(1, 3))),
    (Fraction(1, 3), (Fraction(2), Fraction(-1, 2))),
    (Fraction(1, 8), (Fraction(1, 4), Fraction(3))),
    (Fraction(1, 24), (Fraction(-3, 2), Fraction(-1))),
]
NOISE: Points = [
    (Fraction(1, 5), (Fraction(1), Fraction(-2))),
    (Fraction(4, 5), (Fraction(-1, 4), Fraction(1, 2))),
]
RHOS = (Fraction(1, 3), Fraction(-3, 5))


def mean(points: Points, f: Callable[[tuple[Fraction, ...]], Fraction]) -> Fraction:
    return sum((p * f(x) for p, x in points), Fraction(0))


def power(x: Sequence[Fraction], a: Sequence[int]) -> Fraction:
    return prod((Fraction(y**k) for y, k in zip(x, a, strict=True)), start=Fraction(1))


def moments(points: Points) -> Moments:
    return lambda a: rational(mean(points, lambda x: power(x, a)))


def pairs(latent: Points = LATENT, noise: Points = NOISE, rhos: Sequence[Fraction] = RHOS) -> list[Any]:
    """Every pair of a latent and its successor, with its probability."""
    return [
        (p * q, z, tuple(r * x + y for r, x, y in zip(rhos, z, e, strict=True))) for p, z in latent for q, e in noise
    ]


WORLD = World(2, moments(LATENT), moments(NOISE), tuple(map(rational, RHOS)))
INDICES = [a for a in np.ndindex(4, 4) if sum(a) <= 4]


def test_moments_of_successors_are_sums_over_all_pairs() -> None:
    for a in INDICES:
        assert WORLD.after(a) == rational(sum(p * power(after, a) for p, _, after in pairs()))
        for b in INDICES:
            assert WORLD.cross(a, b) == rational(sum(p * power(z, a) * power(after, b) for p, z, after in pairs()))


def test_the_terms_of_the_identity_are_sums_over_all_pairs() -> None:
    def total(f: Callable[[Sequence[Fraction], Sequence[Fraction]], Fraction]) -> fmpq:
        return rational(sum(p * f(z, after) for p, z, after in pairs()))

    def inner(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))

    assert WORLD.terms == {
        "before": total(lambda z, after: inner(z, z)),
        "after": total(lambda z, after: inner(after, after)),
        "covariance": total(inner),
    }
    assert WORLD.step == total(lambda z, after: sum(((y - x) ** 2 for x, y in zip(z, after, strict=True)), Fraction(0)))


FUNCTIONS: list[dict[tuple[int, ...], Fraction]] = [
    {(1, 0): Fraction(2), (0, 2): Fraction(-1, 3)},
    {(0, 2): Fraction(1), (1, 1): Fraction(1, 2), (0, 0): Fraction(5)},
    {(0, 1): Fraction(-1)},
]


def matrices(functions: Any, of: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """`A` and `S` of a span by sums over all pairs, in fractions."""

    def values(x: Sequence[Fraction]) -> list[Fraction]:
        return [sum((c * power(x, a) for a, c in f.items()), Fraction(0)) for f in functions]

    size = len(functions)
    moving, still = (np.full((size, size), Fraction(0), dtype=object) for _ in range(2))
    average = sum((p * np.array(values(z), dtype=object) for p, z, _ in of), np.full(size, Fraction(0), dtype=object))
    for p, z, after in of:
        here, there = (np.array(values(x), dtype=object) for x in (z, after))
        moving = moving + p * np.outer(there - here, there - here)
        still = still + p * np.outer(here - average, here - average)
    return moving, still


def exact(matrix: np.ndarray) -> fmpq_mat:
    return fmpq_mat([[rational(x) for x in row] for row in matrix.tolist()])


def test_the_matrices_of_a_span_are_sums_over_all_pairs() -> None:
    moving, still = matrices(FUNCTIONS, pairs())
    span = WORLD.span([{a: rational(c) for a, c in f.items()} for f in FUNCTIONS])
    assert span.moving == exact(moving)
    assert span.still == exact(still)


def test_the_span_of_monomials_has_those_of_degree_1_first() -> None:
    named = [{a: Fraction(1)} for a in ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))]
    moving, still = matrices(named, pairs())
    span = WORLD.polynomials(2)
    assert (span.moving, span.still) == (exact(moving), exact(still))


def test_signs_that_are_halved_move_by_a_half() -> None:
    half, signs = Fraction(1, 2), [Fraction(-1), Fraction(1)]
    world = halved_signs(2)
    latent: Points = [(Fraction(1, 4), z) for z in product(signs, repeat=2)]
    moved: Points = [(p, (half * e[0], half * e[1])) for p, e in latent]
    for a in INDICES:
        assert world.latent(a) == moments(latent)(a)
        assert world.after(a) == rational(sum(p * power(y, a) for p, _, y in pairs(latent, moved, (half, half))))


# Laws


def test_the_uniform_law_is_that_of_an_interval() -> None:
    """`∫ xᵏ dx / (2 √3)` over `[-√3, √3]`, by points whose sums are exact."""
    x, w = np.polynomial.legendre.leggauss(12)
    for k in range(12):
        assert number(uniform(k)) == pytest.approx(float(w @ (sqrt(3) * x) ** k) / 2, abs=1e-9)
    assert [gaussian(k) for k in range(9)] == [1, 0, 1, 0, 3, 0, 15, 0, 105]


def test_coordinates_are_scaled_by_roots() -> None:
    """The interval of half-width `√3` by the factors 1/2, 2/3 and by `√2`, a factor of no rational size."""
    law = scaled(independent(uniform, uniform), [fmpq(1, 4), fmpq(4, 9)])
    assert law((2, 4)) == fmpq(1, 4) * fmpq(9, 5) * fmpq(16, 81)
    assert law((4, 2)) == fmpq(9, 5) * fmpq(1, 16) * fmpq(4, 9)
    assert law((1, 2)) == law((3, 3)) == 0
    assert scaled(independent(uniform), [fmpq(2)])((4,)) == fmpq(36, 5)


def test_a_law_with_odd_moments_is_scaled_as_a_whole_or_not_at_all() -> None:
    """`(x, x)` with `x` standard Gaussian has `𝔼 x₁ x₂ = 1` and `𝔼 x₁³ x₂ = 3`."""

    def twice(a: tuple[int, ...]) -> Any:
        return gaussian(sum(a))

    assert scaled(twice, [fmpq(2)] * 2)((1, 1)) == 2
    assert scaled(twice, [fmpq(2)] * 2)((3, 1)) == 12
    assert scaled(twice, [fmpq(2), fmpq(3)])((2, 4)) == 15 * 2 * 9
    with pytest.raises(ValueError, match=r"symmetric law, got the moment 3 of index \(1, 3\)"):
        scaled(twice, [fmpq(2), fmpq(3)])((1, 3))
    skew = moments([(Fraction(1, 3), (Fraction(2),)), (Fraction(2, 3), (Fraction(-1),))])
    with pytest.raises(ValueError, match=r"symmetric law, got the moment 2 of index \(3,\)"):
        scaled(skew, [fmpq(2)])((3,))


def test_a_scattered_law_of_two_sizes_is_a_mixture_of_two_gaussians() -> None:
    """`W` is 4 or 1/9: the mean over the two of Gaussian moments by Gauss–Hermite points."""
    law = scattered(lambda m: fmpq(1, 4) * 4**m + fmpq(3, 4) * fmpq(1, 9**m))
    at, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    for a in INDICES:
        expected = sum(p * prod(float(weights @ (s * at) ** k) for k in a) for p, s in ((0.25, 2.0), (0.75, 1 / 3)))
        assert number(law(a)) == pytest.approx(expected, abs=1e-9)


def test_signed_coordinates_are_a_mean_over_signs() -> None:
    for a in np.ndindex(4, 4, 3):
        over_signs = sum(
            (
                Fraction(prod(s**k for s, k in zip((1, *signs), a, strict=True)), 4)
                for signs in product((-1, 1), repeat=2)
            ),
            Fraction(0),
        )
        assert signed(a) == rational(over_signs) * gaussian(sum(a))


def test_an_affine_image_is_a_sum_over_points() -> None:
    rows = [[Fraction(1, 2), Fraction(-1)], [Fraction(0), Fraction(1)], [Fraction(2), Fraction(0)]]
    shift = [Fraction(0), Fraction(-1, 3), Fraction(1)]
    for moved in (shift, None):
        found = image(moments(LATENT), [list(map(rational, r)) for r in rows], moved and list(map(rational, moved)))
        images: Points = [
            (
                p,
                tuple(
                    sum((c * x for c, x in zip(row, z, strict=True)), s)
                    for row, s in zip(rows, moved or [Fraction(0)] * 3, strict=True)
                ),
            )
            for p, z in LATENT
        ]
        for a in np.ndindex(3, 3, 3):
            assert found(a) == rational(mean(images, lambda x, a=a: power(x, a)))  # type: ignore[misc]


# Stationary worlds: the joint cumulants of the latents are those of the noise over `1 - ρᵃ`


def test_the_stationary_law_of_any_noise_by_its_cumulants() -> None:
    """Cumulants of two coordinates to order 4, of a noise of mean 0 that is neither symmetric nor independent."""
    centred: Points = [
        (p, tuple(x - mean(NOISE, lambda y, i=i: y[i]) for i, x in enumerate(z)))  # type: ignore[misc]
        for p, z in NOISE
    ]
    r, s = RHOS
    noise = moments(centred)
    latent = World.stationary(noise, [rational(r), rational(s)]).latent

    def kept(*a: int) -> fmpq:
        return 1 - rational(r ** a[0] * s ** a[1])

    assert latent((0, 0)) == 1
    assert latent((1, 0)) == latent((0, 1)) == 0
    for a in ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)):
        assert latent(a) == noise(a) / kept(*a)

    def fourth(of: Moments) -> dict[tuple[int, int], Any]:
        xx, xy, yy = of((2, 0)), of((1, 1)), of((0, 2))
        return {
            (4, 0): of((4, 0)) - 3 * xx * xx,
            (3, 1): of((3, 1)) - 3 * xx * xy,
            (2, 2): of((2, 2)) - xx * yy - 2 * xy * xy,
            (0, 4): of((0, 4)) - 3 * yy * yy,
        }

    for a, cumulant in fourth(latent).items():
        assert cumulant == fourth(noise)[a] / kept(*a)


def test_the_stationary_mean_is_that_of_the_noise_over_what_is_forgotten() -> None:
    world = World.stationary(moments(NOISE), [rational(r) for r in RHOS])
    assert world.latent((1, 0)) == rational(mean(NOISE, lambda x: x[0]) / (1 - RHOS[0]))
    assert world.latent((0, 1)) == rational(mean(NOISE, lambda x: x[1]) / (1 - RHOS[1]))
    assert world.rhos == tuple(map(rational, RHOS))
    assert world.n == 2
    assert world.is_stationary(5)


def test_a_driven_world_has_variance_1_at_each_correlation() -> None:
    rhos = [fmpq(1, 2), fmpq(-2, 3), fmpq(0)]
    world = World.driven(independent(uniform, nodes(2), gaussian), rhos)
    assert world.is_white
    assert world.is_stationary(4)
    assert [world.noise(u) for u in ((2, 0, 0), (0, 2, 0), (0, 0, 2))] == [1 - r * r for r in rhos]
    # fourth cumulants of noise -6/5 (1 - ρ²)² and -2 (1 - ρ²)², over 1 - ρ⁴
    assert world.latent((4, 0, 0)) - 3 == -fmpq(6, 5) * fmpq(3, 4) ** 2 / (1 - fmpq(1, 16))
    assert world.latent((0, 4, 0)) - 3 == -2 * fmpq(5, 9) ** 2 / (1 - fmpq(16, 81))
    assert world.latent((0, 0, 4)) == 3


def test_a_world_of_named_laws_has_those_laws_in_turn() -> None:
    """Excess kurtoses 3 of the Laplace law, 6 of the exponential, and 6/5 of the logistic halved by two copies."""
    rhos = [fmpq(1, 2), fmpq(1, 3), fmpq(3, 4)]
    world = World.named([("laplace", 1), ("gamma", 1), ("logistic", 2)], rhos, 4)
    assert [world.latent(tuple(4 * int(i == j) for j in range(3))) - 3 for i in range(3)] == [3, 6, fmpq(3, 5)]
    assert [world.latent(tuple(3 * int(i == j) for j in range(3))) for i in range(3)] == [0, 2, 0]
    assert (world.n, world.rhos) == (3, tuple(rhos))
    assert world.is_stationary(4)
    assert world.is_white
    # the noise of a law has cumulants `κ (1 - ρʳ)`
    assert [world.noise(tuple(2 * int(i == j) for j in range(3))) for i in range(3)] == [1 - r * r for r in rhos]
    assert world.noise((0, 3, 0)) == 2 * (1 - fmpq(1, 27))
    with pytest.raises(IndexError):
        world.latent((5, 0, 0))  # beyond the order that was asked for


@pytest.mark.parametrize("rho", [fmpq(2, 7), fmpq(-1, 2), fmpq(0), fmpq(1), fmpq(-1)])
def test_the_gaussian_world_by_the_pairings_of_its_coordinates(rho: fmpq) -> None:
    """Isserlis: `𝔼 z z' = ρ`, `𝔼 z² z'² = 1 + 2 ρ²`, `𝔼 z³ z' = 3 ρ`, `𝔼 z³ z'³ = 9 ρ + 6 ρ³`."""
    world = ornstein_uhlenbeck(2, rho)
    assert world.is_gaussian(6)
    assert world.is_stationary(6)
    assert world.is_white
    for i in ((1, 0), (0, 1)):

        def of(k: int, i: tuple[int, ...] = i) -> tuple[int, ...]:
            return tuple(k * x for x in i)

        assert world.cross(of(1), of(1)) == rho
        assert world.cross(of(2), of(2)) == 1 + 2 * rho**2
        assert world.cross(of(3), of(1)) == 3 * rho
        assert world.cross(of(3), of(3)) == 9 * rho + 6 * rho**3
    assert world.cross((1, 0), (0, 1)) == 0
    assert world.cross((1, 1), (1, 1)) == rho**2
    assert world.step == 2 * (2 - 2 * rho)


def test_orders_up_to_which_a_world_is_gaussian_and_stationary() -> None:
    """Three Gauss–Hermite nodes have the Gaussian's moments to order 5; of noise with two, order 3 stays as it is."""
    three = independent(nodes(3))
    world = World(1, three, scaled(independent(nodes(2)), [fmpq(3, 4)]), (HALF,))
    assert world.is_gaussian(5)
    assert not world.is_gaussian(6)
    assert world.is_stationary(3)
    assert not world.is_stationary(4)
    assert not World(2, independent(gaussian, nodes(2)), three, (HALF,) * 2).is_gaussian(4)
    assert World(2, independent(gaussian, nodes(2)), three, (HALF,) * 2).is_gaussian(3)


@pytest.mark.parametrize(
    ("law", "white"),
    [
        (independent(uniform, nodes(2)), True),
        (image(independent(uniform, nodes(2)), [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], [fmpq(0), fmpq(1)]), False),
        (image(independent(uniform, nodes(2)), [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)]]), False),
        (image(independent(uniform, nodes(2)), [[fmpq(1), fmpq(0)], [fmpq(3, 5), fmpq(4, 5)]]), False),
        (image(independent(uniform, nodes(2)), [[fmpq(-4, 5), fmpq(3, 5)], [fmpq(3, 5), fmpq(4, 5)]]), True),
        # mean 1 and mean square 1: a constant, and not of variance 1
        (independent(uniform, lambda k: fmpq(1)), False),
    ],
)
def test_white_is_mean_0_and_covariance_1(law: Moments, white: bool) -> None:
    assert World(2, law, law, (HALF, HALF)).is_white == white


# Spans of matrices whose spectrum is known

GOLDEN = fmpq_mat([[1, 1, 0], [1, 2, 0], [0, 0, 1]])  # (3 ± √5) / 2, and 1
ONE = fmpq_mat([[1, 0, 0], [0, 1, 0], [0, 0, 1]])


def test_values_are_sorted_with_their_multiplicities() -> None:
    """`A` and `S` are both changed by one basis `T`, which leaves the spectrum 2, 2, 1/3, 5, 5."""
    t = fmpq_mat([[1, 2, 0, 1, 0], [0, 1, -1, 0, 3], [2, 0, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 0, 0, 2]])
    known = [fmpq(2), fmpq(5), fmpq(1, 3), fmpq(5), fmpq(2)]
    diagonal = fmpq_mat([[x if i == j else fmpq(0) for j in range(5)] for i, x in enumerate(known)])
    span = Span(t * diagonal * t.transpose(), t * t.transpose())
    with precision(30):
        assert [times for _, times in span.values] == [1, 2, 2]
        assert all(arb(x).overlaps(v) for (v, _), x in zip(span.values, (fmpq(1, 3), 2, 5), strict=True))
        for m, total in enumerate((0, fmpq(1, 3), fmpq(7, 3), fmpq(13, 3), fmpq(28, 3), fmpq(43, 3))):
            assert span.least(m).overlaps(arb(total))
            assert span.least(m).rad() < 1e-25
        with pytest.raises(ValueError, match="expected 6 outputs of a span of dimension 5"):
            span.least(6)
    first, second, third = (span.eigenfunctions(x).tolist() for x in (fmpq(1, 3), fmpq(2), fmpq(5)))
    assert span.best(1).tolist() == first
    assert span.best(2).tolist() == [*first, second[-1]]
    assert span.best(3).tolist() == [*first, *second]
    assert span.best(4).tolist() == [*first, *second, third[-1]]
    assert span.alignment(span.best(4)) == fmpq(28, 3)


def test_the_best_outputs_are_exact_only_where_the_least_values_are_rational() -> None:
    """The least value of GOLDEN is irrational, and its rational one, 1, is the second: it is not taken for the best."""
    span = Span(GOLDEN, ONE)
    for m, least in ((1, (3 - sqrt(5)) / 2), (2, (5 - sqrt(5)) / 2), (3, 4)):
        rows = span.best(m)
        assert rows.nrows() == m
        assert number(span.alignment(rows)) == pytest.approx(least, abs=1e-12)
    first = [number(x) for x in span.best(1).tolist()[0]]
    assert first[1] / first[0] == pytest.approx((3 - sqrt(5)) / 2 - 1, abs=1e-8)  # A's rows: x + y = λ x
    assert first[2] == pytest.approx(0, abs=1e-12)
    swapped = Span(fmpq_mat([[fmpq(1, 4), 0, 0], [0, 1, 1], [0, 1, 2]]), ONE)
    assert swapped.best(1) == fmpq_mat([[1, 0, 0]])
    assert number(swapped.alignment(swapped.best(2))) == pytest.approx(0.25 + (3 - sqrt(5)) / 2, abs=1e-12)


def test_of_functions_that_align_alike_the_last_are_taken() -> None:
    span = ornstein_uhlenbeck(2, HALF).polynomials(2)
    rows = span.best(3)
    assert span.alignment(rows) == 2 * (2 - 2 * HALF) + (2 - 2 * HALF**2)
    quadratic = span.eigenfunctions(2 - 2 * HALF**2)
    assert quadratic.nrows() == 3
    assert rows.tolist()[2] == quadratic.tolist()[-1]
    assert span.best(1).tolist()[0] == span.eigenfunctions(2 - 2 * HALF).tolist()[-1]


def test_alignment_is_the_trace_over_whitened_rows() -> None:
    moving, still = matrices(FUNCTIONS, pairs())
    rows = np.array([[1, -2, Fraction(1, 2)], [0, 1, 3]], dtype=object)
    a, s = ((rows @ m @ rows.T).astype(float) for m in (moving, still))
    span = Span(exact(moving), exact(still))
    assert number(span.alignment(exact(rows))) == pytest.approx(np.trace(np.linalg.solve(s, a)), rel=1e-10)


def test_the_nearest_rationals_have_as_many_places_as_are_asked_for() -> None:
    moving, still = matrices(FUNCTIONS, pairs())
    span = Span(exact(moving), exact(still))
    values, vectors = eigh(moving.astype(float), still.astype(float))
    for m in (1, 2, 3):
        for places in (3, 9):
            rows = span.nearest(m, places)
            assert (rows.nrows(), rows.ncols()) == (m, 3)
            assert all(10**places % int(x.q) == 0 for x in rows.entries())
            found = np.array([[number(x) for x in row] for row in rows.tolist()])
            signs = np.sign(np.sum(found * vectors.T[:m], axis=1))
            assert np.abs(signs[:, None] * found - vectors.T[:m]).max() <= 0.51 * 10.0**-places
        assert span.nearest(m) == span.nearest(m, 9)
        assert number(span.alignment(span.nearest(m))) == pytest.approx(values[:m].sum(), rel=1e-9)


STILL: list[list[dict[tuple[int, int], int]]] = [
    [{(1, 0): 1}, {(0, 1): 1}, {(2, 0): 1}, {(1, 1): 1}, {(0, 2): 1}],
    [{(1, 0): 1, (2, 0): 1}, {(2, 0): 1}, {(0, 1): 1, (0, 2): 2, (2, 0): -1}, {(0, 2): 1}],
    [{(0, 2): 3}, {(1, 0): 1, (0, 2): 1, (2, 1): 2}, {(0, 1): 1}, {(2, 0): 1, (1, 0): -1}, {(1, 1): 1}, {(2, 1): 1}],
    [{(2, 0): 1}, {(2, 2): 1}, {(1, 1): 1, (2, 2): -5}],
]


@pytest.mark.parametrize("functions", STILL)
def test_functions_that_stand_still_on_the_latents_are_set_as_is_best(
    functions: list[dict[tuple[int, int], int]],
) -> None:
    """`z₁²` and `z₂²` are 1 on signs: what they add to a function is chosen by the least mean square of its step."""
    world = halved_signs(2)
    signs = [Fraction(-1), Fraction(1)]
    latent: Points = [(Fraction(1, 4), z) for z in product(signs, repeat=2)]
    moved: Points = [(p, (e[0] / 2, e[1] / 2)) for p, e in latent]
    moving, still = (m.astype(float) for m in matrices(functions, pairs(latent, moved, (Fraction(1, 2),) * 2)))
    sizes, vectors = np.linalg.eigh(still)
    varying, constant = vectors[:, sizes > 1e-9], vectors[:, sizes < 1e-9]
    # Schur's complement: the least over what constants add
    across = varying.T @ moving @ constant
    a = varying.T @ moving @ varying - across @ np.linalg.solve(constant.T @ moving @ constant, across.T)
    expected = eigh(a, varying.T @ still @ varying, eigvals_only=True)
    with precision(30):
        span = world.span([{e: fmpq(c) for e, c in f.items()} for f in functions])
        found = [float(v) for v, times in span.values for _ in range(times)]
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_kernels_and_pivots_are_those_of_sympy(seed: int) -> None:
    """Random matrices of a rank that is less than they have rows or columns, with columns of zeros."""
    rng = np.random.default_rng(seed)
    rows, columns, rank = (int(x) for x in (rng.integers(1, 5), rng.integers(2, 6), rng.integers(0, 3)))
    entries = rng.integers(-3, 4, (rows, rank)) @ rng.integers(-3, 4, (rank, columns))
    if seed % 2:
        entries[:, 0] = 0
    matrix = fmpq_mat([[fmpq(int(x), 1 + seed) for x in row] for row in entries.tolist()])
    other = sympy.Matrix(rows, columns, lambda i, j: sympy.Rational(int(entries[i, j]), 1 + seed))
    assert pivots(matrix) == list(other.rref()[1])
    expected = [[fmpq(int(x.p), int(x.q)) for x in v] for v in other.nullspace()]
    assert kernel(matrix).tolist() == expected
    assert kernel(matrix).ncols() == columns


def test_a_matrix_of_full_rank_has_no_kernel() -> None:
    assert kernel(GOLDEN).nrows() == 0
    assert pivots(GOLDEN) == [0, 1, 2]
    assert kernel(fmpq_mat([[0, 1, 2]])).tolist() == [[1, 0, 0], [0, -2, 1]]

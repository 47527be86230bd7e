"""Properties of the rigorous library: two derivations of the same number agree."""

from fractions import Fraction
from math import factorial
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import hermite as he
from lejepa.exact.functions import Sign, Wave

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DEGREES = st.integers(0, 30)
FRACTIONS = st.fractions(-3, 3, max_denominator=50)


@given(DEGREES)
def test_recurrence_gives_the_explicit_coefficients(k: int) -> None:
    assert he.hermite_recurrence(k) == he.hermite_explicit(k)


@given(DEGREES, FRACTIONS)
def test_evaluation_agrees_with_coefficients(k: int, x: Fraction) -> None:
    q = he.rational(x)
    assert he.hermite(k, q) == sum((c * q**j for j, c in enumerate(he.hermite_explicit(k))), fmpq(0))


@given(st.lists(st.integers(0, 4), max_size=3), st.lists(FRACTIONS, min_size=3, max_size=3))
def test_product_agrees_with_its_monomials(alpha: list[int], point: list[Fraction]) -> None:
    z = [he.rational(x) for x in point[: len(alpha)]]
    value = sum(
        (c * he.prod((x**e for x, e in zip(z, powers, strict=True)), start=fmpq(1)))
        for powers, c in he.hermite_monomials(alpha).items()
    )
    assert arb(value).overlaps(arb(he.hermite_product(alpha, z)))


@settings(max_examples=25)
@given(st.lists(FRACTIONS, min_size=1, max_size=9))
def test_quadrature_encloses_exact_moments(coefficients: list[Fraction]) -> None:
    exact = [he.rational(c) for c in coefficients]
    with he.precision(60):
        ball = he.polynomial_integral(exact)
        assert ball.contains(arb(he.gaussian_mean({(j,): c for j, c in enumerate(exact)})))
        assert ball.rad() < arb(10) ** -45


@settings(max_examples=25)
@given(st.fractions(-1, 1, max_denominator=20), st.integers(0, 4), st.integers(0, 4))
def test_pair_moments_are_those_of_the_hermite_expansion(rho: Fraction, a: int, b: int) -> None:
    r = he.rational(rho)
    expected = r**a * factorial(a) if a == b else fmpq(0)
    assert he.pair_mean(he.hermite_monomials((a,)), he.hermite_monomials((b,)), r) == expected


@given(st.integers(1, 4), st.integers(0, 5))
def test_multi_indices_are_all_and_once(n: int, degree: int) -> None:
    found = he.multi_indices(n, degree)
    assert len(set(found)) == len(found) == he.comb(n + degree, n)
    assert [sum(a) for a in found] == sorted(sum(a) for a in found)


@pytest.mark.parametrize(("power", "rate"), [(0, 0.0), (8, 0.0), (3, 2.0)])
def test_tail_bounds_the_tail(power: int, rate: float) -> None:
    growth = he.Growth(2.0, rate, power)

    def f(z: Any) -> Any:
        return 2 * (rate * z).exp() * (1 + z) ** power

    with he.precision(30):
        beyond = he.gaussian_integral(f, growth, start=6)
        assert he.tail(growth, 6) > 2 * beyond
        assert he.tail(growth, 6) < 8 * beyond


def test_tail_is_infinite_where_the_integrand_rises() -> None:
    assert not he.tail(he.Growth(rate=9.0), 5).is_finite()


def test_precision_is_restored() -> None:
    before = ctx.prec
    with he.precision(99):
        assert ctx.dps == 99
    assert ctx.prec == before


@pytest.mark.parametrize("kind", ["exp", "sin", "cos"])
def test_waves_against_closed_forms(kind: str) -> None:
    with he.precision(40):
        t, rho = fmpq(1, 3), fmpq(1, 2)
        wave, s = Wave(kind, t), arb(t) ** 2
        even = {"exp": s * (1 + rho), "sin": -s * (1 - rho), "cos": -s * (1 - rho)}[kind].exp()
        odd = {"exp": arb(0), "sin": -(-s * (1 + rho)).exp(), "cos": (-s * (1 + rho)).exp()}[kind]
        expected = even if kind == "exp" else (even + odd) / 2
        assert wave.correlation(rho).overlaps(expected)
        assert (wave.square() - sum(wave.coefficient(k) ** 2 for k in range(4))).overlaps(
            sum(wave.coefficient(k) ** 2 for k in range(4, 30)) + wave.rest(29)
        )


def test_sign_against_sheppard() -> None:
    with he.precision(40):
        assert Sign().correlation(fmpq(1, 3)).overlaps(2 * (arb(1) / 3).asin() / arb.pi())

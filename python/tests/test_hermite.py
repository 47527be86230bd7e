"""Properties of the rigorous library: two derivations of the same number agree."""

from fractions import Fraction
from itertools import product
from math import factorial, prod

import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import hermite as he

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


def test_polynomials_are_those_of_the_tables() -> None:
    """Abramowitz and Stegun, table 22.11, up to degree 5, and SymPy's beyond, which are the physicists'."""
    assert [he.hermite_explicit(k) for k in range(6)] == [
        (1,),
        (0, 1),
        (-1, 0, 1),
        (0, -3, 0, 1),
        (3, 0, -6, 0, 1),
        (0, 15, 0, -10, 0, 1),
    ]
    x = sympy.Symbol("x")
    for k in (6, 9, 12):
        scaled = sympy.expand(sympy.hermite(k, x / sympy.sqrt(2)) / sympy.sqrt(2) ** k)
        assert list(he.hermite_explicit(k)) == sympy.Poly(scaled, x).all_coeffs()[::-1]


def test_moments_of_the_gaussian() -> None:
    assert [he.gaussian_moment(k) for k in range(11)] == [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945]


POWERS = st.tuples(st.integers(0, 3), st.integers(0, 3))
POLYNOMIALS = st.dictionaries(POWERS, st.integers(-5, 5), max_size=4)


@settings(max_examples=40)
@given(POLYNOMIALS, POLYNOMIALS)
def test_products_and_means_of_polynomials_are_those_of_sympy(p: he.Polynomial, q: he.Polynomial) -> None:
    x, y = sympy.symbols("x y")
    one, two = (sympy.Poly.from_dict(dict(r) or {(0, 0): 0}, x, y) for r in (p, q))
    found = {k: v for k, v in he.multiply(p, q).items() if v}
    assert found == {k: int(v) for k, v in (one * two).as_dict().items()}
    mean = sum(v * prod(sympy.factorial2(e - 1) if e % 2 == 0 else 0 for e in k) for k, v in (one * two).terms())
    assert he.gaussian_mean(he.multiply(p, q)) == fmpq(int(mean))


@pytest.mark.parametrize("rho", [Fraction(1, 3), Fraction(-3, 4), Fraction(0), Fraction(1), Fraction(-1)])
def test_pair_means_are_sums_over_pairings(rho: Fraction) -> None:
    """`𝔼 zᵃ z'ᵇ` counts the pairings of `a + b` points: `r` pairs across, each worth `ρ` (Isserlis)."""

    def paired(count: int) -> int:
        return prod(range(1, count, 2))

    def moment(a: int, b: int) -> Fraction:
        if (a + b) % 2:
            return Fraction(0)
        across = range(a % 2, min(a, b) + 1, 2)
        return sum(
            (
                Fraction(factorial(a) * factorial(b), factorial(a - r) * factorial(b - r) * factorial(r))
                * paired(a - r) * paired(b - r) * rho**r
                for r in across
            ),
            Fraction(0),
        )  # fmt: skip

    r = he.rational(rho)
    for a, b in product(range(6), repeat=2):
        assert he.pair_moment(a, b, r) == he.rational(moment(a, b))
    p, q = {(3, 1): 2, (0, 2): -1, (1, 0): 5}, {(1, 1): 3, (2, 4): 1, (0, 0): 7}
    expected = sum(
        (x * y * moment(e[0], f[0]) * moment(e[1], f[1]) for e, x in p.items() for f, y in q.items()), Fraction(0)
    )
    assert he.pair_mean(p, q, r) == he.rational(expected)


def test_beyond_a_correlation_of_1_nothing_is_added() -> None:
    """As in Lean, where the square root of a negative number is 0: `𝔼 zᵃ (2 z)ᵇ = 2ᵇ 𝔼 zᵃ⁺ᵇ`."""
    assert [he.pair_moment(2, b, fmpq(2)) for b in range(5)] == [1, 0, 4 * 3, 0, 16 * 15]


def test_indices_come_by_degree_and_the_first_coordinate_falls() -> None:
    assert he.multi_indices(2, 2) == [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    assert he.multi_indices(0, 3) == [()]
    assert he.multi_indices(3, 1) == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_the_product_over_no_coordinates_is_1() -> None:
    none = he.hermite_product((), ())
    assert isinstance(none, arb)  # a ball, as of others
    assert none == 1
    assert he.hermite_product((2, 3), (fmpq(2), fmpq(1, 2))) == arb(fmpq(3)) * arb(fmpq(1, 8) - fmpq(3, 2))

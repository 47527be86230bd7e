"""Properties of the rigorous library: two derivations of the same number agree."""

from fractions import Fraction
from math import factorial

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

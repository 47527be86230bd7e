"""Polynomial encoders by exact moments, against SymPy, NumPy's Hermite series, and the spectral form."""

from fractions import Fraction
from math import factorial, prod
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from flint import arb, ctx, fmpq
from lejepa.exact import polynomials as po
from lejepa.exact.hermite import Polynomial, precision, rational

FIRST: po.Expansion = {"1 0": "3/5", "2 1": "-1/2", "0 0": "1/4"}
SECOND: po.Expansion = {"0 1": "-2", "2 0": "1/3", "0 3": "1/5"}


def exact(x: Any) -> Fraction:
    q = fmpq(x)
    return Fraction(int(q.p), int(q.q))


def near(x: Any) -> float:
    ball = arb(x)
    assert ball.rad() < 1e-15
    return float(ball.mid())


def series(terms: dict[tuple[int, ...], float], z: np.ndarray) -> float:
    """`Σ c_α ∏ He_{αᵢ}(zᵢ)` by NumPy."""
    return sum(c * prod(np.polynomial.hermite_e.hermeval(x, np.eye(a + 1)[a]) for a, x in zip(alpha, z, strict=True))
               for alpha, c in terms.items())  # fmt: skip


def terms_of(expansion: po.Expansion) -> dict[tuple[int, ...], Fraction]:
    return {tuple(map(int, a.split())): Fraction(c) for a, c in expansion.items()}


def inner(f: po.Expansion, g: po.Expansion) -> Fraction:
    """`∫ f g dγ` by orthogonality."""
    one, two = terms_of(f), terms_of(g)
    return sum((one[a] * two[a] * prod(map(factorial, a)) for a in one.keys() & two.keys()), Fraction(0))


def test_indices_are_read_as_they_are_written() -> None:
    assert po.index("2 0 11") == (2, 0, 11)
    assert po.text_of((2, 0, 11)) == "2 0 11"
    assert [po.norm_squared(a) for a in ((), (1, 0), (3, 2), (4,))] == [1, 1, 12, 24]


@pytest.mark.parametrize("expansion", [FIRST, SECOND, {}])
def test_expansions_in_monomials_have_the_values_of_the_series(expansion: po.Expansion) -> None:
    f = po.to_monomials(expansion)
    for z in ((0.5, -1.25), (2.0, 0.75), (0.0, 0.0)):
        expected = series({a: float(c) for a, c in terms_of(expansion).items()}, np.array(z))
        found = po.value_at(f, [fmpq(int(8 * x), 8) for x in z])
        assert float(exact(found)) == pytest.approx(expected, abs=1e-12)


def test_coefficients_are_those_of_the_normalized_expansion() -> None:
    f = po.to_monomials(FIRST)
    with precision(25):
        assert near(po.coefficient(f, (2, 1))) == pytest.approx(-0.5 * 2**0.5, rel=1e-14)
        assert near(po.coefficient(f, (1, 0))) == pytest.approx(0.6, rel=1e-14)
        assert near(po.coefficient(f, (1, 1))) == 0


@pytest.mark.parametrize("rho", [Fraction(1, 2), Fraction(-2, 3), Fraction(0), Fraction(1)])
def test_alignment_is_that_of_the_spectral_form(rho: Fraction) -> None:
    """`Σ 2 (1 - ρ^|α|) c_α² α!`, over outputs and indices."""
    expected = sum(
        2 * (1 - rho ** sum(a)) * c * c * prod(map(factorial, a))
        for e in (FIRST, SECOND) for a, c in terms_of(e).items()
    )  # fmt: skip
    encoder = po.PolynomialEncoder.of(2, {"expansions": [FIRST, SECOND]})
    assert exact(encoder.alignment(rational(rho))) == expected
    assert exact(po.alignment([po.to_monomials(e) for e in (FIRST, SECOND)], rational(rho))) == expected
    assert po.alignment([{}], rational(rho)) == 0


def test_moments_of_an_encoder_are_sums_over_its_terms() -> None:
    encoder = po.PolynomialEncoder.of(2, {"expansions": [FIRST, SECOND]})
    gram = [[inner(f, g) for g in (FIRST, SECOND)] for f in (FIRST, SECOND)]
    assert [[exact(x) for x in row] for row in encoder.covariance] == gram
    assert exact(encoder.trace) == gram[0][0] + gram[1][1]
    assert exact(encoder.defect) == (gram[0][0] - 1) ** 2 + (gram[1][1] - 1) ** 2 + 2 * gram[0][1] ** 2
    assert [[exact(x) for x in row] for row in encoder.linear] == [[Fraction(3, 5), 0], [0, -2]]
    assert exact(encoder.linear_energy) == Fraction(9, 25) + 4
    assert (encoder.degree, encoder.n) == (3, 2)


def test_the_degree_is_that_of_terms_that_are_not_0() -> None:
    assert po.PolynomialEncoder.of(2, {"expansions": [{"3 1": "0", "1 1": "2"}, {"0 1": "1"}]}).degree == 2
    assert po.PolynomialEncoder.of(2, {"expansions": [{}, {}]}).degree == 0
    assert po.PolynomialEncoder.of(2, {"rows": [[1, 0], [0, 1]], "indices": ["1 0", "2 3"]}).degree == 5


@pytest.mark.parametrize(
    ("expansions", "centred", "white"),
    [
        ([{"1 0": "1"}, {"0 1": "1"}], True, True),
        ([{"1 0": "3/5", "0 1": "4/5"}, {"1 0": "-4/5", "0 1": "3/5"}], True, True),
        ([{"1 0": "1"}, {"0 1": "1", "0 0": "1/9"}], False, False),
        ([{"0 0": "1"}, {"0 1": "1"}], False, True),  # by second moments alone
        ([{"1 0": "1"}, {"0 1": "2"}], True, False),
        ([{"1 0": "1"}, {"1 0": "1"}], True, False),
    ],
)
def test_what_is_centred_and_what_is_white(expansions: list[po.Expansion], centred: bool, white: bool) -> None:
    encoder = po.PolynomialEncoder.of(2, {"expansions": expansions})
    assert (encoder.is_centred, encoder.is_white) == (centred, white)


def test_a_white_encoder_is_by_the_orthonormal_rows() -> None:
    """NumPy's QR with a positive diagonal, on normalized Hermite polynomials."""
    rows, indices = [[3, 1, -2], [1, 4, 1]], ["1 0", "0 2", "2 1"]
    q, r = np.linalg.qr(np.array(rows, float).T)
    q = q * np.sign(np.diag(r))
    norms = [1.0, 2**0.5, 2**0.5]
    with precision(25):
        found = po.white_encoder(rows, indices)
        encoder = po.PolynomialEncoder.of(2, {"rows": rows, "indices": indices})
        assert encoder.is_white
        assert encoder.is_centred
        for i, f in enumerate(found):
            alphas = {po.index(a): q[j, i] / norms[j] for j, a in enumerate(indices)}
            for z in ((0.5, -1.25), (2.0, 0.75)):
                value = near(po.value_at(f, [arb(x) for x in z]))
                assert value == pytest.approx(series(alphas, np.array(z)), abs=1e-12)
            assert f.keys() == encoder.outputs[i].keys()
            assert all(arb(c).overlaps(arb(encoder.outputs[i][e])) for e, c in f.items())
        single = po.PolynomialEncoder.of(1, {"rows": [[-3, 4]], "indices": ["1", "2"]})
        assert near(single.nuclear_norm()) == pytest.approx(0.6, rel=1e-14)


@pytest.mark.parametrize(
    "matrix", [[["-3/4"]], [["3", "1/2"], ["-1", "2"]], [["1", "2", "0"], ["0", "1", "-1"], ["3", "0", "1/2"]]]
)
def test_the_distance_is_by_numpys_singular_values(matrix: list[list[str]]) -> None:
    """With terms of degree 2 in the first output, which only the trace sees."""
    n = len(matrix)
    units = [" ".join(str(int(i == j)) for i in range(n)) for j in range(n)]
    expansions = [dict(zip(units, row, strict=True)) for row in matrix]
    expansions[0][" ".join(["2", *["0"] * (n - 1)])] = "1/2"
    a = np.array([[float(Fraction(x)) for x in row] for row in matrix])
    nuclear = np.linalg.svd(a, compute_uv=False).sum()
    with precision(25):
        encoder = po.PolynomialEncoder.of(n, {"expansions": expansions})
        assert near(encoder.nuclear_norm()) == pytest.approx(nuclear, rel=1e-12)
        assert near(encoder.distance()) == pytest.approx(n + (a**2).sum() + 0.5 - 2 * nuclear, rel=1e-12)


def test_composition_is_sympys() -> None:
    x, y = sympy.symbols("x y")

    def polynomial(f: Polynomial) -> sympy.Expr:
        return sum((sympy.Rational(exact(c)) * x ** e[0] * y ** e[1] for e, c in f.items()), sympy.Integer(0))

    f, g = po.to_monomials(SECOND), [po.to_monomials(FIRST), po.to_monomials({"1 1": "1", "0 0": "-1/3"})]
    expected = sympy.Poly(polynomial(f).subs({x: polynomial(g[0]), y: polynomial(g[1])}, simultaneous=True), x, y)
    found = po.compose(f, g, 2)
    assert {e: sympy.Rational(exact(c)) for e, c in found.items()} == expected.as_dict()
    one = {(0, 1): fmpq(2), (1, 0): fmpq(-2)}
    assert po.compose(one, [g[0], g[0]], 2) == {}  # what cancels is left out


@pytest.mark.parametrize(("low", "high", "count"), [(1, 3, 4), (0, 2, 2), (2, 2, 3)])
def test_random_polynomials_are_of_the_degrees_that_are_asked_for(low: int, high: int, count: int) -> None:
    made = [po.random_polynomial(Random(seed), 2, low, high, count) for seed in range(400)]
    for f in made:
        degrees = [sum(po.index(a)) for a in f]
        assert high in degrees
        assert list(f) == sorted(f)
    possible = (high + 1) * (high + 2) // 2 - low * (low + 1) // 2  # indices of these degrees in two variables
    assert {len(f) for f in made} == set(range(1, min(count, possible) + 1))
    assert {sum(po.index(a)) for f in made for a in f} == set(range(low, high + 1))
    assert {Fraction(c) for f in made for c in f.values()} == {
        Fraction(s * k, 5) for s in (1, -1) for k in range(1, 10)
    }
    assert len(po.random_polynomial(Random(1), 3, 0, 6)) <= 4
    assert max(len(po.random_polynomial(Random(s), 3, 0, 6)) for s in range(9)) == 4


def test_what_vanishes_is_0_within_half_of_the_digits() -> None:
    with precision(20):
        assert ctx.dps == 20
        for ball, small in (
            (arb(0), True),
            (arb(0, 9e-11), True),
            (arb(0, 1.1e-10), False),
            (arb(1e-12), False),  # small and not 0
            (arb(1e-12, 1e-11), True),
            (fmpq(0), True),
            (fmpq(1, 10**30), False),
        ):
            assert po.vanishes(ball) is small
        assert po.square(arb(0, 2)).contains(4)
        assert po.square(fmpq(-3, 2)) == fmpq(9, 4)


def test_random_rows_have_a_dominant_diagonal() -> None:
    rows = [po.random_rows(Random(seed), 3, 5) for seed in range(60)]
    assert {(len(r), *{len(x) for x in r}) for r in rows} == {(3, 5)}
    assert {x for r in rows for i, row in enumerate(r) for j, x in enumerate(row) if i != j} == set(range(-4, 5))
    assert {row[i] for r in rows for i, row in enumerate(r)} == set(range(27 - 4, 27 + 5))

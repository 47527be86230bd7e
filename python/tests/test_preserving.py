"""Maps that preserve the Gaussian: integrals against closed forms, against a sample, and against each other."""

from dataclasses import replace
from itertools import pairwise
from math import asin, erf, exp, pi, prod, sqrt
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from lejepa.exact import preserving
from lejepa.exact.hermite import gaussian_moment, multi_indices, precision
from lejepa.exact.integration import Growth
from lejepa.exact.polynomials import compose, value_at
from lejepa.exact.preserving import Flip, Fold, Linear, Preserving, Scaled, Spiral, Twist

RHOS = (fmpq(1, 10), fmpq(1, 2), fmpq(-3, 5))
TURN = fmpq(2, 5)


def close(x: object, y: float) -> bool:
    return abs(float(arb(x)) - y) < 1e-12


@pytest.mark.parametrize("rho", RHOS)
def test_correlations_in_closed_form(rho: fmpq) -> None:
    """Of the spiral, with `s = |z|²/2` exponential; of the twist, whose difference of angles is normal; of the flip, by
    Sheppard's formula for the signs."""
    r, a = float(rho.p) / float(rho.q), 0.4
    with precision(25):
        assert close(Spiral(TURN).correlation(rho), 2 * r / (1 + 4 * a**2 * (1 - r**2)) ** 2)
        assert close(Twist(TURN).correlation(rho), r + 2 * r * exp(-(a**2) * (1 - r)))
        assert close(Flip().correlation(rho), r + r * 2 / pi * asin(r))


@pytest.mark.parametrize("rho", RHOS)
def test_the_fold_against_plain_quadrature(rho: fmpq) -> None:
    """By the midpoint rule on a grid of pairs, whose error is that of the jumps."""
    r, c = float(rho.p) / float(rho.q), 0.75
    x = (np.arange(-8000, 8000) + 0.5) / 1000  # ± 3/4 lies between points
    mass = np.exp(-x * x / 2) / sqrt(2 * pi) / 1000
    out = np.where(np.abs(x) < c, -x, x)
    given = np.array([np.exp(-((x - r * z) ** 2) / (2 * (1 - r * r))) @ out for z in x[::8]])
    given /= 1000 * sqrt(2 * pi * (1 - r * r))
    expected = 8 * float((out * mass)[::8] @ given)
    with precision(25):
        assert abs(float(Fold(fmpq(3, 4)).correlation(rho)) - expected) < 2e-3


def test_linear_parts_in_closed_form() -> None:
    a, c = 0.4, 0.75
    with precision(25):
        spiral = 1 / (1 - 2j * a) ** 2
        (x, y), (z, w) = Spiral(TURN).linear
        assert all(
            close(u, v)
            for u, v in zip((x, y, z, w), (spiral.real, -spiral.imag, spiral.imag, spiral.real), strict=False)
        )
        assert close(Twist(TURN).linear[0][0], exp(-(a**2) / 2))
        inner = erf(c / sqrt(2)) - 2 * c * exp(-c * c / 2) / sqrt(2 * pi)  # ∫ z² over |z| < c
        assert close(Fold(fmpq(3, 4)).linear[0][0], 1 - 2 * inner)
        assert close(Flip().linear[1][1], 0)
        assert close(Flip().linear[0][0], 1)


@pytest.mark.parametrize("h", [Spiral(TURN), Twist(TURN), Flip(), Fold(fmpq(3, 4))], ids=lambda h: type(h).__name__)
def test_the_gaussian_is_preserved_unless_the_map_is_scaled(h: Preserving) -> None:
    with precision(25):
        assert h.is_gaussian
        assert not h.is_orthogonal
        assert close(h.alignment(fmpq(1)), 0)
        small = Scaled(h, fmpq(4, 5))
        assert not small.is_gaussian
        assert close(small.alignment(fmpq(1, 2)), 0.8 * float(arb(h.alignment(fmpq(1, 2)))))


def test_linear_maps() -> None:
    rotation = Linear([[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]])
    stretch = Linear([[fmpq(2), fmpq(0)], [fmpq(0), fmpq(1, 2)]])
    assert rotation.is_gaussian
    assert rotation.is_orthogonal
    assert not stretch.is_gaussian
    assert not stretch.is_orthogonal
    shear = Linear([[fmpq(1), fmpq(1)], [fmpq(0), fmpq(1)]])
    assert [shear.moment(a) for a in ((2, 0), (1, 1), (4, 0), (2, 2))] == [2, 1, 12, 4]


def test_polynomials_compose_as_functions_do() -> None:
    f = {(2, 1): fmpq(3), (0, 0): fmpq(-1), (0, 2): fmpq(1, 2)}
    g = [{(1,): fmpq(1), (3,): fmpq(-2)}, {(0,): fmpq(5), (2,): fmpq(1)}]
    for x in (fmpq(0), fmpq(-3, 2), fmpq(7)):
        inner = [value_at(p, [x]) for p in g]
        assert value_at(compose(f, g, 1), [x]) == 3 * inner[0] ** 2 * inner[1] - 1 + inner[1] ** 2 / 2


def pieces(ends: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Legendre points and weights between neighbouring ends, with the Gaussian's density."""
    x, w = np.polynomial.legendre.leggauss(60)
    points = np.concatenate([(b - a) / 2 * x + (a + b) / 2 for a, b in pairwise(ends)])
    weights = np.concatenate([(b - a) / 2 * w for a, b in pairwise(ends)])
    return points, weights * np.exp(-(points**2) / 2) / sqrt(2 * pi)


@pytest.mark.parametrize("rho", RHOS)
def test_the_fold_s_correlation_by_quadrature_between_its_jumps(rho: fmpq) -> None:
    """`f(z) f(z')` under Mehler's kernel, on nine rectangles."""
    r, c = float(rho.p) / float(rho.q), 0.75
    x, w = pieces([-9, -4, -c, c, 4, 9])
    out = np.where(np.abs(x) < c, -x, x) * w
    kernel = np.exp(-(r * r * (x[:, None] ** 2 + x**2) - 2 * r * x[:, None] * x) / (2 * (1 - r * r))) / sqrt(1 - r * r)
    with precision(25):
        found = Fold(fmpq(3, 4)).correlation(rho)
        assert float(found) == pytest.approx(out @ kernel @ out, abs=1e-10)
        assert found.rad() < 1e-18


def test_correlations_at_the_ends() -> None:
    with precision(25):
        for rho in (fmpq(1), fmpq(-1)):
            assert Flip().correlation(rho) == 2 * rho
            assert Fold(fmpq(3, 4)).correlation(rho) == rho
            assert Linear([[fmpq(2), fmpq(0)], [fmpq(1), fmpq(1)]]).correlation(rho) == 6 * rho
        assert Flip().correlation(fmpq(1)) == 2


CURVED: list[Any] = [Spiral(TURN), Twist(TURN), Flip(), Fold(fmpq(3, 4))]


@pytest.mark.parametrize("h", CURVED, ids=lambda h: type(h).__name__)
def test_moments_are_the_gaussian_s(h: Preserving) -> None:
    """Up to order 5, and those of a scaled map by its scale."""
    with precision(25):
        for a in multi_indices(h.n, 5):
            expected = prod(gaussian_moment(k) for k in a)
            found = arb(h.moment(a))
            assert found.overlaps(arb(expected))
            assert found.rad() < 1e-15
            small = Scaled(h, fmpq(4, 9)).moment(a)
            assert arb(small).overlaps(arb(expected) * arb(fmpq(2, 3)) ** sum(a))


def test_linear_parts_entry_by_entry() -> None:
    def near(rows: list[list[object]], expected: list[list[float]]) -> bool:
        return [[close(x, y) for x, y in zip(r, e, strict=True)] for r, e in zip(rows, expected, strict=True)] == [
            [True] * len(e) for e in expected
        ]

    a = 0.4
    with precision(25):
        c = exp(-(a**2) / 2)
        assert near(Twist(TURN).linear, [[c, 0, 0], [0, c, 0], [0, 0, 1]])
        assert near(Flip().linear, [[1, 0], [0, 0]])
        spiral = 1 / (1 - 2j * a) ** 2
        assert near(Spiral(TURN).linear, [[spiral.real, -spiral.imag], [spiral.imag, spiral.real]])
        rows = [[fmpq(3), fmpq(-1)], [fmpq(0), fmpq(2)]]
        assert Scaled(Linear(rows), fmpq(4, 9)).linear == [[2, fmpq(-2, 3)], [0, fmpq(4, 3)]]
        assert Scaled(Linear(rows), fmpq(4, 9)).n == 2
        assert Scaled(Linear(rows), fmpq(4, 9)).correlation(fmpq(1, 2)) == fmpq(4, 9) * 7
        assert Linear(rows).alignment(fmpq(1, 2)) == 2 * 14 - 2 * 7


class Told(Preserving):
    """A map of two dimensions whose moments are the Gaussian's, but for one."""

    n = 2

    def __init__(self, other: tuple[int, int] = (9, 9), rows: list[list[fmpq]] | None = None) -> None:
        self.other, self.rows = other, rows or []

    def correlation(self, rho: fmpq) -> fmpq:
        return rho

    @property
    def linear(self) -> list[list[fmpq]]:
        return self.rows

    def moment(self, a: tuple[int, ...]) -> fmpq:
        return fmpq(prod(gaussian_moment(k) for k in a) + int(a == self.other))


def test_moments_up_to_order_4_are_compared_with_the_gaussian_s() -> None:
    assert Told().is_gaussian
    for a in multi_indices(2, 5):
        assert Told((a[0], a[1])).is_gaussian == (sum(a) == 5)


def test_a_linear_part_is_orthogonal_if_its_rows_are_orthonormal() -> None:
    one, none, half = fmpq(1), fmpq(0), fmpq(1, 2)
    for rows, orthogonal in (
        ([[none, -one], [one, none]], True),
        ([[fmpq(3, 5), fmpq(4, 5)], [fmpq(-4, 5), fmpq(3, 5)]], True),
        ([[one, none], [one, none]], False),
        ([[one, none], [none, half]], False),
        ([[one, none], [fmpq(3, 5), fmpq(4, 5)]], False),
        ([[none, none], [none, one]], False),
    ):
        assert Told(rows=rows).is_orthogonal == orthogonal


def test_integrands_are_within_the_growth_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the line, or from where they start: a bound that is too small gives no other digit, and a wrong radius."""
    asked: list[tuple[Any, Growth, Any]] = []

    def integral(f: Any, growth: Growth, start: Any = None) -> Any:
        asked.append((f, growth, start))
        return arb(1)

    monkeypatch.setattr(preserving, "gaussian_integral", integral)
    for h in CURVED:
        for a in multi_indices(h.n, 4):
            h.moment(a)
        _ = replace(h).linear  # of one that has kept no value
        if isinstance(h, Fold):
            for rho in RHOS:
                h.correlation(rho)
    assert len(asked) > 60
    for f, growth, start in asked:
        places = [arb(x) / 4 for x in (0, 1, 2, 5, 12, 40)]
        for x in [*places, *(() if start == 0 else (-x for x in places))]:
            assert abs(arb(f(x))) <= growth.at(x) * (1 + arb(10) ** -12)
        assert start in (None, 0)

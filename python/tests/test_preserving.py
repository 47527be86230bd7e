"""Maps that preserve the Gaussian: integrals against closed forms, against a sample, and against each other."""

from math import asin, erf, exp, pi, sqrt

import numpy as np
import pytest
from flint import arb, fmpq
from lejepa.exact.hermite import precision
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

"""Rigorous integrals against closed forms and against mpmath's quadrature: a right and narrow ball, or none."""

import doctest
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import integration
from lejepa.exact.hermite import gaussian_moment, rational
from lejepa.exact.integration import (
    Argument,
    Growth,
    gaussian_integral,
    integrate,
    plain,
    polynomial_integral,
    precision,
    tail,
    truncated_integral,
)

FRACTIONS = st.fractions(-3, 3, max_denominator=50)


def near(ball: Any, value: Any, radius: float) -> bool:
    """Whether a ball holds a number of mpmath's, known to 40 digits, and is no wider than told."""
    known = arb(mpmath.nstr(value, 45), 1e-38)
    return bool(ball.overlaps(known)) and bool(ball.rad() < radius)


def test_examples() -> None:
    failures, tried = doctest.testmod(integration)
    assert tried > 0
    assert failures == 0


# On the line each is analytic; each has a cut, a pole or a kink near by, or on it.
NEAR_A_CUT: list[tuple[str, Callable[[Any], Any], Callable[[Any], Any], float, float]] = [
    ("root of a sum", lambda z: (1 + z * z) ** fmpq(1, 2), lambda x: mpmath.sqrt(1 + x * x), -4, 4),
    ("root, by its method", lambda z: (1 + z * z).sqrt(), lambda x: mpmath.sqrt(1 + x * x), -4, 4),
    ("narrow root", lambda z: (z * z + fmpq(1, 100)).sqrt(), lambda x: mpmath.sqrt(x * x + mpmath.mpf(1) / 100), -1, 1),
    ("reciprocal root", lambda z: (1 + z * z).rsqrt(), lambda x: 1 / mpmath.sqrt(1 + x * x), -3, 3),
    ("logarithm", lambda z: (1 + z * z).log(), lambda x: mpmath.log(1 + x * x), -3, 3),
    ("power", lambda z: (2 + z.cos()) ** arb("0.3"), lambda x: (2 + mpmath.cos(x)) ** mpmath.mpf("0.3"), -3, 3),
    ("power of a number", lambda z: 2**z, lambda x: mpmath.mpf(2) ** x, -1, 1),
    ("pole", lambda z: 1 / (1 + 25 * z * z), lambda x: 1 / (1 + 25 * x * x), -1, 1),
    ("negative power", lambda z: (3 + z) ** -2, lambda x: (3 + x) ** -2, -1, 1),
    ("size", lambda z: abs(z) * z, lambda x: abs(x) * x, -1, 2),
    ("greater of two", lambda z: z.real_max(acb(0)), lambda x: max(x, mpmath.mpf(0)), -1, 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "g", "low", "high"), NEAR_A_CUT, ids=[row[0] for row in NEAR_A_CUT])
def test_a_cut_near_the_path_does_no_harm(
    name: str, f: Callable[[Any], Any], g: Callable[[Any], Any], low: float, high: float
) -> None:
    with precision(25), mpmath.workdps(50):
        pieces = sorted({low, 0.0, high, *(low + k * (high - low) / 40 for k in range(40))})
        assert near(integrate(f, low, high), mpmath.quad(g, pieces), 1e-18), name


def test_without_the_flag_the_ball_would_be_wrong() -> None:
    """What the wrapper is for: the same integrand with the flag dropped gives a narrow ball that is wrong."""
    with precision(25), mpmath.workdps(50):
        dropped = acb.integral(lambda z, _: z.sqrt(), 1, 4).real
        assert dropped.rad() < 1e-15
        assert not dropped.overlaps(arb(14) / 3)
        assert near(integrate(lambda z: z.sqrt(), 1, 4), mpmath.mpf(14) / 3, 1e-20)


def test_a_pole_or_a_cut_on_the_path_gives_no_narrow_ball() -> None:
    with precision(15):
        assert not integrate(lambda z: 1 / z, -1, 1).is_finite()
        across = integrate(lambda z: z.sqrt(), -1, 1)  # its real part is that of √x from 0 on
        assert not across.is_finite() or across.contains(arb(2) / 3)


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda z: z.real, AttributeError, "not known to be analytic"),
        (lambda z: z.conjugate(), AttributeError, "not known"),
        (lambda z: z.acos(), AttributeError, "not known"),
        (lambda z: z if isinstance(z, acb) or z else -z, TypeError, "must not branch"),
        (lambda z: z.hypgeom([acb(1), acb(1)], [acb(2)]), TypeError, "hypgeom"),
        (lambda z: 1 // 0, ZeroDivisionError, "zero"),
        (acb.exp, TypeError, "written in Python"),
    ],
)
def test_what_is_not_known_to_be_analytic_is_refused(f: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        integrate(f, fmpq(1, 4), fmpq(1, 2))


def test_arithmetic_of_an_argument_is_that_of_its_ball() -> None:
    x, y = acb(3, 1), acb(2, -1)
    a, b = Argument(x), Argument(y)
    for found, expected in (
        (a + b, x + y), (1 + a, 1 + x), (a - b, x - y), (1 - a, 1 - x), (a * b, x * y), (arb(2) * a, 2 * x),
        (a / b, x / y), (1 / a, 1 / x), (-a, -x), (+a, x), (a**3, x * x * x), (a**0, acb(1)), (a**-2, 1 / (x * x)),
        (a.exp(), x.exp()), (a.sin(), x.sin()), (a.erf(), x.erf()), (a.hypgeom([], [acb(2)]), x.hypgeom([], [acb(2)])),
    ):  # fmt: skip
        assert abs(plain(found) - expected).abs_upper() < 1e-12
    around_zero = Argument(acb(arb(0, 0.1), arb(0, 0.1))) ** 2
    assert plain(around_zero).is_finite()
    assert plain(around_zero).contains(acb(0.01))


@settings(max_examples=25)
@given(st.lists(FRACTIONS, min_size=1, max_size=9))
def test_quadrature_encloses_exact_moments(coefficients: list[Fraction]) -> None:
    exact = [rational(c) for c in coefficients]
    with precision(60):
        ball = polynomial_integral(exact)
        assert ball.contains(arb(sum((c * gaussian_moment(j) for j, c in enumerate(exact)), fmpq(0))))
        assert ball.rad() < arb(10) ** -45


@pytest.mark.parametrize(("power", "rate"), [(0, "0"), (8, "0"), (3, "2"), (3, "1/3")])
@pytest.mark.parametrize("radius", [6, 9])
def test_tail_bounds_the_tail_and_not_by_much(power: int, rate: str, radius: int) -> None:
    growth = Growth(2, rational(rate), power)
    with precision(30), mpmath.workdps(40):
        r = mpmath.mpf(Fraction(rate).numerator) / Fraction(rate).denominator
        beyond = mpmath.quad(
            lambda x: 4 * mpmath.exp(r * x - x * x / 2) * (1 + x) ** power / mpmath.sqrt(2 * mpmath.pi),
            [radius, radius + 1, radius + 3, radius + 30],
        )
        bound = tail(growth, radius)
        assert bound.is_exact()
        assert arb(mpmath.nstr(beyond, 30)) < bound < arb(mpmath.nstr(beyond, 30)) * arb("1.5")


def test_tail_is_infinite_where_the_integrand_rises() -> None:
    assert not tail(Growth(rate=9), 5).is_finite()


def test_growth_is_rounded_up() -> None:
    """2^60 + 1 is not a number of 53 bits, 1/3 of none: neither may become less."""
    big = 2**60 + 1
    assert float(big) < big
    growth, wide = Growth(big, fmpq(1, 3)), Growth(arb(-2, 0.5))
    with precision(60):
        assert growth.scale >= big
        assert growth.rate.is_exact()
        assert growth.rate * 3 > 1
        assert growth.rate * 3 < 1 + arb("1e-14")
        assert wide.scale >= arb("2.5")


# What the truncation leaves out must be in the ball: radii at which that is far more than rounding.
TRUNCATED: list[tuple[Callable[[Any], Any], Growth, Callable[[Any], Any]]] = [
    (lambda z: 1, Growth(), lambda x: mpmath.mpf(1)),
    (lambda z: z**4, Growth(power=4), lambda x: x**4),
    (lambda z: z.exp(), Growth(rate=1), mpmath.exp),
    (lambda z: (z / 2).cos(), Growth(), lambda x: mpmath.cos(x / 2)),
]


@pytest.mark.parametrize("start", [None, 0, -1])
@pytest.mark.parametrize("row", range(len(TRUNCATED)))
def test_what_truncation_leaves_out_is_in_the_ball(row: int, start: int | None) -> None:
    f, growth, g = TRUNCATED[row]
    with precision(30), mpmath.workdps(40):
        low = -40 if start is None else start
        value = mpmath.quad(
            lambda x: g(x) * mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi),
            [low, *range(low + 1, 12), 40],
        )
        for radius in (3, 4, 5):
            ball = truncated_integral(f, growth, radius, start)
            room = tail(growth, radius)
            assert ball.contains(arb(mpmath.nstr(value, 30)))
            assert ball.rad() < room * arb("1.01") or not room.is_finite()
        assert near(gaussian_integral(f, growth, start), value, 1e-25)


@pytest.mark.parametrize("low_bound", [Growth(scale=fmpq(1, 2)), Growth(power=3), Growth(rate=fmpq(1, 2))])
def test_a_bound_that_is_seen_to_fail_is_refused(low_bound: Growth) -> None:
    with pytest.raises(ArithmeticError, match="bounded as told"):
        gaussian_integral(lambda z: z.exp(), low_bound)


def test_a_bound_may_be_reached_and_no_more() -> None:
    assert gaussian_integral(lambda z: 1, Growth()).contains(1)
    with pytest.raises(ArithmeticError, match="bounded as told"):
        gaussian_integral(lambda z: 1, Growth(scale=fmpq(99, 100)))


def test_precision_is_restored() -> None:
    before = ctx.prec
    with precision(99):
        assert ctx.dps == 99
    assert ctx.prec == before
    with pytest.raises(ZeroDivisionError), precision(99):
        _ = 1 // 0
    assert ctx.prec == before

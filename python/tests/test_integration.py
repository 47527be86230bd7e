"""Rigorous integrals against closed forms and against mpmath's quadrature: a right and narrow ball, or none."""

import doctest
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx, fmpq, fmpz
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import integration
from lejepa.exact.hermite import gaussian_moment, rational
from lejepa.exact.integration import (
    Argument,
    Growth,
    gaussian_integral,
    integrate,
    integrate_complex,
    plain,
    polynomial_integral,
    precision,
    tail,
    truncated_integral,
    whole_power,
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


# How far the line is followed


@pytest.mark.parametrize("digits", [5, 15, 40])
@pytest.mark.parametrize("growth", [Growth(), Growth(1000, 2, 3), Growth(power=12), Growth(fmpq(1, 10**6))])
@pytest.mark.parametrize("start", [None, 0])
def test_the_radius_is_the_least_even_one_whose_tail_is_below_the_precision(
    digits: int, growth: Growth, start: int | None
) -> None:
    """Told by the farthest point at which the integrand is asked for its value."""
    asked: list[Any] = []

    def nothing(z: Any) -> Any:
        if type(z) is acb and z.is_exact():
            asked.append(z.real)
        return acb(0)

    with precision(digits):
        value = gaussian_integral(nothing, growth, start)
        radius = next(r for r in range(4, 100, 2) if tail(growth, r) < arb(10) ** -digits)
        assert value.contains(0)
        assert value.rad() < arb(10) ** -digits
    assert max(abs(x) for x in asked) == radius
    assert min(asked) == (-radius if start is None else 0)


@pytest.mark.parametrize("start", [None, -1])
def test_a_bound_is_held_against_the_integrand_at_both_ends_and_between(start: int | None) -> None:
    """A function that exceeds its bound near one of these points alone is refused; near another it is not seen."""
    low = -6 if start is None else start

    def bump(at: Any) -> Callable[[Any], Any]:
        return lambda z: 2 * (-1000 * (z - at) ** 2).exp()

    for at in (low, 6, 3, fmpq(1, 3)):
        with pytest.raises(ArithmeticError, match=f"bounded as told, it is greater at {at}"):
            truncated_integral(bump(at), Growth(), 6, start)
    assert truncated_integral(bump(fmpq(1, 2)), Growth(), 6, start).is_finite()


def test_growth_at_a_point_is_that_of_the_formula() -> None:
    """`3 e^{2 |x|} (1 + |x|)⁴` on both sides of 0."""
    with precision(30), mpmath.workdps(40):
        for x in (-1.5, 0.0, 0.25, 4.0):
            expected = 3 * mpmath.exp(2 * abs(x)) * (1 + abs(mpmath.mpf(x))) ** 4
            assert near(Growth(-3, -2, 4).at(x), expected, 1e-20)
    assert (Growth().scale, Growth().rate, Growth().power) == (1, 0, 0)


@pytest.mark.parametrize(
    ("growth", "radius"), [(Growth(rate=5), 5), (Growth(power=30), 5), (Growth(rate=3, power=8), 4)]
)
def test_a_tail_is_infinite_up_to_where_the_bound_begins_to_fall(growth: Growth, radius: int) -> None:
    """The bound times the density falls where `R > rate + power / (1 + R)`: at 5, `30 / 6` is no less than 5."""
    assert not tail(growth, radius).is_finite()
    assert tail(growth, radius + 1).is_finite()


# Functions that are told to be analytic, one by one, each against mpmath

UNIT = mpmath.mpf(1) / 4
NAMED: list[tuple[str, Callable[[Any], Any]]] = [
    ("exp", mpmath.exp), ("expm1", mpmath.expm1), ("sin", mpmath.sin), ("cos", mpmath.cos), ("tan", mpmath.tan),
    ("cot", mpmath.cot), ("sec", mpmath.sec), ("csc", mpmath.csc), ("sinh", mpmath.sinh), ("cosh", mpmath.cosh),
    ("tanh", mpmath.tanh), ("coth", mpmath.coth), ("sech", mpmath.sech), ("csch", mpmath.csch), ("sinc", mpmath.sinc),
    ("sin_pi", mpmath.sinpi), ("cos_pi", mpmath.cospi), ("erf", mpmath.erf), ("erfc", mpmath.erfc),
    ("erfi", mpmath.erfi), ("gamma", mpmath.gamma), ("rgamma", mpmath.rgamma), ("sinc_pi", mpmath.sincpi),
    ("sqrt", mpmath.sqrt), ("rsqrt", lambda x: 1 / mpmath.sqrt(x)), ("log", mpmath.log), ("real_abs", abs),
    ("real_sqrt", mpmath.sqrt), ("real_sgn", mpmath.sign), ("real_heaviside", lambda x: mpmath.mpf(x > 0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "g"), NAMED, ids=[row[0] for row in NAMED])
def test_every_function_that_is_listed_is_integrated(name: str, g: Callable[[Any], Any]) -> None:
    with precision(20), mpmath.workdps(30):
        found = integrate(lambda z: getattr(z, name)(), fmpq(1, 4), fmpq(3, 4))
        assert near(found, mpmath.quad(g, [UNIT, 2 * UNIT, 3 * UNIT]), 1e-12)


@pytest.mark.parametrize("name", ["real_floor", "real_ceil"])
def test_steps_on_the_line_are_integrated_between_them(name: str) -> None:
    with precision(15):
        found = integrate(lambda z: getattr(4 * z, name)(), fmpq(1, 8), fmpq(1, 5))
        assert found.overlaps(arb(0 if name == "real_floor" else fmpq(3, 40)))
        assert found.rad() < 1e-10


def test_the_lesser_of_two_and_a_turn_of_the_circle() -> None:
    with precision(20):
        lesser = integrate(lambda z: z.real_min(1 - z), 0, 1)
        assert lesser.overlaps(arb(fmpq(1, 4)))
        assert lesser.rad() < 1e-9
        turn = integrate_complex(lambda z: z.exp_pi_i(), 0, 1)  # (e^{πi} - 1) / (πi) = 2i / π
        assert turn.imag.overlaps(2 / arb.pi())
        assert turn.real.overlaps(arb(0))
        assert turn.imag.rad() < 1e-15


def test_the_path_of_a_complex_integral_is_the_segment() -> None:
    """Of `z²` from 1 to `2 + i`: a third of the difference of cubes."""
    value = integrate_complex(lambda z: z * z, 1, acb(2, 1))
    cube = acb(2, 1) * acb(2, 1) * acb(2, 1)
    assert value.overlaps((cube - 1) / 3)
    assert abs(value - (cube - 1) / 3).abs_upper() < 1e-12


@pytest.mark.parametrize("k", range(-5, 12))
def test_whole_powers_are_products(k: int) -> None:
    x = acb(fmpq(3, 2), fmpq(-1, 4))
    expected = acb(1)
    for _ in range(abs(k)):
        expected = expected * x
    expected = expected if k >= 0 else 1 / expected
    assert abs(whole_power(x, k) - expected).abs_upper() < abs(expected).abs_upper() * 1e-12


def test_plain_takes_the_ball_of_an_argument_alone() -> None:
    ball = acb(2, 1)
    assert plain(Argument(ball)) is ball
    assert plain(ball) is ball
    assert plain(fmpq(1, 3)) == fmpq(1, 3)


def test_other_powers_of_an_argument() -> None:
    """A root of a ball that meets the cut is no number; of a number it is the power of its ball."""
    x, three = acb(3, 1), arb(3)
    half = fmpq(1, 2)
    for found, expected in (
        (Argument(x) ** half, x.sqrt()), (Argument(x) ** three, x * x * x),
        (2 ** Argument(x), (acb(2).log() * x).exp()),
        (Argument(x) ** Argument(acb(2)), x * x), (Argument(x) ** fmpz(2), x * x),
        (abs(Argument(acb(-3))), acb(3)),
        (Argument(x) + Argument(x), 2 * x), (Argument(x) / Argument(acb(2)), x / 2), (1 - Argument(x), 1 - x),
    ):  # fmt: skip
        assert type(found) is Argument
        assert abs(plain(found) - expected).abs_upper() < 1e-12
    across = acb(arb(-1, 0.5), arb(0, 0.5))
    for found in (
        Argument(across) ** half,
        Argument(across).sqrt(),
        Argument(across).log(),
        abs(Argument(acb(arb(0, 1)))),
    ):
        assert not plain(found).is_finite()


def test_hypergeometric_series_of_as_many_parameters_below_are_entire() -> None:
    """`1F1(1; 2; z) = (e^z - 1) / z`."""
    x = acb(fmpq(1, 2))
    found = plain(Argument(x).hypgeom([acb(1)], [acb(2)]))
    assert abs(found - (x.exp() - 1) / x).abs_upper() < 1e-12


def test_the_first_exception_of_an_integrand_is_the_one_that_is_raised() -> None:
    raised: list[str] = []

    def broken(z: Any) -> Any:
        raised.append(f"call {len(raised)}")
        raise ValueError(raised[-1])

    with pytest.raises(ValueError, match="call 0"):
        integrate(broken, 0, 1)
    assert len(raised) == 1


def test_the_integral_of_a_constant_polynomial_and_of_none() -> None:
    with precision(20):
        for coefficients, value in (([], 0), ([fmpq(2, 3)], fmpq(2, 3)), ([0, 5], 0), ([1, 2, 3, 4, 5], 1 + 3 + 15)):
            found = polynomial_integral(coefficients)
            assert found.contains(value)
            assert found.rad() < 1e-15

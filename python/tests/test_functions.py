"""Functions that are no polynomials: against closed forms, and against mpmath's quadrature."""

import doctest
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx, fmpq
from lejepa.errors import UserError
from lejepa.exact import functions
from lejepa.exact.functions import TRANSFORMS, Sign, Wave, expand_analytic, generous, goal, quartic
from lejepa.exact.integration import Growth, precision

DIGITS, RADIUS = 40, 1e-30
KINDS = ("exp", "sin", "cos")
T = ("1/3", "-2", "5/4")


def number(text: str) -> Any:
    q = fmpq(*map(int, text.split("/")))
    return q, mpmath.mpf(int(q.p)) / int(q.q)


def near(ball: Any, value: Any, radius: float = RADIUS) -> bool:
    """Whether a ball holds a number of mpmath's, known to 44 digits, and is no wider than told."""
    return bool(arb(ball).overlaps(arb(mpmath.nstr(value, 50), 1e-43))) and bool(arb(ball).rad() < radius)


def coefficient(kind: str, t: Any, k: int) -> Any:
    """In closed form, by the generating function of the Hermite polynomials."""
    if kind == "exp":
        return t**k * mpmath.exp(t * t / 2) / mpmath.sqrt(mpmath.factorial(k))
    if (k % 2 == 1) != (kind == "sin"):
        return mpmath.mpf(0)
    return (-1) ** (k // 2) * t**k * mpmath.exp(-t * t / 2) / mpmath.sqrt(mpmath.factorial(k))


def test_examples() -> None:
    failures, tried = doctest.testmod(functions)
    assert tried > 0
    assert failures == 0


@pytest.mark.parametrize("text", T)
@pytest.mark.parametrize("kind", KINDS)
def test_waves(kind: str, text: str) -> None:
    with precision(DIGITS), mpmath.workdps(60):
        q, t = number(text)
        wave = Wave(kind, q)
        for k in range(7):
            assert near(wave.coefficient(k), coefficient(kind, t, k))
        square = mpmath.nsum(lambda k: coefficient(kind, t, int(k)) ** 2, [0, 80])
        assert near(wave.square(), square)
        for rho in (fmpq(1, 2), fmpq(-1, 3), fmpq(0), fmpq(1)):
            r = mpmath.mpf(int(rho.p)) / int(rho.q)
            expected = sum(r**k * coefficient(kind, t, k) ** 2 for k in range(90))
            assert near(wave.correlation(rho), expected)


@pytest.mark.parametrize("text", T)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("degree", [3, 4, 9, 20])
def test_the_rest_of_a_wave_is_enclosed_and_not_by_much(kind: str, text: str, degree: int) -> None:
    """The squares beyond a degree lie in the ball of the rest, near its upper end where the next coefficient counts."""
    with precision(DIGITS), mpmath.workdps(60):
        q, t = number(text)
        rest = Wave(kind, q).rest(degree)
        beyond = sum(coefficient(kind, t, k) ** 2 for k in range(degree + 1, degree + 100))
        assert rest.contains(arb(mpmath.nstr(beyond, 40)))
        assert rest.contains(0)
        largest = t ** (2 * degree + 2) / mpmath.factorial(degree + 1)  # of the next coefficient that Stein allows
        stein = largest * (mpmath.exp(t * t) if kind == "exp" else 1)
        share = rest.upper() / arb(mpmath.nstr(stein, 30))
        room = arb("1e-7")  # a radius has 30 bits
        assert share > 1 - room
        assert share < 1 / (1 - arb(q) ** 2 / (degree + 2)) + room


def test_sign() -> None:
    sign = Sign()
    with precision(DIGITS), mpmath.workdps(60):
        seen = arb(0)
        for k in range(8):
            half = mpmath.quad(
                lambda x, k=k: mpmath.hermite(k, x / mpmath.sqrt(2)) * mpmath.exp(-x * x / 2), [0, 3, 9, 30]
            )
            value = 0 if k % 2 == 0 else 2 * half / mpmath.sqrt(2 * mpmath.pi * 2**k * mpmath.factorial(k))
            assert near(sign.coefficient(k), mpmath.mpf(value))
            seen += arb(sign.coefficient(k)) ** 2
        assert near(sign.square(), mpmath.mpf(1))
        # Σ c_k² = (2/π) Σ C(2j, j) / (4^j (2j + 1)), the series of the arcsine at 1
        known = 2 / mpmath.pi * sum(mpmath.binomial(2 * j, j) / mpmath.mpf(4) ** j / (2 * j + 1) for j in range(4))
        assert near(sign.rest(7, seen), 1 - known)
        for rho in (fmpq(1, 3), fmpq(-9, 10), fmpq(0)):
            sheppard = 2 / mpmath.pi * mpmath.asin(mpmath.mpf(int(rho.p)) / int(rho.q))
            assert near(sign.correlation(rho), sheppard)


def test_balls_enclose_the_sine_and_a_root() -> None:
    with precision(40), mpmath.workdps(60):
        sine = expand_analytic(lambda z: z.sin(), 3, Growth())
        root = mpmath.exp(-mpmath.mpf(1) / 2)
        for ball, value in zip(sine, (0, root, 0, -root / mpmath.sqrt(6)), strict=True):
            assert near(ball, mpmath.mpf(value))
    with precision(20), mpmath.workdps(40):
        (mean,) = expand_analytic(lambda z: (1 + z * z).sqrt(), 0, Growth(power=1))
        value = mpmath.quad(
            lambda x: mpmath.sqrt(1 + x * x) * mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi),
            [*range(-12, 13), 30],
        )
        below = mpmath.quad(lambda x: mpmath.sqrt(1 + x * x) * mpmath.exp(-x * x / 2), [-30, -12])
        assert below < 1e-28
        assert near(mean, value, 1e-15)


def test_a_degree_below_0_is_refused() -> None:
    with pytest.raises(UserError, match="degree"):
        expand_analytic(lambda z: z, -1, Growth(power=1))


def density(name: str) -> tuple[Callable[[Any], Any], Any]:
    """Of the law whose transform is named, of variance 1, and the end of its support."""
    if name == "gaussian":
        return lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi), 25
    if name == "laplace":
        return lambda x: mpmath.exp(-mpmath.sqrt(2) * abs(x)) / mpmath.sqrt(2), 90
    if name == "uniform":
        return lambda x: 1 / (2 * mpmath.sqrt(3)), mpmath.sqrt(3)
    scale = mpmath.sqrt(mpmath.gamma(mpmath.mpf(1) / 4) / mpmath.gamma(mpmath.mpf(3) / 4))
    return lambda x: mpmath.exp(-((x / scale) ** 4)) / (2 * scale * mpmath.gamma(mpmath.mpf(5) / 4)), 7


@pytest.mark.parametrize("name", ["gaussian", "laplace", "uniform", "quartic"])
def test_transforms_are_those_of_laws_of_variance_1(name: str) -> None:
    with precision(40), mpmath.workdps(50):
        p, end = density(name)
        pieces = [end * mpmath.mpf(k) / 24 for k in range(25)]

        def mean(f: Callable[[Any], Any]) -> Any:
            return 2 * mpmath.quad(lambda x: f(x) * p(x), pieces)

        assert abs(mean(lambda x: mpmath.mpf(1)) - 1) < 1e-35
        assert abs(mean(lambda x: x * x) - 1) < 1e-30
        for t in ("0.5", "1", "3.25"):
            value = mean(lambda x, t=t: mpmath.cos(mpmath.mpf(t) * x))
            found = TRANSFORMS[name](acb(arb(t)))
            assert found.imag.contains(0)
            assert near(found.real, value, 1e-25) or abs(value) < 1e-30


def test_the_coin_and_the_quartic_at_0() -> None:
    with precision(40):
        assert TRANSFORMS["sign"](arb(2)).overlaps(arb(2).cos())
        at_0 = quartic(acb(0)).real
        assert at_0.contains(1)
        assert at_0.rad() < RADIUS


def test_generous_means_more_digits_and_goal_fewer() -> None:
    with precision(40):
        assert goal() < arb("1e-33")
        with generous(2):
            assert goal() < arb("1e-67")


@pytest.mark.parametrize("kind", KINDS)
def test_integrands_are_within_the_growth_that_is_told(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A bound that is too small gives no other digit, and a wrong radius."""
    asked: list[tuple[Any, Growth, Any]] = []

    def integral(f: Any, growth: Growth = Growth(), start: Any = None) -> Any:
        asked.append((f, growth, start))
        return arb(1)

    monkeypatch.setattr(functions, "gaussian_integral", integral)
    with precision(DIGITS):
        for text in T:
            wave = Wave(kind, number(text)[0])
            wave.square()
            for k in (0, 1, 4, 7):
                functions.hermite_coefficient(wave, k, wave.growth)
            for rho in (fmpq(1, 2), fmpq(-4, 5), fmpq(0)):
                wave.correlation(rho)
        Sign().correlation(fmpq(1, 3))
        assert len(asked) == 3 * (1 + 4 + 6) + 1
        for f, growth, start in asked:
            places = [arb(x) / 4 for x in (0, 1, 3, 8, 30, 100)]
            for x in [*places, *(() if start == 0 else (-x for x in places))]:
                assert abs(f(x)) <= growth.at(x) * (1 + arb(10) ** -20)
    assert [start for *_, start in asked[-2:]] == [None, 0]


@pytest.mark.parametrize("k", [0, 2, 4, 6])
def test_even_moments_of_the_laws_of_variance_1(k: int) -> None:
    """`(k - 1)!!`; `k! / 2^{k/2}`; `3^{k/2} / (k + 1)`; 1; and of the quartic by gamma functions."""
    with precision(30), mpmath.workdps(40):
        quarter, three = mpmath.gamma(mpmath.mpf(1) / 4), mpmath.gamma(mpmath.mpf(3) / 4)
        expected = {
            "gaussian": mpmath.fac2(k - 1),
            "laplace": mpmath.factorial(k) / mpmath.mpf(2) ** (k // 2),
            "uniform": mpmath.mpf(3) ** (k // 2) / (k + 1),
            "sign": mpmath.mpf(1),
            "quartic": (quarter / three) ** (k // 2) * mpmath.gamma(mpmath.mpf(k + 1) / 4) / quarter,
        }
        assert expected.keys() == TRANSFORMS.keys()
        for name, value in expected.items():
            assert near(functions.even_moment(TRANSFORMS[name], k), value, 1e-20)


def test_more_digits_and_fewer_by_their_shares() -> None:
    with precision(40):
        assert goal().overlaps(arb(10) ** -34)
        with generous():
            assert ctx.dps == 56
        with generous(1.7):
            assert ctx.dps == 68
        assert ctx.dps == 40

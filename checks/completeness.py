"""Completeness: functions that are no polynomials come arbitrarily near to them, at the predicted rates."""

from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, Wave, generous
from lejepa.exact.generic import exp, fac, pi, sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, hermite, hermite_explicit, rational


def distance(f: Wave, degree: int) -> Any:
    """The squared distance of `f` from the polynomials up to a degree: the integral of the squared error itself."""
    scaled = [f.coefficient(k) / arb(fac(k)).sqrt() for k in range(degree + 1)]
    sizes = (abs(c) * sum(map(abs, hermite_explicit(k))) for k, c in enumerate(scaled))
    size = float(sum(sizes, arb(1)).upper())
    growth = Growth(scale=size**2, rate=2 * f.growth.rate, power=2 * degree)

    def error(z: Any) -> Any:
        return (f(z) - sum(c * hermite(k, z) for k, c in enumerate(scaled))) ** 2

    return gaussian_integral(error, growth)


class Exponential(Check):
    """The squared error of the best polynomial, integrated."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(-9, 9) or 1}/10"
        return [{"t": t, "degree": k} for t in ("0", "1/100", "1", "-3/2", drawn) for k in (0, 1, 2, 7)]

    def evidence(self, t: str, degree: int) -> Evidence:
        with generous(1.2):
            return Evidence(distance(Wave("exp", rational(t)), degree), {"t": rational(t), "degree": degree})

    @staticmethod
    def claim(t: Any, degree: Any) -> Any:
        return exp(2 * t**2) - exp(t**2) * sum(t ** (2 * k) / fac(k) for k in range(degree + 1))


class Sine(Exponential):
    """The same for `sin`, whose even coefficients vanish."""

    def evidence(self, t: str, degree: int) -> Evidence:
        with generous(1.2):
            return Evidence(distance(Wave("sin", rational(t)), degree), {"t": rational(t), "degree": degree})

    @staticmethod
    def claim(t: Any, degree: Any) -> Any:
        odd = sum(t ** (2 * k) / fac(k) for k in range(1, degree + 1, 2))
        return (1 - exp(-2 * t**2)) / 2 - exp(-(t**2)) * odd


class Indicator(Check):
    """The indicator of a half-line: what its coefficients leave; it falls like the root of the degree, sharply."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        return [{"degree": k} for k in (2, 4, 10, 2 * rng.randint(10, 40), 200, 400)]

    def evidence(self, degree: int) -> Evidence:
        squares = sum((Sign().coefficient(k) ** 2 for k in range(degree + 1)), arb(0))
        return Evidence((1 - squares) / 4, {"degree": fmpq(degree)}, sharp=0.26 / degree)

    @staticmethod
    def claim(degree: Any) -> Any:
        return 1 / sqrt(pi(degree) ** 3 * (2 * degree - 1))

"""The Epps–Pulley statistic: in closed form for normal laws, and zero for the standard one alone."""

from collections.abc import Callable
from random import Random
from typing import Any

from flint import acb, arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp, sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, rational


class Normal(Check):
    """The statistic of `N(m, v)`, by quadrature of `|φ - φ₀|²`."""

    statement = "eppsPulley_eq_zero_iff"

    def cases(self, rng: Random) -> list[Case]:
        grid = [(m, v) for m in ("0", "1/2", "-2") for v in ("0", "1", "1/3", "4")]
        grid.append((f"{rng.randint(-20, 20)}/10", f"{rng.randint(1, 50)}/10"))
        return [{"mean": m, "variance": v} for m, v in grid]

    def evidence(self, mean: str, variance: str) -> Evidence:
        m, v = rational(mean), rational(variance)

        def square(t: Any) -> Any:
            own, other = (-v * t * t / 2).exp(), (-t * t / 2).exp()
            return own * own - 2 * own * other * (arb(m) * t).cos() + other * other

        return Evidence(gaussian_integral(square, Growth(scale=4)), {"m": m, "v": v})

    @staticmethod
    def claim(m: Any, v: Any) -> Any:
        return 1 / sqrt(1 + 2 * v) - 2 / sqrt(2 + v) * exp(-(m**2) / (2 * (2 + v))) + 1 / sqrt(3)


def generalized(t: Any) -> Any:
    """The characteristic function of the law of density `∝ exp (-(x/s)⁴)`, of variance 1: two hypergeometric series."""
    low, high = (arb(1) / 4).gamma(), (arb(3) / 4).gamma()
    s2 = low / high
    w = (s2 * t * t / 16) ** 2
    even = w.hypgeom([], [acb(fmpq(1, 2)), acb(fmpq(3, 4))])
    odd = w.hypgeom([], [acb(fmpq(5, 4)), acb(fmpq(3, 2))])
    return even - high / low * s2 * t * t / 2 * odd


# Characteristic functions of symmetric laws of variance 1: generalized normal laws of exponents 1, 2, 4, ∞, and a coin.
LAWS: dict[str, Callable[[Any], Any]] = {
    "gaussian": lambda t: (-t * t / 2).exp(),
    "laplace": lambda t: 1 / (1 + t * t / 2),
    "quartic": generalized,
    "uniform": lambda t: (arb(3).sqrt() * t).sinc(),
    "sign": lambda t: t.cos(),
}


class Zero(Check):
    """The statistic of laws of variance 1, by quadrature; generalized normal laws among them."""

    statement = "eppsPulley_eq_zero_iff"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        return [{"law": law} for law in LAWS]

    def evidence(self, law: str) -> Evidence:
        gaussian, own = LAWS["gaussian"], LAWS[law]
        left = gaussian_integral(lambda t: (own(t) - gaussian(t)) ** 2, Growth(scale=4))
        return Evidence(left, {}, {"gaussian": law == "gaussian"})

    @staticmethod
    def condition(gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim() -> Any:
        return 0

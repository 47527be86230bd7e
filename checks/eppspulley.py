"""The Epps–Pulley statistic: in closed form for normal laws, and zero for the standard one alone."""

from collections.abc import Sequence
from random import Random
from typing import Any

from flint import acb, arb, ctx
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.functions import TRANSFORMS
from lejepa.exact.generic import exp, sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, rational, tail


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


class Zero(Check):
    """The statistic of laws of variance 1, by quadrature; generalized normal laws among them."""

    statement = "eppsPulley_eq_zero_iff"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        return [{"law": law} for law in TRANSFORMS]

    def evidence(self, law: str) -> Evidence:
        gaussian, own = TRANSFORMS["gaussian"], TRANSFORMS[law]
        left = gaussian_integral(lambda t: (own(t) - gaussian(t)) ** 2, Growth(scale=4))
        return Evidence(left, {}, {"gaussian": law == "gaussian"})

    @staticmethod
    def condition(gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim() -> Any:
        return 0

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        values = {case["law"]: arb(shown.left) for case, shown in tried}
        says = f"The statistic of the Gaussian is at most {float(values.pop('gaussian').abs_upper()):.0e}."
        return Finding(says, ("law", "statistic"), tuple((law, str(x.str(10))) for law, x in values.items()))


def projected(beta: Any) -> Any:
    """`∫ φ(t) t⁴ e^{-t²/2} dγ(t)` of the generalized normal law of exponent `β` and variance 1, density
    `c e^{-(|x|/s)^β}`: `2 ∫_0^∞ c e^{-(x/s)^β} (x⁴ - 12 x² + 12) e^{-x²/4} dx / (16 √2)`, by quadrature with `x = eᵛ`,
    where the integrand is analytic."""
    b = arb(beta)
    s = ((1 / b).gamma() / (3 / b).gamma()).sqrt()
    c = b / (2 * s * (1 / b).gamma())

    def integrand(v: Any) -> Any:
        x = v.exp()
        return (x**4 - 12 * x * x + 12) * (-x * x / 4 - (b * (v - s.log())).exp()).exp() * x

    radius = 4
    while not tail(Growth(scale=24, power=4), radius) < arb(10) ** -ctx.dps:
        radius += 2
    low = -arb(10).log() * ctx.dps
    # beyond √2 · radius the Gaussian factor alone bounds the integrand; below e^low it is at most 12
    rest = 2 * arb.pi().sqrt() * tail(Growth(scale=24, power=4), radius) + 12 * low.exp()
    body = acb.integral(lambda v, _: integrand(v), low, (arb(2).sqrt() * radius).log()).real
    return 2 * c * (body + arb(0, rest.upper())) / (16 * arb(2).sqrt())


class Away(Zero):
    """Generalized normal laws: a lower bound of the statistic, by Cauchy–Schwarz against `t⁴ e^{-t²/2}`. It is 0 for
    the exponent 2, the Gaussian, and for no other here."""

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(25, 90)}/10"
        return [
            {"beta": b} for b in ("1", "3/2", "19/10", "1999/1000", "2", "2001/1000", "21/10", "3", "4", "8", drawn)
        ]

    def evidence(self, beta: str) -> Evidence:
        gap = projected(rational(beta)) - 1 / (3 * arb(3).sqrt())
        return Evidence(gap * gap * 81 * arb(3).sqrt() / 105, {}, {"gaussian": rational(beta) == 2})

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = tuple((case["beta"], str(arb(shown.left).str(10))) for case, shown in tried)
        return Finding("The statistic of each generalized normal law is bounded below.", ("exponent", "at least"), rows)

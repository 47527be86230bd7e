"""The Epps–Pulley statistic: in closed form for normal and finite laws, and zero for the standard Gaussian alone."""

from collections.abc import Sequence
from random import Random
from typing import Any

from flint import arb, ctx
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.functions import TRANSFORMS, even_moment
from lejepa.exact.generic import exp, sqrt
from lejepa.exact.hermite import gaussian_moment, rational
from lejepa.exact.integration import Growth, gaussian_integral, integrate, tail
from lejepa.exact.polynomials import vanishes


class Normal(Check):
    """The statistic of `N(m, v)`, by quadrature of `|φ - φ₀|²`."""

    statement = "eppsPulley_eq_zero_iff"
    tried = "Thirteen normal laws, of means up to 2 and variances up to 5."

    def cases(self, rng: Random) -> list[Case]:
        grid = [(m, v) for m in ("0", "1/2", "-2") for v in ("0", "1", "1/3", "4")]
        grid.append((f"{rng.randint(-20, 20)}/10", f"{rng.randint(1, 50)}/10"))
        return [{"mean": m, "variance": v} for m, v in grid]

    def evidence(self, mean: str, variance: str) -> Evidence:
        m, v = rational(mean), rational(variance)

        def square(t: Any) -> Any:
            own, other = (-v * t * t / 2).exp(), (-t * t / 2).exp()
            real, imaginary = own * (m * t).cos() - other, own * (m * t).sin()
            return real * real + imaginary * imaginary

        return Evidence(gaussian_integral(square, Growth(scale=4)), {"m": m, "v": v})

    @staticmethod
    def claim(m: Any, v: Any) -> Any:
        return 1 / sqrt(1 + 2 * v) - 2 / sqrt(2 + v) * exp(-(m**2) / (2 * (2 + v))) + 1 / sqrt(3)


class Finite(Check):
    """The statistic of laws on finitely many points, as of samples, by quadrature of `|φ - φ₀|²`."""

    statement = "eppsPulley_eq_zero_iff"
    tried = "Five laws on one to four points, one of them drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        drawn = [[f"{rng.randint(-30, 30)}/10", "1/4"] for _ in range(4)]
        laws = [[["0", "1"]], [["-1", "1/2"], ["1", "1/2"]], [["-2", "1/8"], ["0", "3/4"], ["2", "1/8"]]]
        return [{"points": points} for points in (*laws, [["1/3", "2/3"], ["-2/3", "1/3"]], drawn)]

    def evidence(self, points: list[list[str]]) -> Evidence:
        atoms = [(rational(x), rational(p)) for x, p in points]

        def square(t: Any) -> Any:
            real, imaginary = -1 * (-t * t / 2).exp(), 0 * t
            for x, p in atoms:
                real, imaginary = real + p * (x * t).cos(), imaginary + p * (x * t).sin()
            return real * real + imaginary * imaginary

        return Evidence(gaussian_integral(square, Growth(scale=4)), {"atoms": [list(a) for a in atoms]})

    @staticmethod
    def claim(atoms: Any) -> Any:
        pairs = sum(p * q * exp(-((x - y) ** 2) / 2) for x, p in atoms for y, q in atoms)
        return pairs - sqrt(2) * sum(p * exp(-(x**2) / 4) for x, p in atoms) + 1 / sqrt(3)


class Zero(Check):
    """The mean square of `φ` under the Gaussian weight, by quadrature: the statistic is 0 where it is twice the mean of
    `φ φ₀`, less that of `φ₀²`. Which law is Gaussian is seen from the moments of orders 2, 4 and 6, by Cauchy's
    formula."""

    statement = "eppsPulley_eq_zero_iff"
    relation = "iff"
    tried = "Five symmetric laws, normal laws, laws on finitely many points, and generalized normal laws."

    def cases(self, rng: Random) -> list[Case]:
        return [{"law": law} for law in TRANSFORMS]

    def evidence(self, law: str) -> Evidence:
        own = TRANSFORMS[law]
        square = gaussian_integral(lambda t: own(t) ** 2, Growth(scale=1))
        cross = gaussian_integral(lambda t: own(t) * (-t * t / 2).exp(), Growth(scale=1))
        gaussian = all(vanishes(even_moment(own, k) - gaussian_moment(k)) for k in (2, 4, 6))
        return Evidence(square, {"cross": cross}, {"gaussian": gaussian})

    @staticmethod
    def condition(gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(cross: Any) -> Any:
        return 2 * cross - 1 / sqrt(3)

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        values = {case["law"]: arb(s.left) - 2 * s.terms["cross"] + 1 / arb(3).sqrt() for case, s in tried}
        says = f"The statistic of the Gaussian is at most {float(values.pop('gaussian').abs_upper()):.0e}."
        return Finding(says, ("law", "statistic"), tuple((law, str(x.str(10))) for law, x in values.items()))


def projected(beta: Any) -> Any:
    """`∫ φ(t) t⁴ e^{-t²/2} dγ(t)` of the generalized normal law of exponent `β` and variance 1, density
    `c e^{-(|x|/s)^β}`: `2 ∫_0^∞ c e^{-(x/s)^β} (x⁴ - 12 x² + 12) e^{-x²/4} dx / (16 √2)`, by quadrature with `x = eᵛ`,
    where the integrand is entire."""
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
    body = integrate(integrand, low, (arb(2).sqrt() * radius).log())
    return 2 * c * (body + arb(0, rest.upper())) / (16 * arb(2).sqrt())


class Away(Check):
    """Generalized normal laws: `∫ φ(t) t⁴ e^{-t²/2} dγ(t)` is the Gaussian's for the exponent 2, and for no other here;
    by Cauchy–Schwarz the statistic is at least 81 √3 / 105 times the square of the difference. Which is Gaussian is
    seen from the fourth moment."""

    statement = "eppsPulley_eq_zero_iff"
    relation = "iff"
    tried = Zero.tried

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(25, 90)}/10"
        return [
            {"beta": b} for b in ("1", "3/2", "19/10", "1999/1000", "2", "2001/1000", "21/10", "3", "4", "8", drawn)
        ]

    def evidence(self, beta: str) -> Evidence:
        b = arb(rational(beta))
        fourth = (5 / b).gamma() * (1 / b).gamma() / (3 / b).gamma() ** 2
        return Evidence(projected(rational(beta)), {}, {"gaussian": vanishes(fourth - 3)})

    condition = Zero.condition

    @staticmethod
    def claim() -> Any:
        return 1 / (3 * sqrt(3))

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = []
        for case, shown in tried:
            gap = arb(shown.left) - 1 / (3 * arb(3).sqrt())
            rows.append((case["beta"], str((gap * gap * 81 * arb(3).sqrt() / 105).str(10))))
        return Finding(
            "The statistic of each generalized normal law is bounded below.", ("exponent", "at least"), tuple(rows)
        )

"""The spectral form of alignment: degree `k` is penalized by `2 (1 - ρᵏ)`."""

from itertools import count, product
from math import prod
from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, Wave, generous, goal
from lejepa.exact.generic import fac, sqrt
from lejepa.exact.hermite import gaussian_mean, hermite_monomials, multi_indices, multiply, pair_mean, rational
from lejepa.exact.polynomials import alignment, random_polynomial, stepped, to_monomials
from lejepa.exact.products import Sum


def costly_first(means: list[Any]) -> list[Any]:
    """The means with the constant's at the end: it costs nothing, and that the first is counted would go unseen."""
    return means[1:] + means[:1]


class Finite(Check):
    """Polynomial encoders of several outputs: alignment from the moments of the pair, not from the spectrum, against
    the means `∫ hᵢ H_α dγ`."""

    statement = "hasSum_alignment"
    tried = "Polynomials in up to 3 variables; waves, signs and products of two waves, with what is beyond enclosed."

    def cases(self, rng: Random) -> list[Case]:
        grid: list[Case] = [
            {"rho": rho, "n": 2, "encoder": [{"1 0": "1", "0 2": "1/2"}, {"0 1": "2", "1 1": "-1/3"}]}
            for rho in ("-1", "-1/2", "0", "1/1000000", "9/10", "999999/1000000", "1")
        ]
        edges: list[Case] = [
            {"rho": "1/2", "n": 0, "encoder": [{"": "1"}]},
            {"rho": "1/2", "n": 1, "encoder": []},
            {"rho": "1/2", "n": 1, "encoder": [{"0": "5"}]},
        ]
        drawn: list[Case] = [
            {
                "rho": f"{rng.randint(-99, 99)}/100",
                "n": n,
                "encoder": [random_polynomial(rng, n, 0, k) for _ in range(rng.randrange(1, 4))],
            }
            for n, k in ((1, 5), (1, 7), (2, 3), (2, 4), (3, 3))
        ]
        return grid + edges + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": rho, "n": 1, "encoder": [{"1": "1", "2": "1/2"}]} for rho in ("2", "-2", "11/10")]

    def evidence(self, rho: str, n: int, encoder: list[dict[str, str]]) -> Evidence:
        r = rational(rho)
        h = [to_monomials(e) for e in encoder]
        degree = max((sum(map(int, key.split())) for e in encoder for key in e), default=0)
        means = [
            (list(a), [gaussian_mean(multiply(f, hermite_monomials(a))) for f in h]) for a in multi_indices(n, degree)
        ]
        return Evidence(alignment(h, r), {"rho": r, "means": costly_first(means)}, {"rho": r})

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(-1 <= rho <= 1)

    @staticmethod
    def claim(rho: Any, means: Any) -> Any:
        return sum(
            2 * (1 - rho ** sum(alpha)) * sum(m**2 for m in of) / prod(fac(a) for a in alpha) for alpha, of in means
        )


class Infinite(Check):
    """`exp`, `sin`, `cos`, the sign, and products of two waves: alignment by quadrature, less an enclosure of what is
    beyond the last degree of each variable."""

    statement = "hasSum_alignment"
    tried = Finite.tried

    def cases(self, rng: Random) -> list[Case]:
        waves: list[Case] = [
            {"factors": [[kind, "1/5"]], "rho": rho}
            for kind in ("exp", "sin", "cos")
            for rho in ("-9/10", "1/100", "999/1000")
        ]
        plane = [[["exp", "1/10"], ["sin", "-1/20"]], [["cos", "1/20"], ["cos", "1/10"]]]
        waves += [{"factors": f, "rho": rho} for f in plane for rho in ("1/2", "-1/3")]
        return waves + [{"factors": [["sign"]], "rho": rho} for rho in ("1/10", "1/4", "-1/5")]

    def evidence(self, factors: list[list[str]], rho: str) -> Evidence:
        r, small = rational(rho), goal()
        with generous(1.2):
            if factors == [["sign"]]:
                return self.of_sign(r, small)
            waves = [Wave(kind, rational(t)) for kind, t in factors]
            degrees = [next(k for k in count() if 4 * w.rest(k).abs_upper() < small) for w in waves]
            f = Sum.of(factors)
            means = [(list(a), [f.hermite_moment(a)]) for a in product(*(range(d + 1) for d in degrees))]
            square = prod((w.square() for w in waves), start=arb(1))
            rest = square - prod((w.square() - w.rest(d) for w, d in zip(waves, degrees, strict=True)), start=arb(1))
            correlation = prod((w.correlation(r) for w in waves), start=arb(1))
            # what is beyond weighs between 2 (1 - |ρ|) and 2 (1 + |ρ|) times its square
            doubt = 2 * abs(arb(r)) * abs(rest)
            left = 2 * square - 2 * correlation - 2 * rest + arb(0, doubt.upper())
            return Evidence(left, {"rho": r, "means": costly_first(means)})

    def of_sign(self, rho: Any, small: Any) -> Evidence:
        f, means, seen = Sign(), [], arb(0)
        for degree in count():
            c = f.coefficient(degree)
            means.append(([degree], [c * sqrt(fac(degree))]))
            seen += c * c
            rest = f.rest(degree, seen)
            doubt = 2 * abs(arb(rho)) ** (degree + 1) * abs(rest)
            if doubt.abs_upper() < small:
                left = 2 - 2 * f.correlation(rho) - 2 * rest + arb(0, doubt.upper())
                return Evidence(left, {"rho": rho, "means": costly_first(means)})
        raise ArithmeticError("expected a degree from which on the rest is small")

    claim = Finite.claim


class Pair(Check):
    """`𝔼 f(z) g(z')` of two polynomials from the moments of the pair, against their means with Hermite polynomials."""

    statement = "hasSum_integral_mul_ouLaw"
    tried = "Polynomials in up to 3 variables; where one of two functions is a polynomial the sum is finite."

    def cases(self, rng: Random) -> list[Case]:
        shapes = ((1, 1, 1), (1, 3, 5), (2, 2, 3), (3, 2, 2))
        return [
            {"rho": rho, "n": n, "f": random_polynomial(rng, n, 0, j), "g": random_polynomial(rng, n, 0, k)}
            for rho in ("-1", "-1/2", "0", "9/10", "1")
            for n, j, k in shapes
        ]

    def outside(self, rng: Random) -> list[Case]:
        curved = {"0": "1", "2": "1/2"}
        return [{"rho": rho, "n": 1, "f": curved, "g": curved} for rho in ("2", "-11/10")]

    def evidence(self, rho: str, n: int, f: dict[str, str], g: dict[str, str]) -> Evidence:
        r = rational(rho)
        first, second = to_monomials(f), to_monomials(g)
        degree = max(sum(map(int, key.split())) for e in (f, g) for key in e)
        means = []
        for a in multi_indices(n, degree):
            h = hermite_monomials(a)
            means.append((list(a), gaussian_mean(multiply(first, h)), gaussian_mean(multiply(second, h))))
        return Evidence(pair_mean(first, second, r), {"rho": r, "means": means}, {"rho": r})

    hypothesis = Finite.hypothesis

    @staticmethod
    def claim(rho: Any, means: Any) -> Any:
        return sum(rho ** sum(alpha) * f * g / prod(fac(a) for a in alpha) for alpha, f, g in means)


class Mixed(Pair):
    """The same where `f` is a product of waves, signs and rectifiers, and `g` a polynomial: the mean of `g(z')` given
    `z` is a polynomial, by the moments of the noise, whose product with `f` is integrated."""

    def cases(self, rng: Random) -> list[Case]:
        line = [[["exp", "3/2"]], [["sin", "-2"]], [["sign"]], [["relu"]]]
        plane = [[["sign"], ["cos", "1"]], [["relu"], ["exp", "1/2"]]]
        return [
            {"rho": rho, "factors": f, "g": random_polynomial(rng, len(f), 0, k)}
            for f, k in [*((f, 5) for f in line), *((f, 3) for f in plane)]
            for rho in ("-1", "-1/2", "0", "9/10", "1")
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": rho, "factors": [["exp", "1"]], "g": {"2": "1/2", "1": "1"}} for rho in ("2", "-11/10")]

    def evidence(self, rho: str, factors: list[list[str]], g: dict[str, str]) -> Evidence:  # type: ignore[override]
        r, f, polynomial = rational(rho), Sum.of(factors), to_monomials(g)
        degree = max(sum(map(int, key.split())) for key in g)
        with generous(1.2):
            left = sum((c * f.moment(e) for e, c in stepped(polynomial, r).items()), arb(0))
            means = []
            for a in multi_indices(f.n, degree):
                means.append((list(a), f.hermite_moment(a), gaussian_mean(multiply(polynomial, hermite_monomials(a)))))
        return Evidence(left, {"rho": r, "means": means}, {"rho": r})

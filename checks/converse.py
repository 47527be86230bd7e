"""The converse: where the latents are not Gaussian, some curved encoder aligns better than the identity."""

from collections.abc import Sequence
from math import hypot
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import rational
from lejepa.exact.laws import bilinear, known_noise, law, orthogonal

IDENTITY = [fmpq(0), fmpq(1)]
LAWS = (("gaussian", 1), ("laplace", 1), ("laplace", 5), ("logistic", 1), ("sech", 1), ("gamma", 1), ("gamma", 3))
RHOS = ("1/100", "1/2", "99/100")


def world(name: str, size: Any, rho: Any, order: int) -> tuple[Any, Any, Any, Any, Any]:
    """Of `g`, the power `order - 1` made orthogonal to `1` and `z`: its mean square, `𝔼 z g(z')`, `𝔼 g(z) z'` and
    `𝔼 g(z) g(z')`; and `𝔼 z z'`."""
    latent = law(name, size).moments()
    noise = known_noise(name, size, rho)
    g = orthogonal(order, latent)
    still = [fmpq(int(r == 0)) for r in range(len(latent))]
    square = bilinear(g, g, fmpq(1), latent, still)
    pairs = [
        bilinear(a, b, rho, latent, noise) for a, b in ((IDENTITY, g), (g, IDENTITY), (g, g), (IDENTITY, IDENTITY))
    ]
    return square, pairs[0], pairs[1], pairs[2], pairs[3]


class FirstVariation(Check):
    """`𝔼 z g(z')` from exact moments of latent and noise: what optimality of the identity would make vanish."""

    statement = "linear_optimal_iff_gaussian"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        return [
            {"law": name, "size": size, "rho": rho, "order": order}
            for name, size in LAWS
            for rho in ("0", *RHOS, drawn)
            for order in (3, 4)
        ]

    def evidence(self, law: str, size: int, rho: str, order: int) -> Evidence:
        r = rational(rho)
        _, first, _, _, _ = world(law, size, r, order)
        return Evidence(first, {"kappa": cumulant(law, size, order), "rho": r, "order": order})

    @staticmethod
    def claim(kappa: Any, rho: Any, order: Any) -> Any:
        return -kappa * rho * (1 - rho ** (order - 2))


def cumulant(name: str, size: Any, order: int) -> Any:
    return law(name, size).cumulants[order - 1]


class Optimal(Check):
    """The best white encoder spanned by `z` and a power of it, an eigenvalue of a 2 × 2 matrix of exact moments: the
    identity reaches it for the Gaussian alone. One world is not stationary: a sign that is halved, then moved by ± 1/2.
    """

    statement = "linear_optimal_iff_gaussian"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        symmetric = [(n, s, 4) for n, s in LAWS if n != "gamma"]
        return [
            {"law": name, "size": size, "rho": rho, "order": order}
            for name, size, order in (*symmetric, ("gaussian", 1, 3), ("gamma", 1, 3), ("gamma", 3, 3))
            for rho in (*RHOS, drawn)
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [
            *({"law": "laplace", "size": 1, "rho": r, "order": 4} for r in ("0", "1")),
            {"law": "sign", "size": 1, "rho": "1/2", "order": 4},
        ]

    def evidence(self, law: str, size: int, rho: str, order: int) -> Evidence:
        r = rational(rho)
        if law == "sign":  # white encoders are ±z on ±1 and free at 0, where (c - 1)² + (c + 1)² is least for c = 0
            best, after = fmpq(1, 2), fmpq(1, 2)
            facts = {"rho": r, "stationary": after == 1, "gaussian": False}
            return Evidence(best, {"before": fmpq(1), "after": after, "covariance": fmpq(1, 2)}, facts)
        square, first, second, curved, straight = world(law, size, r, order)
        best = largest(square, first, second, curved, straight)
        facts = {"rho": r, "stationary": True, "gaussian": cumulant(law, size, order) == 0}
        return Evidence(2 - 2 * best, {"before": fmpq(1), "after": fmpq(1), "covariance": straight}, facts)

    @staticmethod
    def hypothesis(rho: Any, stationary: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and stationary

    @staticmethod
    def condition(rho: Any, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return before + after - 2 * covariance


class Witness(Check):
    """A polynomial with rational coefficients, brought to mean 0 and variance 1, aligns better than the identity, by
    exact moments; by no more than the best of its kind, an eigenvalue. For the Gaussian none does."""

    statement = "gaussian_of_linear_optimal"
    relation = "<"

    def cases(self, rng: Random) -> list[Case]:
        laws = [(n, s, 3 if n == "gamma" else 4) for n, s in LAWS if n != "gaussian"]
        return [self.case(n, str(s), r, k) for n, s, k in laws for r in ("1/10", "1/2", "9/10")]

    def case(self, name: str, size: str, rho: str, order: int) -> Case:
        """The best coefficient on the power, to six digits."""
        square, first, second, curved, straight = world(name, rational(size), rational(rho), order)
        mixed, middle = float((first + second) / 2), float((straight - curved / square) / 2)
        root = float(square)
        slope = (hypot(middle, mixed / root**0.5) - middle) / (mixed / root) / root if mixed else 0.1
        return {"law": name, "size": size, "rho": rho, "order": order, "curve": f"{slope:.6g}"}

    def outside(self, rng: Random) -> list[Case]:
        nothing = {"law": "laplace", "size": "1", "rho": "0", "order": 4, "curve": "1/10"}
        return [nothing, {**nothing, "law": "gaussian", "rho": "1/2"}, {**nothing, "law": "sech", "rho": "1"}]

    def evidence(self, law: str, size: str, rho: str, order: int, curve: str) -> Evidence:
        r, c = rational(rho), rational(curve)
        square, first, second, curved, straight = world(law, rational(size), r, order)
        variance = 1 + c * c * square
        covariance = (straight + c * (first + second) + c * c * curved) / variance
        gain = 2 * (largest(square, first, second, curved, straight) - straight)
        facts = {"rho": r, "gaussian": cumulant(law, rational(size), order) == 0}
        sharp = 1.001 * float(gain) / float(2 - 2 * straight) if gain > 0 else None
        return Evidence(2 - 2 * covariance, {"before": fmpq(1), "after": fmpq(1), "covariance": straight}, facts, sharp)

    @staticmethod
    def hypothesis(rho: Any, gaussian: bool) -> bool:
        return 0 < abs(rho) < 1 and not gaussian

    claim = Optimal.claim

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = []
        for case, shown in tried:
            best, identity = shown.left, type(self).claim(**shown.terms)
            power = case["order"] - 1
            latent = law(case["law"], rational(case["size"])).moments()
            encoder = f"z {float(rational(case['curve'])):+.4g} (z^{power} - {float(latent[power + 1]):g} z"
            encoder += f" - {float(latent[power]):g})" if latent[power] else ")"
            rows.append((named(case["law"], case["size"]), case["rho"], encoder, *map(ball, (identity, best)),
                         ball(identity - best)))  # fmt: skip
        says = f"In {len(rows)} worlds that are not Gaussian a white polynomial aligns better than the identity."
        columns = ("law", "ρ", "encoder, before it is brought to variance 1", "identity aligns", "it aligns", "gap")
        return Finding(says, columns, tuple(rows))


def named(name: str, size: str) -> str:
    if name == "gamma":
        return f"gamma of shape {rational(size) ** 2}"
    return name if size == "1" else f"sum of {size} {name}"


def ball(x: Any) -> str:
    """A number as a ball of ten digits."""
    return str(arb(x).str(10))


def largest(square: Any, first: Any, second: Any, curved: Any, straight: Any) -> Any:
    """The largest correlation of a white encoder spanned by `z` and `g`: an eigenvalue."""
    mixed = (first + second) ** 2 / (4 * square)
    return (straight + curved / square) / 2 + sqrt((straight - curved / square) ** 2 / 4 + mixed)


class Gap(Check):
    """What a power gains on the identity for sums of ever more variables: it closes like the squared cumulant."""

    statement = "linear_optimal_iff_gaussian"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        near = [str(10**6), str(10**6 + rng.randint(1, 999))]
        sizes = ("1/2", "1", "4", "16", "64", "1024", *near)
        skew = [{"law": "gamma", "size": s, "rho": "1/2", "order": 3} for s in ("1", "4", "32", *near)]
        return skew + [
            {"law": name, "size": size, "rho": rho, "order": 4}
            for name, rhos in (("laplace", ("1/10", "1/2", "9/10")), ("logistic", ("1/2",)))
            for rho in rhos
            for size in sizes
        ]

    def evidence(self, law: str, size: str, rho: str, order: int) -> Evidence:
        r, s = rational(rho), rational(size)
        square, first, second, curved, straight = world(law, s, r, order)
        terms = {"kappa": cumulant(law, s, order), "rho": r, "order": order, "square": square, "curved": curved}
        gain = 2 * (largest(square, first, second, curved, straight) - straight)
        return Evidence(gain, terms, sharp=1e-5 if s > 10**5 else None)

    @staticmethod
    def claim(kappa: Any, rho: Any, order: Any, square: Any, curved: Any) -> Any:
        return (kappa * rho * (1 - rho ** (order - 2))) ** 2 / (2 * (rho * square - curved))

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """The gap times the number of variables squared, or times the shape, tends to a constant."""
        rows = []
        for case, shown in tried:
            scale = rational(case["size"]) ** 2
            if scale > 10**12:
                continue
            rows.append((named(case["law"], case["size"]), case["rho"], ball(shown.left), ball(shown.left * scale)))
        least = min(arb(s.left).mid() for _, s in tried)
        says = f"The gap closes as the law approaches the Gaussian, down to {float(least):.3g}, like 1 / size²."
        return Finding(says, ("law", "ρ", "gap", "gap · size²"), tuple(rows))

"""The converse: where the latents are not Gaussian, some curved encoder aligns better than the identity."""

from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import rational
from lejepa.exact.laws import bilinear, laplace_noise, law, orthogonal

IDENTITY = [fmpq(0), fmpq(1)]
LAWS = (("gaussian", 1), ("laplace", 1), ("laplace", 5), ("gamma", 1), ("gamma", 3))
RHOS = ("1/100", "1/2", "99/100")


def world(name: str, size: int, rho: Any, order: int) -> tuple[Any, Any, Any, Any, Any]:
    """Of `g`, the power `order - 1` made orthogonal to `1` and `z`: its mean square, `𝔼 z g(z')`, `𝔼 g(z) z'` and
    `𝔼 g(z) g(z')`; and `𝔼 z z'`."""
    latent = law(name, size).moments()
    noise = laplace_noise(rho) if (name, size) == ("laplace", 1) else law(name, size).noise(rho)
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


def cumulant(name: str, size: int, order: int) -> Any:
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
        mixed = (first + second) ** 2 / (4 * square)
        largest = (straight + curved / square) / 2 + sqrt((straight - curved / square) ** 2 / 4 + mixed)
        facts = {"rho": r, "stationary": True, "gaussian": cumulant(law, size, order) == 0}
        return Evidence(2 - 2 * largest, {"before": fmpq(1), "after": fmpq(1), "covariance": straight}, facts)

    @staticmethod
    def hypothesis(rho: Any, stationary: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and stationary

    @staticmethod
    def condition(rho: Any, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return before + after - 2 * covariance


class Gap(Check):
    """What a cubic gains on the identity for a sum of Laplace variables: it closes like the squared cumulant."""

    statement = "linear_optimal_iff_gaussian"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sizes = (1, 10, 10**6, 10**6 + rng.randint(1, 999))
        return [{"size": size, "rho": rho} for size in sizes for rho in ("1/10", "1/2", "9/10")]

    def evidence(self, size: int, rho: str) -> Evidence:
        r = rational(rho)
        square, first, second, curved, straight = world("laplace", size, r, 4)
        middle = (straight + curved / square) / 2
        largest = middle + sqrt((straight - curved / square) ** 2 / 4 + (first + second) ** 2 / (4 * square))
        terms = {"kappa": cumulant("laplace", size, 4), "rho": r, "square": square, "curved": curved}
        return Evidence(2 * (largest - straight), terms, sharp=1e-6 if size > 10**5 else None)

    @staticmethod
    def claim(kappa: Any, rho: Any, square: Any, curved: Any) -> Any:
        return (kappa * rho * (1 - rho**2)) ** 2 / (2 * (rho * square - curved))

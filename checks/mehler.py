"""The Ornstein–Uhlenbeck step on Hermite polynomials, and its contraction."""

from math import prod
from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import gaussian_mean, hermite, pair_mean, polynomial_integral, rational
from lejepa.exact.polynomials import random_polynomial, to_monomials


def shifted(k: int, mean: Any, deviation: Any) -> list[Any]:
    """Coefficients in `η` of `He_k(mean + deviation η)`, by the recurrence on coefficient lists."""
    before: list[Any] = [fmpq(0)]
    now: list[Any] = [fmpq(1)]
    for j in range(k):
        after = [mean * c for c in now] + [fmpq(0)]
        for i, c in enumerate(now):
            after[i + 1] += deviation * c
        for i, c in enumerate(before):
            after[i] -= j * c
        before, now = now, after
    return now


class Mehler(Check):
    """The integral over the noise factors; each factor is a polynomial in the noise, integrated by quadrature."""

    statement = "integral_hermiteProd_ou"

    def cases(self, rng: Random) -> list[Case]:
        grid = [
            {"rho": rho, "alpha": [k], "z": ["7/5"]}
            for rho in ("-1", "-3/5", "0", "1/1000000", "1/2", "999999/1000000", "1")
            for k in (0, 1, 2, 5, 12)
        ]
        edges: list[Case] = [{"rho": "1/2", "alpha": [], "z": []}, {"rho": "4/5", "alpha": [3], "z": ["0"]}]
        drawn: list[Case] = []
        for _ in range(8):
            n = rng.randrange(1, 5)
            z = [f"{rng.randint(-30, 30)}/10" for _ in range(n)]
            rho = f"{rng.randint(-99, 99)}/100"
            drawn.append({"rho": rho, "alpha": [rng.randrange(7) for _ in range(n)], "z": z})
        return grid + edges + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"rho": rho, "alpha": alpha, "z": ["3/2"] * len(alpha)}
            for rho in ("2", "-2", "1001/1000", "-3/2")
            for alpha in ([2], [3, 1])
        ]

    def evidence(self, rho: str, alpha: list[int], z: list[str]) -> Evidence:
        r = rational(rho)
        point = [rational(x) for x in z]
        left = prod(
            (polynomial_integral(shifted(a, r * x, sqrt(1 - r * r))) for a, x in zip(alpha, point, strict=True)),
            start=fmpq(1),
        )
        return Evidence(left, {"rho": r, "alpha": alpha, "z": point}, {"rho": r})

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(-1 <= rho <= 1)

    @staticmethod
    def claim(rho: Any, alpha: Any, z: Any) -> Any:
        return rho ** sum(alpha) * prod((hermite(a, x) for a, x in zip(alpha, z, strict=True)), start=fmpq(1))


class Contraction(Check):
    """`𝔼 (Tf)² = 𝔼 f(z) f(z'')` for a pair two steps apart, from exact moments, for `f` of mean zero."""

    statement = "integral_hermiteProd_ou"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        linear: list[Case] = [
            {"rho": rho, "coefficients": {"1": "1"}} for rho in ("0", "1/2", "-9/10", "1", "-1", "99/100")
        ]
        curved: list[Case] = [
            {"rho": rho, "coefficients": random_polynomial(rng, n, 1, 4)}
            for rho in ("1/100", "1/2", "-4/5", "99/100")
            for n in (1, 2, 3)
        ]
        return linear + curved

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": "1/2", "coefficients": {"0": "1", "1": "1/3"}}]

    def evidence(self, rho: str, coefficients: dict[str, str]) -> Evidence:
        r, f = rational(rho), to_monomials(coefficients)
        square = pair_mean(f, f, fmpq(1))
        left = pair_mean(f, f, r * r)
        degrees = {sum(map(int, key.split())) for key in coefficients}
        sharp = 0 if degrees <= {1} or abs(r) == 1 else None
        return Evidence(left, {"rho": r, "square": square}, {"mean": gaussian_mean(f)}, sharp)

    @staticmethod
    def hypothesis(mean: Any) -> bool:
        return bool(mean == 0)

    @staticmethod
    def claim(rho: Any, square: Any) -> Any:
        return rho**2 * square

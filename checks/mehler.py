"""The Ornstein–Uhlenbeck step on Hermite polynomials, and its contraction."""

from math import comb, prod
from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import (
    gaussian_mean,
    hermite,
    hermite_explicit,
    multiply,
    rational,
)
from lejepa.exact.integration import polynomial_integral
from lejepa.exact.polynomials import random_polynomial, stepped, to_monomials


def shifted(k: int, mean: Any, deviation: Any) -> list[Any]:
    """Coefficients in `η` of `He_k(mean + deviation η)`, from the explicit coefficients of `He_k` and the binomial
    theorem."""
    out: list[Any] = [fmpq(0)] * (k + 1)
    for p, c in enumerate(hermite_explicit(k)):
        for i in range(p + 1):
            out[i] += c * comb(p, i) * mean ** (p - i) * deviation**i
    return out


class Mehler(Check):
    """The integral over the noise factors; each factor is a polynomial in the noise, integrated by quadrature."""

    statement = "integral_hermiteProd_ou"
    tried = "Indices of up to 4 variables, degrees up to 12, at points drawn; polynomials of degree 4 contract."

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
    """`𝔼 (T f)²` of the expected successor of a polynomial of mean zero, itself a polynomial, by exact moments."""

    statement = "integral_hermiteProd_ou"
    tried = "Indices of up to 4 variables, degrees up to 12, at points drawn; polynomials of degree 4 contract."
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
        constant = {"0": "1", "1": "1/3"}
        beyond = [{"rho": r, "coefficients": {"2": "1"}} for r in ("2", "-2", "11/10", "-11/10")]
        return [{"rho": "1/2", "coefficients": constant}, {"rho": "-9/10", "coefficients": constant}, *beyond]

    def evidence(self, rho: str, coefficients: dict[str, str]) -> Evidence:
        r, f = rational(rho), to_monomials(coefficients)
        after = stepped(f, r)
        left, square = (gaussian_mean(multiply(g, g)) for g in (after, f))
        degrees = {sum(map(int, key.split())) for key in coefficients}
        sharp = 0 if degrees <= {1} or abs(r) == 1 else None
        return Evidence(left, {"rho": r, "square": square}, {"rho": r, "mean": gaussian_mean(f)}, sharp)

    @staticmethod
    def hypothesis(rho: Any, mean: Any) -> bool:
        return bool(-1 <= rho <= 1 and mean == 0)

    @staticmethod
    def claim(rho: Any, square: Any) -> Any:
        return rho**2 * square

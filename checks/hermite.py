"""Orthogonality of the product Hermite polynomials."""

from math import prod
from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import fac
from lejepa.exact.hermite import gaussian_mean, hermite, hermite_explicit, hermite_monomials, multiply
from lejepa.exact.integration import Growth, gaussian_integral


def inner(a: int, b: int) -> Any:
    """`∫ He_a He_b dγ`, by quadrature of the recurrence."""
    scale = sum(map(abs, hermite_explicit(a))) * sum(map(abs, hermite_explicit(b)))
    return gaussian_integral(lambda z: hermite(a, z) * hermite(b, z), Growth(scale=scale, power=a + b))


class Orthogonality(Check):
    """By rigorous quadrature of the recurrence, a factor a coordinate; or by exact moments of the product of both
    polynomials of all coordinates, from their explicit coefficients."""

    statement = "integral_hermiteProd_mul"
    tried = "Indices of up to 5 variables with degrees up to 8 in each, and some of degree up to 60."

    def cases(self, rng: Random) -> list[Case]:
        one = [([a], [b]) for a in range(7) for b in range(a + 1)]
        edges: list[tuple[list[int], list[int]]] = [([], []), ([0, 0], [0, 0]), ([2, 1, 0], [2, 1, 0])]
        wide = [([40], [40]), ([40], [38]), ([60], [60]), ([3, 0, 5, 1], [3, 0, 5, 1]), ([1, 2], [2, 1])]
        for _ in range(12):
            alpha = [rng.randrange(9) for _ in range(rng.randrange(1, 6))]
            beta = alpha[:] if rng.random() < 0.5 else [rng.randrange(9) for _ in alpha]
            wide.append((alpha, beta))
        cases = [{"alpha": a, "beta": b, "way": "quadrature"} for a, b in one + edges]
        return cases + [{"alpha": a, "beta": b, "way": "moments"} for a, b in edges + wide]

    def evidence(self, alpha: list[int], beta: list[int], way: str) -> Evidence:
        if way == "quadrature":
            left = prod((inner(a, b) for a, b in zip(alpha, beta, strict=True)), start=fmpq(1))
        else:
            left = gaussian_mean(multiply(hermite_monomials(alpha), hermite_monomials(beta)))
        return Evidence(left, {"alpha": alpha, "beta": beta})

    @staticmethod
    def claim(alpha: Any, beta: Any) -> Any:
        return prod((fac(a) for a in alpha), start=fmpq(1)) if alpha == beta else 0

"""Orthogonality of the product Hermite polynomials."""

from math import prod
from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import fac
from lejepa.exact.hermite import (
    Growth,
    gaussian_integral,
    gaussian_mean,
    hermite,
    hermite_explicit,
    hermite_monomials,
    multiply,
)


def inner(a: int, b: int, way: str) -> Any:
    """`∫ He_a He_b dγ`, by quadrature of the recurrence, or exactly from the explicit coefficients."""
    if way == "quadrature":
        scale = sum(map(abs, hermite_explicit(a))) * sum(map(abs, hermite_explicit(b)))
        growth = Growth(scale=float(scale), power=a + b)
        return gaussian_integral(lambda z: hermite(a, z) * hermite(b, z), growth)
    return gaussian_mean(multiply(hermite_monomials((a,)), hermite_monomials((b,))))


class Orthogonality(Check):
    """The integral factors over coordinates; each factor by rigorous quadrature or by exact moments."""

    statement = "integral_hermiteProd_mul"

    def cases(self, rng: Random) -> list[Case]:
        one = [([a], [b]) for a in range(7) for b in range(a + 1)]
        edges: list[tuple[list[int], list[int]]] = [([], []), ([0, 0], [0, 0]), ([2, 1, 0], [2, 1, 0])]
        wide = [([40], [40]), ([40], [38]), ([60], [60]), ([3, 0, 5, 1], [3, 0, 5, 1])]
        for _ in range(12):
            alpha = [rng.randrange(9) for _ in range(rng.randrange(1, 6))]
            beta = alpha[:] if rng.random() < 0.5 else [rng.randrange(9) for _ in alpha]
            wide.append((alpha, beta))
        cases = [{"alpha": a, "beta": b, "way": "quadrature"} for a, b in one + edges]
        return cases + [{"alpha": a, "beta": b, "way": "moments"} for a, b in edges + wide]

    def evidence(self, alpha: list[int], beta: list[int], way: str) -> Evidence:
        left = prod((inner(a, b, way) for a, b in zip(alpha, beta, strict=True)), start=fmpq(1))
        return Evidence(left, {"alpha": alpha, "beta": beta})

    @staticmethod
    def claim(alpha: Any, beta: Any) -> Any:
        return prod((fac(a) for a in alpha), start=fmpq(1)) if alpha == beta else 0

"""The normalized Hermite polynomials as a basis: orthonormal, and their partial sums are the projections."""

from math import prod
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Wave, generous
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import (
    Growth,
    gaussian_integral,
    gaussian_mean,
    hermite,
    hermite_explicit,
    multi_indices,
    multiply,
    rational,
)
from lejepa.exact.polynomials import coefficient, combine, norm_squared, random_polynomial, to_monomials


class Orthonormal(Check):
    """Inner products of normalized polynomials, each factor by quadrature."""

    statement = "exists_hilbertBasis_hermiteProd"

    def cases(self, rng: Random) -> list[Case]:
        pairs = [([], []), ([0], [0]), ([3], [3]), ([3], [1]), ([2, 1], [2, 1]), ([2, 1], [1, 2]), ([20], [20])]
        for _ in range(6):
            alpha = [rng.randrange(6) for _ in range(rng.randrange(1, 4))]
            pairs += [(alpha, alpha), (alpha, [rng.randrange(6) for _ in alpha])]
        return [{"alpha": a, "beta": b} for a, b in pairs]

    def evidence(self, alpha: list[int], beta: list[int]) -> Evidence:
        def factor(a: int, b: int) -> Any:
            scale = float(sum(map(abs, hermite_explicit(a))) * sum(map(abs, hermite_explicit(b))))
            growth = Growth(scale=scale, power=a + b)
            return gaussian_integral(lambda z: hermite(a, z) * hermite(b, z), growth)

        size = sqrt(norm_squared(alpha) * norm_squared(beta))
        left = prod((factor(a, b) for a, b in zip(alpha, beta, strict=True)), start=arb(1)) / size
        return Evidence(left, {"alpha": alpha, "beta": beta})

    @staticmethod
    def claim(alpha: Any, beta: Any) -> Any:
        return 1 if alpha == beta else 0


class Projection(Check):
    """The mean squared error of a partial sum, integrated, for polynomials in many variables, `exp` and `sin`."""

    statement = "exists_hilbertBasis_hermiteProd"

    def cases(self, rng: Random) -> list[Case]:
        finite: list[Case] = [
            {"expansion": random_polynomial(rng, n, 0, k), "degree": d}
            for n, k in ((1, 6), (2, 4), (3, 3))
            for d in (0, 1, k - 1, k)
        ]
        waves: list[Case] = [{"kind": kind, "t": "4/5", "degree": d} for kind in ("exp", "sin") for d in (0, 3, 6)]
        return finite + waves

    def evidence(self, degree: int, expansion: dict[str, str] | None = None, kind: str = "", t: str = "0") -> Evidence:
        if expansion is not None:
            f = to_monomials(expansion)
            indices = multi_indices(len(next(iter(expansion)).split()), degree)
            values = [coefficient(f, a) for a in indices]
            best = combine({a: c / sqrt(norm_squared(a)) for a, c in zip(indices, values, strict=True)})
            error = {e: f.get(e, fmpq(0)) - best.get(e, fmpq(0)) for e in f.keys() | best.keys()}
            return Evidence(
                gaussian_mean(multiply(error, error)),
                {"square": gaussian_mean(multiply(f, f)), "coefficients": values},
            )
        with generous(1.2):
            wave = Wave(kind, rational(t))
            values = [wave.coefficient(k) for k in range(degree + 1)]
            scaled = [c / sqrt(norm_squared([k])) for k, c in enumerate(values)]
            size = float(
                sum((abs(c) * sum(map(abs, hermite_explicit(k))) for k, c in enumerate(scaled)), arb(1)).upper()
            )
            growth = Growth(scale=size**2, rate=2 * wave.growth.rate, power=2 * degree)
            left = gaussian_integral(
                lambda z: (wave(z) - sum(c * hermite(k, z) for k, c in enumerate(scaled))) ** 2, growth
            )
            return Evidence(left, {"square": wave.square(), "coefficients": values})

    @staticmethod
    def claim(square: Any, coefficients: Any) -> Any:
        return square - sum(c**2 for c in coefficients)

"""The normalized Hermite polynomials as a basis: orthonormal, and their partial sums are the projections."""

from math import prod
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import generous
from lejepa.exact.generic import fac, sqrt
from lejepa.exact.hermite import (
    gaussian_mean,
    hermite,
    hermite_explicit,
    hermite_monomials,
    multi_indices,
    multiply,
)
from lejepa.exact.integration import Growth, gaussian_integral
from lejepa.exact.polynomials import combine, norm_squared, random_polynomial, to_monomials
from lejepa.exact.products import Sum


class Orthonormal(Check):
    """Inner products of the polynomials, each factor by quadrature: the roots that the basis divides by, if equal."""

    statement = "exists_hilbertBasis_hermiteProd"
    tried = "Nineteen pairs of indices of up to three variables, degrees up to 20, twelve of them drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        pairs = [([], []), ([0], [0]), ([3], [3]), ([3], [1]), ([2, 1], [2, 1]), ([2, 1], [1, 2]), ([20], [20])]
        for _ in range(6):
            alpha = [rng.randrange(6) for _ in range(rng.randrange(1, 4))]
            pairs += [(alpha, alpha), (alpha, [rng.randrange(6) for _ in alpha])]
        return [{"alpha": a, "beta": b} for a, b in pairs]

    def evidence(self, alpha: list[int], beta: list[int]) -> Evidence:
        def factor(a: int, b: int) -> Any:
            growth = Growth(scale=sum(map(abs, hermite_explicit(a))) * sum(map(abs, hermite_explicit(b))), power=a + b)
            return gaussian_integral(lambda z: hermite(a, z) * hermite(b, z), growth)

        left = prod((factor(a, b) for a, b in zip(alpha, beta, strict=True)), start=arb(1))
        return Evidence(left, {"alpha": alpha, "beta": beta})

    @staticmethod
    def claim(alpha: Any, beta: Any) -> Any:
        return sqrt(prod(fac(a) for a in alpha)) * sqrt(prod(fac(b) for b in beta)) if alpha == beta else 0


class Projection(Check):
    """The mean squared error of a partial sum, from moments of monomials alone: for polynomials in many variables,
    waves in one to three, signs and rectifiers."""

    statement = "exists_hilbertBasis_hermiteProd"
    tried = "Partial sums of polynomials, waves, signs and rectifiers, in up to 3 variables, of degree up to 6."

    def cases(self, rng: Random) -> list[Case]:
        finite: list[Case] = [
            {"expansion": random_polynomial(rng, n, 0, k), "degree": d}
            for n, k in ((1, 6), (2, 4), (3, 3))
            for d in (0, 1, k - 1, k)
        ]
        line = [[["exp", "4/5"]], [["sin", "4/5"]], [["cos", "3/2"]], [["sign"]], [["relu"]]]
        plane = [[["exp", "1/2"], ["sign"]], [["relu"], ["cos", "1/3"]]]
        space = [[["sign"], ["sin", "1"], ["exp", "-1/4"]]]
        drawn = [(f, d) for f in line for d in (0, 3, 6)] + [(f, d) for f in plane for d in (1, 4)]
        return finite + [{"factors": f, "degree": d} for f, d in [*drawn, (space[0], 3)]]

    def evidence(
        self, degree: int, expansion: dict[str, str] | None = None, factors: list[list[str]] | None = None
    ) -> Evidence:
        with generous(1.2):
            if expansion is not None:
                f = to_monomials(expansion)
                n = len(next(iter(expansion)).split())
                square = gaussian_mean(multiply(f, f))
                means = {a: gaussian_mean(multiply(f, hermite_monomials(a))) for a in multi_indices(n, degree)}
            else:
                g = Sum.of(factors or [])
                square = g.square()
                means = {a: g.hermite_moment(a) for a in multi_indices(g.n, degree)}
            # the partial sum Σ m / (√α! √α!) H_α, in monomials
            best = combine({a: m / fmpq(norm_squared(a)) for a, m in means.items()})
            along: Any = (
                gaussian_mean(multiply(f, best))
                if expansion is not None
                else sum((c * g.moment(e) for e, c in best.items()), arb(0))
            )
            left = square - 2 * along + gaussian_mean(multiply(best, best))
            return Evidence(left, {"square": square, "means": [(list(a), m) for a, m in means.items()]})

    @staticmethod
    def claim(square: Any, means: Any) -> Any:
        return square - sum(m**2 / prod(fac(a) for a in alpha) for alpha, m in means)

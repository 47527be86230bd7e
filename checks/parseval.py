"""Parseval: the squares of the Hermite coefficients sum to the mean square."""

from itertools import count, product
from math import prod
from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Wave, generous, goal
from lejepa.exact.generic import fac
from lejepa.exact.hermite import gaussian_mean, hermite_monomials, multi_indices, multiply, rational
from lejepa.exact.polynomials import random_polynomial, to_monomials
from lejepa.exact.products import Sum


def spread(case: Case) -> tuple[int, int]:
    """The number of variables and the degree of an expansion."""
    indices = [list(map(int, key.split())) for key in case]
    return len(indices[0]), max(map(sum, indices))


class Finite(Check):
    """Polynomials in many variables: mean square and the means `∫ f H_α dγ` by exact moments of monomials."""

    statement = "hasSum_hermiteCoeff_sq"
    tried = "Polynomials in up to 4 variables, and products of one or two waves; what is beyond a degree is enclosed."

    def cases(self, rng: Random) -> list[Case]:
        edges: list[dict[str, str]] = [{"": "3/2"}, {"0": "1"}, {"1": "-2"}, {"0 0": "1", "0 2": "1/3"}]
        drawn = [random_polynomial(rng, n, 0, k) for n, k in ((1, 6), (1, 9), (2, 4), (3, 3), (4, 2))]
        return [{"expansion": e} for e in edges + drawn]

    def evidence(self, expansion: dict[str, str]) -> Evidence:
        f = to_monomials(expansion)
        means = [(list(a), gaussian_mean(multiply(f, hermite_monomials(a)))) for a in multi_indices(*spread(expansion))]
        return Evidence(gaussian_mean(multiply(f, f)), {"means": means})

    @staticmethod
    def claim(means: Any) -> Any:
        return sum(m**2 / prod(fac(a) for a in alpha) for alpha, m in means)


class Infinite(Check):
    """Products of waves, by quadrature, less an enclosure of what is beyond the last degree of each variable."""

    statement = "hasSum_hermiteCoeff_sq"
    tried = Finite.tried

    def cases(self, rng: Random) -> list[Case]:
        t = f"{rng.randint(5, 25)}/100"
        line = [[[k, x]] for k in ("exp", "sin", "cos") for x in ("1/10", t)] + [[["exp", "-1/3"]]]
        plane = [[["exp", "1/10"], ["sin", "-1/20"]], [["cos", "1/20"], ["cos", "1/10"]]]
        return [{"factors": f} for f in line + plane]

    def evidence(self, factors: list[list[str]]) -> Evidence:
        small = goal()
        with generous(1.2):
            waves = [Wave(kind, rational(t)) for kind, t in factors]
            degrees = [next(k for k in count() if w.rest(k).abs_upper() < small) for w in waves]
            f = Sum.of(factors)
            boxed = product(*(range(d + 1) for d in degrees))
            means = [(list(a), f.hermite_moment(a)) for a in boxed]
            left = prod((w.square() - w.rest(d) for w, d in zip(waves, degrees, strict=True)), start=arb(1))
            return Evidence(left, {"means": means})

    claim = Finite.claim

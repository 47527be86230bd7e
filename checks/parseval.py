"""Parseval: the squares of the Hermite coefficients sum to the mean square."""

from itertools import count
from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Wave, generous, goal
from lejepa.exact.hermite import gaussian_mean, multi_indices, multiply, rational
from lejepa.exact.polynomials import coefficient, random_polynomial, to_monomials


def spread(case: Case) -> tuple[int, int]:
    """The number of variables and the degree of an expansion."""
    indices = [list(map(int, key.split())) for key in case]
    return len(indices[0]), max(map(sum, indices))


class Finite(Check):
    """Polynomials in many variables: mean square and coefficients by exact moments of monomials."""

    statement = "hasSum_hermiteCoeff_sq"

    def cases(self, rng: Random) -> list[Case]:
        edges: list[dict[str, str]] = [{"": "3/2"}, {"0": "1"}, {"1": "-2"}, {"0 0": "1", "0 2": "1/3"}]
        drawn = [random_polynomial(rng, n, 0, k) for n, k in ((1, 6), (1, 9), (2, 4), (3, 3), (4, 2))]
        return [{"expansion": e} for e in edges + drawn]

    def evidence(self, expansion: dict[str, str]) -> Evidence:
        f = to_monomials(expansion)
        n, degree = spread(expansion)
        coefficients = [coefficient(f, alpha) for alpha in multi_indices(n, degree)]
        return Evidence(gaussian_mean(multiply(f, f)), {"coefficients": coefficients})

    @staticmethod
    def claim(coefficients: Any) -> Any:
        return sum(c**2 for c in coefficients)


class Infinite(Check):
    """`exp`, `sin` and `cos`, by quadrature, less an enclosure of what is beyond the last degree."""

    statement = "hasSum_hermiteCoeff_sq"

    def cases(self, rng: Random) -> list[Case]:
        kinds = ("exp", "sin", "cos")
        t = f"{rng.randint(5, 40)}/100"
        return [{"kind": k, "t": x} for k in kinds for x in ("1/10", t)] + [{"kind": "exp", "t": "-3/4"}]

    def evidence(self, kind: str, t: str) -> Evidence:
        small = goal()
        with generous():
            f = Wave(kind, rational(t))
            degree = next(k for k in count() if f.rest(k).abs_upper() < small)
            coefficients = [f.coefficient(k) for k in range(degree + 1)]
            return Evidence(f.square() - f.rest(degree), {"coefficients": coefficients})

    claim = Finite.claim

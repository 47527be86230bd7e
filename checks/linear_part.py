"""The linear part of an encoder, and what is left of it."""

from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import random_matrix, rotation
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import gaussian_mean, multiply, rational
from lejepa.exact.polynomials import PolynomialEncoder, random_polynomial

RHOS = ("1/1000000", "1/2", "999999/1000000")


def drawn(rng: Random, n: int, degree: int) -> list[dict[str, str]]:
    return [random_polynomial(rng, n, 1, degree) for _ in range(n)]


class Pythagoras(Check):
    """The mean squared distance from a linear map, by the moments of the difference itself: from a rotation, from
    matrices drawn at random, and for encoders that are not centred or have more or fewer outputs than latents."""

    statement = "integral_sum_sq_sub_mulVec"
    tried = "Polynomials up to degree 4 of one to three latents, with one to three outputs; rational matrices."

    def cases(self, rng: Random) -> list[Case]:
        rotated = [(n, rotation(n).tolist(), drawn(rng, n, k)) for n, k in ((1, 1), (1, 4), (2, 2), (2, 3), (3, 3))]
        shapes = [(1, 2), (2, 1), (2, 3), (3, 2), (2, 2), (3, 3)]
        others = [
            (n, random_matrix(rng, m, n).tolist(), [random_polynomial(rng, n, 0, 3) for _ in range(m)])
            for n, m in shapes
        ]
        return [
            {"n": n, "matrix": [[str(x) for x in row] for row in q], "expansions": h} for n, q, h in (*rotated, *others)
        ]

    def evidence(self, n: int, matrix: list[list[str]], expansions: list[dict[str, str]]) -> Evidence:
        h, q = PolynomialEncoder.of(n, {"expansions": expansions}), [[rational(x) for x in row] for row in matrix]
        left: Any = fmpq(0)
        for f, row in zip(h.outputs, q, strict=True):
            error = dict(f)
            for j, x in enumerate(row):
                unit = tuple(int(j == k) for k in range(n))
                error[unit] = error.get(unit, fmpq(0)) - x
            left += gaussian_mean(multiply(error, error))
        pairs = [list(p) for u, v in zip(h.linear, q, strict=True) for p in zip(u, v, strict=True)]
        return Evidence(left, {"trace": h.trace, "pairs": pairs})

    @staticmethod
    def claim(trace: Any, pairs: Any) -> Any:
        return trace - sum(a**2 for a, _ in pairs) + sum((a - q) ** 2 for a, q in pairs)


class Gram(Check):
    """`‖A Aᵀ - 1‖_F` of the linear part, from its entries; `ε` and `D` from moments. Sharp where one output is polluted
    by a polynomial of degree two, and where all are too small."""

    statement = "sqrt_frobSq_linearPart_mul_transpose_sub_one_le"
    relation = "<="
    tried = "Encoders with a share of degree two, none, and polynomials up to degree 3 of one to three latents."

    def cases(self, rng: Random) -> list[Case]:
        reached = [[{"1": "1/2"}], [{"1": "4/5", "2": "1/5"}], [{"1 0": "1/2", "2 0": "1/3"}, {"0 1": "1"}], [{}, {}]]
        sharp: list[Case] = [{"rho": r, "expansions": e, "sharp": True} for r in RHOS for e in reached]
        return sharp + [
            {"rho": r, "expansions": drawn(rng, n, k)} for r in RHOS for n, k in ((1, 3), (2, 2), (2, 3), (3, 2))
        ]

    def outside(self, rng: Random) -> list[Case]:
        """`ρ` not within (0, 1): the excess is wrong there. An encoder that is not centred: it aligns too well."""
        cubic: list[dict[str, str]] = [{"1": "1/2", "3": "1/3"}]
        return [*({"rho": r, "expansions": cubic} for r in ("0", "1", "-9/10")),
                {"rho": "3/2", "expansions": [{"1": "1/2", "2": "1/2"}]},
                {"rho": "1/2", "expansions": [{"0": "4/5", "1": "1/2"}]}]  # fmt: skip

    def evidence(self, rho: str, expansions: list[dict[str, str]], sharp: bool = False) -> Evidence:
        r, n = rational(rho), len(expansions)
        h = PolynomialEncoder.of(n, {"expansions": expansions})
        a = h.linear
        gram = [[sum((x * y for x, y in zip(u, v, strict=True)), fmpq(0)) for v in a] for u in a]
        left = sqrt(sum(((gram[i][j] - (i == j)) ** 2 for i in range(n) for j in range(n)), fmpq(0)))
        terms = {"rho": r, "alignment": h.alignment(r), "trace": h.trace, "defect": h.defect}
        return Evidence(left, terms, {"rho": r, "centred": h.is_centred}, 0 if sharp else None)

    @staticmethod
    def hypothesis(rho: Any, centred: bool) -> bool:
        return 0 < rho < 1 and centred

    @staticmethod
    def claim(rho: Any, alignment: Any, trace: Any, defect: Any) -> Any:
        return sqrt(defect) + over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))

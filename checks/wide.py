"""Embeddings wider than the world: what a linear readout of them loses, and how well they can align."""

from functools import cache
from itertools import combinations_with_replacement
from random import Random
from typing import Any

from flint import arb, ctx
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.polynomials import (
    PolynomialEncoder,
    alignment,
    combine,
    norm_squared,
    random_rows,
    second_moment,
    text_of,
    vanishes,
)
from lejepa.exact.worlds import ornstein_uhlenbeck

RHOS = ("1/1000000", "1/2", "9/10", "999999/1000000", "-1/2")


def drawn(rng: Random, n: int, m: int, degree: int) -> Case:
    """A white encoder of `m` outputs, Hermite polynomials up to a degree."""
    indices = [text_of(a) for a in multi_indices(n, degree)[1:]]
    return {"n": n, "rows": random_rows(rng, m, len(indices)), "indices": indices}


def readout_error(h: PolynomialEncoder) -> Any:
    """`min_L 𝔼 ‖L h(z) - z‖²`. For a white `h` it is `n - ‖𝔼 h zᵀ‖²`: the best `L` is `𝔼 z hᵀ`."""
    return h.n - h.linear_energy


class Readout(Check):
    """The error of the best linear readout of a white polynomial encoder, from moments; reached up to degree two.

    Lean asks for `0 < ρ < 1`; what counts is `ρᵏ ≤ ρ²` for `k ≥ 3`, which is so from `-1` to `1`."""

    statement = "exists_readout_of_isWhite"
    relation = "<="
    tried = "White encoders up to degree 4 of one to five outputs and one to three latents, drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        quadratic = ((1, 1), (1, 2), (2, 2), (2, 4), (2, 5), (3, 2))
        sharp = [{"rho": r, "sharp": True, **drawn(rng, n, m, 2)} for r in RHOS for n, m in quadratic]
        edges: list[Case] = [{"rho": "1/2", "n": 1, "expansions": []}, {"rho": "1/2", "n": 0, "expansions": []}]
        beyond = ((1, 3, 4), (2, 3, 3), (2, 5, 3), (3, 5, 3))
        return [*sharp, *edges, *({"rho": r, **drawn(rng, n, m, k)} for r in RHOS for n, m, k in beyond)]

    def outside(self, rng: Random) -> list[Case]:
        constant: Case = {"n": 1, "expansions": [{"0": "1"}]}
        small: Case = {"n": 1, "expansions": [{"1": "1/2"}]}
        return [{"rho": "1/2", **h} for h in (constant, small)]

    def evidence(self, rho: str, n: int, sharp: bool = False, **spec: Any) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, spec)
        facts = {"white": h.is_centred and h.is_white}
        terms = {"rho": r, "n": n, "m": len(h.outputs), "alignment": h.alignment(r)}
        return Evidence(2 * r * (1 - r) * readout_error(h), terms, facts, 0 if sharp else None)

    @staticmethod
    def hypothesis(white: bool) -> bool:
        return white

    @staticmethod
    def claim(rho: Any, n: Any, m: Any, alignment: Any) -> Any:
        return alignment - (2 * (1 - rho) * n + 2 * (1 - rho**2) * (m - n))


class Attained(Check):
    """The latents and as many normalized Hermite polynomials of degree two as are asked for: white, by moments, and
    aligned as the statement says."""

    statement = "exists_isWhite_alignment_eq_wide"
    tried = "Every width from n to n + n (n + 1) / 2 for 1 to 4 latents."

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"rho": r, "n": n, "m": m} for r in RHOS[1:3] for n in range(5) for m in range(n, n + n * (n + 1) // 2 + 1)
        ]

    def outside(self, rng: Random) -> list[Case]:
        """One output more, which is of degree three; one less; outputs twice as large."""
        wide = [{"rho": "1/2", "n": n, "m": n + n * (n + 1) // 2 + 1} for n in (1, 2, 3)]
        return [*wide, {"rho": "1/2", "n": 2, "m": 1}, {"rho": "1/2", "n": 2, "m": 3, "scale": "2"}]

    def evidence(self, rho: str, n: int, m: int, scale: str = "1") -> Evidence:
        r = rational(rho)
        indices = multi_indices(n, 3)[1 : m + 1]
        h = [combine({a: arb(rational(scale)) / sqrt(norm_squared(a))}) for a in indices]
        rows = second_moment(h)
        white = all(vanishes(x - int(i == j)) for i, row in enumerate(rows) for j, x in enumerate(row))
        features = sum(1 for _ in combinations_with_replacement(range(n), 2))
        return Evidence(
            alignment(h, r), {"rho": r, "n": n, "m": m}, {"white": white, "n": n, "m": m, "features": features}
        )

    @staticmethod
    def hypothesis(white: bool, n: Any, m: Any, features: Any) -> bool:
        return white and n <= m <= n + features

    @staticmethod
    def claim(rho: Any, n: Any, m: Any) -> Any:
        return 2 * (1 - rho) * n + 2 * (1 - rho**2) * (m - n)


class Least(Check):
    """The least alignment of white encoders of that width whose outputs are polynomials up to degree three, from
    eigenvalues of matrices of exact moments: what the statement says is attained, up to its number of features."""

    statement = "exists_isWhite_alignment_eq_wide"
    tried = Attained.tried

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"rho": r, "n": n, "m": m}
            for r in ("1/2", "9/10")
            for n in (1, 2)
            for m in range(n, n + n * (n + 1) // 2 + 1)
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": "1/2", "n": n, "m": m} for n, m in ((1, 3), (2, 6), (2, 1))]

    def evidence(self, rho: str, n: int, m: int) -> Evidence:
        r = rational(rho)
        features = sum(1 for _ in combinations_with_replacement(range(n), 2))
        span = ornstein_uhlenbeck(n, r).polynomials(3)
        facts = {"n": n, "m": m, "features": features}
        return Evidence(span.least(m), {"rho": r, "n": n, "m": m}, facts)

    @staticmethod
    def hypothesis(n: Any, m: Any, features: Any) -> bool:
        return n <= m <= n + features

    claim = Attained.claim


def density(x: Any) -> Any:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt() if x.is_finite() else arb(0)


@cache
def cells(count: int, bits: int) -> list[tuple[Any, Any]]:
    """The mean and the variance of a standard Gaussian in each of `count` cells of equal probability, in order."""
    bounds = [(2 * arb(i) / count - 1).erfinv() * arb(2).sqrt() for i in range(1, count)]
    heights = [arb(0), *map(density, bounds), arb(0)]
    slopes = [arb(0), *(b * density(b) for b in bounds), arb(0)]
    out = []
    for i in range(count):
        mean = count * (heights[i] - heights[i + 1])
        out.append((mean, (1 + count * (slopes[i] - slopes[i + 1]) - mean * mean).max(arb(0))))
    return out


def dealt(rank: int, digits: int) -> tuple[int, int]:
    """The digits in base 2 of a number below `4^digits`, dealt in turn to two numbers."""
    first = sum((rank >> (2 * k + 1) & 1) << k for k in range(digits))
    return first, sum((rank >> (2 * k) & 1) << k for k in range(digits))


class Dealt(Check):
    """Two independent standard Gaussians `x`, `y` that are functions of one latent: the binary digits of its rank are
    dealt to them in turn. `𝔼 z x` over the cells in which the first digits are known is the sum of the products of the
    means, and what varies within a cell adds at least 0, since `z` and `x` both grow with the digits of `x`, and at
    most the product of the deviations. That the two are independent and Gaussian is seen of the cells: each pair of
    theirs is met once. The readout's error is `1 - (𝔼 z x)² - (𝔼 z y)²`, and how many readouts are exact is 1 where
    that ball has 0 in it, and else 0.

    Outside, the latent itself, of as many dimensions as the world; and beside it its square, which is not Gaussian."""

    statement = "not_ae_eq_readout_of_map_eq_stdGaussian"
    tried = "Two independent Gaussians that share the binary digits of one latent's rank, 2 to 6 digits a side."

    def cases(self, rng: Random) -> list[Case]:
        return [{"digits": d} for d in (3, 4, 6)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"expansions": [{"1": "1"}]}, {"expansions": [{"1": "1"}, {"2": "1/2"}]}]

    def evidence(self, digits: int = 0, expansions: list[dict[str, str]] | None = None) -> Evidence:
        if expansions is not None:
            h = PolynomialEncoder.of(1, {"expansions": expansions})
            facts = {"n": 1, "m": len(expansions), "gaussian": h.degree <= 1 and h.is_white}
            return Evidence(int(not readout_error(h) > 0), {}, facts)
        joint, side = cells(4**digits, ctx.prec), cells(2**digits, ctx.prec)
        pairs = [dealt(rank, digits) for rank in range(4**digits)]
        gaussian = len(set(pairs)) == 4**digits and {max(p) for p in pairs} == set(range(2**digits))
        error = arb(1)
        for place in (0, 1):
            low = sum((mean * side[pair[place]][0] for (mean, _), pair in zip(joint, pairs, strict=True)), arb(0))
            high = sum(
                ((var * side[pair[place]][1]).sqrt() for (_, var), pair in zip(joint, pairs, strict=True)), arb(0)
            )
            correlation = (low / 4**digits).union((low + high) / 4**digits)
            error -= correlation * correlation
        return Evidence(int(not error > 0), {}, {"n": 1, "m": 2, "gaussian": gaussian})

    @staticmethod
    def hypothesis(n: Any, m: Any, gaussian: bool) -> bool:
        return n < m and gaussian

    @staticmethod
    def claim() -> Any:
        return 0

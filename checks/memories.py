"""Latents that remember for different times: `z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ`."""

from collections.abc import Sequence
from itertools import count, product
from math import prod
from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Wave, generous, goal
from lejepa.exact.generic import fac
from lejepa.exact.hermite import gaussian_mean, hermite_monomials, multi_indices, multiply, rational
from lejepa.exact.linear import LinearWorld
from lejepa.exact.polynomials import random_polynomial, to_monomials
from lejepa.exact.products import Sum


def world_of(rhos: Sequence[str]) -> LinearWorld:
    return LinearWorld.remembering([rational(r) for r in rhos])


class Finite(Check):
    """Polynomial encoders of several outputs: alignment from the moments of the pair, not from the spectrum, against
    the means `∫ hᵢ H_α dγ`."""

    statement = "hasSum_alignment_diagOuLaw"
    tried = "Polynomials up to degree 4 in 1 to 3 variables, waves and products of two; correlations of either sign."

    def cases(self, rng: Random) -> list[Case]:
        edges: list[Case] = [
            {"rhos": [], "encoder": [{"": "1"}]},
            {"rhos": ["1/2", "1/3"], "encoder": []},
            {"rhos": ["1/2", "1/3"], "encoder": [{"0 0": "5"}]},
        ]
        mixed = (["-1", "1"], ["9/10", "-1/2"], ["0", "3/4"], ["999999/1000000", "1/1000000"])
        grid: list[Case] = [{"rhos": r, "encoder": [{"1 0": "1", "0 2": "1/2"}, {"2 1": "2"}]} for r in mixed]
        drawn: list[Case] = [
            {
                "rhos": [f"{rng.randint(-99, 99)}/100" for _ in range(n)],
                "encoder": [random_polynomial(rng, n, 0, k) for _ in range(rng.randrange(1, 4))],
            }
            for n, k in ((1, 5), (2, 3), (2, 4), (3, 3))
        ]
        return grid + edges + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [{"rhos": r, "encoder": [{"2 0": "1/2", "0 2": "1"}]} for r in (["1/2", "2"], ["-11/10", "1/3"])]

    def evidence(self, rhos: list[str], encoder: list[dict[str, str]]) -> Evidence:
        world, h, n = world_of(rhos), [to_monomials(e) for e in encoder], len(rhos)
        degree = max((sum(map(int, key.split())) for e in encoder for key in e), default=0)
        means = [
            (list(a), [gaussian_mean(multiply(f, hermite_monomials(a))) for f in h]) for a in multi_indices(n, degree)
        ]
        rho = [rational(r) for r in rhos]
        return Evidence(world.alignment(h), {"rho": rho, "means": means[1:] + means[:1]}, {"rho": rho})

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return all(-1 <= r <= 1 for r in rho)

    @staticmethod
    def claim(rho: Any, means: Any) -> Any:
        return sum(
            2
            * (1 - prod(r**k for r, k in zip(rho, alpha, strict=True)))
            * sum(m**2 for m in of)
            / prod(fac(a) for a in alpha)
            for alpha, of in means
        )


class Infinite(Check):
    """Waves and products of two: alignment by their closed correlations under quadrature, less an enclosure of what is
    beyond the last degree of each variable."""

    statement = "hasSum_alignment_diagOuLaw"
    tried = Finite.tried

    def cases(self, rng: Random) -> list[Case]:
        line: list[Case] = [
            {"factors": [[kind, "1/5"]], "rhos": [rho]}
            for kind in ("exp", "sin", "cos")
            for rho in ("-9/10", "1/100", "999/1000")
        ]
        plane = [[["exp", "1/10"], ["sin", "-1/20"]], [["cos", "1/20"], ["cos", "1/10"]]]
        return line + [{"factors": f, "rhos": r} for f in plane for r in (["1/2", "9/10"], ["-1/3", "1/4"])]

    def evidence(self, factors: list[list[str]], rhos: list[str]) -> Evidence:
        rho, small = [rational(r) for r in rhos], goal()
        with generous(1.2):
            waves = [Wave(kind, rational(t)) for kind, t in factors]
            degrees = [next(k for k in count() if 4 * w.rest(k).abs_upper() < small) for w in waves]
            f = Sum.of(factors)
            means = [(list(a), [f.hermite_moment(a)]) for a in product(*(range(d + 1) for d in degrees))]
            square = prod((w.square() for w in waves), start=arb(1))
            rest = square - prod((w.square() - w.rest(d) for w, d in zip(waves, degrees, strict=True)), start=arb(1))
            correlation = prod((w.correlation(r) for w, r in zip(waves, rho, strict=True)), start=arb(1))
            # what is beyond weighs between 2 (1 - max |ρ|) and 2 (1 + max |ρ|) times its square
            doubt = 2 * max(abs(arb(r)) for r in rho) * abs(rest)
            left = 2 * square - 2 * correlation - 2 * rest + arb(0, doubt.upper())
            return Evidence(left, {"rho": rho, "means": means[1:] + means[:1]})

    claim = Finite.claim

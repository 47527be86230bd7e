"""Latents that remember for different times: `z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ`."""

from collections.abc import Sequence
from itertools import count, permutations, product
from math import prod
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Wave, generous, goal
from lejepa.exact.generic import fac
from lejepa.exact.hermite import gaussian_mean, hermite_monomials, multi_indices, multiply, rational
from lejepa.exact.linear import LinearWorld
from lejepa.exact.polynomials import (
    PolynomialEncoder,
    combine,
    random_polynomial,
    random_rows,
    text_of,
    to_monomials,
    vanishes,
)
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


def polynomials(n: int, low: int, high: int) -> list[dict[tuple[int, ...], Any]]:
    """The Hermite polynomials of degrees `low` to `high`."""
    return [combine({a: fmpq(1)}) for a in multi_indices(n, high) if low <= sum(a)]


def orders(memories: Sequence[list[str]]) -> list[list[str]]:
    """Every order of each: the slowest latent and the fastest are tried at all places."""
    return [list(order) for rhos in memories for order in permutations(rhos)]


MEMORIES: list[list[str]] = [
    ["1/2"],
    ["999/1000"],
    ["9/10", "9/10", "4/5"],
    ["9/10", "4/5", "1/2"],
    ["4/5", "7/10", "641/1000"],
    ["9/10", "17/20", "41/50", "83/100"],
    ["4/5", "83/100", "17/20", "9/10"],
    *orders((["9/10", "17/20"], ["9/10", "1/3"], ["1/2", "1/3"], ["1/2", "2501/10000"], ["1/2", "2499/10000"])),
    *orders((["1/2", "1/5"], ["4/5", "7/10", "639/1000"])),
]
TIES = orders((["1/2", "1/4"], ["9/10", "81/100"], ["4/5", "7/10", "16/25"]))


class Linear(Check):
    """The least alignment of all white encoders with as many outputs as latents whose outputs are polynomials of a
    degree at most, eigenvalues of matrices of exact moments, against that of the identity, by its moments.

    Lean asks for `0 < ρᵢ < 1`; what it says is true of every `ρᵢ`, so that no case fails."""

    statement = "linear_optimal_iff_forall_sq_le"
    relation = "iff"
    tried = (
        "All white encoders of polynomials up to degree 3 (2 for four latents) of 1 to 4 latents, the slowest at each "
        "place, with correlations beside, at and beyond the edge: the best is computed."
    )

    def cases(self, rng: Random) -> list[Case]:
        beyond = (["2"], ["-2"], ["0", "0"], ["1", "1"], ["1", "1/2"], ["1/2", "0"], ["-1/100"], ["0", "-1/2"])
        return [{"rhos": []}, *({"rhos": r} for r in (*MEMORIES, *TIES, *beyond))]

    def evidence(self, rhos: list[str]) -> Evidence:
        world = world_of(rhos)
        n, rho = world.n, [rational(r) for r in rhos]
        linear = polynomials(n, 1, 1)
        span = world.span(polynomials(n, 1, 2 if n == 4 else 3)) if n else None
        facts = {"rho": rho}
        return Evidence(span.least(n) if span else fmpq(0), {"identity": world.alignment(linear), "rho": rho}, facts)

    @staticmethod
    def condition(rho: Any) -> bool:
        return all(q**2 <= r for r in rho for q in rho)

    @staticmethod
    def claim(rho: Any, identity: Any) -> Any:
        return identity


class Identifiable(Check):
    """How many polynomials of a degree at most, orthonormal eigenfunctions of matrices of exact moments, align as well
    as the latent that aligns worst: as many as there are latents, or more. With more, some white encoder that is no
    orthogonal map does as well as the best linear one, or better.

    Lean asks for `0 < ρᵢ < 1`; all that counts is that the world is stationary, `|ρᵢ| ≤ 1`."""

    statement = "identifiable_iff_forall_sq_lt"
    relation = "iff"
    tried = Linear.tried

    def cases(self, rng: Random) -> list[Case]:
        beyond = (["0", "0"], ["1/2", "0"], ["-1/100"], ["0", "-1/2"], ["1"], ["1", "1/2"], ["-1"])
        return [{"rhos": r} for r in (*MEMORIES, *TIES, *beyond)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rhos": ["2"]}, {"rhos": ["-2"]}]

    def evidence(self, rhos: list[str]) -> Evidence:
        world, rho = world_of(rhos), [rational(r) for r in rhos]
        worst = max(world.alignment([f]) for f in polynomials(world.n, 1, 1))
        curved = world.span(polynomials(world.n, 2, 2 if world.n == 4 else 3))
        # of one parity or the other, so that no eigenfunction mixes the latents and these
        as_well = sum(times for value, times in curved.values if not value > worst)
        return Evidence(world.n + as_well, {"n": world.n}, {"rho": rho})

    hypothesis = Finite.hypothesis

    @staticmethod
    def condition(rho: Any) -> bool:
        return all(q**2 < r for r in rho for q in rho)

    @staticmethod
    def claim(n: Any) -> Any:
        return n


class Slow(Check):
    """Fewer outputs than latents, white polynomial encoders: alignment by moments; the first latents are remembered
    longest, in any order. Outside the hypothesis, an output is one of the other latents, or the square of any latent.

    Lean asks for `0 ≤ ρᵢ < 1`, and for a strict gap; the bound does without."""

    statement = "alignment_eq_iff_of_isWhite_slow"
    relation = ">="
    tried = (
        "White encoders up to degree 3 of one or two outputs in worlds of 1 to 4 latents, drawn at random; the slowest "
        "latent is not always the first."
    )
    SLOW: tuple[tuple[int, list[str]], ...] = (
        (1, ["1/2"]),
        (1, ["9/10", "4/5"]),
        (1, ["1/2", "0"]),
        (2, ["9/10", "17/20", "1/10"]),
        (2, ["1/2", "1/2", "2/5"]),
        (2, ["3/5", "7/10", "1/10"]),
        (2, ["17/20", "9/10", "1/10", "4/5"]),
        (1, ["1/2", "1/4", "1/3"]),
        (1, ["1/2", "1/3", "1/4"]),
        (0, ["1/2"]),
    )

    def cases(self, rng: Random) -> list[Case]:
        first = [
            {"rhos": r, "sharp": True, "rows": random_rows(rng, m, m), "indices": units(len(r))[:m]}
            if m
            else {"rhos": r, "sharp": True, "expansions": []}
            for m, r in self.SLOW
        ]
        alike: Case = {"rhos": ["1/2", "1/2"], "sharp": True, "rows": [[1]], "indices": ["0 1"]}
        ties: list[Case] = [
            {"rhos": ["1/2", "1/4"], "sharp": True, "rows": [[1, 0], [0, 1]], "indices": ["1 0", "2 0"]},
            {"rhos": ["1/4", "1/2"], "sharp": True, "rows": [[1, 0], [0, 1]], "indices": ["0 1", "0 2"]},
        ]
        return [*first, alike, *ties, *(drawn(rng, m, r) for m, r in self.SLOW if m for _ in range(2))]

    def outside(self, rng: Random) -> list[Case]:
        two = [[1, 0], [0, 1]]
        late: list[Case] = [
            {"rhos": ["1/2", "3/5"], "rows": [[1]], "indices": ["0 1"]},
            {"rhos": ["1/2", "3/5", "2/5"], "rows": [[1]], "indices": ["0 1 0"]},
            {"rhos": ["1/2", "2/5", "3/5"], "rows": [[1]], "indices": ["0 0 1"]},
            {"rhos": ["3/5", "2/5", "1/2"], "rows": two, "indices": ["1 0 0", "0 0 1"]},
            {"rhos": ["2/5", "3/5", "1/2"], "rows": two, "indices": ["0 1 0", "0 0 1"]},
        ]
        square: list[Case] = [
            {"rhos": ["9/10", "3/4", "1/10"], "rows": two, "indices": ["1 0 0", "2 0 0"]},
            {"rhos": ["3/4", "9/10", "1/10"], "rows": two, "indices": ["0 1 0", "0 2 0"]},
            {"rhos": ["1/2", "9/10"], "rows": two, "indices": ["0 1", "0 2"]},
            {"rhos": ["249/1000", "1/2"], "rows": two, "indices": ["0 1", "0 2"]},
            {"rhos": ["1/2", "-9/10"], "rows": [[1]], "indices": ["0 2"]},
        ]
        small: Case = {"rhos": ["1/2", "1/4"], "expansions": [{"1 0": "1/2"}]}
        return [*late, *square, small]

    def evidence(self, rhos: list[str], sharp: bool = False, **spec: Any) -> Evidence:
        world, rho = world_of(rhos), [rational(r) for r in rhos]
        h = PolynomialEncoder.of(world.n, spec)
        m = len(h.outputs)
        facts = {"rho": rho, "m": m, "white": h.is_centred and h.is_white}
        return Evidence(world.alignment(h.outputs), {"slow": rho[:m]}, facts, 0 if sharp else None)

    @staticmethod
    def hypothesis(rho: Any, m: Any, white: bool) -> bool:
        return all(q <= r for r in rho[:m] for q in rho[m:]) and all(q**2 <= r for r in rho[:m] for q in rho) and white

    @staticmethod
    def claim(slow: Any) -> Any:
        return 2 * sum(1 - r for r in slow)


def units(n: int) -> list[str]:
    return [text_of(a) for a in multi_indices(n, 1)[1:]]


def drawn(rng: Random, m: int, rhos: list[str]) -> Case:
    """A white encoder of all latents and two terms of degrees 2 and 3."""
    n = len(rhos)
    high = [text_of(rng.choice([a for a in multi_indices(n, 3) if sum(a) == k])) for k in (2, 3)]
    rows = random_rows(rng, m, n + 2)
    rows[0][-1] = 7
    return {"rhos": rhos, "rows": rows, "indices": units(n) + high}


class Slowest(Check):
    """Equality for the rotations of the first latents, and for no other white encoder. Whether an encoder is one is
    seen of its moments: its linear part has orthonormal rows that leave the other latents out, and nothing is beside
    it. Outside the hypothesis, an encoder that is no rotation aligns as well: with a latent or a square that is as slow
    as one of the first latents, or with one that is slower, beside a mixture."""

    statement = "alignment_eq_iff_of_isWhite_slow"
    relation = "iff"
    tried = Slow.tried

    def cases(self, rng: Random) -> list[Case]:
        linear = [{"rhos": r, "rows": random_rows(rng, m, m), "indices": units(len(r))[:m]} for m, r in Slow.SLOW if m]
        other = [{"rhos": r, "rows": random_rows(rng, m, len(r)), "indices": units(len(r))} for m, r in Slow.SLOW if m]
        return [*linear, *other, *(drawn(rng, m, r) for m, r in Slow.SLOW if m)]

    def outside(self, rng: Random) -> list[Case]:
        two = [[1, 0], [0, 1]]
        alike: list[Case] = [
            {"rhos": ["1/2", "1/2"], "rows": [[1]], "indices": ["0 1"]},
            {"rhos": ["1/2", "1/2", "2/5"], "rows": [[1]], "indices": ["0 1 0"]},
            {"rhos": ["1/2", "2/5", "1/2"], "rows": [[1]], "indices": ["0 0 1"]},
            {"rhos": ["3/5", "2/5", "2/5"], "rows": two, "indices": ["1 0 0", "0 0 1"]},
            {"rhos": ["2/5", "3/5", "2/5"], "rows": two, "indices": ["0 1 0", "0 0 1"]},
        ]
        tie: list[Case] = [
            {"rhos": ["1/2", "1/4", "1/10"], "rows": two, "indices": ["1 0 0", "2 0 0"]},
            {"rhos": ["1/4", "1/2", "1/10"], "rows": two, "indices": ["0 1 0", "0 2 0"]},
            {"rhos": ["1/4", "-1/2"], "rows": [[1]], "indices": ["0 2"]},
        ]
        # mixed in such shares that the outputs together align as the first two latents
        beyond: list[Case] = [
            {"rhos": ["3/5", "2/5", "1/2"], "rows": [[1, 1, 0], [0, 0, 1]], "indices": units(3)},
            {"rhos": ["1/2", "3/4"], "rows": [[1, 0, 0], [0, 1, 2]], "indices": ["0 1", "2 0", "0 2"]},
        ]
        small: Case = {"rhos": ["1/8"], "expansions": [{"2": "2/3"}]}
        frozen: Case = {"rhos": ["1", "1/2"], "rows": [[1]], "indices": ["2 0"]}
        return [*alike, *tie, *beyond, small, frozen]

    def evidence(self, rhos: list[str], **spec: Any) -> Evidence:
        world, rho = world_of(rhos), [rational(r) for r in rhos]
        h = PolynomialEncoder.of(world.n, spec)
        m = len(h.outputs)
        rows = [sum((x * y for x, y in zip(u, v, strict=True)), 0) - int(u is v) for u in h.linear for v in h.linear]
        left_out = [x for row in h.linear for x in row[m:]]
        rotation = vanishes(h.trace - h.linear_energy) and all(map(vanishes, (*rows, *left_out)))
        facts = {"rho": rho, "m": m, "white": h.is_centred and h.is_white, "rotation": rotation}
        return Evidence(world.alignment(h.outputs), {"slow": rho[:m]}, facts)

    @staticmethod
    def hypothesis(rho: Any, m: Any, white: bool, rotation: bool) -> bool:
        return all(q < r for r in rho[:m] for q in rho[m:]) and all(q**2 < r for r in rho[:m] for q in rho) and white

    @staticmethod
    def condition(rho: Any, m: Any, white: bool, rotation: bool) -> bool:
        return rotation

    claim = Slow.claim

"""White encoders: none aligns better than a linear one, and only orthogonal maps reach it."""

from functools import cache
from random import Random
from typing import Any

from flint import arb, ctx
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, Wave
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.polynomials import PolynomialEncoder, random_rows, text_of, vanishes
from lejepa.exact.preserving import Spiral
from lejepa.exact.worlds import ornstein_uhlenbeck

RHOS = ("1/1000000", "1/2", "9/10", "999999/1000000")
BELOW = ("-1/100", "-1/1000", "-1/1000000")


def linear_spec(rng: Random, n: int, m: int) -> Case:
    """A random white linear encoder of `m ≤ n` outputs."""
    return {"rows": random_rows(rng, m, n), "indices": [text_of(a) for a in multi_indices(n, 1)[1:]]}


def curved_spec(rng: Random, n: int, m: int, degree: int) -> Case:
    """A random white encoder with terms up to a degree, one of them of that degree in the first output."""
    low = [text_of(a) for a in multi_indices(n, degree - 1)[1:]]
    top = [text_of(a) for a in multi_indices(n, degree) if sum(a) == degree]
    indices = rng.sample(low, min(len(low), m)) + rng.sample(top, min(len(top), 3))
    rows = random_rows(rng, m, len(indices))
    rows[0][-1] = 7
    return {"rows": rows, "indices": indices}


# Neither of these is white; the second has second moment 1, but not mean 0. Both align as an orthogonal map would
# at ρ = 1/8.
TOO_SMALL: Case = {"expansions": [{"2": "2/3"}]}
NOT_CENTRED: Case = {"expansions": [{"0": "1/3", "2": "2/3"}]}


class Bound(Check):
    """Random white polynomial encoders, made white by Gram–Schmidt; alignment by the moments of the pair.

    Lean asks for `0 < ρ < 1`; beyond 1 the bound is negative and at 0 both sides are `2 m`, so `0 ≤ ρ` is what counts.
    """

    statement = "le_alignment_of_isWhite"
    relation = ">="
    tried = "White encoders up to degree 5 of one to three outputs and latents, drawn at random; ρ from 0 to 1."

    def cases(self, rng: Random) -> list[Case]:
        linear = [{"rho": r, "n": 3, **linear_spec(rng, 3, m)} for r in ("0", *RHOS, "1") for m in (1, 2, 3)]
        edges: list[Case] = [{"rho": "1/2", "n": n, "expansions": []} for n in (0, 2)]
        shapes = ((1, 1, 2), (1, 1, 5), (2, 1, 3), (2, 2, 2), (2, 3, 3), (3, 3, 2))
        curved = [{"rho": r, "n": n, **curved_spec(rng, n, m, k)} for r in RHOS for n, m, k in shapes]
        return linear + edges + curved

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"rho": "-1/2", "n": 1, **curved_spec(rng, 1, 1, 2)},
            *({"rho": r, "n": 2, **curved_spec(rng, 2, 2, 2)} for r in BELOW),
            {"rho": "1/2", "n": 1, "expansions": [{"1": "1/2"}]},
            {"rho": "1/2", "n": 1, "expansions": [{"0": "3/5", "1": "4/5"}]},
        ]

    def evidence(self, rho: str, n: int, **spec: Any) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, spec)
        facts = {"rho": r, "centred": h.is_centred, "white": h.is_white}
        sharp = 0 if h.degree <= 1 or r in (0, 1) else None
        return Evidence(h.alignment(r), {"rho": r, "m": len(h.outputs)}, facts, sharp)

    @staticmethod
    def hypothesis(rho: Any, centred: bool, white: bool) -> bool:
        return rho >= 0 and centred and white

    @staticmethod
    def claim(rho: Any, m: Any) -> Any:
        return 2 * (1 - rho) * m


class Span(Check):
    """The least alignment of all white encoders whose outputs are polynomials up to a degree, a sum of eigenvalues of
    matrices of exact moments: the bound itself, for no more outputs than latents."""

    statement = "le_alignment_of_isWhite"
    relation = ">="
    tried = "All white encoders of polynomials up to degree 5, 4 and 3 of 1, 2 and 3 latents: the best is computed."

    def cases(self, rng: Random) -> list[Case]:
        reached = [(1, 1, 5), (2, 1, 4), (2, 2, 4), (3, 2, 3), (3, 3, 3)]
        beyond = [(1, 2, 5), (1, 3, 5), (2, 4, 3)]
        return [
            *({"rho": r, "n": n, "m": m, "degree": k, "sharp": True} for r in ("0", *RHOS, "1") for n, m, k in reached),
            *({"rho": r, "n": n, "m": m, "degree": k} for r in ("1/2", "9/10") for n, m, k in beyond),
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": r, "n": n, "m": n, "degree": 2} for r in ("-1/2", *BELOW) for n in (1, 2)]

    def evidence(self, rho: str, n: int, m: int, degree: int, sharp: bool = False) -> Evidence:
        r = rational(rho)
        span = ornstein_uhlenbeck(n, r).polynomials(degree)
        return Evidence(span.least(m), {"rho": r, "m": m}, {"rho": r}, 0 if sharp else None)

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(rho >= 0)

    claim = Bound.claim


@cache
def white_facts(a: Any, bits: int) -> tuple[bool, bool]:
    """Whether the spiral is centred, and whether its second moments are those of the identity."""
    h = Spiral(a)
    means = [h.moment((1, 0)), h.moment((0, 1))]
    second = [h.moment((2, 0)) - 1, h.moment((1, 1)), h.moment((0, 2)) - 1]
    return all(map(vanishes, means)), all(map(vanishes, second))


class InfiniteBound(Check):
    """Encoders with infinite expansions: the sign, waves brought to second moment 1, the spiral. Outside the
    hypothesis, a cosine, whose mean is not 0, a wave as it is, and a negative `ρ`."""

    statement = "le_alignment_of_isWhite"
    relation = ">="
    tried = "The sign, a sine and the spiral of three strengths, at up to four correlations."

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", "95/100")
        waves = [{"kind": k, "t": t, "rho": r} for k, t in (("sign", "0"), ("sin", "3/2")) for r in ("0", *rhos)]
        return waves + [{"kind": "spiral", "t": t, "rho": r} for t in ("0", "1/10", "1/3") for r in rhos]

    def outside(self, rng: Random) -> list[Case]:
        return [
            *({"kind": "sign", "t": "0", "rho": r} for r in ("-1/2", *BELOW)),
            *({"kind": k, "t": "1/2", "rho": r} for k in ("cos", "raw") for r in ("1/100", "1/2", "95/100")),
        ]

    def evidence(self, kind: str, t: str, rho: str) -> Evidence:
        r, x = rational(rho), rational(t)
        if kind == "spiral":
            centred, white = white_facts(x, ctx.prec)
            facts = {"rho": r, "centred": centred, "white": white}
            return Evidence(Spiral(x).alignment(r), {"rho": r, "m": 2}, facts, sharp=0 if x == 0 else None)
        f = Sign() if kind == "sign" else Wave("sin" if kind == "raw" else kind, x)
        square = arb(f.square())
        scale = arb(1) if kind == "raw" else 1 / square
        facts = {"rho": r, "centred": vanishes(f.coefficient(0)), "white": vanishes(scale * square - 1)}
        aligned = scale * (2 * square - 2 * f.correlation(r))
        return Evidence(aligned, {"rho": r, "m": 1}, facts, sharp=0 if r == 0 else None)

    hypothesis = Bound.hypothesis
    claim = Bound.claim


class Optimal(Check):
    """Equality for linear white encoders, and for no other. Whether an encoder is an orthogonal map is seen from its
    moments: whether that map which its linear part is has orthonormal rows, and is at distance 0."""

    statement = "alignment_eq_iff_of_isWhite"
    relation = "iff"
    tried = "White polynomials up to degree 3 of one to three latents, drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", "99/100")
        linear = [{"rho": r, "n": n, **linear_spec(rng, n, n)} for r in rhos for n in (1, 2, 3)]
        curved = [{"rho": r, "n": n, **curved_spec(rng, n, n, k)} for r in rhos for n, k in ((1, 2), (2, 3), (3, 2))]
        # nearly orthogonal: a share of 1/1000 of the second degree
        near = [{"rho": r, "n": 1, "rows": [["1", "1/1000"]], "indices": ["1", "2"]} for r in rhos]
        return [{"rho": "1/2", "n": 0, "expansions": []}, *linear, *curved, *near]

    def outside(self, rng: Random) -> list[Case]:
        level = [{"rho": r, "n": 2, **curved_spec(rng, 2, 2, 2)} for r in ("0", "1")]
        return [*level, *({"rho": "1/8", "n": 1, **h} for h in (TOO_SMALL, NOT_CENTRED))]

    def evidence(self, rho: str, n: int, **spec: Any) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, spec)
        beside = h.trace - h.linear_energy  # 𝔼 ‖h - A z‖²
        rows = [sum((x * y for x, y in zip(u, v, strict=True)), 0) - int(u is v) for u in h.linear for v in h.linear]
        orthogonal = vanishes(beside) and all(map(vanishes, rows))
        facts = {"rho": r, "centred": h.is_centred, "white": h.is_white, "orthogonal": orthogonal}
        return Evidence(h.alignment(r), {"rho": r, "n": n}, facts)

    @staticmethod
    def hypothesis(rho: Any, centred: bool, white: bool, orthogonal: bool) -> bool:
        return 0 < rho < 1 and centred and white

    @staticmethod
    def condition(rho: Any, centred: bool, white: bool, orthogonal: bool) -> bool:
        return orthogonal

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n

"""White encoders: none aligns better than a linear one, and only orthogonal maps reach it."""

from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, Wave
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.polynomials import PolynomialEncoder, random_rows, text_of
from lejepa.exact.spiral import spiral_correlation

RHOS = ("1/1000000", "1/2", "9/10", "999999/1000000")


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

    def cases(self, rng: Random) -> list[Case]:
        linear = [{"rho": r, "n": 3, **linear_spec(rng, 3, m)} for r in ("0", *RHOS, "1") for m in (1, 2, 3)]
        edges: list[Case] = [{"rho": "1/2", "n": n, "expansions": []} for n in (0, 2)]
        shapes = ((1, 1, 2), (1, 1, 5), (2, 1, 3), (2, 2, 2), (2, 3, 3), (3, 3, 2))
        curved = [{"rho": r, "n": n, **curved_spec(rng, n, m, k)} for r in RHOS for n, m, k in shapes]
        return linear + edges + curved

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"rho": "-1/2", "n": 1, **curved_spec(rng, 1, 1, 2)},
            {"rho": "-1/100", "n": 2, **curved_spec(rng, 2, 2, 2)},
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


class InfiniteBound(Check):
    """White encoders with infinite expansions: the sign, `sin` brought to variance 1, and the spiral."""

    statement = "le_alignment_of_isWhite"
    relation = ">="

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", "95/100")
        waves = [{"kind": k, "t": t, "rho": r} for k, t in (("sign", "0"), ("sin", "3/2")) for r in rhos]
        return waves + [{"kind": "spiral", "t": t, "rho": r} for t in ("0", "1/10", "1/3") for r in rhos]

    def evidence(self, kind: str, t: str, rho: str) -> Evidence:
        r, x = rational(rho), rational(t)
        if kind == "spiral":
            left = 4 - 2 * spiral_correlation(x, r)
            return Evidence(left, {"rho": r, "m": 2}, sharp=0 if x == 0 else None)
        f = Sign() if kind == "sign" else Wave(kind, x)
        return Evidence(2 - 2 * f.correlation(r) / arb(f.square()), {"rho": r, "m": 1})

    claim = Bound.claim


class Optimal(Check):
    """Equality for linear white encoders, and for no other."""

    statement = "alignment_eq_iff_of_isWhite"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", "99/100")
        linear = [{"rho": r, "n": n, **linear_spec(rng, n, n)} for r in rhos for n in (1, 2, 3)]
        curved = [{"rho": r, "n": n, **curved_spec(rng, n, n, k)} for r in rhos for n, k in ((1, 2), (2, 3), (3, 2))]
        return [{"rho": "1/2", "n": 0, "expansions": []}, *linear, *curved]

    def outside(self, rng: Random) -> list[Case]:
        level = [{"rho": r, "n": 2, **curved_spec(rng, 2, 2, 2)} for r in ("0", "1")]
        return [*level, *({"rho": "1/8", "n": 1, **h} for h in (TOO_SMALL, NOT_CENTRED))]

    def evidence(self, rho: str, n: int, **spec: Any) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, spec)
        facts = {"rho": r, "centred": h.is_centred, "white": h.is_white, "degree": h.degree}
        return Evidence(h.alignment(r), {"rho": r, "n": n}, facts)

    @staticmethod
    def hypothesis(rho: Any, centred: bool, white: bool, degree: int) -> bool:
        return 0 < rho < 1 and centred and white

    @staticmethod
    def condition(rho: Any, centred: bool, white: bool, degree: int) -> bool:
        return degree < 2

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n

"""Two views of one content, each with a style of its own, drawn afresh."""

from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.linear import LinearWorld
from lejepa.exact.polynomials import PolynomialEncoder, random_rows, text_of, vanishes

RHOS = ("1/1000000", "1/2", "9/10", "999999/1000000")
BELOW = ("-1/1000000", "-1/100", "-1/2")


def viewed(n: int, styles: int, rho: Any) -> LinearWorld:
    """Content that is remembered, beside Gaussian style of which nothing is: coordinates of correlation 0."""
    return LinearWorld.remembering([rho] * n + [fmpq(0)] * styles)


def of_content(rng: Random, n: int, styles: int) -> Case:
    """A white linear encoder of the content alone."""
    units = [text_of(a) for a in multi_indices(n + styles, 1)[1 : n + 1]]
    return {"n": n, "styles": styles, "rows": random_rows(rng, n, n), "indices": units}


def of_both(rng: Random, n: int, styles: int, degree: int) -> Case:
    """A white encoder of as many outputs as contents, with terms of the style and of products."""
    indices = [text_of(a) for a in multi_indices(n + styles, degree)[1:]]
    rows = random_rows(rng, n, len(indices))
    rows[0][-1] = 7
    return {"n": n, "styles": styles, "rows": rows, "indices": indices}


def squares(n: int, styles: int) -> PolynomialEncoder:
    """The squares of the contents, a white encoder."""
    indices = [text_of(tuple(2 * int(i == j) for j in range(n + styles))) for i in range(n)]
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    return PolynomialEncoder.of(n + styles, {"rows": rows, "indices": indices})


SHAPES = ((1, 1, 1), (1, 1, 3), (1, 2, 2), (2, 1, 2), (2, 2, 1))


class Bound(Check):
    """Alignment of polynomial encoders of content and Gaussian style, white by Gram–Schmidt, by moments of the pair."""

    statement = "alignment_eq_iff_of_isWhite_content"
    relation = ">="
    tried = "White encoders up to degree 3 of one or two contents and one or two Gaussian styles, drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        sharp = [
            {"rho": r, "sharp": True, **of_content(rng, n, s)}
            for r in ("0", *RHOS)
            for n, s in ((1, 1), (2, 1), (2, 2))
        ]
        return [*sharp, *({"rho": r, **of_both(rng, n, s, k)} for r in RHOS for n, s, k in SHAPES)]

    def outside(self, rng: Random) -> list[Case]:
        style: Case = {"n": 1, "styles": 1, "rows": [["1"]], "indices": ["0 1"]}
        backward = [{"rho": r, **style} for r in BELOW]
        small: Case = {"rho": "1/2", "n": 1, "styles": 1, "expansions": [{"1 0": "1/2"}]}
        shifted: Case = {"rho": "1/2", "n": 1, "styles": 1, "expansions": [{"0 0": "3/5", "1 0": "4/5"}]}
        return [*backward, small, shifted]

    def evidence(self, rho: str, n: int, styles: int, sharp: bool = False, **spec: Any) -> Evidence:
        r = rational(rho)
        world, h = viewed(n, styles, r), PolynomialEncoder.of(n + styles, spec)
        facts = {"rho": r, "white": h.is_centred and h.is_white}
        return Evidence(world.alignment(h.outputs), {"rho": r, "n": n}, facts, 0 if sharp else None)

    @staticmethod
    def hypothesis(rho: Any, white: bool) -> bool:
        return rho >= 0 and white

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n


class Optimal(Check):
    """Equality for the orthogonal maps of the content, and for no other white encoder. To the alignment is added by how
    much the squares of the contents, brought to variance 1, align better: nothing where it is the least. Whether an
    encoder is such a map is seen of its moments: its linear part has orthonormal rows and leaves the style out, and
    nothing is beside it. Where `ρ < 0`, these maps still align as claimed, but the squares align better."""

    statement = "alignment_eq_iff_of_isWhite_content"
    relation = "iff"
    tried = Bound.tried

    def cases(self, rng: Random) -> list[Case]:
        content = [{"rho": r, **of_content(rng, n, s)} for r in RHOS for n, s in ((1, 1), (2, 1), (2, 2))]
        return [*content, *({"rho": r, **of_both(rng, n, s, k)} for r in RHOS[1:3] for n, s, k in SHAPES)]

    def outside(self, rng: Random) -> list[Case]:
        backward = [{"rho": r, **of_content(rng, n, 1)} for r in BELOW for n in (1, 2)]
        lost: Case = {"rho": "0", "n": 1, "styles": 1, "rows": [["1"]], "indices": ["0 1"]}
        kept: Case = {"rho": "1", "n": 1, "styles": 1, "rows": [["1"]], "indices": ["2 0"]}
        small: Case = {"rho": "1/8", "n": 1, "styles": 1, "expansions": [{"2 0": "2/3"}]}
        return [*backward, lost, kept, small]

    def evidence(self, rho: str, n: int, styles: int, **spec: Any) -> Evidence:
        r = rational(rho)
        world, h = viewed(n, styles, r), PolynomialEncoder.of(n + styles, spec)
        rows = [sum((x * y for x, y in zip(u, v, strict=True)), 0) - int(u is v) for u in h.linear for v in h.linear]
        style = [x for row in h.linear for x in row[n:]]
        content = vanishes(h.trace - h.linear_energy) and all(map(vanishes, (*rows, *style)))
        facts = {"rho": r, "white": h.is_centred and h.is_white, "content": content}
        aligned = arb(world.alignment(h.outputs))
        beaten = (aligned - world.alignment(squares(n, styles).outputs)).max(arb(0))
        return Evidence(aligned + beaten, {"rho": r, "n": n}, facts)

    @staticmethod
    def hypothesis(rho: Any, white: bool, content: bool) -> bool:
        return 0 < rho < 1 and white

    @staticmethod
    def condition(rho: Any, white: bool, content: bool) -> bool:
        return content

    claim = Bound.claim

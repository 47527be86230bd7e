"""Approximate identifiability: excess, and the distance from an orthogonal map."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import rational
from lejepa.exact.polynomials import PolynomialEncoder, random_polynomial

RHOS = ("1/1000000", "1/10", "1/2", "9/10", "999999/1000000")
SHIFTED: Case = {"n": 1, "expansions": [{"0": "1/2", "1": "1"}]}
CUBIC: Case = {"n": 1, "expansions": [{"3": "1/4"}]}
LINE: Case = {"n": 1, "expansions": [{"1": "1"}]}
TURN: Case = {"n": 2, "expansions": [{"1 0": "3/5", "0 1": "-4/5"}, {"1 0": "4/5", "0 1": "3/5"}]}


def drawn(rng: Random, n: int, degree: int) -> Case:
    return {"n": n, "expansions": [random_polynomial(rng, n, 1, degree) for _ in range(n)]}


def beyond() -> list[Case]:
    """Cases outside the hypothesis: `ρ` not within (0, 1), an encoder that is not centred."""
    return [
        {"rho": "1/2", **SHIFTED},
        *({"rho": r, **CUBIC} for r in ("0", "1", "-1/2", "-9/10")),
        {"rho": "3/2", **LINE},
    ]


class Excess(Check):
    """More than `D ≥ 0`: the energy above degree one, from moments, is at most `D`, with equality up to degree two."""

    statement = "excess_nonneg"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sharp = [{"rho": r, **h} for r in RHOS for h in (TURN, drawn(rng, 1, 2), drawn(rng, 2, 2))]
        edges: list[Case] = [{"rho": "1/2", "n": n, "expansions": [{}] * n} for n in (0, 1)]
        return sharp + edges + [{"rho": r, **drawn(rng, n, k)} for r in RHOS for n, k in ((1, 4), (2, 3), (3, 3))]

    def outside(self, rng: Random) -> list[Case]:
        return beyond()

    def evidence(self, rho: str, n: int, expansions: list[dict[str, str]]) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, {"expansions": expansions})
        terms = {"rho": r, "alignment": h.alignment(r), "trace": h.trace}
        facts = {"rho": r, "centred": h.is_centred}
        return Evidence(h.trace - h.linear_energy, terms, facts, 0 if h.degree <= 2 else None)

    @staticmethod
    def hypothesis(rho: Any, centred: bool) -> bool:
        return 0 < rho < 1 and centred

    @staticmethod
    def claim(rho: Any, alignment: Any, trace: Any) -> Any:
        return over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))


class Distance(Check):
    """The distance from the nearest orthogonal map, by the polar factor; `0` and `c He_2` reach the bound."""

    statement = "approx_identifiability"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        nothing: list[Case] = [{"rho": "1/2", "n": n, "expansions": [{}] * n} for n in (0, 1, 2, 3)]
        square: list[Case] = [
            {"rho": r, "n": 1, "expansions": [{"2": c}]} for r in RHOS for c in ("1/10", "-1/2", "7/10")
        ]
        turned: list[Case] = [{"rho": r, **TURN} for r in RHOS]
        sharp: list[Case] = [{**c, "sharp": True} for c in (*nothing, *square, *turned)]
        shapes = ((1, 3), (2, 2), (2, 3), (3, 2))
        return sharp + [{"rho": r, **drawn(rng, n, k)} for r in RHOS for n, k in shapes]

    def outside(self, rng: Random) -> list[Case]:
        return beyond()

    def evidence(self, rho: str, n: int, expansions: list[dict[str, str]], sharp: bool = False) -> Evidence:
        r, h = rational(rho), PolynomialEncoder.of(n, {"expansions": expansions})
        terms = {"rho": r, "alignment": h.alignment(r), "trace": h.trace, "defect": h.defect}
        return Evidence(h.distance(), terms, {"rho": r, "centred": h.is_centred}, 0 if sharp else None)

    hypothesis = Excess.hypothesis

    @staticmethod
    def claim(rho: Any, alignment: Any, trace: Any, defect: Any) -> Any:
        excess = over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))
        return excess + (sqrt(defect) + excess) ** 2

"""Approximate identifiability: excess, the distance from an orthogonal map, and the encoders that come closest."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.checking.search import Bound, closest
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import precision, rational
from lejepa.exact.polynomials import PolynomialEncoder, combine, random_polynomial

RHOS = ("1/1000000", "1/10", "1/2", "9/10", "999999/1000000")
SHIFTED: Case = {"n": 1, "expansions": [{"0": "1/2", "1": "1"}]}
CUBIC: Case = {"n": 1, "expansions": [{"3": "1/4"}]}
LINE: Case = {"n": 1, "expansions": [{"1": "1"}]}
TURN: Case = {"n": 2, "expansions": [{"1 0": "3/5", "0 1": "-4/5"}, {"1 0": "4/5", "0 1": "3/5"}]}
LIMITS = ("1/10", "1/2", "1")  # of `ε + D`
WORLDS = (("0.5", 1, 4), ("0.9", 2, 3), ("0.1", 3, 2))  # ρ, dimension and degree of the search


def drawn(rng: Random, n: int, degree: int) -> Case:
    return {"n": n, "expansions": [random_polynomial(rng, n, 1, degree) for _ in range(n)]}


def beyond() -> list[Case]:
    """Cases outside the hypothesis: `ρ` not within (0, 1), an encoder that is not centred."""
    return [
        {"rho": "1/2", **SHIFTED},
        *({"rho": r, **CUBIC} for r in ("0", "1", "-1/2", "-9/10")),
        {"rho": "3/2", **LINE},
    ]


def excess(rho: Any, h: PolynomialEncoder) -> Any:
    """`D` of an encoder, as `Lejepa.excess` defines it."""
    return excess_of(rho, h.alignment(rho), h.trace)


def excess_of(rho: Any, alignment: Any, trace: Any) -> Any:
    return over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))


class Excess(Check):
    """More than `D ≥ 0`: the energy above degree one, from moments, is at most `D`, with equality up to degree two."""

    statement = "excess_nonneg"
    relation = "<="
    tried = (
        "Rotations and polynomials up to degree 4 of one to three latents, drawn at random; ρ from 10⁻⁶ to 1 - 10⁻⁶."
    )

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
    """The distance from the nearest orthogonal map, by the polar factor; `0` and `c He_2` reach the bound. Among the
    cases are the encoders that a search over coefficients finds to come closest (`lejepa.checking.search`)."""

    statement = "approx_identifiability"
    relation = "<="
    tried = "Polynomials up to degree 3 of one to three latents, drawn at random, and the closest that a search finds."
    bound: ClassVar[Bound] = "plain"
    # the closest in the plane that `lejepa search --restarts 10` found, for `ε + D` up to 1/10, 1/2 and 1
    kept: ClassVar[list[Case]] = [
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {
                    "1 0": "-0.9293963",
                    "0 1": "0.1922838",
                    "2 0": "-0.0149993",
                    "1 1": "-0.0137404",
                    "0 2": "-0.0202767",
                },
                {"1 0": "0.1936107", "0 1": "0.9806958", "2 0": "0.0013044", "1 1": "0.0011949", "0 2": "0.0017633"},
            ],
        },
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {
                    "1 0": "-0.4355838",
                    "0 1": "0.8465507",
                    "2 0": "-0.0283353",
                    "1 1": "-0.0136402",
                    "0 2": "-0.0031111",
                },
                {"1 0": "0.5666938", "0 1": "0.5219932", "2 0": "0.0590354", "1 1": "0.0284187", "0 2": "0.0064818"},
            ],
        },
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {"1 0": "-0.1263589", "0 1": "-0.5941477", "2 0": "-0.0251994", "1 1": "0.0184791", "0 2": "0.0010654"},
                {"1 0": "0.1652447", "0 1": "0.7769917", "2 0": "-0.0192694", "1 1": "0.0141305", "0 2": "0.0008147"},
            ],
        },
    ]

    def cases(self, rng: Random) -> list[Case]:
        nothing: list[Case] = [{"rho": "1/2", "n": n, "expansions": [{}] * n} for n in (0, 1, 2, 3)]
        square: list[Case] = [
            {"rho": r, "n": 1, "expansions": [{"2": c}]} for r in RHOS for c in ("1/10", "-1/2", "7/10")
        ]
        turned: list[Case] = [{"rho": r, **TURN} for r in RHOS]
        sharp: list[Case] = [{**c, "sharp": True} for c in (*nothing, *square, *turned)]
        return sharp + self.others(rng)

    def others(self, rng: Random) -> list[Case]:
        """Random encoders, and those that come closest."""
        shapes = ((1, 3), (2, 2), (2, 3), (3, 2))
        plain = [{"rho": r, **drawn(rng, n, k)} for r in RHOS for n, k in shapes]
        return [*plain, *self.kept, *(closest(*task, 1, rng) for task in self.tasks())]

    def tasks(self) -> list[tuple[Bound, float, str, int, int]]:
        """What to search for: a bound, a limit of `ε + D`, `ρ`, a dimension and a degree."""
        return [(self.bound, float(Fraction(d)), *world) for d in LIMITS for world in WORLDS]

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

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        found = [s for c, e in tried if (s := Sides.of(c, e, self.claim(**e.terms))).delta > arb("1e-9")]
        worst = max(found, key=lambda s: float(s.ratio.mid()))
        parts = []
        rows = []
        for limit in LIMITS:
            within = [s for s in found if s.delta <= arb(rational(limit)) + arb("1e-6")]
            closest_ = max(within, key=Sides.order)
            parts.append(f"{closest_.texts()[-2]} where ε + D ≤ {limit}")
            rows.append((f"{limit}", *closest_.texts()))
        rows.append(("any", *max(found, key=Sides.order).texts()))
        says = (
            f"Of {len(found)} encoders that are not orthogonal, the closest reaches {worst.texts()[-3]} of the bound; "
            f"of what the bound adds to D, an encoder takes up at most {', '.join(parts)}."
        )
        columns = ("ε + D ≤", "n", "ρ", "ε", "D", "distance", "bound", "ratio", "share", "encoder")
        return Finding(says, columns, tuple(rows))


class Sides:
    """The two sides of a bound at an encoder, as balls: their ratio, and how much of what the bound adds to `D` is
    taken up."""

    def __init__(self, case: Case, distance: Any, bound: Any, excess: Any, epsilon: Any) -> None:
        self.case, self.distance, self.bound = case, arb(distance), arb(bound)
        self.excess, self.epsilon = arb(excess), arb(epsilon)

    @classmethod
    def of(cls, case: Case, shown: Evidence, bound: Any) -> "Sides":
        t = shown.terms
        return cls(case, shown.left, bound, excess_of(t["rho"], t["alignment"], t["trace"]), sqrt(t["defect"]))

    @property
    def delta(self) -> Any:
        return self.epsilon + self.excess

    @property
    def ratio(self) -> Any:
        return self.distance / self.bound

    @property
    def share(self) -> Any:
        return (self.distance - self.excess) / (self.bound - self.excess)

    def order(self) -> tuple[float, int, float]:
        """By share; of equal ones the encoder of the fewest terms is the greatest, then that of the greatest `δ`."""
        terms = sum(len(e) for e in self.case["expansions"])
        return round(float(self.share.mid()), 5), -terms, float(self.delta.mid())

    def texts(self) -> tuple[str, ...]:
        numbers = (f"{float(x.mid()):.4g}" for x in (self.epsilon, self.excess, self.distance, self.bound))
        encoder = "; ".join(" + ".join(f"{c} H({a})" for a, c in e.items()) or "0" for e in self.case["expansions"])
        return str(self.case["n"]), self.case["rho"], *numbers, below(self.ratio), below(self.share), encoder


def below(x: Any) -> str:
    """A ball that is at most 1, as text: 1 where it can't be told from it, `1 - 3e-14` near to it."""
    rest = 1 - x
    if rest.contains(0):
        return "1"
    return f"1 - {float(rest.mid()):.1e}" if rest < arb("1e-4") else f"{float(x.mid()):.5f}"


class Sharp(Distance):
    """The same distances against the best bound. It is reached by `a z + b He_2(z)`, by encoders that collapse latents,
    and in many dimensions by both, beside latents that are kept."""

    statement = "approx_identifiability_sharp"
    tried = (
        "Encoders that collapse or bend latents, rotations, random polynomials, and the closest that a search finds."
    )
    bound = "sharp"
    kept: ClassVar[list[Case]] = [
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {"1 0": "-0.9035953", "0 1": "-0.3950597", "2 0": "0.0001635", "1 1": "-0.0009531", "0 2": "0.0002264"},
                {"1 0": "-0.36171", "0 1": "0.9107904", "2 0": "0.0001965", "1 1": "-0.0011453", "0 2": "0.0002721"},
            ],
        },
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {"1 0": "-0.726507", "0 1": "-0.2644296", "2 0": "-0.0176708", "1 1": "-0.0104901", "0 2": "0.0026235"},
                {"1 0": "-0.0770537", "0 1": "0.9485216", "2 0": "-0.0085589", "1 1": "-0.0050809", "0 2": "0.0012707"},
            ],
        },
        {
            "rho": "0.9",
            "n": 2,
            "expansions": [
                {
                    "1 0": "-0.9992344",
                    "0 1": "0.0056918",
                    "2 0": "-0.0058657",
                    "1 1": "-0.0050207",
                    "0 2": "-0.0031023",
                },
                {"1 0": "0.0371954", "0 1": "0.4448657", "2 0": "-0.1356073", "1 1": "-0.1160718", "0 2": "-0.0717216"},
            ],
        },
    ]

    def cases(self, rng: Random) -> list[Case]:
        reached = [[{}], [{"2": "1/2"}], [{"1": "4/5", "2": "1/5"}], [{"1": "-1/2"}], [{}, {}]]
        reached += [[{"1 0": "4/5", "2 0": "1/5"}, {"0 1": "-1"}], [{"1 0": "1"}, {}]]
        sharp: list[Case] = [
            {"rho": r, "n": len(e), "expansions": e, "sharp": True} for r in ("1/100", "9/10") for e in reached
        ]
        turned: list[Case] = [{"rho": r, **TURN, "sharp": True} for r in RHOS]
        nothing: Case = {"rho": "1/2", "n": 0, "expansions": [], "sharp": True}
        return [nothing, *sharp, *turned, *self.others(rng)]

    @staticmethod
    def claim(rho: Any, alignment: Any, trace: Any, defect: Any) -> Any:
        excess = over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))
        delta = sqrt(defect) + excess
        return excess + (delta / (1 + sqrt(1 - delta))) ** 2


class Closed(Sharp):
    """Where `ε + D ≤ 1`, in closed form; beyond, an encoder that collapses two latents is farther."""

    statement = "approx_identifiability_of_le_one"
    tried = "The same encoders as far as ε + D ≤ 1, and latents with a share of degree two or three."

    def cases(self, rng: Random) -> list[Case]:
        return [c for c in super().cases(rng) if self.facts_of(c)["delta"] <= 1]

    def others(self, rng: Random) -> list[Case]:
        return [{"rho": r, "n": 1, "expansions": [{"1": "9/10", k: "1/10"}]} for r in RHOS for k in "23"]

    def facts_of(self, case: Case) -> Any:
        with precision(50):
            return self.evidence(**case).facts

    def outside(self, rng: Random) -> list[Case]:
        # one latent collapsed, and so much of another that `ε + D` is as near to 1 as 1 + 2·10⁻⁸
        shrunk = [{"rho": "1/2", "n": 2, "expansions": [{}, {"0 1": c}]} for c in ("1/2", "9/10", "9999/10000")]
        return [*beyond(), *shrunk, *({"rho": "1/2", "n": n, "expansions": [{}] * n} for n in (2, 3))]

    def evidence(self, rho: str, n: int, expansions: list[dict[str, str]], sharp: bool = False) -> Evidence:
        shown = super().evidence(rho, n, expansions, sharp)
        t = shown.terms
        delta = sqrt(t["defect"]) + excess_of(t["rho"], t["alignment"], t["trace"])
        return Evidence(shown.left, t, {**shown.facts, "delta": delta}, shown.sharp)

    @staticmethod
    def hypothesis(rho: Any, centred: bool, delta: Any) -> bool:
        return 0 < rho < 1 and centred and delta <= 1

    @staticmethod
    def claim(rho: Any, alignment: Any, trace: Any, defect: Any) -> Any:
        excess = over(alignment - 2 * (1 - rho) * trace, 2 * rho * (1 - rho))
        return excess + (1 - sqrt(1 - sqrt(defect) - excess)) ** 2

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        return None


def attaining(n: int, delta: Any, excess: Any) -> PolynomialEncoder:
    """`(√(1 - δ) z₁ + √D (z₁² - 1) / √2, z₂, …)`: the encoder of the theorem."""
    first = (1,) + (0,) * (n - 1)
    square = (2,) + (0,) * (n - 1)
    outputs: list[Any] = [combine({first: sqrt(1 - delta), square: sqrt(excess / 2)})]
    outputs += [{tuple(int(i == j) for i in range(n)): fmpq(1)} for j in range(1, n)]
    return PolynomialEncoder(n, outputs[:n], 2)


class Attained(Check):
    """The distance of the encoder that the theorem names, and by how much the `ε` and the `D` of its moments miss those
    that were asked for, which must add nothing."""

    statement = "approx_identifiability_sharp_attained"
    tried = "The encoder that the theorem names in one to four dimensions, for nine pairs of ε and D up to 1."

    def cases(self, rng: Random) -> list[Case]:
        grid = [("0", "0"), ("0", "1/2"), ("1/3", "0"), ("1/10", "1/20"), ("1/2", "1/2"), ("1", "0"), ("0", "8/9")]
        grid.append((f"{rng.randint(0, 50)}/100", f"{rng.randint(0, 50)}/100"))
        plane = [{"n": n, "rho": r, "epsilon": e, "D": d} for n in (1, 2) for r in ("1/100", "9/10") for e, d in grid]
        space = [{"n": n, "rho": "1/2", "epsilon": "7/25", "D": "2/25"} for n in (3, 4)]
        return plane + space

    def outside(self, rng: Random) -> list[Case]:
        pairs = [("3/4", "1/2"), ("9/10", "1/5"), ("1/2", "501/1000"), ("1001/1000", "0")]
        pairs += [("-1/4", "1/2"), ("-1/1000", "1/2"), ("1/2", "-1/4"), ("1/2", "-1/1000")]
        beside = [{"n": n, "rho": "1/2", "epsilon": e, "D": d} for n in (1, 2) for e, d in pairs]
        worlds = [{"n": 1, "rho": r, "epsilon": "1/4", "D": "1/2"} for r in ("0", "1", "3/2")]
        return [*beside, *worlds, {"n": 0, "rho": "1/2", "epsilon": "1/3", "D": "0"}]

    def evidence(self, n: int, rho: str, epsilon: str, D: str) -> Evidence:
        r, eps, wanted = map(rational, (rho, epsilon, D))
        h = attaining(n, eps + wanted, wanted)
        missed = abs(sqrt(h.defect) - eps) + abs(excess(r, h) - wanted)
        facts = {"n": h.n, "rho": r, "epsilon": eps, "D": wanted, "delta": eps + wanted}
        return Evidence(h.distance() + missed, {"epsilon": eps, "D": wanted}, facts)

    @staticmethod
    def hypothesis(n: int, rho: Any, epsilon: Any, D: Any, delta: Any) -> bool:
        return n > 0 and 0 < rho < 1 and epsilon >= 0 and D >= 0 and delta <= 1

    @staticmethod
    def claim(epsilon: Any, D: Any) -> Any:
        return D + ((epsilon + D) / (1 + sqrt(1 - epsilon - D))) ** 2


class Collapsed(Check):
    """The distance of the encoder that forgets `k` of `n` latents, with its `D`, which is never below 0 and must add
    nothing, against its `ε`; all from moments."""

    statement = "approx_identifiability_sharp_attained_of_collapse"
    tried = "Encoders that forget none to all of one, two, three and five latents, at ρ = 1/10 and 9/10."

    def cases(self, rng: Random) -> list[Case]:
        return [{"n": n, "k": k, "rho": r} for n in (1, 2, 3, 5) for k in range(n + 1) for r in ("1/10", "9/10")]

    def evidence(self, n: int, k: int, rho: str) -> Evidence:
        outputs: list[Any] = [{} if j < k else {tuple(int(i == j) for i in range(n)): fmpq(1)} for j in range(n)]
        h = PolynomialEncoder(n, outputs, 1)
        return Evidence(h.distance() + excess(rational(rho), h), {"epsilon": sqrt(h.defect)})

    @staticmethod
    def claim(epsilon: Any) -> Any:
        return epsilon**2

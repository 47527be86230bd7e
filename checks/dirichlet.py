"""The Dirichlet route: energies and Jacobians of maps that preserve the Gaussian, lengths or not, and of some that do
not preserve it.

A map is a case: an affine map; the spiral, the plane turned by an angle that grows with the squared radius, perhaps
shrunk; the twist, two coordinates turned by an angle that grows with a third; the disc map, which turns the plane about
a point that is not 0 after a change of measure and so changes lengths; the plane torn along the unit circle. Whether
one preserves the Gaussian is found from the moments of its image up to degree 4, by quadrature; whether it is smooth,
where its formulas meet; whether it is orthogonal, from its Jacobian and its values at points."""

from functools import cache
from random import Random
from typing import Any, ClassVar

from flint import arb, ctx
from lejepa.checking.check import Case, Check, Evidence, Relation
from lejepa.exact.generic import exp
from lejepa.exact.hermite import precision, rational
from lejepa.exact.maps import Affine, Disc, Map, Spiral, Torn, Twist, determinant


def map_of(kind: str, **case: Any) -> Map:
    if kind == "affine":
        rows = tuple(tuple(map(rational, row)) for row in case["rows"])
        return Affine(rows, tuple(map(rational, case["shift"])))
    numbers = {key: rational(x) for key, x in case.items() if key != "order"}
    if kind == "disc":
        return Disc(rational("1/2"), **numbers, order=case.get("order", 2))
    return {"spiral": Spiral, "twist": Twist, "torn": Torn}[kind](**numbers)


@cache
def preserves(h: Map, digits: int) -> bool:
    with precision(digits):
        return h.preserves_gaussian()


def facts_of(h: Map) -> dict[str, Any]:
    return {
        "preserves": preserves(h, 10),
        "smooth": h.is_smooth(),
        "orthogonal": h.is_orthogonal(),
    }


def affine(*rows: list[str], shift: tuple[str, ...] = ()) -> Case:
    return {
        "kind": "affine",
        "rows": list(rows),
        "shift": list(shift or ["0"] * len(rows)),
    }


ORTHOGONAL = [
    affine(["-1"]),
    affine(["3/5", "-4/5"], ["4/5", "3/5"]),
    affine(["1/3", "2/3", "2/3"], ["2/3", "1/3", "-2/3"], ["2/3", "-2/3", "1/3"]),
    {"kind": "spiral", "a": "0"},
    {"kind": "disc", "R": "1/4", "a": "0"},
]
HALF = affine(["1/2", "0"], ["0", "1/2"])
SHIFTED = affine(["3/5", "-4/5"], ["4/5", "3/5"], shift=("1", "-2"))
# 16/25 (2 + 32 a²) = 2: the shrinking makes up for the turning
SHRUNK = {"kind": "spiral", "a": "3/16", "shrink": "4/5"}
STRETCHED = {"kind": "disc", "R": "1/4", "a": "40", "b": "2"}
TORN = {"kind": "torn", "cosine": "3/5", "sine": "4/5"}
TORN_DISC = {"kind": "disc", "R": "1/4", "a": "1", "order": 0}


def curved(rng: Random) -> list[Case]:
    """Maps that preserve the Gaussian and are not orthogonal."""
    turns = [
        ("spiral", "1/1000"),
        ("spiral", f"{rng.randint(1, 50)}/100"),
        ("twist", f"-{rng.randint(1, 50)}/100"),
    ]
    lengths = [{"kind": k, "a": a} for k, a in turns]
    return [
        *lengths,
        {"kind": "disc", "R": "1/4", "a": "50"},
        {"kind": "disc", "R": "1/8", "a": str(rng.randint(-90, -9))},
    ]


class Bound(Check):
    """The energy, the mean of the squares of the Jacobian, is at least `n` for maps that preserve the Gaussian; not for
    some that shrink."""

    statement = "dirichletEnergy_eq_iff"
    relation: ClassVar[Relation] = ">="
    tried = "orthogonal maps in 1 to 3 dimensions; spirals, twists and disc maps, which change lengths, of 2 and 3"

    def cases(self, rng: Random) -> list[Case]:
        return [*ORTHOGONAL, *curved(rng)]

    def outside(self, rng: Random) -> list[Case]:
        return [HALF, affine(["999/1000", "0"], ["0", "1"])]

    def evidence(self, **case: Any) -> Evidence:
        h = map_of(**case)
        facts = facts_of(h)
        # strict inequalities need few digits; equality, all
        with precision(ctx.dps if facts["orthogonal"] else 20):
            return Evidence(h.energy(), {"n": h.n}, facts, 0 if facts["orthogonal"] else None)

    @staticmethod
    def hypothesis(preserves: bool, smooth: bool, orthogonal: bool) -> bool:
        return preserves

    @staticmethod
    def claim(n: Any) -> Any:
        return n


class Equality(Bound):
    """The energy is `n` exactly for those that are orthogonal. Of energy `n` too, and not orthogonal, are a spiral
    shrunk and a rotation shifted, which do not preserve the Gaussian, and a plane torn in two, which is not smooth."""

    relation = "iff"
    tried = "the same maps, and one shrunk, one shifted, one torn, of the same energy"

    def outside(self, rng: Random) -> list[Case]:
        return [SHRUNK, SHIFTED, TORN]

    def evidence(self, **case: Any) -> Evidence:
        h = map_of(**case)
        facts = facts_of(h)
        return Evidence(h.energy(), {"n": h.n}, facts)

    @staticmethod
    def hypothesis(preserves: bool, smooth: bool, orthogonal: bool) -> bool:
        return preserves and smooth

    @staticmethod
    def condition(preserves: bool, smooth: bool, orthogonal: bool) -> bool:
        return orthogonal


class Determinant(Check):
    """The determinant of the Jacobian at points, by forward differentiation, against the quotient of densities. The
    spiral and the twist keep lengths; the disc map does not. The torn disc is not smooth on a circle, which is a null
    set."""

    statement = "ae_abs_det_fderiv_eq_exp"
    tried = "points of spirals, twists and disc maps, smooth or torn along a circle"

    def cases(self, rng: Random) -> list[Case]:
        def point(n: int) -> list[str]:
            return [f"{rng.choice((-1, 1)) * rng.randint(1, 20)}/10" for _ in range(n)]

        out = [{"map": h, "z": point(3 if h["kind"] == "twist" else 2)} for h in curved(rng)]
        discs = [{"kind": "disc", "R": "1/4", "a": a} for a in ("40", "-60")]
        inner = [
            ["4/5", "0"],
            ["3/5", "1/5"],
            [f"{rng.randint(70, 90)}/100", f"{rng.randint(-20, 20)}/100"],
        ]
        return [*out, *({"map": h, "z": z} for h in (*discs, TORN_DISC) for z in inner)]

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"map": HALF, "z": ["1", "1/2"]},
            {"map": SHRUNK, "z": ["1", "1/2"]},
            {"map": STRETCHED, "z": ["4/5", "1/10"]},
        ]

    def evidence(self, map: Case, z: list[str]) -> Evidence:
        h, at = map_of(**map), [rational(x) for x in z]
        image, jacobian = h.at([arb(x) for x in at])
        return Evidence(
            abs(determinant(jacobian)),
            {"z": at, "image": image},
            {"preserves": preserves(h, 10)},
        )

    @staticmethod
    def hypothesis(preserves: bool) -> bool:
        return preserves

    @staticmethod
    def claim(z: Any, image: Any) -> Any:
        return exp((sum(y**2 for y in image) - sum(x**2 for x in z)) / 2)


class MeanLog(Check):
    """The mean of the logarithm of the determinant of the Jacobian, by quadrature; for the disc map it is positive at
    some points and negative at others. It is not 0 for maps that shrink or stretch."""

    statement = "integral_log_abs_det_fderiv"
    tried = "a rotation, and disc maps of the plane, whose determinant is not constant"

    def cases(self, rng: Random) -> list[Case]:
        discs = [
            {"kind": "disc", "R": "1/4", "a": "40"},
            {"kind": "disc", "R": "1/8", "a": str(rng.randint(-90, -9))},
        ]
        return [ORTHOGONAL[2], *discs, TORN_DISC]

    def outside(self, rng: Random) -> list[Case]:
        return [HALF, STRETCHED]

    def evidence(self, **case: Any) -> Evidence:
        h = map_of(**case)
        return Evidence(h.mean_log_determinant(), {}, {"preserves": preserves(h, 10)})

    @staticmethod
    def hypothesis(preserves: bool) -> bool:
        return preserves

    @staticmethod
    def claim() -> Any:
        return 0

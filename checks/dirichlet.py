"""The Dirichlet route: energies of explicit diffeomorphisms, and the three inequalities that the proof rests on."""

from collections.abc import Callable, Sequence
from itertools import product
from math import factorial, prod
from random import Random
from typing import Any, ClassVar

from flint import arb, fmpq, fmpq_mat, fmpz_poly
from lejepa.checking.check import Case, Check, Evidence, Relation
from lejepa.exact.generic import exp
from lejepa.exact.hermite import hermite, hermite_explicit, rational
from lejepa.exact.polynomials import vanishes


class Dual:
    """A number with its gradient: forward differentiation, exact up to the balls."""

    def __init__(self, value: Any, gradient: Sequence[Any]) -> None:
        self.value, self.gradient = arb(value), [arb(g) for g in gradient]

    def __add__(self, other: "Dual") -> "Dual":
        return Dual(self.value + other.value, [x + y for x, y in zip(self.gradient, other.gradient, strict=True)])

    def __neg__(self) -> "Dual":
        return self * fmpq(-1)

    def __sub__(self, other: "Dual") -> "Dual":
        return self + -other

    def __mul__(self, other: Any) -> "Dual":
        if not isinstance(other, Dual):
            return Dual(self.value * other, [g * other for g in self.gradient])
        pairs = zip(self.gradient, other.gradient, strict=True)
        return Dual(self.value * other.value, [self.value * y + other.value * x for x, y in pairs])

    def apply(self, value: Any, slope: Any) -> "Dual":
        """A function of the number, by its value and slope there."""
        return Dual(value, [slope * g for g in self.gradient])

    def turn(self) -> tuple["Dual", "Dual"]:
        """Cosine and sine."""
        c, s = self.value.cos(), self.value.sin()
        return Dual(c, [-s * g for g in self.gradient]), Dual(s, [c * g for g in self.gradient])


Map = Callable[[list[Dual], Any], list[Dual]]


def rotate(x: Dual, y: Dual, angle: Dual) -> list[Dual]:
    c, s = angle.turn()
    return [x * c - y * s, x * s + y * c]


def spiral(z: list[Dual], a: Any) -> list[Dual]:
    return rotate(z[0], z[1], (z[0] * z[0] + z[1] * z[1]) * a)


def twist(z: list[Dual], a: Any) -> list[Dual]:
    return [*rotate(z[0], z[1], z[2] * a), -z[2]]


def scale(z: list[Dual], a: Any) -> list[Dual]:
    return [x * (1 - a) for x in z]


def shrunk(z: list[Dual], a: Any) -> list[Dual]:
    """The spiral, times 4/5: for `a = 3/16` the shrinking makes up for the turning."""
    return [x * fmpq(4, 5) for x in spiral(z, a)]


def roll(z: list[Dual], a: Any) -> list[Dual]:
    """The plane is laid on the sphere so that the Gaussian becomes the area (its height is `1 - 2 e^{-|z|²/2}`), turned
    about a horizontal axis by an angle that depends on the place along that axis and vanishes near the poles, and laid
    back. This preserves the Gaussian and not lengths, and is `C¹`."""
    square = z[0] * z[0] + z[1] * z[1]
    mass = square.apply((-square.value / 2).exp(), -(-square.value / 2).exp() / 2)
    height = Dual(1, [0, 0]) - mass * 2
    flat = (mass * (Dual(1, [0, 0]) - mass)) * 4
    ratio = flat.apply((flat.value).sqrt(), 1 / (2 * flat.value.sqrt())) * root_inverse(square)
    x, y = z[0] * ratio, z[1] * ratio
    room = x * x - Dual(fmpq(1, 4), [0, 0])
    angle = room * room * a if room.value > 0 else x * 0
    y, height = rotate(y, height, angle)
    left = (Dual(1, [0, 0]) - height) * fmpq(1, 2)
    size = left.apply(-2 * left.value.log(), -2 / left.value)
    wide = x * x + y * y
    back = size.apply(size.value.sqrt(), 1 / (2 * size.value.sqrt())) * root_inverse(wide)
    return [x * back, y * back]


def root_inverse(x: Dual) -> Dual:
    return x.apply(1 / x.value.sqrt(), -1 / (2 * x.value * x.value.sqrt()))


MAPS: dict[str, tuple[Map, int]] = {
    "spiral": (spiral, 2),
    "twist": (twist, 3),
    "scale": (scale, 2),
    "shrunk": (shrunk, 2),
    "roll": (roll, 2),
}


def rule(m: int) -> list[tuple[Any, Any]]:
    """Nodes and weights of the Gauss–Hermite rule of order `m`: exact for polynomials of degree below `2 m`."""
    roots: Any = fmpz_poly(list(hermite_explicit(m))).complex_roots()
    nodes = [root.real for root, _ in roots]
    return [(x, arb(factorial(m)) / (m * hermite(m - 1, x)) ** 2) for x in nodes]


def jacobian(kind: str, a: Any, z: Sequence[Any]) -> tuple[list[list[Any]], list[Any]]:
    """The Jacobian matrix and the value of a map at a point."""
    h, n = MAPS[kind]
    out = h([Dual(x, [int(i == j) for j in range(n)]) for i, x in enumerate(z)], a)
    return [d.gradient for d in out], [d.value for d in out]


def determinant(m: Sequence[Sequence[Any]]) -> Any:
    if not m:
        return arb(1)
    return sum(
        ((-1) ** j * m[0][j] * determinant([[*row[:j], *row[j + 1 :]] for row in m[1:]]) for j in range(len(m))),
        arb(0),
    )


def energy(kind: str, a: Any, order: int) -> tuple[Any, bool]:
    """The energy by a Gauss–Hermite rule, and whether the map preserves the Gaussian: at each node, the determinant is
    the quotient of the densities."""
    total, preserves = arb(0), True
    for points in product(rule(order), repeat=MAPS[kind][1]):
        z = [x for x, _ in points]
        gradient, image = jacobian(kind, a, z)
        total += prod((w for _, w in points), start=arb(1)) * sum(g * g for row in gradient for g in row)
        spread = sum((x * x - y * y for x, y in zip(z, image, strict=True)), arb(0))
        preserves = preserves and vanishes(abs(determinant(gradient)) * (spread / 2).exp() - 1)
    return total, preserves


def known_energy(kind: str, a: Any) -> tuple[Any, bool]:
    """The energy by two rules that must agree: the integrand is a polynomial of degree 4 at most."""
    (first, preserves), (second, _) = energy(kind, a, 4), energy(kind, a, 3)
    if not first.overlaps(second):
        raise ArithmeticError("expected two Gauss–Hermite rules to agree")
    return first, preserves


class Spiral(Check):
    """The energy of the spiral, its Jacobian by forward differentiation."""

    statement = "dirichletEnergy_eq_iff"

    def cases(self, rng: Random) -> list[Case]:
        return [{"a": a} for a in ("0", "1/1000", "-1/2", "2", f"{rng.randint(1, 99)}/50")]

    def evidence(self, a: str) -> Evidence:
        return Evidence(known_energy("spiral", rational(a))[0], {"a": rational(a)})

    @staticmethod
    def claim(a: Any) -> Any:
        return 2 + 32 * a**2


class Twist(Spiral):
    """The energy of the twist."""

    def evidence(self, a: str) -> Evidence:
        return Evidence(known_energy("twist", rational(a))[0], {"a": rational(a)})

    @staticmethod
    def claim(a: Any) -> Any:
        return 3 + 2 * a**2


class Bound(Check):
    """The energy is at least `n` for maps that preserve the Gaussian; not for one that shrinks."""

    statement = "dirichletEnergy_eq_iff"
    relation: ClassVar[Relation] = ">="

    def cases(self, rng: Random) -> list[Case]:
        turns = ("0", "1/1000", f"{rng.randint(1, 99)}/50")
        return [{"kind": k, "a": a} for k in ("spiral", "twist") for a in turns] + [{"kind": "scale", "a": "2"}]

    def outside(self, rng: Random) -> list[Case]:
        return [{"kind": "scale", "a": a} for a in ("1/2", "1/1000")]

    def evidence(self, kind: str, a: str) -> Evidence:
        left, preserves = known_energy(kind, rational(a))
        facts = {"preserves": preserves, "turn": rational(a) if kind != "scale" else fmpq(0)}
        return Evidence(left, {"n": MAPS[kind][1]}, facts, 0 if preserves and facts["turn"] == 0 else None)

    @staticmethod
    def hypothesis(preserves: bool, turn: Any) -> bool:
        return preserves

    @staticmethod
    def claim(n: Any) -> Any:
        return n


class Equality(Bound):
    """The energy is `n` exactly for those that are orthogonal. A map with the right energy that does not preserve the
    Gaussian: the spiral, shrunk."""

    relation = "iff"

    def outside(self, rng: Random) -> list[Case]:
        return [{"kind": "shrunk", "a": "3/16"}]

    @staticmethod
    def condition(preserves: bool, turn: Any) -> bool:
        return bool(turn == 0)


def entries(rng: Random, n: int) -> list[list[str]]:
    return [[f"{rng.randint(-20, 20)}/7" for _ in range(n)] for _ in range(n)]


class MeanInequality(Check):
    """`n |det J|^{2/n} ≤ ‖J‖_F²`, with equality for multiples of orthogonal matrices."""

    statement = "dirichletEnergy_eq_iff"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sharp = [[["-3"]], [["3", "-4"], ["4", "3"]], [["1", "2", "2"], ["2", "1", "-2"], ["2", "-2", "1"]]]
        singular = [["1", "2"], ["2", "4"]]
        drawn = [entries(rng, n) for n in (2, 2, 3, 3, 4)]
        return [{"J": j, "sharp": True} for j in sharp] + [{"J": j} for j in (singular, *drawn)]

    def evidence(self, J: list[list[str]], sharp: bool = False) -> Evidence:
        m = [[rational(x) for x in row] for row in J]
        d, n = arb(abs(fmpq_mat(m).det())), len(m)
        left = n * (arb(fmpq(2, n)) * d.log()).exp() if d > 0 else arb(0)
        return Evidence(left, {"J": m}, sharp=0 if sharp else None)

    @staticmethod
    def claim(J: Any) -> Any:
        return sum(x**2 for row in J for x in row)


class Jensen(Check):
    """`exp` of a mean is at most the mean of `exp`, with equality for constants; not for weights that are no mean."""

    statement = "dirichletEnergy_eq_iff"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sharp: list[Case] = [{"w": ["1/3", "2/3"], "x": [c, c]} for c in ("0", "-2", "5/2")]
        sharp += [{"w": ["1"], "x": ["3/7"]}, {"w": ["1", "0"], "x": ["1/2", "9"]}]
        drawn: list[Case] = []
        for _ in range(5):
            parts = [rng.randint(1, 9) for _ in range(rng.randint(2, 5))]
            w = [f"{p}/{sum(parts)}" for p in parts]
            drawn.append({"w": w, "x": [f"{10 * i + rng.randint(-3, 3)}/10" for i in range(len(w))]})
        return [{**c, "sharp": True} for c in sharp] + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [{"w": ["1/2"], "x": ["0"]}, {"w": ["2", "-1"], "x": ["0", "1"]}, {"w": [], "x": []}]

    def evidence(self, w: list[str], x: list[str], sharp: bool = False) -> Evidence:
        weights, values = [rational(p) for p in w], [rational(v) for v in x]
        mean = sum((p * v for p, v in zip(weights, values, strict=True)), fmpq(0))
        facts = {"least": min(weights, default=fmpq(0)), "total": sum(weights, fmpq(0))}
        return Evidence(
            arb(mean).exp(), {"weighted": list(zip(weights, values, strict=True))}, facts, 0 if sharp else None
        )

    @staticmethod
    def hypothesis(least: Any, total: Any) -> bool:
        return bool(least >= 0 and total == 1)

    @staticmethod
    def claim(weighted: Any) -> Any:
        return sum(p * exp(x) for p, x in weighted)


class Midpoint(Check):
    """Mazur–Ulam's conclusion: a map that preserves distances takes midpoints to midpoints; the spiral does neither."""

    statement = "dirichletEnergy_eq_iff"

    def cases(self, rng: Random) -> list[Case]:
        def point() -> list[str]:
            return [f"{rng.randint(-30, 30)}/10" for _ in range(3)]

        return [
            {"kind": k, "a": "0", "x": point()[:n], "y": point()[:n]}
            for k, n in (("spiral", 2), ("twist", 3), ("scale", 2))
        ] + [{"kind": "scale", "a": "2", "x": point()[:2], "y": point()[:2]}]

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"kind": k, "a": "1/2", "x": ["1", "2", "0"][:n], "y": ["-2", "1", "3"][:n]}
            for k, n in (("spiral", 2), ("twist", 3))
        ]

    def evidence(self, kind: str, a: str, x: list[str], y: list[str]) -> Evidence:
        p, q = [rational(v) for v in x], [rational(v) for v in y]
        middle = [(u + v) / 2 for u, v in zip(p, q, strict=True)]
        images = [jacobian(kind, rational(a), z)[1] for z in (p, q, middle)]

        def apart(u: Sequence[Any], v: Sequence[Any]) -> Any:
            return sum(((s - t) * (s - t) for s, t in zip(u, v, strict=True)), arb(0))

        isometry = all(
            vanishes(apart(images[i], images[j]) - apart((p, q, middle)[i], (p, q, middle)[j]))
            for i, j in ((0, 1), (0, 2), (1, 2))
        )
        halfway = [(u + v) / 2 for u, v in zip(images[0], images[1], strict=True)]
        return Evidence(apart(images[2], halfway), {}, {"isometry": isometry})

    @staticmethod
    def hypothesis(isometry: bool) -> bool:
        return isometry

    @staticmethod
    def claim() -> Any:
        return 0


class Determinant(Check):
    """The determinant of the Jacobian at points, by forward differentiation, against the quotient of densities. The
    spiral and the twist keep lengths; the roll does not."""

    statement = "ae_abs_det_fderiv_eq_exp"

    def cases(self, rng: Random) -> list[Case]:
        def point() -> list[str]:
            return [f"{rng.choice((-1, 1)) * rng.randint(1, 20)}/10" for _ in range(3)]

        kinds = [("spiral", 2, "1/2"), ("twist", 3, "-3"), ("roll", 2, "2"), ("roll", 2, "5"), ("roll", 2, "-7")]
        fixed: list[Case] = [
            {"kind": "roll", "a": "4", "z": ["3/2", "-1/2"]},
            {"kind": "roll", "a": "4", "z": ["1", "1"]},
        ]
        return fixed + [{"kind": k, "a": a, "z": point()[:n]} for k, n, a in kinds]

    def outside(self, rng: Random) -> list[Case]:
        return [{"kind": k, "a": a, "z": ["1", "1/2"]} for k, a in (("scale", "1/2"), ("shrunk", "3/16"))]

    def evidence(self, kind: str, a: str, z: list[str]) -> Evidence:
        at = [rational(x) for x in z]
        gradient, image = jacobian(kind, rational(a), at)
        return Evidence(abs(determinant(gradient)), {"z": at, "image": image}, {"kind": kind})

    @staticmethod
    def hypothesis(kind: str) -> bool:
        return kind in ("spiral", "twist", "roll")

    @staticmethod
    def claim(z: Any, image: Any) -> Any:
        return exp((sum(y**2 for y in image) - sum(x**2 for x in z)) / 2)


class MeanLog(Check):
    """The mean of `log |det ∂h|`, constant for these maps, by a Gauss–Hermite rule; not 0 for maps that shrink."""

    statement = "integral_log_abs_det_fderiv"

    def cases(self, rng: Random) -> list[Case]:
        return [{"kind": k, "a": a, "n": n} for k, a, n in (("spiral", "1", 2), ("twist", "2", 3), ("scale", "2", 2))]

    def outside(self, rng: Random) -> list[Case]:
        return [{"kind": "scale", "a": "1/2", "n": 2}, {"kind": "shrunk", "a": "3/16", "n": 2}]

    def evidence(self, kind: str, a: str, n: int) -> Evidence:
        total, preserves = arb(0), known_energy(kind, rational(a))[1]
        for points in product(rule(4), repeat=n):
            weight = prod((w for _, w in points), start=arb(1))
            total += weight * abs(determinant(jacobian(kind, rational(a), [x for x, _ in points])[0])).log()
        return Evidence(total, {}, {"preserves": preserves})

    @staticmethod
    def hypothesis(preserves: bool) -> bool:
        return preserves

    @staticmethod
    def claim() -> Any:
        return 0

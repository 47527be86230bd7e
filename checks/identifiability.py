"""Linear identifiability: latents seen through a mixing with a measurable left inverse, encoders of what is seen, and
their competitors."""

from functools import cache
from random import Random
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import rotation
from lejepa.exact.hermite import Polynomial, multi_indices, rational
from lejepa.exact.polynomials import compose, value_at
from lejepa.exact.preserving import Flip, Fold, Linear, Preserving, Scaled, Spiral, Twist
from lejepa.exact.worlds import Span, World, gaussian, independent, nodes, ornstein_uhlenbeck

Encoder = list[dict[tuple[int, ...], Any]]

# A mixing `g` of the latents, and polynomials `g'` of its outputs that undo it; none where nothing does.
MIXINGS: dict[str, tuple[int, Encoder, Encoder]] = {
    "cubes": (1, [{(3,): 1}, {(1,): 1, (3,): 1}], [{(1, 0): -1, (0, 1): 1}]),
    "shear": (2, [{(1, 0): 1}, {(0, 1): 1, (3, 0): 1}], [{(1, 0): 1}, {(0, 1): 1, (3, 0): -1}]),
    "Hénon": (2, [{(0, 1): 1}, {(1, 0): 1, (0, 2): 2}], [{(0, 1): 1, (2, 0): -2}, {(1, 0): 1}]),
    "lift": (
        2,
        [{(1, 0): 1, (0, 2): -1}, {(0, 1): 3}, {(1, 1): 1}],
        [{(1, 0, 0): 1, (0, 2, 0): fmpq(1, 9)}, {(0, 1, 0): fmpq(1, 3)}],
    ),
    "chain": (
        3,
        [{(1, 0, 0): 1}, {(0, 1, 0): 1, (2, 0, 0): 1}, {(0, 0, 1): 1, (1, 1, 0): 1}],
        [{(1, 0, 0): 1}, {(0, 1, 0): 1, (2, 0, 0): -1}, {(0, 0, 1): 1, (1, 1, 0): -1, (3, 0, 0): 1}],
    ),
    "square": (1, [{(2,): 1}], []),
    "folded": (2, [{(2, 0): 1}, {(0, 1): 1}], []),
}


def undoes(n: int, g: Encoder, back: Encoder) -> bool:
    """Whether `g' ∘ g` is the identity, as polynomials."""
    units = [{tuple(int(i == j) for i in range(n)): fmpq(1)} for j in range(n)]
    return [compose(f, g, n) for f in back] == units


@cache
def map_of(kind: str, n: int, size: str, square: str, bits: int) -> Preserving:
    """A map times the root of `square`, with what is kept of it at the precision `bits`, which the caller has set."""
    x = rational(size)
    maps = {"spiral": lambda: Spiral(x), "twist": lambda: Twist(x), "flip": Flip, "fold": lambda: Fold(x)}
    h = Linear(rotation(n).tolist()) if kind == "rotation" else maps[kind]()
    return h if square == "1" else Scaled(h, rational(square))


# Maps that an encoder of as many latents must not be beaten by: of one kind that is orthogonal, and of others.
RIVALS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("rotation", "0"), ("fold", "1")),
    2: (("rotation", "0"), ("spiral", "1/4"), ("flip", "0")),
    3: (("rotation", "0"), ("twist", "1/1000")),
}


@cache
def rival(kind: str, n: int, size: str, rho: str, bits: int) -> Any:
    """The alignment of a map whose output is Gaussian."""
    h = map_of(kind, n, size, "1", bits)
    if not h.is_gaussian:
        raise ArithmeticError("expected rivals whose output is Gaussian")
    return arb(h.alignment(rational(rho)))


class Least(Check):
    """The alignment of `f ∘ g`, for encoders `f = k ∘ g'` of what a mixing `g` shows, with `g' ∘ g = 1` seen of their
    polynomials and `k` a map that preserves the Gaussian: by quadrature. To it is added by how much the best of a few
    other such maps aligns better, nothing where `f` is the least of them. Whether it is an orthogonal map is read from
    its linear part, whether its output is Gaussian from its moments up to order 4.

    Outside the hypothesis, correlation 0 or 1; one below 0, where orthogonal maps align as claimed and are beaten; and
    a spiral that is shrunk (`square` is the factor squared) until it aligns like the identity."""

    statement = "linear_identifiability"
    relation = "iff"
    tried = (
        "Encoders k ∘ g' with k a rotation, spiral, twist, flip or fold, each compared with up to three others; "
        "mixings g of 1 to 3 latents, polynomials."
    )

    def cases(self, rng: Random) -> list[Case]:
        turn = f"{rng.randint(1, 99)}/200"
        kinds = [("rotation", g, "0") for g in ("cubes", "shear", "Hénon", "lift", "chain")]
        kinds += [("spiral", g, a) for g, a in (("shear", "0"), ("lift", "1/1000"), ("Hénon", "1/4"), ("shear", turn))]
        kinds += [("twist", "chain", a) for a in ("0", "1/1000", turn)]
        kinds += [("flip", "lift", "0"), ("fold", "cubes", "0"), ("fold", "cubes", "1/100"), ("fold", "cubes", "1")]
        return [{"map": k, "mixing": g, "size": a, "rho": r} for k, g, a in kinds for r in ("1/100", "1/2", "4/5")]

    def outside(self, rng: Random) -> list[Case]:
        maps = (("spiral", "shear"), ("twist", "chain"), ("flip", "lift"), ("fold", "cubes"))
        level = [{"map": k, "mixing": g, "size": "1/4", "rho": r} for k, g in maps for r in ("0", "1")]
        # the spiral of a = 1/2 correlates by 2 ρ / (2 - ρ²)², so that with this factor it aligns by 2
        shrunk = 1 / (2 - 1 / (2 - rational("1/4")) ** 2)
        level += [{"map": "spiral", "mixing": "shear", "size": "1/2", "rho": "1/2", "square": str(shrunk)}]
        turned = [{"map": "rotation", "mixing": g, "size": "0"} for g in ("cubes", "lift", "chain")]
        return [*level, *({**h, "rho": r} for h in turned for r in ("-1/1000", "-1/100", "-1/2"))]

    def evidence(self, map: str, mixing: str, size: str, rho: str, square: str = "1") -> Evidence:
        n, g, back = MIXINGS[mixing]
        h = map_of(map, n, size, square, ctx.prec)
        if h.n != n or not undoes(n, g, back):
            raise ArithmeticError("expected polynomials that undo the mixing: f must be an encoder of what it shows")
        facts = {"rho": rational(rho), "gaussian": h.is_gaussian, "orthogonal": h.is_orthogonal}
        aligned = arb(h.alignment(rational(rho)))
        beaten = arb(0)
        for kind, x in RIVALS[n]:
            beaten = beaten.max(aligned - rival(kind, n, x, rho, ctx.prec))
        return Evidence(aligned + beaten, {"rho": rational(rho), "n": h.n}, facts)

    @staticmethod
    def hypothesis(rho: Any, gaussian: bool, orthogonal: bool) -> bool:
        return 0 < rho < 1 and gaussian

    @staticmethod
    def condition(rho: Any, gaussian: bool, orthogonal: bool) -> bool:
        return orthogonal

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n


def seen(world: World, g: Encoder, degree: int) -> tuple[list[Polynomial], Span]:
    """The polynomials up to a degree in what a mixing shows, as polynomials of the latents of mean 0, those only that
    others do not span; and their span in a world."""
    functions: list[dict[tuple[int, ...], Any]] = []
    for a in multi_indices(len(g), degree)[1:]:
        f = compose({a: fmpq(1)}, g, world.n)
        f[(0,) * world.n] = f.get((0,) * world.n, fmpq(0)) - sum((c * world.latent(e) for e, c in f.items()), fmpq(0))
        if rank([*functions, f]) > len(functions):
            functions.append(f)
    return list(functions), world.span(functions)


def rank(functions: list[dict[tuple[int, ...], Any]]) -> int:
    monomials = sorted({e for f in functions for e in f})
    return int(fmpq_mat([[fmpq(f.get(e, 0)) for e in monomials] for f in functions]).rank())


def world_of(law: str, n: int, rho: Any) -> World:
    if law == "gaussian":
        return ornstein_uhlenbeck(n, rho)
    lines = [gaussian] * (n - 1) + [nodes(2)] if law == "uniform, at ρ = 1/2" else [nodes(3)] * n
    return World.driven(independent(*lines), [rho] * n)


BELOW = ("-1/1000", "-1/100", "-1/2")  # values of ρ


class Competitors(Check):
    """The least alignment of a white encoder that is a polynomial of what a mixing shows, a sum of eigenvalues of
    matrices of exact moments. The span grows by degrees, until it holds the latents, and on. Outside the hypothesis it
    holds them not, be it too small or the mixing not injective; or latents are not Gaussian, or ρ is below 0, by little
    or much."""

    statement = "linear_identifiability"
    tried = (
        "All white encoders that are polynomials of the observations, up to degrees 1 to 4; the best one is computed."
    )

    def cases(self, rng: Random) -> list[Case]:
        shapes = [("cubes", 1), ("cubes", 3), ("shear", 3), ("Hénon", 2), ("Hénon", 4), ("lift", 2), ("chain", 3)]
        rhos = ("0", "1/100", "1/2", f"{rng.randint(51, 99)}/100", "1")
        return [{"law": "gaussian", "mixing": g, "degree": k, "rho": r} for g, k in shapes for r in rhos]

    def outside(self, rng: Random) -> list[Case]:
        cases = [("gaussian", g, k, "1/2") for g, k in (("shear", 2), ("Hénon", 1), ("chain", 2), ("square", 4))]
        cases += [("gaussian", "folded", 3, "4/5"), *(("gaussian", "Hénon", 2, r) for r in BELOW)]
        cases += [("uniform, at ρ = 1/2", "lift", 3, "1/2"), ("three points' noise", "cubes", 2, "1/3")]
        return [{"law": law, "mixing": g, "degree": k, "rho": r} for law, g, k, r in cases]

    def evidence(self, law: str, mixing: str, degree: int, rho: str) -> Evidence:
        (n, g, _), r = MIXINGS[mixing], rational(rho)
        world = world_of(law, n, r)
        functions, span = seen(world, g, degree)
        return Evidence(span.least(n), {"rho": r, "n": n}, self.facts(world, functions))

    def facts(self, world: World, functions: list[Any]) -> dict[str, Any]:
        latents: list[Any] = [{u: fmpq(1)} for u in world.units]
        held = all(rank([*functions, z]) == len(functions) for z in latents)
        gaussian_ = world.is_gaussian(6) and world.is_stationary(6)
        return {"rho": world.rhos[0], "held": held, "gaussian": gaussian_}

    @staticmethod
    def hypothesis(rho: Any, held: bool, gaussian: bool) -> bool:
        return rho >= 0 and held and gaussian

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n


class Recovered(Competitors):
    """The inner product of the outputs `f(g(z))` and `f(g(w))` of that best encoder at two points, exact: that of the
    latents, as an orthogonal map keeps it. Which orthogonal map it is does not matter."""

    tried = Competitors.tried

    def cases(self, rng: Random) -> list[Case]:
        def point(n: int) -> list[str]:
            return [f"{rng.choice((-1, 1)) * rng.randint(1, 30)}/10" for _ in range(n)]

        return [
            {**case, "z": point(MIXINGS[case["mixing"]][0]), "w": point(MIXINGS[case["mixing"]][0])}
            for case in super().cases(rng)
            if case["rho"] not in "01"
        ]

    def outside(self, rng: Random) -> list[Case]:
        points = ((["7/10"], ["-9/5"]), (["3/2", "-1"], ["1/3", "2"]), (["3/2", "-1", "1/2"], ["1/3", "2", "-1/5"]))
        level = [{"law": "gaussian", "mixing": "Hénon", "degree": 2, "rho": r} for r in "01"]
        return [
            {**case, "z": points[n - 1][0], "w": points[n - 1][1]}
            for case in (*super().outside(rng), *level)
            for n in (MIXINGS[case["mixing"]][0],)
        ]

    def evidence(self, law: str, mixing: str, degree: int, rho: str, z: list[str], w: list[str]) -> Evidence:  # type: ignore[override]
        (n, g, _), r = MIXINGS[mixing], rational(rho)
        world = world_of(law, n, r)
        functions, span = seen(world, g, degree)
        rows = span.best(n)
        first, second = ([rational(x) for x in point] for point in (z, w))
        values = [rows * fmpq_mat([[value_at(f, p)] for f in functions]) for p in (first, second)]
        gram = rows * span.still * rows.transpose()
        left = (values[0].transpose() * gram.solve(values[1]))[0, 0]
        return Evidence(left, {"z": first, "w": second}, self.facts(world, functions))

    @staticmethod
    def hypothesis(rho: Any, held: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and held and gaussian

    @staticmethod
    def claim(z: Any, w: Any) -> Any:  # type: ignore[override]
        return sum(x * y for x, y in zip(z, w, strict=True))

"""Encoders with predictors and actions, in `z' = M z + B a + η`: where the best pair is the world, and how nearly."""

from functools import cache
from random import Random
from typing import Any

from flint import ctx
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import rotation
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.linear import LinearWorld, identity, trace
from lejepa.exact.pairs import Pair
from lejepa.exact.polynomials import random_rows, text_of
from lejepa.exact.preserving import Flip, Fold, Linear, Preserving, Scaled, Spiral, Twist

# `M`, `B` and an `s` with which `s² x·x < x·G x ≤ s x·x`: without actions, with them; `M` normal and not, a rotation by
# a right angle, of which `M + Mᵀ` shows nothing; one latent that only the actions move; correlations below 0
WORLDS: tuple[tuple[list[list[str]], list[list[str]], str], ...] = (
    ([["1/2"]], [], "1/4"),
    ([["-9/10"]], [], "81/100"),
    ([["1/2"]], [["1/2"]], "1/2"),
    ([["0", "-4/5"], ["4/5", "0"]], [], "16/25"),
    ([["1/2", "0"], ["0", "-3/5"]], [], "9/25"),
    ([["3/5", "1/5"], ["0", "1/2"]], [["1/5", "0"], ["0", "2/5"]], "27/50"),
    ([["4/5", "0"], ["0", "0"]], [["0"], ["4/5"]], "16/25"),
    ([["3/5", "1/10", "0"], ["0", "1/2", "1/10"], ["-1/10", "0", "1/2"]], [["0"], ["3/10"], ["-1/5"]], "109/250"),
    (
        [["1/2", "0", "0", "0"], ["0", "0", "1/2", "0"], ["0", "-1/2", "0", "0"], ["0", "0", "0", "3/5"]],
        [["1/5", "0"], ["0", "1/5"], ["0", "0"], ["0", "0"]],
        "2/5",
    ),
)
# `λ_min(G) = λ_max(G)²`, a latent that nothing explains, and one that the state alone explains
EDGES: tuple[tuple[list[list[str]], list[list[str]], str], ...] = (
    ([["1/2", "0"], ["0", "1/4"]], [], "1/4"),
    ([["1/2", "0"], ["0", "0"]], [["0"], ["1/4"]], "1/4"),
    ([["0"]], [], "0"),
)


# too little noise for the latents' law to stay
QUIET: Case = {"memory": [["1/2"]], "action": [], "s": "1/4", "noise": [["1/2"]], "rows": [[1]], "indices": ["1"]}


def units(n: int) -> list[str]:
    return [text_of(a) for a in multi_indices(n, 1)[1:]]


def turned(rng: Random, n: int, m: int | None = None) -> Case:
    """A white linear encoder."""
    return {"rows": random_rows(rng, m or n, n), "indices": units(n)}


def curved(rng: Random, n: int, m: int, degree: int) -> Case:
    """A white encoder with terms of each degree up to the last."""
    high = [text_of(rng.choice([a for a in multi_indices(n, degree) if sum(a) == k])) for k in range(2, degree + 1)]
    more = [text_of(a) for a in multi_indices(n, 2) if sum(a) == 2 and text_of(a) not in high]
    indices = units(n) + high + more[: max(0, m - n - len(high))]
    rows = random_rows(rng, m, len(indices))
    rows[0][-1] = 7
    return {"rows": rows, "indices": indices}


def facts_of(pair: Pair, s: Any, strictly: bool = True) -> dict[str, Any]:
    return {
        "stationary": pair.world.is_stationary,
        "norm": pair.world.explains_at_most(s),
        "gap": pair.world.explains_at_least(s * s, strictly),
        "white": pair.is_white,
    }


class Bound(Check):
    """The loss of white polynomial encoders and polynomial predictors by moments of state, action and successor.

    Lean asks for a strict gap; the bound holds without it being strict."""

    statement = "jepa_identifiability"
    relation = ">="
    tried = "White encoders up to degree 3 with their best predictors, and worse ones, in worlds of 1 to 4 latents."

    def cases(self, rng: Random) -> list[Case]:
        linear = [
            {"memory": m, "action": b, "s": s, "sharp": True, **turned(rng, len(m))} for m, b, s in WORLDS + EDGES
        ]
        degrees = {1: (2, 4), 2: (2, 3), 3: (2,), 4: (2,)}
        bent = [
            {"memory": m, "action": b, "s": s, **curved(rng, len(m), len(m), k)}
            for m, b, s in WORLDS
            for k in degrees[len(m)]
        ]
        off = [{"memory": m, "action": b, "s": s, "off": "1/10", **turned(rng, len(m))} for m, b, s in WORLDS[:6]]
        tie: Case = {"memory": EDGES[0][0], "action": [], "s": "1/4", "sharp": True, "rows": [[1, 0], [0, 1]]}
        nothing: Case = {"memory": [], "action": [], "s": "1/2", "expansions": []}
        return [*linear, *bent, *off, {**tie, "indices": ["1 0", "2 0"]}, nothing]

    def outside(self, rng: Random) -> list[Case]:
        beaten: Case = {"memory": [["9/10", "0"], ["0", "1/2"]], "action": [], "rows": [[1, 0], [0, 1]]}
        late: Case = {"memory": [["9/10", "0"], ["0", "0"]], "action": [["0"], ["1/2"]], "rows": [[1, 0], [0, 1]]}
        square = {"indices": ["1 0", "2 0"]}
        small: Case = {"memory": [["1/2"]], "action": [], "s": "1/4", "expansions": [{"1": "1/2"}]}
        shifted: Case = {"memory": [["1/2"]], "action": [], "s": "1/4", "expansions": [{"0": "3/5", "1": "4/5"}]}
        pairs = [{**c, **square, "s": s} for c in (beaten, late) for s in ("81/100", "1/2")]
        return [*pairs, small, shifted, QUIET]

    def evidence(
        self,
        memory: list[list[str]],
        action: list[list[str]],
        s: str,
        off: str = "0",
        noise: list[list[str]] | None = None,
        sharp: bool = False,
        **spec: Any,
    ) -> Evidence:
        pair = Pair(memory, action, spec, off, noise)
        terms = {"n": pair.world.n, "explained": trace(pair.world.explained)}
        return Evidence(pair.loss, terms, facts_of(pair, rational(s), strictly=False), 0 if sharp else None)

    @staticmethod
    def hypothesis(stationary: bool, norm: bool, gap: bool, white: bool) -> bool:
        return stationary and norm and gap and white

    @staticmethod
    def claim(n: Any, explained: Any) -> Any:
        return n - explained


class Optimal(Check):
    """Equality for an orthogonal map with the world's dynamics seen through it, and for no other pair. Whether a pair
    is one is seen of moments: the encoder's linear part has orthonormal rows and nothing beside it, and the predictions
    are at distance 0 from `Q (M z + B a)`."""

    statement = "jepa_identifiability"
    relation = "iff"
    tried = Bound.tried

    def cases(self, rng: Random) -> list[Case]:
        degrees = {1: (2, 3), 2: (2, 3), 3: (2,), 4: (2,)}
        linear = [
            {"memory": m, "action": b, "s": s, "off": off, **turned(rng, len(m))}
            for m, b, s in WORLDS
            for off in ("0", "1/1000")
        ]
        bent = [
            {"memory": m, "action": b, "s": s, **curved(rng, len(m), len(m), k)}
            for m, b, s in WORLDS
            for k in degrees[len(m)]
        ]
        return [*linear, *bent, {"memory": [], "action": [], "s": "1/2", "expansions": []}]

    def outside(self, rng: Random) -> list[Case]:
        tie: Case = {"memory": EDGES[0][0], "action": [], "s": "1/4", "rows": [[1, 0], [0, 1]]}
        acted: Case = {"memory": EDGES[1][0], "action": EDGES[1][1], "s": "1/4", "rows": [[1, 0], [0, 1]]}
        nothing: Case = {"memory": [["0"]], "action": [], "s": "0", "rows": [[1]], "indices": ["3"]}
        # of the size at which its square is predicted as well as the latent
        small: Case = {"memory": [["1/4"]], "action": [["1/4"]], "s": "1/8", "expansions": [{"2": "2/3"}]}
        ties = [{**c, "s": s, "indices": ["1 0", "2 0"]} for c in (tie, acted) for s in ("1/4", "1/8")]
        return [*ties, nothing, small, QUIET]

    def evidence(
        self,
        memory: list[list[str]],
        action: list[list[str]],
        s: str,
        off: str = "0",
        noise: list[list[str]] | None = None,
        **spec: Any,
    ) -> Evidence:
        pair = Pair(memory, action, spec, off, noise)
        terms = {"n": pair.world.n, "explained": trace(pair.world.explained)}
        return Evidence(pair.loss, terms, {**facts_of(pair, rational(s)), "world": pair.is_world})

    @staticmethod
    def hypothesis(stationary: bool, norm: bool, gap: bool, white: bool, world: bool) -> bool:
        return stationary and norm and gap and white

    @staticmethod
    def condition(stationary: bool, norm: bool, gap: bool, white: bool, world: bool) -> bool:
        return world

    claim = Bound.claim


def alike(world: LinearWorld, g: Any) -> bool:
    """Whether what is explained of every direction is `g`: then siblings are an Ornstein–Uhlenbeck pair."""
    return world.explained == g * identity(world.n)


@cache
def map_of(kind: str, n: int, size: str, bits: int) -> Preserving:
    x = rational(size)
    maps = {"spiral": lambda: Spiral(x), "twist": lambda: Twist(x), "flip": Flip, "fold": lambda: Fold(x)}
    return Linear(rotation(n).tolist()) if kind == "rotation" else maps[kind]()


class Gaussian(Check):
    """Encoders with Gaussian output that need not be linear, and their best predictors, where memory and actions
    explain as much of every direction: the siblings `z'`, `z''` are then an Ornstein–Uhlenbeck pair of that
    correlation, and the best predictor loses `n - 𝔼 ⟨h(z'), h(z'')⟩`, by quadrature. A mixing with a measurable left
    inverse makes no difference to what `e ∘ g` is. Whether the output is Gaussian is seen of its moments up to order
    4."""

    statement = "jepa_learns_world_model"
    relation = "iff"
    tried = "Rotations, spirals, twists, flips and folds of one to three latents, in worlds that explain all alike."
    ALIKE: tuple[tuple[list[list[str]], list[list[str]]], ...] = (
        ([["3/5"]], [["1/5"]]),
        ([["-1/2"]], []),
        ([["3/10", "-2/5"], ["2/5", "3/10"]], []),
        ([["1/2", "0"], ["0", "0"]], [["0"], ["1/2"]]),
        ([["0", "1/2", "0"], ["0", "0", "1/2"], ["1/2", "0", "0"]], []),
    )

    def cases(self, rng: Random) -> list[Case]:
        kinds = {
            1: (("rotation", "0"), ("fold", "0"), ("fold", "1/100"), ("fold", "1")),
            2: (("rotation", "0"), ("spiral", "0"), ("spiral", "1/1000"), ("spiral", "1/4"), ("flip", "0")),
            3: (("rotation", "0"), ("twist", "0"), ("twist", "1/1000")),
        }
        return [{"memory": m, "action": b, "map": k, "size": x} for m, b in self.ALIKE for k, x in kinds[len(m)]]

    def outside(self, rng: Random) -> list[Case]:
        half = [["1/2", "0"], ["0", "1/2"]]
        # the spiral of a = 1/2 keeps 2 g / (2 - g²)² of two outputs, so that with this factor its loss is the least, 1
        shrunk = 1 / (2 - 1 / (2 - rational("1/4")) ** 2)
        return [
            {"memory": [["0"]], "action": [], "map": "fold", "size": "1"},
            {"memory": [["0", "0"], ["0", "0"]], "action": [], "map": "spiral", "size": "1/4"},
            {"memory": [["1"]], "action": [], "map": "fold", "size": "1"},
            {"memory": half, "action": half, "map": "spiral", "size": "1/2", "square": str(shrunk)},
        ]

    def evidence(
        self, memory: list[list[str]], action: list[list[str]], map: str, size: str, square: str = "1"
    ) -> Evidence:
        world = LinearWorld.of(memory, action)
        g = world.explained[0, 0]
        if not (world.is_stationary and alike(world, g)):
            raise ValueError("expected a stationary world that explains every direction alike")
        h = map_of(map, world.n, size, ctx.prec)
        if square != "1":
            h = Scaled(h, rational(square))
        facts = {
            "gap": world.explains_at_most(g) and world.explains_at_least(g * g, strictly=True),
            "gaussian": h.is_gaussian,
            "orthogonal": h.is_orthogonal,
        }
        # `2 n - 2 𝔼 ⟨h(z'), h(z'')⟩` is the alignment of siblings
        return Evidence(h.alignment(g) / 2, {"n": world.n, "explained": trace(world.explained)}, facts)

    @staticmethod
    def hypothesis(gap: bool, gaussian: bool, orthogonal: bool) -> bool:
        return gap and gaussian

    @staticmethod
    def condition(gap: bool, gaussian: bool, orthogonal: bool) -> bool:
        return orthogonal

    claim = Bound.claim

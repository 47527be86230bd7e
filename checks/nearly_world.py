"""World models that are nearly optimal: how far encoder, predictor and readout can be from the world."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.linear import identity, trace
from lejepa.exact.pairs import Pair
from lejepa.exact.polynomials import random_rows, text_of

# `M`, `B`, and an `s` and a `κ` with which `(s² + κ) x·x ≤ x·G x ≤ s x·x`
WORLDS: tuple[tuple[list[list[str]], list[list[str]], str, str], ...] = (
    ([["1/2"]], [], "1/4", "3/16"),
    ([["-9/10"]], [], "81/100", "1539/10000"),
    ([["1/2"]], [["1/2"]], "1/2", "1/4"),
    ([["0", "-4/5"], ["4/5", "0"]], [], "16/25", "144/625"),
    ([["4/5", "0"], ["0", "0"]], [["0"], ["4/5"]], "16/25", "144/625"),
    ([["3/5", "0"], ["0", "1/2"]], [["1/5", "0"], ["0", "2/5"]], "41/100", "1/5"),
    ([["1/2", "0", "0"], ["0", "0", "1/2"], ["0", "-1/2", "0"]], [], "1/4", "3/16"),
)
# Legs of right triangles: an output `a zᵢ + b q` with `q` of degree two or more has second moment 1.
TRIANGLES = (("1", "0"), ("999999/1000001", "2000/1000001"), ("99/101", "20/101"), ("12/13", "5/13"), ("3/5", "4/5"))
LARGE = (("7/25", "24/25"), ("20/101", "99/101"))
WHOLE = ("0", "1")


def bent(n: int, triangle: tuple[str, str], degree: int = 2) -> Case:
    """`hᵢ = a zᵢ + b H` for indices `H` of one degree, one an output: white, and nearest to the identity of all
    orthogonal maps, since its linear part is a positive multiple of it."""
    indices = [text_of(tuple(int(i == j) for j in range(n))) for i in range(n)]
    if n == 3:  # products of two latents have norm 1, so that all is rational
        pairs = [text_of(tuple(int(i != j) for j in range(n))) for i in range(n)]
        return {"expansions": [dict(zip((u, v), triangle, strict=True)) for u, v in zip(indices, pairs, strict=True)]}
    high = [a for a in multi_indices(n, degree) if sum(a) == degree][:n]
    a, b = triangle
    rows = [[a if j == i else b if j == n + i else "0" for j in range(2 * n)] for i in range(n)]
    return {"rows": rows, "indices": indices + [text_of(x) for x in high]}


# Not white, of the size at which a square is predicted as well as the latent.
SMALL: Case = {"memory": [["1/4"]], "action": [["1/4"]], "s": "1/8", "kappa": "7/64", "expansions": [{"2": "2/3"}]}


# Outside for every bound: no κ, one below 0, and too little noise for the latents' law to stay.
SQUARE: Case = {"memory": [["1/2"]], "action": [], "s": "1/4", "rows": [["0", "1"]], "indices": ["1", "2"]}
BEYOND: tuple[Case, ...] = (
    SMALL,
    {**SQUARE, "kappa": "0"},
    {**SQUARE, "kappa": "-1/4"},
    {**SQUARE, "kappa": "3/16", "noise": [["2/3"]]},
)


class Encoder(Check):
    """How far white encoders are from the nearest orthogonal map, by the polar factor, where `E` is by how much their
    loss exceeds the least, by moments. With one latent, a share `b² = D` of the second degree is at distance
    `2 - 2 √(1 - D)`: that is `D + D²/4` for little `D`, so within a share `D` of `D + D²`, and reaches it where `D = 1`
    and nothing linear is left."""

    statement = "approx_jepa_identifiability"
    relation = "<="
    tried = (
        "Encoders with shares of degrees 2 to 4, from little to all, and predictors off their best ones, in worlds of "
        "1 to 3 latents."
    )

    def cases(self, rng: Random) -> list[Case]:
        sharp = [
            {"memory": m, "action": b, "s": s, "kappa": k, "near": near, **bent(len(m), t)}
            for m, b, s, k in WORLDS
            if len(m) == 1
            for t, near in (*((t, str(rational(t[1]) ** 2)) for t in TRIANGLES[:2]), (WHOLE, "0"))
        ]
        large = [
            {"memory": m, "action": b, "s": s, "kappa": k, **bent(len(m), t)}
            for m, b, s, k in WORLDS
            for t in (*LARGE, *((WHOLE,) if len(m) > 1 else ()))
        ]
        plain = [
            {"memory": m, "action": b, "s": s, "kappa": k, "off": off, **bent(len(m), t, d)}
            for m, b, s, k in WORLDS
            for t, d, off in ((TRIANGLES[2], 2, "0"), (TRIANGLES[3], 3, "1/10"), (TRIANGLES[4], 2 + (len(m) < 3), "0"))
        ]
        return [*sharp, *large, *plain]

    def outside(self, rng: Random) -> list[Case]:
        return [
            {**SQUARE, "kappa": "2/5"},
            {"memory": [["1/2"]], "action": [], "s": "1/8", "kappa": "15/64", **bent(1, TRIANGLES[1])},
            *BEYOND,
        ]

    def evidence(
        self,
        memory: list[list[str]],
        action: list[list[str]],
        s: str,
        kappa: str,
        off: str = "0",
        noise: list[list[str]] | None = None,
        near: str | None = None,
        **spec: Any,
    ) -> Evidence:
        pair, x, k = (Pair(memory, action, spec, off, noise), rational(s), rational(kappa))
        terms = {"loss": pair.loss, "least": pair.world.n - trace(pair.world.explained), "kappa": k}
        sharp = None if near is None else float(rational(near).p) / float(rational(near).q)
        return Evidence(pair.encoder.distance(), terms, facts_of(pair, x, k), sharp)

    @staticmethod
    def hypothesis(stationary: bool, norm: bool, gap: bool, kappa: Any, white: bool) -> bool:
        return stationary and norm and gap and kappa > 0 and white

    @staticmethod
    def claim(loss: Any, least: Any, kappa: Any) -> Any:
        return over(loss - least, kappa) + over(loss - least, kappa) ** 2


def facts_of(pair: Pair, s: Any, kappa: Any) -> dict[str, Any]:
    return {
        "stationary": pair.world.is_stationary,
        "norm": pair.world.explains_at_most(s),
        "gap": pair.world.explains_at_least(s * s + kappa),
        "kappa": kappa,
        "white": pair.is_white,
    }


class Predictor(Check):
    """How far the predictions are from the world's dynamics seen through the orthogonal map nearest to the encoder,
    which is the identity for these encoders; by moments of state and action. The bound adds what encoder and predictor
    may each be off if the other is exact, and is reached where both are.

    `E + s (D + D²)` is a bound, too, which no instance refutes: with `e` what the predictor is off by, and a weight `w`
    of the encoder above degree one, `E ≥ κ w + e`, so `D ≥ w + e/κ`, and what is predicted is off by no more than
    `√e + √(s² w + s min(w, w²))`, whose square is at most that since `κ ≤ s - s²`."""

    statement = "approx_jepa_identifiability"
    relation = "<="
    tried = Encoder.tried
    attained = False

    def cases(self, rng: Random) -> list[Case]:
        exact = [
            {"memory": m, "action": b, "s": s, "kappa": k, "sharp": True, **bent(len(m), TRIANGLES[0])}
            for m, b, s, k in WORLDS
        ]
        plain = [
            {"memory": m, "action": b, "s": s, "kappa": k, "off": off, **bent(len(m), t, d)}
            for m, b, s, k in WORLDS
            for t, d in ((TRIANGLES[2], 2), (TRIANGLES[3], 3))
            for off in ("0", "1/10", "-1/3")
        ]
        return [*exact, *plain]

    def outside(self, rng: Random) -> list[Case]:
        # what is not explained, and an `s` that is too small
        return [*BEYOND, {**SQUARE, "kappa": "10"}, {**SQUARE, "s": "1/1000", "kappa": "6/25"}]

    def evidence(
        self,
        memory: list[list[str]],
        action: list[list[str]],
        s: str,
        kappa: str,
        off: str = "0",
        noise: list[list[str]] | None = None,
        sharp: bool = False,
        **spec: Any,
    ) -> Evidence:
        pair, x, k = (Pair(memory, action, spec, off, noise), rational(s), rational(kappa))
        rotation = identity(pair.world.n).tolist()
        terms = {"excess": pair.loss - (pair.world.n - trace(pair.world.explained)), "kappa": k, "s": x}
        return Evidence(pair.from_dynamics(rotation), terms, facts_of(pair, x, k), 0 if sharp else None)

    hypothesis = Encoder.hypothesis

    @staticmethod
    def claim(excess: Any, kappa: Any, s: Any) -> Any:
        return (sqrt(excess) + sqrt(s * (over(excess, kappa) + over(excess, kappa) ** 2))) ** 2


class Readout(Check):
    """The error of the best linear readout of a white encoder at least as wide as the world, by moments, against what
    its loss exceeds the least by; reached in worlds that explain every direction alike, up to degree two.

    Lean asks for at least as many outputs as latents; fewer do not break the bound."""

    statement = "exists_readout_of_predictionLoss_le"
    relation = "<="
    tried = "White encoders up to degree 3 of one to five outputs, in worlds of 1 to 3 latents, drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        widths = {1: (1, 2), 2: (1, 2, 4), 3: (3, 6)}
        sharp = [
            {"memory": m, "action": b, "s": s, "kappa": k, "sharp": True, **drawn(rng, len(m), w, 2)}
            for m, b, s, k in WORLDS
            if s != "41/100"
            for w in widths[len(m)]
        ]
        plain = [
            {"memory": m, "action": b, "s": s, "kappa": k, "off": off, **drawn(rng, len(m), w, 3)}
            for m, b, s, k in WORLDS
            if len(m) < 3
            for w in widths[len(m)]
            for off in ("0", "1/5")
        ]
        return [*sharp, *plain]

    def outside(self, rng: Random) -> list[Case]:
        return [{**SQUARE, "kappa": "2/5"}, {**SQUARE, "s": "1/8", "kappa": "15/64"}, *BEYOND]

    def evidence(
        self,
        memory: list[list[str]],
        action: list[list[str]],
        s: str,
        kappa: str,
        off: str = "0",
        noise: list[list[str]] | None = None,
        sharp: bool = False,
        **spec: Any,
    ) -> Evidence:
        pair, x, k = (Pair(memory, action, spec, off, noise), rational(s), rational(kappa))
        n, m = pair.world.n, len(pair.encoder.outputs)
        terms = {"loss": pair.loss, "explained": trace(pair.world.explained), "s": x, "kappa": k, "n": n, "m": m}
        return Evidence(n - pair.encoder.linear_energy, terms, facts_of(pair, x, k), 0 if sharp else None)

    hypothesis = Encoder.hypothesis

    @staticmethod
    def claim(loss: Any, explained: Any, s: Any, kappa: Any, n: Any, m: Any) -> Any:
        return over(loss - ((m - n) * (1 - s**2) + (n - explained)), kappa)


def drawn(rng: Random, n: int, m: int, degree: int) -> Case:
    """A white encoder of `m` outputs, Hermite polynomials up to a degree."""
    indices = [text_of(a) for a in multi_indices(n, degree)[1:]]
    rows = random_rows(rng, m, len(indices))
    rows[0][-1] = 7
    return {"rows": rows, "indices": indices}

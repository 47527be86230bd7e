"""General linear worlds `z' = M z + η`: no white encoder beats a linear one where `‖M x‖² ≤ s ‖x‖² ≤ x · M x`."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.linear import LinearWorld, trace
from lejepa.exact.polynomials import PolynomialEncoder, random_rows, text_of, vanishes

# `M`, and `s` with which it qualifies: symmetric, not normal, a rotation shrunk, without memory of one latent's own
WORLDS: tuple[tuple[list[list[str]], str], ...] = (
    ([["1/2"]], "1/4"),
    ([["1/100"]], "1/1000"),
    ([["99/100"]], "491/500"),
    ([["1/2", "0"], ["0", "3/5"]], "2/5"),
    ([["1/2", "1/10"], ["-1/10", "1/2"]], "2/5"),
    ([["2/5", "-3/10"], ["3/10", "2/5"]], "1/4"),
    ([["1/2", "1/5"], ["0", "1/2"]], "19/50"),
    ([["3/5", "1/10", "0"], ["0", "1/2", "1/10"], ["-1/10", "0", "1/2"]], "42/100"),
    ([["1/2", "0", "0", "0"], ["0", "1/2", "1/8", "0"], ["0", "-1/8", "1/2", "0"], ["0", "0", "0", "2/3"]], "4/9"),
)
# `‖M x‖² = s ‖x‖² = x · M x` for some `x`: two latents of which one is forgotten as fast as the other's square, and a
# rotation by arccos 3/5 shrunk to 3/5
EDGES: tuple[tuple[list[list[str]], str], ...] = (
    ([["1/2", "0"], ["0", "1/4"]], "1/4"),
    ([["9/25", "-12/25"], ["12/25", "9/25"]], "9/25"),
    ([["1"]], "1"),
    ([["0"]], "0"),
)
# no `s` serves: a square is kept better than a latent
BEYOND: tuple[tuple[list[list[str]], str], ...] = (
    ([["-1/2"]], "1/4"),
    ([["9/10", "0"], ["0", "1/5"]], "1/5"),
    ([["3/10", "-4/5"], ["4/5", "3/10"]], "3/10"),
    ([["3/10", "-4/5"], ["4/5", "3/10"]], "73/100"),
)
# beyond each edge by little, each with an `s` that serves the second bound alone and one that serves the first alone
BARELY: tuple[tuple[list[list[str]], str], ...] = tuple(
    (m, s)
    for m, both in (
        ([["1/2", "0"], ["0", "249/1000"]], ("249/1000", "1/4")),
        ([["1/2", "0"], ["0", "1/5"]], ("1/5", "1/4")),
        ([["7/20", "-12/25"], ["12/25", "7/20"]], ("7/20", "3529/10000")),
        ([["-1/1000"]], ("-1/1000", "1/1000000")),
    )
    for s in both
)


# too little noise for the latents' law to stay
QUIET: Case = {"memory": [["1/2"]], "s": "1/4", "noise": [["1/2"]], "rows": [[1]], "indices": ["1"]}


def turned(rng: Random, n: int) -> Case:
    """A white linear encoder."""
    return {"rows": random_rows(rng, n, n), "indices": [text_of(a) for a in multi_indices(n, 1)[1:]]}


def curved(rng: Random, n: int, degree: int) -> Case:
    """A white encoder with a term of each degree up to the last in its first output."""
    low = [text_of(a) for a in multi_indices(n, 1)[1:]]
    high = [text_of(rng.choice([a for a in multi_indices(n, degree) if sum(a) == k])) for k in range(2, degree + 1)]
    rows = random_rows(rng, n, n + len(high))
    rows[0][-1] = 7
    return {"rows": rows, "indices": low + high}


class Bound(Check):
    """Alignment of white polynomial encoders by moments of the pair."""

    statement = "le_alignment_of_isWhite_linear"
    relation = ">="
    tried = "White encoders up to degree 4, drawn at random, in worlds of 1 to 4 latents, whose M is normal or not."

    def cases(self, rng: Random) -> list[Case]:
        linear = [{"memory": m, "s": s, "sharp": True, **turned(rng, len(m))} for m, s in (*WORLDS, *EDGES)]
        degrees = {1: (2, 4), 2: (2, 3), 3: (2,), 4: (2,)}
        plain = [{"memory": m, "s": s, **curved(rng, len(m), k)} for m, s in WORLDS for k in degrees[len(m)]]
        # at the edge a square does as well as the latent that it replaces
        tie: Case = {"memory": EDGES[0][0], "s": "1/4", "sharp": True, "rows": [[1, 0], [0, 1]]}
        return [*linear, *plain, {**tie, "indices": ["1 0", "2 0"]}, {"memory": [], "s": "1/2", "expansions": []}]

    def outside(self, rng: Random) -> list[Case]:
        square: Case = {"indices": ["2"], "rows": [[1]]}
        radius: Case = {"indices": ["1 0", "2 0", "0 2"], "rows": [[1, 0, 0], [0, 1, 1]]}
        # of two latents apart, the square of the one that is kept in place of the other
        apart: Case = {"indices": ["1 0", "2 0"], "rows": [[1, 0], [0, 1]]}
        beaten = [{"memory": m, "s": s, **(square if len(m) == 1 else radius)} for m, s in BEYOND]
        for m, s in BARELY:
            better = square if len(m) == 1 else apart if m[0][1] == "0" else radius
            beaten.append({"memory": m, "s": s, **better})
        small: Case = {"memory": [["1/2"]], "s": "1/4", "expansions": [{"1": "1/2"}]}
        shifted: Case = {"memory": [["1/2"]], "s": "1/4", "expansions": [{"0": "3/5", "1": "4/5"}]}
        return [*beaten, small, shifted, QUIET]

    def evidence(
        self, memory: list[list[str]], s: str, noise: list[list[str]] | None = None, sharp: bool = False, **spec: Any
    ) -> Evidence:
        world, x = LinearWorld.of(memory, noise=noise), rational(s)
        h = PolynomialEncoder.of(world.n, spec)
        facts = {
            "stationary": world.is_stationary,
            "norm": world.contracts(x),
            "gap": world.keeps(x),
            "white": h.is_centred and h.is_white,
        }
        return Evidence(
            world.alignment(h.outputs), {"n": world.n, "trace": trace(world.memory)}, facts, 0 if sharp else None
        )

    @staticmethod
    def hypothesis(stationary: bool, norm: bool, gap: bool, white: bool) -> bool:
        return stationary and norm and gap and white

    @staticmethod
    def claim(n: Any, trace: Any) -> Any:
        return 2 * (n - trace)


class Optimal(Check):
    """Equality for orthogonal maps, and for no other white encoder. Whether an encoder is one is seen of its moments:
    its linear part has orthonormal rows, and nothing is beside it."""

    statement = "alignment_eq_iff_of_isWhite_linear"
    relation = "iff"
    tried = Bound.tried

    def cases(self, rng: Random) -> list[Case]:
        degrees = {1: (2, 3), 2: (2, 3), 3: (2,), 4: (2,)}
        linear = [{"memory": m, "s": s, **turned(rng, len(m))} for m, s in WORLDS]
        bent = [{"memory": m, "s": s, **curved(rng, len(m), k)} for m, s in WORLDS for k in degrees[len(m)]]
        return [{"memory": [], "s": "1/2", "expansions": []}, *linear, *bent]

    def outside(self, rng: Random) -> list[Case]:
        tie: Case = {"memory": EDGES[0][0], "s": "1/4", "rows": [[1, 0], [0, 1]], "indices": ["1 0", "2 0"]}
        forgotten: Case = {"memory": [["0"]], "s": "0", "rows": [[1]], "indices": ["2"]}
        frozen: Case = {"memory": [["1"]], "s": "1", "rows": [[1]], "indices": ["2"]}
        # of the size at which its square aligns as the latent does
        small: Case = {"memory": [["1/8"]], "s": "1/64", "expansions": [{"2": "2/3"}]}
        return [tie, {**tie, "s": "1/8"}, forgotten, frozen, small, QUIET]

    def evidence(self, memory: list[list[str]], s: str, noise: list[list[str]] | None = None, **spec: Any) -> Evidence:
        world, x = LinearWorld.of(memory, noise=noise), rational(s)
        h = PolynomialEncoder.of(world.n, spec)
        facts = {
            "stationary": world.is_stationary,
            "norm": world.contracts(x),
            "gap": world.keeps(x, strictly=True),
            "white": h.is_centred and h.is_white,
            "orthogonal": is_orthogonal(h),
        }
        return Evidence(world.alignment(h.outputs), {"n": world.n, "trace": trace(world.memory)}, facts)

    @staticmethod
    def hypothesis(stationary: bool, norm: bool, gap: bool, white: bool, orthogonal: bool) -> bool:
        return stationary and norm and gap and white

    @staticmethod
    def condition(stationary: bool, norm: bool, gap: bool, white: bool, orthogonal: bool) -> bool:
        return orthogonal

    claim = Bound.claim


def is_orthogonal(h: PolynomialEncoder) -> bool:
    """Whether an encoder of as many outputs as latents is an orthogonal map, by its moments."""
    rows = [sum((x * y for x, y in zip(u, v, strict=True)), 0) - int(u is v) for u in h.linear for v in h.linear]
    return vanishes(h.trace - h.linear_energy) and all(map(vanishes, rows))

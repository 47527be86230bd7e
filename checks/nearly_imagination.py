"""Imagination with nearly optimal pairs: the mean distance of the predictor's rollouts from those of the world."""

from collections.abc import Sequence
from random import Random
from typing import Any

from flint import arb, fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import rotation
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import MultiIndex, rational
from lejepa.exact.lengths import gaussian_length, polynomial_length
from lejepa.exact.linear import LinearWorld, Rows, identity, is_positive, matrix, trace
from lejepa.exact.pairs import image
from lejepa.exact.polynomials import PolynomialEncoder

# `M`, `B`, `s`, `κ` with `(s² + κ) x·x ≤ x·G x ≤ s x·x`, and a `C` with `C² det G ≥ 1`: a turn, the cart, `M` normal
# and not, more latents than actions and as many
HALF: Case = {"memory": [["1/2"]], "action": [["1/2"]], "s": "1/2", "kappa": "1/4", "density": "3/2"}
WORLDS: tuple[Case, ...] = (
    {"memory": [["1/2"]], "action": [], "s": "1/4", "kappa": "3/16", "density": "2"},
    HALF,
    {"memory": [["0", "-4/5"], ["4/5", "0"]], "action": [], "s": "16/25", "kappa": "144/625", "density": "25/16"},
    {"memory": [["0", "1/2"], ["0", "0"]], "action": [["0"], ["1/2"]], "s": "1/4", "kappa": "3/16", "density": "4"},
    {
        "memory": [["3/5", "1/5"], ["0", "1/2"]],
        "action": [["1/5", "0"], ["0", "2/5"]],
        "s": "27/50",
        "kappa": "3/100",
        "density": "5/2",
    },
    {
        "memory": [["1/2", "0", "0"], ["0", "0", "1/2"], ["0", "-1/2", "0"]],
        "action": [["0"], ["1/5"], ["0"]],
        "s": "29/100",
        "kappa": "4/25",
        "density": "8",
    },
)
# `M` and `B` are diagonal, so that the first latent is a world of its own
APART: tuple[Case, ...] = (
    WORLDS[0],
    HALF,
    {
        "memory": [["1/2", "0"], ["0", "3/5"]],
        "action": [["1/2"], ["0"]],
        "s": "1/2",
        "kappa": "1/10",
        "density": "5/2",
    },
)
# `a`, `b` with `a² + 2 b² = 1`: then `a z + b (z² - 1)` has second moment 1
SHARES = (("49/51", "10/51"), ("7/9", "4/9"), ("1/3", "2/3"))
SQUARE: Case = {**WORLDS[0], "expansions": [{"1": "1/99", "2": "70/99"}], "state": [["1/4"]], "lipschitz": "1/4"}

# An even function, but for as much as makes its coefficients rational, whose mean distance from `z` and from `-z` is
# greater than that of any square; and no prediction of it. As little is remembered, `D` is nearly 1.
EVEN: Case = {
    "memory": [["1/10"]],
    "action": [],
    "s": "1/100",
    "kappa": "99/10000",
    "density": "10",
    "expansions": [{"1": "-1/39999", "2": "23600/39999", "4": "-4500/39999"}],
    "state": [["0"]],
    "lipschitz": "0",
    "steps": 0,
}


class Rollout(Check):
    """The mean distance of imagined from true mean states, for the rotation that makes the encoder's linear part
    positive; with one latent, for the better of the two. Encoders are rotations, where the difference is a Gaussian
    vector, or have a share of the second degree in one latent. The law of `M z + B a` is Gaussian, so that it is at
    most `C` times the standard one if and only if `0 < G ≤ 1` and `C² det G ≥ 1`; a linear predictor is `L`-Lipschitz
    if and only if `Aᵀ A ≤ L²`. Where the encoder is exact and one number of the predictor is off by little, distance
    and bound have a ratio that depends on the world alone, to first order. An encoder without a linear part, before any
    step, is farther off than `√D`; the best predictor of a curved encoder from an action alone, which is curved too, is
    farther off than `√E`.

    Lean asks for `E ≥ 0`, too; no loss is below the least."""

    statement = "approx_imagination"
    relation = "<="
    tried = (
        "Up to 5 steps of linear predictors in worlds of 1 to 3 latents, rotations and encoders with a share of the "
        "second degree; one step of predictors that are quadratic in an action; an encoder with hardly a linear part."
    )
    attained = False

    def cases(self, rng: Random) -> list[Case]:
        exact = [{**w, "steps": t, "lipschitz": lipschitz(w), "sharp": 0} for w in WORLDS for t in (0, 1, 3)]
        off = [
            {**w, "steps": t, "nudge": nudge, "lipschitz": str(rational(lipschitz(w)) + rational(nudge))}
            for w in WORLDS
            for t, nudge in ((0, "1/5"), (1, "1/100"), (2, "1/5"), (5, "1/10"))
        ]
        bent = [
            {**w, "steps": t, "expansions": squares(len(w["memory"]), share), "lipschitz": lipschitz(w)}
            for w in APART
            for share in SHARES
            for t in (0, 1, 3)
        ]
        near = [small(g, steps) for g in ("1/2", "4/5") for steps in (1, 2, 3)]
        forgets = [forgetful(b, steps) for b in ("1/2", "4/5") for steps in (1, 2, 3)]
        bowed = [curved("19/20", share) for share in SHARES[:2]]
        return [*exact, *off, *bent, *near, *forgets, *bowed, EVEN, {**SQUARE, "steps": 0}, {**SQUARE, "steps": 2}]

    def outside(self, rng: Random) -> list[Case]:
        far: Case = {**HALF, "state": [["10"]], "inputs": [["1/2"]], "steps": 4}
        still: Case = {"memory": [["0"]], "action": [["1/2"]], "s": "1/4", "kappa": "3/16", "lipschitz": "0"}
        loud: Case = {"memory": [["9/10"]], "state": [["81/100"]], "lipschitz": "81/100", "density": "10/9"}
        loud |= {"s": "1/100", "kappa": "8099/10000"}
        seen: Case = {**WORLDS[0], "steps": 0, "lipschitz": "1/2", "expansions": [{"1": "1/2"}]}
        return [
            {**SQUARE, "steps": 0, "excess": "0"},
            {**SQUARE, "steps": 0, "excess": "3/32"},
            {**SQUARE, "steps": 0, "kappa": "2/5"},
            {**SQUARE, "steps": 0, "kappa": "0"},
            {**SQUARE, "steps": 0, "kappa": "-1/4"},
            {**SQUARE, "steps": 0, "noise": [["0"]], "excess": "0"},
            {**SQUARE, **loud, "steps": 0},
            {**seen, "excess": "0"},
            {**far, "lipschitz": "0"},
            {**far, "lipschitz": "1"},
            {**still, "inputs": [["3/5"]], "density": "0", "steps": 2},
            {**still, "inputs": [["3/5"]], "density": "1/2", "steps": 3},
        ]

    def evidence(
        self,
        memory: Rows,
        action: Rows,
        s: str,
        kappa: str,
        density: str,
        steps: int,
        lipschitz: str,
        state: Rows | None = None,
        inputs: Rows | None = None,
        nudge: str = "0",
        curve: str = "0",
        expansions: list[dict[str, str]] | None = None,
        noise: Rows | None = None,
        excess: str | None = None,
        sharp: float | None = None,
    ) -> Evidence:
        world = LinearWorld.of(memory, action, noise)
        n, k = world.n, world.k
        encoder = PolynomialEncoder.of(n, {"expansions": expansions or squares(n, ("1", "0"))})
        a = (world.memory if state is None else matrix(state)) + rational(nudge) * identity(n)
        b = world.action if inputs is None else matrix(inputs)
        # the pair that sees the latents through a rotation
        q = rotation(n)
        h = image(q.tolist(), encoder.outputs)
        seen = PolynomialEncoder(n, h, encoder.degree)
        rows = [[*x, *y] for x, y in zip((q * a * q.transpose()).tolist(), (q * b).tolist(), strict=True)]
        f = image(rows, [{tuple(int(i == j) for i in range(n + k)): fmpq(1)} for j in range(n + k)])
        bow = rational(curve)
        if bow != 0:
            f[0] |= {(0, 2): q[0, 0] * bow, (0, 0): -q[0, 0] * bow}
        loss, least = world.loss(h, world.predictor(f, h)), n - trace(world.explained)
        e = max(loss - least, fmpq(0)) if excess is None else rational(excess)
        x, kap, slope, dense = (rational(v) for v in (s, kappa, lipschitz, density))
        facts = {
            "stationary": world.is_stationary,
            "norm": world.explains_at_most(x),
            "gap": world.explains_at_least(x * x + kap),
            "kappa": kap,
            "white": seen.is_centred and seen.is_white,
            "loss": loss <= least + e,
            "lipschitz": slope >= 0 and is_positive(slope * slope * identity(n) - a.transpose() * a),
            "dominated": dominated(world.explained, dense),
        }
        signs = (1, -1) if n == 1 else (1,)
        if bow == 0:
            left = [distance(world, encoder, a, b, steps, sign) for sign in signs]
        else:
            left = [bowed_distance(world, a, b, bow, sign) for sign in signs]
        terms = {"excess": e, "kappa": kap, "s": x, "lipschitz": slope, "density": dense, "steps": steps}
        return Evidence(left[0] if n > 1 else arb(left[0]).min(arb(left[1])), terms, facts, sharp)

    @staticmethod
    def hypothesis(
        stationary: bool,
        norm: bool,
        gap: bool,
        kappa: Any,
        white: bool,
        loss: bool,
        lipschitz: bool,
        dominated: bool,
    ) -> bool:
        return stationary and norm and gap and kappa > 0 and white and loss and lipschitz and dominated

    @staticmethod
    def claim(excess: Any, kappa: Any, s: Any, lipschitz: Any, density: Any, steps: Any) -> Any:
        near = over(excess, kappa) + over(excess, kappa) ** 2
        off = lipschitz * sqrt(near) + sqrt(excess) + sqrt(s * near)
        grown = sum(lipschitz**i * density ** (steps - 1 - i) for i in range(steps))
        return lipschitz**steps * sqrt(near) + off * grown


def lipschitz(world: Case) -> str:
    """A number that is at least the norm of `M`, and is it where `M` is a multiple of a rotation."""
    m = matrix(world["memory"])
    gram = m.transpose() * m
    eye = identity(gram.nrows())
    return next(x for x in ("1/2", "3/5", "2/3", "4/5", "1") if is_positive(rational(x) ** 2 * eye - gram))


def dominated(g: fmpq_mat, density: Any) -> bool:
    """Whether the Gaussian law of a covariance has at most `density` times the density of the standard one."""
    within = is_positive(g, strictly=True) and is_positive(identity(g.nrows()) - g)
    return within and density >= 0 and density * density * g.det() >= 1


def squares(n: int, share: Sequence[str]) -> list[dict[str, str]]:
    """The identity but for `a z + b (z² - 1)` in place of the first latent."""
    units = [" ".join(str(int(i == j)) for j in range(n)) for i in range(n)]
    second = " ".join(str(2 * int(j == 0)) for j in range(n))
    return [{u: "1"} if i else {u: share[0], second: share[1]} for i, u in enumerate(units)]


LITTLE = fmpq(1, 10**8)
ROOM = 1.001  # for what is not of first order


def small(m: str, steps: int) -> Case:
    """`z' = m z + η` with a predictor that is off by little: the distance is `T m^(T-1) √(2/π)` times that, and
    `√r = √E / √κ` with `√E` what it is off by."""
    x = rational(m)
    s, kappa = x * x, x * x - x**4
    root = arb(kappa).sqrt()
    grown = sum((arb(x) ** i * (1 / arb(x)) ** (steps - 1 - i) for i in range(steps)), arb(0))
    bound = arb(x) ** steps / root + (2 * arb(x) / root + 1) * grown
    share = steps * arb(x) ** (steps - 1) * (2 / arb.pi()).sqrt() / bound
    return {
        "memory": [[m]],
        "action": [],
        "s": str(s),
        "kappa": str(kappa),
        "density": str(1 / x),
        "steps": steps,
        "nudge": str(LITTLE),
        "lipschitz": str(x + LITTLE),
        "sharp": 1 - float(share) / ROOM,
    }


def forgetful(b: str, steps: int) -> Case:
    """`z' = b a + η` with a predictor that forgets the state and is off by little in the action: the distance is
    `√(2/π)` times that, after any number of steps, and `L = 0`."""
    x = rational(b)
    s, kappa = x * x, x * x - x**4
    bound = (1 + arb(s / kappa).sqrt()) / arb(x) ** (steps - 1)
    return {
        "memory": [["0"]],
        "action": [[b]],
        "inputs": [[str(x + LITTLE)]],
        "s": str(s),
        "kappa": str(kappa),
        "density": str(1 / x),
        "steps": steps,
        "lipschitz": "0",
        "sharp": 1 - float((2 / arb.pi()).sqrt() / bound) / ROOM,
    }


def curved(b: str, share: Sequence[str]) -> Case:
    """`z' = b a + η`, a share of the second degree in the encoder, and the mean of what it shows given the action."""
    x, (linear, square) = rational(b), map(rational, share)
    return {
        "memory": [["0"]],
        "action": [[b]],
        "state": [["0"]],
        "inputs": [[str(linear * x)]],
        "curve": str(square * x * x),
        "expansions": squares(1, share),
        "s": str(x * x),
        "kappa": str(x * x - x**4),
        "density": str(1 / x),
        "steps": 1,
        "lipschitz": "0",
    }


def bowed_distance(world: LinearWorld, a: fmpq_mat, b: fmpq_mat, bow: Any, sign: int) -> Any:
    """The same after a step that forgets the state, for one latent, one action `x` and `bow (x² - 1)` in the
    predictor."""
    if (world.n, world.k) != (1, 1) or a[0, 0] != 0 or world.memory[0, 0] != 0:
        raise ValueError("expected one latent, one action, and a state that is forgotten")
    return polynomial_length([-bow, b[0, 0] - sign * world.action[0, 0], bow], fmpq(0))


def distance(world: LinearWorld, encoder: PolynomialEncoder, a: fmpq_mat, b: fmpq_mat, steps: int, sign: int) -> Any:
    """`𝔼 ‖Aᵀ h(z) + Σ A^(T-1-t) D a_t - ± (M^T z + Σ M^(T-1-t) B a_t)‖`, the closed form of the rollouts of the pair
    before it is rotated, which changes no distance. The difference is linear, or of one latent alone."""
    n = world.n
    m, powers, own = world.memory, [identity(n)], [identity(n)]
    for _ in range(steps):
        powers.append(powers[-1] * a)
        own.append(own[-1] * m)
    spread = fmpq_mat(n, n)
    for t in range(steps):
        moved = powers[t] * b - sign * own[t] * world.action
        spread += moved * moved.transpose()
    units = [{tuple(int(i == j) for i in range(n)): fmpq(1)} for j in range(n)]
    imagined = image(powers[steps].tolist(), encoder.outputs)
    true = image((sign * own[steps]).tolist(), units)
    differences = [minus(p, q) for p, q in zip(imagined, true, strict=True)]
    if all(sum(e) == 1 for p in differences for e in p):
        free = fmpq_mat(n, n, [p.get(next(iter(u)), fmpq(0)) for p in differences for u in units])
        return gaussian_length(free * free.transpose() + spread)
    if any(differences[1:]) or any(spread[i, j] != 0 for i in range(n) for j in range(n) if i or j):
        raise ValueError("expected a difference in the first latent alone")
    if any(x for e in differences[0] for x in e[1:]):
        raise ValueError("expected a difference that depends on the first latent alone")
    degree = max(e[0] for e in differences[0])
    by = {e[0]: c for e, c in differences[0].items()}
    return polynomial_length([by.get(d, fmpq(0)) for d in range(degree + 1)], spread[0, 0])


def minus(p: dict[MultiIndex, Any], q: dict[MultiIndex, Any]) -> dict[MultiIndex, Any]:
    """The difference of polynomials, without the terms that vanish."""
    out = {e: p.get(e, fmpq(0)) - q.get(e, fmpq(0)) for e in {**p, **q}}
    return {e: c for e, c in out.items() if not (isinstance(c, fmpq) and c == 0)}

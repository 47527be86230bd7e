"""Rollouts of an optimal predictor: imagined states are the world's, seen through one orthogonal map."""

from collections.abc import Callable
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import random_matrix, rotation
from lejepa.exact.hermite import rational
from lejepa.exact.linear import LinearWorld, Rows, identity

Vector = list[Any]
HALF: Rows = [["1/2", "0"], ["0", "0"]]  # remembers the first of two latents
CART: Rows = [["0", "1/2"], ["0", "0"]]
PUSH: Rows = [["0"], ["1/2"]]  # moves the second


def apply(m: fmpq_mat, v: Vector) -> Vector:
    return [sum((m[i, j] * v[j] for j in range(m.ncols())), fmpq(0)) for i in range(m.nrows())]


def plus(u: Vector, v: Vector) -> Vector:
    return [x + y for x, y in zip(u, v, strict=True)]


class Rollout(Check):
    """The world's mean state after `T` actions by the closed form `M^T z + Σ M^(T-1-t) B a_t`, in one direction of the
    embedding, against the steps of the model. The model is the world's dynamics seen through a rotation, but for the
    states and actions of one hyperplane, a null set, where it is something else. Almost every state is one that is
    drawn at random; it is unusual if it lies on the hyperplane with the first action.

    Outside the hypothesis, the mean successors of all states keep to the hyperplane, though something may be explained
    of each latent by itself; or the start is unusual."""

    statement = "rollout_ae_eq"
    tried = (
        "Up to 8 steps of 1 to 4 latents and up to 2 actions, rational states and actions drawn at random; predictors "
        "that are wrong on a hyperplane, drawn at random or where the last latent or action is 0."
    )

    def cases(self, rng: Random) -> list[Case]:
        shapes = ((1, 0, 0), (1, 0, 3), (1, 1, 1), (2, 0, 4), (2, 1, 3), (3, 2, 5), (4, 2, 8))
        out = [case(rng, n, k, steps) for n, k, steps in shapes for _ in range(2)]
        # what memory does not explain, actions do
        for memory, action in ((CART, PUSH), (HALF, PUSH), ([["0"]], [["1/2"]])):
            n = len(memory)
            for zero in (n - 1, n):
                null = [str(int(i == zero)) for i in range(n + 1)]
                out.append({"memory": memory, "action": action, "null": null, **start(rng, n, 1, 3)})
        return out

    def outside(self, rng: Random) -> list[Case]:
        nothing: Rows = [["0", "0"], ["0", "0"]]
        idle, other = [["0"], ["0"]], [["1/2"], ["0"]]
        worlds: list[tuple[Rows, Rows, int]] = [(nothing, [], 2), (HALF, [], 3), (CART, idle, 2), (CART, other, 2)]
        held: list[Case] = [{"memory": [["0"]], "action": [], "null": ["1"], **start(rng, 1, 0, 2)}]
        for memory, action, steps in worlds:
            k = 1 if action else 0
            null = ["0", "1", *["0"] * k]
            held.append({"memory": memory, "action": action, "null": null, **start(rng, 2, k, steps)})
        held += [sunk(rng, n, k, steps) for n, k, steps in ((2, 0, 2), (2, 1, 3), (3, 2, 4), (4, 2, 3))]
        explained: Case = {"memory": [["1/2", "0"], ["0", "1/3"]], "action": PUSH}
        unusual: list[Case] = [
            {**explained, "null": ["0", "1", "0"], "state": ["1/2", "0"], "actions": [["1/5"]]},
            {**explained, "null": ["0", "0", "1"], "state": ["1/2", "1/3"], "actions": [["0"], ["1/5"]]},
        ]
        return [*held, *unusual]

    def evidence(
        self, memory: Rows, action: Rows, null: list[str], state: list[str], actions: list[list[str]]
    ) -> Evidence:
        world = LinearWorld.of(memory, action)
        q, z = rotation(world.n), [rational(x) for x in state]
        acts = [[rational(x) for x in a] for a in actions]
        normal = [rational(x) for x in null]
        mean = z
        for _ in acts:
            mean = apply(world.memory, mean)
        for t, a in enumerate(acts):
            moved = apply(world.action, a) if world.k else [fmpq(0)] * world.n
            for _ in range(len(acts) - 1 - t):
                moved = apply(world.memory, moved)
            mean = plus(mean, moved)
        direction = [fmpq(j + 1) for j in range(world.n)]

        def dynamics(y: Vector, a: Vector) -> Vector:
            seen = apply(q.transpose(), y)
            if dot(normal, [*seen, *a]) == 0:  # a set of measure 0, where the predictor may be anything
                return [fmpq(5)] * world.n
            moved = apply(world.memory, seen)
            return apply(q, plus(moved, apply(world.action, a)) if world.k else moved)

        left = dot(direction, apply(q, mean))
        terms = {"model": dynamics, "start": apply(q, z), "actions": acts, "direction": direction}
        usual = not acts or dot(normal, [*z, *acts[0]]) != 0
        return Evidence(left, terms, {"explained": world.explains_at_least(fmpq(0), strictly=True), "usual": usual})

    @staticmethod
    def hypothesis(explained: bool, usual: bool) -> bool:
        return explained and usual

    @staticmethod
    def claim(model: Callable[..., Any], start: Any, actions: Any, direction: Any) -> Any:
        y = start
        for a in actions:
            y = model(y, a)
        return sum(x * d for x, d in zip(y, direction, strict=True))


def dot(u: Vector, v: Vector) -> Any:
    return sum((x * y for x, y in zip(u, v, strict=True)), fmpq(0))


def text(m: fmpq_mat) -> list[list[str]]:
    return [[str(x) for x in row] for row in m.tolist()]


def start(rng: Random, n: int, k: int, steps: int) -> Case:
    """A state and actions, so finely drawn that they are on no given hyperplane."""
    fine = 10**6
    return {
        "state": [f"{rng.randint(1, fine)}/{fine}" for _ in range(n)],
        "actions": [[f"{rng.randint(-fine, fine)}/{fine}" for _ in range(k)] for _ in range(steps)],
    }


def case(rng: Random, n: int, k: int, steps: int) -> Case:
    """A world that explains something of every latent, and any hyperplane."""
    while True:
        memory, action = text(random_matrix(rng, n, n)), text(random_matrix(rng, n, k)) if k else []
        if LinearWorld.of(memory, action).explains_at_least(fmpq(0), strictly=True):
            break
    null = [str(rng.randint(1, 9)) for _ in range(n + k)]
    return {"memory": memory, "action": action, "null": null, **start(rng, n, k, steps)}


def sunk(rng: Random, n: int, k: int, steps: int) -> Case:
    """A world that explains something of every latent, but not of one combination of them: its mean successors are on
    the hyperplane where that is 0."""
    w = fmpq_mat(n, 1, [fmpq(rng.randint(1, 9)) for _ in range(n)])
    onto = identity(n) - w * w.transpose() / (w.transpose() * w)[0, 0]
    memory, action = onto * random_matrix(rng, n, n), onto * random_matrix(rng, n, k)
    null = [*(str(x) for x in w.entries()), *["0"] * k]
    return {"memory": text(memory), "action": text(action) if k else [], "null": null, **start(rng, n, k, steps)}

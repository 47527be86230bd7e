"""Rollouts of an optimal predictor: imagined states are the world's, seen through one orthogonal map."""

from collections.abc import Callable
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import random_matrix, rotation
from lejepa.exact.hermite import rational
from lejepa.exact.linear import LinearWorld, Rows

Vector = list[Any]


def apply(m: fmpq_mat, v: Vector) -> Vector:
    return [sum((m[i, j] * v[j] for j in range(m.ncols())), fmpq(0)) for i in range(m.nrows())]


def plus(u: Vector, v: Vector) -> Vector:
    return [x + y for x, y in zip(u, v, strict=True)]


class Rollout(Check):
    """The world's mean state after `T` actions by the closed form `M^T z + Σ M^(T-1-t) B a_t`, in one direction of the
    embedding, against the steps of the model. The model is the world's dynamics seen through a rotation, but for one
    point where it is something else; whether it agrees almost everywhere is seen of whether the world's next states
    fill the space, or keep to a set that such a point can be."""

    statement = "rollout_ae_eq"
    tried = "Up to 8 steps of 1 to 4 latents and up to 2 actions, rational states and actions drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        shapes = ((1, 0, 0), (1, 0, 3), (1, 1, 1), (2, 0, 4), (2, 1, 3), (3, 2, 5), (4, 2, 8))
        return [case(rng, n, k, steps) for n, k, steps in shapes for _ in range(2)]

    def outside(self, rng: Random) -> list[Case]:
        nothing: Case = {"memory": [["0"]], "action": [], "state": ["1/2"], "actions": [[], []]}
        sunk: Case = {**nothing, "memory": [["0", "0"], ["0", "0"]], "state": ["1/2", "1/3"]}
        return [nothing, sunk]

    def evidence(self, memory: Rows, action: Rows, state: list[str], actions: list[list[str]]) -> Evidence:
        world = LinearWorld.of(memory, action)
        q, z = rotation(world.n), [rational(x) for x in state]
        acts = [[rational(x) for x in a] for a in actions]
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
            if all(x == 0 for x in y):  # a point of measure 0, where the predictor may be anything
                return [fmpq(5)] * world.n
            moved = apply(world.memory, apply(q.transpose(), y))
            return apply(q, plus(moved, apply(world.action, a)) if world.k else moved)

        left = dot(direction, apply(q, mean))
        terms = {"model": dynamics, "start": apply(q, z), "actions": acts, "direction": direction}
        return Evidence(left, terms, {"explained": world.explains_at_least(fmpq(0), strictly=True)})

    @staticmethod
    def hypothesis(explained: bool) -> bool:
        return explained

    @staticmethod
    def claim(model: Callable[..., Any], start: Any, actions: Any, direction: Any) -> Any:
        y = start
        for a in actions:
            y = model(y, a)
        return sum(x * d for x, d in zip(y, direction, strict=True))


def dot(u: Vector, v: Vector) -> Any:
    return sum((x * y for x, y in zip(u, v, strict=True)), fmpq(0))


def case(rng: Random, n: int, k: int, steps: int) -> Case:
    def text(m: fmpq_mat) -> list[list[str]]:
        return [[str(x) for x in row] for row in m.tolist()]

    return {
        "memory": text(random_matrix(rng, n, n)),
        "action": text(random_matrix(rng, n, k)) if k else [],
        "state": [f"{rng.randint(1, 99)}/7" for _ in range(n)],
        "actions": [[f"{rng.randint(-9, 9)}/5" for _ in range(k)] for _ in range(steps)],
    }

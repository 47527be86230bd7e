"""Finite control problems and linear-quadratic ones, in exact rational arithmetic.

A state is an index, or a point of the plane's integer lattice; a policy gives each stage an action a state.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat

State = Any
Law = dict[State, Any]
Policy = list[dict[State, int]]


@dataclass(frozen=True)
class Chain:
    """Markov dynamics `kernel[state, action] = law of the next`, a cost for each stage, a final cost."""

    states: list[State]
    actions: int
    stages: int
    kernel: dict[tuple[State, int], Law]
    stage_cost: list[dict[tuple[State, int], Any]]
    final_cost: dict[State, Any]

    def laws(self, policy: Policy, start: Law) -> list[Law]:
        """The law of the state after 0, 1, ... stages."""
        laws = [start]
        for t in range(self.stages):
            after: Law = dict.fromkeys(self.states, fmpq(0))
            for z, p in laws[-1].items():
                for y, q in self.kernel[z, policy[t][z]].items():
                    after[y] += p * q
            laws.append(after)
        return laws

    def paths(self, policy: Policy, z: State, t: int = 0) -> Iterator[tuple[Any, Any]]:
        """Probability and cost of each trajectory from a state at a stage."""
        if t == self.stages:
            yield fmpq(1), self.final_cost[z]
            return
        a = policy[t][z]
        for y, p in self.kernel[z, a].items():
            for q, cost in self.paths(policy, y, t + 1):
                yield p * q, cost + self.stage_cost[t][z, a]

    def cost(self, policy: Policy, start: Law) -> Any:
        """The expected cost, trajectory by trajectory."""
        return sum((w * p * c for z, w in start.items() for p, c in self.paths(policy, z)), fmpq(0))

    def policies(self) -> Iterator[Policy]:
        """Every deterministic policy."""
        one = [
            dict(zip(self.states, choice, strict=True))
            for choice in product(range(self.actions), repeat=len(self.states))
        ]
        for policy in product(one, repeat=self.stages):
            yield list(policy)

    def seen_through(self, e: Callable[[State], State], back: Callable[[State], State]) -> "Chain":
        """The problem on the states `e z`, where `back` undoes `e`: its dynamics and its costs."""
        states = sorted({e(z) for z in self.states})
        kernel: dict[tuple[State, int], Law] = {}
        for z, a in product(states, range(self.actions)):
            law: Law = {}
            for y, p in self.kernel[back(z), a].items():
                law[e(y)] = law.get(e(y), fmpq(0)) + p
            kernel[z, a] = law
        stage = [{(z, a): c[back(z), a] for z, a in product(states, range(self.actions))} for c in self.stage_cost]
        return replace(
            self,
            states=states,
            kernel=kernel,
            stage_cost=stage,
            final_cost={z: self.final_cost[back(z)] for z in states},
        )


def push(law: Law, e: Callable[[State], State]) -> Law:
    """The image of a law."""
    out: Law = {}
    for z, p in law.items():
        out[e(z)] = out.get(e(z), fmpq(0)) + p
    return out


def random_law(rng: Random, states: Sequence[State]) -> Law:
    weights = [rng.randint(0, 5) for _ in states]
    weights[rng.randrange(len(states))] += 1
    return {z: fmpq(w, sum(weights)) for z, w in zip(states, weights, strict=True)}


def random_chain(rng: Random, states: list[State], actions: int, stages: int, key: Callable[[State], Any]) -> Chain:
    """A chain whose costs depend on the state by `key` alone."""
    kernel = {(z, a): random_law(rng, states) for z, a in product(states, range(actions))}
    keys = sorted({key(z) for z in states})
    stage = []
    for _ in range(stages):
        table = {(k, a): fmpq(rng.randint(0, 60), 7) for k in keys for a in range(actions)}
        stage.append({(z, a): table[key(z), a] for z, a in product(states, range(actions))})
    last = {k: fmpq(rng.randint(0, 60), 7) for k in keys}
    return Chain(states, actions, stages, kernel, stage, {z: last[key(z)] for z in states})


def random_policy(rng: Random, chain: Chain) -> Policy:
    return [{z: rng.randrange(chain.actions) for z in chain.states} for _ in range(chain.stages)]


# The plane's lattice under its eight symmetries

SYMMETRIES = tuple(
    (a, b, c, d)
    for a, b, c, d in product((-1, 0, 1), repeat=4)
    if a * a + b * b == c * c + d * d == 1 and a * c + b * d == 0
)


def move(q: Sequence[int], z: tuple[int, int]) -> tuple[int, int]:
    return q[0] * z[0] + q[1] * z[1], q[2] * z[0] + q[3] * z[1]


def undo(q: Sequence[int]) -> tuple[int, int, int, int]:
    """The inverse of an orthogonal matrix: its transpose."""
    return q[0], q[2], q[1], q[3]


def is_invariant(chain: Chain) -> bool:
    """Whether no symmetry changes the costs."""
    return all(
        all(c[move(q, z), a] == c[z, a] for c in chain.stage_cost for a in range(chain.actions))
        and chain.final_cost[move(q, z)] == chain.final_cost[z]
        for q in SYMMETRIES
        for z in chain.states
    )


# Linear dynamics, quadratic costs


@dataclass(frozen=True)
class LinearQuadratic:
    """`z' = A z + B u + w`, `𝔼 w wᵀ = W`; cost `zᵀ C z + r uᵀ u` a stage, then `zᵀ C z`."""

    A: fmpq_mat
    B: fmpq_mat
    C: fmpq_mat
    W: fmpq_mat
    r: fmpq
    stages: int

    @property
    def is_invariant(self) -> bool:
        """Whether no rotation changes the costs: they weigh all directions alike."""
        return bool(self.C[0, 0] * identity(self.C.nrows()) == self.C)

    def rotated(self, q: fmpq_mat) -> "LinearQuadratic":
        """The dynamics on `q z`, and the same costs."""
        t = q.transpose()
        return replace(self, A=q * self.A * t, B=q * self.B, W=q * self.W * t)

    def cost(self, gains: Sequence[fmpq_mat], start: fmpq_mat) -> Any:
        """The expected cost of `u = -K z` from `𝔼 z zᵀ = start`, forward in time."""
        total, s = fmpq(0), start
        for k in gains:
            total += trace((self.C + self.r * (k.transpose() * k)) * s)
            step = self.A - self.B * k
            s = step * s * step.transpose() + self.W
        return total + trace(self.C * s)

    def values(self, gains: Sequence[fmpq_mat]) -> list[fmpq_mat]:
        """The quadratic values of the same policy at stages 0, 1, ..., backward in time."""
        out = [self.C]
        for k in reversed(gains):
            step = self.A - self.B * k
            out.insert(0, self.C + self.r * (k.transpose() * k) + step.transpose() * out[0] * step)
        return out

    def best(self) -> list[fmpq_mat]:
        """Riccati's gains."""
        gains: list[fmpq_mat] = []
        p = self.C
        eye = identity(self.B.ncols())
        for _ in range(self.stages):
            bt = self.B.transpose()
            k = (self.r * eye + bt * p * self.B).inv() * bt * p * self.A
            step = self.A - self.B * k
            p = self.C + self.r * (k.transpose() * k) + step.transpose() * p * step
            gains.insert(0, k)
        return gains


def identity(n: int) -> fmpq_mat:
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def trace(m: fmpq_mat) -> Any:
    return sum((m[i, i] for i in range(m.nrows())), fmpq(0))


def random_matrix(rng: Random, rows: int, columns: int) -> fmpq_mat:
    return fmpq_mat(rows, columns, [fmpq(rng.randint(-9, 9), 5) for _ in range(rows * columns)])


def rotation(n: int) -> fmpq_mat:
    """A rational orthogonal matrix that mixes all coordinates: a reflection, times a turn of the first two."""
    v = range(1, n + 1)
    size = sum(x * x for x in v)
    reflection = fmpq_mat(n, n, [int(i == j) - fmpq(2 * x * y, size) for i, x in enumerate(v) for j, y in enumerate(v)])
    turn = identity(n)
    if n > 1:
        turn[0, 0] = turn[1, 1] = fmpq(5, 13)
        turn[0, 1], turn[1, 0] = fmpq(-12, 13), fmpq(12, 13)
    return turn * reflection

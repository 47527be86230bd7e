"""Planning: costs of policies on latents and on representations of them, exactly."""

from dataclasses import replace
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import (
    SYMMETRIES,
    Chain,
    LinearQuadratic,
    Policy,
    identity,
    is_invariant,
    move,
    push,
    random_chain,
    random_law,
    random_matrix,
    random_policy,
    rotation,
    undo,
)
from lejepa.exact.hermite import rational

PLANE = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]


class Through(Check):
    """Finite chains. Left: the problem on the representation, trajectory by trajectory; the claim's terms: the laws of
    the state stage by stage. A representation that merges states loses what the policy needs."""

    statement = "ControlProblem.cost_through"
    tried = "finite chains of 1 to 5 states and up to 3 stages, relabelled"

    def cases(self, rng: Random) -> list[Case]:
        shapes = [(1, 1, 0), (3, 2, 0), (2, 2, 1), (4, 3, 2), (3, 2, 3), (5, 2, 2)]
        return [
            {"seed": rng.randrange(10**6), "actions": a, "stages": t, "map": rng.sample(range(10, 20), s)}
            for s, a, t in shapes
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": s, "actions": 2, "stages": 2, "map": [10, 10, 11]} for s in (1, 2)]

    def evidence(self, seed: int, actions: int, stages: int, map: list[int]) -> Evidence:
        rng = Random(seed)
        chain = random_chain(rng, list(range(len(map))), actions, stages, key=lambda z: z)
        policy, start = random_policy(rng, chain), random_law(rng, chain.states)
        seen = chain.seen_through(map.__getitem__, map.index)
        there: Policy = [{z: stage[map.index(z)] for z in seen.states} for stage in policy]
        left = seen.cost(there, push(start, map.__getitem__))
        facts = {"injective": len(set(map)) == len(map)}
        return Evidence(left, costs_along(chain, policy, chain.laws(policy, start)), facts)

    @staticmethod
    def hypothesis(injective: bool) -> bool:
        return injective

    @staticmethod
    def claim(stages: Any, last: Any) -> Any:
        return sum(p * c for stage in stages for p, c in stage) + sum(p * c for p, c in last)


def costs_along(chain: Chain, policy: Policy, laws: list[Any]) -> dict[str, Any]:
    """Probability and cost of each state, a list a stage and one for the end: the terms of the cost's definition."""
    stages = [[(p, chain.stage_cost[t][z, policy[t][z]]) for z, p in laws[t].items()] for t in range(chain.stages)]
    return {"stages": stages, "last": [(p, chain.final_cost[z]) for z, p in laws[-1].items()]}


def squared_length(z: tuple[int, int]) -> int:
    return z[0] ** 2 + z[1] ** 2


def rotated(seed: int, stages: int, symmetry: int, invariant: bool) -> tuple[Chain, Chain, Any, Any, Random]:
    """A random chain on lattice points, the same with the dynamics of the rotated latents and unchanged costs, the
    rotation and its inverse."""
    rng = Random(seed)
    chain = random_chain(rng, PLANE, 2, stages, squared_length if invariant else lambda z: z)
    q = SYMMETRIES[symmetry]

    def there(z: Any) -> Any:
        return move(q, z)

    def back(z: Any) -> Any:
        return move(undo(q), z)

    seen = chain.seen_through(there, back)
    mixed = Chain(seen.states, 2, stages, seen.kernel, chain.stage_cost, chain.final_cost)
    return chain, mixed, there, back, rng


class SameCosts(Check):
    """Chains on lattice points of the plane under its symmetries, with costs of the distance from 0."""

    statement = "cost_of_invariant"
    tried = "chains on five lattice points of the plane, under symmetries of the lattice"

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"seed": rng.randrange(10**6), "stages": t, "symmetry": q, "invariant": True}
            for t, q in ((0, 1), (1, 0), (1, 3), (2, 2), (2, 5), (3, 6), (3, 7))
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": s, "stages": 2, "symmetry": 1, "invariant": False} for s in (1, 2)]

    def evidence(self, seed: int, stages: int, symmetry: int, invariant: bool) -> Evidence:
        chain, mixed, there, back, rng = rotated(seed, stages, symmetry, invariant)
        policy, start = random_policy(rng, chain), random_law(rng, chain.states)
        carried: Policy = [{z: stage[back(z)] for z in mixed.states} for stage in policy]
        terms = costs_along(chain, policy, chain.laws(policy, start))
        return Evidence(mixed.cost(carried, push(start, there)), terms, {"invariant": is_invariant(chain)})

    @staticmethod
    def hypothesis(invariant: bool) -> bool:
        return invariant

    claim = Through.claim


class LinearSameCosts(Check):
    """Linear dynamics and quadratic costs in rational arithmetic. Left: on rotated latents, forward in time; the
    claim's terms: values on the true ones, backward in time."""

    statement = "cost_of_invariant"
    tried = "linear dynamics and quadratic costs in 1 to 3 dimensions, under a rational rotation"

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"seed": rng.randrange(10**6), "n": n, "stages": t, "invariant": True}
            for n, t in ((1, 3), (2, 0), (2, 1), (2, 4), (3, 3))
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": 1, "n": 2, "stages": 2, "invariant": False}]

    def evidence(self, seed: int, n: int, stages: int, invariant: bool) -> Evidence:
        problem, start, rng = linear_quadratic(seed, n, stages, invariant)
        gains = [random_matrix(rng, 1, n) for _ in range(stages)]
        q = rotation(n)
        t = q.transpose()
        left = problem.rotated(q).cost([k * t for k in gains], q * start * t)
        values = problem.values(gains)
        after = [product_terms(p, problem.W) for p in values[1:]]
        facts = {"invariant": problem.is_invariant}
        return Evidence(left, {"first": product_terms(values[0], start), "noise": after}, facts)

    @staticmethod
    def hypothesis(invariant: bool) -> bool:
        return invariant

    @staticmethod
    def claim(first: Any, noise: Any) -> Any:
        return sum(p * s for p, s in first) + sum(p * w for stage in noise for p, w in stage)


def product_terms(p: Any, s: Any) -> list[tuple[Any, Any]]:
    """The pairs of entries whose products sum to `tr (p s)`, for symmetric matrices."""
    return list(zip(p.entries(), s.entries(), strict=True))


def linear_quadratic(seed: int, n: int, stages: int, invariant: bool) -> tuple[LinearQuadratic, Any, Random]:
    rng = Random(seed)
    root, spread = random_matrix(rng, n, n), random_matrix(rng, n, n)
    cost = identity(n)
    if not invariant:
        cost[0, 0] = fmpq(9)
    problem = LinearQuadratic(
        random_matrix(rng, n, n), random_matrix(rng, n, 1), cost, root * root.transpose(), fmpq(1, 2), stages
    )
    return problem, spread * spread.transpose() + identity(n), rng


class BestPolicy(Check):
    """Every deterministic policy of a chain, on the rotated latents with the same costs: one is best there if and only
    if it is best on the true latents. From each state, since some law charges it."""

    statement = "isOptimal_of_invariant"
    tried = "every policy of chains of five states, one stage"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"seed": rng.randrange(10**6), "symmetry": q, "policy": p, "invariant": True}
            for q in (1, 4, 6)
            for p in ("best", "worst", "first")
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": 3, "symmetry": 1, "policy": "best", "invariant": False}]

    def evidence(self, seed: int, symmetry: int, policy: str, invariant: bool) -> Evidence:
        chain, mixed, there, back, _ = rotated(seed, 1, symmetry, invariant)
        start = {z: fmpq(1, len(PLANE)) for z in PLANE}
        here = sorted(((chain.cost(p, start), p) for p in chain.policies()), key=lambda pair: pair[0])
        value, chosen = here[{"best": 0, "worst": -1, "first": len(here) // 3}[policy]]
        image = push(start, there)
        carried: Policy = [{z: stage[back(z)] for z in mixed.states} for stage in chosen]
        costs = [mixed.cost(p, image) for p in mixed.policies()]
        facts = {"invariant": is_invariant(chain), "value": value, "best": here[0][0]}
        return Evidence(mixed.cost(carried, image), {"costs": costs}, facts)

    @staticmethod
    def hypothesis(invariant: bool, value: Any, best: Any) -> bool:
        return invariant

    @staticmethod
    def condition(invariant: bool, value: Any, best: Any) -> bool:
        return bool(value == best)

    @staticmethod
    def claim(costs: Any) -> Any:
        return min(costs)


def is_stationary(problem: LinearQuadratic, gains: list[Any], start: Any) -> bool:
    """Whether no entry of any stage's gain, moved alone, lowers the cost, which is a convex square of it: the costs one
    up and one down are equal, and not less."""
    here = problem.cost(gains, start)
    for t, k in enumerate(gains):
        for j in range(k.ncols()):
            unit = fmpq_mat(1, k.ncols(), [fmpq(int(i == j)) for i in range(k.ncols())])
            up, down = (problem.cost([*gains[:t], k + s * unit, *gains[t + 1 :]], start) for s in (1, -1))
            if up != down or up < here:
                return False
    return True


class BestGains(Check):
    """Riccati's gains, found on the true latents, against the best cost on rotated ones; and other gains. Whether gains
    are best on the true latents is found from their cost there, each entry moved alone."""

    statement = "isOptimal_of_invariant"
    tried = "linear dynamics and quadratic costs in 1 to 3 dimensions, linear feedback of three stages"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        moves = ("0", "1/1000", "-1")
        return [{"seed": rng.randrange(10**6), "n": n, "move": m, "invariant": True} for n in (1, 2, 3) for m in moves]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": 1, "n": 2, "move": "0", "invariant": False}]

    def evidence(self, seed: int, n: int, move: str, invariant: bool) -> Evidence:
        problem, start, rng = linear_quadratic(seed, n, 3, invariant)
        step = random_matrix(rng, 1, n) * rational(move)
        gains = [k + step for k in problem.best()]
        if not is_stationary(problem, problem.best(), start):
            raise ArithmeticError("expected Riccati's gains to be stationary")
        q = rotation(n)
        t = q.transpose()
        there = problem.rotated(q)
        left = there.cost([k * t for k in gains], q * start * t)
        facts = {"invariant": problem.is_invariant, "best": is_stationary(problem, gains, start)}
        values = there.values(there.best())
        terms = {
            "first": product_terms(values[0], q * start * t),
            "noise": [product_terms(p, there.W) for p in values[1:]],
        }
        return Evidence(left, terms, facts)

    @staticmethod
    def hypothesis(invariant: bool, best: bool) -> bool:
        return invariant

    @staticmethod
    def condition(invariant: bool, best: bool) -> bool:
        return best

    claim = LinearSameCosts.claim


class StateLaw(Check):
    """Probabilities of seen states after some stages, from trajectories of the problem on the representation, against
    the image of the law of the state. After the last stage states stay."""

    statement = "ControlProblem.stateLaw_through"
    tried = "finite chains of 1 to 4 states, after each number of stages"

    def cases(self, rng: Random) -> list[Case]:
        shapes = [(1, 1, 0), (3, 2, 1), (4, 2, 2), (3, 2, 3)]
        return [
            {
                "seed": rng.randrange(10**6),
                "actions": a,
                "stages": t,
                "map": rng.sample(range(10, 20), s),
                "at": k,
                "t": u,
            }
            for s, a, t in shapes
            for k in range(s)
            for u in range(t + 2)
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": s, "actions": 2, "stages": 2, "map": [10, 10, 11], "at": 2, "t": 2} for s in (1, 2)]

    def evidence(self, seed: int, actions: int, stages: int, map: list[int], at: int, t: int) -> Evidence:
        rng = Random(seed)
        chain = random_chain(rng, list(range(len(map))), actions, stages, key=lambda z: z)
        policy, start = random_policy(rng, chain), random_law(rng, chain.states)
        seen = chain.seen_through(map.__getitem__, map.index)
        there: Policy = [{z: stage[map.index(z)] for z in seen.states} for stage in policy]
        free = [dict.fromkeys(c, fmpq(0)) for c in seen.stage_cost]
        last_is_here = {z: fmpq(int(z == map[at])) for z in seen.states}
        early = min(t, stages)  # a trajectory of as many stages, and then the indicator of the state
        indicator = replace(seen, stages=early, stage_cost=free[:early], final_cost=last_is_here)
        left = indicator.cost(there, push(start, map.__getitem__))
        now = chain.laws(policy, start)[early]
        shares = [p for z, p in now.items() if map[z] == map[at]]
        return Evidence(left, {"shares": shares}, {"injective": len(set(map)) == len(map)})

    @staticmethod
    def hypothesis(injective: bool) -> bool:
        return injective

    @staticmethod
    def claim(shares: Any) -> Any:
        return sum(shares)

"""Planning with an encoder that is nearly orthogonal: what costs look like through it, against what they are."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import SYMMETRIES, Chain, Law, Policy, move, random_chain, random_law, random_policy
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import rational

LENGTHS = {(3, 4): 5, (-4, 3): 5, (0, 5): 5, (6, 8): 10, (-1, 0): 1, (5, -12): 13}
POINTS = list(LENGTHS)
BASE = fmpq(100)
Point = tuple[Any, Any]


@dataclass(frozen=True)
class Cost:
    """`base + slope |z| + tilt z₁`: invariant under rotations where `tilt` is 0, Lipschitz of `|slope| + |tilt|`."""

    base: Any
    slope: Any
    tilt: Any = 0

    def __call__(self, z: Point, length: Any) -> Any:
        return self.base + self.slope * length + self.tilt * z[0]

    @property
    def lipschitz(self) -> Any:
        return abs(self.slope) + abs(self.tilt)


@dataclass(frozen=True)
class Problem:
    """Dynamics on lattice points of rational length; a cost a stage and action, a final cost; an encoder that turns by
    a symmetry of the lattice and then moves each point outwards by `shift`."""

    chain: Chain
    stage: list[list[Cost]]
    final: Cost
    symmetry: int
    shift: dict[Point, Any]

    def seen(self, z: Point) -> tuple[Point, Any]:
        """What the encoder shows of a state, and its length."""
        length = LENGTHS[z]
        stretch = 1 + self.shift[z] / length
        x, y = move(SYMMETRIES[self.symmetry], z)
        return (x * stretch, y * stretch), length * stretch

    def total(self, policy: Policy, start: Law, look: Callable[[Point], tuple[Point, Any]]) -> Any:
        """The expected cost where states look so, by the laws of the state."""
        laws = self.chain.laws(policy, start)
        out = sum((p * self.final(*look(z)) for z, p in laws[-1].items()), fmpq(0))
        for costs, actions, now in zip(self.stage, policy, laws, strict=False):
            out += sum((p * costs[actions[z]](*look(z)) for z, p in now.items()), fmpq(0))
        return out

    def cost(self, policy: Policy, start: Law) -> Any:
        return self.total(policy, start, lambda z: (z, LENGTHS[z]))

    def cost_seen(self, policy: Policy, start: Law) -> Any:
        return self.total(policy, start, self.seen)

    def squared_error(self, policies: list[Policy], start: Law) -> Any:
        """The largest mean squared distance from the rotated state, at any stage of any policy."""

        def off(z: Point) -> Any:
            turned, (shown, _) = move(SYMMETRIES[self.symmetry], z), self.seen(z)
            return sum(((a - b) ** 2 for a, b in zip(turned, shown, strict=True)), fmpq(0))

        laws = [now for policy in policies for now in self.chain.laws(policy, start)]
        return max(sum((p * off(z) for z, p in now.items()), fmpq(0)) for now in laws)

    @property
    def all_costs(self) -> list[Cost]:
        return [self.final, *(c for costs in self.stage for c in costs)]

    def facts(self, bound: Any) -> dict[str, bool]:
        """Whether the costs are the same at every state and its images under the symmetries of the lattice, and differ
        between states, their images and what the encoder shows of them by no more than `bound` times the distance."""
        turned = [(move(q, z), LENGTHS[z]) for z in POINTS for q in SYMMETRIES]
        places = [*((z, LENGTHS[z]) for z in POINTS), *map(self.seen, POINTS)]
        invariant = lipschitz = True
        for c in self.all_costs:
            same = [c(z, LENGTHS[z]) for z in POINTS for _ in SYMMETRIES]
            invariant = invariant and same == [c(*place) for place in turned]
            values = [c(*place) for place in places]
            for (u, _), x in zip(places, values, strict=True):
                for (v, _), y in zip(places, values, strict=True):
                    apart = (u[0] - v[0]) ** 2 + (u[1] - v[1]) ** 2
                    lipschitz = lipschitz and bool((x - y) ** 2 <= bound**2 * apart)
        return {"invariant": invariant, "lipschitz": lipschitz}


def drawn(seed: int, stages: int, symmetry: int) -> tuple[Problem, Random]:
    """Random dynamics, slopes up to 1 in size, shifts up to 1/2."""
    rng = Random(seed)
    chain = random_chain(rng, POINTS, 2, stages, key=lambda z: z)

    def cost() -> Cost:
        return Cost(BASE + rng.randint(0, 3), fmpq(rng.randint(-10, 10), 10))

    shift = {z: fmpq(rng.randint(-5, 5), 10) for z in POINTS}
    return Problem(chain, [[cost(), cost()] for _ in range(stages)], cost(), symmetry, shift), rng


def uniform(slope: str, tilt: str, shift: str, stages: int, symmetry: int) -> Problem:
    """One cost at every stage, one shift at every state."""
    problem, _ = drawn(0, stages, symmetry)
    cost = Cost(BASE, rational(slope), rational(tilt))
    return Problem(problem.chain, [[cost, cost]] * stages, cost, symmetry, dict.fromkeys(POINTS, rational(shift)))


class Seen(Check):
    """Chains on points of the plane, with costs that grow or fall with the distance from 0. Sharp where all costs grow
    as fast as they may and the encoder moves each state outwards by as much."""

    statement = "costSeen_le_of_invariant"
    tried = "chains on six lattice points of the plane, encoders that turn by a symmetry and stretch; sharp ones too"
    relation = "<="
    outwards = "1/3"
    tilt = "1"

    def cases(self, rng: Random) -> list[Case]:
        sharp = [{"slope": s, "shift": self.outwards, "stages": t, "symmetry": q, "L": s}
                 for s in ("1", "2", "1/2") for t, q in ((0, 1), (1, 0), (3, 5))]  # fmt: skip
        shapes = ((0, 1), (1, 2), (2, 3), (3, 6))
        return sharp + [{"seed": rng.randrange(10**6), "stages": t, "symmetry": q} for t, q in shapes]

    def outside(self, rng: Random) -> list[Case]:
        steep = {"slope": "3", "shift": self.outwards, "stages": 2, "symmetry": 1, "L": "1"}
        swap = SYMMETRIES.index((0, 1, 1, 0))
        tilted = {"slope": "0", "tilt": self.tilt, "shift": "0", "stages": 0, "symmetry": swap, "L": "1"}
        trusted = {"slope": "1", "shift": self.outwards, "stages": 2, "symmetry": 1, "L": "1", "epsilon": "1/4"}
        return [steep, tilted, trusted]

    def problem(self, case: Case) -> tuple[Problem, Policy, Law, Any]:
        """The problem, a policy, where it starts, and the constant of its costs."""
        if "seed" in case:
            problem, rng = drawn(case["seed"], case["stages"], case["symmetry"])
            start = random_law(rng, POINTS)
            return problem, random_policy(rng, problem.chain), start, max(c.lipschitz for c in problem.all_costs)
        sizes = (case["slope"], case.get("tilt", "0"), case["shift"], case["stages"], case["symmetry"])
        problem = uniform(*sizes)
        return problem, random_policy(Random(1), problem.chain), {(3, 4): fmpq(1)}, rational(case["L"])

    def evidence(self, **case: Any) -> Evidence:
        problem, policy, start, bound = self.problem(case)
        true, seen = problem.cost(policy, start), problem.cost_seen(policy, start)
        off = problem.squared_error([policy], start)
        allowed = rational(case["epsilon"]) ** 2 if "epsilon" in case else off
        terms = {"stages": case["stages"], "L": bound, "epsilon": sqrt(allowed)}
        sharp = 0 if "L" in case else None
        facts = {**problem.facts(bound), "off": off, "allowed": allowed}
        return Evidence(seen, {"cost": true, **terms}, facts, sharp)

    @staticmethod
    def hypothesis(invariant: bool, lipschitz: bool, off: Any, allowed: Any) -> bool:
        return bool(invariant and lipschitz and off <= allowed)

    @staticmethod
    def claim(cost: Any, stages: Any, L: Any, epsilon: Any) -> Any:
        return cost + (stages + 1) * (L * epsilon)


class Underrated(Seen):
    """The other way round: sharp where the encoder moves each state inwards."""

    statement = "cost_le_costSeen_of_invariant"
    tried = "chains on six lattice points of the plane, encoders that turn by a symmetry and stretch; sharp ones too"
    outwards = "-1/3"
    tilt = "-1"

    def evidence(self, **case: Any) -> Evidence:
        shown = super().evidence(**case)
        return Evidence(shown.terms["cost"], {**shown.terms, "cost": shown.left}, shown.facts, shown.sharp)


class Chosen(Check):
    """Two policies, of which the first looks no worse. Sharp where the first is underrated as far as can be and the
    second overrated, so that they look alike."""

    statement = "cost_le_of_costSeen_le"
    tried = "chains on six lattice points of the plane, encoders that turn by a symmetry and stretch; sharp ones too"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sharp: list[Case] = [{"slope": s, "shift": e} for s in ("1", "2", "1/2") for e in ("1/3", "4/5")]
        return sharp + [{"seed": rng.randrange(10**6), "stages": t} for t in (0, 1, 1, 2, 3)]

    def outside(self, rng: Random) -> list[Case]:
        """A policy that looks worse and is; costs steeper than told, or not invariant; an encoder that is farther off
        than told: by much, and by as little as shows where the bound is reached."""
        reached: Case = {"slope": "1", "shift": "1/3", "beyond": True}
        return [
            *({**reached, "dearer": d} for d in ("5", "1/2", "1/1000")),
            *({**reached, "L": x} for x in ("1/2", "999/1000")),
            *({**reached, "epsilon": x} for x in ("1/4", "333/1000")),
            *({"slope": "0", "tilt": t, "shift": "0", "beyond": True} for t in ("1", "1/1000")),
        ]

    def evidence(self, **case: Any) -> Evidence:
        trust, reached = case.pop("epsilon", None), "slope" in case and not case.pop("beyond", False)
        problem, chosen, other, start, bound = self.tempting(**case) if "slope" in case else self.random(**case)
        off = problem.squared_error([chosen, other], start)
        allowed = off if trust is None else rational(trust) ** 2
        looks = [problem.cost_seen(p, start) for p in (chosen, other)]
        terms = {
            "other": problem.cost(other, start),
            "stages": problem.chain.stages,
            "L": bound,
            "epsilon": sqrt(allowed),
        }
        facts = {**problem.facts(bound), "off": off, "allowed": allowed, "looks": looks[0], "other": looks[1]}
        return Evidence(problem.cost(chosen, start), terms, facts, 0 if reached else None)

    @staticmethod
    def random(seed: int, stages: int) -> tuple[Problem, Policy, Policy, Law, Any]:
        problem, rng = drawn(seed, stages, 3)
        start = random_law(rng, POINTS)
        pair = sorted((random_policy(rng, problem.chain) for _ in range(2)), key=lambda p: problem.cost_seen(p, start))
        return problem, pair[0], pair[1], start, max(c.lipschitz for c in problem.all_costs)

    @staticmethod
    def tempting(
        slope: str, shift: str, tilt: str = "0", L: str | None = None, dearer: str = "0"
    ) -> tuple[Problem, Policy, Policy, Law, Any]:
        """One stage from a state that is moved outwards: action 0, whose cost grows with the length, leads to such a
        state again; action 1, whose cost falls, to one that is moved inwards. The base of its cost makes both look
        alike; `dearer` is added to it."""
        s, e, t = rational(slope), rational(shift), rational(tilt)
        first, out, inn = (3, 4), (0, 5), (5, -12)
        kernel = {(z, a): {(out, inn)[a]: fmpq(1)} for z in POINTS for a in (0, 1)}
        chain = Chain(POINTS, 2, 1, kernel, [{}], {})
        moved = dict.fromkeys(POINTS, e) | {inn: -e}
        swap = SYMMETRIES.index((0, 1, 1, 0))
        policies: list[Policy] = [[dict.fromkeys(POINTS, a)] for a in (1, 0)]
        start = {first: fmpq(1)}

        def with_base(base: Any) -> Problem:
            costs = [Cost(BASE, s, t), Cost(base, -s, -t)]
            return Problem(chain, [costs], Cost(BASE, s, t), swap, moved)

        level = with_base(BASE)
        gap = level.cost_seen(policies[1], start) - level.cost_seen(policies[0], start)
        bound = max(s, t) if L is None else rational(L)
        return with_base(BASE + gap + rational(dearer)), policies[0], policies[1], start, bound

    @staticmethod
    def hypothesis(invariant: bool, lipschitz: bool, off: Any, allowed: Any, looks: Any, other: Any) -> bool:
        return bool(invariant and lipschitz and off <= allowed and looks <= other)

    @staticmethod
    def claim(other: Any, stages: Any, L: Any, epsilon: Any) -> Any:
        return other + 2 * ((stages + 1) * (L * epsilon))

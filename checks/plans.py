"""Plans for linear worlds `z' = M z + B a + η` and quadratic costs, exactly: plans that are found with a learnt model,
and plans under noise."""

from collections.abc import Sequence
from itertools import product
from math import prod
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import random_matrix
from lejepa.exact.chains import rotation as orthogonal
from lejepa.exact.hermite import multiply, rational
from lejepa.exact.linear import Rows, gaussian, identity, is_positive, matrix

Plan = list[fmpq_mat]


def column(values: Sequence[Any]) -> fmpq_mat:
    return fmpq_mat(len(values), 1, [x if isinstance(x, fmpq) else rational(x) for x in values])


def form(m: fmpq_mat, v: fmpq_mat) -> Any:
    """`v · m v`."""
    return (v.transpose() * m * v)[0, 0]


def symmetric(m: fmpq_mat) -> fmpq_mat:
    """The symmetric matrix of the same quadratic form."""
    return (m + m.transpose()) * fmpq(1, 2)


def blocks(parts: Sequence[fmpq_mat]) -> fmpq_mat:
    """The matrix with these on its diagonal."""
    size = sum(p.nrows() for p in parts)
    out, start = fmpq_mat(size, size), 0
    for p in parts:
        for i, j in product(range(p.nrows()), repeat=2):
            out[start + i, start + j] = p[i, j]
        start += p.nrows()
    return out


def stacked(memory: fmpq_mat, action: fmpq_mat, steps: int) -> tuple[fmpq_mat, fmpq_mat]:
    """The matrices `F`, `G` with which the states after 0, ..., `steps` steps, one below the other, are `F z + G a`."""
    powers = [identity(memory.nrows())]
    for _ in range(steps):
        powers.append(powers[-1] * memory)
    free = [row for p in powers for row in p.tolist()]
    moved: list[list[Any]] = []
    for t in range(steps + 1):
        parts = [powers[t - 1 - s] * action if s < t else 0 * action for s in range(steps)]
        moved += [[x for part in parts for x in part.tolist()[i]] for i in range(memory.nrows())]
    width = steps * action.ncols()
    return fmpq_mat(free), fmpq_mat(len(moved), width, [x for row in moved for x in row])


def joined(plan: Plan) -> fmpq_mat:
    values = [x for a in plan for x in a.entries()]
    return fmpq_mat(len(values), 1, values)


def parted(actions: fmpq_mat, steps: int) -> Plan:
    values = actions.entries()
    k = len(values) // steps if steps else 0
    return [fmpq_mat(k, 1, values[t * k : (t + 1) * k]) for t in range(steps)]


class World:
    """`M`, `B`, the costs `S_t` of the state by the steps `t` that are left, the costs `R_t` of the action, a goal."""

    def __init__(self, memory: Rows, action: Rows, costs: Sequence[Rows], efforts: Sequence[Rows], goal: Sequence[Any]):
        self.memory, self.action = matrix(memory), matrix(action)
        self.costs, self.efforts = [matrix(s) for s in costs], [matrix(r) for r in efforts]
        self.goal, self.steps = column(goal), len(costs) - 1
        self.free, self.moved = stacked(self.memory, self.action, self.steps)
        self.weight = blocks(self.costs[::-1])
        self.effort = blocks([self.efforts[t] for t in range(self.steps, 0, -1)])
        self.goals = column(self.goal.entries() * (self.steps + 1))

    def cost(self, state: fmpq_mat, plan: Plan) -> Any:
        """The cost of a plan in the mean dynamics, all states and actions at once."""
        a = joined(plan)
        return form(self.weight, self.free * state + self.moved * a - self.goals) + form(self.effort, a)

    def best(self, state: fmpq_mat) -> Plan:
        """The plan of least cost, by the normal equations of the whole horizon."""
        s, r = symmetric(self.weight), symmetric(self.effort)
        if not self.steps:
            return []
        left = self.moved.transpose() * s * self.moved + r
        return parted(left.solve(-self.moved.transpose() * s * (self.free * state - self.goals)), self.steps)


def inverse(m: fmpq_mat) -> fmpq_mat:
    """The inverse, 0 for a singular matrix as in Lean."""
    return 0 * m if m.det() == 0 else m.inv()


def riccati_plan(m: fmpq_mat, b: fmpq_mat, costs: Sequence[fmpq_mat], r: fmpq_mat, z: fmpq_mat) -> Plan:
    """The actions `-K z` along the mean dynamics, with the gains of the Riccati recursion."""
    p, gains = costs[0], []
    for s in costs[1:]:
        gains.append(inverse(r + b.transpose() * p * b) * (b.transpose() * p * m))
        p = s + m.transpose() * p * m - m.transpose() * p * b * gains[-1]
    plan: Plan = []
    for gain in reversed(gains):
        plan.append(-gain * z)
        z = m * z + b * plan[-1]
    return plan


def text(m: fmpq_mat) -> list[list[str]]:
    return [[str(x) for x in row] for row in m.tolist()]


def normal(n: int) -> fmpq_mat:
    """A multiple of a rotation."""
    return fmpq(9, 10) * orthogonal(n)


def drawn(rng: Random, n: int, k: int, steps: int, turning: bool) -> Case:
    """A world with costs of every rank, of the state; those of the action are positive."""
    roots = [random_matrix(rng, n, rng.randint(1, n)) for _ in range(steps + 1)]
    push = random_matrix(rng, k, k)
    return {
        "memory": text(normal(n) if turning else random_matrix(rng, n, n)),
        "action": text(random_matrix(rng, n, k)),
        "costs": [text(root * root.transpose()) for root in roots],
        "effort": text(push * push.transpose() + identity(k) * fmpq(1, 2)),
        "state": [f"{rng.randint(1, 9)}/7" for _ in range(n)],
    }


def random_plan(rng: Random, k: int, steps: int) -> list[list[str]]:
    return [[f"{rng.randint(-9, 9)}/5" for _ in range(k)] for _ in range(steps)]


# latents, actions, steps
SHAPES = ((1, 1, 1), (1, 2, 3), (2, 1, 3), (2, 2, 2), (2, 3, 1), (3, 1, 4), (3, 2, 5), (4, 2, 3), (4, 1, 5))


class Learnt(Check):
    """The cost in the mean dynamics of the world of the plan that follows from the learnt matrices by the Riccati
    recursion, from the encoded state, all steps at once; the claim's side: the cost of another plan, step by step. The
    plan that solves the normal equations of the whole horizon, which no recursion has found, costs the same."""

    statement = "isMinOn_lqPlan_conj"
    relation = "<="
    tried = "Up to 5 steps of 1 to 4 latents and 1 to 3 actions, rotations and other matrices, against the best plans, \
plans near them and other plans."

    def cases(self, rng: Random) -> list[Case]:
        out: list[Case] = []
        for n, k, steps in SHAPES:
            for turning in (False, True):
                world = drawn(rng, n, k, steps, turning)
                spot = [rng.randrange(steps), rng.randrange(k)]
                out += [
                    {**world, "plan": None, "sharp": True},
                    {**world, "plan": None, "nudge": spot},
                    {**world, "plan": random_plan(rng, k, steps)},
                    {**world, "plan": [["0"] * k] * steps},
                ]
        return [*out, {**drawn(rng, 2, 1, 0, False), "plan": [], "sharp": True}]

    def outside(self, rng: Random) -> list[Case]:
        plane: Case = {
            "memory": [["1/2", "1"], ["0", "1/3"]],
            "action": [["1", "0"], ["0", "1/2"]],
            "costs": [[["4", "0"], ["0", "1"]]] * 3,
            "effort": [["1", "0"], ["0", "1"]],
            "state": ["1", "2"],
            "plan": None,
        }
        line: Case = {"memory": [["1"]], "action": [["1"]], "effort": [["1"]], "state": ["1"]}
        still: Case = {**plane, "memory": [["1", "0"], ["0", "1"]], "action": [["1", "0"], ["0", "1"]]}
        return [
            {**plane, "rotation": [["1", "1/10"], ["0", "1"]]},
            {**plane, "rotation": [["11/10", "0"], ["0", "11/10"]]},
            {**plane, "costs": [[["2", "1"], ["0", "1"]]] * 3},
            {**line, "costs": [[["-10"]], [["1"]]], "plan": [["100"]]},
            {**plane, "effort": [["1", "1"], ["0", "1"]]},
            # a latent that costs nothing and an action that costs nothing: the gain has no inverse to come from
            {**still, "costs": [[["1", "0"], ["0", "0"]]] * 2, "effort": [["0", "0"], ["0", "0"]], "plan": [[-1, 0]]},
            {**line, "costs": [[["1"]], [["1"]]], "effort": [["-2"]], "plan": [["100"]]},
            *({**plane, "unseen": part} for part in ("memory", "action", "costs")),
        ]

    def evidence(
        self,
        memory: Rows,
        action: Rows,
        costs: list[Rows],
        effort: Rows,
        state: list[str],
        plan: list[list[str]] | None,
        nudge: list[int] | None = None,
        rotation: Rows | None = None,
        unseen: str = "",
        sharp: bool = False,
    ) -> Evidence:
        world = World(memory, action, costs, [effort] * len(costs), ["0"] * len(state))
        q, z, r = orthogonal(len(state)) if rotation is None else matrix(rotation), column(state), matrix(effort)
        seen = {"memory": q * world.memory * q.transpose(), "action": q * world.action}
        rotated = [q * s * q.transpose() for s in world.costs]
        model: dict[str, Any] = {"memory": seen["memory"], "action": seen["action"], "costs": rotated}
        if unseen:
            model[unseen] = getattr(world, unseen)
        found = riccati_plan(model["memory"], model["action"], model["costs"], r, q * z)
        other = world.best(z) if plan is None else [column(a) for a in plan]
        if nudge is not None:
            other[nudge[0]][nudge[1], 0] += fmpq(1, 1000)
        terms = {"memory": world.memory, "action": world.action, "costs": world.costs, "effort": r}
        facts = {
            "costs_symmetric": all(s == s.transpose() for s in world.costs),
            "costs_nonnegative": all(is_positive(symmetric(s)) for s in world.costs),
            "effort_symmetric": r == r.transpose(),
            "effort_positive": is_positive(symmetric(r), strictly=True),
            "orthogonal": q * q.transpose() == identity(len(state)),
            "learnt": model == {**seen, "costs": rotated},
        }
        return Evidence(world.cost(z, found), {**terms, "state": z, "plan": other}, facts, 0 if sharp else None)

    @staticmethod
    def hypothesis(
        costs_symmetric: bool,
        costs_nonnegative: bool,
        effort_symmetric: bool,
        effort_positive: bool,
        orthogonal: bool,
        learnt: bool,
    ) -> bool:
        return costs_symmetric and costs_nonnegative and effort_symmetric and effort_positive and orthogonal and learnt

    @staticmethod
    def claim(memory: Any, action: Any, costs: Any, effort: Any, state: Any, plan: Any) -> Any:
        z = state
        total = fmpq(0)
        for t, a in enumerate(plan):
            total = total + form(costs[len(plan) - t], z) + form(effort, a)
            z = memory * z + action * a
        return total + form(costs[0], z)


Law = list[tuple[Any, fmpq_mat]]

# Laws of noise that are centred: of one latent with two points, one lopsided; of two with three; of three with four
LAWS: dict[str, list[tuple[str, list[str]]]] = {
    "even": [("1/2", ["1/3"]), ("1/2", ["-1/3"])],
    "lopsided": [("1/4", ["3"]), ("3/4", ["-1"])],
    "plane": [("1/3", ["2", "0"]), ("1/3", ["-1", "1"]), ("1/3", ["-1", "-1"])],
    "line": [("1/3", ["2", "-1"]), ("2/3", ["-1", "1/2"])],
    "space": [("1/2", ["1", "0", "-1"]), ("1/4", ["-2", "1", "0"]), ("1/4", ["0", "-1", "2"])],
}
# and one that is not, by little and by much
BIASED: dict[str, list[tuple[str, list[str]]]] = {
    "little": [("1/2", ["1"]), ("1/2", ["-49/50"])],
    "much": [("1", ["1"])],
}


class Certainty(Check):
    """Expected costs of plans by the sum over all sequences of noises of a law of few points, or by Gaussian moments.
    A plan is best among some if its cost in the mean dynamics, without noise, is the least; among them are the plan
    that the normal equations of the mean dynamics give, its reflections of other plans, which cost the same, and the
    least of the parabola through expected costs of a few plans. That the noise is centred is seen of its first moments,
    and that a cost of states is quadratic of its third differences."""

    statement = "certainty_equivalence"
    relation = "iff"
    tried = "Up to 5 steps of 1 to 3 latents and 1 or 2 actions, with noise of two to four points and Gaussian noise, \
finite sets of plans, costs of actions with and without jumps."

    def cases(self, rng: Random) -> list[Case]:
        out: list[Case] = []
        shapes = (
            (1, 1, 1, "even"), (1, 2, 3, "lopsided"), (1, 1, 5, "lopsided"), (2, 1, 3, "plane"), (2, 2, 2, "line"),
            (2, 2, 4, "line"), (3, 2, 2, "space"), (3, 1, 3, "space"), (1, 1, 3, ""), (2, 1, 2, ""), (2, 2, 2, ""),
        )  # fmt: skip
        for n, k, steps, law in shapes:
            world = drawn(rng, n, k, steps, turning=n > 1 and steps % 2 == 0)
            root = random_matrix(rng, n, n)
            noise: Any = law or text(root * root.transpose())
            plans = {"first": random_plan(rng, k, steps), "second": random_plan(rng, k, steps)}
            given = {**world, "goal": [f"{rng.randint(-9, 9)}/4" for _ in range(n)], "noise": noise, "plans": plans}
            among = ["first", "second", "mirrored", "best", "expected", "still"]
            out += [{**given, "among": among, "plan": p} for p in ("best", "expected", "first")]
            out += [{**given, "among": ["first", "mirrored"], "plan": p} for p in ("first", "mirrored")]
            few = ["first", "second", "still"]
            out += [{**given, "among": few, "jump": jump, "plan": p} for jump in ("0", "5") for p in few]
        return out

    def outside(self, rng: Random) -> list[Case]:
        line: Case = {
            "memory": [["1"]],
            "action": [["1"]],
            "costs": [[["1"]], [["1/2"]], [["2"]]],
            "effort": [["1"]],
            "state": ["1"],
            "goal": ["1/2"],
            "plans": {"first": [["0"], ["0"]]},
        }
        both = ["best", "expected"]
        biased = [{**line, "noise": law, "among": both, "plan": p} for law in BIASED for p in both]
        # without noise it does not pay to bring 1 to 0 at 11/10; with noise around 1 it does
        once: Case = {**line, "costs": [[["0"]]] * 2, "effort": [["11/10"]], "goal": ["0"]}
        once["plans"] = {"first": [["0"]], "second": [["-1"]]}
        few = ["first", "second"]
        bent = [
            {**once, "noise": law, "bent": power, "among": few, "plan": p}
            for law in ("lopsided", [["1"]])
            for power in (3, 4)
            for p in few
        ]
        return [*biased, *bent]

    def evidence(
        self,
        memory: Rows,
        action: Rows,
        costs: list[Rows],
        effort: Rows,
        state: list[str],
        goal: list[str],
        noise: str | Rows,
        plans: dict[str, list[list[str]]],
        among: list[str],
        plan: str,
        jump: str = "0",
        bent: int = 0,
    ) -> Evidence:
        efforts = [text(matrix(effort) * fmpq(t + 1, 2)) for t in range(len(costs))]
        problem = Noisy(World(memory, action, costs, efforts, goal), column(state), noise, rational(jump), bent)
        listed = {name: problem.plan(name, plans) for name in among}
        mean = {name: problem.mean_cost(p) for name, p in listed.items()}
        expected = {name: problem.expected_cost(p) for name, p in listed.items()}
        facts = {
            "centred": problem.is_centred,
            "quadratic": problem.is_quadratic,
            "best": mean[plan] == min(mean.values()),
        }
        return Evidence(expected[plan], {"costs": list(expected.values())}, facts)

    @staticmethod
    def hypothesis(centred: bool, quadratic: bool, best: bool) -> bool:
        return centred and quadratic

    @staticmethod
    def condition(centred: bool, quadratic: bool, best: bool) -> bool:
        return best

    @staticmethod
    def claim(costs: Any) -> Any:
        return min(costs)


class Noisy:
    """A world from a state, with noise of a law of few points or with a Gaussian one of a covariance. An action that is
    not 0 costs `jump` more. With a power `bent`, the state costs that power of its first latent's offset from the goal
    more."""

    def __init__(self, world: World, state: fmpq_mat, noise: str | Rows, jump: Any, bent: int) -> None:
        self.world, self.state, self.jump, self.bent = world, state, jump, bent
        self.law: Law | None = None
        self.covariance = fmpq_mat(0, 0)
        if isinstance(noise, str):
            self.law = [(rational(p), column(x)) for p, x in {**LAWS, **BIASED}[noise]]
        else:
            self.covariance = matrix(noise)

    @property
    def is_centred(self) -> bool:
        n = self.world.memory.nrows()
        if self.law is not None:
            return all(sum((p * x[i, 0] for p, x in self.law), fmpq(0)) == 0 for i in range(n))
        moment = gaussian(self.covariance)
        return all(moment(tuple(int(i == j) for i in range(n))) == 0 for j in range(n))

    @property
    def is_quadratic(self) -> bool:
        n = self.world.memory.nrows()
        rays = [column([int(i == j) * t for i in range(n)]) + self.world.goal for j in range(n) for t in range(4)]
        at = [[self.state_cost(left, y) for y in rays] for left in range(self.world.steps + 1)]
        return all(c[4 * j + 3] - 3 * c[4 * j + 2] + 3 * c[4 * j + 1] - c[4 * j] == 0 for c in at for j in range(n))

    def state_cost(self, left: int, y: fmpq_mat) -> Any:
        off = y - self.world.goal
        return form(self.world.costs[left], off) + (off[0, 0] ** self.bent if self.bent else 0)

    def action_cost(self, plan: Plan) -> Any:
        steps = len(plan)
        return sum(
            (form(self.world.efforts[steps - t], a) + self.jump * (a != 0 * a) for t, a in enumerate(plan)), fmpq(0)
        )

    def path_cost(self, plan: Plan, noises: Sequence[fmpq_mat]) -> Any:
        """The cost of the states along one sequence of noises, step by step."""
        z, total = self.state, fmpq(0)
        for t, (a, e) in enumerate(zip(plan, noises, strict=True)):
            total += self.state_cost(len(plan) - t, z)
            z = self.world.memory * z + self.world.action * a + e
        return total + self.state_cost(0, z)

    def mean_cost(self, plan: Plan) -> Any:
        return self.path_cost(plan, [0 * self.state] * len(plan)) + self.action_cost(plan)

    def expected_cost(self, plan: Plan) -> Any:
        if self.law is None:
            return self.gaussian_cost(plan) + self.action_cost(plan)
        total = fmpq(0)
        for drawn in product(self.law, repeat=len(plan)):
            total += prod((p for p, _ in drawn), start=fmpq(1)) * self.path_cost(plan, [x for _, x in drawn])
        return total + self.action_cost(plan)

    def gaussian_cost(self, plan: Plan) -> Any:
        """The mean cost of the states, which are linear in all the noises together, by moments of monomials."""
        n, steps = self.world.memory.nrows(), len(plan)
        width = n * steps
        moment = gaussian(blocks([self.covariance] * steps))
        mean = self.world.free * self.state + self.world.moved * joined(plan) - self.world.goals
        _, spread = stacked(self.world.memory, identity(n), steps)
        unit = [tuple(int(i == j) for i in range(width)) for j in range(width)]
        off = [
            {(0,) * width: mean[i, 0], **{u: x for u, x in zip(unit, row, strict=True) if x != 0}}
            for i, row in enumerate(spread.tolist())
        ]
        total = fmpq(0)
        for i, j in product(range(len(off)), repeat=2):
            if self.world.weight[i, j] != 0:
                square = multiply(off[i], off[j])
                total += self.world.weight[i, j] * sum((c * moment(e) for e, c in square.items()), fmpq(0))
        for i in range(0, len(off), n) if self.bent else ():
            power = off[i]
            for _ in range(self.bent - 1):
                power = multiply(power, off[i])
            total += sum((c * moment(e) for e, c in power.items()), fmpq(0))
        return total

    def plan(self, name: str, given: dict[str, list[list[str]]]) -> Plan:
        """A plan by its name."""
        if name in given:
            return [column(a) for a in given[name]]
        k, steps = self.world.action.ncols(), self.world.steps
        if name == "still":
            return [fmpq_mat(k, 1)] * steps
        if name == "best":
            return self.world.best(self.state)
        if name == "mirrored":
            middle = self.world.best(self.state)
            return [2 * a - b for a, b in zip(middle, self.plan("first", given), strict=True)]
        return parted(self.least_expected(k * steps), steps)

    def least_expected(self, size: int) -> fmpq_mat:
        """The least of the parabola that has the expected costs of a few plans."""

        def at(*on: int) -> Any:
            values = [fmpq(sum(i == j for j in on)) for i in range(size)]
            return self.expected_cost(parted(fmpq_mat(size, 1, values), self.world.steps))

        zero, one = at(), [at(i) for i in range(size)]
        twice = [[at(i, j) - one[i] - one[j] + zero for j in range(size)] for i in range(size)]
        slope = [x - zero - twice[i][i] / 2 for i, x in enumerate(one)]
        return fmpq_mat(twice).solve(-fmpq_mat(size, 1, slope))

"""What the paper's Lean files assume and is false. Each assumption is checked with the hypothesis that it lacks;
outside that hypothesis lies the counterexample, which must be found."""

from dataclasses import replace
from math import factorial, prod
from random import Random
from typing import Any

from flint import arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import Chain, Policy, random_chain, random_law, random_policy
from lejepa.exact.generic import exp, over
from lejepa.exact.hermite import Polynomial, multi_indices, pair_mean, rational
from lejepa.exact.polynomials import coefficient, random_polynomial, to_monomials, value_at, vanishes


class MeanOfNone(Check):
    """The geometric mean, `1` for no terms since `x⁰ = 1`; true of at least one term."""

    statement = "Refutation.not_amgm"
    relation = "<="
    tried = "Up to five numbers, equal, zero among them, or drawn at random; outside, none."

    def cases(self, rng: Random) -> list[Case]:
        sharp = [{"a": [x] * m, "sharp": True} for x, m in (("3", 1), ("2/7", 2), ("5", 4))]
        drawn = [{"a": [f"{10 * i + rng.randint(0, 9)}/7" for i in range(m)]} for m in (2, 3, 5)]
        return [*sharp, {"a": ["0", "5"]}, *drawn]

    def outside(self, rng: Random) -> list[Case]:
        return [{"a": []}, {"a": ["-1", "-1"]}, {"a": ["-2", "-3", "0", "0"]}]

    def evidence(self, a: list[str], sharp: bool = False) -> Evidence:
        values = [rational(x) for x in a]
        product = arb(prod(values, start=fmpq(1)))
        left = product.root(len(values)) if values else product
        facts = {"m": len(values), "least": min(values, default=fmpq(0))}
        return Evidence(left, {"a": values, "m": len(values)}, facts, 0 if sharp else None)

    @staticmethod
    def hypothesis(m: int, least: Any) -> bool:
        return m > 0 and least >= 0

    @staticmethod
    def claim(a: Any, m: Any) -> Any:
        return over(sum(a), m)


class JensenOfNone(Check):
    """True of at least one term, where they sum to 0; and then the mean is its Taylor series, by power sums."""

    statement = "Refutation.not_jensen"
    relation = "<="
    tried = "Up to five numbers that sum to zero, drawn at random or all zero; outside, none."

    def cases(self, rng: Random) -> list[Case]:
        drawn = [rng.randint(1, 9) for _ in range(4)]
        return [
            *({"f": ["0"] * m, "sharp": True} for m in (1, 2, 5)),
            {"f": [str(x) for x in (*drawn, -sum(drawn))]},
            {"f": ["1/2", "-1/2"], "series": True},
            {"f": ["1", "1", "-2"], "series": True},
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"f": []}, {"f": ["-3"]}, {"f": ["-1/1000", "0"]}]

    def evidence(self, f: list[str], sharp: bool = False, series: bool = False) -> Evidence:
        values = [rational(x) for x in f]
        facts = {"m": len(values), "total": sum(values, fmpq(0))}
        left = self.series(values) if series else fmpq(1)
        return Evidence(left, {"f": values, "m": len(values)}, facts, 0 if sharp or series else None)

    @staticmethod
    def series(values: list[Any]) -> Any:
        """The mean of `e^{2 f / m}` by power sums of the `f`, with Lagrange's bound on what is left."""
        m = len(values)
        scaled = [2 * x / m for x in values]
        top, order = max(map(abs, scaled)), 3 * ctx.dps
        terms = (sum((x**k for x in scaled), fmpq(0)) / factorial(k) for k in range(order))
        rest = arb(top) ** order * arb(top).exp() / factorial(order)
        return arb(sum(terms, fmpq(0)) / m) + arb(0, rest.upper())

    @staticmethod
    def hypothesis(m: int, total: Any) -> bool:
        return m > 0 and total == 0

    @staticmethod
    def claim(f: Any, m: Any) -> Any:
        return over(sum(exp(over(2, m) * x) for x in f), m)


SEEN = [12, 10, 11]  # what the representation makes of the states 0, 1, 2


class StagePushforward(Check):
    """The expected cost of the last stage, along the trajectories of a chain on a representation, against that of the
    cost seen through it, from the transition probabilities of the chain itself. Linked or not is seen from both chains'
    transitions and policies, pair by pair; outside the hypothesis they are those of another chain."""

    statement = "Refutation.not_stagePushforward"
    tried = "Chains of three states, two actions and two stages, drawn at random."
    final = False

    def cases(self, rng: Random) -> list[Case]:
        return [{"seed": rng.randrange(10**6)} for _ in range(4)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": 1, "other": 2}, {"seed": 3, "other": 4}]

    def evidence(self, seed: int, other: int | None = None) -> Evidence:
        rng = Random(seed)
        chain = random_chain(rng, [0, 1, 2], 2, 2, key=lambda z: z)
        policy, start = random_policy(rng, chain), random_law(rng, chain.states)
        there = [{SEEN[z]: a for z, a in stage.items()} for stage in policy]
        source = chain if other is None else random_chain(Random(other), [0, 1, 2], 2, 2, key=lambda z: z)
        seen = source.seen_through(SEEN.__getitem__, SEEN.index)
        linked = all(
            seen.kernel[SEEN[z], a].get(SEEN[y], fmpq(0)) == chain.kernel[z, a].get(y, fmpq(0))
            for z in chain.states
            for y in chain.states
            for a in range(chain.actions)
        ) and all(there[t][SEEN[z]] == policy[t][z] for t in range(2) for z in chain.states)
        # the cost on the representation, the same on both sides
        costs = {(SEEN[z], a): fmpq(7 * z + 3 * a * a + 1, 5) for z in chain.states for a in range(2)}
        last = {SEEN[z]: fmpq(z * z + 2 * z + 2, 3) for z in chain.states}
        nothing = dict.fromkeys(costs, fmpq(0))
        if self.final:
            along = replace(seen, stage_cost=[nothing, nothing], final_cost=last)
        else:
            along = replace(seen, stage_cost=[nothing, costs], final_cost=dict.fromkeys(last, fmpq(0)))
        left = along.cost(there, {SEEN[z]: p for z, p in start.items()})
        return Evidence(left, {"paths": self.paths(chain, policy, start, costs, last)}, {"linked": linked})

    def paths(self, chain: Chain, policy: Policy, start: Any, costs: Any, last: Any) -> list[list[Any]]:
        """Of each trajectory: the probabilities of its start and its transitions, and the cost seen at its end."""
        out = []
        for z, p in start.items():
            for y, q in chain.kernel[z, policy[0][z]].items():
                if not self.final:
                    out.append([[p, q], costs[SEEN[y], policy[1][y]]])
                    continue
                for x, r in chain.kernel[y, policy[1][y]].items():
                    out.append([[p, q, r], last[SEEN[x]]])
        return out

    @staticmethod
    def hypothesis(linked: bool) -> bool:
        return linked

    @staticmethod
    def claim(paths: Any) -> Any:
        return sum(prod(chances) * cost for chances, cost in paths)


class FinalPushforward(StagePushforward):
    """The same for the final cost."""

    statement = "Refutation.not_finalPushforward"
    final = True


def weights(f: Polynomial, n: int, degree: int) -> list[tuple[int, Any]]:
    """The weight of a function at each degree."""
    out = [fmpq(0)] * (degree + 1)
    for alpha in multi_indices(n, degree):
        c = coefficient(f, alpha)
        out[sum(alpha)] += c * c
    return list(enumerate(out))


class FreeCorrelation(Check):
    """The correlation of a map's output, from moments, or the free field of a structure; the weights are the map's."""

    statement = "Refutation.not_correlation_eq_tsum"
    tried = "Five polynomials up to degree 3 of one or two latents; outside, a number typed in."

    def cases(self, rng: Random) -> list[Case]:
        drawn = [{"rho": r, "f": random_polynomial(rng, n, 0, 3)} for r in ("1/3", "9/10") for n in (1, 2)]
        return [{"rho": "1/2", "f": {"0": "1/2", "1": "2"}}, *drawn]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": "1/2", "f": {"1": "1"}, "free": c} for c in ("0", "1")]

    def evidence(self, rho: str, f: dict[str, str], free: str | None = None) -> Evidence:
        r, p = rational(rho), to_monomials(f)
        own = pair_mean(p, p, r)
        left = own if free is None else rational(free)
        n = len(next(iter(f)).split())
        return Evidence(left, {"rho": r, "weights": weights(p, n, 3)}, {"own": vanishes(arb(own) - left)})

    @staticmethod
    def hypothesis(own: bool) -> bool:
        return own

    @staticmethod
    def claim(rho: Any, weights: Any) -> Any:
        return sum(w * rho**d for d, w in weights)


class FreeDegree(Check):
    """The value of a map at the sum of two points, against the sum of its values: additive where its weights, as they
    are declared, are its own and of degree one alone. Outside the hypothesis they are not its own, or not of degree one
    alone."""

    statement = "Refutation.not_isLinear_of_degree_one"
    tried = "Three linear maps of one variable; outside, maps declared to be what they are not."

    def cases(self, rng: Random) -> list[Case]:
        return [{"f": {"1": f"{rng.randint(1, 9)}/4"}, "declared": [1]} for _ in range(3)]

    def outside(self, rng: Random) -> list[Case]:
        curved = {"2": "1", "1": "1"}
        return [{"f": {"0": "1"}, "declared": [1]}, *({"f": curved, "declared": d} for d in ([1], [1, 2]))]

    def evidence(self, f: dict[str, str], declared: list[int]) -> Evidence:
        p = to_monomials(f)
        own = [d for d, w in weights(p, 1, 2) if not arb(w).contains(0)]
        x, y = fmpq(1, 2), fmpq(5, 3)
        left, first, second = (value_at(p, [z]) for z in (x + y, x, y))
        return Evidence(left, {"first": first, "second": second}, {"own": own, "declared": declared})

    @staticmethod
    def hypothesis(own: Any, declared: Any) -> bool:
        return own == declared and declared == [1]

    @staticmethod
    def claim(first: Any, second: Any) -> Any:
        return first + second


class AnyEigenvalue(Check):
    """For the score `α z + β` and `a = 1`, `b` is what `z = 0` asks for; then other points decide."""

    statement = "Refutation.not_affine_eigenfunction"
    tried = (
        "Three scores and their eigenvalues at three points each; outside, other numbers, hardly off or far off, of "
        "either sign."
    )

    def cases(self, rng: Random) -> list[Case]:
        grid = [("1", "-1", "0", "1"), ("2", "-1/3", "1", "2/3"), ("1/2", "-3", "-2", "3/2")]
        return [{"K": k, "alpha": a, "beta": b, "lam": v, "z": z} for k, a, b, v in grid for z in ("0", "1", "-5/2")]

    def outside(self, rng: Random) -> list[Case]:
        # the eigenvalue is 1
        off = ("1001/1000", "999/1000", "1/2", "2", "11", "1000000", "1/1000", "-1/1000", "-1", "-11")
        return [{"K": "1", "alpha": "-1", "beta": "0", "lam": v, "z": "1"} for v in off]

    def evidence(self, K: str, alpha: str, beta: str, lam: str, z: str) -> Evidence:
        k, slope, shift, value, point = map(rational, (K, alpha, beta, lam, z))
        terms = {"lam": value, "z": point, "b": -k * shift / value}
        return Evidence(k * (slope * point + shift), terms, {"K": k, "alpha": slope, "lam": value})

    @staticmethod
    def hypothesis(K: Any, alpha: Any, lam: Any) -> bool:
        return bool(lam == -K * alpha)

    @staticmethod
    def claim(lam: Any, z: Any, b: Any) -> Any:
        return -lam * (z + b)


class NormEverywhere(Check):
    """The squared norm of `h v - h 0` for an orthogonal map, or one that is changed at single points, which no law with
    a density sees. Outside the hypothesis it is not continuous there: as near as 10⁻⁴⁰ its values are far away."""

    statement = "Refutation.exists_orthogonal_not_norm_preserving"
    tried = "Orthogonal maps of the plane, one of them changed at a point; outside, at the point itself."

    def cases(self, rng: Random) -> list[Case]:
        drawn = {"v": [f"{rng.randint(-9, 9)}/4", "1"], "changed": []}
        return [{"v": ["0", "0"], "changed": []}, {"v": ["3", "-1/2"], "changed": [["1", "0"]]}, drawn]

    def outside(self, rng: Random) -> list[Case]:
        return [{"v": ["1", "0"], "changed": [["1", "0"]]}, {"v": ["3", "4"], "changed": [["0", "0"]]}]

    def evidence(self, v: list[str], changed: list[list[str]]) -> Evidence:
        holes = [[rational(x) for x in p] for p in changed]

        def h(p: list[Any]) -> list[Any]:
            x, y = p
            turned = [(3 * x - 4 * y) / 5, (4 * x + 3 * y) / 5]
            return [1 - c for c in turned] if p in holes else turned

        near = fmpq(1, 10**40)
        point, origin = [rational(x) for x in v], [fmpq(0), fmpq(0)]
        moved = [
            sum(((x - y) ** 2 for x, y in zip(h(p), h([p[0] + a * near, p[1] + b * near]), strict=True)), fmpq(0))
            for p in (point, origin)
            for a, b in ((1, 0), (0, -1), (2, 1))
        ]
        left = sum(((x - y) ** 2 for x, y in zip(h(point), h(origin), strict=True)), fmpq(0))
        return Evidence(left, {"v": point}, {"jump": max(moved), "near": 5 * near**2})

    @staticmethod
    def hypothesis(jump: Any, near: Any) -> bool:
        return bool(jump <= near)

    @staticmethod
    def claim(v: Any) -> Any:
        return sum(x**2 for x in v)

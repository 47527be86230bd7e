"""What the paper's Lean files assume and is false. Each assumption is checked with the hypothesis that it lacks;
outside that hypothesis lies the counterexample, which must be found."""

from math import factorial, prod
from random import Random
from typing import Any

from flint import arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import Chain, Policy, random_chain, random_law, random_policy
from lejepa.exact.generic import exp, over
from lejepa.exact.hermite import Polynomial, gaussian_mean, multi_indices, multiply, pair_mean, rational
from lejepa.exact.polynomials import PolynomialEncoder, coefficient, random_polynomial, to_monomials


class MeanOfNone(Check):
    """The geometric mean, `1` for no terms since `x⁰ = 1`; true of at least one term."""

    statement = "Refutation.not_amgm"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        sharp = [{"a": [x] * m, "sharp": True} for x, m in (("3", 1), ("2/7", 2), ("5", 4))]
        return sharp + [{"a": [f"{10 * i + rng.randint(0, 9)}/7" for i in range(m)]} for m in (2, 3, 5)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"a": []}]

    def evidence(self, a: list[str], sharp: bool = False) -> Evidence:
        values = [rational(x) for x in a]
        product = arb(prod(values, start=fmpq(1)))
        left = product.root(len(values)) if values else product
        return Evidence(left, {"a": values, "m": len(values)}, {"m": len(values)}, 0 if sharp else None)

    @staticmethod
    def hypothesis(m: int) -> bool:
        return m > 0

    @staticmethod
    def claim(a: Any, m: Any) -> Any:
        return over(sum(a), m)


class JensenOfNone(Check):
    """True of at least one term, where they sum to 0; and then the mean is its Taylor series, by power sums."""

    statement = "Refutation.not_jensen"
    relation = "<="

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


def linked_chain(seed: int) -> tuple[Chain, Chain, Policy, Policy, dict[int, Any]]:
    """A chain, the same through a permutation, a policy on each, and an initial law."""
    rng = Random(seed)
    chain = random_chain(rng, [0, 1, 2], 2, 2, key=lambda z: z)
    e = [12, 10, 11]
    seen = chain.seen_through(e.__getitem__, e.index)
    policy = random_policy(rng, chain)
    there = [{z: stage[e.index(z)] for z in seen.states} for stage in policy]
    return chain, seen, policy, there, random_law(rng, chain.states)


class StagePushforward(Check):
    """The expected cost of the last stage on the representation. Unlinked: the functional that is constantly `free`."""

    statement = "Refutation.not_stagePushforward"
    final = False

    def cases(self, rng: Random) -> list[Case]:
        return [{"seed": rng.randrange(10**6)} for _ in range(4)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"seed": 1, "free": "0"}, {"seed": 1, "free": "-1"}]

    def evidence(self, seed: int, free: str | None = None) -> Evidence:
        chain, seen, policy, there, start = linked_chain(seed)
        e = [12, 10, 11]
        laws = chain.laws(policy, start), seen.laws(there, {e[z]: p for z, p in start.items()})
        values = []
        for problem, plan, law in zip((chain, seen), (policy, there), laws, strict=True):
            if self.final:
                values.append([(p, problem.final_cost[z]) for z, p in law[2].items()])
            else:
                values.append([(p, problem.stage_cost[1][z, plan[1][z]]) for z, p in law[1].items()])
        left = sum((p * c for p, c in values[1]), fmpq(0)) if free is None else rational(free)
        return Evidence(left, {"expected": values[0]}, {"linked": free is None})

    @staticmethod
    def hypothesis(linked: bool) -> bool:
        return linked

    @staticmethod
    def claim(expected: Any) -> Any:
        return sum(p * c for p, c in expected)


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
        return Evidence(left, {"rho": r, "weights": weights(p, n, 3)}, {"own": arb(own).overlaps(arb(left))})

    @staticmethod
    def hypothesis(own: bool) -> bool:
        return own

    @staticmethod
    def claim(rho: Any, weights: Any) -> Any:
        return sum(w * rho**d for d, w in weights)


class FreeDegree(Check):
    """How far a map is from additive, at two points; its weights are declared, its own or not."""

    statement = "Refutation.not_isLinear_of_degree_one"

    def cases(self, rng: Random) -> list[Case]:
        return [{"f": {"1": f"{rng.randint(1, 9)}/4"}, "declared": [1]} for _ in range(3)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"f": {"0": "1"}, "declared": [1]}, {"f": {"2": "1", "1": "1"}, "declared": [1]}]

    def evidence(self, f: dict[str, str], declared: list[int]) -> Evidence:
        p = to_monomials(f)
        own = {d for d, w in weights(p, 1, 2) if not arb(w).contains(0)}

        def value(x: Any) -> Any:
            return sum((c * x ** e[0] for e, c in p.items()), fmpq(0))

        x, y = fmpq(1, 2), fmpq(5, 3)
        return Evidence((value(x + y) - value(x) - value(y)) ** 2, {}, {"own": own == set(declared)})

    @staticmethod
    def hypothesis(own: bool) -> bool:
        return own

    @staticmethod
    def claim() -> Any:
        return 0


class AnyEigenvalue(Check):
    """For the score `α z + β` and `a = 1`, `b` is what `z = 0` asks for; then other points decide."""

    statement = "Refutation.not_affine_eigenfunction"

    def cases(self, rng: Random) -> list[Case]:
        grid = [("1", "-1", "0", "1"), ("2", "-1/3", "1", "2/3"), ("1/2", "-3", "-2", "3/2")]
        return [{"K": k, "alpha": a, "beta": b, "lam": v, "z": z} for k, a, b, v in grid for z in ("0", "1", "-5/2")]

    def outside(self, rng: Random) -> list[Case]:
        return [{"K": "1", "alpha": "-1", "beta": "0", "lam": v, "z": "1"} for v in ("2", "1/2")]

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
    """The squared norm of `h v - h 0` for an orthogonal map, or one that is changed at a single point, which no law
    with a density sees."""

    statement = "Refutation.exists_orthogonal_not_norm_preserving"

    def cases(self, rng: Random) -> list[Case]:
        return [{"v": ["0", "0"]}, {"v": ["3", "-1/2"]}, {"v": [f"{rng.randint(-9, 9)}/4", "1"]}]

    def outside(self, rng: Random) -> list[Case]:
        return [{"v": ["1", "0"], "changed": ["1", "0"]}]

    def evidence(self, v: list[str], changed: list[str] | None = None) -> Evidence:
        x, y = map(rational, v)
        image = (fmpq(0), fmpq(0)) if v == changed else ((3 * x - 4 * y) / 5, (4 * x + 3 * y) / 5)
        return Evidence(image[0] ** 2 + image[1] ** 2, {"v": [x, y]}, {"everywhere": changed is None})

    @staticmethod
    def hypothesis(everywhere: bool) -> bool:
        return everywhere

    @staticmethod
    def claim(v: Any) -> Any:
        return sum(x**2 for x in v)


class Polar(Check):
    """The distance of an encoder's linear part from an orthogonal map; or free numbers."""

    statement = "Refutation.not_polarBound"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        reached: list[dict[str, str]] = [{}, {"2": "1/2"}, {"2": "3/10"}]
        sharp: list[Case] = [{"expansions": [e], "sharp": True} for e in reached]
        drawn = [{"expansions": [random_polynomial(rng, n, 1, 2) for _ in range(n)]} for n in (1, 2, 2)]
        return sharp + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [{"free": ["1", "0", "0"]}]

    def evidence(
        self, expansions: list[dict[str, str]] | None = None, free: list[str] | None = None, sharp: bool = False
    ) -> Evidence:
        if expansions is None:
            q, eps, w = map(rational, free or [])
            return Evidence(q, {"eps": eps, "w": w}, {"own": False})
        h = PolynomialEncoder.of(len(expansions), {"expansions": expansions})
        distance = arb(h.n + h.linear_energy - 2 * h.nuclear_norm()).max(arb(0)).sqrt()
        terms = {"eps": arb(h.defect).sqrt(), "w": h.trace - h.linear_energy}
        return Evidence(distance, terms, {"own": True}, 0 if sharp else None)

    @staticmethod
    def hypothesis(own: bool) -> bool:
        return own

    @staticmethod
    def claim(eps: Any, w: Any) -> Any:
        return eps + w


class Pythagorean(Check):
    """The squared distance from the identity: that of the linear part, and the energy above; or free numbers."""

    statement = "Refutation.not_pythagorean"

    def cases(self, rng: Random) -> list[Case]:
        return [{"f": random_polynomial(rng, 1, 1, k)} for k in (2, 3, 4)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"free": ["1", "0", "0"]}]

    def evidence(self, f: dict[str, str] | None = None, free: list[str] | None = None) -> Evidence:
        if f is None:
            t, q, w = map(rational, free or [])
            return Evidence(t, {"q": q, "w": w}, {"own": False})
        h = PolynomialEncoder.of(1, {"expansions": [f]})
        error = dict(h.outputs[0])
        error[(1,)] = error.get((1,), fmpq(0)) - 1
        a = h.linear[0][0]
        terms = {"q": (a - 1) ** 2, "w": h.trace - a**2}
        return Evidence(gaussian_mean(multiply(error, error)), terms, {"own": True})

    @staticmethod
    def hypothesis(own: bool) -> bool:
        return own

    @staticmethod
    def claim(q: Any, w: Any) -> Any:
        return q + w

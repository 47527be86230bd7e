"""The converse: where the latents are not Gaussian, some curved encoder aligns better than the identity."""

from collections.abc import Sequence
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.hermite import Polynomial, rational
from lejepa.exact.worlds import (
    Span,
    World,
    gaussian,
    halved_signs,
    image,
    independent,
    nodes,
    scaled,
    uniform,
)

# Latents of a named law, with the noise that belongs to it; and latents that a noise makes, whose law has the
# Gaussian's cumulants up to order 2 N - 1 and no further where the noise is on N Gauss–Hermite nodes.
NAMED = ("gaussian", "laplace", "laplace 5", "logistic", "sech", "gamma", "gamma 3")
DRIVEN = ("uniform noise", "nodes 2", "nodes 3", "nodes 4", "nodes 5")
SUMS = ("laplace", "logistic", "gamma")
RHOS = ("1/100", "1/2", "99/100")
DEGREE = 5


def reach(law: str) -> int:
    """The degree that the span grows to: 5, or as far as the first moment that is not the Gaussian's asks for."""
    return max(DEGREE, 2 * int(law.split()[1]) - 1) if law.startswith("nodes") else DEGREE


def world(law: str, rho: Any, order: int) -> World:
    name, _, size = law.partition(" ")
    if law == "uniform noise":
        return World.driven(independent(uniform), [rho])
    if name == "nodes":
        return World.driven(independent(nodes(int(size))), [rho])
    if law == "halved signs":
        return halved_signs(1)
    normal = independent(gaussian)
    if law == "gaussian, noise of signs":
        return World(1, normal, scaled(independent(nodes(2)), [1 - rho**2]), (rho,))
    if name == "normal":  # of this mean and deviation
        mean, deviation = map(rational, size.split())
        noise = image(scaled(normal, [1 - rho**2]), [[deviation]], [(1 - rho) * mean])
        return World(1, image(normal, [[deviation]], [mean]), noise, (rho,))
    return World.named([(name, rational(size or "1"))], [rho], order)


def polynomials(law: str, rho: Any, degree: int) -> tuple[World, Span]:
    """A world, and what the powers up to a degree span in it: of signs, the functions on -1, 0 and 1."""
    at = world(law, rho, 2 * degree)
    return at, at.polynomials(2 if law == "halved signs" else degree)


def facts_of(at: World, degree: int) -> dict[str, Any]:
    return {
        "rho": at.rhos[0],
        "mean": at.latent((1,)),
        "square": at.latent((2,)),
        "stationary": at.is_stationary(2 * degree),
        "gaussian": at.is_gaussian(2 * degree),
    }


def cumulants(at: World, order: int) -> list[Any]:
    """The latents' cumulants of orders 0 to `order`, from their moments, by the usual recursion."""
    out = [fmpq(0)]
    for r in range(1, order + 1):
        ways = fmpq(1)
        value = at.latent((r,))
        for k in range(1, r):  # ways: (r - 1 choose k - 1)
            value -= ways * out[k] * at.latent((r - k,))
            ways = ways * (r - k) / k
        out.append(value)
    return out


def beside(at: World, power: int) -> Polynomial:
    """`z^power` less its part along `1` and `z`, for latents of mean 0 and variance 1."""
    return {
        (0,): -at.latent((power,)),
        (1,): -at.latent((power + 1,)),
        (power,): fmpq(1),
    }


class FirstVariation(Check):
    """How the alignment of `z + t z^{order-1}`, brought to variance 1, begins to change with `t`, by exact moments of
    the pair: twice what optimality of the identity would make vanish. Where cumulants between the second and the last
    but one vanish, the last tells; outside the hypothesis one of them does not, or the world is not stationary."""

    statement = "linear_optimal_iff_gaussian"
    tried = (
        "Powers up to nine; twelve laws of latents, with the Gaussian's moments up to order 9 at most; ρ from 0 to .99."
    )

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        orders = [(law, order) for law in (*NAMED, *DRIVEN) for order in (3, 4)]
        orders += [
            ("nodes 3", 6),
            ("nodes 4", 8),
            ("nodes 5", 10),
            ("nodes 4", 6),
            ("gaussian", 10),
        ]
        return [{"law": law, "rho": r, "order": k} for law, k in orders for r in ("0", *RHOS, drawn)]

    def outside(self, rng: Random) -> list[Case]:
        crooked = [{"law": law, "rho": "1/2", "order": 6} for law in ("laplace", "uniform noise", "gamma")]
        moved = [{"law": "gaussian, noise of signs", "rho": "1/2", "order": 4}]
        return [*crooked, *moved, {"law": "gamma", "rho": "1/2", "order": 5}]

    def evidence(self, law: str, rho: str, order: int) -> Evidence:
        at = world(law, rational(rho), 2 * order - 2)
        span = at.span([{(1,): fmpq(1)}, {(order - 1,): fmpq(1)}])
        slope = 2 * (span.moving[0, 1] - span.moving[0, 0] * span.still[0, 1])
        kappa = cumulants(at, order)
        facts = {
            "between": kappa[3 : order - 1],
            "stationary": at.is_stationary(2 * order - 2),
        }
        return Evidence(slope, {"kappa": kappa[order], "rho": at.rhos[0], "order": order}, facts)

    @staticmethod
    def hypothesis(between: Any, stationary: bool) -> bool:
        return all(k == 0 for k in between) and stationary

    @staticmethod
    def claim(kappa: Any, rho: Any, order: Any) -> Any:
        return 2 * kappa * rho * (1 - rho ** (order - 2))


class Optimal(Check):
    """The least alignment of a white polynomial, an eigenvalue of matrices of exact moments, or of the identity where
    that is less: equal to the identity's for the Gaussian alone. The span grows to degree 5, and to degree 7 and 9 for
    latents that have the Gaussian's moments up to order 7 and 9. Outside the hypothesis: a correlation not within
    (0, 1), latents not centred or not of variance 1, a world that is not stationary."""

    statement = "linear_optimal_iff_gaussian"
    relation = "iff"
    tried = (
        "White polynomials up to degree 5 (9 where latents have the Gaussian's moments up to order 9), the best one "
        "computed; latents count as Gaussian by their moments up to twice that degree. Other encoders are not tried."
    )

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        return [{"law": law, "rho": r, "degree": reach(law)} for law in (*NAMED, *DRIVEN) for r in (*RHOS, drawn)]

    def outside(self, rng: Random) -> list[Case]:
        worlds = [
            ("laplace", "0"),
            ("laplace", "1"),
            *(("gaussian", r) for r in ("-1/2", "-1/100", "-1/1000000")),
            ("normal 3/5 4/5", "1/2"),
        ]
        worlds += [
            ("normal 0 1/2", "1/2"),
            ("gaussian, noise of signs", "1/2"),
            ("halved signs", "1/2"),
        ]
        return [{"law": law, "rho": r, "degree": DEGREE} for law, r in worlds]

    def evidence(self, law: str, rho: str, degree: int) -> Evidence:
        at, span = polynomials(law, rational(rho), degree)
        return Evidence(span.least(1).min(arb(at.step)), at.terms, facts_of(at, degree))

    @staticmethod
    def hypothesis(rho: Any, mean: Any, square: Any, stationary: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and mean == 0 and square == 1 and stationary

    @staticmethod
    def condition(rho: Any, mean: Any, square: Any, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return before + after - 2 * covariance

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """From which degree on the span holds an encoder that aligns better than the identity, and by how much."""
        rows = []
        for case, _ in tried:
            if case["rho"] != "1/2":
                continue
            at, _ = polynomials(case["law"], rational("1/2"), case["degree"])
            gaps = [at.step - at.polynomials(k).least(1) for k in range(1, case["degree"] + 1)]
            first = next((k for k, gap in enumerate(gaps, 1) if gap > 0), None)
            gap = ball(gaps[first - 1]) if first else "0"
            rows.append(
                (
                    case["law"],
                    "none" if first is None else f"{first}",
                    gap,
                    str(case["degree"]),
                    ball(gaps[-1]),
                )
            )
        says = "The span must grow: latents with the Gaussian's moments up to order 9 need a polynomial of degree 9."
        return Finding(
            says,
            (
                "law, at ρ = 1/2",
                "gains from degree",
                "gap there",
                "degree tried",
                "gap",
            ),
            tuple(rows),
        )


def ball(x: Any) -> str:
    """A number as a ball of ten digits; 0 where the ball holds it."""
    return "0" if arb(x).contains(0) else str(arb(x).str(10))


class Witness(Check):
    """A polynomial with rational coefficients near the best of the span, brought to mean 0 and variance 1, aligns
    better than the identity, by exact moments. Where the latent is a sum of a thousand variables and `ρ > 0`, it does
    so by little: what it gains goes like the squares of cumulants, `κ₃² = 4/1000` at most, and is below a thousandth of
    what the identity aligns by. Outside the hypothesis none does: for the Gaussian, correlation 0 or 1, latents that
    are not white, a world that is not stationary."""

    statement = "gaussian_of_linear_optimal"
    relation = "<"
    tried = (
        "In each of thirteen worlds that are not Gaussian, three of them nearly so, one polynomial of degree 5 (7 for "
        "one law) that aligns better."
    )

    def cases(self, rng: Random) -> list[Case]:
        laws = [law for law in (*NAMED, *DRIVEN) if law not in ("gaussian", "nodes 5")]
        rhos = ("1/10", "1/2", "9/10")
        far = [{"law": law, "rho": r, "degree": reach(law)} for law in laws for r in ("-1/2", *rhos)]
        near = [{"law": f"{law} 1000", "rho": r, "degree": DEGREE, "near": True} for law in SUMS for r in rhos]
        return [*far, *near]

    def outside(self, rng: Random) -> list[Case]:
        worlds = [
            ("laplace", "0"),
            ("sech", "1"),
            ("gaussian", "1/2"),
            ("normal 3/5 4/5", "1/2"),
        ]
        worlds += [("normal 0 1/2", "1/2"), ("halved signs", "1/2")]
        return [{"law": law, "rho": r, "degree": DEGREE} for law, r in worlds]

    def evidence(self, law: str, rho: str, degree: int, near: bool = False) -> Evidence:
        at, span = polynomials(law, rational(rho), degree)
        if span.still.det() == 0:
            span = span.regular
        return Evidence(
            span.alignment(span.nearest(1)),
            at.terms,
            facts_of(at, degree),
            1e-3 if near else None,
        )

    @staticmethod
    def hypothesis(rho: Any, mean: Any, square: Any, stationary: bool, gaussian: bool) -> bool:
        return 0 < abs(rho) < 1 and mean == 0 and square == 1 and stationary and not gaussian

    claim = Optimal.claim

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = []
        for case, shown in tried:
            _, span = polynomials(case["law"], rational(case["rho"]), case["degree"])
            row = span.nearest(1).tolist()[0]
            size = max(map(abs, row))
            parts = (f"{float(c / size):+.3g} z^{k}" for k, c in enumerate(row, 1) if abs(c / size) > fmpq(1, 10**6))
            identity = type(self).claim(**shown.terms)
            gap = identity - shown.left
            rows.append(
                (
                    case["law"],
                    case["rho"],
                    " ".join(parts),
                    *map(ball, (identity, shown.left, gap)),
                )
            )
        says = f"In {len(rows)} worlds that are not Gaussian a white polynomial aligns better than the identity."
        columns = (
            "law",
            "ρ",
            "encoder, but for its mean and scale",
            "identity aligns",
            "it aligns",
            "gap",
        )
        return Finding(says, columns, tuple(rows))


class Gap(Check):
    """What a power gains on the identity for sums of ever more variables: it closes like the squared cumulant."""

    statement = "linear_optimal_iff_gaussian"
    relation = "<="
    tried = "Sums of up to 10⁶ Laplace, logistic or gamma variables, powers two and three, at three correlations."

    def cases(self, rng: Random) -> list[Case]:
        near = [str(10**6), str(10**6 + rng.randint(1, 999))]
        sizes = ("1/2", "1", "4", "16", "64", "1024", *near)
        skew = [{"law": "gamma", "size": s, "rho": "1/2", "order": 3} for s in ("1", "4", "32", *near)]
        return skew + [
            {"law": name, "size": size, "rho": rho, "order": 4}
            for name, rhos in (
                ("laplace", ("1/10", "1/2", "9/10")),
                ("logistic", ("1/2",)),
            )
            for rho in rhos
            for size in sizes
        ]

    def evidence(self, law: str, size: str, rho: str, order: int) -> Evidence:
        at = world(f"{law} {size}", rational(rho), 2 * order - 2)
        span = at.span([{(1,): fmpq(1)}, beside(at, order - 1)])
        square = span.still[1, 1]
        curved = square - span.moving[1, 1] / 2  # 𝔼 g(z) g(z')
        kappa = cumulants(at, order)[order]
        terms = {
            "kappa": kappa,
            "rho": at.rhos[0],
            "order": order,
            "square": square,
            "curved": curved,
        }
        return Evidence(
            at.step - span.least(1),
            terms,
            sharp=1e-5 if rational(size) > 10**5 else None,
        )

    @staticmethod
    def claim(kappa: Any, rho: Any, order: Any, square: Any, curved: Any) -> Any:
        return (kappa * rho * (1 - rho ** (order - 2))) ** 2 / (2 * (rho * square - curved))

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """The gap times the number of variables squared, or times the shape, tends to a constant."""
        rows = []
        for case, shown in tried:
            scale = rational(case["size"]) ** 2
            if scale > 10**12:
                continue
            rows.append(
                (
                    f"{case['law']} {case['size']}",
                    case["rho"],
                    ball(shown.left),
                    ball(shown.left * scale),
                )
            )
        least = min(float(arb(s.left).mid()) for _, s in tried)
        says = f"The gap closes as the law approaches the Gaussian, down to {least:.3g}, like 1 / size²."
        return Finding(says, ("law and size", "ρ", "gap", "gap · size²"), tuple(rows))

"""The converse in many dimensions: worlds with independent coordinates, and worlds where they are uncorrelated only."""

from collections.abc import Sequence
from functools import cache
from math import comb, factorial
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.hermite import multi_indices, rational
from lejepa.exact.worlds import (
    Line,
    Moments,
    Span,
    World,
    gaussian,
    halved_signs,
    image,
    independent,
    nodes,
    ornstein_uhlenbeck,
    scaled,
    scattered,
    signed,
    uniform,
)

ROTATION = [[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]]
LINES: dict[str, Line] = {
    "gaussian": gaussian,
    "uniform": uniform,
    **{f"nodes {k}": nodes(k) for k in (2, 3)},
}
# Latents that depend on each other though they are uncorrelated: √W g with W exponential, in the plane and in space;
# those that the noise (x, ± x) makes, whose coordinates are Gaussian; and independent ones that are turned.
DEPENDENT = (
    ("laplace", 2, 4),
    ("laplace", 3, 3),
    ("signed", 2, 4),
    ("signed", 3, 3),
    ("turned", 2, 3),
)
# Independent coordinates: latents of a named law, and (with "noise") those that a noise makes.
PRODUCTS = (
    (("gaussian", "laplace"), 4),
    (("logistic", "gaussian"), 4),
    (("laplace", "sech"), 4),
    (("gaussian", "gamma"), 3),
    (("noise", "gaussian", "nodes 3"), 5),
    (("noise", "nodes 2", "gaussian", "uniform"), 3),
)


def summed(size: int, left_out: Any) -> Moments:
    """`√W g` with `W` the mean of `size` exponential variables of mean 1, and what makes it of such a law times
    `left_out`: characteristic function `((1 + left_out |t|²/2k) / (1 + |t|²/2k))ᵏ`, so that `W` has the cumulants
    `(m - 1)! (1 - left_outᵐ) / k^{m-1}`."""

    @cache
    def weight(m: int) -> Any:
        if m == 0:
            return fmpq(1)
        cumulants = [fmpq(factorial(j - 1), size ** (j - 1)) * (1 - left_out**j) for j in range(1, m + 1)]
        return sum((comb(m - 1, j) * cumulants[j] * weight(m - 1 - j) for j in range(m)), fmpq(0))

    return scattered(weight)


def world(law: str | Sequence[str], n: int, rhos: Sequence[Any], degree: int) -> World:
    r = rhos[0]
    if not isinstance(law, str):
        if law[0] == "noise":
            return World.driven(independent(*(LINES[name] for name in law[1:])), rhos)
        parts = [name.partition(" ") for name in law]
        return World.named([(name, rational(size or "1")) for name, _, size in parts], rhos, 2 * degree)
    if law == "gaussian":
        return ornstein_uhlenbeck(n, r)
    if law.startswith("laplace"):
        size = int(law.partition(" ")[2] or "1")
        return World(n, summed(size, fmpq(0)), summed(size, r * r), tuple(rhos))
    if law == "signed":
        return World.driven(signed, rhos)
    if law == "turned":
        return World.driven(image(independent(nodes(2), gaussian), ROTATION), rhos)
    normal = independent(*[gaussian] * n)
    if law == "gaussian, noise of signs":
        return World(n, normal, scaled(signed, [1 - r * r] * n), tuple(rhos))
    if law == "halved signs":
        return halved_signs(n)
    shift: Any = None
    rows = [[fmpq(1), fmpq(0)], [fmpq(3, 5), fmpq(4, 5)]]  # correlated by 3/5
    if law == "moved":  # second moments 1, means not 0
        rows, shift = [[fmpq(4, 5), fmpq(0)], [fmpq(0), fmpq(1)]], [fmpq(3, 5), fmpq(0)]
    noise = image(scaled(normal, [1 - r * r] * n), rows, shift and [(1 - r) * c for c in shift])
    return World(n, image(normal, rows, shift), noise, tuple(rhos))


def polynomials(law: str | Sequence[str], n: int, rhos: Sequence[str], degree: int) -> tuple[World, Span]:
    """A world, and what the monomials up to a degree span in it: of signs, the functions on the points of -1, 0, 1."""
    at = world(law, n, [rational(r) for r in rhos], degree)
    if law == "halved signs":
        return at, at.span([{a: fmpq(1)} for a in multi_indices(n, 2 * n)[1:] if max(a) <= 2])
    return at, at.polynomials(degree)


def facts_of(at: World, degree: int) -> dict[str, Any]:
    return {
        "least": min(map(abs, at.rhos)),
        "most": max(map(abs, at.rhos)),
        "white": at.is_white,
        "stationary": at.is_stationary(2 * degree),
        "gaussian": at.is_gaussian(2 * degree),
    }


def shape(law: str | Sequence[str]) -> int:
    return 2 if isinstance(law, str) else len(law) - (law[0] == "noise")


class Optimal(Check):
    """The least alignment of a white encoder of n outputs that are polynomials, a sum of eigenvalues of matrices of
    exact moments, or that of the identity where it is less: equal to the identity's for the Gaussian alone. The span
    grows to degree 4 in the plane, 3 in space, and 5 for latents with the Gaussian's moments up to order 5. Outside the
    hypothesis: a correlation not within (0, 1), latents not white, a world that is not stationary."""

    statement = "linear_optimal_iff_stdGaussian"
    relation = "iff"
    tried = (
        "White polynomials of degree 3 to 5 in one, two and three dimensions, the best encoder computed; latents count "
        "as Gaussian by their moments up to twice that degree. Other encoders are not tried."
    )

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", f"{rng.randint(1, 99)}/100")
        gaussians = [("gaussian", 1, 5), ("gaussian", 2, 4), ("gaussian", 3, 3)]
        drawn = [(list(law), shape(law), degree) for law, degree in PRODUCTS]
        return [
            {"law": law, "n": n, "rho": r, "degree": k} for law, n, k in (*gaussians, *DEPENDENT, *drawn) for r in rhos
        ]

    def outside(self, rng: Random) -> list[Case]:
        worlds = [
            ("laplace", "0"),
            ("laplace", "1"),
            (["laplace", "gaussian"], "0"),
            *(("gaussian", r) for r in ("-1/2", "-1/100", "-1/1000000")),
        ]
        worlds += [
            (law, "1/2")
            for law in (
                "correlated",
                "moved",
                "gaussian, noise of signs",
                "halved signs",
            )
        ]
        return [{"law": law, "n": 2, "rho": r, "degree": 3} for law, r in worlds]

    def evidence(self, law: str | list[str], n: int, rho: str, degree: int) -> Evidence:
        at, span = polynomials(law, n, [rho] * n, degree)
        facts = {"rho": at.rhos[0], **facts_of(at, degree)}
        del facts["least"], facts["most"]
        return Evidence(span.least(n).min(arb(at.step)), at.terms, facts)

    @staticmethod
    def hypothesis(rho: Any, white: bool, stationary: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and white and stationary

    @staticmethod
    def condition(rho: Any, white: bool, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return before + after - 2 * covariance


class Dependent(Check):
    """A white encoder near the best of the span, with rational coefficients but for its scale, aligns better than the
    identity where coordinates are uncorrelated and not independent, for correlations of either sign: by exact moments.
    Where the latents are sums of a thousand variables and correlations are above 0, it does so by less than a
    thousandth of what the identity aligns by, as what is gained goes like the squares of cumulants. Outside the
    hypothesis none does: for the Gaussian, correlation 0 or 1, latents that are not white, a world that is not
    stationary."""

    statement = "stdGaussian_of_linear_optimal"
    relation = "<"
    tried = "In each world one encoder of polynomials of degree 3 or 4, in two or three dimensions."

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/10", "1/2", "-1/2", f"{rng.randint(1, 99)}/100")
        far = [{"law": law, "rhos": [r] * n, "degree": k} for law, n, k in DEPENDENT for r in rhos]
        near = [(n, k, r) for n, k in ((2, 4), (3, 3)) for r in ("1/10", "1/2", "9/10")]
        return far + [{"law": "laplace 1000", "rhos": [r] * n, "degree": k, "near": True} for n, k, r in near]

    def outside(self, rng: Random) -> list[Case]:
        worlds = [
            ("laplace", "0"),
            ("laplace", "1"),
            ("gaussian", "1/2"),
            ("moved", "1/2"),
        ]
        worlds += [("correlated", "1/2"), ("halved signs", "1/2")]
        return [{"law": law, "rhos": [r] * 2, "degree": 3} for law, r in worlds]

    def evidence(self, law: str | list[str], rhos: list[str], degree: int, near: bool = False) -> Evidence:
        n = len(rhos)
        at, span = polynomials(law, n, rhos, degree)
        if span.still.det() == 0:
            span = span.regular
        return Evidence(span.alignment(span.nearest(n)), at.terms, facts_of(at, degree), 1e-3 if near else None)

    @staticmethod
    def hypothesis(least: Any, most: Any, white: bool, stationary: bool, gaussian: bool) -> bool:
        return least > 0 and most < 1 and white and stationary and not gaussian

    claim = Optimal.claim

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = []
        for case, shown in tried:
            identity = type(self).claim(**shown.terms)
            name = case["law"] if isinstance(case["law"], str) else ", ".join(case["law"])
            numbers = (str(arb(x).str(10)) for x in (identity, shown.left, identity - shown.left))
            rows.append((name, ", ".join(case["rhos"]), str(case["degree"]), *numbers))
        says = f"In {len(rows)} worlds that are not Gaussian a white polynomial aligns better than the identity."
        return Finding(
            says,
            ("law", "ρ", "degree", "identity aligns", "polynomial aligns", "gap"),
            tuple(rows),
        )


class Components(Dependent):
    """The same for independent components, each with its own law and correlation, of which one is not Gaussian; nearly
    Gaussian ones are remembered for times so alike that of Gaussian ones the identity would align best."""

    statement = "gaussian_components_of_linear_optimal"
    tried = "In each world one encoder of polynomials of degree 3 to 5, in two or three dimensions."

    def cases(self, rng: Random) -> list[Case]:
        rhos = (
            ["1/2", "1/2", "1/2"],
            ["9/10", "1/5", "-1/3"],
            [f"{rng.randint(1, 99)}/100", "2/3", "1/4"],
        )
        far = [{"law": list(law), "rhos": r[: shape(law)], "degree": k} for law, k in PRODUCTS for r in rhos]
        near = [(["gaussian", "laplace 1000"], r) for r in (["1/10", "1/10"], ["1/2", "2/5"], ["9/10", "17/20"])]
        near.append((["gamma 1000", "logistic 1000"], ["1/2", "1/2"]))
        return far + [{"law": law, "rhos": r, "degree": 3, "near": True} for law, r in near]

    def outside(self, rng: Random) -> list[Case]:
        still = [{"law": ["gaussian", "laplace"], "rhos": [r, r], "degree": 3} for r in "01"]
        independent_ = [{"law": law, "rhos": ["1/2", "1/2"], "degree": 3} for law in ("moved", "halved signs")]
        return [
            *still,
            *independent_,
            {"law": ["gaussian", "gaussian"], "rhos": ["1/2", "1/3"], "degree": 3},
        ]

"""The converse in many dimensions: worlds of the plane with independent coordinates, and one with dependent ones."""

from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import multiply, rational
from lejepa.exact.laws import law
from lejepa.exact.plane import COORDINATES, Plane

PAIRS = (("gaussian", "laplace"), ("logistic", "gaussian"), ("laplace", "sech"), ("gaussian", "gamma"))


def world(laws: list[str], rhos: list[str]) -> Plane:
    r = (rational(rhos[0]), rational(rhos[1]))
    if laws == ["plane laplace"]:
        return Plane.laplace(r[0])
    first, second = map(law, laws)
    return Plane.independent((first, second), (1, 1), r)


def curve(laws: list[str], at: int) -> dict[tuple[int, ...], Any]:
    """What coordinate `at` is perturbed by: its own power; in the plane's Laplace law, it times the other's square."""
    if laws == ["plane laplace"]:
        return multiply(COORDINATES[at], multiply(COORDINATES[1 - at], COORDINATES[1 - at]))
    square = multiply(COORDINATES[at], COORDINATES[at])
    return square if laws[at] == "gamma" else multiply(square, COORDINATES[at])


def gain(plane: Plane, laws: list[str], at: int) -> tuple[Any, Any]:
    """The largest correlation of a white encoder spanned by a coordinate and what it is perturbed by, and that of the
    coordinate itself."""
    z, g = COORDINATES[at], plane.beside(curve(laws, at))
    square, straight, curved = plane.still(g, g), plane.mean(z, z), plane.mean(g, g)
    middle = (straight - curved / square) / 2
    mixed = (plane.mean(z, g) + plane.mean(g, z)) ** 2 / (4 * square)
    return straight - middle + sqrt(middle**2 + mixed), straight


def aligned(plane: Plane, laws: list[str]) -> tuple[Any, dict[str, Any]]:
    """The alignment of the best white encoder of the span, coordinate by coordinate, and terms of the identity's."""
    pairs = [gain(plane, laws, at) for at in (0, 1)]
    terms = {"n": 2, "covariance": sum((straight for _, straight in pairs), fmpq(0))}
    return 2 * 2 - 2 * sum(best for best, _ in pairs), terms


class Optimal(Check):
    """The best white encoder of the plane spanned by each coordinate and a polynomial beside it, by exact moments: the
    identity reaches it for the Gaussian alone, though coordinates of the plane's Laplace law are uncorrelated. Outside
    the hypothesis, latents that are Gaussian and correlated: not white."""

    statement = "linear_optimal_iff_stdGaussian"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        rhos = ("1/100", "1/2", "9/10", f"{rng.randint(1, 99)}/100")
        worlds = [["gaussian", "gaussian"], ["plane laplace"], *map(list, PAIRS)]
        return [{"laws": laws, "rho": r} for laws in worlds for r in rhos]

    def outside(self, rng: Random) -> list[Case]:
        forgetful = [{"laws": laws, "rho": r} for laws in (["plane laplace"], ["laplace", "gaussian"]) for r in "01"]
        return [*forgetful, {"laws": ["correlated"], "rho": "1/2"}]

    def evidence(self, laws: list[str], rho: str) -> Evidence:
        r = rational(rho)
        if laws == ["correlated"]:  # the identity, of variances 1, aligns as the best white encoder does
            facts = {"rho": r, "white": False, "gaussian": False}
            return Evidence(4 * (1 - r), {"n": 2, "covariance": 2 * r}, facts)
        left, terms = aligned(world(laws, [rho, rho]), laws)
        facts = {"rho": r, "white": True, "gaussian": laws == ["gaussian", "gaussian"]}
        return Evidence(left, terms, facts)

    @staticmethod
    def hypothesis(rho: Any, white: bool, gaussian: bool) -> bool:
        return 0 < rho < 1 and white

    @staticmethod
    def condition(rho: Any, white: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(n: Any, covariance: Any) -> Any:
        return 2 * n - 2 * covariance


class Dependent(Check):
    """What the best white encoder gains where coordinates are uncorrelated and not independent, for correlations of
    either sign. No encoder gains on the identity where the latents are Gaussian and `ρ > 0`."""

    statement = "stdGaussian_of_linear_optimal"
    relation = "<"

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"laws": ["plane laplace"], "rhos": [r, r]} for r in ("1/10", "1/2", "-1/2", f"{rng.randint(1, 99)}/100")
        ]

    def outside(self, rng: Random) -> list[Case]:
        nothing = [{"laws": ["plane laplace"], "rhos": [r, r]} for r in ("0", "1")]
        return [*nothing, {"laws": ["gaussian", "gaussian"], "rhos": ["1/2", "1/2"]}]

    def evidence(self, laws: list[str], rhos: list[str]) -> Evidence:
        plane = world(laws, rhos)
        left, terms = aligned(plane, laws)
        least = min(map(abs, plane.rhos))
        most = max(map(abs, plane.rhos))
        facts = {"least": least, "most": most, "gaussian": laws == ["gaussian", "gaussian"]}
        right = 4 - 2 * terms["covariance"]
        return Evidence(left, terms, facts, 1.001 * float((right - left) / right) if right > left else None)

    @staticmethod
    def hypothesis(least: Any, most: Any, gaussian: bool) -> bool:
        return least > 0 and most < 1 and not gaussian

    claim = Optimal.claim


class Components(Dependent):
    """The same for independent components, each with its own law and correlation, of which one is not Gaussian."""

    statement = "gaussian_components_of_linear_optimal"

    def cases(self, rng: Random) -> list[Case]:
        rhos = (["1/2", "1/2"], ["9/10", "1/5"], ["1/10", "-3/4"], [f"{rng.randint(1, 99)}/100", "2/3"])
        return [{"laws": list(laws), "rhos": r} for laws in PAIRS for r in rhos]

    def outside(self, rng: Random) -> list[Case]:
        still = [{"laws": ["gaussian", "laplace"], "rhos": ["1/2", r]} for r in ("0", "1")]
        return [*still, {"laws": ["gaussian", "gaussian"], "rhos": ["1/2", "1/3"]}]

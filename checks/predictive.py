"""The converse with a predictor: where the latents are not Gaussian, a curved encoder is predicted better."""

from math import comb
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.hermite import rational
from lejepa.exact.worlds import Span, World, gaussian, image, independent, nodes, scaled, uniform

NAMED = ("gaussian", "laplace", "laplace 5", "logistic", "sech", "gamma")
DRIVEN = ("uniform noise", "nodes 2", "nodes 3")
RHOS = ("1/100", "1/2", "-1/2", "99/100")
DEGREE = 5


def world(law: str, rho: Any, order: int) -> World:
    name, _, size = law.partition(" ")
    normal = independent(gaussian)
    if law == "uniform noise":
        return World.driven(independent(uniform), [rho])
    if name == "nodes":
        return World.driven(independent(nodes(int(size))), [rho])
    if law == "gaussian, noise of signs":
        return World(1, normal, scaled(independent(nodes(2)), [1 - rho**2]), (rho,))
    if name == "gaussian":
        return World(1, normal, scaled(normal, [1 - rho**2]), (rho,))
    if name == "normal":  # of this mean and deviation
        mean, deviation = map(rational, size.split())
        noise = image(scaled(normal, [1 - rho**2]), [[deviation]], [(1 - rho) * mean])
        return World(1, image(normal, [[deviation]], [mean]), noise, (rho,))
    return World.named([(name, rational(size or "1"))], [rho], order)


def given(at: World, power: int) -> dict[int, Any]:
    """`𝔼[z'^power | z]`, the coefficients of a polynomial of `z`."""
    return {k: comb(power, k) * at.rhos[0] ** k * at.noise((power - k,)) for k in range(power + 1)}


def prediction(at: World, degree: int) -> Span:
    """Of the powers up to a degree: `𝔼 (φ(z') - 𝔼[φ(z') | z]) (…)ᵀ`, what a predictor cannot know, and `Cov φ(z)`."""
    moving, still = fmpq_mat(degree, degree), fmpq_mat(degree, degree)
    means = [given(at, i) for i in range(1, degree + 1)]
    for i in range(1, degree + 1):
        for j in range(1, degree + 1):
            known = sum(
                (x * y * at.latent((a + b,)) for a, x in means[i - 1].items() for b, y in means[j - 1].items()), fmpq(0)
            )
            moving[i - 1, j - 1] = at.after((i + j,)) - known
            still[i - 1, j - 1] = at.latent((i + j,)) - at.latent((i,)) * at.latent((j,))
    return Span(moving, still)


class Optimal(Check):
    """The least loss of a white polynomial with its best predictor, an eigenvalue of matrices of exact moments: that of
    the identity for the Gaussian alone.

    Lean asks for `0 < ρ < 1`; a predictor does not mind the sign, so that `0 < |ρ| < 1` is what counts. Outside,
    correlation 0 or 1, latents not centred or not of variance 1, a world that is not stationary."""

    statement = "predictive_optimal_iff_gaussian"
    relation = "iff"
    tried = (
        "White polynomials up to degree 5 with the best predictor of each, the best of them computed; latents count as "
        "Gaussian by their moments up to order 10. Other encoders are not tried."
    )

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        return [{"law": law, "rho": r} for law in (*NAMED, *DRIVEN) for r in (*RHOS, drawn)]

    def outside(self, rng: Random) -> list[Case]:
        worlds = [("laplace", "0"), ("laplace", "1"), ("normal 3/5 4/5", "1/2"), ("normal 0 1/2", "1/2")]
        return [{"law": law, "rho": r} for law, r in (*worlds, ("gaussian, noise of signs", "1/2"))]

    def evidence(self, law: str, rho: str) -> Evidence:
        r = rational(rho)
        at = world(law, r, 2 * DEGREE)
        facts = {
            "rho": r,
            "mean": at.latent((1,)),
            "square": at.latent((2,)),
            "stationary": at.is_stationary(2 * DEGREE),
            "gaussian": at.is_gaussian(2 * DEGREE),
        }
        return Evidence(prediction(at, DEGREE).least(1), {"rho": r}, facts)

    @staticmethod
    def hypothesis(rho: Any, mean: Any, square: Any, stationary: bool, gaussian: bool) -> bool:
        return 0 < rho**2 < 1 and mean == 0 and square == 1 and stationary

    @staticmethod
    def condition(rho: Any, mean: Any, square: Any, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(rho: Any) -> Any:
        return 1 - rho**2

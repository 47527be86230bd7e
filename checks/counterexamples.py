"""Worlds that the converse does not cover: a latent that is not Gaussian and a drift that is not linear, and more."""

from random import Random
from typing import Any

from flint import arb, arb_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, rational
from lejepa.exact.integration import integrate
from lejepa.exact.polynomials import vanishes

POINTS = (-3, -1, 1, 3)


def four_points(p: Any) -> tuple[list[Any], list[list[Any]]]:
    """The law of the latent on -3, -1, 1, 3 and the transitions of `z' = sign z + η`, `η ∈ {-2, 0, 2}` with
    probabilities `p`, `1 - 2 p`, `p`."""
    noise = {-2: p, 0: 1 - 2 * p, 2: p}
    law = [p / 2 if abs(z) == 3 else (1 - p) / 2 for z in POINTS]
    step = [[noise.get(w - (1 if z > 0 else -1), 0 * p) for w in POINTS] for z in POINTS]
    return law, step


class FourPoints(Check):
    """The eigenvalues of the symmetrized step of `z' = sign z + η` on four points, of a matrix of balls: the greatest
    is 1, of the constants, and the second that of the identity, its correlation. The second eigenvalue is a single one,
    so the identity is the only best white encoder, up to sign. That the world is stationary is computed from the law of
    the successor, for every `p`. That the identity is an eigenfunction is computed from its image; it is one for a
    single `p` only."""

    statement = "exists_linear_optimal_ne_gaussian"
    tried = "The four points -3, -1, 1, 3 with p = (√73 - 3)/16, and with three other p."

    def cases(self, rng: Random) -> list[Case]:
        return [{"root": "73"}]

    def outside(self, rng: Random) -> list[Case]:
        return [{"root": r} for r in ("64", "81", "49")]

    def evidence(self, root: str) -> Evidence:
        p = (sqrt(arb(rational(root))) - 3) / 16
        law, step = four_points(p)
        after = [sum((law[i] * step[i][j] for i in range(4)), arb(0)) for j in range(4)]
        weight = [[law[i] * step[i][j] for j in range(4)] for i in range(4)]
        even = arb_mat(
            [[(weight[i][j] + weight[j][i]) / (2 * (law[i] * law[j]).sqrt()) for j in range(4)] for i in range(4)]
        )
        values = sorted((arb(x.real) for x in even.eig()), key=lambda x: -float(x.mid()))
        image = [sum(((weight[i][j] + weight[j][i]) * POINTS[j] for j in range(4)), arb(0)) / 2 for i in range(4)]
        kept = [x / (m * z) for x, m, z in zip(image, law, POINTS, strict=True)]  # `𝔼[z' | z] / z`, symmetrized
        facts = {"eigenfunction": all(vanishes(x - kept[0]) for x in kept)}
        if not all(vanishes(x - y) for x, y in zip(after, law, strict=True)):
            raise ArithmeticError("expected a stationary world")
        if not values[1] > values[2]:
            raise ArithmeticError("expected the second eigenvalue to be a single one")
        return Evidence(values[1], {"p": p}, facts)

    @staticmethod
    def hypothesis(eigenfunction: bool) -> bool:
        return eigenfunction

    @staticmethod
    def claim(p: Any) -> Any:
        return (1 + 2 * p) / (1 + 8 * p)


def power(k: int) -> Any:
    return lambda x: x**k


class SignFlips(Check):
    """`z' = ρ s(z) z + √(1 - ρ²) η`, with `s = 1` within `±c` and `-1` beyond: Gaussian and stationary, since `s` is
    even. The alignment of `(z² - 1)/√2`, from the moments of the pair, is less than the identity's wherever
    `𝔼 s z² < ρ`; `𝔼 s z²` by quadrature, and it is seen that the pair is positively correlated. For a slightly greater
    `c` the identity is the better of the two."""

    statement = "exists_gaussian_linear_not_optimal"
    relation = "<"
    tried = (
        "Seven worlds of two factors ρ and of widths c, where the drift changes its sign, up to where it does not help."
    )

    def cases(self, rng: Random) -> list[Case]:
        near = [{"rho": "1/2", "width": "2.0268", "room": 1e-4}, {"rho": "9/10", "width": "2.7951", "room": 1e-3}]
        return [*near, *({"rho": r, "width": c} for r, c in (("1/2", "8/5"), ("9/10", "8/5"), ("9/10", "2")))]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": r, "width": c} for r, c in (("1/2", "2.0271"), ("9/10", "2.7959"))]

    def evidence(self, rho: str, width: str, room: float | None = None) -> Evidence:
        r, c = rational(rho), rational(width)
        density = (2 * arb.pi()).sqrt()
        within = integrate(lambda x: x * x * (-x * x / 2).exp() / density, -c, c)
        kept = 2 * within - 1
        # `z'² = ρ² z² + 2 ρ s z √(1-ρ²) η + (1-ρ²) η²`, whose mean given `z` is `ρ² z² + 1 - ρ²`
        moments = {k: gaussian_integral(power(k), Growth(power=k)) for k in (2, 4)}
        covariance = (r**2 * moments[4] + (1 - r**2) * moments[2] - moments[2]) / 2
        if not r * kept > 0:
            raise ArithmeticError("expected a positively correlated pair")
        left = moments[4] - 1 - 2 * covariance
        return Evidence(left, {"rho": r, "kept": kept}, {"narrow": bool(kept < r)}, room)

    @staticmethod
    def hypothesis(narrow: bool) -> bool:
        return narrow

    @staticmethod
    def claim(rho: Any, kept: Any) -> Any:
        return 2 * (1 - rho * kept)

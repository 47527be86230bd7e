"""A world that the converse does not cover: its latent is not Gaussian, and its drift is not linear."""

from random import Random
from typing import Any

from flint import arb, arb_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import rational
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

"""Tests of what holds for every encoder of an Ornstein–Uhlenbeck world, linear or not.

Its pairs are stationary; they are reversible; and every function of the embedding is correlated with itself a step
later by a number from 0 to `ρ`: `0 ≤ 𝔼 a(h) a(h') ≤ ρ 𝔼 a(h)²` for centred `a` (Lean: `hasSum_integral_mul_ouLaw`).
Each test chooses a function on some rows and takes its mean on the others (`lejepa.certification.view`).
"""

import numpy as np
from numpy.typing import NDArray

from lejepa.certification.outcome import Assumption, adjusted, strict
from lejepa.certification.view import View, one_sided

Array = NDArray[np.float64]


def stationarity(view: View, alpha: float) -> Assumption:
    """`h` and `h'` have one law: the function whose means differ most on some rows, on the others."""
    f0, f1 = view.functions
    chosen, looked = view.parts
    part = f1[chosen] - f0[chosen]
    mean = part.mean(0)
    covariance = part.T @ part / len(part)
    ridge = 1e-6 * np.trace(covariance) / len(mean) + 1e-300
    weights = np.linalg.solve(covariance + ridge * np.eye(len(mean)), mean)
    values = f1[looked] @ weights - f0[looked] @ weights
    return strict(
        "stationarity",
        one_sided(view.looked(values)),
        alpha,
        "h and h' may have one law",
        "h and h' differ in law, so the world is not stationary",
    )


def reversibility(view: View, alpha: float) -> Assumption:
    """`(h, h')` and `(h', h)` have one law: `𝔼 a(h) b(h') = 𝔼 b(h) a(h')`, for all functions `a`, `b` in one sum,
    weighted by how much they differ on the rows to choose on."""
    f0, f1 = view.functions
    chosen, looked = view.parts
    forward = f0[chosen].T @ f1[chosen]
    values = np.einsum("ri,ri->r", f0[looked] @ (forward - forward.T) / len(f0[chosen]), f1[looked])
    return strict(
        "reversibility",
        one_sided(view.looked(values)),
        alpha,
        "(h, h') and (h', h) may have one law",
        "(h, h') and (h', h) differ in law, so the world is not reversible",
    )


def correlation(view: View, rho: float, excess_tail: float, alpha: float) -> Assumption:
    """The most and the least correlated functions of some rows, on the others; and `D ≥ 0`, which is the same of all
    coordinates together, on the whole stream.

    rho: or its upper limit. excess_tail: the p-value of an excess as far below 0 as was found.
    """
    f0, f1 = view.functions
    chosen, looked = view.parts
    lagged = f0[chosen].T @ f1[chosen]
    vectors = np.linalg.eigh(lagged + lagged.T).eigenvectors[:, [0, -1]]
    now, later = (f0[looked] @ vectors).T, (f1[looked] @ vectors).T
    under = -now[0] * later[0]
    over = now[1] * later[1] - rho * (now[1] ** 2 + later[1] ** 2) / 2
    tails = one_sided(view.looked(over)), one_sided(view.looked(under)), excess_tail
    finding = (
        "a function of h is negatively correlated with its successor"
        if min(tails) == tails[1]
        else f"a function of h is more correlated with its successor than ρ = {rho:.4g} allows"
    )
    return strict(
        "correlation",
        adjusted(min(tails), len(tails)),
        alpha,
        f"functions of h are correlated by 0 to ρ = {rho:.4g}",
        finding + ", so the world is not the Ornstein–Uhlenbeck one of this ρ",
    )

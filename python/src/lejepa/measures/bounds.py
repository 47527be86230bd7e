"""The theorem's bounds of the distance (Lean: `approx_identifiability`, `approx_identifiability_sharp`)."""

from math import sqrt

LEAST_RHO = 1e-9  # of a correlation: the excess is divided by it, and squared


def excess_gap(rho: float) -> float:
    """Return `2 ρ (1 - ρ)`, by which `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)` is divided to give the excess `D`.

    Args:
        rho: Correlation of successive latents, in (0, 1).
    """
    return 2 * rho * (1 - rho)


def bound(excess: float, epsilon: float) -> float:
    """Return the bound `D + (ε + D)²` of `Lejepa.approx_identifiability` on the mean squared distance.

    Args:
        excess: The excess `D`. An estimate below 0 counts as 0, because no excess is negative.
        epsilon: `ε = ‖Cov(h) - 1‖_F`.
    """
    excess = max(excess, 0)
    return excess + (epsilon + excess) ** 2


def sharp_bound(excess: float, epsilon: float) -> float:
    """Return the bound `D + (δ / (1 + √(1 - δ)))²` with `δ = ε + D` of `Lejepa.approx_identifiability_sharp`.

    The root of a negative number counts as 0, as in the theorem. No bound in `D` and `ε` is better for `δ ≤ 1`.

    Args:
        excess: The excess `D`. An estimate below 0 counts as 0.
        epsilon: `ε = ‖Cov(h) - 1‖_F`.
    """
    excess = max(excess, 0)
    total = epsilon + excess
    return excess + (total / (1 + sqrt(max(1 - total, 0)))) ** 2

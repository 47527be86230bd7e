"""The theorem's bounds of the distance (Lean: `approx_identifiability`, `approx_identifiability_sharp`)."""

from math import sqrt


def excess_gap(rho: float) -> float:
    """`2 ρ (1 - ρ)`, by which `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)` is divided to give the excess `D`."""
    return 2 * rho * (1 - rho)


def bound(excess: float, epsilon: float) -> float:
    """`D + (ε + D)²`, of `approx_identifiability`; an estimate of `D` below 0, where no `D` is, counts as 0."""
    excess = max(excess, 0)
    return excess + (epsilon + excess) ** 2


def sharp_bound(excess: float, epsilon: float) -> float:
    """`D + (δ / (1 + √(1 - δ)))²` with `δ = ε + D`, of `approx_identifiability_sharp`; the root of a negative is 0."""
    excess = max(excess, 0)
    total = epsilon + excess
    return excess + (total / (1 + sqrt(max(1 - total, 0)))) ** 2

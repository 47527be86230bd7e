"""Encoders that preserve the Gaussian and are not linear.

The spiral turns the plane by an angle that grows with the squared radius, `h(z) = z e^{i a |z|²}` with `z` complex; the
twist turns two coordinates by an angle proportional to a third, `h(z, t) = (z e^{i a t}, t)`.
"""

from math import comb
from typing import Any

from flint import acb, arb, ctx, fmpq

from lejepa.exact.hermite import pair_moment
from lejepa.exact.integration import Growth, gaussian_integral, precision


def laguerre_coefficient(a: Any, k: int) -> Any:
    """The coefficient of the spiral on the normalized `z L_k^{(1)}(|z|²/2)`, of degree `2k + 1`.

    With `s = |z|²/2` exponential, `𝔼 2 s L_k^{(1)}(s) e^{2ias}` is a sum of Laplace transforms
    `∫ s^{j+1} e^{-(1-2ia)s} ds = (j+1)! (1-2ia)^{-j-2}`; the square norm is `2 (k+1)`.
    """
    q = 1 / (1 - 2 * acb(0, 1) * arb(a))
    total = sum(
        ((-1) ** j * comb(k + 1, k - j) * (j + 1) * q ** (j + 2) for j in range(k + 1)),
        acb(0),
    )
    return 2 * total / arb(2 * (k + 1)).sqrt()


def spiral_correlation(a: fmpq, rho: fmpq) -> Any:
    """`𝔼 ⟨h(z), h(z')⟩` of the spiral: `Σ |c_k|² ρ^{2k+1}` over its Laguerre expansion, with what is left enclosed by
    Bessel's inequality, `Σ |c_k|² ≤ 𝔼 |h|² = 2`."""
    small = arb(10) ** -int(0.85 * ctx.dps)
    with precision(2 * ctx.dps):
        r, total, seen = arb(rho), arb(0), arb(0)
        k = 0
        while True:
            square = abs(laguerre_coefficient(a, k)) ** 2
            total += square * r ** (2 * k + 1)
            seen += square
            beyond = abs(2 - seen) * abs(r) ** (2 * k + 3)
            if beyond.abs_upper() < small or rho == 1:
                return total + arb(0, beyond.abs_upper()) if rho != 1 else arb(2)
            k += 1


def twist_correlation(a: fmpq, rho: fmpq) -> Any:
    """`𝔼 ⟨h(z), h(z')⟩` of the twist: `𝔼 t t' + 2 ρ 𝔼 cos (a (t' - t))`, where `t' - t ∼ N(0, 2 - 2ρ)`."""
    step = arb(a) * (2 - 2 * arb(rho)).sqrt()
    turned = gaussian_integral(lambda x: (step * x).cos(), Growth())
    return arb(pair_moment(1, 1, rho)) * (1 + 2 * turned)

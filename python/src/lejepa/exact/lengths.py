"""Mean lengths: of Gaussian vectors, and of polynomials of one Gaussian latent with Gaussian noise beside them."""

from collections.abc import Sequence
from typing import Any

from flint import acb, arb, fmpq, fmpq_mat

from lejepa.exact.integration import Growth, gaussian_integral


def gaussian_length(covariance: fmpq_mat) -> Any:
    """`𝔼 ‖x‖` of a centred Gaussian vector `x` of up to three dimensions with a rational covariance: `2 √(2/π)`, the
    mean length of a standard Gaussian of three dimensions, times the mean of `√(u · C u)` over the unit sphere, which
    is Carlson's `R_G` at the eigenvalues.

    `ValueError` for more than three dimensions.
    """
    size = covariance.nrows()
    if size > 3:
        raise ValueError(f"expected a covariance of at most three dimensions, got {size}")
    roots: Any = covariance.charpoly().complex_roots() if size else []
    values = [root.real.max(arb(0)) for root, times in roots for _ in range(times)]
    values += [arb(0)] * (3 - size)
    if sum(x.contains(0) for x in values) > 1:  # R_G(x, 0, 0) = √x / 2
        return (2 / arb.pi()).sqrt() * sum((x.sqrt() for x in values), arb(0))
    return 2 * (2 / arb.pi()).sqrt() * acb.elliptic_rg(*map(acb, values)).real


def polynomial_length(coefficients: Sequence[Any], variance: Any) -> Any:
    """`𝔼 |p(z) + √v ξ|` for standard Gaussian `z`, `ξ`, a polynomial by its coefficients, constant term first, and a
    variance `v ≥ 0`. Given `z`, the mean over `ξ` is that of a folded Gaussian:
    `√(2 v / π) e^(-p² / 2 v) + p erf(p / √(2 v))`, or `|p|` without variance."""

    def p(z: Any) -> Any:
        value: Any = 0 * z
        for c in reversed(coefficients):
            value = value * z + arb(c)
        return value

    size = sum((abs(arb(c)) for c in coefficients), arb(0))
    growth = Growth(scale=size + (2 * arb(variance) / arb.pi()).sqrt(), power=max(len(coefficients) - 1, 0))
    if variance == fmpq(0):
        return gaussian_integral(lambda z: abs(p(z)), growth)
    root = (2 * arb(variance)).sqrt()

    def folded(z: Any) -> Any:
        x = p(z) * (1 / root)
        return (-x * x).exp() * (root / arb.pi().sqrt()) + p(z) * x.erf()

    return gaussian_integral(folded, growth)

"""Gaussian worlds whose drift changes its sign, `z' = ρ s(z) z + √(1 - ρ²) η` with `s = ±1`.

In Lean they are `Lejepa.signFlipLaw`. The sign depends on `|z|` alone, so that the latent stays Gaussian. Even
functions do not see it. On them the step is that of the world without flips, and `(z² - 1) / √2` keeps the share `ρ²`,
the most of an even function. On odd functions the symmetrized step is `(s U + U s) / 2`, with `U` the step without
flips. It is `U` between two places where `s = 1`, `-U` where `s = -1`, and 0 across. Since `U` is positive on odd
functions, the best of them is 0 where `s = -1`, and a quadrature of the other places finds it. The best white encoder
is the eigenfunction `ψ` of the greater of the two eigenvalues.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import erf, exp, pi, sqrt

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REACH = 8.0  # of the quadrature: beyond it the Gaussian has 1e-15 of its mass
WIDEST = 6.0  # |z| at which the sign may change
MOST = 16  # changes of the sign
CLOSEST = 0.99  # ρ whose noise the quadrature resolves
ROWS = 4096  # of points whose ψ is computed at a time
NODES = 16  # of a panel of the quadrature, which is at most two deviations of the noise wide


@dataclass(frozen=True)
class SignFlips:
    """The world of a factor `rho` in (0, 1) and of the values of `|z|` at which the sign changes; it is 1 below them.

    Raises:
        ValueError: If the values are not ascending from 0 to 6, or more than 16; if `rho` is above 0.99; or if
            successive latents are not positively correlated.
    """

    flips: tuple[float, ...]
    rho: float

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in pairwise(self.flips))
        if not 1 <= len(self.flips) <= MOST or not ascending or not 0 <= self.flips[0] <= self.flips[-1] <= WIDEST:
            raise ValueError(f"expected flips in ascending order, 1 to {MOST} numbers from 0 to {WIDEST:g}")
        if self.rho > CLOSEST:
            raise ValueError(f"expected rho of at most {CLOSEST} with latent signflips: no closer steps are resolved")
        if self.correlation <= 0:
            raise ValueError(
                "flips: expected a positive correlation of successive latents, which δ is measured by; "
                f"ρ 𝔼 s z² is {self.correlation:.4g}"
            )

    @property
    def correlation(self) -> float:
        """`ρ 𝔼[s(z) z²]`, the correlation of successive latents."""
        edges = (0.0, *self.flips)
        shells = [b - a for a, b in pairwise([*map(inner_variance, edges), 1.0])]
        return self.rho * sum(-shell if k % 2 else shell for k, shell in enumerate(shells))

    def signs(self, z: Floats) -> Floats:
        """`s(z)`, of the same shape."""
        signs: Floats = np.where(np.searchsorted(self.flips, np.abs(z)) % 2, -1.0, 1.0)
        return signs

    @cached_property
    def odd(self) -> tuple[float, Floats, Floats, Floats]:
        """The greatest eigenvalue on odd functions; nodes and weights of a quadrature of the `z > 0` with `s = 1`, and
        the values there of the eigenfunction, of variance one and positively correlated with `z`: `(nodes,)` each."""
        noise = sqrt(1 - self.rho**2)
        corners = sorted({0.0, *self.flips, REACH})
        kept = self.signs(np.array([(a + b) / 2 for a, b in pairwise(corners)])) > 0
        edges = [np.linspace(a, b, 1 + int(np.ceil((b - a) / (2 * noise)))) for a, b in pairwise(corners)]
        ends = [(a, b) for k, part in enumerate(edges) if kept[k] for a, b in pairwise(part)]
        x, w = legendre.leggauss(NODES)
        z = np.concatenate([(a + b) / 2 + (b - a) / 2 * x for a, b in ends])
        weights = np.concatenate([(b - a) / 2 * w for a, b in ends])
        # the density of a pair of the world without flips, over the roots of those of its ends, in one exponent
        a, b = z[:, None], z[None, :]
        squares, products = a**2 + b**2, 2 * self.rho * a * b
        shared = squares / 4 - squares / (2 * noise**2)
        kernel = np.exp(shared + products / (2 * noise**2)) - np.exp(shared - products / (2 * noise**2))
        step = np.sqrt(weights[:, None] * weights) * kernel / (sqrt(2 * pi) * noise)
        values, vectors = np.linalg.eigh(step)
        law = np.exp(-(z**2) / 2) / sqrt(2 * pi)
        psi = vectors[:, -1] / np.sqrt(2 * weights * law)
        return float(values[-1]), z, weights, psi * np.sign((weights * law * z) @ psi)

    @property
    def eigenvalue(self) -> float:
        """The greatest correlation of `f(z)` with `f(z')`, over functions `f` of the latent: that of `ψ`."""
        return max(self.odd[0], self.rho**2)

    @property
    def linearity(self) -> float:
        """The squared correlation of `ψ(z)` with `z`; 0 where `ψ` is even."""
        value, z, weights, psi = self.odd
        if value <= self.rho**2:
            return 0.0
        return float((2 * weights * np.exp(-(z**2) / 2) / sqrt(2 * pi) * z) @ psi) ** 2

    def eigenfunction(self, z: Floats) -> Floats:
        """`ψ(z)`, of mean zero and variance one: the same shape."""
        value, nodes, weights, psi = self.odd
        if value <= self.rho**2:
            square: Floats = (z**2 - 1) / sqrt(2)
            return square
        noise = sqrt(1 - self.rho**2)
        found = []
        for x in np.array_split(np.abs(z).reshape(-1, 1), 1 + z.size // ROWS):
            near, far = (np.exp(-(((nodes - sign * self.rho * x) / noise) ** 2) / 2) for sign in (1, -1))
            step = (near - far) * weights / (sqrt(2 * pi) * noise)
            found.append(np.where(self.signs(x[:, 0]) > 0, step @ psi / value, 0))  # `λ ψ = U ψ` where `s = 1`
        odd: Floats = np.sign(z) * np.concatenate(found).reshape(z.shape)
        return odd


@cache
def sign_flips(flips: tuple[float, ...], rho: float) -> SignFlips:
    """The world, whose eigenfunction is then computed once."""
    return SignFlips(flips, rho)


def inner_variance(c: float) -> float:
    """`𝔼[z²; |z| ≤ c]` of a standard Gaussian."""
    return erf(c / sqrt(2)) - 2 * c * exp(-c * c / 2) / sqrt(2 * pi)

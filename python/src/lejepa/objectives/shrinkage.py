"""SIGReg's optimum at finite weight and batch: narrower than a standard Gaussian, and a little bent.

Alignment rewards small embeddings, most of all far from the origin, where SIGReg hardly looks. So the least loss is not
at a rotation of the latents. Here it is found among the radial maps `h(z) = f(|z|) z` of standard Gaussian latents in
`n` dimensions. In the Laguerre polynomials `ℓ_k` of `|z|²/2`, of order `n/2` and with `𝔼 |z ℓ_k|² = n`,

    h(z) = Σ_k a_k ℓ_k(|z|²/2) z,    𝔼 |h|² = n Σ a_k²,    𝔼 |h' - h|² = 2 n Σ a_k² (1 - ρ^(2k+1)),

since `z ℓ_k` is of Hermite degree `2k + 1`. A projection on a unit vector has the characteristic function
`φ(t) = 𝔼 Ω(t |h|)`, with `Ω` that of a coordinate of the unit sphere. Over `N` rows the mean of `|φ̂|²` is
`φ² + (1 - φ²)/N`, and `(ψ - φ²)/N` more if both views of each pair are among them, with `ψ(t) = 𝔼 Ω(t |h' - h|)`. The
mean of the loss follows by quadrature. It does not depend on the number of slices, which only adds noise.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize

from lejepa.arguments import positive, share, whole
from lejepa.errors import UserError

Floats = NDArray[np.float64]
TERMS = 5  # Laguerre polynomials
RADII, ACROSS = 60, 16  # points of the quadratures
FAR = 120.0  # arguments of Ω beyond are taken as this: no pair with a weight that counts is so far apart
MOST_DIMS = 64  # in which Ω and the weights of the quadrature are numbers that a float holds


@dataclass(frozen=True)
class Optimum:
    """The radial map of least loss. coefficients: `a_k`. variance: of each coordinate, `Σ a_k²`."""

    dim: int
    coefficients: tuple[float, ...]

    @property
    def variance(self) -> float:
        return sum(a * a for a in self.coefficients)

    @property
    def r2(self) -> float:
        """R²(h→z), which is R²(z→h) too: the share of degree one in the variance."""
        return self.coefficients[0] ** 2 / self.variance if self.variance > 0 else 0.0

    @property
    def epsilon(self) -> float:
        """`‖Cov(h) - 1‖_F`."""
        return sqrt(self.dim) * abs(1 - self.variance)


class Radial:
    """The mean of SIGReg and of the loss at radial maps of Gaussian pairs, by quadrature.

    Arguments are those of `sigreg_optimum`.
    """

    def __init__(
        self, dim: int, rho: float, batch: int, *, pooled: bool, unbiased: bool, knots: int, t_max: float
    ) -> None:
        self.dim, self.rho, self.unbiased = dim, rho, unbiased
        self.rows = 2 * batch if pooled else batch
        step = t_max / (knots - 1)
        self.t = step * np.arange(1, knots)
        self.target = np.exp(-(self.t**2) / 2)
        self.along = 2 * step * self.target
        self.along[-1] /= 2
        grid = np.linspace(0, FAR, 6001)
        self.omega = CubicSpline(grid, special.hyp0f1(dim / 2, -(grid**2) / 4))
        half, weights = special.roots_genlaguerre(RADII, dim / 2 - 1)  # of |z|²/2
        self.weights = weights / weights.sum()
        self.radius = np.sqrt(2 * half)
        self.norms = [sqrt(special.binom(k + dim / 2, k)) for k in range(TERMS)]  # 𝔼 |z L_k|² is n times the square
        self.basis = self.at(self.radius)
        self.pairs = self.of_pairs() if pooled else None

    def at(self, radius: Floats) -> Floats:
        """`|z| ℓ_k` at radii `(count,)`: `(TERMS, count)`."""
        ks = enumerate(self.norms)
        return np.stack([radius * special.eval_genlaguerre(k, self.dim / 2, radius**2 / 2) / norm for k, norm in ks])

    def of_pairs(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The maps at both ends of pairs, the cosine between them, and weights: by radius, noise along and across."""
        noise, along = special.roots_hermitenorm(ACROSS)
        if self.dim == 1:
            across, sideways = np.zeros(1), np.ones(1)
        else:
            half, sideways = special.roots_genlaguerre(ACROSS, (self.dim - 1) / 2 - 1)
            across = np.sqrt(2 * half)
        s = sqrt(1 - self.rho**2)
        r, e, c = (x.ravel() for x in np.meshgrid(self.radius, noise, across, indexing="ij"))
        weights = np.einsum("i,j,k->ijk", self.weights, along / along.sum(), sideways / sideways.sum()).ravel()
        ahead = self.rho * r + s * e
        other = np.hypot(ahead, s * c)
        there = np.repeat(self.basis, len(noise) * len(across), axis=1)
        return there, self.at(other), ahead / np.maximum(other, 1e-300), weights

    def characteristic(self, lengths: Floats, weights: Floats) -> Floats:
        """`𝔼 Ω(t · length)` at each `t`."""
        found: Floats = self.omega(np.minimum(np.abs(np.outer(self.t, lengths)), FAR)) @ weights
        return found

    def sigreg(self, a: Floats) -> float:
        """The mean of SIGReg."""
        law = self.characteristic(a @ self.basis, self.weights)
        square = law**2 + (1 - law**2) / self.rows
        if self.pairs is not None:
            here, there, cosine, weights = self.pairs
            f, g = a @ here, a @ there
            apart = np.sqrt(np.maximum(f**2 + g**2 - 2 * f * g * cosine, 0))
            square = square + (self.characteristic(apart, weights) - law**2) / self.rows
        if self.unbiased:
            square = (self.rows * square - 1) / (self.rows - 1)
        return self.rows * float(self.along @ (square - 2 * law * self.target + self.target**2))

    def loss(self, a: Floats, weight: float) -> float:
        align = float(np.sum(a**2 * (1 - self.rho ** (2 * np.arange(TERMS) + 1)))) / 2
        return weight * self.sigreg(a) + (1 - weight) * align


def sigreg_optimum(
    weight: float,
    rho: float,
    batch: int,
    dim: int,
    *,
    pooled: bool = False,
    unbiased: bool = False,
    knots: int = 17,
    t_max: float = 3.0,
) -> Optimum:
    """The radial map at which `weight · SIGReg + (1 - weight) · Alignment / (4 dim)` is least in the mean over batches.

    That no other encoder has a lesser loss is not shown.

    Args:
        weight: Weight of SIGReg, in (0, 1).
        rho: Correlation of successive latents, in (0, 1).
        batch: Number of pairs in a batch.
        dim: Number of latents, and of dimensions of the embedding, at most 64.
        pooled: Whether SIGReg takes both views as one batch, as the paper's code does; else the mean over views.
        unbiased: As in `lejepa.SIGReg`, and so are `knots` and `t_max`.

    Returns:
        The map; of variance 0 where the collapsed encoder has the least loss.

    Raises:
        UserError: If an argument is out of range.
    """
    weight, rho, batch = share("weight", weight), share("rho", rho), whole("batch", batch, 2)
    if (dim := whole("dim", dim)) > MOST_DIMS:
        raise UserError(f"dim: expected at most {MOST_DIMS}, found {dim}")
    knots, t_max = whole("knots", knots, 2), positive("t_max", t_max)
    radial = Radial(dim, rho, batch, pooled=pooled, unbiased=unbiased, knots=knots, t_max=t_max)

    def of_scale(scale: float) -> Floats:
        return np.array([scale, *[0.0] * (TERMS - 1)])

    first = min(map(of_scale, np.linspace(0, 1.2, 61)), key=lambda a: radial.loss(a, weight))
    unit = weight * batch  # losses are of this order, and the search stops at a gradient of 1e-5
    found = minimize(lambda a: radial.loss(a, weight) / unit, first, method="BFGS", options={"gtol": 1e-8}).x
    if radial.loss(found, weight) >= radial.loss(of_scale(0), weight):
        found = of_scale(0)
    return Optimum(dim, tuple(float(a) for a in np.sign(found[0] or 1) * found))

"""Hermite expansions in floating point, degree by degree, with error bars: estimates, not enclosures.

Coefficients are those of `Lejepa.hermiteCoeff`: on the normalized products `H_α / √α!` of probabilists' Hermite
polynomials, so that the squares of a function's coefficients sum to its mean square under the standard Gaussian
(`Lejepa.hasSum_hermiteCoeff_sq`), and alignment weighs degree `k` by `2 (1 - ρᵏ)` (`Lejepa.hasSum_alignment`).

Two ways to an expansion, by what is known of the function:

* `expand_function`: callable on arrays: Gauss–Hermite quadrature, the error from two orders;
* `expand_samples`: an encoder known by its outputs at Gaussian samples: standard errors.

For balls, of analytic functions of one variable, `lejepa.exact.functions.expand_analytic`.
Everything is free of units: latents have variance 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lejepa.arguments import whole
from lejepa.errors import UserError
from lejepa.exact.hermite import MultiIndex, multi_indices

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """An expansion.

    indices: the `p` multi-indices, by degree, each of length `n`.
    coefficients: `(p, m)`, a column an output.
    errors: `(p, m)`, not negative: a standard error of each coefficient for samples, a distance between two orders of
        quadrature for functions.
    """

    indices: tuple[MultiIndex, ...]
    coefficients: Floats
    errors: Floats

    @property
    def degrees(self) -> NDArray[np.int64]:
        """`(p,)`: the degree of each index."""
        return np.array([sum(a) for a in self.indices], dtype=np.int64)

    def energy(self) -> tuple[Floats, Floats]:
        """The weight of each degree `0, 1, ...`, summed over outputs, and its error: arrays of `degree + 1`.

        The squared error of each coefficient is taken off its square: for samples this removes the bias.
        """
        size = int(self.degrees.max()) + 1
        squares = (self.coefficients**2 - self.errors**2).sum(axis=1)
        spread = (4 * self.coefficients**2 * self.errors**2 + 2 * self.errors**4).sum(axis=1)
        weight = np.bincount(self.degrees, weights=squares, minlength=size)
        variance = np.bincount(self.degrees, weights=spread, minlength=size)
        return weight.astype(np.float64), np.sqrt(variance).astype(np.float64)

    def alignment(self, rho: float) -> tuple[float, float]:
        """`Σ 2 (1 - ρᵏ)` times the weight of degree `k`, and its error: what these degrees align to."""
        if not -1 <= rho <= 1:
            raise UserError(f"rho = {rho}: expected a correlation from -1 to 1")
        weight, error = self.energy()
        penalty = 2 * (1 - rho ** np.arange(len(weight)))
        return float(penalty @ weight), float(np.sqrt(((penalty * error) ** 2).sum()))


def hermite_table(z: Floats, degree: int) -> Floats:
    """Normalized `He_k / √k!` of each coordinate: `(N, n)` to `(N, n, degree + 1)`, by the stable recurrence."""
    table = np.ones((*z.shape, degree + 1))
    if degree > 0:
        table[..., 1] = z
    for k in range(1, degree):
        table[..., k + 1] = (z * table[..., k] - np.sqrt(k) * table[..., k - 1]) / np.sqrt(k + 1)
    return table


def design(z: Floats, indices: tuple[MultiIndex, ...]) -> Floats:
    """Normalized product polynomials at points: `(N, n)` and `p` indices to `(N, p)`."""
    table = hermite_table(z, max((max(a, default=0) for a in indices), default=0))
    columns = [np.prod([table[:, i, a] for i, a in enumerate(alpha)], axis=0) for alpha in indices]
    return np.stack([np.broadcast_to(c, (len(z),)) for c in columns], axis=1)


def matrix(name: str, values: Any) -> Floats:
    """An array of two axes from a NumPy array, a list or a PyTorch tensor on any device."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or not np.isfinite(array).all():
        raise UserError(f"{name}: expected a finite array of two axes (samples, coordinates), got {array.shape}")
    return array


def check_degree(degree: int) -> None:
    whole("degree", degree, 0)


def expand_samples(z: ArrayLike, h: ArrayLike, degree: int) -> Spectrum:
    """The expansion of an encoder with outputs `h`, `(N, m)`, at independent standard Gaussian latents `z`, `(N, n)`.

    Each coefficient is the mean of `h H_α / √α!`, its error the standard error of that mean. Products of `h` with
    polynomials of high degree have heavy tails: errors grow with the degree, and `N` must be far above the number of
    indices, `comb(n + degree, n)`.

    >>> rng = np.random.default_rng(0)
    >>> z = rng.standard_normal((100_000, 2))
    >>> weight, error = expand_samples(z, z[:, :1] ** 2, 2).energy()
    >>> bool(abs(weight[2] - 2) < 4 * error[2])
    True
    """
    latents, outputs = matrix("z", z), matrix("h", h)
    check_degree(degree)
    if len(latents) != len(outputs) or len(latents) < 2:
        raise UserError(f"expected as many latents as outputs, and two at least, got {len(latents)} and {len(outputs)}")
    indices = tuple(multi_indices(latents.shape[1], degree))
    count = len(latents)
    first = np.zeros((len(indices), outputs.shape[1]))
    second = np.zeros_like(first)
    for part in np.array_split(np.arange(count), max(1, count * len(indices) // 2**22)):
        basis = design(latents[part], indices)
        first += basis.T @ outputs[part]
        second += (basis**2).T @ outputs[part] ** 2
    mean = first / count
    variance = np.maximum(second / count - mean**2, 0)
    return Spectrum(indices, mean, np.sqrt(variance / (count - 1)))


def expand_function(f: Callable[[Floats], ArrayLike], n: int, degree: int, nodes: int | None = None) -> Spectrum:
    """The expansion of `f`, which takes points `(N, n)` to values `(N, m)`, by a product of Gauss–Hermite rules.

    Exact up to rounding for polynomials of degree below `2 nodes - degree`. Errors are the distances to the rule with
    two nodes more, a good guide for smooth functions and no more than that. Cost: `(nodes + 2)ⁿ` values.

    >>> spectrum = expand_function(lambda z: z[:, 0] * z[:, 1], n=2, degree=2)
    >>> [a for a, c in zip(spectrum.indices, spectrum.coefficients[:, 0]) if abs(c) > 1e-12]
    [(1, 1)]
    """
    check_degree(degree)
    n, order = whole("n", n, 0), degree + 8 if nodes is None else whole("nodes", nodes)
    if (order + 2) ** n > 10**7:
        raise UserError(f"n = {n}, nodes = {order}: expected a rule of at most ten million nodes")
    indices = tuple(multi_indices(n, degree))

    def by_rule(size: int) -> Floats:
        points, weights = np.polynomial.hermite_e.hermegauss(size)
        weights = weights / weights.sum()
        grid = np.array(list(product(points, repeat=n)), dtype=np.float64).reshape(size**n, n)
        mass = np.array([np.prod(w) for w in product(weights, repeat=n)])
        return np.asarray((design(grid, indices) * mass[:, None]).T @ matrix("f", f(grid)))

    coarse, fine = by_rule(order), by_rule(order + 2)
    return Spectrum(indices, fine, np.abs(fine - coarse))

"""A world with non-linear drift: overdamped Langevin motion in a double well, `dX = -V'(X) dt + √2 dW`.

It is stationary and reversible, its law `exp(-V)` is not Gaussian, and the first eigenfunction `ψ` of its generator is
not affine (`Lejepa.gaussian_of_affine_eigenfunction` says that only the Gaussian's is). So the encoder that aligns best
among the white ones is `ψ` of each coordinate, up to an orthogonal map: the world is identified, in bent coordinates.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq
from torch import Tensor

POINTS = 1001

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DoubleWell:
    """The stationary process of `V(x) = depth (x² - 1)²`, scaled to unit variance, seen at a lag of correlation `rho`.

    It is the process on the cells of a grid, whose generator is reversible with the density, seen anywhere in a cell:
    so its law is kept up to rounding, whatever the depth and the lag.

    grid, density, eigenfunction: `(points,)`; the eigenfunction has mean zero, variance one, and increases.
    transition: probabilities of the cells after the lag, given the cell before, a row each: `(points, points)`.
    lag: time between `z` and `z'`, in units of the unscaled process. scale: the unscaled standard deviation.
    linearity: squared correlation of `ψ(z)` with `z`, the most that a linear map of latents explains of `ψ`.
    eigenvalue: correlation of `ψ(z)` with `ψ(z')`.
    """

    depth: float
    scale: float
    lag: float
    grid: Floats
    density: Floats
    eigenfunction: Floats
    transition: Floats
    linearity: float
    eigenvalue: float

    def sample(self, size: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Stationary latents, by the inverse of their distribution function."""
        edges = torch.from_numpy(np.cumsum(self.density)).to(generator.device)
        uniform = torch.rand(size, generator=generator, device=generator.device, dtype=edges.dtype)
        return self.somewhere_in(torch.searchsorted(edges, uniform), generator)

    @cached_property
    def edges(self) -> Tensor:
        """The distribution functions of the cells' successors in a row, each 1 above the last, `(points²,)`."""
        return torch.from_numpy((np.cumsum(self.transition, axis=1) + np.arange(POINTS)[:, None]).reshape(-1))

    def advance(self, z: Tensor, generator: torch.Generator) -> Tensor:
        """The successors of latents, by the inverse of the distribution function of each one's cell: the same shape."""
        width = self.grid[1] - self.grid[0]
        before = ((z.double() - self.grid[0]) / width).round().long().clamp(0, POINTS - 1)
        uniform = torch.rand(z.shape, generator=generator, device=z.device, dtype=torch.float64)
        after = torch.searchsorted(self.edges.to(z.device), uniform + before) - before * POINTS
        return self.somewhere_in(after, generator).to(z.dtype)

    def somewhere_in(self, cells: Tensor, generator: torch.Generator) -> Tensor:
        """A point of each cell, by the uniform law; what rounding puts beyond the last cell is in it."""
        grid = torch.from_numpy(self.grid).to(cells.device)
        jitter = torch.rand(cells.shape, generator=generator, device=cells.device, dtype=grid.dtype) - 0.5
        return (grid[cells.clamp(0, POINTS - 1)] + (grid[1] - grid[0]) * jitter).float()

    def coordinates(self, z: Tensor) -> Tensor:
        """`ψ` of each coordinate, by linear interpolation: the same shape, float64."""
        values = np.interp(z.double().cpu().numpy(), self.grid, self.eigenfunction)
        return torch.from_numpy(values).to(z.device)


@cache
def double_well(depth: float, rho: float) -> DoubleWell:
    """The process of a depth (in units of the noise's energy) whose latents have correlation `rho` over the lag."""
    reach = sqrt(1 + sqrt(40 / depth))
    x = np.linspace(-reach, reach, POINTS)
    h = x[1] - x[0]
    density = np.exp(-depth * (x**2 - 1) ** 2)
    density /= density.sum()
    # The symmetrized generator on the grid: jumps between neighbours at rates that keep the density.
    between = np.sqrt(density[1:] * density[:-1])
    leave = np.zeros(POINTS)
    leave[:-1] += between / density[:-1]
    leave[1:] += between / density[1:]
    values, vectors = eigh_tridiagonal(leave / h**2, -np.ones(POINTS - 1) / h**2)
    root = np.sqrt(density)
    values[0], vectors[:, 0] = 0, root  # known exactly, and at high barriers the next value is as small as rounding
    functions = vectors / root[:, None]
    scale = float(np.sqrt((x**2 * density).sum()))
    z = x / scale
    shares = (z * density) @ functions
    lag = float(brentq(lambda t: (shares**2 * np.exp(-values * t)).sum() / (shares**2).sum() - rho, 0, 50 / values[1]))
    transition = np.maximum((vectors * np.exp(-values * lag)) @ vectors.T / root[:, None] * root, 0)
    return DoubleWell(
        depth=depth,
        scale=scale,
        lag=lag,
        grid=z,
        density=density,
        eigenfunction=functions[:, 1] * np.sign(shares[1]),
        transition=transition / transition.sum(1, keepdims=True),
        linearity=float(shares[1] ** 2),
        eigenvalue=float(np.exp(-values[1] * lag)),
    )

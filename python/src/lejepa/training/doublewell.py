"""A world with non-linear drift: overdamped Langevin motion in a double well, `dX = -V'(X) dt + √2 dW`.

It is stationary and reversible, its law `exp(-V)` is not Gaussian, and the first eigenfunction `ψ` of its generator is
not affine (`Lejepa.gaussian_of_affine_eigenfunction` says that only the Gaussian's is). So the encoder that aligns best
among the white ones is `ψ` of each coordinate, up to an orthogonal map: the world is identified, in bent coordinates.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq
from torch import Tensor

POINTS = 4001
SUBSTEPS = 24

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DoubleWell:
    """The stationary process of `V(x) = depth (x² - 1)²`, scaled to unit variance, seen at a lag of correlation `rho`.

    grid, density, eigenfunction: `(points,)`; the eigenfunction has mean zero, variance one, and increases.
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
    linearity: float
    eigenvalue: float

    def sample(self, size: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Stationary latents, by the inverse of their distribution function."""
        device = generator.device
        edges = torch.from_numpy(np.cumsum(self.density)).to(device)
        grid = torch.from_numpy(self.grid).to(device)
        uniform = torch.rand(size, generator=generator, device=device, dtype=edges.dtype)
        cells = torch.searchsorted(edges, uniform).clamp(max=POINTS - 1)
        jitter = torch.rand(size, generator=generator, device=device, dtype=edges.dtype) - 0.5
        return (grid[cells] + (grid[1] - grid[0]) * jitter).float()

    def advance(self, z: Tensor, generator: torch.Generator) -> Tensor:
        """The successors of latents, by the Leimkuhler–Matthews method: the same shape.

        It is Euler–Maruyama with noise averaged over neighbouring steps, which keeps the law to second order.
        """
        dt = self.lag / SUBSTEPS
        x = z * self.scale
        noise = torch.randn((SUBSTEPS + 1, *x.shape), generator=generator, device=x.device, dtype=x.dtype)
        for before, after in pairwise(noise):
            x = x - dt * 4 * self.depth * x * (x.square() - 1) + sqrt(dt / 2) * (before + after)
        return x / self.scale

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
    values, vectors = eigh_tridiagonal(leave / h**2, -np.ones(POINTS - 1) / h**2, select="i", select_range=(0, 30))
    functions = vectors / np.sqrt(density)[:, None]
    scale = float(np.sqrt((x**2 * density).sum()))
    z = x / scale
    shares = (z * density) @ functions
    lag = float(brentq(lambda t: (shares**2 * np.exp(-values * t)).sum() / (shares**2).sum() - rho, 0, 50 / values[1]))
    first = functions[:, 1] * np.sign(shares[1])
    return DoubleWell(
        depth=depth,
        scale=scale,
        lag=lag,
        grid=z,
        density=density,
        eigenfunction=first,
        linearity=float(shares[1] ** 2),
        eigenvalue=float(np.exp(-values[1] * lag)),
    )

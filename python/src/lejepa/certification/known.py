"""Encoders of the Ornstein–Uhlenbeck world whose every certified quantity is known in closed form: certificates are
tried on them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, hypot, pi, sin, sqrt

import torch
from scipy import integrate
from torch import Tensor


@dataclass(frozen=True)
class Known:
    """An encoder of `dim` latents; its excess `D` and `ε` at `ρ`, and its distance from the nearest orthogonal map."""

    name: str
    dim: int
    rho: float
    encode: Callable[[Tensor], Tensor]
    excess: float
    epsilon: float
    distance: float

    def pairs(self, count: int, seed: int) -> tuple[Tensor, Tensor]:
        z, z_next = latents(self.dim, self.rho, count, seed)
        return self.encode(z), self.encode(z_next)


def latents(dim: int, rho: float, count: int, seed: int) -> tuple[Tensor, Tensor]:
    z, noise = torch.randn(2, count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return z, rho * z + sqrt(1 - rho**2) * noise


def rotation(dim: int) -> Tensor:
    a = torch.randn(dim, dim, generator=torch.Generator().manual_seed(dim), dtype=torch.float64)
    q: Tensor = torch.linalg.qr(a).Q
    return q


def orthogonal(dim: int, rho: float) -> Known:
    q = rotation(dim)
    return Known("orthogonal", dim, rho, lambda z: z @ q.T + 3, 0, 0, 0)


def shrunk(dim: int, rho: float, scale: float = 0.9) -> Known:
    q = scale * rotation(dim)
    epsilon, distance = sqrt(dim) * (1 - scale**2), dim * (1 - scale) ** 2
    return Known("shrunk", dim, rho, lambda z: z @ q.T, 0, epsilon, distance)


def quadratic(dim: int, rho: float, a: float = 0.3) -> Known:
    """`hᵢ = (zᵢ + a He₂(zᵢ₊₁) / √2) / √(1 + a²)`, white for `dim > 1`."""
    energy = a**2 / (1 + a**2)

    def encode(z: Tensor) -> Tensor:
        return (z + a * (z.roll(-1, 1) ** 2 - 1) / sqrt(2)) / sqrt(1 + a**2)

    return Known("quadratic", dim, rho, encode, dim * energy, 0, dim * (energy + (1 - 1 / sqrt(1 + a**2)) ** 2))


def cubic(dim: int, rho: float, a: float = 0.2) -> Known:
    """`h₁ = (z₁ + a He₃(z₁) / √6) / √(1 + a²)`: heavy tails."""
    energy = a**2 / (1 + a**2)

    def encode(z: Tensor) -> Tensor:
        first = (z[:, :1] + a * (z[:, :1] ** 3 - 3 * z[:, :1]) / sqrt(6)) / sqrt(1 + a**2)
        return torch.cat((first, z[:, 1:]), 1)

    return Known("cubic", dim, rho, encode, (1 + rho) * energy, 0, energy + (1 - 1 / sqrt(1 + a**2)) ** 2)


def worst(dim: int, rho: float, excess: float = 0.05, epsilon: float = 0.1) -> Known:
    """The encoder that reaches the sharp bound (Lean: `approx_identifiability_sharp_attained`)."""
    total = excess + epsilon

    def encode(z: Tensor) -> Tensor:
        first = sqrt(1 - total) * z[:, :1] + sqrt(excess / 2) * (z[:, :1] ** 2 - 1)
        return torch.cat((first, z[:, 1:]), 1)

    return Known("worst", dim, rho, encode, excess, epsilon, excess + (1 - sqrt(1 - total)) ** 2)


def turned_correlation(speed: float = pi) -> float:
    """The greatest `𝔼 ⟨h, Q z⟩` over orthogonal `Q`, of two standard latents turned by the angle `speed · |z|`.

    `𝔼 h zᵀ` is a multiple of a rotation, by `|𝔼 r² e^{i · speed · r}| / 2` with `r` of Rayleigh's law, so the greatest
    is twice that.
    """

    def part(f: Callable[[float], float]) -> float:
        value: float = integrate.quad(lambda r: r**3 * exp(-(r**2) / 2) * f(speed * r), 0, 40, limit=400)[0]
        return value

    return hypot(part(cos), part(sin))

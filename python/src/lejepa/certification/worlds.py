"""Worlds to try certificates on: true ones, in many shapes of data, and false ones that look much like them.

Every false world but the last is stationary and reversible, centred, with coordinates of variance 1 and, but where
said, conditional means `𝔼[x' | x] = ρ x`: so `D = ε = 0`, the theorem's bound says 0, and only the laws can tell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Array = NDArray[np.float64]
Pair = tuple[Array, Array]
Generator = np.random.Generator


def ornstein_uhlenbeck(count: int, dim: int, rho: float, rng: Generator) -> Pair:
    """Independent pairs."""
    z = rng.standard_normal((count, dim))
    return z, rho * z + sqrt(1 - rho**2) * rng.standard_normal((count, dim))


def chain(count: int, dim: int, rho: float, rng: Generator, lag: int = 1) -> Pair:
    """A trajectory: rows in the order of time, each `z'` the `z` of the row `lag` further on."""
    z = walk(count + lag, dim, rho, rng)
    return z[:count], z[lag:]


def walk(steps: int, dim: int, rho: float, rng: Generator) -> Array:
    from scipy.signal import lfilter

    noise = rng.standard_normal((steps, dim))
    noise[1:] *= sqrt(1 - rho**2)
    found: Array = lfilter([1.0], [1.0, -rho], noise, axis=0)
    return found


def trajectories(count: int, length: int, dim: int, rho: float, rng: Generator) -> Pair:
    """`count / length` independent trajectories of so many pairs, one after the other."""
    parts = [chain(length, dim, rho, rng) for _ in range(count // length)]
    first, second = (np.concatenate(part) for part in zip(*parts, strict=True))
    return first, second


def turned(z: Array, speed: float = pi) -> Array:
    """The first two coordinates turned by the angle `speed · |z|` of these two: keeps the Gaussian law."""
    angle = speed * np.hypot(z[:, 0], z[:, 1])
    c, s = np.cos(angle), np.sin(angle)
    found = z.copy()
    found[:, 0], found[:, 1] = c * z[:, 0] - s * z[:, 1], s * z[:, 0] + c * z[:, 1]
    return found


def jumps(count: int, dim: int, rho: float, rng: Generator) -> Pair:
    """Stays where it is with probability `ρ`, and is drawn afresh otherwise."""
    z = rng.standard_normal((count, dim))
    fresh = rng.standard_normal((count, dim))
    stay = rng.random(count) < rho
    return z, np.where(stay[:, None], z, fresh)


def circle(count: int, rho: float, rng: Generator) -> Pair:
    """Brownian motion on the circle of radius √2, uniform: `𝔼[x' | x] = ρ x`."""
    angle = 2 * pi * rng.random(count)
    later = angle + sqrt(-2 * np.log(rho)) * rng.standard_normal(count)
    a, b = (sqrt(2) * np.stack((np.cos(t), np.sin(t)), 1) for t in (angle, later))
    return a, b


def beta(count: int, dim: int, rho: float, shape: float, rng: Generator) -> Pair:
    """Coordinates of the law Beta(shape, shape) on `[-1, 1]`, scaled: uniform for shape 1, bimodal below 1.

    The step of Gibbs' sampler through a binomial number of `m` draws, of which `𝔼[x' | x] = m / (m + 2 shape) x`; `m`
    is drawn between the two whole numbers next to that which gives `ρ`.
    """
    size = 2 * shape * rho / (1 - rho)
    low = int(size)
    share, below, above = rho, low / (low + 2 * shape), (low + 1) / (low + 1 + 2 * shape)
    draws = low + (rng.random((count, dim)) < (share - below) / (above - below))
    p = rng.beta(shape, shape, (count, dim))
    k = rng.binomial(draws, p)
    q = rng.beta(shape + k, shape + draws - k)
    scale = sqrt(2 * shape + 1)
    return scale * (2 * p - 1), scale * (2 * q - 1)


def laplace(count: int, dim: int, rho: float, rng: Generator) -> Pair:
    """Coordinates of Laplace's law: differences of two exponential ones, each by Gibbs' step through a Poisson
    number."""
    rate = rho / (1 - rho)

    def one() -> Pair:
        x = rng.exponential(size=(count, dim))
        return x, rng.gamma(1 + rng.poisson(rate * x)) / (1 + rate)

    (a, b), (c, d) = one(), one()
    return (a - c) / sqrt(2), (b - d) / sqrt(2)


@cache
def diffusion(name: str, rho: float) -> tuple[Array, Array, Array]:
    """A reversible diffusion on a line, by its potential: places, cumulative weights, cumulative rows of its kernel.

    Scaled to variance 1, at the lag at which its correlation is `ρ`. The process jumps between neighbours of a grid at
    rates that keep the law `exp(-potential)`, whose kernel is the matrix exponential, by its eigenvectors.
    """
    half = {"double well": 2.2, "quartic": 2.4, "slope": 9.0}[name]
    x = np.linspace(-half, half, 401)
    potential = {"double well": 2 * (x**2 - 1) ** 2, "quartic": x**4, "slope": 2 * np.abs(x)}[name]
    weight = np.exp(-potential)
    weight /= weight.sum()
    rate = np.sqrt(weight[1:] / weight[:-1])
    symmetric = np.diag(np.ones(400), 1) + np.diag(np.ones(400), -1)
    leave = np.concatenate((rate, [0])) + np.concatenate(([0], 1 / rate))
    values, vectors = linalg.eigh(symmetric - np.diag(leave))
    centred = x - weight @ x
    loading = (vectors.T @ (np.sqrt(weight) * centred)) ** 2
    variance = loading.sum()
    low, high = 0.0, 1e7
    for _ in range(200):
        time = (low + high) / 2
        low, high = (time, high) if loading @ np.exp(values * time) > rho * variance else (low, time)
    root = np.sqrt(weight)
    kernel = (vectors * np.exp(values * low)) @ vectors.T * root[None, :] / root[:, None]
    kernel = np.maximum(kernel, 0)
    rows = np.cumsum(kernel, axis=1)
    rows /= rows[:, -1:]
    return centred / sqrt(variance), np.cumsum(weight), rows


def on_a_line(count: int, dim: int, rho: float, name: str, rng: Generator) -> Pair:
    """Coordinates that follow a diffusion on a grid, each place uniform within a step of it."""
    x, cumulative, rows = diffusion(name, rho)
    size = count * dim
    i = np.minimum(np.searchsorted(cumulative, rng.random(size)), len(x) - 1)
    flat = (rows + np.arange(len(x))[:, None]).ravel()
    j = np.minimum(np.searchsorted(flat, i + rng.random(size)) - i * len(x), len(x) - 1)
    step = x[1] - x[0]
    a, b = (x[k] + step * (rng.random(size) - 0.5) for k in (i, j))
    return a.reshape(count, dim), b.reshape(count, dim)


def heteroscedastic(count: int, dim: int, rho: float, rng: Generator) -> Pair:
    """The last coordinate is an Ornstein–Uhlenbeck process; the others have more noise where its product with its
    successor is great: correlations `ρ ± spread`, in equal shares. Gaussian at both ends, reversible."""
    spread = 0.8 * (1 - rho)
    z, later = ornstein_uhlenbeck(count, dim, rho, rng)
    product = np.abs(z[:, -1] * later[:, -1])
    loud = product > median_product(rho)
    r = np.where(loud, rho - spread, rho + spread)[:, None]
    later[:, :-1] = r * z[:, :-1] + np.sqrt(1 - r**2) * rng.standard_normal((count, dim - 1))
    return z, later


@cache
def median_product(rho: float) -> float:
    z, later = ornstein_uhlenbeck(2_000_000, 1, rho, np.random.default_rng(0))
    return float(np.median(np.abs(z * later)))


def one_of(pair: Pair, other: Pair) -> Pair:
    """The first coordinate of one world beside the others of another."""
    (a, b), (c, d) = pair, other
    return np.concatenate((a[:, :1], c[:, 1:]), 1), np.concatenate((b[:, :1], d[:, 1:]), 1)


def squares(count: int, dim: int, rho: float, rng: Generator) -> Pair:
    """`(z² - 1) / √2`, of latents of correlation `√ρ`: every coordinate is correlated by `ρ`."""
    z, later = ornstein_uhlenbeck(count, dim, sqrt(rho), rng)
    return (z**2 - 1) / sqrt(2), (later**2 - 1) / sqrt(2)


@dataclass(frozen=True)
class World:
    """Pairs of embeddings by number and generator, and what a certificate is told of them.

    dim: of the embedding. rho: told; None to have it estimated. distance: the embedding's true one, where the world is
    an Ornstein–Uhlenbeck one. trajectory: told, the length of trajectories.
    """

    name: str
    dim: int
    rho: float | None
    pairs: Callable[[int, Generator], Pair]
    distance: float | None = None
    trajectory: int | None = None

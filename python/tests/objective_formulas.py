"""The objectives from their formulas, in NumPy and mpmath, by nothing of the library."""

from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def alignment(h: Floats, h_next: Floats) -> float:
    return float(np.mean([sum((b - a) ** 2) for a, b in zip(h, h_next, strict=True)]))


def sigreg(h: Floats, directions: Floats, knots: int = 17, t_max: float = 3.0, unbiased: bool = False) -> float:
    """By a cosine and a sine at each knot of the whole of `[-t_max, t_max]`."""
    count = len(h)
    t = np.linspace(-t_max, t_max, 2 * knots - 1)
    values = []
    for u in directions.T:
        phi = np.exp(1j * np.outer(t, h @ u)).mean(1)
        square = np.abs(phi) ** 2
        if unbiased:
            square = (count * square - 1) / (count - 1)
        gap = square - 2 * phi.real * np.exp(-(t**2) / 2) + np.exp(-(t**2))
        values.append(count * np.trapezoid(gap * np.exp(-(t**2) / 2), t))
    return float(np.mean(values))


def exact_sigreg(h: Floats, directions: Floats, knots: int = 17, t_max: float = 3.0) -> float:
    """The same with fifty digits."""
    with mpmath.workdps(50):
        step = mpmath.mpf(t_max) / (knots - 1)
        values = []
        for u in directions.T.tolist():
            x = [mpmath.fdot(row, u) for row in h.tolist()]
            total = mpmath.mpf(0)
            for k in range(knots):
                t = k * step
                real = mpmath.fsum(mpmath.cos(t * v) for v in x) / len(x) - mpmath.exp(-t * t / 2)
                imaginary = mpmath.fsum(mpmath.sin(t * v) for v in x) / len(x)
                end = mpmath.mpf(1) / 2 if k in (0, knots - 1) else 1
                total += 2 * step * end * (real**2 + imaginary**2) * mpmath.exp(-t * t / 2)
            values.append(len(x) * total)
        return float(mpmath.fsum(values) / len(values))


def vicreg(h: Floats) -> float:
    return float(np.mean((np.atleast_2d(np.cov(h.T)) - np.eye(h.shape[1])) ** 2))


def mmd(h: Floats, sigma: float) -> float:
    """The kernel pair by pair, its expectations by Gauss–Hermite quadrature in each coordinate."""
    count, dim = h.shape
    nodes, weights = np.polynomial.hermite_e.hermegauss(100)
    weights = weights / weights.sum()

    def kernel(a: Any, b: Any) -> Any:
        return np.exp(-((a - b) ** 2) / (2 * sigma**2))

    both = float(weights @ kernel(nodes[:, None], nodes) @ weights) ** dim
    inner = [np.prod(kernel(h[i], h[j])) for i in range(count) for j in range(count) if i != j]
    cross = [np.prod([weights @ kernel(c, nodes) for c in p]) for p in h]
    return float(count * (np.mean(inner) - 2 * np.mean(cross) + both))


def infonce(h: Floats, h_next: Floats, sigma: float) -> float:
    """With fifty digits."""
    with mpmath.workdps(50):
        a, b = ([[mpmath.mpf(v) for v in row] for row in x.tolist()] for x in (h, h_next))
        scale = 2 * mpmath.mpf(sigma) ** 2
        near = [[-mpmath.fsum((u - v) ** 2 for u, v in zip(p, q, strict=True)) / scale for q in b] for p in a]
        rows = [mpmath.log(mpmath.fsum(map(mpmath.exp, row))) for row in near]
        columns = [mpmath.log(mpmath.fsum(map(mpmath.exp, column))) for column in zip(*near, strict=True)]
        each = [(r + c) / 2 - near[i][i] for i, (r, c) in enumerate(zip(rows, columns, strict=True))]
        return float(mpmath.fsum(each) / len(each))


def whitening(h: Floats, h_next: Floats) -> float:
    """`tr(C⁻¹ M)` with fifty digits, at any condition of `C`."""
    with mpmath.workdps(50):
        count, dim = h.shape
        views = [[[mpmath.mpf(v) for v in row] for row in x.tolist()] for x in (h, h_next)]
        c, m = mpmath.zeros(dim), mpmath.zeros(dim)
        for view in views:
            mean = [mpmath.fsum(row[i] for row in view) / count for i in range(dim)]
            for row in view:
                for i in range(dim):
                    for j in range(dim):
                        c[i, j] += (row[i] - mean[i]) * (row[j] - mean[j]) / (2 * (count - 1))
        for row, after in zip(*views, strict=True):
            step = [q - p for p, q in zip(row, after, strict=True)]
            for i in range(dim):
                for j in range(dim):
                    m[i, j] += step[i] * step[j] / count
        product = mpmath.inverse(c) * m
        return float(mpmath.fsum(product[i, i] for i in range(dim)))

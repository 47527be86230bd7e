"""Worlds `z' = ρ z + η` in any dimension by exact moments, and the best white encoder that a span of functions holds.

A law is known by its moments, a function from multi-indices to rationals. Where the noise is given, the latents' law is
the stationary one, `Σ ρᵏ ηₖ`, whose moments solve `𝔼 z'ᵃ = 𝔼 zᵃ`; so the noise may have any law. A white encoder `C φ`
of functions `φ` has `C S Cᵀ = 1`, with `S` their covariance, and aligns by `tr C A Cᵀ`, with
`A = 𝔼 (φ(z') - φ(z)) (φ(z') - φ(z))ᵀ`; so the least alignment of `m` outputs is the sum of the `m` least eigenvalues of
`A` relative to `S` (Ky Fan 1949), roots of a polynomial with rational coefficients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat, fmpq_poly
from scipy.linalg import eigh

from lejepa.exact.hermite import MultiIndex, Polynomial, gaussian_moment, hermite_explicit, multi_indices, multiply
from lejepa.exact.laws import known_noise, law

Line = Callable[[int], Any]  # moments of a law of one variable
Moments = Callable[[MultiIndex], Any]


# Laws of one variable


def gaussian(k: int) -> Any:
    return fmpq(gaussian_moment(k))


@cache
def nodes(points: int) -> Line:
    """The law on the zeros of `He_points` that has the Gaussian's moments up to order `2 points - 1` (Gauss–Hermite
    quadrature) and no further ones: `𝔼 xᵏ` is the Gaussian mean of the rest of `xᵏ` divided by `He_points`."""
    divisor = fmpq_poly([fmpq(c) for c in hermite_explicit(points)])

    @cache
    def moment(k: int) -> Any:
        rest = fmpq_poly([0] * k + [1]) % divisor
        return sum((c * gaussian_moment(j) for j, c in enumerate(rest.coeffs())), fmpq(0))

    return moment


def uniform(k: int) -> Any:
    """Uniform on `[-√3, √3]`."""
    return fmpq(0) if k % 2 else fmpq(3 ** (k // 2), k + 1)


# Laws of many variables


def independent(*lines: Line) -> Moments:
    """Independent coordinates."""
    return cache(lambda a: prod((line(k) for line, k in zip(lines, a, strict=True)), start=fmpq(1)))


def scaled(moments: Moments, squares: Sequence[Any]) -> Moments:
    """Coordinate `i` times the root of `squares[i]`, for a law whose odd moments vanish: in all coordinates together
    where the factors are equal, in each where they differ."""

    def moment(a: MultiIndex) -> Any:
        value = moments(a)
        if value == 0:
            return fmpq(0)
        if len(set(squares)) == 1 and sum(a) % 2 == 0:
            return value * squares[0] ** (sum(a) // 2)
        if any(k % 2 for k in a):
            raise ValueError(f"expected a symmetric law, got the moment {value} of index {a}")
        return value * prod((s ** (k // 2) for s, k in zip(squares, a, strict=True)), start=fmpq(1))

    return cache(moment)


def scattered(weights: Line) -> Moments:
    """`√W g`, with `g` standard Gaussian and independent of `W`, `𝔼 Wᵐ = weights(m)`."""
    return cache(
        lambda a: fmpq(0) if any(k % 2 for k in a) else prod(map(gaussian, a), start=fmpq(1)) * weights(sum(a) // 2)
    )


def signed(a: MultiIndex) -> Any:
    """`(x, s₂ x, s₃ x, …)`, with `x` standard Gaussian and independent fair signs: Gaussian coordinates, uncorrelated,
    and dependent on each other."""
    return fmpq(0) if any(k % 2 for k in a[1:]) else gaussian(sum(a))


def image(moments: Moments, rows: Sequence[Sequence[Any]], shift: Sequence[Any] | None = None) -> Moments:
    """The law of `rows · z + shift`."""
    n = len(rows[0])
    units = [tuple(int(i == j) for i in range(n)) for j in range(n)]
    outputs: list[dict[MultiIndex, Any]] = [
        {u: c for u, c in zip(units, row, strict=True) if c != 0} for row in rows
    ]  # fmt: skip
    for f, c in zip(outputs, shift or (), strict=False):
        f[(0,) * n] = c

    def moment(a: MultiIndex) -> Any:
        power: Polynomial = {(0,) * n: fmpq(1)}
        for f, k in zip(outputs, a, strict=True):
            for _ in range(k):
                power = multiply(power, f)
        return sum((c * moments(e) for e, c in power.items()), fmpq(0))

    return cache(moment)


# Worlds


@dataclass(frozen=True)
class World:
    """`z' = ρ z + η` on `ℝⁿ`, coordinate by coordinate: moments of the latents and of the independent noise."""

    n: int
    latent: Moments
    noise: Moments
    rhos: tuple[Any, ...]

    @classmethod
    def stationary(cls, noise: Moments, rhos: Sequence[Any]) -> "World":
        """The world that a noise makes, in its stationary law, for correlations between -1 and 1."""
        n, r = len(rhos), tuple(rhos)

        @cache
        def latent(a: MultiIndex) -> Any:
            if sum(a) == 0:
                return fmpq(1)
            kept = prod((x**k for x, k in zip(r, a, strict=True)), start=fmpq(1))
            return binomial(a, r, latent, noise, (0,) * n, skip=a) / (1 - kept)

        return cls(n, latent, noise, r)

    @classmethod
    def driven(cls, noise: Moments, rhos: Sequence[Any]) -> "World":
        """The same for a symmetric noise of covariance 1, brought to the size that leaves latents of variance 1."""
        return cls.stationary(scaled(noise, [1 - r * r for r in rhos]), rhos)

    @classmethod
    def named(cls, names: Sequence[tuple[str, Any]], rhos: Sequence[Any], order: int) -> "World":
        """Independent latents with laws of `lejepa.exact.laws` and the noises that belong to them, up to an order."""
        latents = [law(name, size, order).moments() for name, size in names]
        noises = [known_noise(name, size, r, order) for (name, size), r in zip(names, rhos, strict=True)]
        lines = [[m.__getitem__ for m in of] for of in (latents, noises)]
        return cls(len(rhos), independent(*lines[0]), independent(*lines[1]), tuple(rhos))

    def cross(self, a: MultiIndex, b: MultiIndex) -> Any:
        """`𝔼 zᵃ z'ᵇ`."""
        return binomial(b, self.rhos, self.latent, self.noise, a)

    def after(self, a: MultiIndex) -> Any:
        """`𝔼 z'ᵃ`."""
        return self.cross((0,) * self.n, a)

    @property
    def units(self) -> list[MultiIndex]:
        return [tuple(int(i == j) for i in range(self.n)) for j in range(self.n)]

    @property
    def terms(self) -> dict[str, Any]:
        """Of the identity: `𝔼 ‖z‖²`, `𝔼 ‖z'‖²` and `𝔼 ⟨z, z'⟩`."""
        doubled = [tuple(2 * k for k in u) for u in self.units]
        return {
            "before": sum(map(self.latent, doubled), fmpq(0)),
            "after": sum(map(self.after, doubled), fmpq(0)),
            "covariance": sum((self.cross(u, u) for u in self.units), fmpq(0)),
        }

    @property
    def step(self) -> Any:
        """`𝔼 ‖z' - z‖²`, as the second moment of `(ρ - 1) z + η`."""
        total = fmpq(0)
        for u, r in zip(self.units, self.rhos, strict=True):
            twice = tuple(2 * k for k in u)
            total += (r - 1) ** 2 * self.latent(twice) + self.noise(twice)
            total += 2 * (r - 1) * self.latent(u) * self.noise(u)
        return total

    def is_stationary(self, order: int) -> bool:
        """Whether the moments of the successor are those of the latent, up to an order."""
        return all(self.after(a) == self.latent(a) for a in multi_indices(self.n, order))

    @property
    def is_white(self) -> bool:
        pairs = product(range(self.n), repeat=2)
        return all(self.latent(u) == 0 for u in self.units) and all(
            self.latent(tuple(x + y for x, y in zip(self.units[i], self.units[j], strict=True))) == (i == j)
            for i, j in pairs
        )

    def is_gaussian(self, order: int) -> bool:
        """Whether the moments of the latents are those of the standard Gaussian, up to an order."""
        law = independent(*[gaussian] * self.n)
        return all(self.latent(a) == law(a) for a in multi_indices(self.n, order))

    def span(self, functions: Sequence[Polynomial]) -> "Span":
        """What polynomials of the latents span."""
        monomials = sorted({e for f in functions for e in f})
        coefficients = fmpq_mat([[fmpq(f.get(e, 0)) for e in monomials] for f in functions])
        size = len(monomials)

        def total(a: MultiIndex, b: MultiIndex) -> MultiIndex:
            return tuple(i + j for i, j in zip(a, b, strict=True))

        latent = {a: self.latent(a) for a in monomials}
        both = {c: (self.latent(c), self.after(c)) for c in {total(a, b) for a in monomials for b in monomials}}
        pairs = {(a, b): self.cross(a, b) for a in monomials for b in monomials}
        moving, still = fmpq_mat(size, size), fmpq_mat(size, size)
        for i, a in enumerate(monomials):
            for j, b in enumerate(monomials):
                before, after = both[total(a, b)]
                moving[i, j] = before + after - pairs[a, b] - pairs[b, a]
                still[i, j] = before - latent[a] * latent[b]
        t = coefficients.transpose()
        return Span(coefficients * moving * t, coefficients * still * t)

    def polynomials(self, degree: int) -> "Span":
        """The span of the monomials of degrees 1 to `degree`, those of degree 1 first."""
        return self.span([{a: fmpq(1)} for a in multi_indices(self.n, degree)[1:]])


def binomial(
    b: MultiIndex,
    rhos: Sequence[Any],
    latent: Moments,
    noise: Moments,
    beside: MultiIndex,
    skip: MultiIndex | None = None,
) -> Any:
    """`𝔼 z^beside (ρ z + η)ᵇ`, less the term `(ρ z)^skip`."""
    total: Any = fmpq(0)
    for kept in product(*(range(k + 1) for k in b)):
        if kept == skip:
            continue
        eta = noise(tuple(k - j for k, j in zip(b, kept, strict=True)))
        if eta == 0:
            continue
        ways = prod(comb(k, j) * r**j for k, j, r in zip(b, kept, rhos, strict=True))
        total += ways * eta * latent(tuple(j + k for j, k in zip(kept, beside, strict=True)))
    return total


def halved_signs(n: int) -> World:
    """Independent fair signs, halved and then moved by ± 1/2: not stationary, for the successor may be 0."""
    law = independent(*[nodes(2)] * n)
    return World(n, law, scaled(law, [fmpq(1, 4)] * n), (fmpq(1, 2),) * n)


def ornstein_uhlenbeck(n: int, rho: Any) -> World:
    """The Gaussian world, for `|ρ| ≤ 1`."""
    law = independent(*[gaussian] * n)
    return World(n, law, scaled(law, [1 - rho * rho] * n), (rho,) * n)


@dataclass(frozen=True)
class Span:
    """Encoders `C φ`: the matrices `A = 𝔼 (φ(z') - φ(z)) (φ(z') - φ(z))ᵀ` and `S = Cov φ(z)`, rational."""

    moving: fmpq_mat
    still: fmpq_mat

    @cached_property
    def values(self) -> list[tuple[Any, int]]:
        """The alignments of the eigenfunctions, from the least: balls, with their multiplicities."""
        if self.still.det() == 0:
            return self.regular.values
        roots: Any = self.still.solve(self.moving).charpoly().complex_roots()
        return sorted(((arb(root.real), int(times)) for root, times in roots), key=lambda pair: float(pair[0].mid()))

    @property
    def regular(self) -> "Span":
        """Where some functions do not vary on the latents: the others, each beside the combination of those that brings
        its alignment down most."""
        constant = kernel(self.still)
        rows = fmpq_mat([[int(i == j) for j in range(self.still.nrows())] for i in pivots(self.still)])
        t = constant.transpose()
        rows -= (rows * self.moving * t) * (constant * self.moving * t).inv() * constant
        return Span(rows * self.moving * rows.transpose(), rows * self.still * rows.transpose())

    def least(self, m: int) -> Any:
        """The least alignment of a white encoder of `m` outputs."""
        total, left = arb(0), m
        for value, times in self.values:
            taken = min(times, left)
            total, left = total + taken * value, left - taken
        if left:
            raise ValueError(f"expected {m} outputs of a span of dimension {self.still.nrows()}")
        return total

    def alignment(self, rows: fmpq_mat) -> Any:
        """The alignment of the encoder with outputs `rows · φ`, once it is made white by a linear map; exact."""
        t = rows.transpose()
        ratio = (rows * self.still * t).solve(rows * self.moving * t)
        return sum((ratio[i, i] for i in range(ratio.nrows())), fmpq(0))

    def nearest(self, m: int, places: int = 9) -> fmpq_mat:
        """Rational coefficients near those of the best `m` outputs, a row each."""
        moving, still = (np.array([[float(x.p) / float(x.q) for x in row] for row in matrix.tolist()])
                         for matrix in (self.moving, self.still))  # fmt: skip
        _, vectors = eigh(moving, still, subset_by_index=[0, m - 1])
        scale = 10**places
        return fmpq_mat([[fmpq(round(float(x) * scale), scale) for x in column] for column in vectors.T])

    def best(self, m: int) -> fmpq_mat:
        """Coefficients of a best encoder of `m` outputs, but for a linear map of them, a row each: exact where the
        least alignments are rational, else as `nearest` has them. Of functions that align alike the last are taken."""
        rows: list[list[Any]] = []
        rational: Any = self.still.solve(self.moving).charpoly().roots()
        for value, _ in sorted(rational, key=lambda root: root[0]):
            if len(rows) < m and any(ball.overlaps(arb(value)) for ball, _ in self.values[: len(rows) + 1]):
                rows += self.eigenfunctions(value).tolist()[-(m - len(rows)) :]
        return fmpq_mat(rows) if len(rows) == m else self.nearest(m)

    def eigenfunctions(self, value: Any) -> fmpq_mat:
        """A basis of the functions of the span that align by the rational `value` per unit of variance, a row each."""
        return kernel(self.moving - value * self.still)


def pivots(matrix: fmpq_mat) -> list[int]:
    """The columns that those before them do not span."""
    reduced, rank = matrix.rref()
    return [next(j for j in range(matrix.ncols()) if reduced[i, j] != 0) for i in range(rank)]


def kernel(matrix: fmpq_mat) -> fmpq_mat:
    """A basis of the null space, a row each; of no rows where there is none."""
    reduced, _ = matrix.rref()
    bound = pivots(matrix)
    free = [j for j in range(matrix.ncols()) if j not in bound]
    rows = fmpq_mat(len(free), matrix.ncols())
    for k, j in enumerate(free):
        rows[k, j] = fmpq(1)
        for i, pivot in enumerate(bound):
            rows[k, pivot] = -reduced[i, j]
    return rows

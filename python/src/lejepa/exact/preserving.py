"""Maps that preserve the standard Gaussian and need not be linear, with what can be computed of each by integrals.

Linear ones, the spiral and the twist (`lejepa.exact.spiral`), and two that have jumps: the flip `(z₁, z₂ sign z₁)`, and
the fold of the line, `-z` within `±c` and `z` beyond. Outputs may be scaled, and then are Gaussian no more.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from flint import arb, fmpq

from lejepa.exact.functions import Sign
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import MultiIndex, gaussian_moment, multi_indices
from lejepa.exact.integration import Growth, gaussian_integral, integrate
from lejepa.exact.polynomials import vanishes
from lejepa.exact.spiral import spiral_correlation, twist_correlation

ORDER = 4  # of the moments of the output that are compared with the Gaussian's


class Preserving(ABC):
    """A map of `ℝⁿ`. Results are balls or exact."""

    n: int

    @abstractmethod
    def correlation(self, rho: Any) -> Any:
        """`𝔼 ⟨h(z), h(z')⟩` of an Ornstein–Uhlenbeck pair."""

    @property
    @abstractmethod
    def linear(self) -> list[list[Any]]:
        """`𝔼 hᵢ(z) zⱼ`."""

    @abstractmethod
    def moment(self, a: MultiIndex) -> Any:
        """`𝔼 h(z)ᵃ`."""

    def alignment(self, rho: Any) -> Any:
        squares = sum((self.moment(tuple(2 * (i == j) for j in range(self.n))) for i in range(self.n)), fmpq(0))
        return 2 * squares - 2 * self.correlation(rho)

    @cached_property
    def is_gaussian(self) -> bool:
        """Whether the moments of the output, up to order 4, are those of the standard Gaussian."""
        return all(
            vanishes(self.moment(a) - prod(map(gaussian_moment, a))) for a in multi_indices(self.n, ORDER)
        )  # fmt: skip

    @cached_property
    def is_orthogonal(self) -> bool:
        """Whether the rows of the linear part are orthonormal: then a map with `𝔼 ‖h‖² = n` is that linear map."""
        a = self.linear
        gram = [sum((x * y for x, y in zip(u, v, strict=True)), fmpq(0)) - int(u is v) for u in a for v in a]
        return all(map(vanishes, gram))


@dataclass(frozen=True)
class Scaled(Preserving):
    """A map times the root of `square`."""

    base: Preserving
    square: Any

    @property
    def n(self) -> int:  # type: ignore[override]
        return self.base.n

    def correlation(self, rho: Any) -> Any:
        return self.square * self.base.correlation(rho)

    @property
    def linear(self) -> list[list[Any]]:
        return [[sqrt(self.square) * x for x in row] for row in self.base.linear]

    def moment(self, a: MultiIndex) -> Any:
        return sqrt(self.square) ** sum(a) * self.base.moment(a)


@dataclass(frozen=True)
class Linear(Preserving):
    """A matrix, orthogonal or not."""

    rows: Sequence[Sequence[Any]]

    @property
    def n(self) -> int:  # type: ignore[override]
        return len(self.rows)

    def correlation(self, rho: Any) -> Any:
        return rho * sum((x * x for row in self.rows for x in row), fmpq(0))

    @property
    def linear(self) -> list[list[Any]]:
        return [list(row) for row in self.rows]

    def moment(self, a: MultiIndex) -> Any:
        return linear_moment(self.rows, a)


def linear_moment(rows: Sequence[Sequence[Any]], a: MultiIndex) -> Any:
    """`𝔼 (rows · z)ᵃ`, term by term; entries of any ring."""
    factors = [i for i, k in enumerate(a) for _ in range(k)]
    total: Any = fmpq(0)
    for chosen in product(range(len(rows[0])), repeat=len(factors)):
        weight = prod(gaussian_moment(chosen.count(j)) for j in range(len(rows[0])))
        if weight:
            total = prod((rows[i][j] for i, j in zip(factors, chosen, strict=True)), start=fmpq(weight)) + total
    return total


@dataclass(frozen=True)
class Spiral(Preserving):
    """`z e^{i a |z|²}` on the plane."""

    a: Any
    n = 2

    def correlation(self, rho: Any) -> Any:
        return spiral_correlation(self.a, rho)

    def radial(self, f: Callable[[Any], Any], scale: Any, power: int) -> Any:
        """`𝔼 f(|z|)`, for `|f(r)| ≤ scale (1 + r)^power`: `∫_0^∞ f(r) r e^{-r²/2} dr`."""
        body = gaussian_integral(lambda r: f(r) * r, Growth(scale=scale, power=power + 1), start=0)
        return (2 * arb.pi()).sqrt() * body

    @cached_property
    def linear(self) -> list[list[Any]]:
        c = self.radial(lambda r: r * r * (self.a * r * r).cos() / 2, 1, 2)
        s = self.radial(lambda r: r * r * (self.a * r * r).sin() / 2, 1, 2)
        return [[c, -s], [s, c]]

    def moment(self, a: MultiIndex) -> Any:
        """The mean over the angle is that over `|a| + 1` equal steps, as of every trigonometric polynomial of degree
        `|a|`."""
        steps = sum(a) + 1

        def mean(r: Any) -> Any:
            total: Any = 0 * r
            for k in range(steps):
                angle = self.a * r * r + 2 * arb.pi() * k / steps
                total = total + (r * angle.cos()) ** a[0] * (r * angle.sin()) ** a[1]
            return total / steps

        return self.radial(mean, 1, sum(a))


@dataclass(frozen=True)
class Twist(Preserving):
    """`(z e^{i a t}, t)` on space."""

    a: Any
    n = 3

    def correlation(self, rho: Any) -> Any:
        return twist_correlation(self.a, rho)

    def turned(self, f: Callable[[Any, Any], Any], growth: Growth) -> Any:
        """`𝔼 f(cos at, sin at)`, times a power of `t` if `f` has one."""
        return gaussian_integral(lambda t: f((self.a * t).cos(), (self.a * t).sin()), growth)

    @cached_property
    def linear(self) -> list[list[Any]]:
        c, s = self.turned(lambda c, _: c, Growth()), self.turned(lambda _, s: s, Growth())
        return [[c, -s, fmpq(0)], [s, c, fmpq(0)], [fmpq(0), fmpq(0), fmpq(1)]]

    def moment(self, a: MultiIndex) -> Any:
        def given(t: Any) -> Any:
            c, s = (self.a * t).cos(), (self.a * t).sin()
            return t ** a[2] * linear_moment([[c, -1 * s], [s, c]], a[:2])

        size = sum(a)
        bound = fmpq(4**size * max(1, gaussian_moment(size + size % 2)))
        return gaussian_integral(given, Growth(scale=bound, power=a[2]))


@dataclass(frozen=True)
class Flip(Preserving):
    """`(z₁, z₂ sign z₁)` on the plane."""

    n = 2

    def correlation(self, rho: Any) -> Any:
        return rho + rho * Sign().correlation(rho) if rho * rho != 1 else 2 * rho

    @property
    def linear(self) -> list[list[Any]]:
        units = ((1, 0), (0, 1))
        return [[self.mean(h, u) for u in units] for h in units]

    def moment(self, a: MultiIndex) -> Any:
        return self.mean(a, (0, 0))

    def mean(self, a: MultiIndex, b: MultiIndex) -> Any:
        """`𝔼 h(z)ᵃ zᵇ`, from the two half-planes."""
        k = a[0] + b[0]
        half = gaussian_integral(lambda x: x**k, Growth(power=k), start=0)
        return (half + (-1) ** (k + a[1]) * half) * gaussian_moment(a[1] + b[1])


@dataclass(frozen=True)
class Fold(Preserving):
    """`-z` for `|z| < c`, else `z`, on the line."""

    c: Any
    n = 1

    def mean(self, f: Callable[[Any], Any], growth: Growth, odd: bool) -> Any:
        """`𝔼 f(z) s(z)` with the sign `s` of the fold where `odd`, else `𝔼 f`."""
        whole = gaussian_integral(f, growth)
        if not odd:
            return whole
        inner = integrate(lambda z: f(z) * (-z * z / 2).exp(), -self.c, self.c) / (2 * arb.pi()).sqrt()
        return whole - 2 * inner

    def correlation(self, rho: Any) -> Any:
        """The mean of the successor's output given `z` is `ρ z - 2 𝔼 z' 1(|z'| < c)`, with `z' ∼ N(ρ z, 1 - ρ²)`."""
        if rho * rho == 1:
            return rho
        s = arb(1 - rho * rho).sqrt()

        def given(z: Any) -> Any:
            low, high = (-self.c - rho * z) / s, (self.c - rho * z) / s
            mass = ((high / arb(2).sqrt()).erf() - (low / arb(2).sqrt()).erf()) / 2
            edge = ((-high * high / 2).exp() - (-low * low / 2).exp()) / (2 * arb.pi()).sqrt()
            return rho * z - 2 * (rho * z * mass - s * edge)

        return self.mean(lambda z: z * given(z), Growth(scale=3 + 2 * self.c, power=2), odd=True)

    @property
    def linear(self) -> list[list[Any]]:
        return [[self.mean(lambda z: z * z, Growth(power=2), odd=True)]]

    def moment(self, a: MultiIndex) -> Any:
        return self.mean(lambda z: z ** a[0], Growth(power=a[0]), odd=a[0] % 2 == 1)

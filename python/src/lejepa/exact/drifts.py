"""Worlds on the line with any drift, `z' = m(z) + η`: on finitely many points, exactly; and the Gaussian one.

That the identity aligns best is a fact of matrices: among the functions that some `φ` span, no white one aligns better
than the identity, whose alignment is `a`, if and only if `𝔼 (φ(z') - φ(z)) (φ(z') - φ(z))ᵀ - a Cov φ(z)` has no
negative eigenvalue. In a finite world the `φ` are the indicators of its points, which span all functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_mat

from lejepa.exact.hermite import Growth, gaussian_integral
from lejepa.exact.worlds import World, gaussian, image, independent, scaled

NONE, ONE = fmpq(0), fmpq(1)
DEGREE = 6  # of the polynomials that compete with the identity in the Gaussian world


def has_no_negative_eigenvalue(m: fmpq_mat) -> bool:
    """Of a symmetric rational matrix, by elimination: every pivot is positive, or 0 in a row of zeros."""
    rows = [list(row) for row in m.tolist()]
    for k, row in enumerate(rows):
        if row[k] < 0 or (row[k] == 0 and any(x != 0 for x in row[k + 1 :])):
            return False
        if row[k] == 0:
            continue
        for other in rows[k + 1 :]:
            ratio = other[k] / row[k]
            for j in range(k, len(row)):
                other[j] -= ratio * row[j]
    return True


@dataclass(frozen=True)
class FiniteWorld:
    """Points, their weights and drifts, and the law of the noise: values and their chances."""

    points: tuple[Any, ...]
    weights: tuple[Any, ...]
    drift: tuple[Any, ...]
    noise: tuple[tuple[Any, Any], ...]

    @cached_property
    def joint(self) -> dict[tuple[Any, Any], Any]:
        """The law of `(z, z')`."""
        out: dict[tuple[Any, Any], Any] = {}
        for z, w, m in zip(self.points, self.weights, self.drift, strict=True):
            for eta, p in self.noise:
                out[z, m + eta] = out.get((z, m + eta), fmpq(0)) + w * p
        return out

    def expect(self, f: Callable[[Any, Any], Any]) -> Any:
        """`𝔼 f(z, z')`."""
        return sum((p * f(z, y) for (z, y), p in self.joint.items()), fmpq(0))

    @property
    def mean(self) -> Any:
        return self.expect(lambda z, _: z)

    @property
    def second(self) -> Any:
        return self.expect(lambda z, _: z * z)

    @property
    def product(self) -> Any:
        """`𝔼 z z'`."""
        return self.expect(lambda z, y: z * y)

    @property
    def is_reversible(self) -> bool:
        return all(self.joint.get((y, z), fmpq(0)) == p for (z, y), p in self.joint.items())

    @property
    def is_noisy(self) -> bool:
        return len([p for _, p in self.noise if p > 0]) > 1

    def conditional_mean(self, z: Any) -> Any:
        """`𝔼 [z' | z]`."""
        found = [(p, y) for (x, y), p in self.joint.items() if x == z]
        return sum((p * y for p, y in found), fmpq(0)) / sum((p for p, _ in found), fmpq(0))

    def cosine(self, t: Any) -> Any:
        """`𝔼 cos (t z)`."""
        return sum((w * arb(t * z).cos() for z, w in zip(self.points, self.weights, strict=True)), arb(0))

    @property
    def is_identity_best(self) -> bool:
        """Among all white functions."""
        step = self.expect(lambda z, y: (y - z) ** 2)
        points = sorted({x for pair in self.joint for x in pair})
        place = {x: k for k, x in enumerate(points)}
        n = len(points)
        m, chance = fmpq_mat(n, n), [fmpq(0)] * n
        for (z, y), p in self.joint.items():
            i, j = place[z], place[y]
            m[i, i] += p
            m[j, j] += p
            m[i, j] -= p
            m[j, i] -= p
            chance[i] += p
        for i in range(n):
            m[i, i] -= step * chance[i]
            for j in range(n):
                m[i, j] += step * chance[i] * chance[j]
        return has_no_negative_eigenvalue(m)


def two_points(t: Any) -> list[tuple[Any, Any]]:
    """The law of mean 0 and variance 1 on `t` and `-1 / t`, for `t > 0`."""
    return [(t, 1 / (1 + t * t)), (-1 / t, t * t / (1 + t * t))]


def blocks(t: Any, u: Any, swap: bool = False) -> FiniteWorld:
    """`z = 4/5 b + 3/5 s` of two-point laws: a block and a place in it. The block is kept, or swapped, and the place is
    drawn afresh. Of mean 0 and variance 1; reversible if kept, or if blocks have equal chances."""
    base, noise = two_points(t), two_points(u)
    pairs = [(b, s, p * q) for b, p in base for s, q in noise]
    other = {base[0][0]: base[1][0], base[1][0]: base[0][0]}
    return FiniteWorld(
        tuple(fmpq(4, 5) * b + fmpq(3, 5) * s for b, s, _ in pairs),
        tuple(w for _, _, w in pairs),
        tuple(fmpq(4, 5) * (other[b] if swap else b) for b, _, _ in pairs),
        tuple((fmpq(3, 5) * s, q) for s, q in noise),
    )


def frozen(t: Any) -> FiniteWorld:
    """`z' = z`, in three points."""
    law = [(t * x / 4, p) for x, p in ((-5, fmpq(16, 50)), (0, fmpq(18, 50)), (5, fmpq(16, 50)))]
    points, weights = zip(*law, strict=True)
    return FiniteWorld(points, weights, points, ((fmpq(0), fmpq(1)),))


def forgetful(t: Any) -> FiniteWorld:
    """`z'` is drawn afresh."""
    points, weights = zip(*two_points(t), strict=True)
    return FiniteWorld(points, weights, (fmpq(0),) * 2, tuple(two_points(t)))


def cycle() -> FiniteWorld:
    """Four points, each of which leads to the next: of mean 0 and variance 1, stationary and not reversible."""
    points = (fmpq(7, 5), fmpq(1, 5), fmpq(-7, 5), fmpq(-1, 5))
    return FiniteWorld(points, (fmpq(1, 4),) * 4, (*points[1:], points[0]), ((fmpq(0), fmpq(1)),))


@dataclass(frozen=True)
class GaussianWorld:
    """The stationary pair of two Gaussian variables, of a mean, a deviation and a correlation between -1 and 1."""

    rho: Any
    centre: Any = NONE
    deviation: Any = ONE

    @cached_property
    def world(self) -> World:
        normal = independent(gaussian)
        latent = image(normal, [[self.deviation]], [self.centre])
        noise = image(scaled(normal, [1 - self.rho**2]), [[self.deviation]], [(1 - self.rho) * self.centre])
        return World(1, latent, noise, (self.rho,))

    @property
    def mean(self) -> Any:
        return self.world.latent((1,))

    @property
    def second(self) -> Any:
        return self.world.latent((2,))

    @property
    def product(self) -> Any:
        return self.world.cross((1,), (1,))

    @property
    def is_reversible(self) -> bool:
        """Whether the moments of the pair are symmetric, up to order 4 each."""
        return all(self.world.cross((a,), (b,)) == self.world.cross((b,), (a,)) for a in range(5) for b in range(a))

    @property
    def is_noisy(self) -> bool:
        return bool(self.world.noise((2,)) != self.world.noise((1,)) ** 2)

    def conditional_mean(self, z: Any) -> Any:
        """`𝔼 [z' | z]` by Bayes from the pair read backwards, by quadrature: `z'` is Gaussian, and `z` given `z'` is
        `ρ z'` and a remainder, both from the centre and in units of the deviation."""
        x = (arb(z) - arb(self.centre)) / arb(self.deviation)
        width = 2 * (1 - arb(self.rho) ** 2)

        def weight(y: Any) -> Any:
            return (-(y * arb(self.rho) - x) * (y * arb(self.rho) - x) / width).exp()

        total = gaussian_integral(weight, Growth())
        return (
            arb(self.centre) + arb(self.deviation) * gaussian_integral(lambda y: y * weight(y), Growth(power=1)) / total
        )

    def cosine(self, t: Any) -> Any:
        """`𝔼 cos (t z)` by quadrature."""
        return gaussian_integral(lambda x: ((x * arb(self.deviation) + arb(self.centre)) * arb(t)).cos(), Growth())

    @property
    def is_identity_best(self) -> bool:
        """Among the white polynomials of degree at most `DEGREE`."""
        span = self.world.polynomials(DEGREE)
        return has_no_negative_eigenvalue(span.moving - self.world.step * span.still)


def choice(kind: str, parameters: Sequence[Any]) -> FiniteWorld | GaussianWorld:
    """A world by its kind and its parameters."""
    made: dict[str, Callable[..., FiniteWorld | GaussianWorld]] = {
        "gaussian": GaussianWorld,
        "blocks": blocks,
        "swapped blocks": lambda t, u: blocks(t, u, swap=True),
        "frozen": frozen,
        "forgetful": forgetful,
        "cycle": cycle,
    }
    return made[kind](*parameters)

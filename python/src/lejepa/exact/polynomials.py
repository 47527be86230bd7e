"""Polynomial functions and encoders with exact Gaussian moments.

An expansion is a mapping of Hermite indices, written `"2 0 1"`, to coefficients, written `"-3/4"`: JSON, so that a case
can be read and repeated. An encoder is a list of polynomials in monomials, one an output. Alignment and covariance come
from the moments of monomials, never from the spectral form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import comb, factorial, prod
from random import Random
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat

from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import (
    MultiIndex,
    Polynomial,
    gaussian_mean,
    gaussian_moment,
    hermite_monomials,
    multi_indices,
    multiply,
    pair_mean,
    rational,
)

Expansion = Mapping[str, str]
Encoder = Sequence[Polynomial]


def index(text: str) -> MultiIndex:
    return tuple(map(int, text.split()))


def text_of(alpha: Sequence[int]) -> str:
    return " ".join(map(str, alpha))


def norm_squared(alpha: Sequence[int]) -> int:
    """`∫ H_α² dγ = ∏ αᵢ!`."""
    return prod(map(factorial, alpha))


def random_polynomial(rng: Random, n: int, low: int, high: int, count: int = 4) -> dict[str, str]:
    """Up to `count` Hermite terms of degrees `low..high` in `n` variables, one of them of degree `high`."""
    indices = [a for a in multi_indices(n, high) if low <= sum(a)]
    top = [a for a in indices if sum(a) == high]
    chosen = {rng.choice(top), *(rng.choice(indices) for _ in range(count - 1))}
    return {text_of(a): f"{rng.choice((-1, 1)) * rng.randint(1, 9)}/5" for a in sorted(chosen)}


def combine(terms: Mapping[MultiIndex, Any]) -> dict[MultiIndex, Any]:
    """`Σ c_α H_α` in monomials."""
    out: dict[MultiIndex, Any] = {}
    for alpha, c in terms.items():
        for powers, k in hermite_monomials(alpha).items():
            out[powers] = out.get(powers, 0) + c * k
    return out


def to_monomials(expansion: Expansion) -> dict[MultiIndex, Any]:
    """An expansion in Hermite polynomials, in monomials; exact."""
    return combine({index(a): rational(c) for a, c in expansion.items()})


def coefficient(f: Polynomial, alpha: Sequence[int]) -> Any:
    """The coefficient of `f` on the normalized Hermite polynomial `H_α / √α!`, by moments."""
    return gaussian_mean(multiply(f, hermite_monomials(alpha))) / sqrt(norm_squared(alpha))


def compose(f: Polynomial, g: Encoder, n: int) -> dict[MultiIndex, Any]:
    """`f ∘ g` of polynomials: `f` of as many variables as `g` has outputs, and they of `n` variables."""
    out: dict[MultiIndex, Any] = {}
    for powers, c in f.items():
        term: dict[MultiIndex, Any] = {(0,) * n: c}
        for output, k in zip(g, powers, strict=True):
            for _ in range(k):
                term = multiply(term, output)
        for e, x in term.items():
            out[e] = out.get(e, fmpq(0)) + x
    return {e: x for e, x in out.items() if x != 0}


def value_at(f: Polynomial, z: Sequence[Any]) -> Any:
    """The value of a polynomial at a point."""
    return sum((c * prod(x**k for x, k in zip(z, e, strict=True)) for e, c in f.items()), fmpq(0))


def stepped(f: Polynomial, rho: Any) -> dict[MultiIndex, Any]:
    """The polynomial `z ↦ 𝔼 f(ρ z + √(1 - ρ²) η)`, exact where `ρ` is: odd moments of `η` vanish, and with them the
    root."""
    square = max(1 - rho * rho, fmpq(0))  # beyond 1 the root is 0, as in Lean
    out: dict[MultiIndex, Any] = {}
    for powers, c in f.items():
        for drawn in product(*(range(0, k + 1, 2) for k in powers)):
            kept = tuple(k - i for k, i in zip(powers, drawn, strict=True))
            ways = prod(comb(k, i) * gaussian_moment(i) for k, i in zip(powers, drawn, strict=True))
            out[kept] = out.get(kept, fmpq(0)) + c * ways * rho ** sum(kept) * square ** (sum(drawn) // 2)
    return out


def second_moment(h: Encoder) -> list[list[Any]]:
    """`𝔼 hᵢ hⱼ`."""
    return [[gaussian_mean(multiply(f, g)) for g in h] for f in h]


def alignment(h: Encoder, rho: Any) -> Any:
    """`𝔼 ‖h(z') - h(z)‖²` for an Ornstein–Uhlenbeck pair, from the moments of the pair."""
    total: Any = fmpq(0)
    for f in h:
        square = multiply(f, f)
        one = {(0,) * len(next(iter(square), ())): fmpq(1)}
        total += pair_mean(one, square, rho) + gaussian_mean(square) - 2 * pair_mean(f, f, rho)
    return total


def orthonormal(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Gram–Schmidt on rows of exact numbers: balls, orthonormal up to their radii."""
    out: list[list[Any]] = []
    for row in rows:
        v = [arb(x) for x in row]
        for u in out:
            c = sum((x * y for x, y in zip(u, v, strict=True)), arb(0))
            v = [y - c * x for x, y in zip(u, v, strict=True)]
        size = sum((x * x for x in v), arb(0)).sqrt()
        out.append([x / size for x in v])
    return out


def white_encoder(rows: Sequence[Sequence[str | int]], indices: Sequence[str]) -> list[dict[MultiIndex, Any]]:
    """Outputs spanned by the Hermite polynomials of `indices`, orthonormal by Gram–Schmidt on `rows`: white, unless an
    index is 0."""
    alphas = [index(a) for a in indices]
    return [
        combine({a: c / sqrt(norm_squared(a)) for a, c in zip(alphas, row, strict=True)})
        for row in orthonormal([[rational(x) for x in row] for row in rows])
    ]


def random_rows(rng: Random, m: int, size: int) -> list[list[int]]:
    """`m` independent integer rows of length `size ≥ m`: a dominant diagonal makes sure."""
    return [[rng.randint(-4, 4) + (9 * m if i == j else 0) for j in range(size)] for i in range(m)]


@dataclass(frozen=True)
class PolynomialEncoder:
    """An encoder of `n` latents with everything that the statements speak of, from moments of monomials."""

    n: int
    outputs: Encoder
    degree: int

    @classmethod
    def of(cls, n: int, spec: Mapping[str, Any]) -> "PolynomialEncoder":
        """From a case: `{"rows": ..., "indices": ...}` to be made white, or `{"expansions": [...]}` as they are."""
        if "expansions" in spec:
            expansions: list[Expansion] = spec["expansions"]
            indices = [a for e in expansions for a, c in e.items() if rational(c) != 0]
            outputs: Encoder = [to_monomials(e) for e in expansions]
        else:
            indices = spec["indices"]
            outputs = white_encoder(spec["rows"], indices)
        return cls(n, outputs, max((sum(index(a)) for a in indices), default=0))

    @cached_property
    def covariance(self) -> list[list[Any]]:
        return second_moment(self.outputs)

    @property
    def trace(self) -> Any:
        return sum((self.covariance[i][i] for i in range(len(self.outputs))), fmpq(0))

    @property
    def defect(self) -> Any:
        """`‖Cov(h) - 1‖_F²`."""
        return sum(
            (square(x - (i == j)) for i, row in enumerate(self.covariance) for j, x in enumerate(row)),
            fmpq(0),
        )

    @cached_property
    def linear(self) -> list[list[Any]]:
        """The matrix `A i j = 𝔼 hᵢ zⱼ` of the linear part."""
        units = [{tuple(int(i == j) for i in range(self.n)): fmpq(1)} for j in range(self.n)]
        return [[gaussian_mean(multiply(f, u)) for u in units] for f in self.outputs]

    @property
    def linear_energy(self) -> Any:
        return sum((square(x) for row in self.linear for x in row), fmpq(0))

    @property
    def is_centred(self) -> bool:
        return all(vanishes(gaussian_mean(f)) for f in self.outputs)

    @property
    def is_white(self) -> bool:
        """Whether the second moments are those of the identity, to within their balls."""
        return vanishes(self.defect)

    def alignment(self, rho: Any) -> Any:
        return alignment(self.outputs, rho)

    def nuclear_norm(self) -> Any:
        """The sum of the singular values of the linear part, `max_Q tr Qᵀ A` over the orthogonal group.
        For `n > 2` the linear part must be rational: singular values are roots of an exact polynomial."""
        a = self.linear
        if self.n <= 1:
            return sum((abs(x) for row in a for x in row), fmpq(0))
        if self.n == 2:
            return sqrt(self.linear_energy + 2 * abs(a[0][0] * a[1][1] - a[0][1] * a[1][0]))
        m = fmpq_mat(self.n, self.n, [x for row in a for x in row])
        roots: Any = (m.transpose() * m).charpoly().complex_roots()
        return sum((times * root.real.max(arb(0)).sqrt() for root, times in roots), arb(0))

    def distance(self) -> Any:
        """`min_Q 𝔼 ‖h(z) - Q z‖²`, by the polar factor of the linear part."""
        return self.n + self.trace - 2 * self.nuclear_norm()


def square(x: Any) -> Any:
    """`x²` by a product: flint's power of a ball with its centre at exactly 0 is no number."""
    return x * x


def vanishes(x: Any) -> bool:
    """Whether a number is 0 to within a ball that is small at the context's precision."""
    ball = arb(x)
    return bool(ball.contains(0) and ball.abs_upper() < arb(10) ** -(ctx.dps // 2))

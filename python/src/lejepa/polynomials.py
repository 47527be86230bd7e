"""Polynomial functions and encoders with exact Gaussian moments.

An expansion is a mapping of Hermite indices, written `"2 0 1"`, to coefficients, written `"-3/4"`: JSON, so that a case
can be read and repeated. An encoder is a list of polynomials in monomials, one an output. Alignment and covariance come
from the moments of monomials, never from the spectral form.
"""

from collections.abc import Mapping, Sequence
from math import factorial, prod
from random import Random
from typing import Any

from flint import arb, fmpq

from lejepa.generic import sqrt
from lejepa.hermite import (
    MultiIndex,
    Polynomial,
    gaussian_mean,
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

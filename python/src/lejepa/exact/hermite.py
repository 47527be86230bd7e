"""Hermite polynomials and Gaussian integrals, each result a ball that holds the true value.

Polynomials are the probabilists': `He_0 = 1`, `He_1 = x`, `He_{k+1} = x He_k - k He_{k-1}`, orthogonal for the standard
Gaussian `γ` with `∫ He_k² dγ = k!` (Abramowitz & Stegun, chapter 22; `Lejepa.integral_hermiteProd_mul`). Numbers are
python-flint's: `arb` and `acb` are balls, `fmpq` exact rationals. A ball's radius is the whole error: rounding,
quadrature and truncated tails. Precision is flint's context; set it with `precision`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, factorial, prod
from typing import Any

from flint import arb, fmpq

from lejepa.exact.integration import Growth, gaussian_integral, polynomial_integral, precision, tail

__all__ = ["Growth", "gaussian_integral", "polynomial_integral", "precision", "tail"]  # moved to `integration`

MultiIndex = tuple[int, ...]
Polynomial = Mapping[MultiIndex, Any]  # exponents of a monomial -> its coefficient


def rational(value: int | str | Fraction) -> fmpq:
    """An exact rational from an integer, a fraction or a text such as `"9/10"`."""
    f = Fraction(value)
    return fmpq(f.numerator, f.denominator)


# Polynomials


@cache
def hermite_explicit(k: int) -> tuple[int, ...]:
    """Coefficients of `He_k`, constant term first: `(-1)^j k! / (j! (k-2j)! 2^j)` on `x^{k-2j}`."""
    c = [0] * (k + 1)
    for j in range(k // 2 + 1):
        c[k - 2 * j] = (-1) ** j * factorial(k) // (factorial(j) * factorial(k - 2 * j) * 2**j)
    return tuple(c)


@cache
def hermite_recurrence(k: int) -> tuple[int, ...]:
    """Coefficients of `He_k`, constant term first, by the three-term recurrence."""
    before: tuple[int, ...] = (0,)
    now: tuple[int, ...] = (1,)
    for j in range(k):
        shifted = (0, *now)
        padded = (*before, *[0] * (len(shifted) - len(before)))
        before, now = now, tuple(s - j * p for s, p in zip(shifted, padded, strict=True))
    return now


def hermite(k: int, x: Any) -> Any:
    """`He_k(x)` by the recurrence, for `x` in any ring of Python numbers."""
    before, now = 0 * x, 0 * x + 1
    for j in range(k):
        before, now = now, x * now - j * before
    return now


def hermite_product(alpha: Sequence[int], z: Sequence[Any]) -> Any:
    """`H_α(z) = ∏ He_{αᵢ}(zᵢ)`; `α` and `z` of one length `n`; 1 for `n = 0`."""
    return prod((hermite(a, x) for a, x in zip(alpha, z, strict=True)), start=arb(1))


def hermite_monomials(alpha: Sequence[int]) -> dict[MultiIndex, int]:
    """`H_α` as a polynomial in monomials, from the explicit coefficients."""
    terms: dict[MultiIndex, int] = {}
    for powers in product(*(range(a % 2, a + 1, 2) for a in alpha)):
        terms[powers] = prod(hermite_explicit(a)[p] for a, p in zip(alpha, powers, strict=True))
    return terms


def multi_indices(n: int, degree: int) -> list[MultiIndex]:
    """The indices `α ∈ ℕⁿ` with `|α| ≤ degree`, by degree, `comb(n + degree, n)` of them."""

    def of_degree(n: int, k: int) -> Iterator[MultiIndex]:
        if n == 0:
            if k == 0:
                yield ()
            return
        for first in range(k, -1, -1):
            for rest in of_degree(n - 1, k - first):
                yield (first, *rest)

    return [alpha for k in range(degree + 1) for alpha in of_degree(n, k)]


# Exact Gaussian moments


def gaussian_moment(k: int) -> int:
    """`∫ xᵏ dγ`: `(k-1)!!` for even `k`, else 0."""
    return 0 if k % 2 else factorial(k) // (factorial(k // 2) * 2 ** (k // 2))


def gaussian_mean(p: Polynomial) -> Any:
    """`∫ p dγ_n` of a polynomial, exact in its coefficients' arithmetic."""
    return sum((c * prod(gaussian_moment(e) for e in powers) for powers, c in p.items()), fmpq(0))


def multiply(p: Polynomial, q: Polynomial) -> dict[MultiIndex, Any]:
    """The product of two polynomials in the same number of variables."""
    out: dict[MultiIndex, Any] = {}
    for a, x in p.items():
        for b, y in q.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            out[key] = out.get(key, 0) + x * y
    return out


def pair_moment(a: int, b: int, rho: Any) -> Any:
    """`𝔼 zᵃ z'ᵇ` for `z' = ρ z + √(1-ρ²) η`, from the binomial expansion of `z'ᵇ`; exact where `ρ` is.

    For `|ρ| > 1` the root is 0, as in Lean.
    """
    s2 = max(1 - rho * rho, 0 * rho)
    return sum(
        (
            comb(b, i) * rho ** (b - i) * s2 ** (i // 2) * gaussian_moment(a + b - i) * gaussian_moment(i)
            for i in range(0, b + 1, 2)
        ),
        0 * rho,
    )


def pair_mean(p: Polynomial, q: Polynomial, rho: Any) -> Any:
    """`𝔼 p(z) q(z')` for an Ornstein–Uhlenbeck pair of correlation `ρ`, polynomials in `n` variables."""
    table: dict[tuple[int, int], Any] = {}

    def moment(a: int, b: int) -> Any:
        if (a, b) not in table:
            table[a, b] = pair_moment(a, b, rho)
        return table[a, b]

    total: Any = fmpq(0)
    for e, x in p.items():
        for f, y in q.items():
            total += x * y * prod((moment(a, b) for a, b in zip(e, f, strict=True)), start=fmpq(1))
    return total

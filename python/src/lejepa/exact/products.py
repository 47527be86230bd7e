"""Functions of many variables that are sums of products of functions of one: waves, signs, rectifiers of coordinates.

Their integrals against polynomials are sums of products of integrals over the line, or over the half-lines on which
each factor is entire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Any

from flint import arb, ctx, fmpq

from lejepa.exact.hermite import MultiIndex, hermite_explicit, rational
from lejepa.exact.integration import Growth, gaussian_integral

Term = tuple[Any, tuple["Factor", ...]]


@dataclass(frozen=True)
class Factor:
    """`exp (t x)`, `sin (t x)`, `cos (t x)`, the sign of `x`, the rectifier `max (x, 0)`, or 1."""

    kind: str
    t: str = "1"

    def branch(self, side: int, x: Any) -> Any:
        """The value at `side · x`, for `x ≥ 0`."""
        if self.kind == "one":
            return 0 * x + 1
        if self.kind == "sign":
            return 0 * x + side
        if self.kind == "relu":
            return x if side > 0 else 0 * x
        return getattr(rational(self.t) * side * x, self.kind)()

    @property
    def rate(self) -> Any:
        return abs(rational(self.t)) if self.kind == "exp" else fmpq(0)


@cache
def mean(factors: tuple[Factor, ...], coefficients: tuple[Any, ...], bits: int) -> Any:
    """`∫ ∏ w · Σ cⱼ xʲ dγ` of functions of one variable, at the precision `bits`, which the caller has set."""
    power = len(coefficients) - 1 + sum(w.kind == "relu" for w in factors)
    scale = sum((abs(arb(c)) for c in coefficients), arb(0))
    growth = Growth(scale=scale, rate=sum((w.rate for w in factors), fmpq(0)), power=power)

    def part(side: int, start: int | None) -> Any:
        def integrand(x: Any) -> Any:
            value: Any = 0 * x
            for c in reversed(coefficients):
                value = value * (side * x) + c
            for w in factors:
                value = value * w.branch(side, x)
            return value

        return gaussian_integral(integrand, growth, start)

    if any(w.kind in ("sign", "relu") for w in factors):
        return part(1, 0) + part(-1, 0)
    return part(1, None)


@dataclass(frozen=True)
class Sum:
    """`Σ c ∏ᵢ wᵢ(zᵢ)`: the terms, each a number and a factor a variable."""

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, factors: Sequence[Sequence[str]]) -> "Sum":
        """One product, from a case: `[["exp", "1/2"], ["sign"]]`."""
        return cls(((fmpq(1), tuple(Factor(*w) for w in factors)),))

    @classmethod
    def wave(cls, kind: str, t: Sequence[str]) -> "Sum":
        """`exp ⟨t, z⟩`, `sin ⟨t, z⟩` or `cos ⟨t, z⟩`, by the addition theorems."""
        if kind == "exp":
            return cls.of([["exp", x] for x in t])
        terms = []
        for kinds in product(("cos", "sin"), repeat=len(t)):
            sines = kinds.count("sin")
            if sines % 2 == (kind == "sin"):
                terms.append((fmpq((-1) ** (sines // 2)), tuple(map(Factor, kinds, t))))
        return cls(tuple(terms))

    @property
    def n(self) -> int:
        return len(self.terms[0][1])

    def square(self) -> Any:
        """`∫ f² dγ`."""
        return sum(
            (
                c * d * prod((mean((v, w), (1,), ctx.prec) for v, w in zip(f, g, strict=True)), start=arb(1))
                for c, f in self.terms
                for d, g in self.terms
            ),
            arb(0),
        )

    def against(self, lines: Sequence[tuple[Any, ...]]) -> Any:
        """`∫ f ∏ᵢ pᵢ(zᵢ) dγ`, for polynomials by their coefficients, constant term first."""
        return sum(
            (
                c * prod((mean((w,), p, ctx.prec) for w, p in zip(f, lines, strict=True)), start=arb(1))
                for c, f in self.terms
            ),
            arb(0),
        )

    def moment(self, a: MultiIndex) -> Any:
        """`∫ f zᵃ dγ`."""
        return self.against([(0,) * k + (1,) for k in a])

    def hermite_moment(self, a: MultiIndex) -> Any:
        """`∫ f H_a dγ`."""
        return self.against([hermite_explicit(k) for k in a])

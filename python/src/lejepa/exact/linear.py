"""Linear worlds `z' = M z + B a + η` with Gaussian latents, and what encoders and predictors see of them, exactly.

Latents `z ∼ γ_n`, actions `a ∼ γ_k` and Gaussian noise `η` are independent. The world is stationary where the noise has
the covariance `1 - G`, `G = M Mᵀ + B Bᵀ`, as it has unless another is given. So `z`, `a` and two successors of one
state under one action, `z'` and `z''`, are jointly Gaussian; moments of their monomials follow from their covariance by
Isserlis' recursion, `𝔼 xᵢ f(x) = Σⱼ Cᵢⱼ 𝔼 ∂ⱼ f(x)`. No spectrum enters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import comb, prod
from typing import Any

from flint import fmpq, fmpq_mat

from lejepa.exact.hermite import MultiIndex, Polynomial, multiply, rational
from lejepa.exact.polynomials import Encoder, compose
from lejepa.exact.worlds import Moments, Span

Rows = Sequence[Sequence[str | int]]


def matrix(rows: Rows, columns: int | None = None) -> fmpq_mat:
    """A rational matrix from its rows; `columns` where there is no row to tell."""
    width = len(rows[0]) if rows else columns or 0
    return fmpq_mat(len(rows), width, [rational(x) for row in rows for x in row])


def identity(n: int) -> fmpq_mat:
    return fmpq_mat(n, n, [fmpq(int(i == j)) for i in range(n) for j in range(n)])


def diagonal(values: Sequence[Any]) -> fmpq_mat:
    n = len(values)
    return fmpq_mat(n, n, [values[i] if i == j else fmpq(0) for i in range(n) for j in range(n)])


def trace(m: fmpq_mat) -> fmpq:
    return sum((m[i, i] for i in range(m.nrows())), fmpq(0))


def is_positive(symmetric: fmpq_mat, strictly: bool = False) -> bool:
    """Whether a symmetric rational matrix is positive semidefinite: its characteristic polynomial has real roots only,
    and by Descartes' rule none is negative exactly where the coefficients alternate in sign."""
    signed = [(-1) ** k * c for k, c in enumerate(reversed(symmetric.charpoly().coeffs()))]
    return all(c > 0 if strictly else c >= 0 for c in signed)


def gaussian(covariance: fmpq_mat) -> Moments:
    """The moments of a centred Gaussian vector, by Isserlis' recursion."""
    known: dict[MultiIndex, Any] = {}

    def moment(e: MultiIndex) -> Any:
        if sum(e) % 2:
            return fmpq(0)
        if e not in known:
            first = next((i for i, k in enumerate(e) if k), None)
            known[e] = fmpq(1) if first is None else fmpq(0)
            if first is not None:
                rest = tuple(k - (i == first) for i, k in enumerate(e))
                known[e] = sum(
                    (
                        covariance[first, j] * k * moment(tuple(x - (i == j) for i, x in enumerate(rest)))
                        for j, k in enumerate(rest)
                        if k and covariance[first, j] != 0
                    ),
                    fmpq(0),
                )
        return known[e]

    return moment


@dataclass(frozen=True)
class LinearWorld:
    """`z' = M z + B a + η`: `memory` is `M`, `n × n`, `action` is `B`, `n × k`, `noise` the covariance of `η`."""

    memory: fmpq_mat
    action: fmpq_mat
    noise: fmpq_mat

    @classmethod
    def of(cls, memory: Rows, action: Rows = (), noise: Rows | None = None) -> "LinearWorld":
        """From rows of numbers; the stationary world, unless a covariance of the noise is given."""
        m = matrix(memory, 0)
        b = matrix(action) if action else fmpq_mat(m.nrows(), 0)
        if noise is not None:
            return cls(m, b, matrix(noise))
        return cls(m, b, identity(m.nrows()) - m * m.transpose() - b * b.transpose())

    @classmethod
    def remembering(cls, rhos: Sequence[Any]) -> "LinearWorld":
        """`z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ`, where the root of a negative number is 0, as in Lean."""
        n = len(rhos)
        return cls(diagonal(rhos), fmpq_mat(n, 0), diagonal([max(1 - r * r, fmpq(0)) for r in rhos]))

    @property
    def n(self) -> int:
        return int(self.memory.nrows())

    @property
    def k(self) -> int:
        return int(self.action.ncols())

    @cached_property
    def explained(self) -> fmpq_mat:
        """`G = M Mᵀ + B Bᵀ`, what the state and the action explain of the successor."""
        return self.memory * self.memory.transpose() + self.action * self.action.transpose()

    @property
    def is_stationary(self) -> bool:
        """Whether the successor has the law of the latents."""
        return is_positive(self.noise) and self.explained + self.noise == identity(self.n)

    def contracts(self, s: Any) -> bool:
        """Whether `‖M x‖² ≤ s ‖x‖²`."""
        return is_positive(s * identity(self.n) - self.memory.transpose() * self.memory)

    def keeps(self, s: Any, strictly: bool = False) -> bool:
        """Whether `x · M x` is at least `s ‖x‖²`, or more for every `x ≠ 0`."""
        half = (self.memory + self.memory.transpose()) * fmpq(1, 2)
        return is_positive(half - s * identity(self.n), strictly)

    def explains_at_most(self, s: Any) -> bool:
        return is_positive(s * identity(self.n) - self.explained)

    def explains_at_least(self, s: Any, strictly: bool = False) -> bool:
        return is_positive(self.explained - s * identity(self.n), strictly)

    @cached_property
    def moment(self) -> Moments:
        """Moments of `(z, a, z', z'')`."""
        n, k = self.n, self.k
        sides = [identity(n), fmpq_mat(k, n), self.memory, self.memory]  # covariances with z, and so on
        acted = [fmpq_mat(n, k), identity(k), self.action, self.action]
        full = self.explained + self.noise
        after = [self.memory.transpose(), self.action.transpose(), full, self.explained]
        again = [self.memory.transpose(), self.action.transpose(), self.explained, full]
        blocks = [[column[i] for column in (sides, acted, after, again)] for i in range(4)]
        rows = [[x for block in row for x in block.tolist()[i]] for row in blocks for i in range(row[0].nrows())]
        return gaussian(fmpq_mat(rows) if rows else fmpq_mat(0, 0))

    def mean(self, **factors: Polynomial) -> Any:
        """The mean of a product: `now` of `z`, `context` of `(z, a)`, `after` and `again` of the two successors."""
        n, k = self.n, self.k
        places = {"now": (0, n), "context": (0, n + k), "after": (n + k, n), "again": (2 * n + k, n)}
        total, width = {(0,) * (3 * n + k): fmpq(1)}, 3 * n + k
        for name, f in factors.items():
            start, size = places[name]
            placed = {(0,) * start + e + (0,) * (width - start - size): c for e, c in f.items()}
            total = multiply(total, placed)
        return sum((c * self.moment(e) for e, c in total.items()), fmpq(0))

    def alignment(self, h: Encoder) -> Any:
        """`𝔼 ‖h(z') - h(z)‖²`."""
        return sum(
            (
                self.mean(now=multiply(f, f)) + self.mean(after=multiply(f, f)) - 2 * self.mean(now=f, after=f)
                for f in h
            ),
            fmpq(0),
        )

    def drift(self) -> list[dict[MultiIndex, Any]]:
        """`M z + B a`, polynomials of `(z, a)`."""
        width = self.n + self.k
        unit = [tuple(int(i == j) for i in range(width)) for j in range(width)]
        rows = [[*m, *b] for m, b in zip(self.memory.tolist(), self.action.tolist(), strict=True)]
        return [{u: x for u, x in zip(unit, row, strict=True) if x != 0} for row in rows]

    def step(self, f: Polynomial) -> dict[MultiIndex, Any]:
        """`𝔼[f(z') | z, a]`, a polynomial of `(z, a)`: the binomial expansion of `f(M z + B a + η)` with the moments of
        the noise."""
        noise, drift, width = gaussian(self.noise), self.drift(), self.n + self.k
        out: dict[MultiIndex, Any] = {}
        for e, c in f.items():
            for drawn in product(*(range(x + 1) for x in e)):
                ways = prod(comb(x, j) for x, j in zip(e, drawn, strict=True)) * noise(drawn)
                if ways != 0:
                    kept = tuple(x - j for x, j in zip(e, drawn, strict=True))
                    for power, x in compose({kept: c * ways}, drift, width).items():
                        out[power] = out.get(power, fmpq(0)) + x
        return out

    def predictor(self, f: Encoder, h: Encoder) -> list[dict[MultiIndex, Any]]:
        """`f(h z, a)` as polynomials of `(z, a)`, for `f` of the embedding and the action."""
        n, k = self.n, self.k
        seen = [{(*e, *(0,) * k): c for e, c in g.items()} for g in h]
        actions = [{tuple(int(i == n + j) for i in range(n + k)): fmpq(1)} for j in range(k)]
        return [compose(g, [*seen, *actions], n + k) for g in f]

    def loss(self, h: Encoder, predicted: Encoder) -> Any:
        """`𝔼 ‖h(z') - F(z, a)‖²` for predictions `F`, polynomials of `(z, a)`."""
        return sum(
            (
                self.mean(after=multiply(f, f)) - 2 * self.mean(after=f, context=p) + self.mean(context=multiply(p, p))
                for f, p in zip(h, predicted, strict=True)
            ),
            fmpq(0),
        )

    def siblings(self, h: Encoder) -> Any:
        """`𝔼 ⟨h(z'), h(z'')⟩`."""
        return sum((self.mean(after=f, again=f) for f in h), fmpq(0))

    def span(self, functions: Sequence[Polynomial], between: str = "now") -> Span:
        """Matrices of alignment and covariance of functions of the latents, for pairs `(z, z')`, or `between` the
        siblings, `"again"`, of `(z', z'')`."""
        size = len(functions)
        moving, still = fmpq_mat(size, size), fmpq_mat(size, size)
        means = [self.mean(now=f) for f in functions]
        for i, f in enumerate(functions):
            for j, g in enumerate(functions):
                square = self.mean(now=multiply(f, g))
                crossed = self.mean(**{between: f, "after": g}) + self.mean(**{between: g, "after": f})
                moving[i, j] = self.mean(**{between: multiply(f, g)}) + self.mean(after=multiply(f, g)) - crossed
                still[i, j] = square - means[i] * means[j]
        return Span(moving, still)

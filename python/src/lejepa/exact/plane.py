"""Stationary linear worlds `z' = ρ z + η` on the plane, by exact moments of latent and noise."""

from dataclasses import dataclass
from math import comb
from typing import Any

from flint import fmpq

from lejepa.exact.hermite import MultiIndex, Polynomial, multiply
from lejepa.exact.laws import ORDER, Law, known_noise, law

Moments = dict[tuple[int, int], Any]
ONE: Polynomial = {(0, 0): fmpq(1)}
COORDINATES: tuple[Polynomial, Polynomial] = ({(1, 0): fmpq(1)}, {(0, 1): fmpq(1)})


def product_moments(first: list[Any], second: list[Any]) -> Moments:
    """Of two independent coordinates."""
    return {(a, b): x * y for a, x in enumerate(first) for b, y in enumerate(second)}


def scattered(weights: list[Any], share: Any = 1) -> Moments:
    """Of `√W g`, `g` standard Gaussian and `𝔼 Wᵐ = weights[m]`; with probability `1 - share` of 0 instead."""
    gaussian = law("gaussian").moments()
    return {
        (a, b): (x * y * weights[(a + b) // 2] * share if a + b else fmpq(1)) if (a + b) % 2 == 0 else fmpq(0)
        for a, x in enumerate(gaussian)
        for b, y in enumerate(gaussian)
        if a + b <= ORDER
    }


@dataclass(frozen=True)
class Plane:
    """Moments of the latents and of the noise, up to order 6, and the correlations of the two coordinates."""

    latent: Moments
    noise: Moments
    rhos: tuple[Any, Any]

    @classmethod
    def independent(cls, laws: tuple[Law, Law], sizes: tuple[Any, Any], rhos: tuple[Any, Any]) -> "Plane":
        """Two independent components, each with its own law and correlation."""
        latent = product_moments(laws[0].moments(), laws[1].moments())
        noises = [known_noise(x.name, s, r) for x, s, r in zip(laws, sizes, rhos, strict=True)]
        return cls(latent, product_moments(*noises), rhos)

    @classmethod
    def laplace(cls, rho: Any) -> "Plane":
        """The Laplace law of the plane, characteristic function `1 / (1 + |t|²/2)`: uncorrelated coordinates that
        depend on each other. Its noise is 0 with probability `ρ²`, else of the same law."""
        exponential = [fmpq(1), fmpq(1), fmpq(2), fmpq(6)]
        return cls(scattered(exponential), scattered(exponential, 1 - rho**2), (rho, rho))

    def mean(self, p: Polynomial, q: Polynomial) -> Any:
        """`𝔼 p(z) q(z')`, of total degree at most 6."""
        return sum((x * y * self.moment(e, f) for e, x in p.items() for f, y in q.items()), fmpq(0))

    def moment(self, e: MultiIndex, f: MultiIndex) -> Any:
        r, s = self.rhos
        total: Any = fmpq(0)
        for i in range(f[0] + 1):
            for j in range(f[1] + 1):
                ways = comb(f[0], i) * comb(f[1], j) * r ** (f[0] - i) * s ** (f[1] - j)
                if ways and (eta := self.noise[i, j]):
                    total += ways * eta * self.latent[e[0] + f[0] - i, e[1] + f[1] - j]
        return total

    def still(self, p: Polynomial, q: Polynomial) -> Any:
        """`𝔼 p(z) q(z)`."""
        return sum((c * self.latent[e[0], e[1]] for e, c in multiply(p, q).items()), fmpq(0))

    def beside(self, p: Polynomial) -> dict[MultiIndex, Any]:
        """A polynomial less its part along `1`, `z₁` and `z₂`: for a white law."""
        out = dict(p)
        for q in (ONE, *COORDINATES):
            (key,) = q
            out[key] = out.get(key, fmpq(0)) - self.still(p, q)
        return out

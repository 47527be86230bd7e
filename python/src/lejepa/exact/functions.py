"""Functions of one variable that are no polynomials, with what a rigorous expansion of them needs.

Each knows a bound on the real line, one on its Hermite coefficients beyond a degree, and its Gaussian pair correlation
written as one-dimensional integrals.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import Any

from flint import acb, arb, ctx, fmpq

from lejepa.errors import UserError
from lejepa.exact.generic import fac, sqrt
from lejepa.exact.hermite import hermite, hermite_explicit
from lejepa.exact.integration import Growth, Integrand, gaussian_integral, integrate_complex, precision


@contextmanager
def generous(share: float = 1.4) -> Iterator[None]:
    """More digits, for sums that cancel."""
    with precision(int(share * ctx.dps)):
        yield


def goal() -> Any:
    """How small a truncated rest should be: most of the context's digits."""
    return arb(10) ** -int(0.85 * ctx.dps)


@cache
def wave_coefficient(kind: str, p: int, q: int, k: int, bits: int) -> Any:
    """`∫ f He_k dγ / √k!` by quadrature, at the precision `bits`, which the caller has set."""
    f = Wave(kind, fmpq(p, q))
    return hermite_coefficient(f, k, f.growth)


def hermite_coefficient(f: Integrand, k: int, growth: Growth) -> Any:
    """`∫ f He_k dγ / √k!` by quadrature, of a function that `growth` bounds on the line."""
    size = sum(map(abs, hermite_explicit(k)))  # `|He_k(x)| ≤ size (1 + |x|)^k`
    bound = Growth(growth.scale * size, growth.rate, growth.power + k)
    return gaussian_integral(lambda z: f(z) * hermite(k, z), bound) / sqrt(fac(k))


def expand_analytic(f: Integrand, degree: int, growth: Growth) -> list[Any]:
    """Balls around the coefficients `0..degree` of a function of one variable, on the normalized `He_k / √k!`.

    `f` is an integrand (`lejepa.exact.integration`), bounded on the line by `growth`. Radii are the whole error, at the
    precision of `lejepa.exact.integration.precision`.

    >>> balls = expand_analytic(lambda z: z.exp(), 3, Growth(rate=1))
    >>> bool(balls[3].overlaps(arb("1/2").exp() / arb(6).sqrt()) and balls[3].rad() < 1e-12)
    True
    """
    if degree < 0:
        raise UserError(f"degree = {degree}: expected a natural number")
    return [hermite_coefficient(f, k, growth) for k in range(degree + 1)]


@dataclass(frozen=True)
class Wave:
    """`exp (t x)`, `sin (t x)` or `cos (t x)`."""

    kind: str
    t: fmpq

    def __call__(self, z: Any) -> Any:
        return getattr(arb(self.t) * z, self.kind)()

    @property
    def growth(self) -> Growth:
        return Growth(rate=self.t) if self.kind == "exp" else Growth()

    def square(self) -> Any:
        """`∫ f² dγ` by quadrature."""
        g = self.growth
        return gaussian_integral(lambda z: self(z) ** 2, Growth(rate=2 * g.rate))

    def coefficient(self, k: int) -> Any:
        """`∫ f He_k dγ / √k!` by quadrature."""
        return wave_coefficient(self.kind, int(self.t.p), int(self.t.q), k, ctx.prec)

    def rest(self, degree: int, seen: Any = 0) -> Any:
        """A ball around `Σ_{k > degree} c_k²`: by Stein `c_k = 𝔼 f⁽ᵏ⁾ / √k!`, and `|f⁽ᵏ⁾| ≤ |t|ᵏ e^{t x}` or `|t|ᵏ`."""
        top = (arb(self.t) ** 2).exp() if self.kind == "exp" else arb(1)
        first = top * arb(self.t) ** (2 * degree + 2) / arb(fac(degree + 1))
        bound = first / (1 - arb(self.t) ** 2 / (degree + 2))
        return arb(0).union(bound)

    def correlation(self, rho: fmpq) -> Any:
        """`𝔼 f(z) f(z')` for `z' = ρ z + s η`, where the addition theorem splits `f(z')`."""
        s, t = arb(sqrt(1 - rho * rho)), arb(self.t)
        rate = 2 * self.growth.rate
        if self.kind == "exp":
            noise = gaussian_integral(lambda y: (t * s * y).exp(), Growth(rate=rate))
            return noise * gaussian_integral(lambda z: (t * (1 + rho) * z).exp(), Growth(rate=rate))
        noise = gaussian_integral(lambda y: (t * s * y).cos(), Growth())
        return noise * gaussian_integral(lambda z: self(z) * self(z * arb(rho)), Growth())


@dataclass(frozen=True)
class Sign:
    """The sign of `x`: twice the indicator of the half-line, less one."""

    def square(self) -> Any:
        return fmpq(1)

    def coefficient(self, k: int) -> Any:
        """`2 ∫_0^∞ He_k dγ / √k!`, from `(He_{k-1} e^{-x²/2})' = -He_k e^{-x²/2}`, for odd `k`."""
        if k % 2 == 0:
            return fmpq(0)
        density = 1 / (2 * arb.pi()).sqrt()
        return 2 * density * hermite(k - 1, fmpq(0)) / arb(fac(k)).sqrt()

    def correlation(self, rho: fmpq) -> Any:
        """`𝔼 sign z sign z' = 2 ∫_0^∞ erf (ρ z / √(2 (1-ρ²))) dγ`, by quadrature."""
        slope = arb(rho) / (2 * (1 - arb(rho) ** 2)).sqrt()
        return 2 * gaussian_integral(lambda z: (slope * z).erf(), Growth(), start=0)

    def rest(self, degree: int, seen: Any) -> Any:
        """`Σ_{k > degree} c_k²`: what Parseval leaves, where the squares up to `degree` sum to `seen`."""
        return 1 - seen


def quartic(t: Any) -> Any:
    """The characteristic function of the law of density `∝ exp (-(x/s)⁴)`, of variance 1: two hypergeometric series."""
    low, high = (arb(1) / 4).gamma(), (arb(3) / 4).gamma()
    s2 = low / high
    w = (s2 * t * t / 16) ** 2
    even = w.hypgeom([], [acb(fmpq(1, 2)), acb(fmpq(3, 4))])
    odd = w.hypgeom([], [acb(fmpq(5, 4)), acb(fmpq(3, 2))])
    return even - high / low * s2 * t * t / 2 * odd


# Characteristic functions of symmetric laws of variance 1: generalized normal laws of exponents 2, 1, 4, ∞, and a coin.
TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "gaussian": lambda t: (-t * t / 2).exp(),
    "laplace": lambda t: 1 / (1 + t * t / 2),
    "quartic": quartic,
    "uniform": lambda t: (arb(3).sqrt() * t).sinc(),
    "sign": lambda t: t.cos(),
}


def even_moment(transform: Callable[[Any], Any], k: int) -> Any:
    """`𝔼 xᵏ` for even `k`, by Cauchy's formula for the derivative at 0 of a characteristic function that is analytic
    within the unit circle."""
    circle = integrate_complex(lambda s: transform((acb(0, 1) * s).exp()) * (acb(0, -k) * s).exp(), 0, 2 * arb.pi())
    return (-1) ** (k // 2) * factorial(k) * circle.real / (2 * arb.pi())

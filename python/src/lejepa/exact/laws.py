"""Laws of one variable with mean 0 and variance 1, by exact cumulants, and their stationary worlds `z' = ρ z + η`."""

from dataclasses import dataclass
from math import comb, factorial
from typing import Any

from flint import fmpq

ORDER = 6  # moments are kept up to this one: a cubic encoder asks for no more


def moments_of(cumulants: list[Any]) -> list[Any]:
    """`𝔼 xʳ` for `r = 0, 1, ...`, from the cumulants from the first on, by the usual recursion."""
    out: list[Any] = [fmpq(1)]
    for r in range(1, len(cumulants) + 1):
        out.append(sum((comb(r - 1, k - 1) * cumulants[k - 1] * out[r - k] for k in range(1, r + 1)), fmpq(0)))
    return out


@dataclass(frozen=True)
class Law:
    """A self-decomposable law: for each `ρ` in [0, 1) there is a noise that leaves it stationary."""

    name: str
    cumulants: tuple[Any, ...]

    @property
    def is_gaussian(self) -> bool:
        return all(k == 0 for k in self.cumulants[2:])

    def moments(self) -> list[Any]:
        return moments_of(list(self.cumulants))

    def noise(self, rho: Any) -> list[Any]:
        """Moments of the noise: its cumulants are `κ_r (1 - ρʳ)`."""
        return moments_of([k * (1 - rho**r) for r, k in enumerate(self.cumulants, 1)])


# Cumulants of orders 4 and 6 of symmetric laws of variance 1. The logistic variable is a sum of Laplace variables over
# 1, 2, 3, ...; the hyperbolic secant's, over 1, 3, 5, ....
SYMMETRIC = {
    "gaussian": (fmpq(0), fmpq(0)),
    "laplace": (fmpq(3), fmpq(30)),
    "logistic": (fmpq(6, 5), fmpq(48, 7)),
    "sech": (fmpq(2), fmpq(16)),
}


def law(name: str, size: Any = 1) -> Law:
    """Symmetric laws: the normalized sum of `size` copies of a variable, `size` a positive rational, which tends to the
    Gaussian. `gamma`: the centred Gamma variable of shape `size²`, `κ_r = (r-1)! size^{2-r}`."""
    if name in SYMMETRIC:
        fourth, sixth = SYMMETRIC[name]
        values = [fmpq(0), fmpq(1), fmpq(0), fourth / size, fmpq(0), sixth / fmpq(size) ** 2]
    elif name == "gamma":
        values = [fmpq(0)] + [fmpq(factorial(r - 1)) * fmpq(size) ** (2 - r) for r in range(2, ORDER + 1)]
    else:
        raise ValueError(f"expected one of {', '.join(SYMMETRIC)} and gamma, got {name!r}")
    return Law(name, tuple(values))


def laplace_noise(rho: Any) -> list[Any]:
    """Moments of the autoregressive noise of a Laplace variable: 0 with probability `ρ²`, else Laplace."""
    return [
        fmpq(int(r == 0)) * rho**2 + (1 - rho**2) * (fmpq(0) if r % 2 else fmpq(factorial(r), 2 ** (r // 2)))
        for r in range(ORDER + 1)
    ]


def exponential_noise(rho: Any) -> list[Any]:
    """Moments of the autoregressive noise of a centred exponential variable: `ε - (1 - ρ)`, where `ε` is 0 with
    probability `ρ`, else exponential (Gaver and Lewis 1980)."""
    plain = [fmpq(int(r == 0)) * rho + (1 - rho) * factorial(r) for r in range(ORDER + 1)]
    return [
        sum((comb(r, i) * plain[i] * (rho - 1) ** (r - i) for i in range(r + 1)), fmpq(0)) for r in range(ORDER + 1)
    ]


def known_noise(name: str, size: Any, rho: Any) -> list[Any]:
    """Moments of the noise: of its law where that is known by name, else from its cumulants."""
    if (name, size) == ("laplace", 1):
        return laplace_noise(rho)
    return exponential_noise(rho) if (name, size) == ("gamma", 1) else law(name, size).noise(rho)


def cross(a: int, b: int, rho: Any, latent: list[Any], noise: list[Any]) -> Any:
    """`𝔼 zᵃ z'ᵇ` for `z' = ρ z + η`, from the moments of `z` and `η`."""
    return sum((comb(b, i) * rho ** (b - i) * latent[a + b - i] * noise[i] for i in range(b + 1)), fmpq(0))


def bilinear(f: list[Any], g: list[Any], rho: Any, latent: list[Any], noise: list[Any]) -> Any:
    """`𝔼 f(z) g(z')` of polynomials by their coefficients, constant term first."""
    return sum((x * y * cross(a, b, rho, latent, noise) for a, x in enumerate(f) for b, y in enumerate(g)), fmpq(0))


def orthogonal(order: int, latent: list[Any]) -> list[Any]:
    """`z^{order-1}` less its part along `1` and `z`, for a law of mean 0 and variance 1: constant term first."""
    power = order - 1
    return [-latent[power], -latent[power + 1], *[fmpq(0)] * (power - 2), fmpq(1)]

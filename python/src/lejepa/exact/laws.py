"""Laws of one variable with mean 0 and variance 1, by exact cumulants, and their stationary worlds `z' = ρ z + η`."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, factorial
from typing import Any

from flint import fmpq

ORDER = 6  # moments are kept up to this one unless more are asked for: a cubic encoder needs no more


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


def zeta(k: int) -> Any:
    """`ζ(2k) / π^{2k}`, from the Bernoulli numbers."""
    return abs(fmpq.bernoulli(2 * k)) * 2 ** (2 * k - 1) / factorial(2 * k)


# The power sums `Σ a_j^{2k} / (Σ a_j²)^k` of symmetric laws of variance 1 that are sums of Laplace variables of scales
# `a_j`: 1 alone; 1, 1/2, 1/3, ... make the logistic variable; 1, 1/3, 1/5, ... that of the hyperbolic secant.
SYMMETRIC: dict[str, Callable[[int], Any]] = {
    "gaussian": lambda k: fmpq(0),
    "laplace": lambda k: fmpq(1),
    "logistic": lambda k: zeta(k) / zeta(1) ** k,
    "sech": lambda k: (1 - fmpq(1, 4**k)) * zeta(k) / ((1 - fmpq(1, 4)) * zeta(1)) ** k,
}


def law(name: str, size: Any = 1, order: int = ORDER) -> Law:
    """Symmetric laws: the normalized sum of `size` copies of a variable, `size` a positive rational, which tends to the
    Gaussian. `gamma`: the centred Gamma variable of shape `size²`, `κ_r = (r-1)! size^{2-r}`. Cumulants up to
    `order`."""
    n = fmpq(size)
    if name in SYMMETRIC:

        def even(k: int) -> Any:
            laplace = fmpq(factorial(2 * k), k * 2**k)  # log 1 / (1 + t²/2)
            return fmpq(1) if k == 1 else laplace * SYMMETRIC[name](k) / n ** (k - 1)

        values = [fmpq(0) if r % 2 else even(r // 2) for r in range(1, order + 1)]
    elif name == "gamma":
        values = [fmpq(0)] + [fmpq(factorial(r - 1)) * n ** (2 - r) for r in range(2, order + 1)]
    else:
        raise ValueError(f"expected one of {', '.join(SYMMETRIC)} and gamma, got {name!r}")
    return Law(name, tuple(values))


def laplace_noise(rho: Any, order: int = ORDER) -> list[Any]:
    """Moments of the autoregressive noise of a Laplace variable: 0 with probability `ρ²`, else Laplace."""
    return [
        fmpq(int(r == 0)) * rho**2 + (1 - rho**2) * (fmpq(0) if r % 2 else fmpq(factorial(r), 2 ** (r // 2)))
        for r in range(order + 1)
    ]


def exponential_noise(rho: Any, order: int = ORDER) -> list[Any]:
    """Moments of the autoregressive noise of a centred exponential variable: `ε - (1 - ρ)`, where `ε` is 0 with
    probability `ρ`, else exponential (Gaver and Lewis 1980)."""
    plain = [fmpq(int(r == 0)) * rho + (1 - rho) * factorial(r) for r in range(order + 1)]
    return [
        sum((comb(r, i) * plain[i] * (rho - 1) ** (r - i) for i in range(r + 1)), fmpq(0)) for r in range(order + 1)
    ]


def known_noise(name: str, size: Any, rho: Any, order: int = ORDER) -> list[Any]:
    """Moments of the noise: of its law where that is known by name, else from its cumulants."""
    if (name, size) == ("laplace", 1):
        return laplace_noise(rho, order)
    return exponential_noise(rho, order) if (name, size) == ("gamma", 1) else law(name, size, order).noise(rho)


def cross(a: int, b: int, rho: Any, latent: list[Any], noise: list[Any]) -> Any:
    """`𝔼 zᵃ z'ᵇ` for `z' = ρ z + η`, from the moments of `z` and `η`."""
    return sum((comb(b, i) * rho ** (b - i) * latent[a + b - i] * noise[i] for i in range(b + 1)), fmpq(0))


def orthogonal(order: int, latent: list[Any]) -> list[Any]:
    """`z^{order-1}` less its part along `1` and `z`, for a law of mean 0 and variance 1: constant term first."""
    power = order - 1
    return [-latent[power], -latent[power + 1], *[fmpq(0)] * (power - 2), fmpq(1)]

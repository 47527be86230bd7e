"""Rigorous integrals: each result is a ball that holds the true value, or no finite ball at all.

`acb.integral` (Arb's Petras algorithm) needs to know on which complex balls the integrand is analytic: across the cut
of a root or a logarithm it would otherwise return a finite ball that is wrong. So that nobody has to think of it, an
integrand is called with a plain `acb` where any enclosure will do, and with an `Argument` where analyticity is asked
for. An `Argument` has the same arithmetic, and each function with a cut, called on it, gives no finite ball where the
cut is met; a function that is not known to be analytic is refused.

    >>> with precision(30):
    ...     print(integrate(lambda x: (1 + x * x) ** fmpq(1, 2), -1, 1).str(20))
    [2.2955871493926380740 +/- 3.43e-20]

An integrand that computes with other things inside (power series, say) may take `plain(x)`, the ball alone; that it is
analytic on the whole ball is then for its author to see to.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz

Integrand = Callable[[Any], Any]

# Meromorphic on the plane: at a pole Arb gives no finite ball.
MEROMORPHIC = frozenset({
    "exp", "expm1", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "sinc",
    "sin_pi", "cos_pi", "exp_pi_i", "sinc_pi", "erf", "erfc", "erfi", "gamma", "rgamma",
})  # fmt: skip
# Those with cuts, or with kinks on the line, which Arb tells where to stop.
FLAGGED = frozenset({
    "sqrt", "rsqrt", "log", "real_abs", "real_sgn", "real_heaviside", "real_floor", "real_ceil", "real_sqrt",
    "real_max", "real_min",
})  # fmt: skip


@contextmanager
def precision(digits: int) -> Iterator[None]:
    """Work with `digits` decimal digits inside the block."""
    before = ctx.prec
    ctx.dps = digits
    try:
        yield
    finally:
        ctx.prec = before


def plain(x: Any) -> Any:
    """The ball of an argument; any other number as it is."""
    return x.ball if type(x) is Argument else x


class Argument:
    """A complex ball on which an integrand must be analytic, or give no finite ball."""

    __slots__ = ("ball",)

    def __init__(self, ball: Any) -> None:
        self.ball = ball

    def __neg__(self) -> "Argument":
        return Argument(-self.ball)

    def __pos__(self) -> "Argument":
        return self

    def __add__(self, other: Any) -> "Argument":
        return Argument(self.ball + plain(other))

    def __sub__(self, other: Any) -> "Argument":
        return Argument(self.ball - plain(other))

    def __rsub__(self, other: Any) -> "Argument":
        return Argument(plain(other) - self.ball)

    def __mul__(self, other: Any) -> "Argument":
        return Argument(self.ball * plain(other))

    def __truediv__(self, other: Any) -> "Argument":
        return Argument(self.ball / plain(other))

    def __rtruediv__(self, other: Any) -> "Argument":
        return Argument(plain(other) / self.ball)

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, exponent: Any) -> "Argument":
        if isinstance(exponent, int | fmpz):
            return Argument(whole_power(self.ball, int(exponent)))
        return Argument(self.ball.pow(acb(plain(exponent)), analytic=True))

    def __rpow__(self, base: Any) -> "Argument":
        return Argument(acb(base).pow(self.ball))

    def __abs__(self) -> "Argument":
        return Argument(self.ball.real_abs(analytic=True))

    def __bool__(self) -> bool:
        raise TypeError("an integrand must not branch on its argument: use real_max, real_min, real_abs or real_sgn")

    def hypgeom(self, upper: Sequence[Any], lower: Sequence[Any]) -> "Argument":
        """`pFq` for `p ≤ q`, which is entire."""
        if len(upper) > len(lower):
            raise TypeError("hypgeom: expected at most as many upper parameters as lower ones; others have cuts")
        return Argument(self.ball.hypgeom(list(upper), list(lower)))

    def __getattr__(self, name: str) -> Callable[..., "Argument"]:
        if name in MEROMORPHIC:
            return lambda: Argument(getattr(self.ball, name)())
        if name in FLAGGED:
            return lambda *others: Argument(getattr(self.ball, name)(*map(acb, map(plain, others)), analytic=True))
        raise AttributeError(f"{name}: not known to be analytic; `lejepa.exact.integration` lists what is")


def whole_power(x: Any, k: int) -> Any:
    """`x^k` by squaring: flint's own power of a ball with its centre at exactly 0 is no number."""
    if k < 0:
        return 1 / whole_power(x, -k)
    out = acb(1)
    for bit in bin(k)[2:]:
        out = out * out * x if bit == "1" else out * out
    return out


def integrate_complex(f: Integrand, a: Any, b: Any) -> Any:
    """`∫_a^b f` along the segment, as a complex ball."""
    if type(f).__name__ == "cython_function_or_method":
        raise TypeError("expected an integrand written in Python: a method of acb can't be told about analyticity")
    broken: list[BaseException] = []

    def flagged(z: Any, analytic: bool) -> Any:
        if broken:
            return acb("nan")
        try:
            return acb(plain(f(Argument(z) if analytic else z)))
        except BaseException as e:  # C code calls this: an exception may not cross it
            broken.append(e)
            return acb("nan")

    value = acb.integral(flagged, a, b)
    if broken:
        raise broken[0]
    return value


def integrate(f: Integrand, a: Any, b: Any) -> Any:
    """`∫_a^b f` of a function that is real on the line: a real ball; not finite where `f` can't be enclosed."""
    return integrate_complex(f, a, b).real


@dataclass(frozen=True)
class Growth:
    """A bound on the real line: `|f(x)| ≤ scale · e^{rate |x|} (1 + |x|)^power`. Scale and rate are any numbers,
    and of a ball the greatest that it holds is taken: give what is exact exactly, and never round it."""

    scale: Any = 1
    rate: Any = 0
    power: int = 0

    def __post_init__(self) -> None:
        for name in ("scale", "rate"):
            object.__setattr__(self, name, arb(getattr(self, name)).abs_upper())

    def at(self, point: Any) -> Any:
        """The bound at a point, as a ball."""
        x = abs(arb(point))
        return self.scale * (self.rate * x).exp() * (1 + x) ** self.power


def tail(growth: Growth, radius: Any) -> Any:
    """A bound on `∫_{|x| > R} |f| dγ`, an exact number: with `g = rate x + power log(1+x) - x²/2` concave beyond `R`,
    the integral of `e^g` there is at most `e^{g(R)} / -g'(R)`; infinite where `g` may still rise."""
    r, a = arb(radius), growth.rate
    slope = r - a - growth.power / (1 + r)
    if not slope > 0:
        return arb.pos_inf()
    g = a * r - r * r / 2 + growth.power * (1 + r).log()
    return (2 * growth.scale * g.exp() / (slope * (2 * arb.pi()).sqrt())).abs_upper()


def gaussian_integral(f: Integrand, growth: Growth, start: Any = None) -> Any:
    """`∫ f dγ`, over the line or from `start` on, where `growth` bounds `f` on the line: the integral up to a radius
    beyond which there is less than the context's precision.

    `ArithmeticError` where `f` is seen to exceed its bound.
    """
    goal = arb(10) ** -ctx.dps
    radius = 4
    while not tail(growth, radius) < goal:
        radius += 2
    return truncated_integral(f, growth, radius, start)


def truncated_integral(f: Integrand, growth: Growth, radius: int, start: Any = None) -> Any:
    """A ball around `∫ f dγ` over the line or from `start` on, by the integral up to `±radius` and a bound of the rest.

    The bound is held against `f` at a few points: that finds a wrong one often, not always.
    """
    low = -radius if start is None else start
    for point in {low, radius, fmpq(radius, 2), fmpq(1, 3)}:
        if abs(arb(acb(plain(f(acb(point)))).abs_lower())) > growth.at(point):
            raise ArithmeticError(f"expected the integrand to be bounded as told, it is greater at {point}")
    body = integrate(lambda z: f(z) * (-z * z / 2).exp(), low, radius)
    return body / (2 * arb.pi()).sqrt() + arb(0, tail(growth, radius))


def polynomial_integral(coefficients: Sequence[Any]) -> Any:
    """`∫ Σ cⱼ xʲ dγ` by quadrature, constant term first; the exact value is `gaussian_mean`'s."""
    power = max(len(coefficients) - 1, 0)
    scale = sum((abs(arb(c)) for c in coefficients), arb(0))

    def f(z: Any) -> Any:
        value: Any = 0 * z
        for c in reversed(coefficients):
            value = value * z + c
        return value

    return gaussian_integral(f, Growth(scale=scale, power=power))

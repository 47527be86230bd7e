"""The density form of the converse: an affine eigenfunction of the generator makes the density Gaussian, and which
affine functions are eigenfunctions of a Gaussian's."""

from collections.abc import Callable
from random import Random
from typing import Any

from flint import acb, acb_series, arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp, over, pi, sqrt
from lejepa.exact.hermite import rational
from lejepa.exact.integration import integrate
from lejepa.exact.polynomials import vanishes

POINTS = (fmpq(-2), fmpq(0), fmpq(1, 2), fmpq(3))

# Positive densities up to their total, each on numbers, complex balls and power series: `e^{-(c₂ z² + c₁ z + c₄ z⁴)}`,
# and `1 / cosh (z - 1)`.
Density = Callable[[Any], Any]


def exponent(linear: Any, square: Any, fourth: Any) -> Density:
    return lambda z: (-(z * z * arb(square) + z * arb(linear) + z * z * z * z * arb(fourth))).exp()


def secant(z: Any) -> Any:
    return 2 / ((z - 1).exp() + (1 - z).exp())


def score(p: Density, z: Any) -> Any:
    """`p' / p` at a real point, by differentiation of the power series."""
    series = p(acb_series([acb(z), 1], 2))
    return (series[1] / series[0]).real


def total(p: Density, linear: Any, square: Any) -> Any:
    """`∫ p`. Beyond `R` the density falls at least as fast as `e^{-z}`: `p(±R)` bounds what is left on either side."""
    radius = (1 + abs(arb(linear))) / arb(square).max(fmpq(1, 2)) + 2
    while not 2 * (p(radius) + p(-radius)) < arb(10) ** -ctx.dps:
        radius = (radius * fmpq(5, 4)).mid()
    return integrate(p, -radius, radius) + arb(0, (2 * (p(radius) + p(-radius))).abs_upper())


class Normal(Check):
    """A density at a point, by its formula and its total by quadrature. Whether its generator has the affine
    eigenfunction is found at some points, from its score, which is found by differentiation. Lean asks for `K, λ > 0`;
    both negative is the same equation, and is tried too."""

    statement = "gaussian_of_affine_eigenfunction"
    tried = "exponentials of polynomials of degree 2 and 4, and the hyperbolic secant, at points of the line"

    def cases(self, rng: Random) -> list[Case]:
        grid = [
            ("0", "1/2", "1", "1", "1", "0"),
            ("-3", "3", "1/2", "3", "-2", "1"),
            ("2", "1/4", "6", "3", "1/2", "2"),
        ]
        linear, square = rng.randint(-9, 9), rng.randint(2, 9)
        # the score is -(2 c₂ z + c₁): for K = 2 and a = 3 the eigenvalue is 4 c₂, and b = 3 c₁ / (2 c₂)
        drawn = (str(linear), str(square), "2", str(4 * square), "3", f"{3 * linear}/{2 * square}")
        grid.append(("-6", "1", "-1", "-2", "3", "-9"))
        return [dict(zip(("linear", "square", "K", "lam", "a", "b"), g, strict=True)) | {"z": z}
                for g in (*grid, drawn) for z in ("0", "-2/3", "7/4")]  # fmt: skip

    def outside(self, rng: Random) -> list[Case]:
        """No diffusion, no slope, and densities that do not solve the equation: for the last the
        eigenvalue or the eigenfunction is wrong, or the density is not Gaussian."""
        plain = {"linear": "0", "square": "1/2", "z": "7/4"}
        still = {"linear": "1", "square": "1", "K": "0", "lam": "0", "a": "1", "b": "2", "z": "7/4"}
        flat = {"linear": "1", "square": "1", "K": "1", "lam": "1", "a": "0", "b": "0", "z": "7/4"}
        wrong = [{"K": "1", "lam": "2", "a": "1", "b": "0"}, {"K": "1", "lam": "1", "a": "1", "b": "1"}]
        curved = {
            "linear": "0",
            "square": "1/2",
            "fourth": "1/10",
            "K": "1",
            "lam": "1",
            "a": "1",
            "b": "0",
            "z": "7/4",
        }
        other = {"linear": "-1", "square": "0", "secant": True, "K": "1", "lam": "1", "a": "1", "b": "-1", "z": "7/4"}
        return [still, flat, *({**plain, **w} for w in wrong), curved, other]

    def evidence(
        self,
        linear: str,
        square: str,
        K: str,
        lam: str,
        a: str,
        b: str,
        z: str,
        fourth: str = "0",
        secant: bool = False,
    ) -> Evidence:
        c1, c2, k, rate, slope, shift, at = map(rational, (linear, square, K, lam, a, b, z))
        p = globals()["secant"] if secant else exponent(c1, c2, rational(fourth))
        solves = all(vanishes(k * score(p, x) * slope + rate * (slope * x + shift)) for x in POINTS)
        facts = {"K": k, "lam": rate, "a": slope, "solves": solves}
        left = p(arb(at)) / total(p, c1, c2)
        return Evidence(left, {"K": k, "lam": rate, "a": slope, "b": shift, "z": at}, facts)

    @staticmethod
    def hypothesis(K: Any, lam: Any, a: Any, solves: bool) -> bool:
        return bool(K * lam > 0 and a != 0 and solves)

    @staticmethod
    def claim(K: Any, lam: Any, a: Any, b: Any, z: Any) -> Any:
        return exp(-((z + over(b, a)) ** 2) * over(lam, K) / 2) * sqrt(over(lam, K) / (2 * pi(z)))


class Eigenvalue(Check):
    """`K s(z) a` at a point, where `s` is the score of the Gaussian of mean `c` and variance `v`, by differentiation.
    Two affine functions agree at one point at most, and not at this one."""

    statement = "affine_eigenfunction_gaussian_iff"
    relation = "iff"
    tried = "Gaussians of several means and variances, the right eigenvalue and shift and five wrong pairs of each"
    point = fmpq(355, 113)

    def cases(self, rng: Random) -> list[Case]:
        out: list[Case] = []
        grid = [("0", "1", "1", "1"), ("1/2", "4", "3", "-2"), ("-2", "1/3", "-1", "5")]
        grid.append((f"{rng.randint(-9, 9)}/4", f"{rng.randint(1, 30)}/7", "2", "1/2"))
        for c, v, k, a in grid:
            lam, b = rational(k) / rational(v), -rational(a) * rational(c)
            wrong = [
                (lam, b + 1),
                (lam * 2, b),
                (lam + fmpq(1, 10**6), b),
                (-lam, b),
                (rational(k) * rational(v) + 1, b),
            ]
            out += [{"c": c, "v": v, "K": k, "a": a, "lam": str(x), "b": str(y)} for x, y in [(lam, b), *wrong]]
        return out

    def outside(self, rng: Random) -> list[Case]:
        """No diffusion, or no slope: every shift, or every eigenvalue, will do."""
        still = {"c": "1", "v": "2", "K": "0", "a": "1", "lam": "0", "b": "3"}
        flat = {"c": "1", "v": "2", "K": "1", "a": "0", "lam": "7", "b": "0"}
        return [still, flat]

    def evidence(self, **case: str) -> Evidence:
        c, v, k, a, lam, b = (rational(case[key]) for key in ("c", "v", "K", "a", "lam", "b"))
        p = exponent(-c / v, 1 / (2 * v), fmpq(0))
        facts = {"c": c, "v": v, "K": k, "a": a, "lam": lam, "b": b}
        return Evidence(k * score(p, self.point) * a, {"lam": lam, "a": a, "b": b, "z": self.point}, facts)

    @staticmethod
    def hypothesis(c: Any, v: Any, K: Any, a: Any, lam: Any, b: Any) -> bool:
        return K != 0 and a != 0

    @staticmethod
    def condition(c: Any, v: Any, K: Any, a: Any, lam: Any, b: Any) -> bool:
        return bool(lam == over(K, v) and b == -(a * c))

    @staticmethod
    def claim(lam: Any, a: Any, b: Any, z: Any) -> Any:
        return -lam * (a * z + b)

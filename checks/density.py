"""The density form of the converse: an affine eigenfunction of the generator makes the density Gaussian, and which
affine functions are eigenfunctions of a Gaussian's."""

from collections.abc import Callable
from random import Random
from typing import Any

from flint import acb, acb_series, arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import over
from lejepa.exact.hermite import rational
from lejepa.exact.polynomials import vanishes

POINTS = (fmpq(-2), fmpq(0), fmpq(1, 2), fmpq(3))


class Density:
    """A density up to its total, by its log-derivative (score) and primitive. `affine` solves the eigenvalue equation;
    `sech` is `1 / cosh (z - 1)`, which is not Gaussian."""

    def __init__(self, kind: str, drift: Any, shift: Any) -> None:
        self.kind, self.drift, self.shift = kind, arb(drift), arb(shift)

    def score(self, z: Any) -> Any:
        return -self.drift * (z + self.shift) if self.kind == "affine" else -(z - 1).tanh()

    def __call__(self, z: Any) -> Any:
        if self.kind == "affine":
            return (-self.drift * (z * z / 2 + self.shift * z)).exp()
        return (z - 1).sech()

    def integral(self, f: Callable[[Any], Any]) -> Any:
        """`∫ f p`, for `|f| ≤ (1 + |z|)²`. Beyond `R`, `log` of the integrand is concave, or `p ≤ 2 e^{1 - |z|}`:
        the tail is at most the integrand at `R` over its rate of decay there."""
        goal = arb(10) ** -ctx.dps
        radius = arb(4)
        while True:
            far = (1 + radius) ** 2
            if self.kind == "affine":
                rate = self.drift * (radius - abs(self.shift)) - 2 / (1 + radius)
                top = far * (-self.drift * (radius**2 / 2 - abs(self.shift) * radius)).exp()
            else:
                rate = 1 - 2 / (1 + radius)
                top = 2 * far * (1 - radius).exp()
            if rate > 0 and 2 * top / rate < goal:
                break
            radius *= 1.3
            radius = radius.mid()
        body = acb.integral(lambda z, _: f(z) * self(z), -radius, radius)
        return body.real + arb(0, 2 * top / rate)


class Mean(Check):
    """The mean, by quadrature of the density that solves the equation."""

    statement = "gaussian_of_affine_eigenfunction"

    def cases(self, rng: Random) -> list[Case]:
        grid = [("1", "1", "1", "0"), ("1/2", "3", "-2", "1"), ("5", "1/10", "1", "-1/3"), ("-1", "-2", "3", "3")]
        grid.append((f"{rng.randint(1, 30)}/10", f"{rng.randint(1, 30)}/10", "2", f"{rng.randint(-9, 9)}/5"))
        return [{"kind": "affine", "K": k, "lam": lam, "a": a, "b": b} for k, lam, a, b in grid]

    def outside(self, rng: Random) -> list[Case]:
        """No diffusion, no slope, or a density that does not solve the equation."""
        wrong = [("0", "0", "1", "2"), ("1", "1", "0", "0"), ("1", "1", "1", "0")]
        return [{"kind": "sech", "K": k, "lam": lam, "a": a, "b": b} for k, lam, a, b in wrong]

    @staticmethod
    def density(kind: str, K: str, lam: str, a: str, b: str) -> tuple[Density, dict[str, Any], dict[str, Any]]:
        k, rate, slope, shift = map(rational, (K, lam, a, b))
        p = Density(kind, over(rate, k), over(shift, slope))
        solves = all(vanishes(k * p.score(arb(z)) * slope + rate * (slope * z + shift)) for z in POINTS)
        terms = {"K": k, "lam": rate, "a": slope, "b": shift}
        return p, terms, {"K": k, "a": slope, "solves": solves}

    def evidence(self, **case: str) -> Evidence:
        p, terms, facts = self.density(**case)
        return Evidence(p.integral(lambda z: z) / p.integral(lambda z: 1), terms, facts)

    @staticmethod
    def hypothesis(K: Any, a: Any, solves: bool) -> bool:
        return K != 0 and a != 0 and solves

    @staticmethod
    def claim(K: Any, lam: Any, a: Any, b: Any) -> Any:
        return over(-b, a)


class Variance(Mean):
    """The variance, likewise."""

    def evidence(self, **case: str) -> Evidence:
        p, terms, facts = self.density(**case)
        total = p.integral(lambda z: 1)
        mean = p.integral(lambda z: z) / total
        return Evidence(p.integral(lambda z: z * z) / total - mean * mean, terms, facts)

    @staticmethod
    def claim(K: Any, lam: Any, a: Any, b: Any) -> Any:
        return over(K, lam)


def gaussian_score(z: Any, c: Any, v: Any) -> Any:
    """`p' / p` at `z` of the Gaussian density, by differentiation of its power series."""
    x = acb_series([acb(z), 1], 2)
    p = (-(x - acb(c)) * (x - acb(c)) / acb(2 * v)).exp()
    return (p[1] / p[0]).real


class Eigenvalue(Check):
    """The squares of `K s(z) a + λ (a z + b)` at some points, where `s` is the score of the Gaussian of mean `c` and
    variance `v`, by differentiation: 0 for the right eigenvalue and shift, and for no other."""

    statement = "affine_eigenfunction_gaussian_iff"
    relation = "iff"

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

        errors = (k * gaussian_score(z, c, v) * a + lam * (a * z + b) for z in POINTS)
        facts = {"c": c, "v": v, "K": k, "a": a, "lam": lam, "b": b}
        return Evidence(sum((e * e for e in errors), arb(0)), {}, facts)

    @staticmethod
    def hypothesis(c: Any, v: Any, K: Any, a: Any, lam: Any, b: Any) -> bool:
        return K != 0 and a != 0

    @staticmethod
    def condition(c: Any, v: Any, K: Any, a: Any, lam: Any, b: Any) -> bool:
        return bool(lam == over(K, v) and b == -(a * c))

    @staticmethod
    def claim() -> Any:
        return 0

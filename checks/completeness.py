"""Completeness: functions that are no polynomials come arbitrarily near to them, at the predicted rates."""

from random import Random
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, generous
from lejepa.exact.generic import exp, fac, sqrt
from lejepa.exact.hermite import gaussian_moment, multi_indices, rational
from lejepa.exact.integration import Growth, gaussian_integral
from lejepa.exact.polynomials import vanishes
from lejepa.exact.products import Sum


def distance(f: Sum, degree: int) -> Any:
    """The squared distance of `f` from the polynomials up to a degree: least squares on monomials, with their exact
    Gram matrix; Hermite polynomials and their orthogonality play no part."""
    indices = multi_indices(f.n, degree)
    gram = fmpq_mat([[moment(tuple(i + j for i, j in zip(a, b, strict=True))) for b in indices] for a in indices])
    along = arb_mat([[f.moment(a)] for a in indices])
    return f.square() - (along.transpose() * arb_mat(gram.inv()) * along)[0, 0]


def moment(a: tuple[int, ...]) -> Any:
    value = fmpq(1)
    for k in a:
        value *= gaussian_moment(k)
    return value


def size(t: list[str]) -> Any:
    return sum((rational(x) ** 2 for x in t), fmpq(0))


class Exponential(Check):
    """The squared distance of `exp ⟨t, z⟩` from the polynomials up to a degree, by least squares on monomials."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"
    tried = "Waves in 1 to 3 dimensions, signs and rectifiers: their distance from polynomials falls to 0 as predicted."
    kind = "exp"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(-9, 9) or 1}/10"
        line = [{"t": [t], "degree": k} for t in ("0", "1/100", "1", "-3/2", drawn) for k in (0, 1, 2, 7)]
        plane = [{"t": ["1/2", drawn], "degree": k} for k in (0, 1, 4)]
        return [*line, *plane, {"t": ["1/2", "-1/3", "1"], "degree": 3}]

    def evidence(self, t: list[str], degree: int) -> Evidence:
        with generous(1.2):
            return Evidence(distance(Sum.wave(self.kind, t), degree), {"s": size(t), "degree": degree})

    @staticmethod
    def claim(s: Any, degree: Any) -> Any:
        return exp(2 * s) - exp(s) * sum(s**k / fac(k) for k in range(degree + 1))


class Cosine(Exponential):
    """The same for `cos ⟨t, z⟩`."""

    kind = "cos"

    @staticmethod
    def claim(s: Any, degree: Any) -> Any:
        even = sum(s**k / fac(k) for k in range(0, degree + 1, 2))
        return (1 + exp(-2 * s)) / 2 - exp(-s) * even


class Sine(Exponential):
    """The same for `sin ⟨t, z⟩`. Outside the hypothesis, `sin (2π log x)` for a variable with the law of `e^y`, `y`
    standard Gaussian: it is orthogonal to every polynomial (Stieltjes), and comes no nearer."""

    kind = "sin"

    def cases(self, rng: Random) -> list[Case]:
        return [{**case, "law": "gaussian"} for case in super().cases(rng)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"t": [], "degree": k, "law": "lognormal"} for k in (1, 3, 5)]

    def evidence(self, t: list[str], degree: int, law: str) -> Evidence:  # type: ignore[override]
        with generous(1.2):
            if law == "gaussian":
                shown = super().evidence(t, degree)
                moments = [arb(gaussian_moment(k)) for k in range(5)]
                return Evidence(shown.left, shown.terms, {"moments": alike(moments)})
            turn = 2 * arb.pi()

            def mean(power: int) -> Any:
                rate = Growth(rate=power)
                return gaussian_integral(lambda y: (turn * y).sin() * (power * y).exp(), rate)

            square = gaussian_integral(lambda y: (turn * y).sin() ** 2, Growth())
            moments = [gaussian_integral(lambda y, k=k: (k * y).exp(), Growth(rate=k)) for k in range(2 * degree + 1)]
            gram = arb_mat([[moments[i + j] for j in range(degree + 1)] for i in range(degree + 1)])
            along = arb_mat([[mean(k)] for k in range(degree + 1)])
            left = square - (along.transpose() * gram.solve(along))[0, 0]
            return Evidence(left, {"s": turn**2, "degree": degree}, {"moments": alike(moments)})

    @staticmethod
    def hypothesis(moments: bool) -> bool:
        return moments

    @staticmethod
    def claim(s: Any, degree: Any) -> Any:
        odd = sum(s**k / fac(k) for k in range(1, degree + 1, 2))
        return (1 - exp(-2 * s)) / 2 - exp(-s) * odd


def alike(moments: list[Any]) -> bool:
    """Whether moments of orders 0, 1, ... are the standard Gaussian's."""
    return all(vanishes(m - gaussian_moment(k)) for k, m in enumerate(moments))


class Signs(Check):
    """The squared distance of a product of the coordinates' signs, by least squares on monomials."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"
    tried = Exponential.tried

    def cases(self, rng: Random) -> list[Case]:
        return [{"n": n, "degree": k} for n, k in ((1, 0), (1, 1), (1, 2), (1, 9), (2, 1), (2, 2), (2, 6), (3, 5))]

    def evidence(self, n: int, degree: int) -> Evidence:
        with generous(1.2):
            left = distance(Sum.of([["sign"]] * n), degree)
        odd = [a for a in multi_indices(n, degree) if all(k % 2 for k in a)]
        terms = {"n": n, "pi": arb.pi(), "odd": [[(k - 1) // 2 for k in a] for a in odd]}
        return Evidence(left, terms)

    @staticmethod
    def claim(n: Any, pi: Any, odd: Any) -> Any:
        """Degree `2 m + 1` of the sign weighs `(2/π) (2m choose m) / (4ᵐ (2m + 1))`."""
        total = 0
        for index in odd:
            weight = (2 / pi) ** n
            for m in index:
                weight = weight * fac(2 * m) / (fac(m) ** 2 * 4**m * (2 * m + 1))
            total = total + weight
        return 1 - total


class Rectifier(Check):
    """The squared distance of `max (x, 0)`, by least squares on monomials."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"
    tried = Exponential.tried

    def cases(self, rng: Random) -> list[Case]:
        return [{"degree": k} for k in (1, 2, 3, 4, 8, 2 * rng.randint(5, 8))]

    def evidence(self, degree: int) -> Evidence:
        with generous(1.3):
            return Evidence(distance(Sum.of([["relu"]]), degree), {"half": degree // 2, "pi": arb.pi()})

    @staticmethod
    def claim(half: Any, pi: Any) -> Any:
        """Degree 0 weighs `1 / 2π`, degree 1 `1 / 4`, and degree `2m` by the square of `(2m - 3)!!`."""
        even = sum(fac(2 * m - 2) ** 2 / (4 ** (m - 1) * fac(m - 1) ** 2 * fac(2 * m)) for m in range(1, half + 1))
        return fmpq(1, 4) - (1 + even) / (2 * pi)


class Indicator(Check):
    """The indicator of a half-line: what its coefficients leave; it falls like the root of the degree, sharply."""

    statement = "ae_eq_zero_of_forall_integral_hermiteProd_eq_zero"
    relation = "<="
    tried = Exponential.tried

    def cases(self, rng: Random) -> list[Case]:
        return [{"degree": k} for k in (2, 4, 10, 2 * rng.randint(10, 40), 200, 400)]

    def evidence(self, degree: int) -> Evidence:
        squares = sum((Sign().coefficient(k) ** 2 for k in range(degree + 1)), arb(0))
        return Evidence((1 - squares) / 4, {"degree": fmpq(degree), "pi": arb.pi()}, sharp=0.26 / degree)

    @staticmethod
    def claim(degree: Any, pi: Any) -> Any:
        return 1 / sqrt(pi**3 * (2 * degree - 1))

"""Gaussian outputs of linear encoders, on the line and in the plane: only Gaussian latents have them."""

from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import TRANSFORMS
from lejepa.exact.generic import over, sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, rational


def distance(law: str, mean: Any, variance: Any, c: Any, m: Any, v: Any) -> Any:
    """`∫ |φ - φ'|² dγ` of the characteristic functions of `c z` and of `N(m, v)`, by quadrature, for `z` of a symmetric
    law that was brought to a mean and a variance."""
    scale = arb(sqrt(variance * c * c))

    def square(t: Any) -> Any:
        own, other = TRANSFORMS[law](scale * t), (-v * t * t / 2).exp()
        return own * own - 2 * own * other * (arb(c * mean - m) * t).cos() + other * other

    return gaussian_integral(square, Growth(scale=4))


class Scaled(Check):
    """Outputs `c z` against `N(m, v)`."""

    statement = "map_mul_eq_gaussianReal_iff"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.choice((-1, 1)) * rng.randint(1, 30)}/10"
        good = [("1/2", "2", "3"), ("0", "1", "-1"), ("-3", "1/4", drawn)]
        out: list[Case] = []
        for mean, variance, c in good:
            m, v = rational(c) * rational(mean), rational(c) ** 2 * rational(variance)
            near = [(m, v), (m + 1, v), (-m + 3, v), (m, v + 1), (m, v * 2), (rational(mean), rational(variance) + 5)]
            out += [{"law": "gaussian", "mean": mean, "variance": variance, "c": c, "m": str(x), "v": str(y)}
                    for x, y in near]  # fmt: skip
        curved = [{"law": law, "mean": "0", "variance": "1", "c": c, "m": "0", "v": str(rational(c) ** 2)}
                  for law in TRANSFORMS if law != "gaussian" for c in ("1", "-1/2")]  # fmt: skip
        return out + curved

    def outside(self, rng: Random) -> list[Case]:
        """A constant output, Gaussian of variance 0, whatever the latents."""
        return [
            {"law": law, "mean": "1", "variance": "1", "c": "0", "m": "0", "v": "0"} for law in ("laplace", "uniform")
        ]

    def evidence(self, law: str, mean: str, variance: str, c: str, m: str, v: str) -> Evidence:
        at = {
            key: rational(x)
            for key, x in zip(("mean", "variance", "c", "m", "v"), (mean, variance, c, m, v), strict=True)
        }
        return Evidence(distance(law, **at), {}, {"gaussian": law == "gaussian", **at})

    @staticmethod
    def hypothesis(gaussian: bool, mean: Any, variance: Any, c: Any, m: Any, v: Any) -> bool:
        return c != 0

    @staticmethod
    def condition(gaussian: bool, mean: Any, variance: Any, c: Any, m: Any, v: Any) -> bool:
        return bool(gaussian and mean == over(m, c) and variance == over(v, c**2))

    @staticmethod
    def claim() -> Any:
        return 0


class White(Check):
    """Outputs `c z` of latents of variance 1 against `N(0, 1)`: equal only for Gaussian latents, and for `c = ± 1`."""

    statement = "eq_gaussianReal_of_map_mul"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        scales = ("1", "-1", f"{rng.randint(2, 30)}/9")
        return [{"law": law, "variance": "1", "c": c} for law in TRANSFORMS for c in scales]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": "gaussian", "variance": "4", "c": "1/2"}, {"law": "gaussian", "variance": "1/9", "c": "-3"}]

    def evidence(self, law: str, variance: str, c: str) -> Evidence:
        zero, one = rational(0), rational(1)
        left = distance(law, zero, rational(variance), rational(c), zero, one)
        return Evidence(left, {}, {"gaussian": law == "gaussian", "variance": rational(variance), "c": rational(c)})

    @staticmethod
    def hypothesis(gaussian: bool, variance: Any, c: Any) -> bool:
        return bool(variance == 1)

    @staticmethod
    def condition(gaussian: bool, variance: Any, c: Any) -> bool:
        return bool(gaussian and abs(c) == 1)

    @staticmethod
    def claim() -> Any:
        return 0


TURN = [["3/5", "-4/5"], ["4/5", "3/5"]]
WHITENING = [["3/10", "-12/5"], ["2/5", "9/5"]]  # the turn, after division by the deviations 2 and 1/3
DIRECTIONS = (("1", "0"), ("0", "1"), ("3/5", "4/5"), ("5/13", "-12/13"))
TIMES = ("1", "2")
COVARIANCES = {"point": ("0", "0"), "stretched": ("4", "1/9")}  # else the identity


def planar(law: str, x: Any, y: Any) -> Any:
    """`𝔼 e^{i (x z₁ + y z₂)}`: the Gaussian; a stretched one; `(z, s z)` with a random sign `s`; two Laplace variables;
    a point."""
    a, b = arb(x), arb(y)
    if law == "signed":
        return ((-(a + b) * (a + b) / 2).exp() + (-(a - b) * (a - b) / 2).exp()) / 2
    if law == "laplace":
        return 1 / ((1 + a * a / 2) * (1 + b * b / 2))
    first, second = map(rational, COVARIANCES.get(law, ("1", "1")))
    return (-(first * a * a + second * b * b) / 2).exp()


class Plane(Check):
    """Squared distances of the characteristic function of `A z` from the Gaussian's, summed over directions and times:
    0 for white `A` if and only if the latents are Gaussian. Of a point, `0⁻¹ x` as Lean has it, no encoder is white."""

    statement = "map_mulVec_eq_stdGaussian_iff"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        white = [{"law": law, "A": TURN} for law in ("gaussian", "signed", "laplace")]
        return [*white, {"law": "stretched", "A": WHITENING}]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": "point", "A": [["0", "0"], ["0", "0"]]}]

    def evidence(self, law: str, A: list[list[str]]) -> Evidence:
        a = [[rational(x) for x in row] for row in A]
        variances = [rational(v) for v in COVARIANCES.get(law, ("1", "1"))]
        output = [[sum(p * v * q for p, v, q in zip(r, variances, s, strict=True)) for s in a] for r in a]
        total = arb(0)
        for u, v in DIRECTIONS:
            for time in map(rational, TIMES):
                x, y = (time * (rational(u) * a[0][j] + rational(v) * a[1][j]) for j in (0, 1))
                gap = planar(law, x, y) - (-arb(time * time) / 2).exp()
                total += gap * gap
        facts = {
            "white": output == [[1, 0], [0, 1]],
            "gaussian": law in ("gaussian", "stretched", "point"),
            "standard": law == "gaussian",
            "latents_white": law not in COVARIANCES,
        }
        return Evidence(total, {}, facts)

    @staticmethod
    def hypothesis(white: bool, gaussian: bool, standard: bool, latents_white: bool) -> bool:
        return white

    @staticmethod
    def condition(white: bool, gaussian: bool, standard: bool, latents_white: bool) -> bool:
        return gaussian

    @staticmethod
    def claim() -> Any:
        return 0


class WhitePlane(Plane):
    """The same of white latents, which are then standard Gaussian; stretched ones are not."""

    statement = "eq_stdGaussian_of_isWhite_mulVec"

    def cases(self, rng: Random) -> list[Case]:
        return [
            {"law": law, "A": a} for law in ("gaussian", "signed", "laplace") for a in (TURN, [["0", "1"], ["-1", "0"]])
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": "stretched", "A": WHITENING}]

    @staticmethod
    def hypothesis(white: bool, gaussian: bool, standard: bool, latents_white: bool) -> bool:
        return latents_white

    @staticmethod
    def condition(white: bool, gaussian: bool, standard: bool, latents_white: bool) -> bool:
        return standard

"""Gaussian outputs of linear encoders, on the line and in the plane: only Gaussian latents have them.

The characteristic function of an output, at a time and a phase, stands against that of the Gaussian which is claimed of
it. Which latents are Gaussian, and of which moments, is found from the derivatives of their characteristic function.
"""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from flint import acb, arb, ctx
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import TRANSFORMS, even_moment
from lejepa.exact.generic import call, exp, over
from lejepa.exact.hermite import Growth, gaussian_integral, gaussian_moment, rational
from lejepa.exact.polynomials import vanishes

WHEN = (("1", "1/3"), ("2/3", "-5/4"))  # times and phases


def cosine(x: Any) -> Any:
    return call("cos", x)


@cache
def is_gaussian(law: str, bits: int) -> bool:
    """Whether a symmetric law of variance 1 has the Gaussian's moments of orders 2, 4 and 6, kept at the precision
    `bits`, which the caller has set."""
    return all(vanishes(even_moment(TRANSFORMS[law], k) - gaussian_moment(k)) for k in (2, 4, 6))


def waved(law: str, deviation: Any, mean: Any, c: Any, time: Any, phase: Any) -> Any:
    """`𝔼 cos (t c z - θ)` for `z` of a law of mean 0 and variance 1, brought to a mean and a deviation: of the Gaussian
    by quadrature, else by the closed form of its characteristic function, which is real and even."""
    if law == "gaussian":
        return gaussian_integral(lambda x: (time * c * (mean + deviation * x) - phase).cos(), Growth())
    return TRANSFORMS[law](acb(time * c * deviation)).real * (arb(time * c * mean) - phase).cos()


class Scaled(Check):
    """Outputs `c z` against `N(m, v)`, at two times and phases."""

    statement = "map_mul_eq_gaussianReal_iff"
    relation = "iff"
    tried = "Normal latents against six laws each, and the Laplace, quartic, uniform and sign laws; two times."

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.choice((-1, 1)) * rng.randint(1, 30)}/10"
        good = [("1/2", "2", "3"), ("0", "1", "-1"), ("-3", "1/2", drawn)]
        out: list[Case] = []
        for mean, deviation, c in good:
            m, v = rational(c) * rational(mean), (rational(c) * rational(deviation)) ** 2
            near = [(m, v), (m + 1, v), (-m + 3, v), (m, v + 1), (m, v * 2), (rational(mean), v + 5)]
            out += [
                {"law": "gaussian", "mean": mean, "deviation": deviation, "c": c, "m": str(x), "v": str(y)}
                for x, y in near
            ]
        out += [
            {"law": law, "mean": "0", "deviation": "1", "c": c, "m": "0", "v": str(rational(c) ** 2)}
            for law in TRANSFORMS
            if law != "gaussian"
            for c in ("1", "-1/2")
        ]
        return [{**case, "time": t, "phase": p} for case in out for t, p in WHEN]

    def outside(self, rng: Random) -> list[Case]:
        """A constant output, Gaussian of variance 0, whatever the latents."""
        constant: Case = {"mean": "1", "deviation": "1", "c": "0", "m": "0", "v": "0", "time": "1", "phase": "1/3"}
        return [{"law": law, **constant} for law in ("laplace", "uniform")]

    def evidence(self, law: str, time: str, phase: str, **case: str) -> Evidence:
        at = {key: rational(x) for key, x in case.items()}
        t, theta = rational(time), rational(phase)
        left = waved(law, at["deviation"], at["mean"], at["c"], t, theta)
        facts = {
            "gaussian": is_gaussian(law, ctx.prec),
            "mean": at["mean"],
            "variance": at["deviation"] ** 2,
            "c": at["c"],
            "m": at["m"],
            "v": at["v"],
        }
        return Evidence(left, {"m": at["m"], "v": at["v"], "t": t, "theta": theta}, facts)

    @staticmethod
    def hypothesis(gaussian: bool, mean: Any, variance: Any, c: Any, m: Any, v: Any) -> bool:
        return c != 0

    @staticmethod
    def condition(gaussian: bool, mean: Any, variance: Any, c: Any, m: Any, v: Any) -> bool:
        return bool(gaussian and mean == over(m, c) and variance == over(v, c**2))

    @staticmethod
    def claim(m: Any, v: Any, t: Any, theta: Any) -> Any:
        return exp(-v * t**2 / 2) * cosine(t * m - theta)


class White(Check):
    """Outputs `c z` of latents of mean 0 and variance 1 against `N(0, 1)`: equal only for Gaussian latents, and for
    `c = ± 1`."""

    statement = "eq_gaussianReal_of_map_mul"
    relation = "iff"
    tried = (
        "The Gaussian, Laplace, quartic, uniform and sign laws, times 1, -1 and a factor drawn at random; two times."
    )

    def cases(self, rng: Random) -> list[Case]:
        scales = ("1", "-1", f"{rng.randint(2, 30)}/9")
        return [
            {"law": law, "deviation": "1", "c": c, "time": t, "phase": p}
            for law in TRANSFORMS
            for c in scales
            for t, p in WHEN
        ]

    def outside(self, rng: Random) -> list[Case]:
        return [
            {"law": "gaussian", "deviation": d, "c": c, "time": "1", "phase": "1/3"}
            for d, c in (("2", "1/2"), ("1/3", "-3"))
        ]

    def evidence(self, law: str, deviation: str, c: str, time: str, phase: str) -> Evidence:
        d, factor, t, theta = map(rational, (deviation, c, time, phase))
        left = waved(law, d, rational(0), factor, t, theta)
        variance = d**2 * even_moment(TRANSFORMS[law], 2)
        facts = {
            "gaussian": is_gaussian(law, ctx.prec),
            "unit": vanishes(variance - 1),
            "c": factor,
        }
        return Evidence(left, {"t": t, "theta": theta}, facts)

    @staticmethod
    def hypothesis(gaussian: bool, unit: bool, c: Any) -> bool:
        return unit

    @staticmethod
    def condition(gaussian: bool, unit: bool, c: Any) -> bool:
        return bool(gaussian and abs(c) == 1)

    @staticmethod
    def claim(t: Any, theta: Any) -> Any:
        return exp(-(t**2) / 2) * cosine(theta)


TURN = [["3/5", "-4/5"], ["4/5", "3/5"]]
WHITENING = [["3/10", "-12/5"], ["2/5", "9/5"]]  # the turn, after division by the deviations 2 and 1/3
DIRECTIONS = (("1", "0"), ("0", "1"), ("3/5", "4/5"), ("5/13", "-12/13"))
TIMES = (("3/5", "1/5"), ("10/13", "-24/13"))
DEVIATIONS = {"point": ("0", "0"), "stretched": ("2", "1/3")}  # else 1


def planar(law: str, x: Any, y: Any) -> Any:
    """`𝔼 e^{i (x z₁ + y z₂)}`, for complex arguments too: two Gaussians of these deviations; `(z, s z)` with a random
    sign `s`; two Laplace variables."""
    if law == "signed":
        return ((-(x + y) * (x + y) / 2).exp() + (-(x - y) * (x - y) / 2).exp()) / 2
    if law == "laplace":
        return 1 / ((1 + x * x / 2) * (1 + y * y / 2))
    first, second = (rational(d) for d in DEVIATIONS.get(law, ("1", "1")))
    return (-(first * first * x * x + second * second * y * y) / 2).exp()


def by_quadrature(law: str, x: Any, y: Any) -> Any:
    """The same at real arguments: of Gaussians by quadrature, a coordinate at a time."""
    if law in ("signed", "laplace"):
        return planar(law, arb(x), arb(y))
    out = arb(1)
    for way, deviation in zip((x, y), DEVIATIONS.get(law, ("1", "1")), strict=True):
        size = arb(way * rational(deviation))
        out *= gaussian_integral(lambda z, size=size: (size * z).cos(), Growth())  # type: ignore[misc]
    return out


def moment_along(law: str, u: Sequence[Any], k: int) -> Any:
    """`𝔼 (u · z)ᵏ`, `‖u‖ ≤ 2`, on half the direction: within the unit circle no characteristic function has a pole."""
    return 2**k * moment_kept(law, str(u[0] / 2), str(u[1] / 2), k, ctx.prec)


@cache
def moment_kept(law: str, x: str, y: str, k: int, bits: int) -> Any:
    """`𝔼 (x z₁ + y z₂)ᵏ`, kept at the precision `bits`, which the caller has set."""
    first, second = rational(x), rational(y)
    return even_moment(lambda s: planar(law, first * s, second * s), k)


def second_moments(law: str, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """`𝔼 (A z) (A z)ᵀ`, by polarization of second moments along the rows."""

    def along(u: Sequence[Any]) -> Any:
        return moment_along(law, u, 2)

    return [[(along([x + y for x, y in zip(u, v, strict=True)]) - along(u) - along(v)) / 2 for v in rows] for u in rows]


def is_identity(moments: Sequence[Sequence[Any]]) -> bool:
    return all(vanishes(x - int(i == j)) for i, row in enumerate(moments) for j, x in enumerate(row))


class Plane(Check):
    """The characteristic function of `A z` at two points: the Gaussian's for white `A` if and only if the latents are
    Gaussian, which is seen of their fourth moments in four directions. Of a point, `0⁻¹ x` as Lean has it, no encoder
    is white."""

    statement = "map_mulVec_eq_stdGaussian_iff"
    relation = "iff"
    tried = "Gaussian, stretched Gaussian, Laplace and signed latents of the plane, and a point; two points."

    def cases(self, rng: Random) -> list[Case]:
        white = [{"law": law, "A": TURN} for law in ("gaussian", "signed", "laplace")]
        return [{**case, "at": list(t)} for case in (*white, {"law": "stretched", "A": WHITENING}) for t in TIMES]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": "point", "A": [["0", "0"], ["0", "0"]], "at": list(TIMES[0])}]

    def evidence(self, law: str, A: list[list[str]], at: list[str]) -> Evidence:
        a, t = [[rational(x) for x in row] for row in A], [rational(x) for x in at]
        x, y = (t[0] * a[0][j] + t[1] * a[1][j] for j in (0, 1))
        squares = [moment_along(law, [rational(c) for c in u], 2) for u in DIRECTIONS]
        fourth = [moment_along(law, [rational(c) for c in u], 4) for u in DIRECTIONS]
        gaussian = all(vanishes(q - 3 * s * s) for q, s in zip(fourth, squares, strict=True))
        latents_white = is_identity(second_moments(law, [[rational(1), rational(0)], [rational(0), rational(1)]]))
        facts = {
            "white": is_identity(second_moments(law, a)),
            "gaussian": gaussian,
            "latents_white": latents_white,
            "standard": gaussian and latents_white,
        }
        return Evidence(by_quadrature(law, x, y), {"t": t}, facts)

    @staticmethod
    def hypothesis(white: bool, gaussian: bool, latents_white: bool, standard: bool) -> bool:
        return white

    @staticmethod
    def condition(white: bool, gaussian: bool, latents_white: bool, standard: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(t: Any) -> Any:
        return exp(-sum(x**2 for x in t) / 2)


class WhitePlane(Plane):
    """The same of white latents, which are then standard Gaussian; stretched ones are not."""

    statement = "eq_stdGaussian_of_isWhite_mulVec"
    tried = "White latents of the plane, Gaussian, Laplace and signed, turned in two ways; two points."

    def cases(self, rng: Random) -> list[Case]:
        turns = (TURN, [["0", "1"], ["-1", "0"]])
        return [
            {"law": law, "A": a, "at": list(t)}
            for law in ("gaussian", "signed", "laplace")
            for a in turns
            for t in TIMES
        ]

    def outside(self, rng: Random) -> list[Case]:
        stretch = [["2", "0"], ["0", "1"]]
        return [
            {"law": law, "A": a, "at": list(TIMES[0])} for law, a in (("stretched", WHITENING), ("gaussian", stretch))
        ]

    @staticmethod
    def hypothesis(white: bool, gaussian: bool, latents_white: bool, standard: bool) -> bool:
        return latents_white and white

    @staticmethod
    def condition(white: bool, gaussian: bool, latents_white: bool, standard: bool) -> bool:
        return standard

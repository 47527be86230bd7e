"""Cramér–Wold: a law is standard Gaussian if and only if its projections on unit vectors are."""

from math import prod
from random import Random
from typing import Any

from flint import arb, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp
from lejepa.exact.hermite import Growth, gaussian_integral, rational

UNITS = (["1"], ["3/5", "-4/5"], ["1/3", "2/3", "2/3"], ["2/7", "3/7", "6/7"], ["0", "1"], ["1/2"] * 4)
AXES = (("1", "0"), ("0", "1"))
ALL = (*AXES, ("3/5", "4/5"), ("4/5", "-3/5"), ("5/13", "12/13"))


class Transform(Check):
    """The characteristic function of a projection of the standard Gaussian: a product of integrals over coordinates."""

    statement = "eq_stdGaussian_iff_forall_projection"

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 40)}/10", "5")
        return [{"u": u, "t": t} for u in UNITS for t in times]

    def outside(self, rng: Random) -> list[Case]:
        return [{"u": u, "t": "1"} for u in (["2"], ["1/2", "1/2"], ["0", "0"], [])]

    def evidence(self, u: list[str], t: str) -> Evidence:
        time, direction = rational(t), [rational(x) for x in u]

        def wave(x: Any) -> Any:
            return gaussian_integral(lambda z: (arb(time * x) * z).cos(), Growth())

        size = sum((x * x for x in direction), fmpq(0))
        return Evidence(prod(map(wave, direction), start=arb(1)), {"t": time}, {"size": size})

    @staticmethod
    def hypothesis(size: Any) -> bool:
        return bool(size == 1)

    @staticmethod
    def claim(t: Any) -> Any:
        return exp(-(t**2) / 2)


def transform(law: str, t: Any, u: tuple[Any, Any]) -> Any:
    """`𝔼 e^{i t u·z}` of a law of the plane with standard coordinates: the Gaussian; one that is correlated; `(x, s x)`
    with a random sign `s`, which is not correlated; two Laplace variables."""
    x, y = arb(t * u[0]), arb(t * u[1])
    if law == "gaussian":
        return (-(x * x + y * y) / 2).exp()
    if law == "correlated":
        return (-(x * x + x * y + y * y) / 2).exp()
    if law == "signed":
        return ((-(x + y) * (x + y) / 2).exp() + (-(x - y) * (x - y) / 2).exp()) / 2
    return 1 / ((1 + x * x / 2) * (1 + y * y / 2))


class Panel(Check):
    """Squared distances of projections' characteristic functions from the Gaussian's, summed over directions and times.
    Coordinate axes alone do not tell."""

    statement = "eq_stdGaussian_iff_forall_projection"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        times = ["1", f"{rng.randint(5, 30)}/10"]
        return [{"law": law, "axes": False, "times": times} for law in ("gaussian", "correlated", "signed", "laplace")]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": law, "axes": True, "times": ["1", "2"]} for law in ("correlated", "signed")]

    def evidence(self, law: str, axes: bool, times: list[str]) -> Evidence:
        total = arb(0)
        for u in AXES if axes else ALL:
            for t in times:
                time, direction = rational(t), (rational(u[0]), rational(u[1]))
                gap = transform(law, time, direction) - (-arb(time * time) / 2).exp()
                total += gap * gap
        return Evidence(total, {}, {"axes": axes, "gaussian": law == "gaussian"})

    @staticmethod
    def hypothesis(axes: bool, gaussian: bool) -> bool:
        return not axes

    @staticmethod
    def condition(axes: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim() -> Any:
        return 0

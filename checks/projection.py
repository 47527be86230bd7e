"""Cramér–Wold: a law is standard Gaussian if and only if its projections on unit vectors are."""

from collections.abc import Sequence
from functools import cache
from math import prod
from random import Random
from typing import Any

from flint import arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp
from lejepa.exact.hermite import gaussian_moment, multi_indices, rational
from lejepa.exact.integration import Growth, gaussian_integral, integrate
from lejepa.exact.laws import law
from lejepa.exact.worlds import Line, gaussian, image, independent, nodes, uniform

UNITS = (["1"], ["3/5", "-4/5"], ["1/3", "2/3", "2/3"], ["2/7", "3/7", "6/7"], ["0", "1"], ["1/2"] * 4)
ORDER = 6  # of the moments that tell a law from the Gaussian


class Transform(Check):
    """The characteristic function of a projection of the standard Gaussian: a product of integrals over coordinates."""

    statement = "eq_stdGaussian_iff_forall_projection"
    tried = "Unit vectors of one to four dimensions, at four times from 0 to 5."

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 40)}/10", "5")
        return [{"u": u, "t": t} for u in UNITS for t in times]

    def outside(self, rng: Random) -> list[Case]:
        return [{"u": u, "t": "1"} for u in (["2"], ["1/2", "1/2"], ["0", "0"], [])]

    def evidence(self, u: list[str], t: str) -> Evidence:
        time, direction = rational(t), [rational(x) for x in u]
        left = prod((wave("gaussian", time * x, ctx.prec) for x in direction), start=arb(1))
        return Evidence(left, {"t": time}, {"size": sum((x * x for x in direction), fmpq(0))})

    @staticmethod
    def hypothesis(size: Any) -> bool:
        return bool(size == 1)

    @staticmethod
    def claim(t: Any) -> Any:
        return exp(-(t**2) / 2)


LINES: dict[str, Line] = {
    "gaussian": gaussian,
    "uniform": uniform,
    "sign": nodes(2),
    "laplace": law("laplace", 1, ORDER).moments().__getitem__,
}


@cache
def wave(kind: str, t: Any, bits: int) -> Any:
    """`𝔼 cos (t x)` of a symmetric law of variance 1, from its density, at the precision `bits`, which is set."""
    if kind == "gaussian":
        return gaussian_integral(lambda x: (t * x).cos(), Growth())
    if kind == "uniform":
        edge = arb(3).sqrt()
        return integrate(lambda x: (t * x).cos(), -edge, edge) / (2 * edge)
    if kind == "sign":
        return (arb(t).cos() + arb(-t).cos()) / 2
    rate = arb(2).sqrt()
    end = ctx.dps * arb(10).log() / rate
    rest = (-rate * end).exp()
    return integrate(lambda x: rate * (t * x).cos() * (-rate * x).exp(), 0, end) + arb(0, rest.upper())


# Laws as mixtures: weights, matrices, and the independent coordinates that a matrix is applied to.
Parts = list[tuple[Any, list[list[Any]], list[str]]]


def unit(n: int) -> list[list[Any]]:
    return [[fmpq(i == j) for j in range(n)] for i in range(n)]


def parts_of(name: str, n: int) -> Parts:
    turn = [[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]]
    if name == "correlated":
        return [(fmpq(1), [[fmpq(1), fmpq(0)], [fmpq(3, 5), fmpq(4, 5)]], ["gaussian"] * 2)]
    if name == "signed":  # (x, ± x): Gaussian coordinates, not correlated
        return [(fmpq(1, 2), [[fmpq(1)], *[[fmpq(s)]] * (n - 1)], ["gaussian"]) for s in (1, -1)]
    if name == "turned":  # Gaussian along (4/5, 3/5)
        return [(fmpq(1), [list(row) for row in zip(*turn, strict=True)], ["uniform", "gaussian"])]
    return [(fmpq(1), unit(n), [name] * n)]


class Panel(Check):
    """The squares of the characteristic functions of projections, summed over directions and times, from the densities
    of independent coordinates: those of the Gaussian for it alone, by its moments up to order 6. A panel of no more
    directions than dimensions does not tell: outside the hypothesis are the axes alone, for correlated Gaussians and
    for `(x, ± x)`, and directions that are no unit vectors."""

    statement = "eq_stdGaussian_iff_forall_projection"
    relation = "iff"
    tried = "Six laws in one to three dimensions, on panels of more unit vectors than dimensions, at two times."

    def cases(self, rng: Random) -> list[Case]:
        times = ["1/2", f"{rng.randint(11, 30)}/10"]
        plane = [["1", "0"], ["0", "1"], ["3/5", "4/5"], ["4/5", "-3/5"], ["5/13", "12/13"]]
        space = [["1", "0", "0"], ["1/3", "2/3", "2/3"], ["2/3", "-2/3", "1/3"], ["2/7", "3/7", "6/7"]]
        laws = ("gaussian", "correlated", "signed", "laplace", "uniform", "turned")
        return [
            *({"law": law, "panel": plane, "times": times} for law in laws),
            *({"law": law, "panel": space, "times": times} for law in ("gaussian", "signed", "sign")),
        ]

    def outside(self, rng: Random) -> list[Case]:
        axes = [["1", "0"], ["0", "1"]]
        few = [{"law": law, "panel": axes, "times": ["1", "2"]} for law in ("correlated", "signed")]
        few += [{"law": "turned", "panel": [["4/5", "3/5"]], "times": ["1", "2"]}]
        return [*few, {"law": "gaussian", "panel": [*axes, ["1", "1"]], "times": ["1"]}]

    def evidence(self, law: str, panel: list[list[str]], times: list[str]) -> Evidence:
        directions, instants = [[rational(x) for x in u] for u in panel], [rational(t) for t in times]
        n = len(directions[0])
        parts = parts_of(law, n)
        left = sum((transform(parts, u, t) ** 2 for u in directions for t in instants), arb(0))
        facts = {
            "n": n,
            "sizes": [sum((x * x for x in u), fmpq(0)) for u in directions],
            "lines": len({tuple(x * y for x in u for y in u) for u in directions}),
            "gaussian": is_gaussian(parts, n),
        }
        return Evidence(left, {"directions": len(directions), "times": instants}, facts)

    @staticmethod
    def hypothesis(n: int, sizes: Any, lines: int, gaussian: bool) -> bool:
        return lines > n and all(size == 1 for size in sizes)

    @staticmethod
    def condition(n: int, sizes: Any, lines: int, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(directions: Any, times: Any) -> Any:
        return directions * sum(exp(-(t**2) / 2) ** 2 for t in times)


def transform(parts: Parts, u: Sequence[Any], t: Any) -> Any:
    """`𝔼 cos (t u·z)`, of a law that is symmetric in each independent coordinate."""
    total = arb(0)
    for weight, rows, kinds in parts:
        along = [t * sum((c * row[j] for c, row in zip(u, rows, strict=True)), fmpq(0)) for j in range(len(kinds))]
        total += weight * prod((wave(k, s, ctx.prec) for k, s in zip(kinds, along, strict=True)), start=arb(1))
    return total


def is_gaussian(parts: Parts, n: int) -> bool:
    """Whether the moments up to order 6 are the standard Gaussian's."""
    laws = [(weight, image(independent(*(LINES[k] for k in kinds)), rows)) for weight, rows, kinds in parts]
    return all(
        sum((weight * moments(a) for weight, moments in laws), fmpq(0)) == prod(map(gaussian_moment, a))
        for a in multi_indices(n, ORDER)
    )

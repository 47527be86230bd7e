"""What the numeric checks cost against degree, dimension and digits, and what they gain over plain mpmath.

Each row computes one figure twice: by `lejepa.exact.hermite` (python-flint, with an enclosure) and by the same
mathematics in mpmath (no enclosure), at the same working digits, and holds one against the other. Run it from anywhere
in a checkout; `results/benchmarks/check_axioms.json` gets the rows.
"""

import time
from collections.abc import Callable
from functools import cache
from math import comb, prod
from random import Random
from typing import Any

import mpmath
from flint import arb
from lejepa.checking.judging import working
from lejepa.exact.hermite import (
    Growth,
    gaussian_integral,
    gaussian_moment,
    hermite,
    hermite_explicit,
    multi_indices,
    precision,
    rational,
)
from lejepa.exact.polynomials import PolynomialEncoder, random_rows, text_of
from lejepa.files import repository, write_json
from rich.console import Console
from rich.table import Table

RHO = "9/10"


def timed(f: Callable[[], Any], least: float = 0.02) -> tuple[Any, float]:
    """The value, and the least processor time of some calls: a busy machine does not count."""
    best, spent, value = float("inf"), 0.0, None
    while spent < least:
        start = time.process_time()
        value = f()
        took = time.process_time() - start
        best, spent = min(best, took), spent + took
    return value, best


def norm_flint(degree: int) -> Any:
    """`∫ He_k² dγ` by rigorous quadrature."""
    size = sum(map(abs, hermite_explicit(degree)))
    return gaussian_integral(lambda z: hermite(degree, z) ** 2, Growth(scale=size**2, power=2 * degree))


def norm_mpmath(degree: int) -> Any:
    """The same by mpmath's Gauss–Legendre quadrature, on unit pieces of the same interval."""
    radius = int(mpmath.sqrt(2 * mpmath.mp.dps * mpmath.log(10)) + mpmath.sqrt(degree)) + 2

    def f(x: Any) -> Any:
        return hermite(degree, x) ** 2 * mpmath.exp(-x * x / 2)

    pieces = [radius * mpmath.mpf(i) / 4 for i in range(-4, 5)]
    return mpmath.quad(f, pieces, method="gauss-legendre") / mpmath.sqrt(2 * mpmath.pi)


def encoder(n: int, degree: int) -> PolynomialEncoder:
    """A white encoder with every term up to a degree."""
    indices = [text_of(a) for a in multi_indices(n, degree)[1:]]
    return PolynomialEncoder.of(n, {"rows": random_rows(Random(0), 1, len(indices)), "indices": indices})


def alignment_mpmath(h: PolynomialEncoder) -> Any:
    """The alignment from the moments of the pair, the moments in mpmath."""
    rho = mpmath.mpf(9) / 10
    s2 = 1 - rho**2

    @cache
    def moment(a: int, b: int) -> Any:
        terms = (
            comb(b, i) * rho ** (b - i) * s2 ** (i // 2) * gaussian_moment(a + b - i) * gaussian_moment(i)
            for i in range(0, b + 1, 2)
        )
        return mpmath.fsum(terms)

    total = mpmath.mpf(0)
    for output in h.outputs:
        p = {e: mpmath.mpf(c.mid().str(mpmath.mp.dps, radius=False)) for e, c in output.items()}
        for e, x in p.items():
            for f, y in p.items():
                pairs = list(zip(e, f, strict=True))
                same = prod((gaussian_moment(a + b) for a, b in pairs), start=1)
                total += 2 * x * y * (same - prod((moment(a, b) for a, b in pairs), start=mpmath.mpf(1)))
    return total


def row(what: str, n: int, degree: int, digits: int) -> dict[str, Any]:
    """One figure, twice."""
    ours: Callable[[], Any]
    plain: Callable[[], Any]
    with precision(working(digits)), mpmath.workdps(working(digits)):
        if what == "∫ He² dγ":
            ours, plain = (lambda: norm_flint(degree)), (lambda: norm_mpmath(degree))
        else:
            h = encoder(n, degree)
            ours, plain = (lambda: h.alignment(rational(RHO))), (lambda: alignment_mpmath(h))
        ball, fast = timed(ours)
        value, slow = timed(plain)
        gap = abs(arb(mpmath.nstr(value, working(digits))) - ball)
        agrees = bool(gap < abs(ball).max(arb(1)) * arb(10) ** -(digits // 2))
    return {
        "figure": what,
        "n": n,
        "degree": degree,
        "digits": digits,
        "seconds": fast,
        "mpmath": slow,
        "gain": slow / fast,
        "radius": float(ball.rad()),
        "agrees": agrees,
    }


def main() -> None:
    plan = [("∫ He² dγ", 1, degree, 50) for degree in (2, 8, 16, 24)]
    plan += [("∫ He² dγ", 1, 8, digits) for digits in (15, 100)]
    plan += [("alignment", n, 3, 50) for n in (1, 2, 3)]
    plan += [("alignment", 2, degree, 50) for degree in (2, 5)]
    plan += [("alignment", 2, 5, digits) for digits in (15, 200)]
    rows = [row(*item) for item in plan]
    table = Table(box=None, header_style="bold")
    for heading in rows[0]:
        table.add_column(heading, justify="right")
    for r in rows:
        shown = {**r, "seconds": f"{r['seconds']:.2g}", "mpmath": f"{r['mpmath']:.2g}", "gain": f"{r['gain']:.1f}×"}
        table.add_row(*(f"{v:.1g}" if isinstance(v, float) else str(v) for v in shown.values()))
    Console().print(table)
    file = repository() / "results" / "benchmarks" / "check_axioms.json"
    write_json(file, {"version": 1, "rows": rows})
    if not all(r["agrees"] for r in rows):
        raise SystemExit("check_axioms: the two computations do not agree")


if __name__ == "__main__":
    main()

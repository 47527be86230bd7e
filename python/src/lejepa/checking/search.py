"""Numeric search for the encoders that come closest to a bound of approximate identifiability.

An encoder is a matrix of coefficients on the normalized Hermite polynomials of degrees 1 to `degree`. Its distance from
the orthogonal maps, its excess `D` and `ε = ‖Cov(h) - 1‖_F` are functions of them, with gradients in closed form. The
search climbs from random starts; it proves nothing. What it finds is rounded to rationals, on which checks evaluate
both sides with enclosures.

Since `D` alone can make up both sides, what is maximized is the share: the part of the distance beyond `D`, over what a
bound adds to `D`, among encoders with `ε + D ≤ δ`.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from math import factorial, prod, sqrt
from pathlib import Path
from random import Random
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.optimize import minimize

from lejepa.checking.check import Case, Check, Finding, name_of
from lejepa.checking.discovery import FOLDER, load_file
from lejepa.checking.judging import Verdict, check_digits, try_case, working
from lejepa.checking.printing import findings_table
from lejepa.checking.results import as_table
from lejepa.errors import UserError
from lejepa.exact.hermite import MultiIndex, multi_indices
from lejepa.exact.integration import precision
from lejepa.exact.polynomials import text_of
from lejepa.progress import progress
from lejepa.tabular import show

Floats = NDArray[np.float64]
Bound = Literal["plain", "sharp"]
PLACES = 7  # decimals that coefficients are rounded to
TINY = 1e-12


def added(bound: Bound, delta: float) -> tuple[float, float]:
    """What a bound adds to `D` at `δ = ε + D`, and its derivative: `δ²`, or `(δ / (1 + √(1 - δ)₊))²`."""
    if bound == "plain" or delta >= 1:
        return delta**2, 2 * delta
    root = sqrt(1 - delta)
    return (1 - root) ** 2, (1 - root) / max(root, TINY)


@dataclass(frozen=True)
class Space:
    """Encoders of `n` latents into `n` outputs, up to a degree, in the world of correlation `rho`."""

    n: int
    degree: int
    rho: float

    @cached_property
    def indices(self) -> list[MultiIndex]:
        """Those of degree 1 first."""
        return multi_indices(self.n, self.degree)[1:]

    @cached_property
    def weights(self) -> Floats:
        """`(p,)`: a coefficient's square counts `(1 - ρ^{k-1}) / (1 - ρ)` times in `D`."""
        k = np.array([sum(a) for a in self.indices])
        return np.asarray((1 - self.rho ** (k - 1)) / (1 - self.rho))

    def measure(self, c: Floats) -> tuple[tuple[float, Floats], tuple[float, Floats]]:
        """The distance less `D`, and `δ`, of coefficients `(n, p)`: each with its gradient."""
        left, singular, right = np.linalg.svd(c[:, : self.n])
        slope = 2 * c
        slope[:, : self.n] -= 2 * left @ right
        excess, slope_excess = float(np.sum(self.weights * c * c)), 2 * self.weights * c
        beyond = self.n + float(np.sum(c * c)) - 2 * float(singular.sum()) - excess
        defect = c @ c.T - np.eye(self.n)
        epsilon = sqrt(float(np.sum(defect * defect)))
        delta, slope_delta = epsilon + excess, 2 * defect @ c / max(epsilon, TINY) + slope_excess
        return (beyond, slope - slope_excess), (delta, slope_delta)

    def climb(self, bound: Bound, delta: float, start: Floats) -> tuple[float, Floats]:
        """From a start to a local maximum of the share of what the bound adds to `D`, with `ε + D ≤ delta`."""
        shape = start.shape

        def loss(x: Floats) -> tuple[float, Floats]:
            (beyond, slope), (d, slope_d) = self.measure(x.reshape(shape))
            top, rise = added(bound, d)
            share = beyond / max(top, TINY)
            return -share, (-(slope - share * rise * slope_d) / max(top, TINY)).ravel()

        room = {
            "type": "ineq",
            "fun": lambda x: delta - self.measure(x.reshape(shape))[1][0],
            "jac": lambda x: -self.measure(x.reshape(shape))[1][1].ravel(),
        }
        options = {"maxiter": 300, "ftol": 1e-13}
        found = minimize(loss, start.ravel(), jac=True, method="SLSQP", constraints=[room], options=options)
        c = within(self, found.x.reshape(shape), delta)
        return -loss(c.ravel())[0], c

    def start(self, rng: Random, delta: float) -> Floats:
        """A random orthogonal map with random coefficients added, of `ε + D` at most `delta`."""
        normal = np.random.default_rng(rng.getrandbits(32)).standard_normal
        c = np.zeros((self.n, len(self.indices)))
        c[:, : self.n] = np.linalg.qr(normal((self.n, self.n)))[0]
        return within(self, c + delta * normal(c.shape) / sqrt(c.size), 0.9 * delta)

    def expansions(self, c: Floats) -> list[dict[str, str]]:
        """Coefficients as a case of a check: decimals, on Hermite polynomials that are not normalized."""
        sizes = [sqrt(prod(map(factorial, a))) for a in self.indices]
        rounded = [[round(float(x) / s, PLACES) for x, s in zip(row, sizes, strict=True)] for row in c]
        return [
            {text_of(a): f"{x:.{PLACES}f}".rstrip("0") for a, x in zip(self.indices, row, strict=True) if x}
            for row in rounded
        ]


def within(space: Space, c: Floats, delta: float) -> Floats:
    """The coefficients, drawn towards the nearest orthogonal map until `ε + D ≤ delta`."""
    left, _, right = np.linalg.svd(c[:, : space.n])
    centre = np.zeros_like(c)
    centre[:, : space.n] = left @ right
    low, high = 0.0, 1.0
    if space.measure(c)[1][0] <= delta:
        return c
    for _ in range(60):
        middle = (low + high) / 2
        inside = space.measure(centre + middle * (c - centre))[1][0] <= delta
        low, high = (middle, high) if inside else (low, middle)
    return np.asarray(centre + low * (c - centre))


def closest(bound: Bound, delta: float, rho: str, n: int, degree: int, restarts: int, rng: Random) -> dict[str, Any]:
    """The encoder of the greatest share that `restarts` climbs find, as a case of the checks of the bounds."""
    space = Space(n, degree, float(rho))
    _, best = max(
        (space.climb(bound, delta, space.start(rng, delta)) for _ in range(restarts)), key=lambda found: found[0]
    )
    return {"rho": rho, "n": n, "expansions": space.expansions(best)}


def searched(root: Path) -> list[type[Check]]:
    """The checks of a checkout that keep cases which a search found: those with `kept` of their own. Each has `tasks`,
    what to search for."""
    files = sorted((root / FOLDER).glob("*.py"))
    return [kind for file in files for kind in load_file(file) if "kept" in vars(kind)]


@dataclass(frozen=True)
class Found:
    """What a search found for a check: its finding with the numbers where there is one, and the encoders as cases that
    the check can keep, each with its verdict."""

    check: str
    finding: Finding | None
    cases: list[tuple[Verdict, Case]]

    @property
    def held(self) -> bool:
        return all(verdict == "holds" for verdict, _ in self.cases)

    def as_json(self) -> dict[str, Any]:
        table = as_table(self.finding) if self.finding else None
        cases = [{"verdict": verdict, "case": case} for verdict, case in self.cases]
        return {"check": self.check, "finding": self.finding and self.finding.says, "table": table, "cases": cases}


def run(root: Path, restarts: int, seed: int, digits: int) -> list[Found]:
    """Search for the closest encoders to the bound of each check that keeps such."""
    if restarts < 1:
        raise UserError(f"--restarts {restarts}: expected a positive number of random starts")
    check_digits(digits)
    kinds = searched(root)
    if not kinds:
        raise UserError(f"{root / FOLDER}: expected a check that keeps what a search finds, one with `kept` of its own")
    everything = []
    with progress() as told:
        for kind in kinds:
            check: Any = kind()
            rng = Random(seed)
            kept: list[Case] = []
            tasks = list(check.tasks())
            for bound, delta, rho, n, degree in tasks:
                told(name_of(kind), len(kept), len(tasks))
                kept.append(closest(bound, delta, rho, n, degree, restarts, rng))
            everything.append(judged(check, kept, digits))
    return everything


def judged(check: Check, kept: list[Case], digits: int) -> Found:
    """Judge the encoders that a search found for a check."""
    outcomes = [try_case(check, case, digits) for case in kept]
    with precision(working(digits)):
        finding = check.finding([(c, o.evidence) for c, o in zip(kept, outcomes, strict=True) if o.evidence])
    return Found(name_of(type(check)), finding, [(o.verdict, c) for c, o in zip(kept, outcomes, strict=True)])


def report(found: Found, console: Console) -> None:
    """Print what was found for a check."""
    if found.finding is not None:
        console.print(f"\n{found.check}: {found.finding.says}", soft_wrap=True, highlight=False)
        show(findings_table({"columns": found.finding.columns, "rows": found.finding.rows}), console)
    for verdict, case in found.cases:
        console.print(f"{verdict}  {json.dumps(case)}", soft_wrap=True, highlight=False)

"""The search for the closest encoders: gradients, the limit of ε + D, and the share that is known to be reached."""

from math import sqrt
from pathlib import Path
from random import Random

import numpy as np
import pytest
from lejepa.checking.check import name_of
from lejepa.checking.discovery import load_file
from lejepa.checking.judging import try_case
from lejepa.checking.search import Space, added, closest
from lejepa.files import repository

CHECKS = {name_of(c): c for c in load_file(repository(Path(__file__).parent) / "checks" / "approximate.py")}


@pytest.mark.parametrize(("n", "degree", "rho"), [(1, 3, 0.5), (2, 3, 0.9), (3, 2, 0.1)])
def test_gradients(n: int, degree: int, rho: float) -> None:
    space = Space(n, degree, rho)
    c = space.start(Random(0), 0.7)
    step = np.random.default_rng(1).standard_normal(c.shape)
    for k in range(2):
        ahead, behind = (space.measure(c + t * step)[k][0] for t in (1e-6, -1e-6))
        assert (ahead - behind) / 2e-6 == pytest.approx(float(np.sum(space.measure(c)[k][1] * step)), rel=1e-6)


def test_measures_are_those_of_the_check() -> None:
    space = Space(2, 3, 0.9)
    c = space.start(Random(2), 0.5)
    check = CHECKS["approximate.Distance"]()
    shown = check.evidence("0.9", 2, space.expansions(c))
    (beyond, _), (delta, _) = space.measure(c)
    t = shown.terms
    excess = float(CHECKS["approximate.Excess"].claim(t["rho"], t["alignment"], t["trace"]))
    assert float(shown.left) == pytest.approx(beyond + excess, abs=1e-6)
    assert sqrt(float(t["defect"])) + excess == pytest.approx(delta, abs=1e-6)


@pytest.mark.parametrize("delta", [0.1, 0.5])
def test_plain_bound_leaves_what_the_sharp_one_takes(delta: float) -> None:
    """The greatest share of the plain bound within `ε + D ≤ δ` is that of the best bound at `δ`."""
    space = Space(2, 2, 0.5)
    share, c = space.climb("plain", delta, space.start(Random(0), delta))
    assert share == pytest.approx(added("sharp", delta)[0] / delta**2, rel=1e-4)
    assert space.measure(c)[1][0] <= delta * (1 + 1e-9)


def test_found_encoders_hold() -> None:
    for name in ("approximate.Distance", "approximate.Sharp"):
        check = CHECKS[name]()
        case = check.told(closest(check.bound, 0.5, "0.9", 2, 2, 1, Random(3)))
        assert try_case(check, case, 30).verdict == "holds"

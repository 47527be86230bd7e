"""The search for the closest encoders: gradients, the limit of ε + D, and the share that is known to be reached."""

import io
import json
import re
from math import sqrt
from pathlib import Path
from random import Random

import numpy as np
import pytest
from lejepa.checking.check import name_of
from lejepa.checking.discovery import load_file
from lejepa.checking.judging import try_case
from lejepa.checking.search import Bound, Space, added, closest, report, run, searched
from lejepa.errors import UserError
from lejepa.files import repository
from rich.console import Console

CHECKS = {name_of(c): c for c in load_file(repository(Path(__file__).parent) / "checks" / "approximate.py")}


@pytest.mark.parametrize(("n", "degree", "rho"), [(1, 3, 0.5), (2, 3, 0.9), (3, 2, 0.1)])
def test_gradients(n: int, degree: int, rho: float) -> None:
    space = Space(n, degree, rho)
    c = space.start(Random(0), 0.7)
    step = np.random.default_rng(1).standard_normal(c.shape)
    for k in range(2):
        ahead, behind = (space.measure(c + t * step)[k][0] for t in (1e-6, -1e-6))
        assert (ahead - behind) / 2e-6 == pytest.approx(float(np.sum(space.measure(c)[k][1] * step)), rel=1e-6)


@pytest.mark.parametrize("bound", ["plain", "sharp"])
@pytest.mark.parametrize("delta", [0.05, 0.5, 0.9, 1.3])
def test_the_slope_of_what_a_bound_adds(bound: Bound, delta: float) -> None:
    (ahead, _), (behind, _) = (added(bound, delta + t) for t in (1e-6, -1e-6))
    value, slope = added(bound, delta)
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)
    expected = delta**2 if bound == "plain" or delta > 1 else (delta / (1 + sqrt(1 - delta))) ** 2
    assert value == pytest.approx(expected)


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
        case = closest(check.bound, 0.5, "0.9", 2, 2, 1, Random(3))
        assert try_case(check, case, 30).verdict == "holds"


@pytest.fixture
def sought(tmp_path: Path) -> Path:
    """A checkout whose one file of checks searches one small world up to one limit."""
    source = (repository(Path(__file__).parent) / "checks" / "approximate.py").read_text()
    source = re.sub(r"(?m)^LIMITS = .*$", 'LIMITS = ("1/2",)', source)
    source = re.sub(r"(?m)^WORLDS = .*$", 'WORLDS = (("0.5", 1, 2),)', source)
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "any.py").write_text(source)
    return tmp_path


def printed(root: Path, **options: int) -> tuple[bool, str]:
    out = io.StringIO()
    found = run(root, **({"restarts": 2, "seed": 0, "digits": 30} | options))
    for one in found:
        report(one, Console(file=out, width=200, markup=False))
    return all(one.held for one in found), out.getvalue()


def test_a_search_finds_the_checks_that_keep_what_it_finds(sought: Path) -> None:
    assert [name_of(c) for c in searched(sought)] == ["any.Distance", "any.Sharp"]
    held, text = printed(sought)
    assert held
    cases = [json.loads(line.split(maxsplit=1)[1]) for line in text.splitlines() if line.startswith("holds")]
    assert [c["n"] for c in cases] == [1, 1]
    assert "any.Sharp: Of 1 encoders" in text
    assert printed(sought) == (held, text)


def test_a_search_says_where_a_bound_is_exceeded(sought: Path) -> None:
    file = sought / "checks" / "any.py"
    claim = "return excess + (sqrt(defect) + excess) ** 2"
    assert file.read_text().count(claim) == 1
    file.write_text(file.read_text().replace(claim, "return excess + (sqrt(defect) + excess) ** 2 / 4"))
    held, text = printed(sought)
    assert not held
    assert "violated" in text


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--restarts 0"):
        printed(tmp_path, restarts=0)
    with pytest.raises(UserError, match="keeps what a search finds"):
        printed(tmp_path)

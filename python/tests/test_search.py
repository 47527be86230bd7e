"""The search for the closest encoders: gradients, the limit of ε + D, and the share that is known to be reached."""

import io
import json
import re
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from lejepa.checking.check import name_of
from lejepa.checking.discovery import load_file
from lejepa.checking.judging import try_case
from lejepa.checking.search import Bound, Found, Space, added, closest, report, run, searched, within
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
        check: Any = CHECKS[name]()
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


def test_at_the_limit_of_the_sharp_bound_the_plain_one_takes_over() -> None:
    for bound in ("plain", "sharp"):
        assert added(bound, 1.0) == (1.0, 2.0)
    value, slope = added("sharp", np.nextafter(1, 0))
    assert value == pytest.approx(1)
    assert 0 < slope < 1e9  # the root is small there, and no zero


def test_an_isometry_has_nothing_beyond_and_no_excess() -> None:
    space = Space(2, 3, 0.5)
    c = np.zeros((2, len(space.indices)))
    c[:, :2] = np.linalg.qr(np.random.default_rng(0).standard_normal((2, 2)))[0]
    (beyond, slope), (delta, slope_delta) = space.measure(c)
    assert (beyond, delta) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))
    assert np.isfinite(slope).all()
    assert np.isfinite(slope_delta).all()


def test_measures_of_one_coefficient_are_those_of_the_formulas() -> None:
    """For `a H₁ + b H₂/√2` in one latent: `D = b²`, `ε = |a² + b² - 1|`, and the distance `(a - 1)² + b²`."""
    a, b, rho = 0.8, 0.3, 0.25
    space = Space(1, 2, rho)
    (beyond, _), (delta, _) = space.measure(np.array([[a, b]]))
    excess = b * b  # (1 - ρ²⁻¹) / (1 - ρ) = 1
    assert beyond == pytest.approx((a - 1) ** 2 + b * b - excess)
    assert delta == pytest.approx(abs(a * a + b * b - 1) + excess)
    assert space.weights.tolist() == pytest.approx([0, 1])
    assert Space(1, 4, rho).weights.tolist() == pytest.approx([0, 1, 1 + rho, 1 + rho + rho**2])
    assert [sum(i) for i in Space(2, 2, rho).indices] == [1, 1, 2, 2, 2]


def test_a_start_is_within_nine_tenths_of_the_limit_and_seeded() -> None:
    space = Space(2, 3, 0.9)
    for seed in range(4):
        c = space.start(Random(seed), 0.1)
        delta = space.measure(c)[1][0]
        assert 0 < delta <= 0.09 * (1 + 1e-9)
        assert np.array_equal(c, space.start(Random(seed), 0.1))
    assert not np.array_equal(c, space.start(Random(5), 0.1))
    near = [space.measure(space.start(Random(seed), 0.1))[1][0] for seed in range(12)]
    assert min(near) > 0.02  # what is added is of the size of the limit,
    assert sum(delta < 0.0899 for delta in near) > 6  # and most starts need not be drawn in
    far = [space.measure(space.start(Random(seed), 2.0))[1][0] for seed in range(4)]
    assert far == pytest.approx([1.8] * 4)


def test_what_is_drawn_to_an_isometry_just_keeps_the_limit() -> None:
    space = Space(2, 2, 0.5)
    c = np.random.default_rng(3).standard_normal((2, len(space.indices)))
    left, _, right = np.linalg.svd(c[:, :2])
    for limit in (0.01, 0.3, 1.0):
        drawn = within(space, c, limit)
        assert space.measure(drawn)[1][0] == pytest.approx(limit, rel=1e-9)
        assert space.measure(drawn)[1][0] <= limit
        part = drawn[:, 2:] / c[:, 2:]  # the same part of every coefficient, and of the way to the isometry
        assert np.ptp(part) < 1e-12
        way = left @ right + part[0, 0] * (c[:, :2] - left @ right)
        assert drawn[:, :2] == pytest.approx(way)
    there = space.measure(c)[1][0]
    assert within(space, c, there) is c
    assert within(space, c, there + 1) is c


def test_coefficients_are_written_on_polynomials_that_are_not_normalized() -> None:
    space = Space(1, 3, 0.5)
    assert space.expansions(np.array([[1, sqrt(2), -sqrt(6) / 3]])) == [{"1": "1.", "2": "1.", "3": "-0.3333333"}]
    assert space.expansions(np.array([[0.5, 1e-9, 0.25 * sqrt(6)]])) == [{"1": "0.5", "3": "0.25"}]
    two = Space(2, 2, 0.5).expansions(np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0.5, 0]]))
    assert [len(t) for t in two] == [1, 2]
    assert "0.5" in two[1].values()  # of degree (1, 1), whose square has mean 1


def test_the_best_of_the_climbs_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = iter([0.2, 0.9, 0.5])
    given: list[tuple[str, float]] = []

    def climb(self: Space, bound: Bound, delta: float, start: object) -> tuple[float, object]:
        given.append((bound, delta))
        share = next(shares)
        return share, np.array([[share, 0]])

    monkeypatch.setattr(Space, "climb", climb)
    case = closest("sharp", 0.5, "0.25", 1, 2, 3, Random(0))
    assert case == {"rho": "0.25", "n": 1, "expansions": [{"1": "0.9"}]}
    assert given == [("sharp", 0.5)] * 3


@pytest.mark.parametrize(("bound", "delta", "seed"), [("plain", 0.3, 1), ("sharp", 0.6, 2), ("sharp", 1.2, 0)])
def test_a_climb_ends_where_no_step_within_the_limit_goes_higher(bound: Bound, delta: float, seed: int) -> None:
    space = Space(1, 2, 0.5)
    start = space.start(Random(seed), delta)
    share, c = space.climb(bound, delta, start)

    def share_of(c: np.ndarray) -> float:
        (beyond, _), (d, _) = space.measure(c)
        return beyond / added(bound, d)[0]

    assert share == pytest.approx(share_of(c))
    assert share >= share_of(start)
    directions = np.random.default_rng(0).standard_normal((200, *c.shape))
    near = [c + 1e-3 * d / np.linalg.norm(d) for d in directions]
    allowed = [share_of(x) for x in near if space.measure(x)[1][0] <= delta]
    assert allowed
    assert max(allowed) <= share + 1e-5


def test_all_that_was_found_is_told(sought: Path) -> None:
    distance, sharp = run(sought, 1, 0, 30)
    for found, name in ((distance, "any.Distance"), (sharp, "any.Sharp")):
        assert found.check == name
        assert [v for v, _ in found.cases] == ["holds"]
        told = found.as_json()
        assert told["check"] == name
        assert told["cases"] == [{"verdict": "holds", "case": found.cases[0][1]}]
        if found.finding is None:
            assert (told["finding"], told["table"]) == (None, None)
        else:
            assert told["finding"] == found.finding.says
            assert told["table"]["columns"] == list(found.finding.columns)
    case = sharp.cases[0][1]
    assert not Found("any.Sharp", None, [("holds", case), ("violated", case)]).held
    assert Found("any.Sharp", None, [("holds", case)]).held


def test_each_check_is_searched_for_from_the_same_seed(sought: Path) -> None:
    one, other = (run(sought, 1, seed, 30)[1].cases for seed in (0, 1))
    assert one == run(sought, 1, 0, 30)[1].cases
    (sought / "checks" / "a.py").write_text((sought / "checks" / "any.py").read_text())
    assert [f.check for f in run(sought, 1, 0, 30)] == ["a.Distance", "a.Sharp", "any.Distance", "any.Sharp"]
    assert run(sought, 1, 0, 30)[3].cases == one
    assert one != other


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--restarts 0"):
        printed(tmp_path, restarts=0)
    for digits in (-20, 0, 2001):
        with pytest.raises(UserError, match=f"^--digits {digits}: expected a number of digits from 1 to 2000$"):
            printed(tmp_path, digits=digits)
    with pytest.raises(UserError, match="keeps what a search finds"):
        printed(tmp_path)

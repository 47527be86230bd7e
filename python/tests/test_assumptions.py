"""Tests of assumptions: true worlds pass at the level, false ones are named.

False worlds are tried at numbers of rows at which the test that must see them is far beyond its limit: where it has a
p-value, below 1e-9.
"""

from collections.abc import Callable
from functools import cache
from math import pi, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from lejepa import Certificate, certify
from lejepa.certification import assumptions, study, worlds
from lejepa.certification.laws import Ceiling
from lejepa.certification.outcome import Assumption
from lejepa.certification.sample import Drawn
from lejepa.certification.strict import correlation, reversibility, stationarity
from lejepa.certification.view import View
from lejepa.certification.worlds import Pair
from scipy import stats

RHO = 0.9


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@cache
def of_study(name: str, count: int) -> Certificate:
    world = next(w for w in study.FALSE if w.name == name)
    return certify(*world.pairs(count, rng(5)), world.rho)


def named(made: Certificate, name: str) -> Assumption:
    return next(a for a in made.assumptions if a.name == name)


SEEN = [
    ("circle", 10_000, "law of the embedding"),
    ("circle, ρ estimated", 30_000, "law of the embedding"),
    ("squares", 10_000, "law of the embedding"),
    ("squares, ρ estimated", 60_000, "law of the embedding"),
    ("jumps", 60_000, "remainder given h"),
    ("jumps turned by π |z|", 60_000, "remainder given h"),
    ("jumps turned by π |z|", 60_000, "law of the remainder"),
    ("jumps turned, ρ estimated", 120_000, "remainder given h"),
    ("uniform latents", 60_000, "law of the embedding"),
    ("Laplace latents", 60_000, "law of the embedding"),
    ("bimodal latents", 10_000, "law of the embedding"),
    ("double well", 10_000, "conditional mean"),
    ("double well", 10_000, "correlation"),
    ("heteroscedastic noise", 120_000, "remainder given h"),
    ("one bimodal coordinate of 8", 60_000, "law of the embedding"),
    ("drift of constant size", 120_000, "conditional mean"),
    ("cubic drift", 120_000, "correlation"),
]


@pytest.mark.parametrize(("world", "count", "test"), SEEN)
def test_a_false_world_is_refuted(world: str, count: int, test: str) -> None:
    made = of_study(world, count)
    assert made.verdict == "refuted"
    found = named(made, test)
    assert (found.verdict, found.p_value < 1e-9) == ("violated", True), found


def test_a_lag_is_seen_in_a_trajectory() -> None:
    made = of_study("lag of two, trajectory", 20_000)
    assert made.violated == ("lag",)
    assert "h of the row 2 further on" in named(made, "lag").finding
    estimated = certify(*worlds.chain(20_000, 2, RHO, rng(), lag=2))
    assert not estimated.refuted
    assert estimated.rho.low < RHO**2 < estimated.rho.high


def test_a_lag_of_independent_pairs_certifies_nothing() -> None:
    """Too great a `ρ` is that of some encoder, so it can't be refuted; but no limit comes of it."""
    made = of_study("lag of two, pairs", 60_000)
    assert made.verdict == "nothing certified"


def test_the_least_distance_of_a_circle() -> None:
    """`4 - 2 √π = .455`, less a grid's worth and two standard errors, whatever `ρ`."""
    made = of_study("circle", 10_000)
    assert 0.42 < made.law_limit < 4 - 2 * sqrt(pi)
    assert made.sharp_limit < 0.2


def test_the_least_distance_of_squares() -> None:
    """`4 (2 - 2 𝔼 F⁻¹ Φ⁻¹)`: the quantile of `(z² - 1) / √2` at `p` is that of `|z|`."""
    p = (np.arange(10**6) + 0.5) / 10**6
    x = (stats.norm.ppf((1 + p) / 2) ** 2 - 1) / sqrt(2)
    exact = 4 * (2 - 2 * float(np.mean(x * stats.norm.ppf(p))))
    made = of_study("squares, ρ estimated", 60_000)
    assert exact * 0.9 < made.law_limit < exact
    assert made.sharp_limit < exact


@pytest.mark.parametrize("dim", [1, 2, 8])
def test_p_values_of_a_true_world_are_uniform(dim: int) -> None:
    """By Kolmogorov and Smirnov, of 300 samples; and correlation's are no smaller than that."""
    found: dict[str, list[float]] = {"stationarity": [], "reversibility": [], "correlation": []}
    for seed in range(300):
        h0, h1 = worlds.ornstein_uhlenbeck(1_500, dim, RHO, rng(seed))
        view = View.of(Drawn(np.arange(1_500), h0, h1, ((h0, h1),), True), 50)
        for a in (stationarity(view, 0.01), reversibility(view, 0.01), correlation(view, RHO, 1.0, 0.01)):
            found[a.name].append(a.p_value)
    for name in ("stationarity", "reversibility"):
        assert stats.kstest(found[name], "uniform").pvalue > 1e-6, name
    assert stats.kstest(found["correlation"], "uniform", alternative="greater").pvalue > 1e-6


@pytest.mark.parametrize("place", range(len(study.TRUE)), ids=[r.key for r in study.TRUE])
def test_a_true_world_is_not_refuted(place: int) -> None:
    """One of each shape; how many of a thousand are, the study tells."""
    row = study.TRUE[place]
    if row.count > 30_000:
        pytest.skip("a second a piece, in the study")
    made = study.repetition(row, 10**7)
    assert made["verdict"] != "refuted"
    assert made["limit"] >= row.world.distance


def test_a_nonlinear_encoder_of_the_true_world_is_explained() -> None:
    row = next(r for r in study.TRUE if r.world.name == "worst encoder")
    h0, h1 = row.world.pairs(100_000, rng(1))
    made = certify(h0, h1, RHO)
    assert not made.refuted
    assert named(made, "law of the embedding").verdict == "explained"


@pytest.mark.parametrize(("significance", "level"), [(0.01, 0.95), (0.03, 0.9)])
def test_two_thirds_of_the_significance_are_divided_among_the_tests(
    monkeypatch: pytest.MonkeyPatch, significance: float, level: float
) -> None:
    """The last third is for limits; and the limit of the distance that the law alone gives is held at `level`."""
    h0, h1 = worlds.ornstein_uhlenbeck(200, 1, RHO, rng())
    view = View.of(Drawn(np.arange(200), h0, h1, ((h0, h1),), True), 64)
    ceiling = Ceiling(0.88, 0.92, 0.1, 0.1, 0.1, 0.001)
    told: dict[str, tuple[object, ...]] = {}

    def test(name: str) -> Callable[..., str]:
        def run(*given: object) -> str:
            told[name] = given
            return name

        return run

    def laws(*given: object) -> SimpleNamespace:
        told["laws"] = given
        names = ("embedding", "remainder", "conditional_law", "conditional_mean", "lower_limit")
        return SimpleNamespace(**{name: test(name) for name in names})

    monkeypatch.setattr(assumptions, "Laws", laws)
    for name in ("stationarity", "reversibility", "correlation"):
        monkeypatch.setattr(assumptions, name, test(name))
    found, limit = assumptions.examine(view, ceiling, 0.25, significance, level)
    assert (*found, limit) == (
        "stationarity", "reversibility", "correlation",
        "embedding", "remainder", "conditional_law", "conditional_mean", "lower_limit",
    )  # fmt: skip
    assert told.pop("laws") == (view, ceiling)
    assert told.pop("lower_limit") == (pytest.approx(1 - level),)
    assert [told[name][:-1] for name in found] == [(view,), (view,), (view, 0.92, 0.25), (), (), (), ()]
    assert [told[name][-1] for name in found] == [pytest.approx(significance * 2 / 3 / 7)] * 7
    assert pytest.approx(1 / 3) == assumptions.LIMITS
    assert len(assumptions.NAMES) == 7


Step = Callable[[np.ndarray, np.ndarray], np.ndarray]


def stepped(step: Step, dim: int, count: int) -> Pair:
    """Independent pairs of a world that starts as a standard Gaussian."""
    z, noise = rng().standard_normal((2, count, dim))
    return z, step(z, noise)


def turn(z: np.ndarray, e: np.ndarray) -> np.ndarray:
    rotation = np.array([[0.99, 0.14], [-0.14, 0.99]])
    turned: np.ndarray = RHO * z @ rotation + sqrt(1 - RHO**2) * e
    return turned


BROKEN: dict[str, tuple[Step, str]] = {
    "drifts": (lambda z, e: RHO * z + sqrt(1 - RHO**2) * e + 0.1, "stationarity"),
    "grows": (lambda z, e: RHO * z + 0.6 * e, "stationarity"),
    "turns": (turn, "reversibility"),
    "swings": (lambda z, e: -0.5 * z + sqrt(0.75) * e, "correlation"),
    "is more correlated": (lambda z, e: 0.93 * z + sqrt(1 - 0.93**2) * e, "correlation"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_no_encoder_shows_is_refuted(name: str) -> None:
    step, test = BROKEN[name]
    found = named(certify(*stepped(step, 2, 60_000), RHO), test)
    assert (found.verdict, found.p_value < 1e-9) == ("violated", True), found


def test_a_turning_world_is_stationary() -> None:
    assert named(certify(*stepped(turn, 2, 20_000), RHO), "stationarity").verdict == "consistent"


def test_a_negative_excess_alone_is_seen() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(2_000, 2, RHO, rng())
    view = View.of(Drawn(np.arange(2_000), h0, h1, ((h0, h1),), True), 64)
    assert correlation(view, RHO, 1e-9, 0.001).verdict == "violated"
    assert correlation(view, RHO, 1.0, 0.001).verdict == "consistent"

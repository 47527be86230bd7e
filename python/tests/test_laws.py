"""Tests of laws, step by step: against the same quantities row by row, and against closed forms."""

import re
from dataclasses import replace
from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from lejepa.certification import laws, outcome, worlds
from lejepa.certification.intervals import MeanEstimate, norm_of_blocks, student
from lejepa.certification.laws import Ceiling, Laws, fitted, independent_components, partition, reach, seen, totals
from lejepa.certification.outcome import Reach
from lejepa.certification.sample import Drawn
from lejepa.certification.transport import Chi, Normal, fit, tally
from lejepa.certification.view import View, one_sided
from lejepa.measures.bounds import sharp_bound
from scipy import stats

CEILING = Ceiling(0.85, 0.93, 0.02, 0.1, 0.03, 0.004)
EXACT = replace(CEILING, low=0.9, high=0.9)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def view(count: int = 900, dim: int = 2, blocks: int = 24, whole: bool = True) -> View:
    """Of a world whose first coordinate is bimodal, turned."""
    pair = worlds.one_of(worlds.beta(count, 1, 0.9, 0.25, rng()), worlds.ornstein_uhlenbeck(count, dim, 0.9, rng(1)))
    turn = np.linalg.qr(rng(2).standard_normal((dim, dim))).Q
    h0, h1 = (h @ turn for h in pair)
    return View.of(Drawn(np.arange(count), h0, h1, ((h0, h1),), whole), blocks)


def test_what_limits_allow() -> None:
    assert CEILING.rho == pytest.approx(0.89)
    assert CEILING.embedding == sharp_bound(0.02, 0.1)
    s = 0.12 / (1 + sqrt(1 - 0.12))
    kappa = (1 + 0.93 + 2 * 0.93**2) / 1.93
    assert CEILING.remainder == pytest.approx(s**2 + kappa * 0.02)


def test_coefficients_within_one_and_a_half_errors_are_noise() -> None:
    f, x = rng().standard_normal((200, 5)), rng(1).standard_normal((200, 3)) * [1, 2, 3] + 7
    x[:, 1] += f[:, 2]
    found = fitted(f, x)
    kept = 0
    for i in range(5):
        for j in range(3):
            c = sum(f[r, i] * (x[r, j] - x[:, j].mean()) for r in range(200)) / 200
            large = abs(c) > 1.5 * x[:, j].std() / sqrt(200)
            kept += large
            assert found[i, j] == pytest.approx(c if large else 0)
    assert 0 < kept < 15
    line = np.linspace(-1, 1, 100)[:, None]
    for share in (0.149, 0.151):  # of the deviation, of which the error is a tenth
        rest = np.tile([1.0, -1.0, -1.0, 1.0], 25)[:, None]
        rest -= line * (line * rest).sum() / (line**2).sum()
        square = line / line.std() * share + rest / rest.std() * sqrt(1 - share**2)
        assert (fitted(line / line.std(), square)[0, 0] != 0) == (share > 0.15)


@pytest.mark.parametrize(("count", "step"), [(30, 1), (16_384, 1), (32_767, 1), (32_768, 2), (50_000, 3)])
def test_sets_are_thirds_by_thirds(count: int, step: int) -> None:
    f, g = rng().standard_normal((count, 2)), rng(1).standard_normal((50, 2))
    one, two = np.array([1.0, 0.5]), np.array([0.0, -2.0])
    before, after = partition(f, g, one, two)
    edges = [np.sort(np.quantile((f @ c)[::step], [1 / 3, 2 / 3])) for c in (one, two)]
    for rows, found in ((f, before), (g, after)):
        first, second = ((rows @ c)[:, None] > e for c, e in zip((one, two), edges, strict=True))
        np.testing.assert_array_equal(found, 3 * first.sum(1) + second.sum(1))
    assert count == 30 or set(before) == set(range(9))


def fast_ica(x: np.ndarray) -> np.ndarray:
    """Eight steps of the fixed point `w ← 𝔼 x (w·x)³ - 3 w`, made orthonormal by `(W Wᵀ)^{-1/2}`, of white rows."""
    dim = x.shape[1]
    x = x - x.mean(0)
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True))
    x = x @ vectors @ np.diag(values**-0.5) @ vectors.T
    w = np.linalg.qr(np.random.default_rng(dim).standard_normal((dim, dim))).Q.T
    for _ in range(8):
        w = np.stack([(x * (x @ row)[:, None] ** 3).mean(0) - 3 * row for row in w])
        values, vectors = np.linalg.eigh(w @ w.T)
        w = vectors @ np.diag(values**-0.5) @ vectors.T @ w
    return w.T


@pytest.mark.parametrize(("count", "dim", "step"), [(300, 3, 1), (16_385, 2, 1), (32_768, 2, 2)])
def test_independent_components_by_the_fixed_point(count: int, dim: int, step: int) -> None:
    """Of Gaussian rows, which have no such components, so that every step moves."""
    x = rng().standard_normal((count, dim)) @ (np.eye(dim) + 0.3 * rng(1).standard_normal((dim, dim))) + 5
    x[:3] *= 2
    np.testing.assert_allclose(independent_components(x), fast_ica(x[::step]), atol=1e-6)


def test_independent_components_are_found_and_orthonormal() -> None:
    sources = rng().uniform(-sqrt(3), sqrt(3), (5_000, 3))
    turn = np.linalg.qr(rng(3).standard_normal((3, 3))).Q
    mixed = np.abs(turn @ independent_components(sources @ turn))
    np.testing.assert_allclose(np.sort(mixed, axis=0), [[0] * 3, [0] * 3, [1] * 3], atol=0.1)
    assert independent_components(sources[:, :1]).tolist() == [[1.0]]
    flat = independent_components(sources[:, [0, 0]])  # of one dimension, in two
    np.testing.assert_allclose(flat @ flat.T, np.eye(2), atol=1e-9)


def test_what_is_seen_of_each_direction_and_of_the_norm() -> None:
    v = view()
    found = seen(v, v.h0)
    middle = len(v.h0) // 3
    u = independent_components(v.h0[:middle])
    there, here = v.h0[:middle] @ u, v.h0[middle:] @ u
    inside = []
    for j in range(2):
        potential = fit(tally(there[:, j : j + 1], Normal()), Normal())
        np.testing.assert_allclose(found.values[:, j], potential(here[:, j], 0))
        inside.append(potential(there[:, j], 0).mean())
    np.testing.assert_array_equal(found.directions, u.T)
    assert found.best == int(inside[1] > inside[0])
    norms = np.linalg.norm(v.h0, axis=1)[:, None]
    radius = fit(tally(norms[:middle], Chi(2)), Chi(2))(norms[middle:, 0], 0)
    np.testing.assert_allclose(found.radius, radius)
    together, of_norm = totals(v, found)
    assert together.value == pytest.approx(found.values.sum() / 600)
    assert of_norm.value == pytest.approx(radius.mean())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_most_conspicuous_direction_is_that_of_the_coin(place: int) -> None:
    """`W₂²` of a fair coin to the Gaussian is `2 - 2 √(2 / π)`."""
    h = rng().standard_normal((3_000, 3))
    h[:, place] = np.sign(h[:, place]) + 1e-3 * rng(1).standard_normal(3_000)
    found = seen(View.of(Drawn(np.arange(3_000), h, h, ((h, h),), True), 30), h)
    assert abs(found.directions[found.best][place]) == pytest.approx(1, abs=0.02)
    assert found.values[:, found.best].mean() == pytest.approx(2 - 2 * sqrt(2 / pi), abs=0.1)


@pytest.mark.parametrize(
    ("value", "error", "slack", "low", "p"),
    [
        (0.5, 0.1, 0.0, 0.5 - 0.1 * student(0.05, 9), stats.t.sf(5, 9)),
        (0.5, 0.1, 0.2, (sqrt(0.5 - 0.1 * student(0.05, 9)) - 0.2) ** 2, stats.t.sf(5, 9)),
        (0.5, 0.1, 0.9, 0.0, 1.0),
        (0.1, 0.1, 0.0, 0.0, stats.t.sf(1, 9)),
        (0.1, 0.1, 0.01, 0.0, 1.0),
        (-0.3, 0.1, 0.0, 0.0, stats.t.sf(-3, 9)),
    ],
)
def test_how_far_a_distance_reaches(value: float, error: float, slack: float, low: float, p: float) -> None:
    found = reach("what", MeanEstimate(value, error, 9), slack, 0.7, 0.05)
    assert (found.what, found.allowed) == ("what", 0.7)
    assert (found.low, found.p) == (pytest.approx(low), pytest.approx(p))


def test_the_slack_of_a_range_is_the_greatest_difference_of_remainders() -> None:
    """Row by row, forward and backward, at either end."""
    v = view()
    made = Laws(v, CEILING)
    u = np.array([0.6, 0.8])

    def remainder(a: np.ndarray, b: np.ndarray, rho: float) -> np.ndarray:
        left: np.ndarray = (b - rho * a) / sqrt(1 - rho**2)
        return left

    for direction, along in ((None, np.eye(2)), (u, u[:, None])):
        greatest = []
        for rho in (0.85, 0.93):
            apart = [(remainder(a, b, rho) - remainder(a, b, 0.89)) @ along for a, b in ((v.h0, v.h1), (v.h1, v.h0))]
            greatest.append(np.mean([(x**2).sum(1).mean() for x in apart]))
        assert made.slack(direction) == pytest.approx(sqrt(max(greatest)))
    assert Laws(v, EXACT).slack(None) == Laws(v, EXACT).slack(u) == 0
    np.testing.assert_allclose(made.r, remainder(v.h0, v.h1, 0.89))


@pytest.mark.parametrize("low", [0.2, 0.88])
def test_either_end_of_a_range_may_be_the_farther(low: float) -> None:
    v, c = view(), replace(CEILING, low=low)
    ends = [
        ((v.h1 - rho * v.h0) / sqrt(1 - rho**2) - (v.h1 - c.rho * v.h0) / sqrt(1 - c.rho**2) for rho in (low, 0.93))
    ]
    greatest = max((x**2).sum(1).mean() for x in ends[0])
    assert Laws(v, c).slack(None) == pytest.approx(sqrt(greatest), rel=0.05)  # by one way of two


@pytest.mark.parametrize("of_remainder", [False, True])
def test_what_is_allowed_in_one_direction(of_remainder: bool) -> None:
    """`κ D_u + (|(C - 1) u| + √(D D_u))²`, each at its upper limit, or all that is allowed."""
    v, u = view(), np.array([0.6, 0.8])
    wide = replace(CEILING, excess=3.0, epsilon=2.0)
    x0, x1 = v.h0 @ u, v.h1 @ u
    delta = v.mean(0.93 * (x0**2 + x1**2) - 2 * x0 * x1).upper(0.002)
    d = max(delta, 0) / (2 * 0.93 * 0.07)
    parts = np.stack([
        (x0[a:b, None] * v.h0[a:b] + x1[a:b, None] * v.h1[a:b]).mean(0) / 2 - u
        for a, b in zip(v.starts, [*v.starts[1:], 900], strict=True)
    ])  # fmt: skip
    column = norm_of_blocks(parts @ parts.T, v.sizes / 900, 2).upper(0.002)
    kappa = (1 + 0.93 + 2 * 0.93**2) / 1.93 if of_remainder else 1
    expected = kappa * d + (column + sqrt(3.0 * d)) ** 2
    everything = wide.remainder if of_remainder else wide.embedding
    assert expected < everything
    assert Laws(v, wide).allowed_along(u, of_remainder) == pytest.approx(expected)
    tight = replace(CEILING, excess=1e-4, epsilon=1e-3)
    everything = tight.remainder if of_remainder else tight.embedding
    assert Laws(v, tight).allowed_along(u, of_remainder) == everything
    part = Laws(view(whole=False), wide)
    assert part.allowed_along(u, of_remainder) == (wide.remainder if of_remainder else wide.embedding)


def test_no_excess_in_a_direction_is_less_than_none() -> None:
    """Of a more correlated world `δ_u` is below 0: what is left is `|(C - 1) u|²`."""
    h0, h1 = worlds.ornstein_uhlenbeck(900, 2, 0.99, rng())
    v = View.of(Drawn(np.arange(900), h0, h1, ((h0, h1),), True), 24)
    wide, u = replace(CEILING, excess=3.0, epsilon=2.0), np.array([1.0, 0.0])
    parts = v.block_means((v.h0[:, :1] * v.h0 + v.h1[:, :1] * v.h1) / 2) - u
    column = norm_of_blocks(parts @ parts.T, v.sizes / 900, 2).upper(0.002)
    assert Laws(v, wide).allowed_along(u, False) == pytest.approx(column**2)


Told = tuple[str, list[Reach], float]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held against the limits, in place of the verdict."""

    def bounded(name: str, found: Any, alpha: float, *_: str) -> Told:
        return name, list(found), alpha

    monkeypatch.setattr(laws, "bounded", bounded)


def near(found: Any, expected: Told) -> None:
    name, reached, alpha = found
    assert (name, alpha, len(reached)) == (expected[0], expected[2], len(expected[1]))
    for r, e in zip(reached, expected[1], strict=True):
        assert e.what in r.what
        assert (r.low, r.allowed, r.p) == (pytest.approx(e.low), pytest.approx(e.allowed), pytest.approx(e.p))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("ceiling", [EXACT, CEILING], ids=["given", "range"])
@pytest.mark.parametrize("of_remainder", [False, True])
def test_laws_of_embedding_and_remainder_in_three_ways(ceiling: Ceiling, of_remainder: bool) -> None:
    """All directions, the norm, and the most conspicuous direction, each at a third of the error probability."""
    v = view()
    made = Laws(v, ceiling)
    of = seen(v, made.r) if of_remainder else seen(v, v.h0)
    u, (together, norm) = of.directions[of.best], totals(v, of)
    allowed = ceiling.remainder if of_remainder else ceiling.embedding
    slack = made.slack(None) if of_remainder else 0.0
    what = "the law of h' - ρ h is" if of_remainder else "the law of h is"
    one = reach(
        f"in one direction, {what}",
        v.looked(of.values[:, of.best]),
        made.slack(u) if of_remainder else 0.0,
        made.allowed_along(u, of_remainder),
        0.03 / 3,
    )
    expected = [reach(what, e, slack, allowed, 0.03 / 3) for e in (together, norm)]
    found = made.remainder(0.03) if of_remainder else made.embedding(0.03)
    near(found, ("law of the remainder" if of_remainder else "law of the embedding", [*expected, one], 0.03))
    of_h = totals(v, seen(v, v.h0))
    assert made.lower_limit(0.05) == max(*(e.lower(0.025) for e in of_h), 0.0) > 0


def test_the_lower_limit_of_a_gaussian_embedding_is_0() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(900, 2, 0.9, rng())
    assert Laws(View.of(Drawn(np.arange(900), h0, h1, ((h0, h1),), True), 24), EXACT).lower_limit(0.05) == 0
    circle = worlds.circle(9_000, 0.9, rng())
    limit = Laws(View.of(Drawn(np.arange(9_000), *circle, circle, True), 24), EXACT).lower_limit(0.05)
    assert 4 - 2 * sqrt(pi) - 0.05 < limit < 4 - 2 * sqrt(pi)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("ceiling", [EXACT, CEILING], ids=["given", "range"])
def test_the_law_of_the_remainder_given_h_set_by_set(ceiling: Ceiling) -> None:
    h0, h1 = worlds.heteroscedastic(2_400, 2, 0.9, rng())
    v = View.of(Drawn(np.arange(2_400), h0, h1, ((h0, h1),), True), 24)
    made, middle = Laws(v, ceiling), 800
    f, there, here = v.functions[0], made.r[:middle], made.r[middle:]
    mean, spread = fitted(f[:middle], there), fitted(f[:middle], there**2)
    values, inside = np.empty((1_600, 2)), []
    for j in range(2):
        before, after = partition(f[:middle], f[middle:], mean[:, j], spread[:, j])
        own = np.empty(middle)
        for s in range(9):
            potential = fit(tally(there[before == s, j : j + 1], Normal()), Normal())
            values[after == s, j] = potential(here[after == s, j], 0)
            own[before == s] = potential(there[before == s, j], 0)
        inside.append(own.mean())
    best = int(inside[1] > inside[0])
    u = np.eye(2)[best]
    what = "the law of h' - ρ h given h is"
    expected = [
        reach(what, v.looked(values.sum(1)), made.slack(None), ceiling.remainder, 0.01),
        reach(f"in one direction, {what}", v.looked(values[:, best]), made.slack(u), made.allowed_along(u, True), 0.01),
    ]
    near(made.conditional_law(0.02), ("remainder given h", expected, 0.02))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", ["double well", "slope"])
@pytest.mark.parametrize("ceiling", [EXACT, CEILING], ids=["given", "range"])
def test_what_h_tells_of_the_remainder_s_mean(ceiling: Ceiling, name: str) -> None:
    h0, h1 = worlds.on_a_line(2_400, 2, 0.9, name, rng())
    v = View.of(Drawn(np.arange(2_400), h0, h1, ((h0, h1),), True), 24)
    middle, f = 800, v.functions[0]
    r = (v.h1 - ceiling.rho * v.h0) / sqrt(1 - ceiling.rho**2)
    q = f[middle:] @ fitted(f[:middle], r[:middle])
    ends = [v.looked(((v.h1 - rho * v.h0)[middle:] * q).sum(1)) for rho in (ceiling.low, ceiling.high)]
    low = max(min(e.lower(0.02) for e in ends), 0)
    share = low**2 / (q**2).sum(1).mean()
    p = max(one_sided(e) for e in ends)
    reached = Reach("the mean square of h' - ρ h that h tells is", share, ceiling.high / 2 * 0.03, p)
    near(Laws(v, ceiling).conditional_mean(0.02), ("conditional mean", [reached], 0.02))
    assert name != "double well" or share > 0


@pytest.mark.usefixtures("told")
def test_where_h_tells_nothing_its_share_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "fitted", lambda f, x: np.zeros((f.shape[1], x.shape[1])))
    name, (reached,), _ = Laws(view(), EXACT).conditional_mean(0.02)  # type: ignore[misc]
    assert (name, reached.low, reached.p) == ("conditional mean", 0, 1)


@pytest.mark.parametrize(
    ("reaches", "verdict", "p", "finding"),
    [
        ([(0.1, 0.2, 0.5), (0.3, 0.4, 0.02)], "consistent", 0.04, "holds"),
        ([(0.1, 0.2, 0.5), (0.3, 0.4, 0.005)], "consistent", 0.01, "holds"),
        ([(0.1, 0.2, 0.5), (0.3, 0.4, 0.0049)], "explained", 0.0098, "two 0.3 at least, and .*allows an encoder 0.4"),
        ([(0.1, 0.2, 0.003), (0.3, 0.4, 0.0049)], "explained", 0.006, "one 0.1 at least, and .*allows an encoder 0.2"),
        ([(0.2, 0.2, 0.5), (0.3, 0.4, 0.9)], "consistent", 1.0, "holds"),
        ([(0.21, 0.2, 0.5), (0.3, 0.4, 0.9)], "violated", 1.0, "one 0.21 at least, where the bound allows 0.2: broken"),
        ([(0.3, 0.2, 0.5), (0.9, 0.4, 0.1)], "violated", 0.2, "two 0.9 at least, where the bound allows 0.4: broken"),
        ([(0.9, 0.2, 0.5), (1.0, 0.4, 0.1)], "violated", 0.2, "one 0.9 at least, where"),
    ],
)
def test_what_reaches_beyond_its_bound_is_violated(
    reaches: list[tuple[float, float, float]], verdict: str, p: float, finding: str
) -> None:
    """At the level 1 %: two p-values count double; the greatest surplus is told, or else the least p-value."""
    found = [Reach(what, *r) for what, r in zip(("one", "two"), reaches, strict=True)]
    made = outcome.bounded("name", found, 0.01, "holds", "broken")
    assert (made.name, made.verdict, made.p_value) == ("name", verdict, pytest.approx(p))
    assert re.match(finding, made.finding)

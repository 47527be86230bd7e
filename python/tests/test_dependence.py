"""Rows that depend on each other, and what they are worth."""

from math import sqrt

import numpy as np
import pytest
from lejepa.certification import dependence as module
from lejepa.certification import worlds
from lejepa.certification.dependence import (
    BLOCK,
    Dependence,
    dependence,
    equal_by_chance,
    greatest,
    huddled,
    integrated,
    most_correlated,
    nearest,
    neighbours_tell,
    of_pieces,
    recurrence,
    refuse_huddled,
    refuse_neighbours,
    tossed,
    uneven,
)
from lejepa.certification.rows import Arrangement
from lejepa.certification.sample import Drawn
from lejepa.certification.view import View
from lejepa.errors import UserError
from scipy import spatial, stats

RHO = 0.9


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("rho", "count"), [(0.5, 20_000), (0.9, 50_000), (0.99, 400_000)])
def test_the_autocorrelation_time_of_a_trajectory(rho: float, count: int) -> None:
    """`(1 + ρ) / (1 - ρ)`; the window's error is `√(20 τ / N)` of it, in two coordinates less."""
    found = dependence(*worlds.chain(count, 2, rho, rng()))
    exact = (1 + rho) / (1 - rho)
    assert found.seen
    assert found.lag == 1
    assert exact * 0.9 < found.time < exact * (1.1 + 4 * sqrt(10 * exact / count))


@pytest.mark.parametrize(("rho", "dim"), [(0.0, 1), (0.5, 1), (0.5, 4)])
def test_the_error_of_the_autocorrelation_time_is_how_much_it_varies(rho: float, dim: int) -> None:
    """Of 300 stationary series: within a quarter, for Sokal's formula is of the leading order."""
    found = np.array([integrated(worlds.walk(2_000, dim, rho, rng(seed))) for seed in range(300)])
    assert found[:, 0].mean() == pytest.approx((1 + rho) / (1 - rho), rel=0.05)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.25)


def test_a_series_that_stands_still_has_no_autocorrelation() -> None:
    assert integrated(np.ones((100, 2))) == (1.0, 1.0)


def test_a_slow_part_under_noise_counts() -> None:
    """`.3` of the variance in a chain of `ρ = .99`: `τ = 1 + 2 · .3 · .99 / .01 = 60.4`; the first lag shows 1.8."""
    slow = worlds.walk(400_001, 4, 0.99, rng())
    x = np.sqrt(0.3) * slow + np.sqrt(0.7) * rng(1).standard_normal(slow.shape)
    found = dependence(x[:-1], x[1:])
    assert found.time == pytest.approx(60.4, rel=0.25)


def test_independent_rows_are_worth_themselves() -> None:
    for seed in range(20):
        found = dependence(*worlds.ornstein_uhlenbeck(3_000, 2, RHO, rng(seed)))
        assert found == Dependence(1.0, False)


def test_trajectories_that_take_turns() -> None:
    """Of 16, the rows next to each other are independent; the time is sixteen times that of one."""
    steps = np.stack([worlds.walk(1_001, 2, RHO, rng(k)) for k in range(16)], 1)
    found = dependence(steps[:-1].reshape(-1, 2), steps[1:].reshape(-1, 2))
    assert (found.lag, found.seen) == (16, True)
    assert found.time == pytest.approx(16 * 19, rel=0.25)


def test_too_few_rows_are_refused() -> None:
    assert Dependence(10, True).blocks(64 * 10) == 8
    with pytest.raises(UserError, match=r"worth at least 64 independent ones, found 630 rows.* worth 63") as told:
        Dependence(10, True).blocks(630)
    assert "\n" not in str(told.value)
    assert Dependence(1, False).blocks(100) == 25


def test_errors_of_block_means_are_those_of_means() -> None:
    """The variance of the mean of `N` rows of a chain is `(1 + ρ) / (1 - ρ) / N`, less `O(N⁻²)`."""
    count, errors, means = 8_000, [], []
    for seed in range(200):
        h0, h1 = worlds.chain(count, 1, RHO, rng(seed))
        blocks = dependence(h0, h1).blocks(count)
        view = View.of(Drawn(np.arange(count), h0, h1, ((h0, h1),), True), blocks)
        errors.append(view.mean(h0[:, 0]).error ** 2)
        means.append(h0.mean())
    exact = 19 / count
    assert np.var(means) == pytest.approx(exact, rel=5 * sqrt(2 / 200))
    assert 1 - 1 / BLOCK - 0.1 < np.mean(errors) / exact < 1.05


@pytest.mark.parametrize("dim", [1, 2, 8, 20])
def test_neighbours_of_independent_rows_toss_a_fair_coin(dim: int) -> None:
    shares = [neighbours_tell(*worlds.ornstein_uhlenbeck(4_000, dim, RHO, rng(seed)), seed)[0] for seed in range(20)]
    assert np.mean(shares) == pytest.approx(0.5, abs=5 * 0.5 / sqrt(20 * 1000))
    assert np.std(shares) == pytest.approx(0.5 / sqrt(1000), rel=0.8)


def test_copies_with_noise_are_refused() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(3_000, 3, RHO, rng())
    noise = 1e-3 * rng(1).standard_normal((2, 6_000, 3))
    with pytest.raises(UserError, match="copies"):
        refuse_neighbours(np.tile(h0, (2, 1)) + noise[0], np.tile(h1, (2, 1)) + noise[1])


def test_trajectories_with_noise_in_another_order_are_refused() -> None:
    h0, h1 = worlds.chain(6_000, 3, RHO, rng())
    order = rng(1).permutation(6_000)
    noise = 1e-3 * rng(2).standard_normal((2, 6_000, 3))
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        refuse_neighbours((h0 + noise[0])[order], (h1 + noise[1])[order])


def test_rows_that_come_again_with_noise_are_worth_too_little() -> None:
    """A trajectory, twenty times over: its rows are like those of a memory without end."""
    h0, h1 = worlds.chain(2_000, 2, RHO, rng())
    noise = 1e-3 * rng(1).standard_normal((2, 40_000, 2))
    found = dependence(np.tile(h0, (20, 1)) + noise[0], np.tile(h1, (20, 1)) + noise[1])
    assert found.seen
    assert found.lag % 2_000 == 0
    with pytest.raises(UserError, match=r"over 40000 rows and are worth 1 \(rows \d+000 apart are the most alike\)"):
        found.blocks(40_000)


@pytest.mark.parametrize(("rho", "count"), [(0.5, 5_000), (0.9, 3_000), (0.99, 20_000)])
def test_trajectories_do_not_come_again(rho: float, count: int) -> None:
    """The time of a single trajectory stays near `(1 + ρ) / (1 - ρ)`."""
    for seed in range(10):
        found = dependence(*worlds.chain(count, 2, rho, rng(seed)))
        assert found.lag == 1
        assert found.time < 2 * (1 + rho) / (1 - rho)


@pytest.mark.parametrize("dim", [1, 2, 12])
def test_far_neighbours_of_a_trajectory_toss_a_fair_coin(dim: int) -> None:
    shares, tosses = [], 6_000 // (2 * 57 + 1)
    for seed in range(40):
        share, p = neighbours_tell(*worlds.chain(6_000, dim, RHO, rng(seed)), seed, apart=57)
        shares.append(share)
        assert p > 1e-5
    assert np.mean(shares) == pytest.approx(0.5, abs=5 * 0.5 / sqrt(40 * tosses))
    assert np.std(shares) == pytest.approx(0.5 / sqrt(tosses), rel=0.6)


def test_pieces_of_a_trajectory_in_another_order_are_refused() -> None:
    """Every second link is lost to noise of 10⁻⁶: the pieces that are left are in no order."""
    h0, h1 = worlds.chain(4_000, 2, 0.99, rng())
    pieces = np.split(np.arange(4_000), np.sort(rng(1).choice(4_000, 2_000, replace=False)))
    order = np.concatenate([pieces[k] for k in rng(2).permutation(len(pieces))])
    h1 = h1 + 1e-6 * rng(3).standard_normal(h1.shape)
    found = dependence(h0[order], h1[order])
    assert found.time < 10  # of 199
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        refuse_neighbours(h0[order], h1[order], apart=found.apart)


@pytest.mark.parametrize(
    ("found", "apart"), [(Dependence(1.0, False), 3), (Dependence(2.5, True), 8), (Dependence(9.0, True, 16), 48)]
)
def test_rows_are_far_apart_from_three_times_their_memory_on(found: Dependence, apart: int) -> None:
    assert found.apart == apart


def test_of_two_stretches_the_one_counts_whose_rows_depend_on_each_other_more() -> None:
    alone, quick = worlds.ornstein_uhlenbeck(3_000, 2, RHO, rng()), worlds.chain(3_000, 2, 0.5, rng())
    slow = worlds.chain(3_000, 2, RHO, rng())
    assert greatest((alone, alone)) == Dependence(1.0, False)
    assert greatest((alone, slow, quick)) == dependence(*slow)
    assert greatest((quick, alone)) == dependence(*quick)


# Each step against direct sums


def correlated(x: np.ndarray) -> tuple[int, float, float]:
    """Of the first 8192 rows, up to a quarter of them, without a Fourier transform."""
    x = x[:8192]
    found = [float((x[: len(x) - k] * x[k:]).sum()) for k in range(len(x) // 4)]
    lag = max(range(1, len(found)), key=found.__getitem__)
    values = np.linalg.eigvalsh(x.T @ x)
    worth = x.shape[1] * (values**2).sum() / values.sum() ** 2
    return lag, found[lag] / found[0], sqrt(worth / x.size)


@pytest.mark.parametrize(("count", "dim", "rho"), [(40, 1, 0.5), (333, 3, 0.9), (9_000, 2, 0.3)])
def test_the_most_correlated_lag_by_direct_sums(count: int, dim: int, rho: float) -> None:
    x = worlds.walk(count, dim, rho, rng(count)) * np.arange(1, dim + 1)
    x[8192:] = 50 * (-1.0) ** np.arange(len(x[8192:]))[:, None]  # beyond what is looked at
    x[:8192] -= x[:8192].mean(0)
    lag, r, noise = most_correlated(x)
    expected = correlated(x)
    assert lag == expected[0]
    assert (r, noise) == (pytest.approx(expected[1]), pytest.approx(expected[2]))


@pytest.mark.parametrize(
    ("count", "period", "noise"), [(40, 20, 0.01), (41, 20, 0.01), (900, 250, 0.3), (20_000, 9_000, 0.3)]
)
def test_the_lag_at_which_rows_come_again_by_direct_sums(count: int, period: int, noise: float) -> None:
    x = np.tile(rng().standard_normal((period, 3)), (count // period + 1, 1))[:count]
    x = x * np.arange(1, 4) + noise * rng(1).standard_normal(x.shape)
    x -= x.mean(0)
    found = [float((x[: count - k] * x[k:]).mean() / (x * x).mean()) for k in range(count // 2 + 1)]
    lag, r = recurrence(x)
    assert (lag, lag % period) == (int(np.argmax(found[1:])) + 1, 0)
    assert r == pytest.approx(found[lag])


def test_rows_that_do_not_come_again_have_no_such_lag() -> None:
    for seed in range(10):
        assert recurrence(rng(seed).standard_normal((200, 2)))[1] == 0


def test_a_lag_of_a_quarter_of_the_rows_is_too_far() -> None:
    """The period of 24 rows in 96 is not looked at, that of 23 is."""
    assert most_correlated(np.tile(rng().standard_normal((24, 1)), (4, 1)))[0] != 24
    assert most_correlated(np.tile(rng().standard_normal((23, 1)), (5, 1))[:96])[0] == 23


def pooled(x: np.ndarray) -> tuple[float, float]:
    """Sokal's time and its error, lag by lag, of means of at most 4096 groups."""
    size = 1
    while size * 4096 < len(x):
        size += 1
    groups = len(x) // size
    x = x[: groups * size]
    x = x - x.mean(0)
    means = np.stack([x[k * size : (k + 1) * size].mean(0) for k in range(groups)])
    time, lag = 1.0, 0
    while lag < 5 * time:
        lag += 1
        time += 2 * float((means[:-lag] * means[lag:]).sum() / (means * means).sum())
    time *= size * float((means * means).sum() / groups) / float((x * x).sum() / len(x))
    values = np.linalg.eigvalsh(means.T @ means)
    worth = values.sum() ** 2 / (values**2).sum()
    return max(time, 0), max(time, 0) * sqrt((4 * lag + 2) / groups / worth)


@pytest.mark.parametrize(
    ("count", "dim", "rho"),
    [
        (64, 1, 0.0),
        (500, 3, 0.8),
        (4_096, 1, 0.5),
        (4_097, 2, 0.5),
        (8_192, 1, 0.9),
        (8_193, 2, 0.9),
        (20_000, 2, 0.97),
    ],
)
def test_the_autocorrelation_time_by_direct_sums(count: int, dim: int, rho: float) -> None:
    x = worlds.walk(count, dim, rho, rng(count)) * np.arange(1, dim + 1) + 3
    assert integrated(x) == pytest.approx(pooled(x), rel=1e-9)


def test_rows_that_swing_are_worth_more_than_independent_ones() -> None:
    """`1, -1, 1, ...` has a mean of 0 and no time; in pairs, as long series are taken, nothing is left of it."""
    assert integrated((-1.0) ** np.arange(100)[:, None]) == (0, 0)
    assert integrated((-1.0) ** np.arange(8_192)[:, None]) == (1, 1)


@pytest.mark.parametrize(
    ("r", "times", "expected"),
    [
        (0.219, [1.0, 1.1, 1.2], Dependence(1.0, False)),
        (-0.219, [1.549, 1.0, 0.5], Dependence(1.0, False)),
        (0.221, [1.0, 1.0, 1.0], Dependence(3 * 1.221 / 0.779, True, 3)),
        (-0.5, [1.0, 1.0, 1.0], Dependence(1.0, True, 3)),
        (-0.23, [1.0, 1.0, 1.0], Dependence(3 * 0.77 / 1.23, True, 3)),
        (0.1, [1.0, 1.551, 1.0], Dependence(1.551, True, 3)),
        (0.1, [1.0, 1.0, 1.7], Dependence(1.7, True, 3)),
        (0.5, [20.0, 1.0, 1.0], Dependence(20.0, True, 3)),
        (0.5, [8.0, 1.0, 1.0], Dependence(9.0, True, 3)),
        (0.219, [2.0, 1.0, 1.0], Dependence(2.0, True, 3)),  # too weak to count as 3 · 1.219 / .781
        (1.0, [1.0, 1.0, 1.0], Dependence(6e9, True, 3)),
    ],
)
def test_rows_depend_where_a_sign_is_clear_and_the_greatest_time_counts(
    monkeypatch: pytest.MonkeyPatch, r: float, times: list[float], expected: Dependence
) -> None:
    """Clear is 5.5 errors: of the lag here .04, of the times .1."""
    asked: list[np.ndarray] = []

    def time(x: np.ndarray) -> tuple[float, float]:
        asked.append(x)
        return times[len(asked) - 1], 0.1

    monkeypatch.setattr(module, "most_correlated", lambda x: (3, r, 0.04))
    monkeypatch.setattr(module, "integrated", time)
    first, second = rng().standard_normal((2, 32, 2)) + 5
    found = dependence(first, second)
    assert (found.seen, found.lag) == (expected.seen, expected.lag)
    assert found.time == pytest.approx(expected.time, rel=1e-6)
    x = first - first.mean(0)
    for part, known in zip(asked, (x, x**2 - (x**2).mean(0), x * (second - first.mean(0))), strict=True):
        np.testing.assert_allclose(part, known)


def test_of_fewer_than_32_rows_or_constant_ones_nothing_is_seen() -> None:
    turn = np.arange(33)[:, None] + np.array([0, 1])
    rows = np.cos(np.pi / 2 * turn)
    assert dependence(rows[:31], rows[1:32]) == Dependence(1.0, False)
    assert dependence(rows[:32], rows[1:33]).seen
    assert dependence(np.ones((100, 2)), np.ones((100, 2))) == Dependence(1.0, False)


@pytest.mark.parametrize(
    ("found", "count", "blocks"),
    [
        (Dependence(2, True), 16 * 8, 8),
        (Dependence(2, True), 16 * 9 - 1, 8),
        (Dependence(2, True), 16 * 64, 64),
        (Dependence(2, True), 16 * 65, 64),
        (Dependence(1, False), 255, 63),
        (Dependence(1, False), 256, 64),
        (Dependence(1, False), 1_000, 64),
    ],
)
def test_blocks_are_8_times_as_long_as_the_memory_and_64_at_most(found: Dependence, count: int, blocks: int) -> None:
    assert found.blocks(count) == blocks


@pytest.mark.parametrize(
    ("count", "dim", "others"), [(100, 2, 75), (4_400, 1, 3_376), (9_300, 10, 8_276), (9_300, 11, 8_192)]
)
def test_neighbours_by_all_distances(count: int, dim: int, others: int) -> None:
    """A quarter of the rows is tossed, 1024 at most; of more than 10 dimensions 8192 others at most are looked at."""
    first, second = rng(count).standard_normal((2, count, dim))
    second[:: 3 if dim < 11 else 2] = first[:: 3 if dim < 11 else 2]  # as near as each other: no toss
    order = np.random.default_rng(4).permutation(count)
    tossed, left = order[: min(count // 4, 1024)], order[min(count // 4, 1024) :]
    near, after = (spatial.distance.cdist(x[tossed], first[left[:others]]).min(1) for x in (first, second))
    wins, losses = int((after < near).sum()), int((after > near).sum())
    share, p = neighbours_tell(first, second, 4)
    assert share == wins / (wins + losses)
    assert p == pytest.approx(stats.binomtest(wins, wins + losses).pvalue)


@pytest.mark.parametrize(("dim", "apart"), [(2, 0), (2, 3), (10, 40), (11, 3), (2, 500)])
def test_the_nearest_of_far_rows_by_all_distances(dim: int, apart: int) -> None:
    points, rows = rng().standard_normal((50, dim)), rng(1).standard_normal((300, dim))
    position = np.sort(rng(2).choice(1_000, 300, replace=False))
    own = position[rng(3).choice(300, 50, replace=False)]
    order = rng(4).permutation(300)
    found = nearest(points, own, rows[order], position[order], apart)
    for point, place, distance in zip(points, own, found, strict=True):
        far = rows[abs(position - place) > apart]
        assert distance == pytest.approx(np.linalg.norm(far - point, axis=1).min() if len(far) else np.inf)


@pytest.mark.parametrize(
    ("count", "apart", "most"), [(1_000, 3, 143), (1_000, 8, 59), (100_000, 3, 1_021), (20, 50, 1)]
)
def test_rows_that_are_tossed_lie_twice_as_far_apart(count: int, apart: int, most: int) -> None:
    position = np.sort(rng().choice(2 * count, count, replace=False))
    every = np.arange(count)
    for seed in range(5):
        asked, rest = tossed(every, apart, seed)
        assert sorted(rest) == list(range(count))
        assert most - 1 <= len(asked) <= most
        assert len(asked) < 2 or np.diff(asked).min() >= 2 * apart + 1
        some, _ = tossed(position, apart, seed)
        assert len(some) == len(np.unique(some))


def test_neighbours_as_near_as_each_other_tell_nothing() -> None:
    h = rng().standard_normal((200, 2))
    assert neighbours_tell(h, h) == (0.5, 1.0)


@pytest.mark.parametrize(("share", "what"), [(0.51, "parts of trajectories"), (0.5, "copies"), (0.1, "copies")])
def test_neighbours_are_refused_below_a_chance_of_1_in_100_000(
    monkeypatch: pytest.MonkeyPatch, share: float, what: str
) -> None:
    asked: list[object] = []

    def tell(*given: object) -> tuple[float, float]:
        asked.append(given)
        return share, p

    monkeypatch.setattr(module, "neighbours_tell", tell)
    h = np.zeros((4, 1))
    p = 1e-5
    refuse_neighbours(h, h, 7)
    p = 0.999e-5
    with pytest.raises(UserError, match=what):
        refuse_neighbours(h, h)
    assert [given[2] for given in asked] == [7, 0]  # type: ignore[index]


# Pieces of trajectories


@pytest.mark.parametrize(("rho", "length"), [(0.5, 6), (0.9, 76), (0.9, 20), (0.99, 400)])
def test_what_the_order_of_pieces_hides_by_direct_sums(rho: float, length: int) -> None:
    """Of one trajectory without every `l + 1`st row: the part of the variance of a mean that is between pieces is at
    most `τ / (2 l)` of what it is with no gaps; and of this it is most where one row is missing."""
    times = np.arange(40 * (length + 1)).reshape(40, -1)[:, :length]
    r = rho ** np.abs(times.ravel()[:, None] - times.ravel())
    piece = np.arange(times.size) // length
    between = float(r[piece[:, None] != piece].sum()) / times.size
    tau = (1 + rho) / (1 - rho)
    assert 0.2 * tau / (2 * length) < between / tau < tau / (2 * length)


def pieces(*lengths: int) -> Arrangement:
    return Arrangement(None, pieces=np.array(lengths))


SLOW, QUICK = Dependence(19.0, True), Dependence(1.5, True)


@pytest.mark.parametrize(
    ("found", "lengths", "rho", "honest"),
    [
        (SLOW, (760,), 0.9, True),  # one piece
        (SLOW, (76,) * 4 + (77, 76), 0.9, True),  # 4 memories of 19
        (SLOW, (76,) * 4 + (77, 74), 0.9, False),
        (SLOW, (1, 1, 140, 163), 0.9, True),  # in the mean
        (SLOW, (1, 1, 140, 161), 0.9, False),
        (QUICK, (6,) * 4 + (7, 5, 8, 4, 9, 3), 0.01, True),  # the memory that is found counts, above that of ρ
        (QUICK, (6,) * 4 + (7, 5, 8, 4, 9, 2), 0.01, False),
        (QUICK, (20,) * 10, 0.99, True),  # all of one length
        (QUICK, (1,) * 200, 0.01, False),  # but not of one row
        (SLOW, (20,) * 30 + (25,) * 7, 0.9, True),  # a quarter, where no more memory is known than found
        (SLOW, (20,) * 30 + (23,) * 9, 0.9, False),
        (QUICK, (20,) * 995 + (1,) * 100, 0.97, True),  # in another one: .005 of 65.7 is below .25 · 1.5
        (QUICK, (20,) * 994 + (2,) * 60, 0.97, False),  # .006
    ],
)
def test_pieces_are_whole_or_long(found: Dependence, lengths: tuple[int, ...], rho: float, honest: bool) -> None:
    if honest:
        assert of_pieces(found, pieces(*lengths), rho, sum(lengths)) == found
        return
    with pytest.raises(UserError, match=r"parts of trajectories in another order .* \(trajectory=\)") as told:
        of_pieces(found, pieces(*lengths), rho, sum(lengths))
    assert f"({len(lengths)} of them, of {sum(lengths)} rows)" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(("stray", "honest"), [(6, True), (7, False)])
def test_few_links_of_random_rows(stray: int, honest: bool) -> None:
    """Of a share `q` of a trajectory's rows, in random order, the time is `1 + 2 q ρ / (1 - ρ)`: that is 1.125 where
    6.94 of 1000 have their successor among them and `ρ = .9`."""
    found = Arrangement(None, stray=stray)
    if honest:
        assert of_pieces(Dependence(1.0, False), found, 0.9, 1_000) == Dependence(1.0, False)
        return
    with pytest.raises(UserError, match=r"7 of 1000 rows are followed elsewhere.* over 19 steps"):
        of_pieces(Dependence(1.0, False), found, 0.9, 1_000)


def test_rows_of_trajectories_that_are_told_may_depend_on_each_other_over_all_of_it() -> None:
    """64 of them are needed."""
    many = Arrangement(None, pieces=np.ones(1_280, dtype=int), told=20)
    assert of_pieces(QUICK, many, 0.9, 1_280) == Dependence(20.0, True)
    assert of_pieces(Dependence(1.0, False), many, 0.9, 1_280) == Dependence(20.0, True)
    assert (
        of_pieces(Dependence(2.0, True), Arrangement(None, pieces=np.ones(129, dtype=int), told=1.5), 0.9, 129).time
        == 2
    )
    few = Arrangement(None, pieces=np.ones(1_279, dtype=int), told=20)
    with pytest.raises(
        UserError, match="rows of each trajectory in the order of time, or at least 64 trajectories"
    ) as e:
        of_pieces(QUICK, few, 0.9, 1_279)
    assert "trajectory=" not in str(e.value)


def test_the_share_of_rows_in_pieces_of_another_length() -> None:
    assert uneven(np.array([3, 3, 4, 1, 1])) == pytest.approx(0.5)
    assert uneven(np.array([1] * 97 + [3])) == pytest.approx(0.97)
    assert uneven(np.array([1, 1])) == 1
    assert uneven(np.array([5, 5])) == 0


# Rows of worlds that are refuted


def circle(count: int, seed: int) -> np.ndarray:
    angle = 2 * np.pi * rng(seed).random(count)
    return np.stack((np.cos(angle), np.sin(angle)), 1)


def share_huddled(x: np.ndarray, apart: int = 0) -> float:
    place = np.arange(len(x))
    asked, rest = tossed(place, apart, 0)
    return huddled(x[asked], place[asked], x[rest], place[rest], apart)


def test_rows_of_a_density_seldom_huddle() -> None:
    """On a curve, the next one after `k` near ones is ten times as far with probability `10^-k`: a ninth in all."""
    assert share_huddled(circle(20_000, 0)) == pytest.approx(1 / 9, abs=0.04)
    for dim in (2, 12):
        assert share_huddled(rng(dim).standard_normal((20_000, dim))) < 0.03


@pytest.mark.parametrize("noise", [0.0, 1e-4])
@pytest.mark.parametrize(
    ("dim", "states", "times"), [(1, 100, 20), (2, 200, 50), (8, 500, 10), (12, 900, 5), (2, 9, 4_000)]
)
def test_states_that_occur_often_huddle(noise: float, dim: int, states: int, times: int) -> None:
    x = np.repeat(rng().standard_normal((states, dim)), times, axis=0)
    x += noise * rng(1).standard_normal(x.shape)
    assert share_huddled(x[rng(2).permutation(len(x))]) > 0.6


def test_rows_huddle_only_with_others_that_are_far_in_time() -> None:
    x = np.repeat(rng().standard_normal((500, 2)), 10, axis=0)
    assert share_huddled(x, 12) < 0.1
    assert share_huddled(np.tile(x, (2, 1)), 12) == 1


def test_copies_and_parts_of_trajectories_are_refused_in_refuted_worlds_too() -> None:
    z = np.repeat(rng().standard_normal((300, 2)), 20, axis=0)
    later = RHO * z + sqrt(1 - RHO**2) * rng(1).standard_normal(z.shape)
    order = rng(2).permutation(len(z))
    with pytest.raises(UserError, match="copies"):
        refuse_huddled(z[order], later[order])
    refuse_huddled(z, later, 0, None, 25)  # in order, rows that are far apart do not share a state
    h0, h1 = worlds.chain(6_000, 3, RHO, rng())
    order, noise = rng(1).permutation(6_000), 1e-4 * rng(2).standard_normal((2, 6_000, 3))
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        refuse_huddled((h0 + noise[0])[order], (h1 + noise[1])[order])


@pytest.mark.parametrize("scale", [0.1, 0.5, 2.0, 10.0])
def test_independent_rows_of_a_world_that_is_not_stationary_are_not_refused(scale: float) -> None:
    """The coin is far from fair, but no row is much nearer to one than to the next."""
    z = rng().standard_normal((8_000, 2))
    later = scale * z + 0.1 * rng(1).standard_normal(z.shape)
    assert neighbours_tell(z, later)[1] < 1e-15
    refuse_huddled(z, later)
    refuse_huddled(circle(8_000, 0), scale * circle(8_000, 0))


def test_numbers_that_are_equal_by_chance() -> None:
    z, later = worlds.ornstein_uhlenbeck(20_000, 2, RHO, rng())
    grid = [np.round(x * 20) / 20 for x in (z, later)]
    assert equal_by_chance(*grid)
    assert not equal_by_chance(z, later)
    assert not equal_by_chance(np.repeat(z[:100], 3, axis=0), later[:300])
    assert not equal_by_chance(np.repeat(z[:100, :1], 3, axis=0), later[:300, :1])
    assert equal_by_chance(grid[0][:, :1], grid[1][:, :1])
    narrow = np.round(0.2 * z * 20) / 20  # no stationary world
    assert neighbours_tell(grid[0], narrow)[1] < 1e-15
    refuse_huddled(grid[0], narrow)

"""Copies, and trajectories put together again from equal numbers."""

import math
import struct
from itertools import pairwise

import numpy as np
import pytest
import torch
from lejepa.certification import worlds
from lejepa.certification.rows import Arrangement, arrange, chained, coarse, folded, followers, hashed, mean_over_rows
from scipy import stats

GOLDEN = 0x9E3779B97F4A7C15  # 2⁶⁴ over the golden ratio, the last factor of a hash


def arranged(h0: np.ndarray, h1: np.ndarray, trajectory: np.ndarray | None = None) -> Arrangement:
    return arrange(hashed(torch.from_numpy(h0)), hashed(torch.from_numpy(h1)), trajectory)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_hashes_tell_equal_rows() -> None:
    x = torch.tensor([[0.0, 1], [-0.0, 1], [1, 0], [0, 1 + 2**-52], [1, 1], [2, 2]], dtype=torch.float64)
    a = hashed(x)
    assert a[0] == a[1]
    assert len(set(a.tolist())) == 5
    many = torch.from_numpy(rng().integers(0, 3, (20_000, 12)).astype(np.float64))
    assert len(np.unique(hashed(many))) == len(np.unique(many.numpy(), axis=0))


def test_neighbouring_numbers_do_not_collide() -> None:
    """All pairs of 512 floats next to each other: of 2¹⁸ hashes of 64 bits, two are equal with probability 2⁻²⁹."""
    near = 1 + torch.arange(512, dtype=torch.float64) * 2**-52
    assert len(np.unique(hashed(torch.cartesian_prod(near, near)))) == 512**2


def factors(columns: int) -> list[int]:
    """The factors of columns, without a sign: the least float has the bits 1, and its hash is the factor of its column,
    mixed by steps that can be undone."""
    inverse = pow(GOLDEN, -1, 2**64)
    mixed = [int(x) * inverse % 2**64 for x in hashed(5e-324 * torch.eye(columns, dtype=torch.float64))]
    return [x ^ x >> 31 ^ x >> 62 for x in mixed]


def test_rows_are_multiplied_by_odd_numbers_of_64_bits() -> None:
    found = np.array(factors(2_000), dtype=np.uint64)
    assert (found % 2 == 1).all()
    assert stats.kstest(found.astype(np.int64) / 2**63, stats.uniform(-1, 2).cdf).pvalue > 1e-6


def in_integers(row: list[float], odd: list[int]) -> int:
    """The hash of a row, without a sign, in integers of any size: words of 64 bits are remainders."""
    words = [struct.unpack("<Q", struct.pack("<d", x + 0.0))[0] for x in row]
    mixed = sum((x ^ x >> 29) * f for x, f in zip(words, odd, strict=True)) % 2**64
    return (mixed ^ mixed >> 31) * GOLDEN % 2**64


@pytest.mark.parametrize("columns", [1, 2, 7])
def test_the_hash_is_that_of_integers(columns: int) -> None:
    odd = factors(columns)
    numbers = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        -1e300,
        5e-324,
        -5e-324,
        math.inf,
        -math.inf,
        float(np.float32(0.1)),
        2.0**-30,
    ]
    rows = [*(numbers[k : k + columns] for k in range(len(numbers) - columns + 1)), *words(200, columns).tolist()]
    found = hashed(torch.tensor(rows, dtype=torch.float64))
    assert found.dtype == np.int64
    assert [int(x) % 2**64 for x in found] == [in_integers(row, odd) for row in rows]
    assert hashed(torch.zeros(1, columns, dtype=torch.float64)).tolist() == [0]


def words(rows: int, columns: int) -> np.ndarray:
    """Floats of random bits, finite and none too small; so are those of the opposite bits."""
    g = rng(columns)
    sign, exponent = g.integers(0, 2, (rows, columns)), g.integers(1, 2047, (rows, columns))
    bits = (
        sign.astype(np.uint64) << 63
        | exponent.astype(np.uint64) << 52
        | g.integers(0, 2**52, (rows, columns)).astype(np.uint64)
    )
    return bits.view(np.float64)


@pytest.mark.parametrize("columns", [1, 3])
def test_numbers_of_opposite_bits_do_not_collide(columns: int) -> None:
    """All columns opposite, or one of them; among 40,000 random rows no two are equal either."""
    x = words(20_000, columns)
    opposite = (~x.view(np.uint64)).view(np.float64)
    one = x.copy()
    one[:, -1] = opposite[:, -1]
    assert np.isfinite(opposite).all()
    here = hashed(torch.from_numpy(x))
    assert len(np.unique(here)) == 20_000
    for other in (opposite, one):
        assert len(np.unique(np.concatenate((here, hashed(torch.from_numpy(other)))))) == 40_000


def test_words_are_folded_without_their_sign() -> None:
    some = [0, 1, -1, 2**62, -(2**63), -(2**62) - 12345, 2**63 - 1]
    for by in (1, 29, 31, 63):
        expected = [(x % 2**64) ^ (x % 2**64 >> by) for x in some]
        assert [x % 2**64 for x in folded(torch.tensor(some), by).tolist()] == expected


def test_independent_pairs_are_taken_as_they_come() -> None:
    assert arranged(*worlds.ornstein_uhlenbeck(1_000, 2, 0.9, rng())) == Arrangement(None)


@pytest.mark.parametrize("lag", [1, 2, 5])
def test_a_trajectory_in_order_stays(lag: int) -> None:
    found = arranged(*worlds.chain(1_000, 2, 0.9, rng(), lag=lag))
    assert (found.order, found.repeated, found.linked, found.lag) == (None, 0, 1_000 - lag, lag)


def test_shuffled_trajectories_are_put_together() -> None:
    h0, h1 = worlds.trajectories(1_000, 50, 2, 0.9, rng())
    order = rng(1).permutation(1_000)
    found = arranged(h0[order], h1[order])
    assert found.order is not None
    assert (found.linked, found.lag) == (20 * 49, 0)
    times = order[found.order].reshape(20, 50)
    assert (np.diff(times, axis=1) == 1).all()
    assert (times[:, 0] % 50 == 0).all()


def test_copies_are_taken_once() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(500, 3, 0.9, rng())
    twice = rng(1).permutation(np.concatenate((np.arange(500), np.arange(100))))
    found = arranged(h0[twice], h1[twice])
    assert found.order is not None
    assert (found.repeated, found.linked) == (100, 0)
    assert sorted(twice[found.order]) == list(range(500))
    assert (np.diff(found.order) > 0).all()


def test_another_successor_of_the_same_state_is_no_copy() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(500, 3, 0.9, rng())
    found = arranged(np.tile(h0, (2, 1)), np.concatenate((h1, h1 + 1)))
    assert found.repeated == 0


def test_a_world_that_stands_still_is_not_a_copy_of_itself() -> None:
    z = np.repeat(rng().standard_normal((100, 2)), 5, axis=0)
    found = arranged(z[:-1], z[1:])
    assert (found.order, found.repeated, found.lag) == (None, 0, 1)


def test_a_row_does_not_follow_itself() -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(100, 2, 0.9, rng())
    h1[::2] = h0[::2]
    assert arranged(h0, h1) == Arrangement(None)


def test_trajectories_that_are_told_are_taken_one_after_the_other() -> None:
    steps = np.stack([worlds.walk(101, 2, 0.9, rng(k)) for k in range(4)], 1)
    h0, h1 = steps[:-1].reshape(-1, 2), steps[1:].reshape(-1, 2)
    found = arranged(h0, h1, np.tile(np.arange(4), 100))
    assert found.order is not None
    assert found.order.tolist() == [4 * t + k for k in range(4) for t in range(100)]
    untold = arranged(h0, h1)
    assert untold.lag == 4
    assert untold.together is not None
    assert (np.diff(untold.together.reshape(4, 100), axis=1) == 4).all()


def linked(first: list[int], second: list[int]) -> list[int]:
    """For each row, the next one if it follows, else the first whose `h` is this one's `h'`, and is another row's."""
    found = []
    for i, word in enumerate(second):
        where = [j for j, other in enumerate(first) if other == word]
        if i + 1 in where:
            found.append(i + 1)
        else:
            found.append(where[0] if where and where[0] != i else -1)
    return found


def put_together(follower: list[int], first: list[int]) -> list[int]:
    """Parts that links or equal `h` hold together, as they come; in each the rows that most others follow first."""
    count = len(first)
    part = list(range(count))
    for _ in range(count):
        for i, j in enumerate(follower):
            if j >= 0:
                part[i] = part[j] = min(part[i], part[j])
        for i in range(count):
            part[i] = min(part[j] for j in range(count) if first[j] == first[i])
    ahead = []
    for i in range(count):
        steps, here = 0, i
        while follower[here] >= 0:
            steps, here = steps + 1, follower[here]
        ahead.append(steps)
    return sorted(range(count), key=lambda i: (part[i], -ahead[i], i))


@pytest.mark.parametrize("seed", range(12))
def test_links_and_parts_of_few_words(seed: int) -> None:
    """Random words from small to great, so that no row comes round to itself."""
    g = rng(seed)
    first = g.integers(0, 12, 20)
    second = first + g.integers(1, 4, 20)
    second[g.random(20) < 0.1] = 99
    order = g.permutation(20)
    a, b = first[order], second[order]
    follower = followers(a, b)
    assert follower.tolist() == linked(a.tolist(), b.tolist())
    assert chained(follower, a).tolist() == put_together(follower.tolist(), a.tolist())


def test_a_row_that_leads_to_its_own_words_follows_nobody() -> None:
    assert followers(np.array([5, 3, 5]), np.array([5, 9, 3])).tolist() == [-1, -1, 1]
    assert followers(np.array([5, 5, 3]), np.array([5, 3, 5])).tolist() == [1, 2, 0]
    assert followers(np.array([7]), np.array([1])).tolist() == [-1]


@pytest.mark.parametrize(("astray", "lag"), [(0, 1), (1, 1), (2, 0)])
def test_nine_of_ten_links_must_lead_equally_far(astray: int, lag: int) -> None:
    """Ten links: those that go astray lead back to the row 0."""
    words = rng().integers(-(2**62), 2**62, 12)
    first, second = words[:11], words[1:].copy()
    second[3 : 3 + astray] = words[0]
    found = arrange(first, second)
    assert (found.linked, found.lag, found.repeated) == (10, lag, 0)
    assert found.together is None


def test_steps_that_are_skipped_are_told_with_the_order_of_their_parts() -> None:
    """Rows two apart: the even ones and the odd ones; those of another lag, backwards too."""
    first = np.arange(10) + 100
    found = arrange(first, first + 2)
    assert (found.order, found.linked, found.lag) == (None, 8, 2)
    assert found.together is not None
    assert found.together.tolist() == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    back = arrange(first[::-1].copy(), first[::-1] + 1)
    assert (back.order, back.linked, back.lag) == (None, 9, -1)
    assert back.together is not None
    assert back.together.tolist() == list(range(9, -1, -1))


def test_copies_are_those_of_both_words_and_the_first_stays() -> None:
    words = rng().integers(-(2**62), 2**62, 10)
    first, second = words[[1, 2, 1, 3, 1, 4, 4, 4]], words[[9, 8, 9, 7, 8, 4, 4, 5]]
    found = arrange(first, second)
    assert found.repeated == 1  # the third is the first again; what stands still is no copy
    assert found.order is not None
    assert found.order.tolist() == [0, 1, 3, 4, 5, 6, 7]
    told = arrange(first, second, np.array([1, 0, 1, 0, 1, 0, 0, 0]))
    assert told.order is not None
    assert told.order.tolist() == [1, 3, 5, 6, 7, 0, 4]


# Numbers of few digits


def rounded(x: np.ndarray, to: torch.dtype) -> np.ndarray:
    found: np.ndarray = torch.from_numpy(x).to(to).double().numpy()
    return found


def asked(h0: np.ndarray, h1: np.ndarray) -> Arrangement:
    return arrange(hashed(torch.from_numpy(h0)), hashed(torch.from_numpy(h1)), None, lambda: coarse(h0))


@pytest.mark.parametrize(("dim", "to"), [(1, torch.bfloat16), (1, torch.float16), (2, torch.bfloat16)])
@pytest.mark.parametrize("count", [500, 20_000, 100_000])
def test_independent_rows_that_are_equal_by_chance_are_left_as_they_are(dim: int, to: torch.dtype, count: int) -> None:
    h0, h1 = (rounded(h, to) for h in worlds.ornstein_uhlenbeck(count, dim, 0.9, rng(count)))
    assert asked(h0, h1) == Arrangement(None)


def test_independent_rows_on_a_coarse_grid_are_left_as_they_are() -> None:
    """Where nearly every row of 16 values a unit is another one again, and of two coordinates in tenths."""
    for dim, grid, count in ((1, 16, 100_000), (2, 10, 20_000)):
        h0, h1 = (np.round(h * grid) / grid for h in worlds.ornstein_uhlenbeck(count, dim, 0.9, rng(dim)))
        assert asked(h0, h1) == Arrangement(None)


@pytest.mark.parametrize("to", [torch.float16, torch.bfloat16])
def test_copies_of_few_digits_are_copies_where_they_are_more_than_chance_makes(to: torch.dtype) -> None:
    h0, h1 = (np.tile(rounded(h, to), (2, 1)) for h in worlds.ornstein_uhlenbeck(5_000, 3, 0.9, rng()))
    found = asked(h0, h1)
    assert 5_000 <= found.repeated <= 5_001
    assert found.linked == 0


@pytest.mark.parametrize("to", [torch.float16, torch.float64])
def test_a_trajectory_of_few_digits_is_put_together_again(to: torch.dtype) -> None:
    h0, h1 = (rounded(h, to) for h in worlds.chain(5_000, 3, 0.9, rng()))
    order = rng(1).permutation(5_000)
    found = asked(h0[order], h1[order])
    assert found.order is not None
    assert found.linked == 4_999
    steps = order[found.order]
    assert (np.diff(steps) == 1).mean() > 0.99


def test_branches_of_one_state_are_no_coincidence() -> None:
    """Two successors of each state: rows that share their `h` agree in nothing by halves."""
    z = rng().standard_normal((1_000, 2))
    assert not coarse(np.tile(z, (2, 1)))
    h0 = np.concatenate((z[:-1], z[:-1]))
    h1 = np.concatenate((z[1:], rng(1).standard_normal((999, 2))))
    assert asked(h0, h1).linked == 998


def test_rows_are_coarse_that_agree_in_all_coordinates_but_the_last_as_often_as_in_all() -> None:
    grid = np.array([[a, b] for a in range(5) for b in range(5)], dtype=np.float64)
    assert coarse(grid)
    assert coarse(np.tile(grid, (2, 1)))
    assert not coarse(np.diag(np.arange(1.0, 9)))
    near = np.array([[0.0, 1], [0, 2], [3, 3], [4, 4], [5, 5]])
    assert coarse(near)
    assert coarse(near[[0, 1, 2, 2, 3, 3]])  # two agree by half, two are equal to another
    assert not coarse(near[[0, 1, 2, 2, 3, 3, 4, 4]])
    assert coarse(np.arange(5.0)[:, None])


@pytest.mark.parametrize(("links", "told"), [(9, 0), (10, 10), (11, 11)])
def test_links_of_less_than_a_hundredth_of_the_rows_tell_no_order(links: int, told: int) -> None:
    words = rng().integers(-(2**62), 2**62, 2_000)
    first, second = words[:1_000], words[1_000:].copy()
    second[:links] = first[500 : 500 + links]
    found = arrange(first, second)
    assert (found.linked, found.repeated, found.order) == (told, 0, None)


# Pieces of trajectories


def runs(times: np.ndarray) -> list[int]:
    """How many times in order follow each other without a gap, in order of size."""
    found = [1]
    for before, after in pairwise(times):
        if after == before + 1:
            found[-1] += 1
        else:
            found.append(1)
    return sorted(found)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_random_rows_of_a_trajectory_are_pieces(share: float) -> None:
    h0, h1 = worlds.chain(4_000, 2, 0.9, rng())
    some = rng(1).permutation(4_000)[: int(4_000 * share)]
    found = arranged(h0[some], h1[some])
    assert found.lag == 0
    assert found.pieces is not None
    assert sorted(found.pieces) == runs(np.sort(some))
    assert found.linked == len(some) - len(found.pieces)
    assert found.order is not None
    starts = np.cumsum(found.pieces) - found.pieces
    times = some[found.order]
    for start, length in zip(starts, found.pieces, strict=True):
        assert (np.diff(times[start : start + length]) == 1).all()
    in_order = np.sort(some)
    assert arranged(h0[in_order], h1[in_order]).pieces is None


@pytest.mark.parametrize(("turns", "size", "share"), [(1, 20, 1.0), (1, 20, 0.5), (1, 50, 0.3), (4, 400, 1.0)])
def test_stretches_of_a_trajectory_in_another_order_are_pieces(turns: int, size: int, share: float) -> None:
    """Nearly all links lead to the next row, or equally far, but the ends of stretches lead on elsewhere."""
    steps = np.stack([worlds.walk(8_000 // turns + 1, 2, 0.9, rng(k)) for k in range(turns)], 1)
    h0, h1 = steps[:-1].reshape(-1, 2), steps[1:].reshape(-1, 2)
    stretches = np.arange(8_000).reshape(-1, size)
    some = rng(9).permutation(len(stretches))[: int(share * len(stretches))]
    rows = stretches[some].ravel()
    found = arranged(h0[rows], h1[rows])
    assert (found.lag, found.together) == (0, None)
    assert found.pieces is not None
    expected = [np.sort(rows[rows % turns == k]) // turns for k in range(turns)]
    assert sorted(found.pieces) == sorted(length for times in expected for length in runs(times))


def test_stretches_in_the_order_of_time_stay_also_where_trajectories_take_turns() -> None:
    """Every 50th step of all four is missing: the rows of each go on from before the gap to behind it."""
    steps = np.stack([worlds.walk(1_001, 2, 0.9, rng(k)) for k in range(4)], 1)
    kept = np.flatnonzero(np.arange(1_000) % 50)
    h0, h1 = steps[:-1][kept].reshape(-1, 2), steps[1:][kept].reshape(-1, 2)
    found = arranged(h0, h1)
    assert (found.order, found.lag, found.pieces) == (None, 4, None)
    assert found.together is not None
    assert found.together.tolist() == [4 * t + k for k in range(4) for t in range(980)]


def test_a_link_to_where_another_piece_begins_leads_on() -> None:
    """Two pieces of 6 rows: the second goes on with the first, or each comes round to itself."""
    words = np.arange(13) + 100
    first = np.concatenate((words[6:12], words[:6]))
    found = arrange(first, first + 1)
    assert (found.linked, found.lag) == (11, 0)
    assert found.order is not None
    assert found.order.tolist() == [*range(6, 12), *range(6)]
    assert found.pieces is not None
    assert found.pieces.tolist() == [12]
    round_ = np.where(np.arange(12) % 6 == 5, first - 5, first + 1)
    assert arrange(first, round_).pieces is not None  # two of twelve links are not to the next row
    apart = arrange(first, np.where(first == 105, 999, first + 1))
    assert (apart.lag, apart.pieces) == (1, None)


@pytest.mark.parametrize("to", [torch.float16, torch.bfloat16])
def test_ends_of_pieces_in_order_that_lead_on_by_chance_do_not_count(to: torch.dtype) -> None:
    h0, h1 = (rounded(h, to) for h in worlds.chain(20_000, 2, 0.9, rng()))
    kept = np.flatnonzero(rng(1).random(20_000) < 0.5)
    found = asked(h0[kept], h1[kept])
    assert (found.order, found.pieces, found.stray) == (None, None, 0)


def test_links_that_are_too_few_to_tell_an_order_are_counted_where_they_lead_elsewhere() -> None:
    h0, h1 = worlds.chain(400_000, 2, 0.9, rng())
    some = rng(1).permutation(400_000)[:2_000]
    found = arranged(h0[some], h1[some])
    assert (found.order, found.linked) == (None, 0)
    assert found.stray == 2_000 - len(runs(np.sort(some))) > 0
    in_order = np.sort(some)
    assert arranged(h0[in_order], h1[in_order]) == Arrangement(None)


def test_few_links_of_few_digits_are_chance() -> None:
    for seed in range(20):
        h0, h1 = (rounded(h, torch.float16) for h in worlds.ornstein_uhlenbeck(5_000, 2, 0.9, rng(seed)))
        assert asked(h0, h1) == Arrangement(None)


def test_rows_that_are_told_stay_with_their_trajectory_in_another_order() -> None:
    """Two trajectories that lead into each other, in a random order."""
    h0, h1 = worlds.chain(200, 2, 0.9, rng())
    order = rng(1).permutation(200)
    names = order // 50 % 2
    found = arranged(h0[order], h1[order], names)
    assert found.order is not None
    assert names[found.order].tolist() == [0] * 100 + [1] * 100
    assert found.pieces is not None
    assert found.pieces.tolist() == [50] * 4
    assert found.told == 100


def test_the_length_of_a_trajectory_in_the_mean_over_rows() -> None:
    assert mean_over_rows(np.array([4, 7, 7, 7, 9, 9])) == pytest.approx((1 + 9 + 4) / 6)
    assert arranged(*worlds.ornstein_uhlenbeck(60, 2, 0.9, rng()), np.arange(60) // 20).told == 20
    assert arranged(*worlds.ornstein_uhlenbeck(60, 2, 0.9, rng())).told == 0


def test_trajectories_that_are_told_may_lead_on_to_each_other_in_any_order() -> None:
    """Eight parts of one, of several lengths, in the order of their names."""
    h0, h1 = worlds.chain(800, 2, 0.9, rng())
    names = np.repeat([3, 1, 4, 0, 5, 7, 2, 6], [90, 110, 80, 120, 70, 130, 60, 140])
    found = arranged(h0, h1, names)
    assert (found.linked, found.lag, found.pieces) == (792, 1, None)
    assert found.order is not None
    assert found.order.tolist() == np.argsort(names, kind="stable").tolist()

"""Copies, and trajectories put together again from equal numbers."""

import math
import struct

import numpy as np
import pytest
import torch
from lejepa.certification import worlds
from lejepa.certification.rows import Arrangement, arrange, hashed, shifted
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


def test_words_are_shifted_without_their_sign() -> None:
    some = [0, 1, -1, 2**62, -(2**63), -(2**62) - 12345, 2**63 - 1]
    for by in (1, 29, 31, 63):
        assert shifted(torch.tensor(some), by).tolist() == [x % 2**64 >> by for x in some]


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

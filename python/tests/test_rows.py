"""Copies, and trajectories put together again from equal numbers."""

import numpy as np
import pytest
import torch
from lejepa.certification import worlds
from lejepa.certification.rows import Arrangement, arrange, hashed
from scipy import stats


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


def test_rows_are_multiplied_by_odd_numbers_of_64_bits() -> None:
    """The least float has the bits 1, and its hash is the factor of its column, mixed by steps that can be undone.

    `x ^ (x >> 31)` is the same for `x` and `~x`, of which one is odd.
    """
    inverse = pow(-7046029254386353131, -1, 2**64)
    mixed = [int(x) * inverse % 2**64 for x in hashed(5e-324 * torch.eye(2_000, dtype=torch.float64))]
    positive = [x ^ (x >> 31) ^ (x >> 62) for x in mixed]
    factors = np.array([x if x % 2 else ~x for x in positive], dtype=np.int64)
    assert stats.kstest(factors / 2**63, stats.uniform(-1, 2).cdf).pvalue > 1e-6


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

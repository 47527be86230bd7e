"""Worlds with any drift: facts against NumPy, and against what is known of them."""

from typing import Any

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from lejepa.exact.drifts import (
    FiniteWorld,
    GaussianWorld,
    blocks,
    choice,
    cycle,
    forgetful,
    frozen,
    has_no_negative_eigenvalue,
)
from lejepa.exact.hermite import precision


def number(x: Any) -> float:
    return float(x.p) / float(x.q)


@pytest.mark.parametrize("seed", range(8))
def test_signs_of_eigenvalues_agree_with_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.integers(-3, 4, (4, 3))
    gram = root @ root.T  # singular
    for shift in (0, 1, -1):
        m = gram + shift * np.outer(root[:, 0], root[:, 0]) * 2
        expected = np.linalg.eigvalsh(m).min() > -1e-9
        assert has_no_negative_eigenvalue(fmpq_mat([[fmpq(int(x)) for x in row] for row in m])) == expected


def pair_matrix(world: FiniteWorld) -> tuple[np.ndarray, np.ndarray]:
    points = sorted({x for pair in world.joint for x in pair})
    joint = np.array([[number(world.joint.get((z, y), fmpq(0))) for y in points] for z in points])
    return np.array([number(x) for x in points]), joint


@pytest.mark.parametrize(
    ("world", "reversible", "best"),
    [
        (blocks(fmpq(1), fmpq(1)), True, False),
        (blocks(fmpq(2), fmpq(3)), True, False),
        (blocks(fmpq(1), fmpq(3), swap=True), True, False),
        (blocks(fmpq(2), fmpq(3), swap=True), False, False),
        (frozen(fmpq(1)), True, True),
        (forgetful(fmpq(2)), True, True),
        (cycle(), False, True),
    ],
)
def test_facts_of_finite_worlds_agree_with_numpy(world: FiniteWorld, reversible: bool, best: bool) -> None:
    z, joint = pair_matrix(world)
    law = joint.sum(1)
    assert world.is_reversible == np.allclose(joint, joint.T) == reversible
    assert number(world.mean) == pytest.approx(law @ z)
    assert number(world.second) == pytest.approx(law @ z**2)
    assert number(world.product) == pytest.approx(z @ joint @ z)
    for x in world.points:
        row = joint[list(z).index(number(x))]
        assert number(world.conditional_mean(x)) == pytest.approx(row @ z / row.sum())
    # the least alignment of a function of mean 0 and variance 1, of those of positive variance
    step = np.diag(joint.sum(0)) + np.diag(law) - joint - joint.T
    still = np.diag(law) - np.outer(law, law)
    kept = law > 0
    values, vectors = np.linalg.eigh(still[np.ix_(kept, kept)])
    root = vectors[:, values > 1e-12] / np.sqrt(values[values > 1e-12])
    least = np.linalg.eigvalsh(root.T @ step[np.ix_(kept, kept)] @ root).min()
    identity = ((z[None] - z[:, None]) ** 2 * joint).sum()
    if kept.all():
        assert (identity <= least + 1e-12) == best
    assert world.is_identity_best == best


def test_gaussian_worlds() -> None:
    with precision(30):
        world = GaussianWorld(fmpq(1, 2), fmpq(3, 5), fmpq(4, 5))
        assert (world.mean, world.second, world.product) == (fmpq(3, 5), 1, fmpq(9, 25) + fmpq(8, 25))
        mean = world.conditional_mean(fmpq(2))  # of z', which is Gaussian: c + ρ (z - c)
        assert mean.contains(fmpq(3, 5) + fmpq(1, 2) * (2 - fmpq(3, 5)))
        assert mean.rad() < 1e-20
        assert world.is_reversible
        assert GaussianWorld(fmpq(1, 100)).is_identity_best
        assert not GaussianWorld(fmpq(-1, 100)).is_identity_best
        assert choice("blocks", [fmpq(2), fmpq(3)]).second == 1

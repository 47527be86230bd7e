"""Worlds with any drift: facts against NumPy, and against what is known of them."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq, fmpq_mat
from lejepa.exact import drifts
from lejepa.exact.drifts import (
    NONE,
    ONE,
    FiniteWorld,
    GaussianWorld,
    blocks,
    choice,
    cycle,
    forgetful,
    frozen,
    has_no_negative_eigenvalue,
    two_points,
)
from lejepa.exact.hermite import Growth, precision


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


def test_signs_of_eigenvalues_where_pivots_vanish() -> None:
    """Of all symmetric 3 × 3 matrices of the numbers -1, 0, 1, against NumPy."""
    for a, b, c, d, e, f in product((-1, 0, 1), repeat=6):
        m = [[a, b, c], [b, d, e], [c, e, f]]
        assert has_no_negative_eigenvalue(fmpq_mat(m)) == (np.linalg.eigvalsh(m).min() > -1e-9), m
    assert not has_no_negative_eigenvalue(fmpq_mat([[0, 1], [1, 5]]))
    assert has_no_negative_eigenvalue(fmpq_mat([[fmpq(1, 3)]]))


THIRD = fmpq(1, 3)
WORLDS = {
    "kept": blocks(fmpq(2), fmpq(3)),
    "swapped": blocks(fmpq(2), fmpq(3), swap=True),
    "cycle": cycle(),
    "forgetful": forgetful(fmpq(3)),
    # it leads out of its points, and to one of them by two ways
    "out": FiniteWorld(
        (fmpq(0), fmpq(1)), (THIRD, 1 - THIRD), (fmpq(1), fmpq(2)), ((fmpq(0), fmpq(1, 4)), (fmpq(-1), fmpq(3, 4)))
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_the_identity_is_best_where_a_matrix_has_no_negative_eigenvalue(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`𝔼 (φ(z') - φ(z)) (φ(z') - φ(z))ᵀ - a Cov φ(z)` of the indicators `φ` of points."""
    world = WORLDS[name]
    z, joint = pair_matrix(world)
    law = joint.sum(1)
    step = ((z[None] - z[:, None]) ** 2 * joint).sum()
    moving = np.diag(joint.sum(0)) + np.diag(law) - joint - joint.T
    asked: list[fmpq_mat] = []
    monkeypatch.setattr(drifts, "has_no_negative_eigenvalue", asked.append)
    assert world.is_identity_best is None
    found = np.array([[number(x) for x in row] for row in asked[0].tolist()])
    np.testing.assert_allclose(found, moving - step * (np.diag(law) - np.outer(law, law)), atol=1e-12)


def test_the_joint_law_adds_up_what_leads_to_one_place() -> None:
    assert WORLDS["out"].joint == {
        (fmpq(0), fmpq(1)): fmpq(1, 12),
        (fmpq(0), fmpq(0)): fmpq(1, 4),
        (fmpq(1), fmpq(2)): fmpq(1, 6),
        (fmpq(1), fmpq(1)): fmpq(1, 2),
    }
    twice = FiniteWorld((ONE, ONE), (THIRD, 1 - THIRD), (NONE, NONE), ((ONE, THIRD), (ONE, 1 - THIRD)))
    assert twice.joint == {(ONE, ONE): 1}


def test_what_has_no_chance_is_no_noise_and_breaks_no_symmetry() -> None:
    two = ((NONE, ONE), (ONE, NONE))
    world = FiniteWorld((ONE, -ONE), (ONE, NONE), (ONE, ONE), two)
    assert not world.is_noisy
    assert world.is_reversible  # from 1 to 2 with chance 0, and never from 2
    assert not frozen(ONE).is_noisy
    assert blocks(ONE, ONE).is_noisy
    assert WORLDS["out"].is_noisy
    assert not WORLDS["out"].is_reversible


@pytest.mark.parametrize("name", WORLDS)
def test_characteristic_functions_of_finite_worlds(name: str) -> None:
    world = WORLDS[name]
    weights, points = ([number(x) for x in values] for values in (world.weights, world.points))
    for t in (fmpq(1, 2), fmpq(3)):
        assert float(world.cosine(t).mid()) == pytest.approx(np.dot(weights, np.cos(number(t) * np.array(points))))
        assert world.cosine(t).rad() < 1e-12


@pytest.mark.parametrize("t", [ONE, fmpq(2), fmpq(1, 3)])
def test_two_points_of_mean_0_and_variance_1_and_their_skewness(t: fmpq) -> None:
    law = two_points(t)
    assert [sum(p * x**k for x, p in law) for k in range(4)] == [1, 0, 1, t - 1 / t]


@pytest.mark.parametrize("swap", [False, True])
def test_blocks_and_places_are_independent(swap: bool) -> None:
    """Moments of `4/5 b + 3/5 s`; a block that is kept is seen again, one that is swapped is seen as the other."""
    t, u = fmpq(2), fmpq(3)
    world = blocks(t, u, swap)
    assert (world.expect(lambda z, y: ONE), world.mean, world.second) == (1, 0, 1)
    assert world.expect(lambda z, y: z**3) == fmpq(64, 125) * (t - 1 / t) + fmpq(27, 125) * (u - 1 / u)
    other = {t: -1 / t, -1 / t: t}
    assert world.product == fmpq(16, 25) * sum(p * b * (other[b] if swap else b) for b, p in two_points(t))
    mean = world.expect(lambda z, y: y)
    assert mean == (fmpq(4, 5) * sum(p * other[b] for b, p in two_points(t)) if swap else 0)
    cube = world.expect(lambda z, y: (y - z) ** 3)
    three = {False: fmpq(0), True: sum(p * (other[b] - b) ** 3 for b, p in two_points(t))}[swap]
    # the places before and after have the same skewness, so of their difference none is left
    assert cube == fmpq(64, 125) * three + 3 * fmpq(4, 5) * fmpq(9, 25) * 2 * (mean * fmpq(5, 4))
    assert world == choice("swapped blocks" if swap else "blocks", [t, u])
    assert blocks(t, u) == blocks(t, u, False)


def test_a_frozen_a_forgetful_and_a_cyclic_world() -> None:
    t = fmpq(3, 2)
    still = frozen(t)
    assert [still.expect(lambda z, y, k=k: z**k) for k in range(5)] == [
        1, 0, t**2, 0, t**4 * fmpq(625, 256) * fmpq(32, 50)
    ]  # fmt: skip
    assert all(z == y for z, y in still.joint)
    assert still == choice("frozen", [t])
    lost = forgetful(t)
    assert (lost.mean, lost.second, lost.product) == (0, 1, 0)
    assert [lost.expect(lambda z, y, k=k: y**k) for k in (1, 2, 3)] == [0, 1, t - 1 / t]
    assert lost == choice("forgetful", [t])
    turning = cycle()
    assert [turning.expect(lambda z, y, k=k: z**k) for k in range(4)] == [1, 0, 1, 0]
    place = turning.points[0]
    for after in (fmpq(1, 5), fmpq(-7, 5), fmpq(-1, 5), fmpq(7, 5)):
        place = turning.conditional_mean(place)
        assert place == after
    assert turning == choice("cycle", [])
    assert choice("gaussian", [THIRD]) == GaussianWorld(THIRD, NONE, ONE)


@pytest.mark.parametrize(("rho", "centre", "deviation"), [(THIRD, fmpq(3, 5), fmpq(4, 5)), (fmpq(-1, 2), ONE, fmpq(2))])
def test_the_gaussian_pair_has_its_moments(rho: fmpq, centre: fmpq, deviation: fmpq) -> None:
    world = GaussianWorld(rho, centre, deviation)
    made, square = world.world, deviation**2
    assert (world.mean, world.second, world.product) == (centre, centre**2 + square, centre**2 + rho * square)
    assert (made.after((1,)), made.after((2,))) == (world.mean, world.second)
    assert made.after((4,)) == centre**4 + 6 * centre**2 * square + 3 * square**2
    assert made.cross((2,), (2,)) == square**2 * (1 + 2 * rho**2) + 2 * centre**2 * square * (1 + 2 * rho) + centre**4
    assert world.is_noisy
    assert not GaussianWorld(-ONE, centre, deviation).is_noisy
    with precision(30):
        for t in (fmpq(1, 2), fmpq(2)):
            expected = (-(arb(t * deviation) ** 2) / 2).exp() * arb(t * centre).cos()
            assert world.cosine(t).overlaps(expected)
            assert world.cosine(t).rad() < 1e-20
        for z in (fmpq(-1), fmpq(2)):
            assert world.conditional_mean(z).contains(centre + rho * (z - centre))


def test_a_pair_is_reversible_if_its_moments_to_order_4_are_symmetric() -> None:
    for a, b in ((1, 0), (4, 0), (4, 3), (3, 2), (5, 0), (5, 4)):
        world = GaussianWorld(THIRD)
        known = {((a,), (b,)): 7}
        world.__dict__["world"] = SimpleNamespace(cross=lambda e, f, known=known: known.get((e, f), 1))
        assert world.is_reversible == (a == 5)


def test_what_competes_with_the_identity_of_the_gaussian_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powers up to the sixth, by Gauss–Hermite quadrature of the pair."""
    asked: list[fmpq_mat] = []
    monkeypatch.setattr(drifts, "has_no_negative_eigenvalue", asked.append)
    assert GaussianWorld(fmpq(3, 5)).is_identity_best is None
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = np.outer(weights, weights) / weights.sum() ** 2
    z, y = np.broadcast_to(nodes[:, None], (12, 12)), 0.6 * nodes[:, None] + 0.8 * nodes[None, :]
    powers = range(1, 7)
    step = np.array([[(weights * (y**a - z**a) * (y**b - z**b)).sum() for b in powers] for a in powers])
    means = np.array([(weights * z**a).sum() for a in powers])
    still = np.array([[(weights * z ** (a + b)).sum() for b in powers] for a in powers]) - np.outer(means, means)
    found = np.array([[number(x) for x in row] for row in asked[0].tolist()])
    np.testing.assert_allclose(found, step - 0.8 * still, rtol=1e-9, atol=1e-9)


def test_integrands_of_the_gaussian_world_are_within_the_growth_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, Growth]] = []

    def integral(f: Any, growth: Growth) -> Any:
        asked.append((f, growth))
        return arb(1)

    monkeypatch.setattr(drifts, "gaussian_integral", integral)
    for rho in (fmpq(0), fmpq(9, 10), fmpq(-1, 2)):
        world = GaussianWorld(rho, fmpq(3, 5), fmpq(4, 5))
        world.cosine(fmpq(2))
        world.conditional_mean(fmpq(1))
    assert len(asked) == 9
    for f, growth in asked:
        for x in (0, 1, -1, 3, -8, 40):
            assert abs(f(arb(x))) <= growth.at(x) * (1 + arb(10) ** -12)

"""Linear worlds by exact moments: against sampling, quadrature on a grid, and closed forms of linear encoders."""

from itertools import product
from math import prod

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from lejepa.exact.hermite import multi_indices
from lejepa.exact.linear import LinearWorld, gaussian, identity, is_positive, matrix
from lejepa.exact.pairs import Pair
from lejepa.exact.polynomials import combine

MEMORY, ACTION = [["1/2", "1/3"], ["-1/5", "2/5"]], [["1/4"], ["1/3"]]
WORLD = LinearWorld.of(MEMORY, ACTION)
M, B = np.array([[1 / 2, 1 / 3], [-1 / 5, 2 / 5]]), np.array([[1 / 4], [1 / 3]])
G = M @ M.T + B @ B.T


def floats(m: fmpq_mat) -> np.ndarray:
    return np.array([[float(x.p) / float(x.q) for x in row] for row in m.tolist()])


def by_quadrature(f, root: np.ndarray) -> float:  # type: ignore[no-untyped-def]
    """The mean of `f` of `root · x`, `x` standard Gaussian, by Gauss–Hermite quadrature that is exact to degree 15."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    total = 0.0
    for index in product(range(8), repeat=root.shape[1]):
        total += prod(weights[i] for i in index) * f(root @ nodes[list(index)])
    return total


def test_moments_of_a_gaussian_vector() -> None:
    covariance = matrix([["2", "1/2"], ["1/2", "1"]])
    moment, root = gaussian(covariance), np.linalg.cholesky(floats(covariance))
    for e in multi_indices(2, 6):
        exact = moment(e)
        assert float(exact.p) / float(exact.q) == pytest.approx(by_quadrature(lambda x, e=e: prod(x**e), root))


def test_what_is_explained() -> None:
    assert floats(WORLD.explained) == pytest.approx(G)
    assert WORLD.is_stationary
    assert not LinearWorld.of([["3/2"]]).is_stationary
    assert not LinearWorld.of([["1/2"]], noise=[["1/2"]]).is_stationary


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_positive_matrices(shift: int) -> None:
    """`[[1, 1], [1, 1]]` has the eigenvalues 0 and 2."""
    m = matrix([["1", "1"], ["1", "1"]]) + fmpq(shift, 1000) * identity(2)
    assert is_positive(m) == (shift >= 0)
    assert is_positive(m, strictly=True) == (shift > 0)


def test_alignment_and_loss_of_linear_encoders() -> None:
    """For `h = A z` they are `2 tr A (1 - M) Aᵀ` and, with the mean as predictor, `tr A (1 - G) Aᵀ`."""
    a = np.array([[1.0, 2.0], [0.5, -1.0]])
    pair = Pair(MEMORY, ACTION, {"expansions": [{"1 0": "1", "0 1": "2"}, {"1 0": "1/2", "0 1": "-1"}]})
    aligned = pair.world.alignment(pair.encoder.outputs)
    assert float(aligned.p) / float(aligned.q) == pytest.approx(2 * np.trace(a @ (np.eye(2) - M) @ a.T))
    assert float(pair.loss.p) / float(pair.loss.q) == pytest.approx(np.trace(a @ (np.eye(2) - G) @ a.T))
    off = Pair(MEMORY, ACTION, {"expansions": [{"1 0": "1"}]}, off="1/2")
    assert off.loss - Pair(MEMORY, ACTION, {"expansions": [{"1 0": "1"}]}).loss == fmpq(3, 4)  # 𝔼 z⁴ / 4


def test_the_step_of_a_curved_function() -> None:
    """`𝔼[(z'₁² z'₂) | z, a]` at points, by quadrature over the noise."""
    step = WORLD.step({(2, 1): fmpq(1)})
    root = np.linalg.cholesky(np.eye(2) - G)
    for point in ([0.3, -1.2, 0.7], [1.0, 0.0, -2.0]):
        drift = M @ point[:2] + B @ point[2:]
        expected = by_quadrature(lambda x, d=drift: (d + x)[0] ** 2 * (d + x)[1], root)
        value = sum(float(c.p) / float(c.q) * prod(np.array(point) ** e) for e, c in step.items())
        assert value == pytest.approx(expected)


def test_siblings_share_state_and_action() -> None:
    """`𝔼 f(z') f(z'')` is the mean of the squared step, for products of Hermite polynomials."""
    for alpha in ((1, 0), (0, 2), (1, 1), (2, 1)):
        f = combine({alpha: fmpq(1)})
        step = WORLD.step(f)
        squared: dict[tuple[int, ...], fmpq] = {}
        for (e, x), (g, y) in product(step.items(), repeat=2):
            key = tuple(i + j for i, j in zip(e, g, strict=True))
            squared[key] = squared.get(key, fmpq(0)) + x * y
        assert WORLD.mean(after=f, again=f) == WORLD.mean(context=squared)
        assert WORLD.siblings([f]) == WORLD.mean(after=f, again=f)


def test_a_correlation_beyond_one_has_no_noise() -> None:
    world = LinearWorld.remembering([fmpq(2)])
    assert world.alignment([{(1,): fmpq(1)}]) == 1  # 𝔼 (2 z - z)²
    assert not world.is_stationary


def test_the_distance_from_the_dynamics() -> None:
    turn = [[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]]
    pair = Pair(MEMORY, ACTION, {"expansions": [{"1 0": "3/5", "0 1": "-4/5"}, {"1 0": "4/5", "0 1": "3/5"}]})
    assert pair.is_white
    assert pair.is_world
    assert pair.from_dynamics(turn) == 0
    other = pair.from_dynamics([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]])
    q = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert float(other.p) / float(other.q) == pytest.approx(np.trace((q - np.eye(2)) @ G @ (q - np.eye(2)).T))
    assert not Pair(MEMORY, ACTION, {"expansions": [{"1 0": "1"}, {"0 1": "1"}]}, off="1/9").is_world


def test_alignment_of_linear_encoders() -> None:
    """For `h = A z` it is `2 tr A (1 - M) Aᵀ`."""
    a = np.array([[1.0, 2.0], [0.5, -1.0]])
    h = [combine({(1, 0): fmpq(1), (0, 1): fmpq(2)}), combine({(1, 0): fmpq(1, 2), (0, 1): fmpq(-1)})]
    aligned = WORLD.alignment(h)
    assert float(aligned.p) / float(aligned.q) == pytest.approx(2 * np.trace(a @ (np.eye(2) - M) @ a.T))


def test_the_action_is_seen_in_the_successor() -> None:
    """`𝔼 a z'_i` is `B`, and `𝔼 z_j z'_i` is `M`."""
    for i in range(2):
        after = {tuple(int(k == i) for k in range(2)): fmpq(1)}
        act = WORLD.mean(context={(0, 0, 1): fmpq(1)}, after=after)
        assert float(act.p) / float(act.q) == pytest.approx(B[i, 0])
        for j in range(2):
            now = WORLD.mean(now={tuple(int(k == j) for k in range(2)): fmpq(1)}, after=after)
            assert float(now.p) / float(now.q) == pytest.approx(M[i, j])

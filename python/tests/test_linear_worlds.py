"""Linear worlds by exact moments: against sampling, quadrature on a grid, and closed forms of linear encoders."""

from itertools import product
from math import prod

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from lejepa.exact import pairs
from lejepa.exact.hermite import multi_indices
from lejepa.exact.linear import LinearWorld, diagonal, gaussian, identity, is_positive, matrix, trace
from lejepa.exact.pairs import Pair, distance
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


# Facts of matrices, against NumPy's eigenvalues


def number(x: fmpq) -> float:
    return float(fmpq(x).p) / float(fmpq(x).q)


def test_positive_matrices_are_those_of_numpy() -> None:
    """All symmetric 3 × 3 matrices of the numbers -1, 0, 2, and those of no rows."""
    for a, b, c, d, e, f in product((-1, 0, 2), repeat=6):
        rows = [[a, b, c], [b, d, e], [c, e, f]]
        least = np.linalg.eigvalsh(rows).min()
        assert is_positive(fmpq_mat(rows)) == (least > -1e-9)
        assert is_positive(fmpq_mat(rows), strictly=True) == (least > 1e-9)
    assert is_positive(fmpq_mat(0, 0))


def test_matrices_of_rows_and_of_none() -> None:
    m = matrix([["1/2", 3], ["-1", "0"]], 7)
    assert m.tolist() == [[fmpq(1, 2), 3], [-1, 0]]
    assert [(x.nrows(), x.ncols()) for x in (matrix([]), matrix([], 3), identity(0))] == [(0, 0), (0, 3), (0, 0)]
    assert identity(2).tolist() == [[1, 0], [0, 1]]
    assert diagonal([fmpq(2), fmpq(1, 3)]).tolist() == [[2, 0], [0, fmpq(1, 3)]]
    assert trace(matrix([["1/2", "5"], ["7", "1/3"]])) == fmpq(5, 6)
    none = LinearWorld.of([])
    assert (none.n, none.k) == (0, 0)
    assert none.is_stationary
    assert none.mean() == 1


@pytest.mark.parametrize("side", [-1, 1])
def test_inequalities_hold_up_to_eigenvalues(side: int) -> None:
    """A little below and above the least and the greatest."""
    eps = side * 1e-6
    greatest = np.linalg.norm(M, 2) ** 2
    least = np.linalg.eigvalsh((M + M.T) / 2).min()
    bottom, top = np.linalg.eigvalsh(G)[[0, -1]]

    def near(x: float) -> fmpq:
        return fmpq(round(1e12 * (x + eps)), 10**12)

    assert WORLD.contracts(near(greatest)) == (side > 0)
    assert WORLD.keeps(near(least)) == WORLD.keeps(near(least), strictly=True) == (side < 0)
    assert WORLD.explains_at_most(near(top)) == (side > 0)
    assert WORLD.explains_at_least(near(bottom)) == WORLD.explains_at_least(near(bottom), strictly=True) == (side < 0)


def test_at_an_eigenvalue_no_inequality_is_strict() -> None:
    world = LinearWorld.remembering([fmpq(1, 2), fmpq(1, 3)])
    assert world.contracts(fmpq(1, 4))
    assert world.keeps(fmpq(1, 3))
    assert not world.keeps(fmpq(1, 3), strictly=True)
    assert world.explains_at_most(fmpq(1, 4))
    assert world.explains_at_least(fmpq(1, 9))
    assert not world.explains_at_least(fmpq(1, 9), strictly=True)
    assert world.is_stationary
    assert world.k == 0
    assert LinearWorld.remembering([fmpq(1, 2), fmpq(2)]).noise.tolist() == [[fmpq(3, 4), 0], [0, 0]]


def test_noise_must_be_positive_and_fill_up_what_is_not_explained() -> None:
    assert LinearWorld.of([["1/2"]], noise=[["3/4"]]).is_stationary
    assert not LinearWorld.of([["1/2"]], noise=[["1"]]).is_stationary
    grown = LinearWorld.of([["3/2"]])
    assert grown.explained + grown.noise == identity(1)  # and yet of no noise
    assert not grown.is_stationary


# Means over the joint law, by quadrature

OTHER = LinearWorld.of(MEMORY, ACTION, [["1/2", "1/5"], ["1/5", "1/3"]])  # not stationary
NOISE = np.array([[1 / 2, 1 / 5], [1 / 5, 1 / 3]])


def joint(world: LinearWorld, noise: np.ndarray) -> np.ndarray:
    """The root of the covariance of `(z, a, z', z'')`."""
    zero = np.zeros((2, 2))
    root = np.linalg.cholesky(noise)
    return np.block([
        [np.eye(2), np.zeros((2, 1)), zero, zero],
        [np.zeros((1, 2)), np.eye(1), np.zeros((1, 4))],
        [M, B, root, zero],
        [M, B, zero, root],
    ])  # fmt: skip


@pytest.mark.parametrize(("world", "noise"), [(WORLD, np.eye(2) - G), (OTHER, NOISE)], ids=["stationary", "another"])
def test_covariances_of_the_state_the_action_and_both_successors(world: LinearWorld, noise: np.ndarray) -> None:
    root = joint(world, noise)
    expected = root @ root.T
    for i, j in product(range(7), repeat=2):
        e = tuple(int(k == i) + int(k == j) for k in range(7))
        assert number(world.moment(e)) == pytest.approx(expected[i, j])


def value(f, z: np.ndarray) -> float:  # type: ignore[no-untyped-def]
    return float(sum(number(c) * prod(z**e) for e, c in f.items()))


X, W = np.polynomial.hermite_e.hermegauss(3)  # exact to degree 5
GRID = np.stack(np.meshgrid(*[X] * 7, indexing="ij"), -1).reshape(-1, 7)
WEIGHTS = np.prod(np.stack(np.meshgrid(*[W / W.sum()] * 7, indexing="ij"), -1).reshape(-1, 7), axis=1)
FUNCTIONS = [{(0, 0): fmpq(2), (1, 0): fmpq(1), (1, 1): fmpq(-1, 2)}, {(0, 1): fmpq(3), (0, 2): fmpq(1)}]


def values(f, z: np.ndarray) -> np.ndarray:  # type: ignore[no-untyped-def]
    return sum((number(c) * np.prod(z ** np.array(e), axis=1) for e, c in f.items()), np.zeros(len(z)))


@pytest.mark.parametrize(("world", "noise"), [(WORLD, np.eye(2) - G), (OTHER, NOISE)], ids=["stationary", "another"])
def test_means_over_states_actions_and_successors(world: LinearWorld, noise: np.ndarray) -> None:
    points = GRID @ joint(world, noise).T
    z, context, after, again = points[:, :2], points[:, :3], points[:, 3:5], points[:, 5:]
    f, g = FUNCTIONS
    of = {name: (values(f, x), values(g, x)) for name, x in (("now", z), ("after", after), ("again", again))}
    h = {(1, 0, 1): fmpq(2), (0, 1, 0): fmpq(1, 3), (0, 0, 2): fmpq(-1)}
    p = {(0, 0, 0): fmpq(1), (1, 0, 0): fmpq(1, 2), (0, 0, 1): fmpq(-1, 4)}
    assert number(world.mean(after=f, context=h)) == pytest.approx(WEIGHTS @ (of["after"][0] * values(h, context)))
    assert number(world.mean(now=f, again=g)) == pytest.approx(WEIGHTS @ (of["now"][0] * of["again"][1]))
    assert number(world.siblings([f, g])) == pytest.approx(
        WEIGHTS @ sum(a * b for a, b in zip(of["after"], of["again"], strict=True))
    )
    steps = [b - a for a, b in zip(of["now"], of["after"], strict=True)]
    assert number(world.alignment([f, g])) == pytest.approx(WEIGHTS @ (steps[0] ** 2 + steps[1] ** 2))
    loss = WEIGHTS @ ((of["after"][0] - values(p, context)) ** 2 + (of["after"][1] - values(h, context)) ** 2)
    assert number(world.loss([f, g], [p, h])) == pytest.approx(loss)
    for between in ("now", "again"):
        span = world.span([f, g], between)
        apart = [b - a for a, b in zip(of[between], of["after"], strict=True)]
        means = [WEIGHTS @ x for x in of["now"]]
        for i, j in product(range(2), repeat=2):
            assert number(span.moving[i, j]) == pytest.approx(WEIGHTS @ (apart[i] * apart[j]))
            still = WEIGHTS @ (of["now"][i] * of["now"][j]) - means[i] * means[j]
            assert number(span.still[i, j]) == pytest.approx(still)
    assert world.span([f, g]).moving == world.span([f, g], "now").moving
    assert [number(x) for x in (distance(world, [h, p], [p, h]), distance(world, [h], [h]))] == pytest.approx(
        [2 * float(WEIGHTS @ (values(h, context) - values(p, context)) ** 2), 0]
    )


def test_what_a_predictor_sees() -> None:
    """`f(h z, a)`, for an encoder of three outputs, at points."""
    h = [*FUNCTIONS, {(1, 0): fmpq(1)}]
    f = [{(1, 1, 0, 1): fmpq(2), (0, 0, 1, 0): fmpq(-1)}, {(0, 0, 2, 2): fmpq(1, 3), (0, 1, 0, 0): fmpq(1)}]
    made = WORLD.predictor(f, h)
    drift = WORLD.drift()
    for point in ([0.3, -1.2, 0.7], [1.0, 0.5, -2.0]):
        z, a = np.array(point[:2]), np.array(point[2:])
        seen = np.array([*(value(g, z) for g in h), *a])
        assert [value(g, np.array(point)) for g in made] == pytest.approx([value(g, seen) for g in f])
        assert [value(g, np.array(point)) for g in drift] == pytest.approx(M @ z + B @ a)
    assert all(len(e) == 3 for g in [*made, *drift] for e in g)
    turned = pairs.image([[fmpq(1, 2), fmpq(-1)], [fmpq(3), fmpq(0)], [fmpq(0), fmpq(0)]], FUNCTIONS)
    z = np.array([0.3, -1.2])
    one, two = (value(g, z) for g in FUNCTIONS)
    assert [value(g, z) for g in turned] == pytest.approx([one / 2 - two, 3 * one, 0])


def test_a_predictor_that_is_off_is_so_in_every_output() -> None:
    spec = {"expansions": [{"1 0": "1"}, {"0 1": "1"}]}
    right, off = (Pair(MEMORY, ACTION, spec, x) for x in ("0", "-1/2"))
    for f, g in zip(right.predicted, off.predicted, strict=True):
        assert g.get((2, 0, 0), 0) - f.get((2, 0, 0), 0) == fmpq(-1, 2)
        assert {e: c for e, c in g.items() if e != (2, 0, 0)} == {e: c for e, c in f.items() if e != (2, 0, 0)}
    assert off.loss - right.loss == 2 * fmpq(3, 4)
    assert number(right.loss) == pytest.approx(np.trace(np.eye(2) - G))
    noisy = Pair(MEMORY, ACTION, spec, noise=[["1/2", "1/5"], ["1/5", "1/3"]])
    assert noisy.loss == fmpq(5, 6)
    assert noisy.world == OTHER


@pytest.mark.parametrize(
    ("expansions", "white", "world"),
    [
        ([{"1 0": "3/5", "0 1": "4/5"}, {"1 0": "4/5", "0 1": "-3/5"}], True, True),
        ([{"1 0": "2"}, {"0 1": "1"}], False, False),
        ([{"1 0": "1"}, {"1 0": "1"}], False, False),
        ([{"1 0": "1"}, {"0 1": "-1", "0 0": "1/2"}], False, False),
        ([{"1 0": "1"}, {"0 1": "3/5", "1 1": "4/5"}], True, False),
        ([{"1 0": "1"}, {"0 1": "1", "1 1": "1"}], False, False),
        ([{"0 0": "1"}, {"0 1": "1"}], False, False),  # of second moments 1, and not centred
    ],
)
def test_what_is_the_world_seen_through_a_rotation(expansions: list[dict[str, str]], white: bool, world: bool) -> None:
    pair = Pair(MEMORY, ACTION, {"expansions": expansions})
    assert (pair.is_white, pair.is_world) == (white, world)
    assert not Pair(MEMORY, ACTION, {"expansions": expansions}, off="1/9").is_world

"""What checks compute their left sides from: laws, chains, spirals, dual routes to the same number."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from flint import arb, fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import chains, laws, spiral
from lejepa.exact.generic import fac, over, sqrt
from lejepa.exact.hermite import precision, rational
from lejepa.exact.polynomials import PolynomialEncoder, orthonormal, random_rows
from scipy import linalg

RHO = st.fractions(0, 1, max_denominator=30).map(rational)
KINDS = st.sampled_from([("gaussian", 1), ("laplace", 1), ("laplace", 4), ("gamma", 1), ("gamma", 3)])


@given(RHO)
def test_the_noise_of_a_laplace_variable_is_zero_or_laplace(rho: fmpq) -> None:
    assert laws.laplace_noise(rho) == laws.law("laplace").noise(rho)


@given(KINDS, RHO)
def test_worlds_are_stationary_with_mean_zero_and_variance_one(kind: tuple[str, int], rho: fmpq) -> None:
    law = laws.law(*kind)
    latent, noise = law.moments(), law.noise(rho)
    assert latent[:3] == [1, 0, 1]
    assert [laws.cross(0, b, rho, latent, noise) for b in range(laws.ORDER + 1)] == latent
    assert laws.cross(1, 1, rho, latent, noise) == rho


@given(KINDS, st.sampled_from([3, 4]))
def test_powers_are_made_orthogonal(kind: tuple[str, int], order: int) -> None:
    latent = laws.law(*kind).moments()
    g = laws.orthogonal(order, latent)
    assert sum(c * latent[k] for k, c in enumerate(g)) == 0
    if kind[0] != "gamma" or order == 3:
        assert sum(c * latent[k + 1] for k, c in enumerate(g)) == 0


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(ValueError, match="cauchy"):
        laws.law("cauchy")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(0, 3))
def test_trajectories_and_laws_give_one_cost(seed: int, states: int, stages: int) -> None:
    rng = Random(seed)
    chain = chains.random_chain(rng, list(range(states)), 2, stages, key=lambda z: z)
    policy, start = chains.random_policy(rng, chain), chains.random_law(rng, chain.states)
    along = chain.laws(policy, start)
    expected = sum((p * chain.final_cost[z] for z, p in along[-1].items()), fmpq(0))
    for t in range(stages):
        expected += sum((p * chain.stage_cost[t][z, policy[t][z]] for z, p in along[t].items()), fmpq(0))
    assert chain.cost(policy, start) == expected


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(0, 3))
def test_forward_and_backward_costs_agree(seed: int, n: int, stages: int) -> None:
    rng = Random(seed)
    a, w, s = (chains.random_matrix(rng, n, n) for _ in range(3))
    problem = chains.LinearQuadratic(
        a, chains.random_matrix(rng, n, 1), chains.identity(n), w * w.transpose(), fmpq(1, 3), stages
    )
    gains = [chains.random_matrix(rng, 1, n) for _ in range(stages)]
    start = s * s.transpose()
    values = problem.values(gains)
    total = chains.trace(values[0] * start) + sum((chains.trace(p * problem.W) for p in values[1:]), fmpq(0))
    assert problem.cost(gains, start) == total
    assert problem.cost(problem.best(), start) <= total


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3))
def test_no_change_of_the_best_gains_helps(seed: int, n: int, stages: int) -> None:
    """The cost is quadratic in the gain of one stage, so at its least it is even around it: exactly."""
    rng = Random(seed)
    a, w, s, c = (chains.random_matrix(rng, n, n) for _ in range(4))
    weights = c.transpose() * c
    problem = chains.LinearQuadratic(
        a, chains.random_matrix(rng, n, 1), weights, w * w.transpose(), fmpq(rng.randint(1, 9), 3), stages
    )
    start, best = s * s.transpose() + chains.identity(n), problem.best()
    for t in range(stages):
        change = chains.random_matrix(rng, 1, n)
        costs = [problem.cost([*best[:t], best[t] + x * change, *best[t + 1 :]], start) for x in (-1, 0, 1)]
        assert costs[0] == costs[2] >= costs[1]


def test_the_plane_has_eight_symmetries() -> None:
    assert len(set(chains.SYMMETRIES)) == 8
    for q in chains.SYMMETRIES:
        assert chains.move(chains.undo(q), chains.move(q, (2, 3))) == (2, 3)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_rotations_are_orthogonal_and_mix(n: int) -> None:
    q = chains.rotation(n)
    assert q * q.transpose() == chains.identity(n)
    assert n == 1 or all(q[0, j] != 0 for j in range(n))


TURNS = st.fractions(-1, 1, max_denominator=9).filter(bool)


@settings(max_examples=10, deadline=None)
@given(TURNS)
def test_the_coefficients_of_the_spiral(a: Fraction) -> None:
    """`|c_k|² = 2 q² (k + 1) (4 a² q)ᵏ` with `q = 1 / (1 + 4 a²)`: they sum to `𝔼 |z|² = 2`."""
    with precision(60):
        q = 1 / (1 + 4 * rational(a) ** 2)
        expected = [2 * q**2 * (k + 1) * (4 * rational(a) ** 2 * q) ** k for k in range(12)]
        for k, value in enumerate(expected):
            found = abs(spiral.laguerre_coefficient(rational(a), k)) ** 2
            assert found.contains(arb(value)) or found.overlaps(arb(value))
            assert found.rad() < arb(10) ** -50
        ratio = 4 * rational(a) ** 2 * q
        rest = 2 * q**2 * ratio**12 * (13 - 12 * ratio) / (1 - ratio) ** 2  # of the arithmetic-geometric series
        assert sum(expected, fmpq(0)) + rest == 2


@settings(max_examples=10, deadline=None)
@given(TURNS, st.fractions(0, 1, max_denominator=9))
def test_correlations_of_spiral_and_twist(a: Fraction, rho: Fraction) -> None:
    """For the spiral a Gaussian integral over two complex variables, `2 ρ / (1 + 4 a² (1 - ρ²))²`."""
    with precision(40):
        x, r = rational(a), rational(rho)
        turned = spiral.spiral_correlation(x, r)
        assert turned.overlaps(arb(2 * r / (1 + 4 * x * x * (1 - r * r)) ** 2))
        assert turned.rad() < arb(10) ** -33
        twisted = spiral.twist_correlation(x, r)
        assert twisted.overlaps(arb(r) + 2 * arb(r) * (-(arb(x) ** 2) * (1 - arb(r))).exp())
        assert twisted.rad() < arb(10) ** -30


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_gram_schmidt_gives_orthonormal_rows(seed: int, m: int) -> None:
    with precision(40):
        given_rows = random_rows(Random(seed), m, m + 2)
        rows = orthonormal(given_rows)
        for i, u in enumerate(rows):
            for j, v in enumerate(rows):
                product = sum((x * y for x, y in zip(u, v, strict=True)), arb(0))
                assert product.contains(int(i == j))
                assert product.rad() < 1e-30
    triangular = np.linalg.qr(np.array(given_rows, dtype=float).T)[0].T
    found = np.array([[float(x.mid()) for x in u] for u in rows])
    assert np.abs(np.abs(found @ triangular.T) - np.eye(m)).max() < 1e-9  # the same spans, one after the other


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_polar_factor_against_numpy(n: int, seed: int) -> None:
    rng = Random(seed)
    matrix = [[Fraction(rng.randint(-9, 9), 4) for _ in range(n)] for _ in range(n)]
    unit = [" ".join(str(int(i == j)) for i in range(n)) for j in range(n)]
    h = PolynomialEncoder.of(n, {"expansions": [{u: str(x) for u, x in zip(unit, row, strict=True)} for row in matrix]})
    floats = np.array([[float(x) for x in row] for row in matrix])
    with precision(40):
        nuclear = arb(h.nuclear_norm())
        assert nuclear.rad() < arb(10) ** -15
        assert float(nuclear.mid()) == pytest.approx(np.linalg.svd(floats, compute_uv=False).sum(), abs=1e-12)
        left, _, right = np.linalg.svd(floats)
        expected = np.sum((floats - left @ right) ** 2)
        assert float(arb(h.distance()).mid()) == pytest.approx(expected, abs=1e-12)


def test_the_polar_factor_of_a_singular_part() -> None:
    """Rank two in three dimensions: singular values 5, 1 and 0."""
    h = PolynomialEncoder.of(3, {"expansions": [{"1 0 0": "3", "0 1 0": "4"}, {"0 0 1": "1"}, {}]})
    with precision(40):
        for found, value in ((h.nuclear_norm(), 6), (h.distance(), 3 + 26 - 12)):
            assert arb(found).contains(value)
            assert arb(found).rad() < 1e-15


@given(st.fractions(0, 9, max_denominator=20))
def test_roots_of_squares_are_exact(x: Fraction) -> None:
    assert sqrt(rational(x * x)) == rational(x)
    assert sqrt(rational(-x)) == 0
    assert over(rational(x), 0) == 0


@pytest.mark.parametrize("wide", [arb(2, 1), arb(0, 1), arb(-1, 2)])
def test_a_root_of_a_ball_holds_every_root_in_it(wide: arb) -> None:
    """Of a negative number it is 0, as in Lean."""
    low, high = max(0.0, float(wide.lower())), float(wide.upper())
    for x in np.linspace(low, high, 9):
        assert sqrt(wide).overlaps(arb(x).sqrt())
    assert sqrt(wide).upper() < high**0.5 + 1e-8
    assert low > 0 or sqrt(wide).contains(0)


def arrays(problem: chains.LinearQuadratic) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    def array(m: fmpq_mat) -> np.ndarray:
        return np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in m.tolist()])

    return array(problem.A), array(problem.B), array(problem.C)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("effort", [fmpq(1, 3), fmpq(5)])
def test_riccatis_gains_are_those_of_least_squares(seed: int, effort: fmpq) -> None:
    """The torques that they give from a start are the whole plan of least cost, found at once by normal equations."""
    rng, stages = Random(seed), 4
    a, c = chains.random_matrix(rng, 3, 3), chains.random_matrix(rng, 3, 3)
    problem = chains.LinearQuadratic(
        a, chains.random_matrix(rng, 3, 2), c * c.transpose() + chains.identity(3), chains.identity(3), effort, stages
    )
    A, B, C = arrays(problem)
    root = np.linalg.cholesky(C).T
    z = np.array((1.0, -0.5, 2.0))
    # the states of all stages are free @ z + reach @ plan
    free, reach = [np.eye(3)], [np.zeros((3, 2 * stages))]
    for t in range(stages):
        push = np.zeros((3, 2 * stages))
        push[:, 2 * t : 2 * t + 2] = B
        free.append(A @ free[-1])
        reach.append(A @ reach[-1] + push)
    weighted = np.concatenate([root @ r for r in reach])
    rest = np.concatenate([root @ f @ z for f in free])
    r = float(Fraction(int(effort.p), int(effort.q)))
    plan = np.linalg.solve(weighted.T @ weighted + r * np.eye(2 * stages), -weighted.T @ rest).reshape(stages, 2)
    gains = problem.best()
    assert len(gains) == stages
    for t, k in enumerate(gains):
        gain = np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in k.tolist()])
        assert -gain @ z == pytest.approx(plan[t], rel=1e-6, abs=1e-9)
        z = A @ z - B @ gain @ z


def test_riccatis_first_gain_ends_at_the_algebraic_equation() -> None:
    a, b = fmpq_mat(2, 2, [fmpq(9, 10), fmpq(1, 5), 0, fmpq(4, 5)]), fmpq_mat(2, 1, [0, 1])
    problem = chains.LinearQuadratic(a, b, chains.identity(2), chains.identity(2), fmpq(1, 2), 40)
    A, B, C = arrays(problem)
    p = linalg.solve_discrete_are(A, B, C, 0.5 * np.eye(1))
    expected = np.linalg.solve(0.5 * np.eye(1) + B.T @ p @ B, B.T @ p @ A)
    found = [float(x) for x in problem.best()[0].entries()]
    assert found == pytest.approx(expected[0], rel=1e-6)


def test_factorials_and_quotients_of_numbers_are_exact_rationals() -> None:
    assert [fac(k) for k in range(6)] == [1, 1, 2, 6, 24, 120]
    assert all(isinstance(fac(k), fmpq) for k in range(3))
    with pytest.raises(ValueError, match="expected a natural number, got -1"):
        fac(-1)
    assert over(fmpq(3), fmpq(4)) == fmpq(3, 4)
    assert over(fmpq(3), fmpq(0)) == over(fmpq(3), 0) == 0
    assert over(arb(3), arb(4)).overlaps(arb(3) / 4)
    assert over(arb(3), arb(4)).rad() < 1e-10

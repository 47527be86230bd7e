"""What checks compute their left sides from: laws, chains, spirals, dual routes to the same number."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy
from flint import arb, fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.exact import chains, laws, spiral
from lejepa.exact.generic import exp, fac, over, pi, sqrt
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


def test_roots_of_numbers_that_are_no_squares_are_balls() -> None:
    with precision(30):
        for x in (fmpq(2), 3, fmpq(4, 3), fmpq(3, 4), fmpq(1, 12)):
            root = sqrt(x)
            assert (root * root).contains(arb(x))
            assert root > 0
            assert root.rad() < 1e-25
        for square, root in ((4, 2), (fmpq(9, 16), fmpq(3, 4)), (1, 1), (0, 0), (-3, 0), (fmpq(-9, 4), 0)):
            assert sqrt(square) == root
            assert isinstance(sqrt(square), fmpq)
        for exact, value in ((arb(0), 0), (arb(-5), 0), (arb(9), 3)):
            assert sqrt(exact) == value
        narrow = sqrt(arb(9, 1e-20))  # away from 0, the ball of the root
        assert narrow.contains(3)
        assert narrow.rad() < 1e-18
        assert sqrt(arb(-4, 1)) == 0


def test_the_same_formulas_are_read_by_symbols() -> None:
    x, k = sympy.Symbol("x", positive=True), sympy.Symbol("k")
    assert sqrt(x) == sympy.sqrt(x)
    assert exp(x) == sympy.exp(x)
    assert fac(k) == sympy.factorial(k)
    assert pi(x) == sympy.pi
    assert over(x, k) == x / k
    with precision(30):
        for number in (fmpq(1, 2), arb(0.5)):
            assert exp(number).overlaps(arb("0.5").exp())
            assert exp(number).rad() < 1e-25
        assert pi().overlaps(arb.pi())
        assert pi(fmpq(1)).rad() < 1e-25
    assert over(fmpq(3), 2) == fmpq(3, 2)
    assert all(isinstance(over(x, y), fmpq) for x in (3, fmpq(3)) for y in (0, 2, fmpq(0), fmpq(2)))
    assert over(3, fmpq(2)) == fmpq(3, 2)
    assert not over(arb(1), arb(0)).is_finite()  # a ball that holds 0 is not told from 0


# Finite chains, against NumPy and by hand


def chain(seed: int = 1, stages: int = 3) -> chains.Chain:
    return chains.random_chain(Random(seed), [0, 1, 2], 2, stages, key=lambda z: z)


def matrix_of(problem: chains.Chain, policy: chains.Policy, t: int) -> np.ndarray:
    rows = [[problem.kernel[z, policy[t][z]][y] for y in problem.states] for z in problem.states]
    return np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in rows])


def test_laws_after_each_stage_are_products_of_matrices() -> None:
    problem = chain()
    policy, start = chains.random_policy(Random(2), problem), chains.random_law(Random(3), problem.states)
    found = problem.laws(policy, start)
    assert len(found) == 4
    assert found[0] == start
    expected = np.array([float(Fraction(int(start[z].p), int(start[z].q))) for z in problem.states])
    for t, law in enumerate(found[1:]):
        expected = expected @ matrix_of(problem, policy, t)
        assert [float(Fraction(int(law[z].p), int(law[z].q))) for z in problem.states] == pytest.approx(expected)


def test_paths_have_the_chance_and_the_cost_of_each_trajectory() -> None:
    """By hand: a coin that is tossed again under action 0, and stays under action 1."""
    toss = {0: fmpq(1, 3), 1: fmpq(2, 3)}
    kernel = {(z, a): toss if a == 0 else {z: fmpq(1)} for z in (0, 1) for a in (0, 1)}
    cost = [{(z, a): fmpq(10 * t + 2 * z + a) for z in (0, 1) for a in (0, 1)} for t in range(2)]
    problem = chains.Chain([0, 1], 2, 2, kernel, cost, {0: fmpq(100), 1: fmpq(200)})
    policy = [{0: 0, 1: 1}, {0: 1, 1: 0}]
    # from 0: tossed at cost 0; then 0 stays (11), or 1 is tossed again (12)
    assert sorted(problem.paths(policy, 0), key=str) == sorted(
        [(fmpq(1, 3), fmpq(111)), (fmpq(2, 9), fmpq(112)), (fmpq(4, 9), fmpq(212))], key=str
    )
    assert list(problem.paths(policy, 1, 1)) == [(fmpq(1, 3), fmpq(112)), (fmpq(2, 3), fmpq(212))]
    assert list(problem.paths(policy, 1, 2)) == [(1, fmpq(200))]
    start = {0: fmpq(1, 4), 1: fmpq(3, 4)}
    one = fmpq(111, 3) + fmpq(2 * 112, 9) + fmpq(4 * 212, 9)
    two = 3 + fmpq(112, 3) + fmpq(2 * 212, 3)
    assert problem.cost(policy, start) == one / 4 + 3 * two / 4


def test_policies_are_all_and_once() -> None:
    problem = chains.Chain(["a", "b"], 3, 2, {}, [], {})
    found = list(problem.policies())
    assert len(found) == (3**2) ** 2
    assert len({str(p) for p in found}) == len(found)
    assert all(len(p) == 2 and all(set(s) == {"a", "b"} and set(s.values()) <= {0, 1, 2} for s in p) for p in found)


def test_a_chain_seen_through_a_map_costs_the_same() -> None:
    """Through a relabelling; and through one that puts two states together, whose chances add up."""
    problem, names = chain(), {0: "c", 1: "a", 2: "b"}
    back = {v: k for k, v in names.items()}
    seen = problem.seen_through(names.__getitem__, back.__getitem__)
    assert seen.states == ["a", "b", "c"]
    assert (seen.actions, seen.stages) == (problem.actions, problem.stages)
    for (z, a), law in problem.kernel.items():
        assert seen.kernel[names[z], a] == {names[y]: p for y, p in law.items()}
        assert [c[names[z], a] for c in seen.stage_cost] == [c[z, a] for c in problem.stage_cost]
    assert seen.final_cost == {names[z]: c for z, c in problem.final_cost.items()}
    start, policy = chains.random_law(Random(5), problem.states), chains.random_policy(Random(6), problem)
    through = [{names[z]: a for z, a in stage.items()} for stage in policy]
    assert seen.cost(through, chains.push(start, names.__getitem__)) == problem.cost(policy, start)
    together = problem.seen_through(lambda z: min(z, 1), lambda z: z)
    assert together.states == [0, 1]
    for z in (0, 1):
        for a in (0, 1):
            law = problem.kernel[z, a]
            assert together.kernel[z, a] == {0: law[0], 1: law[1] + law[2]}
    assert chains.push({0: fmpq(1, 2), 1: fmpq(1, 3), 2: fmpq(1, 6)}, lambda z: z % 2) == {
        0: fmpq(2, 3),
        1: fmpq(1, 3),
    }


def test_random_laws_have_weights_of_0_to_5_and_one_more() -> None:
    """Of two states: every law that such weights give, and none besides."""
    weights = {(a + 1, b) for a in range(6) for b in range(6)} | {(b, a) for b in range(6) for a in range(1, 7)}
    expected = {Fraction(a, a + b) for a, b in weights}
    found = [chains.random_law(Random(seed), ["x", "y"]) for seed in range(2_000)]
    assert {Fraction(int(law["x"].p), int(law["x"].q)) for law in found} == expected
    assert all(law["x"] + law["y"] == 1 for law in found)


def test_random_chains_have_costs_of_0_to_60_sevenths_that_depend_on_the_key() -> None:
    rng, costs, last = Random(0), set(), set()
    for _ in range(40):
        problem = chains.random_chain(rng, list(range(8)), 3, 4, key=lambda z: z // 2)
        assert (problem.states, problem.actions, problem.stages) == (list(range(8)), 3, 4)
        assert len(problem.stage_cost) == 4
        for of in problem.stage_cost:
            assert all(of[z, a] == of[z - z % 2, a] for z in range(8) for a in range(3))
            assert len(of) == 24
            costs |= {str(7 * c) for c in of.values()}
        assert all(problem.final_cost[z] == problem.final_cost[z - z % 2] for z in range(8))
        last |= {str(7 * c) for c in problem.final_cost.values()}
        assert all(sum(law.values(), fmpq(0)) == 1 for law in problem.kernel.values())
        assert len(problem.kernel) == 24
        policy = chains.random_policy(rng, problem)
        assert [list(stage) for stage in policy] == [list(range(8))] * 4
    assert costs == {str(k) for k in range(61)}
    for _ in range(60):
        last |= {
            str(7 * c) for c in chains.random_chain(rng, list(range(12)), 1, 0, key=lambda z: z).final_cost.values()
        }
    assert last == costs
    many = [a for seed in range(20) for stage in chains.random_policy(Random(seed), problem) for a in stage.values()]
    assert set(many) == {0, 1, 2}


def test_random_matrices_have_entries_of_up_to_9_fifths() -> None:
    m = chains.random_matrix(Random(0), 30, 20)
    assert (m.nrows(), m.ncols()) == (30, 20)
    assert {str(5 * x) for x in m.entries()} == {str(k) for k in range(-9, 10)}


@pytest.mark.parametrize("q", chains.SYMMETRIES)
def test_the_symmetries_of_the_plane_are_orthogonal(q: tuple[int, int, int, int]) -> None:
    m = np.array(q).reshape(2, 2)
    assert (m @ m.T == np.eye(2)).all()
    assert chains.move(q, (2, 3)) == tuple(m @ (2, 3))
    assert chains.undo(q) == tuple(m.T.ravel())


def test_costs_that_no_symmetry_changes() -> None:
    states = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]

    def made(stage: dict[tuple[int, int], int], last: dict[tuple[int, int], int]) -> chains.Chain:
        cost = {(z, a): fmpq(z[0] ** 2 + z[1] ** 2 + a + stage.get(z, 0) * a) for z in states for a in (0, 1)}
        plain = {(z, a): fmpq(0) for z in states for a in (0, 1)}
        return chains.Chain(
            states, 2, 2, {}, [plain, cost], {z: fmpq(abs(z[0] * z[1]) + last.get(z, 0)) for z in states}
        )

    assert chains.is_invariant(made({}, {}))
    assert chains.is_invariant(made({(0, 0): 1}, {(0, 0): 5}))
    assert not chains.is_invariant(made({(1, 0): 1}, {}))
    assert not chains.is_invariant(made({}, {(1, 1): 1}))
    assert not chains.is_invariant(made({z: 1 for z in states if z[0]}, {}))  # a turn by a quarter


def test_a_rotated_problem_costs_the_same_from_the_rotated_start() -> None:
    rng, q = Random(4), chains.rotation(3)
    a, b, c, s = (chains.random_matrix(rng, 3, n) for n in (3, 2, 3, 3))
    problem = chains.LinearQuadratic(a, b, fmpq(7, 3) * chains.identity(3), c * c.transpose(), fmpq(2, 3), 3)
    gains = [chains.random_matrix(rng, 2, 3) for _ in range(3)]
    start, t = s * s.transpose(), q.transpose()
    turned = problem.rotated(q)
    assert turned.cost([k * t for k in gains], q * start * t) == problem.cost(gains, start)
    assert (turned.C, turned.r, turned.stages) == (problem.C, problem.r, problem.stages)
    assert turned.W == q * problem.W * t != problem.W
    assert problem.is_invariant
    for entry in ((0, 1), (1, 1)):
        weights = chains.identity(3)
        weights[entry] = fmpq(2)
        assert not chains.LinearQuadratic(a, b, weights, problem.W, fmpq(1), 1).is_invariant


def test_values_of_each_stage_by_hand() -> None:
    """`z' = 2 z + u`, `u = -K z`, of costs `3 z² + 5 u²`: `p_t = 3 + 5 K² + (2 - K)² p_{t+1}`."""
    one = fmpq_mat(1, 1, [1])
    problem = chains.LinearQuadratic(2 * one, one, 3 * one, one, fmpq(5), 2)
    values = problem.values([one, fmpq_mat(1, 1, [3])])
    assert [v[0, 0] for v in values] == [3 + 5 + 1 * (3 + 45 + 3), 3 + 45 + 3, 3]
    # forward: 𝔼 z² is 4, then (2 - 1)² 4 + 1 = 5, then (2 - 3)² 5 + 1 = 6
    assert problem.cost([one, fmpq_mat(1, 1, [3])], 4 * one) == 8 * 4 + 48 * 5 + 3 * 6


def test_the_rotation_is_a_reflection_and_a_turn() -> None:
    """By Householder of `(1, 2, 3)`, then by the angle of the triangle 5, 12, 13."""
    v = np.array((1.0, 2.0, 3.0))
    turn = np.array([[5, -12, 0], [12, 5, 0], [0, 0, 13]]) / 13
    expected = turn @ (np.eye(3) - 2 * np.outer(v, v) / 14)
    q = chains.rotation(3)
    assert np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in q.tolist()]) == pytest.approx(
        expected
    )
    assert chains.rotation(1).tolist() == [[-1]]
    assert chains.trace(q) == fmpq(round(14 * 13 * np.trace(expected)), 14 * 13)


@pytest.mark.parametrize("rho", [fmpq(1), fmpq(-1, 2), fmpq(1, 3)])
def test_the_spiral_at_its_ends(rho: fmpq) -> None:
    """At `ρ = 1` the correlation is `𝔼 |h|² = 2`; of no turn it is `2 ρ`."""
    with precision(20):
        for a in (fmpq(1, 2), fmpq(0)):
            found = spiral.spiral_correlation(a, rho)
            assert found.overlaps(arb(2 * rho / (1 + 4 * a * a * (1 - rho * rho)) ** 2))
            assert found.rad() < arb(10) ** -15
        assert spiral.spiral_correlation(fmpq(1, 2), fmpq(1)) == 2

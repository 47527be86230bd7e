"""The regulator against exact rationals, closed forms, and least squares over plans."""

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
import torch
from lejepa.errors import UserError
from lejepa.planning import LinearQuadratic, gain_through, simulate
from linear_plans import best, double_integrator, random_problem, residuals
from scipy.stats import ortho_group

GOLDEN = (1 + math.sqrt(5)) / 2


def test_with_all_ones_the_value_is_the_golden_ratio() -> None:
    """`P = 1 + P - P² / (1 + P)`, so that `P² = P + 1`; the gain is `P / (1 + P) = 1 / φ`."""
    found = LinearQuadratic([[1]], [[1]], [[1]], [[1]]).stationary()
    assert found.value_matrix.item() == pytest.approx(GOLDEN, abs=1e-12)
    assert found.gain.item() == pytest.approx(1 / GOLDEN, abs=1e-12)
    assert found.value(torch.tensor([[2.0], [-3.0]])).tolist() == pytest.approx([4 * GOLDEN, 9 * GOLDEN])
    assert found(torch.tensor([[2.0]])).item() == pytest.approx(-2 / GOLDEN)
    assert (found.offset.item(), found.mean_cost) == (0, 0)


def test_with_all_ones_the_values_are_ratios_of_fibonacci_numbers() -> None:
    found = LinearQuadratic([[1]], [[1]], [[1]], [[1]]).finite(4)
    assert found.value_matrices.flatten().tolist() == pytest.approx([55 / 34, 21 / 13, 8 / 5, 3 / 2, 1], abs=1e-14)
    assert found.gains.flatten().tolist() == pytest.approx([21 / 34, 8 / 13, 3 / 5, 1 / 2], abs=1e-14)
    assert found.value(torch.tensor([[3.0]]), 2).item() == pytest.approx(9 * 8 / 5)


@pytest.mark.parametrize(("a", "b", "q", "r"), [(2.0, 1.0, 1.0, 3.0), (0.5, 2.0, 0.7, 0.2), (-1.3, 0.4, 2.0, 1.0)])
def test_the_scalar_riccati_equation_has_its_closed_form(a: float, b: float, q: float, r: float) -> None:
    """`b² P² + (r - a² r - b² q) P - q r = 0`, the positive root."""
    half = r - a * a * r - b * b * q
    p = (-half + math.sqrt(half * half + 4 * b * b * q * r)) / (2 * b * b)
    found = LinearQuadratic([[a]], [[b]], [[q]], [[r]]).stationary()
    assert found.value_matrix.item() == pytest.approx(p, rel=1e-12)
    assert found.gain.item() == pytest.approx(a * b * p / (r + b * b * p), rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "q", "r"),
    [
        (1.1, 1e-6, 1e-8, 1e8),
        (1.0, 1e-5, 1e-10, 1.0),
        (1.2, 1e-6, 1.0, 1e4),
        (1.5, 1e7, 1e8, 1e-3),
        (0.999, 1e-6, 1e-8, 1e8),
        (1.0, 1.0, 1e-18, 1.0),
    ],
)
def test_units_of_any_size_lose_no_digits(a: float, b: float, q: float, r: float) -> None:
    """The scalar equation in 60 digits, and the same beside others in a world of three coordinates."""
    with mpmath.workdps(60):
        half = mpmath.mpf(r) - mpmath.mpf(a) ** 2 * r - mpmath.mpf(b) ** 2 * q
        p = (-half + mpmath.sqrt(half**2 + 4 * mpmath.mpf(b) ** 2 * q * r)) / (2 * mpmath.mpf(b) ** 2)
        gain = float(a * b * p / (r + mpmath.mpf(b) ** 2 * p))
    found = LinearQuadratic([[a]], [[b]], [[q]], [[r]]).stationary()
    assert found.value_matrix.item() == pytest.approx(float(p), rel=1e-11)
    assert found.gain.item() == pytest.approx(gain, rel=1e-11, abs=0)
    three = (torch.eye(3, dtype=torch.float64) * x for x in (a, b, q, r))
    assert LinearQuadratic(*three).stationary().gain.numpy() == pytest.approx(gain * np.eye(3), rel=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_a_gain_has_the_units_of_actions_and_none_of_costs(seed: int) -> None:
    p = random_problem(3, 2, seed)
    units, cost = torch.tensor([1e-2, 1e3], dtype=torch.float64), 1e-12
    scaled = LinearQuadratic(p.a, p.b * units, cost * p.q, cost * units[:, None] * p.r * units)
    expected, found = p.stationary().gain / units[:, None], scaled.stationary().gain
    assert (found * units[:, None]).numpy() == pytest.approx((expected * units[:, None]).numpy(), rel=1e-9, abs=1e-11)


def test_a_world_that_no_cost_steers_is_left_alone() -> None:
    """The actions move what costs nothing, and all decays by itself: rounding is no gain to be refused."""
    turn = torch.from_numpy(ortho_group.rvs(4, random_state=0))
    decay = turn @ torch.diag(torch.tensor([0.9, 0.5, -0.7, 0.2], dtype=torch.float64)) @ turn.T
    costly, steered = torch.diag(torch.tensor([1.0, 1.0, 0, 0], dtype=torch.float64)), turn[:, 2:]
    gain = LinearQuadratic(decay, steered, turn @ costly @ turn.T, np.eye(2)).stationary().gain
    assert gain.numpy() == pytest.approx(np.zeros((2, 4)), abs=1e-12)


def test_a_gain_that_rounding_decides_is_refused() -> None:
    """Two actions that do the same, and whose costs, which alone tell them apart, are lost beside what they do."""
    problem = LinearQuadratic([[1.5]], [[3e3, 7e2]], [[30.0]], np.diag((1e-5, 3e-6)))
    with pytest.raises(
        UserError, match=r"^a, b, q, r: expected a problem whose gain rounding hardly changes, found an"
    ):
        problem.stationary()


def test_noise_costs_the_golden_ratio_a_step() -> None:
    """The closed loop is the process `z' = z / φ² + η` of variance `w / (1 - φ⁻⁴)`; a step costs `(1 + φ⁻²) z²`."""
    w = 0.3
    noisy = LinearQuadratic([[1]], [[1]], [[1]], [[1]], noise=[[w]])
    found = noisy.stationary()
    assert found.mean_cost == pytest.approx(w * (1 + GOLDEN**-2) / (1 - GOLDEN**-4), rel=1e-12)
    episode = simulate(found, noisy.world(seed=0), torch.zeros(400, 1, dtype=torch.float64), 500, cost=noisy.cost)
    each = episode.cost.numpy() / 500
    assert each.mean() == pytest.approx(found.mean_cost, abs=4 * each.std() / 20 + 0.002)


def test_the_recursion_is_that_of_exact_rationals() -> None:
    """In another form: `P = Q + Aᵀ P (1 + B R⁻¹ Bᵀ P)⁻¹ A`, and `K = R⁻¹ Bᵀ P (1 + B R⁻¹ Bᵀ P)⁻¹ A`."""
    a, b = sympy.Matrix([[1, "1/5"], ["-1/3", "7/5"]]), sympy.Matrix([["1/2", 0], [1, "2/7"]])
    q, r = sympy.Matrix([[2, "1/2"], ["1/2", 1]]), sympy.Matrix([[1, "1/4"], ["1/4", "1/2"]])
    p = final = sympy.Matrix([[3, 1], [1, 1]])
    values, gains = [p], []
    for _ in range(5):
        inner = (sympy.eye(2) + b * r.inv() * b.T * p).inv() * a
        gains.append(r.inv() * b.T * p * inner)
        p = q + a.T * p * inner
        values.append(p)
    problem = LinearQuadratic(*(np.array(m, dtype=float) for m in (a, b, q, r)), final=np.array(final, dtype=float))
    found = problem.finite(5)
    for mine, exact in ((found.value_matrices, values), (found.gains, gains)):
        for one, other in zip(mine, exact[::-1], strict=True):
            assert one.numpy() == pytest.approx(np.array(other, dtype=float), rel=1e-11)
    assert (found.offsets == 0).all()
    assert (found.value_constants == 0).all()


def test_a_scalar_problem_with_goal_and_drift_in_fractions() -> None:
    """Two steps by hand: `z' = 2 z + a + 1`, cost `(z - 3)² + 2 a²`, final cost `(z - 3)²`, from `z = 0`.

    From `z` at step 1, `a` minimizes `2 a² + (2 z - 2 + a)²`: `a = -(2 z - 2) / 3`, at `2/3 (2 z - 2)²`. At step 0
    `a` minimizes `9 + 2 a² + (a - 2)² + 8/3 a²`, where `z' = a + 1`: `a = 2 / (17/3)`.
    """
    found = LinearQuadratic([[2]], [[1]], [[1]], [[2]], goal=[3], drift=[1]).finite(2)
    a = Fraction(6, 17)
    cost = 9 + 2 * a**2 + (a - 2) ** 2 + Fraction(8, 3) * a**2
    zero = torch.zeros(1, 1, dtype=torch.float64)
    assert found(zero, 0).item() == pytest.approx(float(a), abs=1e-14)
    assert found(zero + float(a) + 1, 1).item() == pytest.approx(float(-2 * a / 3), abs=1e-14)
    assert found.value(zero).item() == pytest.approx(float(cost), abs=1e-13)


@pytest.mark.parametrize("seed", range(4))
def test_plans_and_values_are_those_of_least_squares(seed: int) -> None:
    problem = random_problem(3, 2, seed)
    starts = torch.from_numpy(np.random.default_rng(seed + 10).standard_normal((4, 3)))
    solution = problem.finite(6)
    plan = solution.plan(starts)
    assert plan.states.shape == (4, 7, 3)
    for start, actions, cost, value in zip(starts, plan.actions, plan.cost, solution.value(starts), strict=True):
        expected, least = best(problem, start.numpy(), 6)
        assert actions.numpy() == pytest.approx(expected, abs=1e-9)
        assert cost.item() == pytest.approx(least, rel=1e-10)
        assert value.item() == pytest.approx(least, rel=1e-10)
        later, remaining = best(problem, start.numpy(), 2)
        assert solution(start[None], 4).numpy() == pytest.approx(later[:1], abs=1e-9)
        assert solution.value(start[None], 4).item() == pytest.approx(remaining, rel=1e-10)


def test_noise_adds_a_constant_and_changes_no_gain() -> None:
    """The constant by the moments of the states: `z` has the mean of the plan and a covariance of its own."""
    half = np.random.default_rng(5).standard_normal((3, 3))
    quiet, noisy = random_problem(3, 2, 1), random_problem(3, 2, 1, noise=half @ half.T)
    a, b = quiet.finite(6), noisy.finite(6)
    assert torch.equal(a.gains, b.gains)
    assert torch.equal(a.offsets, b.offsets)
    covariance, extra = np.zeros((3, 3)), 0.0
    for gain in a.gains.numpy():
        extra += np.trace((quiet.q.numpy() + gain.T @ quiet.r.numpy() @ gain) @ covariance)
        closed = quiet.a.numpy() - quiet.b.numpy() @ gain
        covariance = closed @ covariance @ closed.T + half @ half.T
    extra += np.trace(quiet.final.numpy() @ covariance)
    states = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert (b.value(states) - a.value(states)).numpy() == pytest.approx(np.full(5, extra), rel=1e-10)
    assert torch.equal(quiet.stationary().gain, noisy.stationary().gain)


@pytest.mark.parametrize("seed", range(4))
def test_the_stationary_policy_is_the_limit_of_long_horizons(seed: int) -> None:
    problem = random_problem(3, 2, seed, noise=0.1 * np.eye(3))
    found, long = problem.stationary(), problem.finite(400)
    assert found.gain.numpy() == pytest.approx(long.gains[0].numpy(), abs=1e-9)
    assert found.offset.numpy() == pytest.approx(long.offsets[0].numpy(), abs=1e-9)
    one, other = torch.randn(2, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    assert (found.value(one) - found.value(other)).numpy() == pytest.approx(
        (long.value(one) - long.value(other)).numpy(), rel=1e-7
    )
    assert found.mean_cost == pytest.approx((long.value_constants[0] - long.value_constants[1]).item(), rel=1e-7)
    assert found(one).numpy() == pytest.approx(long(one, 0).numpy(), abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_where_the_goal_can_t_be_held_the_policy_settles_at_the_cheapest_rest(seed: int) -> None:
    """The cheapest `(z, a)` with `z = A z + B a + drift`, by Lagrange multipliers."""
    p = random_problem(3, 2, seed)
    constraint = np.hstack((np.eye(3) - p.a.numpy(), -p.b.numpy()))
    cost = np.block([[p.q.numpy(), np.zeros((3, 2))], [np.zeros((2, 3)), p.r.numpy()]])
    system = np.block([[2 * cost, constraint.T], [constraint, np.zeros((3, 3))]])
    linear = np.concatenate((2 * p.q.numpy() @ p.goal.numpy(), np.zeros(2), p.drift.numpy()))
    rest = np.linalg.solve(system, linear)[:5]
    found = p.stationary()
    away = rest - np.concatenate((p.goal.numpy(), np.zeros(2)))
    assert found.mean_cost == pytest.approx(float(away @ cost @ away), rel=1e-9)
    episode = simulate(found, p.model, torch.zeros(1, 3, dtype=torch.float64), 300)
    assert episode.states[0, -1].numpy() == pytest.approx(rest[:3], abs=1e-8)


def test_the_final_cost_of_the_stationary_value_makes_every_gain_the_stationary_one() -> None:
    found = double_integrator().stationary()
    for gain in double_integrator(final=found.value_matrix).finite(3).gains:
        assert gain.numpy() == pytest.approx(found.gain.numpy(), rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_through_an_orthogonal_map_the_gain_is_the_same_gain(seed: int) -> None:
    problem = random_problem(3, 2, seed, noise=np.diag((0.1, 0.2, 0.3)))
    u = ortho_group.rvs(3, random_state=seed)
    seen, states = problem.through(u), torch.randn(4, 3, dtype=torch.float64)
    moved = states @ torch.from_numpy(u).T
    one, other = problem.stationary(), seen.stationary()
    assert other.gain.numpy() == pytest.approx(one.gain.numpy() @ u.T, abs=1e-9)
    assert gain_through(one.gain, u).numpy() == pytest.approx(other.gain.numpy(), abs=1e-9)
    assert other(moved).numpy() == pytest.approx(one(states).numpy(), abs=1e-9)
    assert other.mean_cost == pytest.approx(one.mean_cost, rel=1e-9)
    assert seen.finite(4).value(moved).numpy() == pytest.approx(problem.finite(4).value(states).numpy(), rel=1e-9)
    action = torch.randn(4, 2, dtype=torch.float64)
    after = problem.model(states, action) @ torch.from_numpy(u).T
    assert seen.model(moved, action).numpy() == pytest.approx(after.numpy(), abs=1e-12)


def test_model_and_costs_are_those_of_the_problem() -> None:
    problem = random_problem(3, 2, 0)
    start, actions = np.random.default_rng(0).standard_normal((2, 3)), np.random.default_rng(1).standard_normal((2, 2))
    z, u = torch.from_numpy(start), torch.from_numpy(actions)
    for row in range(2):
        stage_and_final = residuals(problem, start[row], actions[row][None])
        total = problem.cost(z, u)[row] + problem.final_cost(problem.model(z, u))[row]
        assert total.item() == pytest.approx(float(np.square(stage_and_final).sum()), rel=1e-12)


def test_the_noise_of_the_world_has_its_covariance() -> None:
    half = np.array([[0.6, 0.0, 0.0], [0.3, 0.5, 0.0], [-0.2, 0.4, 0.3]])
    problem = random_problem(3, 1, 0, noise=half @ half.T, drift=np.zeros(3))
    world, nothing = problem.world(seed=3), torch.zeros(100_000, 3, dtype=torch.float64)
    drawn = world(nothing, nothing[:, :1]).numpy()
    assert drawn.mean(0) == pytest.approx(np.zeros(3), abs=0.01)
    assert np.cov(drawn.T) == pytest.approx(half @ half.T, abs=0.01)
    assert (problem.world(seed=3)(nothing, nothing[:, :1]).numpy() == drawn).all()
    assert (world(nothing, nothing[:, :1]).numpy() != drawn).all()  # the noise goes on


def test_states_keep_their_type() -> None:
    problem = double_integrator(noise=0.1 * np.eye(2))
    z = torch.ones(3, 2)
    solution = problem.finite(2)
    for found in (problem.world()(z, z[:, :1]), problem.stationary()(z), solution(z, 0), solution.value(z)):
        assert found.dtype == torch.float32


EYE, ONE = np.eye(2), [[1.0]]
COLUMN = [[0.0], [1.0]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"a": [[1.0, 2.0]]}, r"a: expected shape \(1, 1\), found \(1, 2\)"),
        ({"a": [1.0, 2.0]}, r"a: expected shape \(any, any\), found \(2,\)"),
        ({"a": [["x"]]}, "a: expected an array of numbers, found list"),
        ({"a": [[1.0, math.nan], [0.0, 1.0]]}, "a: expected finite numbers, found NaN or infinity"),
        ({"b": ONE}, r"b: expected shape \(2, any\), found \(1, 1\)"),
        ({"q": ONE}, r"q: expected shape \(2, 2\), found \(1, 1\)"),
        ({"q": [[1.0, 1.0], [0.0, 1.0]]}, "q: expected a symmetric matrix, found one that is not"),
        ({"q": -EYE}, "q: expected a matrix without negative eigenvalues, found the eigenvalue -1"),
        ({"r": EYE}, r"r: expected shape \(1, 1\), found \(2, 2\)"),
        ({"r": [[0.0]]}, "r: expected a positive definite matrix, found the eigenvalue 0"),
        ({"r": [[-2.0]]}, "r: expected a positive definite matrix, found the eigenvalue -2"),
        ({"final": -EYE}, "final: expected a matrix without negative eigenvalues"),
        ({"goal": [1.0]}, r"goal: expected shape \(2,\), found \(1,\)"),
        ({"drift": [1.0, 2.0, 3.0]}, r"drift: expected shape \(2,\), found \(3,\)"),
        ({"noise": -EYE}, "noise: expected a matrix without negative eigenvalues"),
    ],
)
def test_a_problem_that_is_none_is_one_sentence(changes: dict[str, object], says: str) -> None:
    given = {"a": EYE, "b": COLUMN, "q": EYE, "r": ONE} | changes
    with pytest.raises(UserError, match=f"^{says}"):
        LinearQuadratic(**given)


@pytest.mark.parametrize(
    ("a", "b", "q"),
    [
        (2 * EYE, COLUMN, EYE),  # nothing acts on the first coordinate, which grows
        (EYE, EYE, np.diag((1.0, 0.0))),  # no cost sees the second, which neither decays nor grows
    ],
)
def test_where_no_policy_is_best_for_ever_it_is_said(a: Any, b: Any, q: Any) -> None:
    with pytest.raises(UserError, match=r"^a, b, q: expected a world that some gain makes stable"):
        LinearQuadratic(a, b, q, np.eye(np.shape(b)[1])).stationary()


def test_other_bad_input_is_one_sentence() -> None:
    problem = double_integrator()
    z = torch.zeros(3, 2)
    for horizon in (0, -1, 2.0, True):
        with pytest.raises(UserError, match=r"^horizon: expected a whole number of at least 1, found"):
            problem.finite(horizon)
    with pytest.raises(UserError, match=r"^step: expected one from 0 to 1, found 2"):
        problem.finite(2)(z, 2)
    with pytest.raises(UserError, match=r"^step: expected one from 0 to 2, found 3"):
        problem.finite(2).value(z, 3)
    with pytest.raises(UserError, match=r"^action: expected 1 coordinates, found shape \(3, 2\)"):
        problem.model(z, z)
    with pytest.raises(UserError, match=r"^state: expected 2 coordinates, found shape \(3, 1\)"):
        problem.model(z[:, :1], z[:, :1])
    with pytest.raises(UserError, match=r"^orthogonal: expected an orthogonal matrix U, found Uᵀ U to miss 1 by 3"):
        problem.through(2 * EYE)
    with pytest.raises(UserError, match=r"^orthogonal: expected shape \(2, 2\), found \(3, 3\)"):
        gain_through([[1.0, 2.0]], np.eye(3))


CALLS: dict[str, Any] = {
    "model": lambda p, z: p.model(z, torch.zeros(3, 1)),
    "cost": lambda p, z: p.cost(z, torch.zeros(3, 1)),
    "final cost": lambda p, z: p.final_cost(z),
    "world": lambda p, z: p.world()(z, torch.zeros(3, 1)),
    "finite": lambda p, z: p.finite(3)(z, 1),
    "finite value": lambda p, z: p.finite(3).value(z),
    "stationary": lambda p, z: p.stationary()(z),
    "stationary value": lambda p, z: p.stationary().value(z),
}
STATES: list[tuple[Any, str]] = [
    (torch.zeros(3, 1), r"expected 2 coordinates, found shape \(3, 1\)"),
    (torch.zeros(2, 3), r"expected 2 coordinates, found shape \(2, 3\)"),
    (torch.zeros(()), r"expected 2 coordinates, found shape \(\)"),
    (np.zeros((3, 2)), r"expected a floating-point torch\.Tensor, found ndarray"),
    ([[0.0, 0.0]], r"expected a floating-point torch\.Tensor, found list"),
    (torch.zeros(3, 2, dtype=torch.int64), r"expected a floating-point torch\.Tensor, found one of torch\.int64"),
    (torch.zeros(3, 2).to_sparse(), r"expected a dense tensor, found a sparse_coo one; give its to_dense\(\)"),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("state", "says"), STATES)
def test_states_of_another_world_are_one_sentence(call: str, state: Any, says: str) -> None:
    """One coordinate in place of two would be taken twice, and a whole number would make the matrices whole."""
    with pytest.raises(UserError, match=f"^state: {says}$"):
        CALLS[call](double_integrator(), state)


@pytest.mark.parametrize("state", [state for state, _ in STATES])
def test_a_start_of_another_world_is_one_sentence(state: Any) -> None:
    with pytest.raises(UserError, match=r"^start: expected"):
        double_integrator().finite(3).plan(state)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (torch.zeros(3, 2), r"expected 1 coordinates, found shape \(3, 2\)"),
        (torch.zeros(1, 1), r"expected shape \(3, 1\), found \(1, 1\)"),
        (torch.zeros(4, 1), r"expected shape \(3, 1\), found \(4, 1\)"),
        (np.zeros((3, 1)), r"expected a floating-point torch\.Tensor, found ndarray"),
        (torch.zeros(3, 1, dtype=torch.float64), r"expected numbers of torch\.float32 on cpu, as states have, found "),
    ],
)
@pytest.mark.parametrize("call", ["model", "cost", "world"])
def test_actions_of_another_world_are_one_sentence(call: str, action: Any, says: str) -> None:
    problem = double_integrator()
    functions = {"model": problem.model, "cost": problem.cost, "world": problem.world()}
    with pytest.raises(UserError, match=f"^action: {says}"):
        functions[call](torch.zeros(3, 2), action)


@pytest.mark.parametrize("step", [1.0, True, "1", None, -1])
def test_a_step_that_is_none_is_one_sentence(step: Any) -> None:
    policy, z = double_integrator().finite(3), torch.zeros(3, 2)
    with pytest.raises(UserError, match=r"^step: expected one from 0 to 2, found "):
        policy(z, step)
    with pytest.raises(UserError, match=r"^step: expected one from 0 to 3, found "):
        policy.value(z, step)
    assert torch.equal(policy(z, np.int64(1)), policy(z, 1))


@pytest.mark.parametrize("found", [np.full((2, 2), math.nan), np.full((2, 2), math.inf)])
def test_a_solution_that_is_no_number_is_none(monkeypatch: pytest.MonkeyPatch, found: np.ndarray) -> None:
    """What the solver may return of a world near to none that a gain makes stable: its loop has no eigenvalues."""
    monkeypatch.setattr("lejepa.planning.lqr.solve_discrete_are", lambda *matrices: found)
    with pytest.raises(UserError, match=r"^a, b, q: expected a world that some gain makes stable"):
        double_integrator().stationary()


def test_a_loop_on_the_unit_circle_is_not_stable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that returned 0 would leave the world as it is, with both eigenvalues exactly 1."""
    monkeypatch.setattr("lejepa.planning.lqr.solve_discrete_are", lambda *matrices: np.zeros((2, 2)))
    with pytest.raises(UserError, match=r"^a, b, q: expected a world that some gain makes stable"):
        double_integrator().stationary()

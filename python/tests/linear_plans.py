"""The best plan of a linear world with quadratic costs, without a recursion: a least squares problem."""

import numpy as np
from lejepa.planning import LinearQuadratic


def root(matrix: np.ndarray) -> np.ndarray:
    """`L` with `Lᵀ L` the matrix, which may be singular."""
    values, vectors = np.linalg.eigh(matrix)
    found: np.ndarray = np.sqrt(values.clip(0))[:, None] * vectors.T
    return found


def residuals(problem: LinearQuadratic, start: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """Numbers whose squares add up to the cost of a plan `(horizon, action_dim)`."""
    p = problem
    a, b, q, r, final, goal, drift = (x.numpy() for x in (p.a, p.b, p.q, p.r, p.final, p.goal, p.drift))
    z, out = start, []
    for u in actions:
        out += [root(q) @ (z - goal), root(r) @ u]
        z = a @ z + b @ u + drift
    return np.concatenate([*out, root(final) @ (z - goal)])


def best(problem: LinearQuadratic, start: np.ndarray, horizon: int) -> tuple[np.ndarray, float]:
    """The plan `(horizon, action_dim)` of least cost from a state `(dim,)`, and that cost."""
    size = horizon * problem.action_dim
    shape = (horizon, problem.action_dim)
    rest = residuals(problem, start, np.zeros(shape))
    columns = [residuals(problem, start, unit.reshape(shape)) - rest for unit in np.eye(size)]
    found = np.linalg.lstsq(np.stack(columns, 1), -rest, rcond=None)[0].reshape(shape)
    return found, float(np.square(residuals(problem, start, found)).sum())


def random_problem(dim: int, action_dim: int, seed: int, **options: object) -> LinearQuadratic:
    """Costs with all their entries, goal and drift other than 0, and a final cost of its own."""
    rng = np.random.default_rng(seed)
    half, half_r, half_final = (rng.standard_normal((n, n)) for n in (dim, action_dim, dim))
    given = {
        "final": half_final @ half_final.T,
        "goal": rng.standard_normal(dim),
        "drift": 0.3 * rng.standard_normal(dim),
    }
    return LinearQuadratic(
        0.6 * rng.standard_normal((dim, dim)),
        rng.standard_normal((dim, action_dim)),
        half @ half.T,
        half_r @ half_r.T + np.eye(action_dim),
        **(given | options),
    )


def double_integrator(**options: object) -> LinearQuadratic:
    """Position and velocity, pushed: steps of 0.2."""
    return LinearQuadratic([[1.0, 0.2], [0.0, 1.0]], [[0.02], [0.2]], [[1.0, 0.0], [0.0, 0.1]], [[0.1]], **options)

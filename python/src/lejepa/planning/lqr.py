"""The linear-quadratic regulator in discrete time: the best that any policy can do in a linear world.

Source: Bertsekas, "Dynamic Programming and Optimal Control", volume I, sections 3.1 and 4.1 (third edition: 4.1).
"""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np
import torch
from scipy.linalg import solve_discrete_are, solve_discrete_lyapunov
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.rollout import Plan, rollout, total

PRECISE = 1e-6  # relative: a change of the gain by a step of Newton's method; the next one is about its square
DOUBTFUL = 1e-4  # relative: what rounding may change of the gain by an estimate, which is a hundred times too great
NEGLIGIBLE = 1e-10  # beside 1 less the greatest eigenvalue: what B K may change by
STEPS = 60  # of Newton's method; it needs a few, but one for each halving where the world hardly becomes stable
PROBES = 8  # of what rounding does to a gain
EPS = float(np.finfo(np.float64).eps)
BROKEN = (np.linalg.LinAlgError, RuntimeError, ValueError)  # PyTorch's LinAlgError is a RuntimeError


class LinearQuadratic:
    """The world `z' = A z + B a + drift + η` with costs `(z - goal)·Q (z - goal) + a·R a`.

    The noise `η` has mean 0 and is independent of what went before. Gains and actions do not depend on it: this is
    certainty equivalence, and noise adds a constant to the cost. Matrices are kept in float64. Any array is taken.

    Args:
        a: `A`, `(dim, dim)`.
        b: `B`, `(dim, action_dim)`.
        q: `Q`, `(dim, dim)`: symmetric, without negative eigenvalues.
        r: `R`, `(action_dim, action_dim)`: symmetric and positive definite.
        final: The matrix of the final cost `(z - goal)·final (z - goal)`, `(dim, dim)`, of the same kind as `Q`; `Q` by
            default. With `value_matrix` of the stationary solution, a finite horizon has the stationary gain.
        goal: `(dim,)`; 0 by default. It need not be a state at which the world can be held.
        drift: `(dim,)`; 0 by default.
        noise: The covariance of `η`, `(dim, dim)`; 0 by default.

    Raises:
        UserError: If shapes do not fit, or a matrix is not what it must be.
    """

    def __init__(
        self,
        a: Any,
        b: Any,
        q: Any,
        r: Any,
        *,
        final: Any = None,
        goal: Any = None,
        drift: Any = None,
        noise: Any = None,
    ) -> None:
        self.a = arguments.array("a", a, -1, -1)
        self.dim = len(self.a)
        self.a = arguments.array("a", a, self.dim, self.dim)
        self.b = arguments.array("b", b, self.dim, -1)
        self.action_dim = self.b.shape[1]
        self.q = arguments.square("q", q, self.dim)
        self.r = arguments.square("r", r, self.action_dim, definite=True)
        self.final = self.q if final is None else arguments.square("final", final, self.dim)
        nothing = self.a.new_zeros(self.dim)
        self.goal = nothing if goal is None else arguments.array("goal", goal, self.dim)
        self.drift = nothing if drift is None else arguments.array("drift", drift, self.dim)
        self.noise = torch.zeros_like(self.a) if noise is None else arguments.square("noise", noise, self.dim)
        self.a, self.b, self.q, self.r, self.final, self.goal, self.drift, self.noise = (
            x.to(self.a.device) for x in (self.a, self.b, self.q, self.r, self.final, self.goal, self.drift, self.noise)
        )

    def model(self, state: Tensor, action: Tensor) -> Tensor:
        """The mean of the next state: `A z + B a + drift` for states `(rows, dim)` and actions `(rows, action_dim)`."""
        self.checked(state, action)
        return state @ self.a.T.to(state) + action @ self.b.T.to(state) + self.drift.to(state)

    def cost(self, state: Tensor, action: Tensor) -> Tensor:
        """The cost of a stage, `(rows,)`."""
        self.checked(state, action)
        return quadratic(self.q, state - self.goal.to(state)) + quadratic(self.r, action)

    def final_cost(self, state: Tensor) -> Tensor:
        """The cost of the last state, `(rows,)`."""
        return quadratic(self.final, self.away(state))

    def checked(self, state: Any, action: Any) -> None:
        """UserError where these are no states of this world and the actions taken there."""
        arguments.beside("action", action, self.action_dim, arguments.coordinates("state", state, self.dim))

    def away(self, state: Any) -> Tensor:
        """`z - goal`; UserError where these are no states of this world."""
        found = arguments.coordinates("state", state, self.dim)
        return found - self.goal.to(found)

    def world(self, *, seed: int = 0) -> "LinearWorld":
        """The world with its noise, which is Gaussian and drawn from this seed."""
        return LinearWorld(self, seed)

    def through(self, orthogonal: Any) -> "LinearQuadratic":
        """The same problem for an observer who sees `U z` in place of `z`.

        Every plan costs the same there, and the gain is `K Uᵀ` (`lejepa.planning.lqr.gain_through`).

        Args:
            orthogonal: `U`, `(dim, dim)`.

        Returns:
            The problem with `U A Uᵀ`, `U B`, `U Q Uᵀ`, `R`, and so on.

        Raises:
            UserError: If the matrix is not orthogonal.
        """
        u = arguments.orthogonal("orthogonal", orthogonal, self.dim).to(self.a)
        return LinearQuadratic(
            u @ self.a @ u.T,
            u @ self.b,
            u @ self.q @ u.T,
            self.r,
            final=u @ self.final @ u.T,
            goal=u @ self.goal,
            drift=u @ self.drift,
            noise=u @ self.noise @ u.T,
        )

    @property
    def pull(self) -> Tensor:
        """How far the world goes by itself in one step, if it starts at the goal: `(dim,)`."""
        return self.a @ self.goal + self.drift - self.goal

    def finite(self, horizon: int) -> "FiniteHorizon":
        """The best policy for a number of steps, by the Riccati recursion.

        Args:
            horizon: Number of actions.

        Returns:
            Gains, offsets and values for each step.

        Raises:
            UserError: If the horizon is less than 1.
        """
        arguments.whole("horizon", horizon)
        gains, offsets = [], []
        values = [(self.final, torch.zeros_like(self.goal), self.goal.new_zeros(()))]
        for _ in range(horizon):
            p, s, c = values[-1]
            gain, offset, constant = self.step(p, s)
            closed = self.a - self.b @ gain
            earlier = self.q + gain.T @ self.r @ gain + closed.T @ p @ closed
            values.append(((earlier + earlier.T) / 2, closed.T @ (p @ self.pull + s), c + constant))
            gains.append(gain)
            offsets.append(offset)
        matrices, linear, constants = (torch.stack(x[::-1]) for x in zip(*values, strict=True))
        return FiniteHorizon(self, torch.stack(gains[::-1]), torch.stack(offsets[::-1]), matrices, linear, constants)

    def stationary(self) -> "Stationary":
        """The best policy for ever among those that make the world stable.

        It comes from the discrete algebraic Riccati equation (`scipy.linalg.solve_discrete_are`), and then from steps
        of Newton's method (Hewer, IEEE Transactions on Automatic Control 16, 1971). The final cost does not count.

        Returns:
            The gain, the value, and the mean cost of a step.

        Raises:
            UserError: If there is no such policy: no gain makes the world stable, or `Q` does not see a part of the
                state that neither decays nor grows by itself. Or if the gain depends on rounding.
        """
        unsolved = (
            "a, b, q: expected a world that some gain makes stable, and a cost that sees every part of the state that "
            "neither decays nor grows by itself, both by more than rounding"
        )
        try:
            p = self.riccati()
            gain = self.step(p, torch.zeros_like(self.goal))[0]
        except BROKEN as error:
            raise UserError(unsolved) from error
        if not radius(self.a - self.b @ gain) < 1:
            raise UserError(unsolved)
        try:
            found = self.refined(p, gain)
        except BROKEN:
            found = None
        if found is None:
            raise UserError(
                "a, b, q, r: expected a problem whose gain rounding hardly changes, found an ill-conditioned one"
            )
        p, gain = found
        closed, one = self.a - self.b @ gain, torch.eye(self.dim).to(self.a)
        s = torch.linalg.solve(one - closed.T, closed.T @ (p @ self.pull))
        gain, offset, mean = self.step(p, s)
        return Stationary(self, gain, offset, p, s, float(mean))

    def riccati(self) -> Tensor:
        """The solution of the Riccati equation by SciPy, in units in which `R` is 1 and `B Bᵀ` as great as `Q`."""
        b = torch.linalg.solve_triangular(torch.linalg.cholesky(self.r), self.b.T, upper=False).T
        size, cost = (float(torch.linalg.matrix_norm(x, 2)) for x in (b, self.q))
        scale = size / sqrt(cost) if size and cost else 1.0
        scaled = (self.a, b / sqrt(scale), self.q * scale, torch.eye(self.action_dim))
        return torch.from_numpy(solve_discrete_are(*(np.asarray(x.cpu()) for x in scaled)) / scale).to(self.a)

    def refined(self, p: Tensor, gain: Tensor) -> tuple[Tensor, Tensor] | None:
        """The solution and its gain by Newton's method, from a gain that makes the world stable; None where rounding
        may have changed it too much."""
        one, nothing = torch.eye(self.dim).to(self.a), torch.zeros_like(self.goal)
        for _ in range(STEPS):
            move = (self.a - one) - self.b @ gain  # of the state in a step: exact also where it moves little
            stages, moved, both = self.q + gain.T @ self.r @ gain, move.T @ p @ move, move.T @ p + p @ move
            p, last = p + lyapunov(one + move, stages + moved + both), gain
            gain = self.step(p, nothing)[0]
            room = 1 - radius(self.a - self.b @ gain)
            if room <= 0:
                return None
            if self.little(gain - last, gain, room, PRECISE):
                break
        else:
            return None
        inverse = torch.linalg.inv(self.r + self.b.T @ p @ self.b)
        unit = inverse.diagonal().rsqrt()
        certain = float(torch.linalg.eigvalsh(unit[:, None] * inverse * unit)[0]) >= EPS / PRECISE
        rounded = EPS * (stages.abs() + move.T.abs() @ p.abs() @ move.abs() + 2 * move.T.abs() @ p.abs())
        generator = torch.Generator().manual_seed(0)
        for _ in range(PROBES):
            noise = rounded * (2 * torch.rand(rounded.shape, generator=generator, dtype=p.dtype) - 1).to(p)
            lost = inverse @ self.b.T @ lyapunov(one + move, noise) @ (one + move)
            certain = certain and self.little(lost, gain, room, DOUBTFUL)
        return (p, gain) if certain else None

    def little(self, change: Tensor, gain: Tensor, room: float, share: float) -> bool:
        """Whether a change is at most a share of a gain, or does nothing beside `room`, what stability has to spare."""
        changes, gains, moves = (float(x.abs().max()) for x in (change, gain, self.b @ change))
        return changes <= share * gains or moves <= NEGLIGIBLE * room

    def step(self, p: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gain, offset and the constant that a step adds, where `x·P x + 2 s·x` follows, `x = z - goal`."""
        weight = self.r + self.b.T @ p @ self.b
        gain = torch.linalg.solve(weight, self.b.T @ p @ self.a)
        offset = torch.linalg.solve(weight, self.b.T @ (p @ self.pull + s))
        constant = self.pull @ p @ self.pull + 2 * s @ self.pull - offset @ weight @ offset + (p * self.noise).sum()
        return gain, offset, constant


class LinearWorld:
    """A linear world with Gaussian noise, which goes on from call to call.

    Args:
        problem: Says how it moves, and the covariance of its noise.
        seed: Of the noise.
    """

    def __init__(self, problem: LinearQuadratic, seed: int = 0) -> None:
        self.problem, self.seed = problem, arguments.seed(seed)
        eigenvalues, vectors = torch.linalg.eigh(problem.noise)
        self.root: Tensor = vectors * eigenvalues.clamp(min=0).sqrt()
        self.generator: torch.Generator | None = None

    def __call__(self, state: Tensor, action: Tensor) -> Tensor:
        """The next states `(rows, dim)`, with fresh noise for each row."""
        self.problem.checked(state, action)
        if self.generator is None:
            self.generator = torch.Generator(state.device).manual_seed(self.seed)
        noise = torch.randn(*state.shape, generator=self.generator, dtype=state.dtype, device=state.device)
        return self.problem.model(state, action) + noise @ self.root.T.to(state)


@dataclass(frozen=True)
class FiniteHorizon:
    """The best policy `a = -gains[t] (z - goal) - offsets[t]` for a number of steps.

    The cost that remains at step `t` is `x·P x + 2 s·x + c` with `x = z - goal`, and with `P = value_matrices[t]`,
    `s = value_vectors[t]` and `c = value_constants[t]`. Without noise and with `A goal + drift = goal`, `offsets`, `s`
    and `c` are 0.

    Attributes:
        problem: What it solves.
        gains: `(horizon, action_dim, dim)`.
        offsets: `(horizon, action_dim)`.
        value_matrices: `(horizon + 1, dim, dim)`.
        value_vectors: `(horizon + 1, dim)`.
        value_constants: `(horizon + 1,)`. The noise adds the sum of `tr(P_{t+1} Cov(η))` over the steps that remain.
    """

    problem: LinearQuadratic
    gains: Tensor
    offsets: Tensor
    value_matrices: Tensor
    value_vectors: Tensor
    value_constants: Tensor

    def __call__(self, state: Tensor, step: int) -> Tensor:
        """The actions `(tasks, action_dim)` in states `(tasks, dim)` at a step from 0."""
        step = arguments.step(step, len(self.gains) - 1)
        return linear(self.gains[step], self.offsets[step], self.problem.away(state))

    def value(self, state: Tensor, step: int = 0) -> Tensor:
        """The expected cost that remains in states `(tasks, dim)` at a step: `(tasks,)`."""
        step, x = arguments.step(step, len(self.gains)), self.problem.away(state)
        return quadratic(self.value_matrices[step], x) + (
            2 * x @ self.value_vectors[step].to(x) + self.value_constants[step].to(x)
        )

    def plan(self, start: Tensor) -> Plan:
        """The best plan where there is no noise, from states `(tasks, dim)`."""
        state, actions = arguments.states("start", start), []
        arguments.coordinates("start", start, self.problem.dim)
        for step in range(len(self.gains)):
            actions.append(self(state, step))
            state = self.problem.model(state, actions[-1])
        found = torch.stack(actions, 1)
        states = rollout(self.problem.model, start, found)
        return Plan(found, states, total(self.problem.cost, self.problem.final_cost, states, found))


@dataclass(frozen=True)
class Stationary:
    """The best policy `a = -gain (z - goal) - offset` for ever, among those that make the world stable.

    Attributes:
        problem: What it solves.
        gain: `K`, `(action_dim, dim)`.
        offset: `(action_dim,)`; 0 if `A goal + drift = goal`.
        value_matrix: `P`, `(dim, dim)`, the stabilizing solution of `P = Q + Aᵀ P (A - B K)`.
        value_vector: `s`, `(dim,)`.
        mean_cost: The mean cost of a step in the long run. If `A goal + drift = goal`, it is `tr(P Cov(η))`.
    """

    problem: LinearQuadratic
    gain: Tensor
    offset: Tensor
    value_matrix: Tensor
    value_vector: Tensor
    mean_cost: float

    def __call__(self, state: Tensor, step: int = 0) -> Tensor:
        """The actions `(tasks, action_dim)` in states `(tasks, dim)`, the same at every step."""
        return linear(self.gain, self.offset, self.problem.away(state))

    def value(self, state: Tensor) -> Tensor:
        """`x·P x + 2 s·x` with `x = z - goal`, for states `(tasks, dim)`: `(tasks,)`.

        If `mean_cost` is 0, it is the cost that remains. Else it is what the cost of many steps from the state exceeds
        their number times `mean_cost` by, up to a constant that is the same for all states.
        """
        x = self.problem.away(state)
        return quadratic(self.value_matrix, x) + 2 * x @ self.value_vector.to(x)


def gain_through(gain: Any, orthogonal: Any) -> Tensor:
    """The same gain for an observer who sees `U z` in place of `z`: `K Uᵀ`.

    Args:
        gain: `K`, `(action_dim, dim)`.
        orthogonal: `U`, `(dim, dim)`.

    Returns:
        `(action_dim, dim)`, in float64.

    Raises:
        UserError: If the matrix is not orthogonal, or shapes do not fit.
    """
    k = arguments.array("gain", gain, -1, -1)
    return k @ arguments.orthogonal("orthogonal", orthogonal, k.shape[1]).to(k).T


def quadratic(matrix: Tensor, x: Tensor) -> Tensor:
    """`x·M x` for each row."""
    return ((x @ matrix.to(x)) * x).sum(-1)


def radius(closed: Tensor) -> float:
    """The greatest modulus of an eigenvalue: below 1 where all states decay under `z' = closed z`."""
    return float(torch.linalg.eigvals(closed).abs().max()) if closed.isfinite().all() else inf


def lyapunov(closed: Tensor, matrix: Tensor) -> Tensor:
    """The sum of `closedᵀᵏ matrix closedᵏ` over `k = 0, 1, ...`, of the symmetric part of a matrix."""
    found = solve_discrete_lyapunov(np.asarray(closed.T.cpu()), np.asarray(((matrix + matrix.T) / 2).cpu()))
    return torch.from_numpy((found + found.T) / 2).to(closed)


def linear(gain: Tensor, offset: Tensor, x: Tensor) -> Tensor:
    return -(x @ gain.T.to(x)) - offset.to(x)

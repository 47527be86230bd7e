"""Model-predictive control over any model of the world, and the linear-quadratic regulator to compare it with.

    from lejepa.planning import CEM, LinearQuadratic, mpc
    problem = LinearQuadratic(a, b, q, r, noise=w)
    planner = CEM(problem.cost, final_cost=problem.final_cost, horizon=10, action_dim=1)
    episode = mpc(planner, problem.model, problem.world(seed=0), start, steps=30)

What all of it has in common:

- Tasks are planned side by side. States have the shape `(tasks, ...)`, actions `(tasks, action_dim)`, and plans
  `(tasks, horizon, action_dim)`.
- A model maps states `(rows, ...)` and actions `(rows, action_dim)` to next states `(rows, ...)`. A cost maps the same
  to `(rows,)`. It is that of a state and of the action taken there; the final cost is that of the last state.
- Numbers have the type and the device of the starting states.
- No gradients are recorded.
- Bad input raises `lejepa.errors.UserError` with one sentence that names the argument.
"""

from lejepa.planning.cem import CEM
from lejepa.planning.jacobian import linearize
from lejepa.planning.lqr import FiniteHorizon, LinearQuadratic, Stationary, gain_through
from lejepa.planning.mpc import MPC, Episode, mpc, simulate
from lejepa.planning.mppi import MPPI
from lejepa.planning.planner import Planner
from lejepa.planning.policies import NoOpPolicy, RandomPolicy
from lejepa.planning.rollout import Plan, rollout, shifted

__all__ = [
    "CEM",
    "MPC",
    "MPPI",
    "Episode",
    "FiniteHorizon",
    "LinearQuadratic",
    "NoOpPolicy",
    "Plan",
    "Planner",
    "RandomPolicy",
    "Stationary",
    "gain_through",
    "linearize",
    "mpc",
    "rollout",
    "shifted",
    "simulate",
]

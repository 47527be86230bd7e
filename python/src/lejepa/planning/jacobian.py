"""A learnt model near a point, as a linear one."""

from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.planning import arguments
from lejepa.planning.rollout import Model, following


def linearize(model: Model, state: Any, action: Any) -> tuple[Tensor, Tensor, Tensor]:
    """The linear model `A z + B a + drift` that has the value and the Jacobian of a model at a point.

    `A` and `B` come from `torch.func.jacrev`. With them `lejepa.planning.lqr.LinearQuadratic` gives the gain that is
    best near the point: `LinearQuadratic(a, b, q, r, drift=drift).stationary().gain`.

    Args:
        model: Maps states `(rows, dim)` and actions `(rows, action_dim)` to next states `(rows, dim)`, differentiably.
        state: The point, `(dim,)`: a tensor in the model's type, or an array.
        action: The action there, `(action_dim,)`.

    Returns:
        `A` of shape `(dim, dim)`, `B` of shape `(dim, action_dim)` and `drift` of shape `(dim,)`, in the type of the
            state.

    Raises:
        UserError: If shapes do not fit, or the model or its Jacobian is not finite at the point.
    """
    kind = state if isinstance(state, Tensor) and state.is_floating_point() else torch.zeros((), dtype=torch.float64)
    z, a = arguments.array("state", state, -1).to(kind), arguments.array("action", action, -1).to(kind)

    def single(z: Tensor, a: Tensor) -> Tensor:
        return following("model", model, z[None], a[None])[0]

    jacobian_z, jacobian_a = (x.detach() for x in torch.func.jacrev(single, argnums=(0, 1))(z, a))
    with torch.no_grad():
        drift = single(z, a) - jacobian_z @ z - jacobian_a @ a
    if not all(x.isfinite().all() for x in (jacobian_z, jacobian_a, drift)):
        raise UserError("model: expected a finite value and Jacobian at this state and action, found NaN or infinity")
    return jacobian_z, jacobian_a, drift

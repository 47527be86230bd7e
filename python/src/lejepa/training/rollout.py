"""What is measured of an encoder and its predictor in a linear world: the error of one step, and that of rollouts.

A rollout feeds the predictor `f` its own output: `y_0 = h(z)`, `y_{t+1} = f(y_t, a_t)`. It is compared with the mean
dynamics of the world, `m_0 = z`, `m_{t+1} = M m_t + B a_t`, seen through the orthogonal map `Q` that is nearest to the
encoder (Lean: `Lejepa.rollout_ae_eq`). Like the distance, this leaves the encoder's mean free: VICReg and Whitening do
not see it.
"""

from collections.abc import Callable
from math import sqrt

import torch
from torch import Tensor

from lejepa.measures.estimate import Estimate, fields, mean
from lejepa.measures.recovery import nearest_orthogonal
from lejepa.training.columns import STEPS
from lejepa.training.linear import LinearWorld

NOTHING = 1e-12  # a mean square below which there is nothing to be relative to

Predict = Callable[[Tensor, Tensor], Tensor]


def imagined(predict: Predict, h: Tensor, actions: Tensor) -> Tensor:
    """The rollout from embeddings `(..., count, dim)` under actions `(..., count, steps, k)`, the start first.

    Returns `(..., count, steps + 1, dim)`. `predict` maps embeddings and actions `(..., count, k)` to embeddings.
    """
    states = [h]
    for a in actions.unbind(-2):
        states.append(predict(states[-1], a))
    return torch.stack(states, dim=-2)


def expected(world: LinearWorld, z: Tensor, actions: Tensor) -> Tensor:
    """The same of the mean dynamics, from latents: float64."""
    memory, action = (torch.from_numpy(m).to(z.device) for m in (world.memory, world.action))
    return imagined(lambda m, a: m @ memory.T + a @ action.T, z.double(), actions.double())


def seen_through(h: Tensor, z: Tensor, states: Tensor) -> Tensor:
    """`Q m + c` of states `(count, ..., dim)` in latent coordinates, as the embeddings have them.

    Of rows cut into halves, each is seen through what is nearest to the encoder on the other: `Q` is the polar factor
    of `Σ (h - 𝔼 h) zᵀ` and `c` the mean of `h - Q z`, so that no row is scored by what was fitted to it.
    """
    halves = list(zip(h.double().tensor_split(2), z.double().tensor_split(2), strict=True))
    turns = nearest_orthogonal(torch.stack([(a - a.mean(0)).T @ x for a, x in halves])).unbind()
    shifts = [(a - x @ q.T).mean(0) for (a, x), q in zip(halves, turns, strict=True)]
    fitted = zip(states.tensor_split(2), reversed(turns), reversed(shifts), strict=True)
    return torch.cat([m @ q.T + c for m, q, c in fitted])


def missed(world: LinearWorld, guess: Tensor, actions: Tensor) -> dict[str, float]:
    """The mean squared error of guesses of actions over coordinates, `(count, k)` both, and its ratio to the least."""
    errors = (guess.double() - actions.double()).square().mean(-1)
    return beside("inverse", errors, world.inverse_error / actions.shape[-1])


def beside(name: str, errors: Tensor, least: float) -> dict[str, float]:
    """The mean of errors `(count,)` by a name, and its ratio to the least, which is left out where that is nothing."""
    found = mean(errors)
    of = {name: found}
    if least > NOTHING:
        of[f"{name}_ratio"] = Estimate(found.value / least, found.error / least)
    return fields(of)


def measure(
    world: LinearWorld, z: Tensor, h: Tensor, h_next: Tensor, states: Tensor, actions: Tensor
) -> dict[str, float]:
    """The error of a predictor, and the relative errors of rollouts of 1 to 5 steps, each with its standard error.

    z, h, h_next: latents, their embeddings and those of their successors, `(count, dim)`. states: rollouts from `h`,
    `(count, steps + 1, dim)`, of which the first is of the action that led to `h_next`. actions: `(count, steps, k)`.

    A rollout's relative error is the root of its mean squared distance from `Q m_t + c`, over that of the mean square
    of `m_t`; of one step it is that of the predictor. A ratio is left out where it is one to nothing.
    """
    errors = (states[:, 1].double() - h_next.double()).square().sum(-1)
    found = beside("prediction", errors, world.optimal_error)
    apart = (states.double() - seen_through(h, z, expected(world, z, actions))).square().sum(-1)
    for steps in STEPS:
        if (spread := world.spread(steps)) > NOTHING:
            square = mean(apart[:, steps])
            root = sqrt(square.value / spread)
            # the root has no slope at 0: its rise over one standard error serves
            rise = sqrt((square.value + square.error) / spread) - root
            found |= fields({f"rollout_{steps}": Estimate(root, rise)})
    return found

"""What an encoder recovers of the joints, and what its embeddings certify of themselves."""

import numpy as np
import torch
from torch import Tensor

from lejepa.certification.certifier import certify
from lejepa.errors import UserError
from lejepa.measures.record import Recovery
from lejepa.measures.recovery import recovery
from lejepa.reacher.config import Computation
from lejepa.reacher.results import Recovered
from lejepa.reacher.scene import Floats, wrapped
from lejepa.training.frames import FrameEncoder, embed

Held = tuple[Floats, Tensor]  # joint angles (episodes, length, 2) and their frames


def pairs_of(x: Tensor) -> tuple[Tensor, Tensor]:
    """Successive states of `(episodes, length, dim)`, each `(pairs, dim)`, in the order of time."""
    return x[:, :-1].flatten(0, 1), x[:, 1:].flatten(0, 1)


def own_latents(angles: Floats) -> Floats:
    """Joint angles as they look, each of mean 0 and variance 1."""
    seen = wrapped(angles)
    standard: Floats = (seen - seen.mean((0, 1))) / seen.std((0, 1))
    return standard


def correlation(z: Floats) -> float:
    """The mean over coordinates of the correlation of successive latents `(episodes, length, dim)`."""
    a, b = z[:, :-1].reshape(-1, z.shape[-1]), z[:, 1:].reshape(-1, z.shape[-1])
    return float(np.mean([np.corrcoef(a[:, i], b[:, i])[0, 1] for i in range(z.shape[-1])]))


def on_gaussian(c: Computation, encoder: FrameEncoder, gaussian: Held) -> Recovery:
    """Recovery of the joint latents on the held-out Gaussian pairs."""
    g, g_next = pairs_of(embed(encoder, gaussian[1]))
    return recovery(pairs_of(torch.from_numpy(gaussian[0] / c.ou.spread))[0], g, g_next, c.ou.rho)


def measure(
    c: Computation, data: str, objective: str, seed: int, encoder: FrameEncoder, own: Held, gaussian: Held
) -> Recovered:
    """Recovery on held-out pairs of the encoder's own law, and on the Gaussian ones; and the certificate of its own."""
    z = own[0] / c.ou.spread if data == "ou" else own_latents(own[0])
    rho = c.ou.rho if data == "ou" else correlation(z)
    h, h_next = pairs_of(embed(encoder, own[1]))
    try:
        made = certify(h, h_next, c.ou.rho if data == "ou" else None, trajectory=len(own[0][0]) - 1)
    except UserError:  # pairs that depend on each other so much that they are worth too few
        made = None
    return Recovered(
        data=data,
        objective=objective,
        seed=seed,
        rho=rho,
        own=recovery(pairs_of(torch.from_numpy(z))[0], h, h_next, rho).as_dict(),
        gaussian=on_gaussian(c, encoder, gaussian).as_dict(),
        verdict=made.verdict if made else "refused",
        violated=made.violated if made else (),
        limit=made.sharp_limit if made else None,
    )

"""What the theorem speaks of, measured of somebody's encoder during training, on held-out pairs.

    from lejepa import MeasureMonitor
    monitor = MeasureMonitor(encoder, x0, x1, rho=0.9, every=100)
    for step, batch in enumerate(loader):
        ...
        monitor(step)

These are estimates with standard errors, which cost little. A certificate (`lejepa.Monitor`) tests the world besides,
and has limits that hold with a stated confidence.
"""

from math import sqrt
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures import bounds
from lejepa.measures.embedding import Encoder, embed, observations
from lejepa.measures.estimate import standard_error
from lejepa.measures.moments import pair_moments
from lejepa.measures.record import Recovery
from lejepa.measures.recovery import recovery
from lejepa.measures.regression import checked, varying
from lejepa.measures.watch import Log, Watch, print_line
from lejepa.training.energy import HermiteEnergy

LEAST_PAIRS = 3
DEPENDENT = 1e-12  # eigenvalues of the correlation matrix below which a direction does not vary


class Measures(BaseModel):
    """What is measured of an encoder. Each number has its standard error over independent pairs, `..._error`.

    epsilon: `ε = ‖Cov(h) - 1‖_F`. delta: `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`, unbiased, so it may be below 0.
    excess: `D = δ / (2 ρ (1 - ρ))`. bound: `max(D, 0) + (ε + max(D, 0))²`, of the distance to the nearest rotation of
    the latents, where the world is the theorem's. alignment: `𝔼 ‖h' - h‖²`.
    variances: the eigenvalues of `Cov(h)`, greatest first: all 1 where the embedding is white.
    correlations: the spectrum of the step, greatest first: the eigenvalues of the symmetric part of `Cov(h, h')` after
        whitening, along directions that vary. All of them are `ρ` where the embedding is linear in the latents, and a
        component of Hermite degree `k` has `ρᵏ`. They are fitted on these very rows, so that with few of them they
        spread.
    recovery: with latents, R² both ways, distance and the rest (`lejepa.measures.record.Recovery`).
    energy: with latents, the weight of each Hermite degree `0, 1, ...` of the embedding, and last what is of none of
        these (`lejepa.training.energy.HermiteEnergy`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    epsilon: float
    epsilon_error: float
    delta: float
    delta_error: float
    excess: float
    excess_error: float
    bound: float
    alignment: float
    alignment_error: float
    variances: tuple[float, ...]
    correlations: tuple[float, ...]
    recovery: Recovery | None = None
    energy: tuple[float, ...] | None = None

    def scalars(self, prefix: str = "measure/") -> dict[str, float]:
        """Those that are worth a curve; `r2` is the lower of the two explained variances."""
        values = {name: getattr(self, name) for name in ("epsilon", "delta", "excess", "bound", "alignment")}
        values |= {"variance_min": self.variances[-1], "variance_max": self.variances[0]}
        if self.correlations:
            values |= {"correlation_min": self.correlations[-1], "correlation_max": self.correlations[0]}
        if self.recovery is not None:
            values |= {"r2": self.recovery.r2, "distance": self.recovery.distance}
        if self.energy is not None:
            values |= {f"energy_{k}": v for k, v in enumerate(self.energy[:-1])} | {"energy_above": self.energy[-1]}
        return {prefix + name: value for name, value in values.items()}


def measure(
    encoder: Encoder, x0: Any, x1: Any, rho: float, *, latents: Any = None, batch: int = 4096, degree: int | None = None
) -> Measures:
    """Measure an encoder on independent pairs of observations, of states `x0` and of their successors `x1`.

    encoder: maps observations to embeddings `(rows, dim)`; it is left as it was. rho: the correlation of successive
    latents, in (0, 1). latents: of the states, `(rows, dim)`, where they are known: mean 0, variance 1.
    degree: the highest Hermite degree; by default as many as are resolved. Raises UserError for bad input.
    """
    if not 0 < rho < 1:
        raise UserError(f"rho = {rho:g}: expected a correlation between 0 and 1")
    h, h_next = (checked("embeddings", x) for x in embed(encoder, x0, x1, batch))
    if len(h) < LEAST_PAIRS:
        raise UserError(f"expected at least {LEAST_PAIRS} pairs to measure the encoder on, found {len(h)}")
    moments = pair_moments(h, h_next)
    deltas, gap, epsilon = moments.deltas(rho), bounds.excess_gap(rho), moments.defect.norm
    excess = deltas.mean().item() / gap
    found: dict[str, Any] = {}
    if latents is not None:
        z = observations("latents", latents, None).to(h.device)
        if z.shape != h.shape:
            raise UserError(f"latents: expected the shape of the embeddings, {tuple(h.shape)}, found {tuple(z.shape)}")
        found["recovery"] = recovery(z, h, h_next, rho)
        found["energy"] = tuple(HermiteEnergy(z, degree)(h[None])[0].tolist())
    return Measures(
        epsilon=epsilon.value,
        epsilon_error=epsilon.error,
        delta=deltas.mean().item(),
        delta_error=standard_error(deltas),
        excess=excess,
        excess_error=standard_error(deltas) / gap,
        bound=bounds.bound(excess, epsilon.value),
        alignment=moments.steps.mean().item(),
        alignment_error=standard_error(moments.steps),
        variances=tuple(torch.linalg.eigvalsh(moments.covariance).flip(0).tolist()),
        correlations=step_spectrum(h, h_next),
        **found,
    )


def step_spectrum(h: Tensor, h_next: Tensor) -> tuple[float, ...]:
    """The eigenvalues of the symmetric part of `Cov(h, h')` after whitening, greatest first, in directions that vary.

    Both views count for mean and covariance, so that all are between -1 and 1.
    """
    both = torch.cat((h, h_next))
    both = both[:, varying(both)]
    a, b = (both - both.mean(0)).chunk(2)
    length = ((a.square() + b.square()).sum(0) / (2 * len(a))).sqrt()
    a, b = a / length, b / length
    values, vectors = torch.linalg.eigh((a.T @ a + b.T @ b) / (2 * len(a)))
    kept = values > DEPENDENT * sqrt(len(values)) if len(values) else values > 0
    white = vectors[:, kept] / values[kept].sqrt()
    step = white.T @ (a.T @ b + b.T @ a) @ white / (2 * len(a))
    return tuple(torch.linalg.eigvalsh(step).flip(0).tolist())


class MeasureMonitor(Watch[Measures]):
    """Measures an encoder every so many steps of a training loop, on held-out pairs.

    encoder, x0, x1, rho: as in `measure`; options: its `latents`, `batch`, `degree`. Calling it with a step returns the
    measures where the step is a multiple of `every`, else None; `history` keeps steps and measures.
    log: takes the scalars and the step, as `wandb.log` does; prints by default.
    """

    def __init__(
        self, encoder: Encoder, x0: Any, x1: Any, rho: float, every: int = 100, log: Log = print_line, **options: Any
    ) -> None:
        super().__init__(every, log)
        self.encoder, self.x0, self.x1, self.rho, self.options = encoder, x0, x1, rho, options

    def look(self) -> Measures:
        return measure(self.encoder, self.x0, self.x1, self.rho, **self.options)

    def numbers(self, found: Measures) -> dict[str, float]:
        return found.scalars()

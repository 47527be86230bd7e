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

from lejepa.arguments import share, whole
from lejepa.errors import UserError
from lejepa.measures import bounds
from lejepa.measures.embedding import Encoder, embed, observations
from lejepa.measures.estimate import standard_error
from lejepa.measures.moments import pair_moments
from lejepa.measures.record import Recovery
from lejepa.measures.recovery import recovery, require_rows
from lejepa.measures.regression import checked, varying
from lejepa.measures.watch import Log, Watch, print_line
from lejepa.measures.white import whitened
from lejepa.training.energy import HermiteEnergy

LEAST_PAIRS = 3
DEPENDENT = 1e-12  # eigenvalues of the correlation matrix below which a direction does not vary


class Measures(BaseModel):
    """What is measured of an encoder, on independent pairs `(h, h')` of embeddings.

    Attributes:
        epsilon: `ε = ‖Cov(h) - 1‖_F`.
        epsilon_error: Its standard error over pairs.
        delta: `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`, unbiased, so that it may be below 0.
        delta_error: Its standard error.
        excess: `D = δ / (2 ρ (1 - ρ))`.
        excess_error: Its standard error.
        bound: `max(D, 0) + (ε + max(D, 0))²`, which bounds the squared distance to an orthogonal map of the latents if
            the world is the Gaussian one.
        alignment: `𝔼 ‖h' - h‖²`.
        alignment_error: Its standard error.
        variances: The eigenvalues of `Cov(h)`, greatest first: all 1 if the embedding is white.
        correlations: The spectrum of the step, greatest first: the eigenvalues of the symmetric part of `Cov(h, h')`
            after whitening, in directions that vary. All of them are `ρ` if the embedding is affine in the latents; a
            component of Hermite degree `k` has `ρᵏ`. They are fitted to these very rows, so that they spread if the
            rows are few.
        recovery: R² both ways, distance and the rest, if latents were given; of the latents made white, whose errors
            count that mean and covariance are those of these very rows.
        energy: The weight of the Hermite degrees `0, 1, ...` of the embedding in white latents, and last that of all
            others together, if latents were given.
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
        """The numbers that are worth plotting over time.

        Args:
            prefix: What each name begins with.

        Returns:
            `epsilon`, `delta`, `excess`, `bound` and `alignment`; the least and the greatest of the variances and of
                the correlations; and with latents `r2`, the lower of the two explained variances, `distance`, and the
                energy of each degree.
        """
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
    """Measure an encoder on held-out pairs of observations, which are taken to be independent.

    The encoder is left as it was (`lejepa.measures.embedding.embed`).

    Args:
        encoder: Maps observations of shape `(rows, ...)` to embeddings of shape `(rows, dim)`.
        x0: Observations of states, one row for each pair: a tensor or a NumPy array.
        x1: Observations of their successors, as many rows.
        rho: Correlation of successive latents, in (0, 1).
        latents: The latents of the states, of the shape of the embeddings, in any affine scale: they are centred and
            made white first, by the mean and the covariance of these very rows. So `z` and `A z + b`, with `A`
            invertible, give the same recovery and the same energy, up to rounding (`lejepa.measures.white.whitened`).
        batch: Number of rows that are embedded at a time.
        degree: The highest Hermite degree that is told apart; by default as many as the dimension allows.

    Returns:
        The measures.

    Raises:
        UserError: If an argument is out of range, shapes do not fit, there are fewer than three pairs, or embeddings
            are not finite; with latents, if there are fewer pairs than `lejepa.measures.regression.least_rows(dim)`,
            or if the latents are not finite or have no covariance of full rank.
    """
    rho = share("rho", rho)
    degree = None if degree is None else whole("degree", degree)
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
        require_rows(*h.shape)
        z = whitened("latents", z)
        found["recovery"] = recovery(z, h, h_next, rho, white=True)
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

    Call it with the step number. It returns the measures at steps that are multiples of `every`, and None otherwise.

    Args:
        encoder: Maps observations of shape `(rows, ...)` to embeddings of shape `(rows, dim)`.
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: Correlation of successive latents, in (0, 1).
        every: Number of steps between two measurements.
        log: Called with the scalars of the measures and the step, as `wandb.log` can be; prints a line by default.
        options: Further arguments of `measure`, such as `latents`.

    Attributes:
        history: The steps and their measures so far.

    Raises:
        UserError: If `every` is not a whole number of at least 1; and when called, as `measure` does.
    """

    kind = Measures

    def __init__(
        self, encoder: Encoder, x0: Any, x1: Any, rho: float, every: int = 100, log: Log = print_line, **options: Any
    ) -> None:
        super().__init__(every, log)
        self.encoder, self.x0, self.x1, self.rho, self.options = encoder, x0, x1, rho, options

    def look(self) -> Measures:
        return measure(self.encoder, self.x0, self.x1, self.rho, **self.options)

    def numbers(self, found: Measures) -> dict[str, float]:
        return found.scalars()

"""How well embeddings recover latents, in the theorem's terms (paper, section 5; Lean: `approx_identifiability`)."""

from math import sqrt

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures import bounds
from lejepa.measures.estimate import Estimate, standard_error
from lejepa.measures.moments import PairMoments, pair_moments
from lejepa.measures.regression import checked, explained_by, least_rows, orthogonality, span, varying

# Every measure of `Recovery`, in the order in which tables show them, and how they head it.
HEADINGS = {
    "r2_hz": "R²(h→z)",
    "r2_zh": "R²(z→h)",
    "orthogonality": "‖AᵀA-1‖",
    "epsilon": "ε",
    "delta": "δ",
    "excess": "D",
    "distance": "distance",
    "bound": "bound",
    "alignment": "alignment",
}


class Recovery(BaseModel):
    """How well embeddings recover latents. Each measure comes with its standard error over independent pairs.

    r2_zh, r2_hz: explained variance of embeddings by latents, and of latents by embeddings, on rows that were not
        fitted (`lejepa.measures.regression.explained`); both 0 where embeddings do not vary.
    orthogonality: `‖AᵀA - 1‖_F` of the regression matrix `A` of embeddings on latents.
    epsilon: `ε = ‖Cov(h) - 1‖_F`. epsilon_squared: its square, unbiased, so below 0 as often as not where `ε = 0`.
    delta: `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`, unbiased, so it may be below 0.
    excess: `D = δ / (2 ρ (1 - ρ))`, of either sign like `δ`.
    distance: `min over orthogonal Q of 𝔼 ‖h - 𝔼 h - Q z‖²`, `Q` fitted to other rows than those it is scored on.
    bound: `max(D, 0) + (ε + max(D, 0))²`, which the theorem says is at least the distance; estimates below 0 count as
        0 here, so where `D = 0` it is too great, by less than half its standard error.
    margin_error: standard error of `bound - distance`.
    alignment: `𝔼 ‖h' - h‖²`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    r2_zh: float
    r2_zh_error: float
    r2_hz: float
    r2_hz_error: float
    orthogonality: float
    orthogonality_error: float
    epsilon: float
    epsilon_error: float
    epsilon_squared: float
    epsilon_squared_error: float
    delta: float
    delta_error: float
    excess: float
    excess_error: float
    distance: float
    distance_error: float
    bound: float
    bound_error: float
    margin_error: float
    alignment: float
    alignment_error: float

    @property
    def r2(self) -> float:
        """The lower of the two explained variances."""
        return min(self.r2_zh, self.r2_hz)

    @property
    def r2_error(self) -> float:
        """The standard error of the lower of the two explained variances."""
        return self.r2_zh_error if self.r2_zh < self.r2_hz else self.r2_hz_error

    def within_bound(self, errors: float) -> bool:
        """Whether the distance is at most the bound, up to so many standard errors of their difference."""
        return self.distance <= self.bound + errors * self.margin_error

    def as_dict(self) -> dict[str, float]:
        return self.model_dump()


def nearest_orthogonal(a: Tensor) -> Tensor:
    """The orthogonal matrices nearest to `a`, `(..., n, n)`, in the Frobenius norm: their polar factors."""
    u, _, vt = torch.linalg.svd(a)
    q: Tensor = u @ vt
    return q


def distances(z: Tensor, h: Tensor) -> Tensor:
    """Values of each row, `(count,)`, whose mean estimates `min over orthogonal Q of 𝔼 ‖h - 𝔼 h - Q (z - 𝔼 z)‖²`.

    Of rows cut into `k` contiguous parts each is scored with the `Q` of the others. A `Q` from `m` rows makes the
    distance too great by `c / m`, to first order, so of `k = 2` and `k = 4` thrice the second less twice the first is
    rid of that (Richardson's extrapolation).
    """
    count = len(z)
    a, x = h - h.mean(0), z - z.mean(0)
    crosses = [p.T @ q for p, q in zip(a.tensor_split(4), x.tensor_split(4), strict=True)]
    total = torch.stack(crosses).sum(0)
    halves = torch.stack((crosses[2] + crosses[3], crosses[0] + crosses[1]))
    rotations = nearest_orthogonal(torch.cat((halves, total - torch.stack(crosses)))).unbind()

    def scored(parts: int, fitted: tuple[Tensor, ...]) -> Tensor:
        left = zip(a.tensor_split(parts), x.tensor_split(parts), fitted, strict=True)
        return torch.cat([(p - y @ q.T).square().sum(1) for p, y, q in left])

    return (3 * scored(4, rotations[2:]) - 2 * scored(2, rotations[:2])) * (count / (count - 1))


def recovery(z: Tensor, h: Tensor, h_next: Tensor, rho: float) -> Recovery:
    """All of `Recovery` from latents, their embeddings and those of their successors, each `(count, dim)`.

    Latents have mean 0 and covariance 1, and successive ones correlation `rho`. Raises UserError for other shapes,
    fewer rows than `least_rows(dim)`, numbers that are not finite, and latents that do not vary.
    """
    z, h, h_next = checked("latents", z), checked("embeddings", h), checked("embeddings of successors", h_next)
    count, dim = h.shape
    if not z.shape == h.shape == h_next.shape:
        found = " and ".join(str(tuple(x.shape)) for x in (z, h, h_next))
        raise UserError(f"recovery: expected latents and embeddings of one shape, found {found}")
    if count < least_rows(dim):
        raise UserError(f"recovery in {dim} dimensions: expected at least {least_rows(dim)} pairs, found {count}")
    if not 0 < rho < 1:
        raise UserError(f"rho = {rho:g}: expected a correlation between 0 and 1")
    if not bool(varying(z).any()):
        raise UserError(f"recovery: expected latents that vary, found {count} samples that are all the same")
    of_latents = span(z)
    collapsed = not bool(varying(h).any())
    r2_zh, r2_hz = (Estimate(0, 0),) * 2 if collapsed else (explained_by(of_latents, h), explained_by(span(h), z))
    turned = orthogonality(of_latents, h).norm
    moments = pair_moments(h, h_next)
    epsilon, squared = moments.defect.norm, moments.defect
    deltas, gap = moments.deltas(rho), bounds.excess_gap(rho)
    apart = distances(z, h)
    excess = deltas.mean().item() / gap
    return Recovery(
        r2_zh=r2_zh.value,
        r2_zh_error=r2_zh.error,
        r2_hz=r2_hz.value,
        r2_hz_error=r2_hz.error,
        orthogonality=turned.value,
        orthogonality_error=turned.error,
        epsilon=epsilon.value,
        epsilon_error=epsilon.error,
        epsilon_squared=squared.square,
        epsilon_squared_error=squared.error,
        delta=deltas.mean().item(),
        delta_error=standard_error(deltas),
        excess=excess,
        excess_error=standard_error(deltas) / gap,
        distance=apart.mean().item(),
        distance_error=standard_error(apart),
        bound=bounds.bound(excess, epsilon.value),
        bound_error=error_of_bound(moments, deltas / gap, torch.zeros_like(deltas)),
        margin_error=error_of_bound(moments, deltas / gap, apart),
        alignment=moments.steps.mean().item(),
        alignment_error=standard_error(moments.steps),
    )


def error_of_bound(moments: PairMoments, excesses: Tensor, apart: Tensor) -> float:
    """The standard error of `bound - distance` over pairs, by the delta method.

    The bound's root in `ε²` has no slope at 0: there, as everywhere, its rise over one standard error of `ε²` serves.
    """
    excess, epsilon = max(excesses.mean().item(), 0), moments.defect.norm
    up = epsilon.value + epsilon.error
    error = moments.defect.error
    rise = (bounds.bound(excess, up) - bounds.bound(excess, epsilon.value)) / error if error > 0 else 0.0
    influence = (1 + 2 * (epsilon.value + excess)) * excesses + rise * moments.defect.influence - apart
    return sqrt(standard_error(influence) ** 2 + rise**2 * moments.defect.flat)

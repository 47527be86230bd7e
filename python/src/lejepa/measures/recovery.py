"""How well embeddings recover latents, in the theorem's terms (paper, section 5; Lean: `approx_identifiability`)."""

from math import hypot, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures import bounds
from lejepa.measures.estimate import Estimate, off_diagonal, probes, standard_error
from lejepa.measures.moments import PairMoments, pair_moments
from lejepa.measures.record import Recovery
from lejepa.measures.regression import WELL, checked, explained_by, least_rows, orthogonality, span


def nearest_orthogonal(a: Tensor) -> Tensor:
    """The orthogonal matrices nearest to `a`, `(..., m, n)`, in the Frobenius norm: their polar factors.

    If `m` is not `n`, those with orthonormal columns or rows.
    """
    if a.shape[-2] == a.shape[-1] and a.dtype == torch.float64:
        values, vectors = torch.linalg.eigh(a.mT @ a)  # a third of the time of what follows
        if bool((values[..., 0] > WELL * values[..., -1]).all()):
            whole: Tensor = a @ (vectors / values.sqrt().unsqueeze(-2)) @ vectors.mT
            return whole
    u, _, vt = torch.linalg.svd(a, full_matrices=False)
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


def of_white(z: Tensor, h: Tensor, apart: Tensor) -> tuple[Tensor, float]:
    """`distances` of latents that were made white by these very rows: values of each row, and a variance beside theirs.

    The squared distance is `tr Cov(h) + n - 2 tr S`, with `M = Cov(h, z) C^{-1/2} = Q S` the polar decomposition and
    `C` the covariance of `z`, taken in white coordinates, where `C` is `1 + Δ` in the sample and 1 in truth. Let
    `S = diag(s)` there, `g = Qᵀ h`, and let row `i` move `Δ` by `δᵢ = (zᵢ zᵢᵀ - 1) / count` and `Qᵀ Cov(h, z)` by
    `ξᵢ = (gᵢ zᵢᵀ - S) / count`. To first order, `‖h - Q z‖²` of a row becomes `‖h‖² - 2 g·z + z·S z`. To second order,

        Σ_{a b} (2 s_a ξ_ab δ_ab - (s_a² + s_a s_b + s_b²) / 2 · δ_ab²) / (s_a + s_b)

    is added to the mean, `ξ` and `δ` being sums over rows: its mean over samples is taken off. It varies by twice the
    mean square of its kernel over two different rows, by `count²`; that is the variance left where `h` is `Q z`. In the
    plain influence of a row the sample's own noise counts by twice as much, as in `lejepa.measures.estimate`.
    """
    count = len(z)
    h = h - h.mean(0)
    u, s, vt = torch.linalg.svd(h.T @ z / count)
    g, v = h @ u, z @ vt.T
    sums = s[:, None] + s
    sums = torch.where(sums > 0, sums, 1)
    mixed, own = 2 * s[:, None] / sums, (s[:, None].square() + s[:, None] * s + s.square()) / (2 * sums)
    squares, one = v.square(), torch.eye(len(s), dtype=s.dtype, device=s.device)
    bias = (mixed * ((g * v).T @ squares / count - one * s) - own * (squares.T @ squares / count - one)).sum() / count

    i = probes(count, z.device)
    kernel = z.new_zeros(len(i), len(i))
    for a in range(len(s)):
        moved, made = g[i, a, None] * v[i] - s[a] * one[a], v[i, a, None] * v[i] - one[a]
        kernel += (mixed[a] * moved - own[a] * made) @ made.T
    flat = 2 * float(off_diagonal(((kernel + kernel.T) / 2).square())) / count**2

    influence = apart + (squares - 1) @ (s - 1)
    influence = influence - influence.mean()
    plain = standard_error(influence) ** 2
    kept = sqrt(max(plain - 2 * flat, 0) / plain) if plain > 0 else 1.0
    return apart.mean() - bias + kept * influence, flat


def require_rows(count: int, dim: int) -> None:
    """UserError where there are too few pairs to measure recovery on."""
    if count < least_rows(dim):
        raise UserError(f"recovery in {dim} dimensions: expected at least {least_rows(dim)} pairs, found {count}")


def recovery(z: Tensor, h: Tensor, h_next: Tensor, rho: float, *, white: bool = False) -> Recovery:
    """Measure how well embeddings recover latents that are known.

    Rows are taken to be independent samples; the standard errors assume it.

    Args:
        z: Latents of shape `(count, dim)`, from a law with mean 0 and covariance 1. Make others white first
            (`lejepa.measures.white.whitened`).
        h: Their embeddings, of the same shape.
        h_next: The embeddings of their successors, of the same shape.
        rho: Correlation of successive latents, in (0, 1).
        white: Whether the latents were made white by the mean and the covariance of these very rows. What is measured
            is then of latents made white by those of their law, and errors count that the rows' own are not quite
            these.

    Returns:
        Every measure, each with its standard error.

    Raises:
        UserError: If shapes differ, there are fewer rows than `lejepa.measures.regression.least_rows(dim)`, a number is
            not finite, `rho` is out of range, or the latents do not vary.
    """
    z, h, h_next = checked("latents", z), checked("embeddings", h), checked("embeddings of successors", h_next)
    if not z.shape == h.shape == h_next.shape:
        found = " and ".join(str(tuple(x.shape)) for x in (z, h, h_next))
        raise UserError(f"recovery: expected latents and embeddings of one shape, found {found}")
    return of_any_width(z, h, h_next, rho, white=white)


def of_any_width(z: Tensor, h: Tensor, h_next: Tensor, rho: float, *, white: bool = False) -> Recovery:
    """The same of embeddings `(count, m)` of `n` latents, in float64. Of the bound, the theorem speaks if `m = n`."""
    found = Compared(z, h, h_next, rho, white=white)
    turned, moments = orthogonality(found.of_latents, h, white=white).norm, found.moments
    epsilon, squared = moments.defect.norm, moments.defect
    return Recovery(
        r2_zh=found.r2_zh.value,
        r2_zh_error=found.r2_zh.error,
        r2_hz=found.r2_hz.value,
        r2_hz_error=found.r2_hz.error,
        orthogonality=turned.value,
        orthogonality_error=turned.error,
        epsilon=epsilon.value,
        epsilon_error=epsilon.error,
        epsilon_squared=squared.square,
        epsilon_squared_error=squared.error,
        delta=found.deltas.mean().item(),
        delta_error=standard_error(found.deltas),
        excess=found.excess,
        excess_error=standard_error(found.deltas) / found.gap,
        distance=found.distance,
        distance_error=with_variance(standard_error(found.apart), found.flat),
        bound=found.bound,
        bound_error=error_of_bound(moments, found.deltas / found.gap, torch.zeros_like(found.deltas)),
        margin_error=found.margin_error,
        alignment=moments.steps.mean().item(),
        alignment_error=standard_error(moments.steps),
    )


class Followed(NamedTuple):
    """What of `Recovery` is followed during training."""

    r2: float
    distance: float
    bound: float
    margin_error: float


def followed(z: Tensor, h: Tensor, h_next: Tensor, rho: float) -> Followed:
    """The same numbers as `of_any_width`, without the time for all others."""
    found = Compared(z, h, h_next, rho)
    return Followed(found.r2, found.distance, found.bound, found.margin_error)


class Compared:
    """Latents beside their embeddings, of any width, in float64: what all measures are made of.

    Raises UserError as `recovery` does, but for shapes and numbers that are not finite.

    Attributes:
        of_latents: Their span.
        r2_zh, r2_hz: R² of the embeddings by the latents, and the other way round.
        r2: The lesser of the two.
        moments: Of the embeddings.
        deltas, gap: `δ` of each pair, and what it is divided by for the excess.
        apart: Values of each row, whose mean is the distance.
        flat: A variance of the distance beside that of this mean: 0 unless the rows have made the latents white.
        excess, distance, bound, margin_error: As in `Recovery`.
    """

    def __init__(self, z: Tensor, h: Tensor, h_next: Tensor, rho: float, *, white: bool = False) -> None:
        require_rows(len(z), max(z.shape[1], h.shape[1]))
        if not 0 < rho < 1:
            raise UserError(f"rho = {rho:g}: expected a correlation between 0 and 1")
        self.of_latents, of_embeddings = span(z), span(h)
        if not self.of_latents.rank:
            raise UserError(f"recovery: expected latents that vary, found {len(z)} samples that are all the same")
        self.r2_zh = self.r2_hz = Estimate(0, 0)
        if of_embeddings.rank:
            self.r2_zh, self.r2_hz = explained_by(self.of_latents, h), explained_by(of_embeddings, z, white=white)
        self.r2 = min(self.r2_zh.value, self.r2_hz.value)
        self.moments = pair_moments(h, h_next)
        self.deltas, self.gap = self.moments.deltas(rho), bounds.excess_gap(rho)
        self.excess = self.deltas.mean().item() / self.gap
        self.bound = bounds.bound(self.excess, self.moments.defect.norm.value)
        self.apart, self.flat = distances(z, h), 0.0
        if white:
            self.apart, self.flat = of_white(z, h, self.apart)
        self.distance = self.apart.mean().item()
        error = error_of_bound(self.moments, self.deltas / self.gap, self.apart)
        self.margin_error = with_variance(error, self.flat)


def with_variance(error: float, flat: float) -> float:
    """The standard error of a sum with something else, of this variance."""
    return hypot(error, sqrt(flat)) if flat else error


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

"""What is measured of an encoder, in float64 (paper, section 5; Lean: `excess`, `approx_identifiability`).

Everything takes latents `z` and embeddings `h` of shape `(count, dim)`, one row a sample.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor


def least_squares(x: Tensor, y: Tensor) -> Tensor:
    """The matrix `B` of the least `‖x B - y‖`, where `x` may lack full rank: `(count, n)`, `(count, m)` to `(n, m)`."""
    if x.is_cuda:  # its lstsq takes full rank for granted
        return through_gram(x, y)
    solution: Tensor = torch.linalg.lstsq(x, y).solution
    return solution


def through_gram(x: Tensor, y: Tensor) -> Tensor:
    """`least_squares` by the pseudoinverse of `xᵀ x`, on any device."""
    solution: Tensor = torch.linalg.pinv(x.T @ x, hermitian=True, rtol=1e-12) @ (x.T @ y)
    return solution


def r2(x: Tensor, y: Tensor) -> float:
    """Share of the variance of `y` that an affine map of `x` explains, over all coordinates together."""
    x, y = x.double(), y.double()
    xc, yc = x - x.mean(0), y - y.mean(0)
    residual = yc - xc @ least_squares(xc, yc)
    return 1 - float(residual.square().sum() / yc.square().sum())


def regression(z: Tensor, h: Tensor) -> Tensor:
    """The matrix `A` of the best affine `h ≈ A z + b`, `dim × dim`."""
    z, h = z.double(), h.double()
    return least_squares(z - z.mean(0), h - h.mean(0)).T


def nearest_orthogonal(a: Tensor) -> Tensor:
    """The orthogonal matrix nearest to `a` in the Frobenius norm: its polar factor."""
    u, _, vt = torch.linalg.svd(a)
    q: Tensor = u @ vt
    return q


@dataclass(frozen=True)
class Recovery:
    """How well embeddings recover latents.

    r2_zh, r2_hz: explained variance of embeddings by latents, and of latents by embeddings.
    orthogonality: `‖Aᵀ A - 1‖_F` of the regression matrix `A` of embeddings on latents.
    distance: `min over orthogonal Q of 𝔼 ‖h - Q z‖²`, as `approx_identifiability` bounds it.
    epsilon: `‖𝔼 h hᵀ - 1‖_F`, second moments of the centred embeddings.
    delta: `𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`, may be below 0 by sampling error.
    excess: `D = max(δ, 0) / (2 ρ (1 - ρ))`.
    bound: `D + (ε + D)²`.
    bound_error: standard error of `bound - distance` over the samples, by the delta method on δ, ε and the distance.
    alignment: `𝔼 ‖h' - h‖²`.
    """

    r2_zh: float
    r2_hz: float
    orthogonality: float
    distance: float
    epsilon: float
    delta: float
    excess: float
    bound: float
    bound_error: float
    alignment: float

    @property
    def r2(self) -> float:
        """The lower of the two explained variances."""
        return min(self.r2_zh, self.r2_hz)

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def recovery(z: Tensor, h: Tensor, h_next: Tensor, rho: float) -> Recovery:
    """All of `Recovery` from latents, their embeddings, and the embeddings of their successors."""
    z, h, h_next = z.double(), h.double(), h_next.double()
    count, dim = h.shape
    centre = h.mean(0)
    a, b = h - centre, h_next - centre
    cov = a.T @ a / (count - 1)
    off = cov - torch.eye(dim, dtype=torch.float64, device=h.device)
    epsilon = torch.linalg.matrix_norm(off)
    delta_samples = (b - a).square().sum(1) - 2 * (1 - rho) * a.square().sum(1)
    delta = delta_samples.mean()
    gap = 2 * rho * (1 - rho)
    excess = delta.clamp(min=0) / gap
    q = nearest_orthogonal(a.T @ z / count)
    distance_samples = (a - z @ q.T).square().sum(1)
    bound = excess + (epsilon + excess) ** 2

    slope = 2 * (epsilon + excess)
    direction = off / epsilon.clamp(min=1e-30)
    epsilon_samples = ((a @ direction) * a).sum(1) - (direction * (off + torch.eye(dim, device=h.device))).sum()
    influence = (1 + slope) * delta_samples / gap + slope * epsilon_samples - distance_samples
    error = influence.std() / count**0.5

    coefficients = regression(z, h)
    return Recovery(
        r2_zh=r2(z, h),
        r2_hz=r2(h, z),
        orthogonality=torch.linalg.matrix_norm(
            coefficients.T @ coefficients - torch.eye(dim, dtype=torch.float64, device=h.device)
        ).item(),
        distance=distance_samples.mean().item(),
        epsilon=epsilon.item(),
        delta=delta.item(),
        excess=excess.item(),
        bound=bound.item(),
        bound_error=error.item(),
        alignment=(b - a).square().sum(1).mean().item(),
    )

"""How narrow SIGReg's optimum is: alignment rewards small embeddings, and a batch is finite."""

import numpy as np
from scipy.optimize import minimize_scalar

from lejepa.arguments import positive, share, whole
from lejepa.errors import UserError

WIDEST, GRID = 4.0, 4000  # the variances that are tried


def sigreg_variance(
    weight: float,
    rho: float,
    batch: int,
    *,
    pooled: bool = False,
    unbiased: bool = False,
    knots: int = 17,
    t_max: float = 3.0,
) -> float:
    """The variance of each coordinate at which `weight · SIGReg + (1 - weight) · Alignment / (4 dim)` is least, in the
    mean over batches, among all multiples of orthogonal maps of Gaussian latents.

    On such an encoder alignment over `4 dim` is `(1 - ρ) v / 2`, and the mean of SIGReg is `mean_sigreg`. Neither
    depends on the dimension, nor on the number of slices, which only adds noise. That no other encoder does better is
    not shown.

    Args:
        weight: Weight of SIGReg, in (0, 1).
        rho: Correlation of successive latents, in (0, 1).
        batch: Number of pairs in a batch.
        pooled: Whether SIGReg takes both views as one batch, as the paper's code does; else the mean over views.
        unbiased: As in `lejepa.SIGReg`, and so are `knots` and `t_max`.

    Returns:
        The variance; 0 where the collapsed encoder has the least loss.

    Raises:
        UserError: If an argument is out of range.
    """
    weight, rho = share("weight", weight), share("rho", rho)

    def loss(v: float) -> float:
        penalty = mean_sigreg(v, rho, batch, pooled=pooled, unbiased=unbiased, knots=knots, t_max=t_max)
        return weight * penalty + (1 - weight) * (1 - rho) * v / 2

    tried = np.linspace(0, WIDEST, GRID + 1)
    least = int(np.argmin([loss(v) for v in tried]))
    if least == 0:
        return 0.0
    if least == GRID:
        raise UserError(f"expected a loss that is least at a variance below {WIDEST:g}; it still falls there")
    around = tried[least - 1], tried[least + 1]
    return float(minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": 1e-9}).x)


def mean_sigreg(
    variance: float,
    rho: float,
    batch: int,
    *,
    pooled: bool = False,
    unbiased: bool = False,
    knots: int = 17,
    t_max: float = 3.0,
) -> float:
    """The mean of SIGReg over batches of Gaussian pairs, whose coordinates have this variance and correlation `rho`.

    Each projection is `N(0, v)`, with `φ(t) = exp(-v t²/2)`. Over `N` rows the mean of `|φ̂|²` is `φ² + (1 - φ²)/N`, and
    if both views of each pair are among them, `(ψ - φ²)/N` more with `ψ(t) = exp(-(1 - ρ) v t²)`, of the difference of
    the two views.

    Arguments are those of `sigreg_variance`, and so are the errors.
    """
    rho, batch, knots = share("rho", rho), whole("batch", batch, 2), whole("knots", knots, 2)
    step = positive("t_max", t_max) / (knots - 1)
    t = step * np.arange(1, knots)
    target = np.exp(-(t**2) / 2)
    along = 2 * step * target
    along[-1] /= 2
    rows = 2 * batch if pooled else batch
    law = np.exp(-variance * t**2 / 2)
    square = law**2 + (1 - law**2) / rows
    if pooled:
        square += (np.exp(-(1 - rho) * variance * t**2) - law**2) / rows
    if unbiased:
        square = (rows * square - 1) / (rows - 1)
    return rows * float(along @ (square - 2 * law * target + target**2))

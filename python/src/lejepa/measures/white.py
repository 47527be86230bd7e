"""Latents and embeddings that come in any affine scale, made white."""

from math import sqrt

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures.estimate import Estimate, dots, standard_error
from lejepa.measures.regression import CONSTANT, checked, lengths, span, unit

DEPENDENT = 1e-5  # singular values of the scaled columns, relative to the greatest, that may be rounding of float32


def whitened(name: str, z: Tensor) -> Tensor:
    """Latents less their mean, of covariance 1: `z ↦ C^{-1/2} D (z - 𝔼 z)` with `D` the inverse deviations of the
    coordinates, and `C` their correlations. Coordinates that are uncorrelated are scaled, and not turned.

    Mean and covariance are those of these very rows; nothing is taken for granted of the law that they come from. So
    `z` and `A z + b` become the same up to a rotation and rounding, for every invertible `A` and every `b`, and what no
    rotation of the latents changes, such as the variance that is explained, the distance to the nearest orthogonal map
    and the energy of each Hermite degree, is the same for all of them. Latents that are standard in law are not quite
    so in a sample: besides the shift of their mean, they move by about `dim (dim + 1) / (4 count)`, in mean squared
    distance. `lejepa.measures.recovery.recovery` with `white=True` takes that off, and counts it in its errors.

    Args:
        name: What the latents are called where they are refused.
        z: Latents of shape `(count, dim)`.

    Returns:
        White latents in float64.

    Raises:
        UserError: If `z` has another number of axes, is not finite, or has not more rows than coordinates; if a
            coordinate is constant, or if some determine another, up to a share of 1e-5.
    """
    z = checked(name, z)
    count, dim = z.shape
    if count <= dim:
        raise UserError(f"{name}: expected more rows than the {dim} coordinates, found {count}")
    centred = unit(z)[0]
    length = lengths(centred)
    if not bool((length > CONSTANT * sqrt(count)).all()):
        raise UserError(
            f"{name}: expected coordinates that vary, found coordinate {int(length.argmin())} constant up to "
            f"{CONSTANT:g} of its greatest entry"
        )
    q, r = torch.linalg.qr(centred / length)
    u, s, vt = torch.linalg.svd(r)
    if float(s[-1]) < DEPENDENT * float(s[0]):
        raise UserError(f"{name}: expected coordinates that do not determine each other, found some that do")
    white: Tensor = q @ (u @ vt) * sqrt(count)
    return white


def white_alignment(h: Tensor, h_next: Tensor) -> Estimate:
    """Return `tr(C⁻¹ M)` with `C = Cov(h)` and `M = 𝔼 (h' - h)(h' - h)ᵀ`: the alignment of the embedding made white.

    No invertible affine map of the embedding changes it. Each direction in which the embedding does not vary counts as
    2, as one would that is drawn afresh at each step. The covariance is that of both ends together, from these very
    rows. The standard error is that over independent pairs, by the delta method.

    Args:
        h: Embeddings of shape `(count, dim)`.
        h_next: The embeddings of their successors, of the same shape.

    Returns:
        The alignment and its standard error.

    Raises:
        UserError: If shapes differ, or a number is not finite.
    """
    h, h_next = checked("embeddings", h), checked("embeddings of successors", h_next)
    if h.shape != h_next.shape:
        raise UserError(
            f"expected embeddings of states and of successors of one shape, found {tuple(h.shape)} and "
            f"{tuple(h_next.shape)}"
        )
    basis = span(torch.cat((h, h_next))).basis * sqrt(2 * len(h))
    a, b = basis.chunk(2)
    steps = b - a
    moved = steps.T @ steps / len(h)
    traces = (dots(a @ moved, a) + dots(b @ moved, b)) / 2
    flat = h.shape[1] - basis.shape[1]
    squares = dots(steps, steps)
    return Estimate(squares.mean().item() + 2.0 * flat, standard_error(squares - traces))

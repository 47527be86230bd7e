"""What the true latents say of an embedding, where they are given.

They may come in any affine scale: they are centred and made white first, `z ↦ Cov(z)^{-1/2} (z - 𝔼 z)`, which is the
rotation of standard latents that their first two moments tell. That they are Gaussian, as Hermite degrees take for
granted, is tested as for embeddings (`lejepa.certification.laws`).
"""

from math import comb
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lejepa.certification.certificate import Certificate, DegreeShare
from lejepa.certification.laws import seen, totals
from lejepa.certification.outcome import Assumption, adjusted
from lejepa.certification.sample import MOST_DIMS
from lejepa.certification.view import View, one_sided
from lejepa.errors import UserError
from lejepa.measures.recovery import recovery
from lejepa.measures.regression import least_rows
from lejepa.measures.spectrum import expand_samples

TOP_DEGREE, POLYNOMIALS = 6, 2_000  # energy is told up to a degree of so many polynomials at most


def against_latents(kept: list[tuple[Tensor, ...]], made: Certificate) -> dict[str, Any]:
    """The certificate's fields that need latents."""
    z, h0, h1 = (torch.cat(parts) for parts in zip(*kept, strict=True))
    z = whitened(z)
    found: dict[str, Any] = {"latents": gaussian_latents(z, made)}
    if z.shape[1] == h0.shape[1] and len(z) >= least_rows(z.shape[1]):
        found["recovery"] = recovery(z, h0, h1, made.rho.estimate).as_dict()
    found["energy"] = energy_by_degree(z, h0)
    return found


def whitened(z: Tensor) -> Tensor:
    """Latents `(count, n)` less their mean, of covariance 1; UserError where they have none of full rank."""
    centred = z - z.mean(0)
    scale = centred.square().mean(0).sqrt()
    if not bool((scale > 1e-12 * z.abs().amax(0)).all()):
        raise UserError(f"latents z: expected coordinates that vary, found coordinate {int(scale.argmin())} constant")
    centred = centred / scale
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(z))
    if float(values[0]) < 1e-10 * float(values[-1]):
        raise UserError("latents z: expected coordinates that do not determine each other, found some that do")
    white: Tensor = centred @ (vectors / values.sqrt()) @ vectors.T
    return white


def gaussian_latents(z: Tensor, made: Certificate) -> Assumption:
    """Whether white latents may be standard Gaussian, of the first dimensions where there are many."""
    x = z[:, :MOST_DIMS].cpu().numpy()
    view = View(x, x, np.arange(made.rows.blocks) * len(x) // made.rows.blocks, True)
    p = adjusted(min(map(one_sided, totals(view, seen(view, x)))), 2)
    broken = p < made.significance
    return Assumption(
        name="latents",
        p_value=p,
        verdict="violated" if broken else "consistent",
        finding="they are not Gaussian: degrees are not shares of the variance" if broken else "they may be Gaussian",
    )


def energy_by_degree(z: Tensor, h: Tensor) -> tuple[DegreeShare, ...]:
    """Shares of the variance of embeddings `(count, dim)` by degree in standard latents `(count, n)`.

    Estimates are held to what shares can be: each from 0 to what lower degrees leave.
    """
    count, n = z.shape
    most = min(POLYNOMIALS, count // 20)
    degree = max((k for k in range(1, TOP_DEGREE + 1) if comb(n + k, k) <= most), default=0)
    centred = h - h.mean(0)
    weights, errors = expand_samples(z.cpu().numpy(), centred.cpu().numpy(), degree).energy()
    total = float(centred.square().sum()) / count
    shares, left = [], 1.0
    for k in range(1, degree + 1):
        share = min(max(float(weights[k]) / total, 0.0), left)
        left -= share
        shares.append(DegreeShare(degree=k, share=share, error=float(errors[k]) / total))
    return tuple(shares)

"""What the true latents say of an embedding, where they are given.

They may come in any affine scale: they are centred and made white first (`lejepa.measures.white`). That they are
Gaussian, as Hermite degrees take for granted, is tested as for embeddings (`lejepa.certification.laws`).
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
from lejepa.measures.recovery import recovery
from lejepa.measures.regression import least_rows
from lejepa.measures.spectrum import expand_samples
from lejepa.measures.white import whitened

TOP_DEGREE, POLYNOMIALS = 6, 2_000  # energy is told up to a degree of so many polynomials at most


def against_latents(kept: list[tuple[Tensor, ...]], made: Certificate) -> dict[str, Any]:
    """The certificate's fields that need latents."""
    z, h0, h1 = (torch.cat(parts) for parts in zip(*kept, strict=True))
    z = whitened("latents z", z)
    found: dict[str, Any] = {"latents": gaussian_latents(z, made)}
    if z.shape[1] == h0.shape[1] and len(z) >= least_rows(z.shape[1]):
        found["recovery"] = recovery(z, h0, h1, made.rho.estimate, white=True).as_dict()
    found["energy"] = energy_by_degree(z, h0)
    return found


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

"""The energy of encoders by Hermite degree, as it is measured during training.

The same definition as `lejepa.measures.spectrum.expand_samples`, in PyTorch, for many models on one set of latents.
"""

from math import comb

import torch
from torch import Tensor

from lejepa.exact.hermite import MultiIndex, multi_indices

MOST_INDICES = 256
MOST_DEGREE = 6


def highest_degree(dim: int) -> int:
    """The greatest degree up to 6 whose polynomials in `dim` variables are few enough to measure; at least 1."""
    return max([1, *(d for d in range(2, MOST_DEGREE + 1) if comb(dim + d, d) <= MOST_INDICES)])


class HermiteEnergy:
    """Weights of the degrees `0..degree` of encoders, from their outputs at standard Gaussian latents `(count, dim)`.

    In high dimension only the degrees 0 and 1 are resolved; what lies above is in the remainder.
    """

    def __init__(self, z: Tensor, degree: int | None = None) -> None:
        self.count, dim = z.shape
        self.degree = highest_degree(dim) if degree is None else degree
        linear = design(z.double(), linear_indices(dim))
        indices = linear_indices(dim) if self.degree == 1 else multi_indices(dim, self.degree)
        self.linear = linear
        self.basis = linear if self.degree == 1 else design(z.double(), indices)
        self.gram = torch.linalg.cholesky(linear.T @ linear)
        self.degrees = torch.tensor([sum(a) for a in indices], device=z.device)

    def __call__(self, h: Tensor) -> Tensor:
        """Embeddings `(models, count, outputs)` to `(models, degree + 2)`: a weight a degree, then the remainder.

        The affine part is fitted by least squares, and coefficients of higher degree are taken of what it leaves: their
        errors are as small as that is. Weights are summed over outputs, and the squared standard error of each
        coefficient is taken off its square, which removes the bias; so a weight may be below zero by sampling error.
        """
        h = h.double()
        affine = torch.cholesky_solve(self.linear.T @ h, self.gram)
        rest = h - self.linear @ affine
        mean = self.basis.T @ rest / self.count
        second = self.basis.square().T @ rest.square() / self.count
        variance = (second - mean.square()).clamp(min=0) / (self.count - 1)
        mean[:, : affine.shape[1]] += affine
        weight = (mean.square() - variance).sum(-1)
        energy = torch.stack([weight[:, self.degrees == k].sum(-1) for k in range(self.degree + 1)], dim=-1)
        above = rest.square().sum(-1).mean(-1, keepdim=True) - energy[:, 2:].sum(-1, keepdim=True)
        return torch.cat((energy, above), dim=-1)


def linear_indices(dim: int) -> list[MultiIndex]:
    """The indices of degree 0 and 1, without recursion over a thousand variables."""
    return [(0,) * dim, *((*(0,) * i, 1, *(0,) * (dim - 1 - i)) for i in range(dim))]


def design(z: Tensor, indices: list[MultiIndex]) -> Tensor:
    """Normalized Hermite products at points: `(count, dim)` and `p` indices to `(count, p)`, float64."""
    highest = max(max(a) for a in indices)
    powers = [torch.ones_like(z), z]
    for k in range(1, highest):
        powers.append((z * powers[k] - k**0.5 * powers[k - 1]) / (k + 1) ** 0.5)
    columns = torch.ones(z.shape[0], len(indices), dtype=z.dtype, device=z.device)
    for p, alpha in enumerate(indices):
        for i, a in enumerate(alpha):
            if a:
                columns[:, p] *= powers[a][:, i]
    return columns

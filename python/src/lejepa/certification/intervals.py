"""Confidence limits for a mean and for a norm, from independent blocks of a sample.

A limit at error probability `α` is one-sided: `upper(α)` lies below the truth with probability at most `α`, up to the
normal approximation over blocks that Student's quantiles correct.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


def student(alpha: float, degrees: float) -> float:
    """The value that Student's variable exceeds with probability `alpha`."""
    return -float(special.stdtrit(degrees, alpha))


@dataclass(frozen=True)
class MeanEstimate:
    """A mean, its standard error, and the degrees of freedom of that error."""

    value: float
    error: float
    degrees: int

    def upper(self, alpha: float) -> float:
        return self.value + student(alpha, self.degrees) * self.error

    def lower(self, alpha: float) -> float:
        return self.value - student(alpha, self.degrees) * self.error


def mean_of_blocks(values: Array, weights: Array) -> MeanEstimate:
    """The weighted mean of block means `(B,)` and its jackknife error (delete-a-group; Busing et al. 1999)."""
    value = float(weights @ values)
    error = sqrt(float(np.mean((values - value) ** 2 * weights / (1 - weights))))
    return MeanEstimate(value, error, len(values) - 1)


@dataclass(frozen=True)
class NormEstimate:
    """The norm `ε = ‖E‖` of the mean `E` of independent random matrices, known through noisy block means.

    The sample mean's squared norm exceeds `ε²` by the trace of its covariance `Σ`, so that trace is taken off:

        V = ‖Ē‖² - tr Σ,    𝔼 V = ε²,    Var V = 4 ⟨E, Σ E⟩ + 2 tr Σ².

    The limits are those `ε²` for which `V` is not too far out: Wilson's way, not Wald's, since `Var V` itself depends
    on `ε`, by `⟨E, Σ E⟩ = ε² σ²`. Near `ε = 0`, where the delta method fails, `V` is a centred sum of weighted `χ²`.

    square: `V`, may be below 0.
    slope: `σ²`, the variance along the direction of `Ē`.
    flat: `tr Σ²`.
    effective: `(tr Σ)² / tr Σ²`, degrees of freedom of the `χ²` (Satterthwaite).
    certain: degrees of freedom of the estimate of `tr Σ`, fewer where blocks have heavy tails.
    degrees: of the variances.
    """

    square: float
    slope: float
    flat: float
    effective: float
    certain: float
    degrees: int

    @property
    def value(self) -> float:
        return sqrt(max(self.square, 0))

    def upper(self, alpha: float) -> float:
        """The lower tail of `V` is lighter than normal, so normal quantiles are safe."""
        return sqrt(max(self.root(student(alpha, self.degrees), 1), 0))

    def lower(self, alpha: float) -> float:
        """The upper tail of `V` is heavier than normal: take the greater of the two quantiles (of `χ²` over its
        estimated scale, so of Fisher's `F`; exact in one dimension)."""
        over = float(special.fdtri(self.effective, self.certain, 1 - alpha))
        skewed = (over - 1) * sqrt(self.effective / 2)
        z = max(student(alpha, self.degrees), skewed)
        if self.square <= z * sqrt(2 * self.flat):
            return 0.0
        return sqrt(max(self.root(z, -1), 0))

    def root(self, z: float, sign: int) -> float:
        """The `x` with `|V - x| = z √(4 x σ² + 2 tr Σ²)`, above `V` or below it."""
        middle = self.square + 2 * z * z * self.slope
        spread = 4 * z * z * self.slope * (self.square + z * z * self.slope) + 2 * z * z * self.flat
        return middle + sign * sqrt(max(spread, 0))


def norm_of_blocks(gram: Array, weights: Array, rank: float) -> NormEstimate:
    """From the inner products `⟨E_b, E_c⟩` of block means `(B, B)`, blocks of the shares `weights`, `B ≥ 4`.

    rank: the dimension of the space of the matrices, `n (n + 1) / 2` for symmetric ones; `tr Σ² ≥ (tr Σ)² / rank`.

    `tr Σ²` by the estimator that is unbiased for every law (Himeno and Yamada 2014), since the plug-in's bias,
    `(tr Σ)² / B`, is overwhelming in high dimension.
    """
    count = len(weights)
    row = gram @ weights
    total = float(weights @ row)
    # inner products of √w_b (E_b - Ē), each of covariance about Σ
    root = np.sqrt(weights)
    t = root[:, None] * (gram - row[:, None] - row[None, :] + total) * root[None, :]
    along = root * (row - total)
    trace = float(np.trace(t)) / (count - 1)
    t += trace * (np.outer(root, root) - 1 / count)  # as if the blocks were equal
    squares = float(np.sum(t**2)) / (count - 1) ** 2
    quartic = float(np.sum(np.diag(t) ** 2)) / (count - 1)
    unbiased = (count - 1) / (count * (count - 2) * (count - 3))
    flat = unbiased * ((count - 1) * (count - 2) * squares + trace**2 - count * quartic)
    flat = min(max(flat, trace**2 / rank), trace**2)
    slope = float(along @ along) / (count - 1) / total if total > 0 else 0.0
    slope = max(slope, distinct_form(gram) / (total - trace)) if total > trace else slope
    effective = trace**2 / flat if flat > 0 else 1.0
    noise = float(np.var(np.diag(t), ddof=1)) * count / (count - 1) ** 2  # of the estimate of the trace
    certain = min(2 * trace**2 / noise, effective * (count - 1)) if noise > 0 else effective * (count - 1)
    return NormEstimate(total - trace, min(slope, sqrt(flat)), flat, effective, certain, count - 1)


def distinct_form(gram: Array) -> float:
    """`⟨E, Σ E⟩` by the U-statistic over distinct blocks: unbiased also where the noise of blocks is skewed, as that of
    covariances is, and the plug-in's `Ē` and `Σ̂` depend on each other."""
    count = len(gram)
    pairs = gram - np.diag(np.diag(gram))
    sums = pairs.sum(axis=1)
    squares = float(np.sum(pairs**2))
    triples = float(sums @ sums) - squares  # Σ ⟨b, c⟩ ⟨b, d⟩, all distinct
    quadruples = float(sums.sum()) ** 2 - 4 * triples - 2 * squares  # Σ ⟨a, c⟩ ⟨b, d⟩, all distinct
    size = count * (count - 1) * (count - 2)
    return (triples / size - quadruples / (size * (count - 3))) / count

"""Tests of what a certificate assumes, as far as pairs of embeddings can tell.

In a stationary Ornstein–Uhlenbeck world every encoder, linear or not, gives pairs that are stationary, reversible, and
of which every function is correlated with its successor by a number from 0 to `ρ`. Pairs that break one of these
come from another world, and the certificate does not apply.

An orthogonal encoder moreover gives Gaussian embeddings with linear conditional means. An encoder within mean squared
distance `b` of one may break these, but only by so much: then the finding is "explained" by the encoder's own
nonlinearity, and only a finding beyond what `b` allows says that the world is another. Since `b` is itself a confidence
limit, a violation of these two is no surer than it.

Each test looks at many projections and functions at once; its p-value is adjusted for all of them (Bonferroni).
Pairs are taken as independent.
"""

from functools import cache
from math import log, sqrt
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy import stats
from torch import Tensor

from lejepa.certification.sample import PairSample
from lejepa.training.objective import SIGReg

Array = NDArray[np.float64]
Verdict = Literal["consistent", "explained", "violated"]
KNOTS, DRAWS = 17, 1_000_000
NAMES = ("stationarity", "reversibility", "correlation", "Gaussianity", "linear conditional mean")


class Assumption(BaseModel):
    """The outcome of one test.

    p_value: of the exact assumption, adjusted for the number of statistics that were looked at.
    verdict: consistent; explained (broken, but no more than the bound allows an encoder to); violated.
    finding: a sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    p_value: float
    verdict: Verdict
    finding: str


class Scores:
    """The sample's projections, standardized by their pooled mean and standard deviation: `(count, slices)` twice."""

    def __init__(self, sample: PairSample) -> None:
        both = torch.cat((sample.first, sample.second))
        mean, self.deviation = both.mean(0), both.std(0)
        self.s0, self.s1 = (sample.first - mean) / self.deviation, (sample.second - mean) / self.deviation
        self.count, self.slices = self.s0.shape


def examine(
    sample: PairSample, rho: float, distance: float, excess_tail: float, significance: float
) -> tuple[Assumption, ...]:
    """All tests, which together call a true assumption violated with probability at most about `significance`.

    rho: the world's correlation, or its upper limit; distance: an upper limit of the mean squared distance of the
    embedding from an orthogonal encoder; excess_tail: the p-value of an excess as far below 0 as was found.
    """
    scores = Scores(sample)
    alpha = significance / len(NAMES)
    return (
        stationarity(scores, alpha),
        reversibility(scores, alpha),
        correlation(scores, rho, excess_tail, alpha),
        gaussianity(scores, distance, alpha),
        linear_conditional_mean(scores, rho, distance, alpha),
    )


def waves(s: Tensor) -> Tensor:
    """Four bounded functions of each projection: `(count, slices)` to `(count, 4 · slices)`."""
    return torch.cat((s.sin(), s.cos(), (2 * s).sin(), (2 * s).cos()), dim=1)


def functions(s: Tensor) -> Tensor:
    """Six functions of each projection, the first two unbounded: to `(count, 6 · slices)`."""
    return torch.cat((s, s.square(), waves(s)), dim=1)


def studentized(mean: Tensor, square: Tensor, count: int) -> Tensor:
    """`√count · mean / deviation`, 0 where there is no deviation, from first and second moments."""
    variance = square - mean.square()
    z = mean * sqrt(count) / variance.clamp(min=1e-300).sqrt()
    return torch.where(variance > 1e-12 * (1e-12 + square), z, torch.zeros_like(z))


def adjusted(tail: float, tests: int) -> float:
    return min(1.0, tail * tests)


def two_sided(z: Tensor, count: int) -> float:
    """The p-value of the greatest of studentized means of `count` terms, adjusted for their number."""
    return adjusted(2 * float(stats.t.sf(float(z.abs().max()), count - 1)), z.numel())


def strict(name: str, p: float, alpha: float, holds: str, broken: str) -> Assumption:
    """The outcome of a test of something that holds for every encoder."""
    violated = p < alpha
    return Assumption(
        name=name, p_value=p, verdict="violated" if violated else "consistent", finding=broken if violated else holds
    )


def stationarity(scores: Scores, alpha: float) -> Assumption:
    """`h` and `h'` have one law: paired differences of functions of projections have mean 0."""
    d = functions(scores.s1) - functions(scores.s0)
    z = studentized(d.mean(0), d.square().mean(0), scores.count)
    return strict(
        "stationarity",
        two_sided(z, scores.count),
        alpha,
        "h and h' may have one law",
        "h and h' differ in law, so the world is not stationary",
    )


def reversibility(scores: Scores, alpha: float) -> Assumption:
    """`(h, h')` and `(h', h)` have one law: `𝔼 a(h) b(h') = 𝔼 b(h) a(h')` for functions `a`, `b` of projections."""
    f0, f1 = waves(scores.s0), waves(scores.s1)
    forward, product = f0.T @ f1 / scores.count, f0 * f1
    mean = forward - forward.T
    square = f0.square().T @ f1.square() / scores.count
    square = square + square.T - 2 * product.T @ product / scores.count
    size = mean.shape[0]
    i, j = torch.triu_indices(size, size, 1, device=mean.device)
    z = studentized(mean[i, j], square[i, j], scores.count)
    return strict(
        "reversibility",
        two_sided(z, scores.count),
        alpha,
        "(h, h') and (h', h) may have one law",
        "(h, h') and (h', h) differ in law, so the world is not reversible",
    )


def correlation(scores: Scores, rho: float, excess_tail: float, alpha: float) -> Assumption:
    """`0 ≤ 𝔼 a(h) a(h') ≤ ρ 𝔼 a(h)²` for every centred `a`: here one-sided tests of functions of projections.

    For all coordinates together it says that the excess is not below 0, which the whole stream tests.
    """
    f0, f1 = functions(scores.s0), functions(scores.s1)
    mean = (f0.mean(0) + f1.mean(0)) / 2
    f0, f1 = f0 - mean, f1 - mean
    product = f0 * f1
    over = product - rho * (f0.square() + f1.square()) / 2
    z_over = float(studentized(over.mean(0), over.square().mean(0), scores.count).max())
    z_under = float(-studentized(product.mean(0), product.square().mean(0), scores.count).min())
    tail = float(stats.t.sf(max(z_over, z_under), scores.count - 1))
    p = adjusted(min(tail, excess_tail), 2 * f0.shape[1] + 1)
    broken = (
        f"a function of h is more correlated with its successor than ρ = {rho:.4g} allows"
        if z_over >= z_under or excess_tail < tail
        else "a function of h is negatively correlated with its successor"
    ) + ", so the world is not the Ornstein–Uhlenbeck one of this ρ"
    return strict("correlation", p, alpha, f"functions of h are correlated by 0 to ρ = {rho:.4g}", broken)


@cache
def null_draws(estimated: bool) -> Array:
    """Draws of the Epps–Pulley statistic's limit law for Gaussian samples, sorted, `(DRAWS,)`.

    The limit is a sum of `χ²₁` weighted by the eigenvalues of the covariance of the empirical characteristic function
    at the knots (Epps and Pulley 1983; Baringhaus and Henze 1988), smaller where mean and variance are estimated.
    """
    test = SIGReg(KNOTS, 1).double()
    t = np.arange(1, KNOTS) * test.step
    w = np.sqrt(test.weights[1:].numpy())
    g = np.exp(-(t**2) / 2)
    near, far = np.exp(-((t[:, None] - t) ** 2) / 2), np.exp(-((t[:, None] + t) ** 2) / 2)
    cosines = (near + far) / 2 - np.outer(g, g)
    sines = (near - far) / 2
    if estimated:
        cosines -= np.outer(t**2 * g, t**2 * g) / 2
        sines -= np.outer(t * g, t * g)
    scale = np.outer(w, w)
    eigenvalues = np.concatenate([np.linalg.eigvalsh(scale * k) for k in (cosines, sines)])
    eigenvalues = eigenvalues[eigenvalues > 1e-4 * eigenvalues.max()]
    generator = np.random.default_rng(0)
    total = np.zeros(DRAWS)
    for value in eigenvalues:
        total += value * generator.standard_normal(DRAWS) ** 2
    draws: Array = np.sort(total)
    return draws


def gaussianity(scores: Scores, distance: float, alpha: float) -> Assumption:
    """Projections of `h` are Gaussian, by the Epps–Pulley statistic on each.

    If `𝔼 |u·h - g|² ≤ b < 1` for a standard Gaussian `g`, then the standardized projection `s` has
    `𝔼 |s - g|² ≤ w² = 2 (1 - √(1 - b))`, so its characteristic function differs from the Gaussian's at `t` by at most
    `|t| w`, and the sample's from that of `s` by noise, whose covariance the sample tells.
    """
    test = SIGReg(KNOTS, scores.slices).double().to(scores.s0.device)
    s = scores.s0 - scores.s0.mean(0)
    s = s / s.std(0)
    statistic = test.statistic(s)
    greatest = float(statistic.max())
    null = null_draws(True)
    tail = (1 + len(null) - int(np.searchsorted(null, greatest))) / (1 + len(null))
    p = adjusted(tail, scores.slices)
    if p >= alpha:
        return Assumption(
            name="Gaussianity", p_value=p, verdict="consistent", finding="projections of h may be Gaussian"
        )
    violated = distance < 1 and bool((statistic.sqrt().cpu() > reach(s, test, distance, alpha)).any())
    return nonlinear(
        "Gaussianity", p, violated, "projections of h are not Gaussian", "the latents are not Gaussian", "makes them"
    )


def reach(s: Tensor, test: SIGReg, distance: float, alpha: float) -> Tensor:
    """How large the root of the statistic of each standardized projection, `(count, slices)`, may be at error
    probability `alpha` for all, if `b = distance < 1`: `(slices,)`.

    Noise is a sum of weighted `χ²₁`, with the tail of Laurent and Massart (2000); its covariance is that of the
    projection's waves, less what the estimated mean and deviation take up.
    """
    count, slices = s.shape
    t = torch.arange(KNOTS, dtype=s.dtype, device=s.device) * test.step
    weights = test.weights.to(s)
    slope = float((weights * t.square()).sum().sqrt())
    allowed = slope * sqrt(2 * (1 - sqrt(1 - distance)))
    x = log(slices / alpha)
    limits = []
    for column in s.T:
        angle = column[:, None] * t
        cosine, sine = angle.cos(), angle.sin()
        linear, square = column[:, None] * t, (column.square() - 1)[:, None] * t / 2
        c, d = cosine.mean(0), sine.mean(0)
        slope_c, slope_d = -(column[:, None] * sine).mean(0), (column[:, None] * cosine).mean(0)
        waves = torch.cat((cosine + linear * d - square * slope_c, sine - linear * c - square * slope_d), dim=1)
        covariance = (waves * weights.sqrt().repeat(2)).T.cov()
        spread, top = covariance.square().sum(), torch.linalg.eigvalsh(covariance)[-1]
        noise = covariance.trace() + 2 * (spread * x).sqrt() + 2 * top * x
        limits.append(allowed * sqrt(count) + float(noise.sqrt()))
    return torch.tensor(limits, dtype=s.dtype)


def nonlinear(name: str, p: float, violated: bool, seen: str, conclusion: str, makes: str) -> Assumption:
    """The verdict on a test that only orthogonal encoders pass: what is seen, held against what the bound allows."""
    excuse = f"by no more than an encoder as nonlinear as the bound allows {makes}"
    return Assumption(
        name=name,
        p_value=p,
        verdict="violated" if violated else "explained",
        finding=f"{seen}, " + (f"by more than the bound allows, so {conclusion}" if violated else excuse),
    )


def linear_conditional_mean(scores: Scores, rho: float, distance: float, alpha: float) -> Assumption:
    """`𝔼[h' | h]` is linear: what linear regression leaves of `h'` is uncorrelated with functions of `h`.

    If `𝔼 ‖h - Q z‖² ≤ b`, then `𝔼[h' | h]` differs from `ρ h` by at most `(1 + ρ) √b` in `L²`.
    """
    width = max(1, min(scores.slices, scores.count // 20))
    s0, s1 = scores.s0[:, :width], scores.s1[:, :width]
    ones = torch.ones(scores.count, 1, dtype=s0.dtype, device=s0.device)
    regressors, _ = torch.linalg.qr(torch.cat((ones, s0), dim=1))

    def residual(x: Tensor) -> Tensor:
        left: Tensor = x - regressors @ (regressors.T @ x)
        return left

    f = waves(s0)
    q = residual(f)
    kept = q.square().mean(0) > 1e-8
    q = q[:, kept] / q[:, kept].square().mean(0).sqrt()
    e = residual(s1)
    mean = e.T @ q / scores.count
    square = e.square().T @ q.square() / scores.count
    z = studentized(mean, square, scores.count)
    p = two_sided(z, scores.count)
    if p >= alpha:
        return Assumption(
            name="linear conditional mean", p_value=p, verdict="consistent", finding="𝔼[h' | h] may be linear"
        )
    allowed = (1 + rho) * sqrt(distance) / scores.deviation[:width, None]
    error = float(stats.t.isf(alpha / (2 * z.numel()), scores.count - 1)) * (square / scores.count).sqrt()
    violated = bool((mean.abs() - error > allowed).any())
    return nonlinear(
        "linear conditional mean",
        p,
        violated,
        "𝔼[h' | h] is not linear",
        "the world is not the Ornstein–Uhlenbeck one",
        "makes it",
    )

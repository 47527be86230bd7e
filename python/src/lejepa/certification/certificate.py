"""Certificates: how far an embedding can be from the true latents, told by pairs of embeddings alone.

For an encoder `h` of a stationary Ornstein–Uhlenbeck world of correlation `ρ`, with `D` its excess of alignment and
`ε = ‖Cov(h) - 1‖_F`, some orthogonal `Q` has

    𝔼 ‖h - 𝔼 h - Q z‖² ≤ D + (ε + D)²                      Lean: `Lejepa.approx_identifiability`
                       ≤ D + (δ / (1 + √(1 - δ)₊))²,  δ = ε + D   `Lejepa.approx_identifiability_sharp`

and `D`, `ε` are moments of pairs `(h, h')`, estimated here with confidence limits from one pass over any number of
pairs. Both bounds increase in `D`, `ε` and `ρ`, so limits of these give limits of the bounds (error probabilities
divided between them, so that no joint law is assumed).
"""

from math import comb
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict
from scipy import stats
from torch import Tensor

from lejepa.certification.assumptions import Assumption, examine
from lejepa.certification.correlation import CorrelationEstimate, estimate
from lejepa.certification.intervals import MeanEstimate, NormEstimate, mean_of_blocks, norm_of_blocks
from lejepa.certification.moments import Blocks, PairMoments
from lejepa.certification.pairs import Pairs, from_arrays
from lejepa.certification.sample import PairSample
from lejepa.errors import UserError
from lejepa.exact.spectrum import expand_samples
from lejepa.measures.bounds import bound, sharp_bound
from lejepa.measures.recovery import recovery

Rho = float | tuple[float, float] | None
LATENT_ROWS = 100_000  # of the pairs with latents, the first so many are measured against them
TOP_DEGREE, POLYNOMIALS = 6, 2_000  # energy is told up to a degree of so many polynomials at most


class Quantity(BaseModel):
    """An estimate, and a two-sided confidence interval at the certificate's level."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.estimate:.5g} [{self.low:.5g}, {self.high:.5g}]"


class DegreeShare(BaseModel):
    """The share of the embedding's variance in one Hermite degree of the latents, and its standard error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    degree: int
    share: float
    error: float


class Certificate(BaseModel):
    """What pairs of embeddings say of the distance to the true latents, if the world is the theorem's.

    count, dim: pairs and dimensions. level: confidence. significance: of the tests together.
    rho: the correlation of the world. rho_source: "given", "range" (the worst of it was taken), or "estimated" (then
    the certificate also assumes that some projection of the embedding is linear in the latents).
    alignment: `𝔼 ‖h' - h‖²`. variance: `tr Cov(h)`. delta: `𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`.
    excess: `D = delta / (2 ρ (1 - ρ))`. epsilon: `ε = ‖Cov(h) - 1‖_F`.
    bound: `D + (ε + D)²`. sharp: `D + (δ / (1 + √(1 - δ)))²`, `δ = ε + D`.
    bound_limit, sharp_limit: one-sided upper confidence limits of the two at the level; the second is certified.
    assumptions: the tests. applies: whether none of them is violated.
    recovery: the fields of `lejepa.measures.recovery.Recovery`, where latents of as many dimensions were given.
    energy: the embedding's variance by Hermite degree of the latents, from degree 1 on, where latents were given; all
    higher degrees together have the rest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int
    dim: int
    level: float
    significance: float
    rho: Quantity
    rho_source: str
    alignment: Quantity
    variance: Quantity
    delta: Quantity
    excess: Quantity
    epsilon: Quantity
    bound: Quantity
    sharp: Quantity
    bound_limit: float
    sharp_limit: float
    assumptions: tuple[Assumption, ...]
    applies: bool
    recovery: dict[str, float] | None = None
    energy: tuple[DegreeShare, ...] | None = None

    @property
    def violated(self) -> tuple[str, ...]:
        return tuple(a.name for a in self.assumptions if a.verdict == "violated")

    def headline(self) -> str:
        """The certificate in a sentence, or that it does not apply, and why."""
        if not self.applies:
            named = ", ".join(self.violated)
            return f"The certificate does not apply. Violated: {named}."
        return (
            f"With confidence {self.level:.4g}, the embedding less its mean lies within mean squared distance "
            f"{self.sharp_limit:.4g} of an orthogonal map of the latents (of total variance {self.dim}), "
            f"if the world is the Gaussian one with ρ = {self.rho_text()}."
        )

    def rho_text(self) -> str:
        r = self.rho
        if self.rho_source == "given":
            return f"{r.estimate:.4g}"
        if self.rho_source == "range":
            return f"{r.low:.4g} to {r.high:.4g}"
        return f"{r.estimate:.4g} (estimated, and a projection of the embedding is linear in the latents)"

    def __str__(self) -> str:
        rows = [
            ("ρ", self.rho, self.rho_source),
            ("alignment", self.alignment, "𝔼 ‖h' - h‖²"),
            ("variance", self.variance, "tr Cov(h)"),
            ("δ", self.delta, "alignment - 2 (1 - ρ) variance"),
            ("D", self.excess, "δ / (2 ρ (1 - ρ))"),
            ("ε", self.epsilon, "‖Cov(h) - 1‖_F"),
            ("bound", self.bound, "D + (ε + D)²"),
            ("sharp bound", self.sharp, "D + (δ / (1 + √(1 - δ)))² with δ = ε + D"),
        ]
        lines = [
            self.headline(),
            f"{self.count} pairs, {self.dim} dimensions; estimates with {self.level:.4g} intervals:",
            *(f"  {name:<12} {quantity!s:<36} {meaning}" for name, quantity, meaning in rows),
            f"one-sided limits: bound {self.bound_limit:.5g}, sharp bound {self.sharp_limit:.5g}",
            f"tests, of significance {self.significance:.4g} together:",
            *(f"  {a.name:<24} {a.verdict:<11} p = {a.p_value:<9.3g} {a.finding}" for a in self.assumptions),
        ]
        if self.recovery is not None:
            r = self.recovery
            lines.append(
                f"against the latents: distance {r['distance']:.5g}, R²(z→h) {r['r2_zh']:.5g}, R²(h→z) {r['r2_hz']:.5g}"
            )
        if self.energy is not None:
            shares = ", ".join(f"{e.degree}: {e.share:.4f} ± {e.error:.4f}" for e in self.energy)
            lines.append(f"share of the variance by Hermite degree: {shares}")
        return "\n".join(lines)


class Certifier:
    """Collects pairs of embeddings and certifies them: for data that come in pieces.

    >>> import torch
    >>> certifier = Certifier(dim=2, rho=0.5)
    >>> generator = torch.Generator().manual_seed(0)
    >>> for _ in range(10):
    ...     z, noise = torch.randn(2, 100, 2, generator=generator)
    ...     certifier.add(z, 0.5 * z + 0.75**0.5 * noise)
    >>> certificate = certifier.certificate()
    >>> certificate.applies, certificate.count
    (True, 1000)

    rho: the correlation of successive latents, in (0, 1); or a range that holds it; or None, to estimate it.
    level: confidence of each interval and limit. significance: the chance that tests call a true assumption violated.
    count: how many pairs will come, where known. seed: of the projections and of the sample that tests look at.
    """

    def __init__(
        self,
        dim: int,
        rho: Rho = None,
        *,
        level: float = 0.95,
        significance: float = 0.01,
        count: int | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ) -> None:
        self.rho = checked_rho(rho)
        self.level = checked_share(level, "level")
        self.significance = checked_share(significance, "significance")
        self.device = torch.device(device)
        self.moments = PairMoments(dim, self.device, count, cross=rho is None)
        self.sample = PairSample(dim, self.device, seed)

    def add(self, h0: Any, h1: Any) -> None:
        """Take the next pairs, `(rows, dim)` twice; UserError for unequal shapes and for NaN."""
        pairs = from_arrays(h0, h1)
        if pairs.dim != self.moments.dim:
            raise UserError(f"expected embeddings of {self.moments.dim} dimensions, found {pairs.dim}")
        for a, b in pairs.read(self.device):
            self.add_checked(a, b)

    def add_checked(self, h0: Tensor, h1: Tensor) -> None:
        """Take pairs that are known to be finite float64 on the device."""
        self.moments.add(h0, h1)
        self.sample.add(h0, h1)

    def certificate(self) -> Certificate:
        """The certificate of the pairs so far; more can follow."""
        blocks = self.moments.blocks()
        epsilon = norm_of_blocks(blocks.deviations, blocks.weights, blocks.dim * (blocks.dim + 1) / 2)
        if self.rho is None:
            found = estimate(*self.moments.second_moments(), blocks.weights)
            return self.assemble(blocks, epsilon, EstimatedRho(found))
        low, high = self.rho
        return self.assemble(blocks, epsilon, KnownRho(low, high))

    def assemble(self, blocks: Blocks, epsilon: NormEstimate, rho: "KnownRho | EstimatedRho") -> Certificate:
        alpha = 1 - self.level
        alone = rho.parts  # how many estimates an error probability is divided between: D alone, and with ε
        delta, excess = (Scaled(blocks, rho, per_gap) for per_gap in (False, True))

        def joint(share: float) -> tuple[float, float]:
            """Limits of D and ε that hold together with probability `1 - share`, above."""
            part = share / (alone + 1)
            return excess.upper(part), epsilon.upper(part)

        part = alpha / 2 / (alone + 1)
        below = excess.lower(part), epsilon.lower(part)
        above, limit = joint(alpha / 2), joint(alpha)
        centre = excess.value, epsilon.value
        sharp_limit = sharp_bound(*limit)
        assumptions = self.tests(blocks, rho.limits(alpha)[1], sharp_limit)
        rho_low, rho_top = rho.limits(alpha / 2)
        return Certificate(
            count=blocks.count,
            dim=blocks.dim,
            level=self.level,
            significance=self.significance,
            rho=Quantity(estimate=rho.value, low=rho_low, high=rho_top),
            rho_source=rho.source,
            alignment=two_sided(mean_of_blocks(blocks.step, blocks.weights), alpha),
            variance=two_sided(mean_of_blocks(blocks.trace, blocks.weights), alpha),
            delta=two_sided(delta, alpha / alone),
            excess=two_sided(excess, alpha / alone),
            epsilon=two_sided(epsilon, alpha),
            bound=Quantity(estimate=bound(*centre), low=bound(*below), high=bound(*above)),
            sharp=Quantity(estimate=sharp_bound(*centre), low=sharp_bound(*below), high=sharp_bound(*above)),
            bound_limit=bound(*limit),
            sharp_limit=sharp_limit,
            assumptions=assumptions,
            applies=all(a.verdict != "violated" for a in assumptions),
        )

    def tests(self, blocks: Blocks, rho: float, distance: float) -> tuple[Assumption, ...]:
        """Tests of the assumptions, at the upper limit of `ρ` and of the distance."""
        excess = excess_at(blocks, rho)
        tail = float(stats.t.cdf(excess.value / excess.error, excess.degrees)) if excess.error > 0 else 1.0
        return examine(self.sample, rho, distance, tail, self.significance)


class KnownRho:
    """A correlation that was given, or a range that holds it."""

    parts = 1

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high, self.value = low, high, (low + high) / 2
        self.source = "given" if low == high else "range"

    def limits(self, alpha: float) -> tuple[float, float]:
        """Limits that hold each with probability `1 - alpha`."""
        return self.low, self.high


class EstimatedRho:
    """A correlation estimated from the pairs."""

    parts, source = 2, "estimated"

    def __init__(self, found: CorrelationEstimate) -> None:
        self.found, self.value = found, found.value

    def limits(self, alpha: float) -> tuple[float, float]:
        return self.found.lower(alpha), self.found.upper(alpha)


class Scaled:
    """`δ`, or `D = δ / (2 ρ (1 - ρ))` with `per_gap`, at an uncertain `ρ`, in which both increase."""

    def __init__(self, blocks: Blocks, rho: KnownRho | EstimatedRho, per_gap: bool) -> None:
        self.blocks, self.rho, self.per_gap = blocks, rho, per_gap

    def at(self, rho: float) -> MeanEstimate:
        e = excess_at(self.blocks, rho)
        scale = 1 if self.per_gap else 2 * rho * (1 - rho)
        return MeanEstimate(scale * e.value, scale * e.error, e.degrees)

    @property
    def value(self) -> float:
        return max(self.at(self.rho.value).value, 0)

    def upper(self, alpha: float) -> float:
        """At error probability `alpha` for `ρ` and `alpha` more for the moments."""
        return max(self.at(self.rho.limits(alpha)[1]).upper(alpha), 0)

    def lower(self, alpha: float) -> float:
        return max(self.at(self.rho.limits(alpha)[0]).lower(alpha), 0)


def excess_at(blocks: Blocks, rho: float) -> MeanEstimate:
    """`D` for a known `ρ`: linear in the moments, so a mean over blocks."""
    values = (blocks.step - 2 * (1 - rho) * blocks.trace) / (2 * rho * (1 - rho))
    return mean_of_blocks(values, blocks.weights)


def two_sided(estimate: MeanEstimate | NormEstimate | Scaled, alpha: float) -> Quantity:
    """An interval, half of `alpha` on each side."""
    return Quantity(estimate=estimate.value, low=estimate.lower(alpha / 2), high=estimate.upper(alpha / 2))


def checked_rho(rho: Rho) -> tuple[float, float] | None:
    if rho is None:
        return None
    low, high = rho if isinstance(rho, tuple) else (rho, rho)
    if not 0 < low <= high < 1:
        found = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        raise UserError(f"rho: expected a correlation between 0 and 1, or a range of such, found {found}")
    return float(low), float(high)


def parse_rho(text: str | None) -> Rho:
    """From the command line: `0.9`, or the range `0.88,0.92`; None to estimate it."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2):
        raise UserError(f"rho: expected a number such as 0.9, or a range such as 0.88,0.92, found {text}")
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def checked_share(value: float, name: str) -> float:
    if not 0 < value < 1:
        raise UserError(f"{name}: expected a number between 0 and 1, found {value:g}")
    return value


def certify(
    h0: Any,
    h1: Any,
    rho: Rho = None,
    *,
    latents: Any = None,
    level: float = 0.95,
    significance: float = 0.01,
    seed: int = 0,
    device: torch.device | str | None = None,
) -> Certificate:
    """Certify an encoder by its embeddings of states `h0` and of their successors `h1`, `(count, dim)` each.

    Arrays of torch, numpy (also memory-mapped), or any library with `__dlpack__`; read in chunks. Pairs should be
    independent, or in the order of time, with many more pairs than the time that the world remembers.

    rho: the correlation of successive latents, in (0, 1); a range `(low, high)` that holds it; or None, to estimate it,
    which assumes that some projection of the embedding is linear in the latents (`lejepa.certification.correlation`).
    latents: the true latents of the states `(count, n)`, where known: adds recovery, and energy by Hermite degree.
    level: confidence of each interval and limit. significance: the chance that tests call a true assumption violated.
    seed: of the projections and of the sample that tests look at. device: by default that of `h0`.

    Raises UserError for NaN, unequal shapes, no more pairs than dimensions, constant coordinates, a bad `rho`.
    """
    if device is None:
        device = h0.device if isinstance(h0, Tensor) else "cpu"
    pairs = from_arrays(h0, h1, latents)
    return certify_pairs(pairs, rho, level=level, significance=significance, seed=seed, device=device)


def certify_pairs(
    pairs: Pairs,
    rho: Rho = None,
    *,
    level: float = 0.95,
    significance: float = 0.01,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> Certificate:
    """As `certify`, of pairs from any source, in one pass."""
    certifier = Certifier(
        pairs.dim, rho, level=level, significance=significance, count=pairs.count, seed=seed, device=device
    )
    kept: list[tuple[Tensor, ...]] = []
    have = 0
    for h0, h1, *z in pairs.read(certifier.device):
        certifier.add_checked(h0, h1)
        if z and have < LATENT_ROWS:
            kept.append(tuple(part[: LATENT_ROWS - have].clone() for part in (z[0], h0, h1)))
            have += len(kept[-1][0])
    made = certifier.certificate()
    return made.model_copy(update=against_latents(kept, made)) if kept else made


def against_latents(kept: list[tuple[Tensor, ...]], made: Certificate) -> dict[str, Any]:
    """The certificate's fields that need latents."""
    z, h0, h1 = (torch.cat(parts) for parts in zip(*kept, strict=True))
    found: dict[str, Any] = {}
    if z.shape[1] == h0.shape[1]:
        found["recovery"] = recovery(z, h0, h1, made.rho.estimate).as_dict()
    found["energy"] = energy_by_degree(z, h0)
    return found


def energy_by_degree(z: Tensor, h: Tensor) -> tuple[DegreeShare, ...]:
    """Shares of the variance of embeddings `(count, dim)` by degree in standard Gaussian latents `(count, n)`."""
    count, n = z.shape
    most = min(POLYNOMIALS, count // 20)
    degree = max((k for k in range(1, TOP_DEGREE + 1) if comb(n + k, k) <= most), default=0)
    centred = h - h.mean(0)
    weights, errors = expand_samples(z.cpu().numpy(), centred.cpu().numpy(), degree).energy()
    total = float(centred.square().sum()) / count
    return tuple(
        DegreeShare(degree=k, share=float(weights[k]) / total, error=float(errors[k]) / total)
        for k in range(1, degree + 1)
    )

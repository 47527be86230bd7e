"""Certify an encoder from arrays, or from pairs that come in pieces."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lejepa import arguments
from lejepa.certification import dependence
from lejepa.certification.assumptions import LIMITS, examine
from lejepa.certification.certificate import Certificate, Quantity, Rows
from lejepa.certification.correlation import estimate
from lejepa.certification.intervals import MeanEstimate, NormEstimate, mean_of_blocks, norm_of_blocks
from lejepa.certification.latents import against_latents
from lejepa.certification.laws import Ceiling
from lejepa.certification.moments import Blocks, PairMoments, mixing
from lejepa.certification.outcome import Assumption
from lejepa.certification.pairs import Pairs, Trajectory, from_arrays, trajectories
from lejepa.certification.rho import EstimatedRho, KnownRho, Rho, Scaled, checked_rho, excess_at
from lejepa.certification.rows import Arrangement, arrange, coarse, hashed
from lejepa.certification.sample import Drawn, PairSample
from lejepa.certification.view import View, one_sided
from lejepa.errors import CannotRun, UserError, brief, said
from lejepa.measures.bounds import bound, sharp_bound

LATENT_ROWS = 100_000  # of the pairs with latents, the first so many are measured against them
FEW_VALUES, FEW_ROWS = 32, 2048
MOST_LOOKS, LEAST_SIGNIFICANCE = 10**6, 1e-100  # what is divided among tests stays a number above 0, and 1 - level too

Report = Callable[[int, int], None]  # told how many pairs are read, of how many


class Certifier:
    """Certifies an encoder from pairs of embeddings that arrive in pieces.

    If rows depend on each other, the pieces must come in the order of time, trajectory after trajectory. For rows in
    any other order use `certify`, which can read them twice.

    >>> import torch
    >>> certifier = Certifier(dim=2, rho=0.5)
    >>> generator = torch.Generator().manual_seed(0)
    >>> for _ in range(10):
    ...     z, noise = torch.randn(2, 100, 2, generator=generator)
    ...     certifier.add(z, 0.5 * z + 0.75**0.5 * noise)
    >>> certificate = certifier.certificate()
    >>> certificate.verdict, certificate.count
    ('not refuted', 1000)

    Args:
        dim: Number of dimensions of the embeddings.
        rho: Correlation of successive latents, from 1e-9 and below 1; or a range `(low, high)` that contains it; or
            None to estimate it, which assumes that some projection of the embedding is linear in the latents.
        level: Confidence of each interval and limit.
        significance: Probability, at most, that the tests together call a true world refuted; at least 1e-100.
        looks: If the same pairs are certified several times, the number of this certificate, from 1 to 10^6. The `k`th
            has its error probabilities divided by `k (k + 1)`. The reciprocals of these numbers sum to 1, so all
            certificates hold together at the requested level.
        count: Number of pairs that will come, if known.
        seed: Seed of the sample of rows that the tests look at.
        device: Device of the computation, in float64.

    Raises:
        UserError: If `dim`, `rho`, `level`, `significance`, `looks`, `count` or `seed` is out of range, or `device` is
            none of PyTorch.
        CannotRun: If this machine has no such device, or none that computes in float64.
    """

    def __init__(
        self,
        dim: int,
        rho: Rho = None,
        *,
        level: float = 0.95,
        significance: float = 0.01,
        looks: int | None = None,
        count: int | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ) -> None:
        self.rho = checked_rho(rho)
        dim = arguments.whole("dim", dim)
        looks = None if looks is None else arguments.whole("looks", looks)
        count = None if count is None else arguments.whole("count", count, 0)
        if looks is not None and looks > MOST_LOOKS:
            raise UserError(f"looks: expected at most {MOST_LOOKS}, found {brief(looks)}")
        share = 1 if looks is None else looks * (looks + 1)
        self.level = 1 - (1 - arguments.share("level", level)) / share
        significance = arguments.share("significance", significance)
        if significance < LEAST_SIGNIFICANCE:
            raise UserError(f"significance: expected at least {LEAST_SIGNIFICANCE:g}, found {significance:g}")
        self.significance = significance / share
        self.looks, self.seed = looks, arguments.seed(seed)
        self.device = usable(device)
        self.moments = PairMoments(dim, self.device, count, cross=rho is None)
        self.sample = PairSample(dim, self.device, self.seed)
        self.hashes: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []

    def add(self, h0: Any, h1: Any) -> None:
        """Add the next pairs.

        Args:
            h0: Embeddings of states, of shape `(rows, dim)`: an array of PyTorch, NumPy or any library with
                `__dlpack__`.
            h1: Embeddings of their successors, of the same shape.

        Raises:
            UserError: If the shapes differ from each other or from `dim`, or if a value is not finite.
        """
        pairs = from_arrays(h0, h1)
        if pairs.dim != self.moments.dim:
            raise UserError(f"expected embeddings of {self.moments.dim} dimensions, found {pairs.dim}")
        for a, b in pairs.read(self.device):
            self.add_checked(a, b)

    def add_checked(self, h0: Tensor, h1: Tensor) -> None:
        """Take pairs that are known to be finite float64 on the device."""
        self.moments.add(h0, h1)
        self.sample.add(h0, h1)
        self.hashes.append((hashed(h0), hashed(h1)))

    def arrangement(self, trajectory: "np.ndarray[Any, Any] | None" = None) -> Arrangement:
        """How the rows so far should have come."""
        first, second = (np.concatenate(part) for part in zip(*self.hashes, strict=True))
        return arrange(first, second, trajectory, lambda: coarse(self.sample.drawn(self.moments.dim).first))

    def certificate(self) -> Certificate:
        """Return the certificate of the pairs so far; more pairs can follow.

        Raises:
            UserError: If rows are copies of each other, come in an order that hides their dependence, or are too few.
        """
        blocks = self.moments.blocks()
        found = self.arrangement()
        if found.order is not None or self.take_turns(found):
            raise UserError(
                f"expected rows without copies, in the order of time, found {found.repeated} copies among "
                f"{blocks.count} rows, and {found.linked} rows that another follows; certify them all at once"
            )
        return self.certified(blocks, found, blocks.count, False, False)

    def take_turns(self, found: Arrangement) -> bool:
        """Whether rows are steps of several trajectories at a time, one after the other: those next to each other do
        not depend on each other, and those that follow each other do."""
        if found.together is None:
            return False
        memory = dependence.greatest(self.sample.drawn(self.moments.dim).stretches)
        return memory.lag == abs(found.lag) or not memory.seen

    def certified(self, blocks: Blocks, found: Arrangement, given: int, reordered: bool, told: bool) -> Certificate:
        """The certificate of rows in their right order.

        given: rows before copies were left out. told: whether their trajectories are known, and the order means time.
        """
        drawn = self.sample.drawn(blocks.dim)
        refuse_few_values(drawn)
        memory = dependence.greatest(drawn.stretches)
        if found.pieces is not None or found.stray:
            top = self.known_rho(blocks, len(blocks.weights)).value if self.rho is None else self.rho[1]
            memory = dependence.of_pieces(memory, found, top, blocks.count)
        number = min(memory.blocks(blocks.count), len(blocks.weights))
        rows = Rows(
            given=given,
            repeated=found.repeated,
            linked=found.linked,
            reordered=reordered,
            time=memory.time,
            effective=blocks.count / memory.time,
            blocks=number,
        )
        rho = self.known_rho(blocks, number)
        made = self.assemble(blocks.merged(number), rho, rows, View.of(drawn, number), found.lag)
        apart = max(memory.apart, dependence.APART * abs(found.lag)) if memory.seen or told or found.linked else 0
        # the coin is fair in reversible worlds alone
        refuse = dependence.refuse_huddled if made.refuted else dependence.refuse_neighbours
        refuse(drawn.first, drawn.second, self.seed, drawn.position, apart)
        return made

    def known_rho(self, blocks: Blocks, number: int) -> KnownRho | EstimatedRho:
        if self.rho is not None:
            return KnownRho(*self.rho)
        covariances, lagged = self.moments.second_moments()
        weights = blocks.weights
        if number < len(weights):
            mix = torch.as_tensor(mixing(weights, number), device=self.device)
            covariances, lagged = (torch.einsum("gb,bij->gij", mix, part) for part in (covariances, lagged))
        return EstimatedRho(estimate(covariances, lagged, blocks.merged(number).weights))

    def assemble(self, blocks: Blocks, rho: KnownRho | EstimatedRho, rows: Rows, view: View, lag: int) -> Certificate:
        alpha = 1 - self.level
        epsilon = norm_of_blocks(blocks.deviations, blocks.weights, blocks.dim * (blocks.dim + 1) / 2)
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
        # half of what tests spend on limits is for ρ, D and ε, half for single directions, of which there are three
        spent = LIMITS * self.significance
        part = spent / 2 / (alone + 1)
        low, high = rho.limits(part)
        ceiling = Ceiling(low, high, excess.upper(part), epsilon.upper(part), delta.upper(part), spent / 6)
        e = excess_at(blocks, high)
        tail = one_sided(MeanEstimate(-e.value, e.error, e.degrees))
        assumptions, law_limit = examine(view, ceiling, tail, self.significance, self.level)
        assumptions += skipped(lag, rho, delta, part)
        rho_low, rho_top = rho.limits(alpha / 2)
        values = torch.linalg.eigvalsh(blocks.covariance)
        return Certificate(
            count=blocks.count,
            dim=blocks.dim,
            rows=rows,
            level=self.level,
            significance=self.significance,
            looks=self.looks,
            rho=Quantity(estimate=rho.value, low=rho_low, high=rho_top),
            rho_source=rho.source,
            alignment=two_sided(mean_of_blocks(blocks.step, blocks.weights), alpha),
            variance=two_sided(mean_of_blocks(blocks.trace, blocks.weights), alpha),
            delta=two_sided(delta, alpha / alone),
            excess=two_sided(excess, alpha / alone),
            variances=(float(values[0]), float(values[-1])),
            epsilon=two_sided(epsilon, alpha),
            bound=Quantity(estimate=bound(*centre), low=bound(*below), high=bound(*above)),
            sharp=Quantity(estimate=sharp_bound(*centre), low=sharp_bound(*below), high=sharp_bound(*above)),
            bound_limit=bound(*limit),
            sharp_limit=sharp_bound(*limit),
            law_limit=law_limit,
            assumptions=assumptions,
            refuted=any(a.verdict == "violated" for a in assumptions),
        )


def skipped(lag: int, rho: KnownRho | EstimatedRho, delta: Scaled, alpha: float) -> tuple[Assumption, ...]:
    """Where rows are one trajectory, `h'` of each must be `h` of the next, or a given `ρ` is not that of one step.

    Pairs that skip steps are those of a world of a smaller `ρ`, so they are refuted only where `ρ` is given and
    alignment is too weak for it.
    """
    if lag in (0, 1):
        return ()
    weak = rho.source != "estimated" and delta.lower(alpha) > 0
    seen = f"h' of a row is h of the row {lag} further on"
    broken = f"{seen}, and less correlated than the given ρ: pairs skip steps"
    return (
        Assumption(
            name="lag",
            p_value=0.0 if weak else 1.0,
            verdict="violated" if weak else "consistent",
            finding=broken if weak else f"{seen}, which the correlation allows",
        ),
    )


def usable(device: Any) -> torch.device:
    """A device of this machine that computes in float64; UserError or CannotRun where it is none."""
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError):
        found = torch.device("meta")
    if found.type == "meta":
        raise UserError(f"device: expected a device of PyTorch, such as 'cpu' or 'cuda', found {brief(device)}")
    try:
        float(torch.zeros((), dtype=torch.float64, device=found))
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as e:  # each backend has its own
        raise CannotRun(f"device: {found} can't compute in float64 on this machine ({said(e)})") from None
    return found


def refuse_few_values(drawn: Drawn) -> None:
    """UserError where a coordinate takes few values, so that it has no density."""
    rows = np.sort(drawn.first[:FEW_ROWS], axis=0)
    distinct = 1 + (rows[1:] != rows[:-1]).sum(0)
    least = int(distinct.argmin())
    if len(rows) > 4 * FEW_VALUES and distinct[least] <= FEW_VALUES:
        raise UserError(
            f"expected embeddings that vary continuously, found {distinct[least]} distinct values of coordinate {least}"
        )


def two_sided(estimate: MeanEstimate | NormEstimate | Scaled, alpha: float) -> Quantity:
    """An interval, half of `alpha` on each side."""
    return Quantity(estimate=estimate.value, low=estimate.lower(alpha / 2), high=estimate.upper(alpha / 2))


def certify(
    h0: Any,
    h1: Any,
    rho: Rho = None,
    *,
    trajectory: Trajectory = None,
    latents: Any = None,
    level: float = 0.95,
    significance: float = 0.01,
    looks: int | None = None,
    seed: int = 0,
    device: torch.device | str | None = None,
) -> Certificate:
    """Certify an encoder from its embeddings of states and of their successors.

    The certificate bounds the mean squared distance between the embedding, less its mean, and an orthogonal map of the
    latents, if the pairs come from the Gaussian world; the bound is the theorem `Lejepa.approx_identifiability_sharp`.
    The pairs should be independent, or in the order of time, or of trajectories that are named by `trajectory`. The
    arrays are read in chunks and may be memory-mapped.

    Args:
        h0: Embeddings of states, of shape `(count, dim)`: an array of PyTorch, NumPy or any library with `__dlpack__`.
        h1: Embeddings of their successors, of the same shape.
        rho: Correlation of successive latents, in (0, 1); or a range `(low, high)` that contains it, whose worst value
            is used; or None to estimate it, which assumes that some projection of the embedding is linear in the
            latents (`lejepa.certification.correlation`).
        trajectory: Which trajectory each row belongs to: one number for each row; or the lengths of trajectories that
            follow each other; or their common length. Within a trajectory, rows are in the order of time.
        latents: The true latents of the states, of shape `(count, n)`, if known, in any affine scale. They add the
            measured recovery and the energy by Hermite degree to the certificate.
        level: Confidence of each interval and limit.
        significance: Probability, at most, that the tests together call a true world refuted.
        looks: If the same pairs are certified several times, the number of this certificate, from 1 (see `Certifier`).
        seed: Seed of the sample of rows that the tests look at.
        device: Device of the computation; by default that of `h0`.

    Returns:
        The certificate. Its `verdict` says whether the pairs refute the assumptions, and `sharp_limit` is the bound.

    Raises:
        UserError: If a value is not finite; if shapes differ; if there are too few pairs, or they are worth too few
            independent ones; if a coordinate is constant or takes few values; if an option is out of range; if rows
            nearly copy others or come in an order that hides their dependence.
    """
    if device is None:
        device = h0.device if isinstance(h0, Tensor) else "cpu"
    pairs = from_arrays(h0, h1, latents)
    options: dict[str, Any] = {
        "level": level,
        "significance": significance,
        "looks": looks,
        "seed": seed,
        "device": device,
    }
    return certify_pairs(pairs, rho, trajectory=trajectory, **options)


def certify_pairs(
    pairs: Pairs,
    rho: Rho = None,
    *,
    trajectory: Trajectory = None,
    report: Report = lambda done, total: None,
    **options: Any,
) -> Certificate:
    """As `certify`, of pairs from any source: in one pass, or in two where rows are copies or out of order.

    options: of `Certifier`. trajectory: instead of the one that the source tells. report: told how many pairs are read.
    """
    ids = trajectories(pairs.trajectory if trajectory is None else trajectory, pairs.count)
    certifier, kept = gathered(pairs, rho, options, report)
    blocks = certifier.moments.blocks()
    found = certifier.arrangement(ids)
    if certifier.take_turns(found):
        found = replace(found, order=found.together, lag=0)
    if found.order is not None:
        if len(found.order) < pairs.count:
            refuse_few_rows(len(found.order), pairs)
        certifier, kept = gathered(pairs.taken(found.order), rho, options, report)
        blocks = certifier.moments.blocks()
    reordered = found.order is not None and bool((np.diff(found.order) < 0).any())
    made = certifier.certified(blocks, found, pairs.count, reordered, ids is not None)
    return made.model_copy(update=against_latents(kept, made)) if kept else made


def refuse_few_rows(distinct: int, pairs: Pairs) -> None:
    if distinct < max(pairs.dim + 1, 32):
        raise UserError(f"{pairs.name}: expected distinct rows, found {distinct} distinct ones among {pairs.count}")


def gathered(
    pairs: Pairs, rho: Rho, options: dict[str, Any], report: Report
) -> tuple[Certifier, list[tuple[Tensor, ...]]]:
    """All pairs in a certifier, and the first of them with their latents, where these are told."""
    certifier = Certifier(pairs.dim, rho, count=pairs.count, **options)
    kept: list[tuple[Tensor, ...]] = []
    have = 0
    for h0, h1, *z in pairs.read(certifier.device):
        certifier.add_checked(h0, h1)
        report(certifier.sample.count, pairs.count)
        if z and have < LATENT_ROWS:
            kept.append(tuple(part[: LATENT_ROWS - have].clone() for part in (z[0], h0, h1)))
            have += len(kept[-1][0])
    return certifier, kept

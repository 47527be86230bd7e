"""Certificates: how far an embedding can be from the true latents, told by pairs of embeddings alone.

For an encoder `h` of a stationary Ornstein–Uhlenbeck world of correlation `ρ`, with `D` its excess of alignment and
`ε = ‖Cov(h) - 1‖_F`, some orthogonal `Q` has

    𝔼 ‖h - 𝔼 h - Q z‖² ≤ D + (δ / (1 + √(1 - δ)₊))²,  δ = ε + D     Lean: `Lejepa.approx_identifiability_sharp`
                       ≤ D + (ε + D)²                               Lean: `Lejepa.approx_identifiability`

and `D`, `ε` are moments of pairs `(h, h')`, estimated here with confidence limits from one pass over any number of
pairs. Both bounds increase in `D`, `ε` and `ρ`, so limits of these give limits of the bounds (error probabilities
divided between them, so that no joint law is assumed).

That the world is the Ornstein–Uhlenbeck one can't be proved from pairs. It can be refuted, and then a certificate says
so (`lejepa.certification.assumptions`). And a limit of `n` or more says nothing, since an embedding that is constant
lies at `n`: then a certificate says that it certifies nothing.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from lejepa.certification.outcome import Assumption
from lejepa.measures.bounds import sharp_bound
from lejepa.plain import in_ascii
from lejepa.tabular import aligned

FAR = 0.25  # of a constant embedding's distance: a covariance that alone puts the bound there is far from 1
CONDITION = 100.0  # the greatest ratio of two variances of a covariance that whitening can be trusted with

Verdict = Literal["not refuted", "nothing certified", "refuted"]


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


class Rows(BaseModel):
    """What was found of the rows.

    given: how many there were. repeated: those that copied another row and were not counted. linked: those that another
    row follows, its `h` their `h'`. reordered: whether rows were put together again to trajectories. time: their
    autocorrelation time, in rows. effective: how many independent rows they are worth. blocks: that errors come from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    given: int
    repeated: int
    linked: int
    reordered: bool
    time: float
    effective: float
    blocks: int

    def __str__(self) -> str:
        said = [f"autocorrelation time {self.time:.3g}, worth {self.effective:.0f} independent rows"]
        if self.time == 1 and not self.linked:
            said = ["no dependence between rows was found"]
        if self.repeated:
            said.append(f"{self.repeated} copies of other rows were not counted")
        if self.linked:
            put = "put together again to trajectories" if self.reordered else "in the order of time"
            said.append(f"{self.linked} rows are followed by another, {put}")
        return "; ".join(said)


class Certificate(BaseModel):
    """What pairs of embeddings say about the distance to the true latents, if the world is the Gaussian one.

    All distances are mean squared Euclidean distances; the latents have total variance `dim`. Printing a certificate
    shows its headline, estimates with intervals, limits and tests.

    Attributes:
        count: Number of pairs.
        dim: Number of dimensions of the embeddings.
        rows: What was found about the dependence of the rows.
        level: Confidence of each interval and limit.
        significance: Probability, at most, that the tests together call a true world refuted.
        looks: The number of this certificate among those of the same pairs; level and significance are stricter for it.
        rho: Correlation of successive latents.
        rho_source: "given"; "range", whose worst value was used; or "estimated", which also assumes that some
            projection of the embedding is linear in the latents.
        alignment: `𝔼 ‖h' - h‖²`.
        variance: `tr Cov(h)`.
        delta: `𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`.
        excess: `D = delta / (2 ρ (1 - ρ))`.
        variances: The least and the greatest eigenvalue of `Cov(h)`, as estimated.
        epsilon: `ε = ‖Cov(h) - 1‖_F`.
        bound: `D + (ε + D)²` (`Lejepa.approx_identifiability`).
        sharp: `D + (δ / (1 + √(1 - δ)))²` with `δ = ε + D` (`Lejepa.approx_identifiability_sharp`).
        bound_limit: One-sided upper confidence limit of `bound`.
        sharp_limit: One-sided upper confidence limit of `sharp`: the certified distance.
        law_limit: One-sided lower confidence limit of the same distance, from the law of the embedding alone.
        assumptions: The tests of the assumptions.
        refuted: Whether a test is violated.
        recovery: How the embedding compares with the latents, if latents of dimension `dim` were given
            (`lejepa.measures.record.Recovery` names the measures).
        energy: The share of the embedding's variance in each Hermite degree of the latents, from degree 1 on, if
            latents were given. The degrees that are not listed have the rest.
        latents: Whether the given latents may be Gaussian, which the degrees assume.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int
    dim: int
    rows: Rows
    level: float
    significance: float
    looks: int | None = None
    rho: Quantity
    rho_source: str
    alignment: Quantity
    variance: Quantity
    delta: Quantity
    excess: Quantity
    variances: tuple[float, float] | None = None
    epsilon: Quantity
    bound: Quantity
    sharp: Quantity
    bound_limit: float
    sharp_limit: float
    law_limit: float
    assumptions: tuple[Assumption, ...]
    refuted: bool
    recovery: dict[str, float] | None = None
    energy: tuple[DegreeShare, ...] | None = None
    latents: Assumption | None = None

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the tests that are violated."""
        return tuple(a.name for a in self.assumptions if a.verdict == "violated")

    @property
    def verdict(self) -> Verdict:
        """`refuted` if a test is violated; else `nothing certified` if `sharp_limit` is at least `dim`, the distance of
        a constant embedding; else `not refuted`."""
        if self.refuted:
            return "refuted"
        return "not refuted" if self.sharp_limit < self.dim else "nothing certified"

    def headline(self) -> str:
        """The certificate in a sentence, or why there is none."""
        if self.refuted:
            named = ", ".join(self.violated)
            return (
                f"Refuted: these pairs are not those of an encoder of the Gaussian world with ρ = {self.rho_text()} "
                f"that keeps within the limits. Violated: {named}."
            )
        if self.verdict == "nothing certified":
            return (
                f"Nothing is certified: the limit, {self.sharp_limit:.4g}, is not below {self.dim}, "
                "the squared distance at which a constant embedding lies."
            )
        return (
            f"Not refuted: with confidence {self.level:.4g}, the embedding less its mean lies within mean squared "
            f"distance {self.sharp_limit:.4g} of an orthogonal map of the latents (of total variance {self.dim}), "
            f"if the world is the Gaussian one with ρ = {self.rho_text()}, which pairs cannot prove."
        )

    def hint(self) -> str:
        """What to do about a covariance that is far from 1 and well conditioned, in a sentence; else nothing."""
        if self.variances is None or sharp_bound(0, self.epsilon.low) < FAR * self.dim:
            return ""
        low, high = self.variances
        if not 0 < high <= CONDITION * low:
            return ""
        return (
            f"Cov(h) is far from 1 but well conditioned, with variances from {low:.3g} to {high:.3g}: whiten the "
            "embedding first, with the mean and the covariance of other pairs, and a certificate then speaks of the "
            "whitened embedding, near an orthogonal map of the latents, and so of yours as near an invertible affine "
            "one."
        )

    def rho_text(self) -> str:
        r = self.rho
        if self.rho_source == "given":
            return f"{r.estimate:.4g}"
        if self.rho_source == "range":
            return f"{r.low:.4g} to {r.high:.4g}"
        return f"{r.estimate:.4g} (estimated, and a projection of the embedding is linear in the latents)"

    def __str__(self) -> str:
        return self.text()

    def text(self, ascii: bool = False) -> str:
        """What printing shows.

        Args:
            ascii: Whether to write `rho` for ρ and so on, for an output that has no other characters. Columns are in
                line in either case.

        Returns:
            Several lines.
        """
        quantities = [
            ("ρ", str(self.rho), self.rho_source),
            ("alignment", str(self.alignment), "𝔼 ‖h' - h‖²"),
            ("variance", str(self.variance), "tr Cov(h)"),
            ("δ", str(self.delta), "alignment - 2 (1 - ρ) variance"),
            ("D", str(self.excess), "δ / (2 ρ (1 - ρ))"),
            ("ε", str(self.epsilon), "‖Cov(h) - 1‖_F"),
            ("bound", str(self.bound), "D + (ε + D)²"),
            ("sharp bound", str(self.sharp), "D + (δ / (1 + √(1 - δ)))² with δ = ε + D"),
        ]
        tests = [(a.name, a.verdict, f"p = {a.p_value:.3g}", a.finding) for a in self.assumptions]
        looks = f" (look {self.looks} at these pairs)" if self.looks else ""
        lines = [
            self.headline(),
            *([hint] if (hint := self.hint()) else []),
            f"{self.count} pairs, {self.dim} dimensions; {self.rows}",
            f"estimates with {self.level:.4g} intervals{looks}:",
            *aligned(quantities, (12, 36), ascii),
            f"one-sided limits: bound {self.bound_limit:.5g}, sharp bound {self.sharp_limit:.5g}; "
            f"from below, by the law of the embedding alone, {self.law_limit:.5g}",
            f"tests, of significance {self.significance:.4g} together:",
            *aligned(tests, (24, 11, 13), ascii),
        ]
        if self.recovery is not None:
            r = self.recovery
            lines.append(
                f"against the latents: distance {r['distance']:.5g}, R²(z→h) {r['r2_zh']:.5g}, R²(h→z) {r['r2_hz']:.5g}"
            )
        if self.energy is not None:
            shares = ", ".join(f"{e.degree}: {e.share:.4f} ± {e.error:.4f}" for e in self.energy)
            lines.append(f"share of the variance by Hermite degree: {shares}")
        if self.latents is not None:
            lines.append(f"the latents given: p = {self.latents.p_value:.3g}, {self.latents.finding}")
        text = "\n".join(lines)
        return in_ascii(text) if ascii else text

"""The record of what is measured of an encoder; light to import."""

from pydantic import BaseModel, ConfigDict

# Every measure of `Recovery`, in the order in which tables show them, and how they head it.
HEADINGS = {
    "r2_hz": "R²(h→z)",
    "r2_zh": "R²(z→h)",
    "orthogonality": "‖AᵀA-1‖",
    "epsilon": "ε",
    "delta": "δ",
    "excess": "D",
    "distance": "distance",
    "bound": "bound",
    "alignment": "alignment",
}


class Recovery(BaseModel):
    """How well embeddings recover latents. Each measure comes with its standard error over independent pairs.

    Attributes:
        r2_zh: Variance of the embeddings explained by the latents, on rows that were not fitted
            (`lejepa.measures.regression.explained`); 0 if the embeddings do not vary.
        r2_hz: Variance of the latents explained by the embeddings, in the same way.
        orthogonality: `‖AᵀA - 1‖_F` for the matrix `A` that regresses the embeddings on the latents.
        epsilon: `ε = ‖Cov(h) - 1‖_F`.
        epsilon_squared: An unbiased estimate of `ε²`; if `ε = 0` it is below 0 about half the time.
        delta: An unbiased estimate of `δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr Cov(h)`, so it may be below 0.
        excess: `D = δ / (2 ρ (1 - ρ))`, of either sign like `delta`.
        distance: `min over orthogonal Q of 𝔼 ‖h - 𝔼 h - Q z‖²`, with `Q` fitted to other rows than those it is scored
            on.
        bound: `max(D, 0) + (ε + max(D, 0))²`, which is at least the distance by `Lejepa.approx_identifiability`. If
            `D = 0` it is too great, by less than half its standard error, because estimates below 0 count as 0.
        margin_error: Standard error of `bound - distance`.
        alignment: `𝔼 ‖h' - h‖²`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    r2_zh: float
    r2_zh_error: float
    r2_hz: float
    r2_hz_error: float
    orthogonality: float
    orthogonality_error: float
    epsilon: float
    epsilon_error: float
    epsilon_squared: float
    epsilon_squared_error: float
    delta: float
    delta_error: float
    excess: float
    excess_error: float
    distance: float
    distance_error: float
    bound: float
    bound_error: float
    margin_error: float
    alignment: float
    alignment_error: float

    @property
    def r2(self) -> float:
        """The lower of the two explained variances."""
        return min(self.r2_zh, self.r2_hz)

    @property
    def r2_error(self) -> float:
        """The standard error of the lower of the two explained variances."""
        return self.r2_zh_error if self.r2_zh < self.r2_hz else self.r2_hz_error

    def within_bound(self, errors: float) -> bool:
        """Whether the distance is at most the bound, up to so many standard errors of their difference."""
        return self.distance <= self.bound + errors * self.margin_error

    def as_dict(self) -> dict[str, float]:
        return self.model_dump()

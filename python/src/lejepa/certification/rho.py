"""What is known of a world's correlation, and the quantities that depend on it."""

from lejepa.arguments import real
from lejepa.certification.correlation import CorrelationEstimate
from lejepa.certification.intervals import MeanEstimate, mean_of_blocks
from lejepa.certification.moments import Blocks
from lejepa.errors import UserError, brief
from lejepa.measures.bounds import LEAST_RHO

Rho = float | tuple[float, float] | None


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


def checked_rho(rho: Rho) -> tuple[float, float] | None:
    """Both ends of what is known of a correlation; UserError where it is no number in (0, 1) and no range of such."""
    if rho is None:
        return None
    ends = rho if isinstance(rho, tuple) else (rho, rho)
    numbers = [real(end) for end in ends]
    if len(numbers) != 2 or None in numbers:
        raise UserError(
            "rho: expected a number between 0 and 1, such as 0.9, a range as a tuple, such as (0.88, 0.92), or None, "
            f"found {type(rho).__name__} {brief(rho)}"
        )
    low, high = (float(n) for n in numbers if n is not None)
    if not 0 < low <= high < 1:
        found = f"{low:g}" if low == high or not isinstance(rho, tuple) else f"{low:g} to {high:g}"
        raise UserError(f"rho: expected a correlation between 0 and 1, or a range of such, found {found}")
    if low < LEAST_RHO:
        raise UserError(f"rho: expected a correlation of at least {LEAST_RHO:g}, found {low:g}")
    return low, high


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

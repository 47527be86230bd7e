"""Tests of what a certificate assumes, as far as pairs of embeddings can tell.

Two kinds. What holds for every encoder of an Ornstein–Uhlenbeck world (`lejepa.certification.strict`): pairs that
break it come from another world. And what holds for orthogonal encoders, and for others as far as the certified limits
allow (`lejepa.certification.laws`): a finding within them is "explained" by the encoder's own nonlinearity, one beyond
them refutes the world, since no encoder within the limits shows it, and one beyond the limits contradicts them.

All tests together call a true world refuted with probability `significance` at most: two thirds of it are divided
among the tests, and a third is for the limits that they are held against.
"""

from collections.abc import Callable

from lejepa.certification.laws import Ceiling, Laws
from lejepa.certification.outcome import Assumption
from lejepa.certification.strict import correlation, reversibility, stationarity
from lejepa.certification.view import View

NAMES = (
    "stationarity",
    "reversibility",
    "correlation",
    "law of the embedding",
    "law of the remainder",
    "remainder given h",
    "conditional mean",
)
LIMITS = 1 / 3  # share of the significance that is for limits


def examine(
    view: View, ceiling: Ceiling, excess_tail: float, significance: float, level: float
) -> tuple[tuple[Assumption, ...], float]:
    """The outcomes of all tests, and the lower limit of the squared distance at `level`.

    ceiling: upper limits that fail with probability `LIMITS · significance` at most, those of single directions
    included. excess_tail: the p-value of an excess as far below 0 as was found.
    """
    alpha = (1 - LIMITS) * significance / len(NAMES)
    laws = Laws(view, ceiling)
    tests: tuple[Callable[[], Assumption], ...] = (
        lambda: stationarity(view, alpha),
        lambda: reversibility(view, alpha),
        lambda: correlation(view, ceiling.high, excess_tail, alpha),
        lambda: laws.embedding(alpha),
        lambda: laws.remainder(alpha),
        lambda: laws.conditional_law(alpha),
        lambda: laws.conditional_mean(alpha),
    )
    return tuple(test() for test in tests), laws.lower_limit(1 - level)

"""What is known of a correlation, and what depends on it, by hand."""

from typing import Any

import numpy as np
import pytest
import torch
from lejepa.certification.correlation import CorrelationEstimate
from lejepa.certification.intervals import MeanEstimate, mean_of_blocks
from lejepa.certification.moments import Blocks
from lejepa.certification.rho import EstimatedRho, KnownRho, Scaled, checked_rho, excess_at, parse_rho
from lejepa.errors import UserError

WEIGHTS = np.array([0.2, 0.3, 0.1, 0.4])


def blocks(step: list[float], trace: list[float]) -> Blocks:
    nothing = torch.zeros(1, dtype=torch.float64)
    return Blocks(100, WEIGHTS, nothing, np.array(trace), np.array(step), np.eye(4), nothing[None])


FAR = blocks([1.0, 1.2, 0.9, 1.3], [2.0, 2.1, 1.9, 2.2])
NEAR = blocks([0.1, 0.2, 0.1, 0.2], [2.0, 2.1, 1.9, 2.2])  # better aligned than any encoder


def test_a_correlation_that_is_given_is_its_own_limit() -> None:
    one, span = KnownRho(0.9, 0.9), KnownRho(0.8, 0.9)
    assert (one.parts, one.source, one.value, one.limits(0.1)) == (1, "given", 0.9, (0.9, 0.9))
    assert (span.parts, span.source, span.limits(0.1)) == (1, "range", (0.8, 0.9))
    assert span.value == pytest.approx(0.85)


def test_a_correlation_that_is_estimated_has_limits_by_error_probability() -> None:
    found = CorrelationEstimate(MeanEstimate(1.5, 0.1, 9), MeanEstimate(1.4, 0.2, 9))
    rho = EstimatedRho(found)
    assert (rho.parts, rho.source, rho.value) == (2, "estimated", found.value)
    assert rho.limits(0.03) == (found.lower(0.03), found.upper(0.03))


@pytest.mark.parametrize("rho", [0.5, 0.9])
@pytest.mark.parametrize("of", [FAR, NEAR], ids=["far", "near"])
def test_the_excess_block_by_block(rho: float, of: Blocks) -> None:
    """`(step - 2 (1 - ρ) trace) / (2 ρ (1 - ρ))`, a mean over blocks; `δ` is that times the gap."""
    values = [(s - 2 * (1 - rho) * t) / (2 * rho * (1 - rho)) for s, t in zip(of.step, of.trace, strict=True)]
    expected, gap = mean_of_blocks(np.array(values), WEIGHTS), 2 * rho * (1 - rho)
    assert excess_at(of, rho) == expected
    known = KnownRho(rho, rho)
    excess, delta = Scaled(of, known, True), Scaled(of, known, False)
    assert excess.at(rho) == expected
    assert delta.at(rho).value == pytest.approx(gap * expected.value)
    assert delta.at(rho).error == pytest.approx(gap * expected.error)
    assert delta.at(rho).degrees == 3
    for scaled, scale in ((excess, 1), (delta, gap)):
        assert scaled.value == pytest.approx(max(scale * expected.value, 0))
        assert scaled.upper(0.05) == pytest.approx(max(scale * expected.upper(0.05), 0))
        assert scaled.lower(0.05) == pytest.approx(max(scale * expected.lower(0.05), 0))


def test_limits_are_taken_at_the_limits_of_the_correlation() -> None:
    scaled = Scaled(FAR, KnownRho(0.8, 0.9), True)
    assert scaled.upper(0.05) == excess_at(FAR, 0.9).upper(0.05)
    assert scaled.lower(0.05) == max(excess_at(FAR, 0.8).lower(0.05), 0)
    assert scaled.value == pytest.approx(excess_at(FAR, 0.85).value)
    found = CorrelationEstimate(MeanEstimate(1.5, 0.1, 9), MeanEstimate(1.4, 0.2, 9))
    delta = Scaled(FAR, EstimatedRho(found), False)
    for alpha in (0.01, 0.1):
        high = found.upper(alpha)
        assert delta.upper(alpha) == pytest.approx(2 * high * (1 - high) * excess_at(FAR, high).upper(alpha))


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        (None, None),
        (0.5, (0.5, 0.5)),
        ((0.5, 0.75), (0.5, 0.75)),
        ((0.5, 0.5), (0.5, 0.5)),
        (np.float32(0.5), (0.5, 0.5)),
    ],
)
def test_both_ends_of_what_is_given(given: Any, ends: tuple[float, float] | None) -> None:
    assert checked_rho(given) == ends


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (0.0, "a range of such, found 0$"),
        (1.0, "a range of such, found 1$"),
        ((0.0, 0.5), "found 0 to 0.5"),
        ((0.5, 1.0), "found 0.5 to 1"),
        ((0.9, 0.8), "found 0.9 to 0.8"),
        (float("nan"), "between 0 and 1, or a range of such, found nan$"),
        ("0.9", "a range as a tuple, .* found str '0.9'"),
        ((0.5,), "found tuple"),
        ((0.5, 0.6, 0.7), "found tuple"),
        ((0.5, None), "found tuple"),
        ([0.5, 0.6], "found list"),
    ],
)
def test_what_is_no_correlation_is_one_sentence(given: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        checked_rho(given)


@pytest.mark.parametrize(
    ("text", "rho"), [(None, None), ("0.9", 0.9), ("0.88,0.92", (0.88, 0.92)), (" 0.5 , 0.6 ", (0.5, 0.6))]
)
def test_correlations_of_the_command_line(text: str | None, rho: Any) -> None:
    assert parse_rho(text) == rho


@pytest.mark.parametrize("text", ["", "high", "0.1,0.2,0.3", "0.1,", "0.1;0.2"])
def test_words_that_are_no_correlation(text: str) -> None:
    with pytest.raises(UserError, match=f"a range such as 0.88,0.92, found {text}$"):
        parse_rho(text)

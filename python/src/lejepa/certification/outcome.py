"""The outcome of a test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["consistent", "explained", "violated"]


class Assumption(BaseModel):
    """The outcome of one test of what a certificate assumes.

    p_value: of the exact assumption, adjusted for the number of statistics that were looked at.
    verdict: consistent; explained (broken, but by no more than the bound allows an encoder to); violated.
    finding: a sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    p_value: float
    verdict: Verdict
    finding: str


def adjusted(tail: float, tests: int) -> float:
    """Bonferroni's."""
    return min(1.0, tail * tests)


def strict(name: str, p: float, alpha: float, holds: str, broken: str) -> Assumption:
    """The outcome of a test of something that holds for every encoder."""
    violated = p < alpha
    return Assumption(
        name=name, p_value=p, verdict="violated" if violated else "consistent", finding=broken if violated else holds
    )


@dataclass(frozen=True)
class Reach:
    """How far something lies from what an orthogonal encoder shows, at least, and how far the bound allows it to lie.

    p: the p-value of no distance at all.
    """

    what: str
    low: float
    allowed: float
    p: float


def bounded(name: str, found: Sequence[Reach], alpha: float, holds: str, broken: str) -> Assumption:
    """The outcome of a test that only orthogonal encoders pass, held against what the bound allows."""
    p = adjusted(min(f.p for f in found), len(found))
    worst = max(found, key=lambda f: f.low - f.allowed)
    if worst.low > worst.allowed:
        finding = f"{worst.what} {worst.low:.3g} at least, where the bound allows {worst.allowed:.3g}: {broken}"
        return Assumption(name=name, p_value=p, verdict="violated", finding=finding)
    if p < alpha:
        most = min(found, key=lambda f: f.p)
        finding = f"{most.what} {most.low:.3g} at least, and the bound allows an encoder {most.allowed:.3g}"
        return Assumption(name=name, p_value=p, verdict="explained", finding=finding)
    return Assumption(name=name, p_value=p, verdict="consistent", finding=holds)

"""What became of planted faults, as it is kept in `results/mutants.json`, written in one step:

    {"version": 3, "seconds": 40.1, "checks": [
      {"check": "hermite.Orthogonality", "statement": "integral_hermiteProd_mul",
       "broken": "",                       why the check does not hold without any fault, or ""
       "mutants": 18, "caught": 17,        faults planted where they count, and how many a case proved wrong
       "crashed": 0,                       how many only broke the computation down: neither caught nor missed
       "equivalent": [{"part": "claim", "fault": "sign", "text": "return ..."}],
       "missed": [],
       "unsettled": [],                    of a bound that nothing is known to reach: faults that may be true bounds
       "trivial": [],                      faults planted in a trivial claim, each with its "fate": not counted above
       "sample": null, "whole": 18,        how many faults were drawn of the whole, null for all
       "digits": 50, "seed": 0,
       "source": "0123456789abcdef"}]}     digest of all that decides the score

A fault is caught where some case within the hypothesis (for one of the hypothesis, any case) is then violated. With
`--only`, the scores of the other checks stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FILE = Path("results") / "mutants.json"
VERSION = 3
Fate = Literal["caught", "crashed", "equivalent", "missed", "unsettled"]


@dataclass(frozen=True)
class Score:
    """What became of the faults planted in one check: see this module's docstring."""

    check: str
    statement: str
    mutants: int = 0
    caught: int = 0
    crashed: int = 0
    equivalent: list[dict[str, str]] = field(default_factory=list)
    missed: list[dict[str, str]] = field(default_factory=list)
    unsettled: list[dict[str, str]] = field(default_factory=list)
    trivial: list[dict[str, str]] = field(default_factory=list)
    sample: int | None = None
    whole: int = 0
    digits: int = 50
    seed: int = 0
    broken: str = ""
    source: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the check holds, and every fault that matters was seen."""
        return not self.broken and not self.missed and not any(m["fate"] == "missed" for m in self.trivial)


def meant(entry: Mapping[str, Any]) -> int:
    """How many faults an entry's share is of: those that changed something, did not break the computation down, and are
    not unsettled."""
    return int(entry["mutants"]) - len(entry["equivalent"]) - len(entry["unsettled"]) - int(entry.get("crashed", 0))


def share(entry: Mapping[str, Any]) -> str:
    """An entry's score in words."""
    if entry.get("broken"):
        return "broken"
    of = meant(entry)
    if not of:
        return "no fault that counts" + (", the claim is trivial" if entry.get("trivial") else "")
    sample = entry.get("sample")
    drawn = "" if sample is None else f", a sample of {sample} from {entry['whole']}"
    return f"{entry['caught']} of {of}{drawn}"

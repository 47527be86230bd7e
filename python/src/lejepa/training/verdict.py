"""What results say of a criterion that was set before them. Computed anew whenever it is asked for, never stored.

The word of a statement is `confirmed` where every criterion that confirms it is met at least once and missed nowhere,
`not confirmed` where one is missed, and `measured` where there is no criterion, or none that says anything. A criterion
says nothing of an encoder where one that knows nothing would meet it too: for the theorem's bound, where the bound is
not below the distance of the encoder `h = 0`, which is the dimension of the latents; for everything else, where the
same encoder met it before its first step. Nor does one say anything that was set or changed after the training had
begun, where the result tells what was set then.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign, inf, sqrt
from statistics import fmean, stdev
from typing import Literal

from lejepa.training.columns import METRICS
from lejepa.training.config import Criterion, Experiment, Peak
from lejepa.training.grid import Sweep, look_up
from lejepa.training.results import Metrics, Result

Word = Literal["confirmed", "not confirmed", "measured"]
State = Literal["met", "missed", "says nothing"]
Done = Mapping[str, Result]


@dataclass(frozen=True)
class Outcome:
    """What became of a criterion at a point: for one seed, or for the mean over seeds, where `seed` is None.

    confirms: the statement. claim: the criterion in words. says: what was measured of it.
    """

    point: str
    seed: int | None
    confirms: str
    claim: str
    state: State
    says: str

    @property
    def sentence(self) -> str:
        where = self.point if self.seed is None else f"{self.point}, seed {self.seed}"
        said = {"met": "met", "missed": "not met", "says nothing": "met, and says nothing"}
        return f"{where}: {self.says}, {said[self.state]}: {self.claim}"


@dataclass(frozen=True)
class Measured:
    """A quantity and its standard error."""

    value: float
    error: float

    @property
    def errors(self) -> float:
        """How many standard errors it is above 0."""
        return self.value / self.error if self.error else copysign(inf, self.value) if self.value else 0.0

    def __str__(self) -> str:
        return f"{self.value:.4g} ± {self.error:.2g}"


def mean(values: Sequence[float]) -> Measured:
    """The mean over seeds; its standard error from the sample's standard deviation, `ddof` 1."""
    return Measured(fmean(values), stdev(values) / sqrt(len(values)))


def column(metrics: Iterable[Metrics | None], metric: str) -> list[float]:
    """A measure of the seeds that have it."""
    values = (getattr(m, metric) for m in metrics if m is not None)
    return [v for v in values if v is not None]


def of_seed(m: Metrics, c: Criterion) -> Measured:
    """What a criterion speaks of, for one encoder; of the bound, the distance less the bound."""
    if c.at_most == "bound":
        return Measured(m.distance - m.bound, m.margin_error)
    return Measured(getattr(m, c.metric), getattr(m, f"{c.metric}_error"))


def holds(c: Criterion, x: Measured) -> bool:
    """Whether a quantity is where the criterion wants it, with the margin of standard errors that it states."""
    room = (c.allowed or 0.0) * x.error - (c.spare or 0.0) * x.error
    if c.near is not None:
        assert c.within is not None
        return abs(x.value - c.near) <= c.within + room
    if c.at_least is not None:
        return x.value >= c.at_least - room
    return x.value <= (0.0 if c.at_most == "bound" else float(c.at_most or 0.0)) + room


def claim(c: Criterion) -> str:
    """A criterion in words."""
    name = METRICS[c.metric]
    if c.near is not None:
        what = f"{name} within {c.within:g} of {c.near:g}"
    elif c.at_least is not None:
        what = f"{name} at least {c.at_least:g}"
    else:
        what = f"{name} at most {'its bound' if c.at_most == 'bound' else f'{c.at_most:g}'}"
    margin = (
        f"{c.spare:g} standard errors to spare" if c.spare is not None else f"{c.allowed:g} standard errors allowed"
    )
    return f"{what}, {margin}, {'over each seed' if c.over == 'each seed' else 'mean over seeds'}"


def outcomes(c: Criterion, point: str, r: Result) -> list[Outcome]:
    """What becomes of a criterion at a point."""
    late = set_later(c, r)

    def told(seed: int | None, x: Measured, empty: bool) -> Outcome:
        return outcome(c, point, seed, x, late or empty)

    if c.over == "mean":
        values, before = column(r.metrics, c.metric), column(r.untrained, c.metric)
        if len(values) < len(r.seeds):
            return [Outcome(point, None, c.confirms, claim(c), "missed", "a seed diverged")]
        return [told(None, mean(values), len(before) == len(r.seeds) and holds(c, mean(before)))]
    found = []
    for seed, m, before_m in zip(r.seeds, r.metrics, r.untrained, strict=True):
        if m is None:
            found.append(Outcome(point, seed, c.confirms, claim(c), "missed", "it diverged"))
        elif getattr(m, c.metric) is None:
            found.append(Outcome(point, seed, c.confirms, claim(c), "missed", "it was not finite"))
        elif c.at_most == "bound":
            found.append(told(seed, of_seed(m, c), m.bound >= r.configuration.world.dim))
        else:
            known = before_m is not None and getattr(before_m, c.metric) is not None
            found.append(told(seed, of_seed(m, c), known and before_m is not None and holds(c, of_seed(before_m, c))))
    return found


def set_later(c: Criterion | Peak, r: Result) -> bool:
    """Whether a result tells that a criterion was not yet set when its training began."""
    return r.criterion is not None and c not in r.criterion


def outcome(c: Criterion, point: str, seed: int | None, x: Measured, empty: bool) -> Outcome:
    shown = f"distance less bound {x}" if c.at_most == "bound" else f"{METRICS[c.metric]} {x}"
    state: State = "missed" if not holds(c, x) else "says nothing" if empty else "met"
    return Outcome(point, seed, c.confirms, claim(c), state, shown)


def judged(sweep: Sweep, done: Done) -> list[Outcome]:
    """What becomes of every criterion of the points that have a result, and of the sweep's own where all have."""
    found = [o for p in sweep.points if p.name in done for c in p.criterion for o in outcomes(c, p.name, done[p.name])]
    if sweep.peak is not None and len(done) == len(sweep.points):
        found += on_peak(sweep, sweep.peak, done)
    return found


def criteria(sweep: Sweep) -> list[tuple[str, str]]:
    """The criteria of a sweep: the statement that each confirms, and its words."""
    found = dict.fromkeys((c.confirms, claim(c)) for p in sweep.points for c in p.criterion)
    if sweep.peak is not None:
        found[sweep.peak.confirms, peak_claim(sweep.peak)] = None
    return list(found)


def peak_claim(p: Peak) -> str:
    """A sweep's criterion in words."""
    return f"mean {METRICS[p.metric]} greatest at {p.axis} = {p.at:g}, {p.spare:g} standard errors to spare"


def on_peak(sweep: Sweep, peak: Peak, done: Done) -> list[Outcome]:
    """What becomes of a sweep's peak: an outcome for each line of points along its axis."""
    lines: defaultdict[str, dict[float, str]] = defaultdict(dict)
    for point in sweep.points:
        lines[all_but(point, peak.axis)][look_up(point, peak.axis)] = point.name
    found = []
    for line in lines.values():
        if peak.at not in line:
            continue
        name, claimed = line[peak.at], peak_claim(peak)
        if any(m is None for other in line.values() for m in done[other].metrics):
            found.append(Outcome(name, None, peak.confirms, claimed, "missed", "a seed diverged"))
            continue
        beside, x = lead(peak, {x: column(done[p].metrics, peak.metric) for x, p in line.items()})
        _, before = lead(peak, {x: column(done[p].untrained, peak.metric) for x, p in line.items()})
        late = any(set_later(peak, done[other]) for other in line.values())
        missed, empty = x.errors < peak.spare, late or before.errors >= peak.spare
        state: State = "missed" if missed else "says nothing" if empty else "met"
        says = f"{METRICS[peak.metric]} exceeds that at {peak.axis} = {beside:g} by {x}"
        found.append(Outcome(name, None, peak.confirms, claimed, state, says))
    return found


def lead(peak: Peak, values: Mapping[float, Sequence[float]]) -> tuple[float, Measured]:
    """By how much the mean at the peak exceeds that at the closest other value of the axis, counted in errors."""
    at = mean(values[peak.at])
    leads = {}
    for x, others in values.items():
        if x != peak.at:
            other = mean(others)
            leads[x] = Measured(at.value - other.value, sqrt(at.error**2 + other.error**2))
    beside = min(leads, key=lambda x: leads[x].errors)
    return beside, leads[beside]


def all_but(point: Experiment, axis: str) -> str:
    """The computation of an experiment without the key `axis`, as text: the same for all points of a line along it."""
    data = point.bits()
    *sections, last = axis.split(".")
    inner = data
    for section in sections:
        inner = inner[section]
    inner.pop(last, None)
    return json.dumps(data, sort_keys=True)


def word(outcomes: Iterable[Outcome]) -> Word:
    """The word for the outcomes of criteria."""
    claims: defaultdict[tuple[str, str], list[State]] = defaultdict(list)
    for o in outcomes:
        claims[o.confirms, o.claim].append(o.state)
    if any("missed" in states for states in claims.values()):
        return "not confirmed"
    return "confirmed" if claims and all("met" in states for states in claims.values()) else "measured"


def words(sweep: Sweep, done: Done) -> dict[str, Word]:
    """The word for each statement that a sweep bears on."""
    found = judged(sweep, done)
    return {s: word(o for o in found if o.confirms == s) for s in sweep.statements}


def counted(outcomes: Iterable[Outcome]) -> str:
    """How many outcomes are of each state, in words."""
    states = Counter(o.state for o in outcomes)
    parts = {"met": "met", "missed": "missed", "says nothing": "met without saying anything"}
    return ", ".join(f"{states[s]} {said}" for s, said in parts.items() if states[s])  # type: ignore[index]


def failures(sweep: Sweep, done: Done) -> list[str]:
    """What is missed: a sentence each."""
    return [o.sentence for o in judged(sweep, done) if o.state == "missed"]


def violations(point: Experiment, result: Result) -> int | None:
    """Evaluations, over seeds and steps, whose distance is above the bound by more than the criterion allows.

    None where no criterion of the point is the theorem's bound.
    """
    bounds = [c for c in point.criterion if c.at_most == "bound"]
    if not bounds:
        return None
    allowed = max(c.allowed or 0.0 for c in bounds)
    return sum(
        d is not None and b is not None and e is not None and d > b + allowed * e
        for p in result.curve
        for d, b, e in zip(p.distance, p.bound, p.margin_error, strict=True)
    )

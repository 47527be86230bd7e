"""What the results of a sweep say of it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean

from lejepa.training.config import Experiment
from lejepa.training.grid import Peak, Sweep, look_up
from lejepa.training.results import Result

Done = Mapping[str, Result]


def mean(result: Result, metric: str) -> float:
    """The mean of a metric over seeds."""
    return fmean(m[metric] for m in result.metrics)


def failures(sweep: Sweep, done: Done) -> list[str]:
    """What does not hold of the points that have a result: a sentence each."""
    wrong = []
    for point in sweep.points:
        result = done.get(point.name)
        if result is not None and not all(result.confirmed):
            seeds = [s for s, c in zip(point.training.seeds, result.confirmed, strict=True) if not c]
            wrong.append(f"{point.name}: seeds {seeds} do not meet the criterion")
    if sweep.peak is not None and len(done) == len(sweep.points):
        wrong += off_peak(sweep, sweep.peak, done)
    return wrong


def off_peak(sweep: Sweep, peak: Peak, done: Done) -> list[str]:
    """The lines of the sweep, along the axis of the peak, that are greater elsewhere than the peak says."""
    lines: defaultdict[str, dict[float, Experiment]] = defaultdict(dict)
    for point in sweep.points:
        lines[all_but(point, peak.axis)][look_up(point, peak.axis)] = point
    wrong = []
    for line in lines.values():
        if peak.at not in line:
            wrong.append(f"{sweep.name}: no point has {peak.axis} = {peak.at:g}, where its peak should be")
            continue
        values = {x: mean(done[p.name], peak.metric) for x, p in line.items()}
        best = max(values, key=lambda x: values[x])
        if values[best] > values[peak.at] + peak.tolerance:
            wrong.append(
                f"{line[best].name}: {peak.metric} is {values[best]:.4f} at {peak.axis} = {best:g}, "
                f"more than {values[peak.at]:.4f} at {peak.at:g}"
            )
    return wrong


def all_but(point: Experiment, axis: str) -> str:
    """An experiment without its name and the key `axis`, as text: the same for all points of a line along it."""
    data = point.model_dump(mode="json", exclude={"name"})
    *sections, last = axis.split(".")
    inner = data
    for section in sections:
        inner = inner[section]
    inner.pop(last, None)
    return json.dumps(data, sort_keys=True)


def violations(result: Result, errors: float = 5.0) -> int:
    """Evaluations, over seeds and steps, whose distance is above the bound by more than so many standard errors."""
    return sum(
        d > b + errors * e for p in result.curve for d, b, e in zip(p.distance, p.bound, p.bound_error, strict=True)
    )

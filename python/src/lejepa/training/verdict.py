"""What the results of a sweep say of it."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean
from typing import Any

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
    """The lines of the sweep that are greatest elsewhere than the peak says."""
    lines: defaultdict[tuple[Any, ...], dict[float, float]] = defaultdict(dict)
    for point in sweep.points:
        rest = (case_of(sweep, point.name), *(look_up(point, a) for a in sweep.axes if a != peak.axis))
        lines[rest][look_up(point, peak.axis)] = mean(done[point.name], peak.metric)
    wrong = []
    for rest, line in lines.items():
        best = max(line, key=lambda x: line[x])
        if line[best] > line.get(peak.at, float("-inf")) + peak.tolerance:
            where = ", ".join(str(r) for r in rest if r)
            wrong.append(
                f"{sweep.name} ({where}): {peak.metric} is {line[best]:.4f} at {peak.axis} = {best:g}, "
                f"more than {line[peak.at]:.4f} at {peak.at:g}"
            )
    return wrong


def case_of(sweep: Sweep, name: str) -> str:
    """The part of a point's name that its case gives: what the labels of the grid leave."""
    parts = name.partition("/")[2].split("-")
    return "-".join(parts[: max(0, len(parts) - len(sweep.axes))])


def violations(result: Result, errors: float = 5.0) -> int:
    """Evaluations, over seeds and steps, whose distance is above the bound by more than so many standard errors."""
    return sum(
        d > b + errors * e for p in result.curve for d, b, e in zip(p.distance, p.bound, p.bound_error, strict=True)
    )

"""Tables of results: a sweep's, and two folders side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from rich.table import Table

from lejepa.errors import UserError
from lejepa.training import results, verdict
from lejepa.training.columns import INVERSE, METRICS, NARROW, NEAREST
from lejepa.training.config import Computation, known, planner
from lejepa.training.grid import OWN, Sweep
from lejepa.training.results import Metrics, Result
from lejepa.training.verdict import column

SHOWN = ("r2_zh", "r2_hz", "orthogonality", "epsilon", "excess", "distance", "bound")
OF_PREDICTORS = ("prediction", "prediction_ratio", "rollout_1", "rollout_5")
OF_PLANNING = {
    "linear": ("cem_ratio", "mppi_ratio", "lqr_ratio", "gain_distance"),
    "arm": ("cem_ratio", "success", "deviation"),
}
OF_ENCODERS = ("orthogonality", "excess", "bound")  # left out where every result has a predictor


def of_planning(configured: Iterable[Computation]) -> tuple[str, ...]:
    """The measures of planning that a table of computations has a column for."""
    plans = {planner(c.planning): None for c in configured if c.planning is not None}
    return tuple(dict.fromkeys(m for kind in plans for m in OF_PLANNING[kind]))


def spread(values: Sequence[float], digits: int = 4) -> str:
    """Mean and the sample's standard deviation over seeds."""
    return f"{fmean(values):.{digits}f}" + (f" ± {stdev(values):.{digits}f}" if len(values) > 1 else "")


def shown(results: Iterable[Result]) -> list[str]:
    """The measures that a table of results has a column for."""
    configured = [r.configuration for r in results]
    predicted = [c.predictor is not None for c in configured]
    narrow = [c.width < c.world.dim for c in configured]
    spectral = ["white_alignment"] if any(c.world.spectral for c in configured) else []
    unlike = [c.width != c.world.dim for c in configured]
    left_out = {*(OF_ENCODERS if all(predicted) else ()), *((*NEAREST, "excess") if all(unlike) else ())}
    kept = [m for m in SHOWN if m not in left_out]
    predictors = OF_PREDICTORS if any(predicted) else ()
    inverse = INVERSE if any(c.inverse is not None for c in configured) else ()
    return [*kept, *(NARROW if any(narrow) else ()), *spectral, *predictors, *inverse, *of_planning(configured)]


def applies(result: Result, metric: str) -> bool:
    """Whether a measure says something of a result's encoders."""
    c = result.configuration
    if metric in NEAREST and c.width != c.world.dim:
        return False
    return metric not in ("excess", "bound") or c.of_theorem


def of_seed(result: Result, m: Metrics | None, metric: str, digits: int = 4) -> str:
    """A measure of one seed, as a table shows it."""
    if m is None:
        return "diverged"
    if not applies(result, metric):
        return "not applicable"
    value = getattr(m, metric)
    return "" if value is None else f"{value:.{digits}f}"


def cell(result: Result, metric: str, digits: int = 4) -> str:
    """A measure of a result over its seeds, as a table shows it."""
    if not applies(result, metric):
        return "not applicable"
    found = column(result.metrics, metric)
    return spread(found, digits) if found else "diverged" if None in result.metrics else ""


def values(result: Result, metrics: list[str]) -> dict[str, list[float]]:
    """Measures of a result, a value a seed."""
    for metric in metrics:
        try:
            known(metric, METRICS, "measure")
        except ValueError as e:
            raise UserError(f"--metric: {e}") from None
    return {metric: column(result.metrics, metric) for metric in metrics}


def sweep_table(sweep: Sweep, done: dict[str, Result]) -> Table:
    """The measures of a sweep, a row a point."""
    seeds = sorted({len(r.seeds) for r in done.values()})
    title = f"{sweep.name}, mean ± standard deviation over {' or '.join(map(str, seeds))} seeds"
    table = Table(title=title if max(seeds, default=1) > 1 else f"{sweep.name}, one seed")
    metrics = shown(done.values())
    for heading in ("point", *(METRICS[m] for m in metrics), "verdict"):
        table.add_column(heading, justify="right")
    judged = verdict.judged(sweep, done)
    for point, result in done.items():
        word = verdict.word(o for o in judged if o.point == point)
        table.add_row(point.partition("/")[2] or point, *(cell(result, m) for m in metrics), word)
    return table


def everything(out: Path) -> dict[str, Result]:
    """All results of a folder, those of sweeps too, by name."""
    if not (out / "experiments").is_dir():
        raise UserError(f"{out}: expected a folder of results, one with a folder experiments in it")
    found = {r.name: r for r in results.read_all(out)}
    for path in sorted((out / "experiments").glob("*/[!.]*.json")):
        if path.stem != OWN:
            result = results.read_of(f"{path.parent.name}/{path.stem}", out)
            found[result.name] = result
    return found


def compared(first: Path, second: Path, metrics: list[str]) -> list[dict[str, Any]]:
    """The experiments of two folders, those that only one of them has too.

    A row each: `experiment`, `configuration` (same, differs, only in A, only in B), and for each metric the values over
    seeds in `A` and in `B`, None where a folder has none.
    """
    a, b = everything(first), everything(second)
    rows = []
    for name in sorted(a | b):
        match name in a, name in b:
            case True, True:
                same = "same" if a[name].configuration.bits() == b[name].configuration.bits() else "differs"
            case True, False:
                same = "only in A"
            case _:
                same = "only in B"
        sides = {side: values(r[name], metrics) if name in r else None for side, r in (("A", a), ("B", b))}
        rows.append({"experiment": name, "configuration": same, **sides})
    return rows


def comparison(first: Path, second: Path, metrics: list[str]) -> Table:
    """The experiments of two folders side by side."""
    table = Table(title=f"A = {first}, B = {second}; mean ± standard deviation over seeds")
    table.add_column("experiment")
    for metric in metrics:
        for side in ("A", "B", "B - A"):
            table.add_column(f"{metric} {side}", justify="right")
    table.add_column("configuration")
    for row in compared(first, second, metrics):
        cells = []
        for metric in metrics:
            sides = [row[side][metric] if row[side] else None for side in ("A", "B")]
            cells += ["" if not v else spread(v) for v in sides]
            means = [fmean(v) for v in sides if v]
            cells.append(f"{means[1] - means[0]:+.4f}" if len(means) == 2 else "")
        table.add_row(row["experiment"], *cells, row["configuration"])
    return table

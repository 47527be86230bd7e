"""Tables of results: a sweep's, and two folders side by side."""

from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from rich.table import Table

from lejepa.errors import UserError
from lejepa.training import results
from lejepa.training.grid import Sweep
from lejepa.training.results import Result

COLUMNS = {
    "r2_zh": "R²(z→h)",
    "r2_hz": "R²(h→z)",
    "orthogonality": "‖AᵀA-1‖",
    "epsilon": "ε",
    "excess": "D",
    "distance": "distance",
    "bound": "bound",
}


def spread(values: list[float], digits: int = 4) -> str:
    """Mean and standard deviation over seeds."""
    return f"{fmean(values):.{digits}f}" + (f" ± {pstdev(values):.{digits}f}" if len(values) > 1 else "")


def values(result: Result, metrics: list[str]) -> dict[str, list[float]]:
    """Metrics of a result, a value a seed."""
    for metric in metrics:
        if metric not in result.metrics[0]:
            raise UserError(f"--metric {metric}: expected one of {', '.join(result.metrics[0])}")
    return {metric: [m[metric] for m in result.metrics] for metric in metrics}


def sweep_table(sweep: Sweep, done: dict[str, Result]) -> Table:
    """The metrics of a sweep, a row a point."""
    table = Table(title=f"{sweep.name}, mean ± standard deviation over seeds")
    for heading in ("point", *COLUMNS.values(), "confirmed"):
        table.add_column(heading, justify="right")
    for point, result in done.items():
        cells = (spread(v) for v in values(result, list(COLUMNS)).values())
        table.add_row(point.partition("/")[2], *cells, f"{sum(result.confirmed)} of {len(result.confirmed)}")
    return table


def everything(out: Path) -> dict[str, Result]:
    """All results of a folder, those of sweeps too, by name."""
    if not (out / "experiments").is_dir():
        raise UserError(f"{out}: expected a folder of results, one with a folder experiments in it")
    found = {r.configuration.name: r for r in results.read_all(out)}
    for path in sorted((out / "experiments").glob("*/[!.]*.json")):
        if path.name != "sweep.json":
            result = results.read(path)
            found[result.configuration.name] = result
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
                same = "same" if a[name].configuration == b[name].configuration else "differs"
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
            cells += ["" if v is None else spread(v) for v in sides]
            means = [fmean(v) for v in sides if v is not None]
            cells.append(f"{means[1] - means[0]:+.4f}" if len(means) == 2 else "")
        table.add_row(row["experiment"], *cells, row["configuration"])
    return table

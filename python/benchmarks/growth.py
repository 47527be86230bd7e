"""How a step of training grows with dimension, batch and slices: our loop and the paper's, in one run.

SIGReg with matched encoders, one seed, on one thread of a CPU, in the processor's time. Each figure comes from a
process of its own, as in `train.py`, whose loops these are; the two take turns. An exponent is that of the power law
through the upper half of a curve by least squares in logarithms. Writes the numbers and a figure.
Usage: `python python/benchmarks/growth.py [--out FOLDER]`.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from lejepa.files import write_json
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import track
from rich.table import Table
from train import alone

USUAL = {"dim": 64, "batch": 256, "slices": 256}
AXES = {
    "dim": [2**k for k in range(1, 11)],
    "batch": [2**k for k in range(5, 13)],
    "slices": [2**k for k in range(4, 12)],
}
NAMES = {"dim": "dimensions", "batch": "pairs in a batch", "slices": "slices"}
LOOPS = {"paper": "the paper's loop", "ours": "our loop"}


def seconds(arm: str, axis: str, value: int) -> float:
    """Of one step."""
    at = USUAL | {axis: value}
    return alone(arm, (at["dim"], "sigreg", 1, at["batch"], at["slices"], False), "cpu", 1).seconds


def exponent(x: list[int], y: list[float]) -> float:
    """Of the power law through the upper half of the points."""
    upper = len(x) // 2
    return float(np.polyfit(np.log(x[upper:]), np.log(y[upper:]), 1)[0])


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    for place, axis in zip(figure.subplots(1, len(AXES), sharey=True), AXES, strict=True):
        for arm, name in LOOPS.items():
            (row,) = [r for r in rows if (r["axis"], r["arm"]) == (axis, arm)]
            times = [1e3 * s for s in row["seconds"]]
            place.loglog(row["values"], times, "o-", label=f"{name}, exponent {row['exponent']:.2f}")
        place.set_xlabel(NAMES[axis])
        place.legend(fontsize="small")
        place.grid(alpha=0.3)
    figure.axes[0].set_ylabel("milliseconds a step")
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks"))
    options = parser.parse_args()
    todo = [(axis, value, arm) for axis, values in AXES.items() for value in values for arm in LOOPS]
    found = {key: seconds(key[2], *key[:2]) for key in track(todo, console=Console(stderr=True))}
    rows: list[dict[str, Any]] = []
    table = Table(title="Milliseconds a step of SIGReg, one seed, one thread")
    for heading in ("along", "loop", "at the least", "at the greatest", "exponent of the upper half"):
        table.add_column(heading, justify="right")
    for axis, values in AXES.items():
        for arm, name in LOOPS.items():
            times = [found[axis, value, arm] for value in values]
            row = {"axis": axis, "arm": arm, "values": values, "seconds": times, "exponent": exponent(values, times)}
            rows.append(row)
            ends = [f"{1e3 * times[k]:.2f} at {values[k]}" for k in (0, -1)]
            table.add_row(NAMES[axis], name, *ends, f"{row['exponent']:.2f}")
    Console().print(table)
    write_json(options.out / "growth.json", {"usual": USUAL, "rows": rows})
    draw(rows, options.out / "growth.svg")


if __name__ == "__main__":
    main()

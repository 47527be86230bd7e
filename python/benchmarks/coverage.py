"""How often a certificate's intervals hold the truth, at several encoders, dimensions and numbers of pairs.

Encoders of `lejepa.certification.known`, whose every quantity is known. Columns: the share of samples in which the
two-sided interval holds the truth (D, ε, the plain bound, the sharp bound), in which the certified limit is not below
the sharp bound's true value, and not below the true distance; the median of limit / sharp bound's true value; and the
share of samples in which a test of an assumption, all true, calls it violated. `--untested` leaves the tests out, which
take most of the time. Usage: `python python/benchmarks/coverage.py [--repetitions 400] [--jobs 2] [--untested]
[--out FILE]`.
"""

import argparse
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from lejepa.certification import known
from lejepa.certification.assumptions import Assumption
from lejepa.certification.certificate import Certifier
from lejepa.certification.moments import Blocks
from lejepa.files import write_json
from lejepa.measures.bounds import bound, sharp_bound
from rich.console import Console
from rich.progress import track
from rich.table import Table

LEVEL, SIGNIFICANCE = 0.95, 0.01
COLUMNS = ("D", "ε", "bound", "sharp", "limit ≥ sharp", "limit ≥ distance")


@dataclass(frozen=True)
class Case:
    encoder: str
    dim: int
    count: int
    rho: float = 0.9
    estimated: bool = False


CASES = [
    *(Case("orthogonal", dim, count) for dim in (2, 16) for count in (100, 1_000, 10_000)),
    Case("orthogonal", 64, 1_000),
    *(Case("shrunk", dim, count) for dim in (2, 16) for count in (100, 1_000, 10_000)),
    Case("shrunk", 64, 1_000),
    *(Case("quadratic", dim, count) for dim in (2, 16) for count in (100, 1_000, 10_000)),
    *(Case("worst", 2, count) for count in (100, 1_000, 10_000)),
    *(Case("cubic", 2, count) for count in (100, 1_000, 10_000)),
    Case("worst", 2, 1_000, rho=0.5),
    *(Case("orthogonal", dim, 1_000, estimated=True) for dim in (2, 16)),
    *(Case("worst", 2, count, estimated=True) for count in (100, 1_000, 10_000)),
]


class Untested(Certifier):
    """A certifier that looks at intervals alone."""

    def tests(self, blocks: Blocks, rho: float, distance: float) -> tuple[Assumption, ...]:
        return ()


def one(case: Case, seed: int, kind: type[Certifier]) -> dict[str, float]:
    """One sample's certificate against the truth: 1 where a statement holds, else 0."""
    torch.set_num_threads(1)
    e: known.Known = getattr(known, case.encoder)(case.dim, case.rho)
    rho = None if case.estimated else case.rho
    certifier = kind(case.dim, rho, level=LEVEL, significance=SIGNIFICANCE, count=case.count, seed=seed)
    certifier.add(*e.pairs(case.count, seed))
    made = certifier.certificate()
    sharp = sharp_bound(e.excess, e.epsilon)
    tiny = 1e-12
    quantities = (
        (made.excess, e.excess),
        (made.epsilon, e.epsilon),
        (made.bound, bound(e.excess, e.epsilon)),
        (made.sharp, sharp),
    )
    held = [float(q.low - tiny <= truth <= q.high + tiny) for q, truth in quantities]
    held += [float(made.sharp_limit >= sharp - tiny), float(made.sharp_limit >= e.distance - tiny)]
    return {
        **dict(zip(COLUMNS, held, strict=True)),
        "limit": made.sharp_limit,
        "true": sharp,
        "alarm": float(not made.applies),
    }


def many(case: Case, seeds: range, kind: type[Certifier]) -> list[dict[str, float]]:
    return [one(case, seed, kind) for seed in seeds]


def run(repetitions: int, jobs: int, kind: type[Certifier]) -> list[dict[str, Any]]:
    """A row a case."""
    rows = []
    with ProcessPoolExecutor(jobs) as pool:
        parts = [range(k, repetitions, jobs * 4) for k in range(jobs * 4)]
        for case in track(CASES, console=Console(stderr=True)):
            found = [f for part in pool.map(many, [case] * len(parts), parts, [kind] * len(parts)) for f in part]
            row: dict[str, Any] = dict(vars(case))
            row |= {k: statistics.fmean(f[k] for f in found) for k in (*COLUMNS, "alarm")}
            row["limit"] = statistics.median(f["limit"] for f in found)
            row["true"] = found[0]["true"]
            rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--untested", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = run(options.repetitions, options.jobs, Untested if options.untested else Certifier)
    error = sqrt(LEVEL * (1 - LEVEL) / options.repetitions)
    table = Table(title=f"Coverage at {LEVEL:.0%}, {options.repetitions} samples a row (standard error {error:.3f})")
    for heading in ("encoder", "n", "pairs", "ρ", *COLUMNS, "median limit", "sharp bound", "false alarms"):
        table.add_column(heading, justify="left" if heading == "encoder" else "right")
    for r in rows:
        rho = "estimated" if r["estimated"] else f"{r['rho']:g}"
        shares = (f"{r[c]:.3f}" for c in COLUMNS)
        alarm = "" if options.untested else f"{r['alarm']:.3f}"
        numbers = (f"{r['limit']:.3g}", f"{r['true']:.3g}", alarm)
        table.add_row(r["encoder"], str(r["dim"]), str(r["count"]), rho, *shares, *numbers)
    Console(width=150).print(table)
    if options.out is not None:
        write_json(options.out, {"level": LEVEL, "repetitions": options.repetitions, "rows": rows})


if __name__ == "__main__":
    main()

"""How often certificates of true worlds fail and of false ones succeed: `evidence/certificates/{size,power}.json`.

What is tried stands in `lejepa.certification.study`. Outcomes are kept beside the evidence as they come, so that the
work can be stopped and taken up again; evidence is written when a table is whole. Usage: `python
python/benchmarks/coverage.py size|power [--jobs 1]`; `--repetitions N` tries fewer, and writes no evidence.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import torch
from lejepa.certification import evidence, study
from lejepa.evidence.record import FOLDER, Table, now, write
from lejepa.files import read_json, repository, write_json
from lejepa.provenance import sources_digest
from lejepa.training.train import versions

BATCH = 50  # repetitions between two writings, at the most
ROUNDS = (10, 20, 30, 50, 100)  # repetitions of every row before any row has more


def some(name: str, place: int, seeds: list[int]) -> tuple[list[dict[str, Any]], float]:
    """Outcomes, and the seconds that they took."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    row = study.TABLES[name][place]
    return [study.repetition(row, seed) for seed in seeds], time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("table", choices=list(study.TABLES))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--repetitions", type=int)
    options = parser.parse_args()
    root = repository(Path(__file__).parent)
    configuration = evidence.configuration(options.table)
    mark = sources_digest(root, "lejepa.certification.study")
    state_path = root / "results" / "certificates" / f"{options.table}-{mark}.json"
    state: dict[str, Any] = read_json(state_path) if state_path.is_file() else {"seconds": 0.0, "rows": {}}
    rows = study.TABLES[options.table]
    with ProcessPoolExecutor(options.jobs) as pool:
        most = max(row.repetitions for row in rows)
        for goal, place in product((*(r for r in ROUNDS if r < most), most), range(len(rows))):
            row = rows[place]
            wanted = min(row.repetitions, options.repetitions or row.repetitions, goal)
            key = f"{row.key}, {row.world.dim}"
            done: list[dict[str, Any]] = state["rows"].setdefault(key, [])
            while len(done) < wanted:
                sizes = range(len(done), wanted, BATCH)[: options.jobs]
                batches = [list(range(start, min(start + BATCH, wanted))) for start in sizes]
                work = ([options.table] * len(batches), [place] * len(batches), batches)
                found = list(map(some, *work) if options.jobs == 1 else pool.map(some, *work))
                for outcomes, seconds in found:
                    done += outcomes
                    state["seconds"] += seconds
                write_json(state_path, state)
            if wanted < row.repetitions and goal < most:
                continue
            made = evidence.summary(row, done[:wanted])
            print(
                f"{key}: refuted {made['refuted']}, nothing certified {made['nothing']}, refused {made['refused']}, "
                f"covered {made['covered']} of {wanted}; {made['tests']}",
                flush=True,
            )
    if options.repetitions is not None:
        return
    record = Table(
        cost="dear",
        made=now(),
        seconds=round(state["seconds"], 1),
        device="cpu",
        versions=versions(),
        configuration=configuration,
        seeds=(0, max(r.repetitions for r in rows) - 1),
        rows=tuple(evidence.summary(r, state["rows"][f"{r.key}, {r.world.dim}"][: r.repetitions]) for r in rows),
        trace=evidence.trace(options.table),
    )
    write(root / FOLDER / "certificates" / f"{options.table}.json", record)
    for failure in evidence.failures(options.table, record):
        print(failure)


if __name__ == "__main__":
    main()

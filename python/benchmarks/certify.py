"""Time and memory of a certificate, by the number of pairs and of dimensions.

Each row runs in a process of its own and takes a stream of pairs that are never in memory together: chunks of float32
from a small pool, cycled, each time a little larger, so that making them costs little and no row repeats another (the
certificate is not looked at).
`file` rows read an uncompressed npz instead. Peak memory is the process's, less what it held before the stream began
(`base`: Python and PyTorch). Usage: `python python/benchmarks/certify.py [--threads 2] [--dims 64 1024] [--pairs ...]
[--device cpu]`.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from lejepa.certification.certifier import certify_pairs
from lejepa.certification.pairfiles import from_file
from lejepa.certification.pairs import Chunk, Pairs
from rich.console import Console
from rich.table import Table

GOAL, GOAL_DIM = 10_000_000, 1024
POOL = 3


def peak() -> float:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def stream(count: int, dim: int, device: torch.device) -> Pairs:
    generator = torch.Generator().manual_seed(0)
    pool: list[Chunk] = []

    def chunks(rows: int) -> Iterator[Chunk]:
        if not pool:
            for _ in range(POOL):
                z, noise = torch.randn(2, min(rows, count), dim, generator=generator)
                pool.append((z.to(device), (0.9 * z + (1 - 0.81) ** 0.5 * noise).to(device)))
        for k, start in enumerate(range(0, count, rows)):
            yield tuple(part[: count - start] * (1 + 1e-5 * (k // POOL)) for part in pool[k % POOL])

    return Pairs(((count, dim), (count, dim)), chunks, "stream")


def measure(count: int, dim: int, rho: float | None, path: Path | None, threads: int, device: str) -> tuple[float, ...]:
    """Seconds, peak MiB, and MiB before."""
    torch.set_num_threads(threads)
    where = torch.device(device)
    pairs = from_file(path) if path is not None else stream(count, dim, where)
    before = peak()
    started = time.perf_counter()
    certify_pairs(pairs, rho, device=where)
    seconds = time.perf_counter() - started
    held = torch.cuda.max_memory_allocated() / 2**20 if where.type == "cuda" else peak()
    return seconds, held, before


def alone(*arguments: object) -> tuple[float, ...]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dims", type=int, nargs="+", default=[64, 1024])
    parser.add_argument("--pairs", type=int, nargs="+", default=[20_000, 40_000, 80_000])
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    table = Table(title=f"Certificates on {options.device}, {options.threads} threads")
    for heading in ("dim", "pairs", "ρ", "source", "seconds", "pairs/s", "peak MiB", "base MiB"):
        table.add_column(heading, justify="right")
    rates: dict[int, float] = {}

    def row(count: int, dim: int, rho: float | None, path: Path | None) -> None:
        seconds, held, before = alone(count, dim, rho, path, options.threads, options.device)
        source = "stream" if path is None else f"file, {path.stat().st_size / 2**20:.0f} MiB"
        words = (str(dim), str(count), "estimated" if rho is None else f"{rho:g}", source)
        table.add_row(*words, f"{seconds:.1f}", f"{count / seconds:.0f}", f"{held:.0f}", f"{before:.0f}")
        if rho is not None and path is None:
            rates.setdefault(dim, 0)
            rates[dim] = count / seconds

    for dim in options.dims:
        for count in options.pairs:
            row(count, dim, 0.9, None)
        row(options.pairs[0], dim, None, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.npz"
        generator = np.random.default_rng(0)
        shape = (options.pairs[0], options.dims[-1])
        np.savez(path, **{key: generator.standard_normal(shape, dtype=np.float32) for key in ("h0", "h1")})
        row(options.pairs[0], options.dims[-1], 0.9, path)
    console = Console(width=110)
    console.print(table)
    if GOAL_DIM in rates:
        hours = GOAL / rates[GOAL_DIM] / 3600
        console.print(f"Not run, from the last rate: {GOAL} pairs of {GOAL_DIM} dimensions would take {hours:.1f} h.")


if __name__ == "__main__":
    main()

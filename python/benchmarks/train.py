"""Our training loop against a plain one: the same models, data and loss, on one machine, in one run.

The plain loop trains one model, evaluates a cosine and a sine at each knot, and leaves derivatives to autograd. Ours
trains the seeds of an experiment as one program. Each figure comes from a process of its own, the median over its
steps; the two take turns, and the ratio is that of the medians over rounds, with the least and the greatest of a round.
On one thread of a CPU the clock is the processor's, which other work on the machine does not move.
Memory is what training adds to the process, or has on the CUDA device. The last column says what limits our loop: the
share of a step that is in matrix products, which no batching of seeds makes fewer.
Usage: `python python/benchmarks/train.py [--device cpu] [--rounds 3] [--threads N] [--out FILE]`.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lejepa.files import write_json
from lejepa.training import mixing
from lejepa.training.config import Experiment
from lejepa.training.train import choose_device
from lejepa.training.trainer import Trainer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn

WARM_UP, SECONDS = 5, 3.0


def experiment(dim: int, seeds: int) -> Experiment:
    """The paper's 2D spiral, or its scaling experiment with matched encoders."""
    plane = dim == 2
    return Experiment.model_validate(
        {
            "name": f"bench-{dim}",
            "statements": ["linear_identifiability"],
            "world": {"dim": dim, "rho": 0.95},
            "mixing": {"kind": "spiral"} if plane else {"kind": "coupling", "layers": 4},
            "encoder": {"kind": "mlp", "hidden": 256, "layers": 4} if plane else {"kind": "matched", "layers": 4},
            "objective": {"kind": "sigreg", "weight": 1e-3},
            "training": {
                "steps": 1_000_000,
                "batch": 256,
                "seeds": tuple(range(seeds)),
                "evaluation": max(100, 20 * dim),
            },
        }
    )


class PlainSIGReg(nn.Module):
    """A cosine and a sine at each knot."""

    def __init__(self, knots: int, slices: int, t_max: float) -> None:
        super().__init__()
        self.slices = slices
        t = torch.linspace(0, t_max, knots)
        weights = torch.full((knots,), 2 * t_max / (knots - 1))
        weights[[0, -1]] /= 2
        self.register_buffer("t", t)
        self.register_buffer("target", torch.exp(-(t**2) / 2))
        self.register_buffer("weights", weights * torch.exp(-(t**2) / 2))

    def forward(self, h: Tensor) -> Tensor:
        directions = nn.functional.normalize(torch.randn(h.shape[-1], self.slices, device=h.device), dim=0)
        angle = (h @ directions).unsqueeze(-1) * self.t
        gap = (angle.cos().mean(0) - self.target).square() + angle.sin().mean(0).square()
        return (gap @ self.weights).mean() * len(h)


class PlainMatched(nn.Module):
    """One inverse of a coupling mixing."""

    def __init__(self, dim: int, layers: int) -> None:
        super().__init__()
        half = dim // 2
        self.weights = nn.ParameterList(nn.Parameter(torch.randn(half, half) / sqrt(half)) for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        for layer, w in reversed(list(enumerate(self.weights))):
            if layer % 2 == 0:
                second = second - torch.tanh(first @ w)
            else:
                first = first - torch.tanh(second @ w)
        return torch.cat((first, second), dim=-1)


def plain(e: Experiment, device: torch.device) -> Callable[[], Any]:
    """One step of the plain loop."""
    dim, batch = e.world.dim, e.training.batch
    model: nn.Module
    if e.encoder.kind == "mlp":
        layers: list[nn.Module] = [nn.Linear(dim, 256), nn.GELU()]
        for _ in range(3):
            layers += [nn.Linear(256, 256), nn.GELU()]
        model = nn.Sequential(*layers, nn.Linear(256, dim))
    else:
        model = PlainMatched(dim, e.encoder.layers)
    model = model.to(device)
    sigreg = PlainSIGReg(17, 256, 3.0).to(device)
    g = mixing.build(e.mixing, dim, device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    rho, weight = e.world.correlation, 1e-3

    def step() -> None:
        z = torch.randn(batch, dim, device=device)
        z_next = rho * z + sqrt(1 - rho**2) * torch.randn(batch, dim, device=device)
        h = model(g(torch.cat((z, z_next))))
        align = (h[:batch] - h[batch:]).square().mean() / 4
        loss = weight * sigreg(h) + (1 - weight) * align
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


class Measured(NamedTuple):
    """Seconds a step, MiB that training adds, and the share of matrix products in a step (of our loop on a CPU)."""

    seconds: float
    memory: float
    products: float | None


def measure(arm: str, dim: int, seeds: int, device: str, threads: int) -> Measured:
    """One arm, in this process."""
    torch.set_num_threads(threads)
    where = torch.device(device)
    cuda = where.type == "cuda"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    e = experiment(dim, seeds)
    step = plain(e, where) if arm == "plain" else Trainer(e, where).advance

    clock = time.process_time if threads == 1 and not cuda else time.perf_counter

    def timed() -> float:
        started = clock()
        step()
        if cuda:
            torch.cuda.synchronize()
        return clock() - started

    for _ in range(WARM_UP):
        timed()
    times: list[float] = []
    while sum(times) < SECONDS:
        times.append(timed())
    if cuda:
        return Measured(statistics.median(times), torch.cuda.max_memory_allocated() / 2**20, None)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    return Measured(statistics.median(times), memory, None if arm == "plain" else products(step))


def products(step: Callable[[], Any]) -> float:
    """The share of matrix products in the processor's time of a step."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        for _ in range(3):
            step()
    rows = profile.key_averages()
    named = {"aten::bmm", "aten::baddbmm", "aten::mm", "aten::addmm"}
    return sum(r.self_cpu_time_total for r in rows if r.key in named) / sum(r.self_cpu_time_total for r in rows)


def alone(*arguments: Any) -> Measured:
    """`measure` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def case(dim: int, seeds: int, device: str, threads: int, rounds: int) -> dict[str, Any]:
    """Both arms by turns; a row of the table."""
    turns = [
        (alone("plain", dim, 1, device, threads), alone("ours", dim, seeds, device, threads)) for _ in range(rounds)
    ]
    slow, fast = (statistics.median(turn[arm].seconds for turn in turns) for arm in (0, 1))
    ratios = [seeds * a.seconds / b.seconds for a, b in turns]
    shares = [b.products for _, b in turns if b.products is not None]
    return {
        "dim": dim,
        "seeds": seeds,
        "plain_seconds": slow,
        "our_seconds": fast,
        "ratio": seeds * slow / fast,
        "ratio_least": min(ratios),
        "ratio_greatest": max(ratios),
        "plain_mib": max(a.memory for a, _ in turns),
        "our_mib": max(b.memory for _, b in turns),
        "products": statistics.median(shares) if shares else None,
    }


HEADINGS = ("dim", "seeds", "plain ms/step", "ours ms/step", "models a second: ours / plain", "plain MiB", "ours MiB",
            "in matrix products")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks/train.json"))
    options = parser.parse_args()
    device = str(choose_device(options.device))
    table = Table(title=f"Training on {device}, {options.threads} threads, {options.rounds} rounds")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    rows = []
    cases = [(2, 1), (2, 8), (64, 1), (64, 8), (1024, 1)]
    for dim, seeds in track(cases, console=Console(stderr=True)):
        row = case(dim, seeds, device, options.threads, options.rounds)
        rows.append(row)
        table.add_row(
            str(dim),
            str(seeds),
            f"{row['plain_seconds'] * 1e3:.2f}",
            f"{row['our_seconds'] * 1e3:.2f}",
            f"{row['ratio']:.2f} ({row['ratio_least']:.2f} to {row['ratio_greatest']:.2f})",
            f"{row['plain_mib']:.0f}",
            f"{row['our_mib']:.0f}",
            "" if row["products"] is None else f"{row['products']:.0%}",
        )
    Console().print(table)
    write_json(options.out, {"device": device, "threads": options.threads, "rounds": options.rounds, "cases": rows})


if __name__ == "__main__":
    main()

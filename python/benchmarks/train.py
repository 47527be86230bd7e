"""Our training loop against a plain one: the same models, data and loss, on one machine, in one run.

The plain loop trains one model, evaluates a cosine and a sine at each knot, and leaves derivatives to autograd. Ours
trains the seeds of an experiment as one program. Each figure comes from a process of its own; the two take turns, and
the ratio is that of the medians. Usage: `python python/benchmarks/train.py [--device cpu] [--rounds 3]`.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from multiprocessing import get_context
from typing import Any

import torch
from lejepa.training import mixing
from lejepa.training.config import Experiment
from lejepa.training.train import Trainer, choose_device
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn

WARM_UP, SECONDS = 5, 4.0


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
            "training": {"steps": 1_000_000, "batch": 256, "seeds": tuple(range(seeds)), "evaluation": 100},
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
    rho, weight = e.world.rho, 1e-3

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


def measure(arm: str, dim: int, seeds: int, device: str) -> tuple[float, float]:
    """Seconds a step, and the peak memory in MiB: of the process, or of the CUDA device."""
    where = torch.device(device)
    e = experiment(dim, seeds)
    step = plain(e, where) if arm == "plain" else Trainer(e, where).advance
    cuda = where.type == "cuda"
    for _ in range(WARM_UP):
        step()
    if cuda:
        torch.cuda.synchronize()
    started, steps = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        step()
        steps += 1
    if cuda:
        torch.cuda.synchronize()
    seconds = (time.perf_counter() - started) / steps
    if cuda:
        return seconds, torch.cuda.max_memory_allocated() / 2**20
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def alone(*arguments: Any) -> tuple[float, float]:
    """`measure` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    device = str(choose_device(options.device))
    table = Table(title=f"Training on {device}, {torch.get_num_threads()} threads, {options.rounds} rounds")
    for heading in (
        "dim",
        "seeds",
        "plain ms/step",
        "ours ms/step",
        "models a second: ours / plain",
        "plain MiB",
        "ours MiB",
    ):
        table.add_column(heading, justify="right")
    cases = [(dim, seeds) for dim in (2, 64, 1024) for seeds in ((1, 8) if dim < 1024 else (1,))]
    for dim, seeds in track(cases, console=Console(stderr=True)):
        rounds = [(alone("plain", dim, 1, device), alone("ours", dim, seeds, device)) for _ in range(options.rounds)]
        slow, fast = (statistics.median(r[arm][0] for r in rounds) for arm in (0, 1))
        memory = [f"{max(r[arm][1] for r in rounds):.0f}" for arm in (0, 1)]
        table.add_row(
            str(dim), str(seeds), f"{slow * 1e3:.2f}", f"{fast * 1e3:.2f}", f"{seeds * slow / fast:.2f}", *memory
        )
    Console().print(table)


if __name__ == "__main__":
    main()

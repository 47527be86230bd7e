"""Our training loop against the paper's and a plain one: the same models, data and loss, on one machine, in one run.

The paper's loop is written again here from what its code does: one model a process, an unfused AdamW, a cosine and a
sine at each knot of SIGReg, differences of all pairs for InfoNCE, and the terms of all objectives in every step, for
its log. The plain loop evaluates its own objective alone, with a fused AdamW and distances by a matrix product; it is
what one would write by hand. Ours trains the seeds of an experiment as one program. Each figure comes from a process of
its own, the median over its steps; the three take turns, and the ratio is that of the medians over rounds, with the
least and the greatest of a round. On one thread of a CPU the clock is the processor's, which other work on the machine
hardly moves. The last column says what limits our loop: the share of a step that is in matrix products, which no
batching of seeds makes fewer.
Usage: `python python/benchmarks/train.py [--device cpu] [--rounds 3] [--threads 1] [--out FILE]`.
"""

import argparse
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
from lejepa.training.config import Experiment
from lejepa.training.train import choose_device
from lejepa.training.trainer import Trainer, mixing_of
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn

WARM_UP, SECONDS = 5, 2.0
ARMS = ("paper", "plain", "ours")
OBJECTIVES: dict[str, dict[str, Any]] = {
    "sigreg": {"kind": "sigreg", "pooled": True, "weight": 1e-3},
    "vicreg": {"kind": "vicreg", "pooled": True, "weight": 0.5},
    "infonce": {"kind": "infonce"},
}
KNOTS, T_MAX = 17, 3.0


def experiment(
    dim: int, objective: str, seeds: int, batch: int = 256, slices: int = 256, plane: bool | None = None
) -> Experiment:
    """The paper's 2D spiral, by default in two dimensions, or its scaling experiment with matched encoders."""
    plane, configured = dim == 2 if plane is None else plane, OBJECTIVES[objective]
    return Experiment.model_validate(
        {
            "name": f"bench-{dim}",
            "statements": ["linear_identifiability"],
            "world": {"dim": dim, "rho": 0.95},
            "mixing": {"kind": "spiral"} if plane else {"kind": "coupling", "layers": 4},
            "encoder": {"kind": "mlp", "hidden": 256, "layers": 4} if plane else {"kind": "matched", "layers": 4},
            "objective": configured | ({"slices": slices} if objective == "sigreg" else {}),
            "training": {
                "steps": 1_000_000,
                "batch": batch,
                "seeds": tuple(range(seeds)),
                "evaluation": max(100, 20 * dim),
            },
        }
    )


def sigreg(h: Tensor, directions: Tensor) -> Tensor:
    """SIGReg of all rows `(rows, dim)` along unit directions `(dim, slices)`, a cosine and a sine at each knot."""
    t = torch.linspace(0, T_MAX, KNOTS, device=h.device, dtype=h.dtype)
    weights = torch.full_like(t, 2 * T_MAX / (KNOTS - 1))
    weights[[0, -1]] /= 2
    angle = (h @ directions).unsqueeze(-1) * t
    gap = (angle.cos().mean(0) - torch.exp(-(t**2) / 2)).square() + angle.sin().mean(0).square()
    return (gap @ (weights * torch.exp(-(t**2) / 2))).mean() * len(h)


def directions(h: Tensor, slices: int) -> Tensor:
    return nn.functional.normalize(torch.randn(h.shape[-1], slices, device=h.device), dim=0)


def vicreg(h: Tensor) -> Tensor:
    """The mean square of the entries of the covariance less the identity, of all rows."""
    return (torch.cov(h.T) - torch.eye(h.shape[1], device=h.device, dtype=h.dtype)).square().mean()


def infonce(h: Tensor, distances: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Symmetric InfoNCE of the two halves of the rows, which are partners."""
    near = -distances(*h.chunk(2)) / 2
    return ((near.logsumexp(0) + near.logsumexp(1)) / 2 - near.diagonal()).mean()


def of_all_pairs(a: Tensor, b: Tensor) -> Tensor:
    return (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(-1)


def by_products(a: Tensor, b: Tensor) -> Tensor:
    return a.square().sum(1).unsqueeze(1) + b.square().sum(1) - 2 * a @ b.T


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


def encoder(e: Experiment) -> nn.Module:
    """One encoder, of plain modules."""
    if e.encoder.kind != "mlp":
        return PlainMatched(e.world.dim, e.encoder.layers)
    layers: list[nn.Module] = [nn.Linear(e.world.dim, 256), nn.GELU()]
    for _ in range(3):
        layers += [nn.Linear(256, 256), nn.GELU()]
    return nn.Sequential(*layers, nn.Linear(256, e.world.dim))


def by_hand(e: Experiment, device: torch.device, as_in_paper: bool) -> Callable[[], Any]:
    """One step of the paper's loop, or of the plain one."""
    dim, batch, rho, o = e.world.dim, e.training.batch, e.world.correlation, e.objective
    model, g = encoder(e).to(device), mixing_of(e, 0, device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=None if as_in_paper else True)
    slices = o.slices if o.kind == "sigreg" else 256

    def penalty(kind: str, h: Tensor) -> Tensor:
        match kind:
            case "sigreg":
                return sigreg(h, directions(h, slices))
            case "vicreg":
                return vicreg(h)
            case _:
                return infonce(h, of_all_pairs if as_in_paper else by_products)

    def step() -> None:
        z = torch.randn(batch, dim, device=device)
        z_next = rho * z + sqrt(1 - rho**2) * torch.randn(batch, dim, device=device)
        h = model(g(torch.cat((z, z_next))))
        align = (h[:batch] - h[batch:]).square().mean() / 4
        logged = {kind: penalty(kind, h) for kind in ("sigreg", "vicreg") if as_in_paper}
        own = logged[o.kind] if o.kind in logged else penalty(o.kind, h)
        loss = own if o.kind == "infonce" else o.weight * own + (1 - o.weight) * align
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def steps_of(arm: str, e: Experiment, device: torch.device) -> Callable[[], Any]:
    """One step of an arm."""
    return Trainer(e, device).advance if arm == "ours" else by_hand(e, device, arm == "paper")


class Measured(NamedTuple):
    """Seconds a step, and the share of matrix products in a step of our loop on a CPU."""

    seconds: float
    products: float | None


def measure(arm: str, configured: tuple[Any, ...], device: str, threads: int) -> Measured:
    """One arm, in this process."""
    torch.set_num_threads(threads)
    where = torch.device(device)
    cuda = where.type == "cuda"
    step = steps_of(arm, experiment(*configured), where)
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
    return Measured(statistics.median(times), None if cuda or arm != "ours" else products(step))


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


def case(dim: int, objective: str, seeds: int, device: str, threads: int, rounds: int) -> dict[str, Any]:
    """The arms by turns; a row of the table."""
    turns = [
        {arm: alone(arm, (dim, objective, seeds if arm == "ours" else 1), device, threads) for arm in ARMS}
        for _ in range(rounds)
    ]
    found: dict[str, Any] = {"dim": dim, "objective": objective, "seeds": seeds}
    found |= {f"{arm}_seconds": statistics.median(t[arm].seconds for t in turns) for arm in ARMS}
    for arm in ARMS[:-1]:
        ratios = [seeds * t[arm].seconds / t["ours"].seconds for t in turns]
        found[f"{arm}_ratio"] = seeds * found[f"{arm}_seconds"] / found["ours_seconds"]
        found |= {f"{arm}_least": min(ratios), f"{arm}_greatest": max(ratios)}
    shares = [t["ours"].products for t in turns if t["ours"].products is not None]
    return found | {"products": statistics.median(shares) if shares else None}


HEADINGS = ("dim", "objective", "seeds", "paper ms", "plain ms", "ours ms", "ours / paper", "ours / plain",
            "in products")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks/train.json"))
    options = parser.parse_args()
    device = str(choose_device(options.device))
    table = Table(title=f"Training on {device}, {options.threads} threads, {options.rounds} rounds; models a second")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    rows = []
    cases = [(dim, objective, seeds) for dim in (2, 64) for objective in OBJECTIVES for seeds in (1, 5)]
    cases += [(1024, objective, 1) for objective in OBJECTIVES]
    for dim, objective, seeds in track(cases, console=Console(stderr=True)):
        row = case(dim, objective, seeds, device, options.threads, options.rounds)
        rows.append(row)
        times = [f"{row[f'{arm}_seconds'] * 1e3:.2f}" for arm in ARMS]
        ratios = [
            f"{row[f'{arm}_ratio']:.2f} ({row[f'{arm}_least']:.2f} to {row[f'{arm}_greatest']:.2f})"
            for arm in ARMS[:-1]
        ]
        share = "" if row["products"] is None else f"{row['products']:.0%}"
        table.add_row(str(dim), objective, str(seeds), *times, *ratios, share)
    Console(width=110).print(table)
    write_json(options.out, {"device": device, "threads": options.threads, "rounds": options.rounds, "cases": rows})


if __name__ == "__main__":
    main()

"""The objectives in two and four processes (gloo), for `test_objectives_distributed.py`: writes what each rank has.

A program of its own, since processes are forked before anything has run backward.
"""

import pickle
import sys
from pathlib import Path
from typing import Any

import lejepa
import torch
from torch import Tensor, distributed, multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel

DIM = 3
# Rows of each process, for even and for uneven batches.
SHARES = {
    2: {"even": [10, 10], "uneven": [13, 7]},
    4: {"even": [5, 5, 5, 5], "uneven": [9, 6, 4, 1], "none": [12, 0, 5, 3]},
}
OBJECTIVES: dict[str, tuple[type[Any], dict[str, Any], int]] = {
    "Alignment": (lejepa.Alignment, {}, 2),
    "SIGReg": (lejepa.SIGReg, {"slices": 5}, 1),
    "SIGReg, unbiased": (lejepa.SIGReg, {"slices": 5, "unbiased": True}, 1),
    "VICReg": (lejepa.VICReg, {}, 1),
    "MMD": (lejepa.MMD, {"sigma": 0.8}, 1),
    "InfoNCE": (lejepa.InfoNCE, {"sigma": 0.7}, 2),
    "Whitening": (lejepa.Whitening, {}, 2),
}


def batch(shift: float = 0.0) -> list[Tensor]:
    """The whole batch: 20 rows of a pair."""
    z, noise = torch.randn(2, 20, DIM, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return [z + shift, 0.8 * z + 0.6 * noise + shift]


def encoder() -> nn.Module:
    generator = torch.Generator().manual_seed(1)
    layer = nn.Linear(DIM, DIM).double()
    for p in layer.parameters():
        p.data = torch.randn(p.shape, generator=generator, dtype=torch.float64)
    return layer


def value(module: nn.Module, views: list[Tensor], seed: int = 7) -> Tensor:
    options = {"generator": torch.Generator().manual_seed(seed)} if isinstance(module, lejepa.SIGReg) else {}
    found: Tensor = module(*views, **options)
    return found


def measured(name: str, views: list[Tensor], model: nn.Module, seed: int = 7) -> dict[str, Any]:
    """The value of raw views with its gradient and that of a gradient penalty; and the gradient of an encoder."""
    kind, options, count = OBJECTIVES[name]
    module = kind(**options)
    leaves = [x.clone().requires_grad_() for x in views[:count]]
    found = value(module, leaves, seed)
    grads = torch.autograd.grad(found, leaves, create_graph=True)
    own = torch.stack([g.square().sum() for g in grads]).sum()
    second = torch.autograd.grad(own, leaves)
    loss = value(module, [model(x) for x in views[:count]], seed)
    model.zero_grad()
    loss.backward()
    return {
        "value": found.item(),
        "gradient": [g.detach() for g in grads],
        "penalty": list(second),
        "parameters": [p.grad.clone() for p in model.parameters() if p.grad is not None],
    }


def refusals(rank: int, world: int) -> dict[str, str]:
    """What each rank is told where only one of them has bad rows, and that all go on afterwards."""
    h = torch.ones(4, DIM)
    says = {}
    for name, (kind, options, count) in OBJECTIVES.items():
        for fault in ("nan", "large", "rows"):
            bad = h * (torch.nan if fault == "nan" else 1e20) if rank == world - 1 else h
            if fault == "rows":
                bad = h[:1] if rank == 0 else h[:0]
            try:
                kind(**options)(*[bad] * count)
            except ValueError as e:
                says[f"{name}, {fault}"] = str(e)
    return says


def process(rank: int, world: int, folder: str) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{folder}/store-{world}", rank=rank, world_size=world)
    results: dict[str, Any] = {}
    for share, counts in SHARES[world].items():
        start = sum(counts[:rank])
        own = [x[start : start + counts[rank]] for x in batch()]
        for name in OBJECTIVES:
            model = DistributedDataParallel(encoder())
            results[f"{name}, {share}"] = measured(name, own, model, seed=7 if rank == 0 else 1000 + rank)
    far = [x.float()[rank * 20 // world : (rank + 1) * 20 // world] for x in batch(1e4)]
    for name in OBJECTIVES:
        kind, options, count = OBJECTIVES[name]
        results[f"{name}, far"] = value(kind(**options), far[:count]).item()
    results["refusals"] = refusals(rank, world)
    halves = [distributed.new_group([r for r in range(world) if r % 2 == part]) for part in range(2)]
    rows = batch()[0][rank::world]
    results["group"] = lejepa.VICReg(process_group=halves[rank % 2])(rows).item()
    results["local"] = lejepa.VICReg(synchronize=False)(rows).item()
    generator = torch.Generator().manual_seed(rank)
    sigreg = lejepa.SIGReg(slices=4, process_group=halves[rank % 2])
    results["group's slices"] = sigreg(rows, generator=generator).item()
    Path(folder, f"{world}-{rank}.pickle").write_bytes(pickle.dumps(results))
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    for world in SHARES:
        multiprocessing.start_processes(process, (world, sys.argv[1]), nprocs=world, start_method="fork")

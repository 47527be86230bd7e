"""Certificates of encoders trained here, against their true distance to the latents.

Trains the experiment of a configuration, with fewer steps if wished, and at several steps certifies the encoder of each
seed from fresh pairs of embeddings alone; the latents, which the certificate does not see, then tell the distance.
Usage: `python python/benchmarks/certify_trained.py [python/configs/spiral-quick.yaml] [--steps N] [--pairs 50000]
[--out FOLDER]`.
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from lejepa.certification.certificate import Certificate
from lejepa.certification.certifier import certify
from lejepa.certification.figure import draw
from lejepa.files import repository, write_json
from lejepa.training import config
from lejepa.training.streams import Purpose, stream
from lejepa.training.train import choose_device
from lejepa.training.trainer import Trainer
from lejepa.training.world import pairs
from rich.console import Console
from rich.table import Table

STOPS = 5


@torch.no_grad()
def certificates(trainer: Trainer, count: int) -> list[Certificate]:
    """A certificate for each seed, its latents at hand."""
    world, seeds = trainer.computation.world, trainer.computation.training.seeds
    generator = stream(seeds[0], Purpose.FRESH, device=trainer.device)
    z, z_next = pairs(world, (count,), generator)
    h, h_next = (trainer.encode(x.expand(len(seeds), -1, -1)) for x in (z, z_next))
    return [certify(h[m], h_next[m], world.correlation, latents=z) for m in range(len(seeds))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("configuration", type=Path, nargs="?")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    path = options.configuration or repository(Path(__file__).parent) / "python" / "configs" / "spiral-quick.yaml"
    experiment = config.load(path)
    if options.steps is not None:
        training = experiment.training.model_copy(update={"steps": options.steps})
        experiment = experiment.model_copy(update={"training": training})
    trainer = Trainer(experiment, choose_device(options.device))
    table = Table(title=f"{experiment.name}, ρ = {experiment.world.correlation:g}, {options.pairs} pairs a certificate")
    for heading in ("step", "seed", "R²", "D", "ε", "true distance", "certified", "plain limit", "ratio", "verdict"):
        table.add_column(heading, justify="right")
    rows: list[dict[str, Any]] = []
    steps = experiment.training.steps
    for stop in sorted({max(1, steps * k // STOPS) for k in range(1, STOPS + 1)}):
        while trainer.step < stop:
            trainer.advance()
        for seed, made in zip(experiment.training.seeds, certificates(trainer, options.pairs), strict=True):
            assert made.recovery is not None
            distance = made.recovery["distance"]
            r2 = min(made.recovery["r2_zh"], made.recovery["r2_hz"])
            table.add_row(
                str(stop),
                str(seed),
                *(f"{v:.4f}" for v in (r2, made.excess.estimate, made.epsilon.estimate, distance)),
                *(f"{v:.4f}" for v in (made.sharp_limit, made.bound_limit)),
                f"{made.sharp_limit / distance:.2f}",
                ", ".join((made.verdict, *made.violated)),
            )
            rows.append({"step": stop, "seed": seed, "certificate": made.model_dump(mode="json")})
    Console(width=120).print(table)
    print(made)
    if options.out is not None:
        write_json(options.out / f"{experiment.name}.json", rows)
        draw(made, options.out / f"{experiment.name}.png")


if __name__ == "__main__":
    main()

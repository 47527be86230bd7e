"""Train the encoders of an experiment, all its seeds together, and measure what they recover.

The pairs are `(z, z')` of the theorem. The paper's code aligns two successors of one latent instead, whose correlation
is `ρ²`: its ρ = 0.95 is 0.9025 here.
"""

import math
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from lejepa import __version__
from lejepa.errors import UserError
from lejepa.files import make_folder, write_atomically
from lejepa.interrupt import deferred
from lejepa.measures.recovery import Recovery, recovery
from lejepa.measures.regression import explained
from lejepa.training import encoder, mixing, results
from lejepa.training.config import Criterion, Experiment, Training
from lejepa.training.doublewell import double_well
from lejepa.training.energy import HermiteEnergy
from lejepa.training.objective import Loss
from lejepa.training.results import Point, Result, Sample
from lejepa.training.streams import Purpose, stream
from lejepa.training.world import pairs

SAMPLE, COORDINATES = 1_500, 4  # of a result's scatter
FORMAT = 2  # of checkpoints

Report = Callable[[Point], None]


class Interrupted(Exception):
    """Training was stopped and its state saved."""

    def __init__(self, checkpoint: Path, step: int) -> None:
        super().__init__(f"stopped after step {step}; the same command goes on from {checkpoint}")


def choose_device(name: str) -> torch.device:
    """`auto` (CUDA where there is one), `cpu`, `cuda` or `cuda:N`."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"device {name!r}: expected auto, cpu, cuda or cuda:N") from None
    if device.type not in ("cpu", "cuda"):
        raise UserError(f"device {name!r}: expected auto, cpu, cuda or cuda:N")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UserError(f"device {name!r}: PyTorch finds {torch.cuda.device_count()} CUDA devices on this machine")
    return device


def learning_rate(step: int, steps: int, base: float) -> float:
    """Constant for the first half, then a cosine to zero."""
    half = steps // 2
    if step < half:
        return base
    return base * 0.5 * (1 + math.cos(math.pi * (step - half) / (steps - half)))


def model_streams(training: Training) -> list[torch.Generator]:
    """What each model's first parameters are drawn from: the restarts of the first seed, then those of the next."""
    return [stream(seed, Purpose.PARAMETERS, r) for seed in training.seeds for r in range(training.restarts)]


def meets(c: Criterion, m: Recovery, r2_eigen: float | None) -> bool:
    """Whether a model meets the criterion."""
    return (
        (c.r2 is None or m.r2 >= c.r2)
        and (c.r2_below is None or m.r2 <= c.r2_below)
        and (c.r2_eigen is None or (r2_eigen is not None and r2_eigen >= c.r2_eigen))
        and (not c.within_bound or m.within_bound(3))
    )


class Trainer:
    """The state of a training run: models, optimizer, random streams, curve."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        self.experiment, self.device = experiment, device
        seeds = experiment.training.seeds
        every = model_streams(experiment.training)
        self.models_count = len(every)
        dim = experiment.world.dim
        self.mix = mixing.build(experiment.mixing, dim, device)
        self.models = encoder.build(experiment.encoder, dim, every).to(device)
        self.optimizer = torch.optim.AdamW(self.models.parameters(), lr=experiment.training.learning_rate, fused=True)
        self.loss = Loss(experiment.objective).to(device)
        self.generator = stream(seeds[0], Purpose.TRAINING, device=device)
        held_out = stream(seeds[0], Purpose.EVALUATION, device=device)
        self.held_out = pairs(experiment.world, (experiment.training.evaluation,), held_out)
        self.energy = HermiteEnergy(self.held_out[0]) if experiment.world.latent == "gaussian" else None
        self.step, self.seconds = 0, 0.0
        self.curve: list[Point] = []

    def encode(self, z: Tensor) -> Tensor:
        """Embeddings of latents `(models, count, dim)` through the mixing: the same shape."""
        h: Tensor = self.models(self.mix(z))
        return h

    def advance(self) -> tuple[Tensor, Tensor, Tensor]:
        """One step of the optimizer; the loss, alignment and regularizer of each model before it."""
        t = self.experiment.training
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, t.steps, t.learning_rate)
        z, z_next = pairs(self.experiment.world, (self.models_count, t.batch), self.generator)
        both = self.encode(torch.cat((z, z_next), dim=1))
        loss, align, penalty = self.loss(both[:, : t.batch], both[:, t.batch :], self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        self.optimizer.step()
        self.step += 1
        return loss.detach(), align.detach(), penalty.detach()

    @torch.no_grad()
    def embed(self) -> tuple[Tensor, Tensor]:
        """The embeddings of the held-out pairs by each model: `(models, evaluation, dim)` twice."""
        h, h_next = (self.encode(x.expand(self.models_count, -1, -1)) for x in self.held_out)
        return h, h_next

    def evaluate(self) -> list[Recovery]:
        """The recovery of each model on the held-out pairs."""
        h, h_next = self.embed()
        return self.recoveries(h, h_next)

    def recoveries(self, h: Tensor, h_next: Tensor) -> list[Recovery]:
        rho = self.experiment.world.rho
        return [recovery(self.held_out[0], h[m], h_next[m], rho) for m in range(self.models_count)]

    def record(self, loss: Tensor, align: Tensor, penalty: Tensor) -> Point:
        """Add a point to the curve; a diverged model is a fault that the user can mend."""
        if not torch.isfinite(loss).all():
            restarts = self.experiment.training.restarts
            bad = {self.experiment.training.seeds[m // restarts] for m in (~torch.isfinite(loss)).nonzero()[:, 0]}
            raise UserError(
                f"{self.experiment.name}: the loss of seeds {sorted(bad)} is not finite at step {self.step}; "
                "expected a training.learning_rate at which training converges"
            )
        h, h_next = self.embed()
        measured = self.recoveries(h, h_next)
        point = Point(
            step=self.step,
            loss=loss.tolist(),
            alignment=align.tolist(),
            regularizer=penalty.tolist(),
            r2=[m.r2 for m in measured],
            distance=[m.distance for m in measured],
            bound=[m.bound for m in measured],
            bound_error=[m.margin_error for m in measured],
            energy=[] if self.energy is None else self.energy(h).tolist(),
        )
        self.curve.append(point)
        return point

    @torch.no_grad()
    def held_out_loss(self) -> Tensor:
        """The loss of each model on the held-out pairs, in batches of training's size: `(models,)`."""
        t = self.experiment.training
        generator = stream(t.seeds[0], Purpose.HELD_OUT_SLICES, device=self.device)
        losses: list[Tensor] = []
        for z, z_next in zip(*(torch.split(x, t.batch) for x in self.held_out), strict=True):
            if len(z) == t.batch or not losses:
                both = self.encode(torch.cat((z, z_next)).expand(self.models_count, -1, -1))
                losses.append(self.loss(both[:, : len(z)], both[:, len(z) :], generator)[0])
        return torch.stack(losses).mean(0)

    def kept(self) -> list[int]:
        """The model of each seed that is kept: of its restarts the one of the lowest held-out loss."""
        restarts = self.experiment.training.restarts
        if restarts == 1:
            return list(range(self.models_count))
        best = self.held_out_loss().reshape(-1, restarts).nan_to_num(nan=math.inf).argmin(1)
        return [seed * restarts + int(r) for seed, r in enumerate(best)]

    def save(self, path: Path) -> None:
        """Write all that is needed to go on to the same bits."""
        state: dict[str, Any] = {
            "format": FORMAT,
            "experiment": self.experiment.model_dump_json(),
            "device": str(self.device),
            "step": self.step,
            "seconds": self.seconds,
            "models": self.models.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "curve": [p.model_dump() for p in self.curve],
        }
        write_atomically(path, lambda p: torch.save(state, p))

    def load(self, path: Path) -> bool:
        """Go on from a checkpoint; False, and nothing changed, where it is another configuration's or device's."""
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            own = (FORMAT, self.experiment.model_dump_json(), str(self.device))
            same = (state.get("format"), state["experiment"], state["device"]) == own
        except Exception as e:
            raise UserError(
                f"{path}: expected a checkpoint, but it can't be read ({type(e).__name__}); remove it"
            ) from None
        if not same:
            return False
        self.models.load_state_dict(state["models"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"].cpu())
        self.step, self.seconds = state["step"], state["seconds"]
        self.curve = [Point.model_validate(p) for p in state["curve"]]
        return True

    def result(self) -> Result:
        """The finished run's result."""
        kept = self.kept()
        h, h_next = self.embed()
        z = self.held_out[0]
        x = self.mix(z)
        measured = self.recoveries(h, h_next)
        world = self.experiment.world
        eigen: list[float | None] = [None] * self.models_count
        if world.depth is not None:
            target = double_well(world.depth, world.rho).coordinates(z)
            eigen = [explained(h[m], target).value for m in range(self.models_count)]
        return Result(
            configuration=self.experiment,
            metrics=[measured[m].as_dict() | ({} if (e := eigen[m]) is None else {"r2_eigen": e}) for m in kept],
            confirmed=[meets(self.experiment.criterion, measured[m], eigen[m]) for m in kept],
            kept=[m % self.experiment.training.restarts for m in kept],
            r2_xz=explained(x, z).value,
            curve=[p.select(kept) for p in self.curve],
            sample=Sample(latents=rounded(z), observations=rounded(x), embeddings=rounded(h[kept[0]])),
            versions=versions(),
            device=str(self.device),
            seconds=round(self.seconds, 3),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def rounded(x: Tensor) -> list[list[float]]:
    values: list[list[float]] = numpy.round(x[:SAMPLE, :COORDINATES].double().cpu().numpy(), 4).tolist()
    return values


def versions() -> dict[str, str]:
    return {
        "lejepa": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
    }


def result_path(experiment: Experiment, out: Path) -> Path:
    return out / "experiments" / f"{experiment.name}.json"


def train(
    experiment: Experiment,
    out: Path,
    device: torch.device,
    overwrite: bool = False,
    report: Report = lambda _: None,
) -> Result:
    """Run an experiment, or go on with an interrupted one, and write its result under `out`.

    Raises UserError where a result exists already (unless `overwrite`) or the folder can't be written to, and
    Interrupted where Ctrl-C or SIGTERM stopped it, its state saved.
    """
    target = result_path(experiment, out)
    checkpoint = target.with_suffix(".checkpoint")
    if target.exists() and not overwrite:
        raise UserError(f"{target}: this result exists already and is kept; --overwrite replaces it")
    make_folder(target.parent)
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    trainer = Trainer(experiment, device)
    if checkpoint.exists():
        if not trainer.load(checkpoint) and not overwrite:
            raise UserError(
                f"{checkpoint}: expected a checkpoint of this configuration on {device}, found another's; "
                "--overwrite starts anew"
            )
        for point in trainer.curve[-1:]:
            report(point)
    t = experiment.training
    with deferred() as stop:
        started = time.monotonic() - trainer.seconds
        while trainer.step < t.steps:
            values = trainer.advance()
            last = trainer.step == t.steps
            if trainer.step % t.evaluate_every == 0 or last:
                report(trainer.record(*values))
            trainer.seconds = time.monotonic() - started
            if not last and (stop.asked or trainer.step % t.checkpoint_every == 0):
                trainer.save(checkpoint)
            if not last and stop.asked:
                raise Interrupted(checkpoint, trainer.step)
        result = trainer.result()
        results.write(target, result)
        checkpoint.unlink(missing_ok=True)
    return result

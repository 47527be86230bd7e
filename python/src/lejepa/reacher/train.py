"""Train an encoder on the pairs of a rendered data set; resumable, to the same bits on the same device."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lejepa import checkpoints
from lejepa.alone import alone
from lejepa.errors import UserError
from lejepa.evidence.record import Part
from lejepa.files import digest
from lejepa.interrupt import Interrupted, deferred
from lejepa.reacher.config import Computation, Objective
from lejepa.reacher.encoder import Encoder
from lejepa.training.descent import learning_rate
from lejepa.training.objective import Loss
from lejepa.training.train import Parts, begun, gone_on

Progress = Callable[[int, str], None]
"""Told the step that is reached, and a note on the loss."""


class Run:
    """One encoder's training: successive frames `(episodes, length, size, size, 3)` are the pairs."""

    def __init__(self, c: Computation, objective: Objective, seed: int, frames: Tensor, device: torch.device) -> None:
        self.c, self.seed, self.frames, self.device = c, seed, frames, device
        self.encoder = Encoder(c.encoder, c.rendering.size, seed)
        self.encoder.standardize_by(frames.flatten(0, 1))
        self.encoder.to(device)
        self.loss = Loss(objective).to(device)
        self.optimizer = torch.optim.AdamW(self.encoder.parameters(), lr=c.training.learning_rate)
        self.draws = torch.Generator().manual_seed(seed)
        self.slices = torch.Generator(device).manual_seed(seed)
        self.step = 0

    def advance(self) -> float:
        """One step of the optimizer; the loss before it."""
        t = self.c.training
        rate = learning_rate(self.step, t.steps, t.learning_rate) * min(1.0, (self.step + 1) / (t.warmup + 1))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        episodes, length = self.frames.shape[:2]
        episode = torch.randint(episodes, (t.batch,), generator=self.draws)
        time = torch.randint(length - 1, (t.batch,), generator=self.draws)
        both = torch.cat((self.frames[episode, time], self.frames[episode, time + 1])).to(self.device)
        h = self.encoder(both)
        loss = self.loss(h[None, : t.batch], h[None, t.batch :], self.slices)[0].sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        return float(loss.detach())

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "encoder": self.encoder.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "draws": self.draws.get_state(),
            "slices": self.slices.get_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.encoder.load_state_dict(state["encoder"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.draws.set_state(state["draws"].cpu())
        self.slices.set_state(state["slices"].cpu())
        self.step = state["step"]


def identity(c: Computation, objective: Objective, seed: int, origin: str, device: torch.device) -> str:
    """A digest of all that an encoder depends on."""
    training = c.training.model_dump_json(exclude={"seeds", "checkpoint_every"})
    return digest(c.encoder.model_dump_json(), objective.model_dump_json(), training, str(seed), origin, device.type)


def train(
    c: Computation,
    objective: Objective,
    seed: int,
    frames: Tensor,
    origin: str,
    path: Path,
    device: torch.device,
    overwrite: bool = False,
    progress: Progress = lambda step, note: None,
) -> tuple[Encoder, Parts]:
    """The trained encoder, and who did which part of the training: read from `path` where it is finished, gone on with
    where it is not.

    Raises UserError where `path` holds another configuration's (unless `overwrite`), another process is at work on it
    or the loss is not finite, and Interrupted where Ctrl-C or SIGTERM stopped it, its state saved.
    """
    known = identity(c, objective, seed, origin, device)
    with alone(path):
        return held(c, objective, seed, frames, known, path, device, overwrite, progress)


def held(
    c: Computation,
    objective: Objective,
    seed: int,
    frames: Tensor,
    known: str,
    path: Path,
    device: torch.device,
    overwrite: bool,
    progress: Progress,
) -> tuple[Encoder, Parts]:
    """The same, where no other process is at work on the encoder."""
    run = Run(c, objective, seed, frames, device)
    parts: Parts = (begun(0, device),)
    if path.exists():
        try:
            parts = load(path, run, known)
        except UserError:
            if not overwrite:
                raise
            run = Run(c, objective, seed, frames, device)

    def save() -> None:
        checkpoints.save(path, {"identity": known, "parts": [p.model_dump() for p in parts], **run.state()})

    steps = c.training.steps
    progress(run.step, "")
    with deferred() as stop:
        while run.step < steps:
            loss = run.advance()
            if not math.isfinite(loss):
                raise UserError(
                    f"the loss of {path.stem} is not finite at step {run.step}; expected a "
                    "training.learning_rate at which training converges"
                )
            progress(run.step, f"loss {loss:.4f}")
            if stop.asked or run.step % c.training.checkpoint_every == 0 or run.step == steps:
                save()
            if stop.asked and run.step < steps:
                raise Interrupted(f"{path.stem}: stopped after step {run.step}; the same command goes on")
    return run.encoder.eval(), parts


def load(path: Path, run: Run, known: str) -> Parts:
    """Go on from a file; who did the parts before. Raises UserError, and the run is of no use any more, where it is no
    encoder's or of another configuration."""
    saved = checkpoints.load(path, run.device)
    if saved.get("identity") != known:
        raise UserError(f"{path}: this encoder is of another configuration and is kept; --overwrite replaces it")
    with checkpoints.fitting(path, "an encoder's checkpoint"):
        run.restore(saved)
        finished = run.step >= run.c.training.steps
        now = begun(run.step, run.device)
        return gone_on(saved["parts"], Part.model_validate(saved["parts"][-1]) if finished else now)

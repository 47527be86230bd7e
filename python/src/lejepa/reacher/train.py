"""Train an encoder on the pairs of a rendered data set; resumable, to the same bits on the same device."""

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
from lejepa.interrupt import deferred
from lejepa.reacher.config import Computation, Objective
from lejepa.training.descent import Descent, Transitions, descend
from lejepa.training.frames import FrameEncoder
from lejepa.training.stacked import InTurn
from lejepa.training.train import Parts, begun, gone_on

DIM = 2  # of embeddings: as many as there are joints
Progress = Callable[[int, str], None]
"""Told the step that is reached, and a note on the loss."""


class Run(Descent):
    """One encoder's training: successive frames `(episodes, length, size, size, 3)` are the pairs."""

    def __init__(self, c: Computation, objective: Objective, seed: int, frames: Tensor, device: torch.device) -> None:
        self.c, self.frames = c, frames
        self.draws = torch.Generator().manual_seed(seed)
        first = FrameEncoder(c.encoder, c.rendering.size, DIM, seed)
        first.standardize_by(frames.flatten(0, 1))
        models, slices = InTurn([first]), torch.Generator(device).manual_seed(seed)
        super().__init__(models, None, objective, c.training, [slices], device)

    @property
    def encoder(self) -> FrameEncoder:
        """A copy of the encoder as it is now."""
        assert isinstance(self.models, InTurn)
        found = self.models.one(0)
        assert isinstance(found, FrameEncoder)
        return found.eval()

    def draw(self, generator: torch.Generator) -> Transitions:
        """Pairs of successive frames, uniformly, whatever the generator: its numbers are those of the slices alone.

        Frames are on the CPU, and so is what draws them.
        """
        episodes, length = self.frames.shape[:2]
        batch = (self.training.batch,)
        episode = torch.randint(episodes, batch, generator=self.draws)
        time = torch.randint(length - 1, batch, generator=self.draws)
        x, x_next = (self.frames[episode, t].to(self.device) for t in (time, time + 1))
        return x, x_next, torch.zeros(*batch, 0, device=self.device)

    def state(self) -> dict[str, Any]:
        return super().state() | {"draws": self.draws.get_state()}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.draws.set_state(state["draws"].cpu())


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
) -> tuple[FrameEncoder, Parts]:
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
) -> tuple[FrameEncoder, Parts]:
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

    def each(loss: Tensor, *others: Tensor) -> None:
        if not loss.isfinite().all():
            raise UserError(
                f"the loss of {path.stem} is not finite at step {run.step}; expected a training.learning_rate at which "
                "training converges"
            )
        progress(run.step, f"loss {loss.item():.4f}")

    progress(run.step, "")
    if run.step < c.training.steps:
        with deferred() as stop:
            descend(run, stop, path, save, each)
            save()
    return run.encoder, parts


def load(path: Path, run: Run, known: str) -> Parts:
    """Go on from a file; who did the parts before. Raises UserError, and the run is of no use any more, where it is no
    encoder's or of another configuration."""
    saved = checkpoints.load(path, run.device)
    if saved.get("identity") != known:
        raise UserError(
            f"{path}: this encoder is of another configuration or version and is kept; --overwrite replaces it"
        )
    with checkpoints.fitting(path, "an encoder's checkpoint"):
        run.restore(saved)
        finished = run.step >= run.c.training.steps
        now = begun(run.step, run.device)
        return gone_on(saved["parts"], Part.model_validate(saved["parts"][-1]) if finished else now)

"""Train encoders and predictors on recorded transitions; a stopped run resumes to the same bits.

from lejepa.training import recorded
recorded.train(fit, transitions, Path("results/recorded/mine.safetensors"), device)
model = lejepa.load_model("results/recorded/mine.safetensors")
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from lejepa import checkpoints
from lejepa.alone import alone
from lejepa.errors import UserError
from lejepa.files import check_file, target_of
from lejepa.interrupt import deferred
from lejepa.measures.regression import explained, least_rows
from lejepa.training import descent, encoder, weights
from lejepa.training.config import sentence
from lejepa.training.encoder import Standardized
from lejepa.training.recording import Fit, Fitted, Recorded, Source
from lejepa.training.streams import Purpose, stream
from lejepa.transitions import Array, Transitions

FOLDER = "recorded"
FORMAT = 2  # of checkpoints
Tick = Callable[[int, float], None]
"""Told the step that is reached, and the mean loss over the seeds that have not diverged."""


def path_of(name: str, out: Path) -> Path:
    """The file of the weights of a fit, in a folder of results."""
    return out / FOLDER / f"{name}{weights.SUFFIX}"


def of(fit: Fit, transitions: Transitions) -> Recorded:
    """What decides the bits: the fit, and the transitions that it is made of."""
    source = Source(
        dim=transitions.dim,
        actions=transitions.action_dim,
        rows=len(transitions),
        digest=transitions.digest,
        source=transitions.source,
    )
    data = fit.model_dump(include=set(Fit.model_fields)) | {"data": source.model_dump()}
    try:
        return Recorded.model_validate(data)
    except ValidationError as e:
        raise UserError(sentence(e, data)) from None


def split(c: Recorded, transitions: Transitions) -> tuple[Transitions, Transitions]:
    """The transitions to train on and those held out; UserError where they are too few, or of one observation."""
    kept, held_out = transitions.split()
    if len(held_out) < (least := least_rows(c.width)):
        raise UserError(
            f"transitions: expected at least {least} held out to measure {c.width} dimensions on, a tenth of the "
            f"rows, found {len(held_out)}"
        )
    for rows, what in ((kept, "to train on"), (held_out, "held out, the last")):
        if not np.ptp(rows.x0, axis=0).any():
            raise UserError(
                f"x0: expected observations that vary, but no coordinate does in the {len(rows)} rows {what}"
            )
    return kept, held_out


def moments(x: Array) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each coordinate, `(1, dim)`; 1 for one that does not vary."""
    wide = x.astype(np.float64)
    mean, deviation = wide.mean(0, keepdims=True), wide.std(0, keepdims=True)
    still = deviation <= 1e-6 * (1 + np.abs(mean))  # rounding alone
    return torch.from_numpy(mean).float(), torch.from_numpy(np.where(still, 1.0, deviation)).float()


class Run(descent.Descent):
    """The state of a fit: a model for each seed, on transitions that are drawn at random from the recorded ones."""

    def __init__(self, c: Recorded, transitions: Transitions, device: torch.device) -> None:
        self.c = c
        kept, self.held_out = split(c, transitions)
        self.rows = tuple(torch.from_numpy(a).to(device) for a in (kept.x0, kept.x1, kept.actions))
        seeds = c.training.seeds
        self.mean, self.deviation = moments(kept.x0)
        streams = [stream(s, Purpose.PARAMETERS) for s in seeds]
        models = first_encoders(c, streams)
        for s in range(len(seeds)):
            models.mean[s], models.deviation[s] = self.mean, self.deviation
        super().__init__(
            models,
            first_predictors(c, [stream(s, Purpose.PREDICTOR) for s in seeds]),
            c.objective,
            c.training,
            [stream(s, Purpose.TRAINING, device=device) for s in seeds],
            device,
        )

    def draw(self, generator: torch.Generator) -> descent.Transitions:
        x0, x1, actions = self.rows
        where = torch.randint(len(x0), (self.training.batch,), generator=generator, device=self.device)
        return x0[where], x1[where], actions[where]

    @torch.no_grad()
    def measured(self) -> tuple[list[Fitted], list[int]]:
        """What is measured of each seed on the transitions held out, and the seeds that have diverged."""
        t = self.held_out
        count = len(self.training.seeds)
        x0, x1, actions = (torch.from_numpy(a).to(self.device).expand(count, *a.shape) for a in (t.x0, t.x1, t.actions))
        h, h_next = self.encode(x0), self.encode(x1)
        guess = h if self.predictors is None else self.predict(h, actions)
        x = (torch.from_numpy(t.x0) - self.mean) / self.deviation
        found, diverged = [], []
        for seed, *parts in zip(self.training.seeds, h, h_next, guess, strict=True):
            a, b, f = (p.double().cpu() for p in parts)
            if not all(bool(p.isfinite().all()) for p in (a, b, f)):
                diverged.append(seed)
                continue
            missed, moved = (b - f).square().sum(), (b - a).square().sum()
            off = torch.cov(a.T).reshape(self.c.width, -1) - torch.eye(self.c.width, dtype=a.dtype)
            found.append(
                Fitted(
                    seed=seed,
                    epsilon=float(torch.linalg.matrix_norm(off)),
                    r2=explained(a, x.double()).value,
                    predicted=None if self.predictors is None or not moved else float(1 - missed / moved),
                )
            )
        return found, diverged


def first_encoders(c: Recorded, streams: list[torch.Generator]) -> Standardized:
    """The encoders before the first step; they standardize observations themselves."""
    return Standardized(encoder.build(c.encoder, c.observed, c.width, streams), len(streams), c.observed)


def first_predictors(c: Recorded, streams: list[torch.Generator]) -> nn.Module | None:
    """The predictors before the first step, if there are any."""
    return None if c.predictor is None else encoder.build_predictor(c.predictor, c.width, c.actions, streams)


def finished(fit: Fit, transitions: Transitions, path: Path) -> list[Fitted] | None:
    """What was measured of a fit that is done already as configured now; None where it is not."""
    if not path.exists() or told_instead(path, of(fit, transitions)):
        return None
    return list(weights.read_file(path).fitted)


def told_instead(path: Path, c: Recorded) -> str:
    """What a file holds in place of the weights of a fit as configured now, in a sentence; empty where it holds those.
    UserError where there is no file, but a folder, say."""
    target_of(path)
    try:
        found = weights.read_file(path).configuration
    except UserError as e:
        return str(e)
    if isinstance(found, Recorded) and found.bits() == c.bits():
        return ""
    return f"{path}: expected the weights of this configuration and these transitions, found others"


def train(
    fit: Fit,
    transitions: Transitions,
    path: Path,
    device: torch.device,
    overwrite: bool = False,
    tick: Tick = lambda step, loss: None,
) -> list[Fitted]:
    """Fit encoders and predictors, or resume an interrupted fit, and write the weights.

    Args:
        fit: What is fitted.
        transitions: What it is fitted to. A tenth of it is held out to measure on (`Transitions.split`).
        path: The file of the weights, named .safetensors, for `lejepa.load_model`.
        device: Where it is computed.
        overwrite: Whether weights that are there are replaced.
        tick: Told each step that is made, and the mean loss before it.

    Returns:
        What is measured of each seed that has not diverged.

    Raises:
        UserError: If there are weights already (unless `overwrite`), another process is at work on them, the file can't
            be written, the transitions do not fit or are too few, or every seed diverges.
        lejepa.interrupt.Interrupted: If Ctrl-C or SIGTERM stopped it, its state saved.
    """
    path = Path(path)
    if path.suffix != weights.SUFFIX:
        raise UserError(f"{path}: expected a file of weights named {weights.SUFFIX}")
    for file in (path, path.with_suffix(checkpoints.SUFFIX)):
        check_file(file)
    c = of(fit, transitions)
    if path.exists() and not overwrite:
        instead = told_instead(path, c) or str(path)
        raise UserError(f"{instead}: these weights exist already and are kept; --overwrite replaces them")
    with alone(path):
        return held(c, transitions, path, device, overwrite, tick)


def held(
    c: Recorded, transitions: Transitions, path: Path, device: torch.device, overwrite: bool, tick: Tick
) -> list[Fitted]:
    """The same, where no other process is at work on the weights."""
    checkpoint, run = path.with_suffix(checkpoints.SUFFIX), Run(c, transitions, device)
    if checkpoint.exists():
        try:
            restore(checkpoint, run)
        except UserError:
            if not overwrite:
                raise
            run = Run(c, transitions, device)

    def save() -> None:
        state = {"format": FORMAT, "bits": c.bits(), "device": str(device), **run.state()}
        checkpoints.save(checkpoint, state)

    def each(loss: Tensor, *others: Tensor) -> None:
        known = loss[loss.isfinite()]
        if not len(known):
            raise UserError(f"{path.stem}: the loss of every seed {run.diverged()}")
        tick(run.step, float(known.mean()))

    with deferred() as stop:
        descent.descend(run, stop, checkpoint, save, each)
        fitted, diverged = run.measured()
        if not fitted:
            raise UserError(f"{path.stem}: expected a seed whose embeddings are finite, but all have diverged")
        weights.write_fitted(path, run.weights(range(len(c.training.seeds))), c, fitted, diverged)
        checkpoint.unlink(missing_ok=True)
    return fitted


def restore(path: Path, run: Run) -> None:
    """Go on from a checkpoint. UserError, and the run is of no use any more, where it is none, or of something else."""
    state = checkpoints.load(path, run.device)
    with checkpoints.fitting(path):
        if (state["format"], state["bits"], state["device"]) == (FORMAT, run.c.bits(), str(run.device)):
            run.restore(state)
            return
    raise UserError(
        f"{path}: expected a checkpoint of this configuration and these transitions on {run.device}, found another; "
        "--overwrite starts anew"
    )

"""One point of a sweep, as a process or a task of a cluster trains it, and what of it is told."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import torch

from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.training.config import Experiment
from lejepa.training.results import Point
from lejepa.training.train import choose_device, train

Report = Callable[[str, int, str], None]
"""Called with an experiment's name, the step that it has reached, and a note on its last evaluation."""
Told = Callable[[int, str], None]
PULSE = 1.0  # seconds between two steps that are told, evaluations aside


class Stopped(Interrupted):
    """The sweep was stopped; what is finished is kept, what was under way has saved its state."""

    def __init__(self, sentence: str = "the sweep is stopped; the same command resumes") -> None:
        super().__init__(sentence)


def noted(point: Point) -> str:
    """The mean loss and the least R² of the models that have not diverged, in words."""
    loss, r2 = ([v for v in values if v is not None] for values in (point.loss, point.r2))
    words = [f"loss {fmean(loss):.4f}"] if loss else []
    return ", ".join([*words, f"R² {min(r2):.4f}"] if r2 else words)


def train_point(text: str, out: str, device: str, told: Told = lambda step, note: None) -> None:
    """Train one experiment, given as JSON, on one thread."""
    torch.set_num_threads(1)
    experiment = Experiment.model_validate_json(text, strict=False)
    note, last = "", -math.inf

    def report(point: Point) -> None:
        nonlocal note
        note = noted(point)
        told(point.step, note)

    def tick(step: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= PULSE:
            last = now
            told(step, note)

    train(
        experiment,
        Path(out),
        choose_device(device),
        overwrite=True,
        report=report,
        tick=tick,
        drawn=lambda *drawn: told(0, ""),  # that it is at work
    )


def raise_faults(faults: list[str]) -> None:
    """One error for the faults of all points, after the others have finished."""
    if faults:
        raise UserError("; ".join(faults))

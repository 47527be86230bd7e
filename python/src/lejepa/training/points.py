"""One point of a sweep, as a process or a task of a cluster trains it, and what of it is told."""

from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import torch

from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.training.config import Experiment
from lejepa.training.results import Point
from lejepa.training.train import choose_device, train

Report = Callable[[str, int, float | None], None]
"""Called with an experiment's name, the step that it has reached, and its loss there where one is known."""
Told = Callable[[int, float | None], None]


class Stopped(Interrupted):
    """The sweep was stopped; what is finished is kept, what was under way has saved its state."""

    def __init__(self, sentence: str = "the sweep is stopped; the same command resumes") -> None:
        super().__init__(sentence)


def mean_loss(point: Point) -> float | None:
    """The mean over the models that have not diverged."""
    known = [v for v in point.loss if v is not None]
    return fmean(known) if known else None


def train_point(text: str, out: str, device: str, told: Told = lambda step, loss: None) -> None:
    """Train one experiment, given as JSON, on one thread."""
    torch.set_num_threads(1)
    experiment = Experiment.model_validate_json(text, strict=False)
    train(
        experiment,
        Path(out),
        choose_device(device),
        overwrite=True,
        report=lambda p: told(p.step, mean_loss(p)),
        drawn=lambda *drawn: told(0, None),  # that it is at work
    )


def raise_faults(faults: list[str]) -> None:
    """One error for the faults of all points, after the others have finished."""
    if faults:
        raise UserError("; ".join(faults))

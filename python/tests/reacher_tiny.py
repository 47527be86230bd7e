"""A tiny experiment with the arm, and whether MuJoCo can draw here."""

import functools
from typing import Any

import torch
from lejepa.errors import UserError
from lejepa.training.config import Experiment
from torch import Tensor

PLANNING: dict[str, Any] = {
    "kind": "arm",
    "tasks": 3,
    "steps": 2,
    "explored": 10,
    "length": 4,
    "horizon": 2,
    "population": 8,
    "elites": 2,
    "iterations": 1,
    "states": 10,
    "lines": 5,
    "points": 4,
}
TINY: dict[str, Any] = {
    "name": "tiny",
    "statements": ["linear_identifiability"],
    "world": {"latent": "gaussian", "dim": 2, "rho": 0.9},
    "mixing": {"kind": "arm", "size": 32},
    "encoder": {"kind": "cnn", "channels": 2, "hidden": 8},
    "objective": {"kind": "sigreg", "weight": 0.01, "slices": 4},
    "training": {"steps": 4, "batch": 8, "pairs": 20, "evaluation": 100, "checkpoint_every": 2, "evaluate_every": 2},
    "criterion": [{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 0.99, "spare": 2}],
}
CONTROLLER = {"latent": "controller", "dim": 2, "trajectories": {"length": 10, "interval": 5, "hold": 4}}


def tiny(**changes: Any) -> Experiment:
    """The tiny experiment, with some sections' keys changed, or with other sections."""
    data = dict(TINY)
    for key, value in changes.items():
        old = data.get(key)
        same = (
            isinstance(old, dict) and isinstance(value, dict) and value.get("kind", old.get("kind")) == old.get("kind")
        )
        data[key] = old | value if same and isinstance(old, dict) else value
    return Experiment.model_validate(data)


@functools.cache
def why_not_drawing() -> str:
    """Why MuJoCo can't draw here; empty where it can."""
    from lejepa.reacher.scene import Scene

    try:
        Scene(16).open_camera()
    except UserError as e:
        return str(e)
    return ""


def dots() -> Tensor:
    """A bright dot at random places, `(40, 2, 32, 32, 3)`."""
    made = torch.zeros(40, 2, 32, 32, 3, dtype=torch.uint8)
    place = torch.randint(2, 30, (40, 2, 2), generator=torch.Generator().manual_seed(0))
    for i in range(40):
        for t in range(2):
            row, column = place[i, t].tolist()
            made[i, t, row - 2 : row + 2, column - 2 : column + 2] = 255
    return made

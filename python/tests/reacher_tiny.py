"""A tiny Reacher experiment, and whether MuJoCo can draw here."""

import functools
from typing import Any

import torch
from lejepa.errors import UserError
from lejepa.reacher.config import Experiment
from lejepa.reacher.results import Recovered
from torch import Tensor

TINY: dict[str, Any] = {
    "name": "tiny",
    "statements": ["linear_identifiability"],
    "ou": {"rho": 0.9, "pairs": 100, "test_pairs": 100},
    "trajectories": {"episodes": 4, "test_episodes": 12, "length": 10, "interval": 5, "hold": 4},
    "rendering": {"size": 32},
    "encoder": {"channels": 2, "hidden": 8},
    "objectives": [{"kind": "sigreg", "weight": 0.01, "slices": 4}],
    "training": {"steps": 4, "batch": 8, "checkpoint_every": 2},
    "paths": {"count": 5, "points": 4},
    "criterion": {"r2": {"sigreg": 0.9}, "regret": 1.1, "spare": 2, "allowed": 3},
    "control": {
        "tasks": 3,
        "steps": 2,
        "play": 10,
        "length": 4,
        "horizon": 2,
        "samples": 8,
        "elites": 2,
        "rounds": 1,
    },
}


def tiny(**changes: Any) -> Experiment:
    """The tiny experiment, with some sections' keys changed."""
    data = dict(TINY)
    for key, value in changes.items():
        data[key] = data[key] | value if isinstance(value, dict) else value
    return Experiment.model_validate(data)


def recovered(data: str = "ou", objective: str = "sigreg", **gaussian: float) -> Recovered:
    """What an encoder recovers, by made-up measures; those on Gaussian states may be given."""
    known = {"r2_zh": 0.95, "r2_hz": 0.94, "r2_zh_error": 0.5, "r2_hz_error": 0.01}
    known |= {"distance": 0.5, "bound": 1.0, "margin_error": 0.1} | gaussian
    own = {"epsilon": 0.1, "delta": 0.2, "excess": 0.3}
    return Recovered(
        data=data,
        objective=objective,
        seed=0,
        rho=0.9,
        own=own,
        gaussian=known,
        verdict="not refuted",
        violated=(),
        limit=0.7,
    )


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

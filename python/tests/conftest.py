"""What several test files use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

torch.set_num_threads(1)

TINY: dict[str, Any] = {
    "name": "tiny",
    "statements": ["linear_identifiability"],
    "world": {"latent": "gaussian", "dim": 2, "rho": 0.9},
    "mixing": {"kind": "spiral", "turns": 0.1},
    "encoder": {"kind": "mlp", "hidden": 16, "layers": 1},
    "objective": {"kind": "sigreg", "weight": 0.02, "slices": 8},
    "training": {
        "steps": 30,
        "batch": 32,
        "seeds": [0, 1],
        "evaluate_every": 10,
        "evaluation": 500,
        "checkpoint_every": 7,
    },
}


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Path]:
    """Write a small configuration, with some sections' keys changed: `tiny(training={"steps": 5})`."""

    def write(**changes: Any) -> Path:
        data = {k: dict(v) if isinstance(v, dict) else v for k, v in TINY.items()}
        for key, value in changes.items():
            data[key] = data[key] | value if isinstance(value, dict) and key in data else value
        path = tmp_path / "tiny.yaml"
        path.write_text(yaml.safe_dump(data))
        return path

    return write

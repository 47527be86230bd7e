"""What several test files use."""

import copy
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from audited import Project
from lejepa.auditing import site
from lejepa.files import repository
from lejepa.interrupt import Interrupted
from lejepa.training import results, trace
from lejepa.training.config import Experiment
from lejepa.training.train import train
from pydantic import BaseModel, ValidationError

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seed() -> None:
    """What a test draws without a generator is the same in every run, whatever ran before it."""
    torch.manual_seed(0)


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


def timeless(result: results.Result) -> dict[str, Any]:
    """All of a result but what depends on the clock."""
    return result.model_dump(exclude={"seconds", "cpu_seconds", "made"})


def assert_limits(
    kind: type[BaseModel], rest: dict[str, Any], key: str, admitted: list[Any], refused: list[Any]
) -> None:
    """A section with the keys `rest` admits and keeps some values of another key, and refuses others."""
    for value in admitted:
        assert getattr(kind.model_validate(rest | {key: value}), key) == value
    for value in refused:
        with pytest.raises(ValidationError):
            kind.model_validate(rest | {key: value})


def trained_whole_and_in_two_parts(experiment: Experiment, folder: Path) -> results.Result:
    """The result of a run that was not stopped; one that is stopped at step 20 and goes on comes to the same bits."""
    cpu = torch.device("cpu")
    whole = train(experiment, folder / "whole", cpu)
    assert results.read(results.path_of(experiment.name, folder / "whole")) == whole

    def interrupt(point: results.Point) -> None:
        if point.step == 20:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        train(experiment, folder / "cut", cpu, report=interrupt)
    cut = train(experiment, folder / "cut", cpu)
    assert timeless(cut) == timeless(whole)
    assert trace.replay(whole) == []
    return whole


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


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that is well, trained once."""
    data = copy.deepcopy(TINY) | {"statements": ["one_add_one"], "routine": True}
    data["criterion"] = [{"confirms": "one_add_one", "metric": "distance", "at_most": 100.0, "spare": 0}]
    data["training"] |= {"steps": 2, "evaluate_every": 1}
    return Project(tmp_path_factory.mktemp("sound") / "checkout", data)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit's site of this checkout, without results."""
    out = tmp_path_factory.mktemp("site")
    site.write(repository(Path(__file__).parent), out)
    return out / "audit"


@pytest.fixture
def project(sound: Project, tmp_path: Path) -> Project:
    """A copy of it, to spoil."""
    shutil.copytree(sound.root, tmp_path / "checkout")
    made = copy.copy(sound)
    for name, value in vars(sound).items():
        setattr(made, name, tmp_path / "checkout" / value.relative_to(sound.root))
    return made

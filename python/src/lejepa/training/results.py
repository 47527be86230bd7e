"""The result of an experiment: one JSON file, which figures and the audit read."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.errors import UserError
from lejepa.files import read_json, write_json
from lejepa.training.config import Experiment, sentence


class Point(BaseModel):
    """One evaluation during training: the value of each model, in the order of the seeds."""

    model_config = ConfigDict(extra="forbid")

    step: int
    loss: list[float]
    alignment: list[float]
    regularizer: list[float]
    r2: list[float]


class Sample(BaseModel):
    """Held-out latents, their observations and embeddings, for the first seed; one row a point."""

    model_config = ConfigDict(extra="forbid")

    latents: list[list[float]]
    observations: list[list[float]]
    embeddings: list[list[float]]


class Result(BaseModel):
    """What an experiment wrote.

    metrics: a row a seed, the fields of `lejepa.training.metrics.Recovery`.
    confirmed: whether each seed met the configuration's criterion.
    """

    model_config = ConfigDict(extra="forbid")

    configuration: Experiment
    metrics: list[dict[str, float]]
    confirmed: list[bool]
    curve: list[Point]
    sample: Sample
    versions: dict[str, str]
    device: str
    seconds: float
    finished: str


def write(path: Path, result: Result) -> None:
    write_json(path, result.model_dump(mode="json"))


def read(path: Path) -> Result:
    data: Any = read_json(path)
    try:
        return Result.model_validate(data, strict=False)
    except ValidationError as e:
        raise UserError(f"{path}: expected the result of an experiment, but {sentence(e)}") from None


def read_all(folder: Path) -> list[Result]:
    """Every result in a folder, by name; checks' and mutants' files there are not results."""
    return [read(p) for p in sorted((folder / "experiments").glob("*.json"))]

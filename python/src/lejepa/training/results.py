"""The result of an experiment: one JSON file, which figures and the audit read."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.errors import UserError
from lejepa.files import read_json, write_json
from lejepa.training.config import Experiment, sentence
from lejepa.training.grid import Sweep


class Point(BaseModel):
    """One evaluation during training: the value of each model, in the order of the seeds.

    energy: for each model the weight of each Hermite degree of its embeddings, then the remainder
    (`lejepa.training.energy`); empty where latents are not Gaussian.
    """

    model_config = ConfigDict(extra="forbid")

    step: int
    loss: list[float]
    alignment: list[float]
    regularizer: list[float]
    r2: list[float]
    distance: list[float]
    bound: list[float]
    bound_error: list[float]
    energy: list[list[float]]

    def select(self, models: list[int]) -> "Point":
        """The point of some of the models."""
        values = {k: [v[m] for m in models] if v else [] for k, v in self.model_dump(exclude={"step"}).items()}
        return Point(step=self.step, **values)


class Sample(BaseModel):
    """Held-out latents, their observations and embeddings, for the first seed: the first coordinates, a row a point."""

    model_config = ConfigDict(extra="forbid")

    latents: list[list[float]]
    observations: list[list[float]]
    embeddings: list[list[float]]


class Result(BaseModel):
    """What an experiment wrote.

    metrics: a row a seed, the fields of `lejepa.measures.recovery.Recovery`; in a world with non-linear drift also
        `r2_eigen`, the explained variance of its eigen-coordinates by embeddings.
    confirmed: whether each seed met the configuration's criterion.
    kept: which restart of each seed was kept, counted from 0.
    r2_xz: the explained variance of latents by observations, before any encoder.
    """

    model_config = ConfigDict(extra="forbid")

    configuration: Experiment
    metrics: list[dict[str, float]]
    confirmed: list[bool]
    kept: list[int]
    r2_xz: float
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
    """The result of every single experiment in a folder, by name. A file that is being written begins with a dot."""
    return [read(p) for p in sorted((folder / "experiments").glob("[!.]*.json"))]


def sweep_path(name: str, out: Path) -> Path:
    """The file that says what a sweep is, beside the results of its points."""
    return out / "experiments" / name / "sweep.json"


def read_sweeps(out: Path) -> list[tuple[Sweep, dict[str, Result]]]:
    """Every sweep in a folder, with the results of its points that are there and are of its configuration."""
    found = []
    for path in sorted((out / "experiments").glob("*/sweep.json")):
        try:
            sweep = Sweep.model_validate(read_json(path), strict=False)
        except ValidationError as e:
            raise UserError(f"{path}: expected a sweep, but {sentence(e)}") from None
        found.append((sweep, read_points(sweep, out)))
    return found


def read_points(sweep: Sweep, out: Path) -> dict[str, Result]:
    """The results of a sweep's points that are there and are of its configuration, by name."""
    paths = {p.name: out / "experiments" / f"{p.name}.json" for p in sweep.points}
    found = {name: read(path) for name, path in paths.items() if path.exists()}
    return {p.name: found[p.name] for p in sweep.points if p.name in found and found[p.name].configuration == p}

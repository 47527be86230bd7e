"""The result of a Reacher experiment: one JSON file, which figures and the audit read."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.errors import UserError
from lejepa.files import read_json, write_json
from lejepa.reacher.config import Experiment
from lejepa.training.config import sentence


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mean(Part):
    """A mean and its standard error."""

    mean: float
    error: float


class Recovered(Part):
    """What an encoder recovers of the joints.

    data: what it was trained on, "ou" or "trajectories". own: the fields of `lejepa.measures.recovery.Recovery` on
    held-out pairs of the same law, where latents are joint angles, of mean 0 and variance 1 each, as they look, so in
    `[-π, π)`. gaussian: the same on the held-out Ornstein–Uhlenbeck pairs, for encoders of either data. rho: the
    correlation of successive latents of its own law. verdict, violated, limit: of the certificate that pairs of its
    own embeddings give; "refused", without a limit, where their dependence leaves too little to say.
    """

    data: str
    objective: str
    seed: int
    rho: float
    own: dict[str, float]
    gaussian: dict[str, float]
    verdict: str
    violated: tuple[str, ...]
    limit: float | None

    @property
    def r2(self) -> float:
        """The lower R², on Gaussian states."""
        return min(self.gaussian["r2_zh"], self.gaussian["r2_hz"])


class Line(Part):
    """Straight lines in an embedding, decoded to the nearest rendered states, against the straight line of joints.

    space, objective: "joints" and none, the oracle; or an encoder's data, "ou" or "trajectories", and objective.
    deviation: root mean square distance of decoded to straight joints, in radians. length: length of the decoded path
    over that of the straight one. example: the path of the first pair, joint angles in radians. frames: which rendered
    states these are.
    """

    space: str
    objective: str
    deviation: Mean
    length: Mean
    example: list[list[float]]
    frames: list[int]


class Controlled(Part):
    """Model-predictive control in a space, named as for straight lines.

    success: share of tasks whose finger ends within the radii of target and finger, by the task's versions, with
    Wilson's 95 % interval. cost: of the true joints, in units of the latents. regret: the ratio of its mean cost to
    that on the true state, over the same tasks, with its standard error. fit: the share of steps' variance that the
    dynamics explain on held-out exploration. example, goal: joint angles along the first task, and those that its goal
    frame shows.
    """

    space: str
    objective: str
    success: dict[str, tuple[float, float, float]]
    cost: Mean
    regret: Mean
    costs: list[float]
    distances: list[float]
    fit: float
    example: list[list[float]]
    goal: list[float]


class Result(Part):
    """What a Reacher experiment wrote.

    confirmed: each part of the criterion, by name. seconds: of each stage, in the command that finished it; what a
    stopped one had spent before is not in them.
    """

    configuration: Experiment
    recovered: tuple[Recovered, ...]
    lines: tuple[Line, ...]
    controlled: tuple[Controlled, ...]
    confirmed: dict[str, bool]
    seconds: dict[str, float]
    versions: dict[str, str]
    device: str
    finished: str


def best_objective(recovered: Iterable[Recovered]) -> str:
    """The objective whose encoder of Ornstein–Uhlenbeck pairs recovers most: the one that figures show."""
    return max((r for r in recovered if r.data == "ou"), key=lambda r: r.r2).objective


def result_path(name: str, out: Path) -> Path:
    return out / "reacher" / f"{name}.json"


def write(path: Path, result: Result) -> None:
    write_json(path, result.model_dump(mode="json"))


def read(path: Path) -> Result:
    try:
        return Result.model_validate(read_json(path), strict=False)
    except ValidationError as e:
        raise UserError(f"{path}: expected the result of a Reacher experiment, but {sentence(e)}") from None


def read_all(out: Path) -> list[Result]:
    """Every result in a folder, by name."""
    return [read(p) for p in sorted((out / "reacher").glob("[!.]*.json"))]

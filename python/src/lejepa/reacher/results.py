"""The result of a Reacher experiment: one JSON file, which figures and the audit read. It is evidence as it stands."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lejepa.evidence import record
from lejepa.evidence.record import Evidence
from lejepa.reacher.config import Computation, Experiment


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

    @property
    def r2_error(self) -> float:
        """The standard error of the lower R²."""
        lower = "r2_zh" if self.gaussian["r2_zh"] < self.gaussian["r2_hz"] else "r2_hz"
        return self.gaussian[f"{lower}_error"]


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


class Step(Part):
    """A step of training: the loss before it, the norm of its gradient as clipped, the learning rate."""

    loss: float
    gradient: float
    rate: float


class Trace(Part):
    """What a replay must reproduce: a miniature of the experiment, from drawing to planning (`lejepa.reacher.replay`).

    steps: of each encoder, by data and objective. recovered, lines, controlled: as of the whole, without what a figure
    alone needs.
    """

    steps: dict[str, list[Step]]
    recovered: tuple[Recovered, ...]
    lines: dict[str, Mean]
    costs: dict[str, list[float]]


class Result(Evidence):
    """What a Reacher experiment wrote: measurements, and no verdict; `lejepa.reacher.verdict` judges them.

    untrained: the lower R² on Gaussian states of each encoder before its first step, in the order of `recovered`.
    stages: seconds of each stage, in the command that finished it; what a stopped one had spent before is not in them.
    """

    cost: Literal["dear"] = "dear"
    name: str
    configuration: Computation
    recovered: tuple[Recovered, ...]
    untrained: tuple[float, ...]
    lines: tuple[Line, ...]
    controlled: tuple[Controlled, ...]
    trace: Trace
    stages: dict[str, float]

    def of(self, experiment: Experiment) -> bool:
        """Whether it is the result of an experiment as configured now; its words and criterion do not matter."""
        return self.configuration.bits() == experiment.bits()


def best_objective(recovered: Iterable[Recovered]) -> str:
    """The objective whose encoder of Ornstein–Uhlenbeck pairs recovers most: the one that figures show."""
    return max((r for r in recovered if r.data == "ou"), key=lambda r: r.r2).objective


def result_path(name: str, out: Path) -> Path:
    return out / "reacher" / f"{name}.json"


def write(path: Path, result: Result) -> None:
    record.write(path, result)


def read(path: Path) -> Result:
    return record.read(path, Result)


def read_all(out: Path) -> list[Result]:
    """Every result in a folder, by name."""
    return [read(p) for p in sorted((out / "reacher").glob("[!.]*.json"))]

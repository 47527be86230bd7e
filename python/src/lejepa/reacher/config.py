"""What a Reacher experiment is: a YAML file, checked whole before anything runs."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from lejepa.training.config import (
    CNN,
    Frames,
    InfoNCE,
    Optimization,
    Section,
    SIGReg,
    VICReg,
    check_statements,
    validated,
)
from lejepa.yamlfile import read_mapping

KEY = "ou"  # what tells such a configuration from that of another experiment
Kind = Literal["sigreg", "vicreg", "infonce"]
Objective = Annotated[SIGReg | VICReg | InfoNCE, Field(discriminator="kind")]


class OrnsteinUhlenbeck(Section):
    """Independent pairs of latents `z ∈ ℝ²`, `z' = ρ z + √(1 - ρ²) η`, and joint angles `spread · z` in radians.

    At the default spread one latent in 5,000 is beyond the wrist's limit of 160°; the drawing shows it all the same.
    """

    rho: float = Field(gt=0, lt=1)
    spread: float = Field(0.75, gt=0, le=0.9)
    pairs: int = Field(ge=100)
    test_pairs: int = Field(ge=100)


class Trajectories(Section):
    """A controller goes from target to target, as in the task; a frame every `interval` steps of 0.02 s.

    hold: frames until the target changes. noise: standard deviation of what is added to each torque, of at most 1,
    drawn anew at each frame.
    """

    episodes: int = Field(ge=1)
    test_episodes: int = Field(ge=1)
    length: int = Field(ge=2, description="frames of an episode")
    interval: int = Field(10, ge=1)
    hold: int = Field(5, ge=1)
    noise: float = Field(0.3, ge=0)

    @model_validator(mode="after")
    def enough(self) -> "Trajectories":
        if self.test_episodes * (self.length - 1) < 100:
            raise ValueError("expected test_episodes that hold 100 pairs of successive frames")
        return self


class Rendering(Section):
    """Square frames of `size` pixels; `samples` a pixel against jagged edges, 0 for none."""

    size: int = Field(64, ge=16)
    samples: int = Field(0, ge=0)


class Training(Optimization):
    """`Optimization`, by default with a short warm-up and with gradients that are cut."""

    warmup: int = Field(50, ge=0)
    clip: float | None = Field(1.0, gt=0)
    checkpoint_every: int = Field(200, ge=1)


class Paths(Section):
    """Straight lines between the embeddings of two frames, decoded to the nearest rendered states."""

    count: int = Field(200, ge=2)
    points: int = Field(9, ge=3)


class Control(Section):
    """Model-predictive control by the cross-entropy method, with dynamics fitted to exploration.

    Tasks: from one joint configuration, at rest, to the one that a goal frame shows. play: episodes of random torques
    that the dynamics are fitted to, of `length` frames. effort: weight of squared torques in the cost.
    """

    tasks: int = Field(100, ge=2)
    steps: int = Field(15, ge=1)
    play: int = Field(600, ge=10)
    length: int = Field(7, ge=3)
    horizon: int = Field(5, ge=1)
    samples: int = Field(128, ge=8)
    elites: int = Field(16, ge=2)
    rounds: int = Field(4, ge=1)
    effort: float = Field(0.01, ge=0)

    @model_validator(mode="after")
    def drawn(self) -> "Control":
        if self.elites > self.samples:
            raise ValueError(f"expected at most as many elites as samples, found {self.elites} of {self.samples}")
        return self


class Criterion(Section):
    """What confirms the statements, set before training.

    r2: for each objective that is held to it, the least R², either way, of joint latents from Ornstein–Uhlenbeck pairs,
    every seed; it confirms `linear_identifiability`. regret: the most that control on the best recovered latents may
    cost, as a ratio to control on the true state; it confirms that planning there is planning in the world
    (`isOptimal_of_invariant`, `cost_of_invariant`). spare: standard errors with which both must be cleared.
    allowed: standard errors by which the distance of these encoders may exceed its bound (`approx_identifiability`).
    beforehand: whether all this was set before such encoders were looked at; else it guards against regressions, and
    confirms nothing. Of encoders of trajectories the theorem says nothing: what they do is measured.
    """

    r2: dict[Kind, float] = Field(min_length=1)
    regret: float = Field(gt=1)
    spare: float = Field(ge=0, le=10)
    allowed: float = Field(ge=0, le=10)
    beforehand: bool = True


class Computation(Section):
    """What decides the bits of a result. Planning uses the encoders of the first seed."""

    ou: OrnsteinUhlenbeck
    trajectories: Trajectories
    rendering: Rendering = Rendering()
    encoder: Frames = CNN()
    objectives: tuple[Objective, ...] = Field(min_length=1, strict=False)
    training: Training
    paths: Paths = Paths()
    control: Control = Control()

    def bits(self) -> dict[str, Any]:
        """All of it but how often the state is saved, which changes nothing."""
        own = set(Computation.model_fields)
        return self.model_dump(mode="json", include=own, exclude={"training": {"checkpoint_every"}})

    @model_validator(mode="after")
    def tiled(self) -> "Computation":
        if self.encoder.kind == "vit" and self.rendering.size % self.encoder.patch:
            raise ValueError(
                f"encoder.patch: expected a number that divides rendering.size, {self.rendering.size}, found "
                f"{self.encoder.patch}"
            )
        return self

    @field_validator("objectives")
    @classmethod
    def distinct(cls, objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
        kinds = [o.kind for o in objectives]
        if len(set(kinds)) != len(kinds):
            raise ValueError("expected each kind of objective once")
        return objectives


class Experiment(Computation):
    """A Reacher experiment: a computation, the statements that it bears on, and what would confirm them."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field("", description="what it is, for the overview")
    cause: str = Field("", description="why a criterion is not met, where that is known: it is shown, and no fault")
    routine: bool = Field(False, description="a part of `make`: the audit faults where it has no result")
    statements: tuple[str, ...] = Field(min_length=1, strict=False)
    criterion: Criterion

    @model_validator(mode="after")
    def held(self) -> "Experiment":
        if missing := sorted(set(self.criterion.r2) - {o.kind for o in self.objectives}):
            raise ValueError(f"criterion.r2 names {missing[0]}, which is not among the objectives")
        return self


def is_one(path: Path) -> bool:
    """Whether a configuration is of the robot arm."""
    return KEY in read_mapping(path)


def load(path: Path) -> Experiment:
    """Read a configuration; one sentence for the user where it does not fit."""
    data = read_mapping(path)
    if isinstance(encoder := data.get("encoder"), dict):
        data["encoder"] = {"kind": "cnn"} | encoder  # a fault in it is told by its key alone
    experiment = validated(path, Experiment, data)
    check_statements(path, experiment.statements)
    return experiment

"""What is trained on recorded transitions: a YAML file, or a model made from a dictionary.

Nothing is known of the latents there, so that no statement is tested and there is no criterion: what is measured is
what observations allow.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lejepa.errors import UserError
from lejepa.training import config
from lejepa.training.config import Optimization, Predictor, Section, validated
from lejepa.training.extending import read

KEY = "data"  # what tells such a configuration from that of an experiment
Encoder = Annotated[config.MLP | config.Module, Field(discriminator="kind")]
Objective = Annotated[config.SIGReg | config.MMD | config.VICReg, Field(discriminator="kind")]


class Fit(Section):
    """What is fitted, whatever the transitions are.

    embedding: dimensions of the embedding; by default as many as an observation has.
    predictor: guesses the next embedding from an embedding and an action, `f(h, a)`; without it, the guess is `h`.
    """

    embedding: int | None = Field(None, ge=1)
    encoder: Encoder
    predictor: Predictor | None = None
    objective: Objective
    training: Optimization


class Recording(Fit):
    """A fit, its name, and the file of its transitions."""

    name: str = Field(pattern=rf"^{config.NAME}$")
    data: str = Field(description="a .npz file of transitions, from the folder of the configuration")


class Source(Section):
    """The transitions that a fit was made of."""

    dim: int = Field(ge=1, description="coordinates of an observation")
    actions: int = Field(ge=0, description="coordinates of an action")
    rows: int = Field(ge=2)
    digest: str = Field(description="of the numbers")
    source: str = Field("", description="where they come from, in words")


class Recorded(Fit):
    """What decides the bits of a fit."""

    data: Source

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an observation."""
        return (self.observed,)

    @property
    def observed(self) -> int:
        """The number of coordinates of an observation."""
        return self.data.dim

    @property
    def actions(self) -> int:
        """The number of coordinates of an action."""
        return self.data.actions

    @property
    def width(self) -> int:
        """The number of dimensions of the embedding."""
        return self.data.dim if self.embedding is None else self.embedding

    def bits(self) -> dict[str, Any]:
        """All of it but how often the state is saved, and words, which change nothing."""
        return self.model_dump(mode="json", exclude={"training": {"checkpoint_every"}, "data": {"source"}})

    @model_validator(mode="after")
    def fitting(self) -> "Recorded":
        if self.encoder.kind == "module" and self.width != self.data.dim:
            raise ValueError(
                f"expected an encoder of kind mlp for an embedding of {self.width} dimensions of observations of "
                f"{self.data.dim}: module has as many as an observation"
            )
        return self


class Fitted(BaseModel):
    """What is measured of an encoder and its predictor on transitions held out. There are no standard errors: rows of a
    trajectory depend on each other.

    Attributes:
        seed: The seed.
        epsilon: `‖Cov(h) - 1‖_F`: how far the embedding is from white.
        r2: The share of the variance of observations, each coordinate in units of its standard deviation, that an
            affine map of the embedding explains on rows that it was not fitted to.
        predicted: `1 - Σ ‖h' - f(h, a)‖² / Σ ‖h' - h‖²`: the share of the steps that the predictor foresees, 0 for
            one that expects no change; None without a predictor.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    epsilon: float
    r2: float
    predicted: float | None = None


def is_one(path: Path) -> bool:
    """Whether a configuration is of recorded transitions."""
    return KEY in read(path)


def load(path: Path) -> tuple[Recording, Path]:
    """Read a configuration, and where its transitions are; one sentence for the user where it does not fit."""
    data = read(path)
    if KEY not in data:
        raise UserError(f"{path}: expected the key {KEY}, a .npz file of transitions")
    made = validated(path, Recording, data)
    return made, path.parent / made.data

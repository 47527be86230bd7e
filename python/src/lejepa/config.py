"""What an experiment is: a YAML file, checked whole before anything runs."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lejepa.errors import UserError


class Section(BaseModel):
    """A part of a configuration: no key but those named here, no value changed after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class World(Section):
    """Latents `z ∼ N(0, 1)` in `dim` coordinates, and `z' = ρ z + √(1 - ρ²) η` (paper, section 2)."""

    latent: Literal["gaussian"] = "gaussian"
    dim: int = Field(ge=1)
    rho: float = Field(gt=0, lt=1)


class Spiral(Section):
    """`x = R(turns · π ‖z‖) z` in two dimensions; `turns = 1` is the paper's."""

    kind: Literal["spiral"]
    turns: float = 1.0


class Identity(Section):
    """`x = z`: the latents are seen as they are."""

    kind: Literal["identity"]


class MLP(Section):
    """A multilayer perceptron with GELU between its layers."""

    kind: Literal["mlp"]
    hidden: int = Field(256, ge=1)
    layers: int = Field(4, ge=1, description="hidden layers")


class SIGReg(Section):
    """Sliced Epps–Pulley statistic (Balestriero and LeCun 2025)."""

    kind: Literal["sigreg"]
    weight: float = Field(gt=0, lt=1)
    knots: int = Field(17, ge=2)
    slices: int = Field(256, ge=1)
    t_max: float = Field(3.0, gt=0)


class Training(Section):
    """AdamW on fresh pairs at every step: constant learning rate for the first half, then a cosine to zero."""

    steps: int = Field(ge=1)
    batch: int = Field(256, ge=2)
    learning_rate: float = Field(3e-3, gt=0)
    seeds: tuple[int, ...] = Field((0,), min_length=1, strict=False)
    evaluate_every: int = Field(500, ge=1)
    evaluation: int = Field(10_000, ge=100, description="pairs of the held-out set")
    checkpoint_every: int = Field(1_000, ge=1)

    @model_validator(mode="after")
    def distinct(self) -> "Training":
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError("expected distinct seeds")
        return self


class Criterion(Section):
    """What every seed must reach for the experiment to confirm its statements."""

    r2: float = Field(0.99, le=1, description="the lower of R²(h → z) and R²(z → h)")
    within_bound: bool = Field(True, description="distance at most `D + (ε + D)²`, up to sampling error")


class Experiment(Section):
    """One experiment."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    statements: tuple[str, ...] = Field(min_length=1, strict=False)
    world: World
    mixing: Annotated[Spiral | Identity, Field(discriminator="kind")]
    encoder: Annotated[MLP, Field(discriminator=None)]
    objective: SIGReg
    training: Training
    criterion: Criterion = Criterion()

    @model_validator(mode="after")
    def fitting(self) -> "Experiment":
        if self.mixing.kind == "spiral" and self.world.dim != 2:
            raise ValueError(f"the spiral mixing is of dimension 2, and world.dim is {self.world.dim}")
        return self


def load(path: Path) -> Experiment:
    """Read a configuration; one sentence for the user where it does not fit."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such configuration") from None
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{path}: expected a YAML file, but it can't be read: {e}") from None
    except yaml.YAMLError as e:
        raise UserError(f"{path}: expected YAML, found {' '.join(str(e).split())}") from None
    if not isinstance(data, dict):
        raise UserError(f"{path}: expected a YAML mapping with the keys of an experiment, found {type(data).__name__}")
    try:
        return Experiment.model_validate(data)
    except ValidationError as e:
        raise UserError(f"{path}: {sentence(e)}") from None


def sentence(error: ValidationError) -> str:
    """The faults that pydantic found, in one sentence that names each key."""
    faults = []
    for fault in error.errors():
        key = ".".join(str(k) for k in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ")
        match fault["type"]:
            case "missing":
                faults.append(f"the key {key} is missing")
            case "extra_forbidden":
                faults.append(f"the key {key} is unknown (misspelt?)")
            case "value_error":
                faults.append(f"{key + ': ' if key else ''}{what}")
            case _:
                faults.append(f"{key}: {what[0].lower()}{what[1:]}, found {fault['input']!r}")
    return "; ".join(faults)

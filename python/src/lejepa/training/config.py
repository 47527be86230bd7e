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
    """Latents in `dim` independent coordinates of unit variance, and `z' = ρ z + √(1 - ρ²) η` (paper, section 2).

    `gaussian`: `N(0, 1)`. `gennorm`: density proportional to `exp(-|z/β|^alpha)`; `η` has the law of `z`, as in the
    paper's ablation, so that the world is stationary only for `alpha = 2`, the Gaussian.
    """

    latent: Literal["gaussian", "gennorm"] = "gaussian"
    alpha: float | None = Field(None, gt=0, description="shape of gennorm: 1 is Laplace, 2 is Gaussian")
    dim: int = Field(ge=1)
    rho: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def shaped(self) -> "World":
        if (self.latent == "gennorm") != (self.alpha is not None):
            raise ValueError("expected alpha with latent gennorm, and with no other")
        return self


class Spiral(Section):
    """`x = R(turns · π ‖z‖) z` in two dimensions; `turns = 1` is the paper's."""

    kind: Literal["spiral"]
    turns: float = 1.0


class Identity(Section):
    """`x = z`: the latents are seen as they are."""

    kind: Literal["identity"]


class Banana(Section):
    """`x = (z₁, z₂ + z₁²)` in two dimensions: a shear."""

    kind: Literal["banana"]


class Sinusoid(Section):
    """`x = (z₁ + sin(1.5 z₂), z₂)` in two dimensions: a shear."""

    kind: Literal["sinusoid"]


class Coupling(Section):
    """Additive coupling layers: in turn, each half of the coordinates is moved by `tanh(W · other half)`.

    `W` is `scale` times a random orthogonal matrix, drawn from `seed`. Any even dimension.
    """

    kind: Literal["coupling"]
    layers: int = Field(4, ge=1)
    scale: float = 2.0
    seed: int = 1337


class MLP(Section):
    """A multilayer perceptron with GELU between its layers."""

    kind: Literal["mlp"]
    hidden: int = Field(256, ge=1)
    layers: int = Field(4, ge=1, description="hidden layers")


class Matched(Section):
    """The inverse of a coupling mixing, its matrices to be learned."""

    kind: Literal["matched"]
    layers: int = Field(4, ge=1)


class SIGReg(Section):
    """Sliced Epps–Pulley statistic (Balestriero and LeCun 2025)."""

    kind: Literal["sigreg"]
    weight: float = Field(gt=0, lt=1)
    knots: int = Field(17, ge=2)
    slices: int = Field(256, ge=1)
    t_max: float = Field(3.0, gt=0)


class VICReg(Section):
    """Whitening: the mean square of the entries of `Cov(h) - 1` (variance and covariance terms of VICReg)."""

    kind: Literal["vicreg"]
    weight: float = Field(gt=0, lt=1)


class InfoNCE(Section):
    """Symmetric InfoNCE with the Gaussian kernel `exp(-‖h - h'‖² / (2 sigma²))`, the rest of the batch as negatives."""

    kind: Literal["infonce"]
    sigma: float = Field(1.0, gt=0)


Mixing = Annotated[Identity | Spiral | Banana | Sinusoid | Coupling, Field(discriminator="kind")]
Encoder = Annotated[MLP | Matched, Field(discriminator="kind")]
Objective = Annotated[SIGReg | VICReg | InfoNCE, Field(discriminator="kind")]


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
    mixing: Mixing
    encoder: Encoder
    objective: Objective
    training: Training
    criterion: Criterion = Criterion()

    @model_validator(mode="after")
    def fitting(self) -> "Experiment":
        dim = self.world.dim
        if self.mixing.kind in ("spiral", "banana", "sinusoid") and dim != 2:
            raise ValueError(f"the mixing {self.mixing.kind} is of dimension 2, and world.dim is {dim}")
        if (self.mixing.kind == "coupling" or self.encoder.kind == "matched") and dim % 2:
            raise ValueError(f"coupling layers are of even dimension, and world.dim is {dim}")
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

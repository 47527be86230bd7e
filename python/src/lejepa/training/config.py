"""What an experiment is: a YAML file, checked whole before anything runs."""

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from math import cos, pi, sin, sqrt
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from lejepa.errors import UserError, brief
from lejepa.files import repository
from lejepa.measures.bounds import LEAST_RHO
from lejepa.training.columns import INVERSE, METRICS, NARROW, NEAREST, OF_ARM, OF_LINEAR, PLANNED, PREDICTED
from lejepa.training.extending import read
from lejepa.training.fourpoints import CORRELATION
from lejepa.training.linear import Floats, LinearWorld
from lejepa.training.signflips import SignFlips, sign_flips

NAME = r"[a-z0-9][a-z0-9-]{0,99}"  # of an experiment: files are named by it
NAMED = "expected lower-case letters, digits and hyphens, at most 100 and no hyphen first"
TOLD = 6  # faults of a configuration in one sentence
FEWEST = 16  # pairs of a batch of four points that is whitened: it is all one point less than once in 10¹⁵ steps
SPREAD, UNIFORM = 0.75, pi / sqrt(3)  # radians: of the arm's latents by default, and of a uniform angle
ROWS = 20  # held-out pairs a dimension, at least: then 1 - R² is too great by a twentieth at most


class Section(BaseModel):
    """A part of a configuration: no key but those named here, no value changed after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


S = TypeVar("S", bound=Section)


class Rotation(Section):
    """`factor` times the rotation of the plane by `angle` radians."""

    kind: Literal["rotation"]
    angle: float
    factor: float = 1.0

    def array(self) -> Floats:
        c, s = self.factor * cos(self.angle), self.factor * sin(self.angle)
        return np.array([[c, -s], [s, c]])


class Diagonal(Section):
    """The square matrix of these values on the diagonal, and 0 elsewhere."""

    kind: Literal["diagonal"]
    values: tuple[float, ...] = Field(min_length=1, strict=False)

    def array(self) -> Floats:
        return np.diag(np.array(self.values, dtype=np.float64))


def form(data: Any) -> str | None:
    """How a matrix is given: as a list of rows, or by a name."""
    if isinstance(data, list | tuple):
        return "rows"
    kind = data.get("kind") if isinstance(data, dict) else getattr(data, "kind", None)
    return kind if kind in ("rotation", "diagonal") else None


Row = Annotated[tuple[float, ...], Field(strict=False)]
Rows = Annotated[tuple[Row, ...], Field(strict=False)]
Matrix = Annotated[
    Annotated[Rows, Tag("rows")] | Annotated[Rotation, Tag("rotation")] | Annotated[Diagonal, Tag("diagonal")],
    Discriminator(
        form,
        custom_error_type="matrix",
        custom_error_message="Input should be a list of rows, or a matrix of kind rotation or diagonal",
    ),
]


def array(matrix: tuple[Row, ...] | Rotation | Diagonal, name: str) -> Floats:
    """The numbers of a matrix; ValueError where rows are of several lengths."""
    if not isinstance(matrix, tuple):
        return matrix.array()
    if len({len(row) for row in matrix}) != 1:
        raise ValueError(f"{name}: expected rows of one length, found {[len(row) for row in matrix]}")
    return np.array(matrix, dtype=np.float64).reshape(len(matrix), -1)


class Trajectories(Section):
    """A controller drives a simulated arm from target to target, as the task of Reacher asks; a frame every `interval`
    steps of 0.02 s. The pairs are those of successive frames."""

    length: int = Field(20, ge=2, description="frames of an episode")
    interval: int = Field(5, ge=1, description="steps of the simulator from frame to frame")
    hold: int = Field(8, ge=1, description="frames until the target changes")
    noise: float = Field(
        0.3, ge=0, description="standard deviation of what is added to each torque, of at most 1, anew at each frame"
    )


class World(Section):
    """Latents in `dim` coordinates and their successors.

    Except with `controller`, coordinates are independent and of unit variance, and `z' = ρ z + √(1 - ρ²) η` (paper,
    section 2).

    - `gaussian`: each coordinate is `N(0, 1)`.
    - `gennorm`: the density is proportional to `exp(-|z/β|^alpha)`, and `η` has the law of `z`, as in the paper's
      ablation. The world is stationary only for `alpha = 2`, the Gaussian.
    - `doublewell`: the drift is not linear (`lejepa.training.doublewell`). Successive latents have correlation `rho`
      there too.
    - `linear`: each coordinate is `N(0, 1)`, and `z' = M z + B a + η` with actions `a` (`lejepa.training.linear`).
    - `fourpoints`: each coordinate lies on four points, and the drift is a sign (`lejepa.training.fourpoints`).
    - `signflips`: each coordinate is `N(0, 1)`, and `z' = ρ s(z) z + √(1 - ρ²) η` with a sign `s(z)` that depends on
      `|z|` (`lejepa.training.signflips`).
    - `controller`: the two joint angles of a simulated arm on its way from target to target, as they look, so in
      `[-π, π)`, over the standard deviation `π/√3` of a uniform angle (`lejepa.reacher.states`).
    """

    latent: Literal["gaussian", "gennorm", "doublewell", "linear", "fourpoints", "signflips", "controller"] = Field(
        "gaussian", description="law of each coordinate"
    )
    alpha: float | None = Field(None, ge=0.05, description="shape of gennorm: 1 is Laplace, 2 is Gaussian")
    depth: float | None = Field(None, ge=0.01, le=20, description="height of doublewell's barrier over the noise")
    dim: int = Field(ge=1, description="number of latents")
    rho: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="correlation of successive latents; of signflips the factor of the drift. None in a linear world, "
        "where memory has it, with fourpoints, which have one correlation, and with controller, where it is measured",
    )
    rhos: tuple[float, ...] = Field(
        (), strict=False, description="ρ of each coordinate, greatest first, if they differ"
    )
    flips: tuple[float, ...] = Field(
        (),
        strict=False,
        description="of signflips: the |z| at which the drift's sign changes, which is 1 below the first",
    )
    memory: Matrix | None = Field(None, description="M of a linear world, dim × dim")
    action: Matrix | None = Field(None, description="B of a linear world, dim × actions; without it there are none")
    trajectories: Trajectories | None = Field(None, description="of controller: how it drives the arm")

    @model_validator(mode="after")
    def shaped(self) -> "World":
        if (self.latent == "gennorm") != (self.alpha is not None):
            raise ValueError("expected alpha with latent gennorm, and with no other")
        if (self.latent == "doublewell") != (self.depth is not None):
            raise ValueError("expected depth with latent doublewell, and with no other")
        if (self.latent == "linear") != (self.memory is not None):
            raise ValueError("expected memory with latent linear, and with no other")
        if (self.latent == "signflips") != bool(self.flips):
            raise ValueError("expected flips with latent signflips, and with no other")
        if (self.latent == "controller") != (self.trajectories is not None):
            raise ValueError("expected trajectories with latent controller, and with no other")
        if self.latent == "linear":
            return self.linearly()
        if self.action is not None:
            raise ValueError("expected action with latent linear, and with no other")
        if self.latent == "fourpoints":
            if self.rho is not None or self.rhos:
                raise ValueError(f"expected no rho with latent fourpoints, whose correlation is {CORRELATION:.4f}")
            return self
        if self.latent == "controller":
            if self.rho is not None or self.rhos:
                raise ValueError("expected no rho with latent controller, whose correlation is measured")
            return self
        if self.rho is None:
            raise ValueError("the key rho is missing, the correlation of successive latents")
        if self.latent == "doublewell" and not 0.01 <= self.rho <= 0.999:
            raise ValueError("expected rho from 0.01 to 0.999 with latent doublewell: its grid tells no closer steps")
        if self.rhos:
            if self.latent != "gaussian":
                raise ValueError("expected rhos with latent gaussian, and with no other")
            if len(self.rhos) != self.dim or self.rhos[0] != self.rho or min(self.rhos) < 0:
                raise ValueError("expected dim numbers in rhos, none of them below 0 and the first of them rho")
            if any(a < b for a, b in pairwise(self.rhos)):
                raise ValueError("expected rhos in descending order")
        if self.latent == "signflips":
            _ = self.sign_flips
        return self

    @model_validator(mode="after")
    def correlated(self) -> "World":
        if self.latent != "controller" and self.correlation < LEAST_RHO:
            raise ValueError(
                f"expected a correlation of successive latents of at least {LEAST_RHO:g}, which the excess is divided "
                f"by, found {self.correlation:g}"
            )
        return self

    def linearly(self) -> "World":
        if self.rho is not None or self.rhos:
            raise ValueError("expected no rho with latent linear, whose correlations are those of memory")
        if (rows := len(self.linear.memory)) != self.dim:
            raise ValueError(f"memory: expected dim = {self.dim} rows, found {rows}")
        if not 0 < self.linear.correlation < 1:
            raise ValueError(
                "memory: expected a mean correlation of successive latents between 0 and 1, which δ is measured by; "
                f"tr M / dim is {self.linear.correlation:.4g}"
            )
        return self

    @cached_property
    def linear(self) -> LinearWorld:
        """The matrices of a linear world."""
        if self.memory is None:
            raise ValueError(f"expected latent linear, found {self.latent}")
        memory = array(self.memory, "memory")
        action = np.zeros((len(memory), 0)) if self.action is None else array(self.action, "action")
        return LinearWorld(memory, action)

    @cached_property
    def sign_flips(self) -> SignFlips:
        """The drift of a world of sign flips."""
        if self.rho is None or not self.flips:
            raise ValueError(f"expected latent signflips, found {self.latent}")
        return sign_flips(self.flips, self.rho)

    @property
    def actions(self) -> int:
        """The number of coordinates of an action."""
        return self.linear.action.shape[1] if self.latent == "linear" else 0

    @property
    def correlation(self) -> float:
        """The correlation of successive latents, in a linear world its mean over coordinates.

        Raises ValueError of a controller's, which is known from samples alone.
        """
        if self.latent == "controller":
            raise ValueError("the correlation of a controller's latents is measured")
        if self.latent == "fourpoints":
            return CORRELATION
        if self.latent == "signflips":
            return self.sign_flips.correlation
        return self.linear.correlation if self.rho is None else self.rho

    @property
    def bent(self) -> bool:
        """Whether the best white encoder of a coordinate is known and not linear: then R²(h→ψ) is measured."""
        return self.latent in ("doublewell", "signflips")

    @property
    def spectral(self) -> bool:
        """Whether the alignment of the whitened embedding is measured, beside the least that the spectrum allows."""
        return self.latent in ("fourpoints", "signflips")

    @property
    def of_theorem(self) -> bool:
        """Whether the theorem's bound speaks of this world: Gaussian latents, of one correlation."""
        return self.latent == "gaussian" and len(set(self.rhos)) <= 1


class Spiral(Section):
    """`x = R(turns · π ‖z‖) z` in two dimensions; `turns = 1` is the paper's."""

    kind: Literal["spiral"]
    turns: float = Field(1.0, description="half turns at distance 1 from the centre")


class Identity(Section):
    """`x = z`: the latents are seen as they are."""

    kind: Literal["identity"]


class Banana(Section):
    """`x = (z₁, z₂ + z₁²)` in two dimensions: a shear."""

    kind: Literal["banana"]


class Sinusoid(Section):
    """`x = (z₁ + sin(1.5 z₂), z₂)` in two dimensions: a shear."""

    kind: Literal["sinusoid"]


class Cubic(Section):
    """`x = z + z³` in each coordinate, in any dimension."""

    kind: Literal["cubic"]


class Coupling(Section):
    """Additive coupling layers: in turn, each half of the coordinates is moved by `tanh(W · other half)`.

    `W` is `scale` times a random orthogonal matrix. Any even dimension.
    """

    kind: Literal["coupling"]
    layers: int = Field(4, ge=1, description="coupling layers")
    scale: float = Field(2.0, description="factor of each random orthogonal matrix")
    seed: int | None = Field(None, ge=0, description="by default each training seed draws matrices of its own")


class Arm(Section):
    """`x` is a frame of Reacher's arm, seen from above: `size` × `size` pixels of three bytes. Its two joint angles are
    the latents, times `spread`. Frames are drawn by MuJoCo (`lejepa.reacher.render`).

    At a spread of 0.75 one latent in 5,000 is beyond the wrist's limit of 160°; the drawing shows it all the same.
    """

    kind: Literal["arm"]
    spread: float | None = Field(
        None, gt=0, le=0.9, description="radians that a latent of 1 stands for; by default 0.75, of controller π/√3"
    )
    size: int = Field(64, ge=16, description="pixels of a side")
    samples: int = Field(0, ge=0, description="samples a pixel, against jagged edges; 0 for none")


class MLP(Section):
    """A multilayer perceptron with GELU between its layers."""

    kind: Literal["mlp"]
    hidden: int = Field(256, ge=1, description="units of each hidden layer")
    layers: int = Field(4, ge=1, description="hidden layers")


class CNN(Section):
    """Of frames: four convolutions of stride 2 with `channels`, 2, 4 and 4 times as many, and two linear layers."""

    kind: Literal["cnn"]
    channels: int = Field(16, ge=1, description="channels of the first convolution")
    hidden: int = Field(128, ge=1, description="units of the first linear layer")


class ViT(Section):
    """Of frames: a small vision transformer. Square patches of `patch` pixels become vectors of `hidden` numbers, each
    with the place that it is at; `layers` of attention and two linear layers each; a linear layer of their mean."""

    kind: Literal["vit"]
    patch: int = Field(8, ge=2, description="pixels of a side of a patch, which divide those of a frame")
    hidden: int = Field(64, ge=1, description="numbers that stand for a patch")
    layers: int = Field(2, ge=1, description="layers of attention")
    heads: int = Field(4, ge=1, description="heads of attention, which divide `hidden`")

    @model_validator(mode="after")
    def divided(self) -> "ViT":
        if self.hidden % self.heads:
            raise ValueError(f"expected heads that divide hidden, found {self.heads} for {self.hidden}")
        return self


class Linear(Section):
    """An affine map."""

    kind: Literal["linear"]


class Matched(Section):
    """The inverse of a coupling mixing, with matrices that are learned.

    At the paper's gain, 1, whole layers stay wrong for thousands of steps, since one layer's error hides from the
    others what they should undo. Near 0 the encoder begins as the identity, and layers are undone one by one.
    """

    kind: Literal["matched"]
    layers: int = Field(4, ge=1, description="coupling layers")
    gain: float = Field(1.0, ge=0, le=10, description="factor of the first matrices; the paper's have 1")


class NICE(Section):
    """Additive coupling layers, each with a perceptron that has more neurons than the coupling mixing has.

    It begins as the identity. A `matched` encoder has as many neurons as the mixing, and with some seeds it ends in a
    local optimum, as do two-layer ReLU networks with no more neurons than what they imitate (Safran and Shamir 2018).
    """

    kind: Literal["nice"]
    layers: int = Field(4, ge=1, description="coupling layers")
    expansion: int = Field(4, ge=1, description="hidden units of a layer for each coordinate that it moves")


class Module(Section):
    """An encoder of your own, a plain `torch.nn.Module`: `of(dim, **arguments)` maps `(rows, dim)` to `(rows, dim)`.

    Each row by itself, and in training as in evaluation: no dropout, no batch normalization. Whatever it draws at
    random when it is made comes from PyTorch's global generator, which is seeded for it.
    """

    kind: Literal["module"]
    of: str = Field(
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        description="`package.module:Name`, which Python can import, from the working folder too",
    )
    arguments: dict[str, JsonValue] = Field({}, description="further arguments, by name")


POOLED: bool = Field(
    False,
    description="one statistic of both views together, as the paper's code has it, in place of the mean of one a view: "
    "views depend on each other, which pushes them apart; with sigreg and mmd the same weight then counts twice",
)


class SIGReg(Section):
    """Sliced Epps–Pulley statistic (Balestriero and LeCun 2025).

    `unbiased` takes off the share `(1 - |φ|²) / count` that sampling adds to `|φ̂ - φ|²`, which rewards embeddings for
    being too narrow.
    """

    kind: Literal["sigreg"]
    weight: float = Field(gt=0, lt=1, description="share of the regularizer; the rest is that of alignment")
    pooled: bool = POOLED
    knots: int = Field(17, ge=2, description="points of the trapezoid rule on `[0, t_max]`")
    slices: int = Field(256, ge=1, description="random directions of each step")
    t_max: float = Field(3.0, gt=0, description="end of the interval of integration")
    unbiased: bool = Field(False, description="whether the share that sampling adds is taken off")


class MMD(Section):
    """Squared maximum mean discrepancy to `N(0, 1)` with the Gaussian kernel of width `sigma`, in closed form.

    The kernel regularizer of KerJEPA (Zimmermann et al. 2025): no slices, so nothing of it is drawn at random.
    """

    kind: Literal["mmd"]
    weight: float = Field(gt=0, lt=1, description="share of the regularizer; the rest is that of alignment")
    pooled: bool = POOLED
    sigma: float = Field(1.0, gt=0, le=1e100, description="width of the kernel, which is squared")


class VICReg(Section):
    """The mean square of the entries of `Cov(h) - 1`: the variance and covariance terms of VICReg, as squares."""

    kind: Literal["vicreg"]
    weight: float = Field(gt=0, lt=1, description="share of the regularizer; the rest is that of alignment")
    pooled: bool = POOLED


class InfoNCE(Section):
    """Symmetric InfoNCE with the Gaussian kernel `exp(-‖h - h'‖² / (2 sigma²))`, the rest of the batch as negatives."""

    kind: Literal["infonce"]
    sigma: float = Field(1.0, gt=0, description="width of the kernel")


class Whitening(Section):
    """The alignment of the whitened embedding, `tr(Cov(h)⁻¹ M)`, with `M` the second moment of `h' - h`.

    There is no weight. The scale of the embedding is free: whiten it before ε or distance are looked at.
    """

    kind: Literal["whitening"]


Mixing = Annotated[Identity | Spiral | Banana | Sinusoid | Cubic | Coupling | Arm, Field(discriminator="kind")]
Frames = CNN | ViT  # encoders of frames
Encoder = Annotated[MLP | Matched | NICE | Module | CNN | ViT, Field(discriminator="kind")]
Predictor = Annotated[MLP | Linear, Field(discriminator="kind")]
Objective = Annotated[SIGReg | MMD | VICReg | InfoNCE | Whitening, Field(discriminator="kind")]


V = TypeVar("V", int, str)


def once(values: tuple[V, ...], what: str) -> tuple[V, ...]:
    """Values of which none is there twice; ValueError that names one that is."""
    if twice := [v for i, v in enumerate(values) if v in values[:i]]:
        raise ValueError(f"expected distinct {what}, found {twice[0]} twice")
    return values


class Optimization(Section):
    """AdamW, with its weight decay of 0.01.

    The learning rate is constant for the first half, after the warm-up if there is one, then a cosine to zero.
    """

    steps: int = Field(ge=1, description="steps of the optimizer")
    batch: int = Field(256, ge=2, description="pairs of each step")
    learning_rate: float = Field(3e-3, gt=0, description="of the first half of the steps")
    warmup: int = Field(0, ge=0, description="first steps over which the learning rate rises to that")
    clip: float | None = Field(
        None, gt=0, description="greatest norm of an encoder's gradient, a predictor's included; a longer one is cut"
    )
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (0,), min_length=1, strict=False, description="one encoder is trained for each"
    )
    checkpoint_every: int = Field(1_000, ge=1, description="steps between two checkpoints")

    @field_validator("seeds")
    @classmethod
    def distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        return once(seeds, "seeds")


class Training(Optimization):
    """The same on fresh pairs at every step, or on pairs of a finite set, evaluated on held-out ones."""

    pairs: int | None = Field(
        None, ge=2, description="pairs of a set that every seed trains on; by default each step has fresh ones"
    )
    successors: bool = Field(
        False,
        description="train on two successors of one latent, as the paper's code does, whose correlation is ρ²; what is "
        "measured is still of a latent and its successor",
    )
    restarts: int = Field(1, ge=1, description="encoders a seed; that of the lowest loss on pairs set apart is kept")
    evaluate_every: int = Field(500, ge=1, description="steps between two evaluations")
    evaluation: int = Field(10_000, ge=100, description="pairs of the held-out set")


class Inverse(Section):
    """A multilayer perceptron `g(h, h')` that guesses the action between two embeddings, trained beside the encoder.

    `weight` times its mean squared error over coordinates of the action is added to the error of the predictor, or
    takes its place where there is none.
    """

    weight: float = Field(gt=0, description="of its error, where that of the predictor has weight 1")
    hidden: int = Field(64, ge=1, description="units of each hidden layer")
    layers: int = Field(1, ge=1, description="hidden layers")


class Search(Section):
    """How plans are searched: sampled and resampled around the best of them, anew after each step."""

    horizon: int = Field(5, ge=1, description="actions of a plan")
    population: int = Field(64, ge=4, description="plans that are sampled in each iteration")
    iterations: int = Field(4, ge=1, description="times that plans are sampled in each step")
    elites: int = Field(10, ge=2, description="plans that CEM keeps of each iteration")

    @model_validator(mode="after")
    def drawn(self) -> Self:
        if self.elites > self.population:
            raise ValueError(f"expected at most as many elites as plans, found {self.elites} of {self.population}")
        return self


class ArmPlanning(Search):
    """Planning with the arm in its simulator towards goals that frames show (`lejepa.reacher.planned`).

    The dynamics that CEM plans with are fitted to exploration, in the embedding and, to compare with, in the true joint
    angles. An episode costs `Σ_k ‖z_k - goal‖² + effort ‖torque_k‖²`, `z` the joint angles over `joints`. Besides,
    straight lines between embeddings are decoded to the nearest of rendered states.
    """

    kind: Literal["arm"]
    joints: float = Field(
        0.75, gt=0, le=0.9, description="standard deviation in radians of starts and goals, which end at two of them"
    )
    tasks: int = Field(60, ge=2, description="pairs of a start, at rest, and a goal")
    steps: int = Field(15, ge=1, description="torques of an episode, each held for `interval` steps of 0.02 s")
    interval: int = Field(5, ge=1, description="steps of the simulator that a torque is held for")
    effort: float = Field(0.01, ge=0, description="weight of squared torques in the cost")
    explored: int = Field(400, ge=10, description="episodes of random torques that dynamics are fitted to")
    length: int = Field(7, ge=3, description="frames of such an episode")
    population: int = Field(128, ge=4, description="plans that are sampled in each iteration")
    elites: int = Field(16, ge=2, description="plans that CEM keeps of each iteration")
    states: int = Field(1500, ge=10, description="rendered states that straight lines are decoded to")
    lines: int = Field(200, ge=2, description="straight lines between two of them")
    points: int = Field(9, ge=3, description="points of each")


class Planning(Search):
    """Planning in the world with the trained model, towards goals that are observed (`lejepa.training.planned`).

    An episode costs `Σ_{k < steps} ‖z_k - goal‖² + effort ‖a_k‖²`, and `‖z - goal‖²` at its end. CEM and MPPI plan anew
    after each step, with the same numbers of plans and the same cost over their horizon.
    """

    tasks: int = Field(20, ge=2, description="pairs of a start and a goal, drawn as latents are")
    noises: int = Field(2, ge=1, description="episodes of each pair, each with noise of its own")
    steps: int = Field(15, ge=1, description="actions of an episode")
    effort: float = Field(0.1, gt=0, description="weight of squared actions in the cost")
    spread: float = Field(1.0, gt=0, description="standard deviation of the first plans' actions")
    temperature: float = Field(0.5, gt=0, description="of MPPI, in the unit of the cost")


def planner(data: Any) -> str:
    """In which world planning is: that of the arm, which is named, or a linear one."""
    kind = data.get("kind") if isinstance(data, dict) else getattr(data, "kind", None)
    return "arm" if kind == "arm" else "linear"


AnyPlanning = Annotated[Annotated[ArmPlanning, Tag("arm")] | Annotated[Planning, Tag("linear")], Discriminator(planner)]


class Criterion(Section):
    """One thing that results must show, set before training.

    It has one of `at_least`, `at_most` and `near`, and one of `spare` and `allowed`.
    """

    confirms: str = Field(description="the statement, one of those of the experiment")
    metric: str = Field(description="a measure of `lejepa.training.results.Metrics`")
    at_least: float | None = Field(None, description="the measure must be at least this")
    at_most: float | Literal["bound"] | None = Field(
        None, description="the measure must be at most this number, or the theorem's bound for the same encoder"
    )
    near: float | None = Field(None, description="the measure must be near this predicted value")
    within: float | None = Field(None, gt=0, description="with `near`: the greatest difference, chosen beforehand")
    spare: float | None = Field(None, ge=0, le=10, description="standard errors by which the criterion must be cleared")
    allowed: float | None = Field(
        None,
        ge=0,
        le=10,
        description="standard errors by which it may be missed: for a theorem's bound, which sampling error alone can "
        "seem to break",
    )
    over: Literal["each seed", "mean"] = Field(
        "each seed",
        description="`each seed`, by the standard error over its held-out pairs; or the `mean` over seeds, by the "
        "standard error over seeds",
    )

    @field_validator("metric")
    @classmethod
    def measured(cls, metric: str) -> str:
        return known(metric, METRICS, "measure")

    @model_validator(mode="after")
    def whole(self) -> "Criterion":
        if sum(v is not None for v in (self.at_least, self.at_most, self.near)) != 1:
            raise ValueError("expected one of at_least, at_most and near")
        if (self.near is None) != (self.within is None):
            raise ValueError("expected within with near, and with no other")
        if (self.spare is None) == (self.allowed is None):
            raise ValueError("expected one of spare and allowed")
        if self.at_most == "bound" and (self.metric != "distance" or self.over != "each seed"):
            raise ValueError("expected the bound to be that of the distance, over each seed")
        low, high = self.at_least, self.at_most
        free = (low is not None and low <= 0) or (isinstance(high, float | int) and high >= 1)
        if self.metric.startswith("r2") and free:
            raise ValueError("expected what not every encoder meets: an R² is between 0 and 1")
        return self


class Peak(Section):
    """A criterion of a whole sweep: the mean of `metric` over seeds is greatest where `axis` is `at`.

    Greater than at each other value of the axis, whatever the other axes are, by at least `spare` standard errors of
    the difference of the two means. confirms: the statement.
    """

    confirms: str
    axis: str
    at: float
    metric: str
    spare: float = Field(ge=0, le=10)


Criteria = tuple[Criterion | Peak, ...]


class Computation(Section):
    """What decides the bits of a result.

    embedding: dimensions of the embedding; by default as many as latents.
    predictor: guesses the next embedding from an embedding and an action, `f(h, a)`; without it, the guess is `h`.
    prediction_steps: how many steps the predictor goes on its own output in training; its error is their mean.
    inverse: guesses the action from two successive embeddings; without it, nothing does.
    planning: what the encoder and the predictor plan after the training; without it, nothing.
    """

    world: World
    mixing: Mixing
    encoder: Encoder
    embedding: int | None = Field(None, ge=1)
    predictor: Predictor | None = None
    prediction_steps: int = Field(1, ge=1, le=50)
    inverse: Inverse | None = None
    objective: Objective
    training: Training
    planning: AnyPlanning | None = None

    def bits(self) -> dict[str, Any]:
        """All of it but how often the state is saved, which changes nothing, and newer keys that have their default."""
        own = set(Computation.model_fields)
        data = self.model_dump(mode="json", include=own, exclude={"training": {"checkpoint_every"}})
        if not self.training.successors:
            del data["training"]["successors"]
        later = {"prediction_steps": 1, "inverse": None}
        return {k: v for k, v in data.items() if k not in later or v != later[k]}

    @property
    def observed(self) -> int:
        """The number of coordinates of an observation; of a frame, the pixels of a side."""
        return self.mixing.size if isinstance(self.mixing, Arm) else self.world.dim

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an observation."""
        return (self.observed, self.observed, 3) if isinstance(self.mixing, Arm) else (self.observed,)

    @property
    def spread(self) -> float:
        """The radians of the arm that a latent of 1 stands for."""
        if not isinstance(self.mixing, Arm):
            raise ValueError(f"expected mixing arm, found {self.mixing.kind}")
        return self.mixing.spread or (UNIFORM if self.world.latent == "controller" else SPREAD)

    @property
    def actions(self) -> int:
        """The number of coordinates of an action."""
        return self.world.actions

    @property
    def width(self) -> int:
        """The number of dimensions of the embedding."""
        return self.world.dim if self.embedding is None else self.embedding

    @property
    def of_theorem(self) -> bool:
        """Whether the theorem's bound speaks of its encoders: in a world of the theorem, as wide as the latents."""
        return self.world.of_theorem and self.width == self.world.dim

    @model_validator(mode="after")
    def fitting(self) -> "Computation":
        dim = self.world.dim
        if self.training.evaluation < (least := ROWS * max(dim, self.width)):
            wider = "embedding" if self.width > dim else "world.dim"
            raise ValueError(f"expected training.evaluation of at least {least}, {ROWS} times {wider}")
        if self.width != dim and self.encoder.kind not in ("mlp", "cnn", "vit"):
            raise ValueError(
                f"expected an encoder of kind mlp, cnn or vit for an embedding of {self.width} dimensions of {dim} "
                f"latents: {self.encoder.kind} has as many as latents"
            )
        if isinstance(self.mixing, Arm):
            self.of_arm(self.mixing)
        elif isinstance(self.encoder, CNN | ViT):
            raise ValueError(f"expected an encoder of kind {self.encoder.kind} with mixing arm, and with no other")
        elif self.world.latent == "controller" or isinstance(self.planning, ArmPlanning):
            what = "latent controller" if self.world.latent == "controller" else "planning of kind arm"
            raise ValueError(f"expected {what} with mixing arm, and with no other")
        if self.mixing.kind in ("spiral", "banana", "sinusoid", "arm") and dim != 2:
            raise ValueError(f"the mixing {self.mixing.kind} is of dimension 2, and world.dim is {dim}")
        if (self.mixing.kind == "coupling" or self.encoder.kind in ("matched", "nice")) and dim % 2:
            raise ValueError(f"coupling layers are of even dimension, and world.dim is {dim}")
        whitened = self.objective.kind == "whitening"
        if self.world.latent == "fourpoints" and whitened and self.training.batch < FEWEST:
            raise ValueError(
                f"expected training.batch of at least {FEWEST} with latent fourpoints and objective whitening: "
                "a smaller batch may be one point alone, which can't be whitened"
            )
        if self.training.successors and self.world.latent not in ("gaussian", "gennorm"):
            raise ValueError(f"training.successors: expected latent gaussian or gennorm, found {self.world.latent}")
        if self.predictor is not None and self.world.latent != "linear":
            raise ValueError("expected a predictor with world.latent linear, and with no other")
        for beside, part in (("a predictor", self.predictor), ("inverse", self.inverse)):
            if part is not None and self.objective.kind in ("infonce", "whitening"):
                raise ValueError(
                    f"expected an objective with a regularizer beside {beside}, and {self.objective.kind} has none"
                )
        if self.prediction_steps > 1 and self.predictor is None:
            raise ValueError(f"expected prediction_steps of 1 without a predictor, found {self.prediction_steps}")
        if self.inverse is not None and not self.world.actions:
            raise ValueError("expected inverse in a world with actions, and in no other")
        if whitened and self.training.batch < (least := 1 + (self.width + 1) // 2):
            raise ValueError(
                f"expected training.batch of at least {least} with objective whitening, found {self.training.batch}: "
                f"on fewer pairs the covariance of {self.width} dimensions is singular"
            )
        linear = isinstance(self.planning, Planning)
        if linear and (self.predictor is None or not self.world.actions):
            raise ValueError("expected planning in a world with actions and with a predictor, and in no other")
        if self.planning is not None and self.width != dim:
            raise ValueError(
                f"expected planning with an embedding of as many dimensions as latents, found {self.width} of {dim}"
            )
        return self

    def of_arm(self, mixing: Arm) -> None:
        """What frames of an arm ask of the rest."""
        if not isinstance(self.encoder, CNN | ViT):
            raise ValueError(f"expected an encoder of kind cnn or vit with mixing arm, found {self.encoder.kind}")
        if isinstance(self.encoder, ViT) and mixing.size % self.encoder.patch:
            raise ValueError(
                f"encoder.patch: expected a number that divides mixing.size, {mixing.size}, found {self.encoder.patch}"
            )
        if self.prediction_steps > 1:
            raise ValueError(f"expected prediction_steps of 1 with mixing arm, found {self.prediction_steps}")
        if self.training.pairs is None:
            raise ValueError("expected training.pairs with mixing arm, since frames are drawn before the training")
        if self.world.latent == "controller" and mixing.spread is not None:
            raise ValueError("mixing.spread: expected none with latent controller, whose latents are angles over π/√3")
        if isinstance(self.planning, Planning):
            raise ValueError("planning.kind: expected arm with mixing arm")


class Experiment(Computation):
    """One experiment: a computation, the statements that it tests, and what would confirm them.

    A statement without a criterion is only measured.
    """

    name: str = Field(pattern=rf"^{NAME}(/[a-z0-9][a-z0-9.-]{{0,199}})?$")
    title: str = Field("", description="what it is, for the table of all experiments")
    cause: str = Field("", description="why a criterion is not met, if that is known: then it is shown, and no fault")
    routine: bool = Field(False, description="whether it is part of `make`, and a missing result a fault of the audit")
    statements: tuple[str, ...] = Field(min_length=1, strict=False, description="Lean names of the statements it tests")
    criterion: tuple[Criterion, ...] = Field((), strict=False, description="what must hold, set before the training")
    peak: Peak | None = Field(None, description="of a sweep alone: what must hold of its points together, set likewise")

    @property
    def criteria(self) -> Criteria:
        """All that must hold, of it and of the sweep that it is a point of."""
        return self.criterion if self.peak is None else (*self.criterion, self.peak)

    @field_validator("statements")
    @classmethod
    def distinct(cls, statements: tuple[str, ...]) -> tuple[str, ...]:
        return once(statements, "statements")

    @model_validator(mode="after")
    def judged(self) -> "Experiment":
        for c in self.criterion:
            known(c.confirms, self.statements, "statement of this experiment")
            if c.metric == "r2_eigen" and not self.world.bent:
                raise ValueError(
                    "expected the measure r2_eigen with world.latent doublewell or signflips, and with no other"
                )
            if c.metric == "white_alignment" and not self.world.spectral:
                raise ValueError(
                    "expected the measure white_alignment with world.latent fourpoints or signflips, and with no other"
                )
            if c.metric in NARROW and self.width >= self.world.dim:
                raise ValueError(f"expected the measure {c.metric} with an embedding of fewer dimensions than latents")
            if c.metric in NEAREST and self.width != self.world.dim:
                raise ValueError(f"expected the measure {c.metric} with an embedding of as many dimensions as latents")
            if c.metric in PREDICTED and self.predictor is None:
                raise ValueError(f"expected the measure {c.metric} with a predictor, and not without one")
            if c.metric in INVERSE and self.inverse is None:
                raise ValueError(f"expected the measure {c.metric} with inverse, and not without it")
            if c.metric in PLANNED and self.planning is None:
                raise ValueError(f"expected the measure {c.metric} with planning, and not without it")
            if c.metric in OF_ARM and not isinstance(self.planning, ArmPlanning):
                raise ValueError(f"expected the measure {c.metric} with planning of kind arm, and with no other")
            if c.metric in OF_LINEAR and isinstance(self.planning, ArmPlanning):
                raise ValueError(f"expected the measure {c.metric} with planning in a linear world, and with no other")
            if c.at_most == "bound" and not self.of_theorem:
                raise ValueError("expected the bound with Gaussian latents of one ρ: the theorem speaks of no others")
            if c.over == "mean" and len(self.training.seeds) < 2:
                raise ValueError("expected two seeds or more for a criterion over their mean")
        return self


def known(name: str, names: Iterable[str], what: str) -> str:
    """The name, if it is among those known; else ValueError that names the nearest."""
    names = list(names)
    if name not in names:
        near = get_close_matches(name, names, n=3, cutoff=0.3) or names
        raise ValueError(f"{brief(name)} is no {what}; expected {' or '.join(near)}")
    return name


def check_statements(path: Path, names: Iterable[str]) -> None:
    """Refuse a statement that the registry of the checkout around a configuration does not have."""
    try:
        registry = repository(path.parent) / "checks" / "statements.toml"
    except UserError:
        return  # a configuration outside any checkout speaks of statements elsewhere
    try:
        listed = tomllib.loads(registry.read_text(encoding="utf-8")).get("statement", [])
    except (OSError, ValueError) as e:
        raise UserError(f"{registry}: expected the registry of statements, but it can't be read: {e}") from None
    listed = listed if isinstance(listed, list) else []
    have = [s["lean"] for s in listed if isinstance(s, dict) and "lean" in s]
    for name in names:
        try:
            known(name, have, "statement of the registry")
        except ValueError as e:
            raise UserError(f"{path}: statements: {e}") from None


def load(path: Path) -> Experiment:
    """Read the configuration of one experiment; one sentence for the user where it does not fit."""
    data = read(path)
    if "grid" in data or "cases" in data:
        raise UserError(f"{path}: this is a sweep of many experiments; `lejepa sweep {path}` runs it")
    if data.get("peak") is not None:
        raise UserError(f"{path}: peak: expected a sweep, with grid or cases, since it compares points")
    experiment = validated(path, Experiment, data)
    if "/" in experiment.name:
        raise UserError(f"{path}: name: {NAMED}, found {brief(experiment.name)}")
    check_statements(path, experiment.statements)
    return experiment


def validated(path: Path, kind: type[S], data: dict[str, Any], where: str = "") -> S:
    """A section from the data of a file; `where` names the part of the file."""
    try:
        return kind.model_validate(data)
    except ValidationError as e:
        raise UserError(f"{path}: {where}{sentence(e, data)}") from None


def sentence(error: ValidationError, data: Any) -> str:
    """The faults that pydantic found in data, in one sentence that names each key as the data have it."""
    faults = error.errors(include_url=False)
    above = {fault["loc"][:k] for fault in faults for k in range(len(fault["loc"]))}
    # what pydantic refuses in a list it also misses there
    faults = [fault for fault in faults if fault["type"] != "too_short" or fault["loc"] not in above]
    said = [" ".join(in_words(fault, data).split()) for fault in faults[:TOLD]]
    return "; ".join([*said, f"and {len(faults) - TOLD} more"] if len(faults) > TOLD else said)


def key_of(loc: Iterable[str | int], data: Any) -> str:
    """A key with those around it. What tells a section's kind, or a list from a section, pydantic names too: no key."""
    out, at = [], data
    for part in loc:
        named = isinstance(at, dict) and part not in at and part in (at.get("kind"), planner(at))
        if named or (isinstance(at, list | tuple) and isinstance(part, str)):
            continue
        out.append(str(part))
        inside = part in at if isinstance(at, dict) else isinstance(at, list | tuple) and isinstance(part, int)
        at = at[part] if inside else None
    return ".".join(out)


def in_words(fault: ErrorDetails, data: Any) -> str:
    key, what = key_of(fault["loc"], data), fault["msg"]
    match fault["type"]:
        case "missing":
            return f"the key {key} is missing"
        case "extra_forbidden":
            return f"the key {key} is unknown (misspelt?)"
        case "value_error":
            return f"{key + ': ' if key else ''}{what.removeprefix('Value error, ')}"
        case "tuple_type":
            return f"{key}: expected a list, found {brief(fault['input'])}"
        case "too_short":
            return f"{key}: expected at least {fault['ctx']['min_length']} in the list, found {brief(fault['input'])}"
        case "string_pattern_mismatch" if fault["loc"][-1:] == ("name",):
            return f"{key}: {NAMED}, found {brief(fault['input'])}"
        case "string_pattern_mismatch" if fault["loc"][-1:] == ("of",):
            return f"{key}: expected package.module:Name, found {brief(fault['input'])}"
        case "union_tag_invalid":
            tags = fault["ctx"]["expected_tags"].replace("'", "")
            return f"{key}.kind: expected one of {tags}, found {brief(fault['ctx']['tag'])}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{key}: expected a number {what.removeprefix('Input should be ')}, found {brief(fault['input'])}"
        case _:
            what = what.replace("Input should be ", "expected ", 1)
            return f"{key}: {what[0].lower()}{what[1:]}, found {brief(fault['input'])}"

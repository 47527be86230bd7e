"""The result of an experiment: one JSON file, which figures and the audit read. It is evidence as it stands."""

from collections.abc import Iterable
from math import isclose, sqrt
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lejepa.errors import UserError, brief
from lejepa.evidence import record
from lejepa.evidence.record import Evidence, Misfit
from lejepa.files import read_json, target_of
from lejepa.measures.bounds import bound
from lejepa.measures.record import Recovery
from lejepa.training.config import Computation, Criteria, Experiment, sentence
from lejepa.training.grid import OWN, Sweep

FOLDER = "experiments"
Values = list[float | None]  # one a model; None where it has diverged


class Metrics(Recovery):
    """What is measured of an encoder; of some worlds and of predictors more, which is None elsewhere.

    r2_kept, r2_left: where the embedding has fewer dimensions than there are latents, say m, R² of the first m latents
        and of the others by the embeddings, explained on rows that were not fitted.
    r2_eigen: in worlds whose best white encoder `ψ` is known and not linear, R²(h → ψ), explained on rows that were not
        fitted.
    white_alignment: in worlds whose spectrum is known, the alignment of the whitened embedding
        (`lejepa.measures.white.white_alignment`).
    prediction: mean squared error of the predictor, `𝔼 ‖h' - f(h, a)‖²`. prediction_ratio: that over `n - tr G`, the
        error of the best predictor where `h` is an orthogonal map of the latents.
    rollout_1 to rollout_5: relative errors of rollouts of so many steps (`lejepa.training.rollout`).
    inverse: mean squared error of the guess of the action over its coordinates, `𝔼 ‖a - g(h, h')‖² / k`. inverse_ratio:
        that over the least of any guess from `z` and `z'`.
    cem_ratio to gain_distance: of planning with the model, where it is configured (`lejepa.training.planned`).
    success to deviation_state: of planning with the arm (`lejepa.reacher.planned`): shares of tasks whose goal is
        reached, the share of the variance of steps that the fitted dynamics foresee, and root mean square distances in
        radians of straight lines.
    """

    r2_kept: float | None = None
    r2_kept_error: float | None = None
    r2_left: float | None = None
    r2_left_error: float | None = None
    r2_eigen: float | None = None
    r2_eigen_error: float | None = None
    white_alignment: float | None = None
    white_alignment_error: float | None = None
    prediction: float | None = None
    prediction_error: float | None = None
    prediction_ratio: float | None = None
    prediction_ratio_error: float | None = None
    rollout_1: float | None = None
    rollout_1_error: float | None = None
    rollout_2: float | None = None
    rollout_2_error: float | None = None
    rollout_3: float | None = None
    rollout_3_error: float | None = None
    rollout_4: float | None = None
    rollout_4_error: float | None = None
    rollout_5: float | None = None
    rollout_5_error: float | None = None
    inverse: float | None = None
    inverse_error: float | None = None
    inverse_ratio: float | None = None
    inverse_ratio_error: float | None = None
    cem_ratio: float | None = None
    cem_ratio_error: float | None = None
    cem_cost: float | None = None
    cem_cost_error: float | None = None
    cem_cost_state: float | None = None
    cem_cost_state_error: float | None = None
    mppi_ratio: float | None = None
    mppi_ratio_error: float | None = None
    mppi_cost: float | None = None
    mppi_cost_error: float | None = None
    mppi_cost_state: float | None = None
    mppi_cost_state_error: float | None = None
    lqr_ratio: float | None = None
    lqr_ratio_error: float | None = None
    lqr_cost: float | None = None
    lqr_cost_error: float | None = None
    lqr_cost_state: float | None = None
    lqr_cost_state_error: float | None = None
    random_cost: float | None = None
    random_cost_error: float | None = None
    noop_cost: float | None = None
    noop_cost_error: float | None = None
    gain_distance: float | None = None
    gain_distance_error: float | None = None
    success: float | None = None
    success_error: float | None = None
    success_state: float | None = None
    success_state_error: float | None = None
    foreseen: float | None = None
    foreseen_error: float | None = None
    deviation: float | None = None
    deviation_error: float | None = None
    deviation_state: float | None = None
    deviation_state_error: float | None = None

    def possible(self) -> bool:
        """Whether no R² is above 1 and no error below 0."""
        given = {k: v for k, v in self.model_dump().items() if v is not None}
        errors = {k for k in given if k.endswith("_error")}
        return all(given[k] >= 0 for k in errors) and all(v <= 1 for k, v in given.items() if k in R2S)

    def coherent(self) -> bool:
        """Whether the measures that are made of others are what those make."""
        pairs = [
            (self.epsilon, sqrt(max(self.epsilon_squared, 0))),
            (self.bound, bound(self.excess, self.epsilon)),
            (self.delta * self.excess_error, self.excess * self.delta_error),
        ]
        for ratio, cost, of_state in (
            (self.cem_ratio, self.cem_cost, self.cem_cost_state),
            (self.mppi_ratio, self.mppi_cost, self.mppi_cost_state),
            (self.lqr_ratio, self.lqr_cost, self.lqr_cost_state),
        ):
            if ratio is not None and cost is not None and of_state is not None:
                pairs.append((ratio * of_state, cost))
        return all(isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in pairs)


R2S = {k for k in Metrics.model_fields if k.startswith("r2_") and not k.endswith("_error")}


def agrees(m: Metrics | None, r2: float | None, distance: float | None, bound: float | None) -> bool:
    """Whether measures are those of the curve's last point, where both have them: they are made of the same pairs."""
    pairs = [] if m is None else [(m.r2, r2), (m.distance, distance), (m.bound, bound)]
    return all(b is None or isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in pairs)


class Point(BaseModel):
    """One evaluation during training: the value of each model, in the order of the seeds.

    margin_error: standard error of `bound - distance`. bound and margin_error are empty where the theorem does not
    speak of the world. energy: for each model the weight of each Hermite degree of its embeddings, then the remainder
    (`lejepa.training.energy`); empty where latents are not Gaussian. alignment: of the last batch, `𝔼 ‖h' - h‖²`, or
    `𝔼 ‖h' - f(h, a)‖²` where there is a predictor.
    """

    model_config = ConfigDict(extra="forbid")

    step: int
    loss: Values
    alignment: Values
    regularizer: Values
    r2: Values
    distance: Values
    bound: Values
    margin_error: Values
    energy: list[list[float] | None]

    def of(self, count: int) -> bool:
        """Whether every measure is of so many models, those that a world may lack left aside."""
        known = self.loss, self.alignment, self.regularizer, self.r2, self.distance
        free = self.bound, self.margin_error, self.energy
        return all(len(v) == count for v in known) and all(len(v) in (0, count) for v in free)

    def select(self, models: list[int]) -> "Point":
        """The point of some of the models."""
        values = {k: [v[m] for m in models] if v else [] for k, v in self.model_dump(exclude={"step"}).items()}
        return Point(step=self.step, **values)


class Step(BaseModel):
    """A step of training: the loss of each model before it, the norm of its gradient, the learning rate."""

    model_config = ConfigDict(extra="forbid")

    loss: Values
    gradient: Values
    rate: float


class Trace(BaseModel):
    """What a replay must reproduce (`lejepa.training.trace`): every model's, restarts too.

    opening: the first steps. closing: some steps with fresh models from late in the schedule. untrained, measured: all
    measures on the held-out pairs, before the first step and after the opening.
    """

    model_config = ConfigDict(extra="forbid")

    opening: list[Step]
    closing: list[Step]
    untrained: list[Metrics | None]
    measured: list[Metrics | None]


class Sample(BaseModel):
    """Held-out latents, their observations and embeddings, of the first seed that has not diverged.

    The first coordinates, a row a point; of frames the first two principal components. imagined, expected: rollouts of
    the predictor from the first points, and the mean dynamics of the world seen through the nearest orthogonal map,
    states in a list; empty without a predictor.
    ways: of planning with an arm, joint angles in radians along the first straight line and the first task, on the
    model and on the state, and the goal (`lejepa.reacher.planned`).
    """

    model_config = ConfigDict(extra="forbid")

    seed: int
    latents: list[list[float]]
    observations: list[list[float]]
    embeddings: list[list[float]]
    imagined: list[list[list[float]]] = []
    expected: list[list[list[float]]] = []
    ways: dict[str, list[list[float]]] = {}

    def fits(self, result: "Result") -> bool:
        """Whether it is of a seed of a result that has not diverged, each array of as many points of equal length."""
        arrays = self.latents, self.observations, self.embeddings
        known = dict(zip(result.seeds, result.metrics, strict=True))
        whole = all(len({len(row) for row in a} - {0}) == 1 and all(a) for a in arrays)
        return known.get(self.seed) is not None and whole and len({len(a) for a in arrays}) == 1


class Result(Evidence):
    """What an experiment wrote: measurements, and no verdict; `lejepa.training.verdict` judges them.

    metrics: one for each seed; None where all of a seed's encoders diverged.
    kept: which restart of each seed was kept, counted from 0.
    r2_xz: the explained variance of latents by observations, before any encoder, of each seed's mixing; None of frames,
        which have too many pixels to regress on.
    r2_hz_in_sample: R²(h→z) of each seed with the regression scored on the very pairs that it was fitted to, as the
        paper scores it; empty in results from before it was kept.
    cpu_seconds: the processor's time of the training's process, all threads; None in results from before it was kept.
    sample: what a scatter draws; None in evidence whose figures are no scatters.
    criterion: what was set when the training began, of the experiment and of the sweep that it is a point of; None in
        results from before it was kept. One that is set later says nothing of this result.
    """

    cost: Literal["dear"] = "dear"
    name: str
    configuration: Computation
    metrics: list[Metrics | None]
    kept: list[int]
    r2_xz: Values
    r2_hz_in_sample: Values = Field(default_factory=list)
    cpu_seconds: float | None = None
    curve: list[Point]
    trace: Trace
    sample: Sample | None = Field(None, repr=False)
    criterion: Criteria | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.configuration.training.seeds

    @property
    def untrained(self) -> list[Metrics | None]:
        """The measures of each seed's kept encoder before its first step."""
        restarts = self.configuration.training.restarts
        return [self.trace.untrained[s * restarts + r] for s, r in enumerate(self.kept)]

    @model_validator(mode="after")
    def whole(self) -> "Result":
        if not len(self.seeds) == len(self.metrics) == len(self.kept) == len(self.r2_xz):
            raise ValueError("expected metrics, kept and r2_xz of each seed")
        return self

    def amiss(self) -> str:
        """What of a file that was read can't be, as a clause: what draws it and judges it would fall over it."""
        restarts, count = self.configuration.training.restarts, len(self.seeds)
        gap: Values = [None] * count
        if not all(0 <= r < restarts for r in self.kept) or len(self.trace.untrained) != count * restarts:
            return "kept and trace.untrained are not of the restarts that there are"
        if not self.curve or not all(p.of(count) for p in self.curve):
            return "its curve has no points, or points without a value for each seed"
        if not all(m is None or m.possible() for m in self.metrics):
            return "its metrics have an R² above 1, or an error below 0"
        if not all(m is None or m.coherent() for m in self.metrics):
            return "its metrics do not follow from one another: one of them has been changed"
        if not all(map(agrees, self.metrics, self.curve[-1].r2, self.curve[-1].distance, self.curve[-1].bound or gap)):
            return "its metrics are not those at the end of its curve: one of them has been changed"
        if len(self.r2_hz_in_sample) not in (0, count):
            return "r2_hz_in_sample is not of each seed"
        if self.sample is not None and not self.sample.fits(self):
            return "its sample is not of points of a seed that has not diverged"
        return ""

    def of(self, experiment: Experiment) -> bool:
        """Whether it is the result of an experiment as configured now; its words and criterion do not matter."""
        return self.configuration.bits() == experiment.bits()


def write(path: Path, result: Result) -> None:
    record.write(path, result)


def read(path: Path) -> Result:
    found = record.read(path, Result)
    if says := found.amiss():
        raise UserError(f"{path}: expected the result of an experiment, but {says}")
    return found


def path_of(name: str, out: Path) -> Path:
    """The file of an experiment's result, in a folder of results or of evidence."""
    return out / FOLDER / f"{name}.json"


def read_all(folder: Path) -> list[Result]:
    """The result of every single experiment in a folder, by name. A file that is being written begins with a dot."""
    return [read_of(p.stem, folder) for p in sorted((folder / FOLDER).glob("[!.]*.json"))]


def read_of(name: str, out: Path) -> Result:
    """The result of an experiment in a folder; UserError where its file holds another's, which it would be taken
    for."""
    path = path_of(name, out)
    found = read(path)
    if found.name != name:
        raise UserError(f"{path}: expected the result of {name}, found that of {brief(found.name)}")
    return found


def told_instead(path: Path, experiment: Experiment) -> str:
    """What a file holds in place of the result of an experiment as configured now, in a sentence; empty where it holds
    that. UserError where there is no file, but a folder, say."""
    target_of(path)
    found = "an older one's"
    try:
        result = read(path)
    except Misfit:
        pass
    except UserError as e:
        return str(e)
    else:
        if result.name != experiment.name:
            found = f"that of {brief(result.name)}"
        elif result.of(experiment):
            return ""
    return f"{path}: expected the result of {experiment.name} as configured now, found {found}"


def sweep_path(name: str, out: Path) -> Path:
    """The file that says what a sweep is, beside the results of its points."""
    return out / FOLDER / name / f"{OWN}.json"


def read_sweeps(out: Path) -> list[tuple[Sweep, dict[str, Result]]]:
    """Every sweep in a folder, with the results of its points that are there and are of its configuration."""
    found = []
    for path in sorted((out / FOLDER).glob(f"*/{OWN}.json")):
        data = read_json(path)
        try:
            sweep = Sweep.model_validate(data, strict=False)
        except ValidationError as e:
            raise UserError(f"{path}: expected a sweep, but {sentence(e, data)}") from None
        found.append((sweep, read_points(sweep, out)[0]))
    return found


def read_points(sweep: Sweep, out: Path) -> tuple[dict[str, Result], list[str]]:
    """The results of a sweep's points by name, and the names of those whose result is of another configuration."""
    paths = {p.name: path_of(p.name, out) for p in sweep.points}
    found = {name: read_of(name, out) for name, path in paths.items() if path.exists()}
    done = {p.name: found[p.name] for p in sweep.points if p.name in found and found[p.name].of(p)}
    return done, [name for name in found if name not in done]


def figures_of(folders: Iterable[Path], name: str, names: Iterable[str]) -> list[Path]:
    """The figures of an experiment: files `name` and `name-*` that are not those of one with a longer name.

    Of one that is in several folders, the first; of one in both formats, the SVG.
    """
    longer = [n for n in names if n.startswith(f"{name}-")]
    found: dict[str, Path] = {}
    files = (f for folder in folders for suffix in (".svg", ".png") for f in sorted(folder.glob(f"{name}*{suffix}")))
    for file in files:
        of_this = file.stem == name or file.stem.startswith(f"{name}-")
        if of_this and not any(file.stem == n or file.stem.startswith(f"{n}-") for n in longer):
            found.setdefault(file.stem, file)
    return list(found.values())

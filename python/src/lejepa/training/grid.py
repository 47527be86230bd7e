"""A sweep: one YAML file that stands for many experiments.

It has the keys of an experiment, and `cases` (named changes), `grid` (dotted keys, each with its values) or both: an
experiment for each case and each combination of values. What the whole must show is its `peak`; `figures` and `claims`
say what is drawn of it and which figures of the paper stand beside ours.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from lejepa.errors import UserError, brief
from lejepa.training import config
from lejepa.training.columns import METRICS
from lejepa.training.config import ArmPlanning, Computation, Experiment, Peak, Section
from lejepa.training.extending import merged, read

MOST = 10_000  # points of a sweep
OWN = "sweep"  # the name of a sweep's own file, beside those of its points
OF_ARM = ("ways", "control")  # figures of planning with the arm
SAMPLED = ("scatter", "map", *OF_ARM)  # figures that draw a result's sample
KEYS = ("name", "title", "cause", "routine", "statements", "peak", "figures", "claims", "quotes")


class Figure(Section):
    """A figure of a sweep.

    kind: `line` (a metric against `x`, a line for each value of `by`), `heat` (a metric over `x` and `by`), `bound`
        (distance against its bound, all evaluations), `scatter` (latents, observations, embeddings of each point),
        `energy` (Hermite energy by degree during training), `map` (of one latent and one output: the embedding against
        the latent, beside the best white encoder), `ways` (of the arm: frames along a straight line and the joint
        angles of one task, of each point), `control` (an animation of that task).
    panel: a panel for each value of this axis.
    loss: draw `1 - y`, on a logarithmic scale.
    edges: values of a line's `x` at which theory expects a change, drawn as dashed lines.
    """

    kind: Literal["line", "heat", "bound", "scatter", "energy", "map", "ways", "control"]
    x: str | None = None
    y: str = "r2_hz"
    by: str | None = None
    panel: str | None = None
    loss: bool = False
    edges: tuple[float, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def whole(self) -> "Figure":
        if self.kind in ("line", "heat") and self.x is None:
            raise ValueError(f"expected x for a figure of kind {self.kind}")
        if self.kind == "heat" and self.by is None:
            raise ValueError("expected by for a figure of kind heat")
        if self.edges and self.kind != "line":
            raise ValueError(f"expected edges for a figure of kind line, and not for {self.kind}")
        return self


class Claim(Section):
    """A figure that the paper gives: `metric` at the points whose keys have the values of `where`."""

    says: str
    where: dict[str, str | int | float] = Field(default_factory=dict)
    metric: str = "r2_hz"
    paper: float


class Quote(Section):
    """A point whose measure stands in the overview of all experiments, and what it is called there."""

    says: str
    point: str
    metric: str = "r2_hz"


class Sweep(Section):
    """A sweep, its experiments made: each is named `sweep/point`. title: what it is, for the overview."""

    name: str = Field(pattern=rf"^{config.NAME}$")
    title: str = ""
    cause: str = ""
    routine: bool = False
    statements: tuple[str, ...] = Field(min_length=1, strict=False)
    axes: tuple[str, ...] = Field(strict=False)
    points: tuple[Experiment, ...] = Field(min_length=1, strict=False)
    peak: Peak | None = None
    figures: tuple[Figure, ...] = Field((), strict=False)
    claims: tuple[Claim, ...] = Field((), strict=False)
    quotes: tuple[Quote, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def named(self) -> "Sweep":
        """Every key, measure and statement that is named is one that there is, and every point has a file of its
        own."""
        if f"{self.name}/{OWN}" in [p.name for p in self.points]:
            raise ValueError(f"expected no point named {OWN}, whose file says what the sweep is; name it otherwise")
        keys = {"case", *(k for p in self.points for k in keys_of(p.model_dump()))}
        used = [(f, k) for f in self.figures for k in (f.x, f.by, f.panel) if k is not None]
        for key in [k for _, k in used] + [k for c in self.claims for k in c.where]:
            config.known(key, keys, "key of the points")
        if any(f.kind == "map" for f in self.figures) and any((p.world.dim, p.width) != (1, 1) for p in self.points):
            raise ValueError("expected points of one latent and an embedding of one dimension for a figure of kind map")
        arm = all(isinstance(p.planning, ArmPlanning) for p in self.points)
        if not arm and (of_arm := [f.kind for f in self.figures if f.kind in OF_ARM]):
            raise ValueError(f"expected points with planning of kind arm for a figure of kind {of_arm[0]}")
        for quote in self.quotes:
            config.known(f"{self.name}/{quote.point}", [p.name for p in self.points], "point")
        for metric in [c.metric for c in self.claims] + [q.metric for q in self.quotes] + [f.y for f in self.figures]:
            config.known(metric, METRICS, "measure")
        if self.peak is not None:
            config.known(self.peak.axis, keys, "key of the points")
            config.known(self.peak.metric, METRICS, "measure")
            config.known(self.peak.confirms, self.statements, "statement of this sweep")
            if all(look_up(p, self.peak.axis) != self.peak.at for p in self.points):
                raise ValueError(f"peak: no point has {self.peak.axis} = {self.peak.at:g}, where it should be")
            if any(len(p.training.seeds) < 2 for p in self.points):
                raise ValueError("peak: expected two seeds or more, whose spread is its error")
        for claim in self.claims:
            if not list(chosen(self, claim.where)):
                raise ValueError(f"claim {claim.says!r}: no point has {claim.where}")
        return self

    @property
    def many(self) -> bool:
        """Whether it stands for more than the one experiment of its name."""
        return [p.name for p in self.points] != [self.name]


def single(experiment: Experiment) -> Sweep:
    """A sweep of one experiment, which keeps its name."""
    e = experiment
    return Sweep(
        name=e.name, title=e.title, cause=e.cause, routine=e.routine, statements=e.statements, axes=(), points=(e,)
    )


def load(path: Path, registered: bool = True) -> Sweep:
    """Read the configuration of a sweep; that of a single experiment is a sweep of one point, of the same name.

    registered: refuse statements that the registry around it does not have. The audit, which does not, names them.
    """
    data = read(path)
    whole = {k: data.pop(k) for k in KEYS if k in data}
    cases = mapping(path, "cases", data.pop("cases", {"": {}}))
    grid = mapping(path, "grid", data.pop("grid", {}))
    for key, values in grid.items():
        if not isinstance(values, list) or not values:
            raise UserError(f"{path}: grid.{key}: expected a list of values, found {brief(values)}")
    count = len(cases) * prod(map(len, grid.values()))
    if count > MOST:
        raise UserError(f"{path}: expected at most {MOST} points, and grid and cases make {count} together")
    name = whole.get("name")
    points = []
    for case, changes in cases.items():
        for values in product(*grid.values()):
            labels = [label(v) for v in values]
            point = "-".join([*([case] if case else []), *labels])
            made = merged(data, mapping(path, f"cases.{case}", changes))
            for key, value in zip(grid, values, strict=True):
                made = merged(made, changes_of(key, value))
            made |= {k: whole[k] for k in ("title", "cause", "statements", "routine", "peak") if k in whole}
            made["name"] = f"{name}/{point}" if point else name
            points.append(config.validated(path, Experiment, made, f"point {point}: " if point else ""))
    names = [p.name for p in points]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise UserError(f"{path}: expected points of different names, got {twice[0]!r} again; name them by cases")
    sweep = config.validated(path, Sweep, whole | {"axes": tuple(grid), "points": tuple(points)})
    if registered:
        config.check_statements(path, sweep.statements)
    return sweep


def mapping(path: Path, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{path}: {key}: expected a mapping, found {brief(value)}")
    return value


def label(value: Any) -> str:
    """A value as a part of a point's name."""
    if isinstance(value, dict):
        return str(value.get("kind", "-".join(label(v) for v in value.values())))
    if isinstance(value, list):
        return "-".join(label(v) for v in value)
    return f"{value:g}".replace("+", "") if isinstance(value, float) else str(value).lower()


def changes_of(key: str, value: Any) -> dict[str, Any]:
    """What a value of an axis changes: a dotted key, or, where the axis has a name of its own, all that it lists."""
    if key.partition(".")[0] not in Experiment.model_fields and isinstance(value, dict):
        return value
    return nested(key, value)


def nested(key: str, value: Any) -> dict[str, Any]:
    """`a.b` and a value to `{"a": {"b": value}}`."""
    for part in reversed(key.split(".")):
        value = {part: value}
    made: dict[str, Any] = value
    return made


def keys_of(data: dict[str, Any], above: str = "") -> Iterator[str]:
    """The dotted keys of a mapping, of its sections and its lists too."""
    for key, value in data.items():
        yield above + key
        if isinstance(inside := parts(value), dict):
            yield from keys_of(inside, f"{above}{key}.")


def parts(value: Any) -> Any:
    """What a dotted key reaches within a value: a list by places, as `0`; else the value as it is."""
    return {str(i): v for i, v in enumerate(value)} if isinstance(value, tuple) else value


def look_up(computation: Computation, key: str, name: str = "") -> Any:
    """The value of a dotted key, such as `world.rhos.1`; the kind of a section that has one; None where it is absent.

    `case` is the name of the point below that of the sweep; name: the point's, where only its computation is at hand.
    """
    if key == "case":
        return (computation.name if isinstance(computation, Experiment) else name).partition("/")[2]
    value: Any = computation.model_dump()
    for part in key.split("."):
        inside = parts(value)
        if not isinstance(inside, dict) or part not in inside:
            return None
        value = inside[part]
    return value.get("kind") if isinstance(value, dict) else value


def chosen(sweep: Sweep, where: dict[str, Any]) -> Iterator[Experiment]:
    """The points whose keys have these values."""
    for point in sweep.points:
        if all(look_up(point, k) == v for k, v in where.items()):
            yield point

"""A sweep: one YAML file that stands for many experiments.

It has the keys of an experiment, and `cases` (named changes), `grid` (dotted keys, each with its values) or both: an
experiment for each case and each combination of values. What the whole must show is its `peak`; `figures` and `claims`
say what is drawn of it and which figures of the paper stand beside ours.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from lejepa.errors import UserError
from lejepa.training import config
from lejepa.training.config import Experiment, Section

KEYS = ("name", "routine", "statements", "peak", "figures", "claims")


class Peak(Section):
    """The mean of `metric` over seeds must be greatest where `axis` is `at`, whatever the other axes are."""

    axis: str
    at: float
    metric: str = "r2_hz"
    tolerance: float = Field(0.0, ge=0, description="by how much another value of the axis may be greater")


class Figure(Section):
    """A figure of a sweep.

    kind: `line` (a metric against `x`, a line for each value of `by`), `heat` (a metric over `x` and `by`), `bound`
        (distance against its bound, all evaluations), `scatter` (latents, observations, embeddings of each point),
        `energy` (Hermite energy by degree during training).
    panel: a panel for each value of this axis.
    loss: draw `1 - y`, on a logarithmic scale.
    """

    kind: Literal["line", "heat", "bound", "scatter", "energy"]
    x: str | None = None
    y: str = "r2_hz"
    by: str | None = None
    panel: str | None = None
    loss: bool = False

    @model_validator(mode="after")
    def whole(self) -> "Figure":
        if self.kind in ("line", "heat") and self.x is None:
            raise ValueError(f"expected x for a figure of kind {self.kind}")
        if self.kind == "heat" and self.by is None:
            raise ValueError("expected by for a figure of kind heat")
        return self


class Claim(Section):
    """A figure that the paper gives: `metric` at the points whose keys have the values of `where`."""

    says: str
    where: dict[str, str | int | float] = Field(default_factory=dict)
    metric: str = "r2_hz"
    paper: float


class Sweep(Section):
    """A sweep, its experiments made: each is named `sweep/point`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    routine: bool = False
    statements: tuple[str, ...] = Field(min_length=1, strict=False)
    axes: tuple[str, ...] = Field(strict=False)
    points: tuple[Experiment, ...] = Field(min_length=1, strict=False)
    peak: Peak | None = None
    figures: tuple[Figure, ...] = Field((), strict=False)
    claims: tuple[Claim, ...] = Field((), strict=False)

    @property
    def many(self) -> bool:
        """Whether it stands for more than the one experiment of its name."""
        return [p.name for p in self.points] != [self.name]


def is_sweep(data: dict[str, Any]) -> bool:
    return "cases" in data or "grid" in data


def load(path: Path) -> Sweep:
    """Read the configuration of a sweep; that of a single experiment is a sweep of one point, of the same name."""
    data = config.read_yaml(path)
    whole = {k: data.pop(k) for k in KEYS if k in data}
    cases = mapping(path, "cases", data.pop("cases", {"": {}}))
    grid = mapping(path, "grid", data.pop("grid", {}))
    for key, values in grid.items():
        if not isinstance(values, list) or not values:
            raise UserError(f"{path}: grid.{key}: expected a list of values, found {values!r}")
    name = whole.get("name")
    points = []
    for case, changes in cases.items():
        for values in product(*grid.values()):
            labels = [label(v) for v in values]
            point = "-".join([*([case] if case else []), *labels])
            made = merged(data, mapping(path, f"cases.{case}", changes))
            for key, value in zip(grid, values, strict=True):
                made = merged(made, changes_of(key, value))
            made |= {"name": f"{name}/{point}" if point else name, "statements": whole.get("statements", [])}
            points.append(config.validated(path, Experiment, made, f"point {point}: "))
    names = [p.name for p in points]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise UserError(f"{path}: expected points of different names, got {twice[0]!r} again; name them by cases")
    return config.validated(path, Sweep, whole | {"axes": tuple(grid), "points": tuple(points)})


def mapping(path: Path, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{path}: {key}: expected a mapping, found {value!r}")
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


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with changes, section by section; a section of another kind takes the place of the old one."""
    made = dict(base)
    for key, value in changes.items():
        old = made.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and value.get("kind", old.get("kind")) == old.get("kind"):
            made[key] = merged(old, value)
        else:
            made[key] = value
    return made


def look_up(experiment: Experiment, key: str) -> Any:
    """The value of a dotted key in an experiment; the kind of a section that has one; None where it is absent.

    `case` is what the point's name begins with.
    """
    if key == "case":
        return experiment.name.partition("/")[2]
    value: Any = experiment.model_dump()
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value.get("kind") if isinstance(value, dict) else value


def chosen(sweep: Sweep, where: dict[str, Any]) -> Iterator[Experiment]:
    """The points whose keys have these values."""
    for point in sweep.points:
        if all(look_up(point, k) == v for k, v in where.items()):
            yield point

"""Experiments as evidence: when their results still stand (`lejepa.evidence.kinds`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lejepa.training import grid
from lejepa.training.config import Experiment
from lejepa.training.results import Result

Record = Result
CONFIGURATIONS = Path("python") / "configs"


@cache
def points(root: Path) -> Mapping[str, Experiment]:
    """Every experiment that is configured, those of sweeps too, by name."""
    return {p.name: p for path in sorted((root / CONFIGURATIONS).glob("*.yaml")) for p in grid.load(path).points}


def changed(root: Path, name: str, record: Result) -> list[str]:
    """What of a result's configuration is not today's."""
    if record.name != name:
        return [f"it is the result of {record.name}"]
    experiment = points(root).get(name)
    if experiment is None:
        return [f"no configuration in {CONFIGURATIONS} makes it"]
    then, now = flat(record.configuration.bits()), flat(experiment.bits())
    return [
        f"{key} is {now.get(key)!r} now, and was {then.get(key)!r}"
        for key in sorted(then.keys() | now.keys())
        if then.get(key) != now.get(key)
    ]


def tables(root: Path) -> dict[str, list[str]]:
    """The table of all experiments that have evidence."""
    from lejepa.training import report

    return {"overview": report.overview(root)}


def flat(value: object, above: str = "") -> dict[str, object]:
    """The values of nested mappings by dotted keys."""
    if not isinstance(value, dict):
        return {above.rstrip("."): value}
    return {k: v for key, inner in value.items() for k, v in flat(inner, f"{above}{key}.").items()}


def replay(root: Path, name: str, record: Result) -> list[str]:
    """What today's code does not reproduce of a result's first steps."""
    from lejepa.training import trace

    return trace.replay(record)

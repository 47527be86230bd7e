"""Experiments as evidence: when their results still stand (`lejepa.evidence.kinds`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.training import grid, results
from lejepa.training.columns import METRICS
from lejepa.training.config import Experiment
from lejepa.training.grid import SAMPLED
from lejepa.training.results import Result

Record = Result
CONFIGURATIONS = Path("python") / "configs"


@cache
def points(root: Path) -> Mapping[str, Experiment]:
    """Every experiment that is configured, those of sweeps too, by name."""
    return {p.name: p for path in sorted((root / CONFIGURATIONS).glob("*.yaml")) for p in grid.load(path).points}


def changed(root: Path, name: str, result: Result) -> list[str]:
    """What of a result's configuration is not today's."""
    if result.name != name:
        return [f"it is the result of {result.name}"]
    experiment = points(root).get(name)
    if experiment is None:
        return [f"no configuration in {CONFIGURATIONS} makes it"]
    then, now = flat(result.configuration.bits()), flat(experiment.bits())
    return [
        f"{key} is {now.get(key)!r} now, and was {then.get(key)!r}"
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    ]


def adopt(root: Path, out: Path) -> list[Path]:
    """Copy results of today's configurations from a folder of results to `evidence/`; the files written.

    Samples go along where a figure draws them. A result whose first steps today's code does not reproduce is refused,
    and nothing is copied then.
    """
    found = {}
    for path in sorted((root / CONFIGURATIONS).glob("*.yaml")):
        sweep = grid.load(path)
        drawn = not sweep.many or any(f.kind in SAMPLED for f in sweep.figures)
        for name, result in results.read_points(sweep, out)[0].items():
            target = results.path_of(name, root / record.FOLDER)
            kept = result if drawn else result.model_copy(update={"sample": None})
            if target.exists() and results.read(target) == kept:
                continue
            if differs := replay(root, name, kept):
                raise UserError(f"{results.path_of(name, out)}: expected the result of today's code, but {differs[0]}")
            found[target] = kept
    for target, kept in found.items():
        results.write(target, kept)
    return list(found)


# Of a rerun on another machine: its first steps are those of the trace; over a whole training rounding grows to other
# digits, not to another optimum. What is left to recover may then differ by half, which was set before any rerun.
FACTOR = 1.5


def disagreements(evidence: Result, rerun: Result) -> list[str]:
    """Where a rerun on this machine does not bear out the evidence, a phrase each."""
    from lejepa.training import trace

    found = trace.differences_of(evidence.trace, rerun.trace, evidence.configuration)
    for seed, then, now in zip(evidence.seeds, evidence.metrics, rerun.metrics, strict=True):
        if then is None or now is None:
            found += [] if then is now else [f"seed {seed} diverged in one of the two"]
            continue
        for metric in ("r2_hz", "r2_zh"):
            a, b = 1 - getattr(then, metric), 1 - getattr(now, metric)
            if not a / FACTOR <= b <= a * FACTOR:
                found.append(f"seed {seed}: {METRICS[metric]} is {1 - b:.4f}, and was {1 - a:.4f}")
    return found


def tables(root: Path) -> dict[str, list[str]]:
    """The table of the paper's figures and ours."""
    from lejepa.training import paper, report

    return {"paper": paper.beside(report.of_evidence(root))}


def flat(value: object, above: str = "") -> dict[str, object]:
    """The values of nested mappings by dotted keys."""
    if not isinstance(value, dict):
        return {above.rstrip("."): value}
    return {k: v for key, inner in value.items() for k, v in flat(inner, f"{above}{key}.").items()}


def replay(root: Path, name: str, result: Result) -> list[str]:
    """What today's code does not reproduce of a result's first steps."""
    from lejepa.training import trace

    return trace.replay(result)

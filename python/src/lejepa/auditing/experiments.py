"""What the audit knows of an experiment, or of a sweep of many: its configuration, results and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lejepa.training import config, grid, results, verdict
from lejepa.training.config import Experiment
from lejepa.training.grid import Sweep
from lejepa.training.results import Result

State = Literal["confirmed", "not confirmed", "not run here", "run in part", "stale"]
CONFIGURATIONS = Path("python") / "configs"


@dataclass(frozen=True)
class Trained:
    """An experiment with its results.

    path: its configuration, relative to the root. points: what it trains, one experiment or those of a sweep.
    done: the results that are there and are of this configuration, by name. figures: their files.
    """

    name: str
    path: str
    text: str
    statements: tuple[str, ...]
    points: tuple[Experiment, ...]
    done: dict[str, Result]
    figures: list[Path]
    state: State
    faults: list[str]

    @property
    def summary(self) -> str:
        """How much was run and measured, in a phrase."""
        if not self.done:
            return self.state
        least = min(min(m["r2_hz"], m["r2_zh"]) for r in self.done.values() for m in r.metrics)
        seeds = sum(len(r.metrics) for r in self.done.values())
        some = "" if len(self.points) == 1 else f"{len(self.done)} of {len(self.points)} points, "
        return f"{self.state}: {some}{seeds} seed{'s' if seeds > 1 else ''}, least R² {least:.4f}"

    def as_json(self) -> dict[str, Any]:
        return {
            "experiment": self.name,
            "configuration": self.path,
            "state": self.state,
            "figures": [f"figures/{f.name}" for f in self.figures],
            "points": [
                {
                    "name": p.name,
                    "criterion": p.criterion.model_dump(exclude_none=True),
                    "seeds": list(p.training.seeds),
                    "metrics": done.metrics if (done := self.done.get(p.name)) else None,
                    "confirmed": done.confirmed if done else None,
                    "versions": done.versions if done else None,
                    "device": done.device if done else None,
                    "finished": done.finished if done else None,
                }
                for p in self.points
            ],
        }


def load(root: Path, out: Path) -> dict[str, Trained]:
    """Every experiment that has a configuration, by name."""
    sweeps = {path: sweep_of(path) for path in sorted((root / CONFIGURATIONS).rglob("*.yaml"))}
    names = [s.name for s in sweeps.values()]
    return {s.name: join(root, out, path, s, figures_of(out, s.name, names)) for path, s in sweeps.items()}


def sweep_of(path: Path) -> Sweep:
    """A configuration; one of a single experiment as a sweep of one point, which keeps its name."""
    if grid.is_sweep(config.read_yaml(path)):
        return grid.load(path)
    e = config.load(path)
    return Sweep.model_construct(
        name=e.name, routine=e.routine, statements=e.statements, axes=(), points=(e,), peak=None
    )


def figures_of(out: Path, name: str, names: Iterable[str]) -> list[Path]:
    """The figures of an experiment: `name.png`, and `name-*.png` that are not those of one with a longer name."""
    longer = [n for n in names if n.startswith(f"{name}-")]
    found = sorted((out / "figures").glob(f"{name}*.png"))
    return [
        f
        for f in found
        if (f.stem == name or f.stem.startswith(f"{name}-"))
        and not any(f.stem == n or f.stem.startswith(f"{n}-") for n in longer)
    ]


def join(root: Path, out: Path, path: Path, sweep: Sweep, figures: list[Path]) -> Trained:
    """An experiment with its results, and what is wrong with them."""
    where, name, points = str(path.relative_to(root)), sweep.name, sweep.points
    files = {p.name: out / "experiments" / f"{p.name}.json" for p in points}
    found = {n: results.read(f) for n, f in files.items() if f.exists()}
    done = {p.name: found[p.name] for p in points if p.name in found and found[p.name].configuration == p}
    command = f"lejepa {'sweep' if sweep.axes or len(points) > 1 else 'train'} {where}"
    faults: list[str] = []
    state: State = "confirmed"
    if not found:
        state = "not run here"
        if sweep.routine:
            faults.append(f"its experiment {name} has no result; `{command}` makes it")
    elif len(done) < len(found):
        state = "stale"
        faults.append(
            f"the result of its experiment {name} is stale: its configuration has changed; `{command}` renews it"
        )
    elif wrong := verdict.failures(sweep, done):
        state = "not confirmed"
        faults += [f"its experiment {name} does not meet its criterion: {w}" for w in wrong]
    elif len(done) < len(points):
        state = "run in part"
    if done and not figures:
        faults.append(f"its experiment {name} has no figure; `lejepa figures` draws it")
    return Trained(
        name, where, path.read_text(encoding="utf-8"), sweep.statements, points, done, figures, state, faults
    )

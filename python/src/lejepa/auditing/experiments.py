"""What the audit knows of an experiment, or of a sweep of many: its configuration, results and figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lejepa.training import config, grid, results, verdict
from lejepa.training.grid import Sweep
from lejepa.training.results import Result

State = Literal["confirmed", "not confirmed", "not run here", "run in part", "stale"]
CONFIGURATIONS = Path("python") / "configs"
REACHER = "reacher"  # its folder, of configurations and of results


@dataclass(frozen=True)
class Run:
    """A result: whether each part of its criterion was met, its measured figures, and what made it.

    headline: the figure that the overview shows. rows: what was measured, a row a seed or the like, by heading.
    """

    name: str
    met: dict[str, bool]
    headline: str
    rows: list[dict[str, str]]
    device: str
    versions: dict[str, str]
    finished: str


@dataclass(frozen=True)
class Configured:
    """A configuration as the audit needs it, and what of it has run.

    points: how many results it would have. stale: whether some result is of another configuration. wrong: what the
    results do not meet. command: what makes the results.
    """

    path: Path
    name: str
    routine: bool
    statements: tuple[str, ...]
    criterion: dict[str, Any]
    seeds: list[int]
    points: int
    runs: list[Run]
    stale: bool
    wrong: list[str]
    command: str


@dataclass(frozen=True)
class Trained:
    """An experiment with its results; `figures` are their files, `faults` what is wrong with it."""

    configured: Configured
    path: str
    text: str
    state: State
    figures: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.configured.name

    @property
    def statements(self) -> tuple[str, ...]:
        return self.configured.statements

    @property
    def runs(self) -> list[Run]:
        return self.configured.runs

    @property
    def state_rank(self) -> int:
        """Those that were run come first."""
        return int(not self.runs)

    @property
    def summary(self) -> str:
        """How much was run and what was measured, in a phrase."""
        if not self.runs:
            return self.state
        points = self.configured.points
        some = "" if points == 1 else f"{len(self.runs)} of {points} points, "
        met = [m for r in self.runs for m in r.met.values()]
        return f"{self.state}: {some}criterion met {sum(met)} of {len(met)} times, {self.headline}"

    @property
    def headline(self) -> str:
        """The figure of the run that has the least."""
        return min(r.headline for r in self.runs)

    def as_json(self) -> dict[str, Any]:
        return {
            "experiment": self.name,
            "configuration": self.path,
            "criterion": self.configured.criterion,
            "seeds": self.configured.seeds,
            "state": self.state,
            "figures": [f"figures/{f.name}" for f in self.figures],
            "runs": [vars(r) for r in self.runs],
        }


def load(root: Path, out: Path | None) -> dict[str, Trained]:
    """Every experiment that has a configuration, by name; without a folder of results, none is missing."""
    folder = root / CONFIGURATIONS
    found = [training(root, path, out) for path in sorted(folder.glob("*.yaml"))]
    found += [reacher(root, path, out) for path in sorted((folder / REACHER).glob("*.yaml"))]
    names = [c.name for c in found]
    return {c.name: join(root, out, c, names) for c in found}


def training(root: Path, path: Path, out: Path | None) -> Configured:
    """An experiment or a sweep of `lejepa.training`."""
    sweep = sweep_of(path)
    done, stale = results_of(sweep, out) if out else ({}, False)
    command = "sweep" if grid.is_sweep(config.read_yaml(path)) else "train"
    return Configured(
        path=path,
        name=sweep.name,
        routine=sweep.routine,
        statements=sweep.statements,
        criterion=sweep.points[0].criterion.model_dump(exclude_none=True),
        seeds=list(sweep.points[0].training.seeds),
        points=len(sweep.points),
        runs=[training_run(name, r) for name, r in done.items()],
        stale=stale,
        wrong=verdict.failures(sweep, done),
        command=f"lejepa {command} {path.relative_to(root)}",
    )


def sweep_of(path: Path) -> Sweep:
    """A configuration; one of a single experiment as a sweep of one point, which keeps its name."""
    if grid.is_sweep(config.read_yaml(path)):
        return grid.load(path)
    e = config.load(path)
    return Sweep.model_construct(
        name=e.name, routine=e.routine, statements=e.statements, axes=(), points=(e,), peak=None
    )


def results_of(sweep: Sweep, out: Path) -> tuple[dict[str, Result], bool]:
    """The results of a sweep's points, by name, and whether some are of another configuration."""
    files = {p.name: out / "experiments" / f"{p.name}.json" for p in sweep.points}
    found = {name: results.read(file) for name, file in files.items() if file.exists()}
    done = {p.name: found[p.name] for p in sweep.points if p.name in found and found[p.name].configuration == p}
    return done, len(done) < len(found)


def training_run(name: str, r: Result) -> Run:
    seeds = r.configuration.training.seeds
    rows = [
        {"point": name, "seed": str(seed), "criterion": "met" if met else "NOT met"}
        | {heading: f"{m[key]:.4f}" for key, heading in COLUMNS.items()}
        for seed, met, m in zip(seeds, r.confirmed, r.metrics, strict=True)
    ]
    least = min(min(m["r2_hz"], m["r2_zh"]) for m in r.metrics)
    met = {f"seed {seed}": c for seed, c in zip(seeds, r.confirmed, strict=True)}
    return Run(name, met, f"least R² {least:.4f}", rows, r.device, r.versions, r.finished)


COLUMNS = {"r2_hz": "R²(h→z)", "r2_zh": "R²(z→h)", "distance": "distance", "bound": "bound"}


def reacher(root: Path, path: Path, out: Path | None) -> Configured:
    """An experiment of `lejepa.reacher`."""
    from lejepa.reacher import config as reacher_config
    from lejepa.reacher import results as reacher_results

    e = reacher_config.load(path)
    file = reacher_results.result_path(e.name, out) if out else None
    result = reacher_results.read(file) if file and file.exists() else None
    fresh = result if result and result.configuration == e else None
    runs = []
    if fresh:
        rows = [
            {"data": r.data, "objective": r.objective, "seed": str(r.seed), "least R²": f"{r.r2:.4f}"}
            for r in fresh.recovered
        ]
        least = min(r.r2 for r in fresh.recovered if r.data == "ou")
        headline = f"least R² {least:.4f}"
        runs = [Run(e.name, fresh.confirmed, headline, rows, fresh.device, fresh.versions, fresh.finished)]
    return Configured(
        path=path,
        name=e.name,
        routine=e.routine,
        statements=e.statements,
        criterion=e.criterion.model_dump(exclude_none=True),
        seeds=list(getattr(e.training, "seeds", ())),
        points=1,
        runs=runs,
        stale=result is not None and fresh is None,
        wrong=[f"{part} is not met" for run in runs for part, met in run.met.items() if not met],
        command=f"lejepa reacher run {path.relative_to(root)}",
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


def join(root: Path, out: Path | None, c: Configured, names: list[str]) -> Trained:
    """An experiment with its figures, and what is wrong with it; `names` are those of all experiments."""
    where, text = str(c.path.relative_to(root)), c.path.read_text(encoding="utf-8")
    if out is None:
        return Trained(c, where, text, "not run here")
    figures = figures_of(out, c.name, names)
    faults: list[str] = []
    state: State = "confirmed"
    if c.stale:
        state = "stale"
        changed = "its configuration has changed"
        faults.append(f"the result of its experiment {c.name} is stale: {changed}; `{c.command}` renews it")
    elif not c.runs:
        state = "not run here"
        if c.routine:
            faults.append(f"its experiment {c.name} has no result; `{c.command}` makes it")
    elif c.wrong:
        state = "not confirmed"
        faults += [f"its experiment {c.name} does not meet its criterion: {w}" for w in c.wrong]
    elif len(c.runs) < c.points:
        state = "run in part"
    if c.runs and not figures:
        faults.append(f"its experiment {c.name} has no figure; `lejepa figures` draws it")
    return Trained(c, where, text, state, figures, faults)

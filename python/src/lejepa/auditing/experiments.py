"""What the audit knows of an experiment, or of a sweep of many: its configuration, results and figures."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.training import grid, results, tables, verdict
from lejepa.training.columns import METRICS
from lejepa.training.evidence import disagreements
from lejepa.training.grid import Sweep
from lejepa.training.results import Result
from lejepa.training.verdict import Outcome, Word

State = Literal["confirmed", "measured", "not confirmed", "no evidence", "run in part", "stale"]
CONFIGURATIONS = Path("python") / "configs"


@dataclass(frozen=True)
class Run:
    """A result: the word that its criteria earn it, its measured figures, and what made it.

    judged: what became of each criterion, in words. headline: the figure that the overview shows. rows: what was
    measured, a row a seed or the like, by heading.
    """

    name: str
    word: Word
    judged: list[str]
    headline: str
    rows: list[dict[str, str]]
    device: str
    versions: dict[str, str]
    finished: str


@dataclass(frozen=True)
class Configured:
    """A configuration as the audit needs it, and what of it has run.

    criterion: what it must show, in words. points: how many results it would have. words: `confirmed`, `measured` or
    `not confirmed` for each statement, of the results that there are. stale: the results of another configuration.
    wrong: what the results do not meet. cause: why that is so, where it is known. rerun: where results made here do not
    bear out the evidence. command: what makes the results.
    """

    path: Path
    name: str
    routine: bool
    statements: tuple[str, ...]
    criterion: list[str]
    seeds: list[int]
    points: int
    runs: list[Run]
    words: dict[str, Word]
    stale: list[str]
    wrong: list[str]
    cause: str
    rerun: list[str]
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

    def bearing_on(self, statement: str) -> "Trained":
        """The same, in the state that it gives one statement: a criterion of another does not confirm this one."""
        whole = self.state in ("confirmed", "measured", "not confirmed")
        word = self.configured.words.get(statement)
        return replace(self, state=word) if whole and word else self

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
        return f"{self.state}: {some}{self.headline}"

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
            "words": self.configured.words,
            "figures": [f"figures/{f.name}" for f in self.figures],
            "runs": [vars(r) for r in self.runs],
        }


def load(root: Path, out: Path | None) -> dict[str, Trained]:
    """Every experiment that has a configuration, by name, with its evidence; without a folder of results, none is read.

    Results count where they are committed as evidence; `out` holds figures, and results that are compared with it.
    """
    folder, evidence = root / CONFIGURATIONS, root / record.FOLDER if out else None
    found = [training(root, path, evidence, out) for path in sorted(folder.glob("*.yaml"))]
    names = [c.name for c in found]
    return {c.name: join(root, out, c, names) for c in found}


def training(root: Path, path: Path, evidence: Path | None, out: Path | None = None) -> Configured:
    """An experiment or a sweep."""
    sweep = grid.load(path, registered=False)
    done, stale = results.read_points(sweep, evidence) if evidence else ({}, [])
    return Configured(
        path=path,
        name=sweep.name,
        routine=sweep.routine,
        statements=sweep.statements,
        criterion=[f"{confirms}: {claim}" for confirms, claim in verdict.criteria(sweep)],
        seeds=sorted({s for p in sweep.points for s in p.training.seeds}),
        points=len(sweep.points),
        runs=[training_run(name, r, verdict.judged(sweep, done)) for name, r in done.items()],
        words=verdict.words(sweep, done) if done else {},
        stale=stale,
        wrong=verdict.failures(sweep, done),
        cause=sweep.cause,
        rerun=reruns(sweep, done, out) if out else [],
        command=f"lejepa {'sweep' if sweep.many else 'train'} {path.relative_to(root)}",
    )


def reruns(sweep: Sweep, done: dict[str, Result], out: Path) -> list[str]:
    """Where results that were made here do not bear out the evidence, a phrase each."""
    try:
        here, _ = results.read_points(sweep, out)
    except UserError as e:  # of an older version, say
        return [str(e)]
    return [f"{name}: {what}" for name, r in here.items() if name in done for what in disagreements(done[name], r)]


def training_run(name: str, r: Result, judged: list[Outcome]) -> Run:
    own = [o for o in judged if o.point == name]
    keys = [*SHOWN, *(tables.OF_PREDICTORS if r.configuration.predictor is not None else ())]
    keys += tables.of_planning([r.configuration])
    rows = [
        {"point": name, "seed": str(seed)} | {METRICS[key]: tables.of_seed(r, m, key) for key in keys}
        for seed, m in zip(r.seeds, r.metrics, strict=True)
    ]
    least = min((m.r2 for m in r.metrics if m is not None), default=None)
    headline = "every seed diverged" if least is None else f"least R² {least:.4f}"
    judgements = [f"{o.state}: {o.sentence}" for o in own]
    return Run(name, verdict.word(own), judgements, headline, rows, r.device, r.versions, r.made.isoformat())


SHOWN = ("r2_hz", "r2_zh", "distance", "bound")


def join(root: Path, out: Path | None, c: Configured, names: list[str]) -> Trained:
    """An experiment with its figures, and what is wrong with it; `names` are those of all experiments."""
    where, text = str(c.path.relative_to(root)), c.path.read_text(encoding="utf-8")
    if out is None:
        return Trained(c, where, text, "no evidence")
    figures = results.figures_of((root / "docs" / "figures", out / "figures"), c.name, names)
    faults: list[str] = []
    state: State = overall(c.words)
    if c.stale:
        state = "stale"
        changed = f"the configuration of {', '.join(c.stale)} has changed"
        faults.append(f"the evidence of its experiment {c.name} is stale: {changed}; `{c.command}` renews it")
    elif not c.runs:
        state = "no evidence"
        if c.routine:
            faults.append(f"its experiment {c.name} has no evidence; `{c.command} --out evidence` makes it")
    elif c.wrong:
        state = "not confirmed"
        if not c.cause:
            faults += [f"its experiment {c.name} does not meet its criterion: {w}" for w in c.wrong]
    elif len(c.runs) < c.points:
        state = "run in part"
        if c.routine:
            faults.append(f"its experiment {c.name} has evidence of {len(c.runs)} of {c.points} points only")
    if c.cause and c.runs and not c.wrong and not c.stale:
        faults.append(f"its experiment {c.name} names a cause of failure, and meets its criteria")
    faults += [f"its experiment {c.name}, made again here, does not bear out its evidence: {w}" for w in c.rerun]
    if c.runs and not figures:
        faults.append(f"its experiment {c.name} has no figure; `lejepa report` draws it")
    return Trained(c, where, text, state, figures, faults)


def overall(words: dict[str, Word]) -> Word:
    """The word for an experiment as a whole: `confirmed` where some statement is, and the rest is measured."""
    found = set(words.values())
    return "not confirmed" if "not confirmed" in found else "confirmed" if "confirmed" in found else "measured"

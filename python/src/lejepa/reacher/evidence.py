"""Reacher experiments as evidence: when their results still stand (`lejepa.evidence.kinds`), and the tables of docs."""

from pathlib import Path

from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.reacher import config, verdict
from lejepa.reacher.report import certified
from lejepa.reacher.results import Mean, Result, read, read_all, result_path, write
from lejepa.training.evidence import CONFIGURATIONS, flat

Record = Result


def changed(root: Path, name: str, result: Result) -> list[str]:
    """What of a result's configuration is not today's."""
    if result.name != name:
        return [f"it is the result of {result.name}"]
    path = root / CONFIGURATIONS / "reacher" / f"{name}.yaml"
    if not path.exists():
        return [f"no configuration in {CONFIGURATIONS / 'reacher'} makes it"]
    then, now = flat(result.configuration.bits()), flat(config.load(path).bits())
    keys = sorted({*then, *now})
    return [f"{k} is {now.get(k)!r} now, and was {then.get(k)!r}" for k in keys if then.get(k) != now.get(k)]


def replay(root: Path, name: str, result: Result) -> list[str]:
    """What today's code does not reproduce of a miniature of the experiment."""
    from lejepa.reacher import replay

    return replay.replay(result)


def adopt(root: Path, out: Path) -> list[Path]:
    """Copy results of today's configurations from a folder of results to `evidence/`; the files written.

    One that today's code does not reproduce is refused, and nothing is copied then.
    """
    found = {}
    for path in sorted((root / CONFIGURATIONS / "reacher").glob("*.yaml")):
        c = config.load(path)
        source, target = (result_path(c.name, folder) for folder in (out, root / record.FOLDER))
        if not source.exists() or not (result := read(source)).of(c) or (target.exists() and read(target) == result):
            continue
        if differs := replay(root, c.name, result):
            raise UserError(f"{source}: expected the result of today's code, but {differs[0]}")
        found[target] = result
    for target, result in found.items():
        write(target, result)
    return list(found)


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def tables(root: Path) -> dict[str, list[str]]:
    """Recovery and planning of each result."""
    made: dict[str, list[str]] = {}
    for r in read_all(root / record.FOLDER):
        made |= {f"{r.name}-recovery": recovery(r), f"{r.name}-planning": planning(r)}
    return made


def overview(root: Path) -> list[str]:
    """A row for each configured experiment that has evidence."""
    lines = []
    for path in sorted((root / CONFIGURATIONS / "reacher").glob("*.yaml")):
        c = config.load(path)
        file = result_path(c.name, root / record.FOLDER)
        if file.exists() and (result := read(file)).of(c):
            seeds = len(c.training.seeds)
            first = [r for r in result.recovered if r.seed == c.training.seeds[0]]
            cells = [
                f"{name}: " + ", ".join(f"{r.objective} {r.gaussian['r2_hz']:.3f}" for r in first if r.data == data)
                for data, name in (("ou", "from Ornstein–Uhlenbeck pairs"), ("trajectories", "from trajectories"))
            ]
            of = f" of {seeds}" if seeds > 1 else ""
            measured = f"R²(h→z), seed {c.training.seeds[0]}{of}. {'; '.join(cells)}"
            words = ", ".join(f"`{s}` {w}" for s, w in verdict.words(c, result).items())
            lines.append(row(f"`{c.name}`", c.title, measured, words))
    return lines


def recovery(result: Result) -> list[str]:
    """What each encoder recovers: R², distance and bound on Gaussian pairs, the rest on pairs of its own law."""
    lines = [
        row("data", "objective", "seed", "R²(z→h)", "R²(h→z)", "distance", "bound", "ε", "δ", "D", "certificate"),
        row(*["---"] * 11),
    ]
    for r in result.recovered:
        ou = r.data == "ou"
        gaussian = [f"{r.gaussian[k]:.3f}" for k in ("r2_zh", "r2_hz", "distance")]
        bound = f"{r.gaussian['bound']:.2f}" if ou else "not applicable"
        own = [f"{r.own[k]:.3f}" if ou or k != "excess" else "not applicable" for k in ("epsilon", "delta", "excess")]
        lines.append(row(r.data, r.objective, str(r.seed), *gaussian, bound, *own, certified(r)))
    return lines


def planning(result: Result) -> list[str]:
    """Straight lines and control, mean ± standard error, shares with 95 % intervals."""
    lines = [
        row("planned on", "objective", "off straight, rad", "length", "hard", "easy", "cost", "cost / true state's"),
        row(*["---"] * 8),
    ]
    straight = {(x.space, x.objective): x for x in result.lines}
    for c in result.controlled:
        x = straight[c.space, c.objective]
        shares = (f"{p:.2f} [{low:.2f}, {high:.2f}]" for p, low, high in (c.success[k] for k in ("hard", "easy")))
        space = "true joints" if c.space == "joints" else c.space
        lines.append(
            row(
                space, c.objective, text(x.deviation, 3), text(x.length, 2), *shares, text(c.cost, 1), text(c.regret, 2)
            )
        )
    return lines


def text(m: Mean, digits: int) -> str:
    return f"{m.mean:.{digits}f} ± {m.error:.{digits}f}"

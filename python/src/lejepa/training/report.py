"""The page of all experiments: what each was for, what it measured, what the paper says; from result files alone."""

import os
from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import read_json, void, write_atomically
from lejepa.training import plots, results, tables, verdict
from lejepa.training.grid import Sweep, chosen
from lejepa.training.results import Result

HEAD = """# Experiments

Made by `lejepa report` from result files; not edited by hand. Figures over seeds are mean ± standard deviation.
`python/configs/<name>.yaml` is each experiment's configuration, those that end in `-quick` at a size that a CPU
trains in minutes, the others as the paper has them. The theorem's bound is `distance ≤ D + (ε + D)²`. Pairs are
`(z, z')` as in the theorem; the paper's code pairs two successors of one latent, whose correlation is `ρ²`.
"""


def write(out: Path, path: Path, figures: Path) -> Path:
    """Write the page of the results in `out`, which shows those figures in the folder `figures` that are of a sweep."""
    sweeps = [(s, done) for s, done in results.read_sweeps(out) if done]
    singles = results.read_all(out)
    if not sweeps and not singles:
        raise UserError(f"{out}: expected results of experiments in its folder experiments, found none")
    parts = [HEAD, *claims(sweeps)]
    for sweep, done in sweeps:
        parts += section(sweep, done, path, figures)
    if singles:
        parts += ["## Single experiments\n", *point_table({r.configuration.name: r for r in singles})]
    text = "\n".join([*parts, *benchmark(out / "benchmarks" / "train.json")])
    write_atomically(path, lambda p: void(p.write_text(text, encoding="utf-8")))
    return path


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def claims(sweeps: list[tuple[Sweep, dict[str, Result]]]) -> list[str]:
    """The table of the paper's figures and ours."""
    lines = []
    for sweep, done in sweeps:
        for claim in sweep.claims:
            found = [done[p.name] for p in chosen(sweep, claim.where) if p.name in done]
            if found:
                ours = tables.spread([m[claim.metric] for r in found for m in r.metrics], digits=6)
                steps = found[0].configuration.training.steps
                lines.append(row(f"`{sweep.name}`", claim.says, f"{claim.paper:.6f}", ours, str(steps)))
    if not lines:
        return []
    heading = ["## Beside the paper's figures\n", "The paper trains 20000 steps.\n"]
    return [*heading, row("experiment", "what", "paper", "ours", "our steps"), row(*["---"] * 5), *lines, ""]


def point_table(done: dict[str, Result]) -> list[str]:
    """A row a point."""
    keys = ["r2_hz", "r2_zh", "orthogonality", "epsilon", "delta", "excess", "distance", "bound"]
    if any("r2_eigen" in r.metrics[0] for r in done.values()):
        keys.append("r2_eigen")
    names = tables.COLUMNS | {"delta": "δ", "r2_eigen": "R²(h→ψ)"}
    lines = [
        row("point", "R²(x→z)", *(names[k].replace("|", "\\|") for k in keys), "confirmed", "above the bound"),
        row(*["---"] * (len(keys) + 4)),
    ]
    for name, r in done.items():
        cells = (tables.spread([m[k] for m in r.metrics]) if k in r.metrics[0] else "" for k in keys)
        evaluations = sum(len(p.distance) for p in r.curve)
        lines.append(
            row(
                name.rpartition("/")[2],
                f"{r.r2_xz:.3f}",
                *cells,
                f"{sum(r.confirmed)} of {len(r.confirmed)}",
                f"{verdict.violations(r)} of {evaluations}",
            )
        )
    return [*lines, ""]


def benchmark(path: Path) -> list[str]:
    """What `python/benchmarks/train.py` measured, where it was run."""
    if not path.exists():
        return []
    made = read_json(path)
    lines = [
        "## Speed\n",
        f"`python/benchmarks/train.py` on {made['device']}, threads: {made['threads']}: our loop against a plain "
        "one, a median over steps; ratios of models trained a second, from the least to the greatest of "
        f"{made['rounds']} rounds. Matrix products, the last column, are what batching seeds does not make fewer.\n",
        row("dim", "seeds", "plain ms/step", "ours ms/step", "ratio", "plain MiB", "ours MiB", "in matrix products"),
        row(*["---"] * 8),
    ]
    for c in made["cases"]:
        share = "" if c["products"] is None else f"{c['products']:.0%}"
        lines.append(
            row(
                f"{c['dim']}",
                f"{c['seeds']}",
                f"{c['plain_seconds'] * 1e3:.1f}",
                f"{c['our_seconds'] * 1e3:.1f}",
                f"{c['ratio']:.2f} ({c['ratio_least']:.2f} to {c['ratio_greatest']:.2f})",
                f"{c['plain_mib']:.0f}",
                f"{c['our_mib']:.0f}",
                share,
            )
        )
    return [*lines, ""]


def verdict_text(sweep: Sweep, done: dict[str, Result]) -> str:
    """Whether the sweep shows what it must, in a sentence."""
    if wrong := verdict.failures(sweep, done):
        return f"Not confirmed: {'; '.join(wrong)}.\n"
    if len(done) < len(sweep.points):
        return "Every criterion of the points that were run is met.\n"
    peak = sweep.peak
    best = f", and {peak.metric} is greatest at {peak.axis} = {peak.at:g}" if peak else ""
    return f"Every criterion is met{best}.\n"


def section(sweep: Sweep, done: dict[str, Result], path: Path, figures: Path) -> list[str]:
    """A sweep: what it bears on, its verdict, its table, its figures."""
    first = next(iter(done.values()))
    t = first.configuration.training
    seconds = sum(r.seconds for r in done.values())
    lines = [
        f"## {sweep.name}\n",
        f"Bears on {', '.join(f'`{s}`' for s in sweep.statements)}. {len(done)} of {len(sweep.points)} points, "
        f"{len(t.seeds)} seeds, {plots.steps_of(done)} steps of {t.batch} pairs, {seconds:.0f} s in all on "
        f"{first.device}.\n",
        verdict_text(sweep, done),
        *point_table(done),
        "*Above the bound* counts evaluations during training whose distance exceeds the bound by over five standard "
        "errors.\n",
    ]
    for file in sorted(figures.glob(f"{sweep.name}-*.png")):
        lines.append(f"![{file.stem}]({os.path.relpath(file, path.parent)})\n")
    return lines

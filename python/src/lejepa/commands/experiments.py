"""Commands that train encoders and show what they recovered."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from lejepa.commands.console import Device, Json, Out, complaints, console, print_json, show
from lejepa.errors import Exit, UserError
from lejepa.files import repository
from lejepa.progress import progress

if TYPE_CHECKING:  # PyTorch is slow to import: only the commands that need it do
    from lejepa.training.results import Point, Result


def train(
    configuration: Path = typer.Argument(help="YAML file of the experiment."),
    out: Path = Out,
    device: str = Device,
    overwrite: bool = typer.Option(False, help="Replace an existing result, or a checkpoint that does not fit."),
    jobs: int | None = typer.Option(None, min=1, help="For the robot arm: processes that draw; one per core if unset."),
    as_json: bool = Json,
) -> None:
    """Train the encoders of an experiment; measure what they recover.

    Exit code 1 if a criterion is not met. After an interruption, the same command resumes. The trained weights are kept
    beside the result, for lejepa.load_encoder in Python. A configuration with the key data trains on recorded
    transitions, such as lejepa collect writes. With the mixing arm, frames of the robot arm are drawn first, and kept
    for other experiments on the same states.
    """
    from lejepa.training import config, figures, grid, recording, results, verdict, weights
    from lejepa.training.points import noted
    from lejepa.training.train import choose_device, finished
    from lejepa.training.train import train as run

    of_transitions = recording.is_one(configuration)
    experiment = None if of_transitions else config.load(configuration)
    if jobs is not None and (experiment is None or experiment.mixing.kind != "arm"):
        raise UserError("--jobs: expected it with the mixing arm alone, where frames are drawn; `lejepa sweep` has it")
    if experiment is None:
        return train_recorded(configuration, out, device, overwrite, as_json)
    where = choose_device(device)
    result = None if overwrite else finished(experiment, out)
    if result is not None:
        complaints.print(
            f"lejepa: {experiment.name} is trained already, and its result is shown; --overwrite trains it"
        )
    else:
        with progress("steps", console=complaints) as told:
            note = ""

            def report(point: "Point") -> None:
                nonlocal note
                note = noted(point)
                told(experiment.name, point.step, experiment.training.steps, note)

            def tick(step: int) -> None:
                told(experiment.name, step, experiment.training.steps, note)

            result = run(experiment, out, where, overwrite, report, tick, jobs, told)
    drawn = figures.draw([result], out / "figures")
    made = grid.single(experiment)
    judged = verdict.judged(made, {result.name: result})
    if as_json:
        shown = {"name", "configuration", "metrics", "device", "seconds", "versions", "parts"}
        print_json(
            result.model_dump(mode="json", include=shown) | {"words": verdict.words(made, {result.name: result})}
        )
    else:
        show(recovery_table(result))
        for part in result.parts:
            console.print(f"made in parts: {part}", soft_wrap=True)
        for statement, word in verdict.words(made, {result.name: result}).items():
            console.print(f"{statement}: {word}")
        made_at = results.path_of(result.name, out)
        kept = weights.path_of(made_at)
        pictures = f"Figure{'s' if len(drawn) > 1 else ''}: {', '.join(map(str, drawn))}"
        places = [f"Result: {made_at}", *([f"Weights: {kept}"] if kept.exists() else []), pictures]
        console.print("   ".join(places), soft_wrap=True)
    complain([o.sentence for o in judged if o.state == "missed"])


def train_recorded(configuration: Path, out: Path, device: str, overwrite: bool, as_json: bool) -> None:
    """The same on recorded transitions."""
    from lejepa.training import recorded, recording
    from lejepa.training.train import choose_device
    from lejepa.transitions import Transitions

    made, file = recording.load(configuration)
    where, transitions, path = choose_device(device), Transitions.load(file), recorded.path_of(made.name, out)
    computed = recorded.of(made, transitions)
    try:
        recorded.split(computed, transitions)
    except UserError as e:
        raise UserError(f"{file}: {e}") from None
    found = None if overwrite else recorded.finished(made, transitions, path)
    if found is not None:
        complaints.print(f"lejepa: {made.name} is trained already, and its measures are shown; --overwrite trains it")
    else:
        with progress("steps", console=complaints) as told:

            def tick(step: int, loss: float) -> None:
                told(made.name, step, made.training.steps, f"loss {loss:.4f}")

            found = recorded.train(made, transitions, path, where, overwrite, tick)
    if as_json:
        rest = {"configuration": computed.model_dump(mode="json"), "weights": str(path)}
        print_json({"name": made.name, "metrics": [f.model_dump() for f in found], **rest})
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("seed", "ε", "R²(h→x)", "steps predicted"):
        table.add_column(heading, justify="right")
    for f in found:
        share = "" if f.predicted is None else f"{f.predicted:.4f}"
        table.add_row(str(f.seed), f"{f.epsilon:.4f}", f"{f.r2:.4f}", share)
    show(table)
    for seed in sorted({*made.training.seeds} - {f.seed for f in found}):
        complaints.print(f"lejepa: seed {seed} has diverged")
    console.print(f"Weights: {path}", soft_wrap=True)


def complain(failures: list[str]) -> None:
    """Name each criterion that is missed; exit code 1 where there is one."""
    for failure in failures:
        complaints.print(f"lejepa: {failure}")
    if failures:
        raise typer.Exit(Exit.FELL_SHORT)


def recovery_table(result: "Result") -> Table:
    """The measures of a result, a row a seed."""
    from lejepa.training.columns import METRICS
    from lejepa.training.tables import of_seed, shown

    metrics = shown([result])
    table = Table(title=f"{result.name} ({result.device}, {result.seconds:.0f} s)")
    for heading in ("seed", *(METRICS[k] for k in metrics)):
        table.add_column(heading, justify="right")
    for seed, m in zip(result.seeds, result.metrics, strict=True):
        table.add_row(str(seed), *(of_seed(result, m, k) for k in metrics))
    return table


def sweep(
    configuration: Path = typer.Argument(help="YAML file of the sweep, or of an experiment."),
    out: Path = Out,
    device: str = Device,
    jobs: int | None = typer.Option(None, help="Experiments at a time on this machine; by default one per core."),
    ray: str | None = typer.Option(None, help="Address of a Ray cluster that runs them instead, such as auto."),
    overwrite: bool = typer.Option(False, help="Replace results of another configuration."),
    as_json: bool = Json,
) -> None:
    """Train every experiment of a sweep that has no result yet.

    It draws the figures too. Exit code 1 if a criterion is not met. After an interruption, the same command resumes.
    """
    from lejepa.training import grid, plots, tables, verdict
    from lejepa.training import sweep as sweeping
    from lejepa.training.train import finished

    made = grid.load(configuration)
    steps = sum(p.training.steps for p in made.points)
    before = {p.name: p.training.steps for p in made.points if finished(p, out) is not None}
    reached = dict(before)
    with progress("steps", console=complaints) as told:

        def report(point: str, step: int, note: str) -> None:
            if point not in reached:
                before[point] = step
            reached[point] = step
            what = ", ".join(filter(None, (f"{point}: step {step}", note)))
            told(made.name, sum(reached.values()), steps, what, before=sum(before.values()))

        done = sweeping.run(made, out, device, jobs, ray, overwrite, report)
    drawn = plots.draw_sweep(made, done, out / "figures", told=left_out)
    if as_json:
        points = {n: {"metrics": [m and m.model_dump() for m in r.metrics]} for n, r in done.items()}
        print_json({"words": verdict.words(made, done), "points": points})
    else:
        show(tables.sweep_table(made, done))
        for statement, word in verdict.words(made, done).items():
            console.print(f"{statement}: {word}")
        where = f"Results: {out / 'experiments' / made.name}   Figures: {', '.join(map(str, drawn))}"
        console.print(where, soft_wrap=True)
    complain(verdict.failures(made, done))


def compare(
    first: Path = typer.Argument(help="A folder of results."),
    second: Path = typer.Argument(help="Another one."),
    metric: list[str] = typer.Option(["r2_hz", "distance", "bound"], help="A metric to compare; may be repeated."),
    as_json: bool = Json,
) -> None:
    """Compare two folders of results, side by side.

    Mean and standard deviation over seeds, and whether the configurations agree.
    """
    from lejepa.training import tables

    if as_json:
        print_json(tables.compared(first, second, metric))
    else:
        show(tables.comparison(first, second, metric))


def figures(out: Path = Out, as_json: bool = Json) -> None:
    """Draw the figures of all results.

    From result files alone, with the table beside the paper's. Frames of the robot arm need MuJoCo too.
    """
    from lejepa.training import figures as drawing
    from lejepa.training import plots, report, results

    found, sweeps = results.read_all(out), results.read_sweeps(out)
    if not found and not sweeps:
        raise UserError(f"{out}: expected results of experiments in its folder experiments, found none")
    paths = drawing.draw(found, out / "figures")
    for made, done in sweeps:
        paths += plots.draw_sweep(made, done, out / "figures", told=left_out)
    paths.append(report.write(report.of_results(out), out / "figures" / "experiments.md", out / "figures"))
    say_written(paths, as_json)


def left_out(figure: Path, why: str) -> None:
    """Name a figure that can't be drawn here."""
    complaints.print(f"lejepa: {figure} is left out: {why}", soft_wrap=True)


def say_written(paths: Iterable[Path], as_json: bool) -> None:
    """Name the files that a command has written."""
    if as_json:
        print_json({"written": [str(path) for path in paths]})
    else:
        for path in paths:
            console.print(str(path), soft_wrap=True)


def write_report(
    check: bool = typer.Option(False, "--check", help="Write nothing; exit 1 if a page differs from the evidence."),
    as_json: bool = Json,
) -> None:
    """Write the pages and tables of docs from evidence.

    docs/experiments.md with its figures, the page of all statements, and each table of a page that evidence makes.
    """
    from lejepa.auditing import registry, statements, tables, ties
    from lejepa.training import plots, report

    root = repository()
    entries = registry.load(root)
    tied, listed = ties.load(root, entries.project.figures), entries.project.statements
    docs, found = root / "docs", report.of_evidence(root)
    experiments, run = docs / "experiments.md", any(done for _, done in found)
    if check:
        faults = tables.faults(root, tied)
        if run and report.page(found, experiments, docs / "figures") != read_text(experiments):
            faults.append("docs/experiments.md is not what evidence says; `lejepa report` writes it")
        if listed and statements.page(root, entries) != read_text(root / listed):
            faults.append(f"{listed} is not what the registry and the Lean sources say; `lejepa report` writes it")
        if as_json:
            print_json({"faults": faults})
        for fault in faults:
            complaints.print(fault)
        if faults:
            raise typer.Exit(Exit.FELL_SHORT)
        if not as_json:
            console.print("The pages and tables of docs are what evidence, the registry and the Lean sources say.")
        return
    for made, done in found:
        plots.draw_sweep(made, done, docs / "figures", dpi=90, told=left_out)
    written = [report.write(found, experiments, docs / "figures")] if run else []
    written += [statements.write(root, entries)] if listed else []
    say_written([*written, *tables.write(root, tied)], as_json)


def read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""

"""Commands that train encoders and show what they recovered."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from lejepa.commands.console import Device, Json, Out, complaints, console, print_json
from lejepa.errors import UserError

if TYPE_CHECKING:  # PyTorch is slow to import: only the commands that need it do
    from lejepa.training.results import Point, Result


def train(
    configuration: Path = typer.Argument(help="YAML file of the experiment."),
    out: Path = Out,
    device: str = Device,
    overwrite: bool = typer.Option(False, help="Replace an existing result, or a checkpoint."),
    as_json: bool = Json,
) -> None:
    """Train the encoders of an experiment; measure what they recover.

    Exit code 1 where a seed does not meet the criterion. Stopped, the same command goes on.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from lejepa.training import config, figures
    from lejepa.training.train import Interrupted, choose_device, result_path
    from lejepa.training.train import train as run

    experiment = config.load(configuration)
    where = choose_device(device)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
        TimeRemainingColumn(),
        TextColumn("loss {task.fields[loss]}, R² {task.fields[r2]}"),
    )
    with Progress(*columns, console=complaints) as progress:
        task = progress.add_task(experiment.name, total=experiment.training.steps, loss="-", r2="-")

        def report(point: "Point") -> None:
            loss, r2 = sum(point.loss) / len(point.loss), min(point.r2)
            progress.update(task, completed=point.step, loss=f"{loss:.4f}", r2=f"{r2:.4f}")

        try:
            result = run(experiment, out, where, overwrite, report)
        except Interrupted as e:
            progress.stop()
            complaints.print(f"lejepa: {e}", markup=False)
            raise typer.Exit(130) from None
    figure = figures.draw([result], out / "figures")[0]
    if as_json:
        print(result.model_dump_json(indent=1, include={"configuration", "metrics", "confirmed", "device", "seconds"}))
    else:
        console.print(recovery_table(result))
        console.print(f"Result: {result_path(experiment, out)}   Figure: {figure}", soft_wrap=True)
    if not all(result.confirmed):
        complaints.print(f"lejepa: {experiment.name}: not every seed meets the criterion")
        raise typer.Exit(1)


def recovery_table(result: "Result") -> Table:
    """The metrics of a result, a row a seed."""
    table = Table(title=f"{result.configuration.name} ({result.device}, {result.seconds:.0f} s)")
    for heading in (
        "seed",
        "R²(z→h)",
        "R²(h→z)",
        "‖AᵀA-1‖",
        "ε",
        "D",
        "distance",
        "bound",
        "confirmed",
    ):
        table.add_column(heading, justify="right")
    keys = ("r2_zh", "r2_hz", "orthogonality", "epsilon", "excess", "distance", "bound")
    rows = zip(result.configuration.training.seeds, result.metrics, result.confirmed, strict=True)
    for seed, metrics, confirmed in rows:
        table.add_row(str(seed), *(f"{metrics[k]:.4f}" for k in keys), "yes" if confirmed else "NO")
    return table


def sweep(
    configuration: Path = typer.Argument(help="YAML file of the sweep, or of an experiment."),
    out: Path = Out,
    device: str = Device,
    jobs: int | None = typer.Option(None, help="Experiments at a time on this machine; by default one a core."),
    ray: str | None = typer.Option(None, help="Address of a Ray cluster that runs them instead, such as auto."),
    overwrite: bool = typer.Option(False, help="Replace results of another configuration."),
    as_json: bool = Json,
) -> None:
    """Train every experiment of a sweep that has no result yet.

    Draws the figures too. Exit code 1 where a criterion is not met. Stopped or killed, the same command goes on.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lejepa.training import grid, plots, tables, verdict
    from lejepa.training import sweep as sweeping

    made = grid.load(configuration)
    steps = {p.name: p.training.steps for p in made.points}
    reached: dict[str, int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complaints) as progress:
        task = progress.add_task(made.name, total=sum(steps.values()))

        def report(point: str, step: int) -> None:
            reached[point] = step
            progress.update(task, completed=sum(reached.values()), description=point)

        try:
            done = sweeping.run(made, out, device, jobs, ray, overwrite, report)
        except sweeping.Stopped:
            progress.stop()
            complaints.print(f"lejepa: {made.name}: stopped; the same command goes on", markup=False)
            raise typer.Exit(130) from None
        progress.update(task, completed=sum(steps.values()), description=made.name)
    drawn = plots.draw_sweep(made, done, out / "figures")
    if as_json:
        print_json({name: {"metrics": r.metrics, "confirmed": r.confirmed} for name, r in done.items()})
    else:
        console.print(tables.sweep_table(made, done))
        where = f"Results: {out / 'experiments' / made.name}   Figures: {', '.join(map(str, drawn))}"
        console.print(where, soft_wrap=True)
    failures = verdict.failures(made, done)
    for failure in failures:
        complaints.print(f"lejepa: {failure}", markup=False)
    if failures:
        raise typer.Exit(1)


def compare(
    first: Path = typer.Argument(help="A folder of results."),
    second: Path = typer.Argument(help="Another one."),
    metric: list[str] = typer.Option(["r2_hz", "distance", "bound"], help="A metric to compare; may be repeated."),
    as_json: bool = Json,
) -> None:
    """Two folders of results, side by side.

    Mean and standard deviation over seeds, and whether the configurations agree.
    """
    from lejepa.training import tables

    if as_json:
        print_json(tables.compared(first, second, metric))
    else:
        console.print(tables.comparison(first, second, metric))


def figures(out: Path = Out) -> None:
    """Draw the figures of all results.

    From result files alone, with the table beside the paper's.
    """
    from lejepa.training import figures as drawing
    from lejepa.training import plots, report, results

    found, sweeps = results.read_all(out), results.read_sweeps(out)
    if not found and not sweeps:
        raise UserError(f"{out}: expected results of experiments in its folder experiments, found none")
    paths = drawing.draw(found, out / "figures")
    for made, done in sweeps:
        paths += plots.draw_sweep(made, done, out / "figures")
    paths.append(report.write(out, out / "figures" / "experiments.md", out / "figures"))
    for path in paths:
        console.print(str(path), soft_wrap=True)


def write_report(
    out: Path = Out,
    to: Path = typer.Option(Path("docs"), help="Folder of the page experiments.md, its figures beside it."),
) -> None:
    """Write the page of all experiments beside the paper's figures.

    From result files alone, with its figures.
    """
    from lejepa.training import plots, report, results

    for made, done in results.read_sweeps(out):
        plots.draw_sweep(made, done, to / "figures", dpi=90)
    console.print(str(report.write(out, to / "experiments.md", to / "figures")), soft_wrap=True)

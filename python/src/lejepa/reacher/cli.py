"""The commands `lejepa reacher ...`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from lejepa.commands.console import Device, Out, complaints, console
from lejepa.errors import UserError

if TYPE_CHECKING:
    from lejepa.reacher.render import Report
    from lejepa.reacher.results import Result

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, help="DeepMind Control's Reacher from pixels: recovery of the joints, planning."
)
Configuration = typer.Argument(help="YAML file of the experiment.")
Jobs = typer.Option(None, min=1, help="Processes that draw; by default one a core.")
Overwrite = typer.Option(False, help="Replace what another configuration made, and an existing result.")


@app.command()
def check() -> None:
    """Say whether MuJoCo can draw here; if not, which packages it needs."""
    import numpy as np

    from lejepa.reacher.scene import Scene, choose_backend

    frames = Scene().draw(np.array(((0.0, 0.0), (1.0, 1.0))))
    if (frames[0] == frames[1]).all():
        raise UserError(
            f"MuJoCo draws with {choose_backend()}, but two states look the same; expected a working driver"
        )
    console.print(f"MuJoCo draws with {choose_backend()}.")


@app.command()
def render(
    configuration: Path = Configuration, out: Path = Out, jobs: int | None = Jobs, overwrite: bool = Overwrite
) -> None:
    """Draw the data sets of an experiment, or go on drawing them."""
    from lejepa.reacher import config
    from lejepa.reacher.render import render as draw

    c = config.load(configuration)
    stores = followed(lambda report: draw(c, out, jobs, overwrite, report))
    for name, store in stores.items():
        console.print(f"{name}: {store.frames.shape[0]} × {store.frames.shape[1]} frames, {store.path}", soft_wrap=True)


@app.command()
def run(
    configuration: Path = Configuration,
    out: Path = Out,
    device: str = Device,
    jobs: int | None = Jobs,
    overwrite: bool = Overwrite,
) -> None:
    """The whole way: draw, train, measure, plan, figures. Stopped at any time, the same command goes on."""
    from lejepa.reacher import config, experiment, figures, results, verdict
    from lejepa.training.train import choose_device

    c = config.load(configuration)
    where = choose_device(device)
    result = followed(lambda report: experiment.run(c, out, where, jobs, overwrite, report))
    show(result)
    for path in (results.result_path(c.name, out), *figures.draw(result, out)):
        console.print(str(path), soft_wrap=True)
    for statement, word in verdict.words(c, result).items():
        console.print(f"{statement}: {word}", markup=False)
    wrong = [o.sentence for o in verdict.judged(c, result) if o.state == "missed"]
    for sentence in wrong:
        complaints.print(f"lejepa: {sentence}", markup=False)
    if wrong:
        raise typer.Exit(1)


@app.command()
def figures(out: Path = Out) -> None:
    """Draw the figures of all results of Reacher experiments, and print their tables."""
    from lejepa.reacher import figures as drawing
    from lejepa.reacher import results

    found = results.read_all(out)
    if not found:
        raise UserError(f"{out}: expected results of Reacher experiments in its folder reacher, found none")
    for result in found:
        show(result)
        for path in drawing.draw(result, out):
            console.print(str(path), soft_wrap=True)


def followed(work: "Callable[[Report], T]") -> T:
    """Do the work, its progress shown; exit 130 where it was stopped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from lejepa.reacher.render import Interrupted

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        try:
            return work(report)
        except Interrupted as e:
            progress.stop()
            complaints.print(f"lejepa: {e}", markup=False)
            raise typer.Exit(130) from None


def show(result: "Result") -> None:
    from lejepa.reacher import report

    console.print(*report.recovery(result), *report.planning(result))
    spent = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in result.stages.items())
    console.print(f"{result.name} on {result.device}: {spent}")

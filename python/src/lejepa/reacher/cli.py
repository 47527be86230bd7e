"""The commands `lejepa reacher ...`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from lejepa.commands.app import App
from lejepa.commands.console import Device, Json, Out, complaints, console, print_json, show
from lejepa.errors import CannotRun, Exit, UserError
from lejepa.progress import progress

if TYPE_CHECKING:
    from lejepa.reacher.render import Report
    from lejepa.reacher.results import Result

T = TypeVar("T")

app = App(no_args_is_help=True, help="A robot arm from pixels: recovery of its joints, planning.")
Configuration = typer.Argument(help="YAML file of the experiment.")
Jobs = typer.Option(None, min=1, help="Processes that draw; by default one a core.")
SHOWN = {"name", "configuration", "recovered", "lines", "controlled", "parts", "device", "seconds", "stages"}
Overwrite = typer.Option(False, help="Replace what another configuration made, and an existing result.")


@app.command(epilog="Example: lejepa reacher check")
def check(as_json: bool = Json) -> None:
    """Say whether MuJoCo can draw here; if not, which packages it needs."""
    import numpy as np

    from lejepa.reacher.scene import Scene, choose_backend

    frames = Scene().draw(np.array(((0.0, 0.0), (1.0, 1.0))))
    if (frames[0] == frames[1]).all():
        raise CannotRun(
            f"MuJoCo draws with {choose_backend()}, but two states look the same; expected a working driver"
        )
    if as_json:
        print_json({"draws_with": choose_backend()})
    else:
        console.print(f"MuJoCo draws with {choose_backend()}.")


@app.command(epilog="Example: lejepa reacher render python/configs/reacher/reacher-quick.yaml --jobs 2")
def render(
    configuration: Path = Configuration,
    out: Path = Out,
    jobs: int | None = Jobs,
    overwrite: bool = Overwrite,
    as_json: bool = Json,
) -> None:
    """Draw the data sets of an experiment, or go on drawing them."""
    from lejepa.reacher import config
    from lejepa.reacher.render import render as draw

    c = config.load(configuration)
    stores = followed(lambda report: draw(c, out, jobs, overwrite, report))
    if as_json:
        shapes = {name: store.frames.shape for name, store in stores.items()}
        print_json(
            {n: {"path": str(stores[n].path), "episodes": s[0], "frames": s[0] * s[1]} for n, s in shapes.items()}
        )
        return
    for name, store in stores.items():
        console.print(f"{name}: {store.frames.shape[0]} × {store.frames.shape[1]} frames, {store.path}", soft_wrap=True)


@app.command(epilog="Example: lejepa reacher run python/configs/reacher/reacher-quick.yaml --device cpu")
def run(
    configuration: Path = Configuration,
    out: Path = Out,
    device: str = Device,
    jobs: int | None = Jobs,
    overwrite: bool = Overwrite,
    as_json: bool = Json,
) -> None:
    """Run an experiment: draw, train, measure, plan, make figures.

    Exit code 1 if a criterion is not met. After an interruption, the same command resumes.
    """
    from lejepa.reacher import config, experiment, figures, results, verdict
    from lejepa.training.train import choose_device

    c = config.load(configuration)
    where = choose_device(device)
    result = None if overwrite else experiment.finished(c, out)
    if result is not None:
        complaints.print(f"lejepa: {c.name} is done already, and its result is shown; --overwrite does it anew")
    else:
        result = followed(lambda report: experiment.run(c, out, where, jobs, overwrite, report))
    drawn, words = figures.draw(result, out), verdict.words(c, result)
    if as_json:
        print_json(result.model_dump(mode="json", include=SHOWN) | {"words": words})
    else:
        shown(result)
        for path in (results.result_path(c.name, out), *drawn):
            console.print(str(path), soft_wrap=True)
        for statement, word in words.items():
            console.print(f"{statement}: {word}")
    wrong = [o.sentence for o in verdict.judged(c, result) if o.state == "missed"]
    for sentence in wrong:
        complaints.print(f"lejepa: {sentence}")
    if wrong:
        raise typer.Exit(Exit.FELL_SHORT)


@app.command(epilog="Example: lejepa reacher figures --out results")
def figures(out: Path = Out, as_json: bool = Json) -> None:
    """Draw the figures of all results of Reacher experiments, and print their tables."""
    from lejepa.reacher import figures as drawing
    from lejepa.reacher import results

    found = results.read_all(out)
    if not found:
        raise UserError(f"{out}: expected results of Reacher experiments in its folder reacher, found none")
    drawn = {result.name: drawing.draw(result, out) for result in found}
    if as_json:
        print_json([result.model_dump(mode="json", include=SHOWN) for result in found])
        return
    for result in found:
        shown(result)
        for path in drawn[result.name]:
            console.print(str(path), soft_wrap=True)


def followed(work: "Callable[[Report], T]") -> T:
    """Do the work, its progress shown."""
    with progress(console=complaints) as told:
        return work(told)


def shown(result: "Result") -> None:
    from lejepa.reacher import report

    for table in (*report.recovery(result), *report.planning(result)):
        show(table)
    for part in result.parts:
        console.print(f"made in parts: {part}", soft_wrap=True)
    spent = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in result.stages.items())
    console.print(f"{result.name} on {result.device}: {spent}")

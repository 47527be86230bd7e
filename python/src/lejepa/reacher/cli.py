"""What `lejepa train` does with an experiment of the robot arm, and what it shows."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lejepa.commands.console import complaints, console, print_json, show
from lejepa.progress import progress
from lejepa.reacher import config, experiment, figures, report, results, verdict
from lejepa.reacher.render import Report, data_path, render
from lejepa.reacher.results import Result
from lejepa.reacher.store import Store
from lejepa.training.train import choose_device

T = TypeVar("T")

SHOWN = {"name", "configuration", "recovered", "lines", "controlled", "parts", "device", "seconds", "stages"}


def train(configuration: Path, out: Path, device: str, overwrite: bool, jobs: int | None, as_json: bool) -> list[str]:
    """Draw, train, measure, plan and make figures, or show the result that is there; the criteria that are missed."""
    c = config.load(configuration)
    where = choose_device(device)
    result = None if overwrite else experiment.finished(c, out)
    if result is not None:
        complaints.print(f"lejepa: {c.name} is trained already, and its result is shown; --overwrite trains it")
        states = data_path("ou-test", c.name, out)
        if not states.exists() or Store(states).missing():  # the figures show frames
            followed(lambda told: render(c, out, jobs, False, told))
    else:
        result = followed(lambda told: experiment.run(c, out, where, jobs, overwrite, told))
    drawn, words = figures.draw(result, out), verdict.words(c, result)
    if as_json:
        print_json(result.model_dump(mode="json", include=SHOWN) | {"words": words})
    else:
        shown(result)
        for path in (results.result_path(c.name, out), *drawn):
            console.print(str(path), soft_wrap=True)
        for statement, word in words.items():
            console.print(f"{statement}: {word}")
    return [o.sentence for o in verdict.judged(c, result) if o.state == "missed"]


def followed(work: Callable[[Report], T]) -> T:
    """Do the work, its progress shown."""
    with progress(console=complaints) as told:
        return work(told)


def shown(result: Result) -> None:
    for table in (*report.recovery(result), *report.planning(result)):
        show(table)
    for part in result.parts:
        console.print(f"made in parts: {part}", soft_wrap=True)
    spent = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in result.stages.items())
    console.print(f"{result.name} on {result.device}: {spent}")

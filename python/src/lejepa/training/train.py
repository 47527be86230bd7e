"""Train the encoders of an experiment and write what was measured, and the weights. A stopped run resumes to the same
bits."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from math import sqrt
from pathlib import Path
from typing import Any

import numpy
import torch
from pydantic import TypeAdapter
from torch import Tensor

from lejepa import __version__, checkpoints
from lejepa.alone import alone
from lejepa.errors import CannotRun, UserError
from lejepa.evidence.record import Part, now
from lejepa.files import check_file
from lejepa.interrupt import deferred
from lejepa.machine import machine
from lejepa.measures.regression import explained, explained_in_sample
from lejepa.reacher.render import PACKAGES, Drawing, quiet
from lejepa.reacher.render import Report as Drawn
from lejepa.training import results, rollout, trace, weights
from lejepa.training.config import Arm, Computation, Criteria, Experiment
from lejepa.training.descent import descend
from lejepa.training.results import Point, Result, Sample, Trace
from lejepa.training.trainer import Trainer

SAMPLE, COORDINATES = 400, 4  # of a result's scatter
PATHS = 12  # rollouts of a result's figure
FORMAT = 6  # of checkpoints
FRAMES = "frames"  # the folder of results that keeps those that are drawn

Report = Callable[[Point], None]
Tick = Callable[[int], None]
Parts = tuple[Part, ...]


def choose_device(name: str) -> torch.device:
    """`auto` (CUDA where there is one), `cpu`, `cuda` or `cuda:N`."""
    device = device_named(name)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise CannotRun(f"device {name!r}: PyTorch finds {torch.cuda.device_count()} CUDA devices on this machine")
    return device


def device_named(name: str) -> torch.device:
    """The same, whether this machine has it or not."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"device {name!r}: expected auto, cpu, cuda or cuda:N") from None
    if device.type not in ("cpu", "cuda"):
        raise UserError(f"device {name!r}: expected auto, cpu, cuda or cuda:N")
    return device


def begun(step: int, device: torch.device, computation: Computation | None = None) -> Part:
    """The part of a run that begins here and now, after a step."""
    return Part(what=f"from step {step}", machine=machine(device), versions=versions(computation))


def gone_on(saved: Iterable[Any], now: Part) -> Parts:
    """The parts of a run that resumes from a checkpoint, one more where the machine or a version is another one."""
    parts = tuple(Part.model_validate(p) for p in saved)
    same = bool(parts) and (parts[-1].machine, parts[-1].versions) == (now.machine, now.versions)
    return parts if same else (*parts, now)


def save(path: Path, trainer: Trainer, traced: Trace, parts: Parts, criterion: Criteria = ()) -> None:
    """Write all that is needed to resume to the same bits, who did which part of it, and what was set before it."""
    state: dict[str, Any] = {
        "format": FORMAT,
        "bits": trainer.computation.bits(),
        "device": str(trainer.device),
        "trace": traced.model_dump_json(),
        "parts": [p.model_dump() for p in parts],
        "criterion": [c.model_dump() for c in criterion],
        **trainer.state(),
    }
    checkpoints.save(path, state)


def load(path: Path, trainer: Trainer, traced: Trace, criterion: Criteria) -> tuple[Parts, Criteria]:
    """Go on from a checkpoint; who did the parts before, and what was set before the first of them, which is
    `criterion` where the checkpoint does not tell. Raises UserError, and the trainer is of no use any more, where it is
    none, or is of something else.

    One whose first steps today's code does not reproduce was made by other code.
    """
    state = checkpoints.load(path, trainer.device)
    other = ""
    with checkpoints.fitting(path):
        if state["format"] != FORMAT:
            other = "another version of lejepa"
        elif state["bits"] != trainer.computation.bits():
            other = "another configuration"
        elif state["device"] != str(trainer.device):
            other = f"the device {state['device']}"
        elif trace.differences_of(Trace.model_validate_json(state["trace"]), traced, trainer.computation):
            other = "other code, whose first steps differ"
        else:
            told = state.get("criterion")
            begun_with = criterion if told is None else TypeAdapter(Criteria).validate_python(told)
            trainer.restore(state)
            return gone_on(state["parts"], begun(trainer.step, trainer.device, trainer.computation)), begun_with
    raise UserError(
        f"{path}: expected a checkpoint of this configuration on {trainer.device}, found one of {other}; "
        "--overwrite starts anew"
    )


def result_of(name: str, trainer: Trainer, traced: Trace, parts: Parts, criterion: Criteria) -> Result:
    """The finished run's result, with what was set before it."""
    kept = trainer.kept()
    h, h_next = trainer.embed()
    found = trainer.measured(h, h_next)
    latents, frames = trainer.held_out[0], trainer.of_frames
    seen = list(trainer.seen[0]) if frames else list(trainer.observed(latents))
    restarts = trainer.computation.training.restarts
    shown = next((s for s, m in enumerate(kept) if found[m] is not None), None)
    if shown is None:
        raise UserError(f"{name}: expected a seed whose embeddings are finite, but all have diverged")
    return Result(
        name=name,
        configuration=Computation.model_validate(trainer.computation.model_dump(include=set(Computation.model_fields))),
        metrics=trainer.with_planning([found[m] for m in kept], h, kept),
        kept=[m % restarts for m in kept],
        r2_xz=[None if frames else explained(x, z).value for x, z in zip(seen, latents, strict=True)],
        r2_hz_in_sample=[
            None if found[m] is None else explained_in_sample(h[m], latents[s]) for s, m in enumerate(kept)
        ],
        curve=[p.select(kept) for p in trainer.curve],
        trace=traced,
        criterion=criterion,
        sample=Sample(
            seed=trainer.computation.training.seeds[shown],
            latents=rounded(latents[shown]),
            observations=rounded(principal(seen[shown][:SAMPLE]) if frames else seen[shown]),
            embeddings=rounded(h[kept[shown]]),
            **paths(trainer, kept[shown], h),
            ways=trainer.ways.get(kept[shown], {}),
        ),
        versions=versions(trainer.computation),
        parts=parts if len(parts) > 1 else (),
        device=str(trainer.device),
        seconds=round(trainer.seconds, 3),
        cpu_seconds=round(trainer.cpu_seconds, 3),
        made=now(),
    )


def rounded(x: Tensor) -> list[list[float]]:
    values: list[list[float]] = numpy.round(x[:SAMPLE, :COORDINATES].double().cpu().numpy(), 3).tolist()
    return values


def principal(frames: Tensor) -> Tensor:
    """The first two principal components of frames `(count, ...)`, each of variance 1: `(count, 2)`."""
    x = frames.flatten(1).double().cpu()
    components = torch.linalg.svd(x - x.mean(0), full_matrices=False).U[:, :2]
    scaled: Tensor = components * sqrt(len(components))
    return scaled


def paths(trainer: Trainer, model: int, h: Tensor) -> dict[str, list[list[list[float]]]]:
    """The first rollouts of a model, and the mean dynamics beside them; nothing of one without a predictor."""
    rollouts = trainer.imagine(h)
    if rollouts is None:
        return {}
    states, actions = (x[model] for x in rollouts)
    z = trainer.held_out[0][trainer.seed_of[model]]
    mean = rollout.expected(trainer.computation.world.linear, z, actions)
    both = {"imagined": states, "expected": rollout.seen_through(h[model], z, mean)}
    return {name: [rounded(path) for path in x[:PATHS]] for name, x in both.items()}


def versions(computation: Computation | None = None) -> dict[str, str]:
    """Those of what computes; of a computation with frames, of what draws too."""
    drawing = PACKAGES if computation and isinstance(computation.mixing, Arm) else ()
    return {
        **{package: version(package) for package in drawing},
        "lejepa": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
    }


def finished(experiment: Experiment, out: Path) -> Result | None:
    """The result that a folder has of an experiment as configured now; None where there is none, or another's."""
    target = results.path_of(experiment.name, out)
    return results.read(target) if target.exists() and not results.told_instead(target, experiment) else None


def train(
    experiment: Experiment,
    out: Path,
    device: torch.device,
    overwrite: bool = False,
    report: Report = lambda _: None,
    tick: Tick = lambda _: None,
    jobs: int | None = None,
    drawn: Drawn = quiet,
) -> Result:
    """Run an experiment, or resume an interrupted one, and write its result under `out`, its weights beside it.

    report: told each evaluation. tick: told each step. jobs: processes that draw frames, where there are frames; by
    default one a core. drawn: told how many are drawn. Frames are kept under `out`, and drawn once for all experiments.

    Raises UserError where a result exists already (unless `overwrite`), another process is at work on it, the folder
    can't be written to or every seed diverges, and Interrupted where Ctrl-C or SIGTERM stopped it, its state saved.
    """
    target = results.path_of(experiment.name, out)
    for path in (target, weights.path_of(target), target.with_suffix(checkpoints.SUFFIX)):
        check_file(path)
    if target.exists() and not overwrite:
        instead = results.told_instead(target, experiment)
        raise UserError(f"{instead or f'{target}: this result exists already and is kept'}; --overwrite replaces it")
    with alone(target):
        return held(experiment, target, device, overwrite, report, tick, Drawing(out / FRAMES, jobs, drawn))


def held(
    experiment: Experiment,
    target: Path,
    device: torch.device,
    overwrite: bool,
    report: Report,
    tick: Tick,
    drawing: Drawing,
) -> Result:
    """The same, where no other process is at work on the result."""
    checkpoint = target.with_suffix(checkpoints.SUFFIX)
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    traced = trace.record(experiment)
    trainer = Trainer(experiment, device, drawing)
    parts: Parts = (begun(0, device, experiment),)
    criterion = experiment.criteria
    if checkpoint.exists():
        try:
            parts, criterion = load(checkpoint, trainer, traced, criterion)
        except UserError:
            if not overwrite:
                raise
            del trainer  # and its frames, before there are others
            trainer = Trainer(experiment, device, drawing)
        for point in trainer.curve[-1:]:
            report(point)
    t = experiment.training
    with deferred() as stop:
        started, used = time.monotonic() - trainer.seconds, time.process_time() - trainer.cpu_seconds

        def each(*values: Tensor) -> None:
            tick(trainer.step)
            if trainer.step % t.evaluate_every == 0 or trainer.step == t.steps:
                try:
                    report(trainer.record(*values))
                except UserError as e:
                    raise UserError(f"{experiment.name}: {e}") from None
            trainer.seconds, trainer.cpu_seconds = time.monotonic() - started, time.process_time() - used

        descend(trainer, stop, checkpoint, lambda: save(checkpoint, trainer, traced, parts, criterion), each)
        if experiment.planning is not None:  # which takes long, and may be interrupted
            save(checkpoint, trainer, traced, parts, criterion)
        result = result_of(experiment.name, trainer, traced, parts, criterion)
        restarts = t.restarts
        models = [seed * restarts + kept for seed, kept in enumerate(result.kept)]
        weights.write(weights.path_of(target), trainer.weights(models), result)
        results.write(target, result)
        checkpoint.unlink(missing_ok=True)
    return result

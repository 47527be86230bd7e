"""Training that is killed, interrupted or ended at random moments: nothing is lost, and the bits are the same."""

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import timeless
from lejepa import checkpoints
from lejepa.interrupt import Interrupted
from lejepa.training import config, results, weights
from lejepa.training.config import Experiment
from lejepa.training.train import train

CPU = torch.device("cpu")
STEPS = 120
WHOLE: dict[str, Callable[[Path], object]] = {
    ".checkpoint": lambda path: checkpoints.load(path, CPU),
    ".json": lambda path: json.loads(path.read_text()),
    ".safetensors": weights.read_file,
}


def forked(experiment: Experiment, out: Path, at: int, pipe: int) -> int:
    """Train in a process of its own, which writes to the pipe once it is at a step; its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)

        def tell(step: int) -> None:
            if step >= at:
                os.write(pipe, b".")

        train(experiment, out, CPU, tick=tell)
        code = 0
    except (Interrupted, KeyboardInterrupt):
        code = 130
    finally:
        os._exit(code)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_bits_are_the_same_however_often_it_is_stopped(
    tiny: Callable[..., Path], tmp_path: Path, seed: int
) -> None:
    training = {"steps": STEPS, "evaluate_every": 40, "checkpoint_every": 5, "evaluation": 100}
    experiment = config.load(tiny(training=training))
    whole = train(experiment, tmp_path / "whole", CPU)
    out, chance = tmp_path / "cut", random.Random(seed)
    target = results.path_of("tiny", out)
    reached = 0
    for kill in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        read, write = os.pipe()
        reached = min(reached + chance.randrange(1, 25), STEPS - 10)
        child = forked(experiment, out, reached, write)
        os.close(write)
        assert os.read(read, 1) == b"."  # it is at the step, and goes on
        os.close(read)
        time.sleep(chance.uniform(0, 0.01))
        os.kill(child, kill)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in ((-signal.SIGKILL,) if kill == signal.SIGKILL else (130, 0))
        for path in target.parent.glob("[!.]*"):  # whole, whenever it was stopped
            WHOLE[path.suffix](path)
        if target.exists():
            break
        if kill != signal.SIGKILL:  # no step of one that could end is lost
            assert checkpoints.load(target.with_suffix(".checkpoint"), CPU)["step"] >= reached
    made = results.read(target) if target.exists() else train(experiment, out, CPU)
    assert timeless(made) == timeless(whole)
    assert not target.with_suffix(".checkpoint").exists()

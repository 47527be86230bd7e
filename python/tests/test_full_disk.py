"""A disk that is full while something is written: one sentence, the last good state kept, and the work goes on later.

A limit on the size of files stands for the full disk.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
import yaml
from audited import Project
from conftest import timeless
from lejepa import checkpoints
from lejepa.auditing import site
from lejepa.errors import CannotRun
from lejepa.files import write_json
from lejepa.interrupt import Interrupted
from lejepa.training import config, figures, results
from lejepa.training.train import train

CPU = torch.device("cpu")
LEJEPA = [sys.executable, "-c", "from lejepa.cli import main; main()"]


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refused(write: Callable[[], object], folder: Path, target: Path) -> None:
    """The write is refused in one sentence that names its target, and the folder is as it was."""
    before = content(folder)
    with pytest.raises(CannotRun) as caught, room(1000):
        write()
    assert str(caught.value) == f"{target}: can't be written (File too large); what was there before is kept"
    assert content(folder) == before


def test_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    refused(lambda: checkpoints.save(path, {"x": torch.ones(3)}), tmp_path, path)
    checkpoints.save(path, {"x": torch.ones(3)})
    refused(lambda: checkpoints.save(path, {"x": torch.zeros(3)}), tmp_path, path)
    assert torch.equal(checkpoints.load(path, CPU)["x"], torch.ones(3))


def test_json_results_and_figures(tiny: Callable[..., Path], tmp_path: Path) -> None:
    refused(lambda: write_json(tmp_path / "a.json", ["x" * 2000]), tmp_path, tmp_path / "a.json")
    experiment = config.load(tiny(training={"steps": 2, "evaluate_every": 1}))
    result = train(experiment, tmp_path, CPU)
    path = results.path_of("tiny", tmp_path)
    refused(lambda: results.write(path, result), tmp_path, path)
    figures.draw([result], tmp_path / "figures")
    refused(lambda: figures.draw([result], tmp_path / "figures"), tmp_path, tmp_path / "figures" / "tiny.png")


def test_the_audit_s_site(project: Project) -> None:
    out = project.root / "results"
    site.write(project.root, out)
    refused(lambda: site.write(project.root, out), project.root, out / site.FOLDER)


def test_training_goes_on_from_the_last_checkpoint_once_there_is_room(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)

    class Killed(BaseException):
        pass

    def kill(step: int) -> None:
        if step == 10:
            raise Killed

    with pytest.raises(Killed):
        train(experiment, tmp_path / "cut", CPU, tick=kill)
    folder = tmp_path / "cut" / "experiments"
    refused(lambda: train(experiment, tmp_path / "cut", CPU), folder, folder / "tiny.checkpoint")
    assert list(content(folder)) == ["tiny.checkpoint"]
    made = train(experiment, tmp_path / "cut", CPU)
    assert timeless(made) == timeless(whole)


def test_a_stop_while_the_disk_is_full_is_told(tiny: Callable[..., Path], tmp_path: Path) -> None:
    import signal

    def stop(step: int) -> None:
        if step == 3:
            signal.raise_signal(signal.SIGINT)

    experiment = config.load(tiny())
    with pytest.raises(CannotRun, match="File too large"), room(1000):
        train(experiment, tmp_path, CPU, tick=stop)
    with pytest.raises(Interrupted):
        train(experiment, tmp_path, CPU, tick=stop)


def test_a_sweep_says_it_once(tiny: Callable[..., Path], tmp_path: Path) -> None:
    path = tiny()
    grid = {"world.rho": [0.3, 0.5, 0.7, 0.9]}
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"grid": grid}))
    words = [*LEJEPA, "sweep", path, "--out", tmp_path / "out", "--device", "cpu", "--jobs", "2"]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))  # the sweep's own file is smaller

    done = subprocess.run(words, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 3, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("lejepa: ")]
    assert "can't be written (File too large)" in line
    assert line.count("can't be written") == 1
    assert "Traceback" not in done.stderr
    assert {p.name for p in (tmp_path / "out" / "experiments" / "tiny").iterdir()} == {"sweep.json"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_standard_output_that_takes_nothing() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*LEJEPA, "--version"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "standard output" in done.stderr
    assert "can't be written (No space left on device)" in done.stderr

"""The command line: what a user sees of bad input, and the exit codes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def lejepa(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = "from lejepa.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
    )


def test_bad_input_is_one_sentence_and_exit_2(tiny: Callable[..., Path], tmp_path: Path) -> None:
    done = lejepa("train", tiny(world={"rho": 1.5}), "--out", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "world.rho" in done.stderr
    assert "Traceback" not in done.stderr


def test_training_that_misses_its_criterion_exits_1_and_keeps_the_result(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    done = lejepa("train", tiny(criterion={"r2": 1.0}), "--out", tmp_path, "--device", "cpu")
    assert done.returncode == 1, done.stderr
    assert "criterion" in done.stderr
    assert (tmp_path / "experiments" / "tiny.json").exists()
    assert (tmp_path / "figures" / "tiny.png").read_bytes().startswith(b"\x89PNG")
    again = lejepa("figures", "--out", tmp_path)
    assert again.returncode == 0, again.stderr


def test_figures_without_results_say_so(tmp_path: Path) -> None:
    done = lejepa("figures", "--out", tmp_path)
    assert done.returncode == 2
    assert "expected results" in done.stderr


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_help_and_version(words: list[str]) -> None:
    assert lejepa(*words).returncode == 0

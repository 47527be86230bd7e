"""The command line: what a user sees of bad input, and the exit codes."""

import itertools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lejepa.cli import COMMANDS, app
from typer.testing import CliRunner


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
    done = lejepa(
        "train",
        tiny(criterion=[{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 1.0, "spare": 0}]),
        "--out",
        tmp_path,
        "--device",
        "cpu",
    )
    assert done.returncode == 1, done.stderr
    assert "R²(h→z) at least 1, 0 standard errors to spare" in done.stderr
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


def test_help_fits_a_screen_and_names_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from lejepa.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        timeout=120,
    )
    lines = done.stdout.splitlines()
    assert len(lines) <= 44
    for commands in COMMANDS.values():
        for name in commands:
            assert sum(line.startswith(f"│ {name} ") and line.rstrip(" │").endswith(".") for line in lines) == 1, name


@pytest.mark.parametrize("words", [[name] for group in COMMANDS.values() for name in group])
def test_descriptions_wrap_only_where_the_terminal_ends(words: list[str]) -> None:
    shown = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"}).invoke(app, [*words, "--help"])
    described = shown.output.split("╭", 1)[0].split("Usage:", 1)[1].splitlines()[1:]
    lines = [line.strip() for line in described]
    assert any(lines)
    for line, following in itertools.pairwise(lines):
        if line and following:
            assert len(line) + 1 + len(following.split()[0]) > 78, line


def test_doctor_says_what_is_here_and_how_to_get_the_rest() -> None:
    done = lejepa("doctor", "--json")
    assert done.returncode == 0, done.stderr
    parts = {p["name"]: p for p in json.loads(done.stdout)}
    assert parts["Python"]["found"] == platform.python_version()
    assert parts["PyTorch"]["found"]
    assert all(p["found"] or p["get"] for p in parts.values())
    assert "how to get it" in lejepa("doctor").stdout


def test_results_as_json(tiny: Callable[..., Path], tmp_path: Path) -> None:
    done = lejepa("train", tiny(), "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["metrics"]) == 2
    rows = json.loads(lejepa("compare", tmp_path, tmp_path, "--json").stdout)
    assert [row["configuration"] for row in rows] == ["same"]
    assert rows[0]["A"] == rows[0]["B"]

"""What commands print, in encodings without ρ and ≤ and to readers that leave; and that the work goes on."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lejepa.plain import plain

LEJEPA = [sys.executable, "-c", "from lejepa.cli import main; main()"]


@pytest.mark.parametrize(
    ("character", "text"),
    [
        ("ρ", "rho"),
        ("Γ", "gamma"),
        ("²", "^2"),
        ("⁻", "^-"),
        ("ₙ", "_n"),
        ("é", "e"),
        ("≤", "<="),
        ("→", "->"),
        ("漢", "?"),
    ],
)
def test_a_character_in_ascii(character: str, text: str) -> None:
    assert plain(character) == text
    assert text.isascii()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_will_do(tiny: Callable[..., Path], tmp_path: Path, encoding: str) -> None:
    path = tiny(world={"rho": 2.0}, name="ρ≤1")
    done = subprocess.run(
        [*LEJEPA, "train", path, "--out", tmp_path],
        env=os.environ | {"PYTHONIOENCODING": encoding, "NO_COLOR": "1"},
        capture_output=True,
    )
    assert done.returncode == 2
    told = done.stderr.decode(encoding)
    assert ("ρ≤1" if encoding == "utf-8" else "rho<=1") in told
    assert "Traceback" not in told


def into_a_reader_that_leaves(words: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a command with a standard output that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run([*LEJEPA, *words], stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)


def test_a_reader_that_leaves_is_no_fault(tiny: Callable[..., Path], tmp_path: Path) -> None:
    for words in (["--help"], ["doctor", "--json"]):
        done = into_a_reader_that_leaves(words)
        assert (done.returncode, done.stderr) == (0, b"")
    done = into_a_reader_that_leaves(["train", str(tiny()), "--out", str(tmp_path)])
    assert (tmp_path / "experiments" / "tiny.json").exists()
    assert b"Broken" not in done.stderr
    assert done.returncode in (0, 1)  # the criterion of so short a training is met or not


def test_a_fault_stays_one_when_the_reader_leaves(tmp_path: Path) -> None:
    assert into_a_reader_that_leaves(["train", str(tmp_path / "none.yaml")]).returncode == 2

"""`lejepa certify`: what it prints and writes, and its exit codes."""

import json
from pathlib import Path

import numpy as np
import pytest
from lejepa import Certificate
from lejepa.certification.figure import draw
from lejepa.certification.known import latents, orthogonal, quadratic
from test_cli import lejepa

RHO = 0.9


def saved(path: Path, shift: float = 0, with_latents: bool = False) -> Path:
    encoder = quadratic(2, RHO)
    z, z_next = latents(2, RHO, 3_000, 0)
    extra = {"z": z.numpy()} if with_latents else {}
    np.savez(path, h0=encoder.encode(z).numpy(), h1=encoder.encode(z_next).numpy() + shift, **extra)
    return path


def test_a_certificate_is_printed_written_and_drawn(tmp_path: Path) -> None:
    pairs = saved(tmp_path / "pairs.npz", with_latents=True)
    out, figure = tmp_path / "made" / "certificate.json", tmp_path / "made" / "certificate.png"
    done = lejepa("certify", pairs, "--rho", "0.9", "--out", out, "--figure", figure, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("With confidence 0.95")
    assert "by Hermite degree" in done.stdout
    assert Certificate.model_validate_json(out.read_text()).recovery is not None
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_json_alone_and_exit_1_where_it_does_not_apply(tmp_path: Path) -> None:
    done = lejepa("certify", saved(tmp_path / "pairs.npz", shift=1), "--rho", "0.85,0.9", "--json", "--device", "cpu")
    assert done.returncode == 1
    made = json.loads(done.stdout)
    assert made["applies"] is False
    assert made["rho_source"] == "range"


@pytest.mark.parametrize("words", [["absent.npz", "--rho", "0.9"], ["pairs.npz", "--rho", "2"], ["pairs.txt"]])
def test_bad_input_is_one_sentence_and_exit_2(words: list[str], tmp_path: Path) -> None:
    saved(tmp_path / "pairs.npz")
    done = lejepa("certify", *words, "--device", "cpu", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_figure_without_latents(tmp_path: Path) -> None:
    from lejepa import certify

    draw(certify(*orthogonal(2, RHO).pairs(200, 0), rho=RHO), tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 1000

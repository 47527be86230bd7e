"""`lejepa certify`: what it prints and writes, and its exit codes."""

import json
from pathlib import Path

import numpy as np
import pytest
from lejepa import Certificate
from lejepa.certification import worlds
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
    assert done.stdout.startswith("Not refuted: with confidence 0.95")
    assert "by Hermite degree" in done.stdout
    assert Certificate.model_validate_json(out.read_text()).recovery is not None
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_json_alone_and_exit_1_where_the_world_is_refuted(tmp_path: Path) -> None:
    done = lejepa("certify", saved(tmp_path / "pairs.npz", shift=1), "--rho", "0.85,0.9", "--json", "--device", "cpu")
    assert done.returncode == 1
    made = json.loads(done.stdout)
    assert made["refuted"] is True
    assert made["rho_source"] == "range"


def test_exit_1_where_nothing_is_certified(tmp_path: Path) -> None:
    h0, h1 = np.random.default_rng(0).standard_normal((2, 3_000, 2))
    np.savez(tmp_path / "noise.npz", h0=h0, h1=h1)
    done = lejepa("certify", tmp_path / "noise.npz", "--rho", "0.9", "--device", "cpu")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("Nothing is certified: ")


def test_trajectories_are_told_by_an_option_or_by_the_file(tmp_path: Path) -> None:
    h0, h1 = worlds.trajectories(4_000, 20, 2, RHO, np.random.default_rng(0))
    turns = np.argsort(np.tile(np.arange(20), 200), kind="stable")
    ids = np.repeat(np.arange(200), 20)[turns]
    h0, h1 = h0[turns] + 0.0, h1[turns]
    np.savez(tmp_path / "plain.npz", h0=h0, h1=h1)
    np.savez(tmp_path / "told.npz", h0=h0, h1=h1, trajectory=ids)
    np.save(tmp_path / "ids.npy", ids)
    words = ("--rho", "0.9", "--json", "--device", "cpu")
    told = lejepa("certify", tmp_path / "told.npz", *words)
    option = lejepa("certify", tmp_path / "plain.npz", "--trajectory", tmp_path / "ids.npy", *words)
    assert told.returncode == option.returncode == 0, told.stderr + option.stderr
    assert json.loads(told.stdout) == json.loads(option.stdout)
    assert json.loads(told.stdout)["rows"]["reordered"] is True
    wrong = lejepa("certify", tmp_path / "plain.npz", "--trajectory", "absent.npy", *words)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


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


@pytest.mark.parametrize("option", ["pairs", "trajectory", "folder"])
def test_out_never_replaces_what_is_read(tmp_path: Path, option: str) -> None:
    pairs, ids = saved(tmp_path / "pairs.npz"), tmp_path / "ids.npy"
    np.save(ids, np.arange(3_000))
    out = {"pairs": tmp_path / "other" / ".." / "pairs.npz", "trajectory": ids, "folder": tmp_path}[option]
    before = pairs.read_bytes(), ids.read_bytes()
    done = lejepa("certify", pairs, "--rho", "0.9", "--trajectory", ids, "--out", out, "--device", "cpu")
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("lejepa: out: expected the name of a file to write, but ")
    assert done.stderr.count("\n") == 1
    assert (pairs.read_bytes(), ids.read_bytes()) == before

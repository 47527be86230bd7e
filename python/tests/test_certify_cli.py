"""`lejepa certify`: what it prints and writes, and its exit codes."""

import io
import json
import os
import re
import sys
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from lejepa import Certificate, cli, doctor
from lejepa.certification import worlds
from lejepa.certification.figure import draw
from lejepa.certification.known import latents, orthogonal, quadratic
from lejepa.commands import streams
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


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_columns_are_in_line_whatever_the_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """Both tables of a certificate; and JSON is the same for each encoding."""
    pairs = saved(tmp_path / "pairs.npz", with_latents=True)
    text = told(monkeypatch, encoding, "certify", pairs, "--rho", "0.9", "--device", "cpu")
    tables = [list(rows) for inside, rows in groupby(text.splitlines(), lambda x: x.startswith("  ")) if inside]
    assert len(tables[0]) == 8
    for rows, columns in zip(tables, (3, 4), strict=True):
        assert len(rows) > 1
        starts = {tuple(m.start() for m in re.finditer(r"\S+(?: \S+)*", row))[:columns] for row in rows}
        assert len(starts) == 1, rows
        assert len(starts.pop()) == columns
    assert text.isascii() == (encoding != "utf-8")
    assert ("𝔼 ‖h' - h‖²" if encoding == "utf-8" else "E ||h' - h||^2") in text
    made = json.loads(told(monkeypatch, encoding, "certify", pairs, "--rho", "0.9", "--device", "cpu", "--json"))
    assert made == json.loads(told(monkeypatch, "utf-8", "certify", pairs, "--rho", "0.9", "--device", "cpu", "--json"))


def told(monkeypatch: pytest.MonkeyPatch, encoding: str, *words: object) -> str:
    """What a command prints where standard output has an encoding."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with monkeypatch.context() as changed:
        changed.setattr(sys, "stdout", out)
        changed.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        changed.setattr(sys, "argv", ["lejepa", *map(str, words)])
        streams.settle()
        assert cli.run() in (0, 1)
    out.seek(0)
    return out.read()


def test_json_keeps_every_character_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that JSON would take for its own: what an encoding lacks is escaped, not replaced."""
    part = doctor.Part("«ρ»", "“all” → ∞", None, "‘x’ \\ 漢 𝔼")
    monkeypatch.setattr(doctor, "examine", lambda: [part])
    for encoding in ("ascii", "latin-1", "utf-8"):
        (found,) = json.loads(told(monkeypatch, encoding, "doctor", "--json"))
        assert found == {"name": "«ρ»", "purpose": "“all” → ∞", "found": None, "get": "‘x’ \\ 漢 𝔼", "needed": False}


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


def test_a_certificate_and_its_figure_are_two_files(tmp_path: Path) -> None:
    pairs = saved(tmp_path / "pairs.npz")
    same = tmp_path / "other" / ".." / "made.png"
    words = ("--rho", "0.9", "--out", tmp_path / "made.png", "--figure", same, "--device", "cpu")
    done = lejepa("certify", pairs, *words)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("lejepa: figure: expected the name of another file than that of --out, ")
    assert done.stderr.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["pairs.npz"]


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


@pytest.mark.parametrize("option", ["out", "figure"])
@pytest.mark.parametrize("there", ["a pipe", "a link to itself", "a name too long"])
def test_what_can_t_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, there: str
) -> None:
    monkeypatch.setattr("lejepa.certification.certifier.certify_pairs", lambda *given, **options: pytest.fail("worked"))
    path, says = tmp_path / "made.png", "can't be written (Too many levels of symbolic links)"
    if there == "a pipe":
        os.mkfifo(path)
        says = f"{option}: expected the name of a file to write, but {path} is a pipe"
    elif there == "a link to itself":
        path.symlink_to(path)
    else:
        path, says = tmp_path / f"{'a' * 300}.png", "can't be written (File name too long)"
    pairs = saved(tmp_path / "pairs.npz")
    before = {p.name: p.lstat().st_mode for p in tmp_path.iterdir()}
    words = ["certify", pairs, f"--{option}", path, "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", ["lejepa", *map(str, words)])
    assert cli.run() == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert {p.name: p.lstat().st_mode for p in tmp_path.iterdir()} == before

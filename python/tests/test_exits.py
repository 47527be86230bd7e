"""Exit codes: one list in code, in the docs and in `--help`, and each command keeps to it."""

import errno
import json
import os
import pickle
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from audited import Project
from lejepa import cli, doctor, extras
from lejepa.alone import alone
from lejepa.certification.known import latents, orthogonal, quadratic
from lejepa.errors import EXITS, CannotRun, Exit, UserError, brief
from lejepa.files import repository
from lejepa.interrupt import Interrupted
from lejepa.reacher import render
from reacher_tiny import TINY as ARM
from typer.testing import CliRunner

ROOT = repository(Path(__file__).parent)
RHO = 0.9


def run(monkeypatch: pytest.MonkeyPatch, *given: object) -> int:
    """The exit code of a command, run in this process."""
    monkeypatch.setattr(sys, "argv", ["lejepa", *map(str, given)])
    return int(cli.run())


def test_the_docs_and_the_help_list_the_codes_of_the_code() -> None:
    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| (.*) \|$", page, re.MULTILINE)
    assert listed == [(str(int(code)), says) for code, says in EXITS.items()]
    assert set(EXITS) == set(Exit)
    told = " ".join(CliRunner().invoke(cli.app, ["--help"], env={"COLUMNS": "200"}).output.split())
    for code, says in EXITS.items():
        assert f"{code} {says}" in told
    assert (UserError.code, CannotRun.code) == (2, 3)


def commands() -> Iterator[tuple[list[str], Any]]:
    """Every command with the words that call it."""
    root = typer.main.get_command(cli.app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        yield from [([name, n], c) for n, c in below.items()] if below else [([name], command)]


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda v: "-".join(v) if isinstance(v, list) else ""
)
def test_the_help_of_each_command_has_an_example_that_the_command_takes(name: list[str], command: Any) -> None:
    example = re.match(r"Example: lejepa (.*)(?:\n\n|$)", command.epilog)
    assert example, name
    given = shlex.split(example[1])
    assert given[: len(name)] == name
    command.make_context(" ".join(name), given[len(name) :]).close()  # parses it; UsageError where that can't be
    for word in given:
        if word.startswith("python/"):
            assert (ROOT / word).exists()


def test_the_page_names_every_command() -> None:
    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    named = {word for text in re.findall(r"`([^`]*)`", page) for word in text.split()}
    assert {name[-1] for name, _ in commands()} <= named


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda v: "-".join(v) if isinstance(v, list) else ""
)
def test_wrong_usage_is_2(monkeypatch: pytest.MonkeyPatch, name: list[str], command: Any) -> None:
    assert run(monkeypatch, *name, "--no-such-option") == 2


def test_interrupts_and_full_disks_and_want_of_memory(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raising(error: BaseException) -> Callable[[], list[object]]:
        def examine() -> list[object]:
            raise error

        return examine

    for error, code, says in [
        (KeyboardInterrupt(), 130, "interrupted"),
        (Interrupted("stopped; the same command resumes"), 130, "stopped"),
        (UserError("x: expected y"), 2, "x: expected y"),
        (CannotRun("x: no GPU"), 3, "x: no GPU"),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (OSError(errno.EACCES, "Permission denied", "/a/b"), 2, "'/a/b': expected a path that can be used (Permission"),
        (OSError(errno.ELOOP, "Too many levels", "/a/b"), 2, "'/a/b': expected a path that can be used (Too many lev"),
        (MemoryError(), 3, "more memory than there is"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), 3, "more memory"),
    ]:
        monkeypatch.setattr(doctor, "examine", raising(error))
        assert run(monkeypatch, "doctor") == code, error
        said = capsys.readouterr().err
        assert said.startswith("lejepa: ")
        assert says in said
        assert said.count("\n") == 1
    monkeypatch.setattr(doctor, "examine", raising(RuntimeError("a fault of ours")))
    with pytest.raises(RuntimeError, match="ours"):
        run(monkeypatch, "doctor")
    for ours in (FileNotFoundError(errno.ENOENT, "No such file", "/a/b"), OSError(errno.EACCES, "Permission denied")):
        monkeypatch.setattr(doctor, "examine", raising(ours))
        with pytest.raises(OSError, match=str(ours.strerror)):
            run(monkeypatch, "doctor")


def test_doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    part = doctor.Part("a [part]", "all [of] it", None, "pip install 'x[y]'")
    monkeypatch.setattr(doctor, "examine", lambda: [part])
    assert run(monkeypatch, "doctor") == 0
    said = capsys.readouterr().out
    assert "a [part]" in said
    assert "all [of] it" in said
    assert "  a [part]: pip install 'x[y]'\n" in said
    needed = doctor.Part("PyTorch", "training", None, "pip install torch", needed=True)
    monkeypatch.setattr(doctor, "examine", lambda: [needed])
    assert run(monkeypatch, "doctor", "--json") == 3
    assert json.loads(capsys.readouterr().out)[0]["found"] is None


def test_an_extra_is_installed_by_the_packages_that_it_consists_of(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [
        "numpy>=1",
        'ray>=2.9; extra == "ray"',
        'zarr>=3.1; extra == "reacher"',
        'old<1; python_version < "3" and extra == "ray"',
    ]
    monkeypatch.setattr(extras, "requires", lambda name: listed)
    assert shlex.split(extras.get("ray"))[1:] == ["-m", "pip", "install", "ray>=2.9"]
    error = extras.missing("--ray", "ray", "ray")
    assert error.code == 3
    assert str(error) == f"--ray: expected the Python package ray; `{extras.get('ray')}` brings it"


def pairs(path: Path, shift: float = 0) -> Path:
    encoder = quadratic(2, RHO)
    z, z_next = latents(2, RHO, 3_000, 0)
    np.savez(path, h0=encoder.encode(z).numpy(), h1=encoder.encode(z_next).numpy() + shift)
    return path


def test_certify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--rho", "0.9", "--device", "cpu")
    sound = pairs(tmp_path / "a.npz")
    assert run(monkeypatch, "certify", sound, *options) == 0
    assert run(monkeypatch, "certify", pairs(tmp_path / "b.npz", shift=1), *options) == 1
    noise = np.random.default_rng(0).standard_normal((2, 3_000, 2))
    np.save(tmp_path / "noise.npy", noise)
    np.save(tmp_path / "few.npy", noise[:, :31])
    np.save(tmp_path / "void.npy", np.zeros((2, 0, 40)))
    assert run(monkeypatch, "certify", tmp_path / "noise.npy", *options) == 1
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    for given, code, says in [
        ((sound, "--rho", "2"), 2, "rho: expected a correlation between 0 and 1"),
        ((sound, "--rho", "[0.8, 0.9]"), 2, "rho: expected a number such as 0.9"),
        ((sound, "--seed", 10**23), 2, f"seed: expected a whole number from 0 to 2^63 - 1, found 1{'0' * 23}"),
        ((sound, "--seed", -1), 2, "seed: expected a whole number"),
        ((sound, "--figure", tmp_path / "f.xyz"), 2, "f.xyz: expected a figure's file to be named .png, .pdf, .svg"),
        ((tmp_path / "none.npz",), 2, "there is no such file"),
        ((tmp_path / "few.npy",), 2, "few.npy: expected at least 32 pairs of 2 dimensions, found 31"),
        ((tmp_path / "void.npy",), 2, "void.npy: expected at least 41 pairs of 40 dimensions, found 0"),
        ((sound, "--device", "cuda:99"), 3, "CUDA devices on this machine"),
        ((tmp_path / "a.parquet",), 3, "expected the Python package pyarrow"),
    ]:  # fmt: skip
        assert run(monkeypatch, "certify", *given) == code, given
        said = capsys.readouterr()
        assert says in said.err
        assert said.err.count("\n") == 1
        assert said.out == ""
    assert not (tmp_path / "f.xyz").exists()


def test_nothing_is_made_where_the_input_is_bad(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path
) -> None:
    out, sound = tmp_path / "new" / "deeper", pairs(tmp_path / "a.npz")
    ill = np.load(sound)
    np.savez(tmp_path / "ill.npz", h0=ill["h0"], h1=np.where(np.arange(3_000)[:, None] == 2_999, np.nan, ill["h1"]))
    files = ("--out", out / "c.json", "--figure", out / "c.png", "--device", "cpu")
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "dm_control", None)
    monkeypatch.setitem(sys.modules, "dm_control.suite", None)
    render.few.cache_clear()  # frames that another test of this process has drawn
    grid = tmp_path / "grid.yaml"
    grid.write_text(tiny().read_text() + "\ngrid: {world.rho: [0.5, 0.9]}\n")
    quick = arm_yaml(tmp_path)
    for given, code in [
        (("certify", tmp_path / "none.npz", *files), 2),
        (("certify", tmp_path / "ill.npz", *files), 2),
        (("certify", sound, "--trajectory", "7", *files), 2),
        (("train", tmp_path / "none.yaml", "--out", out), 2),
        (("sweep", grid, "--out", out, "--device", "cpu", "--ray", "auto"), 3),
        (("train", quick, "--out", out, "--device", "cpu"), 3),
        (("compare", out, out), 2),
        (("figures", "--out", out), 2),
        (("evidence", "--adopt", out), 2),
    ]:
        assert run(monkeypatch, *given) == code, given
        assert not (tmp_path / "new").exists(), given
    assert run(monkeypatch, "certify", sound, "--rho", "0.9", *files) == 0
    assert {p.name for p in out.iterdir()} == {"c.json", "c.png"}


def test_a_folder_that_can_t_be_made_is_told_before_the_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = pairs(tmp_path / "a.npz")
    monkeypatch.setattr("lejepa.certification.certifier.certify_pairs", lambda *given, **options: pytest.fail("worked"))
    assert run(monkeypatch, "certify", sound, "--out", sound / "new" / "c.json") == 2
    assert f"{sound / 'new'}: expected a folder that can be written to" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_a_certificate_s_figure_has_the_format_of_its_suffix(tmp_path: Path, suffix: str, begins: bytes) -> None:
    from lejepa import certify
    from lejepa.certification.figure import draw

    draw(certify(*orthogonal(2, RHO).pairs(200, 0), rho=RHO), tmp_path / f"c.{suffix}")
    assert (tmp_path / f"c.{suffix}").read_bytes().startswith(begins)


def arm_yaml(folder: Path) -> Path:
    """A small experiment with the robot arm."""
    path = folder / "arm.yaml"
    path.write_text(json.dumps(ARM))
    return path


def test_train_sweep_compare_and_figures(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", tmp_path / "out", "--device", "cpu")
    short = {"steps": 2, "evaluate_every": 1}
    missed = [{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 1.0, "spare": 0}]
    assert run(monkeypatch, "train", tiny(training=short), *out) == 0
    written = (tmp_path / "out" / "experiments" / "tiny.json").read_bytes()
    capsys.readouterr()
    # the same command again shows what there is, as after a kill between the result and its figure
    (tmp_path / "out" / "figures" / "tiny.png").unlink()
    assert run(monkeypatch, "train", tiny(training=short), *out) == 0
    assert "is trained already" in capsys.readouterr().err
    assert (tmp_path / "out" / "figures" / "tiny.png").exists()
    assert run(monkeypatch, "train", tiny(training=short, criterion=missed), *out) == 1
    assert run(monkeypatch, "sweep", tiny(training=short, criterion=missed), *out) == 1
    assert run(monkeypatch, "sweep", tiny(training=short), *out) == 0
    assert run(monkeypatch, "train", tiny(training={"steps": 3}), *out) == 2  # another configuration's result is kept
    assert (tmp_path / "out" / "experiments" / "tiny.json").read_bytes() == written
    assert run(monkeypatch, "train", tiny(training=short), *out[:2], "--device", "cuda:99") == 3
    assert run(monkeypatch, "sweep", tiny(training=short), *out[:2], "--device", "cuda:99") == 3
    monkeypatch.setitem(sys.modules, "ray", None)
    assert run(monkeypatch, "sweep", tiny(training=short, name="other"), *out, "--ray", "auto") == 3
    assert run(monkeypatch, "compare", tmp_path / "out", tmp_path / "out") == 0
    assert run(monkeypatch, "compare", tmp_path / "out", tmp_path / "none") == 2
    assert run(monkeypatch, "compare", tmp_path / "out", tmp_path / "out", "--metric", "r2") == 2
    assert run(monkeypatch, "figures", "--out", tmp_path / "out") == 0
    assert run(monkeypatch, "figures", "--out", tmp_path / "none") == 2


SHORT = {"steps": 2, "evaluate_every": 1}
MISSED = [{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 1.0, "spare": 0}]


def test_another_name_in_a_result_hides_no_criterion(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that reads the result says whose it is, and none takes it for the one that the file is named by."""
    configuration, options = tiny(training=SHORT, criterion=MISSED), ("--out", tmp_path / "out", "--device", "cpu")
    assert run(monkeypatch, "train", configuration, *options) == 1
    path = tmp_path / "out" / "experiments" / "tiny.json"
    path.write_text(path.read_text().replace('"name": "tiny"', '"name": "other"'))
    before = path.read_bytes()
    capsys.readouterr()
    for given in (
        ("train", configuration, *options),
        ("sweep", configuration, *options),
        ("figures", *options[:2]),
        ("compare", tmp_path / "out", tmp_path / "out"),
    ):
        assert run(monkeypatch, *given) == 2, given
        said = capsys.readouterr().err
        assert said.startswith(f"lejepa: {path}: expected the result of tiny")
        assert "found that of 'other'" in said
        assert said.count("\n") == 1
    assert path.read_bytes() == before
    assert run(monkeypatch, "train", configuration, *options, "--overwrite") == 1
    assert json.loads(path.read_text())["name"] == "tiny"


def test_a_result_that_is_kept_is_told_what_it_is(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "out" / "experiments" / "tiny.json", ("--out", tmp_path / "out", "--device", "cpu")
    assert run(monkeypatch, "train", tiny(training=SHORT), *out) == 0
    whole = path.read_text()
    older = "expected the result of tiny as configured now, found an older one's; --overwrite replaces it"
    broken = "expected a JSON file, but it can't be read: "
    for text, steps, says in [
        (whole, 1, older),
        ("{}", 2, older),
        ("", 2, broken),
        (whole[:-9], 2, broken),
        (whole.replace('"step": 2', '"step": 2, "more": 1'), 2, older),
    ]:
        path.write_text(text)
        for command in ("train", "sweep"):
            capsys.readouterr()
            assert run(monkeypatch, command, tiny(training=SHORT | {"steps": steps}), *out) == 2
            said = capsys.readouterr().err
            assert said.startswith(f"lejepa: {path}: {says}")
            assert said.endswith("; --overwrite replaces it\n")
            assert said.count("\n") == 1
            assert path.read_text() == text


@pytest.mark.parametrize("suffix", [".json", ".safetensors", ".checkpoint"])
@pytest.mark.parametrize("command", ["train", "sweep"])
def test_what_is_no_file_is_refused_before_the_training(
    monkeypatch: pytest.MonkeyPatch,
    tiny: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    suffix: str,
) -> None:
    """Also with --overwrite."""
    from lejepa.training import train

    monkeypatch.setattr(train, "held", lambda *given: pytest.fail("trained"))
    path = tmp_path / "out" / "experiments" / f"tiny{suffix}"
    path.mkdir(parents=True)
    options = ("--out", tmp_path / "out", "--device", "cpu", *(["--jobs", 1] if command == "sweep" else []))
    for more in ([], ["--overwrite"]):
        assert run(monkeypatch, command, tiny(training=SHORT), *options, *more) == 2
        said = capsys.readouterr().err
        assert f"lejepa: {path}: expected the name of a file to write, but it is a folder\n" in said
        assert os.listdir(path.parent) == [path.name]


def test_a_path_that_can_t_be_used_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every command that takes one, wherever the path is looked at."""
    far, sound = tmp_path / ("a" * 300), pairs(tmp_path / "a.npz")
    recorded = tmp_path / "recorded.yaml"
    data = {"name": "mine", "data": f"{'a' * 300}.npz", "encoder": {"kind": "mlp"}, "training": {"steps": 1}}
    recorded.write_text(json.dumps(data | {"objective": {"kind": "vicreg", "weight": 0.5}}))
    extending = tmp_path / "extending.yaml"
    extending.write_text(json.dumps({"extends": f"{'a' * 300}.yaml"}))
    for given in [
        ("train", far),
        ("train", tiny(), "--out", far),
        ("train", tiny(), "--out", far, "--overwrite"),
        ("train", recorded, "--out", tmp_path / "out"),
        ("train", extending, "--out", tmp_path / "out"),
        ("sweep", far),
        ("sweep", tiny(), "--out", far, "--device", "cpu"),
        ("compare", far, far),
        ("figures", "--out", far),
        ("certify", far.with_suffix(".npz")),
        ("certify", sound, "--trajectory", far.with_suffix(".npy")),
        ("certify", sound, "--out", far),
        ("certify", sound, "--figure", far.with_suffix(".png")),
        ("collect", "Pendulum-v1", "--steps", 9, "--out", far.with_suffix(".npz")),
        ("evidence", "--adopt", far),
        ("sources", "--contract", far),
        ("ledger", far),
    ]:
        assert run(monkeypatch, *given) == 2, given
        said = capsys.readouterr().err
        assert said.startswith("lejepa: ")
        assert "aaaa" in said
        assert said.count("\n") == 1, said
    assert set(os.listdir(tmp_path)) == {"a.npz", "extending.yaml", "recorded.yaml", "tiny.yaml"}


def test_without_a_terminal_lines_say_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lejepa import progress

    monkeypatch.setattr(progress, "FIRST", 0.0)  # every step is told
    out = ("--out", tmp_path / "out", "--device", "cpu")
    assert run(monkeypatch, "train", tiny(), *out) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(re.fullmatch(r"tiny: 20 of 30 steps, loss \d\.\d{4}, R² -?\d\.\d{4}, \d+ s left", x) for x in lines)
    assert run(monkeypatch, "sweep", tiny(name="swept"), *out) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(re.match(r"swept: 20 of 30 steps, swept: step 20, loss \d\.\d{4}, R² -?\d\.\d{4}", x) for x in lines)
    for rhos in ([0.5], [0.5, 0.9]):
        path = tiny(name="kept", grid={"world.rho": rhos})
        assert run(monkeypatch, "sweep", path, *out) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(x.startswith("kept: 50 of 60 steps, kept/0.9: step 20, ") for x in lines)
    sound = pairs(tmp_path / "a.npz")
    assert run(monkeypatch, "certify", sound, "--rho", "0.9", "--device", "cpu") == 0
    assert f"{sound}: 3000 of 3000 pairs, now the tests" in capsys.readouterr().err


def test_a_second_process_on_the_same_results_is_refused_and_the_first_one_named(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lejepa.checking import mutate, running
    from lejepa.checking.results import FILE
    from lejepa.checking.scores import FILE as SCORES

    def told(target: Path) -> str:
        return f"{target}: process {os.getpid()} is at work on it; wait for it, or stop it"

    out = tmp_path / "out"
    for target, given in [
        (out / "experiments" / "tiny.json", ["train", tiny()]),
        (out / "experiments" / "tiny", ["sweep", tiny()]),
    ]:
        with alone(target):
            assert run(monkeypatch, *given, "--out", out, "--device", "cpu") == 2
        said = capsys.readouterr().err
        assert said.replace("\n", "") == f"lejepa: {told(target)}"
    for module, file in ((running, FILE), (mutate, SCORES)):
        monkeypatch.setattr(module, "find", lambda *given: None)
        monkeypatch.setattr(module, "select", lambda *given: [])
        with alone(tmp_path / file), pytest.raises(UserError) as caught:
            module.run_all(tmp_path, [])
        assert str(caught.value) == told(tmp_path / file)


def test_check_mutants_audit_and_what_is_committed(
    monkeypatch: pytest.MonkeyPatch, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    for given in (["audit"], ["sources"], ["evidence"], ["prose"], ["report"], ["report", "--check"]):
        assert run(monkeypatch, *given) == 0, (given, capsys.readouterr().err)
    (project.root / "docs" / "experiments.md").write_text("nothing\n")
    assert run(monkeypatch, "report", "--check") == 1
    file = next((project.root / "checks").glob("*.py"))
    file.write_text(file.read_text() + "\nMORE = 1\n")
    assert run(monkeypatch, "audit") == 1  # its result is stale
    assert run(monkeypatch, "check", "--only", "no-such-check") == 2
    assert run(monkeypatch, "check", "--jobs", "0") == 2
    assert run(monkeypatch, "mutants", "--sample", "0") == 2
    assert run(monkeypatch, "evidence", "--only", "experiments/") == 0
    capsys.readouterr()
    assert run(monkeypatch, "evidence", "--only", "experimnts/") == 2
    assert capsys.readouterr().err.startswith("lejepa: --only experimnts/: expected the beginning of a path below")
    (project.root / "checks" / "statements.toml").write_text("[")
    for given in (["check"], ["audit"], ["sources"], ["mutants"], ["prose"], ["report", "--check"]):
        assert run(monkeypatch, *given) == 2, given
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(project.root)
    for given in (["check"], ["audit"], ["evidence"], ["report"], ["mutants"], ["search"]):
        assert run(monkeypatch, *given) == 2, given


def test_check_and_mutants_fall_short(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    from lejepa.checking import mutate, running
    from lejepa.checking.results import Result
    from lejepa.checking.scores import Score

    monkeypatch.chdir(project.root)
    for verdict, code in (("undecided", 1), ("violated", 1), ("holds", 0)):
        found = Result("a.B", "s", 1, 0, 50, 0, verdict, 0.1, None)  # type: ignore[arg-type]
        monkeypatch.setattr(running, "run_all", lambda *given, found=found, **options: [found])
        assert run(monkeypatch, "check") == code
    monkeypatch.setattr(mutate, "run_all", lambda *given, **options: [Score("a.B", "s", broken="it fails")])
    assert run(monkeypatch, "mutants") == 1
    monkeypatch.setattr(mutate, "run_all", lambda *given, **options: [Score("a.B", "s", mutants=1, caught=1)])
    assert run(monkeypatch, "mutants") == 0


def test_evidence_that_can_t_be_replayed_here_is_3(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    from lejepa.training import evidence

    def unable(*given: object) -> list[str]:
        raise CannotRun("Reacher: expected the Python package mujoco")

    monkeypatch.chdir(project.root)
    monkeypatch.setattr(evidence, "replay", unable)
    assert run(monkeypatch, "evidence") == 3
    monkeypatch.setattr(evidence, "changed", lambda *given: ["its rho is another"])
    assert run(monkeypatch, "evidence") == 1


def test_without_a_simulator_frames_of_the_arm_are_not_drawn(
    monkeypatch: pytest.MonkeyPatch, tiny: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = arm_yaml(tmp_path)
    monkeypatch.setitem(sys.modules, "dm_control.suite", None)
    monkeypatch.setitem(sys.modules, "dm_control", None)
    render.few.cache_clear()
    monkeypatch.setenv("MUJOCO_GL", "egl")
    on_cpu = ("--out", tmp_path, "--device", "cpu")
    assert run(monkeypatch, "train", quick, *on_cpu) == 3
    monkeypatch.setenv("MUJOCO_GL", "paper")
    assert run(monkeypatch, "train", quick, *on_cpu) == 2
    assert run(monkeypatch, "train", quick, "--jobs", "0", *on_cpu) == 2
    capsys.readouterr()
    assert run(monkeypatch, "train", tiny(), "--jobs", "2", *on_cpu) == 2
    assert "--jobs: expected it with the mixing arm alone" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"arm.yaml", "tiny.yaml"}


def test_a_sentence_is_on_one_line_whatever_it_quotes() -> None:
    assert str(UserError("a\n: expected b\r\n, found \u2028c  d")) == "a : expected b , found  c  d"
    assert str(pickle.loads(pickle.dumps(CannotRun("x: no GPU")))) == "x: no GPU"


def test_a_long_value_loses_its_middle_in_a_sentence() -> None:
    assert brief("x" * 1000) == f"'{'x' * 37}...{'x' * 38}'"
    assert brief(10**23) == "100000000000000000000000"
    assert len(brief(["y" * 1000] * 1000)) < 700


def test_a_command_that_is_gone_names_the_one_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "reacher", "run", "arm.yaml") == 2
    said = " ".join(capfd.readouterr().err.split())
    assert said.startswith("lejepa: reacher: there is no such command any more; lejepa sweep CONFIG runs")

"""Checkpoints come back to the bit, and are refused where a bit has changed; a result is of one process at a time."""

import errno
import getpass
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lejepa import checkpoints
from lejepa.alone import AtWork, alone
from lejepa.errors import CannotRun, UserError

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    tensor = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return {"step": 7, "weights": {"a": tensor}, "words": ["x", "→"]}


@pytest.fixture(scope="module")
def written(state: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("states") / "run.checkpoint"
    checkpoints.save(path, state)
    return path


def test_a_state_comes_back_to_the_bit(state: dict[str, Any], written: Path) -> None:
    found = checkpoints.load(written, CPU)
    assert torch.equal(found["weights"]["a"], state["weights"]["a"])
    assert {k: v for k, v in found.items() if k != "weights"} == {"step": 7, "words": ["x", "→"]}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bit_that_has_changed_is_found(written: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(written.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = tmp_path / "changed.checkpoint"
    changed.write_bytes(content)
    with pytest.raises(UserError) as caught:
        checkpoints.load(changed, CPU)
    assert str(caught.value).startswith(f"{changed}: expected a checkpoint")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_one_that_is_cut_short_is_found(written: Path, tmp_path: Path, share: float) -> None:
    content = written.read_bytes()
    cut = tmp_path / "cut.checkpoint"
    cut.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match="expected a checkpoint"):
        checkpoints.load(cut, CPU)


def test_what_plain_pytorch_wrote_is_refused(state: dict[str, Any], tmp_path: Path) -> None:
    torch.save(state, tmp_path / "old.checkpoint")
    with pytest.raises(UserError, match="of this version"):
        checkpoints.load(tmp_path / "old.checkpoint", CPU)


def test_code_in_it_is_not_run(tmp_path: Path) -> None:
    checkpoints.save(tmp_path / "code.checkpoint", {"f": os.getcwd})
    with pytest.raises(UserError, match="of tensors, numbers and texts alone"):
        checkpoints.load(tmp_path / "code.checkpoint", CPU)


HOLDER = """
import sys
from pathlib import Path
from lejepa.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["close", "kill"])
def test_a_result_is_of_one_process_at_a_time(tmp_path: Path, end: str) -> None:
    target = tmp_path / "deep" / "result.json"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(UserError) as caught, alone(target):
        pass
    assert str(caught.value) == f"{target}: process {holder.pid} is at work on it; wait for it, or stop it"
    with alone(tmp_path / "deep" / "another.json"):
        pass
    holder.kill() if end == "kill" else holder.stdin.close()
    holder.wait()
    with alone(target):
        pass
    with alone(target):
        pass


def test_a_file_of_a_checkpoint_is_a_line_and_what_pytorch_writes(state: dict[str, Any], written: Path) -> None:
    head, _, body = written.read_bytes().partition(b"\n")
    assert head == b"lejepa checkpoint " + hashlib.sha256(body).hexdigest().encode()
    assert torch.equal(torch.load(io.BytesIO(body), weights_only=True)["weights"]["a"], state["weights"]["a"])
    assert str(checkpoints.load(written, torch.device("meta"))["weights"]["a"].device) == "meta"


def test_what_is_no_state_is_refused_by_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.checkpoint: expected a checkpoint, but it can't be read: No such file"):
        checkpoints.load(tmp_path / "none.checkpoint", CPU)
    checkpoints.save(tmp_path / "list.checkpoint", [1])  # type: ignore[arg-type]
    with pytest.raises(UserError, match="expected a checkpoint of a run, found a list; remove it, or give --overwrite"):
        checkpoints.load(tmp_path / "list.checkpoint", CPU)
    body = b"no state"
    head = b"lejepa checkpoint " + hashlib.sha256(body).hexdigest().encode() + b"\n"
    (tmp_path / "odd.checkpoint").write_bytes(head + body)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserError, match=r"of tensors, numbers and texts alone \(\w+\)"):
            checkpoints.load(tmp_path / "odd.checkpoint", CPU)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's folder for temporary files, of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_process_at_work_is_named_in_a_file_meanwhile(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody")
    folder = temporary / "lejepa-somebody"
    with alone(temporary / "result.json"):
        (owner,) = folder.glob("*.process")
        assert owner.read_text() == f"{os.getpid()}\n"
        assert (folder / f"{owner.stem}.lock").exists()
        with alone(temporary / "other.json"):
            assert len(list(folder.glob("*.process"))) == 2
        owner.unlink()  # as where it had not been written yet
        told = tell_at_work(temporary / "result.json")
        assert told == f"{temporary / 'result.json'}: process another is at work on it; wait for it, or stop it"
        owner.write_text("\n")
        assert tell_at_work(temporary / "result.json") == told
        owner.write_text(" 12 \n")
        (temporary / "link.json").symlink_to(temporary / "result.json")
        told = tell_at_work(temporary / "link.json")  # the same result by another name
        assert told == f"{temporary / 'link.json'}: process 12 is at work on it; wait for it, or stop it"
    assert list(folder.glob("*.process")) == []


def tell_at_work(target: Path) -> str:
    with pytest.raises(AtWork) as caught, alone(target):
        pass
    return str(caught.value)


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no user")])
def test_a_user_without_a_name_has_a_folder_too(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def nobody() -> str:
        raise error

    def fail() -> None:
        assert len(list((temporary / "lejepa-user").glob("*.process"))) == 1
        raise ZeroDivisionError

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(ZeroDivisionError), alone(temporary / "result.json"):
        fail()
    assert list((temporary / "lejepa-user").glob("*.process")) == []
    with alone(temporary / "result.json"):
        pass


def test_where_the_lock_can_not_be_made_one_sentence_says_so(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody")
    folder = temporary / "lejepa-somebody"

    def full(self: FileLock, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileLock, "acquire", full)
    with pytest.raises(CannotRun, match=f"{folder}: can't be written"), alone(temporary / "result.json"):
        pass

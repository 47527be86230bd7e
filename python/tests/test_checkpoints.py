"""Checkpoints come back to the bit, and are refused where a bit has changed; a result is of one process at a time."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lejepa import checkpoints
from lejepa.alone import alone
from lejepa.errors import UserError

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

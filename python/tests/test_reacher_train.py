"""Encoders of frames: trained without a renderer, on a moving dot."""

import os
import signal
from pathlib import Path

import pytest
import torch
from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.reacher.train import train
from lejepa.training.frames import FrameEncoder
from reacher_tiny import dots, tiny
from torch import Tensor

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def frames() -> Tensor:
    return dots()


def trained(
    frames: Tensor, path: Path, stop_at: int | None = None, overwrite: bool = False, **changes: object
) -> FrameEncoder:
    c = tiny(**changes)

    def progress(step: int, note: str) -> None:
        if step == stop_at:
            os.kill(os.getpid(), signal.SIGTERM)

    return train(c, c.objectives[0], 0, frames, "dots", path, CPU, overwrite, progress)[0]


def test_interrupted_training_goes_on_to_the_same_bits(frames: Tensor, tmp_path: Path) -> None:
    whole = trained(frames, tmp_path / "whole.pt")
    with pytest.raises(Interrupted):
        trained(frames, tmp_path / "parts.pt", stop_at=3)
    parts = trained(frames, tmp_path / "parts.pt")
    for a, b in zip(whole.state_dict().values(), parts.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_a_finished_encoder_is_not_trained_again(frames: Tensor, tmp_path: Path) -> None:
    trained(frames, tmp_path / "e.pt")
    seen: list[int] = []
    c = tiny()
    train(c, c.objectives[0], 0, frames, "dots", tmp_path / "e.pt", CPU, progress=lambda step, note: seen.append(step))
    assert seen == [c.training.steps]


def test_another_configurations_encoder_is_kept(frames: Tensor, tmp_path: Path) -> None:
    trained(frames, tmp_path / "e.pt")
    kept = (tmp_path / "e.pt").read_bytes()
    with pytest.raises(UserError, match=r"e\.pt: this encoder is of another configuration or version and is kept"):
        trained(frames, tmp_path / "e.pt", training={"batch": 9})
    assert (tmp_path / "e.pt").read_bytes() == kept
    trained(frames, tmp_path / "e.pt", overwrite=True, training={"batch": 9})
    assert (tmp_path / "e.pt").read_bytes() != kept


def test_a_broken_encoder_is_a_sentence(frames: Tensor, tmp_path: Path) -> None:
    (tmp_path / "e.pt").write_bytes(b"no")
    with pytest.raises(UserError, match=r"e\.pt: expected a checkpoint of this version"):
        trained(frames, tmp_path / "e.pt")


def test_a_loss_that_diverges_is_a_sentence(frames: Tensor, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"expected a training\.learning_rate at which training converges"):
        trained(frames, tmp_path / "e.pt", training={"learning_rate": 1e30, "warmup": 0, "steps": 60})

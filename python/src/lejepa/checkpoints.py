"""The state of a run in one file: whole or absent, and refused as soon as a bit of it has changed.

The file is a line, `lejepa checkpoint` and the SHA-256 of the rest, and then what `torch.save` writes. It is read with
`weights_only`, so that no code in it is run.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from lejepa.errors import UserError, said
from lejepa.files import void, write_atomically

SUFFIX = ".checkpoint"  # of a run's file, in place of that of its result
MAGIC = b"lejepa checkpoint "
HEADER = len(MAGIC) + 64 + 1


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a state: tensors, numbers, texts and containers of these."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    body = buffer.getvalue()
    head = MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n"
    write_atomically(path, lambda p: void(p.write_bytes(head + body)))


def load(path: Path, device: torch.device) -> dict[str, Any]:
    """The state in a file; `UserError` that says why where there is none."""
    try:
        content = path.read_bytes()
    except OSError as e:
        raise UserError(f"{path}: expected a checkpoint, but it can't be read: {e.strerror}") from None
    if not content.startswith(MAGIC):
        raise UserError(f"{path}: expected a checkpoint of this version of lejepa; remove it, or give --overwrite")
    body = content[HEADER:]
    if content[:HEADER] != MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n":
        raise UserError(
            f"{path}: expected a checkpoint as it was written, but it is cut short or a part of it has changed; "
            "remove it, or give --overwrite"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            state = torch.load(io.BytesIO(body), map_location=device, weights_only=True)
    except Exception as e:  # whatever PyTorch raises of what it did not write, or of what holds code
        raise UserError(
            f"{path}: expected a checkpoint of tensors, numbers and texts alone ({type(e).__name__}); remove it, or "
            "give --overwrite"
        ) from None
    if not isinstance(state, dict):
        raise UserError(
            f"{path}: expected a checkpoint of a run, found a {type(state).__name__}; remove it, or give --overwrite"
        )
    return state


@contextmanager
def fitting(path: Path, what: str = "a checkpoint of a training") -> Iterator[None]:
    """While what is in a state is taken from it: `UserError` that names the file where it does not fit."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, RuntimeError) as e:
        raise UserError(
            f"{path}: expected {what} ({type(e).__name__}: {said(e)}); remove it, or give --overwrite"
        ) from None

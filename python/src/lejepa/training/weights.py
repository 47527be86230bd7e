"""The trained weights of an experiment: one safetensors file beside its result, refused as soon as a bit has changed.

The tensors are those of the encoders, `encoder.…`, and, if there are any, of the predictors, `predictor.…`, and of the
guesses of actions, `inverse.…`. Each holds the models of all seeds along its first dimension, in the order of the
configuration: of each seed the restart that the result scores. The metadata of the file have one text, `lejepa`, which
is JSON:

    format         1
    configuration  what was computed (`lejepa.training.config.Computation`, or of recorded transitions
                   `lejepa.training.recording.Recorded`)
    kept           which restart of each seed, counted from 0
    diverged       the seeds whose encoders have diverged
    run            a digest of the metrics of the result, so that the weights of another run are told apart
    fitted         of recorded transitions, which have no other result: what was measured
    sha256         a checksum of the tensors and of all the rest

The order of several texts would differ from one writing to the next, and the same weights are the same bits.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from lejepa.errors import UserError, said
from lejepa.files import digest, void, write_atomically
from lejepa.training import results
from lejepa.training.columns import INVERSE, PLANNED
from lejepa.training.config import Computation
from lejepa.training.recording import KEY as RECORDED
from lejepa.training.recording import Fitted, Recorded
from lejepa.training.results import Metrics, Result

FORMAT, KEY = 1, "lejepa"
SUFFIX = ".safetensors"
Configuration = Computation | Recorded


@dataclass(frozen=True)
class Weights:
    """What a file of weights holds; `tensors` by name, the seeds of `configuration` along the first dimension."""

    path: Path
    configuration: Configuration
    kept: tuple[int, ...]
    diverged: tuple[int, ...]
    run: str
    tensors: Mapping[str, Tensor]
    fitted: tuple[Fitted, ...] = ()

    def of(self, part: str, place: int) -> dict[str, Tensor]:
        """The state of a part, `encoder`, `predictor` or `inverse`: of the model at a place, which stays alone along
        the first dimension."""
        begin = f"{part}."
        return {n.removeprefix(begin): t[place : place + 1] for n, t in self.tensors.items() if n.startswith(begin)}


def path_of(result: Path) -> Path:
    """The file of the weights, beside that of the result."""
    return result.with_suffix(SUFFIX)


def run_of(result: Result) -> str:
    """A digest of what a run measured; what weights are older than, as planning, counts only where it was."""
    later = INVERSE | PLANNED

    def counted(measures: Metrics) -> dict[str, float | None]:
        found = measures.model_dump().items()
        return {k: v for k, v in found if v is not None or k.removesuffix("_error") not in later}

    return digest(json.dumps([m and counted(m) for m in result.metrics]), json.dumps(result.kept))


def write(path: Path, tensors: Mapping[str, Tensor], result: Result) -> None:
    """Write the weights of a result."""
    diverged = [s for s, m in zip(result.seeds, result.metrics, strict=True) if m is None]
    write_all(path, tensors, result.configuration, {"kept": result.kept, "diverged": diverged, "run": run_of(result)})


def write_fitted(
    path: Path, tensors: Mapping[str, Tensor], c: Recorded, fitted: Sequence[Fitted], diverged: Sequence[int]
) -> None:
    """Write the weights of a fit to recorded transitions, with what was measured."""
    measured = [f.model_dump() for f in fitted]
    rest = {"kept": [0] * len(c.training.seeds), "diverged": list(diverged), "run": digest(json.dumps(measured))}
    write_all(path, tensors, c, rest | {"fitted": measured})


def write_all(path: Path, tensors: Mapping[str, Tensor], c: Configuration, rest: Mapping[str, Any]) -> None:
    kept = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    metadata = {"format": FORMAT, "configuration": c.model_dump(mode="json"), **rest}
    content = save(kept, {KEY: json.dumps(metadata | {"sha256": checksum(kept, metadata)})})
    write_atomically(path, lambda p: void(p.write_bytes(content)))


def checksum(tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> str:
    """The SHA-256 of tensors, with their names, types and shapes, and of metadata."""
    h = hashlib.sha256(json.dumps(dict(metadata), sort_keys=True).encode())
    for name in sorted(tensors):
        t = tensors[name]
        h.update(f"\n{name} {t.dtype} {tuple(t.shape)}\n".encode())
        h.update(t.reshape(-1).contiguous().view(torch.uint8).numpy().tobytes())
    return h.hexdigest()


def read(path: Path) -> Weights:
    """The weights in a file, or those of the result in a `.json` file, which must be that result's.

    UserError where there are none, where they have changed, or where they are not of the result.
    """
    if path.suffix != ".json":
        return read_file(path)
    result, beside = results.read(path), path_of(path)
    if not beside.exists():
        raise UserError(
            f"{path}: expected the weights of this result beside it, in {beside.name}, but there are none: results had "
            "none earlier; `lejepa train` with --overwrite makes both"
        )
    found = read_file(beside)
    other = "configuration" if found.configuration.bits() != result.configuration.bits() else "run"
    if other == "run" and found.run == run_of(result):
        return found
    raise UserError(f"{beside}: expected the weights of the result {path.name}, found those of another {other}")


def read_file(path: Path) -> Weights:
    if not path.is_file():
        raise UserError(f"{path}: expected a file of trained weights, or that of a result, but there is no such file")
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as e:  # the library's own class, and the file system's
        raise UserError(f"{path}: expected a safetensors file as it was written, but it is none ({said(e)})") from None
    try:
        metadata = json.loads(text)
        told = metadata.pop("sha256")
    except (ValueError, LookupError, AttributeError, TypeError):
        raise UserError(
            f"{path}: expected weights that `lejepa train` has kept, found another safetensors file"
        ) from None
    if told != checksum(tensors, metadata):
        raise UserError(f"{path}: expected weights as they were written, but a part of the file has changed")
    try:
        if metadata["format"] != FORMAT:
            raise ValueError(f"format {metadata['format']}")
        kind = Recorded if RECORDED in metadata["configuration"] else Computation
        configuration = kind.model_validate(metadata["configuration"], strict=False)
        kept, diverged = tuple(metadata["kept"]), tuple(metadata["diverged"])
        fitted = tuple(Fitted.model_validate(f) for f in metadata.get("fitted", ()))
        return Weights(path, configuration, kept, diverged, metadata["run"], tensors, fitted)
    except (ValueError, KeyError) as e:  # a validation error is a ValueError
        raise UserError(f"{path}: expected weights of a configuration of this version of lejepa ({said(e)})") from None

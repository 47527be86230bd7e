"""Recorded transitions: observations, the actions taken, and the observations that followed."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lejepa.arguments import file_path
from lejepa.errors import UserError, said
from lejepa.files import digest, write_atomically

Array = NDArray[np.float32]
ARRAYS = ("x0", "x1", "actions")
HELD_OUT = 0.1  # the share of the rows that nothing is trained on


@dataclass(frozen=True)
class Transitions:
    """Transitions in the order of time, trajectory after trajectory, a row each.

    Attributes:
        x0: Observations, `(rows, dim)`.
        x1: The observations that followed, of the same shape.
        actions: The actions between them, `(rows, action_dim)`: as `lejepa.environments.collect` records them, from -1
            to 1. Without actions, `action_dim` is 0.
        trajectory: The number of each row's trajectory, `(rows,)`.
        source: Where they come from, in words.

    Raises:
        UserError: If shapes do not fit, a number is not finite, the rows of a trajectory do not follow each other, or
            there are none.
    """

    x0: Array
    x1: Array
    actions: Array
    trajectory: NDArray[np.int64]
    source: str = ""

    def __post_init__(self) -> None:
        for name in ARRAYS:
            object.__setattr__(self, name, numbers(name, getattr(self, name)))
        rows, dim = self.x0.shape
        if not rows or not dim:
            raise UserError(f"x0: expected at least one row and one column, found shape {self.x0.shape}")
        if self.x1.shape != self.x0.shape:
            raise UserError(f"x1: expected the shape of x0, {self.x0.shape}, found {self.x1.shape}")
        if len(self.actions) != rows:
            raise UserError(f"actions: expected {rows} rows, as x0 has, found {len(self.actions)}")
        ids = array("trajectory", self.trajectory)
        if ids.shape != (rows,) or ids.dtype.kind not in "iu":
            raise UserError(f"trajectory: expected {rows} whole numbers, found {ids.dtype} of shape {ids.shape}")
        if len(starts(ids)) != len(np.unique(ids)):
            raise UserError("trajectory: expected the rows of each trajectory one after the other")
        object.__setattr__(self, "trajectory", ids.astype(np.int64))

    def __len__(self) -> int:
        return len(self.x0)

    @property
    def dim(self) -> int:
        """The number of coordinates of an observation."""
        return int(self.x0.shape[1])

    @property
    def action_dim(self) -> int:
        """The number of coordinates of an action."""
        return int(self.actions.shape[1])

    @property
    def digest(self) -> str:
        """A short name for the numbers, which changes with any of them."""
        return digest(*(a.tobytes() for a in (self.x0, self.x1, self.actions, self.trajectory)))

    def split(self) -> "tuple[Transitions, Transitions]":
        """The rows to train on, and those held out: whole trajectories at the end, a tenth of the rows or more.

        The first trajectory is never held out. If it is the only one, its last tenth is.
        """
        if len(self) < 2:
            raise UserError(f"expected at least 2 transitions, one to train on and one held out, found {len(self)}")
        cut = len(self) - max(1, round(HELD_OUT * len(self)))
        begins = starts(self.trajectory)[1:]
        if len(begins):
            before = begins[begins <= cut]
            cut = int(before[-1] if len(before) else begins[0])
        return self.rows(slice(None, cut)), self.rows(slice(cut, None))

    def rows(self, where: slice) -> "Transitions":
        return Transitions(
            self.x0[where], self.x1[where], self.actions[where], self.trajectory[where], source=self.source
        )

    def save(self, path: Path | str) -> None:
        """Write them to a .npz file: the arrays by their names, and the source.

        Args:
            path: Where to; what is there is replaced.
        """
        path = suffixed(file_path("path", path))
        arrays: dict[str, Any] = {name: getattr(self, name) for name in (*ARRAYS, "trajectory")}

        def write(p: Path) -> None:
            np.savez_compressed(p, **arrays, source=np.array(self.source))

        write_atomically(path, write)

    @classmethod
    def load(cls, path: Path | str) -> "Transitions":
        """Read them from a .npz file.

        Args:
            path: A file with the arrays `x0` and `x1`; `actions`, without which there are none; `trajectory`, without
                which all rows are one trajectory.

        Raises:
            UserError: If there is no such file, it can't be read, or its arrays do not fit.
        """
        path = suffixed(file_path("path", path))
        if not path.is_file():
            raise UserError(f"{path}: there is no such file of transitions")
        try:
            with np.load(path, allow_pickle=False) as file:
                found = {name: file[name] for name in (*ARRAYS, "trajectory", "source") if name in file.files}
                names = ", ".join(sorted(file.files)[:20]) or "nothing"
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as e:
            raise UserError(f"{path}: expected a .npz file of transitions, but it can't be read: {said(e)}") from None
        if not {"x0", "x1"} <= found.keys():
            raise UserError(f"{path}: expected x0 and x1 in it, found {names}")
        rows = len(found["x0"]) if found["x0"].ndim else 0
        found.setdefault("actions", np.zeros((rows, 0), np.float32))
        found.setdefault("trajectory", np.zeros(rows, np.int64))
        try:
            return cls(**found | {"source": str(found.get("source", ""))})
        except UserError as e:
            raise UserError(f"{path}: {e}") from None


def suffixed(path: Path) -> Path:
    if path.suffix != ".npz":
        raise UserError(f"{path}: expected a file of transitions named .npz")
    return path


def starts(ids: NDArray[Any]) -> NDArray[np.intp]:
    """The first row of each run of equal numbers."""
    return np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))


def array(name: str, value: Any) -> NDArray[Any]:
    """An array of NumPy from one, a list or a PyTorch tensor on any device."""
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
            value = value.float() if str(value.dtype) == "torch.bfloat16" else value
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as e:
        raise UserError(f"{name}: expected an array of numbers, found {type(value).__name__}") from e


def numbers(name: str, value: Any) -> Array:
    """Finite numbers `(rows, columns)` in float32."""
    found = array(name, value)
    if found.ndim != 2 or found.dtype.kind not in "fiu":
        raise UserError(f"{name}: expected numbers of shape (rows, columns), found {found.dtype} of {found.shape}")
    with np.errstate(over="ignore"):
        single: Array = np.ascontiguousarray(found, dtype=np.float32)
    if not np.isfinite(single).all():
        row = int(np.flatnonzero(~np.isfinite(single).all(1))[0])
        raise UserError(f"{name}: expected finite numbers of single precision, found another in row {row}")
    return single

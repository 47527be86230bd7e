"""Pairs of embeddings from arrays, a chunk at a time; `lejepa.certification.pairfiles` reads those of files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lejepa.arguments import dense
from lejepa.errors import UserError, brief

ELEMENTS = 1 << 21  # of each array in a chunk: 16 MiB in float64
Chunk = tuple[Tensor, ...]
MOST_MEMORY = 8 * 2**30  # bytes of rows that are put in order in memory
Trajectory = Any  # ids or lengths in any array, or one length, or None


@dataclass(frozen=True)
class Pairs:
    """A source of pairs that can be read from its beginning as often as needed.

    shapes: of `h0` and `h1`, and of `z` where there are latents.
    chunks: given a number of rows, yields `(h0, h1)` or `(h0, h1, z)`, each `(rows, ·)` of any real dtype.
    name: what to call the source in a complaint.
    trajectory: the number of each row's trajectory, `(count,)`, where the source tells it.
    """

    shapes: tuple[tuple[int, ...], ...]
    chunks: Callable[[int], Iterator[Chunk]]
    name: str
    trajectory: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        h0, h1 = self.shapes[:2]
        if len(h0) != 2 or h0[1] == 0:
            raise UserError(f"{self.name}: expected h0 of shape (count, dim), found {h0}")
        if h0 != h1:
            raise UserError(f"{self.name}: expected h0 and h1 of one shape, found {h0} and {h1}")
        if len(self.shapes) > 2 and (len(self.shapes[2]) != 2 or self.shapes[2][0] != h0[0]):
            raise UserError(f"{self.name}: expected latents z of shape ({h0[0]}, dim), found {self.shapes[2]}")

    @property
    def count(self) -> int:
        return self.shapes[0][0]

    @property
    def dim(self) -> int:
        return self.shapes[0][1]

    def read(self, device: torch.device, rows: int | None = None) -> Iterator[Chunk]:
        """The chunks in float64 on `device`; UserError at the first number that is not finite."""
        rows = rows or max(1, ELEMENTS // max(shape[1] for shape in self.shapes))
        done = 0
        for chunk in self.chunks(rows):
            converted = tuple(part.to(device, torch.float64) for part in chunk)
            for name, part in zip(("h0", "h1", "z"), converted, strict=False):
                bad = [] if torch.isfinite(part.sum()) else (~torch.isfinite(part)).any(1).nonzero().flatten().tolist()
                if bad:
                    raise UserError(
                        f"{self.name}: expected finite numbers, found NaN or infinity in {name}, row {done + bad[0]}"
                    )
            done += len(converted[0])
            yield converted

    def taken(self, order: NDArray[np.int64]) -> "Pairs":
        """The pairs at some places, in that order, all in memory; UserError where they are too many for that."""
        size = 8 * len(order) * sum(shape[1] for shape in self.shapes)
        if size > MOST_MEMORY:
            raise UserError(
                f"{self.name}: expected rows in the order of time, trajectory after trajectory, and without copies; "
                f"they are {size / 2**30:.0f} GiB, too many to be put in order in memory"
            )
        where = torch.from_numpy(order)
        arrays = [torch.cat(parts)[where] for parts in zip(*self.read(torch.device("cpu")), strict=True)]
        return replace(from_arrays(*arrays), name=self.name)


def trajectories(given: Trajectory, count: int) -> NDArray[np.int64] | None:
    """The number of each row's trajectory: from such numbers, from lengths, or from one length."""
    if given is None:
        return None
    try:
        found = np.asarray(given.detach().cpu() if isinstance(given, Tensor) else given)
    except (TypeError, ValueError, RuntimeError):  # lists of unequal lengths, sparse tensors
        raise UserError(
            f"trajectory: expected whole numbers or names in one axis, found {type(given).__name__} {brief(given)}"
        ) from None
    if found.dtype.kind not in "iuUS" or found.ndim > 1:
        raise UserError(
            f"trajectory: expected whole numbers or names in one axis, found {found.ndim} axes of dtype {found.dtype}"
        )
    if found.ndim == 1 and len(found) == count:
        return np.unique(found, return_inverse=True)[1].astype(np.int64)
    if found.dtype.kind in "iu" and (found > 0).all():
        if found.ndim == 0 and count % int(found) == 0:
            return np.arange(count) // int(found)
        if found.ndim == 1 and sum(map(int, found)) == count:
            return np.repeat(np.arange(len(found)), found.astype(np.int64))
    raise UserError(
        f"trajectory: expected the trajectory of each of {count} rows, or lengths that add up to them, or one length "
        f"that divides them, found {brief(found.item()) if found.ndim == 0 else f'{len(found)} numbers'}"
    )


def from_arrays(h0: Any, h1: Any, z: Any = None) -> Pairs:
    """Pairs from torch tensors, numpy arrays (also memory-mapped), or other arrays with `__dlpack__` or `__array__`."""
    given = {"h0": h0, "h1": h1} if z is None else {"h0": h0, "h1": h1, "z": z}
    arrays = [as_sliceable(a, name) for name, a in given.items()]

    def chunks(rows: int) -> Iterator[Chunk]:
        for start in range(0, len(arrays[0]), rows):
            yield tuple(as_tensor(a[start : start + rows]) for a in arrays)

    return Pairs(tuple(tuple(a.shape) for a in arrays), chunks, "pairs")


def as_sliceable(array: Any, name: str) -> Any:
    """A torch tensor or a numpy array (not copied where that can be) of real numbers."""
    if isinstance(array, Tensor):
        return checked_tensor(array.detach(), name)
    if isinstance(array, np.ma.MaskedArray):
        raise UserError(f"{name}: expected an array of numbers, found one with a mask; leave out the rows it hides")
    if isinstance(array, np.ndarray):
        return checked_array(array, name)
    try:
        if hasattr(array, "__dlpack__"):
            return checked_tensor(torch.utils.dlpack.from_dlpack(array), name)
        return checked_array(np.asarray(array), name)
    except (TypeError, ValueError, RuntimeError, BufferError):
        raise UserError(f"{name}: expected an array of numbers, found {type(array).__name__}") from None


def checked_array(found: NDArray[Any], name: str) -> NDArray[Any]:
    if found.dtype.kind not in "fiu":
        raise UserError(f"{name}: expected an array of real numbers, found dtype {found.dtype}")
    return found


def checked_tensor(found: Tensor, name: str) -> Tensor:
    """A tensor whose numbers are there, each in its place."""
    if found.is_quantized:
        raise UserError(f"{name}: expected real numbers, found quantized ones ({found.dtype}); give its dequantize()")
    dense(name, found)
    if found.is_meta:
        raise UserError(f"{name}: expected a tensor with numbers, found one on the device meta, which has none")
    if found.dtype.is_complex or found.dtype == torch.bool:
        raise UserError(f"{name}: expected an array of real numbers, found dtype {found.dtype}")
    return found


def as_tensor(array: Any) -> Tensor:
    return array if isinstance(array, Tensor) else torch.from_numpy(np.array(array, dtype=np.float64))

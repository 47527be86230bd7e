"""Pairs of embeddings from arrays and files, a chunk at a time.

A file holds `h0` and `h1`, the embeddings of states and of their successors, both `(count, dim)`, row by row in pairs;
and, where the true latents of the states are known, `z` of as many rows; and, where rows come from trajectories, the
number of each row's, `trajectory`, `(count,)` (all types but .npy).

    .npz          arrays h0, h1 (and z), compressed or not
    .npy          one array of shape (2, count, dim): h0 and h1
    .parquet      columns h0, h1 (and z) of lists of numbers, all of one length
    .safetensors  tensors h0, h1 (and z)
    .pt, .pth     a dictionary of tensors h0, h1 (and z), loaded without running code
"""

import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lejepa.errors import UserError
from lejepa.extras import missing

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
    found = np.asarray(given.detach().cpu() if isinstance(given, Tensor) else given)
    if found.dtype.kind not in "iuUS" or found.ndim > 1:
        raise UserError(
            f"trajectory: expected whole numbers or names in one axis, found {found.ndim} axes of dtype {found.dtype}"
        )
    if found.ndim == 1 and len(found) == count:
        return np.unique(found, return_inverse=True)[1].astype(np.int64)
    if found.dtype.kind in "iu" and (found > 0).all():
        if found.ndim == 0 and count % int(found) == 0:
            return np.arange(count) // int(found)
        if found.ndim == 1 and int(found.sum()) == count:
            return np.repeat(np.arange(len(found)), found)
    raise UserError(
        f"trajectory: expected the trajectory of each of {count} rows, or lengths that add up to them, or one length "
        f"that divides them, found {int(found) if found.ndim == 0 else f'{len(found)} numbers'}"
    )


def read_trajectory(text: str | None) -> Trajectory:
    """From the command line: the one length of trajectories, or a .npy file of ids or lengths."""
    if text is None:
        return None
    if text.isdecimal():
        return int(text)
    path = Path(text)
    if path.suffix != ".npy" or not path.is_file():
        raise UserError(f"trajectory: expected a length or a .npy file that is there, found {text}")
    with complaints_about(path):
        return np.load(path, allow_pickle=False)


def from_arrays(h0: Any, h1: Any, z: Any = None) -> Pairs:
    """Pairs from torch tensors, numpy arrays (also memory-mapped), or other arrays with `__dlpack__` or `__array__`."""
    arrays = [as_sliceable(a, name) for a, name in ((h0, "h0"), (h1, "h1"), (z, "z")) if a is not None]

    def chunks(rows: int) -> Iterator[Chunk]:
        for start in range(0, len(arrays[0]), rows):
            yield tuple(as_tensor(a[start : start + rows]) for a in arrays)

    return Pairs(tuple(tuple(a.shape) for a in arrays), chunks, "pairs")


def as_sliceable(array: Any, name: str) -> Any:
    """A torch tensor or a numpy array (not copied where that can be) of real numbers."""
    if isinstance(array, Tensor):
        found: Any = array.detach()
    elif isinstance(array, np.ndarray):
        found = array
    elif hasattr(array, "__dlpack__"):
        found = torch.utils.dlpack.from_dlpack(array)
    else:
        try:
            found = np.asarray(array)
        except (TypeError, ValueError):
            raise UserError(f"{name}: expected an array of numbers, found {type(array).__name__}") from None
    real = (
        not found.dtype.is_complex and found.dtype != torch.bool
        if isinstance(found, Tensor)
        else found.dtype.kind in "fiu"
    )
    if not real:
        raise UserError(f"{name}: expected an array of real numbers, found dtype {found.dtype}")
    return found


def as_tensor(array: Any) -> Tensor:
    return array if isinstance(array, Tensor) else torch.from_numpy(np.array(array, dtype=np.float64))


def from_file(path: Path) -> Pairs:
    """The pairs in a file, by its suffix; UserError where it is absent, of another type, broken, or lacks h0 or h1."""
    readers: dict[str, Callable[[Path], Pairs]] = {
        ".npz": from_npz,
        ".npy": from_npy,
        ".parquet": from_parquet,
        ".safetensors": from_safetensors,
        ".pt": from_torch,
        ".pth": from_torch,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(f"{path}: expected a file of pairs named {', '.join(sorted(readers))}")
    if not path.is_file():
        raise UserError(f"{path}: there is no such file")
    with complaints_about(path):
        pairs = reader(path)
        told = TRAJECTORIES[path.suffix.lower()](path)

    def chunks(rows: int) -> Iterator[Chunk]:
        with complaints_about(path):
            yield from pairs.chunks(rows)

    return replace(pairs, chunks=chunks, trajectory=trajectories(told, pairs.count))


def told_by_npz(path: Path) -> Trajectory:
    with np.load(path, allow_pickle=False) as archive:
        return archive[TRAJECTORY] if TRAJECTORY in archive.files else None


def told_by_parquet(path: Path) -> Trajectory:
    import pyarrow.parquet as pq

    if TRAJECTORY not in pq.read_schema(path).names:
        return None
    return pq.read_table(path, columns=[TRAJECTORY]).column(0).to_numpy()


def told_by_safetensors(path: Path) -> Trajectory:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return file.get_tensor(TRAJECTORY) if TRAJECTORY in file.keys() else None  # noqa: SIM118


def told_by_torch(path: Path) -> Trajectory:
    return torch.load(path, map_location="cpu", weights_only=True, mmap=True).get(TRAJECTORY)


TRAJECTORY = "trajectory"
TRAJECTORIES: dict[str, Callable[[Path], Trajectory]] = {
    ".npz": told_by_npz,
    ".npy": lambda path: None,
    ".parquet": told_by_parquet,
    ".safetensors": told_by_safetensors,
    ".pt": told_by_torch,
    ".pth": told_by_torch,
}


@contextmanager
def complaints_about(path: Path) -> Iterator[None]:
    """Turn whatever a library says of a broken file into a sentence for the user."""
    try:
        yield
    except (UserError, MemoryError):
        raise
    except ImportError as e:
        raise missing(str(path), e.name, "formats") from None
    except Exception as e:  # each library has errors of its own for a broken file
        said = str(e).strip().splitlines() or [type(e).__name__]
        raise UserError(f"{path}: expected a file of pairs, but it can't be read: {said[0]}") from None


def wanted(path: Path, names: "list[str] | set[str]") -> list[str]:
    """The keys to read of those that a file has."""
    missing = [key for key in ("h0", "h1") if key not in names]
    if missing:
        raise UserError(f"{path}: expected h0 and h1 in it, found {', '.join(sorted(names)) or 'nothing'}")
    return [key for key in ("h0", "h1", "z") if key in names]


def from_npy(path: Path) -> Pairs:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 3 or array.shape[0] != 2:
        raise UserError(f"{path}: expected an array of shape (2, count, dim), found {array.shape}")
    pairs = from_arrays(array[0], array[1])
    return Pairs(pairs.shapes, pairs.chunks, str(path))


def from_npz(path: Path) -> Pairs:
    with zipfile.ZipFile(path) as archive:
        keys = wanted(path, {n.removesuffix(".npy") for n in archive.namelist()})
        headers = {}
        for key in keys:
            with archive.open(f"{key}.npy") as member:
                headers[key] = npy_header(member, f"{path}: {key}")

    def chunks(rows: int) -> Iterator[Chunk]:
        with ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(path))
            members = [stack.enter_context(archive.open(f"{key}.npy")) for key in keys]
            for member, key in zip(members, keys, strict=True):
                npy_header(member, key)
            for start in range(0, headers[keys[0]][0][0], rows):
                yield tuple(
                    npy_rows(m, headers[k], min(rows, headers[k][0][0] - start), f"{path}: {k}")
                    for m, k in zip(members, keys, strict=True)
                )

    return Pairs(tuple(headers[k][0] for k in keys), chunks, str(path))


Header = tuple[tuple[int, ...], np.dtype[Any]]


def npy_header(member: IO[bytes], name: str) -> Header:
    """Shape and dtype of an array in numpy's format; leaves the stream at the first number."""
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, columns_first, dtype = read(member)
    if dtype.kind not in "fiu":
        raise UserError(f"{name}: expected real numbers, found dtype {dtype}")
    if columns_first and len(shape) > 1 and min(shape) > 1:
        raise UserError(
            f"{name}: expected an array in C order, found Fortran order; save numpy.ascontiguousarray of it"
        )
    return shape, dtype


def npy_rows(member: IO[bytes], header: Header, rows: int, name: str) -> Tensor:
    (_, *rest), dtype = header
    need = rows * math.prod(rest) * dtype.itemsize
    data = member.read(need)
    if len(data) != need:
        raise UserError(f"{name}: the array ends before its header says")
    return as_tensor(np.frombuffer(data, dtype).reshape(rows, *rest))


def from_parquet(path: Path) -> Pairs:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def values(column: Any, dim: int | None, key: str) -> Any:
        """A column of lists as an array `(rows, dim)`."""
        lists = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
        if not any(is_kind(lists.type) for is_kind in kinds):
            raise UserError(f"{path}: expected column {key} to hold lists of numbers, found {lists.type}")
        flat = lists.flatten()
        lengths = set(pc.list_value_length(lists).unique().to_pylist()) if len(lists) else set()
        if lists.null_count or flat.null_count or len(lengths | ({dim} if dim else set())) > 1:
            raise UserError(f"{path}: expected column {key} to hold lists of one length, none missing")
        numbers = as_sliceable(flat.to_numpy(zero_copy_only=False), f"{path}: {key}")
        return numbers.reshape(len(lists), -1) if len(lists) else numbers.reshape(0, dim or 0)

    with pq.ParquetFile(path) as file:
        keys = wanted(path, file.schema_arrow.names)
        count = file.metadata.num_rows
        first = next(file.iter_batches(batch_size=1, columns=keys), None)
        dims = {k: values(first.column(k), None, k).shape[1] if first is not None else 0 for k in keys}

    def chunks(rows: int) -> Iterator[Chunk]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=rows, columns=keys):
                yield tuple(as_tensor(values(batch.column(k), dims[k], k)) for k in keys)

    return Pairs(tuple((count, dims[k]) for k in keys), chunks, str(path))


def from_safetensors(path: Path) -> Pairs:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        keys = wanted(path, set(file.keys()))
        shapes = tuple(tuple(file.get_slice(k).get_shape()) for k in keys)

    def chunks(rows: int) -> Iterator[Chunk]:
        with safe_open(path, framework="pt") as file:
            slices = [file.get_slice(k) for k in keys]
            for start in range(0, shapes[0][0], rows):
                yield tuple(as_sliceable(s[start : start + rows], str(path)) for s in slices)

    return Pairs(shapes, chunks, str(path))


def from_torch(path: Path) -> Pairs:
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if not isinstance(state, dict):
        raise UserError(f"{path}: expected a dictionary with tensors h0 and h1, found {type(state).__name__}")
    keys = wanted(path, {str(k) for k in state})
    for key in keys:
        if not isinstance(state[key], Tensor):
            raise UserError(f"{path}: expected {key} to be a tensor, found {type(state[key]).__name__}")
    pairs = from_arrays(*(state[k] for k in keys))
    return Pairs(pairs.shapes, pairs.chunks, str(path))

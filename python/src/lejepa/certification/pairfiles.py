"""Pairs of embeddings from files, a chunk at a time.

A file holds `h0` and `h1`, the embeddings of states and of their successors, both `(count, dim)`, row by row in pairs;
and, where the true latents of the states are known, `z` of as many rows; and, where rows come from trajectories, the
number or name of each row's, `trajectory`, `(count,)`.

    .npz          arrays h0, h1 (and z), compressed or not; or one array as in .npy
    .npy          one array of shape (2, count, dim): h0 and h1
    .csv, .tsv    a line of headings h0_0, h0_1, ..., h1_0, ... (and z_0, ...), then a line a pair
    .parquet      columns as in .csv; or h0, h1 (and z) of lists of numbers, all of one length
    .safetensors  tensors h0, h1 (and z); or one tensor as in .npy
    .pt, .pth     a dictionary of tensors h0, h1 (and z), or the two or three in a list, or one tensor as in .npy

Real numbers of any type and byte order will do, in rows or in columns (Fortran order). Nothing in a file is run.
"""

import csv
import math
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lejepa.certification.pairs import Chunk, Pairs, Trajectory, as_sliceable, as_tensor, from_arrays, trajectories
from lejepa.errors import UserError, brief, said
from lejepa.extras import missing

KEYS, TRAJECTORY = ("h0", "h1", "z"), "trajectory"
NUMBERED = re.compile(r"(h0|h1|z)(?:[_.](\d+)|\[(\d+)\])")
Read = tuple[Pairs, Trajectory]
Header = tuple[tuple[int, ...], bool, np.dtype[Any]]


def from_file(path: Path) -> Pairs:
    """The pairs in a file, by its suffix; UserError where it is absent, of another type, broken, or lacks h0 or h1."""
    readers: dict[str, Callable[[Path], Read]] = {
        ".npz": from_npz,
        ".npy": from_npy,
        ".csv": from_csv,
        ".tsv": from_csv,
        ".parquet": from_parquet,
        ".safetensors": from_safetensors,
        ".pt": from_torch,
        ".pth": from_torch,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(f"{path}: expected a file of pairs named {', '.join(sorted(readers))}")
    with complaints_about(path):
        if not path.exists():
            raise UserError(f"{path}: there is no such file")
        if not path.is_file():
            raise UserError(f"{path}: expected a file, found {'a folder' if path.is_dir() else 'something else'}")
        pairs, told = reader(path)

    def chunks(rows: int) -> Iterator[Chunk]:
        with complaints_about(path):
            yield from pairs.chunks(rows)

    return replace(pairs, name=str(path), chunks=chunks, trajectory=trajectories(told, pairs.count))


def read_trajectory(text: str | None) -> Trajectory:
    """From the command line: the one length of trajectories, or a .npy file of ids or lengths."""
    if text is None:
        return None
    if text.isdecimal() and len(text) <= 18:
        return int(text)
    path = Path(text)
    if path.suffix != ".npy" or not path.is_file():
        raise UserError(f"trajectory: expected a length or a .npy file that is there, found {brief(text)[1:-1]}")
    with complaints_about(path):
        return np.load(path, allow_pickle=False)


@contextmanager
def complaints_about(path: Path) -> Iterator[None]:
    """Turn whatever a library says of a broken file into a sentence for the user."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (UserError, MemoryError):
        raise
    except ImportError as e:
        raise missing(str(path), e.name, "formats") from None
    except Exception as e:  # each library has errors of its own for a broken file
        said = " ".join(str(e).split()) or type(e).__name__
        raise UserError(f"{path}: expected a file of pairs, but it can't be read: {said[:200]}") from None


def wanted(path: Path, names: Iterable[str]) -> list[str]:
    """The keys to read of those that a file has."""
    names = list(names)
    if any(key not in names for key in ("h0", "h1")):
        found = ", ".join(sorted(names)[:20]) or "nothing"
        raise UserError(f"{path}: expected h0 and h1 in it, found {found}{', ...' if len(names) > 20 else ''}")
    return [key for key in KEYS if key in names]


def from_both(path: Path, both: Any) -> Pairs:
    """Both ends of the pairs in one array `(2, count, dim)`."""
    if both.ndim != 3 or both.shape[0] != 2:
        raise UserError(f"{path}: expected an array of shape (2, count, dim), found {tuple(both.shape)}")
    return from_arrays(both[0], both[1])


def from_npy(path: Path) -> Read:
    return from_both(path, np.load(path, mmap_mode="r", allow_pickle=False)), None


def from_npz(path: Path) -> Read:
    with zipfile.ZipFile(path) as archive:
        names = [n.removesuffix(".npy") for n in archive.namelist()]
    with np.load(path, allow_pickle=False) as arrays:
        if len(names) == 1 and names[0] not in KEYS:
            return from_both(path, arrays[names[0]]), None
        keys = wanted(path, names)
        told = arrays[TRAJECTORY] if TRAJECTORY in arrays.files else None
    with zipfile.ZipFile(path) as archive:
        headers = {}
        for key in keys:
            with archive.open(f"{key}.npy") as member:
                headers[key] = npy_header(member, f"{path}: {key}")

    def chunks(rows: int) -> Iterator[Chunk]:
        with ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(path))
            streams = [npy_stream(stack.enter_context(archive.open(f"{k}.npy")), f"{path}: {k}", rows) for k in keys]
            yield from zip(*streams, strict=True)

    return Pairs(tuple(headers[k][0] for k in keys), chunks, str(path)), told


def npy_header(member: IO[bytes], name: str) -> Header:
    """Shape, whether columns come first, and dtype of a member in numpy's format; leaves it at the first number."""
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, columns_first, dtype = read(member)
    if dtype.kind not in "fiu":
        raise UserError(f"{name}: expected real numbers, found dtype {dtype}")
    return shape, columns_first and len(shape) > 1 and min(shape) > 1, dtype


def npy_stream(member: IO[bytes], name: str, rows: int) -> Iterator[Tensor]:
    """An array in numpy's format, so many rows at a time. One whose columns come first has to be read whole."""
    shape, columns_first, dtype = npy_header(member, name)
    if columns_first:
        whole = np.frombuffer(exactly(member, math.prod(shape) * dtype.itemsize, name), dtype).reshape(shape, order="F")
        yield from (as_tensor(whole[start : start + rows]) for start in range(0, shape[0], rows))
        return
    for start in range(0, shape[0], rows):
        part = (min(rows, shape[0] - start), *shape[1:])
        yield as_tensor(np.frombuffer(exactly(member, math.prod(part) * dtype.itemsize, name), dtype).reshape(part))


def exactly(member: IO[bytes], need: int, name: str) -> bytes:
    data = member.read(need)
    if len(data) != need:
        raise UserError(f"{name}: the array ends before its header says")
    return data


def numbered(path: Path, names: Sequence[str]) -> dict[str, list[int]]:
    """For each key the places of its columns `h0_0`, `h0_1`, ... (or `h0.0`, `h0[0]`, from any number on), in order."""
    found: dict[str, dict[int, int]] = {}
    for place, name in enumerate(names):
        if match := NUMBERED.fullmatch(name.strip()):
            number = int(match[2] or match[3])
            if number in found.setdefault(match[1], {}):
                raise UserError(f"{path}: expected each column once, found {match[1]}_{number} again")
            found[match[1]][number] = place
    keys = wanted(path, found if found else names)
    for key in keys:
        if len(found[key]) != max(found[key]) - min(found[key]) + 1:
            absent = next(n for n in range(min(found[key]), max(found[key])) if n not in found[key])
            raise UserError(f"{path}: expected columns of {key} without a gap, found none named {key}_{absent}")
    return {key: [place for _, place in sorted(found[key].items())] for key in keys}


def from_csv(path: Path) -> Read:
    def lines(file: IO[str]) -> Iterator[str]:
        return (line for line in file if line.strip())

    with path.open(newline="", encoding="utf-8-sig") as file:
        heading = next(lines(file), "")
        delimiter = max(",;\t", key=heading.count)
        names = next(csv.reader([heading], delimiter=delimiter), [])
        if not any(NUMBERED.fullmatch(n.strip()) for n in names):
            raise UserError(f"{path}: expected a line of headings h0_0, h0_1, ..., h1_0, ..., found {brief(heading)}")
        places = numbered(path, names)
        count = sum(1 for _ in lines(file))
    columns = [place for key in places for place in places[key]]
    ends = np.cumsum([len(p) for p in places.values()])[:-1]

    def chunks(rows: int) -> Iterator[Chunk]:
        with path.open(newline="", encoding="utf-8-sig") as file:
            left = lines(file)
            next(left)
            read = 0
            while part := list(islice(left, rows)):
                try:
                    table = np.loadtxt(
                        part, delimiter=delimiter, usecols=columns, ndmin=2, comments=None, quotechar='"'
                    )
                except ValueError as e:
                    raise UserError(f"{path}: {misread(part, read, delimiter, columns) or said(e)}") from None
                yield tuple(map(as_tensor, np.split(table, ends, axis=1)))
                read += len(part)

    def told() -> Trajectory:
        place = [n.strip() for n in names].index(TRAJECTORY)
        with path.open(newline="", encoding="utf-8-sig") as file:
            left = lines(file)
            next(left)
            found = []
            for pair, row in enumerate(csv.reader(left, delimiter=delimiter), 1):
                name = row[place].strip() if place < len(row) else ""
                if not name:
                    raise UserError(f"{path}: pair {pair}: expected its trajectory in column {place + 1}, found none")
                found.append(name)
            return np.array(found, dtype=np.str_)

    shapes = tuple((count, len(p)) for p in places.values())
    return Pairs(shapes, chunks, str(path)), told() if TRAJECTORY in [n.strip() for n in names] else None


def misread(part: Sequence[str], read: int, delimiter: str, columns: Sequence[int]) -> str:
    """What is amiss with the first line of a table that is not of numbers, `read` lines after the headings."""
    for pair, row in enumerate(csv.reader(part, delimiter=delimiter), read + 1):
        if len(row) <= max(columns):
            return f"pair {pair}: expected {max(columns) + 1} columns or more, found {len(row)}"
        for place in columns:
            try:
                float(row[place])
            except ValueError:
                return f"pair {pair}: expected a number in column {place + 1}, found {brief(row[place])}"
    return ""


def from_parquet(path: Path) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def of_lists(column: Any, dim: int | None, key: str) -> NDArray[Any]:
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
        return np.asarray(numbers.reshape(len(lists), -1) if len(lists) else numbers.reshape(0, dim or 0))

    def of_numbers(column: Any, name: str) -> NDArray[np.float64]:
        """A column of numbers, `(rows,)`."""
        if column.null_count:
            raise UserError(f"{path}: expected column {name} to hold numbers, none missing")
        return np.asarray(as_sliceable(column.to_numpy(zero_copy_only=False), f"{path}: {name}"), dtype=np.float64)

    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        flat = not {"h0", "h1"} & set(names)
        places = numbered(path, names) if flat else {}
        keys = list(places) if flat else wanted(path, names)
        count = file.metadata.num_rows
        if flat:
            dims = {k: len(places[k]) for k in keys}
        else:
            first = next(file.iter_batches(batch_size=1, columns=keys), None)
            dims = {k: of_lists(first.column(k), None, k).shape[1] if first is not None else 0 for k in keys}
        told = file.read(columns=[TRAJECTORY]).column(0).to_numpy() if TRAJECTORY in names else None

    def chunks(rows: int) -> Iterator[Chunk]:
        with pq.ParquetFile(path) as file:
            columns = [names[p] for k in keys for p in places[k]] if flat else keys
            for batch in file.iter_batches(batch_size=rows, columns=columns):
                if flat:
                    parts = [[of_numbers(batch.column(names[p]), names[p]) for p in places[k]] for k in keys]
                    yield tuple(as_tensor(np.stack(part, axis=1)) for part in parts)
                else:
                    yield tuple(as_tensor(of_lists(batch.column(k), dims[k], k)) for k in keys)

    return Pairs(tuple((count, dims[k]) for k in keys), chunks, str(path)), told


def from_safetensors(path: Path) -> Read:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        names = list(file.keys())
        if len(names) == 1 and names[0] not in KEYS:
            return from_both(path, file.get_tensor(names[0])), None
        keys = wanted(path, names)
        shapes = tuple(tuple(file.get_slice(k).get_shape()) for k in keys)
        told = file.get_tensor(TRAJECTORY) if TRAJECTORY in names else None

    def chunks(rows: int) -> Iterator[Chunk]:
        with safe_open(path, framework="pt") as file:
            slices = [file.get_slice(k) for k in keys]
            for start in range(0, shapes[0][0], rows):
                yield tuple(as_sliceable(s[start : start + rows], str(path)) for s in slices)

    return Pairs(shapes, chunks, str(path)), told


def from_torch(path: Path) -> Read:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path) or None)
    except UnpicklingError as e:
        found = re.search(r"GLOBAL (\S+)", str(e))
        why = f"can't be read without running code: it holds {found[1]}" if found else "can't be read"
        raise UserError(f"{path}: expected tensors h0 and h1 alone, in a dictionary, but it {why}") from None
    if isinstance(state, Tensor):
        return from_both(path, state), None
    if isinstance(state, list | tuple) and len(state) in (2, 3):
        state = dict(zip(KEYS, state, strict=False))
    if not isinstance(state, dict):
        raise UserError(f"{path}: expected a dictionary with tensors h0 and h1, found {type(state).__name__}")
    keys = wanted(path, [str(k) for k in state])
    for key in keys:
        if not isinstance(state.get(key), Tensor):
            raise UserError(f"{path}: expected {key} to be a tensor, found {type(state.get(key)).__name__}")
    arrays = (as_sliceable(state[k], f"{path}: {k}") for k in keys)
    return from_arrays(*arrays), state.get(TRAJECTORY)

"""Rendered data sets: zarr arrays, a chunk a block of frames, with a checksum that every read verifies.

A chunk is written whole or not at all, so that many processes can write at once and a stopped rendering goes on.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from lejepa.errors import UserError
from lejepa.extras import missing
from lejepa.files import make_folder, unwritable
from lejepa.reacher.scene import Floats, Frames

FRAMES_A_CHUNK = 256


def library() -> Any:
    """The package zarr; a sentence for the user where it is not installed."""
    try:
        import zarr
    except ModuleNotFoundError:
        raise missing("Reacher", "zarr", "reacher") from None
    return zarr


class Store:
    """A data set in a folder: `frames (count, size, size, 3)` and `angles (count, 2)`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.group = library().open_group(path, mode="r+")
            self.frames = self.group["frames"]
            self.block = int(self.frames.chunks[0])
        except UserError:
            raise
        except Exception as e:  # zarr's errors have no common class
            raise UserError(f"{path}: expected a rendered data set, but it can't be read: {e}; remove it") from None

    def blocks(self) -> list[tuple[int, int]]:
        """The first state of each chunk and the one after its last."""
        count = int(self.frames.shape[0])
        return [(i, min(i + self.block, count)) for i in range(0, count, self.block)]

    def missing(self) -> list[tuple[int, int]]:
        """The blocks that are not rendered yet."""
        return [(a, b) for a, b in self.blocks() if not self.chunk(a).exists()]

    def chunk(self, first: int) -> Path:
        """The file of the chunk of the block that begins with a state."""
        return self.path / "frames" / "c" / str(first // self.block) / "0" / "0" / "0"

    def angles(self) -> Floats:
        """Joint angles `(count, 2)` in radians."""
        values: Floats = self.checked("angles", self.group["angles"], ...)
        return values

    def write(self, first: int, frames: Frames) -> None:
        """Write the frames of a whole block, `(block, size, size, 3)`."""
        try:
            self.frames[first : first + len(frames)] = frames
        except OSError as e:
            raise unwritable(self.path, e) from None

    def read(self) -> Frames:
        """All frames; UserError where some are missing or a checksum does not fit."""
        if gaps := self.missing():
            raise UserError(
                f"{self.path}: expected all frames, but {len(gaps)} of {len(self.blocks())} chunks are missing; "
                "the same command draws them"
            )
        frames = np.empty(self.frames.shape, np.uint8)
        for first, last in self.blocks():
            frames[first:last] = self.checked(f"frames, chunk {first // self.block}", self.frames, slice(first, last))
        return frames

    def checked(self, what: str, array: Any, where: Any) -> Any:
        try:
            return array[where]
        except Exception as e:  # the checksum's, the decompressor's, the file system's
            raise UserError(
                f"{self.path}: {what}: expected data that fit their checksum, but {e}; remove the folder"
            ) from None


def create(path: Path, angles: Floats, size: int) -> Store:
    """Make a data set whose states are known and whose frames are still to be drawn. The folder appears when whole."""
    library()
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.new")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        fill(temporary, angles, size)
        shutil.rmtree(path, ignore_errors=True)
        temporary.rename(path)
    except OSError as e:
        shutil.rmtree(temporary, ignore_errors=True)
        raise unwritable(path, e) from None
    return Store(path)


def fill(path: Path, angles: Floats, size: int) -> None:
    """Make the arrays of a data set, the frames empty."""
    zarr = library()
    codecs = zarr.codecs
    group = zarr.open_group(path, mode="w")
    checksum = codecs.Crc32cCodec()
    group.create_array("angles", data=angles, compressors=(checksum,))
    group.create_array(
        "frames",
        shape=(len(angles), size, size, 3),
        chunks=(FRAMES_A_CHUNK, size, size, 3),
        dtype=np.uint8,
        compressors=(codecs.ZstdCodec(level=1), checksum),
        config={"write_empty_chunks": True},
    )

"""Files that are whole or absent, and the folders of a checkout."""

import errno
import hashlib
import json
import math
import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lejepa.errors import CannotRun, UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what a full disk, or a limit of one's own on it, says
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then move it into place in one step.

    A reader sees the old file or the new one, never a part, and so does the machine after a crash; a failure leaves the
    old one. A link stays, and the file that it leads to is written. Raises UserError where the file can't be written,
    CannotRun where the disk is full.
    """
    target = target_of(path)
    make_folder(target.parent)
    # a name of the greatest length that there is leaves no room for more
    temporary = target.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}{path.suffix[:20]}")
    try:
        write(temporary)
        synchronize(temporary)
        temporary.replace(target)
        synchronize(target.parent)
    except OSError as e:
        raise unwritable(path, e) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def unwritable(path: Path, e: OSError) -> UserError:
    """The error where a file or folder can't be written, and what was there before is as it was."""
    kind = CannotRun if e.errno in FULL else UserError
    return kind(f"{path}: can't be written ({e.strerror or e}); what was there before is kept")


def kind_of(path: Path) -> str:
    """What is at a path, through links, that no file may take the place of: `a folder`, `a device`; empty where there
    is a file, or nothing. UserError where there can't be a file, as where the name is too long."""
    try:
        found = stat.S_IFMT(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as e:
        raise unwritable(path, e) from None
    return KINDS.get(found, "")


def target_of(path: Path) -> Path:
    """The file that a path leads to through links, whether it is there yet or not; UserError where there is something
    else, which would be lost."""
    if kind := kind_of(path):
        raise UserError(f"{path}: expected the name of a file to write, but it is {kind}")
    return through_links(path)


def through_links(path: Path) -> Path:
    """The path that a link leads to, whether anything is there or not; any other path as it is."""
    return Path(os.path.realpath(path)) if os.path.islink(path) else path


def check_file(path: Path) -> None:
    """The same sentences as `write_atomically` has, where a file can't be written; nothing is made."""
    check_folder(target_of(path).parent)


def synchronize(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, atomically."""
    text = json_text(value)
    write_atomically(path, lambda p: void(p.write_text(text, encoding="utf-8")))


def json_text(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """The JSON value in `path`; a sentence for the user where it is absent or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_float=finite, parse_constant=finite)
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as e:  # no UTF-8, no JSON, a number of thousands of digits
        raise UserError(f"{path}: expected a JSON file, but it can't be read: {e}") from None
    except RecursionError:
        raise UserError(f"{path}: expected a JSON file, but its values are nested too deep") from None


def finite(text: str) -> float:
    """A number as JSON has it: Python's reader would take NaN, Infinity and 1e999 too."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"expected a finite number, found {text[:40]}")
    return number


def void(_: object) -> None:
    """Drop a value, where a function that returns nothing is asked for."""


def make_folder(path: Path) -> None:
    """Make a folder to write in; a sentence for the user where that can't be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as e:
        raise no_folder(path, e) from None


def no_folder(path: Path, e: OSError) -> UserError:
    kind = CannotRun if e.errno in FULL else UserError
    return kind(f"{path}: expected a folder that can be written to: {e.strerror}")


def check_folder(path: Path) -> None:
    """The same sentence where a folder can't be made or written to, and nothing is made: not before there is something
    to write."""
    there = next((p for p in (path, *path.parents) if os.path.lexists(p)), path)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as e:
        raise no_folder(path, e) from None


def repository(start: Path | None = None) -> Path:
    """The checkout that holds `start` (by default the working folder): it has `checks/statements.toml`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "checks" / "statements.toml").is_file():
            return folder
    raise UserError(f"{here}: expected a folder of a checkout, one with checks/statements.toml in it or above it")


def digest(*parts: bytes | str) -> str:
    """A short name for some content: the first 16 hex digits of its SHA-256."""
    h = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        h.update(len(data).to_bytes(8, "little") + data)
    return h.hexdigest()[:16]

"""One process at a time on one result, among those of this machine and user."""

import getpass
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from lejepa.errors import UserError
from lejepa.files import digest, make_folder, unwritable


class AtWork(UserError):
    """Another process is at work on the result."""


@contextmanager
def alone(target: Path, wait: bool = False) -> Iterator[None]:
    """Hold a result for this process, as long as the block runs. `UserError` that names the process at work on it where
    there is one, unless `wait`: then it waits for that one's end.

    The lock is a file in the machine's folder for temporary files, so that nothing stays beside the result. It ends
    with its process, however that ends.
    """
    folder = Path(tempfile.gettempdir()) / f"lejepa-{user()}"
    make_folder(folder)
    name = digest(str(target.resolve()))
    owner = folder / f"{name}.process"
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        raise AtWork(f"{target}: process {process_in(owner)} is at work on it; wait for it, or stop it") from None
    except OSError as e:
        raise unwritable(folder, e) from None
    try:
        with suppress(OSError):  # where the disk is full the other process goes without a name
            owner.write_text(f"{os.getpid()}\n", encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name is known, as in some containers
        return "user"


def process_in(owner: Path) -> str:
    """The process that a file names, or a word where it has not written it yet."""
    try:
        return owner.read_text(encoding="utf-8").strip() or "another"
    except OSError:
        return "another"

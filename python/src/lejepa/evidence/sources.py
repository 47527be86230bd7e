"""Which files a result rests on, and their digests, so that a stale result can name what changed."""

from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import digest
from lejepa.provenance import sources


def digests(root: Path, *entries: Path) -> dict[str, str]:
    """The digest of each file that the entries rest on, themselves among them, by name.

    Of a Python file its imports are followed and its code counts (`lejepa.provenance`); another file, such as a
    configuration, counts as it is. Entries are paths below `root`.
    """
    for entry in entries:
        if not (root / entry).is_file():
            raise UserError(f"{root / entry}: expected a source that a result rests on, but there is no such file")
    code = sources(root, *(root / e for e in entries if e.suffix == ".py"))
    found = {name: digest(text) for name, text in code.items()}
    return found | {str(e): digest((root / e).read_bytes()) for e in entries if e.suffix != ".py"}


def changed(root: Path, recorded: dict[str, str], *entries: Path) -> list[str]:
    """The files whose digest is not the recorded one, those that came and those that went among them."""
    today = digests(root, *entries)
    return sorted(path for path in today.keys() | recorded.keys() if today.get(path) != recorded.get(path))

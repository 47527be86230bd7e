"""What a run of many checks has done already, so that one that was interrupted goes on.

Each outcome is a file of its own, in a folder beside the file of results; when the run is over, its files are gone. An
outcome is named by a digest of all that decides it: the sources, the registry's entry, digits, seed, the libraries. So
it is found again while all of this is the same, and is otherwise as good as absent.
"""

import platform
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import Field, asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from lejepa.errors import UserError
from lejepa.files import digest, read_json, write_json

LIBRARIES = ("python-flint", "mpmath", "numpy", "scipy", "sympy")


class Outcome(Protocol):
    """A `Result` or a `Score`: a dataclass that says which check it is of, and of which sources."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def check(self) -> str: ...

    @property
    def source(self) -> str: ...


T = TypeVar("T", bound=Outcome)


class Kept(Generic[T]):
    """The outcomes of an interrupted run. target: the file of results. kind: what they are.

    decides: for each check its sources' digest, and then what else decides its outcome. fresh: whether to forget all.
    """

    def __init__(
        self, target: Path, kind: type[T], decides: Mapping[str, tuple[object, ...]], fresh: bool = False
    ) -> None:
        self.folder, self.kind = target.with_suffix(".part"), kind
        self.decides = decides
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.{digest(*map(repr, self.decides[name]), *libraries())}.json"

    def found(self) -> dict[str, T]:
        """What was done, by check.

        A file that is no outcome is as good as absent, and so is an outcome of sources that changed during its run.
        """
        made: dict[str, T] = {}
        for name in self.decides:
            with suppress(UserError, ValidationError):
                outcome = TypeAdapter(self.kind).validate_python(read_json(self.path(name)))
                if (outcome.check, outcome.source) == (name, self.decides[name][0]):
                    made[name] = outcome
        return made

    def keep(self, outcome: T) -> None:
        """Keep an outcome."""
        write_json(self.path(outcome.check), asdict(outcome))

    def forget(self) -> None:
        """The run is over, and its results are written. What is kept of other checks stays."""
        for file in (f for name in self.decides for f in self.folder.glob(f"{name}.*.json")):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # not empty, or not there
            self.folder.rmdir()


def libraries() -> Iterable[str]:
    """The versions that numbers depend on."""
    yield platform.python_version()
    for name in LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield name

"""Which modules are mutated, and which tests should see it."""

import ast
import tomllib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from lejepa.errors import UserError

PACKAGE = Path("python") / "src" / "lejepa"
TESTS = Path("python") / "tests"
CONFIGURATION = Path("python") / "mutation" / "library.toml"
SURVIVORS = Path("python") / "mutation" / "survivors.toml"


@dataclass(frozen=True)
class Accepted:
    """A survivor that is known, and why: it computes the same (`equivalent`), or no test tells it yet (`open`)."""

    name: str
    state: Literal["equivalent", "open"]
    reason: str
    module: str
    function: str
    before: str
    after: str


@dataclass(frozen=True)
class Library:
    """What is read from a checkout."""

    root: Path

    @cached_property
    def configuration(self) -> dict[str, object]:
        return toml(self.root / CONFIGURATION)

    @cached_property
    def modules(self) -> dict[str, str]:
        """The text of every module that computes a claim, by its path within the package, in order."""
        package = self.root / PACKAGE
        left_out = {p for glob in self.words("left_out") for p in package.glob(glob)}
        found = sorted({p for glob in self.words("modules") for p in package.glob(glob)} - left_out)
        texts = {str(p.relative_to(package)): p.read_text(encoding="utf-8") for p in found}
        return {name: text for name, text in texts.items() if name.rpartition("/")[2] != "__init__.py"}

    def words(self, key: str) -> list[str]:
        value = self.configuration.get(key, [])
        if not isinstance(value, list):
            raise UserError(f"{CONFIGURATION}: {key}: expected a list")
        return [str(v) for v in value]

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """The modules of the package that each test file imports by name."""
        skipped = set(self.words("tests_left_out"))
        files = [p for p in sorted((self.root / TESTS).rglob("test_*.py")) if p.name not in skipped]
        return {str(p.relative_to(self.root / "python")): imported(p) for p in files}

    def tests(self, module: str) -> list[str]:
        """The test files that should see a fault of a module: those named in the configuration or named for it, else
        those that import it."""
        dotted = "lejepa." + module.removesuffix(".py").replace("/", ".")
        named = self.configuration.get("tests", {})
        assert isinstance(named, dict)
        extra = [f"tests/{name}" for name in named.get(module, ())]
        if absent := [t for t in extra if not (self.root / "python" / t).is_file()]:
            raise UserError(f"{CONFIGURATION}: tests of {module}: expected a file, but there is no {absent[0]}")
        own = f"tests/test_{Path(module).stem}.py"
        if own in self.imports and own not in extra and dotted in self.imports[own]:
            extra.insert(0, own)
        return extra or [t for t, modules in self.imports.items() if dotted in modules]

    @cached_property
    def accepted(self) -> dict[str, Accepted]:
        """The known survivors by name."""
        path = self.root / SURVIVORS
        entries = toml(path).get("survivor", []) if path.is_file() else []
        try:
            found = [Accepted(**e) for e in entries]
        except TypeError:
            keys = ", ".join(field.name for field in fields(Accepted))
            raise UserError(f"{SURVIVORS}: expected entries [[survivor]] with the keys {keys}") from None
        for a in found:
            if a.state not in ("equivalent", "open") or not a.reason.strip():
                raise UserError(f"{SURVIVORS}: {a.name}: expected a state, equivalent or open, and a reason")
        return {a.name: a for a in found}


def toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds; UserError where it is absent or broken."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as e:
        raise UserError(f"{path}: expected a TOML file, but it can't be read: {e}") from None


def imported(path: Path) -> set[str]:
    """Every module that a file may import: `from a.b import c` counts as `a.b` and as `a.b.c`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return names

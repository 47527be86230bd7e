"""Which files of a checkout a result rests on, and their digests.

The imports of a Python file are followed statically, through the syntax tree: an import inside a function counts too,
and one under `if TYPE_CHECKING:` does not. A package's `__init__.py` is imported before its modules, so it counts.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import digest

SOURCES = Path("python") / "src"


def digests(root: Path, *entries: Path) -> dict[str, str]:
    """The digest of each file that the entries rest on, themselves among them, by path relative to `root`.

    Entries that are not Python files, such as a configuration, count as they are.
    """
    found = closure(root, entries)
    return {str(path.relative_to(root)): digest(path.read_bytes()) for path in sorted(found)}


def changed(root: Path, recorded: dict[str, str], *entries: Path) -> list[str]:
    """The files whose digest is not the recorded one, those that came and those that went among them."""
    today = digests(root, *entries)
    return sorted(path for path in today.keys() | recorded.keys() if today.get(path) != recorded.get(path))


def closure(root: Path, entries: Iterable[Path]) -> set[Path]:
    """The entries, and all files of the checkout that they import, themselves or by way of others."""
    waiting = [(root / e).resolve() for e in entries]
    root, found = root.resolve(), set[Path]()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        if not path.is_file():
            raise UserError(f"{path}: expected a source that a result rests on, but there is no such file")
        found.add(path)
        if path.suffix == ".py":
            waiting += imported(root, path)
    return found


def imported(root: Path, path: Path) -> Iterator[Path]:
    """The files of the checkout that a Python file imports."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as e:
        raise UserError(f"{path}: expected a Python file: {e}") from None
    folders = [root / SOURCES, path.parent]
    for name in names(tree, package(root, path)):
        yield from files(folders, name)


def package(root: Path, path: Path) -> list[str]:
    """The parts of the name of the package that a file belongs to; none outside the sources."""
    folder = root / SOURCES
    return list(path.parent.relative_to(folder).parts) if path.is_relative_to(folder) else []


def names(tree: ast.AST, inside: list[str]) -> Iterator[str]:
    """The dotted names that a syntax tree imports; of `from a import b` both `a` and `a.b`, which may be a module."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for other in node.orelse:
                    yield from names(ast.Module([other], []), inside)
            case ast.Import():
                yield from (a.name for a in node.names)
            case ast.ImportFrom():
                above = inside[: len(inside) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                yield base
                yield from (f"{base}.{a.name}" for a in node.names)
            case _:
                yield from names(node, inside)


def files(folders: Iterable[Path], name: str) -> Iterator[Path]:
    """The files that importing a dotted name runs: the module, and the `__init__.py` of each package around it."""
    parts = name.split(".")
    for folder in folders:
        for i in range(1, len(parts) + 1):
            place = folder.joinpath(*parts[:i])
            for candidate in (place.with_suffix(".py"), place / "__init__.py"):
                if candidate.is_file():
                    yield candidate.resolve()

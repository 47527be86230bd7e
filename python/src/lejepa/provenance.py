"""What a result was computed by: a digest of Python sources and of all that they import.

A result keeps `sources_digest` of the modules that computed it; it is stale as soon as today's digest is another.
Imports are followed by syntax, through `lejepa` and through modules that lie beside a file. Other packages are not
followed: where their versions matter, the result names them. Imports within a function count; those under
`if TYPE_CHECKING` do not, for they never run.

What cannot change a number does not change the digest: comments, docstrings, blank lines, white space at the ends of
lines. The name of each file does, below `root` or below the package, wherever either is installed.

    >>> sources_digest(root, root / "checks" / "mehler.py", "lejepa.checking.running")  # doctest: +SKIP
    '0123456789abcdef'
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import digest

PACKAGE = "lejepa"
HOME = Path(__file__).resolve().parent.parent  # the folder that the package lies in


def sources_digest(root: Path, *starts: Path | str) -> str:
    """A digest of `starts`, files or names of modules of `lejepa`, and of every module that they import, each with its
    name and its code. Files are named by their path below `root`.

    `UserError` where a start does not exist or is no Python file.
    """
    return digest(*(part for pair in sorted(sources(root, *starts).items()) for part in pair))


def sources(root: Path, *starts: Path | str) -> dict[str, str]:
    """What `starts` rest on: the code of each file by its name, the starts among them."""
    found: dict[str, str] = {}
    waiting = [file_of(start) if isinstance(start, str) else start.resolve() for start in starts]
    while waiting:
        file = waiting.pop()
        name = name_of(root.resolve(), file)
        if name not in found:
            found[name], after = read(file)
            waiting += after
    return found


def file_of(module: str) -> Path:
    file = located(module)
    if file is None:
        raise UserError(f"{module}: expected the name of a module of {PACKAGE}")
    return file


def located(module: str) -> Path | None:
    """The file of a module of the package, by name; None where there is none, or where it is another's."""
    if module.partition(".")[0] != PACKAGE:
        return None
    path = HOME.joinpath(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def name_of(root: Path, file: Path) -> str:
    package = HOME / PACKAGE
    if file.is_relative_to(package):
        return f"{PACKAGE}/{file.relative_to(package).as_posix()}"
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def read(file: Path) -> tuple[str, tuple[Path, ...]]:
    """The code of a file, and the files that it imports."""
    try:
        return parsed(file, file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as e:
        raise UserError(f"{file}: expected a Python file: {e}") from None


@lru_cache(maxsize=1024)
def parsed(file: Path, text: str) -> tuple[str, tuple[Path, ...]]:
    tree = ast.parse(text)
    return code_of(text, tree), tuple(imported(tree, file))


def code_of(text: str, tree: ast.Module) -> str:
    """A file without what no computation sees: comments, docstrings, blank lines."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str:
                blank(lines, first)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def blank(lines: list[str], node: ast.stmt) -> None:
    """Empty the lines of a docstring. One that shares a line with other code stays: it is rare, and does no harm."""
    last = node.end_lineno or node.lineno
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    after = lines[last - 1].encode()[node.end_col_offset :].decode()
    if not before.strip() and not after.strip():
        lines[node.lineno - 1 : last] = [""] * (last - node.lineno + 1)


def imported(tree: ast.Module, file: Path) -> Iterator[Path]:
    """The files that a module's imports lead to, with the packages on the way: those run too."""
    for module in modules(tree, file):
        parts = module.split(".")
        for k in range(1, len(parts) + 1):
            if found := located(".".join(parts[:k])):
                yield found
        beside = file.parent.joinpath(*parts).with_suffix(".py")
        if beside.is_file():
            yield beside.resolve()


def modules(tree: ast.Module, file: Path) -> Iterator[str]:
    """The names that a module imports: for `from a import b` both `a` and `a.b`, which may be a module or not."""
    package = file.relative_to(HOME).with_suffix("").parts if file.is_relative_to(HOME) else ()
    for node in running(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            yield from (name for name in (base, *(f"{base}.{alias.name}" for alias in node.names)) if name.strip("."))


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that can run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        yield child
        yield from running(child)

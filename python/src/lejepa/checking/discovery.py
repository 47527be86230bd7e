"""Where the checks of a checkout are: which its files define, by syntax, and their classes, by import."""

import ast
import importlib.util
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from lejepa.checking.check import Check, name_of
from lejepa.errors import UserError

FOLDER = "checks"


def file_of(root: Path, name: str) -> Path:
    return root / FOLDER / f"{name.partition('.')[0]}.py"


def defined(root: Path) -> list[str]:
    """The checks that the files of `checks/` define, as `file.Class`: classes that name a statement, or inherit one.
    Read from the syntax: nothing is run."""
    found = []
    for file in sorted((root / FOLDER).glob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError) as e:
            raise UserError(f"{file}: expected a Python file of checks: {e}") from None
        kinds: set[str] = set()
        for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            if "statement" in attributes(kind) or any(ast.unparse(base) in kinds for base in kind.bases):
                kinds.add(kind.name)
                found.append(f"{file.stem}.{kind.name}")
    return found


def attributes(kind: ast.ClassDef) -> set[str]:
    """The names that a class gives a value in its body."""
    names = set()
    for line in kind.body:
        if isinstance(line, ast.Assign):
            names |= {ast.unparse(target) for target in line.targets}
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            names.add(ast.unparse(line.target))
    return names


def load_file(file: Path) -> list[type[Check]]:
    """The checks that a file of `checks/` defines, in its order, by importing it."""
    name = f"lejepa_checks.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UserError(f"{file}: expected a Python file of checks")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, OSError) as e:
        raise UserError(f"{file}: expected a Python file of checks: {e}") from e
    return [
        c
        for c in vars(module).values()
        if isinstance(c, type) and issubclass(c, Check) and c.__module__ == name and hasattr(c, "statement")
    ]


def load(root: Path, name: str) -> type[Check]:
    """A check by its name."""
    file = file_of(root, name)
    check = next((c for c in load_file(file) if name_of(c) == name), None)
    if check is None:
        raise UserError(f"{file}: expected it to define {name}")
    return check


def find(root: Path, named: Mapping[str, str]) -> dict[str, type[Check]]:
    """Every check of the checkout by its name, in the order of `named`, which gives the statement that each is of: both
    must name the same checks."""
    found = {name_of(c): c for f in sorted((root / FOLDER).glob("*.py")) for c in load_file(f)}
    for name in sorted(found.keys() ^ named.keys()):
        if name in named:
            raise UserError(f"{name}: the registry names it, but {file_of(root, name)} does not define it")
        raise UserError(f"{name}: {file_of(root, name)} defines it, but the registry does not name it")
    for name, check in found.items():
        if check.statement != named[name]:
            raise UserError(f"{name}: it checks {check.statement}, but the registry names it for {named[name]}")
    return {name: found[name] for name in named}


def select(checks: Iterable[tuple[str, str]], only: str | None) -> list[str]:
    """Of pairs of a check's name and its statement, the checks that `only` means: a check, a file of checks, or a
    statement; all for None."""
    names = [name for name, statement in checks if only is None or only in (name, name.partition(".")[0], statement)]
    if not names:
        raise UserError(f"--only {only}: expected a check, a file of checks or a statement of the registry")
    return names

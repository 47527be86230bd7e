"""What the audit knows of a check: its file, its last result, and the faults planted in its formula."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lejepa.errors import UserError
from lejepa.files import digest, read_json

Entry = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """A check that a statement names.

    result: its entry in `results/checks.json`. mutants: its entry in `results/mutants.json`. None where there is none.
    """

    name: str
    file: str
    result: Entry | None
    mutants: Entry | None
    faults: list[str]

    @property
    def verdict(self) -> str:
        return self.result["verdict"] if self.result else "not run"

    @property
    def score(self) -> str:
        """The share of the planted faults that it caught, those left out that change nothing."""
        if self.mutants is None:
            return "not run here"
        planted = self.mutants["mutants"] - len(self.mutants["equivalent"])
        return f"{self.mutants['caught']} of {planted}"

    def as_json(self) -> dict[str, Any]:
        return {"check": self.name, "file": self.file, "result": self.result, "mutants": self.mutants}


def entries(path: Path) -> dict[str, Entry]:
    """The entries of a file of results, by check; none where there is no file."""
    if not path.exists():
        return {}
    try:
        return {entry["check"]: entry for entry in read_json(path)["checks"]}
    except (TypeError, KeyError):
        raise UserError(f"{path}: expected the results of checks, found another JSON value; remove it") from None


def defined(root: Path) -> list[str]:
    """The checks that the files of `checks/` define, as `file.Class`: classes that name a statement, or inherit one."""
    found = []
    for file in sorted((root / "checks").glob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError) as e:
            raise UserError(f"{file}: expected a Python file of checks: {e}") from None
        kinds: set[str] = set()
        for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            names = {ast.unparse(line.targets[0]) for line in kind.body if isinstance(line, ast.Assign)}
            if "statement" in names or any(ast.unparse(base) in kinds for base in kind.bases):
                kinds.add(kind.name)
                found.append(f"{file.stem}.{kind.name}")
    return found


def join(root: Path, name: str, statement: str, results: dict[str, Entry], mutants: dict[str, Entry]) -> Checked:
    """A check with all that is known of it, and what is wrong with it."""
    file = root / "checks" / f"{name.split('.')[0]}.py"
    relative = str(file.relative_to(root))
    result, planted = results.get(name), mutants.get(name)
    faults = []
    if not file.is_file():
        return Checked(name, relative, result, planted, [f"its check {name} has no file {relative}"])
    source = digest(file.read_bytes())
    if result is None:
        faults.append(f"its check {name} has no result; `make check-axioms` makes it")
    else:
        if result["statement"] != statement:
            faults.append(f"its check {name} says that it tests {result['statement']}")
        if result["verdict"] != "holds":
            faults.append(f"its check {name} is {result['verdict']}")
        if result["source"] != source:
            faults.append(f"the result of its check {name} is stale; `make check-axioms` renews it")
    if planted is not None:
        if planted.get("source") != source:
            faults.append(f"the mutation score of its check {name} is stale; `make mutants` renews it")
        elif planted["missed"]:
            faults.append(f"its check {name} misses {len(planted['missed'])} of the faults planted in its formula")
    return Checked(name, relative, result, planted, faults)

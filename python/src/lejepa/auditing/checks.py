"""What the audit knows of a check: its file, its last result, and the faults planted in its formula."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lejepa.auditing import registry
from lejepa.auditing.agreed import statement_digests
from lejepa.auditing.registry import Statement
from lejepa.checking import mutate
from lejepa.checking.discovery import defined, file_of
from lejepa.checking.results import Entry, Result, Task, entries
from lejepa.checking.running import source_of
from lejepa.checking.scores import Score, meant, share
from lejepa.files import digest

__all__ = ["Checked", "defined", "entries", "join", "meant", "tasks"]


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
        return "not run here" if self.mutants is None else share(self.mutants)

    def as_json(self) -> dict[str, Any]:
        return {"check": self.name, "file": self.file, "result": self.result, "mutants": self.mutants}


def tasks(root: Path, out: Path | None = None) -> list[Task]:
    """The checks that the registry of a checkout names, each with its statement, the least digits that it is to be run
    at, and the digests of what its result speaks of."""
    entries = registry.load(root)
    agreed = statement_digests(root, out)
    return [
        Task(name, s.lean, s.digits or entries.project.digits, entry_digest(s), *agreed.get(s.lean, (None, None)))
        for s in entries.statement
        for name in s.checks
    ]


def entry_digest(statement: Statement) -> str:
    """A digest of what the registry says of a statement, but for its experiments and its place in the paper."""
    return digest(statement.lean, statement.says, statement.formula, str(statement.refuted), *statement.checks)


def join(root: Path, out: Path) -> dict[str, Checked]:
    """Each check that the registry names, with all that is known of it, and what is wrong with it."""
    results, mutants = entries(out / "checks.json", Result), entries(out / "mutants.json", Score)
    return {t.check: joined(root, t, results.get(t.check), mutants.get(t.check)) for t in tasks(root, out)}


def joined(root: Path, task: Task, result: Entry | None, planted: Entry | None) -> Checked:
    name, file = task.check, file_of(root, task.check)
    relative = file.relative_to(root).as_posix()
    if not file.is_file():
        return Checked(name, relative, result, planted, [f"its check {name} has no file {relative}"])
    source = source_of(root, name)
    faults = []
    if result is None:
        faults.append(f"its check {name} has no result; `lejepa check` makes it")
    else:
        if result["statement"] != task.statement:
            faults.append(f"its check {name} says that it tests {result['statement']}")
        if result["verdict"] != "holds":
            faults.append(f"its check {name} is {result['verdict']}")
        if result["digits"] < task.digits:
            faults.append(f"its check {name} was run at {result['digits']} digits, and {task.digits} are asked for")
        if why := aged(result, task, source):
            faults.append(f"the result of its check {name} is stale: {why}; `lejepa check` renews it")
    if planted is not None:
        if planted.get("source") != mutate.source_of(root, name):
            faults.append(f"the mutation score of its check {name} is stale; `lejepa mutants` renews it")
        elif planted["broken"]:
            faults.append(f"the faults planted in its check {name} say nothing: {planted['broken']}")
        elif missed := unseen(planted):
            faults.append(f"its check {name} misses {missed} of the faults planted in its formula")
    return Checked(name, relative, result, planted, faults)


def unseen(planted: Entry) -> int:
    """How many planted faults a check missed, those in a trivial claim among them."""
    return len(planted["missed"]) + sum(1 for m in planted["trivial"] if m["fate"] == "missed")


def aged(result: Entry, task: Task, source: str) -> str:
    """What has changed since a result was made, as a clause; nothing where it is fresh. Where the sources do not state
    the statement there is nothing to hold it against."""
    if result.get("source") != source:
        return "its file or what it imports has changed since"
    if result.get("entry") != task.entry:
        return "what the registry says of the statement has changed since"
    if task.agreed is None:
        return ""
    if result.get("agreed_kind") != task.agreed_kind:
        kinds = {"text": "known by its text", "elaborated": "known as elaborated"}
        was, now = (kinds.get(str(k), "not stated") for k in (result.get("agreed_kind"), task.agreed_kind))
        return f"the Lean statement was {was} then, and is {now} now"
    return "the Lean statement has changed since" if result.get("agreed") != task.agreed else ""

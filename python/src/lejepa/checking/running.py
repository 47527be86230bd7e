"""Running checks: one, or all that a project plans, in parallel, recorded in `results/checks.json`.

What is to be run is a list of `Task`s: who calls knows of the registry and of what was agreed (`lejepa.auditing.checks`
makes the list of a checkout); nothing here does.
"""

import json
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path

from lejepa.alone import alone
from lejepa.checking.check import Case, Check, Evidence, all_cases, name_of
from lejepa.checking.discovery import file_of, find, load, select
from lejepa.checking.judging import Verdict, check_digits, deciding_digits, try_case, working
from lejepa.checking.kept import Kept
from lejepa.checking.parallel import processes, run_parallel
from lejepa.checking.results import FILE, VERSION, Result, Task, Witness, as_table, record
from lejepa.errors import UserError
from lejepa.exact.integration import precision
from lejepa.provenance import sources_digest


def command_line(check: Check, case: Case, digits: int) -> str:
    text = shlex.quote(json.dumps(case))
    return f"lejepa check --only {name_of(type(check))} --case {text} --digits {digits}"


def one_sided(check: Check, shown: Sequence[tuple[Case, Evidence]]) -> str:
    """Why the cases within the hypothesis can't tell an equivalence from an equality, or an inequality: "" where they
    can, and for other relations."""
    if check.relation != "iff":
        return ""
    sides = {bool(type(check).condition(**evidence.facts)) for _, evidence in shown}
    if len(sides) == 2:
        return ""
    side = "true" if True in sides else "false"
    return f"expected cases on both sides of the condition, but in every case it is {side}"


def run(check: Check, digits: int, seed: int, only: Case | None = None) -> Result:
    """Run one check on all its cases, or on one: the first violation ends it, then the first undecided case counts."""
    start = time.perf_counter()
    name = name_of(type(check))
    inside, outside = ([only], []) if only is not None else all_cases(check, seed)
    if not inside:
        raise UserError(f"{name}: expected at least one case")
    verdict: Verdict = "holds"
    witness: Witness | None = None
    shown: list[tuple[Case, Evidence]] = []
    for k, case in enumerate([*inside, *outside]):
        listed = None if only is not None else k < len(inside)
        outcome = try_case(check, case, digits, listed=listed)
        if outcome.evidence is not None and listed is not False:
            shown.append((case, outcome.evidence))
        if outcome.verdict == "holds" or (outcome.verdict == "undecided" and witness):
            continue
        verdict = outcome.verdict
        more = deciding_digits(check, case, digits, listed) if verdict == "undecided" else None
        command = command_line(check, case, digits)
        witness = Witness(case, outcome.left, outcome.right, outcome.note, command, more)
        if verdict == "violated":
            break
    if verdict == "holds" and only is None and (note := one_sided(check, shown)):
        verdict = "violated"
        witness = Witness(inside[0], "", "", note, command_line(check, inside[0], digits))
    found = None
    if verdict == "holds" and only is None:
        with precision(working(digits)):
            found = check.finding(shown)
    says, rows = ("", None) if found is None else (found.says, as_table(found))
    seconds = round(time.perf_counter() - start, 3)
    sizes = len(inside), len(outside)
    return Result(name, check.statement, *sizes, digits, seed, verdict, seconds, witness, check.tried, says, rows)


def source_of(root: Path, name: str) -> str:
    """A digest of what decides a check's result: its file, all that it imports, and all that runs and judges it."""
    return sources_digest(root, file_of(root, name), "lejepa.checking.running")


def run_named(root: Path, task: Task, digits: int, seed: int, only: Case | None = None) -> Result:
    """Run a check given by its name: what a worker process does."""
    result = run(load(root, task.check)(), digits, seed, only)
    return replace(
        result,
        source=source_of(root, task.check),
        entry=task.entry,
        agreed=task.agreed,
        agreed_kind=task.agreed_kind,
    )


def run_all(
    root: Path,
    tasks: Sequence[Task],
    only: str | None = None,
    digits: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    case: Case | None = None,
    quiet: bool = False,
    fresh: bool = False,
) -> list[Result]:
    """Run the checks of a checkout in parallel, each at its task's digits or at `digits`, and, unless a single `case`
    was asked for, record them. What an interrupted run of the same has kept is taken over, unless `fresh`."""
    if digits is not None:
        check_digits(digits)
    jobs = processes(jobs)
    find(root, {t.check: t.statement for t in tasks})
    by_name = {t.check: t for t in tasks}
    names = select([(t.check, t.statement) for t in tasks], only)
    if case is not None:
        if len(names) != 1:
            raise UserError(f"--case: expected --only to name one check, it names {len(names)}")
        task = by_name[names[0]]
        return [run_named(root, task, digits or task.digits, seed, case)]
    with alone(root / FILE):
        return recorded(root, names, by_name, digits, seed, jobs, quiet, fresh)


def recorded(
    root: Path,
    names: Sequence[str],
    by_name: Mapping[str, Task],
    digits: int | None,
    seed: int,
    jobs: int,
    quiet: bool,
    fresh: bool,
) -> list[Result]:
    """The same, where no other process is at work on the record."""
    start = time.perf_counter()
    work = {name: (run_named, (root, by_name[name], digits or by_name[name].digits, seed)) for name in names}
    decides = {n: (source_of(root, n), astuple(task), at, seed) for n, (_, (_, task, at, _)) in work.items()}
    kept = Kept(root / FILE, Result, decides, fresh)
    results: list[Result] = list(run_parallel(jobs, work, "checking", quiet, kept).values())
    seconds = round(time.perf_counter() - start, 3)
    header = {"version": VERSION, "digits": min(r.digits for r in results), "seed": seed, "jobs": jobs}
    record(root / FILE, {**header, "seconds": seconds}, [asdict(r) for r in results], list(by_name))
    kept.forget()
    return results

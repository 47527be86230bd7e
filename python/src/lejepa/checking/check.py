"""Numeric checks of the registry's statements: what a check is, how it is judged, and the command that runs them.

A check computes the left side of a statement independently of the claim, as a ball, and holds the statement's own
formula (`claim`) against it. Its verdicts:

* holds: the ball of the difference has 0 in it and is smaller than `10^-digits` (relative to the left side where that
  is above 1); or the whole ball satisfies the inequality;
* violated: the ball proves the contrary; the witness is the case, with a command that reproduces it;
* undecided: the ball is too wide, with the digits that would decide.

Cases outside the hypothesis must fail, so that a dropped hypothesis is seen; cases flagged sharp must reach equality,
so that a weakened bound is.

`results/checks.json`, written in one step:

    {"version": 1, "digits": 50, "seed": 0, "jobs": 2, "seconds": 21.3, "checks": [one of these a check:
      {"check": "hermite.Orthogonality",   file and class in checks/
       "statement": "integral_hermiteProd_mul",
       "cases": 61, "outside": 0,          cases tried within the hypothesis, and outside it
       "digits": 50, "seed": 0,
       "verdict": "holds",                 or "violated", "undecided"
       "seconds": 1.9,
       "source": "0123456789abcdef",       digest of the check's file
       "finding": "closest: 0.9999",       what its numbers say beyond the verdict, in a sentence, or ""
       "table": {"columns": [...],         and the numbers, as text, or null
                 "rows": [[...]]},
       "witness": null                     or {"case": {...}, "left": "ball", "right": "ball", "note": "sentence",
                                               "command": "lejepa check ...", "digits": null or those that would decide}
      }]}

With `--only`, the entries of the other checks stay as they are. Every field is always there.
"""

import importlib.util
import json
import os
import shlex
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

from flint import arb, fmpq
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lejepa.auditing import registry
from lejepa.errors import UserError
from lejepa.exact.hermite import precision
from lejepa.files import digest, read_json, write_json

Case = dict[str, Any]
Relation = Literal["=", "<=", ">=", "<", ">", "iff"]
Verdict = Literal["holds", "violated", "undecided"]
RESULTS = Path("results") / "checks.json"


@dataclass(frozen=True)
class Evidence:
    """What a case shows.

    left: the left side, as a ball or an exact number, computed independently of the claim.
    terms: the quantities that the claim speaks of, its arguments.
    facts: exact quantities (integers, rationals, truth values) that hypothesis and condition speak of.
    sharp: for an inequality, `None` where nothing is said, 0 where equality must hold to within the enclosure, or how
        far apart the sides may be, relative to the right one.
    """

    left: Any
    terms: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    sharp: float | None = None


@dataclass(frozen=True)
class Finding:
    """What the numbers of a check say beyond its verdict: a sentence, and a table of texts."""

    says: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Check(ABC):
    """A check of one statement. Its docstring says how the left side is found."""

    statement: ClassVar[str]
    relation: ClassVar[Relation] = "="

    @abstractmethod
    def cases(self, rng: Random) -> Iterable[Case]:
        """Parameters (JSON values) within the hypothesis: a grid, the edges, and some drawn from `rng`."""

    def outside(self, rng: Random) -> Iterable[Case]:
        """Parameters outside the hypothesis, for which the statement fails."""
        return ()

    @abstractmethod
    def evidence(self, *_: Any, **case: Any) -> Evidence: ...

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """What the cases within the hypothesis show beyond the verdict, if that is worth telling."""
        return None

    # The three formulas of a statement; their text is what `lejepa mutants` plants faults in.
    claim: ClassVar[Callable[..., Any]]

    @staticmethod
    def hypothesis(*_: Any, **facts: Any) -> bool:
        return True

    @staticmethod
    def condition(*_: Any, **facts: Any) -> bool:
        """For the relation `iff`: what is equivalent to equality of the two sides."""
        raise NotImplementedError


@dataclass(frozen=True)
class Formula:
    """What a check claims: the part of it that mutation changes."""

    relation: Relation
    claim: Callable[..., Any]
    hypothesis: Callable[..., bool]
    condition: Callable[..., bool]

    @classmethod
    def of(cls, check: type[Check]) -> "Formula":
        return cls(check.relation, check.claim, check.hypothesis, check.condition)


@dataclass(frozen=True)
class Outcome:
    """The verdict of one case, with both sides, a sentence where it isn't `holds`, and the evidence if there is any."""

    verdict: Verdict
    left: str
    right: str
    note: str
    evidence: Evidence | None = None


def working(digits: int) -> int:
    """The digits to compute with, for a result of `digits`: a fixed guard, and a share that grows with them."""
    return digits + 10 + digits // 4


def minus(x: Any, y: Any) -> Any:
    """The difference as a ball, subtracted exactly where both are rational."""
    rational = isinstance(x, int | fmpq) and isinstance(y, int | fmpq)
    return arb(fmpq(x) - y) if rational else arb(x) - arb(y)


def equal(left: Any, right: Any, digits: int) -> bool | None:
    """Whether two balls hold one number: yes if their difference is 0 to within `10^-digits`, no if it can't be 0."""
    difference = minus(right, left)
    if not difference.contains(0):
        return False if difference.is_finite() else None
    scale = abs(arb(left)).max(arb(1))
    return True if difference.abs_upper() < scale * arb(10) ** -digits else None


def compare(relation: Relation, left: Any, right: Any, sharp: float | None, digits: int) -> bool | None:
    """Whether `left relation right`, and as sharply as flagged; `None` where the balls can't tell."""
    if relation in ("=", "iff"):
        return equal(left, right, digits)
    difference = minus(right, left) if relation in ("<=", "<") else minus(left, right)
    if not difference.is_finite():
        return None
    strict = relation in ("<", ">")
    if sharp == 0:
        meets = equal(left, right, digits)
        return meets and not strict
    if sharp is not None:
        room = abs(arb(right)) * arb(sharp)
        if difference < 0 or difference > room:
            return False
        return True if difference > 0 and difference < room else None
    if difference > 0:
        return True
    if difference < 0 or (strict and difference <= 0):
        return False
    return True if difference >= 0 else None


def off_centre(value: Any) -> Any:
    """The same balls, slightly wider where the centre is exactly 0: flint's power of such a ball is no number."""
    if isinstance(value, list | tuple):
        return type(value)(map(off_centre, value))
    if isinstance(value, arb) and value.mid() == 0 and not value.is_exact():
        return arb(value.rad() / 4, 2 * value.rad())
    return value


def judge(formula: Formula, evidence: Evidence, digits: int) -> Outcome:
    """Hold a formula against the evidence of one case. Within the hypothesis it must be true, outside it false."""
    right = formula.claim(**{name: off_centre(value) for name, value in evidence.terms.items()})
    truth = compare(formula.relation, evidence.left, right, evidence.sharp, digits)
    if formula.relation == "iff" and truth is not None:
        truth = truth == formula.condition(**evidence.facts)
    admitted = formula.hypothesis(**evidence.facts)
    verdict: Verdict = "undecided" if truth is None else "holds" if truth == admitted else "violated"
    note = "" if verdict == "holds" else f"expected left {formula.relation} right"
    if evidence.sharp is not None and note:
        note += ", with equality" if evidence.sharp == 0 else f", within a share of {evidence.sharp:g}"
    if not admitted and note:
        note = "expected the statement to fail outside its hypothesis"
    return Outcome(verdict, show(evidence.left), show(right), note, evidence)


def show(x: Any) -> str:
    """A ball as text; 30 digits, enough to read."""
    return str(arb(x).str(30))


def try_case(check: Check, case: Case, digits: int, formula: Formula | None = None) -> Outcome:
    """Judge one case at `digits`; a check that breaks down decides nothing."""
    with precision(working(digits)):
        try:
            return judge(formula or Formula.of(type(check)), check.evidence(**case), digits)
        except (ArithmeticError, ValueError, IndexError, KeyError) as e:
            return Outcome("undecided", "?", "?", f"the check broke down: {type(e).__name__}: {e}")
        except TypeError as e:
            raise UserError(f"{name_of(type(check))}: the case {case} does not fit it: {e}") from e


def deciding_digits(check: Check, case: Case, digits: int) -> int | None:
    """The first of 2, 4, 8 times `digits` that decides a case, if one does."""
    for more in (2 * digits, 4 * digits, 8 * digits):
        if try_case(check, case, more).verdict != "undecided":
            return more
    return None


@dataclass(frozen=True)
class Witness:
    """A case that does not hold, and how to see it again."""

    case: Case
    left: str
    right: str
    note: str
    command: str
    digits: int | None = None


@dataclass(frozen=True)
class Result:
    """What a check found: one entry of the result file (see this module's docstring)."""

    check: str
    statement: str
    cases: int
    outside: int
    digits: int
    seed: int
    verdict: Verdict
    seconds: float
    source: str
    witness: Witness | None
    finding: str = ""
    table: dict[str, Any] | None = None


def name_of(check: type[Check]) -> str:
    return f"{check.__module__.rpartition('.')[2]}.{check.__qualname__}"


def command_line(check: Check, case: Case, digits: int) -> str:
    text = shlex.quote(json.dumps(case))
    return f"lejepa check --only {name_of(type(check))} --case {text} --digits {digits}"


def all_cases(check: Check, seed: int) -> tuple[list[Case], list[Case]]:
    """The cases within and outside the hypothesis, drawn from the seed and the check's name."""
    rng = Random(f"{seed}/{name_of(type(check))}")
    return list(check.cases(rng)), list(check.outside(rng))


def run(check: Check, digits: int, seed: int, source: str = "", only: Case | None = None) -> Result:
    """Run one check on all its cases, or on one: the first violation ends it, then the first undecided case counts."""
    start = time.perf_counter()
    inside, outside = ([only], []) if only is not None else all_cases(check, seed)
    if not inside:
        raise UserError(f"{name_of(type(check))}: expected at least one case")
    verdict: Verdict = "holds"
    witness: Witness | None = None
    tried: list[tuple[Case, Evidence]] = []
    for k, case in enumerate([*inside, *outside]):
        outcome = try_case(check, case, digits)
        if outcome.evidence is not None and k < len(inside):
            tried.append((case, outcome.evidence))
        if outcome.verdict == "holds" or (outcome.verdict == "undecided" and witness):
            continue
        verdict = outcome.verdict
        more = deciding_digits(check, case, digits) if verdict == "undecided" else None
        command = command_line(check, case, digits)
        witness = Witness(case, outcome.left, outcome.right, outcome.note, command, more)
        if verdict == "violated":
            break
    found = None
    if verdict == "holds" and only is None:
        with precision(working(digits)):
            found = check.finding(tried)
    says, rows = ("", None) if found is None else (found.says, as_table(found))
    seconds = round(time.perf_counter() - start, 3)
    name, sizes = name_of(type(check)), (len(inside), len(outside))
    return Result(name, check.statement, *sizes, digits, seed, verdict, seconds, source, witness, says, rows)


def as_table(found: Finding) -> dict[str, Any] | None:
    return {"columns": list(found.columns), "rows": [list(r) for r in found.rows]} if found.rows else None


# Finding and running them


def load_file(file: Path) -> list[type[Check]]:
    """The checks that a file of `checks/` defines, in its order."""
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


def find(root: Path) -> dict[str, type[Check]]:
    """Every check of the checkout by its name, in the order of the registry: each side must name what the other has."""
    found = {name_of(c): c for f in sorted((root / "checks").glob("*.py")) for c in load_file(f)}
    named = {c: s.lean for s in registry.load(root).statement for c in s.checks}
    for name in sorted(found.keys() ^ named.keys()):
        lacks = "has no such check" if name in named else "does not name it"
        where = root / "checks" if name in named else root / registry.FILE
        raise UserError(f"{name}: {where} {lacks}")
    for name, check in found.items():
        if check.statement != named[name]:
            raise UserError(
                f"{name}: it checks {check.statement}, but {root / registry.FILE} names it for {named[name]}"
            )
    return {name: found[name] for name in named}


def file_of(root: Path, name: str) -> Path:
    return root / "checks" / f"{name.partition('.')[0]}.py"


def run_named(root: Path, name: str, digits: int, seed: int, only: Case | None = None) -> Result:
    """Run a check given by its name: what a worker process does."""
    file = file_of(root, name)
    check = next((c for c in load_file(file) if name_of(c) == name), None)
    if check is None:
        raise UserError(f"{file}: expected it to define {name}")
    return run(check(), digits, seed, digest(file.read_bytes()), only)


def run_parallel(
    jobs: int, tasks: Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]], title: str, quiet: bool
) -> dict[str, Any]:
    """Results by name of functions run in `jobs` processes, with a progress bar on stderr unless `quiet`."""
    done: dict[str, Any] = {}
    with (
        Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress,
        ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool,
    ):
        bar = progress.add_task(title, total=len(tasks))
        futures = {pool.submit(f, *args): name for name, (f, args) in tasks.items()}
        try:
            for future in as_completed(futures):
                done[futures[future]] = future.result()
                progress.update(bar, advance=1, description=f"{title} {futures[future]}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name: done[name] for name in tasks}


def select(found: Mapping[str, type[Check]], only: str | None) -> list[str]:
    """The names of the checks that `only` means: a check, a file of checks, or a statement."""
    names = [
        name for name, check in found.items() if only is None or only in (name, name.partition(".")[0], check.statement)
    ]
    if not names:
        raise UserError(f"--only {only}: expected a check, a file of checks or a statement of the registry")
    return names


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_case(text: str | None) -> Case | None:
    if text is None:
        return None
    try:
        case = json.loads(text)
    except json.JSONDecodeError as e:
        raise UserError(f"--case: expected JSON, got {text!r}: {e}") from None
    if not isinstance(case, dict):
        raise UserError(f"--case: expected a JSON object of parameters, got {text!r}")
    return case


def run_all(
    root: Path,
    only: str | None = None,
    digits: int = 50,
    seed: int = 0,
    jobs: int | None = None,
    case: Case | None = None,
    quiet: bool = False,
) -> list[Result]:
    """Run the checks of a checkout in parallel and, unless a single `case` was asked for, record them."""
    if not 1 <= digits <= 2000:
        raise UserError(f"--digits {digits}: expected a number of digits from 1 to 2000")
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: expected a positive number of processes")
    names = select(find(root), only)
    if case is not None:
        if len(names) != 1:
            raise UserError(f"--case: expected --only to name one check, it names {len(names)}")
        return [run_named(root, names[0], digits, seed, case)]
    start = time.perf_counter()
    jobs = jobs or cores()
    tasks = {name: (run_named, (root, name, digits, seed)) for name in names}
    results: list[Result] = list(run_parallel(jobs, tasks, "checking", quiet).values())
    entries = [asdict(r) for r in results]
    file = root / RESULTS
    if only is not None and file.exists():
        kept = {e["check"]: e for e in read_json(file)["checks"]} | {e["check"]: e for e in entries}
        entries = list(kept.values())
    seconds = round(time.perf_counter() - start, 3)
    write_json(
        file,
        {"version": 1, "digits": digits, "seed": seed, "jobs": jobs, "seconds": seconds, "checks": entries},
    )
    return results


def table(results: Sequence[Result]) -> Table:
    """The verdicts as a table."""
    out = Table(box=None, header_style="bold", pad_edge=False)
    out.add_column("statement", overflow="fold")
    out.add_column("check", no_wrap=True, min_width=max((len(r.check) for r in results), default=0))
    for heading, width in (("cases", 5), ("digits", 6), ("verdict", 9), ("seconds", 7)):
        justify: Literal["left", "right"] = "left" if heading == "verdict" else "right"
        out.add_column(heading, justify=justify, no_wrap=True, min_width=width)
    colours = {"holds": "green", "violated": "red", "undecided": "yellow"}
    for r in results:
        tried = f"{r.cases}+{r.outside}" if r.outside else str(r.cases)
        verdict = f"[{colours[r.verdict]}]{r.verdict}[/]"
        out.add_row(r.statement, r.check, tried, str(r.digits), verdict, f"{r.seconds:.1f}")
    return out


def findings_table(found: Mapping[str, Any]) -> Table:
    out = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in found["columns"]:
        out.add_column(heading, overflow="fold")
    for row in found["rows"]:
        out.add_row(*row)
    return out


def as_json(results: Sequence[Result]) -> str:
    return json.dumps([asdict(r) for r in results], indent=1, ensure_ascii=False)


def report(results: Sequence[Result], console: Console, in_full: bool = True) -> None:
    """Print the verdicts, then each finding, its numbers if `in_full`, and each witness with its command."""
    console.print(table(results))
    for r in results:
        if r.finding:
            console.print(f"\n{r.check}: {r.finding}", markup=False, soft_wrap=True)
        if r.table is not None and in_full:
            console.print(findings_table(r.table))
        if w := r.witness:
            console.print(f"\n{r.check}: {r.verdict}: {w.note}", markup=False, soft_wrap=True)
            console.print(f"  left  {w.left}\n  right {w.right}", markup=False, soft_wrap=True)
            if r.verdict == "undecided":
                decided = f"{w.digits} digits would decide" if w.digits else "8 times the digits would not decide"
                console.print(f"  {decided}", markup=False)
            console.print(f"  {w.command}", markup=False, highlight=False, soft_wrap=True)

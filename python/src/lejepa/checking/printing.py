"""What the commands print about checks: one screen, or everything if asked to."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lejepa.checking.judging import Verdict
from lejepa.checking.results import Result
from lejepa.checking.scores import Score
from lejepa.files import void, write_atomically
from lejepa.tabular import show

FULL = Path("results") / "checks.txt"
WIDTH = 160  # of the full text, in columns


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
        verdict = Text(r.verdict, colours[r.verdict])
        out.add_row(r.statement, r.check, tried, str(r.digits), verdict, f"{r.seconds:.1f}")
    return out


def findings_table(found: Mapping[str, Any]) -> Table:
    out = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in found["columns"]:
        out.add_column(heading, overflow="fold")
    for row in found["rows"]:
        out.add_row(*row)
    return out


def summary(results: Sequence[Result]) -> str:
    """How many checks were run on how much, and how many hold, in two sentences."""
    counts: Counter[Verdict] = Counter(r.verdict for r in results)
    inside, outside = sum(r.cases for r in results), sum(r.outside for r in results)
    statements = len({r.statement for r in results})
    least = min((r.digits for r in results), default=0)
    found = ", ".join(f"{counts[v]} {v}" for v in ("violated", "undecided") if counts[v])
    return (
        f"{len(results)} checks of {statements} statements, on {inside} cases within their hypotheses and {outside} "
        f"outside, to {least} digits: {counts['holds']} hold{', ' + found if found else ''}."
    )


def witness(result: Result, console: Console) -> None:
    """A case that does not hold, and the command that shows it again."""
    if w := result.witness:
        console.print(f"\n{result.check}: {result.verdict}: {w.note}", markup=False, soft_wrap=True)
        console.print(f"  left  {w.left}\n  right {w.right}", markup=False, soft_wrap=True)
        if result.verdict == "undecided":
            decided = f"{w.digits} digits would decide" if w.digits else "8 times the digits would not decide"
            console.print(f"  {decided}", markup=False)
        console.print(f"  {w.command}", markup=False, highlight=False, soft_wrap=True)


def in_full(results: Sequence[Result], console: Console) -> None:
    """Every verdict, which instances were tried, each finding with its numbers, and each witness."""
    show(table(results), console)
    for r in results:
        if r.tried:
            console.print(f"\n{r.check}: tried: {r.tried}", markup=False, soft_wrap=True)
        if r.finding:
            console.print(f"\n{r.check}: {r.finding}", markup=False, soft_wrap=True)
        if r.table is not None:
            show(findings_table(r.table), console)
        witness(r, console)


def write_full(path: Path, results: Sequence[Result]) -> None:
    """The full text as a file."""
    text = io.StringIO()
    in_full(results, Console(file=text, width=WIDTH, color_system=None, markup=False, emoji=False))
    write_atomically(path, lambda p: void(p.write_text(text.getvalue(), encoding="utf-8")))


def report(results: Sequence[Result], console: Console, where: Path | None = None) -> None:
    """One screen: the counts, what does not hold, and where the rest is."""
    bad = [r for r in results if r.verdict != "holds"]
    if bad:
        show(table(bad), console)
    for r in bad:
        witness(r, console)
    console.print(summary(results), markup=False, highlight=False, soft_wrap=True)
    if where is not None:
        console.print(f"Every verdict, finding and number: {where}", markup=False, highlight=False, soft_wrap=True)


def scores_table(scores: Sequence[Score]) -> Table:
    """What became of the faults of each statement that count."""
    out = Table(box=None, header_style="bold", pad_edge=False)
    out.add_column("statement", overflow="fold")
    for heading in ("mutants", "caught", "crashed", "equivalent", "unsettled", "missed", "share"):
        out.add_column(heading, justify="right")
    for statement in dict.fromkeys(s.statement for s in scores):
        of = [s for s in scores if s.statement == statement]
        total, caught, crashed = (sum(getattr(s, name) for s in of) for name in ("mutants", "caught", "crashed"))
        same, missed = sum(len(s.equivalent) for s in of), sum(len(s.missed) for s in of)
        unsettled = sum(len(s.unsettled) for s in of)
        meant = total - same - crashed - unsettled
        share = "broken" if any(s.broken for s in of) else f"{caught / meant:.0%}" if meant else "-"
        out.add_row(statement, *map(str, (total, caught, crashed, same, unsettled, missed)), share)
    return out


def report_scores(scores: Sequence[Score], console: Console, in_full: bool = False) -> None:
    """The counts, then what was missed or is broken; `in_full` the table, and which faults change nothing."""

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    if in_full:
        show(scores_table(scores), console)
        for s in scores:
            for m in s.equivalent:
                say(f"equivalent: {s.check}: {m['fault']}: {m['text']}")
    for s in scores:
        if s.broken:
            say(f"broken: {s.check}: {s.broken}")
        for m in [*s.missed, *(t for t in s.trivial if t["fate"] == "missed")]:
            say(f"missed: {s.check}: {m['part']}, {m['fault']}: {m['text']}")
    total, caught, crashed = (sum(getattr(s, name) for s in scores) for name in ("mutants", "caught", "crashed"))
    same, missed = sum(len(s.equivalent) for s in scores), sum(len(s.missed) for s in scores)
    unsettled = sum(len(s.unsettled) for s in scores)
    meant = total - same - crashed - unsettled
    trivial = [s for s in scores if s.trivial]
    drawn = sum(s.whole for s in scores if s.sample is not None)
    sampled = f", a sample from {drawn}" if drawn else ""
    say(
        f"{total} faults in the formulas of {len(scores)} checks{sampled}: caught {caught} of {meant}"
        f"{f' ({caught / meant:.1%})' if meant else ''}; {missed} missed, {same} provably the same formula, "
        f"{crashed} that only break the computation down."
    )
    if unsettled:
        say(f"Not counted: {unsettled} faults of bounds that nothing is known to reach, which may be true bounds.")
    if trivial:
        apart = [t for s in trivial for t in s.trivial]
        seen = sum(t["fate"] == "caught" for t in apart)
        say(f"Not counted: {len(apart)} faults in {len(trivial)} trivial claims, {seen} of them caught.")
    if bad := sum(bool(s.broken) for s in scores):
        say(f"{bad} checks do not hold without any fault: their scores say nothing.")

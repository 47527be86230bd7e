"""Mutation: plant faults in the formulas of each check and see that it turns red.

The faults are those of `lejepa.checking.faults`. The evidence of a case does not depend on the formula, so each is
computed once, at the digits of the check. Without any fault the check must hold on every case, else its score is
`broken` and says why. A fault is

* caught, when some case is violated: within the hypothesis, or on either side for a fault of the hypothesis itself;
* crashed, when no case is violated and some breaks down or comes to no number: counted apart, it shows nothing;
* equivalent, when the formula is provably the same (`lejepa.checking.equivalence`);
* missed otherwise.

Of a bound that nothing is known to reach (`Check.attained`), a missed fault of the claim is unsettled: it may
make another true bound. Those are reported apart, and count in no share.

Faults of a trivial claim (`lejepa.checking.faults.is_trivial`) are caught by whatever evidence there is, so they are
reported apart and count in no share; that one is missed is a failure all the same.

These are faults of the Python formula, which stands for the Lean statement by a transcription by hand.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

from lejepa.alone import alone
from lejepa.checking.check import Check, Evidence, Formula, all_cases, name_of
from lejepa.checking.discovery import file_of, find, load, select
from lejepa.checking.equivalence import is_equivalent
from lejepa.checking.faults import Mutant, is_trivial, mutants
from lejepa.checking.judging import BREAKDOWNS, judge, working
from lejepa.checking.kept import Kept
from lejepa.checking.parallel import processes, run_parallel
from lejepa.checking.results import Task, record
from lejepa.checking.scores import FILE, VERSION, Fate, Score
from lejepa.errors import UserError
from lejepa.exact.integration import precision
from lejepa.provenance import sources_digest

Shown = Sequence[tuple[Evidence, bool]]  # of each case, and whether it is listed within the hypothesis


def baseline(check: Check, digits: int, seed: int) -> tuple[list[tuple[Evidence, bool]], str]:
    """The evidence of every case, and why the check does not hold as it stands, if it does not."""
    formula, shown = Formula.of(type(check)), []
    inside, outside = all_cases(check, seed)
    for listed, cases in ((True, inside), (False, outside)):
        for case in cases:
            try:
                evidence = check.evidence(**case)
                outcome = judge(formula, evidence, digits, listed)
            except (*BREAKDOWNS, TypeError) as e:
                return [], f"without any fault, the case {case} breaks down: {type(e).__name__}: {e}"
            if outcome.verdict != "holds":
                return [], f"without any fault, the case {case} is {outcome.verdict}: {outcome.note}"
            shown.append((evidence, listed))
    return shown, "" if inside else "it has no case within the hypothesis"


def fate_of(mutant: Mutant, original: Formula, shown: Shown, digits: int) -> Fate:
    """Outside the hypothesis only a changed hypothesis counts: a fault of the claim must be seen where the statement is
    made."""
    crashed = False
    for evidence, listed in shown:
        if not listed and mutant.part != "hypothesis":
            continue
        try:
            verdict = judge(mutant.formula, evidence, digits).verdict
        except (*BREAKDOWNS, TypeError, AttributeError):
            crashed = True
            continue
        if verdict == "violated":
            return "caught"
        crashed |= verdict == "undecided"
    if crashed:
        return "crashed"
    within = [e for e, listed in shown if listed]
    same = mutant.part == "claim" and is_equivalent(mutant.formula.claim, original, within)
    return "equivalent" if same else "missed"


def score(check: Check, digits: int, seed: int, sample: int | None = None) -> Score:
    """Run a check against the mutants of its formula, or a seeded sample of them."""
    kind = type(check)
    out = Score(name_of(kind), check.statement, digits=digits, seed=seed)
    with precision(working(digits)):
        shown, broken = baseline(check, digits, seed)
        if broken:
            return replace(out, broken=broken)
        original = Formula.of(kind)
        made = mutants(kind, shown[0][0].terms, reached=any(e.sharp == 0 for e, _ in shown))
        whole = len(made)
        if sample is not None:
            made = Random(f"{seed}/{name_of(kind)}").sample(made, min(sample, whole))
        fates = [(m, fate_of(m, original, shown, digits)) for m in made]
    trivial = is_trivial(original.claim)
    apart = [(m, fate) for m, fate in fates if trivial and m.part == "claim"]
    counted = [(m, fate) for m, fate in fates if not (trivial and m.part == "claim")]
    if not kind.attained:
        counted = [(m, "unsettled" if m.part == "claim" and fate == "missed" else fate) for m, fate in counted]

    def told(which: Fate) -> list[dict[str, str]]:
        return [m.as_json() for m, fate in counted if fate == which]

    return replace(
        out,
        mutants=len(counted),
        caught=len(told("caught")),
        crashed=len(told("crashed")),
        equivalent=told("equivalent"),
        missed=told("missed"),
        unsettled=told("unsettled"),
        trivial=[{**m.as_json(), "fate": fate} for m, fate in apart],
        sample=len(made) if len(made) < whole else None,
        whole=whole,
    )


def source_of(root: Path, name: str) -> str:
    """A digest of what decides a check's score."""
    return sources_digest(root, file_of(root, name), "lejepa.checking.mutate")


def score_named(root: Path, name: str, digits: int, seed: int, sample: int | None) -> Score:
    return replace(score(load(root, name)(), digits, seed, sample), source=source_of(root, name))


def run_all(
    root: Path,
    planned: Sequence[Task],
    only: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    digits: int | None = None,
    jobs: int | None = None,
    quiet: bool = False,
    fresh: bool = False,
) -> list[Score]:
    """Score every check, or those that `only` means, on all mutants or on a seeded `sample` of each; record it.

    What an interrupted run of the same has kept is taken over, unless `fresh`.
    """
    if sample is not None and sample < 1:
        raise UserError(f"--sample {sample}: expected a positive number of mutants a check")
    start, jobs = time.perf_counter(), processes(jobs)
    find(root, {t.check: t.statement for t in planned})
    names = select([(t.check, t.statement) for t in planned], only)
    least = {t.check: t.digits for t in planned}
    tasks = {name: (score_named, (root, name, digits or least[name], seed, sample)) for name in names}
    with alone(root / FILE):
        decides = {name: (source_of(root, name), *given[2:]) for name, (_, given) in tasks.items()}
        kept = Kept(root / FILE, Score, decides, fresh)
        scores: list[Score] = list(run_parallel(jobs, tasks, "mutating", quiet, kept).values())
        header = {"version": VERSION, "seconds": round(time.perf_counter() - start, 3)}
        record(root / FILE, header, [asdict(s) for s in scores], [t.check for t in planned])
        kept.forget()
    return scores

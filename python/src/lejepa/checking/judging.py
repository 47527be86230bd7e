"""How a check is judged, case by case.

* holds: the ball of the difference has 0 in it and is smaller than `10^-digits` (relative to the left side where that
  is above 1); or the whole ball satisfies the inequality;
* violated: the ball proves the contrary, or the case is listed on the wrong side of the hypothesis;
* undecided: the ball is too wide, or the check broke down.

Cases listed outside the hypothesis must fail, so that a dropped hypothesis is seen; cases flagged sharp must reach
equality, so that a weakened bound is.
"""

from dataclasses import dataclass
from typing import Any, Literal

from flint import arb, fmpq

from lejepa.checking.check import Case, Check, Evidence, Formula, Relation, name_of
from lejepa.errors import UserError
from lejepa.exact.integration import precision

Verdict = Literal["holds", "violated", "undecided"]
BREAKDOWNS = (ArithmeticError, ValueError, LookupError)  # of a computation; a TypeError is a case that does not fit


@dataclass(frozen=True)
class Outcome:
    """The verdict of one case, with both sides, a sentence where it isn't `holds`, and the evidence if there is any."""

    verdict: Verdict
    left: str
    right: str
    note: str
    evidence: Evidence | None = None


def check_digits(digits: int) -> None:
    """UserError where a number of digits is out of range."""
    if not 1 <= digits <= 2000:
        raise UserError(f"--digits {digits}: expected a number of digits from 1 to 2000")


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


def judge(formula: Formula, evidence: Evidence, digits: int, listed: bool | None = None) -> Outcome:
    """Hold a formula against the evidence of one case. Within the hypothesis it must be true, outside it false, and
    where `listed` says on which side the case is listed, it must be there."""
    right = formula.claim(**{name: off_centre(value) for name, value in evidence.terms.items()})
    truth = compare(formula.relation, evidence.left, right, evidence.sharp, digits)
    if formula.relation == "iff" and truth is not None:
        truth = truth == formula.condition(**evidence.facts)
    admitted = bool(formula.hypothesis(**evidence.facts))
    sides = show(evidence.left), show(right)
    if listed is not None and admitted != listed:
        note = f"the case is listed {'within' if listed else 'outside'} the hypothesis, but it is not"
        return Outcome("violated", *sides, note, evidence)
    if truth is not None and truth == admitted:
        return Outcome("holds", *sides, "", evidence)
    note = f"expected left {formula.relation} right"
    if evidence.sharp is not None:
        note += ", with equality" if evidence.sharp == 0 else f", within a share of {evidence.sharp:g}"
    if not admitted:
        note = "expected the statement to fail outside its hypothesis"
    return Outcome("undecided" if truth is None else "violated", *sides, note, evidence)


def show(x: Any) -> str:
    """A ball as text; 30 digits, enough to read."""
    return str(arb(x).str(30))


def refuse_labels(check: Check, evidence: Evidence) -> None:
    """Refuse a fact that is a text: a label says what a case is meant to be, and not what it is."""
    for name, value in evidence.facts.items():
        for part in value if isinstance(value, list | tuple | set) else (value,):
            if isinstance(part, str):
                raise UserError(f"{name_of(type(check))}: expected the fact {name} computed, got the text {part!r}")


def try_case(
    check: Check, case: Case, digits: int, formula: Formula | None = None, listed: bool | None = None
) -> Outcome:
    """Judge one case at `digits`; a check that breaks down decides nothing."""
    with precision(working(digits)):
        try:
            evidence = check.evidence(**case)
            refuse_labels(check, evidence)
            return judge(formula or Formula.of(type(check)), evidence, digits, listed)
        except BREAKDOWNS as e:
            return Outcome("undecided", "?", "?", f"the check broke down: {type(e).__name__}: {e}")
        except TypeError as e:
            raise UserError(f"{name_of(type(check))}: the case {case} does not fit it: {e}") from e


def deciding_digits(check: Check, case: Case, digits: int, listed: bool | None = None) -> int | None:
    """The first of 2, 4, 8 times `digits` that decides a case, if one does."""
    for more in (2 * digits, 4 * digits, 8 * digits):
        if try_case(check, case, more, listed=listed).verdict != "undecided":
            return more
    return None

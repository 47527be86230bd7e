"""Whether a formula with a fault is still the same formula: `x²` and `(-x)²`.

Two claims count as equivalent when both of these hold:

* they agree at random rational points within the hypothesis, the points 0, 1 and -1 among their coordinates, by balls:
  this sees what computer algebra forgets, the root of a negative number and a quotient by 0, which are 0 in Lean;
* sympy simplifies their difference to 0, for a real symbol in place of each number and an integer one in place of each
  whole number. A symbol is positive, or not negative, only where a conjunct of the hypothesis bounds it by 0 or more.

Lists keep the lengths of the cases, so that the word is «for lists as long as those tried». Where a claim can't be
taken at the symbol of a whole number (a `range` of it, say), each whole number from 0 to 8 (fewer of several at once)
takes its place in turn: «for whole numbers up to 8», whichever the cases have.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

from flint import arb, fmpq

from lejepa.checking.check import Evidence, Formula
from lejepa.checking.faults import returned
from lejepa.checking.judging import BREAKDOWNS, minus, off_centre

Terms = Mapping[str, Any]
POINTS, TRIES = 12, 200
WHOLE = 9  # whole numbers in place of one that has no symbol
SPECIAL = (fmpq(0), fmpq(1), fmpq(-1))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | fmpq | arb) and not isinstance(value, bool)


def is_equivalent(changed: Callable[..., Any], original: Formula, shown: Sequence[Evidence]) -> bool:
    """Whether a changed claim is provably the original one, at the shapes of the evidence within the hypothesis."""
    signs = granted(original, shown)
    distinct = {repr(shape(e.terms)): e for e in shown}.values()
    return all(
        agrees(changed, original, e, Random(0)) and proved(changed, original.claim, e.terms, signs) for e in distinct
    )


def shape(value: Any) -> Any:
    """A value with its numbers left out: terms of one shape need one proof."""
    if isinstance(value, Mapping):
        return {name: shape(x) for name, x in value.items()}
    if isinstance(value, list | tuple):
        return [shape(x) for x in value]
    return ("whole" if isinstance(value, int) else "number") if is_number(value) else repr(value)


def replaced(value: Any, name: str, make: Callable[[str, Any], Any]) -> Any:
    """A value with each number in it replaced by what `make` gives for its place and its old value."""
    if isinstance(value, Mapping):
        return {key: replaced(x, f"{name}_{key}" if name else str(key), make) for key, x in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replaced(x, f"{name}_{i}", make) for i, x in enumerate(value))
    return make(name, value) if is_number(value) else value


# In numbers


def agrees(changed: Callable[..., Any], original: Formula, shown: Evidence, rng: Random) -> bool:
    """Whether no random point within the hypothesis tells two claims apart, and some could have."""
    tried = 0
    for terms in points(original, shown, rng):
        try:
            difference = minus(changed(**terms), original.claim(**terms))
        except (*BREAKDOWNS, TypeError, AttributeError):
            continue
        if not difference.contains(0):
            return False
        tried += difference.is_finite()
    return tried > 0


def points(original: Formula, shown: Evidence, rng: Random) -> Iterator[Terms]:
    """Random terms of the shape of a case's, where facts of the same name change along, and the hypothesis holds."""

    def drawn(_: str, old: Any) -> Any:
        if isinstance(old, int):
            return rng.randrange(7)
        return rng.choice(SPECIAL) if rng.random() < 0.2 else fmpq(rng.randint(-60, 60), rng.randint(1, 30))

    found = 0
    for _ in range(TRIES):
        terms = replaced(shown.terms, "", drawn)
        facts = {name: terms.get(name, value) for name, value in shown.facts.items()}
        if original.hypothesis(**facts):
            yield {name: off_centre(value) for name, value in terms.items()}
            found += 1
        if found == POINTS:
            return


# In symbols


def proved(changed: Callable[..., Any], claim: Callable[..., Any], terms: Terms, signs: Mapping[str, str]) -> bool:
    """Whether sympy simplifies the difference of two claims to 0, for symbols of the terms' shape."""
    try:
        return vanishes(changed, claim, symbolic(terms, signs, {}))
    except TypeError:
        pass
    wholes = [name for name, _ in whole_numbers(terms)]
    size = max(2, int(WHOLE ** (2 / len(wholes)))) if len(wholes) > 1 else WHOLE
    return bool(wholes) and all(
        vanishes(changed, claim, symbolic(terms, signs, dict(zip(wholes, values, strict=True))), default=False)
        for values in product(range(size), repeat=len(wholes))
    )


def symbolic(terms: Terms, signs: Mapping[str, str], fixed: Mapping[str, int]) -> Terms:
    """Symbols in place of the numbers of terms, but for those that are fixed."""
    import sympy

    def symbol(name: str, old: Any) -> Any:
        assumed = {signs[name]: True} if name in signs else {}
        kind = {"integer": True} if isinstance(old, int) else {"real": True}
        return fixed[name] if name in fixed else sympy.symbols(name, **kind, **assumed)

    return replaced(terms, "", symbol)  # type: ignore[no-any-return]


def vanishes(changed: Callable[..., Any], claim: Callable[..., Any], terms: Terms, default: bool | None = None) -> bool:
    """Whether the difference simplifies to 0; `default`, if one is given, where the claims can't be taken there."""
    import sympy

    try:
        return bool(sympy.simplify(changed(**terms) - claim(**terms)) == 0)
    except (*BREAKDOWNS, AttributeError, NotImplementedError):
        return False
    except TypeError:
        if default is None:
            raise
        return default


def whole_numbers(terms: Terms) -> list[tuple[str, int]]:
    """The places of whole numbers in terms."""
    found: list[tuple[str, int]] = []

    def note(name: str, old: Any) -> Any:
        if isinstance(old, int):
            found.append((name, old))
        return old

    replaced(terms, "", note)
    return found


def granted(original: Formula, shown: Sequence[Evidence]) -> dict[str, str]:
    """The terms that a conjunct of the hypothesis bounds from below by 0 or more: `positive` or `nonnegative`. A fact
    speaks of the term of its name where both are the same number in every case."""
    found: dict[str, str] = {}
    for low, strict, name in bounds(original.hypothesis):
        same = all(name in e.facts and name in e.terms and identical(e.facts[name], e.terms[name]) for e in shown)
        if same and low >= 0 and found.get(name) != "positive":
            found[name] = "positive" if strict or low > 0 else "nonnegative"
    return found


def identical(x: Any, y: Any) -> bool:
    return is_number(x) and is_number(y) and bool(minus(x, y).is_zero())


def bounds(hypothesis: Callable[..., bool]) -> Iterator[tuple[float, bool, str]]:
    """The lower bounds that a hypothesis of one line grants: the number, whether strict, and the fact."""
    value = returned(hypothesis)
    if value is None:
        return
    conjuncts = value.values if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And) else [value]
    for node in conjuncts:
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
                if isinstance(op, ast.Gt | ast.GtE):
                    left, right = right, left
                if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                    strict = isinstance(op, ast.Lt | ast.Gt)
                    if isinstance(left, ast.Constant) and isinstance(right, ast.Name):
                        yield float(left.value), strict, right.id  # type: ignore[arg-type]

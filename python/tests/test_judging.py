"""How a case is judged: each comparison on exact numbers, on balls at its edges, and on balls that leave it open."""

from collections.abc import Iterable
from itertools import product
from random import Random
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from lejepa.checking import judging
from lejepa.checking.check import Case, Check, Evidence, Formula, Relation
from lejepa.errors import UserError
from lejepa.exact.integration import precision

TINY = arb(10) ** -30


@pytest.mark.parametrize(("digits", "expected"), [(0, 10), (3, 13), (4, 15), (50, 72), (100, 135)])
def test_computations_have_ten_more_digits_and_a_quarter(digits: int, expected: int) -> None:
    assert judging.working(digits) == expected


def test_rationals_are_subtracted_exactly() -> None:
    third = fmpq(1, 3)
    for x, y, exact in ((third, third, 0), (1, 1, 0), (third, 1, fmpq(-2, 3)), (2, fmpq(1, 2), fmpq(3, 2))):
        difference = judging.minus(x, y)
        assert isinstance(difference, arb)
        assert difference.contains(exact)
        assert difference.is_exact() == (exact != fmpq(-2, 3))
    assert not judging.minus(arb(third), third).is_exact()
    assert judging.minus(third, arb(third)).contains(0)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (fmpq(1, 3), fmpq(1, 3), True),
        (fmpq(1, 3), fmpq(1, 3) + fmpq(1, 10**40), False),  # exact numbers differ by whatever they differ
        (arb(1, 0.9e-20), 1, True),
        (arb(1, 1.1e-20), 1, None),
        (arb(0, 0.9e-20), 0, True),
        (arb(0.001, 1.1e-20), arb(0.001), None),  # not relative below 1
        (arb(1000, 0.9e-17), 1000, True),  # relative to the left side above 1
        (arb(1000, 1.1e-17), 1000, None),
        (arb(-1000, 0.9e-17), -1000, True),
        (1, arb(1000, 999.5), None),  # to the left side, and not to the right one
        (arb(2, 0.5), 1, False),
        (arb.nan(), 1, None),
        (1, arb.pos_inf(), None),
        (arb(0, 1).log(), 0, None),
    ],
)
def test_two_sides_are_equal_within_the_digits(left: Any, right: Any, expected: bool | None) -> None:
    with precision(60):
        assert judging.equal(left, right, 20) is expected


HOLDS = {"<=": (True, True, False), "<": (True, False, False), ">=": (False, True, True), ">": (False, False, True)}


@pytest.mark.parametrize(("relation", "place"), list(product(HOLDS, range(3))))
def test_inequalities_of_exact_numbers(relation: Relation, place: int) -> None:
    left, right = ((1, 2), (2, 2), (fmpq(5, 2), 2))[place]
    assert judging.compare(relation, left, right, None, 20) is HOLDS[relation][place]


@pytest.mark.parametrize(
    ("relation", "left", "right", "expected"),
    [
        ("<=", arb(1, 0.5), arb(2, 0.25), True),
        ("<", arb(1, 0.5), arb(2, 0.25), True),
        (">=", arb(1, 0.5), arb(2, 0.25), False),
        (">", arb(1, 0.5), arb(2, 0.25), False),
        ("<=", arb(1, 0.5), arb(2, 0.625), None),
        (">=", arb(2, 0.625), arb(1, 0.5), None),
        ("<=", 1, arb.pos_inf(), None),
        (">=", arb.nan(), 1, None),
    ],
)
def test_inequalities_of_balls(relation: Relation, left: Any, right: Any, expected: bool | None) -> None:
    assert judging.compare(relation, left, right, None, 20) is expected


@pytest.mark.parametrize(
    ("relation", "left", "right", "expected"),
    [
        ("<=", 2, 2, True),
        (">=", 2, 2, True),
        ("<", 2, 2, False),  # a strict one is not reached
        (">", 2, 2, False),
        ("<=", 1, 2, False),
        (">=", 3, 2, False),
        ("<=", arb(2, 1e-25), 2, True),
        ("<=", arb(2, 1e-3), 2, None),
        (">=", arb(2, 1e-3), 2, None),
    ],
)
def test_a_sharp_inequality_is_an_equation(relation: Relation, left: Any, right: Any, expected: bool | None) -> None:
    with precision(40):
        assert judging.compare(relation, left, right, 0, 20) is expected


@pytest.mark.parametrize(
    ("relation", "left", "right", "expected"),
    [
        ("<=", 95, 100, True),
        ("<", 95, 100, True),
        (">=", 105, 100, True),
        (">", 105, 100, True),
        ("<=", 85, 100, False),
        (">=", 115, 100, False),
        ("<=", 105, 100, False),
        (">=", 95, 100, False),
        ("<=", -105, -100, True),  # of the size of the right side
        (">=", -95, -100, True),
        ("<=", 100, 100, None),
        ("<=", arb(95, 6), 100, None),
        ("<=", arb(95, 4), 100, True),
        ("<=", arb(89, 2), 100, None),
        ("<=", arb(87, 2), 100, False),
        ("<=", 0.95, 1, True),
        ("<=", 0.85, 1, False),
    ],
)
def test_a_share_limits_how_far_apart_the_sides_may_be(
    relation: Relation, left: Any, right: Any, expected: bool | None
) -> None:
    assert judging.compare(relation, left, right, 0.1, 20) is expected


def test_equations_and_equivalences_know_no_sharpness() -> None:
    for relation in ("=", "iff"):
        for sharp in (None, 0, 0.5):
            assert judging.compare(relation, 1, 1, sharp, 20) is True  # type: ignore[arg-type]
            assert judging.compare(relation, 1, 2, sharp, 20) is False  # type: ignore[arg-type]


def formula(relation: Relation = "<=", condition: bool = True) -> Formula:
    return Formula(relation, lambda x: 2 * x, lambda n: n > 0, lambda n: condition)


@pytest.mark.parametrize(
    ("left", "n", "listed", "sharp", "verdict", "note"),
    [
        (3, 1, None, None, "holds", ""),
        (3, 1, True, None, "holds", ""),
        (5, 1, None, None, "violated", "expected left <= right"),
        (5, 1, True, 0, "violated", "expected left <= right, with equality"),
        (3, 1, True, 0, "violated", "expected left <= right, with equality"),
        (4, 1, True, 0, "holds", ""),
        (3.9, 1, True, 0.125, "holds", ""),
        (3, 1, True, 0.125, "violated", "expected left <= right, within a share of 0.125"),
        (arb(4, 1), 1, True, None, "undecided", "expected left <= right"),
        (5, 0, None, None, "holds", ""),  # outside the hypothesis the statement must fail
        (5, 0, False, None, "holds", ""),
        (3, 0, False, None, "violated", "expected the statement to fail outside its hypothesis"),
        (arb(4, 1), 0, False, None, "undecided", "expected the statement to fail outside its hypothesis"),
        (5, 0, True, None, "violated", "the case is listed within the hypothesis, but it is not"),
        (3, 1, False, None, "violated", "the case is listed outside the hypothesis, but it is not"),
        (arb(4, 1), 0, True, None, "violated", "the case is listed within the hypothesis, but it is not"),
    ],
)
def test_a_case_is_judged(left: Any, n: int, listed: bool | None, sharp: float | None, verdict: str, note: str) -> None:
    evidence = Evidence(left, {"x": 2}, {"n": n}, sharp)
    found = judging.judge(formula(), evidence, 20, listed)
    assert (found.verdict, found.note, found.right) == (verdict, note, "4.00000000000000000000000000000")
    assert found.left == str(arb(left).str(30))
    assert found.evidence is evidence


@pytest.mark.parametrize(
    ("left", "condition", "n", "verdict"),
    [
        (4, True, 1, "holds"),
        (4, False, 1, "violated"),
        (5, False, 1, "holds"),
        (5, True, 1, "violated"),
        (arb(4, 0.1), True, 1, "undecided"),
        (arb(4, 0.1), False, 1, "undecided"),
        (5, True, 0, "holds"),
        (4, True, 0, "violated"),
    ],
)
def test_an_equivalence_has_both_of_its_sides_or_neither(left: Any, condition: bool, n: int, verdict: str) -> None:
    found = judging.judge(formula("iff", condition), Evidence(left, {"x": 2}, {"n": n}), 20)
    assert found.verdict == verdict


def test_a_claim_may_take_powers_of_a_ball_around_0() -> None:
    """Which flint takes to be no number, where the ball's centre is 0."""
    squares = Formula("=", lambda x: x**2, lambda: True, lambda: True)
    with precision(30):
        assert not (arb(0, 1e-12) ** 2).is_finite()
        found = judging.judge(squares, Evidence(0, {"x": arb(0, 1e-12)}), 20)
    assert found.verdict == "holds"


def test_off_centre_is_three_quarters_to_either_side_of_a_quarter() -> None:
    """A ball `[-r, r]` becomes `[r/4 - 2 r, r/4 + 2 r]`, lists and tuples as they are, what is exact as it is."""
    moved = judging.off_centre([arb(0, 0.5), (arb(0, 2), arb(0)), arb(3, 1), 7])
    assert isinstance(moved, list)
    assert isinstance(moved[1], tuple)
    for ball, radius in ((moved[0], 0.5), (moved[1][0], 2.0)):
        assert float(ball.mid()) == pytest.approx(radius / 4, rel=1e-6)
        assert float(ball.rad()) == pytest.approx(2 * radius, rel=1e-6)
    assert (moved[1][1].mid(), moved[1][1].rad(), moved[2].mid(), moved[3]) == (0, 0, 3, 7)


class Root(Check):
    """`(√x)² = x`, whose digits at work are what it shows."""

    statement = "root"

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": 2}]

    def evidence(self, x: int, lost: int = 0, fact: Any = 0) -> Evidence:
        if x < 0:
            raise {-1: ArithmeticError, -2: ValueError, -3: KeyError, -4: RuntimeError}[x]("no root")
        seen.append(ctx.dps)
        big = arb(10) ** lost / 3
        return Evidence((arb(x).sqrt() ** 2 + big) - big, {"x": x}, {"fact": fact})

    @staticmethod
    def claim(x: int) -> Any:
        return x

    @staticmethod
    def hypothesis(fact: Any) -> bool:
        return True


seen: list[int] = []


def test_a_case_is_tried_at_the_digits_that_it_needs() -> None:
    seen.clear()
    before = ctx.dps
    assert judging.try_case(Root(), {"x": 2}, 40).verdict == "holds"
    assert (seen, ctx.dps) == ([judging.working(40)], before)
    other = Formula("=", lambda x: x + 1, lambda fact: True, lambda: True)
    assert judging.try_case(Root(), {"x": 2}, 40, other).verdict == "violated"
    assert judging.try_case(Root(), {"x": 2}, 40, listed=False).note.startswith("the case is listed outside")


@pytest.mark.parametrize(("x", "name"), [(-1, "ArithmeticError: "), (-2, "ValueError: "), (-3, "KeyError: '")])
def test_what_breaks_down_decides_nothing(x: int, name: str) -> None:
    found = judging.try_case(Root(), {"x": x}, 20)
    assert (found.verdict, found.left, found.right, found.evidence) == ("undecided", "?", "?", None)
    assert found.note.startswith(f"the check broke down: {name}no root")


def test_other_errors_are_the_check_s_own_and_a_case_that_does_not_fit_is_named() -> None:
    with pytest.raises(RuntimeError, match="no root"):
        judging.try_case(Root(), {"x": -4}, 20)
    with pytest.raises(UserError, match=r"test_judging\.Root: the case \{'y': 1\} does not fit it: .*'y'"):
        judging.try_case(Root(), {"y": 1}, 20)


@pytest.mark.parametrize("fact", ["white", ["white"], (1, "white"), {"white"}])
def test_a_fact_that_is_a_text_is_refused(fact: Any) -> None:
    with pytest.raises(UserError, match=r"test_judging\.Root: expected the fact fact computed, got the text 'white'"):
        judging.try_case(Root(), {"x": 2, "fact": fact}, 20)
    for sound in (1, [1, 2], (), {3}, arb(1), True):
        assert judging.try_case(Root(), {"x": 2, "fact": sound}, 20).verdict == "holds"


@pytest.mark.parametrize(("lost", "expected"), [(0, 40), (15, 40), (25, 80), (42, 160), (60, None)])
def test_more_digits_decide_a_case_that_loses_some(lost: int, expected: int | None) -> None:
    """At `d` digits there are `10 + d/4` to lose."""
    assert judging.deciding_digits(Root(), {"x": 2, "lost": lost}, 20) == expected


def test_the_list_of_a_case_counts_at_more_digits_too() -> None:
    assert judging.deciding_digits(Root(), {"x": 2}, 20, listed=False) == 40
    assert judging.deciding_digits(Root(), {"x": -1}, 20) is None

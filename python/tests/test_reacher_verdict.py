"""Verdicts on the arm, against criteria whose outcome is worked out by hand."""

from typing import Any

import pytest
from lejepa.reacher import evidence, verdict
from lejepa.reacher.config import Computation
from lejepa.reacher.results import Controlled, Line, Mean, Recovered, Result, Trace
from lejepa.training.verdict import Outcome
from reacher_tiny import recovered, tiny

STATEMENTS = ["linear_identifiability", "approx_identifiability", "isOptimal_of_invariant", "cost_of_invariant"]
CRITERION = {"r2": {"sigreg": 0.9}, "regret": 1.3, "spare": 2, "allowed": 3}


def controlled(space: str, objective: str, regret: float, error: float) -> Controlled:
    share = (0.5, 0.4, 0.6)
    return Controlled(
        space=space, objective=objective, success={"hard": share, "easy": share}, cost=Mean(mean=3.5, error=0.5),
        regret=Mean(mean=regret, error=error), costs=[], distances=[], fit=0.9, example=[], goal=[],
    )  # fmt: skip


def result(*encoders: Recovered, regret: float = 1.1, error: float = 0.05, untrained: float = 0.1) -> Result:
    c = tiny()
    return Result(
        name="tiny",
        configuration=Computation.model_validate({k: getattr(c, k) for k in Computation.model_fields}),
        recovered=encoders,
        untrained=(untrained,) * len(encoders),
        lines=tuple(
            Line(space=s, objective=o, deviation=Mean(mean=0.02, error=0.001), length=Mean(mean=1.02, error=0.01),
                 example=[], frames=[]) for s, o in (("joints", ""), ("ou", "sigreg"))
        ),
        controlled=(controlled("joints", "", 1.0, 0.0), controlled("ou", "sigreg", regret, error)),
        trace=Trace(steps={}, recovered=(), lines={}, costs={}),
        stages={"train": 3.0}, seconds=3.0, versions={"lejepa": "0"}, device="cpu", made="2026-01-01T00:00:00Z",
    )  # fmt: skip


def words(r: Result) -> list[str]:
    c = tiny(statements=STATEMENTS, criterion=CRITERION)
    return list(verdict.words(c, r).values())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["confirmed"] * 4),
        ({"r2_hz": 0.919}, ["not confirmed", *["confirmed"] * 3]),  # 0.919 - 2 · 0.01 is below 0.9
        ({"r2_hz": 0.921}, ["confirmed"] * 4),
        ({"distance": 1.29}, ["confirmed"] * 4),  # 2.9 errors above its bound
        ({"distance": 1.31}, ["confirmed", "not confirmed", "confirmed", "confirmed"]),
        ({"bound": 2.0}, ["confirmed", "measured", "confirmed", "confirmed"]),  # as h = 0 meets it
    ],
)
def test_each_statement_has_its_own_word(changes: dict[str, float], expected: list[str]) -> None:
    assert words(result(recovered(**changes))) == expected


@pytest.mark.parametrize(
    ("regret", "error", "word"), [(1.19, 0.05, "confirmed"), (1.21, 0.05, "not confirmed"), (1.29, 0.0, "confirmed")]
)
def test_planning_must_clear_its_criterion_by_two_errors(regret: float, error: float, word: str) -> None:
    assert words(result(recovered(), regret=regret, error=error))[2:] == [word, word]


def test_what_an_untrained_encoder_recovers_too_says_nothing() -> None:
    assert words(result(recovered(), untrained=0.92))[0] == "measured"


def test_a_criterion_set_after_a_look_confirms_nothing_and_still_guards() -> None:
    c = tiny(statements=STATEMENTS, criterion=CRITERION | {"beforehand": False})
    assert list(verdict.words(c, result(recovered())).values()) == ["measured"] * 4
    assert verdict.words(c, result(recovered(r2_hz=0.5)))["linear_identifiability"] == "not confirmed"


def test_encoders_of_trajectories_and_objectives_that_are_held_to_nothing_are_only_measured() -> None:
    others: list[Any] = [recovered("trajectories", r2_hz=0.1), recovered("ou", "vicreg", r2_hz=0.1, distance=9.0)]
    assert words(result(recovered(), *others)) == ["confirmed"] * 4


def test_the_tables_of_docs() -> None:
    r = result(recovered(), recovered("trajectories"))
    assert evidence.recovery(r)[2:] == [
        "| ou | sigreg | 0 | 0.950 | 0.940 | 0.500 | 1.00 | 0.100 | 0.200 | 0.300 | ≤ 0.7 |",
        "| trajectories | sigreg | 0 | 0.950 | 0.940 | 0.500 | not applicable | 0.100 | 0.200 | not applicable |"
        " ≤ 0.7 |",
    ]
    share = "0.50 [0.40, 0.60]"
    assert evidence.planning(r)[3] == (
        f"| ou | sigreg | 0.020 ± 0.001 | 1.02 ± 0.01 | {share} | {share} | 3.5 ± 0.5 | 1.10 ± 0.05 |"
    )


def outcomes(r: Result, **criterion: Any) -> list[Outcome]:
    return verdict.judged(tiny(statements=STATEMENTS, criterion=CRITERION | criterion), r)


def test_each_outcome_says_where_it_is_from_what_was_claimed_and_what_was_found() -> None:
    r = result(recovered(r2_zh=0.96, r2_hz=0.94), recovered("trajectories"), regret=1.125, error=0.0625)
    recovery, bound, *planning = outcomes(r)
    assert recovery == Outcome(
        "tiny, sigreg", 0, "linear_identifiability",
        "lower R² at least 0.9, 2 standard errors to spare, over each seed", "met", "lower R² 0.94 ± 0.01",
    )  # fmt: skip
    assert bound == Outcome(
        "tiny, sigreg", 0, "approx_identifiability",
        "distance at most its bound, 3 standard errors allowed, over each seed", "met",
        "distance less bound -0.5 ± 0.1",
    )  # fmt: skip
    control = "control costs at most 1.3 times as on the true state, 2 standard errors to spare"
    says = "1.125 ± 0.062 times"
    assert planning == [Outcome("tiny, sigreg", None, s, control, "met", says) for s in STATEMENTS[2:]]


def test_outcomes_are_of_the_statements_that_the_experiment_names_alone() -> None:
    c = tiny(statements=["cost_of_invariant", "none"], criterion=CRITERION)
    assert [o.confirms for o in verdict.judged(c, result(recovered()))] == ["cost_of_invariant"]
    assert verdict.words(c, result(recovered())) == {"cost_of_invariant": "confirmed", "none": "measured"}


# Numbers that binary fractions hold, so that what lies on the edge does so exactly.
@pytest.mark.parametrize(
    ("r2", "untrained", "state"),
    [
        (0.75, 0.5, "met"),  # 0.75 less two errors of 1/16 is 0.625, the least
        (0.74, 0.5, "missed"),
        (0.76, 0.5, "met"),
        (0.75, 0.625, "says nothing"),
        (0.75, 0.62, "met"),
        (0.74, 0.9, "missed"),
    ],
)
def test_recovery_counts_from_its_criterion_on(r2: float, untrained: float, state: str) -> None:
    r = result(recovered(r2_zh=0.99, r2_hz=r2, r2_hz_error=0.0625), untrained=untrained)
    assert outcomes(r, r2={"sigreg": 0.625})[0].state == state


@pytest.mark.parametrize(
    ("distance", "state"),
    [(1.375, "met"), (1.376, "missed"), (0.5, "met")],  # 1 and three errors of 1/8
)
def test_a_distance_may_exceed_its_bound_by_just_what_is_allowed(distance: float, state: str) -> None:
    r = result(recovered(distance=distance, bound=1.0, margin_error=0.125))
    assert outcomes(r)[1].state == state


@pytest.mark.parametrize(("bound", "state"), [(1.99, "met"), (2.0, "says nothing"), (9.0, "says nothing")])
def test_the_encoder_0_is_at_distance_2_of_two_joints(bound: float, state: str) -> None:
    """Its square has the mean `𝔼 ‖z‖² = 2`."""
    assert outcomes(result(recovered(bound=bound)))[1].state == state
    assert outcomes(result(recovered(bound=bound, distance=bound + 1)))[1].state == "missed"


@pytest.mark.parametrize(("regret", "state"), [(1.25, "met"), (1.251, "missed")])
def test_control_counts_up_to_its_criterion(regret: float, state: str) -> None:
    """1.25 and two errors of 1/8 are 1.5."""
    assert [o.state for o in outcomes(result(recovered(), regret=regret, error=0.125), regret=1.5)[2:]] == [state] * 2


def test_control_is_judged_on_the_encoder_that_recovers_most() -> None:
    """Of pairs, not of trajectories, and not by its own regret."""
    others = recovered("ou", "vicreg", r2_zh=0.97, r2_hz=0.96), recovered("trajectories", "infonce", r2_zh=1, r2_hz=1)
    made = result(recovered(r2_zh=0.99, r2_hz=0.94), *others)
    more = [controlled("ou", "vicreg", 2.0, 0.0), controlled("trajectories", "vicreg", 1.0, 0.0)]
    found = outcomes(made.model_copy(update={"controlled": (*made.controlled, *more)}))
    assert [(o.point, o.state, o.says) for o in found[-2:]] == [("tiny, vicreg", "missed", "2 ± 0 times")] * 2


def test_what_was_set_after_a_look_says_so_and_guards_still() -> None:
    good = outcomes(result(recovered()), beforehand=False)
    assert {o.state for o in good} == {"says nothing"}
    assert all(o.claim.endswith(", set after a look") for o in good)
    assert [o.claim.removesuffix(", set after a look") for o in good] == [
        o.claim for o in outcomes(result(recovered()))
    ]
    bad = outcomes(result(recovered(r2_hz=0.1, distance=9.0), regret=9.0), beforehand=False)
    assert {o.state for o in bad} == {"missed"}


@pytest.mark.parametrize(("beforehand", "when"), [(True, ""), (False, ", set after a look")])
def test_criteria_in_words(beforehand: bool, when: str) -> None:
    both = {"objectives": [{"kind": "sigreg", "weight": 0.01}, {"kind": "infonce"}]}
    criterion = CRITERION | {"r2": {"sigreg": 0.9, "infonce": 0.5}, "beforehand": beforehand}
    control = f"control costs at most 1.3 times as on the true state, 2 standard errors to spare{when}"
    assert verdict.criteria(tiny(statements=STATEMENTS, criterion=criterion, **both)) == [
        f"linear_identifiability: lower R² at least 0.9 for sigreg, 0.5 for infonce, 2 standard errors to spare{when}",
        f"approx_identifiability: distance at most its bound, 3 standard errors allowed{when}",
        f"isOptimal_of_invariant: {control}",
        f"cost_of_invariant: {control}",
    ]
    alone = tiny(statements=["cost_of_invariant"], criterion=criterion, **both)
    assert verdict.criteria(alone) == [f"cost_of_invariant: {control}"]

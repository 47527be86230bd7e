"""Verdicts on the arm, against criteria whose outcome is worked out by hand."""

from typing import Any

import pytest
from lejepa.reacher import evidence, verdict
from lejepa.reacher.config import Computation
from lejepa.reacher.results import Controlled, Line, Mean, Recovered, Result, Trace
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

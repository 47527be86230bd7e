"""Mutation: faults come from the formula, those that matter are caught, and a blind check is found out."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flint import arb
from lejepa.auditing.checks import tasks
from lejepa.checking import mutate
from lejepa.checking.check import Case, Check, Evidence, Relation
from lejepa.checking.discovery import load_file
from lejepa.errors import UserError
from lejepa.files import repository

ROOT = repository(Path(__file__).parent)
# Checks whose evidence is cheap; `make mutants` tries all of them.
CHEAP = ("hermite", "approximate", "converse", "white", "reversible", "refuted")


class Square(Check):
    """`|x|²` for `0 ≤ x < 5`."""

    statement = "square"

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": x} for x in (0, 1, 3, 4)]

    def outside(self, rng: Random) -> Iterable[Case]:
        return [{"x": x} for x in (-1, 5)]

    def evidence(self, x: int) -> Evidence:
        left = x * x if 0 <= x < 5 else -1
        return Evidence(left, {"x": arb(x)}, {"x": x})

    @staticmethod
    def hypothesis(x: int) -> bool:
        return x >= 0 and x < 5

    @staticmethod
    def claim(x: Any) -> Any:
        return x**2


class Blind(Square):
    """It looks at one case, which tells a square from nothing else."""

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": 1}]

    @staticmethod
    def hypothesis(x: int) -> bool:
        return 0 <= x < 5


class Loose(Square):
    """An inequality that nothing reaches."""

    relation: Relation = "<="

    def outside(self, rng: Random) -> Iterable[Case]:
        return []

    @staticmethod
    def hypothesis(x: int) -> bool:
        return True

    @staticmethod
    def claim(x: Any) -> Any:
        return x**2 + 1


def faults(check: type[Check]) -> set[str]:
    return {m.text for m in mutate.mutants(check, {"x": arb(1)})}


def test_faults_come_from_the_formula() -> None:
    texts = faults(Square)
    assert {"return x ** 3", "return x ** (2 + 1)", "return -x ** 2", "return x * 2", "return (x + 1) ** 2"} <= texts
    assert {"return x >= 0", "return x < 5", "return x > 0 and x < 5", "return True"} <= texts
    assert "return x ** 2" not in texts


def test_a_good_check_catches_all_that_matters() -> None:
    score = mutate.score(Square(), 20, 0)
    assert score.missed == []
    assert [m["text"] for m in score.equivalent] == ["return (-x) ** 2"]
    assert score.caught == score.mutants - 1


def test_a_blind_check_is_found_out() -> None:
    missed = {m["text"] for m in mutate.score(Blind(), 20, 0).missed}
    assert "return x ** 3" in missed
    assert "return 0 < x < 5" in missed


def test_a_loose_bound_is_found_out() -> None:
    assert {"return x ** 2 + 2"} <= {m["text"] for m in mutate.score(Loose(), 20, 0).missed}


def test_the_sample_is_seeded() -> None:
    one, same, other = (mutate.score(Square(), 20, seed, sample=5) for seed in (1, 1, 2))
    assert one == same
    assert one.mutants == other.mutants == 5


@pytest.mark.parametrize("file", CHEAP)
def test_the_checks_catch_a_sample(file: str) -> None:
    scores = [mutate.score(c(), 20, 7, sample=6) for c in load_file(ROOT / "checks" / f"{file}.py")]
    assert all(not s.missed for s in scores)


@pytest.mark.parametrize("options", [{"sample": 0}, {"jobs": 0}, {"only": "nothing"}])
def test_bad_input_is_one_sentence(options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"--{next(iter(options))}"):
        mutate.run_all(ROOT, tasks(ROOT), quiet=True, **options)

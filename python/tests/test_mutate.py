"""Mutation: faults come from the formula, those that matter are caught, and a blind check is found out."""

import ast
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flint import arb, fmpq
from lejepa.auditing.checks import tasks
from lejepa.checking import mutate
from lejepa.checking.check import Case, Check, Evidence, Formula, Relation
from lejepa.checking.discovery import load_file
from lejepa.checking.equivalence import is_equivalent
from lejepa.checking.faults import is_plain, is_trivial, mutants
from lejepa.checking.results import entries
from lejepa.checking.scores import FILE, meant, share
from lejepa.cli import app
from lejepa.errors import UserError
from lejepa.exact.generic import over, sqrt
from lejepa.files import repository
from typer.testing import CliRunner

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
    return {m.text for m in mutants(check, {"x": arb(1)})}


def test_faults_come_from_the_formula() -> None:
    texts = faults(Square)
    assert {"return x ** 3", "return x ** (2 + 1)", "return -x ** 2", "return x * 2", "return (x + 1) ** 2"} <= texts
    assert {"return x >= 0", "return x < 5", "return x > 0 and x < 5", "return True"} <= texts
    assert "return x ** 2" not in texts


def test_a_good_check_catches_all_that_matters() -> None:
    score = mutate.score(Square(), 20, 0)
    assert score.missed == []
    assert [m["text"] for m in score.equivalent] == ["return (-x) ** 2"]
    assert (score.caught, score.crashed, score.trivial) == (score.mutants - 1, 0, [])
    assert (score.sample, score.whole) == (None, score.mutants)
    assert score.is_good


def test_a_blind_check_is_found_out() -> None:
    score = mutate.score(Blind(), 20, 0)
    missed = {m["text"] for m in score.missed}
    assert "return x ** 3" in missed
    assert "return 0 < x < 5" in missed
    assert not score.is_good


def test_a_loose_bound_is_found_out() -> None:
    assert {"return x ** 2 + 2"} <= {m["text"] for m in mutate.score(Loose(), 20, 0).missed}


class Unreached(Loose):
    """The same, and it says that nothing is known to reach it."""

    attained = False


def test_faults_of_a_bound_that_nothing_reaches_are_unsettled() -> None:
    loose, said = mutate.score(Loose(), 20, 0), mutate.score(Unreached(), 20, 0)
    of_claim = [m for m in loose.missed if m["part"] == "claim"]
    assert of_claim
    assert said.unsettled == of_claim
    assert said.missed == [m for m in loose.missed if m["part"] != "claim"]
    assert said.caught == loose.caught
    assert meant(asdict(said)) == meant(asdict(loose)) - len(of_claim)


class Wrong(Square):
    """Its formula is false, so that almost every fault turns it red."""

    @staticmethod
    def claim(x: Any) -> Any:
        return x**2 + 1


class Misplaced(Square):
    """A case within the hypothesis is listed outside it; the statement fails there."""

    def outside(self, rng: Random) -> Iterable[Case]:
        return [{"x": x} for x in (-1, 5, 2)]

    def evidence(self, x: int) -> Evidence:
        shown = super().evidence(x)
        return Evidence(-1, shown.terms, shown.facts) if x == 2 else shown


class Undone(Square):
    """A case listed within the hypothesis breaks down."""

    def evidence(self, x: int) -> Evidence:
        return super().evidence(x) if x < 4 else Evidence(1 // 0, {})


class Empty(Square):
    def cases(self, rng: Random) -> Iterable[Case]:
        return []


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (Wrong, "violated: expected left = right"),
        (Misplaced, "outside the hypothesis, but it is not"),
        (Undone, "breaks down: ZeroDivisionError"),
        (Empty, "no case"),
    ],
)
def test_a_check_that_does_not_hold_has_no_score(check: type[Check], says: str) -> None:
    score = mutate.score(check(), 20, 0)
    assert says in score.broken
    assert (score.mutants, score.caught) == (0, 0)
    assert not score.is_good
    assert share(asdict(score)) == "broken"


class Sum(Square):
    """A claim that says nothing."""

    def evidence(self, x: int) -> Evidence:
        left = x + 1 if 0 <= x < 5 else -1
        return Evidence(left, {"x": arb(x), "one": arb(1)}, {"x": x})

    @staticmethod
    def claim(x: Any, one: Any) -> Any:
        """Not a line of the formula."""
        return x + one


def test_faults_of_a_trivial_claim_are_not_counted() -> None:
    score, counted = mutate.score(Sum(), 20, 0), mutate.score(Square(), 20, 0)
    assert {m["text"] for m in score.trivial} > {"'Not a line of the formula.'; return x - one"}
    assert {m["fate"] for m in score.trivial} == {"caught"}
    hypotheses = score.mutants
    assert 0 < hypotheses < counted.mutants  # those of the hypothesis, which is as good as ever
    assert score.caught == hypotheses
    assert score.is_good


def test_a_fault_missed_in_a_trivial_claim_is_a_failure_all_the_same() -> None:
    class Lost(Sum):
        relation: Relation = "<="

        def outside(self, rng: Random) -> Iterable[Case]:
            return []

        @staticmethod
        def hypothesis(x: int) -> bool:
            return True

    score = mutate.score(Lost(), 20, 0)
    assert "missed" in {m["fate"] for m in score.trivial}
    assert not score.is_good


@pytest.mark.parametrize("text", ["0", "-n", "a", "a + (b - 1)", "a + b + c"])
def test_plain_sums(text: str) -> None:
    assert is_plain(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize("text", ["2 * a", "a + b ** 2", "a if b else 0", "sum(a)", "a[0]", "not a == b"])
def test_what_is_no_plain_sum(text: str) -> None:
    assert not is_plain(ast.parse(text, mode="eval").body)


def test_a_claim_of_two_lines_is_not_trivial() -> None:
    def claim(a: Any) -> Any:
        b = a**2
        return b

    assert is_trivial(Sum.claim)
    assert not is_trivial(Square.claim)
    assert not is_trivial(claim)


class Listed(Square):
    """A fault of the index leaves the list: it shows nothing about the formula."""

    @staticmethod
    def claim(x: Any) -> Any:
        return [x**2, x**2][1]


def test_a_crash_is_not_a_catch() -> None:
    score = mutate.score(Listed(), 20, 0)
    assert score.crashed == 1  # the index 2
    assert {m["text"] for m in score.equivalent} >= {"return [x ** 2, x ** 2][-1]", "return [x ** 2, x ** 2][0]"}
    assert score.caught + score.crashed + len(score.equivalent) + len(score.missed) == score.mutants
    assert meant(asdict(score)) == score.caught + len(score.missed)


def test_no_number_is_not_a_catch() -> None:
    class Divided(Square):
        @staticmethod
        def claim(x: Any) -> Any:
            return x**2 / 1

    (by_nothing,) = (m for m in mutants(Divided, {"x": arb(1)}) if m.text == "return x ** 2 / 0")
    shown, broken = mutate.baseline(Divided(), 20, 0)
    assert not broken
    assert mutate.fate_of(by_nothing, Formula.of(Divided), shown, 20) == "crashed"


def always(**_: Any) -> bool:
    return True


def same(claim: Any, changed: Any, terms: dict[str, Any], hypothesis: Any = always) -> bool:
    shown = Evidence(0, terms, {name: x for name, x in terms.items() if not isinstance(x, list)})
    return is_equivalent(changed, Formula("=", claim, hypothesis, hypothesis), [shown])


def above(x: Any) -> bool:
    return x >= 0


def between(x: Any) -> bool:
    return 0 < x < 1


def anything(x: Any) -> bool:
    return x < 5


def test_equivalence_takes_what_the_hypothesis_grants_and_no_more() -> None:
    half = {"x": fmpq(1, 2)}
    assert same(lambda x: x, lambda x: sqrt(x**2), half, above)
    assert same(lambda x: x, lambda x: sqrt(x**2), half, between)
    assert not same(lambda x: x, lambda x: sqrt(x**2), half, anything)


def test_equivalence_knows_the_roots_and_quotients_of_lean() -> None:
    """For sympy `(√x)² = x` and `x y / y = x`; in Lean not below 0, and not at 0."""
    assert not same(lambda x: x, lambda x: sqrt(x) ** 2, {"x": fmpq(1, 2)}, anything)
    assert same(lambda x: x, lambda x: sqrt(x) ** 2, {"x": fmpq(1, 2)}, above)
    assert not same(lambda x, y: x, lambda x, y: over(x * y, y), {"x": fmpq(1), "y": fmpq(2)})


def test_equivalence_does_not_rest_on_the_whole_numbers_tried() -> None:
    assert not same(lambda n: 2 * n, lambda n: 2 + n, {"n": 2})
    assert not same(lambda n: sum(range(n + 1)), lambda n: n + 1, {"n": 2})
    assert same(lambda n: sum(range(n + 1)), lambda n: fmpq(n * (n + 1), 2), {"n": 2})
    assert same(lambda n: n * (n + 1), lambda n: n + n**2, {"n": 2})


def test_equivalence_of_lists() -> None:
    v = {"v": [fmpq(1), fmpq(2)]}
    assert same(lambda v: sum(x**2 for x in v), lambda v: sum((-x) ** 2 for x in v), v)
    assert not same(lambda v: sum(x**2 for x in v), lambda v: sum(x**2 for x in v[1:]), v)


def test_the_sample_is_seeded() -> None:
    one, same_, other = (mutate.score(Square(), 20, seed, sample=5) for seed in (1, 1, 2))
    assert one == same_
    assert one.mutants == other.mutants == one.sample == 5
    assert one.whole == mutate.score(Square(), 20, 1).mutants
    assert "a sample of 5 from" in share(asdict(one))
    assert mutate.score(Square(), 20, 1, sample=10**6).sample is None


@pytest.mark.parametrize("file", CHEAP)
def test_the_checks_catch_a_sample(file: str) -> None:
    scores = [mutate.score(c(), 50, 7, sample=6) for c in load_file(ROOT / "checks" / f"{file}.py")]
    for s in scores:
        assert s.is_good, (s.check, s.broken, s.missed)
        assert s.mutants + len(s.trivial) == 6


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "sums" / "checks", tmp_path / "checks")
    return tmp_path


def test_a_score_is_kept_beside_the_others(toys: Path) -> None:
    planned = tasks(toys)
    mutate.run_all(toys, planned, jobs=1, quiet=True)
    before = entries(toys / FILE)
    assert list(before) == ["triangular.Sum", "triangular.Large"]
    mutate.run_all(toys, planned, only="triangular.Large", sample=3, jobs=1, quiet=True)
    after = entries(toys / FILE)
    assert after["triangular.Sum"] == before["triangular.Sum"]
    assert (after["triangular.Large"]["sample"], after["triangular.Large"]["whole"]) == (
        3,
        before["triangular.Large"]["whole"],
    )


def test_the_command_fails_on_a_broken_check(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toys)
    file = toys / "checks" / "triangular.py"
    assert CliRunner().invoke(app, ["mutants", "--jobs", "1"]).exit_code == 0
    file.write_text(file.read_text().replace("n * (n + 1)", "n * (n + 2)"))
    bad = CliRunner().invoke(app, ["mutants", "--jobs", "1"])
    assert bad.exit_code == 1
    assert "broken: triangular.Sum: without any fault" in bad.stdout


@pytest.mark.parametrize("options", [{"sample": 0}, {"jobs": 0}, {"only": "nothing"}])
def test_bad_input_is_one_sentence(options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"--{next(iter(options))}"):
        mutate.run_all(ROOT, tasks(ROOT), quiet=True, **options)

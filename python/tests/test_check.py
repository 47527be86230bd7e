"""The framework of checks: verdicts, witnesses, planted faults, bad input."""

import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, replace
from math import prod
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from flint import arb, fmpq
from lejepa.auditing.checks import tasks
from lejepa.checking import discovery, judging, parallel, results, running
from lejepa.checking.check import Case, Check, Evidence, Finding, Formula, Relation, all_cases
from lejepa.checking.discovery import find
from lejepa.checking.kept import Kept
from lejepa.checking.results import FILE, Task, read
from lejepa.cli import app
from lejepa.commands.statements import parse_case
from lejepa.errors import UserError
from lejepa.exact.generic import fac
from lejepa.exact.hermite import hermite, precision
from lejepa.files import repository
from typer.testing import CliRunner

ROOT = repository(Path(__file__).parent)


class Toy(Check):
    """`(x + 1)² - x² = 2 x + 1`, where `lost` digits cancel on the left."""

    statement = "toy"

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": 1, "lost": 0}, {"x": rng.randrange(2, 9), "lost": 24}]

    def evidence(self, x: int, lost: int) -> Evidence:
        big = arb(10) ** lost / 3
        return Evidence((arb(x + 1) ** 2 + big) - (arb(x) ** 2 + big), {"x": x})

    @staticmethod
    def claim(x: int) -> Any:
        return 2 * x + 1


class WrongToy(Toy):
    @staticmethod
    def claim(x: int) -> Any:
        return 2 * x + 1 if x == 1 else 2 * x


class Bound(Check):
    """`x² ≤ 4` for `|x| ≤ 2`, sharp at the ends."""

    statement = "bound"
    relation: Relation = "<="

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": x} for x in (-2, -1, 0, 1, 2)]

    def outside(self, rng: Random) -> Iterable[Case]:
        return [{"x": 3}, {"x": -3}]

    def evidence(self, x: int) -> Evidence:
        return Evidence(arb(x) ** 2, {}, {"x": x}, 0 if abs(x) == 2 else None)

    @staticmethod
    def hypothesis(x: int) -> bool:
        return -2 <= x <= 2

    @staticmethod
    def claim() -> Any:
        return 4


def changed(check: type[Check], **parts: Any) -> str:
    """The worst verdict of a check with some of its formula replaced."""
    formula = replace(Formula.of(check), **parts)
    inside, outside = all_cases(check(), 0)
    verdicts = [judging.try_case(check(), case, 20, formula).verdict for case in inside + outside]
    return next((v for v in verdicts if v != "holds"), "holds")


def test_holds_and_counts() -> None:
    result = running.run(Bound(), 50, 0)
    assert (result.verdict, result.cases, result.outside, result.witness) == ("holds", 5, 2, None)


@pytest.mark.parametrize(
    "parts",
    [
        {"claim": lambda: 5},
        {"claim": lambda: 3},
        {"relation": ">="},
        {"relation": "<"},
        {"relation": "="},
        {"hypothesis": lambda x: True},
        {"hypothesis": lambda x: x <= 2},
        {"hypothesis": lambda x: -2 < x <= 2},
    ],
)
def test_a_changed_bound_is_caught(parts: dict[str, Any]) -> None:
    assert changed(Bound, **parts) == "violated"


def test_the_witness_is_reproducible() -> None:
    result = running.run(WrongToy(), 50, 3)
    assert result.verdict == "violated"
    assert result.witness is not None
    assert result.witness.case["x"] != 1
    assert running.run(WrongToy(), 50, 3, only=result.witness.case).verdict == "violated"
    assert f"--case '{json.dumps(result.witness.case)}' --digits 50" in result.witness.command


def test_undecided_names_the_digits_that_decide() -> None:
    few = running.run(Toy(), 10, 0)
    assert few.verdict == "undecided"
    assert few.witness is not None
    assert few.witness.digits == 80
    assert running.run(Toy(), 80, 0).verdict == "holds"


def test_a_violation_outweighs_what_is_undecided() -> None:
    class Both(WrongToy):
        def cases(self, rng: Random) -> Iterable[Case]:
            return [{"x": 1, "lost": 90}, {"x": 2, "lost": 0}]

    assert running.run(Both(), 20, 0).verdict == "violated"


def test_a_check_that_breaks_down_is_undecided() -> None:
    class Broken(Toy):
        def evidence(self, x: int, lost: int) -> Evidence:
            raise ZeroDivisionError

    assert running.run(Broken(), 20, 0).verdict == "undecided"


@pytest.mark.parametrize(
    ("relation", "left", "right", "sharp", "truth"),
    [
        ("=", 1, 1, None, True),
        ("=", 1, 2, None, False),
        ("<=", 1, 2, None, True),
        ("<=", 2, 1, None, False),
        ("<=", 1, 2, 0, False),
        ("<=", 1, 1, 0, True),
        ("<", 1, 1, 0, False),
        (">=", 2, 1, None, True),
        (">", 1, 1, None, False),
        ("<=", 100, 101, 0.1, True),
        ("<=", 100, 150, 0.1, False),
        ("<=", 101, 100, 0.1, False),
    ],
)
def test_compare(relation: Relation, left: int, right: int, sharp: float | None, truth: bool) -> None:
    assert judging.compare(relation, left, right, sharp, 20) is truth


class Misplaced(Bound):
    """A case of each list stands on the wrong side of the hypothesis, where the claim says what the list wants."""

    def evidence(self, x: int) -> Evidence:
        shown = super().evidence(x)
        return Evidence({1: 9, 4: 1}.get(x, shown.left), shown.terms, shown.facts, shown.sharp)


def test_a_case_listed_within_the_hypothesis_must_be() -> None:
    class Inside(Misplaced):
        def cases(self, rng: Random) -> Iterable[Case]:
            return [{"x": 0}, {"x": 3}]  # of which the second is outside, where the statement fails as it should

    result = running.run(Inside(), 20, 0)
    assert result.verdict == "violated"
    assert result.witness is not None
    assert result.witness.note == "the case is listed within the hypothesis, but it is not"
    assert running.run(Inside(), 20, 0, only={"x": 3}).verdict == "holds"  # asked for by itself, it is on no list


def test_a_case_listed_outside_the_hypothesis_must_be() -> None:
    class Outside(Misplaced):
        def cases(self, rng: Random) -> Iterable[Case]:
            return [{"x": 0}]

        def outside(self, rng: Random) -> Iterable[Case]:
            return [{"x": 3}, {"x": 1}]  # the second is within, and fails

    result = running.run(Outside(), 20, 0)
    assert result.verdict == "violated"
    assert result.witness is not None
    assert result.witness.note == "the case is listed outside the hypothesis, but it is not"


@pytest.mark.parametrize("fact", ["small", ["small", 1], ("small",)])
def test_a_label_is_no_fact(fact: Any) -> None:
    class Labelled(Bound):
        def evidence(self, x: int) -> Evidence:
            shown = super().evidence(x)
            return Evidence(shown.left, shown.terms, {**shown.facts, "size": fact})

        @staticmethod
        def hypothesis(x: int, size: Any) -> bool:
            return x * x <= 4

    with pytest.raises(UserError, match="Labelled: expected the fact size computed, got the text 'small'"):
        running.run(Labelled(), 20, 0)


def test_outside_the_hypothesis_the_statement_must_fail() -> None:
    class Idle(Misplaced):
        def cases(self, rng: Random) -> Iterable[Case]:
            return [{"x": 0}]

        def outside(self, rng: Random) -> Iterable[Case]:
            return [{"x": 4}]

    result = running.run(Idle(), 20, 0)
    assert result.verdict == "violated"
    assert result.witness is not None
    assert "fail outside" in result.witness.note


def test_a_comparison_that_a_ball_leaves_open_admits_nothing() -> None:
    class Open(Bound):
        def evidence(self, x: int) -> Evidence:
            return Evidence(arb(x) ** 2, {}, {"x": arb(x, 0.1)})

    result = running.run(Open(), 20, 0)
    assert result.witness is not None
    assert result.witness.case == {"x": -2}
    assert "listed within" in result.witness.note


@pytest.mark.parametrize("ball", [arb(0, 1e-5), arb(0, 3), -arb(0, 1)])
def test_off_centre_holds_the_ball_and_has_powers(ball: arb) -> None:
    moved = judging.off_centre(ball)
    assert moved.contains(ball)
    assert moved.mid() != 0
    assert moved.rad() <= 3 * ball.rad()
    assert (moved**2).is_finite()
    assert (moved**2).contains(ball * ball * arb(0, 1))


def test_off_centre_leaves_alone_what_needs_no_help() -> None:
    others = [arb(0), arb(1, 0.5), 0, fmpq(1, 2), "text"]
    kept = judging.off_centre([*others, (arb(0, 1),)])
    assert all(x is y for x, y in zip(kept, others, strict=False))
    assert kept[5][0].mid() != 0
    assert isinstance(kept[5], tuple)


def test_wide_balls_decide_nothing() -> None:
    for relation in ("=", "<=", ">=", "<", ">"):
        assert judging.compare(relation, arb(1, 0.5), 1, None, 20) is None
    assert judging.equal(arb.nan(), 1, 20) is None


# Planted faults: a formula with one fault must turn its check red, and without it the check must hold.

FAULTS: list[tuple[str, Callable[..., Any]]] = [
    ("hermite.Orthogonality", lambda alpha, beta: prod((fac(a) for a in alpha), start=fmpq(1))),
    ("hermite.Orthogonality", lambda alpha, beta: prod(map(fac, alpha), start=fmpq(2)) if alpha == beta else 0),
    ("hermite.Orthogonality", lambda alpha, beta: prod(fac(a + 1) for a in alpha) if alpha == beta else 0),
    ("mehler.Mehler", lambda rho, alpha, z: rho ** (sum(alpha) + 1) * prod(map(hermite, alpha, z))),
    ("mehler.Mehler", lambda rho, alpha, z: (-rho) ** sum(alpha) * prod(map(hermite, alpha, z))),
    ("mehler.Contraction", lambda rho, square: rho * square),
    ("mehler.Contraction", lambda rho, square: 2 * rho**2 * square),
    ("parseval.Finite", lambda means: sum(abs(arb(m)) for _, m in means)),
    ("parseval.Finite", lambda means: sum(m**2 for _, m in means)),
    ("parseval.Infinite", lambda means: 2 * sum(m**2 / prod(map(fac, alpha)) for alpha, m in means)),
    ("spectral.Finite", lambda rho, means: spectral(means, lambda k: 1 - rho**k)),
    ("spectral.Finite", lambda rho, means: spectral(means, lambda k: 2 * (1 + rho**k))),
    ("spectral.Infinite", lambda rho, means: spectral(means, lambda k: 2 * (1 - rho ** (2 * k)))),
]


def spectral(means: Iterable[tuple[Sequence[int], Sequence[Any]]], penalty: Callable[[int], Any]) -> Any:
    """The energy of each degree times its penalty, from the means of products with Hermite polynomials."""
    return sum(penalty(sum(alpha)) * sum(m**2 for m in of) / prod(map(fac, alpha)) for alpha, of in means)


@pytest.fixture(scope="module")
def checks() -> dict[str, type[Check]]:
    return find(ROOT, {t.check: t.statement for t in tasks(ROOT)})


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_planted_fault_turns_the_check_red(
    checks: dict[str, type[Check]], name: str, fault: Callable[..., Any]
) -> None:
    check = checks[name]()
    formula = replace(Formula.of(checks[name]), claim=fault)
    inside, _ = all_cases(check, 0)
    assert all(judging.try_case(check, case, 20).verdict == "holds" for case in inside)
    assert any(judging.try_case(check, case, 20, formula).verdict == "violated" for case in inside)


@pytest.mark.parametrize("task", tasks(ROOT), ids=lambda t: t.check)
def test_every_check_of_the_project_holds(checks: dict[str, type[Check]], task: Task) -> None:
    """On all its cases, at the digits and with the seed of `lejepa check`."""
    result = running.run(checks[task.check](), task.digits, seed=0)
    assert result.verdict == "holds", result.witness
    assert result.cases > 0
    assert result.statement == task.statement
    assert result.tried, "expected a sentence that says which instances are tried"


# The runner

REGISTRY = """
[[statement]]
lean = "toy"
title = "A toy"
paper = "nowhere"
says = "A square grows by an odd number."
formula = "2x + 1"
checks = ["toys.Toy"]
experiments = []
"""
TOYS = """
from lejepa.checking.check import Check, Evidence
class Toy(Check):
    statement = "toy"
    tried = "two numbers"
    def cases(self, rng): return [{"x": 1}, {"x": rng.randrange(9)}]
    def evidence(self, x): return Evidence((x + 1) ** 2 - x ** 2, {"x": x})
    @staticmethod
    def claim(x): return 2 * x + 1
"""


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "statements.toml").write_text(REGISTRY)
    (tmp_path / "checks" / "toys.py").write_text(TOYS)
    return tmp_path


def test_results_are_recorded(toys: Path) -> None:
    results = running.run_all(toys, tasks(toys), jobs=1, quiet=True)
    stored = json.loads((toys / FILE).read_text())
    assert [r.verdict for r in results] == ["holds"]
    entry = stored["checks"][0]
    assert entry["check"] == "toys.Toy"
    assert entry["source"] == running.source_of(toys, "toys.Toy")
    again = running.run_all(toys, tasks(toys), only="toys", seed=0, jobs=1, quiet=True)
    assert [(r.cases, r.verdict) for r in again] == [(r.cases, r.verdict) for r in results]


def test_a_run_goes_on_with_what_an_interrupted_one_of_the_same_sources_kept(
    toys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict that was kept is told only where nothing that decides it has changed since."""
    monkeypatch.setattr(Kept, "forget", lambda kept: None)  # as if every run were stopped at its end
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", lambda jobs, mp_context: ThreadPoolExecutor(jobs))
    file, registry = toys / "checks" / "toys.py", toys / "checks" / "statements.toml"

    def verdict(**options: Any) -> str:
        return running.run_all(toys, tasks(toys), jobs=1, quiet=True, **options)[0].verdict

    assert verdict() == "holds"
    (kept,) = (toys / "results" / "checks.part").iterdir()
    marked = json.loads(kept.read_text()) | {"verdict": "undecided"}  # to tell it from one that is made anew
    kept.write_text(json.dumps(marked))
    assert verdict() == "undecided"
    assert verdict(digits=60) == verdict(seed=1) == "holds"
    file.write_text(TOYS.replace("2 * x + 1", "2 * x"))
    assert verdict() == "violated"
    file.write_text(TOYS.replace("two numbers", "some numbers"))
    assert verdict() == "holds"
    file.write_text(TOYS + "# a comment\n")
    assert verdict() == "undecided"
    registry.write_text(REGISTRY.replace("an odd number", "2x + 1"))
    assert verdict() == "holds"
    registry.write_text(REGISTRY)
    assert verdict() == "undecided"
    assert verdict(fresh=True) == "holds"
    assert verdict() == "holds"


def test_by_default_there_is_a_process_for_each_core_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {3, 5, 7} if process == 0 else set(), raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert parallel.processes(None) == 3
    assert [parallel.processes(jobs) for jobs in (1, 4)] == [1, 4]
    monkeypatch.delattr("os.sched_getaffinity")
    assert parallel.processes(None) == 5
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert parallel.processes(None) == 1
    for jobs in (0, -1):
        with pytest.raises(UserError, match=f"--jobs {jobs}: expected a positive number of processes"):
            parallel.processes(jobs)


def test_progress_counts_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """From those that were done before, to all; and there are no more processes than there is to do."""
    told: list[tuple[Any, ...]] = []
    pools: list[int] = []

    def pool(jobs: int, mp_context: object) -> ThreadPoolExecutor:
        pools.append(jobs)
        return ThreadPoolExecutor(jobs)

    monkeypatch.setattr(parallel, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(parallel, "progress", lambda quiet: nullcontext(lambda *words: told.append(words)))
    kept: Any = SimpleNamespace(found=lambda: {"a": 1}, keep=lambda result: None)
    tasks = {name: (int, (number,)) for name, number in (("c", "3"), ("a", "1"), ("b", "2"))}
    assert list(parallel.run_parallel(7, tasks, "counting", True, kept).items()) == [("c", 3), ("a", 1), ("b", 2)]
    assert told[0] == ("counting", 1, 3)
    assert [t[:3] for t in told[1:]] == [("counting", 2, 3), ("counting", 3, 3)]
    assert sorted(t[3] for t in told[1:]) == ["b", "c"]
    assert pools == [2]


def test_checks_are_run_at_50_digits_where_nothing_asks_for_others() -> None:
    assert Task("toys.Toy", "toy") == Task("toys.Toy", "toy", 50, "", None, None)


def test_nothing_is_kept_of_a_run_that_ended(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", lambda jobs, mp_context: ThreadPoolExecutor(jobs))
    running.run_all(toys, tasks(toys), jobs=1, quiet=True)
    assert [p.name for p in (toys / "results").iterdir()] == ["checks.json"]


def test_a_single_case_is_not_recorded(toys: Path) -> None:
    assert running.run_all(toys, tasks(toys), only="toy", case={"x": 5}, quiet=True)[0].verdict == "holds"
    assert not (toys / FILE).exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.replace("class Toy", "class Tuy"), "toys.T"),
        (lambda t: t.replace('"toy"', '"toil"'), "it checks toil"),
        (lambda t: t + "x = = 1", "expected a Python file"),
    ],
)
def test_checks_and_registry_must_agree(toys: Path, change: Callable[[str], str], says: str) -> None:
    file = toys / "checks" / "toys.py"
    file.write_text(change(file.read_text()))
    with pytest.raises(UserError, match=says):
        find(toys, {t.check: t.statement for t in tasks(toys)})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"digits": 0}, "--digits 0"),
        ({"jobs": 0}, "--jobs 0"),
        ({"only": "nothing"}, "--only nothing"),
        ({"case": {"y": 1}}, "does not fit"),
    ],
)
def test_bad_input_is_one_sentence(toys: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        running.run_all(toys, tasks(toys), quiet=True, **options)


def test_the_command_fails_on_a_violation(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toys)
    good = CliRunner().invoke(app, ["check", "--json", "--jobs", "1"])
    assert good.exit_code == 0
    assert [r["verdict"] for r in json.loads(good.stdout)] == ["holds"]
    file = toys / "checks" / "toys.py"
    file.write_text(file.read_text().replace("2 * x + 1", "2 * x"))
    bad = CliRunner().invoke(app, ["check", "--jobs", "1"])
    assert bad.exit_code == 1
    assert "lejepa check --only toys.Toy --case '{\"x\": 1}' --digits 50" in bad.stdout


def test_the_command_prints_one_screen_and_keeps_the_rest(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toys)
    good = CliRunner().invoke(app, ["check", "--jobs", "1"])
    assert good.stdout.splitlines() == [
        "1 checks of 1 statements, on 2 cases within their hypotheses and 0 outside, to 50 digits: 1 hold.",
        "Every verdict, finding and number: results/checks.txt",
    ]
    kept = (toys / "results" / "checks.txt").read_text()
    assert "toys.Toy" in kept
    assert "tried: two numbers" in kept
    full = CliRunner().invoke(app, ["check", "--jobs", "1", "--full"])
    assert "tried: two numbers" in full.stdout
    file = toys / "checks" / "toys.py"
    file.write_text(file.read_text().replace("2 * x + 1", "2 * x"))
    bad = CliRunner().invoke(app, ["check", "--jobs", "1"])
    assert "0 hold, 1 violated" in bad.stdout
    assert "toys.Toy: violated: expected left = right" in bad.stdout


def test_a_run_of_some_keeps_the_others(toys: Path) -> None:
    file, registry = toys / "checks" / "toys.py", toys / "checks" / "statements.toml"
    file.write_text(file.read_text() + "class Other(Toy): pass\n")
    registry.write_text(registry.read_text().replace('["toys.Toy"]', '["toys.Other", "toys.Toy"]'))
    running.run_all(toys, tasks(toys), jobs=1, quiet=True)
    before = json.loads((toys / FILE).read_text())["checks"]
    running.run_all(toys, tasks(toys), only="toys.Toy", seed=9, jobs=1, quiet=True)
    after = json.loads((toys / FILE).read_text())["checks"]
    assert [e["check"] for e in after] == ["toys.Other", "toys.Toy"]
    assert after[0] == before[0]
    assert (before[1]["seed"], after[1]["seed"]) == (0, 9)
    assert [asdict(r) for r in read(toys / FILE)] == after


def test_the_full_text_is_of_every_result(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toys)
    file, registry = toys / "checks" / "toys.py", toys / "checks" / "statements.toml"
    file.write_text(file.read_text() + "class Other(Toy): pass\n")
    registry.write_text(registry.read_text().replace('["toys.Toy"]', '["toys.Other", "toys.Toy"]'))
    for only in ([], ["--only", "toys.Toy"]):
        assert CliRunner().invoke(app, ["check", "--jobs", "1", *only]).exit_code == 0
        text = (toys / "results" / "checks.txt").read_text()
        assert "toys.Other" in text
        assert "toys.Toy" in text


def test_digits_are_those_of_the_statement_else_of_the_project(toys: Path) -> None:
    registry = toys / "checks" / "statements.toml"
    registry.write_text("[project]\ndigits = 33\n" + registry.read_text())
    assert [t.digits for t in tasks(toys)] == [33]
    registry.write_text(registry.read_text() + "digits = 44\n")
    assert [t.digits for t in tasks(toys)] == [44]
    assert running.run_all(toys, tasks(toys), jobs=1, quiet=True)[0].digits == 44
    assert running.run_all(toys, tasks(toys), digits=7, jobs=1, quiet=True)[0].digits == 7


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_bad_case_is_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="--case"):
        parse_case(text)


class Even(Check):
    """`x - 2 ⌊x / 2⌋ = 0` if and only if `x` is even."""

    statement = "even"
    relation: Relation = "iff"
    numbers: tuple[int, ...] = (1, 2, 3, 4)

    def cases(self, rng: Random) -> Iterable[Case]:
        return [{"x": x} for x in self.numbers]

    def evidence(self, x: int) -> Evidence:
        return Evidence(x - 2 * (x // 2), {}, {"even": x % 2 == 0})

    @staticmethod
    def condition(even: bool) -> bool:
        return even

    @staticmethod
    def claim() -> Any:
        return 0


class OnlyOdd(Even):
    numbers = (1, 3)


class OnlyEven(Even):
    numbers = (2, 4)


def test_an_equivalence_is_tried_on_both_sides() -> None:
    assert running.run(Even(), 20, 0).verdict == "holds"
    for check, side in ((OnlyOdd(), "false"), (OnlyEven(), "true")):
        result = running.run(check, 20, 0)
        assert result.verdict == "violated"
        assert result.witness is not None
        assert result.witness.note.endswith(f"in every case it is {side}")
    assert running.run(OnlyOdd(), 20, 0, {"x": 1}).verdict == "holds"


def test_rounding_is_undone() -> None:
    with precision(30):
        assert judging.try_case(Toy(), {"x": 1, "lost": 0}, 50).verdict == "holds"
        assert judging.working(50) > 60


class TellingBound(Bound):
    """A check that tells how many cases it saw."""

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        return Finding(
            f"{len(tried)} cases", ("x", "left"), tuple((str(c["x"]), str(int(float(e.left)))) for c, e in tried)
        )


class BrokenTellingBound(TellingBound):
    @staticmethod
    def claim() -> Any:
        return 3


def test_a_finding_is_of_the_cases_within_the_hypothesis() -> None:
    found = running.run(TellingBound(), 20, 0)
    assert found.finding == "5 cases"
    assert found.table == {"columns": ["x", "left"], "rows": [[str(x), str(x * x)] for x in (-2, -1, 0, 1, 2)]}


def test_no_finding_where_the_verdict_is_bad_or_one_case_was_asked_for() -> None:
    broken, single = running.run(BrokenTellingBound(), 20, 0), running.run(TellingBound(), 20, 0, only={"x": 1})
    assert broken.verdict != "holds"
    assert (broken.finding, broken.table, single.finding, single.table) == ("", None, "", None)


# What a run writes down, and how a check is found


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads in place of processes, which take a second to begin."""
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", lambda jobs, mp_context: ThreadPoolExecutor(jobs))


@pytest.mark.usefixtures("in_threads")
def test_what_is_recorded_of_a_run_and_of_each_check(toys: Path) -> None:
    (task,) = tasks(toys)
    (result,) = running.run_all(toys, [replace(task, agreed="a1", agreed_kind="text")], seed=4, jobs=1, quiet=True)
    stored = json.loads((toys / FILE).read_text())
    assert list(stored) == ["version", "digits", "seed", "jobs", "seconds", "checks"]
    assert [stored[k] for k in ("version", "digits", "seed", "jobs")] == [2, 50, 4, 1]
    assert 0 < stored["seconds"] == round(stored["seconds"], 3)
    assert stored["checks"] == [asdict(result)]
    assert (result.check, result.statement, result.cases, result.outside) == ("toys.Toy", "toy", 2, 0)
    assert (result.digits, result.seed, result.verdict, result.witness) == (50, 4, "holds", None)
    assert (result.tried, result.finding, result.table) == ("two numbers", "", None)
    assert (result.entry, result.agreed, result.agreed_kind) == (task.entry, "a1", "text")
    assert 0 <= result.seconds == round(result.seconds, 3) < stored["seconds"]


@pytest.mark.usefixtures("in_threads")
def test_the_header_has_the_least_digits(toys: Path) -> None:
    file, registry = toys / "checks" / "toys.py", toys / "checks" / "statements.toml"
    file.write_text(file.read_text() + "class Other(Toy): pass\n")
    registry.write_text(registry.read_text().replace('["toys.Toy"]', '["toys.Other", "toys.Toy"]'))
    one, two = tasks(toys)
    running.run_all(toys, [replace(one, digits=30), replace(two, digits=20)], jobs=1, quiet=True)
    stored = json.loads((toys / FILE).read_text())
    assert (stored["digits"], [e["digits"] for e in stored["checks"]]) == (20, [30, 20])
    running.run_all(toys, [replace(one, digits=30), replace(two, digits=20)], digits=2000, jobs=1, quiet=True)
    assert [e["digits"] for e in json.loads((toys / FILE).read_text())["checks"]] == [2000, 2000]
    with pytest.raises(UserError, match="--digits 2001: expected a number of digits from 1 to 2000"):
        running.run_all(toys, [one, two], digits=2001, jobs=1, quiet=True)
    with pytest.raises(UserError, match="--case: expected --only to name one check, it names 2"):
        running.run_all(toys, [one, two], case={"x": 1}, quiet=True)


def test_a_single_case_is_run_at_the_digits_and_of_the_check_that_are_asked_for(toys: Path) -> None:
    (task,) = tasks(toys)
    for digits, expected in ((None, 50), (1, 1), (7, 7)):
        (result,) = running.run_all(toys, [task], only="toys", digits=digits, seed=3, case={"x": 5}, quiet=True)
        assert (result.digits, result.seed, result.cases, result.outside) == (expected, 3, 1, 0)
        assert (result.entry, result.source) == (task.entry, running.source_of(toys, "toys.Toy"))


def test_the_command_that_shows_a_case_again_is_whole() -> None:
    case = {"x": 1, "word": "it's"}
    text = running.command_line(Toy(), case, 30)
    assert shlex.split(text) == [
        "lejepa", "check", "--only", "test_check.Toy", "--case", json.dumps(case), "--digits", "30",
    ]  # fmt: skip


def test_the_first_undecided_case_is_shown_and_any_violation_before_it() -> None:
    class Some(Bound):
        listed: tuple[int, ...] = ()

        def cases(self, rng: Random) -> Iterable[Case]:
            return [{"x": x} for x in self.listed]

        def outside(self, rng: Random) -> Iterable[Case]:
            return []

        def evidence(self, x: int) -> Evidence:
            if x < 0:
                raise ZeroDivisionError(x)
            return Evidence(arb(x) ** 2, {}, {"x": x % 3})

    for listed, verdict, shown in (
        ((0, -1, 1, -2), "undecided", -1),
        ((0, -1, 3, -2, 6), "violated", 3),
        ((3, -1), "violated", 3),
        ((0, 1), "holds", None),
    ):
        check = type("Some", (Some,), {"listed": listed})()
        result = running.run(check, 20, 0)
        assert result.verdict == verdict
        assert (result.witness and result.witness.case["x"]) == shown
        assert result.cases == len(listed)
        if shown == -1:
            assert result.witness is not None
            assert (result.witness.left, result.witness.right, result.witness.digits) == ("?", "?", None)
            assert result.witness.note == "the check broke down: ZeroDivisionError: -1"


def test_a_violation_needs_no_more_digits() -> None:
    result = running.run(WrongToy(), 50, 3)
    assert result.witness is not None
    assert result.witness.digits is None
    assert result.witness.note == "expected left = right"
    x = result.witness.case["x"]
    assert (arb(result.witness.left).contains(2 * x + 1), arb(result.witness.right).contains(2 * x)) == (True, True)


def test_a_check_without_a_case_is_one_sentence() -> None:
    class Empty(Toy):
        def cases(self, rng: Random) -> Iterable[Case]:
            return []

    with pytest.raises(UserError, match="Empty: expected at least one case"):
        running.run(Empty(), 20, 0)
    assert running.run(Empty(), 20, 0, only={"x": 1, "lost": 0}).verdict == "holds"


def test_cases_are_drawn_from_the_seed_and_the_check_s_name() -> None:
    def drawn(check: Check, seed: int) -> Any:
        return all_cases(check, seed)[0][1]["x"]

    class Wide(Toy):
        def cases(self, rng: Random) -> Iterable[Case]:
            return [{}, {"x": rng.random()}]

    class Other(Wide):
        pass

    assert drawn(Wide(), 0) == drawn(Wide(), 0)
    assert len({drawn(c, seed) for c in (Wide(), Other()) for seed in (0, 1)}) == 4


CLASSES = """
from typing import ClassVar
from lejepa.checking.check import Check

class Base(Check):
    limit: int

class Named(Base):
    statement = "toy"

class Typed(Base):
    statement: ClassVar[str] = "toy"

class Declared(Base):
    statement: ClassVar[str]

class Heir(Named):
    pass

class Plain:
    tried = "no statement"

def f():
    class Inner(Base):
        statement = "toy"
"""


def test_checks_are_the_classes_that_name_a_statement_or_inherit_one(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    for name in ("b", "a"):
        (tmp_path / "checks" / f"{name}.py").write_text(CLASSES)
    (tmp_path / "checks" / "notes.txt").write_text("class No: statement = 1")
    expected = [f"{file}.{name}" for file in "ab" for name in ("Named", "Typed", "Heir")]
    assert discovery.defined(tmp_path) == expected
    assert sorted(find(tmp_path, dict.fromkeys(expected, "toy"))) == sorted(expected)
    assert list(find(tmp_path, dict.fromkeys(reversed(expected), "toy"))) == expected[::-1]
    assert discovery.load(tmp_path, "a.Heir").__name__ == "Heir"
    with pytest.raises(UserError, match=r"checks/a\.py: expected it to define a\.Plain"):
        discovery.load(tmp_path, "a.Plain")
    with pytest.raises(UserError, match=r"a\.None: the registry names it, but .*checks/a\.py does not define it"):
        find(tmp_path, dict.fromkeys([*expected, "a.None"], "toy"))
    with pytest.raises(UserError, match=r"a\.Named: .*checks/a\.py defines it, but the registry does not name it"):
        find(tmp_path, dict.fromkeys(expected[1:], "toy"))
    with pytest.raises(UserError, match=r"b\.Heir: it checks toy, but the registry names it for other"):
        find(tmp_path, dict.fromkeys(expected, "toy") | {"b.Heir": "other"})


@pytest.mark.parametrize("text", ["x = = 1", "import lejepa.absent", "open('/none/there')"])
def test_a_file_that_can_not_be_imported_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "a.py").write_text(text)
    with pytest.raises(UserError, match=r"checks/a\.py: expected a Python file of checks: "):
        discovery.load(tmp_path, "a.A")
    (tmp_path / "checks" / "a.py").write_bytes(b"x = '\xff'")
    with pytest.raises(UserError, match=r"checks/a\.py: expected a Python file of checks: "):
        discovery.defined(tmp_path)


def test_some_are_meant_by_their_name_their_file_or_their_statement() -> None:
    pairs = [("a.One", "s"), ("a.Two", "t"), ("b.One", "t")]
    for only, expected in (
        (None, ["a.One", "a.Two", "b.One"]),
        ("a.One", ["a.One"]),
        ("a", ["a.One", "a.Two"]),
        ("t", ["a.Two", "b.One"]),
    ):
        assert discovery.select(pairs, only) == expected
    for absent in ("One", "a.", ""):
        with pytest.raises(UserError, match=f"--only {absent}: expected a check, a file of checks or a statement"):
            discovery.select(pairs, absent)


# Results as they are read


@pytest.mark.usefixtures("in_threads")
def test_results_of_an_older_form_are_left_out_and_others_named(toys: Path) -> None:
    running.run_all(toys, tasks(toys), jobs=1, quiet=True)
    stored = json.loads((toys / FILE).read_text())
    older = {k: v for k, v in stored["checks"][0].items() if k != "agreed_kind"} | {"check": "toys.Old"}
    (toys / FILE).write_text(json.dumps(stored | {"checks": [*stored["checks"], older]}))
    assert [r.check for r in read(toys / FILE)] == ["toys.Toy"]
    assert list(results.entries(toys / FILE)) == ["toys.Toy", "toys.Old"]
    (toys / FILE).write_text(json.dumps(stored | {"checks": [older | {"digits": "many"}]}))
    with pytest.raises(UserError, match=r"checks\.json: 'toys\.Old': digits: .*; remove the file"):
        read(toys / FILE)
    assert list(results.entries(toys / FILE)) == ["toys.Old"]
    for text in ('{"checks": [{}]}', "{}", "[]", '{"checks": 1}', "null", '{"checks": [1]}'):
        (toys / FILE).write_text(text)
        with pytest.raises(UserError, match=r"checks\.json: expected the results of checks, found another JSON value"):
            read(toys / FILE)
    (toys / FILE).unlink()
    assert read(toys / FILE) == []


def test_what_the_registry_no_longer_names_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "checks.json"
    results.record(path, {"version": 1}, [{"check": "b", "n": 1}, {"check": "a", "n": 1}], ["a", "b"])
    results.record(path, {"version": 2}, [{"check": "c", "n": 2}, {"check": "a", "n": 2}], ["c", "d", "a"])
    assert json.loads(path.read_text()) == {"version": 2, "checks": [{"check": "c", "n": 2}, {"check": "a", "n": 2}]}


def test_a_finding_without_rows_has_no_table() -> None:
    assert results.as_table(Finding("nothing", ("a",))) is None
    assert results.as_table(Finding("some", ("a", "b"), (("1", "2"),))) == {"columns": ["a", "b"], "rows": [["1", "2"]]}


def test_an_interrupted_run_says_that_it_goes_on_unless_it_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        kept: Any = SimpleNamespace(found=lambda: {"b": 2, "a": 1})
        made = parallel.run_parallel(1, {"a": (int, ()), "b": (int, ())}, "counting", quiet, kept)
        assert list(made.items()) == [("a", 1), ("b", 2)]
        said = "" if quiet else "lejepa: counting resumes: 2 of 2 were done before; --fresh starts anew\n"
        assert capsys.readouterr().err == said

"""Mutation: faults come from the formula, those that matter are caught, and a blind check is found out."""

import ast
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flint import arb, fmpq
from lejepa.auditing.checks import tasks
from lejepa.checking import equivalence, mutate
from lejepa.checking import faults as planting
from lejepa.checking.check import Case, Check, Evidence, Formula, Relation
from lejepa.checking.discovery import load_file
from lejepa.checking.equivalence import is_equivalent
from lejepa.checking.faults import is_plain, is_trivial, mutants
from lejepa.checking.results import entries
from lejepa.checking.scores import FILE, Score, meant, share
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


# What may stand in a formula, and what each part of it may be replaced by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", ["operator: a - b", "dropped term: a"]),
        ("a - b", ["operator: a + b", "dropped term: a"]),
        ("a * b", ["operator: a / b", "operator: a + b"]),
        ("a / b", ["operator: a * b"]),
        ("a ** b", ["operator: a * b", "exponent: a ** (b + 1)", "exponent: a ** (b - 1)"]),
        ("a @ b", []),
        ("-a", ["sign: a"]),
        ("not a", ["negation: a"]),
        ("2", ["constant: 3", "constant: 1", "sign: -2"]),
        ("0", ["constant: 1", "constant: -1"]),
        ("True", []),
        ("'a'", []),
        ("a < b", ["comparison: a <= b", "comparison: a > b"]),
        ("a <= b", ["comparison: a < b", "comparison: a >= b"]),
        ("a > b", ["comparison: a >= b", "comparison: a < b"]),
        ("a >= b", ["comparison: a > b", "comparison: a <= b"]),
        ("a == b", ["comparison: a != b"]),
        ("a != b", ["comparison: a == b"]),
        ("a in b", []),
        (
            "a < b == c",
            [
                "comparison: a <= b == c", "comparison: a > b == c", "comparison: a < b != c",
                "dropped bound: b == c", "dropped bound: a < b",
            ],
        ),
        ("a and b", ["dropped hypothesis: b", "dropped hypothesis: a"]),
        ("a or b or c", ["dropped hypothesis: b or c", "dropped hypothesis: a or c", "dropped hypothesis: a or b"]),
        ("a if b else c", ["dropped case: a", "dropped case: c"]),
        ("sqrt(a)", ["dropped function: a"]),
        ("exp(a)", ["dropped function: a"]),
        ("fac(a)", ["dropped function: a"]),
        ("sin(a)", []),
        ("x.sqrt(a)", []),
        ("over(a, b)", ["operator: a * b"]),
        ("sum((a for a in b), c)", ["index: sum(list((a for a in b))[1:])"]),
        ("prod((a for a in b), start=c)", ["index: prod(list((a for a in b))[1:], start=c)"]),
        ("sum(a)", []),
        ("a", []),
    ],
)  # fmt: skip
def test_what_a_node_may_be_replaced_by(text: str, expected: list[str]) -> None:
    node = ast.parse(text, mode="eval").body
    found = [f"{fault}: {ast.unparse(ast.fix_missing_locations(new))}" for fault, new in planting.variants(node)]
    assert found == expected


def texts(claim: Any, terms: dict[str, Any]) -> set[str]:
    """The faults of a claim, without those of its relation."""
    kind = type("Kind", (Square,), {"claim": staticmethod(claim), "hypothesis": Check.hypothesis})
    return {f"{m.fault}: {m.text}" for m in mutants(kind, terms) if m.part == "claim"}


def test_a_number_and_a_whole_claim_have_faults_of_their_own() -> None:
    def claim(x: Any) -> Any:
        return sqrt(x)

    whole = {"return -sqrt(x)", "return 2 * sqrt(x)", "return sqrt(x) + 1", "return x"}
    for number in (1, arb(1), fmpq(1)):
        assert {t.split(": ")[1] for t in texts(claim, {"x": number})} == whole | {
            "return sqrt(x + 1)", "return sqrt(2 * x)", "return sqrt(-x)",
        }  # fmt: skip
    for other in ([1], (1,), {"a": 1}, "a", True):
        assert {t.split(": ")[1] for t in texts(claim, {"x": other})} == whole


def test_variables_of_loops_and_of_assignments_are_numbers_and_containers_are_not() -> None:
    def claim(v: Any, w: Any) -> Any:
        y = w[0]
        return [y, sum(a for a in v), v]

    found = texts(claim, {"v": arb(1), "w": [1]})
    assert "sign: y = w[0]; return [-y, sum((a for a in v)), v]" in found
    assert "sign: y = w[0]; return [y, sum((-a for a in v)), v]" in found
    assert "index: y = w[0]; return [y, sum(list((a for a in v))[1:]), v]" in found
    assert "sign: y = w[0]; return [y, sum((a for a in v)), -v]" not in found
    assert not any("-w" in text for text in found)


def test_a_mutant_computes_what_its_text_says_and_each_is_one_fault() -> None:
    made = mutants(Square, {"x": arb(1)})
    assert len({(m.part, m.text) for m in made}) == len(made)
    for m in made:
        changed = getattr(m.formula, m.part)
        for x in (1, 3, 5):
            space = {"x": x}
            exec(f"def f(x):\n  {m.text}", space)
            assert changed(x=x) == space["f"](x)  # type: ignore[operator]
        others = {"claim", "hypothesis", "condition", "relation"} - {m.part}
        assert all(getattr(m.formula, part) == getattr(Formula.of(Square), part) for part in others)
    assert [m.text for m in made if m.part == "hypothesis"].count("return True") == 1


@pytest.mark.parametrize(
    ("relation", "reached", "expected"),
    [
        ("=", True, []),
        ("<=", True, [">=", "<", ">", "="]),
        (">=", True, ["<=", ">", "<", "="]),
        ("<=", False, [">=", "="]),
        (">=", False, ["<=", "="]),
        ("<", True, []),
        ("iff", True, ["="]),
    ],
)
def test_a_relation_is_replaced_by_those_that_some_case_can_tell(
    relation: str, reached: bool, expected: list[str]
) -> None:
    def condition(x: Any) -> bool:
        return x == 0

    kind = type("Kind", (Square,), {"relation": relation, "condition": staticmethod(condition)})
    made = mutants(kind, {"x": arb(1)}, reached)
    assert [(m.text, m.formula.relation) for m in made if m.part == "relation"] == [(r, r) for r in expected]
    of_condition = [m.text for m in made if m.part == "condition"]
    assert of_condition == (["return x != 0", "return x == 1", "return x == -1"] if relation == "iff" else [])


def test_a_hypothesis_that_is_not_written_has_no_faults() -> None:
    kind = type("Kind", (Square,), {"hypothesis": Check.hypothesis})
    assert "hypothesis" in {m.part for m in mutants(kind, {"x": arb(1)})}  # it stands in a class of its own
    plain = type("Plain", (Check,), {"claim": staticmethod(Square.claim), "relation": "="})
    assert {m.part for m in mutants(plain, {"x": arb(1)})} == {"claim"}


def test_a_formula_that_is_no_function_is_one_sentence() -> None:
    kind = type("Kind", (Square,), {"claim": staticmethod(lambda x: x)})
    with pytest.raises(UserError, match="expected a function written with def"):
        mutants(kind, {"x": arb(1)})


def test_a_formula_keeps_the_names_of_its_module() -> None:
    def claim(x: Any) -> Any:
        return over(x, 2)

    kind = type("Kind", (Square,), {"claim": staticmethod(claim)})
    (product,) = (m for m in mutants(kind, {"x": 3}) if m.text == "return x * 2")
    assert product.formula.claim(x=3) == 6
    (other,) = (m for m in mutants(kind, {"x": 3}) if m.text == "return over(x, 3)")
    assert other.formula.claim(x=fmpq(3)) == 1
    assert planting.returned(claim) is not None


# What is known of a formula that is to be the same


def test_the_shape_of_terms_leaves_numbers_out() -> None:
    terms = {"n": 2, "x": fmpq(1, 2), "v": [(1, arb(3)), "a"], "b": True}
    assert equivalence.shape(terms) == {
        "n": "whole", "x": "number", "v": [["whole", "number"], "'a'"], "b": "True",
    }  # fmt: skip
    assert equivalence.shape({"x": 0.5}) == equivalence.shape({"x": arb(1)})


def test_numbers_are_replaced_in_their_places() -> None:
    seen: list[tuple[str, Any]] = []

    def make(name: str, old: Any) -> Any:
        seen.append((name, old))
        return f"<{name}>"

    terms = {"n": 2, "v": [1, ("a", 3)], "m": {"k": 4, "b": False}}
    assert equivalence.replaced(terms, "", make) == {
        "n": "<n>", "v": ["<v_0>", ("a", "<v_1_1>")], "m": {"k": "<m_k>", "b": False},
    }  # fmt: skip
    assert seen == [("n", 2), ("v_0", 1), ("v_1_1", 3), ("m_k", 4)]
    assert equivalence.whole_numbers({"n": 2, "v": [fmpq(1), 3], "x": 0.5}) == [("n", 2), ("v_1", 3)]


def bound_facts(x: Any, y: Any, z: Any) -> bool:
    return 0 < x <= 1 and y >= 0 and z > -1 and z < 2


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        (lambda x: x, []),
        (above, [(0.0, False, "x")]),
        (between, [(0.0, True, "x")]),
        (anything, []),
        (always, []),
        (bound_facts, [(0.0, True, "x"), (0.0, False, "y")]),
    ],
)
def test_lower_bounds_that_a_hypothesis_grants(hypothesis: Any, expected: list[tuple[float, bool, str]]) -> None:
    if hypothesis.__name__ == "<lambda>":
        with pytest.raises(UserError, match="written with def"):
            list(equivalence.bounds(hypothesis))
    else:
        assert list(equivalence.bounds(hypothesis)) == expected


def either(x: Any) -> bool:
    return x > 0 or x == 0


def twice_positive(x: Any) -> bool:
    return x > 0 and x >= 0


def twice_positive_turned(x: Any) -> bool:
    return x >= 0 and x > 0


def at_least_one(x: Any) -> bool:
    return x >= 1


def above_minus_one(x: Any) -> bool:
    return x > -1


def of_two_lines(x: Any) -> bool:
    y = x
    return y > 0


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        (above, {"x": "nonnegative"}),
        (between, {"x": "positive"}),
        (at_least_one, {"x": "positive"}),
        (twice_positive, {"x": "positive"}),
        (twice_positive_turned, {"x": "positive"}),
        (above_minus_one, {}),
        (either, {}),
        (of_two_lines, {}),
        (anything, {}),
    ],
)
def test_what_a_hypothesis_grants_a_term(hypothesis: Any, expected: dict[str, str]) -> None:
    original = Formula("=", lambda x: x, hypothesis, hypothesis)
    one, two = (Evidence(0, {"x": fmpq(n)}, {"x": n}) for n in (1, 2))
    assert equivalence.granted(original, [one, two]) == expected
    apart = Evidence(0, {"x": fmpq(2)}, {"x": 1})  # the fact of that name is another number
    assert equivalence.granted(original, [one, apart]) == {}
    assert equivalence.granted(original, [Evidence(0, {"y": fmpq(1)}, {"x": 1})]) == {}
    assert equivalence.granted(original, [Evidence(0, {"x": "a"}, {"x": 1})]) == {}


def test_points_lie_within_the_hypothesis_and_facts_change_along() -> None:
    tried: list[Any] = []

    def hypothesis(x: Any, label: Any) -> bool:
        tried.append((x, label))
        return bool(x > 0)

    original = Formula("=", lambda x, n: x, hypothesis, hypothesis)
    shown = Evidence(0, {"x": fmpq(1), "n": 3}, {"x": 1, "label": 7})
    points = list(equivalence.points(original, shown, Random(0)))
    assert len(points) == equivalence.POINTS
    assert all(p["x"] > 0 for p in points)
    assert all(type(p["n"]) is int and 0 <= p["n"] < 7 for p in points)
    assert {label for _, label in tried} == {7}
    assert {0, 1, -1} <= {x for x, _ in tried}
    assert len({p["x"] for p in points}) > 4
    assert all(abs(x) <= 60 and x.q <= 30 for x, _ in tried)


def test_nothing_is_equivalent_where_no_point_tells() -> None:
    def never(x: Any) -> bool:
        return x > 100

    def broken(x: Any) -> Any:
        raise ZeroDivisionError

    assert not same(lambda x: x, lambda x: x, {"x": fmpq(1, 2)}, never)
    assert not same(broken, broken, {"x": fmpq(1, 2)}, anything)


def test_every_shape_of_the_evidence_is_tried() -> None:
    def last(v: Sequence[Any]) -> Any:
        return v[-1]

    formula = Formula("=", last, always, always)
    short, long = (Evidence(0, {"v": [fmpq(k) for k in range(n)]}, {}) for n in (1, 2))
    assert is_equivalent(lambda v: v[0], formula, [short])
    assert not is_equivalent(lambda v: v[0], formula, [short, long])
    assert not is_equivalent(lambda v: v[0], formula, [long, short])


@pytest.mark.parametrize(("count", "size"), [(1, 9), (2, 9), (3, 4), (4, 3), (9, 2)])
def test_whole_numbers_without_a_symbol_are_tried_in_turn(count: int, size: int) -> None:
    """Each of one or of two from 0 to 8; of more, so many that there are about 81 combinations, two at least."""
    seen: set[tuple[int, ...]] = set()

    def claim(**n: Any) -> Any:
        seen.add(tuple(len(range(x)) for x in n.values()))  # a range of a symbol is a TypeError
        return 0

    terms = {f"n{i}": 1 for i in range(count)}
    assert equivalence.proved(claim, claim, terms, {})
    assert len(seen) == size**count
    assert {x for values in seen for x in values} == set(range(size))


def test_claims_that_can_not_be_taken_are_not_proved_the_same() -> None:
    def ranged(x: Any) -> Any:
        return sum(range(x))

    assert not equivalence.proved(ranged, ranged, {"x": fmpq(1, 2)}, {})  # no whole number to put there
    assert not equivalence.vanishes(lambda x: x.absent, lambda x: x, {"x": 1})
    assert not equivalence.vanishes(ranged, ranged, {"x": "a"}, default=False)
    assert equivalence.vanishes(ranged, ranged, {"x": "a"}, default=True)
    with pytest.raises(TypeError):
        equivalence.vanishes(ranged, ranged, {"x": "a"})


def test_symbols_have_what_is_known_of_their_places() -> None:
    made = equivalence.symbolic({"n": 2, "x": fmpq(1), "v": [fmpq(1), 3]}, {"x": "positive"}, {"v_1": 5})
    assert (made["n"].name, made["n"].is_integer, made["n"].is_positive) == ("n", True, None)
    assert (made["x"].name, made["x"].is_positive, made["x"].is_integer) == ("x", True, None)
    assert (made["v"][0].name, made["v"][0].is_real, made["v"][1]) == ("v_0", True, 5)


# Scores


def test_the_evidence_of_every_case_is_shown_with_its_list() -> None:
    shown, broken = mutate.baseline(Square(), 20, 0)
    assert broken == ""
    assert [(e.facts["x"], listed) for e, listed in shown] == [
        (0, True), (1, True), (3, True), (4, True), (-1, False), (5, False),
    ]  # fmt: skip


def test_a_baseline_that_is_not_decided_or_does_not_fit_says_so() -> None:
    class Wide(Square):
        def evidence(self, x: int) -> Evidence:
            return Evidence(arb(x * x, 0.5), {"x": arb(x)}, {"x": x})

    class Odd(Square):
        def evidence(self, x: int, y: int) -> Evidence:  # type: ignore[override]
            return Evidence(x, {"x": arb(x)}, {"x": y})

    shown, broken = mutate.baseline(Wide(), 20, 0)
    assert (shown, broken) == ([], "without any fault, the case {'x': 0} is undecided: expected left = right")
    shown, broken = mutate.baseline(Odd(), 20, 0)
    assert shown == []
    assert broken.startswith("without any fault, the case {'x': 0} breaks down: TypeError: ")


def fate(part: Any, cases: dict[int, bool], **formula: Any) -> str:
    """The fate of one fault of `Square`, on cases listed within or outside the hypothesis."""
    original = Formula.of(Square)
    mutant = planting.Mutant(part, "fault", "text", replace(original, **formula))
    shown = [(Square().evidence(x), listed) for x, listed in cases.items()]
    return mutate.fate_of(mutant, original, shown, 20)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (lambda x: x**3, "caught"),
        (lambda x: (-x) ** 2, "equivalent"),
        (lambda x: x**2 + (x - 1) * (x - 3), "missed"),
        (lambda x: arb(x**2, 0.5), "crashed"),  # undecided: it shows nothing
        (lambda x: [][1], "crashed"),
        (lambda x: x.none, "crashed"),
        (lambda x: x + "", "crashed"),
        (lambda x: x**3 if x == 3 else [][1], "caught"),  # wherever a case proves it wrong
    ],
)
def test_the_fate_of_a_fault_of_the_claim(claim: Any, expected: str) -> None:
    assert fate("claim", {1: True, 3: True}, claim=claim) == expected


def test_outside_only_a_fault_of_the_hypothesis_counts() -> None:
    within_all = {1: True, 3: True, -1: False, 5: False}
    assert fate("hypothesis", within_all, hypothesis=lambda x: True) == "caught"
    assert fate("hypothesis", {1: True, 3: True}, hypothesis=lambda x: True) == "missed"
    assert fate("hypothesis", {3: True}, hypothesis=lambda x: x != 3) == "caught"
    assert fate("claim", within_all, claim=lambda x: x**2 if x in (1, 3) else -1 + 0 * x) == "missed"
    assert fate("relation", within_all, relation="<=") == "missed"


def test_a_score_says_of_what_it_is() -> None:
    score = mutate.score(Square(), 20, 3)
    assert (score.check, score.statement, score.digits, score.seed) == ("test_mutate.Square", "square", 20, 3)
    assert score.mutants == score.caught + score.crashed + len(score.equivalent) + len(score.missed)
    broken = mutate.score(Wrong(), 30, 4)
    assert (broken.check, broken.statement, broken.digits, broken.seed) == ("test_mutate.Wrong", "square", 30, 4)


def test_a_strict_fault_is_planted_where_some_case_reaches_equality() -> None:
    class Reached(Loose):
        def evidence(self, x: int) -> Evidence:
            return Evidence(x * x + (x == 3), {"x": arb(x)}, {"x": x}, 0 if x == 3 else None)

    loose, reached = (mutate.score(c(), 20, 0) for c in (Loose, Reached))
    assert reached.whole - loose.whole == 2  # `<` and `>`
    assert "<" not in {m["text"] for m in loose.missed}


@pytest.mark.parametrize("sample", [1, 3])
def test_a_sample_may_be_of_one(sample: int) -> None:
    score = mutate.score(Square(), 20, 0, sample=sample)
    assert (score.mutants, score.sample) == (sample, sample)
    whole = score.whole
    assert mutate.score(Square(), 20, 0, sample=whole).sample is None
    assert mutate.score(Square(), 20, 0, sample=whole - 1).sample == whole - 1


@pytest.mark.parametrize(
    ("changes", "meant_of", "words"),
    [
        ({}, 10, "6 of 10"),
        ({"crashed": 2}, 8, "6 of 8"),
        ({"equivalent": [{}], "unsettled": [{}, {}]}, 7, "6 of 7"),
        ({"sample": 10, "whole": 30}, 10, "6 of 10, a sample of 10 from 30"),
        ({"mutants": 0}, 0, "no fault that counts"),
        ({"mutants": 1, "crashed": 1, "trivial": [{}]}, 0, "no fault that counts, the claim is trivial"),
        ({"broken": "it is wrong"}, 10, "broken"),
    ],
)
def test_a_score_in_words(changes: dict[str, Any], meant_of: int, words: str) -> None:
    entry = asdict(Score("a.A", "a", mutants=10, caught=6)) | changes
    assert (meant(entry), share(entry)) == (meant_of, words)
    older = {k: v for k, v in entry.items() if k != "crashed"}  # an entry of an older version
    assert meant(older) == meant_of + entry["crashed"]


def test_a_score_is_good_where_it_holds_and_nothing_is_missed() -> None:
    good = Score("a.A", "a")
    assert good.is_good
    assert not replace(good, broken="so").is_good
    assert not replace(good, missed=[{}]).is_good
    assert not replace(good, trivial=[{"fate": "caught"}, {"fate": "missed"}]).is_good
    assert replace(good, trivial=[{"fate": "caught"}], unsettled=[{}], equivalent=[{}], crashed=1).is_good
    assert (good.digits, good.whole, good.sample, good.source) == (50, 0, None, "")


def test_a_point_where_a_claim_breaks_down_tells_nothing_and_the_next_one_does() -> None:
    def broken_once(value: Any) -> Any:
        calls: list[Any] = []

        def claim(x: Any) -> Any:
            calls.append(x)
            return value(x) if len(calls) > 1 else x.none

        return claim

    original = Formula("=", lambda x: x, always, always)
    shown = Evidence(0, {"x": fmpq(1, 2)}, {})
    assert equivalence.agrees(broken_once(lambda x: x), original, shown, Random(0))
    assert not equivalence.agrees(broken_once(lambda x: x + 1), original, shown, Random(0))


def test_a_loop_over_what_has_no_name_has_numbers_too() -> None:
    def claim(v: Any, w: Any) -> Any:
        return sum(a * b for a, b in zip(v, w[1:], strict=True))

    found = texts(claim, {"v": [arb(1)], "w": [arb(1)]})
    for changed in ("-a * b", "2 * a * b", "a * -b", "a * (b + 1)", "a / b", "a + b"):
        assert any(text.endswith(f"return sum(({changed} for a, b in zip(v, w[1:], strict=True)))") for text in found)
    assert not any("-v" in text or "-w" in text for text in found)

"""Faults planted in modules: which there are, that tests which can see them do, and what is kept of it."""

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from lejepa.errors import UserError
from lejepa.files import digest
from lejepa.mutation import evidence
from lejepa.mutation.faults import Fault, Source
from lejepa.mutation.library import Library
from lejepa.mutation.sample import FEWEST, drawn, repeated, shares
from lejepa.mutation.trial import Trial

MODULE = '''"""A module."""

LIMIT: float = 2.5


@property
def area(radius: float, exact: bool = True) -> float:
    """Its area."""
    if radius < LIMIT and exact:
        return max(radius, 0) * radius - 1
    raise ValueError(f"{radius + 7}: too large")


def told(values: list[int] | None) -> list[int]:
    values.append(len("two" + "words"))
    print(len(values))
    return [v for v in values if not v]
'''


def faults(text: str = MODULE) -> dict[tuple[str, str], Fault]:
    return {(f.before, f.after): f for f in Source("m.py", text).faults}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2.5", "3.5"),  # a constant of the module
        ("2.5", "5.0"),
        ("2.5", "1.25"),
        ("True", "False"),  # a default
        ("< LIMIT", "<= LIMIT"),
        ("< LIMIT", ">= LIMIT"),
        ("radius < LIMIT and exact", "True"),
        ("radius < LIMIT and exact", "exact"),
        ("radius < LIMIT and exact", "radius < LIMIT or exact"),
        ("max(radius, 0)", "min(radius, 0)"),
        ("max(radius, 0)", "max(radius, )"),
        ("max(radius, 0) * radius - 1", "max(radius, 0) * radius + 1"),
        ("max(radius, 0) * radius - 1", "(max(radius, 0) * radius)"),
        ("max(radius, 0) * radius", "radius"),
        ('values.append(len("two" + "words"))', "pass"),
        ("not v", "v"),
    ],
)
def test_faults_of_the_kinds_are_planted(before: str, after: str) -> None:
    source = Source("m.py", MODULE)
    fault = faults()[before, after]
    text = source.planted(fault.name)
    assert text is not None
    changed = [(a, b) for a, b in zip(MODULE.splitlines(), text.splitlines(), strict=True) if a != b]
    ((old, new),) = changed
    assert MODULE.splitlines()[fault.first - 1] == old
    assert " ".join(after.split()) in " ".join(new.split())


def test_nothing_is_planted_in_types_words_or_errors() -> None:
    every = [f"{f.before} -> {f.after}" for f in faults().values()]
    for word in ("None", "radius + 7", "print", "property"):
        assert not any(word in e for e in every), word


def test_names_tell_faults_apart_and_stay_when_lines_move() -> None:
    names = [f.name for f in Source("m.py", MODULE).faults]
    assert len(set(names)) == len(names)
    moved = [f.name for f in Source("m.py", MODULE.replace("LIMIT:", "# a comment\n\nLIMIT:")).faults]
    assert moved == names


def many(name: str, count: int) -> list[Fault]:
    return [Fault(name, "f", "number", str(i), str(i + 1), 1, i, i) for i in range(count)]


def test_the_sample_is_seeded_and_reaches_every_module_in_proportion() -> None:
    every = {"a": many("a", 1000), "b": many("b", 100), "c": many("c", 3), "d": []}
    chosen = drawn(every, 110, 0)
    assert drawn(every, 110, 0) == chosen != drawn(every, 110, 1)
    counts = {m: sum(f.module == m for f in chosen) for m in every}
    assert counts == {"a": 100, "b": 10, "c": 3, "d": 0}
    assert set(chosen) < set(drawn(every, 220, 0))
    assert len(set(chosen)) == len(chosen)


def test_a_recorded_sample_is_drawn_again_whatever_modules_came_and_went() -> None:
    every = {name: many(name, 30) for name in "abcdefgh"}
    first = drawn(every, 4 * FEWEST, 3)
    planted = dict.fromkeys(dict.fromkeys(f.module for f in first), FEWEST)
    assert len(planted) == 4
    assert repeated(every, planted, 100, 3) == first
    assert repeated(every, planted, 7, 3) == first[:7]
    gone, *rest = planted
    now = {m: f for m, f in every.items() if m != gone} | {"new": many("new", 30)}
    assert repeated(now, planted, 100, 3) == [f for f in first if f.module in rest]
    assert repeated(every, planted, 100, 4) != first


def test_a_fault_that_goes_or_comes_moves_no_other_in_the_sample() -> None:
    planted = {"a": 10}
    first = repeated({"a": many("a", 60)}, planted, 10, 3)
    for gone in first:
        now = repeated({"a": [f for f in many("a", 60) if f != gone]}, planted, 10, 3)
        assert [f for f in first if f != gone] == now[:-1]
    more = repeated({"a": [*many("a", 60), *many("b", 5)]}, planted, 10, 3)
    assert [f for f in more if f.module == "a"] == first[: sum(f.module == "a" for f in more)]


def test_another_is_drawn_in_the_place_of_a_fault_that_python_can_not_parse() -> None:
    faults = {"a": many("a", 60)}
    chosen = drawn(faults, 10, 3)
    bad = chosen[4]
    assert drawn(faults, 10, 3, lambda f: f != bad) == [f for f in drawn(faults, 11, 3) if f != bad]
    assert repeated(faults, {"a": 10}, 10, 3, lambda f: f != bad) == drawn(faults, 10, 3, lambda f: f != bad)


def test_a_small_sample_is_of_some_modules() -> None:
    sizes = {str(i): 40 for i in range(30)}
    from random import Random

    found = shares(sizes, 20, Random(0))
    assert list(found.values()) == [FEWEST] * 4
    assert list(shares(sizes, 90, Random(0)))[:4] == list(found)
    assert found != shares(sizes, 20, Random(1))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A package of one module with one test file, as a repository."""
    root = tmp_path / "checkout"
    files = {
        "checks/statements.toml": "",
        "python/src/lejepa/__init__.py": "",
        "python/src/lejepa/area.py": "from functools import lru_cache\n\n\n"
        "def square(x):\n    return x * x + 0 * x\n\n\ndef halves(n):\n"
        "    while n > 1:\n        n //= 2\n    return n\n\n\n"
        "@lru_cache\ndef twice(n):\n    return n + n\n\n\ndef last(n):\n    return n\n",
        "python/tests/test_area.py": "from pathlib import Path\n\nimport lejepa.area\n"
        "from lejepa.area import halves, square, twice\n\n\n"
        "def test_square():\n    assert square(3) == 9\n\n\n"
        "def test_halves():\n    assert halves(9) == 1\n\n\n"
        "def test_twice_is_a_number():\n    assert isinstance(twice(3), int)\n\n\n"
        "def test_twice():\n    assert twice(3) == 6\n\n\n"
        "def test_the_source_is_as_it_was():\n"
        "    assert Path(lejepa.area.__file__).read_text().endswith('return n\\n')\n",
        "python/pyproject.toml": "[tool.pytest.ini_options]\n",
        "python/mutation/library.toml": 'modules = ["area.py"]\n',
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(("git", "init", "-q", root), check=True)
    return root


def test_faults_are_caught_by_tests_that_see_them(checkout: Path) -> None:
    said: list[str] = []
    library = Library(checkout)
    assert library.tests("area.py") == ["tests/test_area.py"]
    trial = Trial(library, 1, said.append, lambda: False)
    trial.measure(["area.py"])
    assert any("not counted, fails without a fault" in s and "as_it_was" in s for s in said)
    found = {(f.before, f.after): f for f in trial.source("area.py").faults}
    # a test that fails of any change has no voice: what only it would see survives
    wanted = {
        ("x * x + 0 * x", "(x * x)"): "survived",
        ("x * x + 0 * x", "x * x - 0 * x"): "survived",
        ("x * x", "x"): "assertion",
        ("x * x + 0 * x", "(0 * x)"): "assertion",
        ("n + n", "n - n"): "assertion",  # by a test that another one would have kept from the line
        ("n //= 2", "pass"): "timeout",
    }
    chosen = [found[pair] for pair in wanted]
    limit = trial.tests(chosen[0])
    assert limit[0] == ["tests/test_area.py::test_square"]  # those alone that reach the statement
    trial.run(chosen[:5])
    before = (checkout / "python/src/lejepa/area.py").read_text()
    assert [trial.outcomes[trial.name(f)]["how"] for f in chosen[:5]] == list(wanted.values())[:5]
    assert trial.outcomes[trial.name(chosen[2])]["test"] == "tests/test_area.py::test_square"
    assert before == Library(checkout).modules["area.py"]
    said.clear()
    again = Trial(Library(checkout), 1, said.append, lambda: False)
    again.run(chosen[:4])
    assert said[0] == "0 faults to try, 4 known"
    again.run(chosen[:4], again=True)
    assert said[-2].startswith("survived") or said[1].startswith("survived")
    (checkout / "python/tests/test_area.py").write_text("from lejepa.area import square\n")
    assert not Trial(Library(checkout), 1, said.append, lambda: False).outcome(chosen[0])  # other tests, another trial


def accepted(root: Path, state: str, reason: str) -> None:
    entry = {"name": "x", "state": state, "reason": reason, "module": "m", "function": "", "before": "1", "after": "2"}
    text = "[[survivor]]\n" + "".join(f"{k} = '{v}'\n" for k, v in entry.items())
    (root / "python/mutation/survivors.toml").write_text(text)


def test_a_survivor_is_accepted_with_a_reason_alone(checkout: Path) -> None:
    assert Library(checkout).accepted == {}
    accepted(checkout, "equivalent", "the same")
    assert Library(checkout).accepted["x"].state == "equivalent"
    for state, reason in (("fine", "the same"), ("open", " ")):
        accepted(checkout, state, reason)
        with pytest.raises(UserError, match=r"survivors\.toml: x: expected a state, equivalent or open, and a reason"):
            _ = Library(checkout).accepted


@pytest.fixture
def recorded(checkout: Path) -> evidence.Record:
    text = (checkout / "python/src/lejepa/area.py").read_text()
    chosen = drawn({"area.py": Source("area.py", text).faults}, 6, 3)
    module = evidence.Module(
        module="area.py",
        source=digest(text),
        drawn=evidence.names(f.name for f in chosen),
        faults=len(Source("area.py", text).faults),
        planted=len(chosen),
        assertion=3,
        crash=1,
        timeout=0,
        equivalent=1,
        open=1,
    )
    accepted(checkout, "open", "no test")
    survivor = {"name": "x", "module": "area.py", "function": "square", "line": 2, "kind": "number", "before": "a | b"}
    return evidence.Record.model_validate(
        {
            "cost": "dear",
            "made": "2026-01-01T00:00:00Z",
            "seconds": 1,
            "device": "cpu",
            "versions": {"python": "3"},
            "configuration": evidence.settings(Library(checkout), 6, 3).model_dump(),
            "modules": [module.model_dump()],
            "survivors": [survivor | {"after": "b", "state": "open", "reason": "no test"}],
        },
        strict=False,
    )


def test_the_record_stands_while_its_configuration_and_faults_do(checkout: Path, recorded: evidence.Record) -> None:
    assert evidence.changed(checkout, "library", recorded) == []
    assert evidence.replay(checkout, "library", recorded) == []
    accepted(checkout, "equivalent", "no test")
    assert evidence.changed(checkout, "library", recorded) == ["survivor x is equivalent now, and was open"]
    (checkout / "python/mutation/survivors.toml").unlink()
    assert evidence.changed(checkout, "library", recorded) == ["survivor x is not listed now, and was open"]
    (checkout / "python/mutation/library.toml").write_text('modules = ["area.py"]\nleft_out = ["b.py"]\n')
    assert "left_out of library.toml is another" in evidence.changed(checkout, "library", recorded)
    (part,) = recorded.modules
    other = recorded.model_copy(update={"modules": (part.model_copy(update={"drawn": "0" * 16}),)})
    assert evidence.replay(checkout, "library", other) == ["other faults of area.py"]
    shutil.copy(checkout / "python/tests/test_area.py", checkout / "python/src/lejepa/area.py")
    assert evidence.replay(checkout, "library", other) == []  # another module is another record's affair


def test_without_the_files_that_say_what_is_mutated_there_is_one_sentence(
    checkout: Path, recorded: evidence.Record
) -> None:
    configuration, survivors = (checkout / "python/mutation" / f"{name}.toml" for name in ("library", "survivors"))
    configuration.write_text("modules = [")
    with pytest.raises(UserError, match=r"library\.toml: expected a TOML file, but it can't be read: "):
        evidence.changed(checkout, "library", recorded)
    configuration.unlink()
    with pytest.raises(UserError, match=r"library\.toml: there is no such file$"):
        evidence.changed(checkout, "library", recorded)
    for text in ("survivor = 3", '[[survivor]]\nname = "x"'):
        survivors.write_text(text)
        with pytest.raises(UserError, match=r"survivors\.toml: expected entries \[\[survivor\]\] with the keys name, "):
            _ = Library(checkout).accepted


def test_the_tables_count_and_give_the_interval(checkout: Path, recorded: evidence.Record) -> None:
    from lejepa.evidence import record

    record.write(checkout / evidence.PATH, recorded)
    made = evidence.tables(checkout)
    # Clopper and Pearson at 4 of 5: the beta quantiles .2836 and .9949
    assert made["modules"][2].endswith("| 6 | 3 | 1 | 0 | 1 | 1 | 80.0% (28.4% to 99.5%) |")
    assert made["folders"][-1].startswith("| all |")
    assert made["survivors"][2] == "| `area.py`:2 | `square` | `a \\| b` | `b` | open: no test |"


def test_the_configuration_of_the_repository_is_sound() -> None:
    root = Path(__file__).parents[2]
    library = Library(root)
    assert {"exact/hermite.py", "files.py", "reacher/control.py"} <= set(library.modules)
    listed: Callable[[str], list[str]] = library.tests
    assert all(isinstance(listed(m), list) for m in library.modules)
    assert library.accepted is not None
    survivors = root / "python/mutation/survivors.toml"
    if survivors.is_file():
        entries = tomllib.loads(survivors.read_text())["survivor"]
        assert len({e["name"] for e in entries}) == len(entries)

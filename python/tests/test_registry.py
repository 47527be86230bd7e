"""The registry: complete, and a fault in it is one sentence."""

from pathlib import Path

import pytest
from lejepa.auditing import lean, registry, sources
from lejepa.errors import UserError
from lejepa.files import repository
from pydantic import ValidationError

ROOT = repository(Path(__file__).parent)
GOOD = """
[[statement]]
lean = "a_theorem"
title = "A theorem"
paper = "somewhere"
says = "Something is the case."
formula = "x = x"
checks = ["file.Class"]
experiments = []
"""


def registry_of(folder: Path, text: str) -> registry.Registry:
    (folder / "checks").mkdir(exist_ok=True)
    (folder / registry.FILE).write_text(text, encoding="utf-8")
    return registry.load(folder)


def test_good(tmp_path: Path) -> None:
    found = registry_of(tmp_path, GOOD)
    assert [s.full_name for s in found.statement] == ["Lejepa.a_theorem"]
    assert not found.by_name()["a_theorem"].refuted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("title", "titel"), "title"),
        (GOOD.replace('checks = ["file.Class"]', "checks = 3"), "checks"),
        (GOOD.replace("file.Class", "no class"), "file.Class"),
        (GOOD + GOOD, "once"),
        (GOOD + GOOD.replace("a_theorem", "b_theorem"), "each check once"),
        (GOOD.replace('"a_theorem"', '"a theorem"'), "lean"),
        ("statement = []", "statement"),
        ("[[statement", "TOML"),
        ("project = 3" + GOOD, "project"),
        ("[project]\npackages = 'Other'" + GOOD, "packages"),
        ("[project]\ndigits = '50'" + GOOD, "digits: Input should be a valid integer"),
        ("[project]\ndigits = 0" + GOOD, "digits"),
        ("[project]\ndigits = 2001" + GOOD, "digits"),
        ("[project]\ninstances = 1" + GOOD, "instances: Input should be a valid boolean"),
        (GOOD + "refuted = 1", "refuted: Input should be a valid boolean"),
        (GOOD + "digits = '50'", "digits: Input should be a valid integer"),
        (GOOD + "digits = 0", "digits"),
        (GOOD + "digits = 2001", "digits"),
    ],
)
def test_bad_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        registry_of(tmp_path, text)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("digits", [1, 2000])
def test_digits_may_be_from_1_to_2000(tmp_path: Path, digits: int) -> None:
    found = registry_of(tmp_path, f"[project]\ndigits = {digits}{GOOD}digits = {digits}")
    assert found.project.digits == found.statement[0].digits == digits


def test_statements_are_of_the_project_s_package(tmp_path: Path) -> None:
    found = registry_of(tmp_path, f"[project]\npackage = 'Other'{GOOD}")
    assert [s.full_name for s in found.statement] == ["Other.a_theorem"]


def test_a_registry_does_not_change_once_it_is_read(tmp_path: Path) -> None:
    found = registry_of(tmp_path, GOOD)
    for part, name in ((found, "project"), (found.project, "digits"), (found.statement[0], "says")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, getattr(part, name))


def test_absent(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        registry.load(tmp_path)


def test_whether_it_is_stated_is_read_from_the_sources(tmp_path: Path) -> None:
    statement = registry_of(tmp_path, GOOD).statement[0]
    for text, stated in (
        ("theorem a_theorem : 1 = 1 := rfl", True),
        ("theorem a_theorem : 1 = 1 := by sorry", False),
        ("def a_theorem : Nat := 1", False),
    ):
        found = lean.parse(f"namespace Lejepa\n{text}\nend Lejepa", "A.lean").declarations
        assert registry.is_stated(statement, {d.name: d for d in found}) is stated
    assert not registry.is_stated(statement, {})


def test_what_the_package_refutes_is_named() -> None:
    """Each `Refutation.not_...` of the Lean sources has its entry."""
    names = {s.full_name for s in registry.load(ROOT).statement if s.refuted}
    declared = {n for n in sources.declarations(ROOT) if n.startswith("Lejepa.Refutation.not_")}
    assert declared <= names


def test_every_statement_is_declared() -> None:
    """Each name of the registry is a theorem of the Lean sources, with a proof of its own."""
    declared = sources.declarations(ROOT)
    lacking = [s.lean for s in registry.load(ROOT).statement if not registry.is_stated(s, declared)]
    assert lacking == []


def test_every_statement_has_a_check() -> None:
    assert [s.lean for s in registry.load(ROOT).statement if not s.checks] == []

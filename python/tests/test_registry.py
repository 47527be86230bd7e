"""The registry: complete, and a fault in it is one sentence."""

import re
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


@pytest.mark.parametrize("name", ["lean", "title", "paper", "says", "formula", "checks", "experiments"])
def test_what_every_statement_has(tmp_path: Path, name: str) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name} ")]
    with pytest.raises(UserError, match=rf"statement\.0\.{name}: Field required"):
        registry_of(tmp_path, "\n".join(lines))


def test_what_is_left_out_is_nothing(tmp_path: Path) -> None:
    found = registry_of(tmp_path, GOOD)
    (s,) = found.statement
    assert (s.instances, s.outside, s.refuted, s.digits, s.package) == ([], [], False, None, "Lejepa")
    p = found.project
    assert (p.package, p.title, p.axioms, p.figures, p.statements, p.instances) == (
        "Lejepa", "Lejepa", None, None, None, False,
    )  # fmt: skip
    (digits,) = re.findall(r"rigorous enclosures at (\d+) digits", (ROOT / "docs" / "README.md").read_text())
    assert p.digits == int(digits)


@pytest.mark.parametrize(
    ("old", "least"),
    [("A theorem", "abc"), ("somewhere", "abc"), ("Something is the case.", "abcdefghij"), ("x = x", "x=x")],
)
def test_texts_have_a_least_length(tmp_path: Path, old: str, least: str) -> None:
    registry_of(tmp_path, GOOD.replace(old, least))
    with pytest.raises(UserError, match="at least"):
        registry_of(tmp_path, GOOD.replace(old, least[:-1]))


@pytest.mark.parametrize("name", ["a.b.c", "Refutation.not_x", "ρ_le'"])
def test_names_may_have_parts(tmp_path: Path, name: str) -> None:
    assert registry_of(tmp_path, GOOD.replace("a_theorem", name)).statement[0].full_name == f"Lejepa.{name}"
    for bad in (f"{name}.", f".{name}", f"{name} x", ""):
        with pytest.raises(UserError, match=r"statement\.0\.lean"):
            registry_of(tmp_path, GOOD.replace("a_theorem", bad))


@pytest.mark.parametrize("name", ["File.Class", "file.class", "file", "file.Class.More", "1file.Class", "file.Cl ass"])
def test_a_check_is_a_file_and_a_class(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=f"expected file.Class for a check, got '{name}'"):
        registry_of(tmp_path, GOOD.replace('"file.Class"', f'"file.Class", "{name}"'))


def test_a_project_has_a_title(tmp_path: Path) -> None:
    assert registry_of(tmp_path, f"[project]\ntitle = 'A'{GOOD}").project.title == "A"
    with pytest.raises(UserError, match=r"project\.title: String should have at least 1"):
        registry_of(tmp_path, f"[project]\ntitle = ''{GOOD}")


def test_each_statement_is_told_its_package(tmp_path: Path) -> None:
    more = GOOD.replace("a_theorem", "b_theorem").replace("file.Class", "file.Other")
    found = registry_of(tmp_path, f"[project]\npackage = 'Other'{GOOD}{more}")
    assert {n: s.full_name for n, s in found.by_name().items()} == {
        "a_theorem": "Other.a_theorem", "b_theorem": "Other.b_theorem",
    }  # fmt: skip
    for text in ("[project]\npackage = 3" + GOOD, "statement = 3", "[project]\npackage = 'A'\n[statement]\nx = 1"):
        with pytest.raises(UserError, match=r"project\.package|statement: "):
            registry_of(tmp_path, text)
    with pytest.raises(UserError, match=r"statement\.0: Input should be"):
        registry_of(tmp_path, "statement = [1]\n[project]\npackage = 'Other'")


def test_the_name_that_comes_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected each statement once, got 'a_theorem' again"):
        registry_of(tmp_path, GOOD + GOOD.replace("file.Class", "file.Other"))
    more = GOOD.replace("a_theorem", "b_theorem")
    with pytest.raises(UserError, match=r"expected each check once, got 'file\.Class' again"):
        registry_of(tmp_path, GOOD + more)

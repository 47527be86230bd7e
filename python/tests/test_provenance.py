"""A digest of sources: it follows imports, and changes with whatever could change a number, and with nothing else."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lejepa import provenance
from lejepa.errors import UserError
from lejepa.files import digest
from lejepa.provenance import sources, sources_digest

CHECK = '''"""A check."""
from lejepa.exact.generic import sqrt  # roots
import helper

def claim(x):
    """What it claims."""
    return "# no comment" + str(sqrt(x)) + helper.TEXT
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "check.py").write_text(CHECK)
    (tmp_path / "helper.py").write_text("TEXT = 'a'\n")
    return tmp_path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the name `lejepa` with a chain of imports of every kind."""
    home = tmp_path / "installed"
    for name, text in {
        "__init__.py": "",
        "top.py": "def f():\n    from lejepa import middle\n    return middle\n",
        "middle.py": "from .below import deep\n",
        "below/__init__.py": "A = 1\n",
        "below/deep.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lejepa.unused\nX = 1\n",
        "unused.py": "",
    }.items():
        path = home / "lejepa" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(provenance, "HOME", home)
    return home / "lejepa"


def test_imports_are_followed_to_the_end(package: Path) -> None:
    found = set(sources(package, "lejepa.top"))
    assert found == {f"lejepa/{n}.py" for n in ("__init__", "top", "middle", "below/__init__", "below/deep")}


@pytest.mark.parametrize("name", ["__init__.py", "top.py", "middle.py", "below/__init__.py", "below/deep.py"])
def test_any_of_them_changes_the_digest(package: Path, name: str) -> None:
    before = sources_digest(package, "lejepa.top")
    (package / name).write_text((package / name).read_text() + "Y = 2\n")
    assert sources_digest(package, "lejepa.top") != before


def test_what_is_not_imported_does_not(package: Path) -> None:
    before = sources_digest(package, "lejepa.top")
    (package / "unused.py").write_text("Y = 2\n")
    assert sources_digest(package, "lejepa.top") == before


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: t.replace("A check", "One check"),
        lambda t: t.replace("What it claims", "Its claim"),
        lambda t: t.replace("  # roots", ""),
        lambda t: t.replace("import helper\n", "import helper\n\n\n"),
        lambda t: t.replace("\n", "\r\n"),
    ],
)
def test_words_do_not_change_the_digest(root: Path, edit: Callable[[str], str]) -> None:
    before = sources_digest(root, root / "check.py")
    assert edit(CHECK) != CHECK
    (root / "check.py").write_text(edit(CHECK), newline="")
    assert sources_digest(root, root / "check.py") == before


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: t.replace("# no comment", "# no"),
        lambda t: t.replace("sqrt(x)", "sqrt(2 * x)"),
        lambda t: t.replace("    return", "    x = 1\n    return"),
    ],
)
def test_code_does(root: Path, edit: Callable[[str], str]) -> None:
    before = sources_digest(root, root / "check.py")
    (root / "check.py").write_text(edit(CHECK))
    assert sources_digest(root, root / "check.py") != before


def test_a_file_beside_it_and_its_name_count(root: Path) -> None:
    before = sources_digest(root, root / "check.py")
    (root / "helper.py").write_text("TEXT = 'b'\n")
    changed = sources_digest(root, root / "check.py")
    assert changed != before
    (root / "check.py").rename(root / "other.py")
    assert sources_digest(root, root / "other.py") != changed


def test_code_may_not_move_between_files(tmp_path: Path) -> None:
    for name, text in (("a.py", "X = 1"), ("b.py", "Y = 1")):
        (tmp_path / name).write_text(text)
    before = sources_digest(tmp_path, tmp_path / "a.py", tmp_path / "b.py")
    for name, text in (("a.py", "Y = 1"), ("b.py", "X = 1")):
        (tmp_path / name).write_text(text)
    assert sources_digest(tmp_path, tmp_path / "a.py", tmp_path / "b.py") != before


def test_another_checkout_has_the_same_digest(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    for file in root.glob("*.py"):
        (other / file.name).write_text(file.read_text())
    assert sources_digest(root, root / "check.py") == sources_digest(other, other / "check.py")


def test_it_finds_at_least_what_python_imports() -> None:
    """Against Python itself: every module of the package that an import of this one loads is among its sources."""
    script = "import sys, lejepa.exact.functions; print(*(m.__file__ for n, m in sys.modules.items() if 'lejepa' in n))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    names = {f"lejepa/{Path(f).relative_to(provenance.HOME / 'lejepa').as_posix()}" for f in loaded}
    assert "lejepa/exact/hermite.py" in names
    assert names <= set(sources(provenance.HOME, "lejepa.exact.functions"))


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = = 1")
    for start in ("lejepa.nothing", "numpy", tmp_path / "broken.py", tmp_path / "absent.py"):
        with pytest.raises(UserError, match=r"expected"):
            sources_digest(tmp_path, start)


def code(text: str) -> str:
    return provenance.code_of(text, ast.parse(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x = 1  # one\n\n\n  # two\ny = '# three'\n", "x = 1\ny = '# three'"),
        ('"""Doc\nof a module."""\nx = 1\n', "x = 1"),
        ('def f():\n    """Doc."""\n    return 1\n', "def f():\n    return 1"),
        ('async def f():\n    """Doc."""\n    return 1\n', "async def f():\n    return 1"),
        ('class C:\n    """Doc\n\n    and more."""\n\n    x = 1\n', "class C:\n    x = 1"),
        ('x = 1\n"""no docstring"""\n', 'x = 1\n"""no docstring"""'),
        ("def f():\n    b'bytes'\n    return 1", "def f():\n    b'bytes'\n    return 1"),
        ("def f():\n    1\n    return 1", "def f():\n    1\n    return 1"),
        # a docstring that shares a line with other code stays
        ("def f(): 'ρ'; return 1", "def f(): 'ρ'; return 1"),
        ("def f():\n    'ρ'; return 1", "def f():\n    'ρ'; return 1"),
        ("def f(): 'ρ'", "def f(): 'ρ'"),
        ("x = 'ρ'; y = 1 # é\n", "x = 'ρ'; y = 1"),
        ("if x:\n    pass   \n", "if x:\n    pass"),
    ],
)
def test_what_of_a_file_is_code(text: str, left: str) -> None:
    assert code(text) == left


def test_a_digest_is_of_names_and_codes_in_order(tmp_path: Path) -> None:
    for name, text in (("b.py", "import a\nY = 1\n"), ("a.py", "X = 1  # one\n"), ("c.py", "Z = 1\n")):
        (tmp_path / name).write_text(text)
    expected = digest("a.py", "X = 1", "b.py", "import a\nY = 1", "c.py", "Z = 1")
    for starts in (("b.py", "c.py"), ("c.py", "b.py", "a.py")):
        assert sources_digest(tmp_path, *(tmp_path / s for s in starts)) == expected


def test_a_file_is_named_below_the_root_or_the_package_and_else_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "x.py"
    root = tmp_path / "root"
    for path in (elsewhere, root / "checks" / "y.py"):
        path.parent.mkdir(parents=True)
        path.write_text("X = 1\n")
    assert set(sources(root, elsewhere, root / "checks" / "y.py")) == {"x.py", "checks/y.py"}
    (tmp_path / "link").symlink_to(root)
    for name in (root, tmp_path / "link"):
        assert set(sources(name, name / "checks" / "y.py")) == {"checks/y.py"}
        assert set(sources(name, root / "checks" / ".." / "checks" / "y.py")) == {"checks/y.py"}
    assert "lejepa/errors.py" in sources(root, "lejepa.errors")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", {"a"}),
        ("import a.b as c, d", {"a.b", "d"}),
        ("from a import b, c", {"a", "a.b", "a.c"}),
        ("from a.b import *", {"a.b", "a.b.*"}),
        ("def f():\n    import a", {"a"}),
        ("try:\n    import a\nexcept ImportError:\n    import b", {"a", "b"}),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", set()),
        ("import typing\nif typing.TYPE_CHECKING:\n    import a", {"typing"}),
        ("if CHECKING:\n    import a", {"a"}),
        ("x = 1", set()),
    ],
)
def test_the_names_that_a_module_imports(text: str, expected: set[str]) -> None:
    assert set(provenance.modules(ast.parse(text), Path("/nowhere/x.py"))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from . import a", {"lejepa.below", "lejepa.below.a"}),
        ("from .a import b", {"lejepa.below.a", "lejepa.below.a.b"}),
        ("from .. import a", {"lejepa", "lejepa.a"}),
        ("from ..a.b import c", {"lejepa.a.b", "lejepa.a.b.c"}),
        ("from a import b", {"a", "a.b"}),
    ],
)
def test_names_from_above_are_of_the_package(package: Path, text: str, expected: set[str]) -> None:
    assert set(provenance.modules(ast.parse(text), package / "below" / "deep.py")) == expected


def test_a_package_counts_with_what_is_imported_below_it(package: Path) -> None:
    assert provenance.located("lejepa.below") == package / "below" / "__init__.py"
    assert provenance.located("lejepa.below.deep") == package / "below" / "deep.py"
    assert provenance.located("lejepa") == package / "__init__.py"
    assert [provenance.located(n) for n in ("lejepa.none", "other", "below.deep", "lejepas")] == [None] * 4
    (package / "main.py").write_text("import lejepa.below.deep\n")
    assert set(sources(package, "lejepa.main")) == {
        "lejepa/main.py", "lejepa/__init__.py", "lejepa/below/__init__.py", "lejepa/below/deep.py",
    }  # fmt: skip


def test_a_folder_beside_a_file_is_followed_too(tmp_path: Path) -> None:
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "by.py").write_text("X = 1\n")
    (tmp_path / "x.py").write_text("import near.by\nimport json\n")
    assert set(sources(tmp_path, tmp_path / "x.py")) == {"x.py", "near/by.py"}

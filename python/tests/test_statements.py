"""The page of all statements, on a small project of its own."""

from pathlib import Path

import pytest
from lejepa.auditing import registry, statements
from lejepa.errors import UserError

PROJECT = '[project]\npackage = "Other"\nstatements = "docs/all/statements.md"\n'


def entry(lean: str, title: str, paper: str, says: str = "Something is so.") -> str:
    return (
        f'[[statement]]\nlean = "{lean}"\ntitle = "{title}"\npaper = "{paper}"\nsays = "{says}"\nformula = "x = x"\n'
        "checks = []\nexperiments = []\n"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "checks").mkdir()
    (tmp_path / registry.FILE).write_text(
        PROJECT
        + entry("a", "First", "theorem 1, in short")
        + entry("N.b", "Size |x|", "beyond the paper (appendix, at last)", "|x| is a size, not less.")
        + entry("c", "Third", "theorem 1")
        + entry("d", "Fourth", "appendix")
        + entry("e", "Fifth", "the part beyond the paper (more)")
    )
    (tmp_path / "Other").mkdir()
    (tmp_path / "Other" / "A.lean").write_text(
        "namespace Other\ntheorem a : P := q\ntheorem N.b : P := q\ntheorem d : P := q\nend Other\ntheorem c : P := q\n"
    )
    return tmp_path


def test_the_page_is_in_the_order_of_the_registry_by_topic(root: Path) -> None:
    head, *rest = statements.page(root, registry.load(root)).split("## ")
    assert head.startswith("# Statements\n")
    assert "[`checks/statements.toml`](../../checks/statements.toml)" in head
    assert "`namespace Other`" in head
    assert "glossary" not in head
    table = "| statement | says | Lean |\n| --- | --- | --- |\n"
    assert rest == [
        f"Theorem 1\n\n{table}"
        "| First | Something is so. | [`a`](../../Other/A.lean) |\n"
        "| Third | Something is so. | `c`, not stated yet |\n\n",
        f"Appendix\n\n{table}"
        "| Size \\|x\\| (beyond the paper) | \\|x\\| is a size, not less. | [`N.b`](../../Other/A.lean) |\n"
        "| Fourth | Something is so. | [`d`](../../Other/A.lean) |\n\n",
        f"The part beyond the paper (more)\n\n{table}| Fifth | Something is so. | `e`, not stated yet |\n",
    ]


def test_a_glossary_beside_the_page_is_linked(root: Path) -> None:
    (root / "docs" / "all").mkdir(parents=True)
    (root / "docs" / "all" / "glossary.md").touch()
    assert "\n\n[glossary.md](glossary.md) explains the terms.\n\n## " in statements.page(root, registry.load(root))


def test_the_page_is_written_where_the_registry_says(root: Path) -> None:
    entries = registry.load(root)
    path = statements.write(root, entries)
    assert path == root / "docs" / "all" / "statements.md"
    assert path.read_text(encoding="utf-8") == statements.page(root, entries)
    (root / registry.FILE).write_text(entry("a", "First", "theorem 1"))
    with pytest.raises(UserError, match=r"project\.statements: expected the page of statements, found none"):
        statements.write(root, registry.load(root))

"""The documents name what is there: Lean names, checks, files."""

import re
from pathlib import Path

import pytest
from lejepa.auditing import prose, registry, sources, statements, ties
from lejepa.files import repository
from lejepa.training import report

ROOT = repository(Path(__file__).parent)
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "python").glob("*.md")])


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def test_mathematics_tells_every_statement() -> None:
    told = set(quoted((ROOT / "docs" / "mathematics.md").read_text(encoding="utf-8")))
    missing = [s.lean for s in registry.load(ROOT).statement if not s.refuted and s.lean not in told]
    assert not missing


def test_the_page_of_statements_is_what_registry_and_sources_say() -> None:
    entries = registry.load(ROOT)
    page = (ROOT / "docs" / "statements.md").read_text(encoding="utf-8")
    assert page == statements.page(ROOT, entries), "`lejepa report` writes it"
    for s in entries.statement:
        (row,) = (line for line in page.splitlines() if f"`{s.lean}`" in line)
        assert s.says.replace("|", "\\|") in row
        (link,) = re.findall(r"\]\((\S+)\)", row)
        assert f" {s.lean.rpartition('.')[2]}" in (ROOT / "docs" / link).read_text(encoding="utf-8")


def test_figures_and_tables_of_pages_are_what_evidence_says(tmp_path: Path) -> None:
    tied = ties.load(ROOT, registry.load(ROOT).project.figures)
    assert [p.file for p in tied.page if p.tables or p.figures]
    assert prose.faults(ROOT, tmp_path, tied) == []


def test_the_page_of_experiments_is_what_evidence_says() -> None:
    page, found = ROOT / "docs" / "experiments.md", report.of_evidence(ROOT)
    made = report.page(found, page, ROOT / "docs" / "figures")
    assert page.read_text(encoding="utf-8") == made, "`lejepa report` writes it"


def test_lean_names_in_mathematics_are_declared() -> None:
    declared = {name.removeprefix("Lejepa.") for name in sources.declarations(ROOT)}
    names = [
        name
        for name in quoted((ROOT / "docs" / "mathematics.md").read_text(encoding="utf-8"))
        if re.fullmatch(r"(?:[A-Z]\w*\.)?[A-Za-z]{3,}_\w+|stdGaussian|ouLaw|alignment|IsWhite|hermiteProd", name)
    ]
    assert len(names) > 30
    assert not [name for name in names if name not in declared]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if not link.startswith("http")]
    for link in links:
        assert (document.parent / link).exists(), f"{document.name} links to {link}"
    tracked = ("Lejepa/", "checks/", "python/", "docs/", "scripts/", "examples/")
    for name in quoted(text):
        if name.startswith(tracked) and re.fullmatch(r"[\w./-]+", name):
            assert (ROOT / name).exists(), f"{document.name} names {name}"

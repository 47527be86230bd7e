"""The API pages: built from the docstrings without a warning, with every public name on them, and linked."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import lejepa
import pytest
from audited import Project
from lejepa import planning
from lejepa.auditing import site
from lejepa.files import repository

ROOT = repository(Path(__file__).parent)
CONFIGURATION = ROOT / "python" / "mkdocs.yml"
PUBLIC = [getattr(room, name) for room in (lejepa, planning) for name in room.__all__]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages by name."""
    folder = tmp_path_factory.mktemp("api")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    done = subprocess.run(
        [*command, "--config-file", CONFIGURATION, "--site-dir", folder], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return {p.stem: p.read_text(encoding="utf-8") for p in folder.glob("*.html")}


def test_every_public_name_is_described(pages: dict[str, str]) -> None:
    everything = "".join(pages.values())
    for public in PUBLIC:
        assert f'id="{public.__module__}.{public.__qualname__}"' in everything, f"{public.__name__} is on no page"


@pytest.mark.parametrize("public", PUBLIC, ids=lambda p: str(p.__name__))
def test_every_argument_of_a_public_name_is_described(public: Any) -> None:
    described = inspect.getdoc(public) or ""
    passed = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    arguments = [a for a, p in inspect.signature(public).parameters.items() if p.kind not in passed]
    missing = [a for a in arguments if not re.search(rf"^ *{a}: \S|`{a}`", described, re.M)]
    assert not missing, f"{public.__name__} does not say what {missing[0]} is"


def test_nothing_is_fetched(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        assert 'src="http' not in text, name
        assert '<link rel="stylesheet" href="http' not in text, name


def test_the_site_of_the_audit_links_to_them(project: Project) -> None:
    home = project.out / site.FOLDER / "index.html"
    site.write(project.root, project.out)
    assert "../docs/index.html" not in home.read_text(encoding="utf-8")
    (project.out / site.API).parent.mkdir(parents=True)
    (project.out / site.API).write_text("The API.")
    site.write(project.root, project.out)
    assert '"../docs/index.html"' in home.read_text(encoding="utf-8")
    statement = next((project.out / site.FOLDER / "statements").iterdir()).read_text(encoding="utf-8")
    assert '"../../docs/index.html"' in statement

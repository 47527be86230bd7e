"""The notebooks run from top to bottom, on the CPU, without the network, and show what they are committed with."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell: Any) -> list[str]:
    """What a cell shows, without its numbers, which differ between machines: text, and that there is a picture."""
    parts = []
    for output in cell.outputs:
        assert output.output_type != "error", output.get("evalue")
        data = output.get("data", {})
        if "image/png" in data:
            parts.append("picture")
        elif text := output.get("text", data.get("text/plain", "")):
            parts.append(" ".join(re.sub(r"[-−]?\d[\d.]*(?:e[-+]?\d+)?", "0", text).split()))
    return parts


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_is_committed_as_it_ran(path: Path) -> None:
    cells = code(nbformat.read(path, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), "`make notebooks` runs them"
    assert any(shown(cell) for cell in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs_and_shows_the_same(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # tests run side by side
    notebook = nbformat.read(path, as_version=4)
    before = [shown(cell) for cell in code(notebook)]
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [shown(cell) for cell in code(notebook)] == before

"""Figures, tables and pages of sweeps, from result files alone."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest
import torch
import yaml
from lejepa.errors import UserError
from lejepa.files import write_json
from lejepa.training import grid, plots, report, results, tables, verdict
from lejepa.training.grid import Peak, Sweep
from lejepa.training.results import Result
from lejepa.training.train import train
from rich.console import Console

FIGURES = [
    {"kind": "line", "x": "world.rho", "by": "objective.kind", "loss": True},
    {"kind": "line", "x": "objective.kind", "y": "distance", "panel": "world.rho"},
    {"kind": "heat", "x": "objective.weight", "by": "world.rho"},
    {"kind": "bound", "by": "world.rho"},
    {"kind": "scatter"},
    {"kind": "energy"},
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sweep, dict[str, Result]]:
    """A folder with the results of a small sweep, four points of two seeds."""
    from conftest import TINY

    folder = tmp_path_factory.mktemp("sweep")
    data: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in TINY.items()}
    data |= {
        "criterion": {"r2": None, "within_bound": False},
        "cases": {"a": {}, "b": {"objective": {"kind": "vicreg", "weight": 0.5}}},
        "grid": {"world.rho": [0.5, 0.9]},
        "figures": FIGURES,
        "claims": [
            {"says": "the sigreg of it", "where": {"objective.kind": "sigreg", "world.rho": 0.9}, "paper": 0.75}
        ],
    }
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    made = grid.load(path)
    write_json(results.sweep_path(made.name, folder), made.model_dump(mode="json"))
    return folder, made, {p.name: train(p, folder, torch.device("cpu")) for p in made.points}


Trained = tuple[Path, Sweep, dict[str, Result]]


def test_every_kind_of_figure_is_drawn(trained: Trained, tmp_path: Path) -> None:
    folder, *_ = trained
    ((made, done),) = results.read_sweeps(folder)
    paths = plots.draw_sweep(made, done, tmp_path)
    names = ["tiny-line", "tiny-line2", "tiny-heat", "tiny-bound", "tiny-scatter", "tiny-energy"]
    assert [p.stem for p in paths] == names
    for path in paths:
        picture = matplotlib.image.imread(path)
        assert picture.std() > 0.01, path


def test_a_part_of_a_sweep_is_drawn_and_says_so(trained: Trained, tmp_path: Path) -> None:
    _, made, done = trained
    some = dict(list(done.items())[:1])
    assert plots.draw_sweep(made, some, tmp_path)
    assert "1 of 4 points" in plots.caption(made, some)
    assert plots.draw_sweep(made, {}, tmp_path) == []


def test_the_page_has_every_point_and_the_paper_s_figure(trained: Trained, tmp_path: Path) -> None:
    folder, made, done = trained
    plots.draw_sweep(made, done, tmp_path / "figures")
    text = report.write(folder, tmp_path / "page.md", tmp_path / "figures").read_text()
    ours = tables.spread([m["r2_hz"] for m in done["tiny/a-0.9"].metrics], digits=6)
    assert f"| `tiny` | the sigreg of it | 0.750000 | {ours} | 30 |" in text
    for point in ("a-0.5", "a-0.9", "b-0.5", "b-0.9"):
        assert f"\n| {point} |" in text
    assert "![tiny-bound](figures/tiny-bound.png)" in text
    assert "Every criterion is met." in text


def test_the_page_has_the_benchmark_where_it_was_run(tmp_path: Path) -> None:
    assert report.benchmark(tmp_path / "train.json") == []
    case = {"dim": 2, "seeds": 8, "plain_seconds": 0.08, "our_seconds": 0.16, "ratio": 4.0, "ratio_least": 3.5}
    case |= {"ratio_greatest": 4.5, "plain_mib": 186.2, "our_mib": 183.0, "products": 0.553}
    write_json(tmp_path / "train.json", {"device": "cpu", "threads": 1, "rounds": 2, "cases": [case]})
    lines = report.benchmark(tmp_path / "train.json")
    assert "| 2 | 8 | 80.0 | 160.0 | 4.00 (3.50 to 4.50) | 186 | 183 | 55% |" in lines


def test_a_missed_criterion_and_peak_are_named(trained: Trained) -> None:
    _, made, done = trained
    red = dict(done) | {"tiny/a-0.5": done["tiny/a-0.5"].model_copy(update={"confirmed": [True, False]})}
    assert verdict.failures(made, done) == []
    assert verdict.failures(made, red) == ["tiny/a-0.5: seeds [1] do not meet the criterion"]
    wrong = {at: made.model_copy(update={"peak": Peak(axis="world.rho", at=at)}) for at in (0.5, 0.9)}
    off = [f for at in (0.5, 0.9) for f in verdict.failures(wrong[at], done)]
    assert len(off) == 2, "each of the two lines peaks at one of its two places"
    assert all("r2_hz is" in f for f in off)
    tolerant = made.model_copy(update={"peak": Peak(axis="world.rho", at=0.5, tolerance=2.0)})
    assert verdict.failures(tolerant, done) == []


def test_violations_of_the_bound_are_counted(trained: Trained) -> None:
    result = next(iter(trained[2].values()))
    point = result.curve[-1].model_copy(update={"distance": [9.0, 9.0], "bound": [1.0, 9.5], "bound_error": [0.1, 0.1]})
    assert verdict.violations(result.model_copy(update={"curve": [point]})) == 1


def test_two_folders_are_compared(trained: Trained, tmp_path: Path) -> None:
    folder, _, done = trained
    shutil.copytree(folder / "experiments", tmp_path / "experiments")
    (tmp_path / "experiments" / "tiny" / "a-0.5.json").unlink()
    console = Console(width=250, file=StringIO(), record=True)
    console.print(tables.comparison(folder, tmp_path, ["r2_hz"]))
    lines = console.export_text().splitlines()
    (first,) = (x for x in lines if "tiny/a-0.5" in x)
    (second,) = (x for x in lines if "tiny/a-0.9" in x)
    assert "only in A" in first
    assert "+0.0000" in second
    assert "same" in second
    measured = tables.values(done["tiny/a-0.9"], ["r2_hz"])["r2_hz"]
    assert second.count(tables.spread(measured)) == 2


def test_an_unknown_metric_or_folder_is_named(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--metric r3: expected one of r2_zh"):
        tables.comparison(trained[0], trained[0], ["r3"])
    with pytest.raises(UserError, match="expected a folder of results"):
        tables.comparison(trained[0], tmp_path / "absent", ["r2_hz"])

"""Figures, tables and pages of sweeps, from result files alone."""

import shutil
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest
import torch
import yaml
from conftest import TINY
from lejepa.errors import UserError
from lejepa.files import write_json
from lejepa.training import config, grid, paper, plots, report, results, tables
from lejepa.training.config import Computation
from lejepa.training.grid import Sweep
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
    folder = tmp_path_factory.mktemp("sweep")
    data: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in TINY.items()}
    data |= {
        "criterion": [{"confirms": "linear_identifiability", "metric": "distance", "at_most": 100.0, "spare": 0}],
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
    assert {p.suffix for p in paths if "scatter" not in p.stem} == {".svg"}
    for path in paths:
        if path.suffix == ".png":
            assert matplotlib.image.imread(path).std() > 0.01, path
        else:
            shapes = ElementTree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}path")
            assert len(list(shapes)) > 30, path


def test_a_figure_is_drawn_to_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    _, made, done = trained
    one, two = ({p.name: p.read_bytes() for p in plots.draw_sweep(made, done, tmp_path / n)} for n in ("a", "b"))
    assert one == two


def test_an_objective_has_one_colour_whatever_stands_beside_it(trained: Trained) -> None:
    _, made, done = trained
    only = {n: r for n, r in done.items() if r.configuration.objective.kind == "vicreg"}
    figure = grid.Figure(kind="line", x="world.rho", by="objective.kind")
    for some, kinds in ((done, ["sigreg", "vicreg"]), (only, ["vicreg"])):
        canvas = plots.draw(figure, made, some)
        assert canvas is not None
        legend = canvas.axes[0].get_legend()
        assert legend is not None
        assert [t.get_text() for t in legend.get_texts()] == kinds
        colours = [bars[0].get_color() for bars in canvas.axes[0].containers]
        assert colours == [{"sigreg": "C0", "vicreg": "C1"}[kind] for kind in kinds]
    kinds_of = [get_args(o.model_fields["kind"].annotation)[0] for o in get_args(get_args(config.Objective)[0])]
    assert sorted(plots.COLOURS) == sorted(kinds_of)


def test_a_part_of_a_sweep_is_drawn_and_says_so(trained: Trained, tmp_path: Path) -> None:
    _, made, done = trained
    some = dict(list(done.items())[:1])
    assert plots.draw_sweep(made, some, tmp_path)
    assert "1 of 4 points" in plots.caption(made, some)
    assert plots.draw_sweep(made, {}, tmp_path) == []


def two(values: list[float], digits: int) -> str:
    """Mean ± sample standard deviation of two numbers, in decimal arithmetic."""
    a, b = (Decimal(v) for v in values)
    step = Decimal(1).scaleb(-digits)
    return f"{((a + b) / 2).quantize(step)} ± {(abs(a - b) / Decimal(2).sqrt()).quantize(step)}"


def test_the_page_has_every_point_and_the_paper_s_figure(trained: Trained, tmp_path: Path) -> None:
    folder, made, done = trained
    plots.draw_sweep(made, done, tmp_path / "figures")
    found = report.of_results(folder)
    text = report.write(found, tmp_path / "page.md", tmp_path / "figures").read_text()
    of = done["tiny/a-0.9"]
    held_out, scored = two([m.r2_hz for m in of.metrics if m], 6), two([v for v in of.r2_hz_in_sample if v], 6)
    assert of.cpu_seconds is not None
    hours = f"{of.cpu_seconds / 3600:.2f}"
    file = "`evidence/experiments/tiny/a-0.9.json`"
    assert f"| the sigreg of it | 0.750000 | {scored} | {held_out} | 0.9 | 2 | 30 | {hours} | {file} |" in text
    distances = [m.distance for m in done["tiny/b-0.5"].metrics if m]
    (line,) = (x for x in text.splitlines() if x.startswith("| b-0.5 |"))
    assert f"| {two(distances, 4)} |" in line
    for point in ("a-0.5", "a-0.9", "b-0.5", "b-0.9"):
        assert f"\n| {point} |" in text
    assert "![tiny-bound](figures/tiny-bound.svg)" in text
    assert text == report.page(found, tmp_path / "page.md", tmp_path / "figures")


def test_the_paper_s_figures_that_are_not_run_and_those_at_reduced_size(trained: Trained, tmp_path: Path) -> None:
    _, made, done = trained
    quick = made.model_copy(update={"name": "tiny-quick"})
    of = done["tiny/a-0.9"]
    small = {"tiny-quick/a-0.9": of}
    renamed = quick.model_copy(
        update={"points": tuple(p.model_copy(update={"name": f"tiny-quick/{p.name[5:]}"}) for p in made.points)}
    )
    text = report.page([(made, {}), (renamed, small)], tmp_path / "page.md", tmp_path)
    assert "| the sigreg of it | 0.750000 | not run |  |  |  |  |  |  |" in text
    value = two([m.r2_hz for m in of.metrics if m], 6)
    assert f"| `tiny-quick` | the sigreg of it | 0.750000 | {value} | 2 | 30 |" in text
    assert text.index("not run") < text.index("## All experiments") < text.index("reduced size")
    assert paper.beside([(made, {}), (renamed, small)])[2:] == []
    (line,) = paper.beside([(made, done)])[2:]
    assert line == f"| the sigreg of it | 0.750000 | {two([m.r2_hz for m in of.metrics if m], 6)} |"


def test_figures_of_an_experiment_are_not_shown_with_one_whose_name_begins_alike(
    trained: Trained, tmp_path: Path
) -> None:
    _, made, done = trained
    for name in ("tiny-bound", "tiny-quick", "tiny-quick-bound"):
        (tmp_path / f"{name}.png").touch()
    quick = made.model_copy(update={"name": "tiny-quick"})
    text = report.page([(made, done), (quick, done)], tmp_path / "page.md", tmp_path)
    whole, small = text.split("## tiny\n")[1].split("## tiny-quick\n")
    assert [x for x in whole.splitlines() if x.startswith("![")] == ["![tiny-bound](tiny-bound.png)"]
    shown = ["![tiny-quick](tiny-quick.png)", "![tiny-quick-bound](tiny-quick-bound.png)"]
    assert [x for x in small.splitlines() if x.startswith("![")] == shown


def test_a_criterion_that_the_untrained_encoder_meets_is_measured_only(trained: Trained, tmp_path: Path) -> None:
    _, made, done = trained
    text = report.page([(made, done)], tmp_path / "page.md", tmp_path)
    assert "- `linear_identifiability`, measured: distance at most 100" in text
    assert "8 met without saying anything" in text
    assert "confirmed" not in text.replace(report.HEAD, "")


def test_a_bound_is_not_shown_for_a_world_that_the_theorem_does_not_speak_of(trained: Trained) -> None:
    result = trained[2]["tiny/a-0.5"]
    assert "±" in tables.cell(result, "bound")
    for world in ({"latent": "gennorm", "alpha": 1.0}, {"rhos": (0.5, 0.4)}):
        data = result.configuration.model_dump()
        other = result.model_copy(
            update={"configuration": Computation.model_validate(data | {"world": data["world"] | world})}
        )
        assert tables.cell(other, "bound") == tables.cell(other, "excess") == "not applicable"
        assert "±" in tables.cell(other, "distance")


def test_a_seed_that_diverged_is_left_out_of_a_mean(trained: Trained) -> None:
    result = trained[2]["tiny/a-0.5"]
    one = result.model_copy(update={"metrics": [None, result.metrics[1]]})
    assert tables.cell(one, "r2_hz") == f"{result.metrics[1].r2_hz:.4f}"  # type: ignore[union-attr]
    assert tables.cell(result.model_copy(update={"metrics": [None, None]}), "r2_hz") == "diverged"


def test_two_folders_are_compared(trained: Trained, tmp_path: Path) -> None:
    folder, _, done = trained
    shutil.copytree(folder / "experiments", tmp_path / "experiments")
    (tmp_path / "experiments" / "tiny" / "a-0.5.json").unlink()
    console = Console(width=250, file=StringIO(), record=True)
    console.print(tables.comparison(folder, tmp_path, ["r2_hz"]))
    lines = console.export_text().splitlines()
    (gone,) = (x for x in lines if "tiny/a-0.5" in x)
    (second,) = (x for x in lines if "tiny/a-0.9" in x)
    assert "only in A" in gone
    assert "+0.0000" in second
    assert "same" in second
    first, other = (m.r2_hz for m in done["tiny/a-0.9"].metrics if m)
    assert second.count(two([first, other], 4)) == 2


def test_an_unknown_metric_or_folder_is_named(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--metric: 'r2_hx' is no measure; expected r2_"):
        tables.comparison(trained[0], trained[0], ["r2_hx"])
    with pytest.raises(UserError, match="expected a folder of results"):
        tables.comparison(trained[0], tmp_path / "absent", ["r2_hz"])


MAPPED = {
    "cases": {
        "four-points": {"world": {"latent": "fourpoints"}, "mixing": {"kind": "cubic"}},
        "flips": {"world": {"latent": "signflips", "rho": 0.9, "flips": [0.0, 0.5]}},
        "well": {"world": {"latent": "doublewell", "rho": 0.9, "depth": 1.0}},
        "unknown": {"world": {"latent": "gennorm", "rho": 0.9, "alpha": 1.0}},
    },
    "figures": [{"kind": "map"}],
}


def test_a_map_of_one_latent_is_drawn_beside_the_best_encoder(tmp_path: Path) -> None:
    """In each world a panel, of a latent of four values the best encoder at these alone; where none is known none."""
    data: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in TINY.items()}
    data |= {"world": {"dim": 1}, "mixing": {"kind": "identity"}, "objective": {"kind": "whitening"}} | MAPPED
    data["training"] |= {"steps": 2}
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    made = grid.load(path)
    done = {p.name: train(p, tmp_path, torch.device("cpu")) for p in made.points}
    canvas = plots.draw(made.figures[0], made, done)
    assert canvas is not None
    assert [ax.get_title() for ax in canvas.axes] == list(MAPPED["cases"])
    drawn = [{line.get_label(): line.get_xydata() for line in ax.get_lines()} for ax in canvas.axes]
    theory = "the best white encoder, by theory"
    assert [theory in labels for labels in drawn] == [True, True, True, False]
    points = drawn[0][theory]
    assert len(points) == 4
    assert points[:, 0] == pytest.approx(points[:, 1])
    bent = drawn[1][theory]
    assert abs(bent[:, 0] - bent[:, 1]).max() > 0.1
    for labels, result in zip(drawn, done.values(), strict=True):
        assert result.sample is not None
        shown = labels["the trained encoder"]
        assert shown[:, 0] == pytest.approx([row[0] for row in result.sample.latents])
        straight = np.corrcoef(shown[:, 1], [row[0] for row in result.sample.embeddings])
        assert abs(straight[0, 1]) == pytest.approx(1, abs=1e-5)
    assert "whitened alignment" in report.page([(made, done)], tmp_path / "page.md", tmp_path)
    assert "white_alignment" in tables.shown(done.values())
    assert plots.draw_sweep(made, done, tmp_path)[0].name == "tiny-map.svg"

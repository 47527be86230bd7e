"""Sweeps as they are written: points, names, faults."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TINY
from lejepa.errors import UserError
from lejepa.training import config, grid
from lejepa.training.grid import Sweep

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.yaml"))


def write(folder: Path, **changes: Any) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | changes, sort_keys=False))
    return path


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_shipped_configurations_are_valid_and_named_after_their_file(path: Path) -> None:
    sweep = grid.load(path)
    assert sweep.name == path.stem
    assert Sweep.model_validate_json(sweep.model_dump_json(), strict=False) == sweep
    for claim in sweep.claims:
        assert list(grid.chosen(sweep, claim.where)), f"no point has {claim.where}"
    for figure in sweep.figures:
        for key in (figure.x, figure.by, figure.panel):
            assert key is None or any(grid.look_up(p, key) is not None for p in sweep.points), key


def test_points_are_cases_times_the_grid(tmp_path: Path) -> None:
    cases = {"a": {}, "b": {"objective": {"kind": "vicreg", "weight": 0.5}}}
    sweep = grid.load(write(tmp_path, cases=cases, grid={"world.rho": [0.5, 0.9], "mixing": [{"kind": "banana"}]}))
    assert [p.name for p in sweep.points] == [
        "tiny/a-0.5-banana", "tiny/a-0.9-banana", "tiny/b-0.5-banana", "tiny/b-0.9-banana",
    ]  # fmt: skip
    last = sweep.points[-1]
    assert isinstance(last.objective, config.VICReg)
    assert last.world.rho == 0.9
    assert last.mixing.kind == "banana"
    assert last.training == sweep.points[0].training
    assert grid.look_up(last, "objective.kind") == "vicreg"
    assert grid.look_up(last, "objective") == "vicreg"
    assert grid.look_up(last, "objective.slices") is None
    assert [p.name for p in grid.chosen(sweep, {"objective": "sigreg", "world.rho": 0.5})] == ["tiny/a-0.5-banana"]


def test_an_experiment_is_a_sweep_of_one_point(tmp_path: Path) -> None:
    assert [p.name for p in grid.load(write(tmp_path)).points] == ["tiny"]


def test_train_refuses_a_sweep(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lejepa sweep"):
        config.load(write(tmp_path, grid={"world.rho": [0.5]}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grid": {"world.rho": 0.5}}, "grid.world.rho: expected a list of values, found 0.5"),
        ({"grid": {"world.rho": [0.5, 1.5]}}, "point 1.5: world.rho"),
        ({"grid": {"world.roh": [0.5]}}, "point 0.5: the key world.roh is unknown"),
        ({"grid": {"world.rho": [0.5, 0.5]}}, "different names"),
        ({"cases": ["a"]}, "cases: expected a mapping"),
        ({"grid": {"world.rho": [0.5]}, "peak": {"axis": "world.rho"}}, "peak.at is missing"),
        ({"grid": {"world.rho": [0.5]}, "figures": [{"kind": "line"}]}, "expected x"),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_key(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        grid.load(write(tmp_path, **changes))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)

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
    assert grid.look_up(last, "training.seeds.2") is None
    assert grid.look_up(last, "training.seeds.1") == 1
    assert [p.name for p in grid.chosen(sweep, {"objective": "sigreg", "world.rho": 0.5})] == ["tiny/a-0.5-banana"]


def test_an_experiment_is_a_sweep_of_one_point(tmp_path: Path) -> None:
    assert [p.name for p in grid.load(write(tmp_path)).points] == ["tiny"]


def test_a_routine_experiment_is_one_through_either_loader(tmp_path: Path) -> None:
    path = write(tmp_path, routine=True)
    assert grid.load(path).routine
    assert grid.load(path).points == (config.load(path),)


PEAK = {"confirms": "linear_identifiability", "axis": "world.rho", "at": 0.5, "metric": "r2_hz", "spare": 2}
LINE = {"kind": "line", "x": "world.rho"}
CLAIM = {"says": "it", "where": {"world.rho": 0.5}, "paper": 0.9}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"peak": PEAK | {"axis": "world.roh"}}, ["'world.roh' is no key of the points", "world.rho"]),
        ({"peak": PEAK | {"metric": "r2_typo"}}, ["'r2_typo' is no measure", "r2_zh"]),
        ({"peak": PEAK | {"confirms": "linear_ident"}}, ["no statement of this sweep", "linear_identifiability"]),
        ({"peak": PEAK | {"at": 0.7}}, ["no point has world.rho = 0.7"]),
        ({"peak": PEAK | {"spare": 30}}, ["less than or equal to 10"]),
        ({"figures": [LINE | {"x": "wrld.rho"}]}, ["'wrld.rho' is no key", "world.rho"]),
        ({"figures": [LINE | {"by": "objective.knid"}]}, ["objective.kind"]),
        ({"figures": [LINE | {"x": "world.rhos.0"}]}, ["'world.rhos.0' is no key", "world.rho"]),
        ({"figures": [{"kind": "energy", "edges": [0.5]}]}, ["expected edges for a figure of kind line", "energy"]),
        ({"figures": [LINE | {"y": "r2hz"}]}, ["'r2hz' is no measure", "r2_hz"]),
        ({"claims": [CLAIM | {"where": {"wrld.rho": 0.5}}]}, ["'wrld.rho' is no key", "world.rho"]),
        ({"claims": [CLAIM | {"where": {"world.rho": 0.7}}]}, ["no point has {'world.rho': 0.7}"]),
        ({"claims": [CLAIM | {"metric": "r2_zhh"}]}, ["'r2_zhh' is no measure", "r2_zh"]),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(tmp_path: Path, changes: dict[str, Any], words: list[str]) -> None:
    sound = {"grid": {"world.rho": [0.5, 0.9]}, "peak": PEAK, "figures": [LINE], "claims": [CLAIM]}
    grid.load(write(tmp_path, **sound))
    with pytest.raises(UserError) as caught:
        grid.load(write(tmp_path, **sound | changes))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (0.5, "0.5"),
        (1e-06, "1e-06"),
        (1e16, "1e16"),
        (2, "2"),
        ("Mixed", "mixed"),
        (True, "true"),
        ([1, 0.25], "1-0.25"),
        ({"kind": "mlp", "hidden": 3}, "mlp"),
        ({"world": {"dim": 4}, "training": {"restarts": 3}}, "4-3"),
    ],
)
def test_a_value_s_part_of_a_point_s_name(value: Any, name: str) -> None:
    assert grid.label(value) == name


@pytest.mark.parametrize(
    ("key", "value", "changes"),
    [
        ("world.rho", 0.5, {"world": {"rho": 0.5}}),
        ("training.seeds", [1, 2], {"training": {"seeds": [1, 2]}}),
        ("objective", {"kind": "infonce"}, {"objective": {"kind": "infonce"}}),
        (
            "size",
            {"world": {"dim": 4}, "training": {"restarts": 3}},
            {"world": {"dim": 4}, "training": {"restarts": 3}},
        ),
    ],
)
def test_what_a_value_of_an_axis_changes(key: str, value: Any, changes: dict[str, Any]) -> None:
    assert grid.changes_of(key, value) == changes


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

"""Sweeps as they are written: points, names, faults."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TINY
from lejepa.errors import UserError
from lejepa.training import config, grid
from lejepa.training.columns import METRICS
from lejepa.training.config import Peak
from lejepa.training.grid import Sweep
from pydantic import ValidationError

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


def refused(folder: Path, **changes: Any) -> str:
    path = write(folder, **changes)
    with pytest.raises(UserError) as caught:
        grid.load(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_single_experiment_has_no_peak(tmp_path: Path) -> None:
    path = write(tmp_path, peak=PEAK)
    with pytest.raises(UserError, match="peak: expected a sweep, with grid or cases, since it compares points"):
        config.load(path)


def test_a_sweep_has_the_words_of_its_file_and_so_has_each_point(tmp_path: Path) -> None:
    """But for what is of the whole alone: the criterion of the points is theirs. A result keeps the peak with it."""
    words = {"title": "Of it", "cause": "Known", "routine": True}
    own = {"peak": PEAK, "figures": [LINE], "claims": [CLAIM], "quotes": [{"says": "half", "point": "0.5"}]}
    criterion = [{"confirms": "linear_identifiability", "metric": "distance", "at_most": 0.5, "spare": 0}]
    sweep = grid.load(write(tmp_path, grid={"world.rho": [0.5, 0.9]}, criterion=criterion, **words, **own))
    assert sweep.axes == ("world.rho",)
    assert sweep.peak == Peak.model_validate(PEAK)
    shown: tuple[grid.Sweep | config.Experiment, ...] = (sweep, *sweep.points)
    for made in shown:
        assert (made.title, made.cause, made.routine) == ("Of it", "Known", True)
        assert made.statements == ("linear_identifiability",)
    assert [[c.at_most for c in p.criterion] for p in sweep.points] == [[0.5], [0.5]]
    assert [p.criteria for p in sweep.points] == [(*p.criterion, sweep.peak) for p in sweep.points]
    assert (sweep.quotes[0].metric, sweep.claims[0].metric, sweep.figures[0].y) == ("r2_hz",) * 3
    bare = grid.load(write(tmp_path, grid={"world.rho": [0.5]}))
    assert (bare.title, bare.cause, bare.routine, bare.peak) == ("", "", False, None)
    assert (bare.figures, bare.claims, bare.quotes) == ((), (), ())


def test_a_sweep_of_one_point_is_one_unless_the_point_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert not grid.load(write(tmp_path)).many
    assert grid.load(write(tmp_path, grid={"world.rho": [0.5]})).many
    assert grid.load(write(tmp_path, cases={"a": {}})).many
    path = write(tmp_path, title="Of it", cause="Known", routine=True)
    alone = grid.single(config.load(path))
    assert alone == grid.load(path)
    assert (alone.title, alone.cause, alone.routine) == ("Of it", "Known", True)


def test_cases_alone_name_points_and_change_them(tmp_path: Path) -> None:
    cases = {"a": {}, "b": {"world": {"rho": 0.5}, "training": {"steps": 3}}}
    sweep = grid.load(write(tmp_path, cases=cases))
    assert [(p.name, p.world.rho, p.training.steps) for p in sweep.points] == [("tiny/a", 0.9, 30), ("tiny/b", 0.5, 3)]
    assert [grid.look_up(p, "case") for p in sweep.points] == ["a", "b"]
    assert [p.name for p in grid.chosen(sweep, {"case": "b"})] == ["tiny/b"]
    assert [p.name for p in grid.chosen(sweep, {})] == ["tiny/a", "tiny/b"]
    assert list(grid.chosen(sweep, {"case": "b", "world.rho": 0.9})) == []
    computation = config.Computation.model_validate(
        {k: v for k, v in TINY.items() if k in config.Computation.model_fields}
    )
    assert grid.look_up(computation, "case", "tiny/b") == "b"
    assert grid.look_up(computation, "case") == ""


def test_points_vary_the_last_axis_first(tmp_path: Path) -> None:
    axes = {"training.steps": [1, 2], "world.rho": [0.5, 0.9]}
    sweep = grid.load(write(tmp_path, grid=axes))
    assert [p.name for p in sweep.points] == ["tiny/1-0.5", "tiny/1-0.9", "tiny/2-0.5", "tiny/2-0.9"]
    assert [(p.training.steps, p.world.rho) for p in sweep.points] == [(1, 0.5), (1, 0.9), (2, 0.5), (2, 0.9)]


def test_ten_thousand_points_are_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grid.MOST == 10_000
    monkeypatch.setattr(grid, "MOST", 4)
    cases = {"a": {}, "b": {}}
    assert len(grid.load(write(tmp_path, cases=cases, grid={"world.rho": [0.5, 0.9]})).points) == 4
    said = refused(tmp_path, cases=cases, grid={"world.rho": [0.5, 0.7, 0.9]})
    assert said == "expected at most 4 points, and grid and cases make 6 together"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grid": {"world.rho": []}}, "grid.world.rho: expected a list of values, found []"),
        ({"grid": {"world.rho": {"a": 0.5}}}, "grid.world.rho: expected a list of values, found {'a': 0.5}"),
        ({"grid": [0.5]}, "grid: expected a mapping, found [0.5]"),
        ({"cases": {"a": 3}}, "cases.a: expected a mapping, found 3"),
        ({"cases": {"a": {"world": {"rho": 2.0}}}}, "point a: world.rho: expected a number less than 1, found 2.0"),
        (
            {"cases": {"sweep": {}, "other": {"world": {"rho": 0.5}}}},
            "expected no point named sweep, whose file says what the sweep is; name it otherwise",
        ),
        (
            {"grid": {"world.rho": [0.9, 0.5, 0.5]}},
            "expected points of different names, got 'tiny/0.5' again; name them by cases",
        ),
    ],
)
def test_what_makes_no_points_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    assert refused(tmp_path, **changes) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quotes": [{"says": "half", "point": "0.7"}]}, "'tiny/0.7' is no point; expected tiny/0."),
        ({"quotes": [{"says": "half", "point": "0.5", "metric": "r2_typo"}]}, "'r2_typo' is no measure"),
        ({"figures": [LINE | {"panel": "world.roh"}]}, "'world.roh' is no key of the points"),
        ({"figures": [{"kind": "heat", "x": "world.rho"}]}, "expected by for a figure of kind heat"),
        ({"figures": [{"kind": "heat", "by": "world.rho"}]}, "expected x for a figure of kind heat"),
        ({"figures": [{"kind": "line"}]}, "expected x for a figure of kind line"),
        (
            {"figures": [{"kind": "map"}]},
            "expected points of one latent and an embedding of one dimension for a figure",
        ),
        ({"peak": PEAK, "training": TINY["training"] | {"seeds": [0]}}, "peak: expected two seeds or more"),
        ({"claims": [CLAIM, CLAIM | {"says": "no", "where": {"world.dim": 3}}]}, "claim 'no': no point has"),
    ],
)
def test_what_speaks_of_no_point_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    assert words in refused(tmp_path, grid={"world.rho": [0.5, 0.9]}, **changes)


def test_figures_need_only_what_they_draw() -> None:
    for kind in ("bound", "scatter", "energy", "map"):
        assert grid.Figure.model_validate({"kind": kind}).loss is False
    line = grid.Figure.model_validate(LINE | {"edges": [0.25]})
    assert (line.edges, line.by, line.panel) == ((0.25,), None, None)
    with pytest.raises(ValidationError, match="expected edges for a figure of kind line, and not for heat"):
        grid.Figure.model_validate(LINE | {"kind": "heat", "by": "world.dim", "edges": [0.25]})


@pytest.mark.parametrize(("spare", "sound"), [(0, True), (10, True), (-1e-9, False), (10.01, False)])
def test_a_peak_spares_up_to_ten_errors(spare: float, sound: bool) -> None:
    if sound:
        assert Peak.model_validate(PEAK | {"spare": spare}).spare == spare
    else:
        with pytest.raises(ValidationError):
            Peak.model_validate(PEAK | {"spare": spare})


def test_every_measure_can_be_drawn_and_a_key_in_a_list_is_one(tmp_path: Path) -> None:
    rhos = {"world": TINY["world"] | {"rhos": [0.9, 0.5]}}
    figures = [{"kind": "line", "x": "world.rhos.1", "y": m} for m in METRICS]
    sweep = grid.load(write(tmp_path, figures=figures, **rhos))
    assert [f.y for f in sweep.figures] == list(METRICS)
    assert [grid.look_up(sweep.points[0], f"world.rhos.{i}") for i in range(3)] == [0.9, 0.5, None]


@pytest.mark.parametrize(
    ("base", "changes", "made"),
    [
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": {"kind": "p", "x": 1}}, {"a": {"y": 3}}, {"a": {"kind": "p", "x": 1, "y": 3}}),
        ({"a": {"kind": "p", "x": 1}}, {"a": {"kind": "p", "y": 3}}, {"a": {"kind": "p", "x": 1, "y": 3}}),
        ({"a": {"kind": "p", "x": 1}}, {"a": {"kind": "q", "y": 3}}, {"a": {"kind": "q", "y": 3}}),
        ({"a": {"b": {"kind": "p", "x": 1}}}, {"a": {"b": {"kind": "q"}}}, {"a": {"b": {"kind": "q"}}}),
        ({"a": {"x": 1}}, {"a": 3}, {"a": 3}),
        ({"a": 3}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": 3}, {"b": {"x": 1}}, {"a": 3, "b": {"x": 1}}),
    ],
)
def test_sections_are_merged_and_those_of_another_kind_are_replaced(
    base: dict[str, Any], changes: dict[str, Any], made: dict[str, Any]
) -> None:
    before = json.dumps(base)
    assert grid.merged(base, changes) == made
    assert json.dumps(base) == before


def test_keys_are_those_of_sections_and_of_lists() -> None:
    data = {"a": 1, "b": {"c": (2, {"d": 3}), "e": {}}, "f": [4]}
    assert list(grid.keys_of(data)) == ["a", "b", "b.c", "b.c.0", "b.c.1", "b.c.1.d", "b.e", "f"]
    assert list(grid.keys_of({"a": (1,)}, "x.")) == ["x.a", "x.a.0"]


def test_statements_are_those_of_the_registry_unless_it_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "statements.toml").write_text('[[statement]]\nlean = "linear_identifiability_new"\n')
    assert "'linear_identifiability' is no statement of the registry" in refused(tmp_path, grid={"world.rho": [0.5]})
    assert grid.load(write(tmp_path, grid={"world.rho": [0.5]}), registered=False).many

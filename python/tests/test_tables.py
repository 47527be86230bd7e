"""Tables of results, whose numbers are worked out by hand from made-up measures."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY
from lejepa.errors import UserError
from lejepa.files import write_json
from lejepa.training import results, tables
from lejepa.training.config import Computation, Experiment
from lejepa.training.grid import Sweep
from lejepa.training.results import Metrics, Point, Result, Trace
from rich.console import Console
from rich.table import Table

LINEAR = {"latent": "linear", "dim": 2, "memory": {"kind": "diagonal", "values": [0.5, 0.25]}}
REQUIRED = [f for f, field in Metrics.model_fields.items() if field.is_required()]


def metrics(**values: float) -> Metrics:
    return Metrics(**(dict.fromkeys(REQUIRED, 0.0) | values))


def experiment(name: str = "tiny", **changes: Any) -> Experiment:
    data = dict(TINY) | {"name": name, "mixing": {"kind": "identity"}}
    for key, value in changes.items():
        whole = not isinstance(value, dict) or "latent" in value or key not in data
        data[key] = value if whole else data[key] | value
    return Experiment.model_validate(data)


def result(*found: Metrics | None, name: str = "tiny", **changes: Any) -> Result:
    """A result of as many seeds as measures are given."""
    count = len(found)
    made = experiment(name, **changes | {"training": {"seeds": list(range(count))}})
    zeros: dict[str, Any] = {k: [0.0] * count for k in Point.model_fields}
    return Result(
        name=name,
        configuration=Computation.model_validate({k: getattr(made, k) for k in Computation.model_fields}),
        metrics=list(found),
        kept=[0] * count,
        r2_xz=[0.0] * count,
        curve=[Point.model_validate(zeros | {"step": 1, "energy": []})],
        trace=Trace(opening=[], closing=[], untrained=[metrics()] * count, measured=[]),
        versions={"lejepa": "0"},
        device="cpu",
        seconds=1.0,
        made="2026-01-01T00:00:00Z",
    )


def cells(table: Table) -> list[list[str]]:
    """The headings, and the rows."""
    columns = [[str(c) for c in column.cells] for column in table.columns]
    return [[str(column.header) for column in table.columns], *map(list, zip(*columns, strict=True))]


def test_a_mean_comes_with_the_sample_s_deviation() -> None:
    """Of 1, 2, 3 the mean is 2 and the deviation 1; of 0 and 1 they are 1/2 and 1/√2."""
    assert tables.spread([1.0, 2.0, 3.0]) == "2.0000 ± 1.0000"
    assert tables.spread([0.0, 1.0], 2) == "0.50 ± 0.71"
    assert tables.spread([0.25], 3) == "0.250"


PLAIN = ["r2_zh", "r2_hz", "orthogonality", "epsilon", "excess", "distance", "bound"]
GUESSED = ["prediction", "prediction_ratio", "rollout_1", "rollout_5"]
OF_PREDICTOR = {"world": LINEAR, "predictor": {"kind": "linear"}}


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ([{}], PLAIN),
        ([{"embedding": 1}], ["r2_zh", "r2_hz", "epsilon", "r2_kept", "r2_left"]),
        ([{"embedding": 3}], ["r2_zh", "r2_hz", "epsilon"]),
        ([{"embedding": 3}, {}], PLAIN),
        ([{"embedding": 1}, {}], [*PLAIN, "r2_kept", "r2_left"]),
        ([OF_PREDICTOR], ["r2_zh", "r2_hz", "epsilon", "distance", *GUESSED]),
        ([OF_PREDICTOR, {}], [*PLAIN, *GUESSED]),
        (
            [{"world": LINEAR | {"action": [[0.5], [0.0]]}, "inverse": {"weight": 1.0}}],
            [*PLAIN, "inverse", "inverse_ratio"],
        ),
        ([OF_PREDICTOR | {"embedding": 1}], ["r2_zh", "r2_hz", "epsilon", "r2_kept", "r2_left", *GUESSED]),
    ],
)
def test_columns_are_those_that_say_something_of_some_result(changes: list[dict[str, Any]], columns: list[str]) -> None:
    assert tables.shown([result(metrics(), **c) for c in changes]) == columns


@pytest.mark.parametrize(
    ("changes", "mute"),
    [
        ({}, set()),
        ({"embedding": 3}, {"orthogonality", "distance", "bound", "excess"}),
        ({"world": {"rhos": [0.9, 0.5]}}, {"bound", "excess"}),
        ({"world": {"latent": "gennorm", "dim": 2, "rho": 0.5, "alpha": 1.0}}, {"bound", "excess"}),
    ],
)
def test_a_measure_is_shown_where_it_says_something(changes: dict[str, Any], mute: set[str]) -> None:
    half = metrics(**dict.fromkeys(PLAIN, 0.5))
    one, none = result(half, **changes), result(None, **changes)
    for m in PLAIN:
        silent = m in mute
        assert tables.applies(one, m) is not silent
        assert tables.cell(one, m) == ("not applicable" if silent else "0.5000")
        assert tables.cell(none, m) == ("not applicable" if silent else "diverged")
        assert tables.of_seed(one, half, m, 2) == ("not applicable" if silent else "0.50")
        assert tables.of_seed(one, None, m) == "diverged"
    assert tables.of_seed(one, half, "prediction") == "", "a measure that it does not have"
    assert tables.cell(one, "prediction") == ""
    assert tables.of_seed(one, metrics(r2_hz=1 / 3), "r2_hz") == "0.3333"
    assert tables.cell(result(metrics(r2_hz=0.0), metrics(r2_hz=1.0), **changes), "r2_hz", 1) == "0.5 ± 0.7"


def test_values_are_of_the_seeds_that_have_them() -> None:
    found = tables.values(result(metrics(r2_hz=0.25), None, metrics(r2_hz=0.5)), ["r2_hz", "distance"])
    assert found == {"r2_hz": [0.25, 0.5], "distance": [0.0, 0.0]}
    with pytest.raises(UserError, match=r"^--metric: 'r2_hx' is no measure; expected r2_"):
        tables.values(result(metrics()), ["r2_hz", "r2_hx"])


def sweep(*points: Experiment) -> Sweep:
    return Sweep(name="tiny", statements=points[0].statements, axes=(), points=points)


HEADS = ["point", "R²(z→h)", "R²(h→z)", "‖AᵀA-1‖", "ε", "D", "distance", "bound", "verdict"]


def test_a_sweep_s_table_has_a_row_for_each_result() -> None:
    wanted = [{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 0.5, "spare": 0}]
    points = [experiment(f"tiny/{n}", criterion=wanted) for n in ("a", "b", "c")]
    good, poor = metrics(r2_hz=0.75), metrics(r2_hz=0.25)
    done = {"tiny/a": result(good, good, name="tiny/a"), "tiny/c": result(poor, good, name="tiny/c")}
    table = tables.sweep_table(sweep(*points), done)
    assert table.title == "tiny, mean ± standard deviation over 2 seeds"
    head, a, c = cells(table)
    assert head == HEADS
    same = "0.0000 ± 0.0000"
    assert a == ["a", same, "0.7500 ± 0.0000", *[same] * 5, "confirmed"]
    assert c == ["c", same, "0.5000 ± 0.3536", *[same] * 5, "not confirmed"]
    assert {column.justify for column in table.columns} == {"right"}


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ([1], "tiny, one seed"),
        ([], "tiny, one seed"),
        ([3, 2, 3], "tiny, mean ± standard deviation over 2 or 3 seeds"),
        ([1, 2], "tiny, mean ± standard deviation over 1 or 2 seeds"),
    ],
)
def test_a_table_s_title_says_over_how_many_seeds(counts: list[int], title: str) -> None:
    done = {f"tiny/{i}": result(*[metrics()] * n, name=f"tiny/{i}") for i, n in enumerate(counts)}
    table = tables.sweep_table(sweep(*(experiment(f"tiny/{i}") for i in range(3))), done)
    assert table.title == title
    assert [row[-1] for row in cells(table)[1:]] == ["measured"] * len(counts)


def test_a_single_experiment_s_row_has_its_own_name() -> None:
    assert cells(tables.sweep_table(sweep(experiment()), {"tiny": result(metrics())}))[1][0] == "tiny"


# Two folders


def folder(path: Path, *found: Result) -> Path:
    for r in found:
        results.write(results.path_of(r.name, path), r)
    return path


def test_everything_of_a_folder_is_of_its_sweeps_too(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        tables.everything(tmp_path)
    assert str(caught.value) == f"{tmp_path}: expected a folder of results, one with a folder experiments in it"
    made = [result(metrics(), name=n) for n in ("z", "s/b", "s/a")]
    folder(tmp_path, *made)
    write_json(results.sweep_path("s", tmp_path), {"no": "result"})
    results.path_of("s/.c", tmp_path).write_text("half a fi")
    assert tables.everything(tmp_path) == {r.name: r for r in made}
    assert list(tables.everything(tmp_path)) == ["z", "s/a", "s/b"]


def test_experiments_of_two_folders_are_compared_by_name(tmp_path: Path) -> None:
    first = [result(metrics(r2_hz=v), metrics(r2_hz=v + 0.5), name=n) for n, v in (("b", 0.25), ("a", 0.0), ("c", 0.5))]
    second = [
        result(metrics(r2_hz=0.5), None, name="b"),
        result(metrics(r2_hz=0.125), name="a", world={"rho": 0.5}),
        result(None, name="d"),
    ]
    one, two = folder(tmp_path / "1", *first), folder(tmp_path / "2", *second)
    assert tables.compared(one, two, ["r2_hz"]) == [
        {"experiment": "a", "configuration": "differs", "A": {"r2_hz": [0.0, 0.5]}, "B": {"r2_hz": [0.125]}},
        {"experiment": "b", "configuration": "same", "A": {"r2_hz": [0.25, 0.75]}, "B": {"r2_hz": [0.5]}},
        {"experiment": "c", "configuration": "only in A", "A": {"r2_hz": [0.5, 1.0]}, "B": None},
        {"experiment": "d", "configuration": "only in B", "A": None, "B": {"r2_hz": []}},
    ]
    table = tables.comparison(one, two, ["r2_hz", "distance"])
    assert table.title == f"A = {one}, B = {two}; mean ± standard deviation over seeds"
    head, *rows = cells(table)
    assert head == [
        "experiment",
        *(f"{m} {s}" for m in ("r2_hz", "distance") for s in ("A", "B", "B - A")),
        "configuration",
    ]
    zero = "0.0000 ± 0.0000"
    assert rows == [
        ["a", "0.2500 ± 0.3536", "0.1250", "-0.1250", zero, "0.0000", "+0.0000", "differs"],
        ["b", "0.5000 ± 0.3536", "0.5000", "+0.0000", zero, "0.0000", "+0.0000", "same"],
        ["c", "0.7500 ± 0.3536", "", "", zero, "", "", "only in A"],
        ["d", "", "", "", "", "", "", "only in B"],
    ]
    assert [c.justify for c in table.columns] == ["left", *["right"] * 6, "left"]
    console = Console(width=250, file=StringIO(), record=True)
    console.print(table)
    assert "-0.1250" in console.export_text()

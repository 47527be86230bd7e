"""Results of the arm: what of their configuration matters, their files, and the lower of two R²."""

from pathlib import Path
from typing import Any

import pytest
from lejepa.errors import UserError
from lejepa.reacher import results
from lejepa.reacher.config import Computation, Experiment
from lejepa.reacher.results import Mean, Recovered, Result, Step, Trace, best_objective
from pydantic import ValidationError
from reacher_tiny import recovered, tiny


def result(experiment: Experiment, *encoders: Recovered, **changes: Any) -> Result:
    data = {
        "name": experiment.name,
        "configuration": Computation.model_validate({k: getattr(experiment, k) for k in Computation.model_fields}),
        "recovered": encoders or (recovered(),),
        "untrained": (0.1,) * max(len(encoders), 1),
        "lines": (),
        "controlled": (),
        "trace": Trace(
            steps={"ou-sigreg": [Step(loss=1 / 3, gradient=2.0, rate=0.001)]},
            recovered=(recovered("trajectories"),),
            lines={"joints": Mean(mean=0.1, error=0.2)},
            costs={"joints": [1.5, 2.5]},
        ),
        "stages": {"train": 3.0},
        "seconds": 3.0,
        "versions": {"lejepa": "0"},
        "device": "cpu",
        "made": "2026-01-01T00:00:00Z",
    }
    return Result.model_validate(data | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "another"},
        {"name": "another"},
        {"statements": ["approx_identifiability"]},
        {"criterion": {"regret": 2.0}},
        {"training": {"checkpoint_every": 1}},
    ],
)
def test_words_and_criteria_do_not_matter_to_whose_result_it_is(changes: dict[str, Any]) -> None:
    assert result(tiny()).of(tiny(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"ou": {"rho": 0.8}},
        {"training": {"steps": 5}},
        {"control": {"tasks": 4}},
        {"rendering": {"size": 33}},
        {"objectives": [{"kind": "infonce"}], "criterion": {"r2": {"infonce": 0.9}}},
    ],
)
def test_what_decides_its_bits_does(changes: dict[str, Any]) -> None:
    assert not result(tiny()).of(tiny(**changes))


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = results.result_path("tiny", tmp_path)
    assert path == tmp_path / "reacher" / "tiny.json"
    written = result(tiny(), recovered(), recovered("trajectories", "infonce", r2_zh=1 / 7))
    results.write(path, written)
    assert results.read(path) == written
    assert written.cost == "dear"


def test_results_are_read_in_the_order_of_their_names_but_those_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert results.read_all(tmp_path) == []
    for name in ("b", "c", "a"):
        results.write(results.result_path(name, tmp_path), result(tiny(name=name)))
    results.result_path(".d", tmp_path).write_text("half a fi")
    (tmp_path / "reacher" / "notes.txt").write_text("no result")
    assert [r.name for r in results.read_all(tmp_path)] == ["a", "b", "c"]
    listed = [results.result_path(name, tmp_path) for name in ("c", "a", "b")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    assert [r.name for r in results.read_all(tmp_path)] == ["a", "b", "c"]


def test_a_file_that_is_no_result_is_one_sentence(tmp_path: Path) -> None:
    path = results.result_path("tiny", tmp_path)
    results.write(path, result(tiny()))
    path.write_text(path.read_text().replace('"untrained"', '"trained"'))
    with pytest.raises(UserError, match=r"tiny\.json: expected evidence of kind Result, but (un)?trained"):
        results.read(path)


def test_a_part_takes_no_stray_key_and_does_not_change() -> None:
    with pytest.raises(ValidationError, match="stray"):
        Mean.model_validate({"mean": 1.0, "error": 0.1, "stray": 1})
    with pytest.raises(ValidationError, match="frozen"):
        Mean(mean=1.0, error=0.1).mean = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("zh", "hz", "r2", "error"), [(0.8, 0.9, 0.8, 0.5), (0.9, 0.8, 0.8, 0.01), (0.7, 0.7, 0.7, 0.01)]
)
def test_the_lower_r2_comes_with_its_own_error(zh: float, hz: float, r2: float, error: float) -> None:
    """Of errors .5 for R²(z→h) and .01 for R²(h→z)."""
    found = recovered(r2_zh=zh, r2_hz=hz)
    assert (found.r2, found.r2_error) == (r2, error)


def test_the_objective_shown_is_the_best_of_pairs() -> None:
    found = [
        recovered("ou", "sigreg", r2_zh=0.7, r2_hz=0.99),
        recovered("ou", "infonce", r2_zh=0.8, r2_hz=0.81),
        recovered("trajectories", "vicreg", r2_zh=0.99, r2_hz=0.99),
    ]
    assert best_objective(found) == "infonce"
    assert best_objective(iter(found[:1])) == "sigreg"

"""Results of experiments as files: what of them can't be, whose they are, and those of a folder."""

from pathlib import Path
from typing import Any

import pytest
from conftest import TINY
from lejepa.errors import UserError
from lejepa.files import write_json
from lejepa.training import grid, results, tables
from lejepa.training.config import Computation, Experiment
from lejepa.training.grid import Sweep
from lejepa.training.results import Metrics, Point, Result, Sample, Step, Trace
from pydantic import ValidationError

SEEDS, RESTARTS = (5, 6, 7), 2
DATA = TINY | {"training": TINY["training"] | {"seeds": list(SEEDS), "restarts": RESTARTS}}
REQUIRED = [f for f, field in Metrics.model_fields.items() if field.is_required()]


def metrics(r2: float = 0.5) -> Metrics:
    return Metrics(**(dict.fromkeys(REQUIRED, 0.0) | {"r2_hz": r2}))


def with_measures(**values: float) -> Metrics:
    return metrics().model_copy(update=values)


def point(**changes: Any) -> Point:
    zeros: dict[str, Any] = {k: [0.0] * len(SEEDS) for k in Point.model_fields}
    values = zeros | {"step": 1, "energy": [[1.0, 0.0], None, [0.5, 0.5]]}
    return Point.model_validate(values | changes)


def sample(**changes: Any) -> Sample:
    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    return Sample.model_validate({"seed": 5, "latents": rows, "observations": rows, "embeddings": rows} | changes)


def experiment(**changes: Any) -> Experiment:
    return Experiment.model_validate(DATA | changes)


def result(**changes: Any) -> Result:
    """A result of three seeds, the second of which diverged, and two restarts, numbered by R² in the trace."""
    untrained = [metrics(i / 10) for i in range(len(SEEDS) * RESTARTS)]
    trace = Trace(opening=[Step(loss=[0.1], gradient=[0.2], rate=0.3)], closing=[], untrained=untrained, measured=[])
    data = {
        "name": "tiny",
        "configuration": Computation.model_validate({k: v for k, v in DATA.items() if k in Computation.model_fields}),
        "metrics": [metrics(), None, metrics()],
        "kept": [0, 1, 1],
        "r2_xz": [0.0] * 3,
        "curve": [point()],
        "trace": trace,
        "sample": sample(),
        "versions": {"lejepa": "0"},
        "device": "cpu",
        "seconds": 1.0,
        "made": "2026-01-01T00:00:00Z",
    }
    return Result.model_validate(data | changes)


def test_a_result_has_metrics_kept_and_r2_of_each_seed() -> None:
    assert (result().seeds, result().cost) == (SEEDS, "dear")
    for key, short in (("metrics", [None, None]), ("kept", [0, 0]), ("r2_xz", [0.0, 0.0])):
        with pytest.raises(ValidationError, match="expected metrics, kept and r2_xz of each seed"):
            result(**{key: short})


def test_untrained_are_the_kept_restarts_of_each_seed() -> None:
    """Restart 0 of the first seed, 1 of the second and of the third, of two each."""
    assert [m and m.r2_hz for m in result().untrained] == [0.0, 0.3, 0.5]
    assert [m and m.r2_hz for m in result(kept=[1, 0, 0]).untrained] == [0.1, 0.2, 0.4]


MEASURES = [k for k in Point.model_fields if k not in ("step", "energy")]
RESTART = "kept and trace.untrained are not of the restarts that there are"
CURVE = "its curve has no points, or points without a value for each seed"
SAMPLE = "its sample is not of points of a seed that has not diverged"
IMPOSSIBLE = "its metrics have an R² above 1, or an error below 0"
EDITED = "its metrics are not those at the end of its curve: one of them has been changed"
INCOHERENT = "its metrics do not follow from one another: one of them has been changed"
ROWS = [[1.0, 2.0], [3.0, 4.0]]
EXCESS = {"delta": 0.18, "delta_error": 0.09, "excess": 1.0, "excess_error": 0.5, "bound": 2.0}  # of ρ = 0.9


def costs(policy: str, ratio: float) -> dict[str, float]:
    """Of a policy that costs 5 on the model and 4 on the state."""
    return {f"{policy}_ratio": ratio, f"{policy}_cost": 5.0, f"{policy}_cost_state": 4.0}


@pytest.mark.parametrize(
    ("changes", "amiss"),
    [
        ({}, ""),
        ({"sample": None}, ""),
        ({"kept": [0, 1, 2]}, RESTART),
        ({"kept": [-1, 1, 1]}, RESTART),
        ({"trace": Trace(opening=[], closing=[], untrained=[None] * 5, measured=[])}, RESTART),
        ({"trace": Trace(opening=[], closing=[], untrained=[None] * 7, measured=[])}, RESTART),
        ({"trace": Trace(opening=[], closing=[], untrained=[None] * 6, measured=[])}, ""),
        ({"r2_hz_in_sample": [0.5, None, 0.5]}, ""),
        ({"metrics": [with_measures(r2_hz=1.5), None, metrics()]}, IMPOSSIBLE),
        ({"metrics": [metrics(), None, with_measures(r2_kept=1.01)]}, IMPOSSIBLE),
        ({"metrics": [metrics(), None, with_measures(r2_zh_error=-1e-9)]}, IMPOSSIBLE),
        ({"metrics": [metrics(), None, with_measures(r2_zh=0.4)]}, EDITED),  # the lesser of two R² is 0 in the curve
        ({"metrics": [with_measures(distance=0.1), None, metrics()]}, EDITED),
        ({"metrics": [with_measures(bound=0.1), None, metrics()]}, INCOHERENT),
        ({"metrics": [with_measures(epsilon=0.3, epsilon_squared=0.09, bound=0.09), None, metrics()]}, EDITED),
        ({"metrics": [with_measures(epsilon=0.3, epsilon_squared=0.09, bound=0.1), None, metrics()]}, INCOHERENT),
        ({"metrics": [with_measures(epsilon=0.3, epsilon_squared=0.1, bound=0.09), None, metrics()]}, INCOHERENT),
        (
            {
                "metrics": [with_measures(epsilon=0.3, epsilon_squared=0.09, bound=0.09), None, metrics()],
                "curve": [point(bound=[])],
            },
            "",
        ),
        ({"metrics": [with_measures(**EXCESS), None, metrics()], "curve": [point(bound=[])]}, ""),
        ({"metrics": [with_measures(**EXCESS | {"delta": 0.16}), None, metrics()]}, INCOHERENT),
        ({"metrics": [with_measures(**EXCESS | {"delta_error": 0.05}), None, metrics()]}, INCOHERENT),
        *(({"metrics": [with_measures(**costs(k, 1.25)), None, metrics()]}, "") for k in ("cem", "mppi", "lqr")),
        *(({"metrics": [with_measures(**costs(k, 1.2)), None, metrics()]}, INCOHERENT) for k in ("cem", "mppi", "lqr")),
        ({"curve": [point(r2=[0.0, 0.9, 0.0])]}, ""),  # of the one that diverged
        ({"curve": [point(r2=[0.0, 0.0, 0.1])]}, EDITED),
        ({"curve": [point(r2=[0.1, 0.1, 0.1]), point()]}, ""),  # only the last is compared
        ({"r2_hz_in_sample": [0.5]}, "r2_hz_in_sample is not of each seed"),
        ({"curve": []}, CURVE),
        *(({"curve": [point(), point(**{k: [0.0] * 2})]}, CURVE) for k in MEASURES),
        *(({"curve": [point(**{k: []})]}, CURVE) for k in ("loss", "alignment", "regularizer", "r2", "distance")),
        ({"curve": [point(bound=[], margin_error=[], energy=[])]}, ""),
        ({"curve": [point(energy=[[1.0], None])]}, CURVE),
        ({"sample": sample(seed=6)}, SAMPLE),  # which diverged
        ({"sample": sample(seed=0)}, SAMPLE),  # which there is not
        ({"sample": sample(seed=7)}, ""),
        *(({"sample": sample(**{k: ROWS})}, SAMPLE) for k in ("latents", "observations", "embeddings")),
        *(({"sample": sample(**{k: [[1.0, 2.0], [3.0], [5.0, 6.0]]})}, SAMPLE) for k in ("latents", "embeddings")),
        *(({"sample": sample(**{k: [[], [], []]})}, SAMPLE) for k in ("latents", "observations")),
        ({"sample": sample(observations=[[1.0, 2.0], [], [5.0, 6.0]])}, SAMPLE),
        ({"sample": sample(observations=[[1.0], [3.0], [5.0]])}, ""),  # of another dimension
        ({"sample": sample(latents=[], observations=[], embeddings=[])}, SAMPLE),
    ],
)
def test_what_cannot_be_is_said_in_a_clause_and_refused_when_it_is_read(
    changes: dict[str, Any], amiss: str, tmp_path: Path
) -> None:
    made, path = result(**changes), tmp_path / "r.json"
    assert made.amiss() == amiss
    results.write(path, made)
    if amiss:
        with pytest.raises(UserError) as caught:
            results.read(path)
        assert str(caught.value) == f"{path}: expected the result of an experiment, but {amiss}"
    else:
        assert results.read(path) == made


def test_a_point_of_some_models_has_their_values_in_the_order_asked_for() -> None:
    values = {k: [1.0, 2.0, 3.0] for k in Point.model_fields if k not in ("step", "energy", "bound", "margin_error")}
    whole = Point(step=7, **values, bound=[], margin_error=[4.0, 5.0, 6.0], energy=[[1.0], None, [3.0]])
    chosen = whole.select([2, 0])
    assert chosen.step == 7
    assert all(getattr(chosen, k) == [3.0, 1.0] for k in values)
    assert (chosen.bound, chosen.margin_error, chosen.energy) == ([], [6.0, 4.0], [[3.0], [1.0]])


def test_whose_result_it_is_depends_on_what_decides_its_bits() -> None:
    training = DATA["training"]
    for same in ({}, {"title": "other"}, {"name": "other"}, {"training": training | {"checkpoint_every": 3}}):
        assert result().of(experiment(**same))
    for other in ({"training": training | {"steps": 31}}, {"world": TINY["world"] | {"rho": 0.8}}, {"embedding": 3}):
        assert not result().of(experiment(**other))


def test_results_of_a_folder_come_by_name_without_those_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert results.read_all(tmp_path) == []
    for name in ("b", "c", "a", "of/d"):
        results.write(results.path_of(name, tmp_path), result(name=name))
    assert results.path_of("of/d", tmp_path) == tmp_path / "experiments" / "of" / "d.json"
    results.path_of(".e", tmp_path).write_text("half a fi")
    (tmp_path / "experiments" / "notes.txt").write_text("no result")
    assert [r.name for r in results.read_all(tmp_path)] == ["a", "b", "c"]
    listed = [results.path_of(name, tmp_path) for name in ("c", "a", "b")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    assert [r.name for r in results.read_all(tmp_path)] == ["a", "b", "c"]


def swept(name: str, *rhos: float) -> Sweep:
    points = [experiment(name=f"{name}/{rho}", world=TINY["world"] | {"rho": rho}) for rho in rhos]
    return Sweep(name=name, statements=points[0].statements, axes=("world.rho",), points=tuple(points))


def of(point: Experiment) -> Result:
    fields = {k: getattr(point, k) for k in Computation.model_fields}
    return result(name=point.name, configuration=Computation.model_validate(fields))


def test_points_of_a_sweep_are_those_of_its_configuration_and_the_others_are_named(tmp_path: Path) -> None:
    sweep = swept("s", 0.25, 0.5, 0.75)
    assert results.read_points(sweep, tmp_path) == ({}, [])
    first, _, last = sweep.points
    results.write(results.path_of(last.name, tmp_path), of(last))
    other = of(first).model_copy(update={"configuration": of(last).configuration})
    results.write(results.path_of(first.name, tmp_path), other)
    assert results.read_points(sweep, tmp_path) == ({last.name: of(last)}, [first.name])
    results.write(results.path_of(first.name, tmp_path), of(first))
    done, stale = results.read_points(sweep, tmp_path)
    assert (list(done), stale) == ([first.name, last.name], [])


def test_a_result_under_another_name_is_told(tmp_path: Path) -> None:
    """Whoever reads a folder: else its criteria would be those of nobody, and a figure would have the other's name."""
    sweep = swept("s", 0.25, 0.5)
    write_json(results.sweep_path("s", tmp_path), sweep.model_dump(mode="json"))
    path = results.path_of("s/0.5", tmp_path)
    results.write(path, of(sweep.points[0]))
    says = f"{path}: expected the result of s/0.5, found that of 's/0.25'"
    for look in (
        lambda: results.read_points(sweep, tmp_path),
        lambda: results.read_sweeps(tmp_path),
        lambda: tables.everything(tmp_path),
    ):
        with pytest.raises(UserError) as caught:
            look()
        assert str(caught.value) == says
    alone = results.path_of("a", tmp_path)
    results.write(alone, result(name="b"))
    with pytest.raises(UserError) as caught:
        results.read_all(tmp_path)
    assert str(caught.value) == f"{alone}: expected the result of a, found that of 'b'"


def test_sweeps_of_a_folder_come_by_name_with_their_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert results.read_sweeps(tmp_path) == []
    sweeps = {name: swept(name, 0.25, 0.5) for name in ("b", "a")}
    for name, sweep in sweeps.items():
        path = results.sweep_path(name, tmp_path)
        assert path == tmp_path / "experiments" / name / "sweep.json"
        write_json(path, sweep.model_dump(mode="json"))
    point = sweeps["a"].points[1]
    results.write(results.path_of(point.name, tmp_path), of(point))
    assert results.read_sweeps(tmp_path) == [(sweeps["a"], {point.name: of(point)}), (sweeps["b"], {})]
    listed = [results.sweep_path(name, tmp_path) for name in ("b", "a")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    assert [s.name for s, _ in results.read_sweeps(tmp_path)] == ["a", "b"]
    assert grid.single(experiment()).many is False
    assert sweeps["a"].many


def test_a_file_that_is_no_sweep_is_one_sentence(tmp_path: Path) -> None:
    path = results.sweep_path("s", tmp_path)
    write_json(path, swept("s", 0.5).model_dump(mode="json") | {"stray": 1})
    with pytest.raises(UserError) as caught:
        results.read_sweeps(tmp_path)
    assert str(caught.value) == f"{path}: expected a sweep, but the key stray is unknown (misspelt?)"

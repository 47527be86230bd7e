"""Experiments as evidence: which configurations make them, what has changed since, what is adopted, and what a rerun
must agree on."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from conftest import TINY
from lejepa.errors import UserError
from lejepa.evidence import record
from lejepa.training import evidence, grid, results
from lejepa.training.config import Computation, Experiment
from lejepa.training.results import Metrics, Result, Step, Trace
from lejepa.training.train import train

Data = dict[str, Any]
SWEEP = {"cases": {"a": {}, "b": {"world": {"rho": 0.5}}}}


def tiny(**changes: Any) -> Data:
    """The tiny configuration at its shortest, with some sections' keys changed."""
    data = dict(TINY) | {"training": TINY["training"] | {"steps": 2, "seeds": [0]}}
    for key, value in changes.items():
        data[key] = data[key] | value if isinstance(value, dict) and key in data else value
    return data


def configured(root: Path, name: str, data: Data) -> Path:
    path = root / "python" / "configs" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data))
    return path


def computation(data: Data) -> Computation:
    return Computation.model_validate({k: v for k, v in data.items() if k in Computation.model_fields})


def metrics(**values: float) -> Metrics:
    names = [f for f, field in Metrics.model_fields.items() if field.is_required()]
    return Metrics(**(dict.fromkeys(names, 0.0) | values))


def trace(loss: float = 1.0) -> Trace:
    return Trace(opening=[Step(loss=[loss], gradient=[1.0], rate=0.1)], closing=[], untrained=[None], measured=[None])


def made(*found: Metrics | None, data: Data | None = None, name: str = "tiny", loss: float = 1.0) -> Result:
    """A result of a tiny training that nobody ran."""
    count = max(len(found), 1)
    data = data or tiny(training={"seeds": list(range(5, 5 + count))})
    return Result(
        name=name,
        configuration=computation(data),
        metrics=list(found) or [None],
        kept=[0] * count,
        r2_xz=[0.0] * count,
        curve=[],
        trace=trace(loss),
        versions={"lejepa": "0"},
        device="cpu",
        seconds=1.0,
        made="2026-01-01T00:00:00Z",
    )


# Configurations


def test_every_experiment_that_is_configured_is_a_point_by_its_name(tmp_path: Path) -> None:
    assert str(evidence.CONFIGURATIONS) == "python/configs"
    configured(tmp_path, "one", tiny(name="one"))
    configured(tmp_path, "many", tiny(name="many") | SWEEP)
    (tmp_path / "python" / "configs" / "notes.txt").write_text("name: notes")
    found = evidence.points(tmp_path)
    assert {n: p.name for n, p in found.items()} == {n: n for n in ("many/a", "many/b", "one")}
    assert [found[n].world.rho for n in ("one", "many/a", "many/b")] == [0.9, 0.9, 0.5]
    assert all(isinstance(p, Experiment) for p in found.values())


def test_points_are_in_the_order_of_files_however_the_folder_lists_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "c", "a"):
        configured(tmp_path, name, tiny(name=f"of-{name}"))
    files = [tmp_path / "python" / "configs" / f"{name}.yaml" for name in ("c", "a", "b")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(files))
    assert list(evidence.points(tmp_path)) == ["of-a", "of-b", "of-c"]


def test_a_folder_without_configurations_has_no_points(tmp_path: Path) -> None:
    assert evidence.points(tmp_path) == {}


# What has changed


def test_a_result_of_today_s_configuration_has_not_changed(tmp_path: Path) -> None:
    configured(tmp_path, "tiny", tiny(title="another title", training={"checkpoint_every": 1}))
    assert evidence.changed(tmp_path, "tiny", made(data=tiny())) == []


def test_what_has_changed_is_said_key_by_key_in_their_order(tmp_path: Path) -> None:
    now = tiny(world={"rho": 0.5}, training={"steps": 7}, encoder={"hidden": 5})
    configured(tmp_path, "tiny", now)
    assert evidence.changed(tmp_path, "tiny", made(data=tiny())) == [
        "encoder.hidden is 5 now, and was 16",
        "training.steps is 7 now, and was 2",
        "world.rho is 0.5 now, and was 0.9",
    ]


def test_keys_that_one_of_two_configurations_lacks_have_changed_too(tmp_path: Path) -> None:
    now = tiny() | {"objective": {"kind": "infonce", "sigma": 2.0}}
    configured(tmp_path, "tiny", now)
    was = computation(tiny()).bits()["objective"]
    of_sigreg = [f"objective.{k} is None now, and was {was[k]!r}" for k in was if k != "kind"]
    kind = "objective.kind is 'infonce' now, and was 'sigreg'"
    sigma = "objective.sigma is 2.0 now, and was None"
    assert evidence.changed(tmp_path, "tiny", made(data=tiny())) == sorted([*of_sigreg, kind, sigma])


def test_a_result_of_another_name_or_of_no_configuration_is_stale(tmp_path: Path) -> None:
    configured(tmp_path, "tiny", tiny())
    assert evidence.changed(tmp_path, "tiny", made(name="other", data=tiny())) == ["it is the result of other"]
    assert evidence.changed(tmp_path, "other", made(name="other", data=tiny())) == [
        "no configuration in python/configs makes it"
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": {"b": 1, "c": {"d": [2]}}, "e": None}, {"a.b": 1, "a.c.d": [2], "e": None}),
        ({}, {}),
        ({"a": {}}, {}),
        (3, {"": 3}),
    ],
)
def test_nested_values_are_told_by_dotted_keys(value: object, expected: Mapping[str, object]) -> None:
    assert evidence.flat(value) == expected
    assert evidence.flat(value, "x.") == {f"x.{k}" if k else "x": v for k, v in expected.items()}


# Adoption


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with results, under `out`, of a single experiment, a sweep with a scatter, and one with a line."""
    root = tmp_path_factory.mktemp("trained")
    scatter = {"figures": [{"kind": "heat", "x": "world.rho", "by": "objective.weight"}, {"kind": "scatter"}]}
    line = {"figures": [{"kind": "line", "x": "world.rho"}]}
    paths = [
        configured(root, "single", tiny(name="single")),
        configured(root, "drawn", tiny(name="drawn") | SWEEP | scatter),
        configured(root, "plain", tiny(name="plain") | SWEEP | line),
    ]
    for path in paths:
        for point in grid.load(path).points:
            train(point, root / "out", torch.device("cpu"))
    return root


NAMES = ["drawn/a", "drawn/b", "plain/a", "plain/b", "single"]


@pytest.fixture
def checkout(trained: Path) -> Iterator[Path]:
    """The same, without evidence before and after."""
    yield trained
    for name in NAMES:
        kept(trained, name).unlink(missing_ok=True)


def kept(root: Path, name: str) -> Path:
    return root / "evidence" / "experiments" / f"{name}.json"


def test_results_are_adopted_with_samples_where_they_are_drawn_and_only_once(checkout: Path) -> None:
    out = checkout / "out"
    assert evidence.adopt(checkout, out) == [kept(checkout, name) for name in NAMES]
    for name in NAMES:
        there = results.read(results.path_of(name, out))
        assert there.sample is not None
        drawn = not name.startswith("plain")
        assert results.read(kept(checkout, name)) == (there if drawn else there.model_copy(update={"sample": None}))
        assert evidence.changed(checkout, name, record.read(kept(checkout, name), evidence.Record)) == []
    assert evidence.adopt(checkout, out) == []


def test_samples_are_adopted_where_a_map_draws_them(tmp_path: Path) -> None:
    data = tiny(name="mapped") | SWEEP | {"mixing": {"kind": "identity"}, "figures": [{"kind": "map"}]}
    path = configured(tmp_path, "mapped", data | {"world": TINY["world"] | {"dim": 1}})
    for point in grid.load(path).points:
        train(point, tmp_path / "out", torch.device("cpu"))
    assert evidence.adopt(tmp_path, tmp_path / "out") == [kept(tmp_path, "mapped/a"), kept(tmp_path, "mapped/b")]
    assert all(results.read(kept(tmp_path, name)).sample is not None for name in ("mapped/a", "mapped/b"))


def test_other_evidence_is_replaced_and_the_same_is_left(checkout: Path) -> None:
    out = checkout / "out"
    evidence.adopt(checkout, out)
    data = json.loads(kept(checkout, "plain/b").read_text())
    kept(checkout, "plain/b").write_text(json.dumps(data | {"seconds": 99.0}))
    kept(checkout, "single").unlink()
    assert evidence.adopt(checkout, out) == [kept(checkout, "plain/b"), kept(checkout, "single")]
    assert results.read(kept(checkout, "plain/b")).seconds == data["seconds"]


def test_results_of_another_configuration_and_absent_ones_are_not_adopted(checkout: Path, tmp_path: Path) -> None:
    configured(tmp_path, "plain", tiny(name="plain", training={"steps": 3}) | SWEEP)
    configured(tmp_path, "single", tiny(name="single"))
    configured(tmp_path, "untrained", tiny(name="untrained"))
    assert evidence.adopt(tmp_path, checkout / "out") == [kept(tmp_path, "single")]


def test_a_result_that_today_s_code_does_not_reproduce_is_refused_and_nothing_is_copied(
    checkout: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for name in NAMES:
        results.write(results.path_of(name, out), results.read(results.path_of(name, checkout / "out")))
    last = results.path_of("single", out)
    data = json.loads(last.read_text())
    data["trace"]["opening"][1]["loss"] = [12345.0]
    last.write_text(json.dumps(data))
    assert evidence.replay(checkout, "plain/a", results.read(results.path_of("plain/a", out))) == []
    (differs,) = evidence.replay(checkout, "single", results.read(last))
    assert "12345" in differs
    with pytest.raises(UserError, match=r"expected the result of today's code, but .*12345") as caught:
        evidence.adopt(checkout, out)
    assert str(caught.value) == f"{last}: expected the result of today's code, but {differs}"
    assert not any(kept(checkout, name).exists() for name in NAMES)


# Reruns


def rerun(then: float, now: float, metric: str = "r2_hz") -> list[str]:
    return evidence.disagreements(made(metrics(**{metric: 1 - then})), made(metrics(**{metric: 1 - now})))


@pytest.mark.parametrize("metric", ["r2_hz", "r2_zh"])
@pytest.mark.parametrize(
    ("then", "now", "differs"),
    [
        (0.1, 0.1, False),
        (0.1, 0.149, False),
        (0.1, 0.151, True),
        (0.1, 0.067, False),
        (0.1, 0.066, True),
        (0.004, 0.0061, True),
        (0.0, 0.0, False),  # nothing was left, and nothing is
        (0.0, 0.001, True),
    ],
)
def test_what_is_left_to_recover_may_differ_by_half(metric: str, then: float, now: float, differs: bool) -> None:
    assert bool(rerun(then, now, metric)) == differs


def test_what_disagrees_is_named_with_its_seed_and_both_values() -> None:
    then = made(metrics(r2_hz=0.9, r2_zh=0.8), metrics(r2_hz=0.99, r2_zh=0.5))
    now = made(metrics(r2_hz=0.9, r2_zh=0.5), metrics(r2_hz=0.9, r2_zh=0.5))
    assert evidence.disagreements(then, now) == [
        "seed 5: R²(z→h) is 0.5000, and was 0.8000",
        "seed 6: R²(h→z) is 0.9000, and was 0.9900",
    ]


def test_a_seed_that_diverged_in_one_of_two_disagrees() -> None:
    good = metrics(r2_hz=0.9, r2_zh=0.9)
    assert evidence.disagreements(made(None, good, None), made(None, good, None)) == []
    assert evidence.disagreements(made(good, None, good), made(None, None, good)) == [
        "seed 5 diverged in one of the two"
    ]
    assert evidence.disagreements(made(good, None), made(good, good)) == ["seed 6 diverged in one of the two"]
    # the seeds after one that diverged are compared as well
    worse = metrics(r2_hz=0.1, r2_zh=0.9)
    assert evidence.disagreements(made(None, good), made(None, worse)) == ["seed 6: R²(h→z) is 0.1000, and was 0.9000"]


def test_first_steps_that_differ_disagree() -> None:
    (found,) = evidence.disagreements(made(metrics(), loss=1.0), made(metrics(), loss=1.001))
    assert found.startswith("opening")
    assert evidence.disagreements(made(metrics(), loss=1.0), made(metrics(), loss=1.00001)) == []


# Tables


def test_the_table_beside_the_paper_is_of_the_evidence_of_today(checkout: Path) -> None:
    """Its head alone as long as there is no evidence, or of another configuration alone."""
    claim = {"says": "it", "where": {"world.rho": 0.5}, "metric": "distance", "paper": 0.1234}
    root = checkout.parent / "claimed"
    configured(root, "plain", tiny(name="plain") | SWEEP | {"claims": [claim]})
    head = ["| objective and latents | the paper | here |", "| --- | --: | --: |"]
    assert evidence.tables(root) == {"paper": head}
    result = results.read(results.path_of("plain/b", checkout / "out"))
    (found,) = result.metrics
    assert found is not None
    results.write(kept(root, "plain/b"), result)
    assert evidence.tables(root) == {"paper": [*head, f"| it | 0.123400 | {found.distance:.6f} |"]}
    configured(root, "plain", tiny(name="plain", training={"steps": 3}) | SWEEP | {"claims": [claim]})
    assert evidence.tables(root) == {"paper": head}

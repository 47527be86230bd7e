"""Verdicts: each word against criteria whose outcome is worked out by hand."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY
from lejepa.training import grid, verdict
from lejepa.training.config import Computation, Criterion, Experiment
from lejepa.training.grid import Peak, Sweep
from lejepa.training.results import Metrics, Point, Result, Sample, Trace

FIELDS = [f for f in Metrics.model_fields if not f.startswith(("r2_eigen", "r2_kept", "r2_left"))]
UNTRAINED = {"r2_hz": 0.1, "r2_zh": 0.1, "distance": 3.0, "bound": 9.0, "margin_error": 0.5}


def metrics(**values: float) -> Metrics:
    """All measures 0, their errors 0.01, but those given."""
    return Metrics(**({f: 0.01 if f.endswith("_error") else 0.0 for f in FIELDS} | values))


def point(**values: list[float]) -> Point:
    data: dict[str, Any] = {k: [0.0, 0.0] for k in Point.model_fields} | {"step": 1, "energy": []}
    return Point(**(data | values))


def result(
    *found: Metrics | None, curve: tuple[Point, ...] = (), untrained: Metrics | None = None, **world: Any
) -> Result:
    data = TINY | {"world": TINY["world"] | world, "training": TINY["training"] | {"seeds": list(range(len(found)))}}
    before = [untrained or metrics(**UNTRAINED)] * len(found)
    return Result(
        name="tiny",
        configuration=Computation.model_validate({k: v for k, v in data.items() if k in Computation.model_fields}),
        metrics=list(found),
        kept=[0] * len(found),
        r2_xz=[0.0] * len(found),
        curve=list(curve),
        trace=Trace(opening=[], closing=[], untrained=before, measured=before),
        sample=Sample(seed=0, latents=[], observations=[], embeddings=[]),
        versions={"lejepa": "0"},
        device="cpu",
        seconds=0.0,
        made="2026-01-01T00:00:00Z",
    )


def criterion(**changes: Any) -> Criterion:
    sound = {"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 0.9, "spare": 2}
    return Criterion.model_validate({k: v for k, v in (sound | changes).items() if v is not None})


def states(c: Criterion, r: Result) -> list[str]:
    return [o.state for o in verdict.outcomes(c, "tiny", r)]


@pytest.mark.parametrize(
    ("value", "spare", "state"),
    [
        (0.921, 2, "met"),  # 0.921 - 2 · 0.01 is above 0.9
        (0.919, 2, "missed"),  # two standard errors too lenient would meet it
        (0.919, 1, "met"),
        (0.901, 0, "met"),
        (0.899, 0, "missed"),
    ],
)
def test_a_quantity_must_clear_its_criterion_by_the_errors_to_spare(value: float, spare: float, state: str) -> None:
    assert states(criterion(spare=spare), result(metrics(r2_hz=value))) == [state]
    mirrored = criterion(metric="distance", at_least=None, at_most=0.1, spare=spare)
    assert states(mirrored, result(metrics(distance=1 - value))) == [state]


@pytest.mark.parametrize(
    ("distance", "allowed", "state"),
    [
        (1.0, 5, "met"),
        (1.049, 5, "met"),
        (1.051, 5, "missed"),
        (1.29, 5, "missed"),
        (1.0, 0, "met"),
        (1.001, 0, "missed"),
    ],
)
def test_a_bound_may_be_exceeded_by_the_errors_that_are_allowed_and_no_more(
    distance: float, allowed: float, state: str
) -> None:
    c = criterion(metric="distance", at_least=None, at_most="bound", spare=None, allowed=allowed)
    assert states(c, result(metrics(distance=distance, bound=1.0, margin_error=0.01))) == [state]


@pytest.mark.parametrize(("bound", "state"), [(1.99, "met"), (2.0, "says nothing"), (30.0, "says nothing")])
def test_a_bound_that_no_encoder_at_all_meets_as_well_says_nothing(bound: float, state: str) -> None:
    """In two dimensions the encoder h = 0 is at distance 2."""
    c = criterion(metric="distance", at_least=None, at_most="bound", spare=None, allowed=5)
    assert states(c, result(metrics(distance=0.1, bound=bound))) == [state]
    assert states(c, result(metrics(distance=9.0, bound=3.0))) == ["missed"], "a bound that is broken is no bound"


@pytest.mark.parametrize(
    ("value", "spare", "state"),
    [
        (0.5, 2, "met"),
        (0.529, 2, "met"),
        (0.531, 2, "missed"),
        (0.469, 2, "missed"),
        (0.549, 0, "met"),
        (0.551, 0, "missed"),
    ],
)
def test_a_predicted_value_is_met_within_its_margin(value: float, spare: float, state: str) -> None:
    c = criterion(at_least=None, near=0.5, within=0.05, spare=spare)
    assert states(c, result(metrics(r2_hz=value))) == [state]


def test_what_the_untrained_encoder_meets_says_nothing() -> None:
    c = criterion(at_least=None, at_most=0.8)
    assert states(c, result(metrics(r2_hz=0.5))) == ["says nothing"]
    assert states(c, result(metrics(r2_hz=0.5), untrained=metrics(r2_hz=0.99))) == ["met"]
    assert states(c, result(metrics(r2_hz=0.95))) == ["missed"]


def test_a_mean_over_seeds_has_the_sample_s_standard_error() -> None:
    """0.93, 0.94, 0.95: the sample's standard deviation is 0.01, the mean's standard error 0.01/√3 = 0.005774."""
    r = result(*(metrics(r2_hz=v, r2_hz_error=9.0) for v in (0.93, 0.94, 0.95)))
    assert states(criterion(at_least=0.94 - 2 * 0.00578, over="mean"), r) == ["met"]
    assert states(criterion(at_least=0.94 - 2 * 0.00577, over="mean"), r) == ["missed"]
    assert states(criterion(over="each seed"), r) == ["missed"] * 3


def test_a_seed_that_diverged_misses_every_criterion() -> None:
    good = metrics(r2_hz=0.99)
    assert states(criterion(), result(good, None)) == ["met", "missed"]
    assert states(criterion(over="mean"), result(good, good, None)) == ["missed"]


def sweep(points: dict[str, list[Criterion]], statements: tuple[str, ...], peak: Peak | None = None) -> Sweep:
    made = [
        Experiment.model_validate(
            TINY | {"name": f"tiny/{n}", "statements": list(statements), "criterion": [c.model_dump() for c in cs]},
            strict=False,
        )
        for n, cs in points.items()
    ]
    return Sweep(name="tiny", statements=statements, axes=(), points=tuple(made), peak=peak)


def test_each_statement_has_its_own_word() -> None:
    statements = ("linear_identifiability", "approx_identifiability", "hasSum_alignment")
    bound = criterion(confirms=statements[1], metric="distance", at_least=None, at_most="bound", spare=None, allowed=5)
    both = [criterion(), criterion(metric="r2_zh"), bound]
    made = sweep({"a": both, "b": both, "c": []}, statements)
    good = metrics(r2_hz=0.99, r2_zh=0.99, bound=1.0)
    vacuous = metrics(r2_hz=0.99, r2_zh=0.99, bound=2.5)
    one_way = metrics(r2_hz=0.99, r2_zh=0.89, bound=1.0)

    def words(*found: Metrics) -> list[str]:
        done = {f"tiny/{n}": result(m, m) for n, m in zip("abc", found, strict=False)}
        return [verdict.words(made, done)[s] for s in statements]

    assert words(good, good, one_way) == ["confirmed", "confirmed", "measured"]
    assert words(good, vacuous) == ["confirmed", "confirmed", "measured"]
    assert words(vacuous, vacuous) == ["confirmed", "measured", "measured"]
    assert words(good, one_way) == ["not confirmed", "confirmed", "measured"]
    assert words() == ["measured"] * 3
    assert verdict.failures(made, {"tiny/b": result(one_way)}) == [
        "tiny/b, seed 0: R²(z→h) 0.89 ± 0.01, not met: R²(z→h) at least 0.9, 2 standard errors to spare, over each seed"
    ]


def test_all_criteria_of_a_statement_must_be_met_somewhere() -> None:
    high, low = criterion(), criterion(metric="r2_zh", at_least=None, at_most=0.8)
    r = result(metrics(r2_hz=0.99, r2_zh=0.5))
    outcomes = [o for c in (high, low) for o in verdict.outcomes(c, "p", r)]
    assert [o.state for o in outcomes] == ["met", "says nothing"]
    assert verdict.word(outcomes) == "measured"


PEAK = {"confirms": "linear_identifiability", "axis": "world.rho", "at": 0.5, "metric": "r2_hz", "spare": 2}


def on_peak(tmp_path: Path, at: list[float], beside: list[float], **untrained: float) -> list[str]:
    """The outcome where two seeds have these R² at ρ = 0.5 and at 0.9."""
    import yaml

    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | {"grid": {"world.rho": [0.5, 0.9]}, "peak": PEAK}))
    made = grid.load(path)
    before = iter(itertools.chain([metrics(**untrained)], itertools.repeat(metrics())))
    done = {
        p.name: result(*(metrics(r2_hz=v) for v in values), untrained=next(before))
        for p, values in zip(made.points, (at, beside), strict=True)
    }
    outcomes = verdict.judged(made, done)
    assert verdict.judged(made, {"tiny/0.5": done["tiny/0.5"]}) == [], "a part of a sweep has no peak"
    assert all(o.point == "tiny/0.5" for o in outcomes)
    return [o.state for o in outcomes]


def test_a_peak_must_stand_out_by_the_errors_to_spare(tmp_path: Path) -> None:
    """Seeds 0.02 apart have a standard error of 0.01, and two such means a difference of error 0.01414."""
    assert on_peak(tmp_path, [0.93, 0.95], [0.90, 0.92]) == ["met"]  # 0.03 is 2.12 errors
    assert on_peak(tmp_path, [0.92, 0.94], [0.90, 0.92]) == ["missed"]  # 0.02 is 1.41
    assert on_peak(tmp_path, [0.90, 0.92], [0.93, 0.95]) == ["missed"]
    assert on_peak(tmp_path, [0.94, 0.94], [0.90, 0.90]) == ["met"]
    assert on_peak(tmp_path, [0.93, 0.95], [0.90, 0.92], r2_hz=0.5) == ["says nothing"], "it stood out before training"


def test_violations_of_the_bound_are_counted_at_the_errors_that_the_criterion_allows() -> None:
    c = criterion(metric="distance", at_least=None, at_most="bound", spare=None, allowed=5)
    made = sweep({"a": [c], "b": [criterion()]}, ("linear_identifiability",))
    curve = point(distance=[9.0, 1.6], bound=[1.0, 1.0], margin_error=[0.1, 0.1])  # 80 and 6 errors above
    r = result(metrics(), metrics(), curve=(curve,))
    assert verdict.violations(made.points[0], r) == 2
    assert verdict.violations(made.points[1], r) is None
    allowed = c.model_copy(update={"allowed": 7.0})
    assert verdict.violations(made.points[0].model_copy(update={"criterion": (allowed,)}), r) == 1

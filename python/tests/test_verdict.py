"""Verdicts: each word against criteria whose outcome is worked out by hand."""

import itertools
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TINY
from lejepa.training import grid, verdict
from lejepa.training.config import Computation, Criterion, Experiment, Peak
from lejepa.training.grid import Sweep
from lejepa.training.results import Metrics, Point, Result, Sample, Trace

FIELDS = [f for f in Metrics.model_fields if not f.startswith(("r2_eigen", "r2_kept", "r2_left", "white"))]
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


@pytest.mark.parametrize(("value", "state"), [(-0.02, "met"), (0.02, "missed"), (0.98, "missed")])
def test_0_is_a_number_that_a_quantity_can_be_held_to(value: float, state: str) -> None:
    own = {"metric": "delta", "at_least": None, "spare": 1}
    assert states(criterion(**own, at_most=0.0), result(metrics(delta=value), untrained=metrics(delta=5.0))) == [state]
    mirrored = criterion(**own | {"at_least": 0.0})
    assert states(mirrored, result(metrics(delta=-value), untrained=metrics(delta=-5.0))) == [state]
    near = criterion(**own, near=0.0, within=0.5)
    assert states(near, result(metrics(delta=0.25), untrained=metrics(delta=5.0))) == ["met"]


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


# In words


def test_a_criterion_is_told_with_its_margin_and_over_what() -> None:
    free = {"at_least": None}
    assert [
        verdict.claim(criterion(**c))
        for c in (
            {},
            {"spare": None, "allowed": 1.5, "over": "mean"},
            free | {"near": 0.25, "within": 0.125},
            free | {"metric": "distance", "at_most": 0.5, "spare": 0},
            free | {"metric": "distance", "at_most": "bound", "spare": None, "allowed": 5},
        )
    ] == [
        "R²(h→z) at least 0.9, 2 standard errors to spare, over each seed",
        "R²(h→z) at least 0.9, 1.5 standard errors allowed, mean over seeds",
        "R²(h→z) within 0.125 of 0.25, 2 standard errors to spare, over each seed",
        "distance at most 0.5, 0 standard errors to spare, over each seed",
        "distance at most its bound, 5 standard errors allowed, over each seed",
    ]


@pytest.mark.parametrize(
    ("seed", "state", "sentence"),
    [
        (3, "met", "p, seed 3: it is so, met: it should"),
        (0, "missed", "p, seed 0: it is so, not met: it should"),
        (None, "says nothing", "p: it is so, met, and says nothing: it should"),
    ],
)
def test_an_outcome_is_a_sentence(seed: int | None, state: verdict.State, sentence: str) -> None:
    assert verdict.Outcome("p", seed, "s", "it should", state, "it is so").sentence == sentence


@pytest.mark.parametrize(
    ("value", "error", "errors", "text"),
    [
        (0.5, 0.25, 2.0, "0.5 ± 0.25"),
        (-0.123456, 0.0123456, -10.0, "-0.1235 ± 0.012"),
        (0.5, 0.0, math.inf, "0.5 ± 0"),
        (-0.5, 0.0, -math.inf, "-0.5 ± 0"),
        (0.0, 0.0, 0.0, "0 ± 0"),
        (0.0, 1.0, 0.0, "0 ± 1"),
    ],
)
def test_a_quantity_is_so_many_errors_above_0(value: float, error: float, errors: float, text: str) -> None:
    found = verdict.Measured(value, error)
    assert found.errors == pytest.approx(errors, rel=1e-4)
    assert str(found) == text


def test_what_is_measured_is_told_with_its_error() -> None:
    bound = criterion(metric="distance", at_least=None, at_most="bound", spare=None, allowed=5)
    (seed,) = verdict.outcomes(bound, "p", result(metrics(distance=0.5, bound=0.75, margin_error=0.125)))
    assert (seed.point, seed.seed, seed.says) == ("p", 0, "distance less bound -0.25 ± 0.12")
    assert (seed.confirms, seed.claim) == (bound.confirms, verdict.claim(bound))
    (both,) = verdict.outcomes(criterion(over="mean"), "p", result(metrics(r2_hz=0.25), metrics(r2_hz=0.75)))
    # 0.25 and 0.75 have the standard deviation 0.3536, and their mean the error 0.25
    assert (both.point, both.seed, both.says, both.state) == ("p", None, "R²(h→z) 0.5 ± 0.25", "missed")


def test_what_diverged_is_told_as_such() -> None:
    good = metrics(r2_hz=0.99)
    each = verdict.outcomes(criterion(), "p", result(None, good))
    assert [(o.seed, o.state, o.says) for o in each] == [
        (0, "missed", "it diverged"),
        (1, "met", "R²(h→z) 0.99 ± 0.01"),
    ]
    (both,) = verdict.outcomes(criterion(over="mean"), "p", result(None, good, good))
    assert (both.point, both.seed, both.claim, both.says) == (
        "p",
        None,
        verdict.claim(criterion(over="mean")),
        "a seed diverged",
    )
    assert both.confirms == "linear_identifiability"


def test_outcomes_are_counted_by_state() -> None:
    def count(*found: verdict.State) -> str:
        return verdict.counted(verdict.Outcome("p", None, "s", "c", s, "") for s in found)

    assert count() == ""
    assert count("met", "missed", "met") == "2 met, 1 missed"
    assert count("says nothing", "met", "says nothing") == "1 met, 2 met without saying anything"


def test_criteria_are_listed_once_each_with_the_peak_of_the_whole(tmp_path: Path) -> None:
    other = criterion(confirms="other", metric="r2_zh")
    made = sweep({"a": [criterion(), other], "b": [criterion()]}, ("linear_identifiability", "other"))
    own = ("linear_identifiability", verdict.claim(criterion()))
    assert verdict.criteria(made) == [own, ("other", verdict.claim(other))]
    peaked = ridge(tmp_path, {"world.rho": [0.5, 0.9]})
    said = "mean R²(h→z) greatest at world.rho = 0.5, 2 standard errors to spare"
    assert verdict.criteria(peaked) == [("linear_identifiability", said)]


# Of the mean over seeds


def before(r: Result, *untrained: Metrics | None) -> Result:
    return r.model_copy(update={"trace": r.trace.model_copy(update={"untrained": list(untrained)})})


def test_a_mean_that_untrained_encoders_meet_as_well_says_nothing() -> None:
    c, good, poor = criterion(over="mean", spare=1), metrics(r2_hz=0.99), metrics(r2_hz=0.1)
    r = result(good, good)
    assert states(c, before(r, good, good)) == ["says nothing"]
    assert states(c, before(r, good, poor)) == ["met"]
    assert states(c, before(r, good, None)) == ["met"], "one that had diverged has no mean"
    assert states(criterion(), before(r, None, good)) == ["met", "says nothing"]


def test_a_measure_that_some_seeds_lack_is_of_the_others() -> None:
    assert verdict.column([metrics(r2_hz=0.5), None, metrics(r2_hz=0.25)], "r2_hz") == [0.5, 0.25]
    assert verdict.column([metrics(), Metrics(**metrics().model_dump() | {"r2_eigen": 0.0})], "r2_eigen") == [0.0]


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ({}, "measured"),
        ({"a": ["met"]}, "confirmed"),
        ({"a": ["met", "says nothing"]}, "confirmed"),
        ({"a": ["met"], "b": ["says nothing"]}, "measured"),
        ({"a": ["says nothing"]}, "measured"),
        ({"a": ["met"], "b": ["met", "missed"]}, "not confirmed"),
        ({"a": ["missed"]}, "not confirmed"),
    ],
)
def test_the_word_of_claims(states: dict[str, list[verdict.State]], word: str) -> None:
    assert verdict.word(verdict.Outcome("p", None, "s", c, s, "") for c, of in states.items() for s in of) == word
    # the same claim of two statements is two
    two: list[verdict.State] = ["met", "says nothing"]
    assert verdict.word(verdict.Outcome("p", None, f"s{i}", "c", s, "") for i, s in enumerate(two)) == "measured"


# Peaks


def ridge(folder: Path, axes: dict[str, list[float]], **changes: Any) -> Sweep:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | {"grid": axes, "peak": PEAK | changes}, sort_keys=False))
    return grid.load(path)


def heights(made: Sweep, **of: tuple[float, float] | None) -> dict[str, Result]:
    """Results of two seeds by the R² of each, whose second has diverged where none are given."""
    found = {name.replace("_", "."): v for name, v in of.items()}
    done = {}
    for p in made.points:
        values = found[f"p{p.name.partition('/')[2]}"]
        done[p.name] = result(metrics(), None) if values is None else result(*(metrics(r2_hz=v) for v in values))
    return done


def test_a_peak_is_compared_with_the_value_that_comes_closest_in_errors(tmp_path: Path) -> None:
    """0.2 below with an error of 0.1 is closer than 0.1 below with one of 0.01."""
    made = ridge(tmp_path, {"world.rho": [0.25, 0.5, 0.75]})
    done = heights(made, **{"p0_25": (0.78, 0.82), "p0_5": (0.9, 0.9), "p0_75": (0.6, 0.8)})
    (o,) = verdict.judged(made, done)
    # errors: 0.02 for the first (5 of them), 0.1 for the last (2 of them)
    assert o.says == "R²(h→z) exceeds that at world.rho = 0.75 by 0.2 ± 0.1"
    assert (o.point, o.seed, o.confirms) == ("tiny/0.5", None, "linear_identifiability")
    assert o.claim == "mean R²(h→z) greatest at world.rho = 0.5, 2 standard errors to spare"
    beside, x = verdict.lead(made.peak, {0.25: [0.78, 0.82], 0.5: [0.88, 0.92], 0.75: [0.6, 0.8]})  # type: ignore[arg-type]
    assert (beside, x.value) == (0.75, pytest.approx(0.2))
    assert x.error == pytest.approx(math.hypot(0.02, 0.1))


def test_a_peak_that_stands_out_by_exactly_its_errors_is_met_and_an_untrained_one_says_nothing() -> None:
    """1 above with an error of 0.5 is two errors: numbers that binary fractions hold."""
    peak = Peak.model_validate(PEAK)
    _, x = verdict.lead(peak, {0.5: [1.0, 1.0], 0.9: [-0.5, 0.5]})
    assert (x.value, x.error, x.errors) == (1.0, 0.5, 2.0)


@pytest.mark.parametrize(("spare", "state"), [(2, "met"), (2.01, "missed"), (1.99, "met")])
def test_a_peak_is_met_from_its_errors_on(tmp_path: Path, spare: float, state: str) -> None:
    made = ridge(tmp_path, {"world.rho": [0.5, 0.9]}, spare=spare)
    done = heights(made, **{"p0_5": (1.0, 1.0), "p0_9": (-0.5, 0.5)})
    assert [o.state for o in verdict.judged(made, done)] == [state]
    # the same heights before training say nothing from the same errors on
    flat = {n: before(r, *r.metrics) for n, r in done.items()}
    assert [o.state for o in verdict.judged(made, flat)] == ["says nothing" if state == "met" else "missed"]


def test_a_peak_set_or_changed_after_a_training_began_says_nothing(tmp_path: Path) -> None:
    """After that of one point is enough; what misses it is missed all the same."""
    made = ridge(tmp_path, {"world.rho": [0.5, 0.9]}, spare=1)
    assert made.peak is not None
    easier = made.peak.model_copy(update={"spare": 0.5})
    done = heights(made, **{"p0_5": (1.0, 1.0), "p0_9": (-0.5, 0.5)})

    def judged(kept: tuple[Any, ...] | None, of: Sweep = made) -> list[str]:
        last = list(done)[-1]
        told = {n: r.model_copy(update={"criterion": (made.peak,)}) for n, r in done.items()}
        return [o.state for o in verdict.judged(of, told | {last: told[last].model_copy(update={"criterion": kept})})]

    assert judged((criterion(), made.peak)) == judged(None) == ["met"]
    assert judged(()) == judged((criterion(),)) == judged((easier,)) == ["says nothing"]
    steep = made.model_copy(update={"peak": made.peak.model_copy(update={"spare": 3})})
    assert judged((), steep) == ["missed"]


def test_each_line_along_the_axis_has_its_own_peak(tmp_path: Path) -> None:
    made = ridge(tmp_path, {"training.steps": [3, 4], "world.rho": [0.5, 0.9]})
    done = heights(made, **{"p3-0_5": (0.9, 0.9), "p3-0_9": (0.1, 0.1), "p4-0_5": (0.1, 0.1), "p4-0_9": (0.9, 0.9)})
    assert [(o.point, o.state) for o in verdict.judged(made, done)] == [("tiny/3-0.5", "met"), ("tiny/4-0.5", "missed")]
    diverged = heights(made, **{"p3-0_5": (0.9, 0.9), "p3-0_9": None, "p4-0_5": (0.9, 0.9), "p4-0_9": (0.1, 0.1)})
    found = verdict.judged(made, diverged)
    assert [(o.point, o.state) for o in found] == [("tiny/3-0.5", "missed"), ("tiny/4-0.5", "met")]
    assert (found[0].says, found[0].confirms, found[0].claim) == ("a seed diverged", found[1].confirms, found[1].claim)


def test_a_line_without_the_value_of_the_peak_has_none(tmp_path: Path) -> None:
    cases = {"a": {"world": {"rho": 0.25}}, "b": {}, "c": {"world": {"rho": 0.5}}, "d": {"training": {"steps": 3}}}
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | {"cases": cases, "peak": PEAK}))
    made = grid.load(path)
    done = heights(made, pa=(0.1, 0.1), pb=(0.1, 0.1), pc=(0.9, 0.9), pd=(1.0, 1.0))
    assert [(o.point, o.state) for o in verdict.judged(made, done)] == [("tiny/c", "met")]


def test_points_are_in_line_where_they_differ_in_the_axis_alone(tmp_path: Path) -> None:
    made = ridge(tmp_path, {"world.rho": [0.5, 0.9], "training.steps": [3, 4]})
    by_rho = [verdict.all_but(p, "world.rho") for p in made.points]
    assert [by_rho.index(x) for x in by_rho] == [0, 1, 0, 1]
    by_steps = [verdict.all_but(p, "training.steps") for p in made.points]
    assert [by_steps.index(x) for x in by_steps] == [0, 0, 2, 2]
    whole = [verdict.all_but(p, "embedding") for p in made.points]
    assert len(set(whole)) == 4
    assert len({verdict.all_but(p, "world.absent") for p in made.points}) == 4


def test_evaluations_without_a_bound_violate_none() -> None:
    bound = {"metric": "distance", "at_least": None, "at_most": "bound", "spare": None}
    lenient, strict = criterion(**bound, allowed=7), criterion(**bound, allowed=0)
    made = sweep({"a": [strict, lenient], "b": [strict], "c": []}, ("linear_identifiability",))
    curve = [
        point(distance=[1.5, 1.75], bound=[1.0, 1.0], margin_error=[0.125, 0.125]),  # 4 and 6 errors above
        point(distance=[None, 2.0], bound=[1.0, None], margin_error=[0.125, 0.125]),
        point(distance=[2.0, 2.0], bound=[1.0, 1.0], margin_error=[None, 0.125]),  # and 8 errors above
        point(distance=[1.0, 0.5], bound=[1.0, 1.0], margin_error=[0.0, 0.0]),  # at it, and below
    ]
    r = result(metrics(), metrics(), curve=tuple(curve))
    assert [verdict.violations(p, r) for p in made.points] == [1, 3, None]  # the most that any of them allows


def test_a_criterion_set_or_changed_after_the_training_began_says_nothing() -> None:
    first, other = criterion(), criterion(metric="r2_zh")
    found = result(metrics(r2_hz=0.99, r2_zh=0.99))
    for c in (first, other, criterion(over="mean")):
        seeds = result(*[metrics(r2_hz=0.99, r2_zh=0.99)] * 2)
        assert set(states(c, seeds)) == {"met"}  # of a result that does not tell
        assert set(states(c, seeds.model_copy(update={"criterion": ()}))) == {"says nothing"}
    told = found.model_copy(update={"criterion": (first,)})
    assert (states(first, told), states(other, told)) == (["met"], ["says nothing"])
    assert states(criterion(at_least=0.8), told) == ["says nothing"]  # made easier
    assert states(criterion(at_least=0.995), told) == ["missed"]
    bound = criterion(metric="distance", at_least=None, at_most="bound", spare=None, allowed=5)
    below = result(metrics(distance=0.1, bound=0.5)).model_copy(update={"criterion": (first,)})
    assert states(bound, below) == ["says nothing"]
    assert states(bound, below.model_copy(update={"criterion": (bound,)})) == ["met"]

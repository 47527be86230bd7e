"""Results of the arm as evidence: what has changed since, what is adopted, and the tables of docs."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lejepa.errors import UserError
from lejepa.reacher import config, evidence, replay, results
from lejepa.reacher.config import Computation
from lejepa.reacher.results import Controlled, Line, Mean, Recovered, Result
from reacher_tiny import TINY, recovered, tiny
from test_reacher_results import result


def configured(root: Path, name: str = "tiny", **changes: Any) -> None:
    data = TINY | {"name": name}
    for key, value in changes.items():
        data[key] = data[key] | value if isinstance(value, dict) else value
    path = root / "python" / "configs" / "reacher" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data))


def kept(root: Path, name: str) -> Path:
    return root / "evidence" / "reacher" / f"{name}.json"


def test_a_result_of_today_s_configuration_has_not_changed(tmp_path: Path) -> None:
    configured(tmp_path, title="another title", training={"checkpoint_every": 1})
    assert evidence.changed(tmp_path, "tiny", result(tiny())) == []


def test_what_has_changed_is_said_key_by_key_in_their_order(tmp_path: Path) -> None:
    configured(tmp_path, training={"steps": 7}, control={"tasks": 5}, ou={"rho": 0.5})
    assert evidence.changed(tmp_path, "tiny", result(tiny())) == [
        "control.tasks is 5 now, and was 3",
        "ou.rho is 0.5 now, and was 0.9",
        "training.steps is 7 now, and was 4",
    ]


def test_a_result_of_another_name_or_of_no_configuration_is_stale(tmp_path: Path) -> None:
    configured(tmp_path)
    other = result(tiny(name="other"))
    assert evidence.changed(tmp_path, "tiny", other) == ["it is the result of other"]
    assert evidence.changed(tmp_path, "other", other) == ["no configuration in python/configs/reacher makes it"]


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """The results that were replayed. No replay is made: those that took over a minute differ."""
    asked: list[Result] = []

    def answer(r: Result) -> list[str]:
        asked.append(r)
        return ["a loss is 2, and was 1", "another"] if r.seconds > 60 else []

    monkeypatch.setattr(replay, "replay", answer)
    return asked


def test_results_are_adopted_once_and_in_the_order_of_files(
    tmp_path: Path, replayed: list[Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, names = tmp_path / "out", ("a", "b", "c")
    for name in names:
        configured(tmp_path, name)
        results.write(results.result_path(name, out), result(tiny(name=name)))
    listed = [tmp_path / "python" / "configs" / "reacher" / f"{name}.yaml" for name in ("c", "a", "b")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    assert evidence.adopt(tmp_path, out) == [kept(tmp_path, name) for name in names]
    assert [r.name for r in replayed] == ["a", "b", "c"]
    for name in names:
        assert results.read(kept(tmp_path, name)) == result(tiny(name=name))
        assert evidence.changed(tmp_path, name, results.read(kept(tmp_path, name))) == []
    assert evidence.adopt(tmp_path, out) == []
    assert len(replayed) == 3
    # evidence that differs is replaced
    results.write(kept(tmp_path, "b"), result(tiny(name="b"), seconds=5.0))
    assert evidence.adopt(tmp_path, out) == [kept(tmp_path, "b")]
    assert results.read(kept(tmp_path, "b")).seconds == 3.0


def test_results_of_another_configuration_and_absent_ones_are_not_adopted(
    tmp_path: Path, replayed: list[Result]
) -> None:
    out = tmp_path / "out"
    for name in ("a", "b", "untrained"):
        configured(tmp_path, name)
    results.write(results.result_path("a", out), result(tiny(name="a", training={"steps": 5})))
    results.write(results.result_path("b", out), result(tiny(name="b")))
    results.write(results.result_path("d", out), result(tiny(name="d")))  # which nothing configures
    assert evidence.adopt(tmp_path, out) == [kept(tmp_path, "b")]
    assert [p.name for p in (tmp_path / "evidence" / "reacher").iterdir()] == ["b.json"]


def test_a_result_that_today_s_code_does_not_reproduce_is_refused_and_nothing_is_copied(
    tmp_path: Path, replayed: list[Result]
) -> None:
    out = tmp_path / "out"
    for name, seconds in (("a", 3.0), ("b", 61.0)):
        configured(tmp_path, name)
        results.write(results.result_path(name, out), result(tiny(name=name), seconds=seconds))
    with pytest.raises(UserError) as caught:
        evidence.adopt(tmp_path, out)
    source = results.result_path("b", out)
    assert str(caught.value) == f"{source}: expected the result of today's code, but a loss is 2, and was 1"
    assert not (tmp_path / "evidence").exists()
    assert evidence.replay(tmp_path, "b", results.read(source)) == ["a loss is 2, and was 1", "another"]


# Tables and the overview


def controlled(space: str, objective: str, hard: tuple[float, float, float], cost: Mean, regret: Mean) -> Controlled:
    return Controlled(
        space=space, objective=objective, success={"hard": hard, "easy": (0.75, 0.5, 0.875)}, cost=cost, regret=regret,
        costs=[], distances=[], fit=0.9, example=[], goal=[],
    )  # fmt: skip


def line(space: str, objective: str, deviation: float, length: float) -> Line:
    found = Mean(mean=deviation, error=0.0014), Mean(mean=length, error=0.014)
    return Line(space=space, objective=objective, deviation=found[0], length=found[1], example=[], frames=[])


def planned(name: str = "tiny", *encoders: Recovered, **changes: Any) -> Result:
    """A result with straight lines in another order than its control."""
    return result(
        tiny(name=name),
        *encoders,
        lines=[line("ou", "sigreg", 0.25, 1.5).model_dump(), line("joints", "", 0.0626, 1.0).model_dump()],
        controlled=[
            controlled(
                "joints", "", (0.5, 0.25, 0.625), Mean(mean=3.46, error=0.54), Mean(mean=1, error=0)
            ).model_dump(),
            controlled(
                "ou", "sigreg", (0.1, 0, 0.3), Mean(mean=17.64, error=3.5), Mean(mean=5.026, error=1.1)
            ).model_dump(),
        ],
        **changes,
    )


def test_control_stands_beside_the_straight_lines_of_its_own_space() -> None:
    head, rule, joints, learned = evidence.planning(planned())
    assert head == "| planned on | objective | off straight, rad | length | hard | easy | cost | cost / true state's |"
    assert rule == "| --- | --- | --- | --- | --- | --- | --- | --- |"
    easy = "0.75 [0.50, 0.88]"
    assert joints == (
        f"| true joints |  | 0.063 ± 0.001 | 1.00 ± 0.01 | 0.50 [0.25, 0.62] | {easy} | 3.5 ± 0.5 | 1.00 ± 0.00 |"
    )
    assert learned == (
        f"| ou | sigreg | 0.250 ± 0.001 | 1.50 ± 0.01 | 0.10 [0.00, 0.30] | {easy} | 17.6 ± 3.5 | 5.03 ± 1.10 |"
    )


def test_each_result_has_a_table_of_recovery_and_one_of_planning(tmp_path: Path) -> None:
    assert evidence.tables(tmp_path) == {}
    for name in ("b", "a"):
        results.write(kept(tmp_path, name), planned(name))
    found = evidence.tables(tmp_path)
    assert list(found) == ["a-recovery", "a-planning", "b-recovery", "b-planning"]
    assert found["a-recovery"][:2] == [
        "| data | objective | seed | R²(z→h) | R²(h→z) | distance | bound | ε | δ | D | certificate |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    assert [len(found[f"b-{kind}"]) for kind in ("recovery", "planning")] == [3, 4]
    assert found["b-planning"] == evidence.planning(planned("b"))


def test_the_overview_has_a_row_for_each_configuration_with_evidence_of_its_own(tmp_path: Path) -> None:
    """With the first seed's R²(h→z) by data, and what becomes of each statement."""
    configured(tmp_path, "b", title="Of b", training={"seeds": [0]})
    configured(tmp_path, "a", title="Of a", training={"seeds": [3, 0]}, objectives=[{"kind": "sigreg", "weight": 0.01},
               {"kind": "vicreg", "weight": 0.5}])  # fmt: skip
    configured(tmp_path, "changed", ou={"rho": 0.5})
    configured(tmp_path, "untrained")
    assert evidence.overview(tmp_path) == []
    results.write(kept(tmp_path, "b"), planned("b"))
    results.write(kept(tmp_path, "changed"), planned("changed"))
    seeds_3 = (("ou", "sigreg", 3, 0.9876), ("ou", "vicreg", 3, 0.5), ("trajectories", "sigreg", 3, 0.25))
    made = [
        recovered(data, objective, r2_hz=r2).model_copy(update={"seed": seed})
        for data, objective, seed, r2 in (*seeds_3, ("ou", "sigreg", 0, 0.1))
    ]
    wanted = config.load(tmp_path / "python" / "configs" / "reacher" / "a.yaml")
    computation = Computation.model_validate({k: getattr(wanted, k) for k in Computation.model_fields})
    results.write(kept(tmp_path, "a"), planned("a", *made, configuration=computation))
    assert evidence.overview(tmp_path) == [
        "| `a` | Of a | R²(h→z), seed 3 of 2. from Ornstein–Uhlenbeck pairs: sigreg 0.988, vicreg 0.500; "
        "from trajectories: sigreg 0.250 | `linear_identifiability` not confirmed |",
        "| `b` | Of b | R²(h→z), seed 0. from Ornstein–Uhlenbeck pairs: sigreg 0.940; from trajectories:  | "
        "`linear_identifiability` confirmed |",
    ]

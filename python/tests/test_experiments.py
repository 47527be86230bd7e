"""What the audit makes of an experiment: its state, its faults, its figures, and the words that it has for them."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lejepa.auditing import experiments
from lejepa.auditing.experiments import Configured, Run, Trained
from lejepa.evidence.record import FOLDER
from lejepa.files import repository
from lejepa.training import grid, results
from lejepa.training.columns import METRICS
from lejepa.training.verdict import Outcome

ROOT = repository(Path(__file__).parent)
RUN = Run("one", "confirmed", ["met: it is"], "least R² 0.9", [{"seed": "0"}], "cpu", {"torch": "2"}, "2026-01-01")


def configured(root: Path, **changes: Any) -> Configured:
    path = root / "python" / "configs" / "one.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("name: one\n")
    made = Configured(
        path=path, name="one", routine=True, statements=("s", "t"), criterion=["s: r2_hz at least 0.9"], seeds=[0, 1],
        points=1, runs=[RUN], words={"s": "confirmed", "t": "measured"}, stale=[], wrong=[], cause="", rerun=[],
        command="lejepa train python/configs/one.yaml",
    )  # fmt: skip
    return replace(made, **changes)


def joined(root: Path, **changes: Any) -> Trained:
    out = root / "results"
    (out / "figures").mkdir(parents=True, exist_ok=True)
    (out / "figures" / "one.png").touch()
    return experiments.join(root, out, configured(root, **changes), ["one"])


STALE = "the evidence of its experiment one is stale: the configuration of one, two has changed; `lejepa train "
STALE += "python/configs/one.yaml` renews it"
NONE = "its experiment one has no evidence; `lejepa train python/configs/one.yaml --out evidence` makes it"


@pytest.mark.parametrize(
    ("changes", "state", "faults"),
    [
        ({}, "confirmed", []),
        ({"words": {"s": "measured"}}, "measured", []),
        ({"words": {"s": "confirmed", "t": "not confirmed"}}, "not confirmed", []),
        ({"stale": ["one", "two"]}, "stale", [STALE]),
        ({"stale": ["one", "two"], "runs": [], "cause": "so"}, "stale", [STALE]),
        ({"stale": ["one", "two"], "wrong": ["it is less"], "cause": "so"}, "stale", [STALE]),
        ({"runs": []}, "no evidence", [NONE]),
        ({"runs": [], "routine": False}, "no evidence", []),
        ({"runs": [], "routine": False, "cause": "so"}, "no evidence", []),
        (
            {"wrong": ["it is less", "it is more"]},
            "not confirmed",
            [f"its experiment one does not meet its criterion: {w}" for w in ("it is less", "it is more")],
        ),
        ({"wrong": ["it is less"], "cause": "too few steps"}, "not confirmed", []),
        ({"wrong": ["it is less"], "points": 2, "cause": "so"}, "not confirmed", []),
        ({"points": 3, "routine": False}, "run in part", []),
        ({"points": 3}, "run in part", ["its experiment one has evidence of 1 of 3 points only"]),
        ({"cause": "so"}, "confirmed", ["its experiment one names a cause of failure, and meets its criteria"]),
        (
            {"rerun": ["one: it began elsewhere"]},
            "confirmed",
            ["its experiment one, made again here, does not bear out its evidence: one: it began elsewhere"],
        ),
    ],
)
def test_the_state_of_an_experiment_and_its_faults(
    tmp_path: Path, changes: dict[str, Any], state: str, faults: list[str]
) -> None:
    made = joined(tmp_path, **changes)
    assert (made.state, made.faults) == (state, faults)
    assert (made.path, made.text) == ("python/configs/one.yaml", "name: one\n")


def test_an_experiment_that_has_run_has_a_figure(tmp_path: Path) -> None:
    made = experiments.join(tmp_path, tmp_path / "results", configured(tmp_path), ["one"])
    assert made.faults == ["its experiment one has no figure; `lejepa report` draws it"]
    quiet = configured(tmp_path, runs=[], routine=False)
    assert experiments.join(tmp_path, tmp_path / "results", quiet, ["one"]).faults == []
    bare = experiments.join(tmp_path, None, configured(tmp_path, stale=["one"]), ["one"])
    assert (bare.state, bare.figures, bare.faults) == ("no evidence", [], [])


def test_figures_are_of_the_longest_name_and_of_the_first_folder(tmp_path: Path) -> None:
    docs, out = tmp_path / "docs", tmp_path / "out"
    held: tuple[tuple[Path, tuple[str, ...]], ...] = (
        (docs, ("grid", "grid-r2")),
        (out, ("grid", "grid-loss", "grid-quick", "grid-quick-r2", "grids", "grid-quicker", "other")),
    )
    for folder, names in held:
        folder.mkdir()
        for name in names:
            (folder / f"{name}.png").touch()
        (folder / "grid.svg").touch()
    experiments_named = ["grid", "grid-quick", "gri"]
    assert results.figures_of((docs, out), "grid", experiments_named) == [
        docs / "grid.svg", docs / "grid-r2.png", out / "grid-loss.png", out / "grid-quicker.png",
    ]  # fmt: skip
    assert results.figures_of((docs, out), "grid-quick", experiments_named) == [
        out / "grid-quick-r2.png",
        out / "grid-quick.png",
    ]
    assert results.figures_of((docs, tmp_path / "none"), "gri", experiments_named) == []


def test_the_figures_of_docs_come_first(tmp_path: Path) -> None:
    (tmp_path / "docs" / "figures").mkdir(parents=True)
    (tmp_path / "docs" / "figures" / "one.png").touch()
    assert joined(tmp_path).figures == [tmp_path / "docs" / "figures" / "one.png"]


@pytest.mark.parametrize(
    ("state", "words", "statement", "expected"),
    [
        ("confirmed", {"s": "confirmed", "t": "measured"}, "t", "measured"),
        ("measured", {"s": "confirmed"}, "s", "confirmed"),
        ("not confirmed", {"s": "not confirmed", "t": "confirmed"}, "t", "confirmed"),
        ("confirmed", {"s": "confirmed"}, "t", "confirmed"),
        ("stale", {"s": "confirmed"}, "s", "stale"),
        ("run in part", {"s": "confirmed"}, "s", "run in part"),
        ("no evidence", {"s": "confirmed"}, "s", "no evidence"),
    ],
)
def test_one_statement_s_criterion_does_not_confirm_another(
    tmp_path: Path, state: Any, words: Any, statement: str, expected: str
) -> None:
    whole = Trained(configured(tmp_path, words=words), "p", "t", state)
    assert whole.bearing_on(statement) == replace(whole, state=expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "measured"),
        ({"s": "measured"}, "measured"),
        ({"s": "measured", "t": "confirmed"}, "confirmed"),
        ({"s": "confirmed", "t": "not confirmed"}, "not confirmed"),
        ({"s": "not confirmed", "t": "measured"}, "not confirmed"),
    ],
)
def test_the_word_for_the_whole(words: Any, expected: str) -> None:
    assert experiments.overall(words) == expected


def test_how_much_was_run_is_said_in_a_phrase(tmp_path: Path) -> None:
    other = replace(RUN, name="two", headline="least R² 0.8")
    for runs, points, rank, summary in (
        ([RUN], 1, 0, "confirmed: least R² 0.9"),
        ([RUN, other], 3, 0, "confirmed: 2 of 3 points, least R² 0.8"),
        ([], 3, 1, "confirmed"),
    ):
        made = Trained(configured(tmp_path, runs=runs, points=points), "p", "t", "confirmed")
        assert (made.state_rank, made.summary) == (rank, summary)


def test_all_of_an_experiment_is_in_the_json(tmp_path: Path) -> None:
    made = joined(tmp_path)
    assert (made.name, made.statements, made.runs) == ("one", ("s", "t"), [RUN])
    assert json.loads(json.dumps(made.as_json())) == {
        "experiment": "one",
        "configuration": "python/configs/one.yaml",
        "criterion": ["s: r2_hz at least 0.9"],
        "seeds": [0, 1],
        "state": "confirmed",
        "words": {"s": "confirmed", "t": "measured"},
        "figures": ["figures/one.png"],
        "runs": [
            {
                "name": "one", "word": "confirmed", "judged": ["met: it is"], "headline": "least R² 0.9",
                "rows": [{"seed": "0"}], "device": "cpu", "versions": {"torch": "2"}, "finished": "2026-01-01",
            }
        ],
    }  # fmt: skip


def made_of(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


def test_a_sweep_s_evidence_is_read_as_it_stands() -> None:
    path = ROOT / experiments.CONFIGURATIONS / "grid-quick.yaml"
    sweep = grid.load(path)
    made = experiments.training(ROOT, path, ROOT / FOLDER)
    assert (made.name, made.points, made.command) == (
        "grid-quick", len(sweep.points), "lejepa sweep python/configs/grid-quick.yaml",
    )  # fmt: skip
    assert made.seeds == sorted({s for p in sweep.points for s in p.training.seeds})
    assert (made.routine, made.statements, made.cause) == (sweep.routine, sweep.statements, sweep.cause)
    assert [c.partition(": ")[0] in sweep.statements for c in made.criterion] == [True] * len(made.criterion)
    assert len(made.runs) + len(made.stale) <= made.points
    assert made.runs
    for run in made.runs:
        data = json.loads((ROOT / FOLDER / "experiments" / f"{run.name}.json").read_text())
        assert (run.device, run.versions, run.finished) == (data["device"], data["versions"], made_of(data["made"]))
        assert [(r["point"], r["seed"]) for r in run.rows] == [
            (run.name, str(s)) for s in data["configuration"]["training"]["seeds"]
        ]
        least = min(min(m["r2_hz"], m["r2_zh"]) for m in data["metrics"] if m)
        assert run.headline == f"least R² {least:.4f}"
        assert [j for j in run.judged if not j.partition(": ")[2].startswith(f"{run.name}, ")] == []
    bare = experiments.training(ROOT, path, None)
    assert (bare.runs, bare.words, bare.stale, bare.wrong, bare.rerun) == ([], {}, [], [], [])
    assert bare.points == made.points


def test_every_configuration_has_its_kind_and_its_order() -> None:
    found = experiments.load(ROOT, None)
    folder = ROOT / experiments.CONFIGURATIONS
    paths = sorted(folder.glob("*.yaml"))
    assert [e.path for e in found.values()] == [str(p.relative_to(ROOT)) for p in paths]
    assert all(name == e.name for name, e in found.items())
    assert all(e.state == "no evidence" and not e.runs and not e.faults for e in found.values())


@pytest.mark.parametrize(
    ("name", "more"),
    [("spiral-quick", ()), ("jepa-quick", ("prediction", "prediction_ratio", "rollout_1", "rollout_5"))],
)
def test_the_measures_of_a_run_are_those_of_its_kind(name: str, more: tuple[str, ...]) -> None:
    result = results.read(ROOT / FOLDER / "experiments" / f"{name}.json")
    judged = [
        Outcome(confirms="s", claim="c", point=name, seed=0, state="met", says="1"),
        Outcome(confirms="s", claim="c", point="another", seed=0, state="missed", says="0"),
    ]
    run = experiments.training_run(name, result, judged)
    shown = ("r2_hz", "r2_zh", "distance", "bound", *more)
    for row, seed, m in zip(run.rows, result.seeds, result.metrics, strict=True):
        assert list(row) == ["point", "seed", *(METRICS[key] for key in shown)]
        assert (row["point"], row["seed"], row[METRICS["distance"]]) == (name, str(seed), f"{m.distance:.4f}")
    assert (run.word, run.judged) == ("confirmed", [f"met: {judged[0].sentence}"])
    lost = result.model_copy(update={"metrics": (None, *result.metrics[1:])})
    rest = [min(m.r2_hz, m.r2_zh) for m in result.metrics[1:]]
    headline = f"least R² {min(rest):.4f}" if rest else "every seed diverged"
    assert experiments.training_run(name, lost, judged).headline == headline
    none = result.model_copy(update={"metrics": (None,) * len(result.metrics)})
    made = experiments.training_run(name, none, [])
    assert (made.headline, made.word, made.judged) == ("every seed diverged", "measured", [])
    assert {row[METRICS["r2_hz"]] for row in made.rows} == {"diverged"}

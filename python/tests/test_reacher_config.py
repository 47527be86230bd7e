"""The configuration of a Reacher experiment."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import assert_limits
from lejepa.errors import UserError
from lejepa.reacher import config
from lejepa.reacher.config import load
from lejepa.training.config import CNN, Section, ViT
from pydantic import BaseModel, ValidationError
from reacher_tiny import TINY, tiny

VIT = {"kind": "vit"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ou": {"rho": 1.5}}, "ou.rho: expected a number less than 1, found 1.5"),
        ({"ou": {"rhoo": 0.5}}, "the key ou.rhoo is unknown"),
        ({"objectives": [{"kind": "infonce"}, {"kind": "infonce"}]}, "expected each kind of objective once"),
        ({"criterion": {"r2": {"vicreg": 0.9}}}, "criterion.r2 names vicreg, which is not among the objectives"),
        ({"trajectories": {"test_episodes": 2}}, "trajectories: expected test_episodes that hold 100 pairs"),
        ({"rendering": {"size": 8}}, "rendering.size"),
        ({"training": {"seeds": [1, 1]}}, "training.seeds: expected distinct seeds, found 1 twice"),
        ({"training": {"seeds": [-1]}}, "training.seeds.0: expected a number greater than or equal to 0, found -1"),
        ({"training": {"seeds": 0}}, "training.seeds: expected a list, found 0"),
        ({"training": {"learning_rate": float("inf")}}, "training.learning_rate: expected a finite number, found inf"),
        ({"encoder": {"kind": "mlp"}}, "encoder: expected an encoder of frames, of kind cnn or vit, found"),
        ({"encoder": {"kind": "cnn", "patch": 4}}, "the key encoder.patch is unknown"),
        ({"encoder": {"channels": 0}}, "encoder.channels: expected a number greater than or equal to 1, found 0"),
        ({"encoder": 4}, "encoder: expected an encoder of frames, of kind cnn or vit, found 4"),
        (
            {"rendering": {"size": 36}, "encoder": VIT},
            "encoder.patch: expected a number that divides rendering.size, 36, found 8",
        ),
        ({"encoder": VIT | {"heads": 5}}, "encoder: expected heads that divide hidden, found 5 for 64"),
        ({"control": {"elites": 9}}, "control: expected at most as many elites as samples, found 9 of 8"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    merged = {k: TINY[k] | v for k, v in change.items() if isinstance(v, dict) and k != "encoder"}
    data = TINY | change | merged
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(UserError, match=said) as e:
        load(path)
    assert str(e.value).startswith(f"{path}: ")
    assert "\n" not in str(e.value)


def test_a_statement_that_the_registry_lacks_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "statements.toml").write_text('[[statement]]\nlean = "linear_identifiability_new"\n')
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(TINY))
    with pytest.raises(UserError, match="'linear_identifiability' is no statement of the registry; expected linear_id"):
        load(path)
    (tmp_path / "checks" / "statements.toml").write_text("[[statement")
    with pytest.raises(UserError, match=r"statements\.toml: expected the registry of statements"):
        load(path)


def test_configurations_of_the_repository_load() -> None:
    folder = Path(__file__).parents[1] / "configs" / "reacher"
    found = {p.stem: load(p) for p in folder.glob("*.yaml")}
    assert {"reacher-quick", "reacher-full"} <= set(found)
    assert all(name == c.name for name, c in found.items())


def test_the_kind_of_encoder_is_named_or_convolutional() -> None:
    made = config.Experiment.model_validate(TINY | {"encoder": VIT})
    assert (made.encoder.kind, made.bits()["encoder"]["patch"]) == ("vit", 8)
    assert tiny().encoder == CNN(channels=2, hidden=8)
    assert tiny(encoder={"kind": "cnn"}) == tiny()
    assert config.Experiment.model_validate(made.model_dump(mode="json"), strict=False) == made


def test_the_tiny_experiment_is_one() -> None:
    assert tiny(ou={"pairs": 200}).ou.pairs == 200


def test_test_trajectories_hold_a_hundred_pairs_and_an_episode_one_less_than_its_frames() -> None:
    assert tiny(trajectories={"test_episodes": 10, "length": 11}).trajectories.length == 11
    with pytest.raises(ValueError, match="expected test_episodes that hold 100 pairs"):
        tiny(trajectories={"test_episodes": 10, "length": 10})


def test_what_is_left_to_its_default_is_itself_allowed() -> None:
    """Pydantic does not check defaults; `reacher.md` and the classes' docstrings tell these."""
    c = tiny()
    again = type(c).model_validate(c.model_dump())
    assert again == c
    assert (c.ou.spread, c.rendering.size, c.training.learning_rate) == (0.75, 32, 3e-3)


# Limits and defaults

LEAST, MOST = math.ulp(0.0), 1e300
BELOW_1, ABOVE_1 = math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)
PAIRS = {"rho": 0.5, "pairs": 100, "test_pairs": 100}
EPISODES = {"episodes": 1, "test_episodes": 100, "length": 2}
CONTROL = {"samples": 8, "elites": 2}
CRITERION = {"r2": {"sigreg": 0.5}, "regret": 2.0, "spare": 2.0, "allowed": 2.0}
LIMITS: list[tuple[type[Section], dict[str, Any], str, list[Any], list[Any]]] = [
    # latents of correlation 1 would not move; joints turn by less than half of what their limits leave
    (config.OrnsteinUhlenbeck, PAIRS, "rho", [LEAST, BELOW_1], [0.0, 1.0]),
    (config.OrnsteinUhlenbeck, PAIRS, "spread", [LEAST, 0.9], [0.0, 0.901]),
    *((config.OrnsteinUhlenbeck, PAIRS, key, [100], [99]) for key in ("pairs", "test_pairs")),
    *((config.Trajectories, EPISODES, key, [1], [0]) for key in ("episodes", "interval", "hold")),
    (config.Trajectories, EPISODES, "noise", [0.0, MOST], [-LEAST]),
    # an episode holds a pair of frames
    (config.Trajectories, EPISODES, "length", [2], [1]),
    (config.Trajectories, EPISODES, "test_episodes", [100], [99, 0]),
    (config.Rendering, {}, "size", [16], [15]),
    (config.Rendering, {}, "samples", [0], [-1]),
    *((CNN, {}, key, [1], [0]) for key in ("channels", "hidden")),
    *((ViT, VIT, key, [4], [0]) for key in ("hidden", "layers", "heads")),
    (ViT, VIT, "patch", [2], [1]),
    (config.Training, {"steps": 1}, "clip", [LEAST, MOST, None], [0.0]),
    *((config.Training, {"steps": 1}, key, [1], [0]) for key in ("steps", "checkpoint_every")),
    (config.Training, {"steps": 1}, "batch", [2], [1]),
    (config.Training, {"steps": 1}, "warmup", [0], [-1]),
    (config.Training, {"steps": 1}, "learning_rate", [LEAST, MOST], [0.0]),
    (config.Training, {"steps": 1}, "seeds", [(0,), (1, 0)], [(), (-1,), (0, 1, 0)]),
    # a line has its ends and a point between, and lines have a standard error
    (config.Paths, {}, "count", [2], [1]),
    (config.Paths, {}, "points", [3], [2]),
    *((config.Control, CONTROL, key, [1], [0]) for key in ("steps", "horizon", "rounds")),
    (config.Control, CONTROL, "tasks", [2], [1]),
    (config.Control, CONTROL, "play", [10], [9]),
    (config.Control, CONTROL, "length", [3], [2]),
    (config.Control, CONTROL, "samples", [8], [7]),
    (config.Control, CONTROL, "elites", [2, 8], [1, 9]),
    (config.Control, CONTROL, "effort", [0.0, MOST], [-LEAST]),
    (config.Criterion, CRITERION, "r2", [{"sigreg": 0.5}], [{}, {"mmd": 0.5}]),
    # control on the true state costs once what it costs
    (config.Criterion, CRITERION, "regret", [ABOVE_1, MOST], [1.0]),
    *((config.Criterion, CRITERION, key, [0.0, 10.0], [-LEAST, 10.01]) for key in ("spare", "allowed")),
]


@pytest.mark.parametrize(("kind", "rest", "key", "admitted", "refused"), LIMITS)
def test_a_number_is_admitted_up_to_its_limit_and_refused_beyond(
    kind: type[Section], rest: dict[str, Any], key: str, admitted: list[Any], refused: list[Any]
) -> None:
    assert_limits(kind, rest, key, admitted, refused)


def test_one_objective_of_a_kind_is_wanted() -> None:
    with pytest.raises(ValidationError, match="objectives"):
        tiny(objectives=[])
    two = [{"kind": "sigreg", "weight": 0.01}, {"kind": "infonce"}]
    assert [o.kind for o in tiny(objectives=two).objectives] == ["sigreg", "infonce"]


def test_what_a_configuration_leaves_out_is_what_its_evidence_was_made_with() -> None:
    """Another default would make other evidence of the same file."""
    root, compared = Path(__file__).parents[2], set()
    for path in sorted((root / "evidence" / "reacher").glob("*.json")):
        recorded = json.loads(path.read_text())["configuration"]
        experiment = load(root / "python" / "configs" / "reacher" / path.name.replace(".json", ".yaml"))
        for name, section in experiment:
            if isinstance(section, BaseModel) and name in recorded:
                now = section.model_dump(mode="json")
                for key in recorded[name].keys() - section.model_fields_set:
                    assert now[key] == recorded[name][key], f"{name}.{key}"
                    compared.add(f"{name}.{key}")
    assert compared


def test_an_experiment_is_no_part_of_make_and_its_criterion_comes_first_unless_it_says_otherwise() -> None:
    c = tiny()
    assert (c.routine, c.criterion.beforehand, c.title, c.cause) == (False, True, "", "")

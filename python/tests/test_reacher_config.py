"""The configuration of a Reacher experiment."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lejepa.errors import UserError
from lejepa.reacher.config import load
from reacher_tiny import TINY, tiny


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ou": {"rho": 1.5}}, "ou.rho: expected a number less than 1, found 1.5"),
        ({"ou": {"rhoo": 0.5}}, "the key ou.rhoo is unknown"),
        ({"objectives": [{"kind": "infonce"}, {"kind": "infonce"}]}, "expected each kind of objective once"),
        ({"criterion": {"r2": {"vicreg": 0.9}}}, "criterion.r2 names vicreg, which is not among the objectives"),
        ({"trajectories": {"test_episodes": 2}}, "trajectories: expected test_episodes that hold 100 pairs"),
        ({"rendering": {"size": 8}}, "rendering.size"),
        ({"training": {"seeds": [1, 1]}}, "training: expected distinct seeds"),
        ({"training": {"seeds": [-1]}}, "training.seeds.0: expected a number greater than or equal to 0, found -1"),
        ({"training": {"seeds": 0}}, "training.seeds: expected a list, found 0"),
        ({"training": {"learning_rate": float("inf")}}, "training.learning_rate: expected a finite number, found inf"),
        ({"control": {"elites": 9}}, "control: expected at most as many elites as samples, found 9 of 8"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    data = {k: v | change[k] if isinstance(v, dict) and k in change else change.get(k, v) for k, v in TINY.items()}
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

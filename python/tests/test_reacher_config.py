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

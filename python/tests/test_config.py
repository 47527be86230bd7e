"""Configurations: each fault is one sentence that names the key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from lejepa.errors import UserError
from lejepa.training import config


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"world": {"rho": 1.0}}, ["world.rho", "less than 1"]),
        ({"world": {"rho": 0}}, ["world.rho", "greater than 0"]),
        ({"world": {"rho": "0.9"}}, ["world.rho", "number", "'0.9'"]),
        ({"world": {"dim": 3}}, ["spiral", "dimension 2", "3"]),
        ({"world": {"latent": "laplace"}}, ["world.latent", "gaussian"]),
        ({"training": {"stesp": 3}}, ["training.stesp", "unknown"]),
        ({"training": {"seeds": [1, 1]}}, ["training", "distinct seeds"]),
        ({"mixing": {"kind": "knot"}}, ["mixing", "knot"]),
        ({"wrold": {}}, ["wrold", "unknown"]),
        ({"world": {"latent": "doublewell"}}, ["expected depth with latent doublewell"]),
        ({"world": {"depth": 1.0}}, ["expected depth with latent doublewell"]),
        ({"world": {"rhos": [0.9]}}, ["expected dim numbers above 0 in rhos"]),
        ({"world": {"rhos": [0.5, 0.9]}}, ["the first of them rho"]),
        ({"world": {"latent": "gennorm", "alpha": 1.0, "rhos": [0.9, 0.9]}}, ["expected rhos with latent gaussian"]),
        ({"criterion": {"r2_eigen": 0.9}}, ["expected criterion.r2_eigen with world.latent doublewell"]),
        ({"world": {"dim": 100}, "mixing": {"kind": "coupling", "turns": 1}}, ["turns", "unknown"]),
        ({"training": {"restarts": 0}}, ["training.restarts", "greater than or equal to 1"]),
        ({"name": "Has Space"}, ["name", "Has Space"]),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_key(
    tiny: Callable[..., Path], changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UserError) as caught:
        config.load(tiny(**changes))
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("name: c\n")
    with pytest.raises(UserError, match="the key world is missing"):
        config.load(path)


@pytest.mark.parametrize(("text", "words"), [("a: [", "expected YAML"), ("- 1", "expected a YAML mapping")])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=words):
        config.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.yaml: there is no such configuration"):
        config.load(tmp_path / "absent.yaml")


def test_the_held_out_set_is_larger_than_the_dimension(tiny: Callable[..., Path]) -> None:
    data = yaml.safe_load(tiny().read_text())
    data |= {"world": {"dim": 100, "rho": 0.9}, "mixing": {"kind": "identity"}}
    data["training"]["evaluation"] = 1_999
    path = tiny()
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(UserError, match=r"training\.evaluation of at least 2000, 20 times world"):
        config.load(path)

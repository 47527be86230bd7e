"""Configurations: each fault is one sentence that names the key."""

import math
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
        ({"world": {"rhos": [0.9]}}, ["expected dim numbers in rhos, none of them below 0"]),
        ({"world": {"rhos": [0.5, 0.9]}}, ["the first of them rho"]),
        ({"world": {"latent": "gennorm", "alpha": 1.0, "rhos": [0.9, 0.9]}}, ["expected rhos with latent gaussian"]),
        ({"world": {"dim": 100}, "mixing": {"kind": "coupling", "turns": 1}}, ["turns", "unknown"]),
        ({"training": {"restarts": 0}}, ["training.restarts", "greater than or equal to 1"]),
        ({"name": "Has Space"}, ["name", "Has Space"]),
        ({"training": {"seeds": 0}}, [": training.seeds: expected a list, found 0"]),
        ({"training": {"seeds": [0, -1]}}, [": training.seeds.1: expected a number greater than or equal to 0"]),
        ({"training": {"learning_rate": math.inf}}, [": training.learning_rate: expected a finite number, found inf"]),
        ({"world": {"rho": math.nan}}, ["world.rho", "found nan"]),
        ({"world": {"rho": [0.9]}}, [": world.rho: expected a valid number, found [0.9]"]),
        ({"objective": {"weight": -1.0}}, [": objective.weight: expected a number greater than 0, found -1.0"]),
        ({"mixing": {"turns": "x"}}, [": mixing.turns: expected a valid number, found 'x'"]),
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


@pytest.mark.parametrize(
    ("section", "row", "found"),
    [
        ("training", "learning_rate: 1e-3", 0.001),
        ("training", "learning_rate: .5e-2", 0.005),
        ("training", "learning_rate: .inf", ": training.learning_rate: expected a finite number, found inf"),
        ("training", "learning_rate: 1e400", ": training.learning_rate: expected a finite number, found inf"),
        ("training", "learning_rate: 1:04", ": training.learning_rate: expected a valid number, found '1:04'"),
        ("training", "learning_rate: '1e-3'", ": training.learning_rate: expected a valid number, found '1e-3'"),
        ("training", "learning_rate: true", ": training.learning_rate: expected a valid number, found True"),
        ("training", "learning_rate: 0.0_1", ", line {}: expected a number as YAML 1.2 has it, found 0.0_1"),
        ("training", "steps: 0o36", 30),
        ("training", "steps: 030", ", line {}: expected a number without a leading 0, found 030"),
        ("training", "steps: 3e1", ": training.steps: expected a valid integer, found 30.0"),
        ("training", "steps: true", ": training.steps: expected a valid integer, found True"),
        ("training", "seeds: [1, true]", ": training.seeds.1: expected a valid integer, found True"),
        ("training", "seeds: [true]", ": training.seeds.0: expected a valid integer, found True"),
        ("training", "seeds: []", ": training.seeds: expected at least 1 in the list, found []"),
        ("world", "rho: 0.9\n  rho: 0.5", ", line {}: the key rho is given before, in line {}"),
    ],
)
def test_a_row_is_what_it_says_or_is_refused(
    tiny: Callable[..., Path], section: str, row: str, found: float | str
) -> None:
    path, (name, _, _) = tiny(), row.partition(":")
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f"  {name}:")]
    if name == "seeds":
        lines = [line for line in lines if not line.startswith("  - ")]
    place = lines.index(f"{section}:") + 1
    path.write_text("\n".join([*lines[:place], f"  {row}", *lines[place:]]))
    if isinstance(found, str):
        with pytest.raises(UserError) as caught:
            config.load(path)
        last = place + 1 + row.count("\n")
        assert str(caught.value) == f"{path}{found.format(last, last - 1)}"
    else:
        assert getattr(getattr(config.load(path), section), name) == found


def criterion(**changes: Any) -> dict[str, Any]:
    sound = {"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 0.9, "spare": 2}
    return {k: v for k, v in (sound | changes).items() if v is not None}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (criterion(metric="r2_typo"), ["'r2_typo' is no measure", "r2_zh"]),
        (
            criterion(confirms="linear_identifiabilty"),
            ["'linear_identifiabilty' is no statement", "linear_identifiability"],
        ),
        (criterion(at_most=0.5), ["expected one of at_least, at_most and near"]),
        (criterion(at_least=None), ["expected one of at_least, at_most and near"]),
        (criterion(at_least=None, near=0.5), ["expected within with near"]),
        (criterion(within=0.5), ["expected within with near"]),
        (criterion(spare=None), ["expected one of spare and allowed"]),
        (criterion(allowed=5), ["expected one of spare and allowed"]),
        (criterion(spare=30), ["spare", "less than or equal to 10"]),
        (criterion(spare=None, allowed=30), ["allowed", "less than or equal to 10"]),
        (criterion(at_least=0), ["expected what not every encoder meets"]),
        (criterion(at_least=None, at_most=1), ["expected what not every encoder meets"]),
        (criterion(at_least=None, at_most="bound"), ["expected the bound to be that of the distance"]),
        (criterion(metric="r2_eigen"), ["expected the measure r2_eigen with world.latent doublewell"]),
        (criterion(over="seeds"), ["over", "each seed"]),
    ],
)
def test_a_criterion_that_claims_nothing_definite_is_refused(
    tiny: Callable[..., Path], changed: dict[str, Any], words: list[str]
) -> None:
    config.load(tiny(criterion=[criterion()]))
    with pytest.raises(UserError) as caught:
        config.load(tiny(criterion=[changed]))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "world", [{"latent": "doublewell", "depth": 1.0}, {"latent": "gennorm", "alpha": 1.0}, {"rhos": [0.9, 0.5]}]
)
def test_the_bound_is_no_criterion_of_a_world_that_the_theorem_does_not_speak_of(
    tiny: Callable[..., Path], world: dict[str, Any]
) -> None:
    bound = {"confirms": "linear_identifiability", "metric": "distance", "at_most": "bound", "allowed": 5}
    config.load(tiny(criterion=[bound]))
    with pytest.raises(UserError, match="expected the bound with Gaussian latents of one ρ"):
        config.load(tiny(criterion=[bound], world=world))


def test_a_mean_over_seeds_wants_two(tiny: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="expected two seeds or more"):
        config.load(tiny(criterion=[criterion(over="mean")], training={"seeds": [3]}))


def test_a_statement_that_the_registry_lacks_is_refused_with_the_nearest(tiny: Callable[..., Path]) -> None:
    path = tiny()
    (path.parent / "checks").mkdir()
    registry = path.parent / "checks" / "statements.toml"
    registry.write_text('[[statement]]\nlean = "linear_identifiability"\n')
    config.load(path)
    registry.write_text('[[statement]]\nlean = "linear_identifiability_new"\n')
    with pytest.raises(UserError, match="'linear_identifiability' is no statement of the registry; expected linear_id"):
        config.load(path)


def test_what_decides_the_bits_is_the_computation_alone(tiny: Callable[..., Path]) -> None:
    bits = config.load(tiny()).bits()
    assert config.load(tiny(criterion=[criterion()], routine=True, training={"checkpoint_every": 3})).bits() == bits
    for other in ({"world": {"rho": 0.8}}, {"training": {"evaluate_every": 5}}, {"encoder": {"hidden": 17}}):
        assert config.load(tiny(**other)).bits() != bits


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("name: c\n")
    with pytest.raises(UserError, match="the key world is missing"):
        config.load(path)


@pytest.mark.parametrize(("text", "words"), [("a: [", "this is no YAML"), ("- 1", "expected a YAML mapping")])
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
    data["training"]["evaluation"] = 1999
    path = tiny()
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(UserError, match=r"training\.evaluation of at least 2000, 20 times world"):
        config.load(path)

"""Configurations: each fault is one sentence that names the key."""

import cmath
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from conftest import TINY, assert_limits
from lejepa.errors import UserError
from lejepa.training import config, grid
from pydantic import BaseModel, ValidationError


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"world": {"rho": 1.0}}, ["world.rho", "less than 1"]),
        ({"world": {"rho": 0}}, ["world.rho", "greater than 0"]),
        ({"world": {"rho": 1e-200}}, ["world: expected a correlation", "at least 1e-09", "found 1e-200"]),
        ({"world": {"rho": "0.9"}}, ["world.rho", "number", "'0.9'"]),
        ({"world": {"dim": 3}}, ["spiral", "dimension 2", "3"]),
        ({"world": {"latent": "laplace"}}, ["world.latent", "gaussian"]),
        ({"training": {"stesp": 3}}, ["training.stesp", "unknown"]),
        ({"training": {"seeds": [1, 2, 1]}}, [": training.seeds: expected distinct seeds, found 1 twice"]),
        ({"statements": ["a", "b", "a"]}, [": statements: expected distinct statements, found a twice"]),
        ({"mixing": {"kind": "knot"}}, [": mixing.kind: expected one of identity, spiral, ", ", found 'knot'"]),
        ({"encoder": {"kind": "module", "of": "mine"}}, ["encoder.of: expected package.module:Name, found 'mine'"]),
        ({"wrold": {}}, ["wrold", "unknown"]),
        ({"world": {"latent": "doublewell"}}, ["expected depth with latent doublewell"]),
        ({"world": {"depth": 1.0}}, ["expected depth with latent doublewell"]),
        ({"world": {"rhos": [0.9]}}, ["expected dim numbers in rhos, none of them below 0"]),
        ({"world": {"rhos": [0.5, 0.9]}}, ["the first of them rho"]),
        ({"world": {"latent": "gennorm", "alpha": 1.0, "rhos": [0.9, 0.9]}}, ["expected rhos with latent gaussian"]),
        ({"world": {"dim": 100}, "mixing": {"kind": "coupling", "turns": 1}}, ["turns", "unknown"]),
        (
            {"training": {"successors": True}, "world": {"latent": "doublewell", "depth": 1.0}},
            ["training.successors: expected latent gaussian or gennorm, found doublewell"],
        ),
        ({"training": {"restarts": 0}}, ["training.restarts", "greater than or equal to 1"]),
        ({"name": "Has Space"}, [": name: expected lower-case letters, digits and hyphens", "found 'Has Space'"]),
        ({"name": "x" * 101}, [": name: expected lower-case letters, digits and hyphens, at most 100"]),
        ({"name": "a/b"}, [": name: expected lower-case letters, digits and hyphens", "found 'a/b'"]),
        ({"name": "a/" + "b" * 201}, [": name: expected lower-case letters, digits and hyphens"]),
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
        (
            criterion(metric="white_alignment"),
            ["white_alignment with world.latent fourpoints or signflips, and with no"],
        ),
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
    "world",
    [
        {"latent": "doublewell", "depth": 1.0},
        {"latent": "gennorm", "alpha": 1.0},
        {"rhos": [0.9, 0.5]},
        {"latent": "signflips", "flips": [1.6]},
    ],
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
    assert config.load(tiny(training={"successors": False})).bits() == bits
    assert "successors" not in bits["training"]  # evidence from before this key is still that of its configuration
    for other in (
        {"world": {"rho": 0.8}},
        {"training": {"evaluate_every": 5}},
        {"training": {"successors": True}},
        {"encoder": {"hidden": 17}},
    ):
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


# Limits and defaults

LEAST, MOST = math.ulp(0.0), 1e300
WELL = {"latent": "doublewell", "dim": 1, "rho": 0.5, "depth": 1.0}
GENNORM = {"latent": "gennorm", "dim": 1, "rho": 0.5, "alpha": 1.0}
FLIPS = {"latent": "signflips", "dim": 1, "rho": 0.5, "flips": (1.6,)}
FOUR = {"latent": "fourpoints", "dim": 1}
CRITERION = {"confirms": "s", "metric": "distance", "near": 0.5, "within": 0.1, "spare": 1.0}
ALLOWED = {"confirms": "s", "metric": "distance", "at_most": 0.5, "allowed": 1.0}
BELOW_1, ABOVE_1 = math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)
LIMITS: list[tuple[type[config.Section], dict[str, Any], str, list[Any], list[Any]]] = [
    # a share, a correlation: strictly between 0 and 1
    (config.World, {"dim": 1}, "rho", [1e-9, BELOW_1], [0.0, LEAST, 1e-200, 0.99e-9, 1.0]),
    (
        config.World,
        {"latent": "linear", "dim": 2},
        "memory",
        [((4e-9, 0.0), (0.0, 0.0))],
        [((1e-200, 0.0), (0.0, 0.0))],
    ),
    *(
        (kind, {"kind": name}, "weight", [LEAST, BELOW_1], [0.0, 1.0])
        for kind, name in ((config.SIGReg, "sigreg"), (config.MMD, "mmd"), (config.VICReg, "vicreg"))
    ),
    # a width, a rate, a length: above 0
    (config.MMD, {"kind": "mmd", "weight": 0.5}, "sigma", [LEAST, 1e100], [0.0, 1.01e100, MOST]),
    (config.InfoNCE, {"kind": "infonce"}, "sigma", [LEAST, MOST], [0.0]),
    (config.SIGReg, {"kind": "sigreg", "weight": 0.5}, "t_max", [LEAST, MOST], [0.0]),
    (config.Training, {"steps": 1}, "learning_rate", [LEAST, MOST], [0.0]),
    (config.Criterion, CRITERION, "within", [LEAST, MOST], [0.0]),
    # a count: one at least
    (config.World, {"rho": 0.5}, "dim", [1], [0]),
    (config.Coupling, {"kind": "coupling"}, "layers", [1], [0]),
    (config.Matched, {"kind": "matched"}, "layers", [1], [0]),
    (config.NICE, {"kind": "nice"}, "layers", [1], [0]),
    (config.NICE, {"kind": "nice"}, "expansion", [1], [0]),
    (config.MLP, {"kind": "mlp"}, "layers", [1], [0]),
    (config.MLP, {"kind": "mlp"}, "hidden", [1], [0]),
    (config.SIGReg, {"kind": "sigreg", "weight": 0.5}, "slices", [1], [0]),
    (config.Training, {}, "steps", [1], [0]),
    *((config.Training, {"steps": 1}, key, [1], [0]) for key in ("restarts", "evaluate_every", "checkpoint_every")),
    # a trapezoid has two ends, a variance two rows
    (config.SIGReg, {"kind": "sigreg", "weight": 0.5}, "knots", [2], [1]),
    (config.Training, {"steps": 1}, "batch", [2], [1]),
    (config.Training, {"steps": 1}, "evaluation", [100], [99]),
    # seeds: one or more, none of them below 0
    (config.Coupling, {"kind": "coupling"}, "seed", [0, None], [-1]),
    (config.Training, {"steps": 1}, "seeds", [(0,), (1, 0)], [(), (-1,), (0, 1, 0)]),
    (config.Diagonal, {"kind": "diagonal"}, "values", [(0.5,)], [()]),
    # beyond these the laws are out of reach of doubles, or of the grid
    (config.World, GENNORM, "alpha", [0.05, MOST], [0.049]),
    (config.World, WELL, "depth", [0.01, 20.0], [0.0099, 20.01]),
    (config.World, WELL, "rho", [0.01, 0.999], [0.0099, 0.9991]),
    (config.World, FLIPS, "rho", [1e-6, 0.99], [0.9901]),
    (
        config.World,
        FLIPS,
        "flips",
        [(0.0, 0.5), (6.0,), tuple(2 + k / 8 for k in range(16))],
        [(), (-0.1, 0.5), (6.01,), (0.5, 0.5), (1.6, 0.5), (0.0,), (1.5,), tuple(2 + k / 8 for k in range(17))],
    ),
    (config.Criterion, CRITERION, "spare", [0.0, 10.0], [-LEAST, 10.01]),
    (config.Criterion, ALLOWED, "allowed", [0.0, 10.0], [-LEAST, 10.01]),
]


@pytest.mark.parametrize(
    ("kind", "rest", "key", "admitted", "refused"), LIMITS, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_number_is_admitted_up_to_its_limit_and_refused_beyond(
    kind: type[config.Section], rest: dict[str, Any], key: str, admitted: list[Any], refused: list[Any]
) -> None:
    assert_limits(kind, rest, key, admitted, refused)


ROOT = Path(__file__).parents[2]
RECORDED = sorted({p.relative_to(ROOT / "evidence" / "experiments").parts[0].removesuffix(".json")
                   for p in (ROOT / "evidence" / "experiments").rglob("*.json")})  # fmt: skip


@pytest.mark.parametrize("name", RECORDED)
def test_what_a_configuration_leaves_out_is_what_its_evidence_was_made_with(name: str) -> None:
    """Another default would make other evidence of the same file."""
    points = {p.name: p for p in grid.load(ROOT / "python" / "configs" / f"{name}.yaml").points}
    compared = 0
    for name, point in points.items():
        path = ROOT / "evidence" / "experiments" / f"{name}.json"
        if path.exists():
            compared += left_out_alike(point, json.loads(path.read_text())["configuration"])
    assert compared


def left_out_alike(section: BaseModel, recorded: dict[str, Any]) -> int:
    """Compare each value that nobody gave with the recorded one, as JSON has it; how many there were."""
    now, count = section.model_dump(mode="json"), 0
    for key in recorded.keys() & now.keys():
        value = getattr(section, key)
        if key not in section.model_fields_set:
            assert now[key] == recorded[key], key
            count += 1
        elif isinstance(value, BaseModel):
            count += left_out_alike(value, recorded[key])
    return count


def test_a_rotation_without_a_factor_is_one() -> None:
    """It keeps lengths, and turns the first axis by the angle."""
    for angle in (0.6, -2.0):
        turned = config.Rotation(kind="rotation", angle=angle).array()
        np.testing.assert_allclose(turned @ turned.T, np.eye(2), atol=1e-15)
        assert complex(*turned[:, 0]) == pytest.approx(cmath.exp(1j * angle))
        assert np.linalg.det(turned) == pytest.approx(1.0)


# Worlds

LINEAR = {"latent": "linear", "dim": 2}


def world(**changes: Any) -> config.World:
    return config.World.model_validate(changes)


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ([[0.5, 0.1], [0.0, 0.4]], [[0.5, 0.1], [0.0, 0.4]]),
        (((0.5, 0.1), (0.0, 0.4)), [[0.5, 0.1], [0.0, 0.4]]),
        ({"kind": "diagonal", "values": [0.5, 0.25]}, [[0.5, 0.0], [0.0, 0.25]]),
        ({"kind": "rotation", "angle": math.pi / 3, "factor": 2 / 3}, [[1 / 3, -(3**-0.5)], [3**-0.5, 1 / 3]]),
        (config.Diagonal(kind="diagonal", values=(0.5, 0.25)), [[0.5, 0.0], [0.0, 0.25]]),
    ],
)  # fmt: skip
def test_a_matrix_is_given_by_rows_or_by_name(given: Any, rows: list[list[float]]) -> None:
    made = world(**LINEAR, memory=given)
    np.testing.assert_allclose(made.linear.memory, rows, atol=1e-16)
    assert made.linear.memory.dtype == np.float64
    assert made.linear.action.shape == (2, 0)
    assert made.actions == 0
    assert made.correlation == pytest.approx((rows[0][0] + rows[1][1]) / 2)
    assert not made.of_theorem


@pytest.mark.parametrize("given", [{"kind": "shear"}, {"values": [1.0]}, 3, "rotation", None, {"kind": ["rotation"]}])
def test_what_is_no_matrix_is_refused(given: Any) -> None:
    with pytest.raises((ValidationError, TypeError)):
        world(**LINEAR, memory=given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rho": 0.5}, "expected no rho with latent linear"),
        ({"rhos": [0.5, 0.5]}, "expected no rho with latent linear"),
        ({"dim": 3}, "memory: expected dim = 3 rows, found 2"),
        ({"memory": [[0.5], [0.5, 0.1]]}, r"memory: expected rows of one length, found \[1, 2\]"),
        ({"action": [[0.1], [0.1, 0.1]]}, r"action: expected rows of one length, found \[1, 2\]"),
        ({"memory": {"kind": "diagonal", "values": [0.5, -0.5]}}, "tr M / dim is 0$"),  # the mean is on the edge
        ({"memory": {"kind": "diagonal", "values": [1.0, 1.0]}}, "tr M / dim is 1$"),
        ({"memory": None}, "expected memory with latent linear, and with no other"),
        ({"latent": "gaussian"}, "expected memory with latent linear, and with no other"),
        ({"latent": "gaussian", "memory": None, "action": [[0.1]], "rho": 0.5}, "expected action with latent linear"),
        ({"latent": "gaussian", "memory": None}, "the key rho is missing"),
        ({"alpha": 2.0}, "expected alpha with latent gennorm"),
        ({"depth": 2.0}, "expected depth with latent doublewell"),
        ({"latent": "gennorm", "memory": None, "rho": 0.5}, "expected alpha with latent gennorm"),
        ({"flips": [1.6]}, "expected flips with latent signflips, and with no other"),
        (
            {"latent": "signflips", "memory": None, "rho": 0.5},
            "expected flips with latent signflips, and with no other",
        ),
        ({"latent": "fourpoints", "memory": None, "rho": 0.5}, "expected no rho with .* whose correlation is 0.4488"),
        ({"latent": "fourpoints", "memory": None, "rhos": [0.5, 0.5]}, "expected no rho with latent fourpoints"),
        ({"latent": "signflips", "memory": None, "flips": [1.6]}, "the key rho is missing"),
        (
            {"latent": "signflips", "memory": None, "flips": [1.6], "rho": 0.5, "rhos": [0.5, 0.5]},
            "expected rhos with latent gaussian",
        ),
        (
            {"latent": "signflips", "memory": None, "flips": [1.5], "rho": 0.5},
            "flips: expected a positive correlation of successive latents, .* ρ 𝔼 s z² is -0.02",
        ),
    ],
)
def test_keys_of_a_world_that_do_not_belong_together_are_refused(changes: dict[str, Any], words: str) -> None:
    sound = LINEAR | {"memory": {"kind": "diagonal", "values": [0.5, 0.25]}}
    world(**sound)
    with pytest.raises(ValidationError) as caught:
        world(**{k: v for k, v in (sound | changes).items() if v is not None})
    (fault,) = caught.value.errors()
    assert re.search(words, fault["msg"])


@pytest.mark.parametrize(
    ("rhos", "said"),
    [
        ([0.9, 0.5, 0.5], ""),
        ([0.9, 0.9, 0.9], ""),
        ([0.9, 0.5, 0.0], ""),
        ([0.9, 0.5, -0.1], "none of them below 0"),
        ([0.9, 0.5], "expected dim numbers in rhos"),
        ([0.9, 0.5, 0.4, 0.3], "expected dim numbers in rhos"),
        ([0.8, 0.5, 0.4], "the first of them rho"),
        ([0.9, 0.4, 0.5], "expected rhos in descending order"),
    ],
)
def test_correlations_of_coordinates_descend_from_rho_to_0_at_least(rhos: list[float], said: str) -> None:
    if said:
        with pytest.raises(ValidationError, match=said):
            world(dim=3, rho=0.9, rhos=rhos)
    else:
        made = world(dim=3, rho=0.9, rhos=rhos)
        assert (made.rhos, made.correlation) == (tuple(rhos), 0.9)
        assert made.of_theorem == (len(set(rhos)) == 1)


def test_a_world_of_another_latent_has_no_matrices_and_no_actions() -> None:
    made = world(dim=2, rho=0.5)
    assert (made.actions, made.correlation, made.of_theorem) == (0, 0.5, True)
    assert not world(**WELL).of_theorem
    assert not world(**GENNORM).of_theorem
    with pytest.raises(ValueError, match="expected latent signflips, found gaussian"):
        _ = made.sign_flips
    with pytest.raises(ValueError, match="expected latent linear, found gaussian"):
        _ = made.linear
    assert world(**LINEAR, memory=[[0.5, 0.0], [0.0, 0.5]], action=[[0.1, 0.2, 0.3], [0.0, 0.0, 0.1]]).actions == 3


# What fits together


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"world": {"dim": 1}, "mixing": {"kind": "banana"}}, "mixing banana is of dimension 2, and world.dim is 1"),
        ({"world": {"dim": 3}, "mixing": {"kind": "sinusoid"}}, "the mixing sinusoid is of dimension 2"),
        ({"world": {"dim": 3}, "mixing": {"kind": "coupling"}}, "coupling layers are of even dimension"),
        ({"world": {"dim": 3}, "encoder": {"kind": "matched"}}, "coupling layers are of even dimension"),
        ({"world": {"dim": 3}, "encoder": {"kind": "nice"}}, "coupling layers are of even dimension"),
        ({"encoder": {"kind": "matched"}, "embedding": 1}, "of kind mlp, cnn or vit for an embedding of 1 dim"),
        ({"predictor": {"kind": "linear"}}, "expected a predictor with world.latent linear"),
        ({"prediction_steps": 2}, "expected prediction_steps of 1 without a predictor, found 2"),
        ({"inverse": {"weight": 1.0}}, "expected inverse in a world with actions, and in no other"),
        (
            {"world": FOUR | {"rho": None}, "objective": {"kind": "whitening"}, "training": {"batch": 15}},
            "expected training.batch of at least 16 with latent fourpoints and objective whitening",
        ),
        (
            {"embedding": 5, "objective": {"kind": "whitening"}, "training": {"batch": 3, "evaluation": 120}},
            "expected training.batch of at least 4 with objective whitening, found 3: on fewer pairs",
        ),
        ({"embedding": 6, "training": {"evaluation": 119}}, "of at least 120, 20 times embedding"),
        ({"world": {"dim": 6}, "embedding": 5, "training": {"evaluation": 119}}, "of at least 120, 20 times world.dim"),
        ({"world": {"dim": 6}, "training": {"evaluation": 119}}, "of at least 120, 20 times world.dim"),
        *(
            ({"world": LINEAR | {"rho": None, "memory": {"kind": "rotation", "angle": 0.1, "factor": 0.5}},
              "predictor": {"kind": "linear"}, "objective": {"kind": kind}}, f"beside a predictor, and {kind} has none")
            for kind in ("infonce", "whitening")
        ),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_each_other_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        config.Experiment.model_validate(plain(changes))


def plain(changes: dict[str, Any]) -> dict[str, Any]:
    """The tiny configuration with an identity for its mixing; a section that names its kind is given whole."""
    data = dict(TINY) | {"mixing": {"kind": "identity"}}
    for key, value in changes.items():
        whole = not isinstance(value, dict) or "kind" in value or key not in data
        data[key] = value if whole else {k: v for k, v in (data[key] | value).items() if v is not None}
    return data


@pytest.mark.parametrize(
    ("changes", "width", "theorem"),
    [
        ({}, 2, True),
        ({"embedding": 2, "encoder": {"kind": "matched"}}, 2, True),
        ({"embedding": 1}, 1, False),
        ({"embedding": 6, "training": {"evaluation": 120}}, 6, False),
        ({"world": {"dim": 3}}, 3, True),
        ({"world": {"dim": 6}, "training": {"evaluation": 120}}, 6, True),
        ({"world": {"dim": 4}, "mixing": {"kind": "coupling"}, "encoder": {"kind": "matched"}}, 4, True),
        ({"world": GENNORM}, 1, False),
        ({"world": {"rhos": [0.9, 0.5]}}, 2, False),
        ({"mixing": {"kind": "banana"}}, 2, True),
        ({"world": FLIPS}, 1, False),
        ({"embedding": 6, "objective": {"kind": "whitening"}, "training": {"batch": 4, "evaluation": 120}}, 6, False),
        ({"objective": {"kind": "whitening"}, "training": {"batch": 2}}, 2, True),
        ({"world": FOUR | {"rho": None}, "mixing": {"kind": "cubic"}, "training": {"batch": 2}}, 1, False),
        (
            {"world": FOUR | {"rho": None}, "objective": {"kind": "whitening"}, "training": {"batch": 16}},
            1,
            False,
        ),
    ],
)
def test_an_embedding_is_as_wide_as_it_says_or_as_there_are_latents(
    changes: dict[str, Any], width: int, theorem: bool
) -> None:
    made = config.Experiment.model_validate(plain(changes))
    assert (made.width, made.of_theorem) == (width, theorem)


@pytest.mark.parametrize(
    ("metric", "changes", "words"),
    [
        ("r2_kept", {}, "an embedding of fewer dimensions than latents"),
        ("r2_left", {"embedding": 3}, "an embedding of fewer dimensions than latents"),
        ("r2_kept", {"embedding": 1}, ""),
        ("distance", {"embedding": 1}, "an embedding of as many dimensions as latents"),
        ("orthogonality", {"embedding": 3}, "an embedding of as many dimensions as latents"),
        ("distance", {}, ""),
        ("prediction", {}, "the measure prediction with a predictor"),
        ("inverse_ratio", {}, "the measure inverse_ratio with inverse, and not without it"),
        ("r2_eigen", {"world": WELL}, ""),
        ("r2_eigen", {"world": FLIPS}, ""),
        ("r2_eigen", {"world": FOUR | {"rho": None}}, "doublewell or signflips"),
        ("white_alignment", {"world": FLIPS}, ""),
        ("white_alignment", {"world": FOUR | {"rho": None}}, ""),
        ("white_alignment", {"world": WELL}, "fourpoints or signflips"),
    ],
)
def test_a_measure_is_a_criterion_where_it_is_measured(metric: str, changes: dict[str, Any], words: str) -> None:
    data = plain(changes | {"criterion": [criterion(metric=metric)]})
    if words:
        with pytest.raises(ValidationError, match=words):
            config.Experiment.model_validate(data)
    else:
        assert config.Experiment.model_validate(data).criterion[0].metric == metric


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        ({"at_least": LEAST}, True),
        ({"at_least": None, "at_most": BELOW_1}, True),
        ({"at_least": None, "at_most": 0.0}, True),
        ({"at_least": None, "at_most": 1.0}, False),
        ({"at_least": -1.0}, False),
        ({"at_least": 0.0, "metric": "epsilon"}, True),  # no R²
        ({"at_least": None, "at_most": 2.0, "metric": "distance"}, True),
        ({"at_least": None, "at_most": "bound", "metric": "distance", "over": "mean"}, False),
        ({"at_least": None, "at_most": "bound", "metric": "orthogonality"}, False),
        ({"at_least": None, "at_most": "bound", "metric": "distance"}, True),
        ({"at_least": None, "near": 0.0, "within": 0.1}, True),
    ],
)
def test_a_criterion_claims_what_some_encoder_would_miss(changes: dict[str, Any], sound: bool) -> None:
    if sound:
        config.Criterion.model_validate(criterion(**changes))
    else:
        with pytest.raises(ValidationError):
            config.Criterion.model_validate(criterion(**changes))


def test_two_seeds_are_enough_for_a_mean(tiny: Callable[..., Path]) -> None:
    made = config.load(tiny(criterion=[criterion(over="mean")], training={"seeds": [3, 5]}))
    assert [c.over for c in made.criterion] == ["mean"]
    assert config.load(tiny(criterion=[criterion()], training={"seeds": [3]})).criterion[0].over == "each seed"


# Sentences


def test_the_first_six_faults_are_told_and_the_others_are_counted(tiny: Callable[..., Path]) -> None:
    keys = [f"k{i}" for i in range(8)]
    for count in (1, 6, 7, 8):
        path = tiny(encoder=dict.fromkeys(keys[:count], 1))
        with pytest.raises(UserError) as caught:
            config.load(path)
        told = [f"the key encoder.{k} is unknown (misspelt?)" for k in keys[: min(count, 6)]]
        expected = [*told, f"and {count - 6} more"] if count > 6 else told
        assert str(caught.value) == f"{path}: {'; '.join(expected)}"


@pytest.mark.parametrize(
    ("loc", "data", "key"),
    [
        (("world", "rho"), {"world": {"rho": 2}}, "world.rho"),
        (("mixing", "spiral", "turns"), {"mixing": {"kind": "spiral", "turns": "x"}}, "mixing.turns"),
        # a key that is named as its kind is a key
        (("mixing", "spiral"), {"mixing": {"kind": "spiral", "spiral": 1}}, "mixing.spiral"),
        (("mixing", "banana"), {"mixing": {"kind": "spiral"}}, "mixing.banana"),
        (("memory", "rows", 1, 0), {"memory": [[1], ["x"]]}, "memory.1.0"),
        (("memory", "rows", 1), {"memory": ((1,), "x")}, "memory.1"),
        (("a", "b", "c"), {}, "a.b.c"),
        (("a", 3, "b"), {"a": 5}, "a.3.b"),
        ((), {"a": 5}, ""),
    ],
)
def test_a_key_is_named_as_the_data_have_it(loc: tuple[str | int, ...], data: Any, key: str) -> None:
    assert config.key_of(loc, data) == key


def test_a_name_that_is_not_known_comes_with_those_near_it_or_with_all() -> None:
    names = ["alpha", "alphas", "alpine", "alphabet", "omega"]
    assert config.known("omega", iter(names), "letter") == "omega"
    with pytest.raises(ValueError, match=r"^'alphaa' is no letter; expected alpha or alphas or alphabet$"):
        config.known("alphaa", iter(names), "letter")
    with pytest.raises(ValueError, match=r"^'xyz' is no letter; expected alpha or beta$"):
        config.known("xyz", ["alpha", "beta"], "letter")
    # near is what shares 0.3 of its letters: two of six each are a third, two of eight a quarter
    with pytest.raises(ValueError, match=r"expected abcdef$"):
        config.known("abuvwx", ["abcdef", "nothing"], "letter")
    with pytest.raises(ValueError, match=r"expected abcdefgh or nothing$"):
        config.known("abuvwxyz", ["abcdefgh", "nothing"], "letter")


def test_a_part_of_a_file_is_named_before_its_fault() -> None:
    path = Path("c.yaml")
    with pytest.raises(UserError, match=r"^c\.yaml: grid: the key dim is missing$"):
        config.validated(path, config.World, {"rho": 0.5}, "grid: ")
    assert config.validated(path, config.World, {"rho": 0.5, "dim": 2}) == world(rho=0.5, dim=2)


@pytest.mark.parametrize("key", ["grid", "cases"])
def test_a_sweep_is_no_single_experiment(tiny: Callable[..., Path], key: str) -> None:
    path = tiny(**{key: {"a": {}}})
    with pytest.raises(UserError, match=r"this is a sweep of many experiments; `lejepa sweep .*` runs it") as caught:
        config.load(path)
    assert str(caught.value).count(str(path)) == 2


@pytest.mark.parametrize("text", ["", "statement = 3", "statement = [1, 2]", "[[statement]]\nsays = 'no name'"])
def test_a_registry_without_statements_knows_none(tiny: Callable[..., Path], text: str) -> None:
    path = tiny()
    (path.parent / "checks").mkdir()
    (path.parent / "checks" / "statements.toml").write_text(text)
    with pytest.raises(
        UserError, match=r"^.*tiny\.yaml: statements: 'linear_identifiability' is no statement of the reg"
    ):
        config.load(path)


@pytest.mark.parametrize("text", [b"[[statement", b"\xff"])
def test_a_registry_that_cannot_be_read_is_named(tiny: Callable[..., Path], text: bytes) -> None:
    path = tiny()
    registry = path.parent / "checks" / "statements.toml"
    registry.parent.mkdir()
    registry.write_bytes(text)
    with pytest.raises(UserError) as caught:
        config.load(path)
    assert str(caught.value).startswith(f"{registry}: expected the registry of statements, but it can't be read: ")


@pytest.mark.parametrize("name", ["a", "0", "a-b/c.d-1", "a/0"])
def test_a_name_is_of_small_letters_figures_and_hyphens(name: str) -> None:
    """A sweep's point has a dot too, after its stroke."""
    assert config.Experiment.model_validate(plain({"name": name})).name == name
    for wrong in (f"{name}/", f"/{name}", f"-{name}", name.upper() if name != "0" else "", f"{name} "):
        with pytest.raises(ValidationError):
            config.Experiment.model_validate(plain({"name": wrong}))

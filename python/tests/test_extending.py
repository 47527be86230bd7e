"""Configurations that extend others."""

from pathlib import Path

import pytest
from lejepa.errors import UserError
from lejepa.training import grid, recording
from lejepa.training.extending import read

BASE = (
    "statements: [s]\nworld: {dim: 2, rho: 0.9}\nmixing: {kind: identity}\nencoder: {kind: mlp}\n"
    "objective: {kind: whitening}\ntraining: {steps: 5}\n"
)


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_keys_of_the_other_file_hold_where_there_are_none(tmp_path: Path) -> None:
    written(
        tmp_path, "a.yaml", "name: a\ntraining: {steps: 5, seeds: [0, 1]}\nencoder: {kind: mlp, hidden: 3}\nx: [1, 2]\n"
    )
    path = written(
        tmp_path, "b.yaml", "extends: a.yaml\nname: b\ntraining: {steps: 7}\nencoder: {kind: linear}\nx: [4]\n"
    )
    assert read(path) == {
        "name": "b",
        "training": {"steps": 7, "seeds": [0, 1]},
        "encoder": {"kind": "linear"},  # of another kind, so as a whole
        "x": [4],  # lists too
    }
    assert read(tmp_path / "a.yaml")["name"] == "a"


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("7", "extends: expected the name of a file beside this one, found 7"),
        ("''", "extends: expected the name of a file beside this one, found ''"),
        ("c.yaml", r"extends: expected the name of a file beside this one, but there is no \S*c\.yaml"),
        ("b.yaml", r"extends: expected a configuration that extends no other, and \S*b\.yaml does"),
        ("list.yaml", r"list\.yaml: expected a YAML mapping"),
    ],
)
def test_what_can_t_be_extended_is_one_sentence(tmp_path: Path, extends: str, said: str) -> None:
    written(tmp_path, "list.yaml", "- 1\n")
    path = written(tmp_path, "b.yaml", f"extends: {extends}\nname: b\n")
    with pytest.raises(UserError, match=said) as e:
        read(path)
    assert "\n" not in str(e.value)


def test_a_fault_in_what_is_extended_is_told_of_the_file_that_extends(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "name: a\n" + BASE.replace("steps: 5", "stepz: 5"))
    path = written(tmp_path, "b.yaml", "extends: a.yaml\nname: b\n")
    with pytest.raises(UserError, match=r"b\.yaml: .*the key training\.stepz is unknown"):
        grid.load(path)


def test_cases_of_the_other_file_are_changed_one_by_one(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "name: a\n" + BASE + "cases:\n  one: {}\n  two: {world: {rho: 0.5}}\n")
    path = written(tmp_path, "b.yaml", "extends: a.yaml\nname: b\ncases:\n  two: {training: {steps: 9}}\n  three: {}\n")
    found = {p.name: (p.world.rho, p.training.steps) for p in grid.load(path).points}
    assert found == {"b/one": (0.9, 5), "b/two": (0.5, 9), "b/three": (0.9, 5)}


def test_recorded_transitions_extend_too(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "data: a.npz\nname: a\n")
    path = written(tmp_path, "b.yaml", "extends: a.yaml\nname: b\n")
    assert recording.is_one(path)

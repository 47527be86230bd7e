"""Configurations that change some keys of another one: `extends: controlled-quick.yaml`."""

from pathlib import Path
from typing import Any

from lejepa.errors import UserError, brief
from lejepa.yamlfile import read_mapping

KEY = "extends"


def read(path: Path) -> dict[str, Any]:
    """The keys of a configuration, with those of the file beside it that it extends; UserError where that is none."""
    data = read_mapping(path)
    if KEY not in data:
        return data
    name = data.pop(KEY)
    if not isinstance(name, str) or not name:
        raise UserError(f"{path}: {KEY}: expected the name of a file beside this one, found {brief(name)}")
    if not (other := path.parent / name).exists():
        raise UserError(f"{path}: {KEY}: expected the name of a file beside this one, but there is no {other}")
    base = read_mapping(other)
    if KEY in base:
        raise UserError(f"{path}: {KEY}: expected a configuration that extends no other, and {other} does")
    return merged(base, data)


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with changes, section by section; a section of another kind takes the place of the old one."""
    made = dict(base)
    for key, value in changes.items():
        old = made.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and value.get("kind", old.get("kind")) == old.get("kind"):
            made[key] = merged(old, value)
        else:
            made[key] = value
    return made

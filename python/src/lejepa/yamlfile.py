"""Reading YAML, version 1.2: one sentence where a file is not what it should be.

1.2 reads `1e-3` as a number and `1:04` as text. A key given twice is refused. So is what version 1.1 read otherwise:
numbers that begin with 0, have a `_` or are binary, and a document that says it is of another version. So are keys that
are no texts, whole numbers of more digits than 64 bits hold, and aliases that lead back to themselves or stand for more
than a configuration can mean.
"""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lejepa.errors import UserError, brief

OCTAL = re.compile(r"[-+]?0[0-9_]+")
VERSION = re.compile(r"\A(?:[ \t]*(?:#.*)?\n|%(?!YAML).*\n)*%YAML[ \t]+(\S+)")
INT, FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
DIGITS = 18  # of a whole number: those of 64 bits
MOST = 100_000  # values in a file, those counted again that an alias stands for


def read_mapping(path: Path, what: str = "the keys of an experiment") -> dict[str, Any]:
    """The mapping in a YAML file; `UserError` that names the file, the line and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such configuration") from None
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{path}: expected a YAML file, but it can't be read: {e}") from None
    if (version := VERSION.match(text.removeprefix("\ufeff"))) and version[1] != "1.2":
        raise UserError(f"{path}: expected YAML 1.2, found a document of version {brief(version[1])[1:-1]}")
    reader = YAML(typ="safe", pure=True)
    try:
        Scrutiny(path).size(reader.compose(text))
        data = reader.load(text)
    except UserError:
        raise
    except YAMLError as e:
        raise UserError(f"{path}{told(e)}") from None
    except RecursionError:
        raise UserError(f"{path}: expected the keys of a configuration, but its values are nested too deep") from None
    except Exception as e:  # a date that there is not, and whatever else the parser does not foresee
        raise UserError(f"{path}: this is no YAML: {' '.join(str(e).split()) or type(e).__name__}") from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else type(data).__name__
        raise UserError(f"{path}: expected a YAML mapping with {what}, found {found}")
    return data


class Scrutiny:
    """Looks at the nodes of a document for what YAML allows and a configuration does not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: dict[int, int | None] = {}  # of nodes by their identity; None while one is looked into

    def fault(self, node: Node, says: str) -> UserError:
        return UserError(f"{self.path}, line {line_of(node)}: {says}")

    def size(self, node: Node | None) -> int:
        """How many values a node stands for."""
        if node is None:
            return 0
        if id(node) not in self.sizes:
            self.sizes[id(node)] = None
            self.sizes[id(node)] = self.looked_into(node)
        found = self.sizes[id(node)]
        if found is None:
            raise self.fault(node, "an alias within a value stands for that value itself")
        if found > MOST:
            raise self.fault(node, f"expected at most {MOST} values, aliases counted as what they stand for")
        return found

    def looked_into(self, node: Node) -> int:
        match node:
            case ScalarNode():
                self.look_at_number(node)
                return 1
            case SequenceNode():
                return 1 + sum(self.size(value) for value in node.value)
            case MappingNode():
                self.look_at_keys(node)
                return 1 + sum(self.size(key) + self.size(value) for key, value in node.value)
        return 1

    def look_at_number(self, node: ScalarNode) -> None:
        if node.style is None and OCTAL.fullmatch(node.value):
            raise self.fault(node, f"expected a number without a leading 0, found {brief(node.value)[1:-1]}")
        plain = node.style is None and node.tag in (INT, FLOAT)
        if plain and ("_" in node.value or node.value.lstrip("-+").startswith("0b")):
            raise self.fault(node, f"expected a number as YAML 1.2 has it, found {brief(node.value)[1:-1]}")
        if node.tag == INT and len(node.value.strip("+-")) > DIGITS:
            raise self.fault(
                node, f"expected a whole number of at most {DIGITS} digits, found {brief(node.value)[1:-1]}"
            )

    def look_at_keys(self, node: MappingNode) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode) or key.tag not in KEYS:
                found = brief(key.value)[1:-1] if isinstance(key, ScalarNode) else "a list or a mapping"
                raise self.fault(key, f"expected a key that is text, found {found}")
            if key.value in first:
                raise self.fault(key, f"the key {brief(key.value)[1:-1]} is given before, in line {first[key.value]}")
            first[key.value] = line_of(key)


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def told(e: YAMLError) -> str:
    """Where a document is no YAML, and why."""
    if not isinstance(e, MarkedYAMLError) or e.problem_mark is None:
        return f": this is no YAML: {' '.join(str(e).split())}"
    return f", line {e.problem_mark.line + 1}: this is no YAML: {' '.join((e.problem or str(e)).split())}"

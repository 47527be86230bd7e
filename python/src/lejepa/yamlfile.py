"""Reading YAML, version 1.2: one sentence where a file is not what it should be.

1.2 reads `1e-3` as a number and `1:04` as text. A key given twice is refused, and so is a number that begins with 0,
which version 1.1 took for an octal one.
"""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lejepa.errors import UserError

OCTAL = re.compile(r"[-+]?0[0-9_]+")


def read_mapping(path: Path, what: str = "the keys of an experiment") -> dict[str, Any]:
    """The mapping in a YAML file; `UserError` that names the file, the line and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such configuration") from None
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{path}: expected a YAML file, but it can't be read: {e}") from None
    reader = YAML(typ="safe", pure=True)
    try:
        refuse(path, reader.compose(text))
        data = reader.load(text)
    except YAMLError as e:
        raise UserError(f"{path}{told(e)}") from None
    except ValueError as e:  # a date that there is not
        raise UserError(f"{path}: this is no YAML: {e}") from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else type(data).__name__
        raise UserError(f"{path}: expected a YAML mapping with {what}, found {found}")
    return data


def refuse(path: Path, node: Node | None, above: frozenset[int] = frozenset()) -> None:
    """Refuse a key given twice and a number with a leading 0, anywhere in a document; `above` holds the nodes around
    this one, which an alias may lead back to."""
    if node is None or id(node) in above:
        return
    above |= {id(node)}
    if isinstance(node, ScalarNode) and node.style is None and OCTAL.fullmatch(node.value):
        raise UserError(f"{path}, line {line_of(node)}: expected a number without a leading 0, found {node.value}")
    if isinstance(node, SequenceNode):
        for value in node.value:
            refuse(path, value, above)
    if isinstance(node, MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                if key.value in first:
                    line = first[key.value]
                    raise UserError(f"{path}, line {line_of(key)}: the key {key.value} is given before, in line {line}")
                first[key.value] = line_of(key)
            refuse(path, key, above)
            refuse(path, value, above)


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def told(e: YAMLError) -> str:
    """Where a document is no YAML, and why."""
    if not isinstance(e, MarkedYAMLError) or e.problem_mark is None:
        return f": this is no YAML: {' '.join(str(e).split())}"
    return f", line {e.problem_mark.line + 1}: this is no YAML: {' '.join((e.problem or str(e)).split())}"

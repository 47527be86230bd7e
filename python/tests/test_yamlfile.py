"""YAML files: what version 1.2 says they mean, and one sentence for what it leaves open or is no YAML."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lejepa.errors import UserError
from lejepa.yamlfile import read_mapping

FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def reading(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("-2.5e+1", -25.0),
        ("0", 0),
        ("-0", 0),
        ("0.5", 0.5),
        ("0o17", 15),
        ("'040'", "040"),
        ("1:04", "1:04"),
        ("'1_000'", "1_000"),
        ("_1", "_1"),
        ("0x1f", 31),
        ("+3", 3),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("|\n  %YAML 1.1", "%YAML 1.1"),
        ("yes", "yes"),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ("", None),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(tmp_path: Path, text: str, value: object) -> None:
    found = reading(tmp_path, f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


# Ten times ten times ... 1: a billion values in ten lines.
BOMB = "a0: &a0 1\n" + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]\n" for k in range(1, 10))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 040", "line 1: expected a number without a leading 0, found 040"),
        ("a: 1_000", "line 1: expected a number as YAML 1.2 has it, found 1_000"),
        ("a: 1\nb: 0.0_1", "line 2: expected a number as YAML 1.2 has it, found 0.0_1"),
        ("a: -0b11", "line 1: expected a number as YAML 1.2 has it, found -0b11"),
        ("%YAML 1.1\n---\na: 1:04", "expected YAML 1.2, found a document of version 1.1"),
        ("\n# x\n%TAG !e! tag:e:\n%YAML 1.1 # y\n---\na: 1", "expected YAML 1.2, found a document of version 1.1"),
        ("\ufeff%YAML 1.3\n---\na: 1", "expected YAML 1.2, found a document of version 1.3"),
        ("b: 1\na: [-007]", "line 2: expected a number without a leading 0, found -007"),
        ("a: 1\nb:\n  c: 2\n  d: 1\n  c: 3", "line 5: the key c is given before, in line 3"),
        ("a: 1\n'a': 2", "line 2: the key a is given before, in line 1"),
        ("a: [1, 2", "line 1: this is no YAML"),
        ("a:\n\t- 1", "line 2: this is no YAML"),
        ("a: !!python/object:os.system x", "line 1: this is no YAML"),
        ("a: 2026-13-45", "this is no YAML"),
        ("a: \x00", "this is no YAML"),
        ("- 1", "expected a YAML mapping with the keys of an experiment, found list"),
        ("", "found nothing"),
        ("a: &x [*x]", "line 1: an alias within a value stands for that value itself"),
        ("a: &x {b: *x}", "line 1: an alias within a value"),
        ("a: 1\n1: 2", "line 2: expected a key that is text, found 1"),
        ("? [a]\n: 2", "line 1: expected a key that is text, found a list or a mapping"),
        ("a: 1\nseed: 100000000000000000000000", "line 2: expected a whole number of at most 18 digits, found 1000"),
        ("a: 0x" + "f" * 5000, "expected a whole number of at most 18 digits"),
        ("a: " + "[" * 3000 + "]" * 3000, "nested too deep"),
        (BOMB, "expected at most 100000 values"),
    ],
)
def test_what_is_open_or_no_mapping_is_refused_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        reading(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/some.yaml")
    assert words in message
    assert "\n" not in message


def test_a_document_may_say_that_it_is_of_version_1_2(tmp_path: Path) -> None:
    assert reading(tmp_path, "%YAML 1.2\n---\na: 1:04") == {"a": "1:04"}


def test_an_alias_stands_for_its_value_twice(tmp_path: Path) -> None:
    assert reading(tmp_path, "a: &x [1, 2]\nb: *x") == {"a": [1, 2], "b": [1, 2]}


def test_what_can_t_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such configuration"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(UserError, match="can't be read"):
        read_mapping(tmp_path / "latin.yaml")


words = st.text(string.ascii_letters + string.digits + " .:#'\"-é→", max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 10**18, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@FUZZ
@given(st.dictionaries(words, values, max_size=4))
def test_json_is_yaml(tmp_path: Path, data: dict[str, Any]) -> None:
    assert reading(tmp_path, json.dumps(data, ensure_ascii=False)) == data


@FUZZ
@given(st.text(string.ascii_lowercase + string.digits + " \n\t:-[]{}&*!|>'\"%@`#,.", max_size=40))
def test_any_text_is_a_mapping_or_one_sentence(tmp_path: Path, text: str) -> None:
    message = ""
    try:
        reading(tmp_path, text)
    except UserError as e:
        message = str(e)
    assert "\n" not in message

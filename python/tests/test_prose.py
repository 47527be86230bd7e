"""Figures in prose: what is marked up must be what results say."""

import json
from pathlib import Path

import pytest
from lejepa.auditing import prose
from lejepa.errors import UserError

RESULT = {"metrics": [{"r2_hz": 0.99814}, {"r2_hz": 0.9991}], "seconds": 12345.6, "share": 0.1234, "name": "tiny"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in (
        ("results/experiments/tiny.json", json.dumps(RESULT)),
        ("python/configs/tiny.yaml", "name: tiny\n"),
        ("results/benchmarks/speed.json", '{"ratio": 3.2}'),
        ("python/benchmarks/speed.py", "pass\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def faults(root: Path, *marked: str, out: str = "results") -> list[str]:
    (root / "README.md").write_text("Text.\n" + "\n".join(marked) + "\n")
    return prose.faults(root, root / out, ["README.md"])


def mark(expression: str, text: str, file: str = "experiments/tiny.json") -> str:
    return f"<!-- figure: {file} {expression} -->{text}<!-- /figure -->"


@pytest.mark.parametrize(
    ("expression", "good", "bad"),
    [
        ("min(metrics[].r2_hz)", "0.9981", "0.9982"),
        ("min(metrics[].r2_hz)", "0.998", "0.999"),
        ("min(metrics[].r2_hz)", "99.8 %", "99.9 %"),
        ("max(metrics[].r2_hz)", "**0.9991**", "**0.9990**"),
        ("length(metrics)", "2 seeds", "3 seeds"),
        ("seconds", "12,346 s", "12,345 s"),
        ("share", "1.23e-1", "1.24e-1"),
        ("share ; within 30%", "0.15", "0.17"),
        ("share ; at least", "0.12", "0.13"),
        ("share ; at most", "0.2", "0.1"),
    ],
)
def test_a_figure_is_held_to_the_digits_it_shows(root: Path, expression: str, good: str, bad: str) -> None:
    assert faults(root, mark(expression, good)) == []
    (fault,) = faults(root, "more", mark(expression, bad))
    assert fault.startswith(f"README.md:3: the figure «{bad}» is not ")


def test_without_the_result_the_recorded_value_counts(root: Path) -> None:
    text = mark("min(metrics[].r2_hz)", "0.998")
    (fault,) = faults(root, text, out="elsewhere")
    assert "has no result: results/experiments/tiny.json is missing" in fault
    assert prose.record(root, root / "results", ["README.md"]) == 1
    assert faults(root, text, out="elsewhere") == []
    (fault,) = faults(root, mark("min(metrics[].r2_hz)", "0.999"), out="elsewhere")
    assert "is not what docs/figures.json says" in fault
    (root / "python" / "configs" / "tiny.yaml").write_text("name: tiny\nchanged: true\n")
    (fault,) = faults(root, text, out="elsewhere")
    assert "is stale: what it is made from has changed" in fault


def test_recording_keeps_what_can_not_be_measured_here(root: Path) -> None:
    both = (mark("seconds", "12346"), mark("ratio", "3.2", "benchmarks/speed.json"))
    assert faults(root, *both) == []
    prose.record(root, root / "results", ["README.md"])
    (root / "results" / "benchmarks" / "speed.json").unlink()
    assert prose.record(root, root / "results", ["README.md"]) == 2
    assert faults(root, *both) == []


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("<!-- figure: experiments/tiny.json seconds -->1", r"README\.md:2: expected <!-- figure: FILE EXPRESSION -->"),
        (mark("min(", "1"), "README.md:2: expected a JMESPath expression"),
        (mark("name", "1"), r"README\.md:2: expected .* to be a number, found 'tiny'"),
    ],
)
def test_bad_marks_are_one_sentence(root: Path, marked: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        faults(root, marked)


def test_two_numbers_between_the_marks_are_a_fault(root: Path) -> None:
    (fault,) = faults(root, mark("share", "0.12 of 3"))
    assert "expected one number" in fault

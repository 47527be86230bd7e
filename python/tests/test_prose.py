"""Figures in prose: what is marked must be what evidence says, to every digit; what is not must not look measured."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from lejepa.auditing import prose, tables
from lejepa.errors import UserError
from lejepa.evidence import kinds

RESULT = {
    "metrics": [{"r2_hz": 0.99814}, {"r2_hz": 0.9991}],
    "seconds": 12345.6,
    "share": 0.1234,
    "name": "tiny",
    "high": 0.995,
    "half": 0.9945,
    "tie": [0.125, 0.375, 2.5, 3.5],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in (
        ("evidence/experiments/tiny.json", json.dumps(RESULT)),
        ("results/checks.json", '{"digits": 50}'),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def faults(root: Path, *marked: str) -> list[str]:
    (root / "README.md").write_text("Text.\n" + "\n".join(marked) + "\n")
    return prose.faults(root, root / "results", ["README.md"])


def mark(expression: str, text: str, file: str = "experiments/tiny.json") -> str:
    return f"<!-- figure: {file} {expression} -->{text}<!-- /figure -->"


@pytest.mark.parametrize(
    ("expression", "good", "bad"),
    [
        ("min(metrics[].r2_hz)", "0.9981", "0.9982"),
        ("min(metrics[].r2_hz)", "0.998", "0.999"),
        ("min(metrics[].r2_hz)", "99.8 %", "99.9 %"),
        ("min(metrics[].r2_hz)", "1.0", "1.01"),
        ("max(metrics[].r2_hz)", "**0.9991**", "**0.9990**"),
        ("length(metrics)", "2 seeds", "3 seeds"),
        ("seconds", "12,346 s", "12,345 s"),
        ("share", "1.23e-1", "1.24e-1"),
        ("share ; at least", "0.12", "0.13"),
        ("share ; at most", "0.2", "0.1"),
        ("high", "0.995", "1.01"),  # 2 % off
        ("high", "1.00", "0.99"),  # half to even
        ("half", "0.994", "0.995"),  # half to even: 0.9945 to three digits
        ("tie[0]", "0.12", "0.13"),
        ("tie[1]", "0.38", "0.37"),
        ("tie[2]", "2", "3"),
        ("tie[3]", "4", "3"),
        ("tie[0]", "12 %", "13 %"),
        ("metrics[].r2_hz ; range", "0.998 to 0.999", "0.999 to 0.998"),
        ("metrics[].r2_hz ; range", "0.9981–0.9991", "0.9981–0.9992"),
        # mean 0.99862, sample standard deviation 0.00096/√2 = 0.000679; the population's is 0.00048
        ("metrics[].r2_hz ; spread", "0.9986 ± 0.0007", "0.9986 ± 0.0005"),
        ("metrics[].r2_hz ; spread", "0.999 ± 0.001", "0.999 ± 0.0007"),
        ("metrics[].r2_hz ; spread", "0.9986 ± 0.0007", "0.9986, 0.0007"),
    ],
)
def test_a_figure_is_held_to_every_digit_it_shows(root: Path, expression: str, good: str, bad: str) -> None:
    assert faults(root, mark(expression, good)) == []
    (fault,) = faults(root, "more", mark(expression, bad))
    assert fault.startswith(f"README.md:3: the figure «{bad}» is not what evidence/experiments/tiny.json says: ")


def test_what_is_cheap_is_read_from_results(root: Path) -> None:
    assert faults(root, mark("digits", "50", "checks.json")) == []
    (fault,) = faults(root, mark("digits", "60", "checks.json"))
    assert "is not what results/checks.json says: digits is 50" in fault


def test_a_figure_without_evidence_is_a_fault(root: Path) -> None:
    (root / "evidence" / "experiments" / "tiny.json").unlink()
    (root / "results" / "experiments").mkdir()
    (root / "results" / "experiments" / "tiny.json").write_text(json.dumps(RESULT))  # not committed
    assert faults(root, mark("share", "0.12")) == [
        "README.md:2: the figure «0.12» has no evidence: evidence/experiments/tiny.json is missing"
    ]


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("<!-- figure: experiments/tiny.json seconds -->1", r"README\.md:2: expected <!-- figure: FILE EXPRESSION -->"),
        (mark("min(", "1"), "README.md:2: expected a JMESPath expression"),
        (mark("name", "1"), r"README\.md:2: expected .* to be a number, found 'tiny'"),
        (mark("share ; within 30%", "0.15"), r"README\.md:2: expected at least, at most, spread or range"),
        (mark("metrics[:1].r2_hz ; spread", "1 ± 1"), "expected .* to be a list of two numbers or more"),
    ],
)
def test_bad_marks_are_one_sentence(root: Path, marked: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        faults(root, marked)


def test_two_numbers_between_the_marks_are_a_fault(root: Path) -> None:
    (fault,) = faults(root, mark("share", "0.12 of 3"))
    assert "expected one number" in fault


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("| `spiral-quick` | recovery | R² 0.995 |", "0.995"),
        ("| grid | " + mark("share", "0.12") + " ≤ 0.384 |", "0.384"),
        ("The encoder reaches an R² of 0.99.", "0.99"),
        ("It is 12.5 ± 0.1 seconds.", "12.5"),
    ],
)
def test_a_claim_without_evidence_is_a_fault(root: Path, line: str, figure: str) -> None:
    found = faults(root, line)
    assert found[0] == f"README.md:2: the figure «{figure}» stands without evidence; mark what it quotes, or as given"


@pytest.mark.parametrize(
    "line",
    [
        "| paper | R² <!-- given -->0.648<!-- /given --> |",
        "| ours | " + mark("share", "0.12") + " |",
        "| version | `python>=3.11` |",
        "| seeds | 3 of 12 points |",
        "Python 3.11 or later; 50 digits.",
        "```\n| 0.99 | R² 0.99 |\n```",
        "| arXiv 2605.26379v1 |",
    ],
)
def test_what_is_given_or_marked_or_no_measurement_is_none(root: Path, line: str) -> None:
    assert faults(root, line) == []


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A kind of evidence that makes one table."""
    module = ModuleType("lines")
    module.tables = lambda root: {"size": ["| n | size |", "|---|---|", "| 2 | 0.012 |"]}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lines", module)
    monkeypatch.setitem(kinds.MODULES, "lines", "lines")
    return module


def test_a_made_table_is_compared_and_written(root: Path, lines: ModuleType) -> None:
    text = "<!-- table: lines/size -->\n| n | size |\n|---|---|\n| 2 | 0.013 |\n<!-- /table -->\nMore.\n"
    assert faults(root, text) == [
        "README.md:2: the table lines/size is not what evidence says; `lejepa report` writes it"
    ]
    assert tables.write(root, ["README.md"]) == [root / "README.md"]
    assert (root / "README.md").read_text() == "Text.\n" + text.replace("0.013", "0.012") + "\n"
    assert prose.faults(root, root / "results", ["README.md"]) == []
    assert tables.write(root, ["README.md"]) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "<!-- table: lines/power -->\n<!-- /table -->",
            r"README\.md:2: expected a table that evidence/lines makes \(size\)",
        ),
        ("<!-- table: lines/size -->\n| 1 |", "expected <!-- table: FOLDER/NAME -->, lines, <!-- /table -->"),
        ("<!-- table: rumours/size -->\n<!-- /table -->", "rumours: expected one of the folders"),
    ],
)
def test_a_bad_mark_of_a_table_is_one_sentence(root: Path, lines: ModuleType, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        faults(root, text)


@pytest.mark.parametrize("how", ["spread", "range"])
def test_a_spread_of_one_number_is_refused(root: Path, how: str) -> None:
    with pytest.raises(UserError, match=r"to be a list of two numbers or more, found 12345\.6"):
        faults(root, mark(f"seconds; {how}", "1 ± 2"))

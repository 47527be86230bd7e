"""Figures in prose: what is tied must be what evidence says, to every digit; what is not must not look measured."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from lejepa.auditing import prose, tables, ties
from lejepa.errors import UserError
from lejepa.evidence import kinds
from pydantic import ValidationError

RESULT = {
    "metrics": [{"r2_hz": 0.99814}, {"r2_hz": 0.9991}],
    "seconds": 12345.6,
    "share": 0.1234,
    "name": "tiny",
    "high": 0.995,
    "half": 0.9945,
    "tie": [0.125, 0.375, 2.5, 3.5],
}
TINY = "experiments/tiny.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in (
        ("evidence/experiments/tiny.json", json.dumps(RESULT)),
        ("results/checks.json", '{"digits": 50}'),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def tie(value: str, how: str = "equal", text: str = "It is {} here.", source: str = TINY) -> str:
    return f"figures = [{{text = {text!r}, source = {source!r}, value = {value!r}, how = {how!r}}}]"


def tied(root: Path, page: str, keys: str = "") -> ties.Ties:
    """A page, and the file that ties its figures."""
    (root / "README.md").write_text(page)
    (root / "figures.toml").write_text(f'[[page]]\nfile = "README.md"\n{keys}\n')
    return ties.load(root, "figures.toml")


def faults(root: Path, page: str, keys: str = "") -> list[str]:
    return prose.faults(root, root / "results", tied(root, page, keys))


@pytest.mark.parametrize(
    ("value", "how", "good", "bad"),
    [
        ("min(metrics[].r2_hz)", "equal", "0.9981", "0.9982"),
        ("min(metrics[].r2_hz)", "equal", "0.998", "0.999"),
        ("min(metrics[].r2_hz)", "equal", "99.8 %", "99.9 %"),
        ("min(metrics[].r2_hz)", "equal", "1.0", "1.01"),
        ("length(metrics)", "equal", "2", "3"),
        ("seconds", "equal", "12,346", "12,345"),
        ("share", "equal", "1.23e-1", "1.24e-1"),
        ("share", "at least", "0.12", "0.13"),
        ("share", "at most", "0.2", "0.1"),
        ("high", "equal", "0.995", "1.01"),  # 2 % off
        ("high", "equal", "1.00", "0.99"),  # half to even
        ("half", "equal", "0.994", "0.995"),  # half to even: 0.9945 to three digits
        ("tie[0]", "equal", "0.12", "0.13"),
        ("tie[1]", "equal", "0.38", "0.37"),
        ("tie[2]", "equal", "2", "3"),
        ("tie[3]", "equal", "4", "3"),
        ("tie[0]", "equal", "12 %", "13 %"),
        ("metrics[].r2_hz", "range", "0.998 to 0.999", "0.999 to 0.998"),
        ("metrics[].r2_hz", "range", "0.9981–0.9991", "0.9981–0.9992"),
        # mean 0.99862, sample standard deviation 0.00096/√2 = 0.000679; the population's is 0.00048
        ("metrics[].r2_hz", "spread", "0.9986 ± 0.0007", "0.9986 ± 0.0005"),
        ("metrics[].r2_hz", "spread", "0.999 ± 0.001", "0.999 ± 0.0007"),
        ("metrics[].r2_hz", "spread", "0.9986 ± 0.0007", "0.9986 to 0.0007"),
    ],
)
def test_a_figure_is_held_to_every_digit_it_shows(root: Path, value: str, how: str, good: str, bad: str) -> None:
    assert faults(root, f"Text.\n\nIt is {good} here.\n", tie(value, how)) == []
    (fault,) = faults(root, f"Text.\n\nIt is {bad} here.\n", tie(value, how))
    assert fault.startswith(f"README.md:3: the figure «{bad}» is not what evidence/experiments/tiny.json says: ")


def test_words_may_wrap(root: Path) -> None:
    assert faults(root, "Text. It is\n0.12 here.\n", tie("share")) == []
    (fault,) = faults(root, "Text. It is\n0.13\nhere.\n", tie("share"))
    assert fault.startswith("README.md:2: the figure «0.13» is not")


@pytest.mark.parametrize(
    ("page", "count"), [("It was 0.12 here.\n", 0), ("It is none here.\n", 0), ("It is 1 here. It is 2 here.\n", 2)]
)
def test_words_stand_in_the_page_once(root: Path, page: str, count: int) -> None:
    assert faults(root, page, tie("share")) == [
        f"README.md: expected the words «It is {{}} here.» once, with a figure, found {count}"
    ]


def test_what_is_cheap_is_read_from_results(root: Path) -> None:
    assert faults(root, "It is 50 here.", tie("digits", source="checks.json")) == []
    (fault,) = faults(root, "It is 60 here.", tie("digits", source="checks.json"))
    assert "is not what results/checks.json says: digits is 50" in fault


def test_a_figure_without_evidence_is_a_fault(root: Path) -> None:
    (root / "evidence" / "experiments" / "tiny.json").unlink()
    (root / "results" / "experiments").mkdir()
    (root / "results" / "experiments" / "tiny.json").write_text(json.dumps(RESULT))  # not committed
    assert faults(root, "It is 0.12 here.", tie("share")) == [
        "README.md:1: the figure «0.12» has no evidence: evidence/experiments/tiny.json is missing"
    ]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (tie("share", text="It is here."), r"figures\.toml: page\.0\.figures\.0\.text: String should match"),
        (tie("share", how="within 30%"), r"figures\.toml: page\.0\.figures\.0\.how: Input should be 'equal'"),
        ("figure = []", r"figures\.toml: page\.0\.figure: Extra inputs are not permitted"),
        ("tables = {Size = 'lines'}", r"figures\.toml: page\.0\.tables\.Size: String should match"),
        ("[", r"figures\.toml: expected a TOML file, but it can't be read"),
        (tie("share", text="{}"), r"figures\.toml: page\.0\.figures\.0\.text: String should have at least 3"),
        ("given = ['R²']", r"figures\.toml: page\.0\.given\.0: String should have at least 3"),
        (tie("min("), r"README\.md:1: expected a JMESPath expression"),
        (tie("name"), r"README\.md:1: expected .* to be a number, found 'tiny'"),
        (tie("metrics[:1].r2_hz", "spread"), r"README\.md:1: expected .* to be a list of two numbers or more"),
        (tie("seconds", "range"), r"to be a list of two numbers or more, found 12345\.6"),
    ],
)
def test_what_is_tied_badly_is_one_sentence(root: Path, keys: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        faults(root, "It is 1 ± 1 here." if "spread" in keys or "range" in keys else "It is 1 here.", keys)


def test_words_of_three_letters_are_enough(root: Path) -> None:
    assert faults(root, "It is 0.12s here.", tie("share", text="{}s")) == []
    assert faults(root, "It is 0.12 ± 0.1", "given = ['0.1', '0.12']") != []  # found twice: «0.1» is in «0.12»
    assert faults(root, "It is 0.2 ± 1", "given = ['0.2']") == []


def test_ties_are_texts_and_do_not_change_once_they_are_read(root: Path) -> None:
    made = tied(root, "It is 0.12 here.", tie("share"))
    for part, name in ((made, "file"), (made.page[0], "file"), (made.page[0].figures[0], "how")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, getattr(part, name))
    with pytest.raises(ValidationError, match="valid string"):
        ties.Page.model_validate({"file": b"README.md"})


def test_a_file_or_a_page_that_is_absent_is_named(root: Path) -> None:
    with pytest.raises(UserError, match=r"figures\.toml: there is no such file, and checks/statements\.toml names it"):
        ties.load(root, "figures.toml")
    made = tied(root, "Text.\n")
    (root / "README.md").unlink()
    with pytest.raises(UserError, match=r"README\.md: expected a page whose figures are held to evidence"):
        prose.faults(root, root / "results", made)


def test_two_numbers_where_one_is_expected_are_a_fault(root: Path) -> None:
    (fault,) = faults(root, "It is 0.12 to 3 here.", tie("share"))
    assert "expected one number" in fault


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("| `spiral-quick` | recovery | R² 0.995 |", "0.995"),
        ("| It is 0.12 here. | ≤ 0.384 |", "0.384"),
        ("The encoder reaches an R² of 0.99.", "0.99"),
        ("It is 12.5 ± 0.1 seconds.", "12.5"),
    ],
)
def test_a_claim_without_evidence_is_a_fault(root: Path, line: str, figure: str) -> None:
    found = faults(root, f"Text.\n{line}\n", tie("share") if "0.12" in line else "")
    assert (
        found[0]
        == f"README.md:2: the figure «{figure}» stands without evidence; tie it to what it quotes, or name it as given"
    )


@pytest.mark.parametrize(
    "line",
    [
        "| ours | It is 0.12 here. |",
        "| version | `python>=3.11` |",
        "| seeds | 3 of 12 points |",
        "Python 3.11 or later; 50 digits.",
        "```\n| 0.99 | R² 0.99 |\n```",
        "| arXiv 2605.26379v1 |",
    ],
)
def test_what_is_tied_or_no_measurement_is_none(root: Path, line: str) -> None:
    assert faults(root, line, tie("share") if "0.12" in line else "") == []


def test_what_is_given_is_no_measurement(root: Path) -> None:
    keys = "given = ['the paper has 0.648']"
    assert faults(root, "An R² of 1, where the\npaper has 0.648.\n", keys) == []
    assert len(faults(root, "An R² of 0.9, where the paper has 0.648.\n", keys)) == 1
    assert faults(root, "An R² of 1.\n", keys) == [
        "README.md: expected the words «the paper has 0.648», which are given, once, found 0"
    ]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A kind of evidence that makes one table."""
    module = ModuleType("lines")
    module.tables = lambda root: {"size": ["| n | size |", "|---|---|", "| 2 | 0.012 |"]}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lines", module)
    monkeypatch.setitem(kinds.MODULES, "lines", "lines")
    return module


SIZE = "tables = {Size = 'lines/size'}"
PAGE = """# Page
| other | 1 |

```
# Size
| code | 0.5 |
```

## Size
Text.

| n | size |
|---|---|
| 2 | 0.013 |

More.

### Below
| third | 3 |
"""


def test_a_made_table_is_compared_and_written(root: Path, lines: ModuleType) -> None:
    made = tied(root, PAGE, SIZE)
    assert prose.faults(root, root / "results", made) == [
        "README.md:12: the table lines/size is not what evidence says; `lejepa report` writes it"
    ]
    assert tables.write(root, made) == [root / "README.md"]
    assert (root / "README.md").read_text() == PAGE.replace("0.013", "0.012")
    assert prose.faults(root, root / "results", made) == []
    assert tables.write(root, made) == []


def test_a_made_table_may_end_the_page(root: Path, lines: ModuleType) -> None:
    made = tied(root, "# Size\n| n | size |", SIZE)
    assert tables.write(root, made) == [root / "README.md"]
    assert (root / "README.md").read_text() == "# Size\n| n | size |\n|---|---|\n| 2 | 0.012 |\n"


@pytest.mark.parametrize(
    ("page", "keys", "says"),
    [
        (
            PAGE,
            "tables = {Size = 'lines/power'}",
            r"README\.md:12: expected a table that evidence/lines makes \(size\)",
        ),
        (PAGE, "tables = {Sizes = 'lines/size'}", r"README\.md: expected one heading «Sizes», .* found 0"),
        ("# Size\n\n# Size\n", SIZE, r"README\.md: expected one heading «Size», .* found 2"),
        ("# Size\n\n## More\n| n |\n", SIZE, r"README\.md:1: expected a table below the heading «Size», found none"),
        (PAGE, "tables = {Size = 'rumours/size'}", "rumours: expected one of the folders"),
    ],
)
def test_a_table_that_is_tied_badly_is_one_sentence(
    root: Path, lines: ModuleType, page: str, keys: str, says: str
) -> None:
    with pytest.raises(UserError, match=says):
        faults(root, page, keys)


@pytest.mark.parametrize(
    ("number", "percent", "value", "unit"),
    [
        ("12", False, "12", "1"),
        ("12,345.60", False, "12345.60", "0.01"),
        ("−0.5", False, "-0.5", "0.1"),
        ("-0.5", False, "-0.5", "0.1"),
        ("1.5e-3", False, "0.0015", "0.0001"),
        ("2E3", False, "2000", "1000"),
        ("12.5", True, "0.125", "0.001"),
        ("7", True, "0.07", "0.01"),
    ],
)
def test_a_number_and_the_unit_of_its_last_digit(number: str, percent: bool, value: str, unit: str) -> None:
    assert prose.parse(number, percent) == (Decimal(value), Decimal(unit))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.125, "0.01", "0.12"),
        (0.135, "0.01", "0.14"),
        (-0.125, "0.01", "-0.12"),
        (0.1 + 0.2, "0.1", "0.3"),
        (2500, "1E3", "2E+3"),
    ],
)
def test_a_value_is_rounded_half_to_even(value: float, unit: str, expected: str) -> None:
    assert str(prose.rounded(value, Decimal(unit))) == expected


@pytest.mark.parametrize(
    ("value", "how", "figure", "says"),
    [
        ("high", "at least", "0.995", None),  # the bound itself keeps it
        ("high", "at most", "0.995", None),
        ("high", "at least", "99.5 %", None),
        ("high", "at least", "0.9951", "high is 0.995"),
        ("high", "at most", "0.9949", "high is 0.995"),
        ("half", "equal", "0.995", "half is 0.9945, so 0.994"),
        ("digits", "equal", "3", "digits is 2"),
        ("metrics[].r2_hz", "range", "0.9981 to 0.9992", "metrics[].r2_hz is 0.99814, 0.9991, so 0.9981, 0.9991"),
        ("metrics[].r2_hz", "range", "0.99814", "expected two numbers where the braces stand"),
        ("half", "equal", "0.9 to 0.99", "expected one number where the braces stand"),
        (
            "metrics[].r2_hz", "spread", "0.9986 ± 0.001",
            "expected mean ± standard deviation, both with as many digits",
        ),
        ("metrics[].r2_hz", "spread", "0.999 ± 0.002", "metrics[].r2_hz is 0.99862, 0.000678823, so 0.999, 0.001"),
    ],
)  # fmt: skip
def test_what_evidence_says_instead(root: Path, value: str, how: str, figure: str, says: str | None) -> None:
    (root / "evidence" / "experiments" / "tiny.json").write_text(json.dumps(RESULT | {"digits": 2}))
    assert faults(root, f"It is {figure} here.\n", tie(value, how)) == (
        [f"README.md:1: the figure «{figure}» is not what evidence/experiments/tiny.json says: {says}"] if says else []
    )


@pytest.mark.parametrize(
    ("value", "how", "found"),
    [
        ("name", "equal", "'tiny'"),
        ("absent", "equal", "None"),
        ("flag", "equal", "True"),
        ("metrics[].r2_hz", "equal", "[0.99814, 0.9991]"),
        ("[flag, seconds]", "spread", "[True, 12345.6]"),
        ("[seconds]", "range", "[12345.6]"),
    ],
)
def test_what_is_no_number_is_told(root: Path, value: str, how: str, found: str) -> None:
    (root / "evidence" / "experiments" / "tiny.json").write_text(json.dumps(RESULT | {"flag": True}))
    with pytest.raises(UserError) as caught:
        faults(root, "It is 1 ± 1 here.", tie(value, how))
    wanted = "a list of two numbers or more" if how != "equal" else "a number"
    assert str(caught.value) == f"README.md:1: expected {TINY} {value} to be {wanted}, found {found}"


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("R² of 0.5 and 1.5", ["0.5", "1.5"]),
        ("  | 0.5 | v1.5 | 1.2.3 | 0.5x |", ["0.5"]),
        ("R² 10.25, 0.5.", ["10.25", "0.5"]),
        ("± `0.5` 1.5", ["1.5"]),
        ("R2 of 0.5", []),
        ("a | 0.5 |", ["0.5"]),
        ("R² .85, 99 % and 99%; 0,99999 in 20,000 steps, 1.2.3, v.5", [".85", "99", "99", "0,99999"]),
        ("a | 100 % | 5 of 6", ["100"]),
        ("100 % and .85", []),
        ("± 5", []),
    ],
)
def test_which_figures_look_measured(root: Path, line: str, figures: list[str]) -> None:
    found = faults(root, f"One.\n```\nR² 0.1\n```\nTwo R².\n{line}\n")
    assert found == [
        f"README.md:6: the figure «{f}» stands without evidence; tie it to what it quotes, or name it as given"
        for f in figures
    ]


def test_only_what_is_tied_or_given_is_left_out_of_a_line(root: Path) -> None:
    keys = tie("share", text="is {} here") + "\ngiven = ['has 0.6']"
    found = faults(root, "R²: it is 0.12 here, has 0.6, and 0.7.\n", keys)
    assert [f.partition("«")[2].partition("»")[0] for f in found] == ["0.7"]


def test_several_tables_of_a_page_are_written_each_in_its_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("lines")
    module.tables = lambda root: {"a": ["| a |", "| - |", "| 1 |"], "b": ["| b |"]}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lines", module)
    monkeypatch.setitem(kinds.MODULES, "lines", "lines")
    page = "# B  \n~~~\n# A\n| no |\n~~~\n| x |\n| y |\n| z |\n\n| not this |\n##  A\ntext\n| x |\nend\n"
    made = tied(root, page, "tables = {A = 'lines/a', B = 'lines/b'}")
    first, second = tables.placed(root, made.page[0])
    assert (first.name, first.where, first.text, first.today) == (
        "lines/b", "README.md:6", "| x |\n| y |\n| z |\n", "| b |\n",
    )  # fmt: skip
    assert (second.name, second.where, second.text) == ("lines/a", "README.md:13", "| x |\n")
    assert page[first.start : first.end] == first.text
    assert [f.partition(": ")[0] for f in tables.faults(root, made)] == ["README.md:6", "README.md:13"]
    assert tables.write(root, made) == [root / "README.md"]
    assert (root / "README.md").read_text() == (
        "# B  \n~~~\n# A\n| no |\n~~~\n| b |\n\n| not this |\n##  A\ntext\n| a |\n| - |\n| 1 |\nend\n"
    )
    assert tables.write(root, made) == []
    monkeypatch.setattr(module, "tables", lambda root: {})
    with pytest.raises(UserError, match=r"README\.md:11: expected a table that evidence/lines makes \(none\), found a"):
        tables.faults(root, made)
    module.tables = lambda root: {"x": [], "y": []}  # type: ignore[attr-defined]
    with pytest.raises(UserError, match=r"makes \(x, y\), found a"):
        tables.faults(root, made)


def test_a_registry_without_such_a_file_ties_nothing(root: Path) -> None:
    made = ties.load(root, None)
    assert (made.file, made.page, made.files) == ("", [], [])
    assert tied(root, "It is 0.12 here.", tie("share")).files == ["README.md"]
    (root / "figures.toml").write_text("page = []")
    with pytest.raises(UserError, match=r"figures\.toml: page: List should have at least 1"):
        ties.load(root, "figures.toml")


@pytest.mark.parametrize(
    "figure", ["1", "-1", "−1.5", "1,234", "1e-3", "1.5E+3", "1 ± 2", "1 – 2", "1 to 2", "5 %", "5%", "1±2 %"]
)
def test_what_a_figure_may_look_like(figure: str) -> None:
    found = ties.pattern("IT is {} here").fullmatch(f"It  is\n{figure} here")
    assert found is not None
    assert found[1] == figure


@pytest.mark.parametrize("figure", ["", "one", ".5", "1 and 2", "±1", "1 ± 2 ± 3"])
def test_what_no_figure_looks_like(figure: str) -> None:
    assert ties.pattern("It is {} here.").fullmatch(f"It is {figure} here.") is None
    assert ties.pattern("It is {} here.").fullmatch("It is 1 here!") is None  # a dot is a dot


SEVERAL = [TINY, "experiments/more.json", "checks.json"]


@pytest.mark.parametrize(
    ("sources", "value", "how", "good", "bad"),
    [
        (SEVERAL[:2], "length(metrics)", "total", "5", "2"),
        (SEVERAL[:2], "length(metrics[?r2_hz < `0.9985`])", "total", "2", "1"),
        (SEVERAL[:2], "min(metrics[].r2_hz)", "at least", "0.9", "0.99"),
        (SEVERAL[:2], "max(metrics[].r2_hz)", "at most", "0.9997", "0.9991"),
        # of 0.9, 0.99814, 0.9991, 0.9995 and 0.9997: mean 0.979288, sample standard deviation 0.044327
        (SEVERAL[:2], "metrics[].r2_hz", "spread", "0.979 ± 0.044", "0.998 ± 0.001"),
        (SEVERAL[:2], "metrics[].r2_hz", "range", "0.9000 to 0.9997", "0.9981 to 0.9991"),
        ([TINY, SEVERAL[2]], "digits || seconds", "total", "12,395.6", "12,345.6"),
        ([TINY], "length(metrics)", "equal", "2", "3"),
    ],
)
def test_a_figure_of_several_files(root: Path, sources: list[str], value: str, how: str, good: str, bad: str) -> None:
    more = {"metrics": [{"r2_hz": 0.9}, {"r2_hz": 0.9995}, {"r2_hz": 0.9997}]}
    (root / "evidence" / SEVERAL[1]).write_text(json.dumps(more))
    keys = tie(value, how).replace(repr(TINY), repr(sources))
    assert faults(root, f"It is {good} here.", keys) == []
    (fault,) = faults(root, f"It is {bad} here.", keys)
    assert f"the figure «{bad}» is not what " in fault
    assert " and ".join(f"{'results' if s == SEVERAL[2] else 'evidence'}/{s}" for s in sources) in fault


def test_several_files_are_not_one_number_and_none_may_be_missing(root: Path) -> None:
    keys = tie("length(metrics)").replace(repr(TINY), repr([TINY, TINY]))
    with pytest.raises(UserError, match=r"README\.md:1: expected one file where the figure is to equal what it says"):
        faults(root, "It is 2 here.", keys)
    keys = tie("length(metrics)", "total").replace(repr(TINY), repr([TINY, "experiments/absent.json"]))
    (fault,) = faults(root, "It is 2 here.", keys)
    assert "has no evidence: evidence/experiments/tiny.json and evidence/experiments/absent.json is missing" in fault
    with pytest.raises(UserError, match=r"figures\.toml: page\.0\.figures\.0\.source"):
        tied(root, "It is 2 here.", tie("share").replace(repr(TINY), "[]"))

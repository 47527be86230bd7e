"""Evidence: what is written, when it is stale, and that a changed formula can't hide."""

import copy
import json
import multiprocessing
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from audited import Project
from lejepa import provenance
from lejepa.errors import CannotRun, UserError
from lejepa.evidence import fresh, kinds, record, sources
from lejepa.evidence.record import Table
from lejepa.files import digest
from pydantic import ValidationError

MAIN = "python/src/lejepa/a.py"
FILES = {
    MAIN: "from lejepa import b\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lejepa.types\n",
    "python/src/lejepa/__init__.py": "",
    "python/src/lejepa/types.py": "",
    "python/src/lejepa/b.py": "def late():\n    from .deep.c import square\n    return square\n",
    "python/src/lejepa/deep/__init__.py": "",
    "python/src/lejepa/deep/c.py": "from ..base import ONE\ndef square(x): return x * x\n",
    "python/src/lejepa/base.py": "import math\nONE = 1\n",
    "python/src/lejepa/other.py": "import lejepa.a\n",
    "python/configs/x.yaml": "name: x\n",
}
RESTED_ON = {f"lejepa/{f}" for f in ("a.py", "__init__.py", "b.py", "deep/__init__.py", "deep/c.py", "base.py")}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.setattr(provenance, "HOME", tmp_path / "python" / "src")
    return tmp_path


def table(**changes: Any) -> Table:
    data = {"cost": "dear", "made": record.now(), "seconds": 1.5, "device": "cpu", "versions": {"lejepa": "0"}}
    data |= {"configuration": {"slope": 2.0}, "seeds": (0,), "rows": ({"n": 2, "size": 0.012},)}
    return Table.model_validate(data | {"trace": [0.0, 2.0, 4.0]} | changes)


def test_imports_are_followed_and_nothing_else(root: Path) -> None:
    assert set(sources.digests(root, Path(MAIN))) == RESTED_ON
    assert set(sources.digests(root, Path("python/configs/x.yaml"))) == {"python/configs/x.yaml"}


@pytest.mark.parametrize("path", sorted(RESTED_ON))
def test_an_edit_of_any_file_that_is_rested_on_is_seen_and_named(root: Path, path: str) -> None:
    before = sources.digests(root, Path(MAIN))
    file = root / "python" / "src" / path
    file.write_text(file.read_text() + "EDITED = 1\n")
    assert sources.changed(root, before, Path(MAIN)) == [path]


def test_an_edit_elsewhere_is_not(root: Path) -> None:
    before = sources.digests(root, Path(MAIN))
    for path in ("python/src/lejepa/other.py", "python/src/lejepa/types.py", "python/configs/x.yaml"):
        (root / path).write_text("EDITED = 1\n")
    assert sources.changed(root, before, Path(MAIN)) == []


def test_a_file_that_is_renamed_or_dropped_is_seen(root: Path) -> None:
    before = sources.digests(root, Path(MAIN))
    (root / "python/src/lejepa/base.py").rename(root / "python/src/lejepa/ground.py")
    deep = root / "python/src/lejepa/deep/c.py"
    deep.write_text(deep.read_text().replace("..base", "..ground"))
    assert sources.changed(root, before, Path(MAIN)) == [
        "lejepa/base.py", "lejepa/deep/c.py", "lejepa/ground.py",
    ]  # fmt: skip
    with pytest.raises(UserError, match=r"absent\.py: expected a source"):
        sources.digests(root, Path("absent.py"))


def test_the_real_sources_of_training_hold_its_formulas() -> None:
    root = Path(__file__).parents[2]
    found = sources.digests(root, Path("python/src/lejepa/training/train.py"))
    for name in ("train", "objective", "world", "mixing", "encoder", "energy", "streams"):
        assert f"lejepa/training/{name}.py" in found
    assert "lejepa/measures/recovery.py" in found
    assert not any("auditing" in path for path in found)


def test_what_is_written_is_read_back_and_is_readable(tmp_path: Path) -> None:
    path, written = tmp_path / "t.json", table(rows=tuple({"n": i, "size": i / 7} for i in range(40)))
    record.write(path, written)
    assert record.read(path, Table) == written
    assert json.loads(path.read_text()) == written.model_dump(mode="json")
    assert '\n  {"n": 3, "size": 0.42857142857142855},\n' in path.read_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stray": 1}, "stray"),
        ({"cost": "cheap"}, "expected sources"),
        ({"versions": {}}, "versions"),
        ({"made": 3}, "made"),
    ],
)
def test_a_file_that_is_no_evidence_is_one_sentence(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(
        json.dumps(table().model_dump(mode="json") | changes | ({"made": "noon"} if "made" in changes else {}))
    )
    with pytest.raises(UserError, match=f"t.json: expected evidence of kind Table, but .*{words}"):
        record.read(path, Table)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A kind of evidence: points of a line of a slope."""
    module: Any = ModuleType("lines")
    module.SLOPE, module.SHIFT = 2.0, 0.0
    module.Record = Table
    module.changed = lambda root, name, r: (
        [] if r.configuration == {"slope": module.SLOPE} else ["its slope is another"]
    )
    module.replay = lambda root, name, r: fresh.differences(
        r.trace, [module.SLOPE * x + module.SHIFT for x in range(3)], relative=1e-4, absolute=1e-6
    )
    monkeypatch.setitem(sys.modules, "lines", module)
    monkeypatch.setitem(kinds.MODULES, "lines", "lines")
    return module


def test_dear_evidence_is_stale_by_its_configuration_or_its_replay(root: Path, lines: Any) -> None:
    record.write(root / "evidence/lines/deep/first.json", table())
    assert [h.name for h in kinds.held(root)] == ["deep/first"]
    assert fresh.faults(root, replays=True) == []
    lines.SHIFT = 1e-5
    assert fresh.faults(root, replays=False) == []
    assert fresh.faults(root, replays=True) == [
        "evidence/lines/deep/first.json is stale: its replay differs: [0] is 1e-05, and was 0"
    ]
    lines.SLOPE = 3.0
    assert fresh.faults(root, replays=False) == ["evidence/lines/deep/first.json is stale: its slope is another"]
    assert fresh.faults(root, replays=True, only="certificates") == []


def test_cheap_evidence_is_not_replayed(root: Path, lines: Any) -> None:
    lines.SHIFT = 1.0
    record.write(root / "evidence/lines/first.json", table(cost="cheap", sources={"a.py": "0"}))
    assert fresh.faults(root, replays=True) == []


def test_an_unknown_folder_is_named(root: Path) -> None:
    record.write(root / "evidence/rumours/first.json", table())
    with pytest.raises(UserError, match="rumours: expected one of the folders experiments"):
        fresh.faults(root, replays=False)


def test_a_kind_may_make_tables(root: Path, lines: Any) -> None:
    assert kinds.tables(root, "lines") == {}
    lines.tables = lambda root: {"points": [f"| {root.name} |"]}
    assert kinds.tables(root, "lines") == {"points": [f"| {root.name} |"]}


def test_results_are_adopted_by_the_kinds_that_have_a_folder_there(
    root: Path, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = root / "out"
    with pytest.raises(UserError, match="out: expected a folder of results"):
        kinds.adopt(root, out)
    out.write_text("a file")
    with pytest.raises(UserError, match="out: expected a folder of results"):
        kinds.adopt(root, out)
    out.unlink()
    monkeypatch.setitem(kinds.MODULES, "experiments", "lines")
    lines.adopt = lambda root, out: [root / "lines.json", out / "more.json"]
    out.mkdir()
    assert kinds.adopt(root, out) == [root / "lines.json", out / "more.json"]


@pytest.mark.parametrize(
    ("then", "now", "differs"),
    [
        ([1.0, 2.0], [1.0, 2.0001], False),
        ([1.0, 2.0], [1.0, 2.0004], True),
        ({"a": [{"b": 1.0}]}, {"a": [{"b": 1.1}]}, True),
        ({"a": 1.0}, {"b": 1.0}, True),
        ([1.0], [1.0, 1.0], True),
        (0.0, 1e-7, False),
        (0.0, 1e-5, True),
        (float("nan"), 1.0, True),
        (None, None, False),
        (None, 0.0, True),
        (True, False, True),
        ("x", "y", True),
    ],
)
def test_differences_are_those_beyond_the_tolerance(then: Any, now: Any, differs: bool) -> None:
    assert bool(fresh.differences(then, now, relative=1e-4, absolute=1e-6)) == differs


@pytest.mark.parametrize(
    ("then", "now", "phrase"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "c": 3}, "the whole has b, c, and had a, b"),
        ({"x": {"a": 1}}, {"x": {}}, "x has , and had a"),
        ({"x": [{"y": 1.0}, {"y": 2.0}]}, {"x": [{"y": 1.0}, {"y": 3.0}]}, "x[1].y is 3, and was 2"),
        ({"x": [1, 2]}, {"x": [1]}, "x has 1 entries, and had 2"),
        ([[1], [2]], [[1], [2.5]], "[1][0] is 2.5, and was 2"),
        ((1.0, 2.0), [1.0, 4.0], "[1] is 4, and was 2"),
        ({"x": 1.0}, {"x": "1"}, "x is '1', and was 1.0"),
        ({"x": 1.0}, {"x": False}, "x is False, and was 1.0"),
        ({"x": False}, {"x": 1}, "x is 1, and was False"),
        ({"x": True}, {"x": 1.0}, "x is 1.0, and was True"),
        ({"x": 0}, {"x": False}, "x is False, and was 0"),
        ({"x": [1]}, {"x": {"a": 1}}, "x is {'a': 1}, and was [1]"),
        ({"x": float("inf")}, {"x": 1.0}, "x is 1.0, and was inf"),
        ({"x": 1.0}, {"x": float("nan")}, "x is nan, and was 1.0"),
        (123.456789, 200.0, " is 200, and was 123.457"),
    ],
)
def test_a_difference_says_where_it_is(then: Any, now: Any, phrase: str) -> None:
    assert fresh.differences(then, now, relative=1e-4, absolute=1e-6) == [phrase]


@pytest.mark.parametrize(("then", "now"), [(8.0, 8.0 + 0.5 + 0.25), (-8.0, -8.75), (0.0, 0.25), ([1, "a"], (1, "a"))])
def test_what_lies_just_within_the_tolerance_is_no_difference(then: Any, now: Any) -> None:
    """`0.25 + 1/16 · |then|`: numbers that binary has exactly."""
    assert fresh.differences(then, now, relative=1 / 16, absolute=0.25) == []
    if isinstance(then, float):
        assert len(fresh.differences(then, now * (1 + 2**-40), relative=1 / 16, absolute=0.25)) == 1


def test_infinity_is_itself() -> None:
    assert fresh.differences(float("inf"), float("inf"), relative=0, absolute=0) == []


def test_evidence_is_told_file_by_file_in_order(root: Path, lines: Any) -> None:
    names = [f"{c}/{i}" for c in "zaqmb" for i in (3, 1, 2)]
    for name in names:
        record.write(root / f"evidence/lines/{name}.json", table())
    (root / "evidence/lines/a/.1.json.12ab.json").write_text("half a file")
    (root / "evidence/lines/a/1.png").write_text("a figure")
    (root / "notes.json").write_text("no evidence")
    told: list[str] = []
    assert fresh.faults(root, replays=False, report=told.append) == []
    assert told == [f"lines/{name}" for name in sorted(names)]
    some = list(kinds.held(root, "lines/b/"))
    assert [(h.folder, h.name, h.path.relative_to(root).as_posix()) for h in some] == [
        ("lines", f"b/{i}", f"evidence/lines/b/{i}.json") for i in (1, 2, 3)
    ]
    assert all(h.record == table(made=h.record.made) for h in some)


def test_what_can_not_be_replayed_here_is_told_apart(root: Path, lines: Any) -> None:
    for name in ("first", "second"):
        record.write(root / f"evidence/lines/{name}.json", table())

    def unable(root: Path, name: str, r: Any) -> list[str]:
        raise CannotRun(f"{name} needs more")

    lines.replay = unable
    with pytest.raises(CannotRun) as caught:
        fresh.faults(root, replays=True)
    assert str(caught.value) == (
        "evidence/lines/first.json can't be replayed here: first needs more; "
        "evidence/lines/second.json can't be replayed here: second needs more"
    )
    assert fresh.faults(root, replays=False) == []
    lines.changed = lambda root, name, r: ["its slope is another", "and more"] if name == "second" else []
    assert fresh.faults(root, replays=True) == [
        "evidence/lines/second.json is stale: its slope is another, and more",
        "evidence/lines/first.json can't be replayed here: first needs more",
    ]

    def wrong(root: Path, name: str, r: Any) -> list[str]:
        raise UserError("a key is gone")

    lines.replay, lines.changed = wrong, lambda root, name, r: []
    assert fresh.faults(root, replays=True, only="lines/first") == [
        "evidence/lines/first.json can't be replayed here: a key is gone"
    ]


@pytest.fixture
def several(project: Project) -> Project:
    """A checkout with four results: as it was, of another trace, of another configuration, as it was."""
    configuration, content = project.config.read_text(), json.loads(project.result.read_text())
    for name in ("traced", "configured", "well"):
        (project.config.parent / f"{name}.yaml").write_text(configuration.replace("name: tiny", f"name: {name}"))
        made = copy.deepcopy(content) | {"name": name}
        if name == "traced":
            made["trace"]["opening"][0]["loss"][0] = 2.5
        if name == "configured":
            made["configuration"]["world"]["rho"] = 0.5
        (project.result.parent / f"{name}.json").write_text(json.dumps(made))
    return project


def test_processes_replay_what_one_does(several: Project) -> None:
    told: list[str] = []
    found = fresh.faults(several.root, replays=True, jobs=2, report=told.append)
    assert told == [f"experiments/{name}" for name in ("configured", "tiny", "traced", "well")]
    where = "evidence/experiments"
    assert [fault.split(",")[0] for fault in found] == [
        f"{where}/configured.json is stale: world.rho is 0.9 now",
        f"{where}/traced.json is stale: its replay differs: opening[0].loss[0] is {opening_loss(several):.6g}",
    ]
    assert fresh.faults(several.root, replays=True) == found


def opening_loss(project: Project) -> float:
    return float(json.loads(project.result.read_text())["trace"]["opening"][0]["loss"][0])


def test_a_process_that_is_killed_is_one_sentence(several: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "follow_parent", killed)
    with pytest.raises(CannotRun, match=r"a process that replays was ended from outside.*--jobs 1"):
        fresh.faults(several.root, replays=True, jobs=2)


def killed() -> None:
    """In a process of the pool, at its beginning."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_whoever_stops_a_replay_stops_its_processes(several: Project) -> None:
    def stop(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fresh.faults(several.root, replays=True, jobs=2, report=stop)
    until = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < until:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seconds": -0.1}, "seconds"),
        ({"device": ""}, "device"),
        ({"made": "2026-01-01T00:00:00"}, "made"),
        ({"parts": [{"what": "steps", "machine": "m", "versions": {}, "more": 1}]}, "parts.0.more"),
        ({"sources": {"a.py": "0"}}, "the whole: Value error, expected sources where cost is cheap"),
    ],
)
def test_what_no_evidence_has_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    (tmp_path / "t.json").write_text(json.dumps(table().model_dump(mode="json") | changes))
    with pytest.raises(UserError, match=f"but {words}"):
        record.read(tmp_path / "t.json", Table)
    (tmp_path / "t.json").write_text(json.dumps(table(seconds=0, rows=[]).model_dump(mode="json")))
    assert record.read(tmp_path / "t.json", Table).seconds == 0


def test_evidence_does_not_change_once_it_is_read() -> None:
    part = record.Part(what="the first steps", machine="a", versions={"torch": "2", "numpy": "1"})
    assert str(part) == "the first steps on a, with torch 2, numpy 1"
    for made, name in ((part, "what"), (table(), "seconds")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(made, name, getattr(made, name))


def test_the_present_is_that_of_utc_to_the_second() -> None:
    made = record.now()
    assert (made.utcoffset(), made.microsecond) == (timedelta(0), 0)
    assert timedelta(0) <= datetime.now(UTC) - made < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        ("ρ", '"ρ"'),
        ([1, 2], "[1, 2]"),  # of numbers alone: a line, however long
        (list(range(100)), str(list(range(100)))),
        ({"a": 1, "b": {"c": [1]}}, '{\n "a": 1,\n "b": {"c": [1]}\n}'),
        ([[1, 2], [3]], "[\n [1, 2],\n [3]\n]"),
        ([{"ε": 1}], '[\n {"ε": 1}\n]'),
    ],
)
def test_a_value_is_laid_out_by_its_parts(value: Any, text: str) -> None:
    assert record.layout(value) == text


def test_what_fits_a_line_of_120_stands_on_one() -> None:
    for length in (119, 120):  # with the one space before it
        inner = {"k": "x" * (length - len('{"k": ""}'))}
        text = record.layout({"a": inner})
        fits = length + 1 <= 120
        assert (f'"a": {json.dumps(inner)}' in text) == fits
        assert json.loads(text) == {"a": inner}
        deep = record.layout([[[inner]]])
        assert deep.count("\n") > 2
    broken = record.layout({"a": [{"b": "x" * 120}, {"c": 1}]})
    assert broken == '{\n "a": [\n  {\n   "b": "' + "x" * 120 + '"\n  },\n  {"c": 1}\n ]\n}'
    with pytest.raises(ValueError, match="JSON"):
        record.layout({"a": float("nan")})


def test_another_file_than_python_counts_as_it_is(root: Path) -> None:
    config = Path("python/configs/x.yaml")
    before = sources.digests(root, Path(MAIN), config)
    assert set(before) == RESTED_ON | {str(config)}
    assert before[str(config)] == digest((root / config).read_bytes())
    assert before["lejepa/base.py"] == digest("import math\nONE = 1")
    (root / config).write_text("name: x # a comment\n")
    assert sources.changed(root, before, Path(MAIN), config) == [str(config)]
    assert sources.changed(root, before, Path(MAIN)) == [str(config)]

"""Evidence: what is written, when it is stale, and that a changed formula can't hide."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lejepa import provenance
from lejepa.errors import UserError
from lejepa.evidence import fresh, kinds, record, sources
from lejepa.evidence.record import Table

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
def lines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A kind of evidence: points of a line of a slope."""
    module = ModuleType("lines")
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


def test_dear_evidence_is_stale_by_its_configuration_or_its_replay(root: Path, lines: ModuleType) -> None:
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


def test_cheap_evidence_is_not_replayed(root: Path, lines: ModuleType) -> None:
    lines.SHIFT = 1.0
    record.write(root / "evidence/lines/first.json", table(cost="cheap", sources={"a.py": "0"}))
    assert fresh.faults(root, replays=True) == []


def test_an_unknown_folder_is_named(root: Path) -> None:
    record.write(root / "evidence/rumours/first.json", table())
    with pytest.raises(UserError, match="rumours: expected one of the folders experiments"):
        fresh.faults(root, replays=False)


def test_a_kind_may_make_tables(root: Path, lines: ModuleType) -> None:
    assert kinds.tables(root, "lines") == {}
    lines.tables = lambda root: {"points": [f"| {root.name} |"]}
    assert kinds.tables(root, "lines") == {"points": [f"| {root.name} |"]}


def test_results_are_adopted_by_the_kinds_that_have_a_folder_there(
    root: Path, lines: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = root / "out"
    with pytest.raises(UserError, match="out: expected a folder of results"):
        kinds.adopt(root, out)
    out.write_text("a file")
    with pytest.raises(UserError, match="out: expected a folder of results"):
        kinds.adopt(root, out)
    out.unlink()
    arm = ModuleType("arm_lines")
    monkeypatch.setitem(sys.modules, "arm_lines", arm)
    monkeypatch.setitem(kinds.MODULES, "experiments", "lines")
    monkeypatch.setitem(kinds.MODULES, "reacher", "arm_lines")
    lines.adopt = lambda root, out: [root / "lines.json", out / "more.json"]
    arm.adopt = lambda root, out: [root / "arm.json"]
    out.mkdir()
    assert kinds.adopt(root, out) == []
    (out / "reacher").mkdir()
    assert kinds.adopt(root, out) == [root / "arm.json"]
    (out / "experiments").mkdir()
    assert kinds.adopt(root, out) == [root / "lines.json", out / "more.json", root / "arm.json"]


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

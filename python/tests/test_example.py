"""The example project passes through checks, mutants and audit, and a fault planted in it is named."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from lejepa.auditing import ledger, registry, site, sources
from lejepa.auditing.audit import static_faults
from lejepa.auditing.checks import tasks
from lejepa.checking import mutate, running
from lejepa.files import repository

ROOT = repository(Path(__file__).parent)
ENTRIES = Path(__file__).parent / "data" / "sums-compiled.json"  # as scripts/Ledger.lean printed them for this package


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, its checks and their mutants run."""
    root = tmp_path_factory.mktemp("example") / "sums"
    shutil.copytree(ROOT / "examples" / "sums", root, ignore=shutil.ignore_patterns("results", ".lake"))
    assert all(r.verdict == "holds" for r in running.run_all(root, tasks(root), jobs=1, quiet=True))
    assert not any(s.missed for s in mutate.run_all(root, tasks(root), jobs=1, quiet=True))
    return root


@pytest.fixture
def example(checked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(checked, tmp_path / "sums"))


def test_the_example_passes(example: Path) -> None:
    out = example / "results"
    made = site.write(example, out)
    assert made.all_faults == []
    assert [(r.statement.full_name, r.state) for r in made.rows] == [
        ("Sums.two_mul_triangular", "stated"),
        ("Sums.lt_triangular", "stated"),
    ]
    assert made.graph.nodes["Sums.lt_triangular"].uses == ("Sums.triangular", "Sums.two_mul_triangular")
    assert "<math" in (out / "audit" / "statements" / "lt_triangular.html").read_text()


def test_the_compiled_example_says_what_the_text_says(example: Path) -> None:
    out = example / "results"
    from_text = site.write(example, out).graph
    printed = example / "printed.json"
    header = {
        "lean": "Lean, some time ago",
        "trust": "that these entries are of these sources: sample data of the tests",
    }
    printed.write_text(
        json.dumps(json.loads(ENTRIES.read_text()) | header | {"files": ledger.digests(example, "Sums")})
    )
    ledger.write(example, out, printed, "Sums")
    made = site.write(example, out)
    assert made.all_faults == []
    assert made.graph.origin == "compiled"
    assert made.counts["compiled"] == 2
    for name, node in from_text.nodes.items():
        compiled = made.graph.nodes[name]
        assert (compiled.file, compiled.line, compiled.uses) == (node.file, node.line, node.uses)
        entry = json.loads(ENTRIES.read_text())["declarations"][name]
        assert (entry["file"], entry["line"]) == (node.file, node.line)
    page = (out / "audit" / "statements" / "lt_triangular.html").read_text()
    assert "As elaborated" in page
    assert "sample data of the tests" in page


def test_a_fault_planted_in_the_example_is_named(example: Path) -> None:
    file = example / "Sums" / "Triangular.lean"
    file.write_text(file.read_text().replace("(h : 2 ≤ n)", "(h : 3 ≤ n)"))
    entries = registry.load(example)
    (fault,) = static_faults(example, entries, sources.load(example, "Sums"))
    assert fault.startswith("lt_triangular has changed: agreed «{n : Nat} (h : 2 ≤ n) : n < triangular n»")


@pytest.mark.skipif(shutil.which("lake") is None, reason="no lake here: https://lean-lang.org/install")
def test_lean_itself_prints_the_ledger(example: Path) -> None:
    subprocess.run(["lake", "build"], cwd=example, check=True, capture_output=True)
    program = ["lake", "env", "lean", "--run", str(ROOT / "scripts" / "Ledger.lean"), "Sums"]
    printed = subprocess.run(program, cwd=example, check=True, capture_output=True, text=True).stdout
    found, expected = json.loads(printed), json.loads(ENTRIES.read_text())
    assert found["scope"] == "everything"
    assert found["files"] == ledger.digests(example, "Sums")
    assert set(found["constants"]) == {"Sums.triangular"}
    assert found["declarations"]["Sums.lt_triangular"]["type"]["names"] == ["Sums.triangular"]
    assert found["declarations"].keys() == expected["declarations"].keys()
    for name, entry in found["declarations"].items():
        known = expected["declarations"][name]
        assert {k: entry[k] for k in ("file", "line", "kind", "statement")} == {
            k: known[k] for k in ("file", "line", "kind", "statement")
        }
        assert sorted(entry["uses"]) == sorted(known["uses"])
        assert set(entry["axioms"]) <= {"propext", "Classical.choice", "Quot.sound"}
        assert entry["doc"]

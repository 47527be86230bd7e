"""The audit on a small project of its own: each fault that is planted is named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from audited import LEAN, Project
from lejepa.auditing import agreed, audit, experiments, ledger, registry, sources
from lejepa.auditing.contract import differences
from lejepa.errors import UserError
from lejepa.files import repository
from lejepa.training import grid


def test_a_project_that_is_well_has_no_faults(project: Project) -> None:
    assert project.faults() == []
    made = json.loads((project.out / "audit" / "audit.json").read_text())
    (statement,) = made["statements"]
    assert (statement["state"], statement["proved"], statement["axioms"]) == ("stated", False, None)
    assert made["theorems"] == {"compiled": 0, "recorded": 0, "stated": 1, "planned": 0}
    assert (made["graph"], statement["agreed"]) == ("text", "text")
    assert statement["where"] == "Lejepa/Sum.lean:10"
    assert statement["uses"] == ["Lejepa.twice", "Lejepa.twice_eq"]
    (run,) = statement["experiments"][0]["runs"]
    assert run["word"] == "measured"
    assert [j.partition(":")[0] for j in run["judged"]] == ["says nothing", "says nothing"]


Plant = Callable[[Project], object]


def another_statement(p: Project) -> None:
    """A second statement in the registry, without checks or experiments."""
    entry = p.registry.read_text().split("[[statement]]")[1].replace("one_add_one", "twice_eq")
    entry = entry.replace('["sums.Sum"]', "[]").replace('["tiny"]', "[]")
    p.registry.write_text(p.registry.read_text() + "\n[[statement]]" + entry)


def rerun(p: Project, change: Callable[[dict[str, Any]], object]) -> None:
    """A result that was made here, unlike the evidence in something."""
    data = json.loads(p.result.read_text())
    change(data)
    path = p.out / "experiments" / "tiny.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data))


def farther(p: Project, factor: float) -> None:
    """A rerun whose second seed ends with `factor` times as much unexplained."""

    def change(data: dict[str, Any]) -> None:
        m = data["metrics"][1]
        m["r2_hz"] = 1 - factor * (1 - m["r2_hz"])
        data["curve"][-1]["r2"][1] = min(m["r2_hz"], m["r2_zh"])

    rerun(p, change)


PLANTED: dict[str, tuple[Plant, str]] = {
    "a sorry": (
        lambda p: p.edit(p.lean, "unfold twice; omega", "sorry"),
        "Lejepa/Sum.lean:8: sorry (proves anything)",
    ),
    "a native_decide": (
        lambda p: p.edit(p.lean, "rw [twice_eq]", "native_decide"),
        "Lejepa/Sum.lean:11: native_decide (trusts the compiler)",
    ),
    "a new axiom in the sources": (
        lambda p: p.edit(p.lean, "end Lejepa", "axiom easy : False\nend Lejepa"),
        "Lejepa/Sum.lean:12: axiom (is not proved)",
    ),
    "a new axiom in the compiled proof": (
        lambda p: p.write_ledger(axioms=["propext", "Lejepa.easy"]),
        "one_add_one: its proof rests on Lejepa.easy",
    ),
    "a sorry that only Lean sees": (
        lambda p: p.write_ledger(axioms=["sorryAx"]),
        "one_add_one: its proof rests on sorryAx",
    ),
    "a theorem that was not compiled": (
        lambda p: p.write_ledger(lost="Lejepa.one_add_one"),
        "one_add_one: it stands in the sources, and not in results/ledger.json",
    ),
    "a theorem that was compiled as an axiom": (
        lambda p: p.write_ledger(kind="axiom"),
        "one_add_one: it is a theorem in the sources, and of kind axiom in results/ledger.json",
    ),
    "a stale ledger": (
        lambda p: (p.write_ledger(), p.edit(p.lean, "end Lejepa", "-- since\nend Lejepa")),
        "results/ledger.json is refused: Lejepa/Sum.lean differs from what was compiled. Where lake is, `lake build`, "
        "then scripts/Ledger.lean and `lejepa ledger` make one anew; else remove it",
    ),
    "a stale record": (
        lambda p: (p.write_record(), p.edit(p.lean, "rw [twice_eq]", "rw [no_such_name]")),
        "records/lean.json is refused: Lejepa/Sum.lean differs from what was compiled. Where lake is, `lake build`, "
        "then scripts/Ledger.lean and `lejepa ledger` make one anew; else remove it",
    ),
    "a lost theorem": (
        lambda p: p.edit(p.lean, "theorem one_add_one", "theorem one_plus_one"),
        "one_add_one was agreed, and the sources no longer state it as a theorem with a proof of its own",
    ),
    "a lost statement": (
        lambda p: p.edit(p.registry, '"one_add_one"', '"twice_eq"'),
        "one_add_one was agreed, and the registry has lost it",
    ),
    "a changed statement": (
        lambda p: p.edit(p.lean, "twice 1 = 2 :=", "twice 1 ≤ 2 :="),
        "one_add_one has changed: agreed «: twice 1 = 2», found «: twice 1 ≤ 2»",
    ),
    "a changed definition": (
        lambda p: p.edit(p.lean, "n + n", "n + n + 0"),
        "one_add_one may mean another thing, as text: the definition Lejepa.twice has changed since it was agreed",
    ),
    "statements that nobody agreed to": (
        lambda p: (p.root / "checks" / "agreed.json").unlink(),
        "checks/agreed.json is missing: no statement is held to a text; `lejepa sources --agree` writes it",
    ),
    "a statement that nobody agreed to": (
        lambda p: (p.root / "checks" / "agreed.json").write_text("{}"),
        "one_add_one is stated and not agreed; `lejepa sources --agree` does that",
    ),
    "a red check": (
        lambda p: p.write_check(verdict="violated"),
        "one_add_one: its check sums.Sum is violated",
    ),
    "a check of another statement": (
        lambda p: p.write_check(statement="other"),
        "one_add_one: its check sums.Sum says that it tests other",
    ),
    "a check that was not run": (
        lambda p: p.write_check(check="sums.Product"),
        "one_add_one: its check sums.Sum has no result; `lejepa check` makes it",
    ),
    "a stale check": (
        lambda p: p.edit(p.check, "one_add_one", "one_add_one  "),
        "one_add_one: the result of its check sums.Sum is stale: its file or what it imports has changed since; "
        "`lejepa check` renews it",
    ),
    "a lost check": (
        lambda p: p.check.unlink(),
        "one_add_one: its check sums.Sum has no file checks/sums.py",
    ),
    "a check that no statement names": (
        lambda p: p.check.write_text(p.check.read_text() + '\nclass More:\n    statement = "one_add_one"\n'),
        "the check sums.More stands in checks/sums.py, and no statement names it",
    ),
    "a result of a check that no statement names": (
        lambda p: p.write_check(check="sums.Gone"),
        "the check sums.Gone has a result, and no statement names it",
    ),
    "a statement without a check": (
        lambda p: p.edit(p.registry, '["sums.Sum"]', "[]"),
        "one_add_one: it is stated, and no check tests it",
    ),
    "a check that misses planted faults": (
        lambda p: p.write_mutants(caught=3, missed=[{"part": "claim", "fault": "sign", "text": "return -2"}]),
        "one_add_one: its check sums.Sum misses 1 of the faults planted in its formula",
    ),
    "a stale mutation score": (
        lambda p: p.write_mutants(source="0"),
        "one_add_one: the mutation score of its check sums.Sum is stale; `lejepa mutants` renews it",
    ),
    "an experiment that no statement names": (
        lambda p: p.edit(p.registry, '["tiny"]', "[]"),
        "the experiment tiny names one_add_one, which does not name it",
    ),
    "an experiment of an unknown statement": (
        lambda p: p.edit(p.config, "one_add_one", "one_add_two"),
        "the experiment tiny names one_add_two, which is not in the registry",
    ),
    "a link to an experiment that does not link back": (
        lambda p: (another_statement(p), p.edit(p.config, "one_add_one", "twice_eq")),
        "one_add_one: its experiment tiny does not name it",
    ),
    "a lost configuration": (
        lambda p: p.config.unlink(),
        "one_add_one: its experiment tiny has no configuration in python/configs",
    ),
    "a stale experiment": (
        lambda p: p.edit(p.config, "batch: 32", "batch: 33"),
        "one_add_one: the evidence of its experiment tiny is stale: the configuration of tiny has changed; "
        "`lejepa train python/configs/tiny.yaml` renews it",
    ),
    "a red experiment": (
        lambda p: p.edit(p.config, "at_most: 100.0", "at_most: 1.0e-09"),
        "one_add_one: its experiment tiny does not meet its criterion: tiny, seed 1: distance "
        "DISTANCE, not met: distance at most 1e-09, 0 standard errors to spare, over each seed",
    ),
    "a seed that diverged": (
        lambda p: p.edit_result(metrics=[None, None], sample=None),
        "one_add_one: its experiment tiny does not meet its criterion: tiny, seed 0: it diverged, not met: "
        "distance at most 100, 0 standard errors to spare, over each seed",
    ),
    "a cause of a failure that is none": (
        lambda p: p.edit(p.config, "name: tiny", "name: tiny\ncause: nobody knows"),
        "one_add_one: its experiment tiny names a cause of failure, and meets its criteria",
    ),
    "a rerun that ends elsewhere": (
        lambda p: farther(p, 2),
        "its experiment tiny, made again here, does not bear out its evidence: tiny: seed 1: R²(h→z) is ",
    ),
    "a rerun that begins elsewhere": (
        lambda p: rerun(p, lambda data: data["trace"]["opening"][0]["loss"].__setitem__(0, 0.5)),
        "its experiment tiny, made again here, does not bear out its evidence: tiny: opening[0].loss[0] is ",
    ),
    "a routine experiment without evidence": (
        lambda p: p.result.unlink(),
        "one_add_one: its experiment tiny has no evidence; `lejepa train python/configs/tiny.yaml --out evidence` "
        "makes it",
    ),
    "a lost figure": (
        lambda p: (p.out / "figures" / "tiny.png").unlink(),
        "one_add_one: its experiment tiny has no figure; `lejepa report` draws it",
    ),
    "a figure in the README that results do not bear out": (
        lambda p: p.edit(p.readme, "50", "60"),
        "README.md:1: the figure «60» is not what results/checks.json says: checks[0].digits is 50",
    ),
    "an instance that is not there": (
        lambda p: name_instances(p, 'instances = ["one"]'),
        "one_add_one: its instance one is no theorem that the sources prove",
    ),
    "an instance that is a definition": (
        lambda p: name_instances(p, 'instances = ["twice"]'),
        "one_add_one: its instance twice is no theorem that the sources prove",
    ),
    "an instance that leans on sorry": (
        lambda p: (
            p.edit(p.lean, "end Lejepa", "theorem one : twice 1 = 2 := by\n  sorry\nend Lejepa"),
            name_instances(p, 'instances = ["one"]'),
        ),
        "one_add_one: its instance one is no theorem that the sources prove",
    ),
    "an instance that does not use the statement": (
        lambda p: name_instances(p, 'instances = ["twice_eq"]'),
        "one_add_one: its instance twice_eq does not rest on it",
    ),
    "a case outside that is not there": (
        lambda p: name_instances(p, 'outside = ["two"]'),
        "one_add_one: its case outside two is no theorem that the sources prove",
    ),
    "no instance where each statement must have one": (
        lambda p: (
            p.edit(p.registry, "[project]", "[project]\ninstances = true"),
            p.edit(p.lean, "theorem one_add_one :", "theorem one_add_one (_ : 0 < 1) :"),
        ),
        "one_add_one: it names no instance, a theorem that applies it where its hypotheses hold",
    ),
    "stale premises": (
        lambda p: (p.out / "premises.json").write_text('{"sources": "0", "premises": {}}'),
        "results/premises.json is stale: the Lean sources have changed since; `lejepa trace` renews it",
    ),
}


def name_instances(project: Project, line: str) -> None:
    """Let the headline theorem's entry of the registry name instances, or cases outside."""
    project.edit(project.registry, "experiments =", f"{line}\nexperiments =")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_named(project: Project, name: str) -> None:
    plant, sentence = PLANTED[name]
    if "DISTANCE" in sentence:
        m = json.loads(project.result.read_text())["metrics"][1]
        sentence = sentence.replace("DISTANCE", f"{m['distance']:.4g} ± {m['distance_error']:.2g}")
    plant(project)
    faults = project.faults()
    assert sentence in faults or (sentence[-1] == " " and any(sentence in f for f in faults)), faults
    page = (project.out / "audit" / "index.html").read_text()
    assert "No</dd>" not in page
    assert json.loads((project.out / "audit" / "audit.json").read_text())["faults"] == faults


def test_instances_stand_beside_the_statement(project: Project) -> None:
    more = "/-- Of *four*. -/\ntheorem four : twice 1 + 2 = 4 := by\n  rw [one_add_one]\nend Lejepa"
    project.edit(project.lean, "end Lejepa", more)
    project.edit(project.registry, "[project]", "[project]\ninstances = true")
    name_instances(project, 'instances = ["four"]\noutside = ["twice_eq"]')
    project.agree()
    faults = project.faults()
    assert not [f for f in faults if "instance" in f or "outside" in f], faults
    (entry,) = json.loads((project.out / "audit" / "audit.json").read_text())["statements"]
    assert entry["instances"] == ["Lejepa.four"]
    assert entry["outside"] == ["Lejepa.twice_eq"]
    page = (project.out / "audit" / "statements" / "one_add_one.html").read_text()
    assert "Of <em>four</em>." in page
    assert page.index("<h2>Instances</h2>") < page.index("<h2>Outside</h2>") < page.index("<h2>Checks</h2>")


def test_a_statement_that_assumes_nothing_needs_no_instance(project: Project) -> None:
    project.edit(project.registry, "[project]", "[project]\ninstances = true")
    assert not [f for f in project.faults() if "instance" in f]


def test_a_digest_of_a_statement_changes_with_what_it_means(project: Project) -> None:
    before = agreed.statement_digest(project.root, "one_add_one")
    assert before is not None
    assert before[1] == "text"
    project.edit(project.lean, "rw [twice_eq]", "rw  [twice_eq]  -- its proof")
    assert agreed.statement_digest(project.root, "one_add_one") == before
    project.edit(project.lean, "n + n", "n + n + 0")
    definition = agreed.statement_digest(project.root, "one_add_one")
    project.edit(project.lean, "twice 1 = 2", "twice 1 = 1 + 1")
    statement = agreed.statement_digest(project.root, "one_add_one")
    assert len({before, definition, statement}) == 3
    assert agreed.statement_digest(project.root, "nobody") is None


def test_a_planned_statement_is_no_fault(project: Project) -> None:
    project.lean.write_text("module\n")
    (project.root / "checks" / "agreed.json").write_text("{}")
    made = audit.audit(project.root, project.out)
    assert [r.state for r in made.rows] == ["planned"]
    assert made.all_faults == []


def test_a_rerun_that_bears_out_its_evidence_is_no_fault(project: Project) -> None:
    farther(project, 1.2)
    assert project.faults() == []


def test_a_result_of_another_version_is_named(project: Project) -> None:
    rerun(project, lambda data: data.pop("trace"))
    (fault,) = {f.partition(": ")[2] for f in project.faults()}
    assert "results/experiments/tiny.json: expected evidence of kind Result, but trace: Field required" in fault


def test_a_failure_whose_cause_is_told_is_shown_and_no_fault(project: Project) -> None:
    project.edit(project.config, "at_most: 100.0", "at_most: 1.0e-09")
    project.edit(project.config, "name: tiny", "name: tiny\ncause: too few steps")
    made = audit.audit(project.root, project.out)
    assert made.all_faults == []
    assert made.rows[0].experiments[0].state == "not confirmed"


def test_an_experiment_outside_make_is_shown_as_without_evidence(project: Project) -> None:
    project.result.unlink()
    project.edit(project.config, "routine: true", "routine: false")
    made = audit.audit(project.root, project.out)
    assert made.all_faults == []
    assert made.rows[0].experiments[0].state == "no evidence"


def test_a_sweep_is_joined_point_by_point(project: Project) -> None:
    data = yaml.safe_load(project.config.read_text()) | {"name": "sweep", "grid": {"world.rho": [0.8, 0.9]}}
    (project.config.parent / "sweep.yaml").write_text(yaml.safe_dump(data | {"routine": False}))
    project.edit(project.registry, '["tiny"]', '["tiny", "sweep"]')
    (row,) = audit.audit(project.root, project.out).rows
    assert [(e.name, e.state, e.configured.points) for e in row.experiments] == [
        ("tiny", "measured", 1),  # its criterion is met by the untrained encoder too
        ("sweep", "no evidence", 2),
    ]
    point = grid.load(project.config.parent / "sweep.yaml").points[0]
    result = json.loads(project.result.read_text()) | {"configuration": point.bits(), "name": point.name}
    path = project.result.parent / f"{point.name}.json"
    path.parent.mkdir()
    path.write_text(json.dumps(result))
    shutil.copyfile(project.out / "figures" / "tiny.png", project.out / "figures" / "sweep-r2.png")
    made = audit.audit(project.root, project.out)
    swept = made.rows[0].experiments[1]
    assert made.all_faults == []
    assert (swept.state, len(swept.runs), [f.name for f in swept.figures]) == ("run in part", 1, ["sweep-r2.png"])
    assert "1 of 2 points, least R²" in swept.summary


def test_axioms_are_allowed_in_the_file_that_the_registry_names(project: Project) -> None:
    (project.root / "Lejepa" / "Axioms.lean").write_text("namespace Lejepa\naxiom given : True\nend Lejepa\n")
    project.write_ledger(axioms=["Lejepa.given"])
    assert "Lejepa/Axioms.lean:2: axiom (is not proved)" in project.faults()
    project.edit(project.registry, "[project]", '[project]\naxioms = "Lejepa/Axioms.lean"')
    project.write_ledger(axioms=["Lejepa.given"])
    project.write_check()
    made = audit.audit(project.root, project.out)
    assert made.all_faults == []
    assert made.rows[0].axioms == ["Lejepa.given"]
    assert made.rows[0].state == "compiled"


def test_broken_files_are_sentences(project: Project) -> None:
    (project.out / "checks.json").write_text("{")
    with pytest.raises(UserError, match=r"checks\.json: expected a JSON file"):
        audit.audit(project.root, project.out)
    (project.out / "checks.json").write_text("[]")
    with pytest.raises(UserError, match=r"checks\.json: expected the results of checks"):
        audit.audit(project.root, project.out)
    project.write_check()
    project.result.write_text("{}")
    with pytest.raises(UserError, match="expected evidence of kind Result"):
        audit.audit(project.root, project.out)
    project.result.unlink()
    (project.out / "ledger.json").write_text("{}")
    with pytest.raises(UserError, match=r"ledger\.json: expected a ledger"):
        audit.audit(project.root, project.out)


def test_a_failing_audit_leaves_the_old_site(project: Project) -> None:
    project.faults()
    before = (project.out / "audit" / "index.html").read_text()
    project.edit(project.registry, "'1 + 1 = 2'", r"'\nosuch{1} = 2'")
    with pytest.raises(UserError, match=r"one_add_one: expected a formula in LaTeX .* not \\nosuch"):
        project.faults()
    assert (project.out / "audit" / "index.html").read_text() == before
    assert not list(project.out.glob(".audit-*"))


def test_a_changed_statement_differs_from_the_contract(project: Project) -> None:
    contract = project.root / "Contract.lean"
    later = "theorem later : 2 = 2 := by sorry\nend Lejepa\n"
    contract.write_text(f"namespace Lejepa\ntheorem one_add_one :\n    twice 1 = 2 := by sorry\n{later}")
    assert differences(project.root, contract) == []
    project.lean.write_text(LEAN.replace("twice 1 = 2", "twice 1 = (2 : Nat)"))
    (fault,) = differences(project.root, contract)
    assert "one_add_one" in fault


def test_defaults_inside_brackets_do_not_end_a_statement(project: Project) -> None:
    contract = project.root / "Contract.lean"
    contract.write_text("theorem one_add_one (a := 1) : a = a := by sorry\n")
    project.lean.write_text("namespace Lejepa\ntheorem one_add_one (a := 1) : a = 1 := rfl\n")
    assert len(differences(project.root, contract)) == 1


def test_every_configuration_can_be_read() -> None:
    """The configurations of this checkout are experiments or sweeps that the audit can read."""
    root = repository(Path(__file__).parent)
    found = experiments.load(root, None)
    assert {e.path for e in found.values()} == {
        str(p.relative_to(root)) for p in (root / experiments.CONFIGURATIONS).rglob("*.yaml")
    }
    assert all(e.statements and e.configured.points for e in found.values())


# What holds whatever was run, and what the audit says of itself


def static(p: Project) -> list[str]:
    return audit.static_faults(p.root, registry.load(p.root), sources.load(p.root))


def test_what_is_wrong_whatever_was_run(project: Project) -> None:
    assert static(project) == []
    project.write_record(lost="Lejepa.twice_eq", axioms=["sorryAx"])
    part = "records/lean.json is of a part of the package: it lacks 1 declarations, Lejepa.twice_eq among them"
    assert static(project) == [part, "one_add_one: its proof rests on sorryAx"]
    project.write_record(axioms=["sorryAx"])
    project.edit(project.lean, "theorem one_add_one", "def one_add_one")
    found = static(project)
    assert found[0].startswith("records/lean.json is refused: Lejepa/Sum.lean differs")
    assert found[1].startswith("one_add_one was agreed, and the sources no longer state it")
    assert len(found) == 2


def test_a_record_of_what_is_not_stated_says_nothing_of_it(project: Project) -> None:
    project.edit(project.lean, "theorem one_add_one", "def one_add_one")
    project.agree()
    project.write_record(axioms=["sorryAx"])
    assert static(project) == []


def test_links_that_lead_nowhere_are_wrong_whatever_was_run(project: Project) -> None:
    project.edit(project.registry, '"sums.Sum"', '"sums.Gone", "other.Check"')
    project.edit(project.registry, '["tiny"]', '["none"]')
    assert static(project) == [
        "one_add_one: its check sums.Gone does not stand in checks/sums.py",
        "one_add_one: its check other.Check does not stand in checks/other.py",
        "one_add_one: its experiment none has no configuration in python/configs",
        "the check sums.Sum stands in checks/sums.py, and no statement names it",
        "the experiment tiny names one_add_one, which does not name it",
    ]


def test_checks_and_results_that_no_statement_names_are_named_in_order(project: Project) -> None:
    (statement,) = registry.load(project.root).statement
    project.check.write_text("".join(f'class {n}:\n    statement = "s"\n' for n in ("Sum", "Z", "A")))
    found = dict.fromkeys(("sums.Sum", "sums.Z", "gone.B", "gone.A"))
    assert audit.unclaimed(project.root, [statement], found, {}) == [
        "the check sums.A stands in checks/sums.py, and no statement names it",
        "the check sums.Z stands in checks/sums.py, and no statement names it",
        "the check gone.A has a result, and no statement names it",
        "the check gone.B has a result, and no statement names it",
    ]


def test_what_one_statement_is_said_of(project: Project) -> None:
    (row,) = audit.audit(project.root, project.out).rows
    assert (row.state, row.where, row.axioms, row.axioms_text, row.premises) == (
        "stated", "Lejepa/Sum.lean:10", None, "not known: no Lean said so", None,
    )  # fmt: skip
    assert row.as_json()["statement"] == "theorem one_add_one : twice 1 = 2"
    project.write_ledger(axioms=["propext"])
    made = audit.audit(project.root, project.out)
    (row,) = made.rows
    assert (row.axioms, row.axioms_text) == ([], "none")
    assert replace(row, proof=replace(row.proof, axioms=["b", "a"])).axioms_text == "b, a"
    entry = row.as_json()
    assert (entry["lean"], entry["title"], entry["refuted"], entry["state"]) == (
        "one_add_one", "A sum", False, "compiled",
    )  # fmt: skip
    assert (entry["proved"], entry["why"], entry["axioms"]) == (True, row.proof.why, [])
    assert entry["statement"] == "Lejepa.one_add_one : twice 1 = 2"  # as Lean prints it
    assert entry["uses"] == ["Lejepa.twice", "Lejepa.twice_eq"]
    assert [c["check"] for c in entry["checks"]] == ["sums.Sum"]
    assert [e["experiment"] for e in entry["experiments"]] == ["tiny"]
    assert (entry["premises"], entry["instances"], entry["outside"]) == (None, [], [])
    bare = replace(row, node=None).as_json()
    assert (bare["where"], bare["statement"], bare["uses"]) == ("", None, [])
    whole = made.as_json()
    assert (whole["title"], whole["graph"], whole["scope"]) == ("Lejepa", "compiled", made.scope)
    assert (whole["theorems"], whole["statements"]) == (made.counts, [entry])


def test_faults_of_statements_are_named_for_them_after_those_of_none(project: Project) -> None:
    made = audit.audit(project.root, project.out)
    (row,) = made.rows
    assert replace(made, faults=["a", "b"], rows=[replace(row, faults=["c"])]).all_faults == [
        "a",
        "b",
        "one_add_one: c",
    ]


def test_premises_are_shown_where_they_are_of_these_sources(project: Project) -> None:
    fresh = ledger.fingerprint(project.root)
    traced = {"sources": fresh, "premises": {"Lejepa.one_add_one": ["Nat.add"], "Lejepa.other": []}}
    (project.out / "premises.json").write_text(json.dumps(traced))
    made = audit.audit(project.root, project.out)
    assert (made.all_faults, made.rows[0].premises) == ([], ["Nat.add"])
    (project.out / "premises.json").write_text(json.dumps(traced | {"premises": {}}))
    assert audit.audit(project.root, project.out).rows[0].premises is None
    (project.out / "premises.json").write_text(json.dumps(traced | {"sources": "0"}))
    assert audit.audit(project.root, project.out).rows[0].premises is None


def test_an_axiom_is_one_of_the_definitions_where_a_proof_rests_on_it(project: Project) -> None:
    axioms = project.root / "Lejepa" / "Axioms.lean"
    axioms.write_text("namespace Lejepa\naxiom given : True\naxiom idle : True\nend Lejepa\n")
    project.edit(project.registry, "[project]", '[project]\naxioms = "Lejepa/Axioms.lean"')
    project.edit(project.lean, "module\n", "module\nimport Lejepa.Axioms\n")
    project.edit(project.lean, "rw [twice_eq]", "have := given\n  rw [twice_eq]")
    made = audit.audit(project.root, project.out)
    assert [d.key for d in made.definitions.axioms] == ["Lejepa.given"]
    assert [d.key for d in made.definitions.listed] == ["Lejepa.twice"]
    assert audit.axioms_allowed(made.project, sources.load(project.root)) == {"Lejepa.given", "Lejepa.idle"}
    project.edit(project.lean, "end Lejepa", "axiom stray : True\nend Lejepa")
    assert "Lejepa/Sum.lean:14: axiom (is not proved)" in audit.source_faults(project.root, made.project)
    assert audit.source_faults(project.root, made.project)[1:] == []

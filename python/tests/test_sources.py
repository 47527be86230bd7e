"""The package's sources: what its files declare together, what makes a proof worthless, what is not read."""

import json
from pathlib import Path

import pytest
from lejepa.auditing import sources, worthless
from lejepa.errors import UserError

PROOF = {
    "theorem t : 1 = 1 := by\n  sorry\n": ("sorry", 2),
    "theorem t : 1 = 1 := by\n  admit\n": ("admit", 2),
    "theorem t : 1 = 1 := by\n  rfl; stop\n  nonsense\n": ("stop", 2),
    "theorem t : 1 = 1 := by stop nonsense\n": ("stop", 1),
    "theorem t : 1 = 1 := by\n  rfl\n  stop\n  nonsense\n": ("stop", 3),
    "theorem t (n : Nat) : n = n := by\n  cases n with\n  | zero => stop\n  | succ n => rfl\n": ("stop", 3),
    "theorem t : 1 = 1 :=\n  sorryAx _\n": ("sorryAx", 2),
    "theorem t : 1 = 1 := @Lean.sorryAx _ true\n": ("sorryAx", 1),
    "theorem t : 1 = 1 := by native_decide\n": ("native_decide", 1),
    "theorem t : 1 = 1 := by\n  decide +native\n": ("decide +native", 2),
    "theorem t : 1 = 1 := by decide (config := { native := true })\n": ("decide +native", 1),
    "theorem t : 1 = 1 := by bv_decide\n": ("bv_decide", 1),
    "theorem t : 1 = 1 := Lean.ofReduceBool _ _ rfl\n": ("ofReduceBool", 1),
    "theorem t : 1 = 1 := lcProof\n": ("lcProof", 1),
    "set_option debug.skipKernelTC true in\ntheorem t : 1 = 2 := nonsense\n": ("debug.skipKernelTC", 1),
    "section\nset_option debug.byAsSorry true\ntheorem t : 1 = 2 := by rfl\nend\n": ("debug.byAsSorry", 2),
    "set_option «debug».skipKernelTC true in\ntheorem t : 1 = 2 := nonsense\n": ("«debug».skipKernelTC", 1),
    'theorem t : 1 = 2 := by\n  have _ := r#"\\"#\n  exact sorry -- "\n': ("sorry", 3),
    "theorem t : 1 = 2 := by apply?\n": ("apply?", 1),
    "theorem t : 1 = 2 := by\n  plausible\n": ("plausible", 2),
    "theorem t : 1 = 2 := by\n  run_tac Lean.Elab.admitGoal g\n": ("run_tac", 2),
    "theorem t : 1 = 2 := f (do (← g).admit)\n": ("admitGoal", 1),
    "theorem t : 1 = 2 := f (Lean.Elab.admitGoal g)\n": ("admitGoal", 1),
    "theorem t : 1 = 2 := by try stop simp\n": ("stop", 1),
    "theorem t : 1 = 2 := by skip <;> stop simp\n": ("stop", 1),
    "theorem t : 1 = 2 := by { stop simp }\n": ("stop", 1),
    "theorem t : 1 = 2 := by\n  all_goals stop\n": ("stop", 2),
    "theorem t : 1 = 2 := by_elab nonsense\n": ("by_elab", 1),
}


def package(folder: Path, text: str, **files: str) -> Path:
    (folder / "Lejepa").mkdir(exist_ok=True)
    (folder / "Lejepa" / "F.lean").write_text(text)
    for name, other in files.items():
        (folder / "Lejepa" / f"{name}.lean").write_text(other)
    return folder


@pytest.mark.parametrize("text", PROOF, ids=lambda t: str(PROOF[t][0]))
def test_what_makes_a_proof_worthless_is_named(tmp_path: Path, text: str) -> None:
    root = package(tmp_path, text)
    word, line = PROOF[text]
    assert (word, "Lejepa/F.lean", line) in [(f.word, f.file, f.line) for f in sources.forbidden(root)]
    assert not sources.declarations(root)["t"].proves


def test_an_option_ends_with_its_section(tmp_path: Path) -> None:
    text = "section\nset_option debug.byAsSorry true\nend\ntheorem t : 1 = 1 := rfl\n"
    assert sources.declarations(package(tmp_path, text))["t"].proves


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("@[implemented_by g] def f : Nat := 1\n", "implemented_by"),
        ('@[extern "f"] def f : Nat := 1\n', "extern"),
        ("@[csimp] theorem f : 1 = 1 := rfl\n", "csimp"),
        ("unsafe def f : Nat := 1\n", "unsafe"),
        ("def f : Nat := unsafeCast 1\n", "unsafe"),
        ("set_option warn.sorry false\n", "warn.sorry"),
        ("#exit\ntheorem t : 1 = 2 := nonsense\n", "#exit"),
        ("axiom t : 1 = 2\n", "axiom"),
        ("theorem f := addDeclWithoutChecking x\n", "addDeclWithoutChecking"),
        ("def f := env.addDeclCore 0 d none (doCheck := false)\n", "addDeclWithoutChecking"),
        ("def f := addDecl (.x d)\n", "addDeclWithoutChecking"),
        ("run_cmd x\n", "run_cmd"),
        ("run_meta x\n", "run_meta"),
        ('elab "x" : tactic => y\n', "elab"),
        ("initialize x\n", "initialize"),
        ("simproc x (y) := z\n", "simproc"),
        ("#eval x\n", "#eval"),
        ('attribute [inline, extern "f"] f\n', "extern"),
        ("open Nat #exit\ntheorem t : 1 = 2 := nonsense\n", "#exit"),
    ],
)
def test_their_kin_are_named(tmp_path: Path, text: str, word: str) -> None:
    assert [f.word for f in sources.forbidden(package(tmp_path, text))] == [word]


def test_nothing_after_exit_is_declared(tmp_path: Path) -> None:
    text = "theorem a : 1 = 1 := rfl\n#exit\ntheorem b : 1 = 2 := by sorry\n"
    root = package(tmp_path, text)
    assert list(sources.declarations(root)) == ["a"]
    assert [(f.word, f.line) for f in sources.forbidden(root)] == [("#exit", 2)]


def test_words_in_comments_names_and_strings_count_for_nothing(tmp_path: Path) -> None:
    text = (
        "/-! sorry, admit, native_decide, axiom, #exit -/\n"
        'def f (stop : Nat) : String := "sorry" -- sorry\n'
        "theorem sorry_free (h : Foo.sorry) : «sorry» = admitted := by decide\n"
        "theorem g (a : Nat) (stop : a = a) : a = a := by exact stop\n"
        "theorem k : 1 = 1 := by decide +kernel\n"
        "theorem l (stop : Nat) : stop = stop := by\n  apply f (stop - 1)\n  exact g\n    stop.le stop\n"
    )
    assert sources.forbidden(package(tmp_path, text)) == []
    assert all(d.proves for d in sources.declarations(tmp_path).values() if d.kind == "theorem")


def test_a_lakefile_that_keeps_the_kernel_from_checking_is_named(tmp_path: Path) -> None:
    package(tmp_path, "theorem a : 1 = 1 := rfl\n")
    (tmp_path / "lakefile.toml").write_text("[leanOptions] # no sorry\ndebug.skipKernelTC = true\n")
    (tmp_path / "lakefile.lean").write_text("package p where\n  leanOptions := #[⟨`debug.byAsSorry, true⟩]\n")
    assert [str(f) for f in sources.forbidden(tmp_path)] == [
        "lakefile.lean:2: debug.byAsSorry (may keep the kernel from checking a proof)",
        "lakefile.toml:2: debug.skipKernelTC (may keep the kernel from checking a proof)",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lakefile.lean", 'package a where -- "\n  moreLeanArgs := #["-Ddebug.skipKernelTC=true"]\n'),
        ("lakefile.lean", 'package a where\n  moreLeanArgs := #["-D\\u0064ebug.skipKernelT\\x43=true"]\n'),
        ("lakefile.lean", 'package a where\n  moreLeanArgs := #["-D" ++ "debug." ++ "skipKernelTC=true"]\n'),
        ("lakefile.toml", '# none\nmoreLeanArgs = ["#", "-Ddebug.skipKernelTC=true"]\n'),
        ("lakefile.toml", "# none\nmoreLeanArgs = ['\\', '#', '-Ddebug.skipKernelTC=true']\n"),
        ("lakefile.toml", '# none\nmoreLeanArgs = ["-Ddebug.\\u0073kipKernelTC=true"]\n'),
    ],
)
def test_arguments_that_keep_the_kernel_from_checking_are_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    (found,) = sources.forbidden(tmp_path)
    assert str(found).startswith(f"{name}:2: ")
    assert "skipKernelTC (may keep the kernel from checking" in str(found)


def test_each_word_is_found_by_a_pattern_of_its_own() -> None:
    words = [word for word, _, _ in (*worthless.PROOF, *worthless.CODE)]
    assert len(set(words)) == len(words)


def test_scratch_files_are_left_out_and_may_not_be_imported(tmp_path: Path) -> None:
    text = (
        "module\npublic import Lejepa.Scratch.G\nimport Other\nimport Mathlib\nimport Lejepa.«Scratch».G import Init\n"
    )
    root = package(tmp_path, text)
    (tmp_path / "Lejepa" / "Scratch").mkdir()
    (tmp_path / "Lejepa" / "Scratch" / "G.lean").write_text("theorem g : 1 = 2 := by sorry")
    (tmp_path / "Other.lean").write_text("theorem o : 1 = 2 := by sorry")
    assert sources.forbidden(root) == []
    assert sources.strays(root) == [
        "Lejepa/F.lean:2: it imports Lejepa.Scratch.G, a file of this checkout that is not audited",
        "Lejepa/F.lean:3: it imports Other, a file of this checkout that is not audited",
        "Lejepa/F.lean:5: it imports Lejepa.«Scratch».G, a file of this checkout that is not audited",
    ]


def test_a_dependency_that_nothing_pins_is_named(tmp_path: Path) -> None:
    root = package(tmp_path, "module\n")
    pinned = {"type": "git", "name": "mathlib", "rev": "1"}
    (tmp_path / "lake-manifest.json").write_text(json.dumps({"packages": [pinned]}))
    assert sources.strays(root) == []
    (tmp_path / "lake-manifest.json").write_text(json.dumps({"packages": [pinned, {"type": "path", "name": "near"}]}))
    assert sources.strays(root) == [
        "lake-manifest.json: the dependency near is a folder, so nothing fixes which files it holds"
    ]


def test_the_libraries_are_the_dependencies_that_the_lakefile_asks_for(tmp_path: Path) -> None:
    assert sources.libraries(tmp_path) == []
    packages = [
        {"type": "git", "name": "mathlib", "inherited": False},
        {"type": "path", "name": "near"},
        {"type": "git", "name": "batteries", "inherited": True},
        {"type": "git", "name": "FLT"},
    ]
    (tmp_path / "lake-manifest.json").write_text(json.dumps({"packages": packages}))
    assert sources.libraries(tmp_path) == ["FLT", "Mathlib", "Near"]


def test_a_file_that_nothing_imports_is_named(tmp_path: Path) -> None:
    root = package(tmp_path, "module\n", G="import Lejepa.F\n", H="theorem h : 1 = 2 := nonsense\n")
    assert sources.strays(root) == []  # without a root module there is nothing to follow
    (tmp_path / "Lejepa.lean").write_text("module\npublic import Lejepa.G\n")
    assert sources.strays(root) == [
        "Lejepa/H.lean: nothing that Lejepa.lean imports leads to it, so lake does not compile it"
    ]


def test_notations_are_followed(tmp_path: Path) -> None:
    text = 'def law : Nat := 1\nscoped notation "γ" => law\ntheorem t : γ = 1 := rfl\ntheorem u : True := trivial\n'
    declared = sources.declarations(package(tmp_path, text))
    assert declared["t"].notation == 'scoped notation "γ" => law'
    assert declared["u"].notation == ""


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    package(tmp_path, "")
    (tmp_path / "Lejepa" / "F.lean").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match=r"F\.lean: expected a Lean file in UTF-8"):
        sources.load(tmp_path)


def test_the_files_of_a_package_and_of_its_build(tmp_path: Path) -> None:
    for name in (
        "Lejepa.lean", "Lejepa/B.lean", "Lejepa/A/C.lean", "Lejepa/Scratch/S.lean", "Lejepa/A/Scratch/S.lean",
        "Lejepa/notes.md", "Other.lean", "Other/O.lean", "lakefile.toml", "lean-toolchain", "lake-manifest.json",
        "lakefile.lean",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "Lejepa" / "Folder.lean").mkdir()

    def names(files: list[Path]) -> list[str]:
        return [str(f.relative_to(tmp_path)) for f in files]

    assert names(sources.lean_files(tmp_path)) == ["Lejepa/A/C.lean", "Lejepa/B.lean", "Lejepa.lean"]
    assert names(sources.lean_files(tmp_path, "Other")) == ["Other/O.lean", "Other.lean"]
    assert sorted(names(sources.build_files(tmp_path))) == [
        "lake-manifest.json", "lakefile.lean", "lakefile.toml", "lean-toolchain",
    ]  # fmt: skip
    assert sources.build_files(tmp_path / "Other") == []


def test_what_a_package_is_read_into(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        'def law : Nat := 1\nprivate def own : Nat := law\nnotation "γ" => law\n',
        G="import Lejepa.F\ninstance : C Nat := γ\ntheorem t : γ = 1 := rfl\n",
    )
    made = sources.load(root)
    assert (made.name, [f.name for f in made.files]) == ("Lejepa", ["Lejepa/F.lean", "Lejepa/G.lean"])
    assert list(made.declared) == ["law", "t"]
    assert [d.name for d in made.hidden] == ["own", "«instance : C Nat»"]
    assert [r.text for r in made.readings] == ['notation "γ" => law']
    assert [d.notation for d in made.hidden] == ["", 'notation "γ" => law']
    assert made.files[1].imports == [("Lejepa.F", 1)]
    assert sources.declarations(root) == made.declared


def test_one_token_of_a_notation_is_enough(tmp_path: Path) -> None:
    text = 'notation "⟪" x "⟫₂" => f x\nnotation "δ" => d\ntheorem t : ⟪1 = δ := rfl\n'
    found = sources.declarations(package(tmp_path, text))["t"].notation
    assert found == 'notation "⟪" x "⟫₂" => f x notation "δ" => d'


def test_what_leads_to_a_file_may_be_long_and_go_round(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        "import Lejepa.G\n",
        G="import Lejepa.H\nimport Mathlib\n",
        H="import Lejepa.F\n",
        I="import Lejepa.F\n",
    )
    (tmp_path / "Lejepa.lean").write_text("import Lejepa.F\n")
    last = "Lejepa/I.lean: nothing that Lejepa.lean imports leads to it, so lake does not compile it"
    assert sources.strays(root) == [last]
    (tmp_path / "Lejepa" / "J.lean").write_text("")
    assert sources.strays(root) == [last, last.replace("/I", "/J")]
    (tmp_path / "Lejepa" / "J.lean").unlink()
    (tmp_path / "Lejepa.lean").write_text("import Lejepa.I\n")
    assert sources.strays(root) == []


@pytest.mark.parametrize("manifest", ["[]", "{}", '{"packages": [3, "a"]}'])
def test_a_manifest_of_another_form_names_nothing(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "lake-manifest.json").write_text(manifest)
    assert (sources.dependencies(tmp_path), sources.folders(tmp_path), sources.libraries(tmp_path)) == ([], [], [])


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x", []),
        ("sorry", ["sorry"]),
        ("by admit <;> sorry; sorry", ["admit", "sorry"]),
        ("bv_check", ["bv_decide"]),
        ("reduceNat ofReduceNat reduceBool", ["ofReduceBool"]),
        ("mkSorry mkLabeledSorry", ["sorryAx"]),
        ("lcUnreachable lcAny", ["lcProof"]),
        ("setEnv modifyEnv", ["addDeclWithoutChecking"]),
        ("trustCompiler", ["trustCompiler"]),
        ("set_option debug.x true", ["debug.*"]),
        ("decide +kernel +native", ["decide +native"]),
        ("decide\n+ native", []),
        ("implemented_by", []),  # the proof stands
    ],
)
def test_what_a_proof_leans_on_is_told_once(code: str, found: list[str]) -> None:
    assert worthless.leaning(code) == found


def test_each_word_is_told_where_it_stands_and_why() -> None:
    code = "a\nsorry b\n\n  axiom x; unsafe y\nset_option debug.x true\n#exit\nsorry\n"
    assert [(f.word, f.file, f.line, f.why) for f in worthless.find(code, "F.lean")] == [
        ("sorry", "F.lean", 2, "proves anything"),
        ("axiom", "F.lean", 4, "is not proved"),
        ("unsafe", "F.lean", 4, "steps outside of what the kernel checks"),
        ("debug.x", "F.lean", 5, "may keep the kernel from checking a proof"),
        ("#exit", "F.lean", 6, "Lean reads nothing after it"),
    ]

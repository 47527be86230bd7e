"""The premises of each theorem, extracted by LeanDojo where it and a Lean toolchain are present.

`results/premises.json` holds, for each headline theorem, the declarations of this package and of others that its proof
names, with a digest of the Lean files that were traced.
"""

import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lejepa.auditing import ledger, registry, sources
from lejepa.errors import CannotRun, UserError
from lejepa.extras import missing
from lejepa.files import read_json, write_json

FILE = "premises.json"


class Traced(BaseModel):
    """Premises by theorem, in the order of the proof, and the digest of the sources that were traced."""

    model_config = ConfigDict(extra="forbid")

    sources: str
    premises: dict[str, list[str]]


def require() -> None:
    """One sentence for the user where tracing can't be done here."""
    if find_spec("lean_dojo") is None:
        raise missing("trace", "lean-dojo", "trace")
    if shutil.which("lake") is None:
        raise CannotRun("trace: expected lake on the PATH; https://lean-lang.org/install says how to get it")


def run(root: Path, out: Path) -> Traced:
    """Trace the package as committed and keep the premises of the registry's theorems."""
    require()
    entries = registry.load(root)
    dojo: Any = import_module("lean_dojo")
    before = ledger.fingerprint(root, entries.project.package)
    repository = dojo.LeanGitRepo.from_path(str(root))
    if any(text != file.read_text(encoding="utf-8") for file, text in committed(repository, root, entries).items()):
        raise UserError("trace: expected the Lean files to be committed, since LeanDojo traces the last commit")
    wanted = {s.full_name for s in entries.statement}
    theorems = dojo.trace(repository, build_deps=False).get_traced_theorems()
    premises = {
        t.theorem.full_name: list(dict.fromkeys(t.get_premise_full_names()))
        for t in theorems
        if t.theorem.full_name in wanted
    }
    made = Traced(sources=before, premises=premises)
    write_json(out / FILE, made.model_dump())
    return made


def committed(repository: Any, root: Path, entries: registry.Registry) -> dict[Path, str]:
    """The package's Lean files as the last commit has them; a file that it lacks is empty there."""
    tree = repository.repo.commit(repository.commit).tree
    found = {}
    for file in sources.lean_files(root, entries.project.package):
        try:
            found[file] = (tree / str(file.relative_to(root))).data_stream.read().decode()
        except KeyError:
            found[file] = ""
    return found


def read(out: Path) -> Traced | None:
    """What was traced; None where nothing was."""
    path = out / FILE
    if not path.exists():
        return None
    try:
        return Traced.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path}: expected what `lejepa trace` writes, found another JSON value; remove it") from None

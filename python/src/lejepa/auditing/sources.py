"""What the package's Lean sources declare, read from their text: no Lean needed."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from lejepa.auditing import lean, worthless
from lejepa.auditing.lean import Declaration, File, Reading
from lejepa.auditing.worthless import Finding
from lejepa.errors import UserError
from lejepa.files import read_json

PACKAGE = "Lejepa"
MANIFEST = "lake-manifest.json"
COMMENT = re.compile(r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|#.*""")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2}))")
BUILD = ("lean-toolchain", MANIFEST, "lakefile.lean", "lakefile.toml")


@dataclass(frozen=True)
class Package:
    """A package as its text has it.

    declared: its declarations with a public name, by full name. hidden: those without, private ones and instances that
    Lean names. readings: commands that change how text is read.
    """

    name: str
    files: list[File] = field(default_factory=list)
    declared: dict[str, Declaration] = field(default_factory=dict)
    hidden: list[Declaration] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def lean_files(root: Path, package: str = PACKAGE) -> list[Path]:
    """A package's Lean files, in order: `Package.lean` and those below `Package/`, scratch files apart."""
    below = (f for f in (root / package).rglob("*.lean") if "Scratch" not in f.parts)
    return sorted(f for f in (root / f"{package}.lean", *below) if f.is_file())


def build_files(root: Path) -> list[Path]:
    """The files that say how the package is built, and with what."""
    return [root / name for name in BUILD if (root / name).is_file()]


def text_of(file: Path) -> str:
    """The text of a Lean file; one sentence for the user where it can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{file}: expected a Lean file in UTF-8, but it can't be read: {e}") from None


def load(root: Path, package: str = PACKAGE) -> Package:
    """Read a package below `root`."""
    made = Package(package)
    for path in lean_files(root, package):
        file = lean.parse(text_of(path), str(path.relative_to(root)))
        made.files.append(file)
        made.readings.extend(file.readings)
    for d in (d for file in made.files for d in file.declarations):
        d = replace(d, notation=" ".join(meanings(d.code, made.readings)))
        if d.hidden:
            made.hidden.append(d)
        else:
            made.declared[d.name] = d
    return made


def meanings(code: str, readings: list[Reading]) -> list[str]:
    """The commands that say how tokens in a piece of code are read."""
    return [r.text for r in readings if any(t in code for t in r.tokens)]


def declarations(root: Path, package: str = PACKAGE) -> dict[str, Declaration]:
    """Every public declaration of the package below `root`, by its full name."""
    return load(root, package).declared


def forbidden(root: Path, package: str = PACKAGE) -> list[Finding]:
    """Where the code, or the file that says how it is built, has what makes proofs worthless; the axioms of the
    registry's file of axioms too, for the caller to allow.
    """
    found: list[Finding] = []
    for file in lean_files(root, package):
        found += worthless.find(lean.blank(text_of(file)), str(file.relative_to(root)))
    for file in (f for f in build_files(root) if f.name.startswith("lakefile")):
        found += worthless.find(arguments(file), file.name)
    return found


def arguments(lakefile: Path) -> str:
    """The text of a lakefile without comments. Its strings may be arguments for Lean, so they stay, and what they
    write as escapes is read as Lean and TOML read it."""
    text = text_of(lakefile)
    code = lean.blank(text, strings=False) if lakefile.suffix == ".lean" else COMMENT.sub(r"\g<string>", text)
    return ESCAPE.sub(lambda m: chr(int(next(filter(None, m.groups())), 16)), code)


def strays(root: Path, package: str = PACKAGE) -> list[str]:
    """Files that are part of what Lean compiles and are not read here, and the other way about: a sentence each."""
    made = load(root, package)
    read = {f.name for f in made.files}
    found = [
        f"{MANIFEST}: the dependency {name} is a folder, so nothing fixes which files it holds"
        for name in folders(root)
    ]
    for file in made.files:
        for module, line in file.imports:
            path = lean.path_of(module)
            if path not in read and (root / path).is_file():
                found.append(f"{file.name}:{line}: it imports {module}, a file of this checkout that is not audited")
    top = f"{package}.lean"
    if top in read:
        imports = {f.name: [lean.path_of(m) for m, _ in f.imports] for f in made.files}
        reached, waiting = {top}, [top]
        while waiting:
            for path in imports.get(waiting.pop(), ()):
                if path in read and path not in reached:
                    reached.add(path)
                    waiting.append(path)
        found += [
            f"{path}: nothing that {top} imports leads to it, so lake does not compile it"
            for path in sorted(read - reached)
        ]
    return found


def dependencies(root: Path) -> list[dict[str, object]]:
    """What the manifest has of each package that lake takes from elsewhere."""
    if not (root / MANIFEST).is_file():
        return []
    manifest = read_json(root / MANIFEST)
    packages = manifest.get("packages", []) if isinstance(manifest, dict) else []
    return [p for p in packages if isinstance(p, dict)]


def folders(root: Path) -> list[str]:
    """The dependencies that lake takes from a folder, of which the manifest pins no revision."""
    return [str(p.get("name")) for p in dependencies(root) if p.get("type") == "path"]


def libraries(root: Path) -> list[str]:
    """The dependencies that the lakefile itself asks for, as Mathlib is, with a capital letter."""
    names = (str(p.get("name")) for p in dependencies(root) if not p.get("inherited"))
    return sorted(name[:1].upper() + name[1:] for name in names)

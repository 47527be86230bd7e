"""What the Lean sources declare, read from their text: no Lean needed.

Comments and strings are blanked first (so a `sorry` in a docstring counts for nothing), namespaces are resolved, and a
declaration's body runs to the next one. The compiled ledger is the stronger witness; this is the one that is always at
hand.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from lejepa.errors import UserError

KINDS = "theorem|lemma|def|abbrev|structure|class|inductive|instance|axiom|opaque|example"
MODIFIERS = "private|protected|public|noncomputable|nonrec|meta|partial|unsafe|scoped|local"
NAME = r"(?:«[^»]*»|[^\s:({\[⦃.«])+(?:\.(?:«[^»]*»|[^\s:({\[⦃.«])+)*"
COMMAND = re.compile(
    rf"^[ \t]*(?:[^\n:=]*\bin[ \t]+)?(?:@\[[^\]]*\]\s*)*(?P<mods>(?:(?:{MODIFIERS})\s+)*)"
    rf"(?:(?P<kind>{KINDS})\b(?:[ \t]*\n?[ \t]*(?P<name>{NAME}))?"
    rf"|(?P<scope>namespace|section|mutual|end)\b[ \t]*(?P<label>{NAME})?)",
    re.M,
)
FORBIDDEN = ("sorry", "axiom", "native_decide")


@dataclass(frozen=True)
class Declaration:
    """One declaration: its kind, full name, file relative to the root, first line, and whether it leans on `sorry`."""

    kind: str
    name: str
    file: str
    line: int
    has_sorry: bool

    @property
    def proves(self) -> bool:
        return self.kind in ("theorem", "lemma") and not self.has_sorry


@dataclass(frozen=True)
class Finding:
    """A forbidden word in the code of a file."""

    word: str
    file: str
    line: int


def blank(text: str) -> str:
    """`text` with comments (nested ones too) and the insides of strings replaced by spaces; line breaks are kept."""
    out: list[str] = []
    i, depth, end = 0, 0, len(text)
    while i < end:
        two = text[i : i + 2]
        if two == "/-":
            depth, i = depth + 1, i + 2
            out.append("  ")
        elif depth and two == "-/":
            depth, i = depth - 1, i + 2
            out.append("  ")
        elif depth:
            out.append("\n" if text[i] == "\n" else " ")
            i += 1
        elif two == "--":
            stop = text.find("\n", i)
            stop = end if stop < 0 else stop
            out.append(" " * (stop - i))
            i = stop
        elif text[i] == '"' and text[i - 1 : i + 2] != "'\"'":
            stop = i + 1
            while stop < end and text[stop] != '"':
                stop += 2 if text[stop] == "\\" else 1
            inside = text[i + 1 : stop]
            out.append('"' + "".join("\n" if c == "\n" else " " for c in inside) + '"')
            i = stop + 1
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def lean_files(root: Path) -> list[Path]:
    """The package's Lean files, in order: `Lejepa.lean` and those below `Lejepa/`, scratch files apart."""
    below = (f for f in (root / "Lejepa").rglob("*.lean") if "Scratch" not in f.parts)
    return sorted(f for f in (root / "Lejepa.lean", *below) if f.is_file())


def read(file: Path) -> str:
    try:
        return blank(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{file}: expected a Lean file in UTF-8, but it can't be read: {e}") from None


def declarations_of(text: str, file: str) -> list[Declaration]:
    """The declarations of one file, whose comments and strings `blank` has removed. Private ones and examples have no
    public name and are left out."""
    found: list[Declaration] = []
    scopes: list[tuple[bool, str]] = []  # (is a namespace, one component of its name)
    commands = list(COMMAND.finditer(text))
    for here, following in zip_longest(commands, commands[1:]):
        line = text.count("\n", 0, here.end()) + 1
        if scope := here["scope"]:
            parts = here["label"].split(".") if here["label"] else [""]
            if scope == "end":
                if len(parts) > len(scopes):
                    raise UserError(f"{file}:{line}: expected a scope for this `end` to close")
                del scopes[-len(parts) :]
            else:
                scopes += [(scope == "namespace", part) for part in parts]
        elif here["name"] and here["kind"] != "example" and "private" not in here["mods"].split():
            body = text[here.end() : following.start() if following else len(text)]
            spaces = [part for is_namespace, part in scopes if is_namespace]
            name = here["name"].removeprefix("_root_.")
            full = name if here["name"] != name else ".".join([*spaces, name])
            found.append(Declaration(here["kind"], full, file, line, bool(re.search(r"\bsorry\b", body))))
    return found


def declarations(root: Path) -> dict[str, Declaration]:
    """Every public declaration of the package below `root`, by its full name."""
    found: dict[str, Declaration] = {}
    for file in lean_files(root):
        for d in declarations_of(read(file), str(file.relative_to(root))):
            found[d.name] = d
    return found


def forbidden(root: Path) -> list[Finding]:
    """Where the code says `sorry` or `native_decide`, or states an `axiom`; the axioms of `Lejepa/Axioms.lean` too, for
    the caller to allow."""
    word = re.compile(rf"(?<![\w.«])({'|'.join(FORBIDDEN)})(?![\w»])")
    found: list[Finding] = []
    for file in lean_files(root):
        for number, line in enumerate(read(file).splitlines(), 1):
            found += [Finding(m[1], str(file.relative_to(root)), number) for m in word.finditer(line)]
    return found

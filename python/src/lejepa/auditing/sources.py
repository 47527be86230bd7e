"""What the Lean sources declare, read from their text: no Lean needed.

Comments and strings are blanked first (so a `sorry` in a docstring counts for nothing), namespaces are resolved, and a
declaration's body runs to the next one. The compiled ledger is the stronger witness; this is the one that is always at
hand.
"""

import re
from dataclasses import dataclass, replace
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
PACKAGE = "Lejepa"
VARIABLE = re.compile(r"^variable\b.*?(?=^\S|\Z)", re.M | re.S)
OPENED = re.compile(r"^[ \t]*open[ \t]+((?:[^\W\d][\w.]*[ \t]*)+)", re.M)
NOTATION = re.compile(r'\bnotation(?::\w+)?\s+"\s*(?P<token>[^"]*?)\s*"[^\n"]*=>\s*(?P<meaning>[^\n]+)')
DOCSTRING = re.compile(r"/--(?P<text>.*?)-/", re.S)
# Commands that declare nothing of their own: they end the declaration before them.
OTHER = re.compile(
    r"^(?:variable|open|omit|include|set_option|attribute|universe|export|initialize|notation|infix|macro|syntax)\b",
    re.M,
)
WHERE = re.compile(r"(?<=\s)where\b")
OPEN, CLOSE = "([{⦃⟨", ")]}⦄⟩"


@dataclass(frozen=True)
class Declaration:
    """One declaration: its kind, full name, file relative to the root, line of its name, whether it leans on `sorry`.

    namespace: the full name of the namespace it stands in. opened: the namespaces that its file opens.
    doc: its docstring. statement, proof: its text, up to and from the `:=` outside of brackets.
    code, statement_code: what follows the name, and of that the part up to the proof, without comments and strings.
    variables: the `variable` commands before it in its file, whose binders its statement may take.
    notation: what the package's notations that occur in its code stand for.
    """

    kind: str
    name: str
    file: str
    line: int
    has_sorry: bool
    namespace: str = ""
    opened: tuple[str, ...] = ()
    doc: str = ""
    statement: str = ""
    proof: str = ""
    code: str = ""
    statement_code: str = ""
    variables: str = ""
    notation: str = ""

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


def lean_files(root: Path, package: str = PACKAGE) -> list[Path]:
    """A package's Lean files, in order: `Package.lean` and those below `Package/`, scratch files apart."""
    below = (f for f in (root / package).rglob("*.lean") if "Scratch" not in f.parts)
    return sorted(f for f in (root / f"{package}.lean", *below) if f.is_file())


def text_of(file: Path) -> str:
    """The text of a Lean file; one sentence for the user where it can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"{file}: expected a Lean file in UTF-8, but it can't be read: {e}") from None


def read(file: Path) -> str:
    """The code of a Lean file: comments and strings are blanked."""
    return blank(text_of(file))


def end_of_statement(code: str, start: int) -> int:
    """Where the statement of a declaration ends: its first `:=`, or `where`, outside of brackets; else all of it."""
    depth = 0
    for i in range(start, len(code)):
        depth += (code[i] in OPEN) - (code[i] in CLOSE)
        if depth == 0 and (code.startswith(":=", i) or WHERE.match(code, i)):
            return i
    return len(code)


def declarations_of(code: str, file: str, text: str | None = None) -> list[Declaration]:
    """The declarations of one file, from its `code`, whose comments and strings `blank` has removed, and its `text`.

    Private ones and examples have no public name and are left out.
    """
    text = code if text is None else text
    found: list[Declaration] = []
    opened = tuple(dict.fromkeys(name for m in OPENED.finditer(code) for name in m[1].split()))
    scopes: list[tuple[bool, str]] = []  # (is a namespace, one component of its name)
    commands = list(COMMAND.finditer(code))
    for here, following in zip_longest(commands, commands[1:]):
        line = code.count("\n", 0, here.end()) + 1
        if scope := here["scope"]:
            parts = here["label"].split(".") if here["label"] else [""]
            if scope == "end":
                if len(parts) > len(scopes):
                    raise UserError(f"{file}:{line}: expected a scope for this `end` to close")
                del scopes[-len(parts) :]
            else:
                scopes += [(scope == "namespace", part) for part in parts]
        elif here["name"] and here["kind"] != "example" and "private" not in here["mods"].split():
            stop = following.start() if following else len(code)
            if other := OTHER.search(code, here.end(), stop):
                stop = other.start()
            body = code[here.end() : stop].rstrip()
            middle = here.end() + end_of_statement(body, 0)
            namespace = ".".join(part for is_namespace, part in scopes if is_namespace)
            name = here["name"].removeprefix("_root_.")
            full = name if here["name"] != name or not namespace else f"{namespace}.{name}"
            before = text[len(code[: here.start()].rstrip()) : here.start()]
            doc = [m["text"].strip() for m in DOCSTRING.finditer(before)]
            found.append(
                Declaration(
                    kind=here["kind"],
                    name=full,
                    file=file,
                    line=line,
                    has_sorry=bool(re.search(r"\bsorry\b", body)),
                    namespace=namespace,
                    opened=opened,
                    doc=doc[-1] if doc else "",
                    statement=text[here.start() : middle].strip(),
                    proof=text[middle : here.end() + len(body)],
                    code=body,
                    variables=" ".join(m[0].strip() for m in VARIABLE.finditer(code[: here.start()])),
                    statement_code=code[here.end() : middle].strip(),
                )
            )
    return found


def declarations(root: Path, package: str = PACKAGE) -> dict[str, Declaration]:
    """Every public declaration of the package below `root`, by its full name."""
    texts = {str(f.relative_to(root)): text_of(f) for f in lean_files(root, package)}
    meanings = {m["token"]: m["meaning"] for text in texts.values() for m in NOTATION.finditer(text)}
    found: dict[str, Declaration] = {}
    for file, text in texts.items():
        for d in declarations_of(blank(text), file, text):
            used = [meaning for token, meaning in meanings.items() if token and token in d.code]
            found[d.name] = replace(d, notation=" ".join(used))
    return found


def forbidden(root: Path, package: str = PACKAGE) -> list[Finding]:
    """Where the code says `sorry` or `native_decide`, or states an `axiom`; the axioms of the registry's file of axioms
    too, for the caller to allow."""
    word = re.compile(rf"(?<![\w.«])({'|'.join(FORBIDDEN)})(?![\w»])")
    found: list[Finding] = []
    for file in lean_files(root, package):
        for number, line in enumerate(read(file).splitlines(), 1):
            found += [Finding(m[1], str(file.relative_to(root)), number) for m in word.finditer(line)]
    return found

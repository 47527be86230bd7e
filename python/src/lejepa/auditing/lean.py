"""The text of a Lean file, read without Lean: its declarations, each with the commands in force where it stands.

Comments and the insides of strings are blanked first (so a `sorry` in a docstring counts for nothing), scopes are
followed, and nothing after `#exit` is read, as Lean does not. A declaration runs to the next command. What macros make
of a text is not known here: where Lean has compiled the package, the ledger is the better witness.
"""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from lejepa.auditing import worthless
from lejepa.errors import UserError

KINDS = r"theorem|lemma|def|irreducible_def|abbrev|structure|class(?:[ \t]+(?:inductive|abbrev))?|inductive|instance"
KINDS += "|axiom|opaque|example"
PROOFS = ("theorem", "lemma")
MODIFIERS = r"private|protected|public|noncomputable|nonrec|meta|partial|unsafe|scoped(?:\[[^\]]*\])?|local"
# Commands that declare nothing of their own under a name that is written there: they end the declaration before them.
OTHER = (
    "variable|open|omit|include|set_option|attribute|universe|export|import|initialize|builtin_initialize|alias"
    "|deriving[ \t]+instance|notation3?|infix[lr]?|prefix|postfix|macro_rules|macro|declare_syntax_cat|syntax"
    r"|elab_rules|elab|binder_predicate|unif_hint|run_cmd|run_elab|run_meta|add_decl_doc|\#\w+(?![\[\w])"
)
NAME = r"(?:«[^»]*»|[^\s:({\[⦃.«])+(?:\.(?:«[^»]*»|[^\s:({\[⦃.«])+)*"
COMMAND = re.compile(
    rf"(?:^|(?<=\sin)[ \t])(?P<indent>[ \t]*)(?P<attributes>(?:@\[(?:[^\[\]]|\[[^\]]*\])*\]\s*)*)"
    rf"(?P<mods>(?:(?:{MODIFIERS})\s+)*)"
    rf"(?:(?P<kind>{KINDS})\b(?:[ \t]*\n?[ \t]*(?P<name>{NAME}))?"
    rf"|(?P<scope>namespace|section|mutual|end)\b[ \t]*(?P<label>{NAME})?"
    rf"|(?P<other>{OTHER})(?!\w))",
    re.M,
)
EXIT = re.compile(r"(?<![\w«])#exit\b")
IMPORT = re.compile(rf"(?<![\w.«])import\s+(?:all\s+)?(?P<module>{NAME})")
COMPONENT = re.compile(r"«([^»]*)»|([^.«»]+)")
DOCSTRING = re.compile(r"/--(?P<text>.*?)-/", re.S)
CHARACTER = re.compile(r"'(?:\\(?:u\{?[0-9a-fA-F]+\}?|x..|.)|[^'\\])'", re.S)
SPECIAL = re.compile(r"/-|--|['\"«]")
COMMENT_EDGE = re.compile(r"/-|-/")
NOT_BREAK = re.compile(r"[^\n]")
SCOPED = ("variable", "open", "omit", "include", "universe", "set_option")  # hold to the end of their section
IN_TACTICS = ("open", "set_option", "omit", "include", "attribute")  # with `in`, they may stand in a proof
READINGS = re.compile(  # what changes how the text after it is read; of attributes, those that inference uses
    r"(?:notation3?|infix[lr]?|prefix|postfix|macro|macro_rules|syntax|declare_syntax_cat|elab|elab_rules"
    r"|binder_predicate|unif_hint|export|attribute(?=.*\b(?:instance|coe|default_instance)\b))(?!\w)"
)
NOISE = re.compile(r"set_option\s+(?:maxHeartbeats|maxRecDepth|linter|pp|trace|profiler|warningAsError|Elab\.async)\b")
OPENED = re.compile(r"open\s+(?:scoped\s+)?((?:[^\W\d][\w.]*\s*)+)")
TOKEN = re.compile(
    r"(?P<open>[(\[{⦃⟨⟪‹])|(?P<close>[)\]}⦄⟩⟫›])|(?P<is>:=)|(?P<bind>←)|(?<![\w.])(?P<local>let|have|letI|haveI|let_fun)(?!\w)"
    r"|(?<=\s)(?P<where>where)(?!\w)|^[ \t]*(?P<bar>\|)",
    re.M,
)


@dataclass(frozen=True)
class Declaration:
    """One declaration: its kind, full name, file relative to the root, line of its name.

    namespace: the full name of the namespace it stands in. opened: the namespaces that are open there.
    context: the commands in force that its statement may depend on: `variable`, `open`, `include`, `omit`, and those
    before it that end in `in`. doc: its docstring. statement, proof: its text, up to and from the `:=` of its proof.
    text: all of it, docstring apart, as it is written.
    code, statement_code: what follows the name, and of that the part up to the proof, without comments.
    hidden: whether it has no public name: it is private, or an instance that Lean names.
    leans: what of `worthless.WORDS` its own text leans on.
    notation: what the package's notations that occur in its code stand for.
    """

    kind: str
    name: str
    file: str
    line: int
    namespace: str = ""
    opened: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    doc: str = ""
    statement: str = ""
    proof: str = ""
    text: str = ""
    code: str = ""
    statement_code: str = ""
    hidden: bool = False
    leans: tuple[str, ...] = ()
    notation: str = ""

    @property
    def is_theorem(self) -> bool:
        return self.kind in PROOFS

    @property
    def proves(self) -> bool:
        """Whether it is a theorem whose text leans on nothing that proves nothing."""
        return self.is_theorem and not self.leans


@dataclass(frozen=True)
class Reading:
    """A command that changes how text is read, as a notation does: its word, text, file, and the tokens it brings.

    text: in one line. written: as it is written, with its attributes. doc: its docstring.
    """

    word: str
    text: str
    file: str
    tokens: tuple[str, ...]
    line: int = 0
    written: str = ""
    doc: str = ""


@dataclass(frozen=True)
class File:
    """What a Lean file declares and imports, and what in it changes how text is read."""

    name: str
    declarations: list[Declaration] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)  # module, line


@dataclass
class Scope:
    """A namespace, section or mutual block that is open: one component of its name, and the commands in force."""

    is_namespace: bool
    name: str
    commands: list[str] = field(default_factory=list)


def blank(text: str, strings: bool = True) -> str:
    """`text` with comments (nested ones too), and the insides of strings and character literals unless `strings` is
    false, replaced by spaces; line breaks are kept.
    """
    out: list[str] = []
    i, end = 0, len(text)
    while m := SPECIAL.search(text, i):
        out.append(text[i : m.start()])
        i = m.start()
        before = text[i - 1] if i else " "
        named = before.isalnum() or before in "_'!?"
        if m[0] == "/-":
            stop = end_of_comment(text, i)
            out.append(spaces(text[i:stop]))
        elif m[0] == "--":
            stop = text.find("\n", i)
            stop = end if stop < 0 else stop
            out.append(" " * (stop - i))
        elif m[0] == "«":
            stop = text.find("»", i)
            stop = end if stop < 0 else stop + 1
            out.append(text[i:stop])
        elif m[0] == "'":
            literal = None if named else CHARACTER.match(text, i)
            stop = literal.end() if literal else i + 1
            out.append("'" + spaces(text[i + 1 : stop - 1]) + "'" if literal and strings else text[i:stop])
        else:
            stop = end_of_string(text, i)
            inside = strings and before != "!"  # of `s!"…{term}…"` some is code
            out.append('"' + spaces(text[i + 1 : stop - 1]) + text[stop - 1 : stop] if inside else text[i:stop])
        i = stop
    return "".join([*out, text[i:]])


def path_of(module: str) -> str:
    """The file of a module; components may be in «»."""
    return "/".join(quoted or part for quoted, part in COMPONENT.findall(module)) + ".lean"


def spaces(text: str) -> str:
    return NOT_BREAK.sub(" ", text)


def end_of_string(text: str, start: int) -> int:
    """Where the string that begins at `start` ends; of `r#"…"#`, a raw one, before the `#`. The end of the text if it
    does not."""
    hashes = start - len(text[:start].rstrip("#"))
    before = text[: start - hashes]
    if before.endswith("r") and not (len(before) > 1 and (before[-2].isalnum() or before[-2] in "_'!?")):
        stop = text.find('"' + "#" * hashes, start + 1)
        return len(text) if stop < 0 else stop + 1
    stop = start + 1
    while stop < len(text) and text[stop] != '"':
        stop += 2 if text[stop] == "\\" else 1
    return min(stop + 1, len(text))


def end_of_comment(text: str, start: int) -> int:
    """Where the comment that begins at `start` ends, those nested in it counted; the end of the text if it does not."""
    depth = 0
    for m in COMMENT_EDGE.finditer(text, start):
        depth += 1 if m[0] == "/-" else -1
        if depth == 0:
            return m.end()
    return len(text)


def plain(text: str) -> str:
    """`text`, white space apart."""
    return " ".join(text.split())


def end_of_statement(code: str) -> int:
    """Where the statement of a declaration ends: at the `:=` that its proof begins with, or at `where`, outside of
    brackets. The `:=` of a `let` or a `have` within the statement is not that. Where there is no such `:=`, the first
    line that begins with `|` ends it; else all of it is the statement.
    """
    depth = local = 0
    bar = len(code)
    for m in TOKEN.finditer(code):
        depth += bool(m["open"]) - bool(m["close"])
        if depth == 0 and m["local"]:
            local += 1
        elif depth == 0 and (m["is"] or m["bind"]) and local:
            local -= 1
        elif depth == 0 and (m["is"] or m["where"]):
            return m.start()
        elif depth == 0 and m["bar"]:
            bar = min(bar, m.start("bar"))
    return bar


def is_command(code: str, m: re.Match[str]) -> bool:
    """Whether a match of `COMMAND` is one: in a proof, indented, may also stand `open … in`, or a term with a `#`."""
    if m["indent"] and m["other"] and m["other"].startswith("#"):
        return False
    if m["other"] not in IN_TACTICS or not m["indent"]:
        return True
    line = code[m.start() : code.find("\n", m.end()) if "\n" in code[m.end() :] else len(code)]
    inner = re.search(r"\sin(?:\s+(?P<rest>\S.*))?$", line)
    if inner is None:
        return True
    rest = inner["rest"] or code[m.start() + len(line) :].lstrip()
    following = COMMAND.match(rest)
    return following is not None and bool(following["kind"])


def commands_of(code: str) -> list[re.Match[str]]:
    return [m for m in COMMAND.finditer(code) if is_command(code, m)]


def parse(text: str, file: str) -> File:
    """Read a Lean file."""
    bare, code = blank(text), blank(text, strings=False)
    if stop := EXIT.search(bare):
        text, bare, code = text[: stop.start()], bare[: stop.start()], code[: stop.start()]
    made = File(file)
    for m in IMPORT.finditer(bare):
        made.imports.append((m["module"], bare.count("\n", 0, m.end()) + 1))
    scopes = [Scope(False, "")]
    before: list[tuple[int, str]] = []  # commands that end in `in`, for the next one: place and text
    commands = commands_of(bare)
    for here, following in zip_longest(commands, commands[1:]):
        stop_at = following.start() if following else len(bare)
        line = bare.count("\n", 0, here.end()) + 1
        if here["scope"]:
            move(scopes, here["scope"], here["label"], f"{file}:{line}")
            before = []
        elif here["other"]:
            word = plain(here["other"])
            whole = plain(code[here.start("mods") : stop_at])
            if re.search(r"\sin\s*$", bare[here.start() : stop_at]):
                before.append((here.start(), whole.removesuffix(" in")))
                continue
            before = []
            if word in SCOPED:
                scopes[-1].commands.append(whole)
            elif READINGS.match(whole[whole.index(word) :]):
                tokens = tuple(t for t in re.findall(r'"\s*([^"]*?)\s*"', whole) if t)
                written = text[here.start() : here.end() + len(bare[here.end() : stop_at].rstrip())].strip()
                doc = docstring(text, bare, here.start())
                made.readings.append(Reading(word, whole, file, tokens, line, written, doc))
        else:
            made.declarations.extend(declaration(text, bare, code, here, stop_at, scopes, before, file))
            before = []
    return made


def move(scopes: list[Scope], word: str, label: str | None, where: str) -> None:
    """Open a scope, or close one; a sentence for the user where there is none to close."""
    parts = label.split(".") if label else [""]
    if word != "end":
        scopes += [Scope(word == "namespace", part) for part in parts]
    elif len(parts) >= len(scopes):
        raise UserError(f"{where}: expected a scope for this `end` to close")
    else:
        del scopes[-len(parts) :]


def declaration(
    text: str,
    bare: str,
    code: str,
    here: re.Match[str],
    stop: int,
    scopes: list[Scope],
    before: list[tuple[int, str]],
    file: str,
) -> list[Declaration]:
    """The declaration that begins at `here`; none for an example."""
    kind, written = here["kind"].split()[0], here["name"]
    if kind == "def" and re.search(r"\binstance\b", here["attributes"]):
        kind = "instance"
    if kind == "example" or (written is None and kind != "instance"):
        return []
    body = bare[here.end() : stop].rstrip()
    middle = here.end() + (len(body) if kind in ("structure", "class", "inductive") else end_of_statement(body))
    namespace = ".".join(s.name for s in scopes if s.is_namespace)
    statement_code = code[here.end() : middle].strip()
    name = (written or f"«instance {plain(statement_code)}»").removeprefix("_root_.")
    full = name if name != (written or name) or not namespace else f"{namespace}.{name}"
    commands = [c for s in scopes for c in s.commands] + [c for _, c in before]
    first = before[0][0] if before else here.start()
    end = here.end() + len(body)
    opened = (name for c in commands for m in OPENED.finditer(c) for name in m[1].split())
    options = " ; ".join(c for c in commands if c.startswith("set_option"))
    return [
        Declaration(
            kind=kind,
            name=full,
            file=file,
            line=bare.count("\n", 0, here.end()) + 1,
            namespace=namespace,
            opened=tuple(dict.fromkeys(opened)),
            context=tuple(c for c in commands if not NOISE.match(c)),
            doc=docstring(text, bare, here.start()) or docstring(text, bare, first),
            statement=text[first:middle].strip(),
            proof=text[middle:end],
            text=(DOCSTRING.sub("", text[first : here.start()]) + text[here.start() : end]).strip(),
            code=code[here.end() : end],
            statement_code=statement_code,
            hidden="private" in here["mods"].split() or written is None,
            leans=tuple(worthless.leaning(f"{options}\n{bare[first:end]}")),
        )
    ]


def docstring(text: str, bare: str, start: int) -> str:
    """The docstring right before the command that begins at `start`; empty where there is none."""
    found = DOCSTRING.findall(text[len(bare[:start].rstrip()) : start])
    return found[-1].strip() if found else ""

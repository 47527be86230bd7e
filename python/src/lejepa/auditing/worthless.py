"""What makes a proof worthless, or what is compiled another thing than what is proved: the words, found in text.

`PROOF`: a theorem that leans on one of these is not proved. `CODE`: a theorem's proof stands, since the kernel does not
read these, but nothing computed by the compiler speaks for it any more; they are faults, too. Names of what Lean itself
would accept are in `lejepa.auditing.proofs`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Word = tuple[str, str, str]  # how it is named, the pattern that finds it, why it is a fault

PROOF: list[Word] = [
    ("sorry", r"(?<![\w.«])sorry(?![\w»])", "proves anything"),
    ("admit", r"(?<![\w.«])admit(?![\w»])", "proves anything"),
    (
        "stop",
        r"(?:^|;|·|=>|\bby\b|\()[ \t]*stop(?![\w»'])(?![ \t]*(?:[-:,.+*/%^&|=<>≤≥≠)\]}]|↦))",
        "leaves the rest of a proof out",
    ),
    ("sorryAx", r"(?<!\w)(?:sorryAx|mkSorry|mkLabeledSorry)(?!\w)", "proves anything"),
    ("axiom", r"(?<![\w.«])axiom(?![\w»])", "is not proved"),
    ("native_decide", r"(?<![\w.«])native_decide(?![\w»])", "trusts the compiler"),
    ("decide +native", r"\bdecide\b[^\n;]*?(?:\+\s*native\b|\bnative\s*:=\s*true)", "trusts the compiler"),
    ("bv_decide", r"(?<![\w.«])bv_(?:decide|check)(?![\w»])", "trusts the compiler"),
    ("ofReduceBool", r"(?<!\w)(?:of)?[rR]educe(?:Bool|Nat)(?!\w)", "trusts the compiler"),
    ("trustCompiler", r"(?<!\w)trustCompiler(?!\w)", "trusts the compiler"),
    ("lcProof", r"(?<!\w)lc(?:Proof|Unreachable|Any)(?!\w)", "proves anything"),
    ("debug.*", r"\bdebug\.\w+", "may keep the kernel from checking a proof"),
    ("addDeclWithoutChecking", r"\b(?:\w*WithoutChecking|modifyEnv|setEnv)\b", "adds what the kernel has not checked"),
]
CODE: list[Word] = [
    ("implemented_by", r"(?<![\w«])implemented_by(?![\w»])", "what runs is another function than what is proved of"),
    ("extern", r"@\[[^\]]*\bextern\b", "what runs is another function than what is proved of"),
    ("csimp", r"(?<![\w«])csimp(?![\w»])", "what runs is another function than what is proved of"),
    ("unsafe", r"(?<![\w.«])unsafe\w*(?!»)", "steps outside of what the kernel checks"),
    ("warn.sorry", r"\bwarn\.sorry\b", "hides a sorry"),
    ("#exit", r"^[ \t]*#exit\b", "Lean reads nothing after it"),
]


def pattern(words: list[Word]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<w{i}>{p})" for i, (_, p, _) in enumerate(words)), re.M)


PROOF_PATTERN, ANY_PATTERN = pattern(PROOF), pattern([*PROOF, *CODE])


@dataclass(frozen=True)
class Finding:
    """One of the words in the code of a file."""

    word: str
    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.word} ({self.why})"


def leaning(code: str) -> list[str]:
    """What a piece of code, comments blanked, leans on that proves nothing."""
    return list(dict.fromkeys(PROOF[int(str(m.lastgroup)[1:])][0] for m in PROOF_PATTERN.finditer(code)))


def find(code: str, file: str) -> Iterator[Finding]:
    """Each of the words in the code of a file, comments blanked; nothing after `#exit` counts."""
    words = [*PROOF, *CODE]
    for m in ANY_PATTERN.finditer(code):
        word, _, why = words[int(str(m.lastgroup)[1:])]
        line = code.count("\n", 0, m.end()) + 1
        yield Finding(m[0] if word == "debug.*" else word, file, line, why)
        if word == "#exit":
            return

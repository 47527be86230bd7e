"""What makes a proof worthless, or what is compiled another thing than what is proved: the words, found in text.

`PROOF`: a theorem that leans on one of these is not proved. `CODE`: a theorem's proof stands, since the kernel does not
read these, but nothing computed by the compiler speaks for it any more; they are faults, too. Names of what Lean itself
would accept are in `lejepa.auditing.proofs`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Word = tuple[str, str, str]  # how it is named, the pattern that finds it, why it is a fault

AFTER = r"\b(?:by|try|repeat'?|all_goals|any_goals|focus|first|iterate|skip|done|then|else|do)\b"  # a tactic may follow
PROOF: list[Word] = [
    ("sorry", r"(?<![\w.«])sorry(?![\w»])", "proves anything"),
    ("admit", r"(?<![\w.«])admit(?![\w»])", "proves anything"),
    ("admitGoal", r"(?<!\w)admitGoal(?![\w»])|\.\s*admit(?![\w»'])", "proves anything"),
    ("apply?", r"(?<![\w.«])(?:apply|exact|rw|have|observe)\?", "searches, and proves anything where it finds nothing"),
    (
        "plausible",
        r"(?<![\w.«])(?:plausible|slim_check)(?![\w».])",
        "searches for a counterexample, and proves anything",
    ),
    (
        "stop",
        rf"(?:^|;|·|=>|[({{]|<;>|{AFTER})[ \t]*stop(?![\w»'])(?![ \t]*(?:[-:,.+*/%^&|=<>≤≥≠)\]}}]|↦))",
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
    (
        "debug.*",
        r"«?\bdebug»?\s*\.\s*«?\w+»?|\b(?:skipKernelTC|byAsSorry)\b",
        "may keep the kernel from checking a proof",
    ),
    (
        "addDeclWithoutChecking",
        r"\b(?:\w*WithoutChecking|modifyEnv|setEnv|addDecl\w*|addAndCompile|axiomDecl)\b",
        "may add what the kernel has not checked",
    ),
    (
        "run_cmd",
        r"(?<![\w.«])(?:run_(?:cmd|elab|meta|tac)|by_elab|elab(?:_rules)?|(?:builtin_)?initialize|d?simproc(?:_decl)?|#eval)"
        r"(?![\w»])",
        "runs code while Lean compiles, which may add what the kernel has not checked",
    ),
]
CODE: list[Word] = [
    ("implemented_by", r"(?<![\w«])implemented_by(?![\w»])", "what runs is another function than what is proved of"),
    ("extern", r"(?:@|\battribute\s*)\[[^\]]*\bextern\b", "what runs is another function than what is proved of"),
    ("csimp", r"(?<![\w«])csimp(?![\w»])", "what runs is another function than what is proved of"),
    ("unsafe", r"(?<![\w.«])unsafe\w*(?!»)", "steps outside of what the kernel checks"),
    ("warn.sorry", r"\bwarn\.sorry\b", "hides a sorry"),
    ("#exit", r"(?<![\w«])#exit\b", "Lean reads nothing after it"),
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
        yield Finding(m[0] if word in ("debug.*", "run_cmd", "apply?") else word, file, line, why)
        if word == "#exit":
            return

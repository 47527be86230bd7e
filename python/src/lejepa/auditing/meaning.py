"""What a statement means, as far as its text tells: the text, the commands in force, the definitions behind it.

Names are resolved generously, since a definition too many only means that more is agreed: every namespace that is open
counts, and what stands after a dot may be any definition of that last name, as the type of what stands before it is not
known. Names in `variable` commands count as those of the statement do. An instance of the package is behind a text when
all that its conclusion names is; a notation, when its token occurs; what changes how every text is read, always.
"""

import re
from collections.abc import Iterable
from functools import cache

from lejepa.auditing.lean import PROOFS, Declaration, Reading, plain
from lejepa.auditing.sources import Package
from lejepa.files import digest

WORD = re.compile(r"\.?[^\W\d][\w'!?₀-₉]*(?:\.[^\W\d][\w'!?₀-₉]*)*")
SHORT = 60


def conclusion(code: str) -> str:
    """The type of an instance: what follows its first colon outside of brackets."""
    depth, start = 0, 0
    for i, c in enumerate(code):
        depth += (c in "([{⦃⟨") - (c in ")]}⦄⟩")
        if c == ":" and depth == 0 and code[i + 1 : i + 2] != "=":
            start = i + 1
            break
    return code[start:]


class Meanings:
    """The definitions of a package by key: the full name, for hidden ones with their file."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.exported = [name for r in package.readings if r.word == "export" for name in r.text.split()[1:2]]
        self.definitions: dict[str, Declaration] = {
            n: d for n, d in package.declared.items() if d.kind not in PROOFS and d.kind != "instance"
        }
        self.instances: dict[str, Declaration] = {n: d for n, d in package.declared.items() if d.kind == "instance"}
        self.local: dict[tuple[str, str], str] = {}  # file and full name of a private definition, to its key
        for d in package.hidden:
            key = f"{d.name} ({d.file})"
            if d.kind == "instance":
                self.instances[key] = d
            elif d.kind not in PROOFS:
                self.definitions[key] = d
                self.local[d.file, d.name] = key
        self.last: dict[str, set[str]] = {}
        for key, d in (self.definitions | self.instances).items():
            self.last.setdefault(d.name.rpartition(".")[2], set()).add(key)
        self.always = [r for r in package.readings if not r.tokens and r.word != "export"]
        self.spoken_of = cache(self.definition_speaks)
        self.needed_by = cache(self.instance_needs)

    def keys_of(self, word: str, at: Declaration) -> set[str]:
        """Every definition that a word may name where the declaration `at` stands."""
        spaces = at.name.split(".")[:-1]
        prefixes = [".".join(spaces[:depth]) for depth in range(len(spaces), -1, -1)]
        within = at.namespace.split(".") if at.namespace else []
        prefixes += [".".join(within[:depth]) for depth in range(len(within), 0, -1)]
        opened = [*at.opened, *self.exported]
        prefixes += [f"{p}.{o}" if p else o for o in opened for p in prefixes]
        found = set()
        for name in (f"{p}.{word}" if p else word for p in dict.fromkeys(prefixes)):
            if name in self.definitions or name in self.instances:
                found.add(name)
            if (at.file, name) in self.local:
                found.add(self.local[at.file, name])
        return found

    def named(self, code: str, at: Declaration) -> set[str]:
        """Every definition that a piece of code may name where the declaration `at` stands."""
        found: set[str] = set()
        for word in {m[0] for m in WORD.finditer(code)}:
            parts = word.lstrip(".").split(".")
            if not word.startswith("."):
                for end in range(len(parts), 0, -1):
                    if keys := self.keys_of(".".join(parts[:end]), at):
                        found |= keys
                        break
            for part in parts if word.startswith(".") else parts[1:]:
                found |= self.last.get(part, set())
        return found

    def readings_of(self, text: str) -> list[Reading]:
        return [r for r in self.package.readings if any(t in text for t in r.tokens)]

    def behind(self, d: Declaration) -> dict[str, str]:
        """A digest of each definition that a declaration speaks of, itself or by way of others."""
        keys, read = self.reached(d)
        found = {key: digest(here.kind, *here.context, plain(here.code)) for key, here in self.of(keys)}
        found |= {f"{r.text[:SHORT]} ({r.file})": digest(r.text) for r in (*self.always, *read)}
        return dict(sorted(found.items()))

    def of(self, keys: Iterable[str]) -> list[tuple[str, Declaration]]:
        """The definitions and instances that have these keys."""
        return [(key, self.definitions.get(key) or self.instances[key]) for key in keys]

    def reached(self, d: Declaration) -> tuple[set[str], list[Reading]]:
        """The definitions that a declaration speaks of, itself or by way of others, and the notations on the way."""
        found: set[str] = set()
        waiting, read = self.spoken(d.statement_code, d)
        read = dict(read)
        for r in self.always:
            waiting = waiting | self.named(r.text, d)
        while waiting:
            while waiting:
                found |= waiting
                spoken = [self.spoken_of(key) for key in waiting]
                read |= {text: r for _, used in spoken for text, r in used.items()}
                waiting = {key for keys, _ in spoken for key in keys} - found
            waiting = {key for key in self.instances if key not in found and self.needed_by(key) <= found}
        return found, list(read.values())

    def definition_speaks(self, key: str) -> tuple[set[str], dict[str, Reading]]:
        """What a definition or an instance speaks of, and the notations in it."""
        here = self.definitions.get(key) or self.instances[key]
        return self.spoken(here.code, here)

    def instance_needs(self, key: str) -> set[str]:
        """What the conclusion of an instance names, notations followed."""
        here = self.instances[key]
        text = conclusion(here.statement_code)
        return self.named(" ".join([text, *(r.text for r in self.readings_of(text))]), here) - {key}

    def spoken(self, code: str, at: Declaration) -> tuple[set[str], dict[str, Reading]]:
        """What a text with its context speaks of, and the notations in it."""
        text = " ".join([*at.context, code])
        used: dict[str, Reading] = {}
        waiting: Iterable[Reading] = self.readings_of(text)
        while fresh := [r for r in waiting if r.text not in used]:  # a notation may use others
            used |= {r.text: r for r in fresh}
            waiting = [s for r in fresh for s in self.readings_of(r.text.split("=>", 1)[-1])]
        return self.named(" ".join([text, *used]), at), used

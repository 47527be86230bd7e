#!/usr/bin/env python3
"""A checker for the tests: it knows one package, keeps files and keys as the real one does, and elaborates nothing."""

import hashlib
import json
import os
import re
import sys
from argparse import Namespace
from pathlib import Path

HOME = Path(os.environ["CHECKER_HOME"])
MATHLIB = "autoImplicit=false"
LINTERS = "linter.sample=true"
GRAPH = {
    "Lejepa.Sum": [
        "def\tLejepa.twice",
        "theorem\tLejepa.twice_eq\tLejepa.twice\tpropext",
        "theorem\tLejepa.one_add_one\tLejepa.twice_eq\tpropext",
    ]
}


def entry(kind, line, axioms=(), **more):
    common = {"module": "Lejepa.Sum", "file": "Lejepa/Sum.lean", "doc": None, "uses": [], "axioms": list(axioms)}
    return common | {"kind": kind, "line": line} | more


class Tree:
    def __init__(self, roots):
        self.roots, self.src, self.deps = [Path(r) for r in roots], {}, {}

    def add(self, modules):
        waiting = list(modules)
        while waiting:
            m = waiting.pop()
            if m in self.src:
                continue
            files = (r / f"{m.replace('.', '/')}.lean" for r in self.roots)
            self.src[m] = next((f for f in files if f.exists()), None)
            if self.src[m]:
                self.deps[m] = re.findall(r"^(?:public )?import (\S+)", self.src[m].read_text(), re.M)
                waiting += self.deps[m]
        return self

    def order(self):
        done = []
        while len(done) < sum(1 for f in self.src.values() if f):
            for m in sorted(self.src):
                if self.src[m] and m not in done and all(d in done or not self.src[d] for d in self.deps[m]):
                    done.append(m)
        return done


def project_modules(a):
    root = Path(a.project).resolve()
    out = HOME / "project" / hashlib.sha256(str(root).encode()).hexdigest()[:12]
    if a.modules:
        return root, out, a.modules
    files = [root / "Lejepa.lean", *(root / "Lejepa").rglob("*.lean")]
    return root, out, [".".join(f.relative_to(root).with_suffix("").parts) for f in files]


def graph(a):
    return {
        name: (kind, module, used)
        for module, lines in GRAPH.items()
        for kind, name, *used in (line.split("\t") for line in lines)
    }


def check(a):
    if os.environ.get("CHECKER_WITHOUT_DEPENDENCIES"):
        sys.exit(3)
    root, out, modules = project_modules(a)
    tree, keys = Tree([root]).add(modules), {}
    (HOME / "roots.json").parent.mkdir(parents=True, exist_ok=True)
    (HOME / "roots.json").write_text("[]")
    for m in tree.order():
        options = f"{MATHLIB},{LINTERS}" if a.lint else MATHLIB
        key = hashlib.sha256(tree.src[m].read_bytes() + options.encode())
        for d in tree.deps[m]:
            key.update(keys.get(d, d).encode())
        keys[m] = key.hexdigest()
        result = out / f"{m.replace('.', '/')}.json"
        if result.exists() and json.loads(result.read_text())["key"] == keys[m]:
            continue
        print("elaborated", m)
        if "no_such_name" in tree.src[m].read_text():
            sys.exit(1)
        result.parent.mkdir(parents=True, exist_ok=True)
        result.write_text(json.dumps({"key": keys[m], "errors": 0}))
        if m == "LedgerRun":
            run(tree.src[m].read_text())


def run(program):
    """What the definitions of scripts/Ledger.lean would write."""
    assert "def entries" in program, "expected the ledger program"
    axioms = ["propext", *filter(None, [os.environ.get("CHECKER_AXIOM")])]
    (out,) = re.findall(r'IO\.FS\.writeFile "(.*)"', program)
    meaning = {"digest": "11", "names": ["Lejepa.twice"]}
    made = {
        "lean": "Lean 4.28.0-fake",
        "declarations": {
            "Lejepa.twice": entry("def", 5, statement="twice"),
            "Lejepa.twice_eq": entry("theorem", 7, ["propext"], statement="twice_eq"),
            "Lejepa.one_add_one": entry("axiom", 10, axioms, statement="one_add_one", type=meaning),
        },
        "constants": {"Lejepa.twice": {"digest": "7", "names": []}},
    }
    Path(out).write_text(json.dumps(made))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    at = words.index("--project")
    if command == "check":
        check(Namespace(lint="--lint" in words, project=words[at + 1], modules=words[at + 2 :]))
    else:
        print("axioms of", words[at + 1])

"""Instances of a statement, in Lean: worlds in which its hypotheses hold, and worlds just outside.

A statement whose hypotheses nothing satisfies says nothing. An instance is a theorem of the package that applies the
statement where its hypotheses about the world are met; that it does is seen from what its proof uses. A case outside is
a theorem in which a hypothesis fails, and the conclusion with it. What either says is for the reader to judge, so the
audit shows its text beside the statement. A statement without arguments assumes nothing and needs no instance.
"""

from collections.abc import Mapping

from lejepa.auditing.graph import Graph
from lejepa.auditing.lean import Declaration
from lejepa.auditing.registry import Statement


def faults(statement: Statement, declared: Mapping[str, Declaration], graph: Graph, required: bool) -> list[str]:
    """What is wrong with the instances and cases outside that a statement names, or with none where it needs one."""
    found = []
    for what, names in (("instance", statement.instances), ("case outside", statement.outside)):
        for name in names:
            d = declared.get(f"{statement.package}.{name}")
            if d is None or not d.proves:
                found.append(f"its {what} {name} is no theorem that the sources prove")
            elif what == "instance" and statement.full_name not in graph.behind(d.name):
                found.append(f"its instance {name} does not rest on it")
    if required and not (statement.instances or statement.refuted) and assumes(declared.get(statement.full_name)):
        found.append("it names no instance, a theorem that applies it where its hypotheses hold")
    return found


def assumes(d: Declaration | None) -> bool:
    """Whether a declaration has arguments, its own or those of a `variable` command before it."""
    return d is None or not d.statement_code.lstrip().startswith(":") or any("variable" in c for c in d.context)

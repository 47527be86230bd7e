"""Mutation: plant faults in the formula of each check and see that it turns red.

Faults come from the text of a check's `claim`, `hypothesis` and `condition` and from its relation, by Python's syntax
tree: signs, factors, exponents, indices, constants one up or down, comparisons, dropped conjuncts, dropped functions.
The evidence of a case does not depend on the formula, so each is computed once. A mutant is caught when some case no
longer holds; one that survives counts as missed unless sympy proves its formula equal to the original.

`results/mutants.json`, written in one step:

    {"version": 1, "digits": 20, "seed": 0, "sample": null, "seconds": 40.1, "checks": [
      {"check": "hermite.Orthogonality", "statement": "integral_hermiteProd_mul", "mutants": 18, "caught": 18,
       "equivalent": [{"part": "claim", "fault": "sign", "text": "return ..."}], "missed": [],
       "source": "0123456789abcdef"}]}

`source` is a digest of the check's file.

A strict inequality is planted only where some case reaches equality: elsewhere it would be true.
"""

import ast
import copy
import inspect
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from lejepa.checking.check import Check, Evidence, Formula, Relation, all_cases, name_of
from lejepa.checking.discovery import find, load, select
from lejepa.checking.judging import judge, working
from lejepa.checking.parallel import processes, run_parallel
from lejepa.checking.results import Task
from lejepa.checking.running import source_of
from lejepa.errors import UserError
from lejepa.exact.hermite import precision
from lejepa.files import write_json

RESULTS = Path("results") / "mutants.json"
Part = Literal["claim", "hypothesis", "condition", "relation"]
Fate = Literal["caught", "equivalent", "missed"]

RELATIONS: dict[Relation, tuple[Relation, ...]] = {
    "<=": (">=", "<", ">", "="),
    ">=": ("<=", ">", "<", "="),
    "iff": ("=",),
}
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


@dataclass(frozen=True)
class Mutant:
    """A formula with one fault: the part of the formula, what was done, and the text it came to."""

    part: Part
    fault: str
    text: str
    formula: Formula


def variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node may be replaced by, with the name of the fault."""
    if isinstance(node, ast.BinOp):
        for operator in OPERATORS.get(type(node.op), ()):
            yield "operator", ast.BinOp(node.left, operator(), node.right)
        if isinstance(node.op, ast.Pow):
            for by in (1, -1):
                yield "exponent", ast.BinOp(node.left, ast.Pow(), plus(node.right, by))
        if isinstance(node.op, ast.Add | ast.Sub):
            yield "dropped term", node.left
    elif isinstance(node, ast.UnaryOp):
        yield "sign" if isinstance(node.op, ast.USub) else "negation", node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        for by in (1, -1):
            yield "constant", ast.Constant(node.value + by)
        if node.value:
            yield "sign", ast.UnaryOp(ast.USub(), node)
    elif isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in COMPARISONS.get(type(op), ()):
                yield (
                    "comparison",
                    ast.Compare(node.left, [*node.ops[:i], other(), *node.ops[i + 1 :]], node.comparators),
                )
        if len(node.ops) > 1:
            yield "dropped bound", ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
            yield "dropped bound", ast.Compare(node.left, node.ops[:-1], node.comparators[:-1])
    elif isinstance(node, ast.BoolOp):
        for i in range(len(node.values)):
            rest = [*node.values[:i], *node.values[i + 1 :]]
            yield "dropped hypothesis", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.IfExp):
        yield "dropped case", node.body
        yield "dropped case", node.orelse
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("sqrt", "exp", "fac"):
            yield "dropped function", node.args[0]
        elif node.func.id == "over":
            yield "operator", ast.BinOp(node.args[0], ast.Mult(), node.args[1])
        elif node.func.id in ("sum", "prod"):
            first = ast.GeneratorExp if isinstance(node.args[0], ast.GeneratorExp) else ()
            if first:
                yield "index", ast.Call(node.func, [shortened(node.args[0])], node.keywords)


def plus(node: ast.expr, by: int) -> ast.expr:
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def shortened(node: ast.expr) -> ast.expr:
    """A generator without its first element."""
    return ast.Subscript(
        ast.Call(ast.Name("list", ast.Load()), [node], []), ast.Slice(lower=ast.Constant(1)), ast.Load()
    )


def names(node: ast.AST, numeric: set[str]) -> Iterator[tuple[str, ast.AST]]:
    """Faults of a variable that holds a number: one more, doubled, of the other sign."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in numeric:
        yield "index", plus(node, 1)
        yield "factor", ast.BinOp(ast.Constant(2), ast.Mult(), node)
        yield "sign", ast.UnaryOp(ast.USub(), node)


def whole(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Faults of a whole result."""
    yield "sign", ast.UnaryOp(ast.USub(), node)
    yield "factor", ast.BinOp(ast.Constant(2), ast.Mult(), node)
    yield "constant", plus(node, 1)


def function_of(part: Callable[..., Any]) -> ast.FunctionDef:
    """The definition of a part of a formula."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(part))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise UserError(f"{part.__qualname__}: expected a function written with def")
    tree.decorator_list = []
    return tree


def compiled(tree: ast.FunctionDef, part: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a changed definition, in the module of the original."""
    module = ast.fix_missing_locations(ast.Module([tree], []))
    space = dict(part.__globals__)
    exec(compile(module, f"<mutant of {part.__qualname__}>", "exec"), space)
    return space[tree.name]  # type: ignore[no-any-return]


def changed(tree: ast.FunctionDef, numeric: set[str], is_number: bool) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Copies of a definition, each with one fault."""
    # a loop's variables stand for numbers too
    loops = {n.id for g in ast.walk(tree) if isinstance(g, ast.comprehension) for n in ast.walk(g.target)
             if isinstance(n, ast.Name)}  # fmt: skip
    containers = {
        n.iter.id for n in ast.walk(tree) if isinstance(n, ast.comprehension) and isinstance(n.iter, ast.Name)
    }
    locals_ = {t.id for n in ast.walk(tree) if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    known = (numeric | loops | locals_) - containers if is_number else set()
    body = [n for statement in tree.body for n in ast.walk(statement)]
    for number, node in enumerate(body):
        found = [*variants(node), *names(node, known)]
        if isinstance(node, ast.Return) and node.value is not None and is_number:
            found += [(fault, ast.Return(value)) for fault, value in whole(node.value)]
        for fault, new in found:
            twin = copy.deepcopy(tree)
            old = [n for statement in twin.body for n in ast.walk(statement)][number]
            Swap(old, copy.deepcopy(new)).visit(twin)
            yield fault, ast.fix_missing_locations(twin)


class Swap(ast.NodeTransformer):
    """Replace one node, known by identity."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


def is_numeric(value: Any) -> bool:
    return not isinstance(value, list | tuple | dict | str | bool)


def mutants(check: type[Check], terms: Mapping[str, Any], reached: bool = True) -> list[Mutant]:
    """Every mutant of a check's formula; `terms` are those of one case, and tell which arguments are numbers; `reached`
    says whether some case reaches equality."""
    original = Formula.of(check)
    out: list[Mutant] = []
    seen: set[tuple[str, str]] = set()
    numeric = {name for name, value in terms.items() if is_numeric(value)}
    parts: list[tuple[Part, Callable[..., Any]]] = [("claim", original.claim)]
    if "hypothesis" in {k for c in check.__mro__ if c is not Check for k in vars(c)}:
        parts.append(("hypothesis", original.hypothesis))
    if original.relation == "iff":
        parts.append(("condition", original.condition))
    for part, function in parts:
        tree = function_of(function)
        seen.add((part, ast.unparse(tree.body)))  # type: ignore[arg-type]
        for fault, twin in changed(tree, numeric, part == "claim"):
            text = "; ".join(ast.unparse(s) for s in twin.body)
            if (part, text) not in seen:
                seen.add((part, text))
                made = compiled(twin, function)
                out.append(Mutant(part, fault, text, replace(original, **{part: made})))  # type: ignore[arg-type]
        if part == "hypothesis":
            out.append(
                Mutant(part, "dropped hypothesis", "return True", replace(original, hypothesis=lambda **_: True))
            )
    for relation in RELATIONS.get(original.relation, ()):
        if reached or relation not in ("<", ">"):
            out.append(Mutant("relation", "relation", relation, replace(original, relation=relation)))
    return out


def is_caught(mutant: Mutant, evidence: Sequence[tuple[Evidence, bool]], digits: int) -> bool:
    """Whether some case no longer holds. Outside the hypothesis only a changed hypothesis counts: a fault of the claim
    must be seen where the statement is made."""
    for shown, admitted in evidence:
        if not admitted and mutant.part != "hypothesis":
            continue
        try:
            if judge(mutant.formula, shown, digits).verdict != "holds":
                return True
        except (ArithmeticError, ValueError, TypeError, IndexError, KeyError):
            return True
    return False


def symbol_for(name: str, value: Any) -> Any:
    """A symbol in place of a number, a list of them in place of a list; whole numbers stay: they count things."""
    import sympy

    if isinstance(value, list | tuple):
        return [symbol_for(f"{name}_{i}", v) for i, v in enumerate(value)]
    return value if isinstance(value, int) else sympy.symbols(name, positive=True)


def is_equivalent(mutant: Mutant, original: Formula, terms: Sequence[Mapping[str, Any]]) -> bool:
    """Whether sympy proves the claim of a mutant equal to the original, for symbols in place of the terms of each case.
    Other parts are never excused."""
    import sympy

    if mutant.part != "claim":
        return False
    try:
        for case in terms:
            symbols = {name: symbol_for(name, value) for name, value in case.items()}
            if sympy.simplify(mutant.formula.claim(**symbols) - original.claim(**symbols)) != 0:
                return False
    except (ArithmeticError, ValueError, TypeError, IndexError, AttributeError):
        return False
    return True


@dataclass(frozen=True)
class Score:
    """What became of the mutants of a check, whose file has the digest `source`."""

    check: str
    statement: str
    mutants: int
    caught: int
    equivalent: list[dict[str, str]]
    missed: list[dict[str, str]]
    source: str = ""


def score(check: Check, digits: int, seed: int, sample: int | None = None) -> Score:
    """Run a check against the mutants of its formula, or a seeded sample of them."""
    kind = type(check)
    original = Formula.of(kind)
    with precision(working(digits)):
        inside, outside = all_cases(check, seed)
        shown = [check.evidence(**case) for case in (*inside, *outside)]
        evidence = [(e, original.hypothesis(**e.facts)) for e in shown]
        made = mutants(kind, shown[0].terms, reached=any(e.sharp == 0 for e in shown))
        if sample is not None and sample < len(made):
            made = Random(f"{seed}/{name_of(kind)}").sample(made, sample)
        fates: list[tuple[Mutant, Fate]] = []
        for mutant in made:
            fate: Fate = "caught"
            if not is_caught(mutant, evidence, digits):
                proved = is_equivalent(mutant, original, [e.terms for e in shown])
                fate = "equivalent" if proved else "missed"
            fates.append((mutant, fate))

    def told(which: Fate) -> list[dict[str, str]]:
        return [{"part": m.part, "fault": m.fault, "text": m.text} for m, fate in fates if fate == which]

    caught = sum(fate == "caught" for _, fate in fates)
    return Score(name_of(kind), check.statement, len(fates), caught, told("equivalent"), told("missed"))


def score_named(root: Path, name: str, digits: int, seed: int, sample: int | None) -> Score:
    return replace(score(load(root, name)(), digits, seed, sample), source=source_of(root, name))


def run_all(
    root: Path,
    planned: Sequence[Task],
    only: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    digits: int = 20,
    jobs: int | None = None,
    quiet: bool = False,
) -> list[Score]:
    """Score every check, or those that `only` means, on all mutants or on a seeded `sample` of each; record it."""
    if sample is not None and sample < 1:
        raise UserError(f"--sample {sample}: expected a positive number of mutants a check")
    start, jobs = time.perf_counter(), processes(jobs)
    find(root, {t.check: t.statement for t in planned})
    names = select([(t.check, t.statement) for t in planned], only)
    tasks = {name: (score_named, (root, name, digits, seed, sample)) for name in names}
    scores: list[Score] = list(run_parallel(jobs, tasks, "mutating", quiet).values())
    seconds = round(time.perf_counter() - start, 3)
    record = {"version": 1, "digits": digits, "seed": seed, "sample": sample, "seconds": seconds}
    write_json(root / RESULTS, {**record, "checks": [asdict(s) for s in scores]})
    return scores


def report(scores: Sequence[Score], console: Console) -> None:
    """The share caught by statement, then what was missed."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("statement", overflow="fold")
    for heading in ("mutants", "caught", "equivalent", "missed", "share"):
        table.add_column(heading, justify="right")
    for statement in dict.fromkeys(s.statement for s in scores):
        of = [s for s in scores if s.statement == statement]
        total, caught = sum(s.mutants for s in of), sum(s.caught for s in of)
        same, missed = sum(len(s.equivalent) for s in of), sum(len(s.missed) for s in of)
        share = f"{caught / (total - same):.0%}" if total > same else "-"
        table.add_row(statement, str(total), str(caught), str(same), str(missed), share)
    console.print(table)
    for s in scores:
        for m in s.missed:
            console.print(f"missed: {s.check}: {m['part']}, {m['fault']}: {m['text']}", markup=False, soft_wrap=True)
        for m in s.equivalent:
            console.print(f"equivalent by sympy: {s.check}: {m['fault']}: {m['text']}", markup=False, soft_wrap=True)

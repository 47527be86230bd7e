"""Faults planted in a formula, by Python's syntax tree: signs, factors, exponents, indices, constants one up or down,
comparisons, dropped terms, conjuncts, cases and functions. They are planted in the text of a check's `claim`,
`hypothesis` and `condition`, and in its relation.

A strict inequality is planted only where some case reaches equality: elsewhere it would be true.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from lejepa.checking.check import Check, Formula, Relation
from lejepa.errors import UserError

Part = Literal["claim", "hypothesis", "condition", "relation"]

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

    def as_json(self) -> dict[str, str]:
        return {"part": self.part, "fault": self.fault, "text": self.text}


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


def is_trivial(claim: Callable[..., Any]) -> bool:
    """Whether a claim says nothing that a fault could hide in: a constant, a bare argument, or a plain sum or
    difference of such."""
    value = returned(claim)
    return value is not None and is_plain(value)


def returned(part: Callable[..., Any]) -> ast.expr | None:
    """What a part of a formula returns, where that is all that it does."""
    lines = [n for n in function_of(part).body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    return lines[0].value if len(lines) == 1 and isinstance(lines[0], ast.Return) else None


def is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Sub) and is_plain(node.left) and is_plain(node.right)
    return isinstance(node, ast.Name | ast.Constant) or (isinstance(node, ast.UnaryOp) and is_plain(node.operand))

"""The faults that are planted: mutmut's operators, and those for what is left out.

mutmut plants its mutants through a dispatch that reaches neither decorated functions nor a module's constants, where
much of what this library claims stands. So its operators are used here, on libcst's tree, and each mutant is a file.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

Variants = Iterator[cst.CSTNode]

SILENT = {"__repr__", "__str__"}  # what they return is read by people
CONVERSIONS = {"float", "str", "list", "tuple", "bool", "set", "dict", "Path"}
TOLD = {"print", "report", "progress", "warn", "info", "debug", "log", "echo", "secho"}  # calls that only tell


def dropped_argument(node: cst.Call) -> Variants:
    """mutmut's, without the arguments that it replaces by None: most of those only crash."""
    for variant in mutators.operator_arg_removal(node):
        if isinstance(variant, cst.Call) and len(variant.args) < len(node.args):
            (gone,) = [a for a in node.args if a not in variant.args]
            if not is_told(gone):
                yield variant


def dropped_term(node: cst.BinaryOperation) -> Variants:
    """`a + b` to `a` and `b`, and so for the other operators that combine two of a kind."""
    if isinstance(node.operator, cst.Add | cst.Multiply | cst.MatrixMultiply | cst.BitAnd):
        yield from (kept(node, node.left), kept(node, node.right))
    elif isinstance(node.operator, cst.Subtract | cst.Divide | cst.Power | cst.FloorDivide | cst.Modulo):
        yield kept(node, node.left)


def dropped_condition(node: cst.BooleanOperation) -> Variants:
    yield from (kept(node, node.left), kept(node, node.right))


def dropped_function(node: cst.Call) -> Variants:
    """`f(x)` to `x`, `x.f()` to `x`; not a conversion, which changes the type alone."""
    if isinstance(node.func, cst.Name) and node.func.value in CONVERSIONS:
        return
    if len(node.args) == 1 and not node.args[0].star and node.args[0].keyword is None:
        if isinstance(node.func, cst.Name) or m.matches(node.func, m.Attribute(value=m.Name("torch") | m.Name("np"))):
            yield kept(node, node.args[0].value)
    elif not node.args and isinstance(node.func, cst.Attribute):
        yield kept(node, node.func.value)


def doubled(node: cst.BaseNumber) -> Variants:
    if isinstance(node, cst.Integer | cst.Float) and node.evaluated_value not in (0, 1):
        yield node.with_changes(value=repr(2 * node.evaluated_value))


def halved(node: cst.BaseNumber) -> Variants:
    if isinstance(node, cst.Float) and node.evaluated_value != 0:
        yield node.with_changes(value=repr(node.evaluated_value / 2))


OPPOSITES: dict[type[cst.BaseCompOp], Callable[[], cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThanEqual,
    cst.GreaterThan: cst.LessThanEqual,
    cst.LessThanEqual: cst.GreaterThan,
    cst.GreaterThanEqual: cst.LessThan,
}


def opposite(node: cst.ComparisonTarget) -> Variants:
    """`<` to `>=`, and so on: a test turned round, where mutmut moves its edge."""
    if other := OPPOSITES.get(type(node.operator)):
        yield node.with_changes(operator=other())


def forced(node: cst.If) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """A branch always taken, and never."""
    for value in ("True", "False"):
        yield node.test, cst.Name(value)


def left_out(node: cst.SimpleStatementLine) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """A statement that acts, left out: a call, an update, an assignment to an attribute or an element."""
    for small in node.body:
        acts = m.matches(small, m.Expr(value=m.Call()) | m.AugAssign()) or m.matches(
            small, m.Assign(targets=[m.AssignTarget(target=m.Attribute() | m.Subscript())])
        )
        told = isinstance(small, cst.Expr) and is_silent(small.value)
        if acts and not told and len(node.body) == 1:
            yield small, cst.Pass()


def reversed_order(node: cst.Call) -> Variants:
    """`min` for `max`, and the like."""
    pairs = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
             "amin": "amax", "amax": "amin", "argmin": "argmax", "argmax": "argmin", "minimum": "maximum",
             "maximum": "minimum", "sin": "cos", "cos": "sin", "upper": "lower", "lower": "upper"}  # fmt: skip
    if isinstance(node.func, cst.Name) and node.func.value in pairs:
        yield node.with_changes(func=cst.Name(pairs[node.func.value]))
    elif isinstance(node.func, cst.Attribute) and node.func.attr.value in pairs:
        yield node.with_changes(func=node.func.with_changes(attr=cst.Name(pairs[node.func.attr.value])))


def kept(whole: cst.BaseExpression, part: cst.BaseExpression) -> cst.BaseExpression:
    """A part in place of the whole, in parentheses where the whole may need them."""
    atom = isinstance(part, cst.Name | cst.Attribute | cst.Call | cst.Subscript | cst.BaseNumber) or part.lpar
    return part if atom else part.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


OPERATORS: tuple[tuple[type[cst.CSTNode], str, Callable[..., Iterable[cst.CSTNode]]], ...] = (
    (cst.BaseNumber, "number", mutators.operator_number),
    (cst.BaseNumber, "number", doubled),
    (cst.BaseNumber, "number", halved),
    (cst.Name, "truth", mutators.operator_name),
    (cst.AugAssign, "update", mutators.operator_augmented_assignment),
    (cst.UnaryOperation, "sign", mutators.operator_remove_unary_ops),
    (cst.Call, "argument left out", dropped_argument),
    (cst.Call, "function left out", dropped_function),
    (cst.Call, "other function", reversed_order),
    (cst.Call, "string method", mutators.operator_symmetric_string_methods_swap),
    (cst.BinaryOperation, "term left out", dropped_term),
    (cst.BooleanOperation, "condition left out", dropped_condition),
    (cst.CSTNode, "keyword", mutators.operator_keywords),
    (cst.CSTNode, "operator", mutators.operator_swap_op),
    (cst.ComparisonTarget, "comparison", opposite),
    (cst.Match, "case left out", mutators.operator_match),
    (cst.IfExp, "branch", mutators.operator_if_exp),
)
STATEMENTS: tuple[tuple[type[cst.CSTNode], str, Callable[..., Iterator[tuple[cst.CSTNode, cst.CSTNode]]]], ...] = (
    (cst.If, "branch", forced),
    (cst.SimpleStatementLine, "statement left out", left_out),
)


@dataclass(frozen=True)
class Fault:
    """One fault of a module: where it is, and how the statement reads before and after.

    `number` tells faults of one text in one function apart; `first` and `last` are the lines of the statement.
    """

    module: str
    function: str
    kind: str
    before: str
    after: str
    number: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """What it is known by: unchanged as long as the text of its function's statement is."""
        text = "\n".join((self.module, self.function, self.before, self.after, str(self.number)))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


Lines = tuple[int, int]


def is_told(argument: cst.Arg) -> bool:
    """Whether an argument is a word for people or for the operating system, or the defence `strict` of `zip`."""
    named = argument.keyword is not None and argument.keyword.value in ("strict", "description", "help")
    return named or isinstance(argument.value, cst.BaseString)


COMPOUND = cst.If | cst.For | cst.While | cst.With | cst.Try | cst.Match | cst.FunctionDef | cst.ClassDef


def is_silent(node: cst.CSTNode) -> bool:
    """Whether nothing is planted within: types, words for people, imports, `raise`, decorators."""
    if isinstance(node, cst.FunctionDef):
        return node.name.value in SILENT
    if isinstance(node, cst.Arg):
        return is_told(node)
    if isinstance(node, cst.BinaryOperation):  # of paths and of words
        return any(isinstance(side, cst.BaseString) for side in (node.left, node.right))
    if isinstance(node, cst.Call):
        name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        return isinstance(name, cst.Name) and name.value in TOLD
    return isinstance(
        node,
        cst.Annotation | cst.Raise | cst.Import | cst.ImportFrom | cst.Decorator | cst.BaseString | cst.TypeAlias
        | cst.Assert,
    )  # fmt: skip


class Source:
    """A module's text, and every fault that can be planted in it."""

    def __init__(self, module: str, text: str) -> None:
        wrapper = MetadataWrapper(cst.parse_module(text))
        self.module, self.tree = module, wrapper.module
        self.positions = wrapper.resolve(PositionProvider)
        self.nodes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self.faults: list[Fault] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.walk(self.tree, (), (1, 1))

    def walk(self, node: cst.CSTNode, scope: tuple[str, ...], lines: Lines) -> None:
        if is_silent(node):
            return
        if isinstance(node, cst.SimpleStatementLine):
            where = self.positions[node]
            lines = where.start.line, where.end.line
        elif isinstance(node, COMPOUND):
            lines = self.head(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            scope = (*scope, node.name.value)
        for kind, name, operator in OPERATORS:
            if isinstance(node, kind):
                for new in operator(node):
                    self.add(name, node, new, scope, lines)
        for kind, name, statement in STATEMENTS:
            if isinstance(node, kind):
                for old, new in statement(node):
                    self.add(name, old, new, scope, lines)
        for child in node.children:
            self.walk(child, scope, lines)

    def head(self, node: cst.CSTNode) -> Lines:
        """The lines of a compound statement before its body."""
        start = self.positions[node].start.line
        if isinstance(node, cst.Match):
            return start, self.positions[node.subject].end.line
        return start, max(start, self.positions[node.body].start.line - 1)  # type: ignore[attr-defined]

    def add(self, kind: str, old: cst.CSTNode, new: cst.CSTNode, scope: tuple[str, ...], lines: Lines) -> None:
        before, after = (" ".join(self.tree.code_for_node(n).split()) for n in (old, new))
        where = ".".join(scope)
        if before == after or (not scope and " | " in before):  # a union of types
            return
        self.counts[where, before, after] += 1
        self.faults.append(Fault(self.module, where, kind, before, after, self.counts[where, before, after], *lines))
        self.nodes.append((old, new))

    def parses(self, fault: Fault) -> bool:
        """Whether Python can parse the module with a fault."""
        return self.planted(fault.name) is not None

    def planted(self, name: str) -> str | None:
        """The module's text with the fault of a name; nothing where Python can't parse it."""
        old, new = self.nodes[next(i for i, f in enumerate(self.faults) if f.name == name)]
        tree = self.tree.deep_replace(old, new)
        text = tree.code if isinstance(tree, cst.Module) else ""
        try:
            compile(text, self.module, "exec")
        except SyntaxError:
            return None
        return text

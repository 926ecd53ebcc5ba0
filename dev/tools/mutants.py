"""The mutants of a module: its syntax tree with one thing changed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
}
NAMES = {"min": "max", "max": "min", "all": "any", "any": "all", "sorted": "list", "reversed": "list"}


def mutants_of(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """Line, change and tree of every mutant."""
    tree = ast.parse(source)
    annotations = {id(node) for node in _annotations(tree)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in annotations:
            continue
        for position, replacement in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            target = next(item for index, item in enumerate(ast.walk(changed)) if index == number)
            list(_changes(target))[position].apply(changed, target)
            before, after = _text(node), replacement.text
            yield getattr(node, "lineno", 0), f"{before} -> {after}", ast.fix_missing_locations(changed)


class Change:
    """One change of one node: fields set anew, or the node replaced by another."""

    def __init__(self, text: str, replacement: ast.AST | None = None, **fields: object) -> None:
        self.text = text
        self._replacement = replacement
        self._fields = fields

    def apply(self, tree: ast.Module, node: ast.AST) -> None:
        for name, value in self._fields.items():
            setattr(node, name, value)
        if self._replacement is not None:
            _Swap(node, self._replacement).visit(tree)


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def _changes(node: ast.AST) -> list[Change]:  # noqa: PLR0911 - a case for each kind of change
    match node:
        case ast.Compare(ops=[op], left=left, comparators=[right]):
            others = COMPARISONS.get(type(op), [])
            return [Change(_text(ast.Compare(left, [other()], [right])), ops=[other()]) for other in others]
        case ast.BoolOp(op=op, values=values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            without = [
                Change(f"without {_text(value)}", values=[item for item in values if item is not value])
                for value in values
            ]
            return [Change(_text(ast.BoolOp(other, values)), op=other), *without]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [Change(_text(operand), operand)]
        case ast.If(test=test) | ast.IfExp(test=test):
            return [Change(f"if {value}: {_text(test)}", test=ast.Constant(value)) for value in (True, False)]
        case ast.Constant(value=bool(value)):
            return [Change(str(not value), value=not value)]
        case ast.Constant(value=int(value) | float(value)):
            return [Change(str(value + 1), value=value + 1)]
        case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
            other_op = OPERATORS[type(op)]()
            return [Change(_text(ast.BinOp(left, other_op, right)), op=other_op)]
        case ast.Name(id=name) if name in NAMES:
            return [Change(NAMES[name], id=NAMES[name])]
        case ast.Continue():
            return [Change("break", ast.Break())]
        case ast.Break():
            return [Change("continue", ast.Continue())]
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            return [Change("left out", ast.Pass())]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            return [Change("return None", value=ast.Constant(None))]
    return []


def _annotations(tree: ast.Module) -> Iterator[ast.AST]:
    """What only type checkers read, and the module's asserts for them."""
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Assert) or (isinstance(node, ast.If) and _text(node.test) == "TYPE_CHECKING"):
            parts.append(node)
        if isinstance(node, ast.Assign) and _text(node.targets[0]) == "Period":
            parts.append(node)
        for part in parts:
            if part is not None:
                yield from ast.walk(part)


def _text(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n")[0]
    return text if len(text) <= 100 else f"{text[:97]}..."

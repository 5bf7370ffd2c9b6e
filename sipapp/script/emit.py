# -*- test-case-name: tests.script.test_emit -*-
"""emit: makes nodes of Python's `ast` with the script's positions, and keeps the objects that the code names."""

from __future__ import annotations

import ast
import re
from keyword import iskeyword
from typing import Any

from sipapp.errors import Position

_LOAD = ast.Load()
_STORE = ast.Store()
_IS = ast.Is()
_NOT = ast.Not()
_OPERATORS: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "&": ast.BitAnd(),
    "|": ast.BitOr(),
    "^": ast.BitXor(),
}
_COMPARISONS: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    ">": ast.Gt(),
    "<=": ast.LtE(),
    ">=": ast.GtE(),
    "is": _IS,
    "is not": ast.IsNot(),
    "not in": ast.NotIn(),
}
_SIMPLE = (int, bytes, str, float, bool, type(None))
_UNFIT = re.compile(r"[^0-9A-Za-z]+")


class Globals:
    """The globals of the generated code: each object once, under a name that says what it is."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.names: dict[str, Any] = dict(known)
        self._by_id: dict[int, str] = {id(value): name for name, value in known.items()}

    def name(self, value: Any, stem: str) -> str:
        """The name of an object; `stem` begins a new one."""
        found = self._by_id.get(id(value))
        if found is None:
            stem = _UNFIT.sub("_", stem).strip("_") or "x"
            if iskeyword(stem):
                stem += "_"
            found = stem
            number = 1
            while found in self.names:
                number += 1
                found = f"{stem}_{number}"
            self.names[found] = value
            self._by_id[id(value)] = found
        return found


class _Into:
    """Statements go to a list of their own for a while."""

    __slots__ = ("emitter", "outer")

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter

    def __enter__(self) -> list[ast.stmt]:
        self.outer = self.emitter.body
        inner: list[ast.stmt] = []
        self.emitter.body = inner
        return inner

    def __exit__(self, *_: object) -> None:
        self.emitter.body = self.outer


class Emitter:
    """Makes nodes at the place that it stands at; statements go to the end of `body`."""

    def __init__(self, known: Globals) -> None:
        self.globals = known
        self.body: list[ast.stmt] = []
        self._file = ""
        self._line = 1
        self._column = 0
        self.temps = 0

    def stand_at(self, at: Position) -> None:
        """What is made from now on belongs to this place. A file included inside a route keeps the line before it."""
        if not self._file:
            self._file = at.file
        if at.file == self._file:
            self._line = at.line
            self._column = max(at.column - 1, 0)

    def temp(self, stem: str = "v") -> str:
        """A local name that nothing else uses before `reuse_temps`."""
        self.temps += 1
        return f"{stem}{self.temps}"

    def reuse_temps(self, level: int) -> None:
        """What a statement has kept is of no use to the next: a coroutine that waits has room for all its locals."""
        self.temps = level

    def apart(self) -> _Into:
        """`with self.apart() as body:` what is emitted goes to that list."""
        return _Into(self)

    # -- expressions

    def load(self, name: str) -> ast.expr:
        return ast.Name(name, _LOAD, lineno=self._line, col_offset=self._column)

    def constant(self, value: Any) -> ast.expr:
        return ast.Constant(value, lineno=self._line, col_offset=self._column)

    def object(self, value: Any, stem: str) -> ast.expr:
        """A value as it is where Python can write it, else a global."""
        if type(value) in _SIMPLE:
            return self.constant(value)
        return self.load(self.globals.name(value, stem))

    def call(self, function: ast.expr | str, *arguments: ast.expr) -> ast.expr:
        if isinstance(function, str):
            function = self.load(function)
        return ast.Call(function, list(arguments), [], lineno=self._line, col_offset=self._column)

    def attribute(self, value: ast.expr, name: str) -> ast.expr:
        return ast.Attribute(value, name, _LOAD, lineno=self._line, col_offset=self._column)

    def walrus(self, name: str, value: ast.expr) -> ast.expr:
        target = ast.Name(name, _STORE, lineno=self._line, col_offset=self._column)
        return ast.NamedExpr(target, value, lineno=self._line, col_offset=self._column)

    def compare(self, left: ast.expr, *rest: ast.expr | str) -> ast.expr:
        """`compare(a, "<=", b, "<=", c)`"""
        operators = [_COMPARISONS[o] for o in rest[::2]]  # type: ignore[index]
        return ast.Compare(left, operators, list(rest[1::2]), lineno=self._line, col_offset=self._column)  # type: ignore[arg-type]

    def binary(self, left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
        return ast.BinOp(left, _OPERATORS[operator], right, lineno=self._line, col_offset=self._column)

    def logical(self, operator: type[ast.boolop], *parts: ast.expr) -> ast.expr:
        return ast.BoolOp(operator(), list(parts), lineno=self._line, col_offset=self._column)

    def negated(self, value: ast.expr) -> ast.expr:
        return ast.UnaryOp(_NOT, value, lineno=self._line, col_offset=self._column)

    def inverted(self, value: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.Invert(), value, lineno=self._line, col_offset=self._column)

    def either(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
        return ast.IfExp(test, yes, no, lineno=self._line, col_offset=self._column)

    def tuple(self, *parts: ast.expr) -> ast.expr:
        return ast.Tuple(list(parts), _LOAD, lineno=self._line, col_offset=self._column)

    def item(self, value: ast.expr, key: ast.expr) -> ast.expr:
        return ast.Subscript(value, key, _LOAD, lineno=self._line, col_offset=self._column)

    def awaited(self, value: ast.expr) -> ast.expr:
        return ast.Await(value, lineno=self._line, col_offset=self._column)

    def class_is(self, value: ast.expr, name: str) -> ast.expr:
        return self.compare(self.attribute(value, "__class__"), "is", self.load(name))

    # -- statements

    def assign(self, target: str, value: ast.expr) -> None:
        """`name = value`, `ctx.rc = name = value` for `rc name`."""
        targets: list[ast.expr] = []
        for name in target.split():
            if name in ("rc", "dropped", "code"):
                context = self.load("ctx")
                targets.append(ast.Attribute(context, name, _STORE, lineno=self._line, col_offset=self._column))
            else:
                targets.append(ast.Name(name, _STORE, lineno=self._line, col_offset=self._column))
        self.body.append(ast.Assign(targets, value, lineno=self._line, col_offset=self._column))

    def do(self, value: ast.expr) -> None:
        self.body.append(ast.Expr(value, lineno=self._line, col_offset=self._column))

    def returns(self, value: ast.expr) -> None:
        self.body.append(ast.Return(value, lineno=self._line, col_offset=self._column))

    def raises(self, value: ast.expr) -> None:
        self.body.append(ast.Raise(value, None, lineno=self._line, col_offset=self._column))

    def breaks(self) -> None:
        self.body.append(ast.Break(lineno=self._line, col_offset=self._column))

    def branch(self, test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt] | None = None) -> None:
        self.body.append(
            ast.If(test, then or [self.nothing()], otherwise or [], lineno=self._line, col_offset=self._column)
        )

    def loop(self, test: ast.expr, body: list[ast.stmt]) -> None:
        self.body.append(ast.While(test, body or [self.nothing()], [], lineno=self._line, col_offset=self._column))

    def nothing(self) -> ast.stmt:
        return ast.Pass(lineno=self._line, col_offset=self._column)

    def attempt(self, body: list[ast.stmt], handler: list[ast.stmt]) -> None:
        """try: body, except ScriptError as error: handler."""
        caught = ast.ExceptHandler(
            self.load("ScriptError"), "error", handler, lineno=self._line, col_offset=self._column
        )
        self.body.append(ast.Try(body, [caught], [], [], lineno=self._line, col_offset=self._column))

    def define(self, name: str, parameters: list[str], body: list[ast.stmt], coroutine: bool) -> ast.stmt:
        """A function; a parameter `depth` is 1 where it is not given."""
        defaults: list[ast.expr] = [self.constant(1)] if parameters[-1:] == ["depth"] else []
        arguments = ast.arguments(
            posonlyargs=[],
            args=[ast.arg(p, None, lineno=self._line, col_offset=self._column) for p in parameters],
            kwonlyargs=[],
            kw_defaults=[],
            defaults=defaults,
        )
        kind = ast.AsyncFunctionDef if coroutine else ast.FunctionDef
        return kind(
            name, arguments, body or [self.nothing()], [], None, None, lineno=self._line, col_offset=self._column
        )

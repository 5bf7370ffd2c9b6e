# -*- test-case-name: tests.script.test_statements -*-
"""statements: the body of a route block becomes the body of a Python function.

What a route answers when it falls off its end is the return code of its last statement, so every statement can be
asked to leave one: `tail` is RETURN at the end of the route, the name of a local at the end of a loop's body, None
where nobody wants it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from sipapp.script import bound
from sipapp.script.lower import may_fail
from sipapp.script.node import Node
from sipapp.script.switches import RETURN, Switches, Tail


class Statements(Switches):
    """Emits one function."""

    inner = False  # a function inside that of the route

    def statements(self, body: list[bound.Statement], tail: Tail) -> None:
        if not body:
            self._finish(tail, 1)
        level = self.temps
        for number, statement in enumerate(body):
            last = number == len(body) - 1
            if number:
                self.reuse_temps(level)
            self.tell_statement(statement)
            _EMIT[type(statement)](self, statement, tail if last else None)

    def _finish(self, tail: Tail, code: int | str) -> None:
        """Leave a return code."""
        if tail is None:
            return
        value = self.load(code) if isinstance(code, str) else self.constant(code)
        if tail == RETURN:
            self.returns(value)
        else:
            self.assign(tail, value)

    def _inner(self, body: list[bound.Statement], tail: Tail) -> list[ast.stmt]:
        """A block inside the statement."""
        self.nesting += 1
        with self.apart() as made:
            self.statements(body, tail)
        self.nesting -= 1
        return made

    # -- simple ones

    def _do(self, node: bound.Do, tail: Tail) -> None:
        expression = node.expression
        if isinstance(expression, bound.Call):
            name = self.invoke(expression)
        elif isinstance(expression, bound.RouteCall):
            name = self.route(expression)
        else:
            name = self.block(expression)
        self._finish(tail, name)

    def _assign(self, node: bound.Assign, tail: Tail) -> None:
        """A value that there is none of, or that the variable does not take, leaves it as it was."""
        result = self.temp("r") if tail is not None else None
        with self.apart() as tried:
            value = self.raw(node.value) if self.watcher is None else self.spill(self.raw(node.value))
            self.stand_at(node.at)
            setter = self.object(node.target.access.set, f"set_{node.target.text.decode(errors='replace')}")
            self.do(self.call(setter, self.load("ctx"), value))
            if self.watcher is not None:
                self.tell("assigned", self.step(node), self.constant(node.target.text), value)
            if result:
                self.assign(result, self.constant(1))
        self._or_unevaluated(node, tried, result, -1)
        if result:
            self._finish(tail, result)

    def _or_unevaluated(self, node: Node, tried: list[ast.stmt], name: str | None, value: int | None) -> None:
        """try: tried, else a log line and `name = value`."""
        self.stand_at(node.at)
        with self.apart() as handler:
            where = self.constant(str(node.at))
            self.do(self.call("unevaluated", self.load("ctx"), self.load("error"), where))
            if name:
                self.assign(name, self.constant(value))
        self.attempt(tried, handler)

    def _test(self, node: bound.If | bound.While, condition: bound.Expression, nonzero: bool) -> ast.expr:
        """A condition; one that has no value is false."""
        if not may_fail(condition) and self.watcher is None:
            return self.condition(condition, nonzero)
        name = self.temp("c")
        with self.apart() as tried:
            self.assign(name, self.condition(condition, nonzero))
        self._or_unevaluated(node, tried, name, False)
        if self.watcher is not None:
            self.tell("condition", self.step(node), self.call("bool", self.load(name)))
        return self.load(name)

    def _if(self, node: bound.If, tail: Tail) -> None:
        test = self._test(node, node.condition, self.plan.limits.return_mode != 0)
        then = self._inner(node.then, tail)
        otherwise = self._inner(node.otherwise, tail) if node.otherwise or tail else []
        self.stand_at(node.at)
        self.branch(test, then, otherwise)

    # -- the end of things

    def returns(self, value: ast.expr) -> None:
        """A coroutine that ends with a number is a StopIteration to `execute`, one that ends with None need not be."""
        if self.top and self.coroutine:
            self.assign("code", value)
            value = self.constant(None)
        super().returns(value)

    def _number(self, node: bound.Return | bound.Exit | bound.Drop, failed: int) -> str:
        """A local with the value of `return`, `exit` or `drop`."""
        assert node.value is not None
        name = self.temp("r")
        with self.apart() as tried:
            self.assign(name, self.integer(node.value))
        if may_fail(node.value):
            self._or_unevaluated(node, tried, name, failed)
        else:
            self.body += tried
        return name

    def _return(self, node: bound.Return, tail: Tail) -> None:
        """`return 0` ends the whole run."""
        if node.value is None or isinstance(node.value, bound.Constant):
            self.stand_at(node.at)
            code = self.constant(1) if node.value is None else self.integer(node.value)
            if self.top or not (isinstance(code, ast.Constant) and code.value == 0):
                self.returns(code)
            else:
                self.raises(self.call("ScriptExit", code))
            return
        name = self._number(node, -5)
        self.stand_at(node.at)
        if not self.top:
            with self.apart() as ends:
                self.raises(self.call("ScriptExit", self.constant(0)))
            self.branch(self.compare(self.load(name), "==", self.constant(0)), ends)
        self.returns(self.load(name))

    def _exit(self, node: bound.Exit, tail: Tail) -> None:
        if node.value is None:
            self.stand_at(node.at)
            self.leave()
            return
        code = self.load(self._number(node, -5))
        self.stand_at(node.at)
        if self.top:
            self.returns(code)
        else:
            self.raises(self.call("ScriptExit", code))

    def leave(self) -> None:
        """`exit`, with the 1 that it has of itself: by far the most end so, and an exception costs as much as a route.
        So a route that the script has called answers None; only who else has called it gets the exception."""
        if self.top:
            self.returns(self.constant(1))
            return
        with self.apart() as raised:
            self.raises(self.call("ScriptExit", self.constant(1)))
        if self.inner:
            self.body += raised
            return
        self.branch(self.compare(self.load("depth"), "==", self.constant(1)), raised)
        self.returns(self.constant(None))

    def _drop(self, node: bound.Drop, tail: Tail) -> None:
        code = self.constant(0) if node.value is None else self.load(self._number(node, -5))
        self.stand_at(node.at)
        if self.top:
            self.assign("dropped", self.constant(True))
            self.returns(code)
        else:
            self.raises(self.call("ScriptExit", code, self.constant(True)))

    def _break(self, node: bound.Break, tail: Tail) -> None:
        """Leaves the innermost loop or switch; outside of any, the route. Its return code is 0."""
        self.stand_at(node.at)
        leave = self._leaves[-1] if self._leaves else RETURN
        self._finish(leave, 0)
        if leave != RETURN and self._can_break[-1]:
            self.breaks()

    def _async(self, node: bound.Async, tail: Tail) -> None:
        self.resume_in(node)

    def _launch(self, node: bound.Launch, tail: Tail) -> None:
        self._finish(tail, self.launch(node))

    def _parallel(self, node: bound.Parallel, tail: Tail) -> None:
        """Each member is a coroutine function of its own."""
        members = []
        for member in node.members:
            self.stand_at(member.at)
            members.append(self.load(self._function("member", member.body, coroutine=True)))
        self.stand_at(node.at)
        name = self.temp("r")
        site = self.load(self.globals.name(node.site, f"at_parallel_{node.at.line}"))
        facts = (self.constant(node.first), self.constant(node.seconds))
        called = self.call("parallel", self.load("ctx"), site, self.tuple(*members), *facts)
        self.assign(f"rc {name}", self.awaited(called))
        if self.watcher is not None:
            self.tell("returned", node.site, self.load(name))
        self._finish(tail, name)

    # -- loops

    def _while(self, node: bound.While, tail: Tail) -> None:
        """Any number but 0 goes on."""
        self.stand_at(node.at)
        result = self.temp("w") if tail is not None else None
        self._finish(result, 1)
        limit = self.plan.limits.while_loops
        rounds = self.temp("n")
        if limit > 0:
            self.assign(rounds, self.constant(0))
        with self.apart() as body:
            test = self._test(node, node.condition, nonzero=True)
            if body:  # the condition calls something
                self._leave_unless(test)
                test = self.constant(True)
            if limit > 0:
                self._count(node, rounds, limit, result)
            self._enter(result)
            body += self._inner(node.body, result)
            self._leave_loop()
        self.stand_at(node.at)
        self.loop(test, body)
        if result:
            self._finish(tail, result)

    def _leave_unless(self, test: ast.expr) -> None:
        with self.apart() as leave:
            self.breaks()
        self.branch(self.negated(test), leave)

    def _count(self, node: bound.While, rounds: str, limit: int, result: str | None) -> None:
        self.stand_at(node.at)
        self.assign(rounds, self.binary(self.load(rounds), "+", self.constant(1)))
        with self.apart() as leave:
            self.do(self.call("runaway", self.constant(str(node.at)), self.constant(limit)))
            self._finish(result, -1)
            self.breaks()
        self.branch(self.compare(self.load(rounds), ">", self.constant(limit)), leave)

    # -- a block in a value's place

    def block(self, node: bound.Block) -> str:
        """Its own Python function: `return` and `break` end only it."""
        self.stand_at(node.at)
        if len(node.body) == 1 and isinstance(node.body[0], bound.Assign):
            name = self.temp("r")
            self._assign(node.body[0], name)
            return name
        function, name = self._function("block", node.body, self.coroutine), self.temp("r")
        self.stand_at(node.at)
        called = self.call(function)
        self.assign(name, self.awaited(called) if self.coroutine else called)
        return name

    def _function(self, stem: str, statements: list[bound.Statement], coroutine: bool) -> str:
        """The name of an inner function with these statements."""
        function = self.temp(stem)
        line, column = self._line, self._column
        outer = (self.top, self.inner, self._leaves, self._can_break, self.nesting)
        self.top, self.inner, self._leaves, self._can_break, self.nesting = False, True, (), (), self.nesting + 1
        with self.apart() as body:
            self.statements(statements, RETURN)
        self.top, self.inner, self._leaves, self._can_break, self.nesting = outer
        self._line, self._column = line, column
        self.body.append(self.define(function, [], body, coroutine))
        return function


_EMIT: dict[type, Callable[[Statements, Any, Tail], None]] = {
    bound.Do: Statements._do,
    bound.Assign: Statements._assign,
    bound.If: Statements._if,
    bound.While: Statements._while,
    bound.Switch: Statements.switch,
    bound.Break: Statements._break,
    bound.Return: Statements._return,
    bound.Exit: Statements._exit,
    bound.Drop: Statements._drop,
    bound.Async: Statements._async,
    bound.Launch: Statements._launch,
    bound.Parallel: Statements._parallel,
}

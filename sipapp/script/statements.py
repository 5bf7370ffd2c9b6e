# -*- test-case-name: tests.script.test_statements -*-
"""statements: the body of a route block becomes the body of a Python function.

What a route answers when it falls off its end is the return code of its last statement, so every statement can be
asked to leave one: `tail` is RETURN at the end of the route, the name of a local at the end of a loop's body, None
where nobody wants it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from re import Pattern
from typing import Any

from sipapp.script import bound
from sipapp.script.calls import Calls
from sipapp.script.lower import may_fail
from sipapp.script.node import Node

RETURN = "return"

Tail = str | None

_EXACT = 6  # more labels than this are looked up in a dict


class Statements(Calls):
    """Emits one function."""

    top = False  # `exit` may return: nothing of the script has called this function
    _leaves: tuple[Tail, ...] = ()  # for each loop and switch around: where `break` leaves its 0
    _can_break: tuple[bool, ...] = ()  # and whether Python has a loop there to break

    def statements(self, body: list[bound.Statement], tail: Tail) -> None:
        if not body:
            self._finish(tail, 1)
        for number, statement in enumerate(body):
            last = number == len(body) - 1
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
            value = self.raw(node.value)
            self.stand_at(node.at)
            setter = self.object(node.target.access.set, f"set_{node.target.text.decode(errors='replace')}")
            self.do(self.call(setter, self.load("ctx"), value))
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

    def _test(self, node: Node, condition: bound.Expression, nonzero: bool) -> ast.expr:
        """A condition; one that has no value is false."""
        if not may_fail(condition):
            return self.condition(condition, nonzero)
        name = self.temp("c")
        with self.apart() as tried:
            self.assign(name, self.condition(condition, nonzero))
        self._or_unevaluated(node, tried, name, False)
        return self.load(name)

    def _if(self, node: bound.If, tail: Tail) -> None:
        test = self._test(node, node.condition, self.plan.limits.return_mode != 0)
        then = self._inner(node.then, tail)
        otherwise = self._inner(node.otherwise, tail) if node.otherwise or tail else []
        self.stand_at(node.at)
        self.branch(test, then, otherwise)

    # -- the end of things

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
        code = self.constant(1) if node.value is None else self.load(self._number(node, -5))
        self.stand_at(node.at)
        if self.top:
            self.returns(code)
        else:
            self.raises(self.call("ScriptExit", code))

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

    def _enter(self, leave: Tail, can_break: bool = True) -> None:
        self._leaves += (leave,)
        self._can_break += (can_break,)

    def _leave_loop(self) -> None:
        self._leaves = self._leaves[:-1]
        self._can_break = self._can_break[:-1]

    # -- switch

    def _switch(self, node: bound.Switch, tail: Tail) -> None:
        subject = self.temp("s")
        with self.apart() as tried:
            self.assign(subject, self.text(node.subject) if node.texts else self.integer(node.subject))
        if may_fail(node.subject):
            self._or_unevaluated(node, tried, subject, None)  # no label is like that
        else:
            self.body += tried
        self.stand_at(node.at)
        if not node.cases:
            self._finish(tail, 1)
        elif _falls_through(node.cases):
            self._switch_in_order(node, subject, tail)
        else:
            self._switch_as_ifs(node, subject, tail)

    def _switch_as_ifs(self, node: bound.Switch, subject: str, tail: Tail) -> None:
        """if, elif, ..., else: where no case goes on into the next."""
        groups = _groups(node.cases)
        in_loop = any(_breaks(_without_break(group[-1].body)) for group in groups)
        self._enter(tail, in_loop)
        with self.apart() as rest:
            self._finish(tail, 1)
        chain = []
        for group in groups:
            labels = [case.label for case in group if case.label is not None]
            body = self._case_body(group[-1].body, tail)
            if len(labels) < len(group):
                rest = body
            else:
                self.stand_at(group[0].at)
                chain.append((self._any_label(subject, labels), body))
        for test, body in reversed(chain):
            with self.apart() as otherwise:
                self.branch(test, body, rest)
            rest = otherwise
        self._leave_loop()
        self._once(node, rest, in_loop)

    def _case_body(self, body: list[bound.Statement], tail: Tail) -> list[ast.stmt]:
        """A `break` at the end needs none in Python."""
        kept = _without_break(body)
        if kept is body:
            return self._inner(body, tail)
        made = self._inner(kept, None) if kept else []
        with self.apart() as end:
            self._finish(tail, 0)
        return made + end

    def _once(self, node: bound.Switch, body: list[ast.stmt], in_loop: bool) -> None:
        """The body; in a loop of one round where `break` must be able to leave it."""
        if not in_loop:
            self.body += body
            return
        self.stand_at(node.at)
        with self.apart() as end:
            self.breaks()
        self.loop(self.constant(True), body + end)

    def _any_label(self, subject: str, labels: list[int | bytes | Pattern[bytes]]) -> ast.expr:
        tests = [self._label(subject, label) for label in labels]
        return tests[0] if len(tests) == 1 else self.logical(ast.Or, *tests)

    def _label(self, subject: str, label: int | bytes | Pattern[bytes]) -> ast.expr:
        if isinstance(label, Pattern):
            search = self.attribute(self.object(label, "case"), "search")
            # a subject without a value matches nothing
            return self.call(search, self.logical(ast.Or, self.load(subject), self.constant(b"")))
        return self.compare(self.load(subject), "==", self.constant(label))

    def _switch_in_order(self, node: bound.Switch, subject: str, tail: Tail) -> None:
        """Where cases go on into the next: the number of the case to begin with, then all bodies from there on."""
        chosen = self.temp("k")
        self._choose(node, subject, chosen)
        self._finish(tail if tail != RETURN else None, 1)
        self._enter(tail)
        with self.apart() as bodies:
            for number, case in enumerate(node.cases):
                if not case.body:
                    continue
                made = self._inner(case.body, self._ending(node.cases, number, tail))
                self.stand_at(case.at)
                self.branch(self.compare(self.load(chosen), "<=", self.constant(number)), made)
        self._leave_loop()
        self._once(node, bodies, in_loop=True)
        if tail == RETURN:
            self._finish(tail, 1)

    def _ending(self, cases: list[bound.Case], number: int, tail: Tail) -> Tail:
        """Only the last body that runs leaves the return code."""
        return tail if not any(case.body for case in cases[number + 1 :]) else None

    def _choose(self, node: bound.Switch, subject: str, chosen: str) -> None:
        """chosen = the number of the first case that fits; that of the default, or one too many."""
        labels = [(case.label, number) for number, case in enumerate(node.cases) if case.label is not None]
        other = next((n for n, case in enumerate(node.cases) if case.label is None), len(node.cases))
        self.stand_at(node.at)
        if len(labels) > _EXACT and not any(isinstance(label, Pattern) for label, _ in labels):
            table = self.attribute(self.object(dict(labels), "cases"), "get")
            self.assign(chosen, self.call(table, self.load(subject), self.constant(other)))
            return
        value: ast.expr = self.constant(other)
        for label, number in reversed(labels):
            value = self.either(self._label(subject, label), self.constant(number), value)
        self.assign(chosen, value)

    # -- a block in a value's place

    def block(self, node: bound.Block) -> str:
        """Its own Python function: `return` and `break` end only it."""
        self.stand_at(node.at)
        if len(node.body) == 1 and isinstance(node.body[0], bound.Assign):
            name = self.temp("r")
            self._assign(node.body[0], name)
            return name
        function, name = self.temp("block"), self.temp("r")
        outer = (self.top, self._leaves, self._can_break, self.nesting)
        self.top, self._leaves, self._can_break, self.nesting = False, (), (), self.nesting + 1
        with self.apart() as body:
            self.statements(node.body, RETURN)
        self.top, self._leaves, self._can_break, self.nesting = outer
        self.stand_at(node.at)
        self.body.append(self.define(function, [], body, self.coroutine))
        called = self.call(function)
        self.assign(name, self.awaited(called) if self.coroutine else called)
        return name


def _groups(cases: list[bound.Case]) -> list[list[bound.Case]]:
    """Labels that share a body: `case 1: case 2: ...`."""
    groups: list[list[bound.Case]] = [[]]
    for case in cases:
        groups[-1].append(case)
        if case.body:
            groups.append([])
    return [group for group in groups if group]


def _falls_through(cases: list[bound.Case]) -> bool:
    """Whether some body goes on into the next, or a default shares its body with labels whose order counts."""
    groups = _groups(cases)
    for group in groups[:-1]:
        if not _ends(group[-1].body[-1]):
            return True
    ordered = any(isinstance(case.label, Pattern) for case in cases)
    labels = sum(case.label is not None for case in cases)
    shared = any(len(group) > 1 and any(case.label is None for case in group) for group in groups)
    return labels > _EXACT or (shared and ordered)


def _ends(statement: bound.Statement) -> bool:
    """Whether it never goes on to the next statement."""
    if isinstance(statement, bound.If):
        branches = (statement.then, statement.otherwise)
        return all(branch and _ends(branch[-1]) for branch in branches)
    return isinstance(statement, (bound.Break, bound.Return, bound.Exit, bound.Drop, bound.Async))


def _without_break(body: list[bound.Statement]) -> list[bound.Statement]:
    """A case's body without the `break` at its end; the same list where there is none."""
    return body[:-1] if body and isinstance(body[-1], bound.Break) else body


def _breaks(body: list[bound.Statement]) -> bool:
    """Whether a `break` in it is meant for the loop or switch around it."""
    for statement in body:
        if isinstance(statement, bound.Break):
            return True
        if isinstance(statement, bound.If) and (_breaks(statement.then) or _breaks(statement.otherwise)):
            return True
    return False


_EMIT: dict[type, Callable[[Statements, Any, Tail], None]] = {
    bound.Do: Statements._do,
    bound.Assign: Statements._assign,
    bound.If: Statements._if,
    bound.While: Statements._while,
    bound.Switch: Statements._switch,
    bound.Break: Statements._break,
    bound.Return: Statements._return,
    bound.Exit: Statements._exit,
    bound.Drop: Statements._drop,
    bound.Async: Statements._async,
    bound.Launch: Statements._launch,
}

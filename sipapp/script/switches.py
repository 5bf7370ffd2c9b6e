# -*- test-case-name: tests.script.test_switches -*-
"""switches: switch, as if and elif where that will do, else as a row of bodies that is entered somewhere."""

from __future__ import annotations

import ast
from re import Pattern

from sipapp.script import bound
from sipapp.script.calls import Calls
from sipapp.script.lower import may_fail
from sipapp.script.node import Node

RETURN = "return"

Tail = str | None
"""Where a statement leaves its return code: RETURN at the end of a route, the name of a local, None: nowhere."""

_EXACT = 6  # more labels than this are looked up in a dict


class Switches(Calls):
    """Emits switch statements; the class that derives from it emits their bodies."""

    _leaves: tuple[Tail, ...] = ()  # for each loop and switch around: where `break` leaves its 0
    _can_break: tuple[bool, ...] = ()  # and whether Python has a loop there to break

    def _inner(self, body: list[bound.Statement], tail: Tail) -> list[ast.stmt]:
        raise NotImplementedError

    def _finish(self, tail: Tail, code: int | str) -> None:
        raise NotImplementedError

    def _or_unevaluated(self, node: Node, tried: list[ast.stmt], name: str | None, value: int | None) -> None:
        raise NotImplementedError

    def _enter(self, leave: Tail, can_break: bool = True) -> None:
        self._leaves += (leave,)
        self._can_break += (can_break,)

    def _leave_loop(self) -> None:
        self._leaves = self._leaves[:-1]
        self._can_break = self._can_break[:-1]

    def switch(self, node: bound.Switch, tail: Tail) -> None:
        subject = self.temp("s")
        with self.apart() as tried:
            self.assign(subject, self.text(node.subject) if node.texts else self.integer(node.subject))
        if may_fail(node.subject):
            self._or_unevaluated(node, tried, subject, None)  # no label is like that
        else:
            self.body += tried
        if self.watcher is not None:
            self.tell("condition", self.step(node), self.load(subject))
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
            self.tell_statement(body[-1])
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

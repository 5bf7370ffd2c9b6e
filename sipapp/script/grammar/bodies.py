# -*- test-case-name: tests.script.grammar.test_bodies -*-
"""bodies: the statements that route blocks hold.

A mistake ends its statement, not the reading: the reader goes on behind the next `;` or block, so that one run finds
them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from sipapp.errors import ConfigError, Position
from sipapp.nearest import nearest
from sipapp.script import nodes
from sipapp.script.grammar import parallel
from sipapp.script.grammar.core_calls import CORE_FUNCTIONS
from sipapp.script.grammar.expressions import READERS, constant_type
from sipapp.script.grammar.module_calls import WORDS, ModuleCalls
from sipapp.script.keywords import ROUTE_KINDS
from sipapp.script.lexer import Token

_TOP_LEVEL = frozenset({"loadmodule", "loadmodulex", "modparam", "modparamx"})
_BLOCK_ENDS = frozenset({"}"})
_CASE_ENDS = frozenset({"case", "default", "}"})


class Unclosed(ConfigError):
    """A `}` is missing: what begins here stands outside of routes."""


class Bodies(ModuleCalls):
    """Reads statements."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.route_column = 1  # where the route block begins
        self.guessed = False  # a missing brace was taken for there: whether blocks end right is open

    # -- blocks

    def block(self) -> list[nodes.Statement]:
        """`{ statements }`: at least one, be it only `;`."""
        opening = self.tokens[self.index]
        self.expect("{")
        body = self.statements(opening, _BLOCK_ENDS)
        if self.kind == "}" and self.tokens[self.index - 1] is opening:
            self.report('a block cannot be empty: put a ";" into it')
        self.close(opening)
        return body

    def close(self, opening: Token) -> None:
        """Past the `}` of a block. Raises Unclosed: the script has ended."""
        if self.kind != "}":
            self.still_open(opening)
        self.advance()

    def still_open(self, opening: Token) -> NoReturn:
        """Raises Unclosed."""
        line = opening[2].position(opening[3]).line
        reason = f'"}}" is expected before {self.shown()}: the block of line {line} is still open'
        raise Unclosed(reason, self.place())

    def statements(self, opening: Token, ends: frozenset[str], one: Callable[[], Any] | None = None) -> list[Any]:
        """All statements up to one of the kinds that end them, each read by `one` where that is given."""
        body: list[Any] = []
        one = one or self.statement
        while self.kind not in ends and self.kind != "END":
            if self.outside():
                self.misplaced(opening)
                continue
            try:
                statement = one()
            except Unclosed:
                raise
            except ConfigError as error:
                self.errors.append(error)
                self.skip_statement(ends)
            else:
                if statement is not None:
                    body.append(statement)
        return body

    def outside(self) -> bool:
        """The token begins what cannot stand in a route."""
        if self.kind in ROUTE_KINDS:
            return self.next_kind() in ("{", "[")
        return self.kind in _TOP_LEVEL

    def misplaced(self, opening: Token) -> None:
        """A route block or setting inside a route. Where it is not indented a `}` is missing.

        Raises Unclosed: so it seems.
        """
        if self.place().column <= self.route_column:
            self.still_open(opening)
        self.report(f"{self.shown()} cannot stand inside a route")
        self.skip_statement(_BLOCK_ENDS)

    def skip_statement(self, ends: frozenset[str]) -> None:
        """Past a broken statement: behind its `;` or block, or before what ends the block that it is in."""
        depth = 0
        while self.kind != "END":
            ended = False
            if self.kind == "{":
                depth += 1
            elif depth:
                depth -= self.kind == "}"
                ended = not depth
            elif self.kind in ends or (self.outside() and self.place().column <= self.route_column):
                return
            else:
                ended = self.kind == ";"
            self.advance()
            if ended and self.kind not in ("else", ")"):
                return

    # -- one statement

    def statement(self) -> nodes.Statement | None:
        """One statement; None for a lone `;`."""
        if self.kind == ";":
            self.advance()
            return None
        read = STATEMENTS.get(self.kind)
        if read is None:
            self.no_statement()
        if self.kind == "ID" and parallel.begins(self):
            return self.parallel()
        return read(self)  # type: ignore[no-any-return]

    def no_statement(self) -> NoReturn:
        """Raises ConfigError: no statement begins like this."""
        if self.kind in _NO_STATEMENTS:
            self.fail(_NO_STATEMENTS[self.kind])
        self.unexpected("a statement")

    def semicolon(self) -> None:
        """The end of a statement. Where it is missing at a line's end, the next line is read all the same."""
        if self.kind == ";":
            self.advance()
            return
        error = self.error(f'";" is expected before {self.shown()}{self.hint()}')
        if self.kind == "}" or (not self.same_line() and self.kind in STATEMENTS):
            self.errors.append(error)
            return
        raise error

    def hint(self) -> str:
        """What may have been meant by a statement that goes on where it should end."""
        if self.kind == "+=" or self.kind == "+" == self.next_kind():
            return "; there is no += or ++"
        if self.kind == "!" and self.next_kind() == "~":
            return "; there is no !~: write !(... =~ ...)"
        return '; to assign, write "="' if self.kind == "==" else ""

    def assignment(self) -> nodes.Assign:
        start = self.index
        target = self.operand()
        assert isinstance(target, nodes.Variable)
        if self.kind != "=" or not self.assignable(start):
            name = self.shown(self.tokens[start])
            self.fail(f'"=" is expected behind {name}, not {self.shown()}{self.hint()}')
        self.advance()
        value = self.expression()
        self.semicolon()
        return nodes.Assign(target.at, target, value)

    def effect(self) -> nodes.Statement:
        """A call as a statement."""
        call = self.operand()
        if self.kind not in (";", "}", "END") and isinstance(call, nodes.Call) and self.same_line():
            near = nearest(call.name, WORDS)
            if near:  # `IF (...) EXIT;` looks like a call, until it does not end like one
                self.fail(f'";" is expected behind {call.name}(), not {self.shown()}{near}')
        self.semicolon()
        return call if isinstance(call, (nodes.Async, nodes.Launch)) else nodes.Do(call.at, call)

    def condition(self) -> nodes.Expression:
        if self.kind == "{":
            self.warn("this block is taken for the condition")
        condition = self.expression()
        if isinstance(condition, nodes.Sequence) and condition.body and isinstance(condition.body[0], nodes.Assign):
            self.warnings.append(ConfigError('"=" assigns, "==" would compare', condition.at))
        return condition

    def branch(self) -> list[nodes.Statement]:
        """What `if`, `else` and `while` are about: one statement or a block."""
        if self.kind == "{":
            return self.block()
        statement = self.statement()
        return [] if statement is None else [statement]

    def conditional(self) -> nodes.If:
        """`if ... else if ... else ...`, read in a row and put together from its end."""
        links: list[tuple[Position, nodes.Expression, list[nodes.Statement]]] = []
        otherwise: list[nodes.Statement] | None = None
        while True:
            at = self.place()
            self.advance()
            condition = self.condition()
            links.append((at, condition, self.branch()))
            if not self.accept("else"):
                break
            if self.kind != "if":
                otherwise = self.branch()
                break
        at, condition, then = links.pop()
        made = nodes.If(at, condition, then, otherwise)
        for at, condition, then in reversed(links):
            made = nodes.If(at, condition, then, [made])
        return made

    def loop(self) -> nodes.While:
        at = self.place()
        self.advance()
        condition = self.condition()
        return nodes.While(at, condition, self.branch())

    def leave(self) -> nodes.Return | nodes.Exit | nodes.Drop:
        """`return`, `exit` and `drop`, with or without a value."""
        at = self.place()
        kind = self.advance()[0]
        value = None
        if self.kind == "(" and self.next_kind() == ")":
            self.advance()
            self.advance()
        elif self.kind in READERS:
            value = self.expression()
        self.semicolon()
        return _LEAVING[kind](at, value)

    def parallel(self) -> nodes.Parallel:
        """`parallel(first, timeout=0.5) { statements }`"""
        at = self.place()
        self.advance()
        first, seconds = parallel.options(self)
        opening = self.tokens[self.index]
        self.expect("{")
        members = self.statements(opening, _BLOCK_ENDS, self.member)
        if self.kind == "}" and self.tokens[self.index - 1] is opening:
            self.report("a parallel block cannot be empty")
        self.close(opening)
        return nodes.Parallel(at, members, first, seconds)

    def member(self) -> nodes.Member | None:
        """A statement of a parallel block: the one place where a block stands by itself."""
        at = self.place()
        if self.kind == "{":
            return nodes.Member(at, self.block())
        statement = self.statement()
        return None if statement is None else nodes.Member(at, [statement])

    def stop(self) -> nodes.Break:
        at = self.place()
        self.advance()
        self.semicolon()
        return nodes.Break(at)

    # -- switch

    def switch(self) -> nodes.Switch:
        at = self.place()
        self.advance()
        subject = self.expression()
        opening = self.tokens[self.index]
        if self.kind in ("case", "default"):
            self.guessed = True
            self.report(f'"{{" is expected behind switch(...), not {self.shown()}')
        else:
            self.expect("{", 'behind switch(...) "{"')
        cases = []
        if self.kind == "}":
            self.warn("this switch has no cases")
        while self.kind not in ("}", "END"):
            try:
                cases.append(self.case(opening))
            except Unclosed:
                raise
            except ConfigError as error:
                self.errors.append(error)
                while self.kind not in _CASE_ENDS and self.kind != "END":
                    self.skip_statement(_CASE_ENDS)
        self.close(opening)
        self.check_cases(at, cases)
        return nodes.Switch(at, subject, cases)

    def case(self, opening: Token) -> nodes.Case:
        if self.kind not in ("case", "default"):
            self.unexpected('"case", "default" or "}"')
        at = self.place()
        label: nodes.Expression | None = None
        pattern = False
        if self.advance()[0] == "case":
            pattern = self.accept("/")
            start = self.tokens[self.index]
            label = self.expression()
            if constant_type(label) is None:
                self.report("the label of a case must be a constant", start)
        self.expect(":", '":" behind the label' if label else '":" behind default')
        return nodes.Case(at, label, self.statements(opening, _CASE_ENDS), pattern)

    def check_cases(self, at: Position, cases: list[nodes.Case]) -> None:
        """One `default`, labels of one type."""
        labels = [(case, bytes if case.pattern else constant_type(case.label)) for case in cases if case.label]
        for case, kind in labels:
            if kind and labels[0][1] and kind is not labels[0][1]:
                self.errors.append(ConfigError("numbers and texts cannot be labels of one switch", case.at))
        defaults = [case.at for case in cases if case.label is None]
        if len(defaults) > 1:
            reason = f'this switch has more than one "default", the second in line {defaults[1].line}'
            self.errors.append(ConfigError(reason, at))


_NO_STATEMENTS = {
    "else": '"else" without an "if"; a ";" before it would have ended that',
    "case": '"case" outside of a switch',
    "default": '"default" outside of a switch',
    **dict.fromkeys(("subst", "substdef", "substdefs"), "#!subst and its kin stand outside of routes"),
    "{": "a block cannot stand alone: it belongs to if, else, while, switch or a route",
}

_LEAVING: dict[str, type[nodes.Return] | type[nodes.Exit] | type[nodes.Drop]] = {
    "return": nodes.Return,
    "exit": nodes.Exit,
    "drop": nodes.Drop,
}

STATEMENTS: dict[str, Callable[[Any], Any]] = {
    "VARIABLE": Bodies.assignment,
    "PLAIN": Bodies.assignment,
    "AVP": Bodies.assignment,
    "ID": Bodies.effect,
    **dict.fromkeys(CORE_FUNCTIONS, Bodies.effect),
    "route": Bodies.effect,
    "if": Bodies.conditional,
    "while": Bodies.loop,
    "switch": Bodies.switch,
    **dict.fromkeys(_LEAVING, Bodies.leave),
    "break": Bodies.stop,
}
"""How a statement that begins with a token of this kind is read."""

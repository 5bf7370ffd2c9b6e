# -*- test-case-name: tests.script.grammar.test_module_calls -*-
"""module_calls: `name(arguments)` of a module, `route(NAME)`, and OpenSIPS' `async(...)` and `launch(...)`."""

from __future__ import annotations

from typing import Any

from sipapp.errors import Position
from sipapp.nearest import nearest
from sipapp.script import nodes
from sipapp.script.grammar.core_calls import BARE, CoreCalls
from sipapp.script.grammar.expressions import READERS
from sipapp.script.lexer import Token, number_value

WORDS = ("if", "else", "while", "switch", "case", "default", "break", "return", "exit", "drop", "route")
"""What statements begin with, to guess what was meant."""

_ELSEWHERE = {"continue": "; there is no continue: put the rest of the loop into an if"}


class ModuleCalls(CoreCalls):
    """Reads calls whose arguments are expressions."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.within = ""  # the module's function whose arguments are being read

    def module_call(self) -> nodes.Expression:
        """A call; the token is the function's name."""
        at = self.place()
        token = self.advance()
        name = token[1]
        if self.kind != "(":
            near = _ELSEWHERE.get(name) or nearest(name, (*WORDS, *BARE))
            self.fail(f'"(" is expected behind the function\'s name {name}, not {self.shown()}{near}')
        if name in ("async", "launch"):
            return self.suspended(at, name)
        if self.within:
            self.report(f"{name}() cannot be called inside the arguments of {self.within}()", token)
        return nodes.Call(at, name, self.arguments(name))

    def arguments(self, name: str, omittable: bool = False) -> list[nodes.Expression]:
        """What stands between the parentheses. Where none may be left out, a comma before the first means nothing."""
        opening = self.advance()
        if not omittable:
            self.accept(",")
        if self.kind == ")" and self.tokens[self.index - 1] is opening:
            self.advance()
            return []
        outer, self.within = self.within, name
        found: list[nodes.Expression] = []
        try:
            while True:
                left_out = omittable and self.kind in (",", ")")
                found.append(nodes.Omitted(self.place()) if left_out else self.expression())
                if self.kind != ",":
                    break
                self.advance()
        finally:
            self.within = outer
        self.closing(name, opening)
        return found

    def closing(self, name: str, opening: Token) -> None:
        if self.kind == "END":
            self.fail(f"the parenthesis of {name}() is never closed", opening)
        if self.kind != ")":
            self.fail(f'")" or "," is expected in the arguments of {name}(), not {self.shown()}')
        self.advance()

    def route_call(self) -> nodes.RouteCall:
        """`route(NAME)`, `route(expression)`."""
        at = self.place()
        self.advance()
        self.opening("route")
        target: nodes.Expression
        if self.kind == "ID" and self.next_kind() == ")":
            target = self.word()
        elif self.kind == "ID" and self.next_kind() != "(":
            self.advance()
            self.fail(f"route() takes one name: {self.shown()} is too much")
        elif self.kind == ")":
            self.unexpected("a route's name")
        else:
            target = self.expression()
        if self.kind == ",":
            self.fail("route() takes one name and nothing else")
        self.expect(")")
        return nodes.RouteCall(at, target)

    # -- async() and launch()

    def suspended(self, at: Position, name: str) -> nodes.Async | nodes.Launch:
        """`async(call, route[, seconds])` or `launch(call[, route[, parameter]])`."""
        opening = self.advance()
        call = self.suspending_call(name)
        if name == "launch" and self.accept(")"):
            return nodes.Launch(at, call)
        if self.kind != ",":
            self.fail(f'"," and the route to go on with are expected in {name}(), not {self.shown()}')
        self.advance()
        route = self.resume_route(name)
        if name == "async":
            made: nodes.Async | nodes.Launch = nodes.Async(at, call, route, self.seconds())
        else:
            made = nodes.Launch(at, call, route, self.expression() if self.accept(",") else None)
        self.closing(name, opening)
        return made

    def suspending_call(self, name: str) -> nodes.Call:
        if self.kind not in ("ID", "exec") or self.next_kind() != "(":
            self.wants(f"{name}()", "a call of a module's function first")
        at = self.place()
        function = self.advance()[1]
        return nodes.Call(at, function, self.arguments(function, omittable=True))

    def resume_route(self, name: str) -> str:
        if self.kind not in ("ID", "STRING", "NUMBER"):
            self.wants(f"{name}()", "a route's name")
        token = self.advance()
        return str(number_value(token[1])) if token[0] == "NUMBER" else self.proper(token[1])

    def seconds(self) -> int | None:
        if not self.accept(","):
            return None
        if self.kind != "NUMBER":
            self.wants("async()", "a number of seconds")
        return number_value(self.advance()[1])


READERS["route"] = ModuleCalls.route_call

# -*- test-case-name: tests.script.test_traced -*-
"""traced: the calls of whoever watches the script, compiled into its routes; nothing where nobody does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from sipapp.interfaces.script import Access
from sipapp.interfaces.trace import Step
from sipapp.script import bound
from sipapp.script.emit import Emitter
from sipapp.script.runtime import CallSite

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.interfaces.trace import ITrace
    from sipapp.script.runtime import Context

WATCHER = "TRACE"
"""The global of the generated code that holds the ITrace."""

_NAMES: dict[type, str] = {
    bound.Assign: "assign",
    bound.If: "if",
    bound.While: "while",
    bound.Switch: "switch",
    bound.Break: "break",
    bound.Return: "return",
    bound.Exit: "exit",
    bound.Drop: "drop",
    bound.Async: "async",
    bound.Launch: "launch",
    bound.Parallel: "parallel",
    bound.RouteCall: "route",
    bound.Block: "{",
}


class Traced(Emitter):
    """An emitter that tells the watcher, where there is one."""

    route_name = ""  # the block that is being compiled

    @property
    def watcher(self) -> ITrace | None:
        found: ITrace | None = self.globals.names.get(WATCHER)
        return found

    def tell(self, what: str, place: Step | CallSite, *facts: ast.expr) -> None:
        """Emit `TRACE.what(ctx, place, *facts)`."""
        self.stand_at(place.at)
        method = self.attribute(self.load(WATCHER), what)
        self.do(self.call(method, self.load("ctx"), self._object_of(place), *facts))

    def tell_statement(self, node: bound.Statement) -> None:
        if self.watcher is not None:
            self.tell("statement", self.step(node))

    def step(self, node: bound.Statement) -> Step:
        """The statement as the watcher sees it."""
        inner = node.expression if isinstance(node, bound.Do) else node
        name = inner.function.name if isinstance(inner, bound.Call) else _NAMES[type(inner)]
        return Step(node.at, self.route_name, name)

    def watched(self, argument: bound.Given, site: CallSite) -> Any:
        """A variable that a function is given: what it writes is told."""
        access = argument.value
        watcher = self.watcher
        if watcher is None or not isinstance(access, Access) or access.set is None:
            return access
        return access._replace(set=_telling(watcher, access, site, argument.text))

    def _object_of(self, place: Step | CallSite) -> ast.expr:
        return self.load(self.globals.name(place, f"at_{place.at.line}"))


def _telling(watcher: ITrace, access: Access, site: CallSite, name: bytes) -> Any:
    write = access.set
    assert write is not None

    def told(ctx: Context, value: Value) -> None:
        write(ctx, value)
        watcher.assigned(ctx, site, name, value)

    return told

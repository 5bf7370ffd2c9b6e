# -*- test-case-name: tests.script.test_references -*-
"""references: which route blocks there are, and which of them the script names somewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.route import RouteType
from sipapp.nearest import nearest
from sipapp.script import bound, nodes

if TYPE_CHECKING:
    from sipapp.interfaces.script import IScriptFunction

MAIN = "0"
"""The name by which route() reaches the request_route, as in the old numbered routes."""

MAIN_KEY = b"\0"
"""Its key among the routes, which no script can compute: `route(0)` is the request_route, `route($var(zero))` is no
route at all."""

_KINDS = {
    RouteType.FAILURE: "failure_route",
    RouteType.ONREPLY: "onreply_route",
    RouteType.BRANCH: "branch_route",
    RouteType.EVENT: "event_route",
    RouteType.BRANCH_FAILURE: "event_route",
}
_USE = {"route": "called", "failure_route": "armed", "onreply_route": "armed", "branch_route": "armed"}


class References:
    """Kept while the script is checked; `doubts` are warnings."""

    def __init__(self, script: nodes.Script, doubt: Callable[[ConfigError], None]) -> None:
        self.doubt = doubt
        self._blocks = {(block.kind, block.name): block.at for block in script.routes}
        self._used: set[tuple[str, str]] = set()
        self.dynamic = False  # some route() or function computes the name when it runs
        self._mentioned = {
            s.value for s in script.settings if isinstance(s, nodes.ModParam) and isinstance(s.value, bytes)
        }

    def use(self, kind: str, name: str) -> bool:
        """Name a block; false where there is none."""
        self._used.add((kind, name))
        if kind == "route" and name == MAIN:
            return ("request_route", "") in self._blocks
        return (kind, name) in self._blocks

    def mention(self, text: bytes) -> None:
        """A text of the script: it may be the name of a block, for a function that takes it as a text."""
        self._mentioned.add(text)

    def near(self, kind: str, name: str) -> str:
        """`; did you mean ...` of the blocks of this kind."""
        return nearest(name, (n for k, n in self._blocks if k == kind))

    def argument(self, function: IScriptFunction, argument: bound.Argument, at: Position) -> None:
        """A function's argument names a block; one that is not there is accepted, as Kamailio does."""
        kind = _KINDS.get(function.constant_route or RouteType.REQUEST, "route")
        if not isinstance(argument, bound.Given):
            self.dynamic = True
        elif not self.use(kind, _full_name(function, argument.value)) and argument.value not in ("", MAIN):
            near = self.near(kind, argument.value)
            self.doubt(ConfigError(f"{function.name}(): there is no {kind}[{argument.value}]{near}", at))

    def unused(self) -> list[ConfigError]:
        """A warning for each block that nothing can ever run."""
        if self.dynamic:
            return []
        return [
            ConfigError(f"{kind}[{name}] is never {_USE.get(kind, 'run')}", at)
            for (kind, name), at in self._blocks.items()
            if name and kind != "event_route" and (kind, name) not in self._used and not self._is_mentioned(name)
        ]

    def _is_mentioned(self, name: str) -> bool:
        return name.encode() in self._mentioned


def _full_name(function: IScriptFunction, name: str) -> str:
    if function.constant_route is RouteType.BRANCH_FAILURE:
        return f"tm:branch-failure:{name}"
    return name

# -*- test-case-name: tests.script.test_strict -*-
"""strict: where a script relies on waiting as it is here, and Kamailio or OpenSIPS would do something else.

It is about waiting only: which functions, variables and statements there are at all, `sipapp compat` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sipapp.errors import ConfigError, Position
from sipapp.script import bound
from sipapp.script.callgraph import walk

_SLEEPS = frozenset(("async_sleep", "async_ms_sleep"))
_LEAVES = frozenset(("async_route", "async_ms_route", "async_task_route", "async_task_group_route"))
_MOST = {"async_route": 99, "async_sleep": 99, "async_ms_route": 29999, "async_ms_sleep": 29999}
_ENDLESS = frozenset(("exec", "sleep", "usleep"))  # OpenSIPS has no time limit for these
_BLOCKED = {
    "failure_route": "holds up its process (often that of the timers)",
    "branch_route": "holds up its process, once for each branch",
    "event_route": "holds up its process",
    "reply_route": "fails: there is no transaction yet",
}
_variables = re.compile(rb"\$\(?var\(([^()]*)\)").findall


def strict(blocks: Iterable[bound.RouteBlock], peer: str) -> list[ConfigError]:
    """What the peer would not do as it is done here, in order of the script."""
    blocks = list(blocks)
    made = _Kamailio(blocks) if peer == "kamailio" else _OpenSips(blocks)
    for block in blocks:
        made.kind = block.kind
        made.calls(block.body)
        made.statements(block.body, _is_called(block, blocks))
    return sorted(made.found, key=lambda error: (error.at or block.at)[:3])


class _Peer:
    """Looks for what both have no notion of."""

    name = ""
    kind = ""

    def __init__(self, blocks: list[bound.RouteBlock]) -> None:
        self.found: list[ConfigError] = []
        self.routes = {block.name: block.body for block in blocks if block.kind == "route"}

    def tell(self, at: Position, reason: str) -> None:
        self.found.append(ConfigError(f"{self.name}: {reason}", at))

    def calls(self, body: list[bound.Statement]) -> None:
        """Every call in a route, wherever it stands."""
        wrapped: set[int] = set()
        for node in walk(body):
            match node:
                case bound.Parallel():
                    self.tell(node.at, "knows no parallel block")
                case bound.Async(_, call, route):
                    wrapped.add(id(call))
                    self.resumed(node, call, route)
                case bound.Launch(_, call):
                    wrapped.add(id(call))
                    self.launched(node)
                case bound.Call() if id(node) not in wrapped:
                    self.call(node)

    def call(self, node: bound.Call) -> None:
        """A call that is not inside async() or launch()."""
        if node.function.asynchronous and node.function.suspends and node.function.module != "async":
            name = node.function.name
            self.tell(node.at, f"{name}() holds up its process until it is done; here only the script waits")

    def resumed(self, node: bound.Async, call: bound.Call, route: str) -> None:
        raise NotImplementedError

    def launched(self, node: bound.Launch) -> None:
        raise NotImplementedError

    def statements(self, body: list[bound.Statement], goes_on: bool) -> None:
        """Where the place of a statement among the others counts."""

    def lost(self, body: list[bound.Statement], behind: str) -> None:
        """Variables that are read, but had their value before a wait."""
        written: set[bytes] = set()
        for statement in body:
            for name, at in _reads(statement):
                if name not in written:
                    self.tell(at, f"$var({name.decode(errors='replace')}) does not outlive {behind}")
            written |= _written(statement)


class _Kamailio(_Peer):
    name = "Kamailio"

    def resumed(self, node: bound.Async, call: bound.Call, route: str) -> None:
        self.tell(node.at, "has no async() statement; async_route() and its like go on in another route")

    def launched(self, node: bound.Launch) -> None:
        self.tell(node.at, "has no launch(); async_task_data() runs a route beside the script")

    def call(self, node: bound.Call) -> None:
        super().call(node)
        name = node.function.name
        if node.function.module != "async" or name not in _MOST | dict.fromkeys(_LEAVES):
            return
        given = [a.value if isinstance(a, bound.Given) else None for a in node.arguments]
        most, time = _MOST.get(name), given[-1] if given else None
        if most is not None and isinstance(time, int) and time > most:
            self.tell(node.at, f"{name}() takes at most {most}; beyond that it returns -1 and nothing waits")
        if name in _LEAVES and isinstance(given[0], str) and given[0] in self.routes:
            self.lost(self.routes[given[0]], f"{name}() at {node.at}")

    def statements(self, body: list[bound.Statement], goes_on: bool) -> None:
        """goes_on: something runs behind this list, which a sleep in it never reaches."""
        for number, statement in enumerate(body):
            rest = body[number + 1 :]
            slept = _is_sleep(statement)
            if slept is not None:
                self.sleep(slept, rest, goes_on)
            for inner in _lists(statement):
                self.statements(inner, goes_on or bool(rest) or isinstance(statement, bound.While))
            for node in walk(statement):
                if isinstance(node, bound.Call) and node.function.name in _SLEEPS:
                    self.value(node, statement)

    def value(self, node: bound.Call, statement: bound.Statement) -> None:
        if not _stands_alone(node, statement):
            self.tell(node.at, f"{node.function.name}() fails (-1) where a value is wanted")

    def sleep(self, node: bound.Call, rest: list[bound.Statement], goes_on: bool) -> None:
        name = node.function.name
        if not rest:
            self.tell(node.at, f"{name}() fails (-1) as the last statement of a block")
        elif goes_on and not any(isinstance(one, (bound.Exit, bound.Drop)) for one in rest):
            self.tell(node.at, f"after {name}() only the rest of this block runs, not what comes behind the block")
        self.lost(rest, f"{name}() at {node.at}")


class _OpenSips(_Peer):
    name = "OpenSIPS"

    def call(self, node: bound.Call) -> None:
        name = node.function.name
        if node.function.module == "async":
            self.tell(node.at, f"has no {name}(): async(sleep(2), ROUTE) waits and goes on in another route")
        else:
            super().call(node)

    def resumed(self, node: bound.Async, call: bound.Call, route: str) -> None:
        how = _BLOCKED.get(self.kind)
        if how is not None:
            self.tell(node.at, f"async() in a {self.kind} {how}")
        if node.seconds and call.function.name in _ENDLESS:
            self.tell(node.at, f"{call.function.name}() inside async() takes no time limit")
        if route in self.routes:
            self.lost(self.routes[route], f"async() at {node.at}")

    def launched(self, node: bound.Launch) -> None:
        if node.route is not None and node.call.function.module == "exec":
            self.tell(node.at, f"route[{node.route}] does not run where nothing had to be waited for")


def _is_called(block: bound.RouteBlock, blocks: list[bound.RouteBlock]) -> bool:
    """Whether a route comes back to somebody: it may be called by route(NAME)."""
    if block.kind != "route":
        return False
    calls = (node for other in blocks for node in walk(other.body) if isinstance(node, bound.RouteCall))
    return any(call.name in (None, block.name) for call in calls)


def _is_sleep(statement: bound.Statement) -> bound.Call | None:
    """The sleep that a statement is."""
    if isinstance(statement, bound.Do) and isinstance(statement.expression, bound.Call):
        call = statement.expression
        return call if call.function.name in _SLEEPS else None
    return None


def _lists(statement: bound.Statement) -> Iterator[list[bound.Statement]]:
    """The lists of statements right inside a statement."""
    match statement:
        case bound.If(_, _, then, otherwise):
            yield then
            yield otherwise
        case bound.While(_, _, body):
            yield body
        case bound.Switch(_, _, cases):
            yield from (case.body for case in cases)
        case bound.Parallel(_, members):
            yield from (member.body for member in members)


def _stands_alone(call: bound.Call, statement: bound.Statement) -> bool:
    """The call is a statement, this one or one of those inside it; it is no part of an expression of this one."""
    if isinstance(statement, bound.Do):
        return statement.expression is call
    return any(node is call for inner in _lists(statement) for node in walk(inner))


def _reads(statement: bound.Statement) -> Iterator[tuple[bytes, Position]]:
    """The $var that a statement reads, by name, also those in texts."""
    targets = {id(node.target) for node in walk(statement) if isinstance(node, bound.Assign)}
    for node in walk(statement):
        if isinstance(node, (bound.Read, bound.Got, bound.Given)) and id(node) not in targets:
            for name in _variables(node.text):
                yield name, node.at


def _written(statement: bound.Statement) -> set[bytes]:
    """The $var that a statement may write."""
    return {n for node in walk(statement) if isinstance(node, bound.Assign) for n in _variables(node.target.text)}

# -*- test-case-name: tests.script.test_callgraph -*-
"""callgraph: which routes may suspend, and which may call themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sipapp.script import bound
from sipapp.script.node import Node
from sipapp.script.references import MAIN


def walk(thing: Any) -> Iterator[Node]:
    """Every bound node in a node or list of nodes, outermost first."""
    if isinstance(thing, Node):
        yield thing
        names: tuple[str, ...] = type(thing).__match_args__[1:]
        for name in names:
            inner = getattr(thing, name)
            if isinstance(inner, (Node, list, tuple)):
                yield from walk(inner)
    elif isinstance(thing, (list, tuple)):
        for one in thing:
            if isinstance(one, Node):
                yield from walk(one)


@dataclass
class _Facts:
    """What one block does by itself."""

    calls: set[str] = field(default_factory=set)  # route(NAME)
    computes: bool = False  # route($var(x))
    waits: bool = False


class CallGraph:
    """The blocks of a script by (kind, name); MAIN among the routes is the request_route."""

    def __init__(self, blocks: Iterable[bound.RouteBlock]) -> None:
        self._facts = {(block.kind, block.name): _facts(block) for block in blocks}
        main = self._facts.get(("request_route", ""))
        if main is not None:
            self._facts["route", MAIN] = main
        self.calls_main = any(MAIN in facts.calls for facts in self._facts.values())
        self._spread_waiting()

    def _spread_waiting(self) -> None:
        """Who calls what waits, waits; whoever computes a name may call any."""
        changed = True
        while changed:
            changed = False
            any_waits = self.any_waits
            for facts in self._facts.values():
                if not facts.waits and (
                    (facts.computes and any_waits) or any(self._waits(name) for name in facts.calls)
                ):
                    facts.waits = changed = True

    def _waits(self, name: str) -> bool:
        return self._facts["route", name].waits

    @property
    def any_waits(self) -> bool:
        """Some route that route() can reach may suspend."""
        return any(facts.waits for (kind, _), facts in self._facts.items() if kind == "route")

    def waits(self, kind: str, name: str) -> bool:
        """The block must be a coroutine function."""
        return self._facts[kind, name].waits

    def waiting(self) -> frozenset[str]:
        """The routes that may suspend."""
        return frozenset(name for kind, name in self._facts if kind == "route" and self._waits(name))

    def recursive(self) -> frozenset[str]:
        """The routes that may be called again before they have ended."""
        routes = [name for kind, name in self._facts if kind == "route"]
        everything = {name for name in routes if name != MAIN}
        direct = {
            name: facts.calls | (everything if facts.computes else set())
            for (kind, name), facts in self._facts.items()
            if kind == "route"
        }
        return frozenset(name for name in routes if _reaches(name, direct))


def _reaches(name: str, direct: dict[str, set[str]]) -> bool:
    """Whether a route can come back to itself."""
    seen: set[str] = set()
    waiting = list(direct[name])
    while waiting:
        other = waiting.pop()
        if other == name:
            return True
        if other not in seen:
            seen.add(other)
            waiting += direct[other]
    return False


def _facts(block: bound.RouteBlock) -> _Facts:
    facts = _Facts()
    launched: set[int] = set()
    for node in walk(block.body):
        match node:
            case bound.Launch(_, call):
                launched.add(id(call))  # it waits elsewhere
            case bound.Call(_, function):
                facts.waits = facts.waits or (function.suspends and id(node) not in launched)
            case bound.RouteCall(_, None):
                facts.computes = True
            case bound.RouteCall(_, str() as name):
                facts.calls.add(name)
            case bound.Async() | bound.Parallel():
                facts.waits = True
    return facts

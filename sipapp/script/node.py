# -*- test-case-name: tests.script.test_node -*-
"""node: the base of everything that the parser makes of a script.

Dataclasses in all but their price: the standard decorator takes 0.4 ms for each of the forty kinds of node, every
time that the server starts.
"""

from __future__ import annotations

from typing import Any, dataclass_transform

from sipapp.errors import Position


@dataclass_transform()
class NodeType(type):
    """Makes the annotated names of a class its slots and the arguments of its constructor, base class first."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> NodeType:
        own = tuple(namespace.get("__annotations__", ()))
        inherited: tuple[str, ...] = getattr(bases[0], "__match_args__", ()) if bases else ()
        defaults = dict(getattr(bases[0], "_defaults", {})) if bases else {}
        defaults.update((field, namespace.pop(field)) for field in own if field in namespace)
        namespace["__slots__"] = own
        namespace["__match_args__"] = inherited + own
        namespace["_defaults"] = defaults
        namespace["__init__"] = _constructor(inherited + own, defaults)
        return super().__new__(cls, name, bases, namespace)


def _constructor(fields: tuple[str, ...], defaults: dict[str, Any]) -> Any:
    arguments = ", ".join(f"{f}=defaults[{f!r}]" if f in defaults else f for f in fields)
    copies = {f for f, value in defaults.items() if isinstance(value, (list, dict))}
    lines = [
        f"self.{f} = {f}.copy() if {f} is defaults[{f!r}] else {f}" if f in copies else f"self.{f} = {f}"
        for f in fields
    ]
    made: dict[str, Any] = {}
    exec(f"def __init__(self, {arguments}):\n " + "\n ".join(lines or ["pass"]), {"defaults": defaults}, made)
    return made["__init__"]


class Node(metaclass=NodeType):
    """Anything of the script that has a place. Nodes are equal when they are of one kind and their fields are."""

    at: Position

    def __repr__(self) -> str:
        names: tuple[str, ...] = type(self).__match_args__[1:]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).__match_args__)

    __hash__ = None  # type: ignore[assignment]

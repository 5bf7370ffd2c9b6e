# -*- test-case-name: tests.message.test_owncode -*-
"""owncode: each kind of a thing gets code of its own.

The interpreter notes in a function's code which class it has met there, and is fast as long as it meets no other. What
two kinds inherit meets both: so each has a copy of it.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any, TypeVar

K = TypeVar("K", bound=type[Any])


def own_code(kind: K) -> K:
    """Copies of all methods and read-only properties that a class inherits."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__[1:-1]):
        found.update(vars(base))
    for name, one in found.items():
        if name in vars(kind):
            continue
        if isinstance(one, FunctionType):
            setattr(kind, name, _copy(one))
        elif isinstance(one, property) and one.fset is None:
            setattr(kind, name, property(_copy(one.fget), doc=one.__doc__))
    return kind


def _copy(function: Any) -> FunctionType:
    code = function.__code__.replace()
    copy = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    copy.__dict__.update(function.__dict__)
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__annotations__ = function.__annotations__
    copy.__qualname__ = function.__qualname__
    copy.__module__ = function.__module__
    copy.__doc__ = function.__doc__
    return copy

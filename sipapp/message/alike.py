# -*- test-case-name: tests.message.test_alike -*-
"""alike: objects that all begin alike are copies of the first one.

To run an `__init__` that fills forty slots costs ten times as much as to copy them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sipapp.message import leaf

K = TypeVar("K")


def maker(kind: Callable[..., K], *given: Any) -> Callable[[], K]:
    """What makes an object as `kind(*given)` does. Its attributes are the same objects each time, but for empty lists
    and dictionaries that nobody else holds."""
    first = kind(*given)
    if leaf.again is None or not _is_only_slots(type(first)):
        return partial(kind, *given)
    return leaf.again(first)  # type: ignore[no-any-return]


def _is_only_slots(kind: type[Any]) -> bool:
    """All that its objects are made of is references in slots."""
    slots = [name for base in kind.__mro__ for name in vars(base).get("__slots__", ())]
    pointer = object.__basicsize__ // 2
    return (
        not kind.__dictoffset__
        and not kind.__weakrefoffset__
        and kind.__basicsize__ == object.__basicsize__ + pointer * len(slots)
    )

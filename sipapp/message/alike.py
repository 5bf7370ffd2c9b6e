# -*- test-case-name: tests.message.test_alike -*-
"""alike: objects that all begin alike are copies of the first one.

To run an `__init__` that fills forty slots costs ten times as much as to copy them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat, starmap
from sys import getrefcount
from types import MemberDescriptorType
from typing import Any, TypeVar

from sipapp.message import leaf

K = TypeVar("K")
_LITERAL = (type(None), bool, int)


def maker(
    kind: Callable[..., K], *given: Any, filled: tuple[str, ...] = (), empty: Iterable[str] = ()
) -> Callable[..., K]:
    """What makes an object as `kind(*given)` does, but for the attributes that are `filled` with the arguments it gets.
    The others are the same objects each time, but for empty lists and dictionaries that nobody else holds. Those that
    whoever has one made fills in any case can be left `empty`, for to fill one twice costs twice as much."""
    first = kind(*given)
    if not _is_only_slots(type(first)):
        return partial(_as_ever, partial(kind, *given), filled)
    for name in (*filled, *empty):
        if hasattr(first, name):
            delattr(first, name)
    return (leaf.again or again)(first, filled)


def _as_ever(make: Callable[[], K], filled: tuple[str, ...], *given: Any) -> K:
    one = make()
    for name, value in zip(filled, given, strict=True):
        setattr(one, name, value)
    return one


def again(first: K, filled: tuple[str, ...]) -> Callable[..., K]:
    """What makes more objects like this one, where there is no C: a function that has an assignment for each slot, and
    nothing else. It takes a third of what the `__init__` takes."""
    # Called by an iterator, `__new__` gets the same arguments each time; called by us, a new tuple of them.
    known: dict[str, Any] = {"blanks": starmap(object.__new__, repeat((type(first),)))}
    source = [f"def make({', '.join(filled)}):", "one = next(blanks)", *(f"one.{name} = {name}" for name in filled)]
    for name in _slots(type(first)):
        value = getattr(first, name, known)
        if value is known:
            continue
        kind = value.__class__
        # What nobody else holds is held by the slot, `value` and the call.
        if kind in _LITERAL or (kind in (list, dict) and not value and getrefcount(value) == 3):
            text = repr(value)
        else:
            text = f"value_of_{name}"
            known[text] = value
        source.append(f"one.{name} = {text}")
    exec("\n ".join([*source, "return one"]), known)
    return known["make"]  # type: ignore[no-any-return]


def _slots(kind: type[Any]) -> list[str]:
    return [name for base in kind.__mro__ for name, one in vars(base).items() if type(one) is MemberDescriptorType]


def _is_only_slots(kind: type[Any]) -> bool:
    """All that its objects are made of is references in slots."""
    pointer = object.__basicsize__ // 2
    return (
        not kind.__dictoffset__
        and not kind.__weakrefoffset__
        and kind.__basicsize__ == object.__basicsize__ + pointer * len(_slots(kind))
    )

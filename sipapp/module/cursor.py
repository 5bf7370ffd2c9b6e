# -*- test-case-name: tests.module.test_cursor -*-
"""cursor: named places in lists, for the iterators that scripts walk with: start, next, prev, end.

They live as long as one run of the script, and stand over one message: where msg_apply_changes() has put another in
its place, they are at their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from sipapp.errors import ConfigError
from sipapp.script.runtime import Context

_T = TypeVar("_T")


class Span(Protocol):
    """What has a place in the message: offsets (bytes) from its start; a line's end is included."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_S = TypeVar("_S", bound=Span)


def iterator_name(text: bytes) -> bytes:
    """The name between the parentheses of a variable. Raises ConfigError: empty."""
    if not text:
        raise ConfigError("an iterator needs a name")
    return text


class Cursor(Generic[_T]):
    """A place in a list: before the first item, on one, or behind the last."""

    __slots__ = ("_at", "_items", "_message")

    def __init__(self, message: Any, items: Sequence[_T]) -> None:
        self._message = message
        self._items = items
        self._at = -1

    def next(self, message: Any) -> bool:
        """Go on; false behind the last item, and from then on."""
        if message is not self._message or self._at >= len(self._items):
            return False
        self._at += 1
        return self._at < len(self._items)

    def prev(self, message: Any) -> bool:
        """Go back; false before the first item, and behind the last, where there is no way back."""
        if message is not self._message or self._at >= len(self._items):
            return False
        self._at = max(self._at - 1, -1)
        return self._at >= 0

    def reset(self) -> None:
        """Before the first item."""
        self._at = -1

    def current(self, message: Any) -> _T | None:
        """The item that it is on."""
        if message is not self._message or not 0 <= self._at < len(self._items):
            return None
        return self._items[self._at]


class Cursors(Generic[_T]):
    """The cursors of one kind, by name; `key` is where they are kept for a run."""

    def __init__(self, key: str) -> None:
        self._key = key

    def start(self, ctx: Context, name: bytes, items: Sequence[_T]) -> None:
        """A new cursor before the first item; one of the same name is gone."""
        ctx.extra.setdefault(self._key, {})[name] = Cursor(ctx.message, items)

    def get(self, ctx: Context, name: bytes) -> Cursor[_T] | None:
        """The cursor of this name, if it was started."""
        found: Cursor[_T] | None = ctx.extra.get(self._key, {}).get(name)
        return found

    def current(self, ctx: Context, name: bytes) -> _T | None:
        """What the cursor of this name is on."""
        cursor = self.get(ctx, name)
        return None if cursor is None else cursor.current(ctx.message)

    def next(self, ctx: Context, name: bytes) -> bool:
        """Whether the cursor of this name could go on to an item."""
        cursor = self.get(ctx, name)
        return cursor is not None and cursor.next(ctx.message)

    def prev(self, ctx: Context, name: bytes) -> bool:
        """Whether the cursor of this name could go back to an item."""
        cursor = self.get(ctx, name)
        return cursor is not None and cursor.prev(ctx.message)

    def reset(self, ctx: Context, name: bytes) -> bool:
        """Put the cursor of this name before the first item; false where it was not started."""
        cursor = self.get(ctx, name)
        if cursor is None:
            return False
        cursor.reset()
        return True

    def drop(self, ctx: Context, name: bytes) -> bool:
        """Forget the cursor of this name; false where it was not started."""
        return ctx.extra.get(self._key, {}).pop(name, None) is not None


class SpanCursors(Cursors[_S]):
    """Cursors over pieces of the message, which is edited around them; false where the cursor is on none."""

    def delete(self, ctx: Context, name: bytes) -> bool:
        """Remove the piece that the cursor is on."""
        span = self.current(ctx, name)
        if span is not None:
            ctx.draft.delete(span.start, span.end)
        return span is not None

    def append(self, ctx: Context, name: bytes, text: bytes) -> bool:
        """Write a text behind the piece that the cursor is on."""
        span = self.current(ctx, name)
        if span is not None:
            ctx.draft.insert(span.end, text)
        return span is not None

    def insert(self, ctx: Context, name: bytes, text: bytes) -> bool:
        """Write a text before the piece that the cursor is on."""
        span = self.current(ctx, name)
        if span is not None:
            ctx.draft.insert(span.start, text)
        return span is not None

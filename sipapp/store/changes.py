# -*- test-case-name: tests.store.test_changes -*-
"""changes: what was done to an item here and is still to be done where the others see it.

A change is done to whatever the item is by then: an addition stays an addition. Several changes of one item that wait
become as few as can be, so that what waits while nobody can be reached stays as small as the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sipapp.interfaces.store import Stored
from sipapp.script.values import wrap


class State(NamedTuple):
    """An item: its value, and the last second in which it is there; 0: it stays."""

    value: Stored
    expires: int

    def packed(self) -> bytes:
        """`1795345200:ttext`, `0:i5`."""
        value = self.value
        return b"%d:i%d" % (self.expires, value) if isinstance(value, int) else b"%d:t%b" % (self.expires, value)

    @classmethod
    def unpacked(cls, data: bytes) -> State:
        """Raises ValueError: it is none."""
        expires, _, value = data.partition(b":")
        if value[:1] == b"t":
            return cls(value[1:], int(expires))
        if value[:1] == b"i":
            return cls(int(value[1:]), int(expires))
        raise ValueError(f"no item: {data[:80]!r}")


@dataclass(frozen=True, slots=True)
class Put:
    """The item is this from now on; None: it is there no more. new: only where it is not there yet."""

    state: State | None
    new: bool = False

    def on(self, state: State | None) -> State | None:
        return state if self.new and state is not None else self.state

    def words(self) -> tuple[bytes, bytes, bytes, bytes]:
        """What the script of the server is given for it."""
        if self.state is None:
            return b"d", b"", b"", b""
        return b"n" if self.new else b"p", self.state.packed(), b"", b""


@dataclass(frozen=True, slots=True)
class Add:
    """A number is so much more; amount None: only its end is another. initial: where an item that is not there begins,
    None: it does not.

    new: the end of one that begins; old: of one that is there, None: as it is.
    """

    amount: int | None
    initial: int | None
    new: int
    old: int | None

    def on(self, state: State | None) -> State | None:
        if state is None:
            if self.amount is None or self.initial is None:
                return None
            return State(wrap(self.initial + self.amount), self.new)
        if self.amount is not None and not isinstance(state.value, int):
            return state
        value = state.value if self.amount is None else wrap(int(state.value) + self.amount)
        return State(value, state.expires if self.old is None else self.old)

    def then(self, other: Add) -> Add | None:
        """Both as one; None: that cannot be said in one."""
        if self.amount is None:
            return Add(other.amount, other.initial, other.new, self.old if other.old is None else other.old)
        if self.initial is None and other.amount is not None and other.initial is not None:
            return None
        amount = self.amount + (other.amount or 0)
        if other.old is None:
            return Add(amount, self.initial, self.new, self.old)
        return Add(amount, self.initial, other.old, other.old)

    def words(self) -> tuple[bytes, bytes, bytes, bytes]:
        amount, initial, old = (b"" if n is None else b"%d" % n for n in (self.amount, self.initial, self.old))
        return b"a", amount, initial, b"%d:%b" % (self.new, old)


@dataclass(frozen=True, slots=True)
class Over:
    """The item goes if its time was over before this second. told: whoever removes it tells of it."""

    second: int
    told: bool

    def on(self, state: State | None) -> State | None:
        return None if state is not None and 0 < state.expires < self.second else state

    def words(self) -> tuple[bytes, bytes, bytes, bytes]:
        return b"x", b"%d" % self.second, b"t" if self.told else b"", b""


Change = Put | Add | Over


def after(state: State | None, changes: Iterable[Change]) -> State | None:
    """What an item is after these changes."""
    for change in changes:
        state = change.on(state)
    return state


def join(changes: list[Change], change: Change) -> None:
    """One more change of an item, behind those that wait."""
    last = changes[-1] if changes else None
    if isinstance(change, Put) and not change.new:
        changes[:] = [c for c in changes if isinstance(c, Over) and c.told]
        changes.append(change)
    elif isinstance(last, Put) and not last.new and not (isinstance(change, Over) and change.told):
        changes[-1] = Put(change.on(last.state))
    elif isinstance(last, Add) and isinstance(change, Add) and (both := last.then(change)) is not None:
        changes[-1] = both
    elif change != last:
        changes.append(change)

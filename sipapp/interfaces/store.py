# -*- test-case-name: tests.interfaces.test_store -*-
"""store: tables that all runs of the script share, and beyond this process all workers or machines.

A table is asked without waiting, for variables read it: a backend of this process answers from memory; one of several
processes from shared memory; one of several machines from a copy here, and sends on what was changed, an addition as
an addition. Keys are bytes, values integers or bytes, times whole seconds of the server's clock: what every backend
can keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

Stored = int | bytes

Expired = Callable[[bytes, Stored], None]
"""Told of an item whose time was over: (key, value)."""


class ITable(Interface):
    """One shared table. Items whose time is over are not there any more, for every method."""

    name: bytes = Attribute("its name, the same wherever it is shared")

    def __len__() -> int:
        """How many items there are."""

    def get(key: bytes) -> Stored | None:
        """The value of an item; None: there is no such item."""

    def put(key: bytes, value: Stored, lifetime: int | None = None) -> None:
        """Set an item, new or not. lifetime: s from now on; None: what the table does by itself."""

    def add(key: bytes, amount: int, initial: int | None = None) -> int | None:
        """Add to a number, at once for all who share the table; its new value.

        An item that is not there begins at `initial`. None: it is a text, or not there and `initial` is None.
        """

    def delete(key: bytes) -> bool:
        """Remove an item; whether it was there."""

    def clear() -> None:
        """Remove every item; nobody is told of expired ones."""

    def items() -> Iterator[tuple[bytes, Stored]]:
        """Every (key, value), of the moment of the call: items may be changed on the way."""

    def remove(unwanted: Callable[[bytes, Stored], bool]) -> int:
        """Remove the items for which `unwanted(key, value)` is true; how many they were."""

    def replace(items: dict[bytes, tuple[Stored, int | None]]) -> None:
        """Have these items, (value, lifetime as in `put`) by key, in place of all others."""

    def lifetime(key: bytes) -> int | None:
        """For how long (s) an item is still there; 0: for ever. None: there is no such item."""

    def expire(key: bytes, lifetime: int | None) -> bool:
        """Let an item live for so long (s) from now on, 0: to the end of this second; None: for ever. Whether it is
        there."""

    def on_expired(callback: Expired) -> None:
        """Call this for each item whose time is over, once it is gone, in one of those who share the table."""

    def lock(key: bytes, holder: Any) -> Deferred[None] | None:
        """Hold the lock of a key; None: at once. Fires when it is the holder's turn; cancelling gives the place up.

        A holder may take a lock that it has once more, and must let it go as often.
        """

    def unlock(key: bytes) -> None:
        """Let the lock of a key go, whoever holds it; the one who waits longest has it next."""

    def unlock_all(holder: Any) -> None:
        """Let every lock go that the holder has."""


class IStore(Interface):
    """Where tables are kept."""

    shared: bool = Attribute("whether other processes may have the same tables")

    def start() -> Any:
        """Have what others share. Before the first table is asked for; may answer a Deferred.

        Raises ConfigError, or fails with it: the tables cannot be kept there.
        """

    def table(name: bytes, lifetime: int = 0, renew: bool = True) -> ITable:
        """The table of this name, made where it is new.

        lifetime: of a new item (s); 0: for ever. renew: `put` and `add` begin it anew for an item that is there.
        """

    def stop() -> Any:
        """The server goes down. May answer a Deferred."""

# -*- test-case-name: tests.modules.test_cachedb_local -*-
"""cache: what OpenSIPS' cache_*() functions keep values in: one kind of store for each scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from collections.abc import Awaitable


class ICache(Interface):
    """Each method answers an awaitable and fails with ScriptError. `group` is "" where the script names none; times are
    in seconds, 0 for ever."""

    scheme: str = Attribute("what stands first in a store's id: `local`, `redis`")

    def store(group: str, key: bytes, value: bytes, seconds: int) -> Awaitable[None]:
        """Keep a value."""

    def fetch(group: str, key: bytes) -> Awaitable[bytes | None]:
        """The value; None where there is none."""

    def remove(group: str, key: bytes) -> Awaitable[None]:
        """Forget a value."""

    def add(group: str, key: bytes, number: int, seconds: int) -> Awaitable[int]:
        """Add to a counter, which is 0 where there is none: the new value."""

    def query(group: str, query: bytes) -> Awaitable[list[Any]]:
        """The rows, each a list of values, that a command in the store's own language answers."""

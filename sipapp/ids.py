# -*- test-case-name: tests.test_ids -*-
"""ids: branch parameters, tags and Call-IDs; random ones in service, counted ones in tests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from itertools import chain, count, repeat
from operator import add

from zope.interface import Interface, implementer

MAGIC_COOKIE = b"z9hG4bK"


class IIdSource(Interface):
    """Where new identifiers come from."""

    def branch() -> bytes:
        """A new branch parameter, magic cookie included. RFC 3261 §8.1.1.7."""

    def tag() -> bytes:
        """A new tag. RFC 3261 §19.3."""

    def call_id() -> bytes:
        """A new Call-ID. RFC 3261 §8.1.1.4."""


_ENDS = [b"%02x" % number for number in range(256)]


def _counted(prefix: bytes) -> Callable[[], bytes]:
    """What counts on behind `prefix`, from a random number. To put two texts together costs a third of a format."""

    def some(number: int) -> Iterator[bytes]:
        return map(add, repeat(prefix + b"%x" % number), _ENDS)

    return chain.from_iterable(map(some, count(secrets.randbits(24)))).__next__


@implementer(IIdSource)
class RandomIds:
    """Unguessable start, then counted: unique for the life of the process, and cheap."""

    def __init__(self) -> None:
        start = secrets.token_hex(6).encode()
        self._prefix = start + b"-"
        self._branch = _counted(MAGIC_COOKIE + start + b".")
        self._tag = _counted(self._prefix)

    def branch(self) -> bytes:
        new = self._branch
        return new()

    def tag(self) -> bytes:
        new = self._tag
        return new()

    def call_id(self) -> bytes:
        return b"%b%b" % (self._prefix, secrets.token_hex(8).encode())


@implementer(IIdSource)
class CountedIds:
    """1, 2, 3, ...: what tests can write down beforehand."""

    def __init__(self) -> None:
        self._next = count(1).__next__

    def branch(self) -> bytes:
        return b"z9hG4bK-%d" % self._next()

    def tag(self) -> bytes:
        return b"tag-%d" % self._next()

    def call_id(self) -> bytes:
        return b"call-%d" % self._next()

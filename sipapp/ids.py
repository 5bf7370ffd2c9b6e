# -*- test-case-name: tests.test_ids -*-
"""ids: branch parameters, tags and Call-IDs; random ones in service, counted ones in tests."""

from __future__ import annotations

import secrets
from itertools import count

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


@implementer(IIdSource)
class RandomIds:
    """Unguessable start, then counted: unique for the life of the process, and cheap."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(6).encode() + b"-"
        self._branch = MAGIC_COOKIE + self._prefix[:-1] + b"."
        self._next = count(secrets.randbits(24)).__next__

    def branch(self) -> bytes:
        number = self._next
        return self._branch + b"%x" % number()  # with both in one format it costs twice as much

    def tag(self) -> bytes:
        number = self._next
        return self._prefix + b"%x" % number()

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

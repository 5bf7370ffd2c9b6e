# -*- test-case-name: tests.message.test_auth -*-
"""auth: the values of Authorization, Proxy-Authorization and of the challenges to them. RFC 3261 §20.7, RFC 8760."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self

from sipapp.errors import ParseError
from sipapp.message.grammar import AUTH_PARAM
from sipapp.message.headers import is_token
from sipapp.message.parameters import unquote

_PARAM = re.compile(AUTH_PARAM, re.DOTALL).match


class Authentication:
    """A scheme and its parameters; never changes. `bytes(value)` is the text as received.

    `scheme` is as received, names are in lower case; of two with one name the first counts.
    """

    __slots__ = ("_items", "scheme", "text")

    def __init__(self, text: bytes, scheme: bytes, items: dict[bytes, bytes]) -> None:
        self.text = text
        self.scheme = scheme
        self._items = items

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """One header field's value. Raises ParseError: no scheme, a malformed parameter."""
        scheme, *rest = value.split(None, 1) or (b"",)
        if not is_token(scheme):
            raise ParseError("malformed authentication scheme")
        text = rest[0].strip() if rest else b""
        items: dict[bytes, bytes] = {}
        at = 0
        while at < len(text):
            match = _PARAM(text, at)
            if match is None:
                raise ParseError("malformed authentication parameter", at)
            items.setdefault(match[1].lower(), match[2])
            at = match.end()
        return cls(value, scheme, items)

    @property
    def is_digest(self) -> bool:
        return self.scheme.lower() == b"digest"

    def get(self, name: bytes) -> bytes | None:
        """A parameter's value without its quotes; None where it is absent."""
        value = self._items.get(name)
        return None if value is None else unquote(value)

    def __contains__(self, name: bytes) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """(name in lower case, value as received), in order."""
        return iter(self._items.items())

    @property
    def username(self) -> bytes | None:
        return self.get(b"username")

    @property
    def realm(self) -> bytes | None:
        return self.get(b"realm")

    @property
    def nonce(self) -> bytes | None:
        return self.get(b"nonce")

    @property
    def uri(self) -> bytes | None:
        return self.get(b"uri")

    @property
    def response(self) -> bytes | None:
        return self.get(b"response")

    @property
    def algorithm(self) -> bytes | None:
        """As received; None means MD5 (RFC 3261 §22.4)."""
        return self.get(b"algorithm")

    @property
    def cnonce(self) -> bytes | None:
        return self.get(b"cnonce")

    @property
    def opaque(self) -> bytes | None:
        return self.get(b"opaque")

    @property
    def qop(self) -> bytes | None:
        return self.get(b"qop")

    @property
    def nc(self) -> bytes | None:
        return self.get(b"nc")

    def __bytes__(self) -> bytes:
        return self.text

    def __repr__(self) -> str:
        """Without what it proves: it may end in a log."""
        return f"{type(self).__name__}({self.scheme!r}, realm={self.realm!r})"


class Credentials(Authentication):
    """An Authorization or Proxy-Authorization."""

    __slots__ = ()


class Challenge(Authentication):
    """A WWW-Authenticate or Proxy-Authenticate."""

    __slots__ = ()

    @property
    def stale(self) -> bool:
        """The nonce was right once. RFC 3261 §22.2."""
        return (self.get(b"stale") or b"").lower() == b"true"

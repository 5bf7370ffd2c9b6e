# -*- test-case-name: tests.message.test_parameters -*-
"""parameters: the `;name=value` list of a URI, an address, a Via or any other header field's value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipapp.errors import ParseError
from sipapp.message.grammar import GENERIC_PARAM
from sipapp.message.leaf import parameters

_PARAMETER = re.compile(GENERIC_PARAM, re.DOTALL).match
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def unquote(value: bytes) -> bytes:
    """A quoted string's content with its escapes undone; anything else as it is. RFC 3261 §25.1."""
    if len(value) >= 2 and value[:1] == b'"' == value[-1:]:
        return _ESCAPED.sub(rb"\1", value[1:-1]) if b"\\" in value else value[1:-1]
    return value


def quote(text: bytes) -> bytes:
    """`text` as a quoted string."""
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


class Parameters:
    """An ordered list of parameters; names compare without case, of two with one name the first counts.

    Never changes. `bytes(parameters)` is the text after the first `;`, as received.
    """

    __slots__ = ("_items", "text")

    def __init__(self, text: bytes, items: dict[bytes, bytes | None]) -> None:
        self.text = text
        self._items = items

    @classmethod
    def parse(cls, text: bytes) -> Parameters:
        """Parameters from the text after the first `;`. Those without a name (`;;`, `;=x`) are left out.

        Raises ParseError: a quote that never ends, white space within a name or value.
        """
        if not text:
            return NONE
        items = parameters(text)
        if items is None:
            items = _parse_any(text)
        return cls(text, items)

    def get(self, name: bytes, default: bytes | None = None) -> bytes | None:
        """The value of `name` (lower case) as received, quotes included; b"" for `;name=`.

        `default` where it is absent or has no value: `in` tells which.
        """
        value = self._items.get(name)
        return default if value is None else value

    def __contains__(self, name: bytes) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[tuple[bytes, bytes | None]]:
        """(name in lower case, value or None where there is no `=`), in order."""
        return iter(self._items.items())

    def __len__(self) -> int:
        return len(self._items)

    def __bytes__(self) -> bytes:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and self._items == other._items

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return f"Parameters({self.text!r})"


def _parse_any(text: bytes) -> dict[bytes, bytes | None]:
    items: dict[bytes, bytes | None] = {}
    at = 0
    while at < len(text):
        match = _PARAMETER(text, at)
        if match is None:
            raise ParseError(f"malformed parameter {text[at : at + 40]!r}", at)
        name, value = match.groups()
        if name:
            items.setdefault(name.lower(), value)
        at = match.end()
    return items


NONE = Parameters(b"", {})

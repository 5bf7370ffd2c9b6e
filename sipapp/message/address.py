# -*- test-case-name: tests.message.test_address -*-
"""address: a name-addr or addr-spec with its parameters: From, To, Contact, Route, Record-Route, ... RFC 3261 §20."""

from __future__ import annotations

import re
from typing import Any

from sipapp.errors import ParseError
from sipapp.message import grammar
from sipapp.message.headers import split_spans
from sipapp.message.leaf import address_parts
from sipapp.message.parameters import NONE, Parameters, unquote
from sipapp.message.uri import Uri

_NAME_ADDR = re.compile(grammar.NAME_ADDR, re.DOTALL).fullmatch
_ADDR_SPEC = re.compile(grammar.ADDR_SPEC, re.DOTALL).fullmatch
_UNREAD: Any = object()


class Address:
    """One address; never changes. `bytes(address)` is its text as received.

    `display` is the display name as received, quotes included, b"" where there is none; `uri` the URI's text.
    """

    __slots__ = ("_parameters", "_parsed_uri", "_tag", "_tail", "display", "text", "uri")

    def __init__(self, text: bytes, display: bytes, uri: bytes, tail: bytes, tag: bytes | None = _UNREAD) -> None:
        self.text = text
        self.display = display
        self.uri = uri
        self._tail = tail
        self._tag = tag
        self._parameters: Parameters | None = None
        self._parsed_uri: Uri | None = None

    @classmethod
    def parse(cls, text: bytes) -> Address:
        """One address.

        Raises ParseError: quotes or <> that do not match, something after the URI that is no parameter.
        """
        parts = address_parts(text)
        if parts is not None:
            return cls(text, *parts)
        stripped = text.strip()
        match = _NAME_ADDR(stripped)
        if match is None:
            match = _ADDR_SPEC(stripped)
            if match is None:
                raise ParseError(f"malformed address {text[:60]!r}")
            # Without <> a parameter belongs to the header field, not to the URI. RFC 3261 §20.10.
            return cls(text, b"", match[1], match[2] or b"")
        display, uri, tail = match.groups()
        uri = uri.strip()
        if not uri:
            raise ParseError("an address without a URI")
        return cls(text, display.rstrip(), uri, tail or b"")

    @property
    def parameters(self) -> Parameters:
        """The header field's parameters. Raises ParseError: malformed."""
        parameters = self._parameters
        if parameters is None:
            parameters = self._parameters = Parameters.parse(self._tail) if self._tail else NONE
        return parameters

    @property
    def tag(self) -> bytes | None:
        """The tag parameter. Raises ParseError: malformed parameters."""
        tag = self._tag
        if tag is _UNREAD:
            tag = self._tag = self.parameters.get(b"tag")
        return tag

    @property
    def parsed_uri(self) -> Uri:
        """The URI. Raises ParseError: malformed."""
        uri = self._parsed_uri
        if uri is None:
            uri = self._parsed_uri = Uri.parse(self.uri)
        return uri

    @property
    def display_name(self) -> bytes:
        """The display name without its quotes and escapes."""
        return unquote(self.display)

    def __bytes__(self) -> bytes:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Address({self.text!r})"


def parse_addresses(value: bytes) -> list[Address]:
    """The addresses of a header field that takes several. Raises ParseError: one is malformed."""
    return [Address.parse(value[start:end]) for start, end in split_spans(value)]

# -*- test-case-name: tests.message.test_request -*-
"""request: a SIP request. RFC 3261 §7.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.message.message import Message
from sipapp.message.owncode import own_code
from sipapp.message.uri import Uri, check_uri

if TYPE_CHECKING:
    from sipapp.message.leaf import Head


@own_code
class Request(Message):
    """A request. `method` and `uri` are as received; methods compare with case."""

    __slots__ = ("method", "uri")

    def __init__(
        self,
        raw: bytes,
        head: Head,
        method: bytes,
        uri: bytes,
        version: bytes,
        flow: Any = None,
        received_at: float = 0.0,
        number: int = 0,
    ) -> None:
        self._begin(raw, head, version, flow, received_at, number)
        self.method = method
        self.uri = uri

    def check_uri(self) -> None:
        """Raises ParseError: the Request-URI is malformed."""
        check_uri(self.uri)

    @property
    def parsed_uri(self) -> Uri:
        """The Request-URI as received. Raises ParseError: malformed."""
        uri: Uri | None = self._parsed_uri
        if uri is None:
            uri = self._parsed_uri = Uri.parse(self.uri)
        return uri

    def __repr__(self) -> str:
        return f"<Request {self.method.decode('latin-1')} {self.uri.decode('latin-1')}>"

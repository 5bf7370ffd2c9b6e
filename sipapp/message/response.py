# -*- test-case-name: tests.message.test_response -*-
"""response: a SIP response. RFC 3261 §7.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.message.message import Message
from sipapp.message.owncode import own_code

if TYPE_CHECKING:
    from sipapp.message.draft import Draft
    from sipapp.message.leaf import Head


@own_code
class Response(Message):
    """A response: `status` 100 to 699, `reason` as received."""

    __slots__ = ("draft", "reason", "status")

    def __init__(
        self,
        raw: bytes,
        head: Head,
        version: bytes,
        status: int,
        reason: bytes,
        flow: Any = None,
        received_at: float = 0.0,
        number: int = 0,
    ) -> None:
        self._begin(raw, head, version, flow, received_at, number)
        self.status = status
        self.reason = reason
        self.draft: Draft | None = None  # what reply_route has done to it, for whoever sends it on

    @property
    def method(self) -> bytes:
        """The method of the request that it answers, from CSeq; b"" where that is absent.

        Raises ParseError: malformed CSeq.
        """
        method = self.head.method
        if method is not None:
            return method
        cseq = self.cseq
        return b"" if cseq is None else cseq.method

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.reason.decode('latin-1')}>"

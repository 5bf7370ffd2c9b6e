# -*- test-case-name: tests.transaction.test_matching -*-
"""matching: by which key a message finds its transaction. RFC 3261 §17.1.3, §17.2.3, §9.2.

A key holds more than the RFC asks for, Call-ID and CSeq number: there are clients that use one branch for ever.
Requests that loop or merge (§8.2.2.2) have other branches, so they are other transactions.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.ids import MAGIC_COOKIE
from sipapp.message.head import key_of

if TYPE_CHECKING:
    from sipapp.message.request import Request


class Matching:
    """What counts when a client is older than RFC 3261, whose branches (if any) have no magic cookie."""

    __slots__ = ("request_uri", "via")

    def __init__(self, request_uri: bool = True, via: bool = True) -> None:
        self.request_uri = request_uri
        self.via = via

    def server_key(self, request: Request, method: bytes | None = None) -> Hashable:
        """The key of a request's server transaction; `method` b"INVITE" is for the ACK and CANCEL that go with one.

        Raises ParseError: a header field that it needs is absent or malformed.
        """
        method = method or request.method
        known = request.head.key(method)
        if known is not None:
            return known
        via = request.via
        cseq = request.cseq
        if via is None or cseq is None:
            raise ParseError("neither Via nor CSeq to match it by")
        branch = via.branch
        if branch is not None and branch.startswith(MAGIC_COOKIE):
            return key_of(method, cseq.number, via.port or 0, via.host, request.call_id, branch)
        from_ = request.from_
        to = request.to
        return (
            bytes(via) if self.via else b"",
            request.uri if self.request_uri else b"",
            from_.tag if from_ is not None else None,
            to.uri if to is not None else None,  # its tag comes with the response, and is in the ACK
            request.call_id,
            cseq.number,
            method,
        )


def client_key(branch_id: bytes, method: bytes) -> bytes:
    """The key of a client transaction: its branch; a CANCEL has the one of its INVITE. RFC 3261 §17.1.3."""
    return b"CANCEL " + branch_id if method == b"CANCEL" else branch_id

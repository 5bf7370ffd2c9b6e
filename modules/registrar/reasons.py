# -*- test-case-name: tests.modules.registrar.test_reasons -*-
"""reasons: why a registration is refused, and what the peer is told of it: RFC 3261 §10.3, and Kamailio's own header
field P-Registrar-Error."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import PeerError
from sipapp.interfaces.location import Contact


class Reason(NamedTuple):
    """A status, its phrase, and what went wrong."""

    status: int
    phrase: bytes
    error: bytes


def _bad(error: bytes) -> Reason:
    return Reason(400, b"Bad Request", error)


FINE = Reason(200, b"OK", b"No problem")
BAD_ADDRESS = _bad(b"Error while parsing AOR")
BAD_CONTACT = _bad(b"Contact parse error")
BAD_PATH = _bad(b"Path parse error")
BAD_METHODS = _bad(b"Message parse error")
BAD_Q = _bad(b"Invalid q param in contact")
BAD_REG_ID = _bad(b"Invalid Reg-Id number")
BAD_CSEQ = _bad(b"Invalid CSeq number")
STAR_EXPIRES = _bad(b"* used in contact and expires is not zero")
STAR_CONTACTS = _bad(b"* used in contact and more than 1 contact")
LONG_CONTACT = _bad(b"Contact/received too long")
LONG_CALL_ID = _bad(b"Callid too long")
LONG_ADDRESS = Reason(500, b"Server Internal Error", b"Address Of Record too long")
NO_PATH = Reason(420, b"Bad Extension", b"No support for found Path indicated")
NO_OUTBOUND_HERE = Reason(420, b"Bad Extension", b"No support for Outbound on server")
NO_OUTBOUND_THERE = Reason(421, b"Extension Required", b"No support for Outbound indicated")
NO_OUTBOUND_BETWEEN = Reason(439, b"First Hop Lacks Outbound Support", b"No support for Outbound on edge proxy")
TOO_BRIEF = Reason(423, b"Interval Too Brief", b"Interval too brief")
TOO_MANY = Reason(503, b"Service Unavailable", b"Too many registered contacts")
FAILED = Reason(500, b"Server Internal Error", b"usrloc_record_get failed")


class Refused(PeerError):
    """The registration is not made: nothing has changed."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.error.decode(), why.status)
        self.why = why
        self.contacts: list[Contact] = []  # that there are, if it had come to them

# -*- test-case-name: tests.message.test_cseq -*-
"""cseq: the CSeq header field. RFC 3261 §20.16."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.headers import is_token
from sipapp.message.leaf import cseq_parts

_made = tuple.__new__

HIGHEST = 2**32 - 1
"""RFC 3261 §8.1.1.5 wants less than 2**31; what fits 32 bits is taken from a peer."""


class CSeq(NamedTuple):
    """A sequence number and its method."""

    number: int
    method: bytes

    @classmethod
    def parse(cls, value: bytes) -> CSeq:
        """Raises ParseError: no number, a number that does not fit 32 bits, no method."""
        parts = cseq_parts(value)
        if parts is not None:
            return _made(cls, parts)
        pieces = value.split()
        if len(pieces) != 2 or not pieces[0].isdigit() or not is_token(pieces[1]):
            raise ParseError(f"malformed CSeq {value[:40]!r}")
        digits, method = pieces
        number = int(digits) if len(digits) < 11 else int(digits.lstrip(b"0")[:11] or b"0")
        if number > HIGHEST:
            raise ParseError("a CSeq number beyond 32 bits")
        return _made(cls, (number, method))

    def __bytes__(self) -> bytes:
        return b"%d %b" % (self.number, self.method)

# -*- test-case-name: tests.workers.test_ownership -*-
"""ownership: which worker a message belongs to, told from its bytes.

All messages of a call have its Call-ID: the worker is the remainder of a hash of it. A response to a request that a
worker has sent itself belongs to that worker whatever its Call-ID: our branch parameter names it.
"""

from __future__ import annotations

import re
from zlib import adler32

from sipapp.ids import MAGIC_COOKIE

MOST = 64
"""Bytes of a Call-ID that count."""

SPREAD = 2654435761
"""Adler-32 of texts that are alike is alike; multiplied by this (Knuth's), the bits 16 to 31 are not."""

_field = re.compile(rb"\n(?:call-id|i)[ \t]*:([^\r\n]*)", re.IGNORECASE).search


def call_id_of(data: bytes) -> bytes:
    """The Call-ID of a message, b"" where it has none. Nothing else of it is looked at."""
    end = data.find(b"\r\n\r\n")
    at = data.find(b"\nCall-ID:", 0, end)
    if at >= 0:
        return data[at + 9 : data.find(b"\r", at)].strip()
    found = _field(data, 0, end if end >= 0 else len(data))
    return found[1].strip() if found else b""


def worker_of(call_id: bytes, count: int) -> int:
    """1 to `count`."""
    return ((adler32(call_id[:MOST]) * SPREAD & 0xFFFFFFFF) >> 16) % count + 1


class Ownership:
    """What one worker, `number` of `count`, knows of who owns what. `mark` is the server's own, in all its branches."""

    def __init__(self, number: int, count: int, mark: bytes) -> None:
        self.number = number
        self.count = count
        self.prefix = MAGIC_COOKIE + mark + b"%02x" % number
        self._ours = MAGIC_COOKIE + mark
        self._at = len(self._ours)

    def of(self, data: bytes) -> int:
        """The number of the worker that a message belongs to; this one's for what has no Call-ID."""
        if data.startswith(b"SIP/2.0 "):
            at = data.find(self._ours)  # the first is that of the topmost Via
            if at >= 0:
                worker = _number(data[at + self._at : at + self._at + 2])
                if 0 < worker <= self.count:
                    return worker
        call_id = call_id_of(data)
        return worker_of(call_id, self.count) if call_id else self.number

    def is_mine(self, call_id: bytes) -> bool:
        """A call with this Call-ID is this worker's."""
        return worker_of(call_id, self.count) == self.number


def _number(text: bytes) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0

# -*- test-case-name: tests.module.test_hashes -*-
"""hashes: Kamailio's string hash, where scripts or tools can see what came of it."""

from __future__ import annotations

_MASK = 0xFFFFFFFF


def kamailio_hash(first: bytes, second: bytes = b"", slots: int = 0) -> int:
    """The number of a string or two. slots: a power of two to be counted within; 0: all 32 bits.

    Where Kamailio minds no letter case, it is the hash of `first.lower()`.
    """
    h = _mix(0, first)
    if second:
        h = _mix(h, second)
    h = (h + (h >> 11) + (h >> 13) + (h >> 23)) & _MASK
    return h & (slots - 1) if slots else h


def _mix(h: int, text: bytes) -> int:
    """Four bytes at a time, most significant first; bytes above 127 count as negative, as C's char does."""
    whole = len(text) & ~3
    for at in range(0, whole, 4):
        v = 0
        for byte in text[at : at + 4]:
            v = (v << 8) + (byte - 256 if byte > 127 else byte)
        v &= _MASK
        h = (h + (v ^ (v >> 3))) & _MASK
    v = 0
    for byte in text[whole:]:
        v = ((v << 8) + (byte - 256 if byte > 127 else byte)) & _MASK
    return (h + (v ^ (v >> 3))) & _MASK

# -*- test-case-name: tests.modules.test_textops_hexa -*-
"""hexa: bytes written as pairs of hexadecimal digits, for bodies that a script cannot write as text."""

from __future__ import annotations

from binascii import Error, unhexlify


def from_hex(text: bytes) -> bytes | None:
    """The bytes; blanks and tabs between pairs count nothing. None: other characters, half a pair, or no pair."""
    try:
        return unhexlify(b"".join(text.replace(b"\t", b" ").split(b" "))) or None
    except Error:
        return None

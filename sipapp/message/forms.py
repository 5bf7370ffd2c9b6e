# -*- test-case-name: tests.message.test_forms -*-
"""forms: the values that every message has, as nearly everybody writes them: what they hold. Part of `leaf_pure`.

The front of a Via, From or To is the same again and again, up to the branch or tag: it is known by heart. What is left
to read is one text without white space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.message.byheart import Memory
from sipapp.message.plain import (
    BROADCAST,
    PLAIN_ADDRESS,
    PLAIN_VIA,
    PLAIN_VIAS,
    cseq_parts,
    has,
    parameter,
)

_SPACE = b" \t\r\n\f\v"
_NOT_IN_VIA = _SPACE + b'",'
_NOT_IN_TAG = _SPACE + b'",<>;'

ViaForm = tuple[bytes, bytes, bytes, bytes | None, bytes | None, bool, bytes | None, bytes]
"""Of a Via field: all of its value; transport, host, port and branch of its first value; whether a request that has it
on top is answered where it came from: it has `rport`, and no `maddr`. What stands before and after the branch, where
it has only one value; None where that is not known."""


def _front_of_via(front: bytes) -> tuple[bytes, bytes, bytes | None, bool] | None:
    match = PLAIN_VIA(front)
    if match is None or front[-1:] != b";" or front.find(BROADCAST) >= 0:
        return None
    transport, host, digits, tail = match.groups()
    return None if tail.lower().find(b"branch") >= 0 else (transport, host, digits, _is_symmetric(tail))


def _is_symmetric(tail: bytes | None) -> bool:
    return tail is not None and has(tail, b"rport") and not has(tail, b"maddr")


_VIA_FRONTS = Memory(_front_of_via, 1024)
_ADDRESS_FRONTS = Memory(lambda front: PLAIN_ADDRESS(front + b">") is not None, 1024)


def read_via(value: bytes) -> ViaForm | None:
    """See ViaForm."""
    front, found, rest = value.partition(b"branch=")
    if found and rest.translate(None, _NOT_IN_VIA) == rest and not rest.partition(BROADCAST)[1]:
        known = _VIA_FRONTS[front]
        if known is not None:
            transport, host, digits, symmetric = known
            branch, more, after = rest.partition(b";")
            if more:
                symmetric = _is_symmetric(value.partition(b";")[2])
                after = more + after
            return value, transport, host, digits, branch, symmetric, front + found, after
    match = PLAIN_VIAS(value)
    if match is None or value.find(BROADCAST) >= 0:
        return None
    transport, host, digits, tail = match.group(1, 2, 3, 4)
    branch_of = parameter(tail, b"branch") if tail else None
    return value, transport, host, digits, branch_of, _is_symmetric(tail), None, b""


def read_address(value: bytes) -> tuple[bytes | None] | None:
    """The tag of From or To."""
    front, found, tag = value.partition(b">;tag=")
    if found and tag.translate(None, _NOT_IN_TAG) == tag and _ADDRESS_FRONTS[front]:
        return (tag,)
    match = PLAIN_ADDRESS(value)
    if match is None:
        return None
    tail = match[3]
    return (parameter(tail, b"tag") if tail else None,)


def _read_call_id(value: bytes) -> tuple[bytes] | None:
    return (value,) if len(value.split(None, 1)) == 1 else None


def _read_number(value: bytes) -> tuple[int] | None:
    return (int(value),) if value.isdigit() and len(value) < 10 else None


READERS: dict[bytes, Callable[[bytes], tuple[Any, ...] | None]] = {
    b"via": read_via,
    b"from": read_address,
    b"to": read_address,
    b"call-id": _read_call_id,
    b"cseq": cseq_parts,
    b"content-length": _read_number,
    b"max-forwards": _read_number,
}
"""What reads the value of a header field that has to be plain, by key: None where it is not as nearly everybody writes
it."""

# -*- test-case-name: tests.modules.ctl.test_binrpc -*-
"""binrpc: the packets that kamcmd speaks, as bytes. No I/O.

A packet is a head (magic and version, kind, length, cookie) and records: numbers, texts that end in a zero byte,
fractions in thousandths, structures of named values. All numbers are big-endian.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sipapp.errors import ParseError

REQUEST, REPLY, FAULT = 0, 1, 3
LONGEST = 1 << 16  # bytes of one packet

_MAGIC = 0xA1  # magic A, version 1
_INT, _STR, _DOUBLE, _STRUCT, _, _NAME, _BYTES = range(7)
_MOST = 1 << 31


class Packet(NamedTuple):
    """One packet; `cookie` is what the answer must repeat."""

    kind: int
    cookie: bytes
    records: list[Any]


def read_packet(data: bytes) -> tuple[Packet, int] | None:
    """The packet at the start, and its length; None: more bytes are needed. Raises ParseError."""
    if len(data) < 2:
        return None
    if data[0] != _MAGIC:
        raise ParseError("no binrpc packet")
    kind, lengths = data[1] >> 4, data[1] & 15
    size, cookie = (lengths >> 2) + 1, (lengths & 3) + 1
    begin = 2 + size + cookie
    if len(data) < begin:
        return None
    length = int.from_bytes(data[2 : 2 + size], "big")
    if length > LONGEST:
        raise ParseError("this binrpc packet is too long")
    if len(data) < begin + length:
        return None
    body = data[begin : begin + length]
    records: list[Any] = []
    at = 0
    while at < length:
        value, at = _record(body, at)
        records.append(value)
    return Packet(kind, data[2 + size : begin], records), begin + length


def _record(body: bytes, at: int) -> tuple[Any, int]:
    """A number or a text, and where the next one begins. Raises ParseError: anything else, which no request has."""
    head = body[at]
    kind, size, at = head & 15, head >> 4 & 7, at + 1
    if head & 0x80:
        size, at = int.from_bytes(body[at : at + size], "big"), at + size
    value = body[at : at + size]
    if len(value) < size:
        raise ParseError("a binrpc record goes beyond its packet", at)
    if kind == _STR:
        return value.removesuffix(b"\0").decode("utf-8", "replace"), at + size
    if kind == _BYTES:
        return value.decode("utf-8", "replace"), at + size
    if kind not in (_INT, _DOUBLE):
        raise ParseError(f"a binrpc record of type {kind}", at)
    number = int.from_bytes(value, "big")
    if size == 4 and number >= _MOST:
        number -= 1 << 32
    return (number / 1000 if kind == _DOUBLE else number), at + size


def reply(cookie: bytes, result: Any) -> bytes:
    """The answer to a request. What is in a list is answered one by one, as Kamailio does."""
    values = result if isinstance(result, list) else [] if result is None else [result]
    return _packet(REPLY, cookie, b"".join([_encoded(value) for value in values]))


def fault(cookie: bytes, code: int, reason: str) -> bytes:
    """The answer to a request that cannot be done."""
    return _packet(FAULT, cookie, _encoded(code) + _encoded(reason))


def request(cookie: bytes, *values: Any) -> bytes:
    """What kamcmd sends: the command and its parameters."""
    return _packet(REQUEST, cookie, b"".join([_encoded(value) for value in values]))


def _packet(kind: int, cookie: bytes, body: bytes) -> bytes:
    size = max(1, (len(body).bit_length() + 7) // 8)
    head = bytes((_MAGIC, kind << 4 | size - 1 << 2 | len(cookie) - 1))
    return b"".join((head, len(body).to_bytes(size, "big"), cookie, body))


def _encoded(value: Any) -> bytes:
    """One value as a record."""
    if isinstance(value, Mapping):
        return _structure([_named(str(name), inner) for name, inner in value.items()])
    if isinstance(value, list):
        return b"".join([_encoded(inner) for inner in value])
    if isinstance(value, float):
        return _number(round(value * 1000), _DOUBLE)
    if isinstance(value, int) and -_MOST <= value < _MOST:
        return _number(int(value), _INT)
    return _text("" if value is None else str(value), _STR)


def _structure(pairs: list[bytes]) -> bytes:
    return b"".join((bytes((_STRUCT,)), *pairs, bytes((0x80 | _STRUCT,))))


def _named(name: str, value: Any) -> bytes:
    """A name and its value. Structures hold no arrays: a list of things with one name each is a structure with the name
    several times, any other list is the name several times."""
    written = _text(name, _NAME)
    if not isinstance(value, list):
        return written + _encoded(value)
    if all(isinstance(inner, Mapping) and len(inner) == 1 for inner in value):
        return written + _structure([_named(str(key), one) for inner in value for key, one in inner.items()])
    return b"".join([written + _encoded(inner) for inner in value])


def _number(value: int, kind: int) -> bytes:
    unsigned = value & 0xFFFFFFFF
    data = unsigned.to_bytes((unsigned.bit_length() + 7) // 8, "big")
    return bytes((len(data) << 4 | kind,)) + data


def _text(text: str, kind: int) -> bytes:
    data = text.encode("utf-8", "replace") + b"\0"
    if len(data) < 8:
        return bytes((len(data) << 4 | kind,)) + data
    size = len(data).to_bytes((len(data).bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(size) << 4 | kind,)) + size + data

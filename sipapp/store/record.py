# -*- test-case-name: tests.store.test_record -*-
"""record: an item of a table as bytes: a key that lmdb takes, and the value with its times."""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from sipapp.interfaces.store import Stored

LONGEST = 506
"""Bytes of a key that is its own place; lmdb's keys have 511, and the index of times wants 4 of them."""

FURTHEST = 0xFFFFFFFF
"""The last second that a record can name."""

_HEAD = Struct(">IIB")
_SIZE = Struct(">I")
_SECOND = Struct(">I")
_TEXT, _LONG = 1, 2  # bits of the kind: the value is a text; its key stands before it


class Record(NamedTuple):
    """A value and the last second in which it is there, 0: it stays; due: the second under which the index has it."""

    expires: int
    due: int
    value: Stored


def place(key: bytes) -> bytes:
    """Where an item is kept: never empty, and never too long."""
    return b"k" + key if len(key) <= LONGEST else b"h" + blake2b(key, digest_size=32).digest()


def packed(key: bytes, expires: int, due: int, value: Stored) -> bytes:
    """A record as bytes. A key that is too long for its place goes with it."""
    kind, text = (0, b"%d" % value) if isinstance(value, int) else (_TEXT, value)
    if len(key) <= LONGEST:
        return _HEAD.pack(expires, due, kind) + text
    return _HEAD.pack(expires, due, kind | _LONG) + _SIZE.pack(len(key)) + key + text


def unpacked(data: bytes) -> Record:
    """The record; its key is not looked at."""
    expires, due, kind = _HEAD.unpack_from(data)
    start = 9
    if kind & _LONG:
        start = 13 + _SIZE.unpack_from(data, 9)[0]
    return Record(expires, due, data[start:] if kind & _TEXT else int(data[start:]))


def key_of(where: bytes, data: bytes) -> bytes:
    """The key of an item, by its place and its record."""
    if where[0] == 107:  # k
        return where[1:]
    size: int = _SIZE.unpack_from(data, 9)[0]
    return data[13 : 13 + size]


def index_of(second: int, where: bytes) -> bytes:
    """What the index of times has for an item that is to be looked at when this second is over."""
    return _SECOND.pack(second) + where


def second_of(index: bytes) -> int:
    """The second of an entry of the index; its place is behind the fourth byte."""
    second: int = _SECOND.unpack_from(index)[0]
    return second

# -*- test-case-name: tests.modules.db_mysql.test_answers -*-
"""answers: values as MySQL and MariaDB write them, and as they want them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pymysql.constants import FIELD_TYPE

from sipapp.interfaces.sql import SqlBigInt, SqlTime, SqlValue

_special = re.compile(rb"[\0\n\r\x1a\"'\\]").sub
_ESCAPES = {
    b"\0": b"\\0",
    b"\n": b"\\n",
    b"\r": b"\\r",
    b"\x1a": b"\\Z",
    b'"': b'\\"',
    b"'": b"\\'",
    b"\\": b"\\\\",
}


def _time(text: bytes) -> SqlValue:
    """A date with a time: s since 1970, in local time. Others (`0000-00-00 00:00:00`) are texts."""
    try:
        return int(datetime.fromisoformat(text.decode()).timestamp())
    except ValueError:
        return text


def _bit(data: bytes) -> SqlValue:
    return int.from_bytes(data, "big")


READERS: dict[int, Callable[[Any], SqlValue]] = {
    FIELD_TYPE.TINY: int,
    FIELD_TYPE.SHORT: int,
    FIELD_TYPE.LONG: int,
    FIELD_TYPE.INT24: int,
    FIELD_TYPE.LONGLONG: SqlBigInt,
    FIELD_TYPE.FLOAT: float,
    FIELD_TYPE.DOUBLE: float,
    FIELD_TYPE.DATETIME: _time,
    FIELD_TYPE.TIMESTAMP: _time,
    FIELD_TYPE.BIT: _bit,
}
"""All others are texts; a decimal is one too, for it may have more digits than a float."""


def literal(value: SqlValue, backslashes: bool = True) -> bytes:
    """A value as it stands in a statement; `backslashes`: they escape, as they do in all modes of the server but
    NO_BACKSLASH_ESCAPES."""
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        escaped = _special(lambda match: _ESCAPES[match[0]], value) if backslashes else value.replace(b"'", b"''")
        return b"'%b'" % escaped
    if isinstance(value, SqlTime):
        return datetime.fromtimestamp(value).strftime("'%Y-%m-%d %H:%M:%S'").encode()
    return b"%d" % value if isinstance(value, int) else repr(value).encode()

# -*- test-case-name: tests.modules.ndb_redis.test_replies -*-
"""replies: what $redis(...) reads: `r=>value`, `r=>type[2]`, `r=>value[0]=>size`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sipapp.interfaces.script import IBinder, Value
from sipapp.module import Access, ConfigError, Context
from sipapp.redis import ErrorReply, Reply, Status

REPLIES = "ndb_redis.replies"
"""`ctx.extra[REPLIES]`: reply id -> Reply, of this run."""

TYPES = {b"rpl_str": 1, b"rpl_arr": 2, b"rpl_int": 3, b"rpl_nil": 4, b"rpl_sts": 5, b"rpl_err": 6}
"""$redisd(name)."""

MAX_KEYS = 10  # of arrays in arrays

_KEY = re.compile(rb"\s*=>\s*(value|type|info|size)\s*(?:\[\s*([^\]]*?)\s*\])?")
_name = re.compile(rb"\s*([^\s=]+)").match

_Index = Callable[[Context], Any]


def type_of(reply: Reply) -> int:
    """hiredis' number."""
    if isinstance(reply, ErrorReply):
        return TYPES[b"rpl_err"]
    if isinstance(reply, Status):
        return TYPES[b"rpl_sts"]
    if isinstance(reply, bytes):
        return TYPES[b"rpl_str"]
    if isinstance(reply, int):
        return TYPES[b"rpl_int"]
    return TYPES[b"rpl_nil"] if reply is None else TYPES[b"rpl_arr"]


def _value(reply: Reply) -> Value:
    """Strings and integers have one; a status, an error and an array have none."""
    return reply if isinstance(reply, int) or type(reply) is bytes else None


def _info(reply: Reply) -> Value:
    return bytes(reply) if isinstance(reply, bytes) else None


def _size(reply: Reply) -> Value:
    return len(reply) if isinstance(reply, list) else None


_READERS: dict[bytes, Callable[[Reply], Value]] = {b"value": _value, b"type": type_of, b"info": _info, b"size": _size}


def access(inner: bytes, binder: IBinder) -> Access:
    """Reads one part of a reply. Raises ConfigError."""
    shown = inner.decode(errors="replace")
    found = _name(inner)
    if found is None:
        raise ConfigError(f"$redis({shown}): wants an id and a key: $redis(r=>value)")
    name, at = found[1], found.end()
    keys: list[tuple[bytes, _Index | None]] = []
    while at < len(inner):
        part = _KEY.match(inner, at)
        if part is None:
            raise ConfigError(f"$redis({shown}): the keys are value, type, info and size")
        keys.append((part[1], None if part[2] is None else _index(part[2], binder)))
        at = part.end()
    _check(keys, shown)
    read = _READERS[keys[-1][0]]
    indexes = [index for _, index in keys if index is not None]

    def get(ctx: Context) -> Value:
        replies = ctx.extra.get(REPLIES, {})
        if name not in replies:
            return None
        reply = replies[name]
        for index in indexes:
            number = index(ctx)
            if not isinstance(reply, list) or not isinstance(number, int) or not 0 <= number < len(reply):
                return None
            reply = reply[number]
        return read(reply)

    return Access(get)


def _check(keys: list[tuple[bytes, _Index | None]], shown: str) -> None:
    if not keys:
        raise ConfigError(f"$redis({shown}): wants a key: $redis(r=>value)")
    if len(keys) > MAX_KEYS:
        raise ConfigError(f"$redis({shown}): more than {MAX_KEYS} keys")
    if any(key != b"value" or index is None for key, index in keys[:-1]):
        raise ConfigError(f"$redis({shown}): before another key stands value[n]")
    key, index = keys[-1]
    if index is not None and key not in (b"value", b"type"):
        raise ConfigError(f"$redis({shown}): {key.decode()} has no index")


def _index(text: bytes, binder: IBinder) -> _Index:
    if text.startswith(b"$"):
        return binder.variable(text).get
    if not re.fullmatch(rb"-?[0-9]+", text):
        raise ConfigError(f"not an index: [{text.decode(errors='replace')}]")
    number = int(text)
    return lambda ctx: number

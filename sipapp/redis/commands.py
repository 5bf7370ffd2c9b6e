# -*- test-case-name: tests.redis.test_commands -*-
"""commands: a command as scripts write it, cut into its words; the slot of a key in a cluster."""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Sequence

from sipapp.errors import RedisError

SLOTS = 16384


def words(command: bytes, arguments: Sequence[bytes] = ()) -> list[bytes]:
    """`SET %s %s` with two arguments: its words, cut at blanks; an argument stays in one piece whatever is in it.

    `%%` is a per cent sign, any other `%` stands for itself. Raises RedisError: more `%s` than arguments, or no word.
    """
    given = iter(arguments)
    found: list[bytes] = []
    for word in command.split():
        pieces = []
        for number, literal in enumerate(word.split(b"%%")):
            if number:
                pieces.append(b"%")
            first, *others = literal.split(b"%s")
            pieces.append(first)
            for other in others:
                argument = next(given, None)
                if argument is None:
                    raise RedisError(f"more %s than arguments: {command.decode(errors='replace')}")
                pieces += [argument, other]
        found.append(b"".join(pieces))
    if not found:
        raise RedisError("an empty command")
    return found


def slot(key: bytes) -> int:
    """The slot of a key: CRC16 (XMODEM) of what is between its first { and the } behind that, else of all of it."""
    start = key.find(b"{")
    if start >= 0:
        end = key.find(b"}", start + 1)
        if end > start + 1:
            key = key[start + 1 : end]
    return crc_hqx(key, 0) % SLOTS

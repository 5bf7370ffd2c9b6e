# -*- test-case-name: tests.message.test_shape -*-
"""shape: which header fields a message has, in which order, and whether they are plain. Part of `leaf_pure`.

A user agent writes all its INVITEs alike: there are far fewer shapes than messages.
"""

from __future__ import annotations

from sipapp.message.byheart import ByHeart

MOST = 256  # shapes kept: 1 MB
LARGEST = 1024  # bytes of the names in one that is kept

_NEEDED = (b"via", b"from", b"to", b"call-id", b"cseq")
_COPIED = frozenset((b"via", b"from", b"to", b"call-id", b"cseq"))
_COPIED_WITH_ROUTE = _COPIED | {b"record-route"}
_ONCE = (b"from", b"to", b"call-id", b"cseq", b"content-length", b"max-forwards")


class Shape:
    """The shape of a message that has these parts (see `Line.part`): the keys, the number of the first field of each,
    of the fields that every message needs, and of the only Route (-1: there is none, or several); for what a
    response copies see `_copied`. `plain`: what every message needs is there, none is odd and none is there twice that
    may not be. Never changes: many messages have the same one."""

    __slots__ = (
        "call_id",
        "copied",
        "copied_with_route",
        "cseq",
        "first",
        "from_",
        "keys",
        "length",
        "lone_route",
        "plain",
        "to",
        "via",
    )

    def __init__(self, parts: tuple[bytes, ...]) -> None:
        keys = self.keys = [part.lstrip(b":") for part in parts]
        numbers = range(len(keys))
        first = self.first = dict(zip(reversed(keys), reversed(numbers), strict=True))
        self.via, self.from_, self.to, self.call_id, self.cseq = (first.get(key, -1) for key in _NEEDED)
        self.length = first.get(b"content-length", -1)
        self.lone_route = first.get(b"route", -1) if keys.count(b"route") == 1 else -1
        self.copied = _copied(keys, _COPIED)
        self.copied_with_route = _copied(keys, _COPIED_WITH_ROUTE)
        self.plain = (
            not any(part.startswith(b":") for part in parts)
            and all(key in first for key in _NEEDED)
            and (len(first) == len(keys) or all(keys.count(key) < 2 for key in _ONCE))
        )


def copied_into(status: int) -> frozenset[bytes]:
    """The header fields of a request that a response of this status has too. RFC 3261 §8.2.6.2, §12.1.1."""
    return _COPIED_WITH_ROUTE if 180 <= status < 300 else _COPIED


def _copied(keys: list[bytes], wanted: frozenset[bytes]) -> tuple[list[int], int, int]:
    """The numbers of the fields that are wanted; which line of the response the top Via is, and To (0: none)."""
    numbers = [number for number, key in enumerate(keys) if key in wanted]
    lines = [b"", *(keys[number] for number in numbers)]
    via, to = (lines.index(key) if key in lines else 0 for key in (b"via", b"to"))
    return numbers, via, to


class Shapes(ByHeart[tuple[bytes, ...], Shape]):
    """The shapes met last."""

    __slots__ = ()

    def __missing__(self, parts: tuple[bytes, ...]) -> Shape:
        shape = Shape(parts)
        if len(b" ".join(parts)) <= LARGEST:
            self.learn(parts, shape)
        return shape


SHAPES = Shapes(MOST)

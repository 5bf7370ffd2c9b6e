# -*- test-case-name: tests.message.test_marks -*-
"""marks: how the top Via of those who send often is marked. Part of `leaf_pure`.

Of two requests that a peer sends, the Via differs in the value of the branch alone, and that one changes nothing.
"""

from __future__ import annotations

from sipapp.message.byheart import LONGEST, ByHeart
from sipapp.message.plain import mark_via, via_parts

MOST = 1024

_Key = tuple[bytes, bytes, str, int, bool, bool]


class Marks(ByHeart[_Key, tuple[bytes, bytes]]):
    """What of its line stands before and after the branch once a plain Via has been marked, by what stood there, the
    host and port that it came from, and whether `rport` is forced and it is a response. See `via.marks`."""

    __slots__ = ()

    def __missing__(self, key: _Key) -> tuple[bytes, bytes]:
        before, after, host, port, forced, response = key
        found = before, after
        value = before.partition(b":")[2].lstrip()
        text = b"%b*%b" % (value, after)
        parts = via_parts(text)
        assert parts is not None  # it is plain
        source = host.encode()
        marked = mark_via(text, port, source, parts[1] != source, forced, response)
        if marked is not None:
            at, parameters = marked
            front, branch, after = parameters.partition(b";branch=*")
            at += len(before) - len(value)
            found = before[:at] + front + branch[:-1], after
        if len(text) <= LONGEST:
            self.learn(key, found)
        return found


MARKS = Marks(MOST)

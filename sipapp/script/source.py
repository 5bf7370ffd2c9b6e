# -*- test-case-name: tests.script.test_source -*-
"""source: the text of one script file, and where in it an offset is."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from sipapp.errors import ConfigError, Position


class Source:
    """One file of a script. The text holds one character for each byte, so that nothing in it can fail to decode."""

    __slots__ = ("_ascii", "_lines", "chain", "name", "text")

    def __init__(self, name: str, data: bytes, chain: tuple[Position, ...] = ()) -> None:
        self.name = name
        self.text = data.decode("latin-1")
        self.chain = chain  # where each including file included the next, outermost first
        self._ascii = data.isascii()
        self._lines: list[int] = []  # where each line begins

    @classmethod
    def open(cls, path: str, chain: tuple[Position, ...] = ()) -> Source:
        """Raises OSError: it cannot be read."""
        with open(path, "rb") as file:
            return cls(path, file.read(), chain)

    def position(self, offset: int) -> Position:
        """Lines and columns count from 1, columns in characters, a tab as one."""
        if not self._lines:
            self._lines = list(accumulate((len(line) + 1 for line in self.text.split("\n")), initial=0))
        line = bisect_right(self._lines, offset)
        start = self._lines[line - 1]
        if self._ascii:
            return Position(self.name, line, offset - start + 1, self.chain)
        before = self.text[start:offset].encode("latin-1")
        return Position(self.name, line, len(before.decode("utf-8", "replace")) + 1, self.chain)

    def error(self, reason: str, offset: int) -> ConfigError:
        """The mistake at this offset."""
        return ConfigError(reason, self.position(offset))

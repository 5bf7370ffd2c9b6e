# -*- test-case-name: tests.modules.acc.test_stamp -*-
"""stamp: what is said of the time beside the second, by `time_mode`."""

from __future__ import annotations

from time import gmtime, localtime, strftime

from sipapp.interfaces.sql import SqlValue

NOTHING, MICROSECONDS, FRACTION, LOCAL, UTC = range(5)


class Stamp:
    """name, microseconds: the parameters `time_attr` and `time_exten`; pattern: `time_format`."""

    def __init__(self, mode: int, name: bytes, microseconds: bytes, pattern: str) -> None:
        self._mode = mode
        self._name = name
        self._microseconds = microseconds
        self._pattern = pattern

    def logged(self, time: float) -> bytes:
        """What stands in a line behind the second."""
        mode = self._mode
        if mode == NOTHING:
            return b""
        if mode == MICROSECONDS:
            return b";%b=%d" % (self._microseconds, _microseconds(time))
        return b";%b=%b" % (self._name, b"%.3f" % time if mode == FRACTION else self._written(time))

    def columns(self, time: float) -> dict[bytes, SqlValue]:
        """What a row has beside the date."""
        mode = self._mode
        if mode == NOTHING:
            return {}
        if mode == MICROSECONDS:
            return {self._name: int(time), self._microseconds: _microseconds(time)}
        return {self._name: time if mode == FRACTION else self._written(time)}

    def _written(self, time: float) -> bytes:
        return strftime(self._pattern, localtime(time) if self._mode == LOCAL else gmtime(time)).encode()


def _microseconds(time: float) -> int:
    return int(time % 1 * 1_000_000)

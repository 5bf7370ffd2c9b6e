# -*- test-case-name: tests.test_stalls -*-
"""stalls: notices when one batch of datagrams, message of a stream, moment's timers or result holds up all others, and
says which line of the script did it.

The reactor's thread notes when it begins with each of them, and looks at the clock when it is done. A second thread
looks from time to time at what the first is doing: where that takes too long already, it reads off its stack the line
of the script and the function that it is in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container
from pathlib import Path
from threading import Event, Thread, get_ident
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

from sipapp.log import Logger

if TYPE_CHECKING:
    from sipapp.statistics import Counter

log = Logger()


class Stalls:
    """`limit` (s) is how long one thing may take; `files` are those of the script."""

    __slots__ = ("_ended", "_frame", "_sample", "_sampled", "began", "counter", "depth", "files", "limit", "seconds")

    def __init__(
        self,
        limit: float,
        files: Container[str],
        counter: Counter,
        seconds: Callable[[], float] = monotonic,
        frame: Callable[[], FrameType | None] | None = None,
    ) -> None:
        self.limit = limit
        self.files = files
        self.counter = counter
        self.seconds = seconds
        self.began = 0.0  # when the present thing began; 0: nothing goes on
        self.depth = 0  # a thing may bring others about
        self._sample = ""
        self._sampled = 0.0  # `began` of what the sample is of
        self._ended = Event()
        main = get_ident()
        self._frame = frame or (lambda: sys._current_frames().get(main))

    # -- the reactor's thread

    def begin(self) -> None:
        if not self.depth:
            self.began = self.seconds()
        self.depth += 1

    def end(self) -> None:
        self.depth -= 1
        if self.depth:
            return
        began, self.began = self.began, 0.0
        taken = self.seconds() - began
        if taken >= self.limit:
            self.counter.value += 1
            place = self._sample if self._sampled == began else "a place that was not seen"
            log.warn("nothing else could run for {ms} ms: {place}", ms=round(taken * 1000), place=place)

    # -- the other one

    def watch(self) -> None:
        """Begin to look; `stop` ends it."""
        Thread(target=self._watch, name="stalls", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self.limit / 2):
            self.look()

    def look(self) -> None:
        """Note the place where the reactor's thread is, if it has been too long at one thing; once for each."""
        began = self.began
        if not began or began == self._sampled or self.seconds() - began < self.limit:
            return
        frame = self._frame()
        if frame is not None and self.began == began:
            self._sample = place(frame, self.files)
            self._sampled = began


def place(frame: FrameType, files: Container[str]) -> str:
    """`app.cfg:12: lookup() (sqlops.py:33)`: the innermost line of the script on the stack, and what it called; where
    the script has no part in it, the innermost line of all."""
    inner: FrameType | None = None
    outer: FrameType | None = frame
    while outer is not None:
        if outer.f_code.co_filename in files:
            called = "" if inner is None else f": {inner.f_code.co_name}() ({_line(inner)})"
            return f"{outer.f_code.co_filename}:{outer.f_lineno}{called}"
        inner, outer = outer, outer.f_back
    return f"{frame.f_code.co_name}() ({_line(frame)})"


def _line(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"

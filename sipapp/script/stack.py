# -*- test-case-name: tests.script.test_stack -*-
"""stack: which routes of the script are open, and where: told when something goes wrong, and paid for only then.

Compiled routes are Python functions, so the interpreter's own frames know; a run that has waited has the same ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

from sipapp.log import locate

INSIDE = ".<locals>."
"""What stands in the full name of a function between that of the route and its own: a block in a value's place, a
member of a parallel block. It is no route: its place is one in the route around it."""

_MARK = "ROUTES"  # a global that all compiled routes have, and nothing else


class Level(NamedTuple):
    """An open route, and the place in it that is being run."""

    route: str
    file: str
    line: int
    column: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def open_routes() -> list[Level]:
    """The routes of this run, innermost first. To be asked by what a route has called itself: else there are none."""
    frame: FrameType | None = sys._getframe(2)
    found = []
    while frame is not None and _MARK in frame.f_globals:
        found.append((frame.f_code, frame.f_lasti, frame.f_lineno))
        frame = frame.f_back
    return list(_levels(found))


def innermost() -> str:
    """The place in the script that is being run, whoever asks: `app.cfg:20`; "" where none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _MARK in frame.f_globals:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def routes_of(error: BaseException) -> list[Level]:
    """The routes that were open when an exception was raised, innermost first."""
    found = []
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if _MARK in frame.f_globals:
            found.append((frame.f_code, traceback.tb_lasti, traceback.tb_lineno))
        traceback = traceback.tb_next
    return list(_levels(found[::-1]))


def shown(levels: list[Level]) -> str:
    """`in route[AUTH] called from request_route at app.cfg:20:5`; without levels, nothing."""
    if not levels:
        return ""
    callers = "".join(f" called from {level.route} at {level.place}" for level in levels[1:])
    return f"in {levels[0].route}{callers}"


def _levels(found: list[tuple[CodeType, int, int]]) -> Iterator[Level]:
    """The routes of (code, instruction, line), innermost first; what is inside of one counts for it."""
    inner: Level | None = None
    for code, instruction, line in found:
        route, inside, _ = code.co_qualname.partition(INSIDE)
        inner = inner or Level(route, code.co_filename, line, _column(code, instruction))
        if not inside:
            yield inner
            inner = None
    if inner is not None:
        yield inner


def _column(code: CodeType, instruction: int) -> int:
    """Counts from 1, as everywhere."""
    for number, (_, _, column, _) in enumerate(code.co_positions()):
        if number == instruction // 2:
            return (column or 0) + 1
    return 1


locate(innermost)

# -*- test-case-name: tests.module.test_arguments -*-
"""arguments: what stands behind the name of a transformation: `,0,$var(length)`, read by Kamailio's rules.

A number may have blanks around it and a sign; a text loses the blanks before it and keeps those behind, and ends at
the next comma, tab or line feed; a variable may stand for either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NewType

from sipapp.errors import ConfigError
from sipapp.script.pvsyntax import end_of_variable
from sipapp.script.values import own_number as own_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipapp.interfaces.script import Getter, IBinder
    from sipapp.script.runtime import Context

Natural = NewType("Natural", int)
"""A number that is not negative."""

Mark = NewType("Mark", bytes)
"""A text of which the first byte counts: a comma may be one, `{s.count,,}`."""

Separator = NewType("Separator", bytes)
"""Exactly one byte, or `\\n`, `\\r`, `\\t`, `\\\\`: `{s.select,0,;}`."""

_blanks = re.compile(rb"[ \t\n]*").match
_number = re.compile(rb"([+-]?)[ \t\n]*([0-9]*)").match
_text = re.compile(rb"[^,\t\n]*").match
_DECIMAL = re.compile(rb"[+-]?[0-9]+").fullmatch
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}


class Arguments:
    """Reads arguments one by one; each is a constant, or a getter that answers None where it has no right value."""

    def __init__(self, name: str, source: bytes, binder: IBinder) -> None:
        self.name = name
        self.source = source
        self.binder = binder
        self.at = 0

    def more(self) -> bool:
        """Another argument follows."""
        return self.at < len(self.source)

    def number(self) -> int | Callable[[Context], int | None]:
        read = self._begin()
        if read is not None:
            return lambda ctx: own_number(read(ctx))
        found = _number(self.source, self.at)
        assert found is not None
        if not found[0]:
            raise self._wrong("a number")
        self.at = found.end()
        self._end("a number")
        value = int(found[2] or b"0")
        return -value if found[1] == b"-" else value

    def natural(self) -> int | Callable[[Context], int | None]:
        found = self.number()
        if not isinstance(found, int):
            return lambda ctx: number if (number := found(ctx)) is not None and number >= 0 else None
        if found < 0:
            raise self._wrong("a number that is not negative")
        return found

    def text(self) -> bytes | Callable[[Context], bytes | None]:
        read = self._begin()
        return self._text() if read is None else (lambda ctx: as_text(read(ctx)))

    def mark(self) -> bytes | Callable[[Context], bytes | None]:
        read = self._begin()
        if read is not None:
            return lambda ctx: as_text(read(ctx))
        if self.source[self.at : self.at + 1] == b",":
            self.at += 1
            self._end("one character")
            return b","
        found = self._text() or b"}"  # `{s.after,}`: what stands there is the brace
        if self.source[self.at :].rstrip(b" \t\n") == b",":  # `{s.before,a,}`: the comma is part of the text
            self.at = len(self.source)
        return found

    def separator(self) -> bytes:
        """No variable may stand for it."""
        self.at += 1
        found = self.source[self.at : self.at + 1]
        self.at += 1
        if found == b"\\":
            found = _CONTROL.get(self.source[self.at : self.at + 1], b"")
            self.at += 1
        if not found:
            raise self._wrong("a separator")
        self._end("a separator of one character")
        return found

    def _begin(self) -> Getter | None:
        """Step over the comma and blanks; the reader of a variable, if one stands there."""
        self.at = _blanks(self.source, self.at + 1).end()  # type: ignore[union-attr]
        if self.source[self.at : self.at + 1] != b"$":
            return None
        end = end_of_variable(self.source, self.at)
        read = self.binder.variable(self.source[self.at : end]).get
        self.at = end
        self._end("one variable")
        return read

    def _text(self) -> bytes:
        found = _text(self.source, self.at)
        assert found is not None
        self.at = found.end()
        self._end("a text")
        return found[0]

    def _end(self, wanted: str) -> None:
        """Blanks, then a comma or nothing."""
        self.at = _blanks(self.source, self.at).end()  # type: ignore[union-attr]
        if self.source[self.at : self.at + 1] not in (b",", b""):
            raise self._wrong(wanted)

    def _wrong(self, wanted: str) -> ConfigError:
        return ConfigError(f"{{{self.name}}}: wants {wanted}, got {self.source[1:].decode(errors='replace')!r}")


def as_number(value: object) -> int | None:
    """What counts as a number, a text of digits included; None: nothing does."""
    number = own_number(value)
    return int(value) if number is None and isinstance(value, bytes) and _DECIMAL(value) else number


def as_text(value: object) -> bytes | None:
    """What counts as a text: not null, not the empty one."""
    if isinstance(value, int):
        return b"%d" % value
    return value if isinstance(value, bytes) and value else None

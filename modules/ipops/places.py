# -*- test-case-name: tests.modules.ipops.test_places -*-
"""places: `id=>part[index]`: which part of which answer a variable means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sipapp.interfaces.script import IBinder, Value
from sipapp.log import Logger
from sipapp.module import ConfigError, Context
from sipapp.module.arguments import own_number

log = Logger()

_place = re.compile(
    rb"[ \t\r\n]*([^= \t\r\n]+)[ \t\r\n]*=>[ \t\r\n]*(\w+)[ \t\r\n]*(?:\[[ \t\r\n]*(.*?)[ \t\r\n]*\][ \t\r\n]*)?"
).fullmatch
_number = re.compile(rb"-?[0-9]+").fullmatch


class Place(NamedTuple):
    """An answer's id, the part that is wanted, and the number of the record: a number, or what reads one."""

    id: bytes
    part: bytes
    index: Any

    def pick(self, ctx: Context, records: Sequence[Any]) -> Any | None:
        """The record that is meant; negative numbers count from the end. None: there is none."""
        index = self.index if isinstance(self.index, int) else own_number(self.index(ctx))
        if index is None:
            log.error("failed to evaluate index variable")
            return None
        return records[index] if -len(records) <= index < len(records) else None


def place_of(
    variable: str, inner: bytes | None, index: bytes | None, binder: IBinder, parts: Sequence[bytes], indexed: bool
) -> Place:
    """What stands in a variable's parentheses. indexed: all parts but `count` need an index; else it is 0 without one.

    Raises ConfigError.
    """
    if inner is None or index is not None:
        raise ConfigError(f"${variable}: needs a place, with the index inside: ${variable}(id=>part[0])")
    found = _place(inner)
    if found is None or found[2] not in parts:
        known = ", ".join(part.decode() for part in parts)
        raise ConfigError(f"${variable}: not id=>part[index]: {inner.decode(errors='replace')}; parts: {known}")
    number = found[3]
    if indexed and (number is None) != (found[2] == b"count"):
        raise ConfigError(f"${variable}: `count` takes no index, all others need one: {inner.decode(errors='replace')}")
    if not number:
        return Place(found[1], found[2], 0)
    if number.startswith(b"$"):
        return Place(found[1], found[2], binder.variable(number).get)
    if not _number(number):
        raise ConfigError(f"${variable}: not an index: [{number.decode(errors='replace')}]")
    return Place(found[1], found[2], int(number))


def shown(value: Any) -> Value:
    """A part of a record as a script's value."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else value

# -*- test-case-name: tests.modules.htable.test_places -*-
"""places: `table=>key`: which item a variable or a function means."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from sipapp.interfaces.script import IBinder
from sipapp.log import Logger
from sipapp.module import ConfigError, Context, ScriptError, modparam
from sipapp.modules.htable.definition import Definition
from sipapp.modules.htable.table import HashTable

log = Logger()

_place = re.compile(rb"[ \t\r\n]*([^= \t\r\n]+)[ \t\r\n]*=>(.+)", re.DOTALL).fullmatch


class Place:
    """A table, None where the script defines none of this name, and what makes the key."""

    __slots__ = ("constant", "key", "name", "table")

    def __init__(self, name: bytes, table: HashTable | None, key: Callable[[Context], bytes], constant: bytes | None):
        self.name = name
        self.table = table
        self.key = key
        self.constant = constant  # the key, where it is the same in every run


class Places:
    """The tables by name."""

    definitions: list[Definition] = modparam(
        default=(),
        name="htable",
        parse=Definition.parse,
        doc="a table: 'name=>size=8;autoexpire=300;...'. size: in Kamailio, 2^size slots, without effect here. "
        "autoexpire: s that an item stays, 0 for ever. updateexpire: 0: setting an item again does not begin its time "
        "anew. initval: a number, what items are that are not there. dbtable: the database table that it is loaded "
        "from; cols: its columns, 'key,value,...' (several values become one text with coldelim, ',', between them, "
        "colnull, '*', for null); dbmode: 1: written back when the server stops; reloadat: s between reloads. "
        "dmqreplicate: without effect, there is no DMQ.",
    )

    @cached_property
    def tables(self) -> dict[bytes, HashTable]:
        """Every table that the script defines. Raises ConfigError: two have one name."""
        found: dict[bytes, HashTable] = {}
        for definition in self.definitions:
            table = HashTable(definition)
            if definition.name in found:
                raise ConfigError(f'modparam("htable", "htable"): there is a table {table.name} already')
            found[definition.name] = table
        return found

    def table(self, name: bytes) -> HashTable:
        """Raises ScriptError: there is no such table."""
        found = self.tables.get(name)
        if found is None:
            raise ScriptError(f"no such htable: {name.decode(errors='replace')}")
        return found

    def place(self, source: bytes, binder: IBinder) -> Place:
        """`table=>key`; there may be variables in the key. Raises ConfigError."""
        found = _place(source)
        if found is None:
            raise ConfigError(f"not table=>key: {source.decode(errors='replace')}")
        table = self.tables.get(found[1])
        if table is None:
            log.warn("{at}: there is no htable {name}", at=str(binder.at), name=found[1].decode(errors="replace"))
        constant = found[2] if binder.is_constant(found[2]) else None
        return Place(found[1], table, binder.text(found[2]), constant)  # type: ignore[arg-type]

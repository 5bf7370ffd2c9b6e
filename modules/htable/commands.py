# -*- test-case-name: tests.modules.htable.test_commands -*-
"""commands: htable.* by RPC."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, NoReturn

from sipapp.errors import SqlError
from sipapp.interfaces.store import Stored
from sipapp.log import Logger
from sipapp.module import ScriptError, rpc_command
from sipapp.modules.htable.persistence import Persistence
from sipapp.modules.htable.table import HashTable
from sipapp.script.values import wrap

log = Logger()

_SET = "Ok. Key set to new value."
_TEXT_FLAG = 2  # what Kamailio's flags of a text are


class Commands(Persistence):
    """What operators ask of tables. Keys and texts are text, numbers numbers."""

    @rpc_command("htable.listTables")
    def rpc_list(self) -> list[dict[str, Any]]:
        """htable.listTables: every table with its definition."""
        return [
            {
                "name": table.name,
                "dbtable": table.definition.dbtable,
                "dbmode": table.definition.dbmode,
                "expire": table.definition.autoexpire,
                "updateexpire": int(table.definition.updateexpire),
                "size": table.definition.size,
                "dmqreplicate": table.definition.dmqreplicate,
            }
            for table in self._newest_first()
        ]

    @rpc_command("htable.stats")
    def rpc_stats(self) -> list[dict[str, Any]]:
        """htable.stats: for every table, how many items there are: in all, in the emptiest slot and in the fullest."""
        return [_statistics(table) for table in self._newest_first()]

    @rpc_command("htable.dump")
    def rpc_dump(self, htname: str) -> list[dict[str, Any]]:
        """htable.dump TABLE: every item, slot by slot."""
        table = self._named(htname)
        slots: dict[int, list[dict[str, Any]]] = {}
        for key, value in table.ordered():
            row = {"name": _shown(key), "value": _shown(value), "type": "int" if isinstance(value, int) else "str"}
            slots.setdefault(table.slot(key), []).append(row)
        return [{"entry": number, "size": len(rows), "slot": rows} for number, rows in slots.items()]

    @rpc_command("htable.get")
    def rpc_get(self, htname: str, keyname: str) -> dict[str, Any]:
        """htable.get TABLE KEY: an item, with the time when it ends."""
        table, key = self._named(htname), _bytes(keyname)
        value = table.items.get(key)
        if value is None:
            _fail("Key name doesn't exist in htable.")
        left = table.items.lifetime(key)
        end = time.localtime(int(self.clock.seconds()) + left) if left else None
        return {
            "item": {
                "name": keyname,
                "value": _shown(value),
                "flags": 0 if isinstance(value, int) else _TEXT_FLAG,
                "expire": time.strftime("%Y-%m-%d %H:%M:%S", end) if end else "NEVER",
            }
        }

    @rpc_command("htable.delete")
    def rpc_delete(self, htname: str, keyname: str) -> str:
        """htable.delete TABLE KEY: remove an item."""
        if not self._named(htname).items.delete(_bytes(keyname)):
            _fail("Key not found in htable.", 404)
        return "Ok. Key deleted."

    @rpc_command("htable.sets")
    def rpc_sets(self, htname: str, keyname: str, value: str | int) -> str:
        """htable.sets TABLE KEY TEXT: set an item to a text."""
        self._named(htname).put(_bytes(keyname), _bytes(str(value)))
        return _SET

    @rpc_command("htable.seti")
    def rpc_seti(self, htname: str, keyname: str, value: int | str) -> str:
        """htable.seti TABLE KEY NUMBER: set an item to a number."""
        self._named(htname).put(_bytes(keyname), _number(value))
        return _SET

    @rpc_command("htable.setex")
    def rpc_setex(self, htname: str, keyname: str, exval: int | str) -> str:
        """htable.setex TABLE KEY SECONDS: for how long an item is still there; 0: for ever."""
        self._named(htname).expire(_bytes(keyname), _number(exval))
        return "Ok"

    @rpc_command("htable.setxs")
    def rpc_setxs(self, htname: str, keyname: str, value: str | int, exval: int | str) -> str:
        """htable.setxs TABLE KEY TEXT SECONDS: set an item to a text, and for how long it stays."""
        self._named(htname).put(_bytes(keyname), _bytes(str(value)), _number(exval))
        return _SET

    @rpc_command("htable.setxi")
    def rpc_setxi(self, htname: str, keyname: str, value: int | str, exval: int | str) -> str:
        """htable.setxi TABLE KEY NUMBER SECONDS: set an item to a number, and for how long it stays."""
        self._named(htname).put(_bytes(keyname), _number(value), _number(exval))
        return _SET

    @rpc_command("htable.flush")
    def rpc_flush(self, htname: str) -> str:
        """htable.flush TABLE: remove every item."""
        self._named(htname).items.clear()
        return "Ok. Htable flushed."

    @rpc_command("htable.reload")
    async def rpc_reload(self, htname: str) -> str:
        """htable.reload TABLE: have what its database table has, in place of all items."""
        table = self._kept(htname)
        try:
            await self.load(table)
        except SqlError as why:
            log.error("htable {name}: not reloaded: {why}", name=table.name, why=str(why))
            _fail("Htable reload failed")
        return "Ok. Htable reloaded."

    @rpc_command("htable.store")
    async def rpc_store(self, htname: str) -> str:
        """htable.store TABLE: write every item to its database table, in place of what is there."""
        table = self._kept(htname)
        if table.definition.cols:
            _fail("Storing htable failed: its columns are its own")
        try:
            await self.save(table)
        except SqlError as why:
            log.error("htable {name}: not stored: {why}", name=table.name, why=str(why))
            _fail("Storing htable failed")
        return "Ok. Htable successfully stored to DB."

    @rpc_command("htable.dmqsync")
    def rpc_dmqsync(self, htname: str = "") -> str:
        """htable.dmqsync [TABLE]: ask the peers for their items. Always fails: there is no DMQ."""
        _fail("HTable DMQ Sync Failed")

    @rpc_command("htable.dmqresync")
    def rpc_dmqresync(self, htname: str) -> str:
        """htable.dmqresync TABLE: remove every item and ask the peers for theirs. Always fails, and removes nothing:
        there is no DMQ."""
        self._named(htname)
        _fail("HTable DMQ Resync Failed")

    # -- how

    def _newest_first(self) -> list[HashTable]:
        if not self.tables:
            _fail("No htables")
        return list(reversed(self.tables.values()))

    def _named(self, name: str) -> HashTable:
        found = self.tables.get(_bytes(name))
        if found is None:
            _fail("No such htable")
        return found

    def _kept(self, name: str) -> HashTable:
        """A table that has one in the database."""
        if self.database is None:
            _fail("No htable db_url")
        table = self._named(name)
        if not table.definition.dbtable:
            _fail("No database htable")
        return table


def _fail(reason: str, code: int = 500) -> NoReturn:
    raise ScriptError(reason, code)


def _statistics(table: HashTable) -> dict[str, Any]:
    filled = Counter(table.slot(key) for key, _ in table.items.items())
    size = table.definition.size
    return {
        "name": table.name,
        "slots": size,
        "all": filled.total(),
        "min": min(filled.values()) if len(filled) == size else 0,
        "max": max(filled.values(), default=0),
    }


def _bytes(text: str) -> bytes:
    return str(text).encode("utf-8", "surrogateescape")


def _number(value: int | str) -> int:
    try:
        return wrap(int(value))
    except ValueError:
        _fail(f"not a number: {value!r}")


def _shown(value: Stored) -> int | str:
    return value if isinstance(value, int) else value.decode("utf-8", "replace")

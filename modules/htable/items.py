# -*- test-case-name: tests.modules.htable.test_items -*-
"""items: functions that set, count and remove items, and print them."""

from __future__ import annotations

from sipapp.log import Logger
from sipapp.module import Context, ScriptError, script_function
from sipapp.modules.htable.matching import matcher, of_key, of_value
from sipapp.modules.htable.places import Place, Places

log = Logger()


class Items(Places):
    """Functions that name an item or an expression."""

    @script_function()
    def sht_rm(self, htname: bytes, itname: bytes) -> int:
        """sht_rm(table, key): remove an item, there or not."""
        self.table(htname).items.delete(_named(itname))
        return 1

    @script_function()
    def sht_reset(self, htable: bytes) -> int:
        """sht_reset(table): remove every item."""
        self.table(htable).items.clear()
        return 1

    @script_function(parse={"htable_regexp": "place"})
    def sht_rm_name_re(self, ctx: Context, htable_regexp: Place) -> int:
        """sht_rm_name_re("table=>regexp"): remove the items whose key matches; there may be variables in the
        expression. True for a table that does not exist."""
        table = htable_regexp.table
        if table is not None:
            table.items.remove(of_key(matcher(b"re", htable_regexp.key(ctx))))
        return 1

    @script_function(parse={"htable_regexp": "place"})
    def sht_rm_value_re(self, ctx: Context, htable_regexp: Place) -> int:
        """sht_rm_value_re("table=>regexp"): remove the items whose value is a text that matches."""
        table = htable_regexp.table
        if table is not None:
            table.items.remove(of_value(matcher(b"re", htable_regexp.key(ctx))))
        return 1

    @script_function()
    def sht_setxs(self, htname: bytes, itname: bytes, itval: bytes, exval: int) -> int:
        """sht_setxs(table, key, text, seconds): set an item and for how long it stays; 0 and less: as long as the table
        says."""
        self.table(htname).put(_named(itname), itval, exval)
        return 1

    @script_function()
    def sht_setxi(self, htname: bytes, itname: bytes, itval: int, exval: int) -> int:
        """sht_setxi(table, key, number, seconds): set an item and for how long it stays."""
        self.table(htname).put(_named(itname), itval, exval)
        return 1

    @script_function()
    def sht_is_null(self, htname: bytes, itname: bytes) -> int:
        """sht_is_null(table, key): 1: no such item; -1: there is one; -2: the table has an initval; 2: no such table;
        3: no name."""
        if not htname or not itname:
            return 3
        table = self.tables.get(htname)
        if table is None:
            return 2
        if table.initial is not None:
            return -2
        return 1 if table.items.get(itname) is None else -1

    @script_function()
    def sht_inc(self, htname: bytes, itname: bytes) -> int:
        """sht_inc(table, key): add 1 to a number; false for a text, and where there is no such item and the table has
        no initval."""
        return self._add(htname, itname, 1)

    @script_function()
    def sht_dec(self, htname: bytes, itname: bytes) -> int:
        """sht_dec(table, key): take 1 from a number; else as sht_inc()."""
        return self._add(htname, itname, -1)

    @script_function()
    def sht_print(self) -> int:
        """Log every item of every table."""
        for table in self.tables.values():
            definition = table.definition
            log.error("htable[{name}] exp: {autoexpire}", name=table.name, autoexpire=definition.autoexpire)
            for key, value in table.ordered():
                log.error(
                    "htable[{name}] slot {slot} {key} expire: {left} v-{kind}:{value}",
                    name=table.name,
                    slot=table.slot(key),
                    key=key.decode("utf-8", "backslashreplace"),
                    left=table.items.lifetime(key) or 0,
                    kind="i" if isinstance(value, int) else "s",
                    value=value if isinstance(value, int) else value.decode("utf-8", "backslashreplace"),
                )
        return 1

    def _add(self, htname: bytes, itname: bytes, amount: int) -> int:
        if self.table(htname).add(_named(itname), amount) is None:
            raise ScriptError(f"$sht({_shown(htname)}=>{_shown(itname)}) is no number")
        return 1


def _named(key: bytes) -> bytes:
    if not key:
        raise ScriptError("the item's name is empty")
    return key


def _shown(text: bytes) -> str:
    return text.decode(errors="replace")

"""Tables and their database."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock

from sipapp.errors import ConfigError, SqlError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.interfaces.store import IStore
from sipapp.store.memory import MemoryStore
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase


def row(key: str, value: Any, kind: int = 0, number: bool = False, **more: Any) -> dict[bytes, Any]:
    return {
        b"key_name": key.encode(),
        b"key_type": kind,
        b"value_type": int(number),
        b"key_value": value,
        **{name.encode(): field for name, field in more.items()},
    }


class PersistenceTests(TalkCase):
    modules = "htable"
    head = 'modparam("htable", "db_url", "fake://db/x")'

    def with_table(self, database: FakeSql, definition: str, body: str = "", head: str = "") -> list[str]:
        modparam = f'modparam("htable", "htable", "{definition}")\n{head}'
        return self.run_script(body, head=modparam, provide={ISqlEngine: database})

    def test_keys_and_numbers_are_loaded(self) -> None:
        database = FakeSql(t=[row("s", b"text"), row("n", b"7", number=True), row("five", 5)])
        said = self.with_table(database, "a=>dbtable=t;", 'say("$sht(a=>s) $shtinc(a=>n) $sht(a=>five)");')
        self.assertEqual(said, ["text 8 5"])

    def test_the_rows_of_an_array_are_numbered(self) -> None:
        database = FakeSql(t=[row("x", b"a", kind=1), row("x", b"b", kind=1), row("y", b"c", kind=1)])
        said = self.with_table(
            database,
            "a=>dbtable=t;",
            'say("$sht(a=>x[0]) $sht(a=>x[1]) $sht(a=>x.len) $sht(a=>y[0]) $sht(a=>y.len)");',
            'modparam("htable", "array_size_suffix", ".len")',
        )
        self.assertEqual(said, ["a b 2 c 1"])

    def test_columns_of_its_own_become_one_text(self) -> None:
        database = FakeSql(
            t=[
                {b"user": b"bob", b"name": b"Bob", b"age": 40, b"note": None},
                {b"user": 7, b"name": b"", b"age": 1, b"note": b"x"},
            ]
        )
        columns = "a=>dbtable=t;cols='user,name,age,note';"
        for marks, wanted in (("", "Bob,40,* ,1,x"), ("coldelim=|;colnull=-;", "Bob|40|- |1|x"), ("colnull='';", "")):
            said = self.with_table(database, columns + marks, 'say("$sht(a=>bob) $sht(a=>7)");')
            self.assertEqual(said, [wanted or "Bob,40, ,1,x"])

    def test_other_columns_are_loaded_where_the_script_names_them(self) -> None:
        database = FakeSql(t=[{b"k": b"key", b"kt": 0, b"vt": 0, b"v": b"value"}])
        said = self.with_table(
            database,
            "a=>dbtable=t;",
            'say("$sht(a=>key)");',
            """modparam("htable", "key_name_column", "k") modparam("htable", "key_type_column", "kt")
            modparam("htable", "value_type_column", "vt") modparam("htable", "key_value_column", "v")""",
        )
        self.assertEqual(said, ["value"])

    def test_times_are_loaded_if_wanted_and_what_is_over_is_not(self) -> None:
        rows = [row("old", b"x", expires=-5), row("ends", b"x", expires=40), row("stays", b"x", expires=0)]
        body = 'say("$shtex(a=>ends) $shtex(a=>stays)");'
        self.assertEqual(self.with_table(FakeSql(t=rows), "a=>dbtable=t;autoexpire=60;", body), ["60 60"])
        wanted = 'modparam("htable", "db_expires", 1)'
        self.assertEqual(self.with_table(FakeSql(t=rows), "a=>dbtable=t;autoexpire=60;", body, wanted), ["40 60"])

    def test_what_others_have_done_to_a_table_that_they_share_is_not_undone_by_a_start(self) -> None:
        store = MemoryStore(Clock())
        store.table(b"htable:a").put(b"n", 50)
        database = FakeSql(t=[row("n", 7, number=True), row("m", 8, number=True)])
        said = self.run_script(
            'say("$sht(a=>n) $sht(a=>m)");',
            head='modparam("htable", "htable", "a=>dbtable=t;")',
            provide={ISqlEngine: database, IStore: store},
        )
        self.assertEqual(said, ["50 8"])

    def test_tables_without_a_dbtable_are_not_loaded(self) -> None:
        self.assertEqual(self.with_table(FakeSql(a=[row("k", b"v")]), "a=>size=4;", 'say("$sht(a=>k)");'), ["<null>"])

    def test_without_a_database_module_the_server_does_not_start(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, "")
        self.assertEqual(
            str(why),
            'app.cfg:5:1: modparam("htable", "db_url"): no database module for fake: is loaded (loadmodule "db_fake"?)',
        )

    def test_a_database_that_fails_or_has_null_keys_keeps_the_server_from_starting(self) -> None:
        database = FakeSql()
        database.broken = True
        self.assertRaises(SqlError, self.with_table, database, "a=>dbtable=t;")
        nameless = {**row("x", b"v"), b"key_name": None}
        self.assertRaises(SqlError, self.with_table, FakeSql(t=[nameless]), "a=>dbtable=t;")

    def test_a_table_is_written_back_where_its_dbmode_says_so(self) -> None:
        for definition, wanted in (
            ("a=>dbtable=t;dbmode=1;", [row("k", b"5", number=True), row("s", b"text")]),
            ("a=>dbtable=t;", [row("s", b"text")]),
        ):
            database = FakeSql(t=[row("s", b"text")])
            self.with_table(database, definition, "$sht(a=>k) = 5;")
            self.sip.close()
            self.assertEqual(sorted(database.tables[b"t"], key=str), sorted(wanted, key=str))

    def test_times_are_written_too_if_wanted(self) -> None:
        database = FakeSql()
        self.with_table(
            database,
            "a=>dbtable=t;dbmode=1;autoexpire=60;",
            "$sht(a=>k) = 5; $sht(a=>never) = 5; $shtex(a=>never) = 0;",
            'modparam("htable", "db_expires", 1) modparam("htable", "expires_column", "until")',
        )
        self.sip.advance(2)
        self.sip.close()
        self.assertEqual(
            {(found[b"key_name"], found[b"until"]) for found in database.tables[b"t"]}, {(b"k", 60), (b"never", 0)}
        )

    def test_a_table_is_loaded_again_from_time_to_time(self) -> None:
        database = FakeSql(t=[row("k", b"old")])
        self.with_table(database, "a=>dbtable=t;reloadat=10;", "$sht(a=>own) = 1;")
        database.tables[b"t"] = [row("k", b"new")]
        self.sip.advance(10)
        items = self.module("htable").tables[b"a"].items
        self.assertEqual(list(items.items()), [(b"k", b"new")])
        database.broken = True
        self.sip.advance(10)
        self.assertTrue(self.logged("htable a: not reloaded: the database is broken"))
        database.broken = False
        database.tables[b"t"] = []
        self.sip.advance(10)
        self.assertEqual(list(items.items()), [])

"""htable.* by RPC."""

from __future__ import annotations

import time
from typing import Any

from sipapp.errors import ScriptError
from sipapp.interfaces.sql import ISqlEngine
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase


class CommandTests(TalkCase):
    modules = "htable"
    head = """
        modparam("htable", "htable", "a=>size=2;")
        modparam("htable", "htable", "b=>size=3;autoexpire=60;updateexpire=0;dmqreplicate=1;")
    """

    def setUp(self) -> None:
        self.serve("")

    def rpc(self, command: str, *parameters: Any) -> Any:
        return self.sip.rpc(f"htable.{command}", *parameters)

    def refused(self, command: str, *parameters: Any) -> tuple[str, int]:
        why = self.assertRaises(ScriptError, self.rpc, command, *parameters)
        return str(why), why.code

    def test_tables_are_listed_the_youngest_first(self) -> None:
        self.assertEqual(
            self.rpc("listTables"),
            [
                {
                    "name": "b",
                    "dbtable": "",
                    "dbmode": 0,
                    "expire": 60,
                    "updateexpire": 0,
                    "size": 8,
                    "dmqreplicate": 1,
                },
                {
                    "name": "a",
                    "dbtable": "",
                    "dbmode": 0,
                    "expire": 0,
                    "updateexpire": 1,
                    "size": 4,
                    "dmqreplicate": 0,
                },
            ],
        )

    def test_items_are_set_read_and_removed(self) -> None:
        for command, value in (("sets", "text"), ("seti", 5), ("seti", "7")):
            self.assertEqual(self.rpc(command, "a", "k", value), "Ok. Key set to new value.")
        self.assertEqual(self.rpc("get", "a", "k"), {"item": {"name": "k", "value": 7, "flags": 0, "expire": "NEVER"}})
        self.assertEqual(self.rpc("delete", "a", "k"), "Ok. Key deleted.")
        self.assertEqual(self.refused("delete", "a", "k"), ("Key not found in htable.", 404))
        self.assertEqual(self.refused("get", "a", "k"), ("Key name doesn't exist in htable.", 500))

    def test_items_have_their_time(self) -> None:
        self.rpc("setxs", "b", "k", "text", 30)
        end = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(30))
        self.assertEqual(self.rpc("get", "b", "k"), {"item": {"name": "k", "value": "text", "flags": 2, "expire": end}})
        self.rpc("setxi", "b", "k", 3, "20")
        self.assertEqual(self.module("htable").tables[b"b"].items.lifetime(b"k"), 20)
        self.assertEqual(self.rpc("setex", "b", "k", 0), "Ok")
        self.assertEqual(self.rpc("get", "b", "k")["item"]["expire"], "NEVER")

    def test_a_dump_shows_slot_by_slot(self) -> None:
        for key, value in (("x", 1), ("init", 2), ("zz", 3)):
            self.rpc("seti", "a", key, value)
        self.rpc("sets", "a", "Bob", "text")
        self.assertEqual(
            self.rpc("dump", "a"),
            [
                {"entry": 2, "size": 1, "slot": [{"name": "zz", "value": 3, "type": "int"}]},
                {
                    "entry": 3,
                    "size": 3,
                    "slot": [
                        {"name": "x", "value": 1, "type": "int"},
                        {"name": "Bob", "value": "text", "type": "str"},
                        {"name": "init", "value": 2, "type": "int"},
                    ],
                },
            ],
        )
        self.assertEqual(
            self.rpc("stats"),
            [
                {"name": "b", "slots": 8, "all": 0, "min": 0, "max": 0},
                {"name": "a", "slots": 4, "all": 4, "min": 0, "max": 3},
            ],
        )

    def test_a_table_is_flushed(self) -> None:
        self.rpc("seti", "a", "k", 1)
        self.assertEqual(self.rpc("flush", "a"), "Ok. Htable flushed.")
        self.assertEqual(self.rpc("dump", "a"), [])

    def test_what_is_wrong_is_told(self) -> None:
        for command, *parameters in (
            ("dump", "z"),
            ("get", "z", "k"),
            ("delete", "z", "k"),
            ("sets", "z", "k", "v"),
            ("flush", "z"),
            ("dmqresync", "z"),
        ):
            self.assertEqual(self.refused(command, *parameters), ("No such htable", 500))
        self.assertEqual(self.refused("seti", "a", "k", "x"), ("not a number: 'x'", 500))
        self.assertEqual(self.refused("reload", "a"), ("No htable db_url", 500))
        self.assertEqual(self.refused("store", "a"), ("No htable db_url", 500))
        self.assertEqual(self.refused("dmqsync"), ("HTable DMQ Sync Failed", 500))
        self.assertEqual(self.refused("dmqresync", "a"), ("HTable DMQ Resync Failed", 500))

    def test_tables_are_loaded_and_stored_when_asked(self) -> None:
        database = FakeSql()
        self.serve(
            "",
            head="""modparam("htable", "db_url", "fake:x") modparam("htable", "htable", "d=>dbtable=t;")
                modparam("htable", "htable", "c=>dbtable=t;cols='key_name,key_value';")""",
            provide={ISqlEngine: database},
        )
        self.rpc("sets", "d", "k", "v")
        self.assertEqual(self.rpc("store", "d"), "Ok. Htable successfully stored to DB.")
        self.assertEqual(
            database.tables[b"t"], [{b"key_name": b"k", b"key_type": 0, b"value_type": 0, b"key_value": b"v"}]
        )
        database.tables[b"t"][0][b"key_value"] = b"new"
        self.assertEqual(self.rpc("reload", "d"), "Ok. Htable reloaded.")
        self.assertEqual(self.rpc("get", "d", "k")["item"]["value"], "new")
        self.assertEqual(self.refused("store", "c"), ("Storing htable failed: its columns are its own", 500))
        self.assertEqual(self.refused("reload", "a"), ("No database htable", 500))
        database.broken = True
        self.assertEqual(self.refused("reload", "d"), ("Htable reload failed", 500))
        self.assertEqual(self.refused("store", "d"), ("Storing htable failed", 500))
        self.assertEqual(self.rpc("get", "d", "k")["item"]["value"], "new")

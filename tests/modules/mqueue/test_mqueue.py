"""Queues of messages."""

from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors, ScriptError, SqlError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.modules.mqueue import Mqueue
from tests.fake_sql import FakeSql
from tests.modules.stage import made
from tests.modules.talk import TalkCase


class DefinitionTests(TalkCase):
    def test_two_of_one_name_are_refused(self) -> None:
        module = made(Mqueue)
        module.set_parameter("mqueue", "name=q")
        module.set_parameter("mqueue_name", "q")
        self.assertRaises(ConfigError, lambda: module.queues)


class MqueueTests(TalkCase):
    modules = "mqueue cfgutils"
    head = """
        modparam("mqueue", "mqueue", "name=q;size=20;")
        modparam("mqueue", "mqueue_size", 1) modparam("mqueue", "mqueue_name", "small")
    """

    def test_messages_come_out_in_order(self) -> None:
        said = self.run_script("""
            mq_add("q", "$rm", "one"); mq_add("q", "k2", "two"); say("$rc $mq_size(q)");
            mq_size("q"); say("$rc");
            while (mq_fetch("q") > 0) say("$mqk(q)=$mqv(q)");
            say("$rc $mqk(q) $mq_size(q)");
        """)
        self.assertEqual(said, ["1 2", "2", "OPTIONS=one", "k2=two", "-2 <null> 0"])

    def test_sizes_of_empty_and_unknown_queues(self) -> None:
        said = self.run_script("""
            mq_size("q"); say("$rc"); mq_size("none"); say("$rc"); mq_fetch("none"); say("$rc");
            mq_add("none", "k", "v"); say("$rc $mq_size(none)");
        """)
        self.assertEqual(said, ["-1", "-2", "-1", "-1 <null>"])

    def test_the_name_may_come_from_a_variable(self) -> None:
        said = self.run_script('$var(q) = "q"; mq_add("$var(q)", "k", "v"); mq_fetch("$var(q)"); say("$mqv($var(q))");')
        self.assertEqual(said, ["v"])

    def test_a_fetched_message_may_be_freed_and_empty_ones_are_null(self) -> None:
        said = self.run_script("""
            mq_add("q", "k", ""); mq_fetch("q"); say("$mqk(q) $mqv(q)");
            mq_pv_free("q"); say("$rc $mqk(q)"); mq_pv_free("none"); say("$rc");
        """)
        self.assertEqual(said, ["k <null>", "1 <null>", "1"])

    def test_what_a_run_has_fetched_stays_its_own_while_it_waits(self) -> None:
        self.serve('mq_add("q", "$ci", "v"); mq_fetch("q"); sleep(1); if ($mqk(q) == $ci) say("mine");')
        self.alice.send("OPTIONS")
        self.alice.send("OPTIONS")
        self.sip.advance(1)
        self.assertEqual([m.values(b"x-said") for m in self.alice.messages], [[b"mine"], [b"mine"]])

    def test_rpc(self) -> None:
        self.run_script('mq_add("q", "k", "v"); mq_add("small", "1", "x"); mq_add("small", "2", "y");')
        self.assertEqual(self.sip.rpc("mqueue.get_size", "q"), {"name": "q", "size": 1})
        self.assertEqual(self.sip.rpc("mqueue.get_sizes"), [{"name": "small", "size": 1}, {"name": "q", "size": 1}])
        self.assertEqual(self.sip.rpc("mqueue.fetch", "small"), {"key": "2", "val": "y"})
        for command, queue, code in (("fetch", "small", 404), ("fetch", "none", 500), ("get_size", "none", 404)):
            self.assertEqual(self.assertRaises(ScriptError, self.sip.rpc, f"mqueue.{command}", queue).code, code)

    def test_without_queues_there_is_a_warning(self) -> None:
        self.head = ""
        self.serve("")
        self.assertTrue(self.logged("no mqueue defined"))

    def test_a_wrong_definition_is_refused_at_its_line(self) -> None:
        why = self.assertRaises(ConfigErrors, self.serve, "", head='modparam("mqueue", "mqueue", "size=3")')
        self.assertIn('modparam("mqueue", "mqueue"): mqueue name not defined', str(why))


class DatabaseTests(TalkCase):
    modules = "mqueue"

    def serve_with(self, rows: FakeSql, dbmode: int, body: str) -> list[str]:
        head = f'modparam("mqueue", "db_url", "fake:x") modparam("mqueue", "mqueue", "name=q;dbmode={dbmode}")'
        return self.run_script(body, head=head, provide={ISqlEngine: rows})

    def test_messages_are_loaded_in_order_and_the_table_is_emptied(self) -> None:
        rows = FakeSql(q=[{b"id": 2, b"key": b"b", b"val": b"2"}, {b"id": 1, b"key": b"a", b"val": b"1"}])
        said = self.serve_with(rows, 2, 'mq_fetch("q"); say("$mqk(q)"); mq_add("q", "c", "3");')
        self.assertEqual((said, rows.tables), (["a"], {b"q": []}))
        self.sip.close()
        self.assertEqual(rows.tables, {b"q": []})

    def test_messages_are_saved(self) -> None:
        rows = FakeSql(q=[{b"id": 1, b"key": b"old", b"val": b"1"}])
        said = self.serve_with(rows, 3, 'mq_add("q", "k", "v"); say("$mq_size(q)");')
        self.sip.close()
        self.assertEqual(said, ["1"])
        self.assertEqual(rows.tables[b"q"][1:], [{b"key": b"k", b"val": b"v"}])

    def test_rows_without_a_key_keep_the_server_from_starting(self) -> None:
        self.assertRaises(SqlError, self.serve_with, FakeSql(q=[{b"id": 1, b"key": None, b"val": b"1"}]), 1, "")

    def test_no_database_module_keeps_the_server_from_starting(self) -> None:
        self.assertRaises(ConfigError, self.serve, "", head='modparam("mqueue", "mqueue", "name=q;dbmode=1")')

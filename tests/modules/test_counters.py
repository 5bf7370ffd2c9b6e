"""Counters in groups."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError, ConfigErrors, ScriptError
from sipapp.modules.counters import Definition
from tests.modules.talk import TalkCase


class CountersTests(TalkCase):
    modules = "counters"
    head = """
        modparam("counters", "script_cnt_grp_name", "mine")
        modparam("counters", "script_counter", "calls:all calls")
        modparam("counters", "script_counter", "other.calls of others")
    """

    def rpc(self, command: str, *parameters: Any) -> Any:
        return self.sip.rpc(f"cnt.{command}", *parameters)

    def test_definitions(self) -> None:
        for source, wanted in (
            ("calls", ("", "calls", "custom script counter.")),
            ("g.calls", ("g", "calls", "custom script counter.")),
            ("calls:  what. it is", ("", "calls", "what. it is")),
            ("g.calls what it is", ("g", "calls", "what it is")),
        ):
            self.assertEqual(tuple(Definition.parse(source)), wanted)
        for wrong in ("", ":x", "g."):
            self.assertRaises(ConfigError, Definition.parse, wrong)

    def test_they_count(self) -> None:
        said = self.run_script("""
            cnt_inc("calls"); cnt_inc("mine.calls"); cnt_add("other.calls", 5); $var(n) = 3; say("$rc");
            cnt_add("other.calls", "$var(n)"); cnt_add("other.calls", "-1");
        """)
        self.assertEqual(said, ["1"])
        self.assertEqual((self.rpc("get", "mine", "calls"), self.rpc("get", "other", "calls")), (2, 7))
        self.rpc("reset", "other", "calls")
        self.assertEqual(self.rpc("get_raw", "other", "calls"), 0)

    def test_a_script_sets_them_back(self) -> None:
        self.run_script('cnt_inc("calls"); cnt_reset("calls");')
        self.assertEqual(self.rpc("get", "mine"), {"calls": 0})

    def test_all_statistics_are_listed(self) -> None:
        self.run_script('cnt_inc("calls");')
        self.sip.server.statistics.gauge("now", "load", lambda: 7.9)
        self.assertLessEqual({"mine", "other", "core", "now"}, set(self.rpc("list_groups")))
        self.assertEqual(self.rpc("grps_list"), self.rpc("list_groups"))
        self.assertEqual([self.rpc(c, "mine") for c in ("list_vars", "var_list")], [["calls"]] * 2)
        self.assertEqual([self.rpc(c, "mine") for c in ("get_vars", "grp_get_all")], [{"calls": 1}] * 2)
        self.assertEqual([self.rpc(c, "now", "load") for c in ("get", "get_raw")], [7, 0])
        self.assertEqual(self.rpc("list_vars", "none"), [])

    def test_they_are_explained(self) -> None:
        self.serve("")
        self.assertEqual(self.rpc("help", "mine", "calls"), "all calls")
        self.assertEqual(self.rpc("help", "other", "calls"), "of others")
        for group, name, why in (
            ("core", "rcv_requests", "no description for counter core.rcv_requests"),
            ("mine", "none", "non-existent counter mine.none"),
        ):
            found = self.assertRaises(ScriptError, self.rpc, "help", group, name)
            self.assertEqual((str(found), found.code), (why, 400))

    def test_a_counter_that_there_is_not_keeps_the_server_from_starting(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, 'cnt_inc("other.none");')
        self.assertEqual(str(why), "counter other.none does not exist (forgot to define it?)")

    def test_one_that_is_there_already_is_logged(self) -> None:
        self.serve("", head='modparam("counters", "script_counter", "mine.calls")')
        self.assertTrue(self.logged("counter mine.calls already registered"))

    def test_it_counts_where_kamailio_lets_it(self) -> None:
        self.assertRaises(ConfigErrors, self.serve, "", routes='branch_route[b] { cnt_inc("calls"); }')

"""modules/cfg_rpc.py: parameters while the server runs."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.testing.harness import Harness

SCRIPT = """loadmodule "pv" loadmodule "cfg_rpc"
my.var = 5 desc "my variable"
my.word = "abc" desc "a word"
tcp_send_timeout = 7
request_route { exit; }
"""


class CfgRpcTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness(SCRIPT)
        self.addCleanup(self.sip.close)

    def ask(self, command: str, *parameters: Any) -> Any:
        return self.sip.rpc(f"cfg.{command}", *parameters)

    def fault(self, command: str, *parameters: Any) -> str:
        error = self.assertRaises(RpcFault, self.ask, command, *parameters)
        self.assertEqual(error.code, 400)
        reason: str = error.reason
        return reason

    def test_a_parameter_is_read_by_group_and_name(self) -> None:
        self.assertEqual(self.ask("get", "my", "var"), 5)
        self.assertEqual(self.ask("get", "my", "word"), b"abc")
        self.assertEqual(self.ask("get", "tcp", "send_timeout"), 7)
        self.assertEqual(self.ask("get", "core", "suspend_timeout"), 120)
        self.assertEqual(self.ask("get", "my"), {"var": 5, "word": b"abc"})
        self.assertEqual(self.fault("get", "my", "nosuch"), "Failed to get the variable")
        self.assertEqual(self.fault("get", "nosuch"), "Failed to get the variable")

    def test_the_list_names_every_parameter(self) -> None:
        self.assertEqual(self.ask("list", "my"), ["my: var", "my: word"])
        self.assertLessEqual({"my: var", "core: debug", "tcp: send_timeout"}, set(self.ask("list")))
        self.assertNotIn("core: tcp_send_timeout", self.ask("list"))

    def test_the_help_is_the_script_s_or_the_manual_s(self) -> None:
        self.assertEqual(self.ask("help", "my", "var"), "my variable(parameter type is integer)")
        self.assertIn("what is logged", self.ask("help", "core", "debug"))
        self.assertEqual(self.fault("help", "my", "nosuch"), "Failed to get the variable description")

    def test_a_parameter_is_set_in_its_own_type(self) -> None:
        self.ask("set", "my", "var", "6")
        self.ask("set", "my", "word", 7)
        self.assertEqual(self.ask("get", "my"), {"var": 6, "word": b"7"})
        self.ask("seti", "my", "var", 8)
        self.ask("sets", "my", "word", "x")
        self.assertEqual(self.ask("get", "my"), {"var": 8, "word": b"x"})
        self.ask("set_now_int", "core", "suspend_timeout", 30)
        self.assertEqual(self.sip.server.config.suspend_timeout, 30)

    def test_what_does_not_fit_is_refused(self) -> None:
        for command, *given in (
            ("set", "my", "var", "abc"),
            ("set_now_string", "my", "var", "x"),
            ("set_now_int", "my", "word", 1),
            ("set_now_int", "my", "nosuch", 1),
            ("set_delayed_int", "my", "word", 1),
            ("set_delayed", "my", "nosuch", 1),
        ):
            self.assertEqual(self.fault(command, *given), "Failed to set the variable")

    def test_delayed_changes_are_made_at_once(self) -> None:
        self.ask("set_delayed", "my", "var", 11)
        self.ask("set_delayed_string", "my", "word", "later")
        self.assertEqual(
            self.ask("diff")[0], {"group name": "my", "variable name": "var", "old value": 5, "new value": 11}
        )
        self.assertEqual(self.ask("get", "my", "var"), 5)
        self.ask("del_delayed", "my", "word")
        self.ask("commit")
        self.assertEqual(self.ask("get", "my"), {"var": 11, "word": b"abc"})
        self.assertEqual(self.ask("diff"), [])
        self.assertEqual(self.fault("del_delayed", "my", "word"), "Failed to delete the value")

    def test_a_rollback_forgets_them(self) -> None:
        self.ask("set_delayed_int", "my", "var", 11)
        self.ask("rollback")
        self.ask("commit")
        self.assertEqual(self.ask("get", "my", "var"), 5)

    def test_a_reset_brings_back_what_the_script_says(self) -> None:
        self.ask("seti", "my", "var", 9)
        self.ask("reset", "my")
        self.assertEqual(self.ask("get", "my", "var"), 5)
        self.assertEqual(self.fault("reset", "nosuch"), "Group not found")

    def test_an_instance_has_its_own_values(self) -> None:
        self.ask("add_group_inst", "my[1]")
        self.ask("seti", "my[1]", "var", 77)
        self.assertEqual((self.ask("get", "my[1]", "var"), self.ask("get", "my", "var")), (77, 5))
        self.assertEqual(self.ask("get", "my[1]"), {"var": 77, "word": b"abc"})
        self.ask("del", "my[1]", "var")
        self.assertEqual(self.ask("get", "my[1]", "var"), 5)
        self.assertEqual(self.fault("del", "my[1]", "var"), "Failed to delete the value")
        self.ask("del_group_inst", "my[1]")
        self.assertEqual(self.fault("del_group_inst", "my[1]"), "Failed to delete the group instance")
        self.assertEqual(self.fault("add_group_inst", "my"), "Wrong group syntax, Use either group or group[id]")
        self.assertEqual(self.fault("seti", "my[1]", "nosuch", 1), "Failed to set the variable")

"""debugger as a script loads it."""

from __future__ import annotations

from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError
from sipapp.interfaces.trace import ITrace
from tests.modules.talk import TalkCase


class DebuggerTests(TalkCase):
    modules = "debugger"

    def test_it_watches_only_where_it_is_asked_to(self) -> None:
        self.serve("exit;")
        self.assertTrue(verifyObject(ITrace, self.module("debugger")))
        self.assertFalse(self.module("debugger").tracing)
        self.serve("exit;", head='modparam("debugger", "cfgtrace", 1)')
        self.assertTrue(self.module("debugger").tracing)

    def test_message_numbers_may_begin_again(self) -> None:
        self.serve('say("$mi");', head='modparam("debugger", "reset_msgid", 1)')
        before = [int(self.ask()[0]) for _ in range(2)]
        self.sip.rpc("dbg.reset_msgid")
        self.assertEqual(before[1], before[0] + 1)
        self.assertEqual(self.ask(), ["1"])

    def test_the_module_cfgt_is_not_there(self) -> None:
        self.assertRaises(ConfigError, self.serve, "exit;", head='modparam("debugger", "cfgtest", 1)')

"""How much each module logs."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.modules.debugger.levels import facility, module_facility, module_level
from tests.modules.talk import TalkCase


class LevelsTests(TalkCase):
    modules = "debugger xlog"
    SCRIPT = 'xlog("L_INFO", "from xlog\\n"); $rU = 5;'

    def test_a_module_may_say_more_than_others(self) -> None:
        levels = 'modparam("debugger", "mod_level", "xlog=3") modparam("debugger", "mod_level", "pv=-2")'
        self.run_script(self.SCRIPT, head=levels)
        self.assertEqual((self.logged("from xlog"), self.logged("takes a text")), (False, True))
        self.run_script(self.SCRIPT, head=levels + 'modparam("debugger", "mod_level_mode", 1)')
        self.assertEqual((self.logged("from xlog"), self.logged("takes a text")), (True, False))

    def test_they_are_gone_with_the_server(self) -> None:
        levels = 'modparam("debugger", "mod_level", "xlog=3") modparam("debugger", "mod_level_mode", 1)'
        self.run_script(self.SCRIPT, head=levels)
        self.module("debugger").stop()
        self.ask()
        self.assertEqual(sum("from xlog" in line for line in self.sip.lines()), 1)

    def test_how_they_are_written(self) -> None:
        self.assertEqual(module_level("tm=-1"), ("tm", -1))
        self.assertEqual(module_facility("tm=LOG_LOCAL1"), ("tm", "LOG_LOCAL1"))
        for wrong in ("tm", "tm=", "tm=x"):
            self.assertRaises(ConfigError, module_level, wrong)
        self.assertRaises(ConfigError, module_facility, "tm")
        self.assertRaises(ConfigError, facility, "LOG_NOWHERE")

"""sipapp/log.py: Kamailio's levels, and what stands in brackets before a line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from twisted.logger import ILogObserver, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp import log as module
from sipapp.log import Logger, follow, locate

log = Logger("sipapp.thing")


class LogTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events: list[dict[str, Any]] = []
        observer = cast(ILogObserver, self.events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.addCleanup(locate, module._where)
        self.addCleanup(follow, None)
        locate(lambda: "app.cfg:7")

    def shown(self) -> list[str]:
        """What stands in brackets, and the text."""
        return [
            f"[{e['log_system']}] {e['log_format']}" for e in self.events if e.get("log_namespace") == "sipapp.thing"
        ]

    def test_debug_says_how_much_is_shown(self) -> None:
        config = SimpleNamespace(debug=3)
        found = {}
        for config.debug in (3, 2, 0, -1, -2, -3):
            self.events.clear()
            follow(config)
            for level in (log.debug, log.info, log.warn, log.error, log.critical):
                level(level.__name__)
            found[config.debug] = [e["log_format"] for e in self.events if e.get("log_namespace") == "sipapp.thing"]
        self.assertEqual(found[3], ["debug", "info", "warn", "error", "critical"])
        self.assertEqual(found[2], ["info", "warn", "error", "critical"])
        self.assertEqual(found[0], ["warn", "error", "critical"])
        self.assertEqual(found[-1], ["error", "critical"])
        self.assertEqual(found[-2], ["critical"])
        self.assertEqual(found[-3], [])

    def test_a_module_may_show_more_or_less(self) -> None:
        follow(SimpleNamespace(debug=0))
        self.addCleanup(module.module_levels.clear)
        module.module_levels.update(core=2, async_=-1)
        log.info("of the core")
        log.debug("too much")
        module.module_levels.clear()
        log.info("no more")
        self.assertEqual([shown.partition("] ")[2] for shown in self.shown()], ["of the core"])

    def test_a_module_is_known_by_the_name_that_loadmodule_takes(self) -> None:
        names = ("sipapp.modules.tm.relay", "sipapp.modules.async_", "sipapp.modules.xlog", "sipapp.routing")
        self.assertEqual([module._module(name) for name in names], ["tm", "async", "xlog", "core"])

    def test_a_severity_of_its_own_counts_instead_of_the_level(self) -> None:
        follow(SimpleNamespace(debug=0))
        log.info("notice", severity=1)
        log.info("alert", severity=-5)
        self.assertEqual(self.shown(), ["[ALERT thing] alert"])

    def test_all_but_debug_lines_name_the_place_in_the_script(self) -> None:
        follow(SimpleNamespace(debug=3))
        log.debug("one")
        log.info("two")
        log.error("three")
        self.assertEqual(
            self.shown(), ["[DEBUG thing] one", "[INFO thing app.cfg:7] two", "[ERROR thing app.cfg:7] three"]
        )

    def test_what_comes_while_no_script_is_running_names_the_place_that_waits_for_it(self) -> None:
        locate(lambda: "")
        log.warn("late", waited="app.cfg:8")
        locate(lambda: "app.cfg:9")
        log.warn("at once", waited="app.cfg:8")
        self.assertEqual(self.shown(), ["[WARNING thing app.cfg:8] late", "[WARNING thing app.cfg:9] at once"])

    def test_not_where_their_text_does_or_no_script_is_running(self) -> None:
        log.warn("{at}: one", at="app.cfg:9:1")
        locate(lambda: "")
        log.warn("two")
        self.assertEqual(self.shown(), ["[WARNING thing] {at}: one", "[WARNING thing] two"])

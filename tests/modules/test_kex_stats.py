"""Every statistic of the server by RPC."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.kex.stats import StatisticsCommands
from sipapp.statistics import Statistics


class StatsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.commands = StatisticsCommands()
        self.commands.statistics = statistics = Statistics()
        statistics.counter("core", "sent").add(3)
        statistics.counter("core", "lost")
        statistics.gauge("tm", "now", lambda: 7.9)

    def test_by_name_group_or_all(self) -> None:
        for names, wanted in (
            (("sent",), ["core:sent = 3"]),
            (("core.sent", "tm:now"), ["core:sent = 3", "tm:now = 7"]),
            (("core:",), ["core:sent = 3", "core:lost = 0"]),
            (("all",), ["core:sent = 3", "core:lost = 0", "tm:now = 7"]),
            (("tm.sent", "nosuch", "nosuch:"), []),
        ):
            self.assertEqual(self.commands.rpc_get(*names), wanted)

    def test_fetched_as_texts_or_numbers(self) -> None:
        self.assertEqual(self.commands.rpc_fetch("sent", "now"), {"core.sent": "3", "tm.now": "7"})
        self.assertEqual(self.commands.rpc_fetchn("core:"), {"core.sent": 3, "core.lost": 0})

    def test_reset_sets_to_0_silently(self) -> None:
        self.assertIsNone(self.commands.rpc_reset("all"))
        self.assertEqual(self.commands.rpc_fetchn("all"), {"core.sent": 0, "core.lost": 0, "tm.now": 7})

    def test_clear_tells_what_it_was(self) -> None:
        self.assertEqual(self.commands.rpc_clear("all"), ["core:sent = 0 (3)", "core:lost = 0", "tm:now = 7"])

    def test_a_name_is_needed(self) -> None:
        for command in (self.commands.rpc_get, self.commands.rpc_fetch, self.commands.rpc_clear):
            self.assertRaises(ScriptError, command)

"""sipapp/module/events.py: which event routes a module runs."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.events import fits


class EventTests(SynchronousTestCase):
    def test_a_plain_name_is_itself(self) -> None:
        self.assertTrue(fits("tm:local-request", "tm:local-request"))
        self.assertFalse(fits("tm:local-request", "tm:local-requests"))

    def test_names_may_end_in_what_the_script_says(self) -> None:
        self.assertTrue(fits("htable:expired:<table>", "htable:expired:calls"))
        self.assertTrue(fits("tm:branch-failure:id", "tm:branch-failure:myroute"))
        self.assertFalse(fits("htable:expired:<table>", "htable:expired:"))
        self.assertFalse(fits("htable:expired:<table>", "htable:reloaded:calls"))

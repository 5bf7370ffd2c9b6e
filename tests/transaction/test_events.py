from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transaction.events import BY_STATUS, Event


class ResponseEventTests(SynchronousTestCase):
    def test_a_status_is_an_event_by_its_class(self) -> None:
        found = [BY_STATUS[status] for status in (100, 199, 200, 299, 300, 486, 699)]
        p, s, f = Event.R_1XX, Event.R_2XX, Event.R_300_699
        self.assertEqual(found, [p, p, s, s, f, f, f])

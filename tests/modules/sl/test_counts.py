from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.sl.counts import Counts
from sipapp.statistics import Statistics


class CountsTests(SynchronousTestCase):
    def test_a_status_with_a_counter_of_its_own_does_not_count_in_its_class(self) -> None:
        counts = Counts(Statistics())
        for status in (200, 202, 206, 404, 404, 410, 500, 503, 603, 180, 700):
            counts.count(status)
        self.assertEqual(
            {name: number for name, number in counts.report().items() if number},
            {"200": 1, "202": 1, "2xx": 1, "404": 2, "4xx": 1, "500": 1, "5xx": 1, "6xx": 1, "xxx": 2},
        )
        self.assertEqual(counts.sent.value, 11)

    def test_the_report_has_kamailios_names_in_its_order(self) -> None:
        self.assertEqual(
            " ".join(Counts(Statistics()).report()),
            "200 202 2xx 300 301 302 3xx 400 401 403 404 407 408 483 4xx 500 5xx 6xx xxx",
        )

    def test_every_statistic_is_there_by_its_name(self) -> None:
        statistics = Statistics()
        Counts(statistics)
        names = {one.name for one in statistics.all("sl")}
        self.assertTrue({"1xx_replies", "200_replies", "xxx_replies", "sent_replies", "sent_err_replies"} <= names)
        self.assertTrue({"failures", "received_ACKs"} <= names)
        self.assertEqual(len(names), 24)

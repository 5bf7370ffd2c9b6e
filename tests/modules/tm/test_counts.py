from __future__ import annotations

from tests.modules.tm.scene import SceneTestCase


class CountTests(SceneTestCase):
    def test_a_call_is_counted_from_its_beginning_to_its_end(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.bob.answers = lambda request: [180, (1.0, 486)]
        self.invite()
        report = self.tm.counts.report()
        self.assertEqual((report["current"], report["waiting"], report["total"]), (1, 0, 1))
        self.assertEqual((report["rpl_received"], report["rpl_generated"], report["rpl_sent"]), (1, 1, 2))
        self.sip.advance(1)
        report = self.tm.counts.report()
        self.assertEqual((report["current"], report["waiting"], report["4xx"]), (1, 1, 1))
        self.sip.advance(60)
        self.assertEqual(
            self.tm.counts.report(),
            {
                "current": 0,
                "waiting": 0,
                "total": 1,
                "total_local": 0,
                "rpl_received": 2,
                "rpl_generated": 1,
                "rpl_sent": 3,
                "6xx": 0,
                "5xx": 0,
                "4xx": 1,
                "3xx": 0,
                "2xx": 0,
            },
        )

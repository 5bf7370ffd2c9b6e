from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.registrar.reasons import TOO_BRIEF, Refused


class ReasonTests(SynchronousTestCase):
    def test_a_refusal_says_what_the_peer_is_owed(self) -> None:
        refused = Refused(TOO_BRIEF)
        self.assertEqual((refused.status, refused.reason, refused.contacts), (423, "Interval too brief", []))
        self.assertEqual(refused.why.phrase, b"Interval Too Brief")

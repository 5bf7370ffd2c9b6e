from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.keepalive import IPingTargets, PingTarget


class KeepaliveTests(SynchronousTestCase):
    def test_a_target_is_a_row_of_usrlocs(self) -> None:
        target = PingTarget(b"sip:alice@192.0.2.9", b"", b"", None, 64, b"uloc-1", 0x1F)
        self.assertEqual((target.contact, target.flags, target.ruid), (b"sip:alice@192.0.2.9", 64, b"uloc-1"))

    def test_usrloc_answers_for_targets_and_is_told_of_answers(self) -> None:
        self.assertEqual(
            sorted(IPingTargets.names()), ["keepalive_answered", "nat_flag", "ping_targets", "set_keepalive_timeout"]
        )

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transaction.timers import Timers


class TimersTests(SynchronousTestCase):
    """RFC 3261 Appendix A, table 4."""

    def test_defaults_are_those_of_the_rfc(self) -> None:
        timers = Timers()
        self.assertEqual((timers.t1, timers.t2, timers.t4), (0.5, 4.0, 5.0))
        self.assertEqual((timers.b, timers.m), (32.0, 32.0))
        self.assertEqual((timers.d(False), timers.wait(False), timers.j(False)), (32.0, 5.0, 32.0))

    def test_reliable_transports_need_not_wait_for_what_comes_again(self) -> None:
        timers = Timers()
        self.assertEqual((timers.d(True), timers.wait(True), timers.j(True)), (0.0, 0.0, 0.0))

    def test_lengths_follow_t1(self) -> None:
        timers = Timers(t1=0.25)
        self.assertEqual((timers.b, timers.j(False), timers.m), (16.0, 16.0, 16.0))

    def test_timer_d_is_never_below_32_seconds(self) -> None:
        self.assertEqual(Timers(t1=0.1).d(False), 32.0)
        self.assertEqual(Timers(t1=1.0).d(False), 64.0)

    def test_a_timeout_stands_for_64_t1_but_what_is_in_the_network_is_absorbed(self) -> None:
        timers = Timers(timeout=30.0)
        self.assertEqual((timers.b, timers.j(False), timers.j(True), timers.m), (30.0, 30.0, 0.0, 30.0))
        timers = Timers(timeout=3.0)
        self.assertEqual((timers.b, timers.j(False), timers.m), (3.0, 5.0, 5.0))

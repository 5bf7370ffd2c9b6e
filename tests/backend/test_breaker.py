"""sipapp.backend.breaker."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend.breaker import Breaker, State
from sipapp.backend.limits import Limits

LIMITS = Limits(failure_rate=50, window=10.0, min_calls=4, open_time=5.0, probes=2)


class BreakerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.breaker = Breaker(LIMITS)

    def calls(self, outcomes: str, now: float) -> None:
        """f: a call that fails at once, g: one that goes well."""
        for outcome in outcomes:
            self.breaker.ended(self.breaker.admit(now), outcome == "f", now)

    def test_it_opens_at_the_rate(self) -> None:
        self.calls("gff", 0.0)
        self.assertEqual(self.breaker.state, State.CLOSED)
        self.calls("g", 0.0)
        self.calls("f", 0.0)
        self.assertEqual(self.breaker.state, State.OPEN)

    def test_fewer_calls_than_min_calls_prove_nothing(self) -> None:
        self.calls("fff", 0.0)
        self.assertEqual(self.breaker.state, State.CLOSED)

    def test_without_a_failure_rate_it_never_opens(self) -> None:
        self.breaker = Breaker(Limits())
        self.calls("f" * 100, 0.0)
        self.assertEqual(self.breaker.state, State.CLOSED)

    def test_failures_of_the_half_window_before_count(self) -> None:
        self.calls("ff", 0.0)
        self.calls("ff", 6.0)
        self.assertEqual(self.breaker.state, State.OPEN)

    def test_older_failures_are_forgotten(self) -> None:
        self.calls("fff", 0.0)
        self.calls("ggg", 11.0)
        self.calls("f", 11.0)
        self.assertEqual(self.breaker.state, State.CLOSED)

    def test_while_open_it_admits_nobody(self) -> None:
        self.calls("ffff", 1.0)
        self.assertEqual(self.breaker.admit(5.9), -1)

    def test_after_the_open_time_it_admits_as_many_as_there_are_probes(self) -> None:
        self.calls("ffff", 1.0)
        self.assertNotEqual(self.breaker.admit(6.0), -1)
        self.assertEqual(self.breaker.state, State.HALF_OPEN)
        self.assertNotEqual(self.breaker.admit(6.0), -1)
        self.assertEqual(self.breaker.admit(6.0), -1)

    def test_probes_that_all_go_well_close_it(self) -> None:
        self.calls("ffff", 1.0)
        self.calls("g", 6.0)
        self.assertEqual(self.breaker.state, State.HALF_OPEN)
        self.calls("g", 6.0)
        self.assertEqual(self.breaker.state, State.CLOSED)

    def test_a_probe_that_fails_opens_it_for_as_long_again(self) -> None:
        self.calls("ffff", 1.0)
        self.calls("f", 6.0)
        self.assertEqual(self.breaker.state, State.OPEN)
        self.assertEqual(self.breaker.admit(10.9), -1)
        self.assertNotEqual(self.breaker.admit(11.0), -1)

    def test_a_probe_that_is_withdrawn_makes_room_for_another(self) -> None:
        self.calls("ffff", 1.0)
        first = self.breaker.admit(6.0)
        self.breaker.admit(6.0)
        self.breaker.withdrawn(first)
        self.assertNotEqual(self.breaker.admit(6.0), -1)

    def test_what_began_before_it_opened_says_nothing_afterwards(self) -> None:
        old = self.breaker.admit(0.0)
        self.calls("ffff", 1.0)
        self.breaker.admit(6.0)
        self.assertFalse(self.breaker.ended(old, True, 6.0))
        self.assertEqual(self.breaker.state, State.HALF_OPEN)

"""sipapp.backend.backend."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend import Backend, BackendBusy, Backends, BackendTimeout, CircuitOpen, Limits, State
from sipapp.errors import ConfigError
from sipapp.statistics import Statistics
from sipapp.transaction.wheel import Wheel


class Server:
    """What is asked: each call is a Deferred in `calls`; `cancelled` counts those that were given up."""

    def __init__(self) -> None:
        self.calls: list[Deferred[str]] = []
        self.cancelled = 0

    def ask(self) -> Deferred[str]:
        self.calls.append(Deferred(self._cancel))
        return self.calls[-1]

    def _cancel(self, _: Deferred[str]) -> None:
        self.cancelled += 1


class BackendTests(SynchronousTestCase):
    def make(self, **limits: Any) -> None:
        self.clock = Clock()
        self.server = Server()
        self.backend = Backend("db", Wheel(self.clock), Limits(**limits))

    def ask(self, timeout: float = 0.0) -> Deferred[str]:
        return self.backend.call(self.server.ask, timeout)

    def fail_one(self) -> None:
        asked = self.ask()
        self.server.calls[-1].errback(ValueError("down"))
        self.failureResultOf(asked, ValueError)

    def test_a_call_answers_what_it_came_to(self) -> None:
        self.make()
        asked = self.ask()
        self.server.calls[0].callback("answer")
        self.assertEqual(self.successResultOf(asked), "answer")
        self.assertEqual((self.backend.in_flight, self.backend.calls, self.backend.failures), (0, 1, 0))

    def test_a_call_may_be_over_at_once(self) -> None:
        self.make(in_flight=1)
        self.assertEqual(self.successResultOf(self.backend.call(lambda: succeed(7))), 7)
        self.assertEqual(self.backend.in_flight, 0)

    def test_a_call_that_raises_fails(self) -> None:
        self.make()

        def broken() -> Deferred[str]:
            raise ValueError("no")

        self.failureResultOf(self.backend.call(broken), ValueError)
        self.assertEqual((self.backend.in_flight, self.backend.failures), (0, 1))

    def test_beyond_in_flight_calls_wait_for_their_turn(self) -> None:
        self.make(in_flight=2)
        asked = [self.ask() for _ in range(3)]
        self.assertEqual((len(self.server.calls), self.backend.queued), (2, 1))
        self.server.calls[0].callback("first")
        self.assertEqual((len(self.server.calls), self.backend.queued), (3, 0))
        self.server.calls[2].callback("third")
        self.assertEqual(self.successResultOf(asked[2]), "third")
        self.assertEqual(self.backend.in_flight, 1)
        asked[1].addErrback(lambda _: None)

    def test_zero_in_flight_is_no_limit(self) -> None:
        self.make(in_flight=0)
        asked = [self.ask() for _ in range(300)]
        self.assertEqual(len(self.server.calls), len(asked))

    def test_with_a_full_queue_it_is_busy_at_once(self) -> None:
        self.make(in_flight=1, queue=1)
        held = [self.ask(), self.ask()]
        self.failureResultOf(self.ask(), BackendBusy)
        self.assertEqual(self.backend.refused, 1)
        self.assertEqual(len(held), 2)

    def test_the_deadline_cancels_the_call_and_counts_as_a_failure(self) -> None:
        self.make()
        asked = self.ask(2.0)
        self.clock.advance(1.9)
        self.assertNoResult(asked)
        self.clock.advance(0.1)
        self.assertFalse(self.failureResultOf(asked, BackendTimeout).value.queued)
        self.assertEqual((self.server.cancelled, self.backend.failures, self.backend.timeouts), (1, 1, 1))

    def test_the_deadline_counts_from_the_call_even_in_the_queue(self) -> None:
        self.make(in_flight=1)
        held = self.ask()
        asked = self.ask(2.0)
        self.clock.advance(2.0)
        self.assertTrue(self.failureResultOf(asked, BackendTimeout).value.queued)
        self.assertEqual((self.backend.queued, len(self.server.calls)), (0, 1))
        self.assertNoResult(held)

    def test_what_ended_in_time_is_not_late_later(self) -> None:
        self.make()
        asked = self.ask(2.0)
        self.server.calls[0].callback("answer")
        self.successResultOf(asked)
        self.assert_no_alarm()

    def assert_no_alarm(self) -> None:
        self.clock.advance(5)
        self.assertEqual((self.backend.timeouts, self.clock.getDelayedCalls()), (0, []))

    def test_cancelling_reaches_the_call_and_is_no_failure(self) -> None:
        self.make()
        asked = self.ask(2.0)
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual((self.server.cancelled, self.backend.failures, self.backend.in_flight), (1, 0, 0))
        self.assert_no_alarm()

    def test_cancelling_leaves_the_queue(self) -> None:
        self.make(in_flight=1)
        held = self.ask()
        asked = self.ask(2.0)
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual(self.backend.queued, 0)
        self.assert_no_alarm()
        self.assertNoResult(held)

    def test_an_open_circuit_refuses_at_once(self) -> None:
        self.make(failure_rate=50, min_calls=2)
        self.fail_one()
        self.fail_one()
        self.assertEqual(self.backend.state, State.OPEN)
        self.failureResultOf(self.ask(), CircuitOpen)
        self.assertEqual((len(self.server.calls), self.backend.refused), (2, 1))

    def test_a_circuit_that_opens_refuses_what_is_queued(self) -> None:
        self.make(in_flight=2, failure_rate=50, min_calls=2)
        asked = [self.ask(5.0) for _ in range(4)]
        self.server.calls[0].errback(ValueError())
        self.server.calls[1].errback(ValueError())
        for one in asked[:2]:
            self.failureResultOf(one, ValueError)
        # the third had begun when the first one made room
        self.failureResultOf(asked[3], CircuitOpen)
        self.assertNoResult(asked[2])
        self.assertEqual(self.backend.queued, 0)

    def test_after_the_open_time_one_call_tries_and_closes_it(self) -> None:
        self.make(failure_rate=50, min_calls=1, open_time=5.0)
        self.fail_one()
        self.clock.advance(5.0)
        asked = self.ask()
        self.failureResultOf(self.ask(), CircuitOpen)
        self.server.calls[-1].callback("up")
        self.assertEqual(self.successResultOf(asked), "up")
        self.assertEqual(self.backend.state, State.CLOSED)

    def test_a_cancelled_probe_lets_the_next_one_try(self) -> None:
        self.make(failure_rate=50, min_calls=1, open_time=5.0)
        self.fail_one()
        self.clock.advance(5.0)
        asked = self.ask()
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertNoResult(self.ask())

    def test_who_asks_tells_what_is_a_failure(self) -> None:
        self.make()
        self.backend = Backend("web", Wheel(self.clock), Limits(), failed=lambda result: result == "500")
        for answer in ("500", "200"):
            asked = self.ask()
            self.server.calls[-1].callback(answer)
            self.assertEqual(self.successResultOf(asked), answer)
        self.assertEqual(self.backend.failures, 1)


class BackendsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.statistics = Statistics()
        self.clock = Clock()

    def value(self, name: str) -> float:
        found = self.statistics.find(name, "sqlops")
        assert found is not None
        return found.value

    def test_each_has_its_own_limits_or_those_of_the_others(self) -> None:
        backends = Backends(Wheel(self.clock), self.statistics, "sqlops", ["ca=>in_flight=10", "*=>in_flight=3"])
        self.assertEqual(backends.get("ca").limits.in_flight, 10)
        self.assertEqual(backends.get("cb").limits.in_flight, 3)
        self.assertIs(backends.get("cb"), backends.get("cb"))

    def test_a_wrong_definition_is_refused(self) -> None:
        self.assertRaises(ConfigError, Backends, self.clock, self.statistics, "sqlops", ["ca"])

    def test_the_statistics_show_each_named_one_and_all_together(self) -> None:
        backends = Backends(Wheel(self.clock), self.statistics, "sqlops", ["ca=>in_flight=1"])
        server = Server()
        held = [backends.get(name).call(server.ask) for name in ("ca", "ca", "cb")]
        self.assertEqual((self.value("ca_in_flight"), self.value("ca_queued")), (1, 1))
        self.assertEqual((self.value("backend_in_flight"), self.value("backend_queued")), (2, 1))
        self.assertEqual((self.value("ca_circuit"), self.value("backend_calls")), (0, 2))
        self.assertEqual(len(held), 3)

    def test_idle_ones_without_limits_of_their_own_are_forgotten_when_there_are_too_many(self) -> None:
        backends = Backends(Wheel(self.clock), self.statistics, "sqlops")
        held = backends.get("busy").call(Server().ask)
        for number in range(1000):
            backends.get(str(number))
        self.assertEqual(len(backends.all()), 2)
        self.assertNoResult(held)

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.awaiting import Awaiting, give_up
from sipapp.script.pause import Pause
from sipapp.testing.clock import SteppingClock
from sipapp.testing.harness import Harness
from sipapp.transaction.wheel import Wheel


class Driven:
    """A coroutine that awaits the answers of functions one after the other, and returns the results."""

    def __init__(self, *answers: Any) -> None:
        self.driver = Awaiting()
        self.coroutine = self._await(answers)

    async def _await(self, answers: tuple[Any, ...]) -> list[Any]:
        return [await self.driver.result_of(answer) for answer in answers]

    def send(self, result: Any = None) -> Any:
        """What it waits for next, or the results."""
        try:
            return self.coroutine.send(result)
        except StopIteration as end:
            return end.value


async def _five() -> int:
    return 5


class AwaitingTests(SynchronousTestCase):
    def test_a_deferred_is_handed_to_the_driver_and_its_result_comes_back(self) -> None:
        first: Deferred[int] = Deferred()
        second: Deferred[int] = Deferred()
        driven = Driven(first, second)
        self.assertIs(driven.send(), first)
        self.assertIs(driven.send(1), second)
        self.assertEqual(driven.send(2), [1, 2])

    def test_a_result_of_none_is_one(self) -> None:
        first: Deferred[None] = Deferred()
        driven = Driven(first)
        driven.send()
        self.assertEqual(driven.send(None), [None])

    def test_a_deferred_that_has_its_result_is_not_waited_for(self) -> None:
        self.assertEqual(Driven(succeed(3), succeed(4)).send(), [3, 4])

    def test_a_deferred_that_has_failed_already_raises(self) -> None:
        with self.assertRaises(KeyError):
            Driven(fail(KeyError("a"))).send()

    def test_what_is_thrown_in_is_raised_where_it_waits(self) -> None:
        driven = Driven(Deferred())
        driven.send()
        with self.assertRaises(KeyError):
            driven.coroutine.throw(KeyError("a"))

    def test_a_coroutine_is_awaited_as_it_is(self) -> None:
        self.assertEqual(Driven(_five()).send(), [5])

    def test_a_pause_is_handed_to_the_driver(self) -> None:
        pause = Pause(Wheel(SteppingClock()), 1.0)
        self.assertIs(Driven(pause).send(), pause)

    def test_a_coroutine_that_waits_can_be_closed(self) -> None:
        driven = Driven(Deferred())
        driven.send()
        coroutine: Coroutine[Any, Any, Any] = driven.coroutine
        coroutine.close()
        with self.assertRaises(RuntimeError):
            coroutine.send(None)


class GiveUpTests(SynchronousTestCase):
    def test_a_deferred_is_cancelled_and_its_failure_is_nobodys(self) -> None:
        cancelled: list[object] = []
        given_up: Deferred[None] = Deferred(cancelled.append)
        give_up(given_up)
        self.assertEqual(cancelled, [given_up])
        self.assertIsNone(self.successResultOf(given_up))
        self.assertEqual(self.flushLoggedErrors(CancelledError), [])

    def test_a_pause_is_cancelled(self) -> None:
        clock = SteppingClock()
        pause = Pause(Wheel(clock), 1.0)
        give_up(pause)
        self.assertEqual(pause.due, float("inf"))


WITHIN = """loadmodule "sl" loadmodule "tm" loadmodule "tmx" loadmodule "pv" loadmodule "async"
request_route { async(async_sleep("%d"), DONE, %d); }
route[DONE] { sl_send_reply(200, "$rc"); }"""


class WithinTests(SynchronousTestCase):
    def reasons(self, sleep: int, limit: int) -> list[tuple[float, int]]:
        sip = Harness(WITHIN % (sleep, limit))
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(9)
        self.lines = [packet.start_line for packet in sip.network.packets]
        return alice.received

    def test_what_takes_no_longer_than_its_limit_answers_its_own_code(self) -> None:
        self.assertEqual(self.reasons(2, 5), [(2.0, 200)])
        self.assertEqual(self.lines[-1], "SIP/2.0 200 1")

    def test_what_takes_longer_is_given_up_at_its_limit(self) -> None:
        self.assertEqual(self.reasons(5, 2), [(2.0, 200)])
        self.assertEqual(self.lines[-1], "SIP/2.0 200 -1")

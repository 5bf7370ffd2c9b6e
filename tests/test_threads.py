"""sipapp/threads.py: calls that block, in a bounded number of threads."""

from __future__ import annotations

from threading import Event, current_thread, get_ident
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.threads import Threads


class Reactor:
    """Keeps what threads hand over until the test takes it."""

    def __init__(self) -> None:
        self.handed: list[tuple[Any, ...]] = []
        self.news = Event()

    def callFromThread(self, function: Any, *arguments: Any) -> None:
        self.handed.append((function, *arguments))
        self.news.set()

    def take(self) -> None:
        """Wait for a hand-over, and make it."""
        while not self.handed:
            if not self.news.wait(10):
                raise AssertionError("no thread has come back")
            self.news.clear()
        function, *arguments = self.handed.pop(0)
        function(*arguments)


class ThreadsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.threads = Threads(self.reactor, 2)
        self.gate = Event()
        self.addCleanup(self.threads.stop)
        self.addCleanup(self.gate.set)

    def test_the_call_is_made_in_another_thread(self) -> None:
        waiting = self.threads.run(lambda number: (number, get_ident(), current_thread().daemon), 5)
        self.reactor.take()
        number, thread, daemon = self.successResultOf(waiting)
        self.assertEqual((number, daemon), (5, True))
        self.assertNotEqual(thread, get_ident())

    def test_what_it_raises_comes_out(self) -> None:
        waiting = self.threads.run(int, "x")
        self.reactor.take()
        self.failureResultOf(waiting, ValueError)

    def test_no_more_threads_than_allowed(self) -> None:
        running: list[int] = []

        def work(number: int) -> int:
            running.append(number)
            self.gate.wait(10)
            return number

        calls = [self.threads.run(work, number) for number in range(4)]
        self.assertEqual(self.threads.open, 4)
        self.gate.set()
        for _ in calls:
            self.reactor.take()
        self.assertEqual(sorted(self.successResultOf(call) for call in calls), [0, 1, 2, 3])
        self.assertEqual((self.threads._threads, self.threads.open), (2, 0))

    def test_a_cancelled_call_that_has_not_begun_is_not_made(self) -> None:
        made: list[int] = []
        busy = [self.threads.run(self.gate.wait, 10) for _ in range(2)]
        waiting = self.threads.run(made.append, 1)
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.gate.set()
        for _ in range(3):
            self.reactor.take()
        self.assertEqual((made, self.threads.open), ([], 0))
        self.assertEqual([self.successResultOf(call) for call in busy], [True, True])

    def test_the_result_of_a_cancelled_call_is_dropped(self) -> None:
        waiting = self.threads.run(self.gate.wait, 10)
        waiting.cancel()
        self.gate.set()
        self.reactor.take()
        self.failureResultOf(waiting, CancelledError)

    def test_threads_are_made_when_they_are_needed(self) -> None:
        self.assertEqual(self.threads._threads, 0)
        for _ in range(3):
            waiting = self.threads.run(int, "1")
            self.reactor.take()
            self.successResultOf(waiting)
        self.assertEqual(self.threads._threads, 1)

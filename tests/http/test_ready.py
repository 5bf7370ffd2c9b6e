"""sipapp.http.ready: sockets that are ready take turns with all others."""

from __future__ import annotations

import select
import socket
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.http.ready import AT_ONCE, Sockets


class Reactor:
    """The descriptors that somebody watches."""

    def __init__(self) -> None:
        self.readers: set[Any] = set()
        self.addReader = self.readers.add
        self.removeReader = self.readers.remove


class SocketsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.found: list[list[tuple[int, int]]] = []
        self.sockets = Sockets(self.reactor, self.found.append)
        self.addCleanup(self.sockets.close)

    def pair(self) -> tuple[socket.socket, socket.socket]:
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        return ours, theirs

    def turn(self) -> list[tuple[int, int]]:
        """Those that are ready; none where it is not readable itself."""
        del self.found[:]
        self.sockets.doRead()
        return self.found[0] if self.found else []

    def test_one_that_can_be_read_is_told(self) -> None:
        ours, theirs = self.pair()
        self.sockets.watch(ours.fileno(), reading=True, writing=False)
        self.assertEqual(self.turn(), [])
        theirs.send(b"x")
        self.assertEqual(self.turn(), [(ours.fileno(), select.EPOLLIN)])

    def test_one_that_can_be_written_is_told_as_long_as_that_is_asked_for(self) -> None:
        ours, _ = self.pair()
        self.sockets.watch(ours.fileno(), reading=True, writing=True)
        self.assertEqual(self.turn(), [(ours.fileno(), select.EPOLLOUT)])
        self.sockets.watch(ours.fileno(), reading=True, writing=False)
        self.assertEqual(self.turn(), [])

    def test_its_own_descriptor_is_ready_when_one_of_them_is(self) -> None:
        ours, theirs = self.pair()
        self.sockets.watch(ours.fileno(), reading=True, writing=False)
        self.assertEqual(select.select([self.sockets], [], [], 0)[0], [])
        theirs.send(b"x")
        self.assertEqual(select.select([self.sockets], [], [], 0)[0], [self.sockets])

    def test_so_many_in_one_turn_and_the_others_in_the_next_ones(self) -> None:
        pairs = [self.pair() for _ in range(AT_ONCE + 5)]
        for ours, theirs in pairs:
            self.sockets.watch(ours.fileno(), reading=True, writing=False)
            theirs.send(b"x")
        first = self.turn()
        second = self.turn()
        self.assertEqual((len(first), len({one for one, _ in [*first, *second]})), (AT_ONCE, AT_ONCE + 5))

    def test_the_reactor_watches_it_while_there_is_one(self) -> None:
        ours, other = self.pair()
        self.sockets.watch(ours.fileno(), reading=True, writing=False)
        self.sockets.watch(other.fileno(), reading=True, writing=False)
        self.sockets.forget(ours.fileno())
        self.sockets.forget(ours.fileno())
        self.assertEqual((self.reactor.readers, len(self.sockets)), ({self.sockets}, 1))
        self.sockets.forget(other.fileno())
        self.assertEqual((self.reactor.readers, len(self.sockets)), (set(), 0))

    def test_one_that_was_closed_can_be_forgotten_and_its_number_be_another(self) -> None:
        ours, _ = self.pair()
        number = ours.fileno()
        self.sockets.watch(number, reading=True, writing=False)
        ours.close()
        new, theirs = self.pair()
        self.assertEqual(new.fileno(), number)
        self.sockets.watch(number, reading=True, writing=False)
        theirs.send(b"x")
        self.assertEqual(self.turn(), [(number, select.EPOLLIN)])
        new.close()
        self.sockets.forget(number)
        self.assertEqual(len(self.sockets), 0)

    def test_closed_it_watches_nothing(self) -> None:
        ours, _ = self.pair()
        self.sockets.watch(ours.fileno(), reading=True, writing=False)
        self.sockets.close()
        self.assertEqual((self.reactor.readers, len(self.sockets)), (set(), 0))

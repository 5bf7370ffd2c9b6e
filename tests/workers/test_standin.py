"""sipapp/workers/standin.py: a worker that is missing for some time is done without."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport.listen import Endpoint
from sipapp.workers.kinds import DUTIES, MESSAGE
from sipapp.workers.places import Place
from sipapp.workers.standin import StandIn
from tests.workers.test_transport import OF_1, OF_2, OPTIONS
from tests.workers.wired import Wired


class StandInTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wired = Wired(2)
        group = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in group:
            self.addCleanup(one.close)
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
        self.address = group[1].getsockname()
        places = [
            Place(Endpoint("tcp", "127.0.0.1", 5060), [socket.socket()]),
            Place(Endpoint("udp", *self.address), group),
        ]
        self.addCleanup(places[0].sockets[0].close)
        self.standin = StandIn(places, self.wired.links[0], 2, b"feed", self.wired.reactor)
        self.addCleanup(self.standin.close)
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.peer.close)
        self.peer.bind(("127.0.0.1", 0))

    def test_the_others_learn_who_does_its_work_and_when_it_is_back(self) -> None:
        self.standin.miss(2, [1])
        self.assertEqual(self.wired.items(1), [(DUTIES, [0, 1, 1])])
        self.standin.back(2, [1, 2])
        self.assertEqual(self.wired.items(1)[1:], [(DUTIES, [0, 1, 2])])
        self.assertEqual(self.wired.items(2), [(DUTIES, [0, 1, 2])])

    def test_what_comes_to_its_socket_goes_to_them(self) -> None:
        self.standin.miss(2, [1])
        for call_id in (OF_1, OF_2):
            self.peer.sendto(OPTIONS % call_id, self.address)
        (port,) = self.wired.reactor.readers
        port.doRead()
        items = self.wired.items(1)[1:]
        self.assertEqual([item[0] for item in items], [MESSAGE, MESSAGE])
        self.assertEqual([item[2:5] for item in items], [(1, *self.peer.getsockname())] * 2)

    def test_its_socket_is_its_own_again_when_it_is_back(self) -> None:
        self.standin.miss(2, [1])
        self.standin.back(2, [1, 2])
        self.assertEqual(self.wired.reactor.readers, [])

    def test_with_nobody_left_everybody_keeps_his_work(self) -> None:
        self.standin.miss(1, [])
        self.standin.miss(2, [])
        self.assertEqual(self.standin.routes, [0, 1, 2])

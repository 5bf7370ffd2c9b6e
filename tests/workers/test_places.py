"""sipapp/workers/places.py: one address, a socket for each worker."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.transport.listen import Endpoint
from sipapp.transport.settings import Settings
from sipapp.workers.places import Place, release, take

UDP, TCP = Endpoint("udp", "127.0.0.1", 0), Endpoint("tcp", "127.0.0.1", 0)


class TakeTests(SynchronousTestCase):
    def take(self, *endpoints: Endpoint, workers: int = 3) -> list[Place]:
        places = take(endpoints, Settings(), workers)
        self.addCleanup(release, places)
        return places

    def test_datagram_sockets_are_one_for_each_worker_at_the_same_port(self) -> None:
        (place,) = self.take(UDP)
        self.assertEqual({one.getsockname() for one in place.sockets}, {("127.0.0.1", place.endpoint.port)})
        self.assertEqual(len(place.sockets), 3)

    def test_a_listening_socket_is_one_for_all(self) -> None:
        (place,) = self.take(TCP)
        self.assertEqual(len(place.sockets), 1)
        self.assertTrue(place.sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))

    def test_a_port_of_which_another_server_has_a_group_is_taken(self) -> None:
        (first,) = self.take(UDP)
        self.assertRaises(ConfigErrors, take, [first.endpoint], Settings(), 2)

    def test_all_that_cannot_be_had_are_named_and_nothing_is_kept(self) -> None:
        (first,) = self.take(UDP)
        free = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        wrong = [first.endpoint, Endpoint("tcp", "192.0.2.1", 5060), Endpoint("udp", "127.0.0.1", port)]
        why = self.assertRaises(ConfigErrors, take, wrong, Settings(), 2)
        self.assertEqual(len(why.errors), 2)
        again = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(again.close)
        again.bind(("127.0.0.1", port))

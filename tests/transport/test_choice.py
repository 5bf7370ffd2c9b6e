"""sipapp.transport.choice."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Socket, Target
from sipapp.transport import choice
from sipapp.transport.choice import SocketChoice
from sipapp.transport.settings import Settings

LOCAL = Socket("udp", "127.0.0.1", 5060)
FIRST = Socket("udp", "192.0.2.1", 5060)
SECOND = Socket("udp", "192.0.2.2", 5060)
SIX = Socket("udp", "2001:db8::1", 5060)
TCP = Socket("tcp", "192.0.2.2", 5060)

PEER = Target("udp", "192.0.2.9", 5060)


class ChoiceTestCase(SynchronousTestCase):
    def make(self, *sockets: Socket, **settings: Any) -> SocketChoice:
        made = SocketChoice(list(sockets), Settings(**settings))
        made.changed()
        return made


class FreeTests(ChoiceTestCase):
    def test_the_first_of_the_protocol_and_family(self) -> None:
        chooser = self.make(SIX, TCP, FIRST, SECOND)
        self.assertIs(chooser.free(PEER), FIRST)
        self.assertIs(chooser.free(Target("tcp", "192.0.2.9", 5060)), TCP)
        self.assertIs(chooser.free(Target("udp", "2001:db8::9", 5060)), SIX)

    def test_a_loopback_address_gives_way_to_the_next(self) -> None:
        self.assertIs(self.make(LOCAL, FIRST, SECOND).free(PEER), FIRST)

    def test_of_loopback_addresses_alone_the_last_is_taken_as_kamailio_does(self) -> None:
        other = Socket("udp", "127.0.0.1", 5070)
        self.assertIs(self.make(LOCAL, other).free(PEER), other)

    def test_the_socket_that_the_request_came_in_on_is_kept(self) -> None:
        self.assertIs(self.make(FIRST, SECOND).free(PEER, SECOND), SECOND)

    def test_unless_it_does_not_fit(self) -> None:
        chooser = self.make(FIRST, SECOND, SIX, TCP)
        self.assertIs(chooser.free(PEER, TCP), FIRST)
        self.assertIs(chooser.free(PEER, SIX), FIRST)

    def test_where_none_fits_it_is_an_error(self) -> None:
        why = self.assertRaises(TransportError, self.make(FIRST).free, Target("tcp", "192.0.2.9", 5060))
        self.assertEqual(str(why), "no tcp socket of ours can send to 192.0.2.9")


class HomedTests(ChoiceTestCase):
    def source(self, address: str | None) -> None:
        self.patch(choice, "source_towards", lambda host: address)

    def test_mhomed_takes_the_kernels_choice(self) -> None:
        self.source("192.0.2.2")
        self.assertIs(self.make(FIRST, SECOND, mhomed=True).free(PEER, FIRST), SECOND)

    def test_a_choice_that_we_do_not_listen_on_is_an_error_for_udp(self) -> None:
        self.source("192.0.2.3")
        self.assertRaises(TransportError, self.make(FIRST, mhomed=True).free, PEER)

    def test_and_for_tcp_the_usual_socket(self) -> None:
        self.source(None)
        self.assertIs(self.make(TCP, mhomed=True).free(Target("tcp", "192.0.2.9", 5060)), TCP)


class ForcedTests(ChoiceTestCase):
    def test_a_socket_that_fits_is_taken(self) -> None:
        self.assertIs(self.make(FIRST, SECOND).forced(PEER, SECOND), SECOND)

    def test_of_another_protocol_its_twin_is_taken(self) -> None:
        chooser = self.make(FIRST, SECOND, TCP)
        self.assertIs(chooser.forced(Target("tcp", "192.0.2.9", 5060), SECOND), TCP)
        self.assertIsNone(chooser.forced(Target("tcp", "192.0.2.9", 5060), FIRST))

    def test_of_another_family_it_cannot_be_taken(self) -> None:
        self.assertIsNone(self.make(FIRST, SIX).forced(Target("udp", "2001:db8::9", 5060), FIRST))


class FactsTests(ChoiceTestCase):
    def test_what_we_can_send_by_is_known(self) -> None:
        chooser = self.make(SIX, TCP, FIRST)
        self.assertEqual((chooser.protocols(), chooser.families()), (["udp", "tcp"], {4, 6}))
        self.assertEqual((chooser.streams("tcp"), chooser.streams("udp")), ([TCP], []))

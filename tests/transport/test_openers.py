"""sipapp.transport.openers, over sockets that are bound and never read."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport.layer import TransportLayer
from sipapp.transport.listen import Endpoint
from sipapp.transport.openers import open_stream, open_udp, socket_of
from tests.transport.helpers import Receiver
from tests.transport.wire import WireReactor


class Bound:
    """A bound socket, as far as an opener looks at it."""

    closed = False
    sendto = None

    def getsockname(self) -> tuple[str, int]:
        return "192.0.2.1", 40000

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.closed = True


class OpenersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.made: Any = Bound()
        reactor: Any = WireReactor()
        reactor.addReader = reactor.removeReader = reactor.removeWriter = lambda port: None
        self.layer = TransportLayer(reactor, Receiver())

    def test_a_socket_has_the_port_that_the_kernel_chose_and_the_rest_of_its_line(self) -> None:
        endpoint = Endpoint("udp", "192.0.2.1", 0, "sip.example.com", 5070, "lan", True)
        made = socket_of(endpoint, self.made)
        self.assertEqual((made.text, made.sent_by), (b"udp:192.0.2.1:40000", b"sip.example.com:5070"))
        self.assertEqual((made.name, made.virtual), ("lan", True))

    def test_each_kind_is_registered_with_its_names(self) -> None:
        for proto, opener in (("udp", open_udp), ("tcp", open_stream)):
            opener(self.layer, Endpoint(proto, "192.0.2.1", 0, names=(f"{proto}.example.com",)), self.made)
            self.assertTrue(self.layer.is_myself(f"{proto}.example.com".encode(), 40000, proto))
        self.assertEqual([s.text for s in self.layer.sockets], [b"udp:192.0.2.1:40000", b"tcp:192.0.2.1:40000"])

    def test_what_never_listened_is_closed_all_the_same(self) -> None:
        for proto, opener in (("udp", open_udp), ("tcp", open_stream)):
            self.made.closed = False
            opener(self.layer, Endpoint(proto, "192.0.2.1", 0), self.made)
            self.successResultOf(self.layer.close())
            self.assertTrue(self.made.closed, proto)

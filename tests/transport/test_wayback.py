"""sipapp.transport.wayback."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.message.via import Via
from sipapp.transport.resolve import Hop
from sipapp.transport.wayback import hop_of_via, of_request, of_response, sent_by
from tests.transport.helpers import request, response

UDP = Socket("udp", "192.0.2.1", 5060)
TCP = Socket("tcp", "192.0.2.1", 5060)
TLS = Socket("tls", "192.0.2.1", 5061)


def came(via: bytes, socket: Socket = UDP) -> Any:
    """A request with this top Via, from 192.0.2.9:40000."""
    message = parse(request(via=via))
    message.flow = Flow(socket, "192.0.2.9", 40000)
    return message


class OfRequestTests(SynchronousTestCase):
    def test_to_the_source_address_and_the_port_of_the_via(self) -> None:
        self.assertEqual(of_request(came(b"SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bK1")), ("192.0.2.9", 5070))

    def test_without_a_port_to_5060_and_for_tls_to_5061(self) -> None:
        self.assertEqual(of_request(came(b"SIP/2.0/UDP host.example.com")), ("192.0.2.9", 5060))
        self.assertEqual(of_request(came(b"SIP/2.0/TLS host.example.com", TLS)), ("192.0.2.9", 5061))

    def test_rport_means_the_source_port(self) -> None:
        self.assertEqual(of_request(came(b"SIP/2.0/UDP 192.0.2.9:5070;rport")), ("192.0.2.9", 40000))

    def test_force_rport_means_it_too(self) -> None:
        message = came(b"SIP/2.0/UDP 192.0.2.9:5070")
        message.force_rport = True
        self.assertEqual(of_request(message), ("192.0.2.9", 40000))

    def test_a_received_that_somebody_else_wrote_is_not_believed(self) -> None:
        via = b"SIP/2.0/UDP 192.0.2.9:5070;received=198.51.100.7"
        self.assertEqual(of_request(came(via)), ("192.0.2.9", 5070))

    def test_a_stream_is_opened_again_to_the_port_of_the_via_whatever_rport_says(self) -> None:
        self.assertEqual(of_request(came(b"SIP/2.0/TCP 192.0.2.9:5070;rport", TCP)), ("192.0.2.9", 5070))

    def test_a_multicast_group_is_answered_in_the_group(self) -> None:
        self.assertEqual(of_request(came(b"SIP/2.0/UDP 192.0.2.9;maddr=224.0.1.75;ttl=1")), ("224.0.1.75", 5060))

    def test_any_other_maddr_is_not_believed(self) -> None:
        for maddr in (b"198.51.100.7", b"victim.example.com"):
            self.assertEqual(of_request(came(b"SIP/2.0/UDP 192.0.2.9:5070;maddr=" + maddr)), ("192.0.2.9", 5070))

    def test_without_a_via_that_can_be_read_to_the_source(self) -> None:
        for via in (b"SIP/2.0/UDP", b'SIP/2.0/UDP 192.0.2.9:5070;x="y'):
            self.assertEqual(of_request(came(via)), ("192.0.2.9", 40000), via)
        message: Any = parse(request().replace(b"Via:", b"X-Via:"))
        message.flow = Flow(UDP, "192.0.2.9", 40000)
        self.assertEqual(of_request(message), ("192.0.2.9", 40000))


class OfResponseTests(SynchronousTestCase):
    def way(self, *vias: bytes) -> Any:
        return of_response(parse(response(*vias)))  # type: ignore[arg-type]

    def test_to_the_sent_by_of_the_second_via(self) -> None:
        way = self.way(b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", b"SIP/2.0/TCP 192.0.2.9:5070;branch=z9hG4bK2")
        self.assertEqual(way, (Hop("192.0.2.9", 5070, "tcp"), None))

    def test_a_second_value_of_one_field_is_the_second_via(self) -> None:
        way = self.way(b"SIP/2.0/UDP 192.0.2.1, SIP/2.0/UDP 192.0.2.9:5070")
        self.assertEqual(way.hop, Hop("192.0.2.9", 5070, "udp"))

    def test_our_own_via_may_name_the_stream(self) -> None:
        way = self.way(b"SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1;i=c2", b"SIP/2.0/TCP 192.0.2.9")
        self.assertEqual(way.connection_id, 0x2C)

    def test_that_name_is_what_a_flow_gives_to_vias(self) -> None:
        class Stream:
            id = 0x12AB

        mark = Flow(TCP, "192.0.2.9", 40000, Stream()).via_mark
        self.assertEqual(mark, b";i=ba21")
        way = self.way(b"SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1" + mark, b"SIP/2.0/TCP 192.0.2.9")
        self.assertEqual(way.connection_id, 0x12AB)
        self.assertEqual(Flow(UDP, "192.0.2.9", 40000).via_mark, b"")

    def test_a_name_that_is_none_is_left(self) -> None:
        for name in (b"", b"xyz", b"1" * 17):
            way = self.way(b"SIP/2.0/TCP 192.0.2.1;i=" + name, b"SIP/2.0/TCP 192.0.2.9")
            self.assertIsNone(way.connection_id, name)

    def test_without_a_second_via_there_is_no_way(self) -> None:
        self.assertRaises(TransportError, self.way, b"SIP/2.0/UDP 192.0.2.1")

    def test_with_one_that_cannot_be_read_there_is_no_way(self) -> None:
        self.assertRaises(TransportError, self.way, b"SIP/2.0/UDP 192.0.2.1", b"nonsense")


class ViaTests(SynchronousTestCase):
    def hop(self, text: bytes) -> Hop:
        return hop_of_via(Via.parse(text))

    def test_received_and_rport_win_over_the_sent_by(self) -> None:
        via = b"SIP/2.0/UDP 10.0.0.1:5070;rport=40000;received=192.0.2.9"
        self.assertEqual(self.hop(via), Hop("192.0.2.9", 40000, "udp"))

    def test_received_without_rport_keeps_the_port(self) -> None:
        self.assertEqual(self.hop(b"SIP/2.0/UDP 10.0.0.1:5070;received=192.0.2.9"), Hop("192.0.2.9", 5070, "udp"))
        self.assertEqual(self.hop(b"SIP/2.0/TLS 10.0.0.1;received=192.0.2.9"), Hop("192.0.2.9", 5061, "tls"))

    def test_a_name_without_port_leaves_the_port_to_dns(self) -> None:
        self.assertEqual(self.hop(b"SIP/2.0/UDP proxy.example.com"), Hop("proxy.example.com", None, "udp"))

    def test_an_rport_without_value_is_none(self) -> None:
        self.assertEqual(self.hop(b"SIP/2.0/UDP 192.0.2.9:5070;rport"), Hop("192.0.2.9", 5070, "udp"))

    def test_ipv6_loses_its_brackets(self) -> None:
        self.assertEqual(self.hop(b"SIP/2.0/UDP [2001:db8::9]:5070"), Hop("2001:db8::9", 5070, "udp"))

    def test_a_multicast_group_wins(self) -> None:
        self.assertEqual(self.hop(b"SIP/2.0/UDP 192.0.2.9;maddr=224.0.1.75"), Hop("224.0.1.75", 5060, "udp"))

    def test_the_sent_by_alone_knows_nothing_of_received(self) -> None:
        via = Via.parse(b"SIP/2.0/UDP 10.0.0.1:5070;rport=40000;received=192.0.2.9")
        self.assertEqual(sent_by(via), Hop("10.0.0.1", 5070, "udp"))

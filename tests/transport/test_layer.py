"""sipapp.transport.layer, over senders and a DNS of the test's own making."""

from types import SimpleNamespace
from typing import Any

from twisted.internet.task import Clock
from twisted.names import dns
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import TransportError
from sipapp.ids import CountedIds
from sipapp.interfaces.transport import CLOSE, NO_CONNECT, Flow, ITransportLayer, Socket, Target
from sipapp.message import build
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.transport import choice
from sipapp.transport.layer import TransportLayer
from sipapp.transport.tcp import StreamPort
from tests.transport.helpers import Receiver, Sender, request, response
from tests.transport.names import Names, a
from tests.transport.wire import Wire, WireReactor

UDP = Socket("udp", "192.0.2.1", 5060)
OTHER = Socket("udp", "192.0.2.2", 5060)
TCP = Socket("tcp", "192.0.2.1", 5060)
PEER = ("192.0.2.9", 40000)
MESSAGE = request()


class Stream:
    """A connection, as far as the layer looks at it."""

    id = 7
    closed = False


class LayerTestCase(SynchronousTestCase):
    def make(self, hold: bool = False, **config: Any) -> TransportLayer:
        self.clock = Clock()
        self.receiver = Receiver()
        self.names = Names({(dns.A, "proxy.example.com"): a("192.0.2.77")}, hold)
        layer = TransportLayer(
            self.clock, self.receiver, SimpleNamespace(**config), dns_backend=lambda: self.names, ids=CountedIds()
        )
        self.udp, self.other, self.tcp = Sender(), Sender(), Sender()
        for socket, sender in ((UDP, self.udp), (OTHER, self.other), (TCP, self.tcp)):
            layer.add_socket(socket, sender)
        self.failures: list[str] = []
        return layer

    def setUp(self) -> None:
        self.layer = self.make()

    def failed(self, error: TransportError) -> None:
        self.failures.append(str(error))

    def request(self, via: bytes, socket: Socket = UDP, connection: Any = None) -> Request:
        message = parse(request(via=via))
        assert isinstance(message, Request)
        message.flow = Flow(socket, *PEER, connection)
        return message


class ReceiveTests(LayerTestCase):
    def test_it_is_the_transport_layer(self) -> None:
        verifyObject(ITransportLayer, self.layer)

    def test_a_request_comes_up_with_flow_time_and_number(self) -> None:
        self.clock.advance(5)
        flow = Flow(UDP, *PEER)
        self.layer.receive(MESSAGE, flow)
        self.layer.receive(MESSAGE, flow)
        first, second = self.receiver.requests
        self.assertEqual((first.method, first.flow, first.received_at, first.number), (b"OPTIONS", flow, 5.0, 1))
        self.assertEqual((second.number, self.layer.counters.messages_received), (2, 2))

    def test_a_response_comes_up_as_one(self) -> None:
        self.layer.receive(response(b"SIP/2.0/UDP 192.0.2.1"), Flow(UDP, *PEER))
        self.assertEqual([r.status for r in self.receiver.responses], [200])

    def test_the_source_can_be_seen_in_the_response_to_it(self) -> None:
        self.layer.receive(request(via=b"SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK1"), Flow(UDP, *PEER))
        text = build.response(self.receiver.requests[0], 200, b"OK")
        self.assertIn(b"received=192.0.2.9", text)
        self.assertIn(b"rport=40000", text)

    def test_what_is_no_message_is_counted_and_reported(self) -> None:
        flow = Flow(UDP, *PEER)
        self.layer.receive(b"x" * 50, flow)
        ((data, where, _),) = self.receiver.malformed
        self.assertEqual((data, where, self.layer.counters.parse_failed), (b"x" * 50, flow, 1))

    def test_an_exception_above_stops_nothing_and_is_logged(self) -> None:
        self.receiver.request_received = lambda message: 1 / 0  # type: ignore[method-assign,assignment]
        self.layer.receive(MESSAGE, Flow(UDP, *PEER))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.layer.counters.receiver_failed, 1)

    def test_an_exception_above_about_nonsense_stops_nothing_either(self) -> None:
        self.receiver.parse_failed = lambda *_: 1 / 0  # type: ignore[method-assign,assignment]
        self.layer.receive(b"x" * 50, Flow(UDP, *PEER))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_force_rport_of_the_script_marks_every_request(self) -> None:
        self.layer.receive(MESSAGE, Flow(UDP, *PEER))
        layer = self.make(force_rport=1)
        layer.receive(MESSAGE, Flow(UDP, *PEER))
        self.assertTrue(self.receiver.requests[0].force_rport)

    def test_the_end_of_a_stream_is_reported(self) -> None:
        flow = Flow(TCP, *PEER, Stream())
        self.layer.connection_lost(flow)
        self.assertEqual(self.receiver.lost, [flow])


class StreamLayerTestCase(SynchronousTestCase):
    def stream(self, **config: Any) -> Wire:
        """A peer's connection on a layer with a real stream port."""
        reactor = WireReactor()
        self.receiver = Receiver()
        self.layer = TransportLayer(reactor, self.receiver, SimpleNamespace(**config), ids=CountedIds())
        port = StreamPort(TCP, self.layer.connections, self.layer, reactor)
        self.layer.add_socket(TCP, port)
        connection = port.accept(*PEER)
        assert connection is not None
        self.connection = connection
        return Wire(connection)


class UnframedTests(StreamLayerTestCase):
    def test_a_request_without_length_gets_400_and_the_stream_ends(self) -> None:
        wire = self.stream()
        self.connection.dataReceived(MESSAGE.replace(b"Content-Length: 0\r\n", b""))
        line, _, rest = wire.handle.sent.partition(b"\r\n")
        self.assertEqual((line, wire.losing), (b"SIP/2.0 400 no Content-Length", True))
        self.assertIn(b"To: <sip:bob@example.com>;tag=tag-1\r\n", rest)
        self.assertEqual((len(self.receiver.malformed), self.receiver.requests), (1, []))

    def test_an_ack_gets_nothing(self) -> None:
        wire = self.stream()
        self.connection.dataReceived(request(b"ACK").replace(b"Content-Length: 0\r\n", b""))
        self.assertEqual((wire.handle.sent, wire.losing), (b"", True))

    def test_nonsense_gets_nothing(self) -> None:
        wire = self.stream()
        self.connection.dataReceived(b"GET / HTTP/1.0\r\nHost\r\n\r\n")
        self.assertEqual((wire.handle.sent, wire.losing), (b"", True))

    def test_the_alias_of_a_via_counts_only_with_tcp_accept_aliases(self) -> None:
        aliased = request(via=b"SIP/2.0/TCP 192.0.2.9:5070;alias;branch=z9hG4bK1")
        for accept, found in ((0, False), (1, True)):
            self.stream(tcp_accept_aliases=accept)
            self.connection.dataReceived(aliased)
            flow = self.layer.flow(Target("tcp", "192.0.2.9", 5070))
            self.assertEqual(flow.connection is self.connection, found)


class SendTests(LayerTestCase):
    def test_a_message_goes_to_its_socket(self) -> None:
        self.layer.send(b"x", Flow(OTHER, *PEER), flags=CLOSE)
        self.assertEqual((self.other.sent, self.other.flags, self.udp.sent), ([(b"x", *PEER)], [CLOSE], []))

    def test_a_socket_that_is_not_there_fails(self) -> None:
        self.layer.send(b"x", Flow(Socket("udp", "192.0.2.3", 5060), *PEER), self.failed)
        self.assertEqual(self.failures, ["the socket is closed"])

    def test_after_closing_nothing_is_sent(self) -> None:
        self.assertIsNone(self.successResultOf(self.layer.close()))
        self.layer.send(b"x", Flow(UDP, *PEER), self.failed)
        self.layer.send(b"x", Flow(UDP, *PEER))
        self.assertEqual((self.failures, self.layer.sockets), (["the socket is closed"], []))


class FilterTests(LayerTestCase):
    def test_what_comes_in_passes_every_filter_first(self) -> None:
        self.layer.add_filter(received=lambda data, flow: data.replace(b"OPTIONS", b"INFO"))
        self.layer.add_filter(received=lambda data, flow: data.replace(b"INFO", b"MESSAGE"))
        self.layer.receive(MESSAGE, Flow(UDP, *PEER))
        self.assertEqual([message.method for message in self.receiver.requests], [b"MESSAGE"])

    def test_what_goes_out_passes_every_filter_last(self) -> None:
        self.layer.add_filter(sending=lambda data, flow: data + b" to " + flow.host.encode())
        self.layer.send(b"x", Flow(UDP, *PEER))
        self.assertEqual(self.udp.sent, [(b"x to 192.0.2.9", *PEER)])

    def test_a_filter_that_fails_changes_nothing(self) -> None:
        def broken(data: bytes, flow: Flow) -> bytes:
            raise ZeroDivisionError

        self.layer.add_filter(received=broken, sending=broken)
        self.layer.receive(MESSAGE, Flow(UDP, *PEER))
        self.layer.send(b"x", Flow(UDP, *PEER))
        self.assertEqual((len(self.receiver.requests), self.udp.sent), (1, [(b"x", *PEER)]))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)


class ResponseTests(LayerTestCase):
    def test_a_datagram_is_answered_at_the_port_of_its_via(self) -> None:
        self.layer.send_response(b"x", self.request(b"SIP/2.0/UDP 10.0.0.1:5070"), flags=NO_CONNECT)
        self.assertEqual((self.udp.sent, self.udp.flags), ([(b"x", "192.0.2.9", 5070)], [NO_CONNECT]))

    def test_with_rport_at_its_source_and_from_where_it_came_in(self) -> None:
        self.layer.send_response(b"x", self.request(b"SIP/2.0/UDP 10.0.0.1:5070;rport", OTHER))
        self.assertEqual((self.other.sent, self.udp.sent), ([(b"x", *PEER)], []))

    def test_a_stream_is_answered_on_itself(self) -> None:
        self.layer.send_response(b"x", self.request(b"SIP/2.0/TCP 192.0.2.9:5070", TCP, Stream()))
        self.assertEqual(self.tcp.sent, [(b"x", *PEER)])

    def test_where_the_stream_is_gone_a_new_one_goes_to_the_sent_by_port(self) -> None:
        gone = Stream()
        gone.closed = True
        self.layer.send_response(b"x", self.request(b"SIP/2.0/TCP 10.0.0.1:5070;rport", TCP, gone))
        self.assertEqual(self.tcp.sent, [(b"x", "192.0.2.9", 5070)])

    def test_failures_are_passed_on(self) -> None:
        self.udp.refuse = "no"
        self.layer.send_response(b"x", self.request(b"SIP/2.0/UDP 10.0.0.1"), self.failed)
        self.assertEqual(self.failures, ["no"])

    def test_reply_to_via_goes_by_the_sent_by(self) -> None:
        layer = self.make(reply_to_via=1)
        layer.send_response(b"1", self.request(b"SIP/2.0/UDP 192.0.2.50:5070"))
        layer.send_response(b"2", self.request(b"SIP/2.0/UDP 192.0.2.50:5070;rport"))
        layer.send_response(b"3", self.request(b"SIP/2.0/UDP proxy.example.com:5070"))
        layer.send_response(b"4", self.request(b"nonsense"))
        self.assertEqual(
            self.udp.sent,
            [(b"1", "192.0.2.50", 5070), (b"2", "192.0.2.50", 40000), (b"3", "192.0.2.77", 5070), (b"4", *PEER)],
        )


class ForwardTests(LayerTestCase):
    def forward(self, *vias: bytes) -> None:
        message = parse(response(*vias))
        assert isinstance(message, Response)
        self.layer.forward_response(b"x", message, self.failed)

    def test_to_received_and_rport_of_the_second_via(self) -> None:
        self.forward(b"SIP/2.0/UDP 192.0.2.1", b"SIP/2.0/UDP 10.0.0.1:5070;received=192.0.2.9;rport=40000")
        self.assertEqual(self.udp.sent, [(b"x", *PEER)])

    def test_by_the_protocol_of_the_second_via(self) -> None:
        self.forward(b"SIP/2.0/UDP 192.0.2.1", b"SIP/2.0/TCP 192.0.2.9:5070")
        self.assertEqual(self.tcp.sent, [(b"x", "192.0.2.9", 5070)])

    def test_a_name_is_looked_up(self) -> None:
        self.layer = self.make(hold=True)
        self.forward(b"SIP/2.0/UDP 192.0.2.1", b"SIP/2.0/UDP proxy.example.com:5070")
        self.assertEqual(self.udp.sent, [])
        self.names.answer()
        self.assertEqual(self.udp.sent, [(b"x", "192.0.2.77", 5070)])

    def test_a_name_that_is_not_found_fails(self) -> None:
        self.layer = self.make(hold=True)
        self.forward(b"SIP/2.0/UDP 192.0.2.1", b"SIP/2.0/UDP nowhere.example:5070")
        self.names.answer()
        self.assertEqual(self.failures, ["nowhere.example has no address"])

    def test_a_protocol_that_we_do_not_have_fails(self) -> None:
        self.forward(b"SIP/2.0/UDP 192.0.2.1", b"SIP/2.0/SCTP 192.0.2.9:5070")
        self.assertEqual(self.failures, ["no sctp socket of ours can send to 192.0.2.9"])

    def test_without_a_second_via_it_fails(self) -> None:
        self.forward(b"SIP/2.0/UDP 192.0.2.1")
        self.assertEqual(self.failures, ["the response has no second Via"])

    def test_nobody_need_listen_for_failures(self) -> None:
        message = parse(response(b"SIP/2.0/UDP 192.0.2.1"))
        assert isinstance(message, Response)
        self.layer.forward_response(b"x", message)
        self.assertEqual(self.udp.sent, [])


class ForwardByStreamTests(StreamLayerTestCase):
    def test_the_stream_that_our_own_via_names_is_taken(self) -> None:
        wire = self.stream()
        mark = self.connection.flow.via_mark
        message: Any = parse(response(b"SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1" + mark, b"SIP/2.0/TCP 10.0.0.1:5070"))
        self.layer.forward_response(b"x", message)
        self.assertEqual(wire.handle.sent, b"x")

    def test_unless_the_second_via_is_of_another_protocol(self) -> None:
        wire = self.stream()
        sender = Sender()
        self.layer.add_socket(UDP, sender)
        mark = self.connection.flow.via_mark
        message: Any = parse(response(b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1" + mark, b"SIP/2.0/UDP 192.0.2.9:5070"))
        self.layer.forward_response(b"x", message)
        self.assertEqual((wire.handle.sent, sender.sent), (b"", [(b"x", "192.0.2.9", 5070)]))

    def test_where_it_is_gone_the_second_via_counts(self) -> None:
        wire = self.stream()
        mark = self.connection.flow.via_mark
        wire.end()
        message: Any = parse(response(b"SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1" + mark, b"SIP/2.0/TCP 192.0.2.9:5070"))
        self.layer.forward_response(b"x", message)
        self.assertEqual([c.to for c in self.layer.reactor.connecting], [("192.0.2.9", 5070)])


class FlowTests(LayerTestCase):
    def test_a_target_gets_the_usual_socket(self) -> None:
        flow = self.layer.flow(Target("udp", *PEER))
        self.assertEqual((flow.socket, flow.host, flow.port, flow.connection), (UDP, *PEER, None))

    def test_or_the_one_that_the_request_came_in_on(self) -> None:
        self.assertIs(self.layer.flow(Target("udp", *PEER), received_on=OTHER).socket, OTHER)

    def test_or_the_one_that_the_script_has_named(self) -> None:
        self.assertIs(self.layer.flow(Target("udp", *PEER), OTHER, UDP).socket, OTHER)

    def test_a_named_socket_that_cannot_be_used_is_left(self) -> None:
        self.assertIs(self.layer.flow(Target("tcp", *PEER), OTHER).socket, TCP)

    def test_an_open_stream_to_the_target_is_taken(self) -> None:
        stream = Flow(TCP, *PEER, Stream())
        self.tcp.streams[PEER] = stream
        self.assertIs(self.layer.flow(Target("tcp", *PEER)), stream)
        self.assertIs(self.layer.flow(Target("tcp", *PEER), TCP), stream)

    def test_a_named_socket_does_not_take_anothers_stream(self) -> None:
        second, sender = Socket("tcp", "192.0.2.2", 5060), Sender()
        self.layer.add_socket(second, sender)
        self.tcp.streams[PEER] = Flow(TCP, *PEER, Stream())
        flow = self.layer.flow(Target("tcp", *PEER), second)
        self.assertEqual((flow.socket, flow.connection), (second, None))

    def test_the_way_for_datagrams_is_found_once(self) -> None:
        target = Target("udp", *PEER)
        flow = self.layer.flow(target, None, OTHER)
        self.assertIs(self.layer.flow(target, None, OTHER), flow)
        self.assertIs(self.layer.flow(target).socket, UDP)

    def test_and_again_with_another_socket_or_under_mhomed(self) -> None:
        layer = TransportLayer(self.clock, self.receiver)
        local, target = Socket("udp", "127.0.0.1", 5060), Target("udp", *PEER)
        layer.add_socket(local, Sender())
        self.assertIs(layer.flow(target).socket, local)
        layer.add_socket(OTHER, Sender())
        self.assertIs(layer.flow(target).socket, OTHER)
        self.patch(choice, "source_towards", lambda host: "127.0.0.1")
        layer.settings.mhomed = True
        self.assertIs(layer.flow(target).socket, local)

    def test_the_stream_of_a_target_is_looked_for_each_time(self) -> None:
        target = Target("tcp", *PEER)
        self.assertIsNone(self.layer.flow(target).connection)
        stream = self.tcp.streams[PEER] = Flow(TCP, *PEER, Stream())
        self.assertIs(self.layer.flow(target), stream)

    def test_where_no_socket_fits_it_fails(self) -> None:
        self.assertRaises(TransportError, self.layer.flow, Target("tls", *PEER))


class WayTests(LayerTestCase):
    """`way` says what `resolve` and `flow` do."""

    def test_of_an_address_it_is_found_once(self) -> None:
        uri = b"sip:bob@192.0.2.9:40000"
        flow = self.layer.way(uri, None, OTHER)
        self.assertIs(flow, self.layer.flow(Target("udp", *PEER), None, OTHER))
        self.assertIs(self.layer.way(b"sip:carol@192.0.2.9:40000", None, OTHER), flow)
        self.assertIs(self.layer.way(uri), self.layer.flow(Target("udp", *PEER)))
        self.assertIs(self.layer.way(uri, OTHER, UDP), self.layer.flow(Target("udp", *PEER), OTHER, UDP))
        without: Any = self.layer.way(b"sip:192.0.2.9")
        self.assertEqual((without.host, without.port), ("192.0.2.9", 5060))

    def test_of_anything_else_it_says_nothing(self) -> None:
        for uri in (
            *(b"sip:proxy.example.com", b"sips:192.0.2.9", b"sip:192.0.2.9;transport=tcp", b"sip:192.0.2.9;lr"),
            *(b"tel:123", b"urn:service:sos", b"sip:[2001:db8::9]"),
        ):
            for _ in range(2):
                self.assertIsNone(self.layer.way(uri, None, UDP), uri)
        self.assertIsNone(self.layer.way(b"sip:192.0.2.9", TCP, UDP))

    def test_and_again_with_another_socket_or_under_mhomed(self) -> None:
        layer = TransportLayer(self.clock, self.receiver)
        local, uri = Socket("udp", "127.0.0.1", 5060), b"sip:192.0.2.9"
        self.assertIsNone(layer.way(uri))
        layer.add_socket(local, Sender())
        self.assertIs(getattr(layer.way(uri), "socket", None), local)
        layer.add_socket(OTHER, Sender())
        self.assertIs(getattr(layer.way(uri), "socket", None), OTHER)
        layer.settings.mhomed = True
        self.assertIsNone(layer.way(uri))


class ResolveTests(LayerTestCase):
    def test_an_address_is_known_at_once(self) -> None:
        for _ in range(2):  # the second time by what was found the first time
            found = [
                self.layer.resolve(Uri.parse(uri), proto)
                for uri, proto in (
                    (b"sip:192.0.2.9", None),
                    (b"sips:192.0.2.9", None),
                    (b"sip:192.0.2.9:5070", None),
                    (b"sip:192.0.2.9", "tcp"),
                    (b"sip:192.0.2.9;transport=tcp", None),
                )
            ]
            ports = (("udp", 5060), ("tls", 5061), ("udp", 5070), ("tcp", 5060), ("tcp", 5060))
            self.assertEqual(found, [[Target(proto, "192.0.2.9", port)] for proto, port in ports])

    def test_a_name_is_looked_up_for_the_protocols_that_we_have(self) -> None:
        self.assertEqual(self.layer.resolve(Uri.parse(b"sip:proxy.example.com")), [Target("udp", "192.0.2.77", 5060)])
        self.assertEqual(
            [name for _, name in self.names.asked],
            ["_sip._udp.proxy.example.com", "_sip._tcp.proxy.example.com", "proxy.example.com"],
        )

    def test_a_record_of_the_script_needs_no_server(self) -> None:
        self.layer.add_dns_record("SRV", "_sip._udp.example.org", "h.example.org", 60.0, 1, 2, 5070)
        self.layer.add_dns_record("A", "h.example.org", "192.0.2.5", None)
        self.assertEqual(self.layer.resolve(Uri.parse(b"sip:example.org")), [Target("udp", "192.0.2.5", 5070)])
        self.assertEqual(self.names.asked, [])


class FiguresTests(LayerTestCase):
    def test_every_counter_shows(self) -> None:
        self.layer.receive(b"x" * 50, Flow(UDP, *PEER))
        figures = self.layer.figures()
        self.assertEqual((figures["parse_failed"], figures["udp_overflow"]), (1, 0))


class MyselfTests(LayerTestCase):
    def test_sockets_and_aliases_are_ours(self) -> None:
        self.layer.add_alias(b"Example.com", 5060)
        self.assertEqual(
            [self.layer.is_myself(h, p) for h, p in ((b"192.0.2.1", 0), (b"example.com", 5060), (b"example.com", 1))],
            [True, True, False],
        )

    def test_the_aliases_can_be_listed(self) -> None:
        self.layer.add_alias(b"Example.com", 5060, "udp")
        self.layer.add_alias(b"example.com")
        self.assertEqual(self.layer.aliases(), [("example.com", 5060, "udp"), ("example.com", 0, None)])

    def test_modules_may_know_more(self) -> None:
        self.layer.add_myself_check(lambda host, port, proto: host == "db.example.com")
        self.assertEqual([self.layer.is_myself(h) for h in (b"db.example.com", b"x.example.com")], [True, False])

    def test_a_socket_is_found_by_its_address(self) -> None:
        self.assertIs(self.layer.find_socket("tcp", "192.0.2.1", 5060), TCP)
        self.assertIs(self.layer.find_socket(None, "192.0.2.2", None), OTHER)
        self.assertIsNone(self.layer.find_socket("tcp", "192.0.2.2", 5060))

    def test_a_datagram_has_no_stream_to_alias(self) -> None:
        self.assertFalse(self.layer.add_connection_alias(Flow(UDP, *PEER), 5060))

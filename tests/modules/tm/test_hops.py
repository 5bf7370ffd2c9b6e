from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Target
from tests.modules.tm.scene import SceneTestCase

RELAY = 'request_route { if (is_method("CANCEL")) { t_relay(); exit; } t_relay(); xlog("$rc"); }'
WAY = 'request_route { %s t_relay(); xlog("$rc"); }'


class Dns:
    """A transport layer that asks somebody else for addresses."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.asked: list[str] = []
        self.known: set[str] = set()
        self.answer: Deferred[list[Target]] = Deferred()

    def way(self, *_: Any) -> None:
        """Nothing is known at once."""

    def resolve(self, uri: Any, proto: Any = None) -> Any:
        host = uri.host.decode()
        if host in self.known:
            return [Target("udp", host, 5060)]
        self.asked.append(host)
        return self.answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class WayTests(SceneTestCase):
    def test_the_next_hop_is_du_or_the_request_uri(self) -> None:
        for statement in ('$du = "sip:192.0.2.2:5060";', '$ru = "sip:bob@192.0.2.2:5060";', '$rd = "192.0.2.2";'):
            self.play(WAY % statement)
            self.options()
            self.assertEqual(self.bob.received, [(0.0, "OPTIONS")], statement)

    def test_our_via_is_on_top_and_the_one_below_says_where_it_came_from(self) -> None:
        self.play(WAY % 'force_rport(); $du = "sip:192.0.2.2";')
        self.options()
        top, below = self.last(self.bob).vias
        self.assertTrue(bytes(top).startswith(b"SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK"))
        self.assertIn(b";rport=5060", bytes(below))

    def test_the_protocol_of_the_next_hop_decides_which_socket(self) -> None:
        self.play(WAY % '$du = "sip:192.0.2.2:5060;transport=tcp";')
        tcp = self.sip.peer("tcp:192.0.2.2:5060")
        self.options()
        self.assertEqual((self.bob.received, tcp.received), ([], [(0.0, "OPTIONS")]))
        self.assertTrue(bytes(self.last(tcp).vias[0]).startswith(b"SIP/2.0/TCP 192.0.2.100"))

    def test_without_a_socket_it_is_minus_7(self) -> None:
        self.play(WAY % '$du = "sip:192.0.2.2:5061;transport=tls";')
        self.options()
        self.assertEqual((self.said(), self.alice.statuses), (["-7"], [500]))
        self.assertEqual(self.last().reason, b"I'm terribly sorry, server error occurred (7/TM)")

    def test_without_an_address_it_is_minus_478(self) -> None:
        self.play(WAY % '$du = "sip:nobody.invalid";')
        self.options()
        self.assertEqual((self.said(), self.alice.statuses), (["-478"], [478]))

    def test_what_is_too_long_for_a_datagram_goes_by_a_stream(self) -> None:
        for proto, received in (("TCP", 1), ("UDP", 0)):
            self.play(WAY % '$du = "sip:192.0.2.2:5060";', f"udp_mtu = 1000\nudp_mtu_try_proto = {proto}\n")
            tcp = self.sip.peer("tcp:192.0.2.2:5060")
            self.options(headers=("X-Long: " + "x" * 1000,))
            self.assertEqual((len(tcp.received), len(self.bob.received)), (received, 1 - received))

    def test_a_path_is_the_route(self) -> None:
        self.play(
            """request_route { append_branch("sip:carol@192.0.2.9"); $(branch(dst_uri)[0]) = "sip:192.0.2.3";
            $(branch(path)[0]) = "<sip:p1;lr>,<sip:p2;lr>"; $ru = "sip:bob@192.0.2.2"; t_relay(); }"""
        )
        self.options(headers=("Route: <sip:old;lr>",))
        self.assertEqual(self.last(self.bob).raw.count(b"Route: "), 1)
        routes = self.last(self.carol).raw.split(b"Route: ")
        self.assertEqual(
            [route.split(b"\r\n")[0] for route in routes[1:]], [b"<sip:p1;lr>,<sip:p2;lr>", b"<sip:old;lr>"]
        )


class DnsTests(SceneTestCase):
    """A name whose address has to be asked for: t_relay() waits, the script keeps its return code."""

    def ask(self, script: str = RELAY, head: str = "") -> Dns:
        self.play(script, head)
        dns = Dns(self.sip.server.transport)
        self.tm.transport = dns
        return dns

    def test_t_relay_waits_and_is_true(self) -> None:
        dns = self.ask()
        self.invite(1)
        self.assertEqual((dns.asked, self.alice.received, self.said()), (["192.0.2.100"], [(0.0, 100)], []))
        dns.answer.callback([Target("udp", "192.0.2.2", 5060)])
        self.sip.advance(0)
        self.assertEqual((self.bob.received, self.said()), ([(1.0, "INVITE")], ["1"]))

    def test_a_retransmission_meanwhile_is_absorbed(self) -> None:
        dns = self.ask()
        self.invite(0.5)
        self.alice.again()
        self.sip.advance(0.5)
        dns.answer.callback([Target("udp", "192.0.2.2", 5060)])
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 100)])
        self.assertEqual((dns.asked, self.bob.received), (["192.0.2.100"], [(1.0, "INVITE")]))

    def test_no_address_is_minus_478_after_the_wait(self) -> None:
        dns = self.ask()
        self.invite(1)
        dns.answer.errback(TransportError("no such name"))
        self.sip.advance(0)
        self.assertEqual((self.said(), self.alice.received), (["-478"], [(0.0, 100), (1.0, 478)]))

    def test_a_cancel_ends_the_wait(self) -> None:
        dns = self.ask()
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 487), (1.0, 200)])
        self.assertTrue(dns.answer.called)
        self.sip.advance(60)
        self.assertEqual((self.said(), self.bob.received, self.transactions), ([], [], []))

    def test_branches_that_wait_go_out_together(self) -> None:
        dns = self.ask('request_route { append_branch("sip:c@other"); t_relay(); xlog("$rc"); }')
        self.invite(1)
        dns.answer.callback([Target("udp", "192.0.2.2", 5060)])
        self.sip.advance(0)
        self.assertEqual((self.bob.received, self.said()), ([(1.0, "INVITE"), (1.0, "INVITE")], ["1"]))

    def test_a_failure_route_may_wait_for_it(self) -> None:
        dns = self.ask(
            """request_route { $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { $du = "sip:carol.example"; t_relay(); xlog("$rc"); }"""
        )
        dns.known.add("192.0.2.2")
        self.rings(self.bob, 486)
        self.rings(self.carol, (1.0, 404))
        self.invite(1)
        self.assertEqual((dns.asked, self.alice.statuses, self.said()), (["carol.example"], [100], []))
        dns.answer.callback([Target("udp", "192.0.2.3", 5060)])
        self.sip.advance(2)
        self.assertEqual((self.alice.received, self.said()), ([(0.0, 100), (2.0, 404)], ["1"]))


class AckTests(SceneTestCase):
    """Without a transaction."""

    def test_an_ack_to_a_2xx_goes_on_by_its_route(self) -> None:
        self.play("request_route { if (has_totag()) loose_route(); t_relay(); }")
        self.alice.send(
            "ACK",
            "sip:bob@192.0.2.2:5060",
            headers=("Route: <sip:192.0.2.100;lr>", "Route: <sip:192.0.2.3;lr>"),
            to_tag="t",
        )
        self.sip.advance(0)
        self.assertEqual((self.carol.received, self.bob.received, self.transactions), ([(0.0, "ACK")], [], []))
        ack = self.last(self.carol)
        self.assertEqual((ack.uri, len(ack.vias), ack.raw.count(b"Route:")), (b"sip:bob@192.0.2.2:5060", 2, 1))

    def test_one_that_cannot_go_on_is_not_answered(self) -> None:
        self.play('request_route { $du = "sip:nobody.invalid"; t_relay(); xlog("$rc"); }')
        self.alice.send("ACK")
        self.sip.advance(1)
        self.assertEqual((self.said(), self.alice.received), (["-478"], []))

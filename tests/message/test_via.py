"""via: one Via value, and the marks that say where a request came from."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.leaf import splice
from sipapp.message.via import Via, marks, parse_vias


class ViaTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        via = Via.parse(b"SIP/2.0/TCP host.example.com:5070;branch=z9hG4bKx;rport=7;received=192.0.2.1;x")
        self.assertEqual(
            (via.version, via.transport, via.host, via.port), (b"SIP/2.0", b"TCP", b"host.example.com", 5070)
        )
        self.assertEqual((via.branch, via.rport, via.received), (b"z9hG4bKx", 7, b"192.0.2.1"))
        self.assertIn(b"x", via.parameters)
        self.assertFalse(via.wants_rport)

    def test_what_is_absent_is_none(self) -> None:
        via = Via.parse(b"SIP/2.0/UDP 192.0.2.1")
        self.assertEqual((via.port, via.branch, via.rport, via.received), (None, None, None, None))
        self.assertFalse(via.wants_rport)
        self.assertEqual(len(via.parameters), 0)

    def test_rport_without_a_value_asks_for_one(self) -> None:
        for tail in (b";rport;branch=1", b";branch=1;rport", b";rport=", b"; RPORT "):
            via = Via.parse(b"SIP/2.0/UDP h" + tail)
            self.assertTrue(via.wants_rport, tail)
            self.assertIsNone(via.rport)

    def test_the_branch_is_found_wherever_it_stands(self) -> None:
        for tail in (
            b"branch=z9",
            b"rport;branch=z9;x=y",
            b"BRANCH=z9;branch=later",
            b"xbranch=1;branch=z9",
            b'x=";branch=1";branch=z9',
            b" branch = z9 ",
            b"branch\r\n =\r\n z9",
        ):
            self.assertEqual(Via.parse(b"SIP/2.0/UDP h;" + tail).branch, b"z9", tail)

    def test_an_ipv6_reference_keeps_its_brackets(self) -> None:
        via = Via.parse(b"SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=z9")
        self.assertEqual((via.host, via.host_address, via.port), (b"[2001:db8::9:1]", b"2001:db8::9:1", 6050))
        self.assertEqual(via.received, b"2001:db8::9:255")
        self.assertEqual(Via.parse(b"SIP/2.0/UDP h;received=2001:db8::9:255").received, b"2001:db8::9:255")
        self.assertEqual(Via.parse(b"SIP/2.0/UDP h").host_address, b"h")

    def test_white_space_may_stand_around_everything(self) -> None:
        via = Via.parse(b"SIP  /   2.0\r\n /UDP\r\n    192.0.2.2 : 5061 ;branch=390skdjuw")
        self.assertEqual((via.version, via.transport, via.host, via.port), (b"SIP/2.0", b"UDP", b"192.0.2.2", 5061))
        self.assertEqual(via.branch, b"390skdjuw")

    def test_any_transport_and_version_is_taken(self) -> None:
        self.assertEqual(Via.parse(b"SIP/2.0/UNKNOWN t4.example.com").transport, b"UNKNOWN")
        self.assertEqual(Via.parse(b"SIP/7.0/UDP c.example.com;branch=z9").version, b"SIP/7.0")
        self.assertEqual(Via.parse(b"SIP/2.0/udp h").transport, b"udp")

    def test_empty_parameters_are_left_out(self) -> None:
        self.assertEqual(list(Via.parse(b"SIP/2.0/UDP 192.0.2.15;;").parameters), [])

    def test_malformed_ones_are_refused(self) -> None:
        for text in (
            b"",
            b";",
            b"SIP/2.0/UDP",
            b"SIP/2.0 h",
            b"SIP/2.0/UDP h:65536",
            b"SIP/2.0/UDP h:",
            b"SIP/2.0/UDP h:5a",
            b"SIP/2.0/UDP h x",
            b"SIP/2.0/UDP [::1",
            b"SIP/2.0/UDP ::1",
            b"SIP/2.0/UDP h/x;branch=1",
        ):
            self.assertRaises(ParseError, Via.parse, text)

    def test_malformed_parameters_are_refused_when_they_are_asked_for(self) -> None:
        via = Via.parse(b'SIP/2.0/UDP h;branch="x')
        self.assertRaises(ParseError, lambda: via.branch)

    def test_several_values_know_where_they_are(self) -> None:
        value = b"SIP/2.0/UDP a;branch=1 , SIP/2.0/TCP b;branch=2"
        vias = parse_vias(value, 100)
        self.assertEqual([via.host for via in vias], [b"a", b"b"])
        self.assertEqual([via.span for via in vias], [(100, 122), (125, 147)])
        self.assertEqual([bytes(via) for via in vias], [value[:22], value[25:]])

    def test_equality_is_by_text(self) -> None:
        self.assertEqual(Via.parse(b"SIP/2.0/UDP a"), Via.parse(b"SIP/2.0/UDP a", 5))
        self.assertNotEqual(Via.parse(b"SIP/2.0/UDP a"), Via.parse(b"SIP/2.0/UDP b"))
        self.assertEqual(len({Via.parse(b"SIP/2.0/UDP a"), Via.parse(b"SIP/2.0/UDP a")}), 1)


class MarksTests(SynchronousTestCase):
    """What Kamailio 5.6 writes for a request from 192.0.2.9:16101."""

    def marked(self, tail: bytes, force_rport: bool = False, response: bool = False) -> bytes:
        text = b"SIP/2.0/UDP " + tail
        splices = marks(Via.parse(text, 7), "192.0.2.9", 16101, force_rport, response)
        return splice(b"....Via" + text, 7, 7 + len(text), splices)[12:]

    def test_a_sent_by_that_is_the_source_needs_none(self) -> None:
        self.assertEqual(self.marked(b"192.0.2.9:16101;branch=z9"), b"192.0.2.9:16101;branch=z9")
        self.assertEqual(self.marked(b"192.0.2.9:16101;branch=z9", response=True), b"192.0.2.9:16101;branch=z9")
        self.assertEqual(marks(Via.parse(b"SIP/2.0/UDP 192.0.2.9"), "192.0.2.9", 1), [])

    def test_received_goes_after_the_sent_by_of_a_request(self) -> None:
        self.assertEqual(self.marked(b"h:16101;branch=z9"), b"h:16101;received=192.0.2.9;branch=z9")
        self.assertEqual(self.marked(b"h"), b"h;received=192.0.2.9")

    def test_received_goes_to_the_end_in_a_response(self) -> None:
        self.assertEqual(self.marked(b"h:16101;branch=z9", response=True), b"h:16101;branch=z9;received=192.0.2.9")

    def test_rport_is_filled_in_where_it_stands_and_brings_received(self) -> None:
        self.assertEqual(
            self.marked(b"192.0.2.9;rport;branch=z9"), b"192.0.2.9;received=192.0.2.9;rport=16101;branch=z9"
        )
        self.assertEqual(self.marked(b"h;branch=z9;rport=;x=y"), b"h;received=192.0.2.9;branch=z9;rport=16101;x=y")
        self.assertEqual(
            self.marked(b"h;branch=z9;rport;x=y", response=True), b"h;branch=z9;rport=16101;x=y;received=192.0.2.9"
        )

    def test_force_rport_adds_it(self) -> None:
        self.assertEqual(self.marked(b"192.0.2.9;branch=z9", True), b"192.0.2.9;rport=16101;branch=z9")
        self.assertEqual(self.marked(b"h;branch=z9", True), b"h;rport=16101;received=192.0.2.9;branch=z9")
        self.assertEqual(self.marked(b"h;branch=z9", True, True), b"h;branch=z9;rport=16101;received=192.0.2.9")
        self.assertEqual(self.marked(b"h;rport;branch=z9", True), b"h;received=192.0.2.9;rport=16101;branch=z9")

    def test_what_a_peer_claims_is_replaced(self) -> None:
        self.assertEqual(
            self.marked(b"h;received=198.51.100.1;branch=z9;rport=77"),
            b"h;received=192.0.2.9;branch=z9;rport=16101",
        )
        self.assertEqual(
            self.marked(b"h;received=198.51.100.1;branch=z9", response=True), b"h;branch=z9;received=192.0.2.9"
        )

    def test_brackets_enclose_nothing(self) -> None:
        self.assertEqual(
            [via.branch for via in parse_vias(b"SIP/2.0/UDP h;branch=a<b, SIP/2.0/UDP i;branch=c>d")],
            [b"a<b", b"c>d"],
        )

    def test_what_stands_in_quotes_is_no_parameter(self) -> None:
        self.assertEqual(
            self.marked(b'h;x=";rport;\\"a";RPORT ; branch=1'),
            b'h;received=192.0.2.9;x=";rport;\\"a";rport=16101; branch=1',
        )

    def test_ipv6_addresses_compare_as_addresses(self) -> None:
        via = Via.parse(b"SIP/2.0/UDP [2001:DB8:0::9];branch=z9")
        self.assertEqual(marks(via, "2001:db8::9", 5060), [])
        self.assertEqual(len(marks(via, "2001:db8::8", 5060)), 1)
        self.assertEqual(len(marks(Via.parse(b"SIP/2.0/UDP [::::];branch=z9"), "2001:db8::8", 5060)), 1)
